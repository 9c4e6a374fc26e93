//! What the device says who it is.

use crate::Discard;
use crate::capnostream20::framing;

mod field {
    use std::ops::Range;

    pub(super) const SOFTWARE: Range<usize> = 1..6;
    pub(super) const RELEASED: Range<usize> = 7..17;
    pub(super) const SERIAL: Range<usize> = 18..28;
    pub(super) const OXIMETER: Range<usize> = 18..20;
    pub(super) const LENGTH: usize = 30;
}

/// Who the monitor is, in reply to [`Command::Enable`](super::Command::Enable).
///
/// ```text
/// 04 V vvvvv _ mm/dd/yyyy _ BB RR ssssss _ _
///    0 1       7            18 20 22
/// ```
///
/// - `vvvvv` software version, and `mm/dd/yyyy` its date
/// - `BB` oximeter board: B3 and B5 Masimo, B2 Nellcor; `RR` revision; `ssssss` number; the three
///   together are the serial number
/// - `_` a space
///
/// Positions are those in the text. A text of another form is a device identity too, and is taken
/// whole: the start of monitoring must not depend on how a firmware writes its date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceId {
    text: Box<str>,
}

/// Whose oximeter is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Oximeter {
    /// B3 or B5.
    Masimo,
    /// B2.
    Nellcor,
}

impl DeviceId {
    /// The message's code.
    pub const CODE: u8 = 0x04;

    /// Returns an identity with this text, or nothing when it is empty, is not printable ASCII,
    /// or does not fit into a frame.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        Self::from_bytes(text.as_bytes())
    }

    fn from_bytes(text: &[u8]) -> Option<Self> {
        let printable = text
            .iter()
            .all(|character| matches!(character, 0x20..=0x7E));
        let fits = (1..framing::BODY_LENGTH_MAX).contains(&text.len());
        let text = std::str::from_utf8(text).ok()?;
        (printable && fits).then(|| Self { text: text.into() })
    }

    /// Reads the message from its frame's body.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    pub fn parse(body: &[u8]) -> Result<Self, Discard> {
        match body.split_first() {
            Some((&Self::CODE, text)) => Self::from_bytes(text).ok_or(Discard::Malformed),
            Some(_) => Err(Discard::Unknown),
            None => Err(Discard::Malformed),
        }
    }

    /// Appends the message's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        framing::emit(line, Self::CODE, self.text.as_bytes());
    }

    /// Returns the text as sent, with the spaces at its end.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the software version, if the text has the known form.
    #[must_use]
    pub fn software_version(&self) -> Option<&str> {
        self.in_known_form()?.get(field::SOFTWARE).map(str::trim)
    }

    /// Returns the software's date, month first, if the text has the known form.
    #[must_use]
    pub fn released(&self) -> Option<&str> {
        self.in_known_form()?.get(field::RELEASED)
    }

    /// Returns the serial number, if the text has the known form.
    #[must_use]
    pub fn serial_number(&self) -> Option<&str> {
        self.in_known_form()?.get(field::SERIAL)
    }

    /// Returns whose oximeter is built in, if the text says so.
    #[must_use]
    pub fn oximeter(&self) -> Option<Oximeter> {
        match self.in_known_form()?.get(field::OXIMETER)? {
            "B3" | "B5" => Some(Oximeter::Masimo),
            "B2" => Some(Oximeter::Nellcor),
            _ => None,
        }
    }

    fn in_known_form(&self) -> Option<&str> {
        let text = &*self.text;
        let bytes = text.as_bytes();
        let spaces = [
            field::SOFTWARE.end,
            field::RELEASED.end,
            field::SERIAL.end,
            field::LENGTH - 1,
        ];
        let known = bytes.len() == field::LENGTH
            && bytes[0] == b'V'
            && spaces.into_iter().all(|position| bytes[position] == b' ')
            && bytes[field::SERIAL].iter().all(u8::is_ascii_alphanumeric);
        known.then_some(text)
    }
}
