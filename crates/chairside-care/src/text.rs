//! What a person wrote.

use std::fmt;

/// The longest text, bytes.
const TEXT_MAX: usize = 500;

/// What a person wrote: never empty, at most 500 bytes, no control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Box<str>);

impl Text {
    /// Takes what was written, without the spaces around it.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn new(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.is_empty() {
            Err(TextError::Empty)
        } else if text.len() > TEXT_MAX {
            Err(TextError::TooLong)
        } else if text.chars().any(char::is_control) {
            Err(TextError::Control)
        } else {
            Ok(Self(text.into()))
        }
    }

    /// Returns it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// It says nothing.
    Empty,
    /// It is longer than 500 bytes.
    TooLong,
    /// It has characters that are no letters: a line break, a tabulator, an escape.
    Control,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it says nothing"),
            Self::TooLong => write!(f, "it is longer than {TEXT_MAX} bytes"),
            Self::Control => f.write_str("it has line breaks or other control characters"),
        }
    }
}

impl std::error::Error for TextError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_something_short_on_one_line() {
        assert_eq!(Text::new("  left arm ").unwrap().as_str(), "left arm");
        assert_eq!(Text::new(" \t"), Err(TextError::Empty));
        assert_eq!(Text::new(&"x".repeat(501)), Err(TextError::TooLong));
        assert_eq!(Text::new("a\nb"), Err(TextError::Control));
    }
}
