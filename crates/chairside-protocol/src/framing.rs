//! What framing has in common: why bytes were dropped.

use std::fmt;

/// Why bytes were not used. Nothing is dropped without one of these.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Discard {
    /// Bytes before the first frame start, or between two frames.
    BeforeStart,
    /// A frame that grew past its greatest length.
    TooLong,
    /// The frame's own check does not fit its bytes.
    Checksum,
    /// The check fits, or there is none, and the content cannot be.
    Malformed,
    /// A sound frame of a kind this driver does not know.
    Unknown,
}

impl Discard {
    /// Every cause, in the order of the enum.
    pub const ALL: [Self; 5] = [
        Self::BeforeStart,
        Self::TooLong,
        Self::Checksum,
        Self::Malformed,
        Self::Unknown,
    ];

    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeStart => "before_start",
            Self::TooLong => "too_long",
            Self::Checksum => "checksum",
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Discard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
