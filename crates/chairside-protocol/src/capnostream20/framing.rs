//! Finds frames in the byte stream, in either direction, and writes them.
//!
//! ```text
//! 85 | LEN | CODE | payload (LEN - 1 bytes) | CHK
//! ```
//!
//! - `85` starts a frame and is nowhere else
//! - `LEN` length of code and payload, 1 to 255
//! - `CHK` exclusive or of `LEN`, `CODE` and the payload
//!
//! After the start, 0x85 is sent as `80 05` and 0x80 as `80 00`, in the length and in the check
//! too; length and check are those of the bytes before that.
//!
//! Source: `OpenICE` `Capnostream.java` and the tests `TestMergeBytesInputStream` and
//! `TestSplitBytesOutputStream` (`mdpnp` project).

use std::num::NonZeroUsize;

use crate::Discard;
use crate::framing::Pending;

/// Starts a frame, wherever it stands.
const START: u8 = 0x85;

/// Says that the next byte is to be added to it: `80 00` is 0x80 and `80 05` is 0x85.
const ESCAPE: u8 = 0x80;

/// Greatest length of code and payload.
pub const BODY_LENGTH_MAX: usize = 255;

/// Length, code, payload and check of the longest frame, each sent as one byte.
const FRAME_LENGTH_MAX: usize = 1 + BODY_LENGTH_MAX + 1;

/// Bytes of the longest frame on the line: the start, and everything else sent as two bytes.
pub const LINE_LENGTH_MAX: usize = 1 + 2 * FRAME_LENGTH_MAX;

/// Bytes between two frames after which they are reported without waiting for the next frame,
/// so that a line which speaks something else is seen to do so.
const BETWEEN_MAX: usize = 256;

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A frame whose check fits.
    Frame {
        /// Code and payload; never empty.
        body: &'a [u8],
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
    /// Length, code, payload and check of the frame under way.
    frame: [u8; FRAME_LENGTH_MAX],
    filled: usize,
    /// How far `frame` goes; only the length while that is not known.
    end: usize,
    place: Place,
    pending: Pending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Between,
    Inside,
    /// Inside, behind the first byte of a pair.
    Escaped,
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            frame: [0; FRAME_LENGTH_MAX],
            filled: 0,
            end: 0,
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
            if self.place == Place::Inside && byte != START && byte != ESCAPE {
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
            (_, START) => self.start(found),
            (Place::Between, _) => {
                if self.pending.bytes() == BETWEEN_MAX {
                    self.discard(Discard::BeforeStart, found);
                }
            }
            (Place::Inside, _) => self.place = Place::Escaped,
            (Place::Escaped, 0x00 | 0x05) => {
                self.place = Place::Inside;
                self.take(ESCAPE + byte, found);
            }
            (Place::Escaped, _) => self.discard(Discard::Malformed, found),
        }
    }

    /// Begins a frame with the last byte received; what came before it is void.
    fn start(&mut self, found: &mut impl FnMut(u64, Found<'_>)) {
        let why = match self.place {
            Place::Between => Discard::BeforeStart,
            Place::Inside | Place::Escaped => Discard::Malformed,
        };
        if let Some((offset, bytes)) = self.pending.unused_before(1) {
            let bytes = bytes.get();
            found(offset, Found::Discarded { bytes, why });
        }
        self.place = Place::Inside;
        self.filled = 0;
        self.end = 1;
    }

    #[inline]
    fn take(&mut self, byte: u8, found: &mut impl FnMut(u64, Found<'_>)) {
        self.frame[self.filled] = byte;
        self.filled += 1;
        if self.filled == self.end {
            self.reach_end(found);
        }
    }

    #[inline(never)]
    fn reach_end(&mut self, found: &mut impl FnMut(u64, Found<'_>)) {
        let body_length = usize::from(self.frame[0]);
        if body_length == 0 {
            self.discard(Discard::Malformed, found);
        } else if self.filled == 1 {
            self.end = 1 + body_length + 1;
        } else if check(&self.frame[..self.end]) != 0 {
            self.discard(Discard::Checksum, found);
        } else {
            self.place = Place::Between;
            let (offset, length) = self.pending.frame();
            let body = &self.frame[1..=body_length];
            found(offset, Found::Frame { body, length });
        }
    }

    /// Reports the bytes received since the last thing found as not used, and waits for a start.
    #[inline(never)]
    fn discard(&mut self, why: Discard, found: &mut impl FnMut(u64, Found<'_>)) {
        self.place = Place::Between;
        if let Some((offset, bytes)) = self.pending.unused() {
            let bytes = bytes.get();
            found(offset, Found::Discarded { bytes, why });
        }
    }
}

/// Returns the check of these bytes; 0 when their own check is among them and fits.
fn check(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |check, byte| check ^ byte)
}

/// Appends a frame.
///
/// # Panics
///
/// When the payload is longer than [`BODY_LENGTH_MAX`] less the code, which no message is.
pub(super) fn emit(line: &mut Vec<u8>, code: u8, payload: &[u8]) {
    let length = u8::try_from(1 + payload.len()).expect("no message is longer than a frame");
    line.push(START);
    emit_stuffed(line, length);
    emit_stuffed(line, code);
    for &byte in payload {
        emit_stuffed(line, byte);
    }
    emit_stuffed(line, length ^ code ^ check(payload));
}

fn emit_stuffed(line: &mut Vec<u8>, byte: u8) {
    match byte {
        START | ESCAPE => line.extend_from_slice(&[ESCAPE, byte - ESCAPE]),
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
                Found::Frame { body, length } => format!("{offset} {length} {body:02X?}"),
                Found::Discarded { bytes, why } => format!("{offset} {bytes} {why}"),
            });
        });
        assert_eq!(got, expected, "{bytes:02X?}");
    }

    #[test]
    fn a_frame_is_found_and_its_pairs_are_single_bytes_again() {
        check_found(
            &[
                0x85, // start
                0x05, // code and four bytes
                0x00, // CO2 wave
                0x07, 0x26, // message 7, 38 mmHg
                0x80, 0x00, // and 0x80 / 256 mmHg, as a pair
                0x08, // breath end
                0xAC, // check
            ],
            &["9 9 [00, 07, 26, 80, 08]"],
        );
    }

    #[test]
    fn length_and_check_can_be_pairs_too() {
        // 0x85 bytes of body, all of them 0x00: the check is 0x85 as well.
        let mut line = Vec::new();
        emit(&mut line, 0x00, &[0x00; 0x84]);
        assert_eq!(line[..4], [0x85, 0x80, 0x05, 0x00]);
        assert_eq!(line[line.len() - 2..], [0x80, 0x05]);
        let body = vec![0_u8; 0x85];
        check_found(&line, &[&format!("138 138 {body:02X?}")]);
    }

    #[test]
    fn the_longest_frame_is_found() {
        let mut line = Vec::new();
        emit(&mut line, 0x85, &[0x85; BODY_LENGTH_MAX - 1]);
        let mut found = 0;
        Framer::default().push(&line, |_, what| {
            let Found::Frame { body, length } = what else {
                panic!("{what:?}");
            };
            assert_eq!(body, [0x85; BODY_LENGTH_MAX]);
            assert_eq!(length, line.len());
            found += 1;
        });
        assert_eq!(found, 1);
        assert!(line.len() <= LINE_LENGTH_MAX);
    }

    #[test]
    fn a_start_begins_a_frame_wherever_it_stands() {
        check_found(
            &[0x85, 0x05, 0x00, 0x07, 0x85, 0x01, 0x06, 0x07],
            &["4 4 malformed", "8 4 [06]"],
        );
        check_found(
            &[0x85, 0x05, 0x80, 0x85, 0x01, 0x06, 0x07],
            &["3 3 malformed", "7 4 [06]"],
        );
    }

    #[test]
    fn a_pair_that_means_nothing_spoils_its_frame_and_not_the_next() {
        check_found(
            &[0x85, 0x05, 0x80, 0x80, 0x11, 0x85, 0x01, 0x06, 0x07],
            &["4 4 malformed", "5 1 before_start", "9 4 [06]"],
        );
        for second in [0x01, 0x04, 0x06, 0xFF] {
            check_found(&[0x85, 0x05, 0x80, second], &["4 4 malformed"]);
        }
    }

    #[test]
    fn a_wrong_check_costs_one_frame() {
        check_found(
            &[0x85, 0x01, 0x06, 0x08, 0x85, 0x01, 0x06, 0x07],
            &["4 4 checksum", "8 4 [06]"],
        );
    }

    #[test]
    fn a_frame_without_a_code_is_malformed() {
        check_found(
            &[0x85, 0x00, 0x00, 0x85, 0x01, 0x06, 0x07],
            &["2 2 malformed", "3 1 before_start", "7 4 [06]"],
        );
    }

    #[test]
    fn a_flood_without_a_start_is_reported_as_it_comes() {
        let mut bytes = vec![0x55; 300];
        bytes.extend_from_slice(&[0x85, 0x01, 0x06, 0x07]);
        check_found(
            &bytes,
            &["256 256 before_start", "300 44 before_start", "304 4 [06]"],
        );
    }

    #[test]
    fn half_a_frame_is_void_when_the_connection_ends() {
        let mut framer = Framer::default();
        framer.push(&[0x85, 0x05, 0x00], |_, found| unreachable!("{found:?}"));
        let dropped = framer.reset().map(|(offset, void)| (offset, void.get()));
        assert_eq!(dropped, Some((3, 3)));
        assert_eq!(framer.reset(), None);
        framer.push(&[0x07], |_, found| unreachable!("{found:?}"));
    }
}
