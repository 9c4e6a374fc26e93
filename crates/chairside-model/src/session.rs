//! A treatment session at a bed: which it is, and for whom.

use std::fmt;

/// Names a session: no two have the same, wherever they were opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl SessionId {
    /// Returns the session of that name, as it is [displayed](fmt::Display).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let digits = name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let id = Self(u64::from_str_radix(name, 16).ok()?);
        (digits && id.to_string() == name).then_some(id)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The longest initials and the longest number, bytes.
const SHORT_MAX: usize = 16;

/// More letters than this are a name and no initials.
const LETTERS_MAX: usize = 4;

/// A few characters that say something, and never nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Short {
    bytes: [u8; SHORT_MAX],
    length: u8,
}

impl Short {
    fn new(text: &str) -> Option<Self> {
        let length = u8::try_from(text.len()).ok().filter(|length| *length > 0)?;
        let mut bytes = [0; SHORT_MAX];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        Some(Self { bytes, length })
    }

    fn as_str(&self) -> &str {
        let bytes = &self.bytes[..usize::from(self.length)];
        std::str::from_utf8(bytes).expect("it is made of a text")
    }
}

impl fmt::Debug for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// Whom a session is for, as far as that was said: initials, and the clinic's own number. Never a
/// name, which is a [`PatientName`] and goes nowhere where this goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Patient {
    initials: Option<Short>,
    number: Option<Short>,
}

impl Patient {
    /// Takes what was said; what is empty was not said. Initials are one to four letters, with
    /// dots, hyphens and spaces, and a number is of letters, digits and `. - / _`; neither is
    /// longer than 16 bytes.
    ///
    /// # Errors
    ///
    /// Which of the two is something else.
    pub fn new(initials: Option<&str>, number: Option<&str>) -> Result<Self, PatientError> {
        let said = |text: Option<&str>, is_good: fn(&str) -> bool, why| {
            let text = text.unwrap_or_default().trim();
            if text.is_empty() {
                return Ok(None);
            }
            let short = Some(text).filter(|text| is_good(text)).and_then(Short::new);
            short.map(Some).ok_or(why)
        };
        Ok(Self {
            initials: said(initials, are_initials, PatientError::Initials)?,
            number: said(number, is_number, PatientError::Number)?,
        })
    }

    /// Returns the initials.
    #[must_use]
    pub fn initials(&self) -> Option<&str> {
        self.initials.as_ref().map(Short::as_str)
    }

    /// Returns the clinic's number.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        self.number.as_ref().map(Short::as_str)
    }
}

/// The longest name, bytes: it stands on one line of a telephone.
const NAME_MAX: usize = 80;

/// A patient's name, which only a clinic that has switched names on takes. It is written out by
/// nothing but [`as_str`](Self::as_str): what is formatted for a log does not have it.
#[derive(Clone, PartialEq, Eq)]
pub struct PatientName(Box<str>);

impl PatientName {
    /// Takes what was said; what is empty was not said. A name is on one line, and not longer than
    /// 80 bytes.
    ///
    /// # Errors
    ///
    /// That it is no such text.
    pub fn said(text: Option<&str>) -> Result<Option<Self>, PatientError> {
        let text = text.unwrap_or_default().trim();
        if text.is_empty() {
            return Ok(None);
        }
        if text.len() > NAME_MAX || text.chars().any(char::is_control) {
            return Err(PatientError::Name);
        }
        Ok(Some(Self(text.into())))
    }

    /// Returns it.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PatientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientName(..)")
    }
}

fn are_initials(text: &str) -> bool {
    let letters = text.chars().filter(|one| one.is_alphabetic()).count();
    let known = |one: char| one.is_alphabetic() || matches!(one, '.' | '-' | ' ');
    (1..=LETTERS_MAX).contains(&letters) && text.chars().all(known)
}

fn is_number(text: &str) -> bool {
    let known = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '/' | '_');
    text.chars().all(known)
}

/// What of a patient is neither initials nor a number nor a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatientError {
    /// The initials.
    Initials,
    /// The number.
    Number,
    /// The name.
    Name,
}

impl fmt::Display for PatientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Initials => {
                "initials are one to four letters with dots, hyphens and spaces, and no name"
            }
            Self::Number => {
                "a patient's number is at most 16 letters, digits, dots, hyphens and slashes"
            }
            Self::Name => "a patient's name is one line of at most 80 bytes",
        })
    }
}

impl std::error::Error for PatientError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_no_name_and_a_number_is_short() {
        let patient = Patient::new(Some(" M. K. "), Some("2026/1042")).unwrap();
        assert_eq!(patient.initials(), Some("M. K."));
        assert_eq!(patient.number(), Some("2026/1042"));
        assert_eq!(Patient::new(Some(" "), None), Ok(Patient::default()));
        assert!(Patient::new(Some("Ä.-Ö. Ü."), None).is_ok());
        for name in ["Maria", "M K 1", ".", "M\u{7}", "M. . . . . . . . ."] {
            let refused = Patient::new(Some(name), None);
            assert_eq!(refused, Err(PatientError::Initials), "{name:?}");
        }
        for number in ["12345678901234567", "M. K.", "7\n"].map(|text| format!("{text}x")) {
            let refused = Patient::new(None, Some(&number));
            assert_eq!(refused, Err(PatientError::Number), "{number:?}");
        }
    }

    #[test]
    fn a_name_is_one_short_line_and_is_not_formatted() {
        let said = |text| PatientName::said(Some(text));
        let name = said(" Zsófia Várkonyi ").unwrap().unwrap();
        assert_eq!(name.as_str(), "Zsófia Várkonyi");
        assert_eq!(format!("{name:?}"), "PatientName(..)");
        assert_eq!(said(" "), Ok(None));
        assert_eq!(PatientName::said(None), Ok(None));
        for other in ["a\nb", &"x".repeat(81)] {
            assert_eq!(said(other), Err(PatientError::Name), "{other:?}");
        }
    }

    #[test]
    fn a_session_has_one_name() {
        let id = SessionId(0x5f1c_2c9a_04b7);
        assert_eq!(id.to_string(), "00005f1c2c9a04b7");
        assert_eq!(SessionId::from_name("00005f1c2c9a04b7"), Some(id));
        for other in ["5f1c2c9a04b7", "00005F1C2C9A04B7", "+0005f1c2c9a04b7", ""] {
            assert_eq!(SessionId::from_name(other), None, "{other:?}");
        }
    }
}
