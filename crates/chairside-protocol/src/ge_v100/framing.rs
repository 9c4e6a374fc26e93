//! Finds replies in the byte stream.
//!
//! A frame ends with a carriage return, and a carriage return is nowhere else in it; its start,
//! a space, may also be among its data and check characters. So a line is collected up to the
//! carriage return, and the reply is looked for at every place where one could start, from the
//! left. What lies before it, the rest of a frame that was cut off or noise, is reported and
//! does not cost the reply behind it.

use std::num::NonZeroUsize;

use super::message::Reply;
use super::text::{CARRIAGE_RETURN, UNIT_ID};
use crate::Discard;

/// Bytes kept while waiting for a carriage return: almost three times the longest reply. When
/// they are full, the oldest are dropped as too long and [`KEPT`] stay.
const CAPACITY: usize = 64;

/// What stays of a line that grew too long: as much as can still be the start of a reply.
const KEPT: usize = Reply::LENGTH_MAX - 1;

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A reply whose checks fit.
    Reply(Reply),
    /// Bytes that were not used.
    Discarded { bytes: usize, why: Discard },
}

/// Finds replies; bounded, and never stops.
#[derive(Debug)]
pub(super) struct Framer {
    line: [u8; CAPACITY],
    filled: usize,
    /// Bytes received before the first one in `line`.
    before: u64,
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            line: [0; CAPACITY],
            filled: 0,
            before: 0,
        }
    }
}

impl Framer {
    /// Takes the next bytes and hands each thing found to `found`, with the number of bytes
    /// received up to its end.
    pub(super) fn push(&mut self, bytes: &[u8], mut found: impl FnMut(u64, Found)) {
        // Byte by byte, for a serial port gives a few at a time: too few to pay for a search and
        // a copy.
        let mut filled = self.filled;
        for &byte in bytes {
            self.line[filled] = byte;
            filled += 1;
            if byte == CARRIAGE_RETURN {
                self.finish_line(filled, &mut found);
                filled = 0;
            } else if filled == CAPACITY {
                let dropped = CAPACITY - KEPT;
                self.discard(dropped, Discard::TooLong, &mut found);
                self.line.copy_within(dropped.., 0);
                filled = KEPT;
            }
        }
        self.filled = filled;
    }

    /// Drops half a line, for the connection ended or began. Returns the number of bytes received
    /// so far and how many of them were dropped; nothing when there was none.
    pub(super) fn reset(&mut self) -> Option<(u64, NonZeroUsize)> {
        let void = NonZeroUsize::new(std::mem::take(&mut self.filled))?;
        self.before += void.get() as u64;
        Some((self.before, void))
    }

    // Out of line, so that a byte in the middle of a frame costs next to nothing.
    #[inline(never)]
    fn finish_line(&mut self, length: usize, found: &mut impl FnMut(u64, Found)) {
        match search(&self.line[..length]) {
            Ok((start, reply)) => {
                if start > 0 {
                    self.discard(start, Discard::BeforeStart, found);
                }
                self.before += (length - start) as u64;
                found(self.before, Found::Reply(reply));
            }
            Err(why) => self.discard(length, why, found),
        }
    }

    /// Reports the first `bytes` of the line as not used.
    fn discard(&mut self, bytes: usize, why: Discard, found: &mut impl FnMut(u64, Found)) {
        self.before += bytes as u64;
        found(self.before, Found::Discarded { bytes, why });
    }
}

/// Returns the leftmost reply that reaches to the end of the line and where it starts; failing
/// that, why the leftmost thing that looked like one is none.
fn search(line: &[u8]) -> Result<(usize, Reply), Discard> {
    let mut first_cause = None;
    for start in 0..line.len() {
        if !looks_like_start(&line[start..]) {
            continue;
        }
        match Reply::parse(&line[start..]) {
            Ok(reply) => return Ok((start, reply)),
            Err(why) => first_cause = first_cause.or(Some(why)),
        }
    }
    Err(first_cause.unwrap_or(Discard::BeforeStart))
}

fn looks_like_start(rest: &[u8]) -> bool {
    matches!(rest, [UNIT_ID, first, second, ..]
        if first.is_ascii_uppercase() && second.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &[&str]) {
        let mut framer = Framer::default();
        let mut got = Vec::new();
        framer.push(bytes, |offset, found| {
            got.push(match found {
                Found::Reply(reply) => format!("{offset} {:?}", reply.answers()),
                Found::Discarded { bytes, why } => format!("{offset} {bytes} {why}"),
            });
        });
        assert_eq!(got, expected);
    }

    #[test]
    fn a_reply_is_found_behind_one_that_was_cut_off() {
        check(
            b" NA1100045 OA1097512#C\r",
            &["10 10 before_start", "23 ReadOximeter"],
        );
    }

    #[test]
    fn an_empty_line_costs_one_byte() {
        check(b"\r RA2072\"E\r", &["1 1 before_start", "11 ReadRate"]);
    }

    #[test]
    fn a_reply_with_a_wrong_check_is_dropped_and_the_next_is_found() {
        check(
            b" RA2073\"E\r RA2072\"E\r",
            &["10 10 checksum", "20 ReadRate"],
        );
    }

    #[test]
    fn a_sound_reply_of_another_kind_is_unknown() {
        // " RC": S = 88; '2' '0' '7' '2' add 19 + 17 + 24 + 19 = 79; 167 = 2 * 64 + 39.
        check(b" RC2072\"G\r", &["10 10 unknown"]);
    }

    #[test]
    fn our_own_request_echoed_is_no_reply() {
        check(b" NA!2\r", &["6 6 malformed"]);
    }

    #[test]
    fn a_flood_without_an_end_does_not_cost_the_reply_behind_it() {
        let mut bytes = vec![b'U'; 100];
        bytes.extend_from_slice(b" RA2072\"E\r");
        // 64 collected, 43 dropped, 21 kept; again 64, 43 dropped; then the rest of the line.
        check(
            &bytes,
            &[
                "43 43 too_long",
                "86 43 too_long",
                "100 14 before_start",
                "110 ReadRate",
            ],
        );
    }

    #[test]
    fn half_a_line_is_void_when_the_connection_ends() {
        let mut framer = Framer::default();
        framer.push(b" NA11", |_, found| unreachable!("{found:?}"));
        assert_eq!(
            framer.reset().map(|(offset, void)| (offset, void.get())),
            Some((5, 5))
        );
        assert_eq!(framer.reset(), None);
    }
}
