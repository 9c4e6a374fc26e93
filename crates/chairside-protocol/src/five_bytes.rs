//! Frames of five bytes of which the first alone has bit 7 set, and nothing else to check.
//!
//! Such a frame proves little: its content is for the caller to doubt. What is lost or added to
//! the line shows at once, for then a first byte comes too early or too late.

use std::num::NonZeroUsize;

use crate::Discard;

/// Bytes of a frame.
pub(crate) const LENGTH: usize = 5;

/// The bit that is set in the first byte of a frame, and in no other.
pub(crate) const SYNC: u8 = 0x80;

/// Junk is told after so many bytes at the latest.
const JUNK_MAX: usize = 64;

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Five bytes that begin as they should.
    Frame([u8; LENGTH]),
    /// Bytes that were not used.
    Discarded {
        /// How many; never 0.
        bytes: usize,
        /// Why.
        why: Discard,
    },
}

/// Finds frames; bounded, and never stops.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    frame: [u8; LENGTH],
    filled: usize,
    /// Bytes between two frames that were not told yet.
    junk: usize,
    /// Bytes received.
    received: u64,
}

impl Framer {
    /// Takes the next bytes and hands each thing found to `found`, with where it ended.
    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8], mut found: impl FnMut(u64, Found)) {
        for &byte in bytes {
            if byte & SYNC != 0 || self.filled == 0 {
                self.begin(byte, &mut found);
            } else {
                self.frame[self.filled] = byte;
                self.filled += 1;
            }
            self.received += 1;
            if self.filled == LENGTH {
                self.filled = 0;
                found(self.received, Found::Frame(self.frame));
            }
        }
    }

    /// Takes a byte that begins a frame, or comes where one should begin.
    #[inline]
    fn begin(&mut self, byte: u8, found: &mut impl FnMut(u64, Found)) {
        if self.filled > 0 || self.junk > 0 {
            self.doubtful(byte, found);
        }
        if byte & SYNC == 0 {
            self.junk += 1;
        } else {
            self.frame[0] = byte;
            self.filled = 1;
        }
    }

    #[cold]
    fn doubtful(&mut self, byte: u8, found: &mut impl FnMut(u64, Found)) {
        if self.filled > 0 {
            let bytes = std::mem::take(&mut self.filled);
            let why = Discard::Malformed;
            found(self.received, Found::Discarded { bytes, why });
        } else if byte & SYNC != 0 || self.junk == JUNK_MAX {
            let bytes = std::mem::take(&mut self.junk);
            let why = Discard::BeforeStart;
            found(self.received, Found::Discarded { bytes, why });
        }
    }

    /// Forgets half a frame; says where it ended and how long it was, if there was one.
    pub(crate) fn reset(&mut self) -> Option<(u64, NonZeroUsize)> {
        let half = std::mem::take(&mut self.filled) + std::mem::take(&mut self.junk);
        NonZeroUsize::new(half).map(|bytes| (self.received, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(framer: &mut Framer, bytes: &[u8]) -> Vec<(u64, Found)> {
        let mut all = Vec::new();
        framer.push(bytes, |offset, found| all.push((offset, found)));
        all
    }

    const fn discarded(bytes: usize, why: Discard) -> Found {
        Found::Discarded { bytes, why }
    }

    #[test]
    fn a_frame_is_given_with_its_last_byte() {
        let mut framer = Framer::default();
        assert_eq!(found(&mut framer, &[0x87, 0x32, 0x06, 0x48]), []);
        let frame = [0x87, 0x32, 0x06, 0x48, 0x61];
        assert_eq!(found(&mut framer, &[0x61]), [(5, Found::Frame(frame))]);
    }

    #[test]
    fn a_frame_that_lacks_a_byte_ends_where_the_next_begins() {
        let mut framer = Framer::default();
        let stream = [0x87, 0x32, 0x06, 0x48, 0x87, 1, 2, 3, 4];
        let frame = Found::Frame([0x87, 1, 2, 3, 4]);
        let expected = [(4, discarded(4, Discard::Malformed)), (9, frame)];
        assert_eq!(found(&mut framer, &stream), expected);
    }

    #[test]
    fn bytes_between_two_frames_are_told_together_and_before_they_are_too_many() {
        let mut framer = Framer::default();
        let mut stream = vec![0; JUNK_MAX + 2];
        stream.extend([0x80, 1, 2, 3, 4]);
        let expected = [
            (64, discarded(JUNK_MAX, Discard::BeforeStart)),
            (66, discarded(2, Discard::BeforeStart)),
            (71, Found::Frame([0x80, 1, 2, 3, 4])),
        ];
        assert_eq!(found(&mut framer, &stream), expected);
        assert_eq!(framer.reset(), None);
    }

    #[test]
    fn half_a_frame_is_void_when_the_line_ends() {
        let mut framer = Framer::default();
        assert_eq!(found(&mut framer, &[0x80, 1]), []);
        assert_eq!(framer.reset(), NonZeroUsize::new(2).map(|two| (2, two)));
        assert_eq!(found(&mut framer, &[2, 3, 4]), []);
    }
}
