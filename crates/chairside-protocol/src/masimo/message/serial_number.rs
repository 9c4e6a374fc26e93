//! The oximeter's serial number.

/// The oximeter's serial number: ten digits or capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SerialNumber([u8; 10]);

/// What stands where there is no number.
const NONE: &[u8; 10] = b"----------";

impl SerialNumber {
    /// Returns the number of these ten characters; nothing when they are others than digits and
    /// capital letters.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        Self::of(text.as_bytes())
    }

    /// Returns the number as text.
    #[must_use]
    pub fn text(&self) -> &str {
        // Digits and capital letters are always text.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Reads the value of a token: a number, or dashes for none.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`](crate::Discard::Malformed) when it is neither.
    pub(super) fn parse(value: &[u8]) -> Result<Option<Self>, crate::Discard> {
        match value {
            none if none == NONE => Ok(None),
            _ => Self::of(value).map(Some).ok_or(crate::Discard::Malformed),
        }
    }

    /// Returns the value of a token.
    pub(super) fn bytes(number: Option<&Self>) -> &[u8; 10] {
        number.map_or(NONE, |number| &number.0)
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; 10] = bytes.try_into().ok()?;
        bytes
            .iter()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
            .then_some(Self(bytes))
    }
}
