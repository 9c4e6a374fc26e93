//! What framing has in common: why bytes were dropped, and the count of those that belong to nothing
//! yet.

use std::fmt;
use std::num::NonZeroUsize;

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

/// The bytes that belong to nothing yet: the frame under way, or what is between two frames. A framer
/// counts each byte in, and each of them out again, in a frame or as not used, so that none is lost
/// without a word.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// Bytes received since the last thing found.
    bytes: usize,
    /// Bytes received up to the last thing found.
    before: u64,
}

impl Pending {
    /// Counts bytes in.
    #[inline]
    pub(crate) const fn receive(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// Returns how many there are.
    #[inline]
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// All of them are one frame. Returns where it ends, in bytes received, and how long it is.
    pub(crate) fn frame(&mut self) -> (u64, usize) {
        let length = std::mem::take(&mut self.bytes);
        self.before += length as u64;
        (self.before, length)
    }

    /// All but the last `kept` are not used. Returns where they end and how many they are; nothing
    /// when there are none.
    pub(crate) fn unused_before(&mut self, kept: usize) -> Option<(u64, NonZeroUsize)> {
        let unused = NonZeroUsize::new(self.bytes.saturating_sub(kept))?;
        self.bytes = kept;
        self.before += unused.get() as u64;
        Some((self.before, unused))
    }

    /// None of them is used. Returns as [`unused_before`](Self::unused_before) does.
    pub(crate) fn unused(&mut self) -> Option<(u64, NonZeroUsize)> {
        self.unused_before(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn unused(end: u64, bytes: usize) -> Option<(u64, NonZeroUsize)> {
        match NonZeroUsize::new(bytes) {
            Some(bytes) => Some((end, bytes)),
            None => None,
        }
    }

    #[test]
    fn every_byte_is_counted_out_once() {
        let mut pending = Pending::default();
        assert_eq!(pending.unused(), None);
        pending.receive(3);
        pending.receive(2);
        assert_eq!(pending.unused_before(2), unused(3, 3));
        assert_eq!(pending.bytes(), 2);
        assert_eq!(pending.unused_before(2), None, "those are kept");
        assert_eq!(pending.unused_before(9), None, "there are not so many");
        pending.receive(4);
        assert_eq!(pending.frame(), (9, 6));
        pending.receive(1);
        assert_eq!(pending.unused(), unused(10, 1));
        assert_eq!(pending.bytes(), 0);
    }
}
