//! Finds messages in the byte stream.
//!
//! A message begins with the nine bytes of [`BEGIN`], has 400 bytes of samples, whose value can be
//! any, and text up to 0xFE. The nine bytes among the samples begin another message: the one
//! before was cut off.

use std::num::NonZeroUsize;

use super::message::{BEGIN, CARRIAGE_RETURN, END, LENGTH_MAX, SAMPLES};
use crate::Discard;
use crate::framing::Pending;

/// Begins a message, and is no byte of its text.
const FIRST: u8 = BEGIN[0];

/// Bytes between two messages after which they are reported without waiting for the next one, so
/// that a line which speaks something else is seen to do so.
const BETWEEN_MAX: usize = 256;

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// The bytes of a message, from its first to its last.
    Message(&'a [u8]),
    /// Bytes that were not used.
    Discarded {
        /// How many; never 0.
        bytes: usize,
        /// Why.
        why: Discard,
    },
}

/// Finds messages; bounded, and never stops.
#[derive(Debug)]
pub(super) struct Framer {
    /// The message under way, from its first byte on.
    message: [u8; LENGTH_MAX],
    filled: usize,
    /// How many of the last bytes received are the first ones of a beginning.
    matched: usize,
    place: Place,
    pending: Pending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Between,
    Samples,
    Text,
}

impl Place {
    /// Returns how far a message may be filled without more ado.
    #[inline]
    const fn end(self) -> usize {
        match self {
            Self::Between => 0,
            Self::Samples => SAMPLES.end,
            Self::Text => LENGTH_MAX,
        }
    }
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            message: [0; LENGTH_MAX],
            filled: 0,
            matched: 0,
            place: Place::Between,
            pending: Pending::default(),
        }
    }
}

impl Framer {
    /// Takes the next bytes and hands each thing found to `found`, with the number of bytes
    /// received up to its end.
    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8], mut found: impl FnMut(u64, Found<'_>)) {
        for &byte in bytes {
            self.pending.receive(1);
            if byte < END && self.matched == 0 && self.filled + 1 < self.place.end() {
                self.message[self.filled] = byte;
                self.filled += 1;
            } else {
                self.take_other(byte, &mut found);
            }
        }
    }

    /// Drops what is not complete, for the connection ended or began. Returns the number of bytes
    /// received so far and how many of them were dropped; nothing when there was none.
    pub(super) fn reset(&mut self) -> Option<(u64, NonZeroUsize)> {
        self.place = Place::Between;
        self.matched = 0;
        self.pending.unused()
    }

    /// Takes a byte that is not simply the next one of a message.
    // Out of line, so that a byte inside a message costs next to nothing.
    #[inline(never)]
    fn take_other(&mut self, byte: u8, found: &mut impl FnMut(u64, Found<'_>)) {
        self.matched = if byte == BEGIN[self.matched] {
            self.matched + 1
        } else {
            usize::from(byte == FIRST)
        };
        if self.matched == BEGIN.len() {
            self.begin(found);
            return;
        }
        match self.place {
            Place::Between => {
                if self.pending.bytes() - self.matched >= BETWEEN_MAX {
                    self.discard_before(self.matched, Discard::BeforeStart, found);
                }
            }
            Place::Samples => {
                self.store(byte);
                if self.filled == SAMPLES.end {
                    self.place = Place::Text;
                    // The text has no such byte in it.
                    self.matched = 0;
                }
            }
            Place::Text => self.take_text(byte, found),
        }
    }

    fn take_text(&mut self, byte: u8, found: &mut impl FnMut(u64, Found<'_>)) {
        if byte == FIRST {
            // Perhaps the next message: its end got lost.
            self.discard_before(1, Discard::Malformed, found);
            self.place = Place::Between;
        } else if self.filled == LENGTH_MAX {
            self.discard_before(0, Discard::TooLong, found);
            self.place = Place::Between;
        } else {
            self.store(byte);
            if byte == END {
                let (offset, _) = self.pending.frame();
                self.place = Place::Between;
                found(offset, Found::Message(&self.message[..self.filled]));
            }
        }
    }

    /// Begins a message with the last bytes received; what came before them is void.
    fn begin(&mut self, found: &mut impl FnMut(u64, Found<'_>)) {
        let why = match self.place {
            Place::Between => Discard::BeforeStart,
            Place::Samples | Place::Text => Discard::Malformed,
        };
        self.discard_before(BEGIN.len(), why, found);
        self.message[..BEGIN.len()].copy_from_slice(&BEGIN);
        self.filled = BEGIN.len();
        self.matched = 0;
        self.place = Place::Samples;
    }

    fn store(&mut self, byte: u8) {
        self.message[self.filled] = byte;
        self.filled += 1;
    }

    /// Reports what was received before the last `kept` bytes as not used, if there is any.
    fn discard_before(
        &mut self,
        kept: usize,
        why: Discard,
        found: &mut impl FnMut(u64, Found<'_>),
    ) {
        if let Some((offset, bytes)) = self.pending.unused_before(kept) {
            let bytes = bytes.get();
            found(offset, Found::Discarded { bytes, why });
        }
    }
}

/// Tells whether a byte may stand in the text.
pub(super) const fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | CARRIAGE_RETURN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(sample: u8, text: &[u8]) -> Vec<u8> {
        [&BEGIN[..], &[sample; 400], text, &[END]].concat()
    }

    fn check_found(bytes: &[u8], expected: &[&str]) {
        let mut framer = Framer::default();
        let mut got = Vec::new();
        framer.push(bytes, |offset, found| {
            got.push(match found {
                Found::Message(message) => format!("{offset} {}", message.len()),
                Found::Discarded { bytes, why } => format!("{offset} {bytes} {why}"),
            });
        });
        assert_eq!(got, expected);
    }

    #[test]
    fn messages_follow_each_other() {
        let one = message(0x7B, b"HR=1;80;;\r");
        check_found(&[&one[..], &one].concat(), &["420 420", "840 420"]);
    }

    #[test]
    fn a_sample_can_be_any_byte() {
        for sample in [0xFF, 0xFE, 0x00, 0x0D] {
            check_found(&message(sample, b"HR\r"), &["413 413"]);
        }
    }

    #[test]
    fn a_message_among_the_samples_begins_anew() {
        let one = message(0x7B, b"HR\r");
        check_found(
            &[&one[..100], &one].concat(),
            &["100 100 malformed", "513 413"],
        );
        // Its first byte seems to come twice.
        check_found(
            &[&one[..100], &[0xFF], &one].concat(),
            &["101 101 malformed", "514 413"],
        );
    }

    #[test]
    fn a_message_without_its_end_costs_itself_alone() {
        let one = message(0x7B, b"HR\r");
        let cut = &one[..one.len() - 1];
        check_found(&[cut, &one].concat(), &["412 412 malformed", "825 413"]);
    }

    #[test]
    fn a_text_that_does_not_end_is_too_long() {
        let endless = [&BEGIN[..], &[b'A'; LENGTH_MAX]].concat();
        let one = message(0x7B, b"HR\r");
        let too_long = LENGTH_MAX + 1;
        let rest = endless.len() - too_long;
        check_found(
            &[endless, one].concat(),
            &[
                &format!("{too_long} {too_long} too_long"),
                &format!("{} {rest} before_start", too_long + rest),
                &format!("{} 413", too_long + rest + 413),
            ],
        );
    }

    #[test]
    fn noise_is_reported_as_it_comes() {
        let one = message(0x7B, b"HR\r");
        let noise = [[0x55; 300], [0xFF; 300]].concat();
        check_found(
            &[noise, one].concat(),
            &[
                "256 256 before_start",
                "512 256 before_start",
                "600 88 before_start",
                "1013 413",
            ],
        );
    }

    #[test]
    fn half_a_message_is_void_when_the_connection_ends() {
        let mut framer = Framer::default();
        let one = message(0x7B, b"HR\r");
        framer.push(&one[..411], |_, found| unreachable!("{found:?}"));
        let dropped = framer.reset().map(|(offset, void)| (offset, void.get()));
        assert_eq!(dropped, Some((411, 411)));
        assert_eq!(framer.reset(), None);
        framer.push(&one[411..], |_, found| unreachable!("{found:?}"));
    }
}
