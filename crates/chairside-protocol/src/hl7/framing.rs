//! Finds messages in the stream: the minimal lower layer protocol (MLLP).
//!
//! A message lies between `0B` and `1C 0D`. Neither of the first two stands in a text of HL7, so
//! that a start within a message means that the rest of that one was lost.

use std::num::NonZeroUsize;

use super::message::{CARRIAGE_RETURN, END_BLOCK, START_BLOCK};
use crate::Discard;

/// Bytes of the longest message. A monitor's have some ten thousand at most; a longer one would be
/// a document.
pub const MESSAGE_MAX: usize = 32 * 1024;

/// Bytes outside of messages are told of when there are so many at the latest.
const STRAY_MAX: usize = 1024;

/// What was found, in the order of the stream.
#[derive(Debug)]
pub enum Found<'a> {
    /// What stands between a start and an end.
    Message(&'a [u8]),
    /// Bytes that were not used.
    Discarded {
        /// How many.
        bytes: usize,
        /// Why not.
        why: Discard,
    },
}

/// Finds messages; bounded, and never stops.
#[derive(Debug, Default)]
pub struct Framer {
    state: State,
    /// The message so far, without its start.
    held: Vec<u8>,
    /// Bytes outside of a message that nobody was told of.
    stray: usize,
    received: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Outside,
    Inside,
    /// The end of the block was there, and the carriage return behind it is due.
    AtEnd,
}

impl Framer {
    /// Takes the next bytes and hands each thing found to `found`, with the place where it ends.
    #[inline]
    pub fn push(&mut self, bytes: &[u8], found: impl FnMut(u64, Found<'_>)) {
        // Most of what comes singly is text within a message.
        if let [byte] = *bytes
            && self.state == State::Inside
            && self.held.len() < MESSAGE_MAX
            && !matches!(byte, START_BLOCK | END_BLOCK)
        {
            self.held.push(byte);
            self.received += 1;
        } else {
            self.push_many(bytes, found);
        }
    }

    #[inline(never)]
    fn push_many(&mut self, bytes: &[u8], mut found: impl FnMut(u64, Found<'_>)) {
        let mut rest = bytes;
        while let Some(&next) = rest.first() {
            match self.state {
                State::Outside if next == START_BLOCK => {
                    self.end_stray(&mut found);
                    self.received += 1;
                    rest = &rest[1..];
                    // Once, so that it does not grow step by step.
                    self.held.reserve(MESSAGE_MAX);
                    self.state = State::Inside;
                }
                State::Outside => {
                    let start = rest.iter().position(|byte| *byte == START_BLOCK);
                    let length = start.unwrap_or(rest.len()).min(STRAY_MAX - self.stray);
                    self.stray += length;
                    self.received += length as u64;
                    rest = &rest[length..];
                    if self.stray == STRAY_MAX {
                        self.end_stray(&mut found);
                    }
                }
                State::Inside => rest = self.gather(rest, &mut found),
                State::AtEnd if next == CARRIAGE_RETURN => {
                    self.received += 1;
                    rest = &rest[1..];
                    found(self.received, Found::Message(&self.held));
                    self.held.clear();
                    self.state = State::Outside;
                }
                State::AtEnd => self.drop_held(Discard::Malformed, &mut found),
            }
        }
    }

    /// Forgets what is under way, for the connection began or ended, and returns where it ended
    /// and how long it was.
    pub fn reset(&mut self) -> Option<(u64, NonZeroUsize)> {
        let bytes = match self.state {
            State::Outside => std::mem::take(&mut self.stray),
            State::Inside | State::AtEnd => self.length_held(),
        };
        self.held.clear();
        self.state = State::Outside;
        NonZeroUsize::new(bytes).map(|bytes| (self.received, bytes))
    }

    /// Takes what is of the message, and returns the bytes behind.
    fn gather<'a>(&mut self, bytes: &'a [u8], found: &mut impl FnMut(u64, Found<'_>)) -> &'a [u8] {
        let room = MESSAGE_MAX - self.held.len();
        let end = bytes
            .iter()
            .position(|byte| matches!(*byte, START_BLOCK | END_BLOCK));
        let (text, rest) = bytes.split_at(end.unwrap_or(bytes.len()).min(room));
        self.held.extend_from_slice(text);
        self.received += text.len() as u64;
        match rest.first() {
            None => rest,
            Some(&END_BLOCK) => {
                self.received += 1;
                self.state = State::AtEnd;
                &rest[1..]
            }
            Some(&START_BLOCK) => {
                self.drop_held(Discard::Malformed, found);
                rest
            }
            Some(_) => {
                self.drop_held(Discard::TooLong, found);
                rest
            }
        }
    }

    fn drop_held(&mut self, why: Discard, found: &mut impl FnMut(u64, Found<'_>)) {
        let bytes = self.length_held();
        found(self.received, Found::Discarded { bytes, why });
        self.held.clear();
        self.state = State::Outside;
    }

    fn end_stray(&mut self, found: &mut impl FnMut(u64, Found<'_>)) {
        let bytes = std::mem::take(&mut self.stray);
        if bytes > 0 {
            let why = Discard::BeforeStart;
            found(self.received, Found::Discarded { bytes, why });
        }
    }

    /// Returns how long the message is so far, with its start and its end.
    fn length_held(&self) -> usize {
        1 + self.held.len() + usize::from(self.state == State::AtEnd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_in(stream: &[u8]) -> Vec<String> {
        let mut framer = Framer::default();
        let mut found = Vec::new();
        framer.push(stream, |at, what| {
            found.push(match what {
                Found::Message(text) => format!("{at} {}", String::from_utf8_lossy(text)),
                Found::Discarded { bytes, why } => format!("{at} {bytes} {why}"),
            });
        });
        let half = framer.reset();
        found.extend(half.map(|(at, bytes)| format!("{at} {bytes} void")));
        found
    }

    #[test]
    fn a_message_lies_between_a_start_and_an_end() {
        assert_eq!(found_in(b"\x0BMSH\x1C\r\x0BPID\x1C\r"), ["6 MSH", "12 PID"]);
    }

    #[test]
    fn what_is_no_message_is_told_of() {
        assert_eq!(found_in(b"xyz\x0BMSH\x1C\r"), ["3 3 before_start", "9 MSH"]);
        assert_eq!(found_in(b"\x0BMS\x0BMSH\x1C\r"), ["3 3 malformed", "9 MSH"]);
        assert_eq!(
            found_in(b"\x0BMSH\x1Cx\x0BMSH\x1C\r"),
            ["5 5 malformed", "6 1 before_start", "12 MSH"]
        );
        assert_eq!(found_in(b"\x0BMSH\x1C"), ["5 5 void"]);
        assert_eq!(found_in(b"\x0BM"), ["2 2 void"]);
        assert_eq!(found_in(b"M"), ["1 1 void"]);
        assert_eq!(found_in(b""), Vec::<String>::new());
    }

    #[test]
    fn a_text_console_is_told_of_piece_by_piece() {
        let told = found_in(&vec![b'x'; 2 * STRAY_MAX + 5]);
        assert_eq!(
            told,
            [
                "1024 1024 before_start",
                "2048 1024 before_start",
                "2053 5 void"
            ]
        );
    }

    #[test]
    fn the_longest_message_is_read_and_a_longer_one_is_not() {
        let mut stream = vec![START_BLOCK];
        stream.extend(vec![b'x'; MESSAGE_MAX]);
        stream.extend(b"\x1C\r");
        assert_eq!(found_in(&stream).len(), 1);
        stream.insert(1, b'x');
        let told = found_in(&stream);
        assert_eq!(told[0], format!("{0} {0} too_long", MESSAGE_MAX + 1));
        assert_eq!(told[1], format!("{} 3 void", MESSAGE_MAX + 4));
    }
}
