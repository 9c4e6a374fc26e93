//! Finds frames in the byte stream, in either direction, and writes them.
//!
//! ```text
//! 7E | record | sum | 7E
//! ```
//!
//! - `7E` stands before and behind each frame and nowhere else
//! - `sum` the bytes of the record added up, modulo 256
//!
//! Between the flags 0x7E is sent as `7D 5E` and 0x7D as `7D 5D`, in the sum too; the sum is that
//! of the bytes before that. A flag that ends one frame may begin the next as well.
//!
//! Source: *S/5 Computer Interface Specification* M1017617, 12th ed., "Using the computer
//! interface".

use std::num::NonZeroUsize;

use crate::Discard;
use crate::framing::Pending;

/// Stands before and behind each frame.
const FLAG: u8 = 0x7E;

/// Says that one bit of the next byte was cleared.
const CONTROL: u8 = 0x7D;

/// The bit that is cleared in a byte behind [`CONTROL`].
const CLEARED: u8 = 0x20;

/// Greatest length of a record: its header and 1450 bytes (*DRI Specification* 8005313, 12th ed.,
/// section 2.2).
pub const RECORD_LENGTH_MAX: usize = 40 + 1450;

/// The longest record and its sum.
const CONTENT_LENGTH_MAX: usize = RECORD_LENGTH_MAX + 1;

/// Bytes of the longest frame on the line: the flags, and everything else sent as two bytes.
pub const LINE_LENGTH_MAX: usize = 1 + 2 * CONTENT_LENGTH_MAX + 1;

/// Bytes between two frames after which they are reported without waiting for the next frame,
/// so that a line which speaks something else is seen to do so.
const BETWEEN_MAX: usize = 256;

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A frame whose sum fits.
    Frame {
        /// The record; never empty.
        record: &'a [u8],
        /// How many bytes it took on the line.
        length: usize,
    },
    /// Bytes that were not used.
    Discarded {
        /// How many; never 0.
        bytes: usize,
        /// Why.
        why: Discard,
    },
}

/// Finds frames; bounded, and never stops.
#[derive(Debug)]
pub struct Framer {
    /// Record and sum of the frame under way.
    content: [u8; CONTENT_LENGTH_MAX],
    filled: usize,
    place: Place,
    pending: Pending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// No flag was seen yet.
    Between,
    /// Directly behind a flag, which may be the first of a frame or the last.
    Flagged,
    /// In a frame.
    Inside,
    /// In a frame, behind a control byte.
    Controlled,
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            content: [0; CONTENT_LENGTH_MAX],
            filled: 0,
            place: Place::Between,
            pending: Pending::default(),
        }
    }
}

impl Framer {
    /// Takes the next bytes and hands each thing found to `found`, with the number of bytes
    /// received up to its end.
    #[inline]
    pub fn push(&mut self, bytes: &[u8], mut found: impl FnMut(u64, Found<'_>)) {
        for &byte in bytes {
            self.pending.receive(1);
            if self.place == Place::Inside && byte != FLAG && byte != CONTROL {
                self.take(byte, &mut found);
            } else {
                self.take_other(byte, &mut found);
            }
        }
    }

    /// Drops what is not complete, for the connection ended or began. Returns the number of bytes
    /// received so far and how many of them were dropped; nothing when there was none.
    pub fn reset(&mut self) -> Option<(u64, NonZeroUsize)> {
        self.place = Place::Between;
        self.pending.unused()
    }

    /// Takes a byte that is not simply the next one of a frame.
    // Out of line, as is all that follows, so that a byte inside a frame costs next to nothing.
    #[inline(never)]
    fn take_other(&mut self, byte: u8, found: &mut impl FnMut(u64, Found<'_>)) {
        match (self.place, byte) {
            (Place::Between, FLAG) => {
                self.discard_before(1, found);
                self.place = Place::Flagged;
            }
            (Place::Between, _) => {
                if self.pending.bytes() == BETWEEN_MAX {
                    self.discard(Discard::BeforeStart, found);
                }
            }
            (Place::Flagged, FLAG) => {
                if self.pending.bytes() == BETWEEN_MAX {
                    self.discard_before(1, found);
                }
            }
            (Place::Flagged, _) => {
                // One flag belongs to the frame, and none when it shares the last one's.
                self.discard_before(2, found);
                self.filled = 0;
                self.place = Place::Inside;
                if byte == CONTROL {
                    self.place = Place::Controlled;
                } else {
                    self.take(byte, found);
                }
            }
            (Place::Inside, FLAG) => self.reach_end(found),
            (Place::Inside, _) => self.place = Place::Controlled,
            (Place::Controlled, 0x5D | 0x5E) => {
                self.place = Place::Inside;
                self.take(byte | CLEARED, found);
            }
            (Place::Controlled, _) => {
                self.discard(Discard::Malformed, found);
                if byte == FLAG {
                    self.place = Place::Flagged;
                }
            }
        }
    }

    #[inline]
    fn take(&mut self, byte: u8, found: &mut impl FnMut(u64, Found<'_>)) {
        if let Some(next) = self.content.get_mut(self.filled) {
            *next = byte;
            self.filled += 1;
        } else {
            self.discard(Discard::TooLong, found);
        }
    }

    /// Ends the frame with the last byte received, which may also begin the next one.
    #[inline(never)]
    fn reach_end(&mut self, found: &mut impl FnMut(u64, Found<'_>)) {
        match self.content[..self.filled] {
            [ref record @ .., stated] if !record.is_empty() && sum(record) == stated => {
                let (offset, length) = self.pending.frame();
                found(offset, Found::Frame { record, length });
            }
            _ => self.discard(Discard::Checksum, found),
        }
        self.place = Place::Flagged;
    }

    /// Reports what was received before the last `kept` bytes as between frames, if there is any.
    fn discard_before(&mut self, kept: usize, found: &mut impl FnMut(u64, Found<'_>)) {
        if let Some((offset, bytes)) = self.pending.unused_before(kept) {
            let (bytes, why) = (bytes.get(), Discard::BeforeStart);
            found(offset, Found::Discarded { bytes, why });
        }
    }

    /// Reports the bytes received since the last thing found as not used, and waits for a flag.
    #[inline(never)]
    fn discard(&mut self, why: Discard, found: &mut impl FnMut(u64, Found<'_>)) {
        self.place = Place::Between;
        if let Some((offset, bytes)) = self.pending.unused() {
            let bytes = bytes.get();
            found(offset, Found::Discarded { bytes, why });
        }
    }
}

/// Adds the bytes up, modulo 256.
fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// Appends a frame.
pub(super) fn emit(line: &mut Vec<u8>, record: &[u8]) {
    line.push(FLAG);
    for &byte in record {
        emit_stuffed(line, byte);
    }
    emit_stuffed(line, sum(record));
    line.push(FLAG);
}

fn emit_stuffed(line: &mut Vec<u8>, byte: u8) {
    match byte {
        FLAG | CONTROL => line.extend_from_slice(&[CONTROL, byte & !CLEARED]),
        _ => line.push(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_found(bytes: &[u8], expected: &[&str]) {
        let mut framer = Framer::default();
        let mut got = Vec::new();
        framer.push(bytes, |offset, found| {
            got.push(match found {
                Found::Frame { record, length } => format!("{offset} {length} {record:02X?}"),
                Found::Discarded { bytes, why } => format!("{offset} {bytes} {why}"),
            });
        });
        assert_eq!(got, expected, "{bytes:02X?}");
    }

    #[test]
    fn a_frame_is_found_and_its_pairs_are_single_bytes_again() {
        check_found(
            &[0x7E, 0x01, 0x7D, 0x5E, 0x7D, 0x5D, 0xFC, 0x7E],
            &["8 8 [01, 7E, 7D]"],
        );
    }

    #[test]
    fn the_sum_and_the_first_byte_can_be_pairs_too() {
        let mut line = Vec::new();
        emit(&mut line, &[0x7E, 0xFF]);
        assert_eq!(line, [0x7E, 0x7D, 0x5E, 0xFF, 0x7D, 0x5D, 0x7E]);
        check_found(&line, &["7 7 [7E, FF]"]);
    }

    #[test]
    fn frames_follow_each_other_with_two_flags_or_one() {
        check_found(
            &[0x7E, 0x01, 0x01, 0x7E, 0x7E, 0x02, 0x02, 0x7E],
            &["4 4 [01]", "8 4 [02]"],
        );
        check_found(
            &[0x7E, 0x01, 0x01, 0x7E, 0x02, 0x02, 0x7E],
            &["4 4 [01]", "7 3 [02]"],
        );
    }

    #[test]
    fn flags_without_a_frame_are_reported_together() {
        check_found(
            &[0x7E, 0x7E, 0x7E, 0x01, 0x01, 0x7E],
            &["2 2 before_start", "6 4 [01]"],
        );
        let mut flood = vec![FLAG; 300];
        flood.extend_from_slice(&[0x01, 0x01, FLAG]);
        check_found(
            &flood,
            &["255 255 before_start", "299 44 before_start", "303 4 [01]"],
        );
    }

    #[test]
    fn a_stream_that_begins_inside_a_frame_loses_that_one_alone() {
        check_found(
            &[0x55, 0x01, 0x7E, 0x7E, 0x02, 0x02, 0x7E],
            &["2 2 before_start", "3 1 before_start", "7 4 [02]"],
        );
    }

    #[test]
    fn damage_costs_the_frame_that_it_is_in() {
        check_found(
            &[0x7E, 0x01, 0x03, 0x7E, 0x7E, 0x02, 0x02, 0x7E],
            &["4 4 checksum", "8 4 [02]"],
        );
        // The last flag of the first frame is lost; the next one ends it.
        check_found(
            &[0x7E, 0x01, 0x01, 0x00, 0x7E, 0x02, 0x02, 0x7E],
            &["5 5 checksum", "8 3 [02]"],
        );
    }

    #[test]
    fn a_control_byte_before_anything_else_spoils_its_frame_and_not_the_next() {
        check_found(
            &[0x7E, 0x01, 0x7D, 0x7E, 0x02, 0x02, 0x7E],
            &["4 4 malformed", "7 3 [02]"],
        );
        check_found(
            &[0x7E, 0x01, 0x7D, 0x7D, 0x5E, 0x7E, 0x02, 0x02, 0x7E],
            &["4 4 malformed", "5 1 before_start", "9 4 [02]"],
        );
    }

    #[test]
    fn a_frame_without_a_record_is_no_frame() {
        check_found(&[0x7E, 0x00, 0x7E], &["3 3 checksum"]);
    }

    #[test]
    fn a_flood_is_reported_as_it_comes() {
        let mut bytes = vec![0x55; 300];
        bytes.extend_from_slice(&[0x7E, 0x01, 0x01, 0x7E]);
        check_found(
            &bytes,
            &["256 256 before_start", "300 44 before_start", "304 4 [01]"],
        );
        let mut bytes = vec![FLAG];
        bytes.extend_from_slice(&[0x55; CONTENT_LENGTH_MAX + 1]);
        bytes.extend_from_slice(&[0x7E, 0x01, 0x01, 0x7E]);
        check_found(&bytes, &["1493 1493 too_long", "1497 4 [01]"]);
    }

    #[test]
    fn half_a_frame_is_void_when_the_connection_ends() {
        let mut framer = Framer::default();
        framer.push(&[0x7E, 0x01, 0x01], |_, found| unreachable!("{found:?}"));
        let dropped = framer.reset().map(|(offset, void)| (offset, void.get()));
        assert_eq!(dropped, Some((3, 3)));
        assert_eq!(framer.reset(), None);
        framer.push(&[0x7E], |_, found| unreachable!("{found:?}"));
    }
}
