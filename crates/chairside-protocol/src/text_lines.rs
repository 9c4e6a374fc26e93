//! Finds messages in a stream of text lines.
//!
//! A line ends with a line feed, a carriage return, or both in either order. It is given with the
//! first of the two, for the second may be a second away; that one is then the first byte of the
//! next line. Where a line is no message, one is looked for at every place where it could start,
//! from the left: what lies before it, a line that was cut off or noise, is reported and does not
//! cost the message behind it.

use std::marker::PhantomData;
use std::num::NonZeroUsize;

use crate::Discard;

/// What one line of text says.
pub(crate) trait TextMessage: Sized {
    /// Tells whether a message might start with these bytes. For a line that is none as a whole.
    fn may_start(rest: &[u8]) -> bool;

    /// Reads a line, without its end.
    fn parse(line: &[u8]) -> Result<Self, Discard>;
}

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<M> {
    /// A message, and the bytes it took with the ends of its line.
    Message { message: M, length: usize },
    /// Bytes that were not used.
    Discarded { bytes: usize, why: Discard },
}

/// Collects lines of less than `CAPACITY` bytes. When that many are there without an end, the
/// older half is dropped as too long; the other half may hold the start of a message.
#[derive(Debug)]
pub(crate) struct TextFramer<M, const CAPACITY: usize> {
    line: [u8; CAPACITY],
    filled: usize,
    /// Bytes received before the first one in `line`.
    before: u64,
    message: PhantomData<fn() -> M>,
}

impl<M, const CAPACITY: usize> Default for TextFramer<M, CAPACITY> {
    fn default() -> Self {
        Self {
            line: [0; CAPACITY],
            filled: 0,
            before: 0,
            message: PhantomData,
        }
    }
}

impl<M: TextMessage, const CAPACITY: usize> TextFramer<M, CAPACITY> {
    /// Takes the next bytes and hands each thing found to `found`, with the number of bytes
    /// received up to its end.
    pub(crate) fn push(&mut self, bytes: &[u8], mut found: impl FnMut(u64, Found<M>)) {
        // Byte by byte, for a serial port gives a few at a time: too few to pay for a search and
        // a copy.
        let mut filled = self.filled;
        for &byte in bytes {
            self.line[filled] = byte;
            filled += 1;
            if is_end(byte) {
                filled = self.finish_line(filled, &mut found);
            } else if filled == CAPACITY {
                let dropped = CAPACITY / 2;
                self.discard(dropped, Discard::TooLong, &mut found);
                self.line.copy_within(dropped.., 0);
                filled = CAPACITY - dropped;
            }
        }
        self.filled = filled;
    }

    /// Drops half a line, for the connection ended or began. Returns the number of bytes received
    /// so far and how many of them were dropped; nothing when there was none.
    pub(crate) fn reset(&mut self) -> Option<(u64, NonZeroUsize)> {
        let void = NonZeroUsize::new(std::mem::take(&mut self.filled))?;
        self.before += void.get() as u64;
        Some((self.before, void))
    }

    /// Reads the line that ends with its `length`th byte, and returns how many bytes of it stay.
    // Out of line, so that a byte in the middle of a line costs next to nothing.
    #[inline(never)]
    fn finish_line(&mut self, length: usize, found: &mut impl FnMut(u64, Found<M>)) -> usize {
        match self.line[..length] {
            // Perhaps the second end of the line before; it is counted with the next one.
            [_] => 1,
            // A line of nothing.
            [first, end] if is_end(first) => {
                self.discard(1, Discard::BeforeStart, found);
                self.line[0] = end;
                1
            }
            _ => {
                self.read_line(length, found);
                0
            }
        }
    }

    fn read_line(&mut self, length: usize, found: &mut impl FnMut(u64, Found<M>)) {
        let begin = usize::from(is_end(self.line[0]));
        let line = &self.line[begin..length - 1];
        let (start, message) = match M::parse(line) {
            Ok(message) => (0, message),
            Err(why) => match search(line) {
                Some((start, message)) => (begin + start, message),
                None => return self.discard(length, why, found),
            },
        };
        if start > 0 {
            self.discard(start, Discard::BeforeStart, found);
        }
        let length = length - start;
        self.before += length as u64;
        found(self.before, Found::Message { message, length });
    }

    /// Reports the first `bytes` of the line as not used.
    fn discard(&mut self, bytes: usize, why: Discard, found: &mut impl FnMut(u64, Found<M>)) {
        self.before += bytes as u64;
        found(self.before, Found::Discarded { bytes, why });
    }
}

/// Returns the leftmost message that reaches to the end of the line, and where it starts.
fn search<M: TextMessage>(line: &[u8]) -> Option<(usize, M)> {
    (1..line.len()).find_map(|start| {
        let rest = &line[start..];
        let message = M::may_start(rest).then(|| M::parse(rest).ok())??;
        Some((start, message))
    })
}

#[inline]
const fn is_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Returns the number of a field of at most four digits; nothing when it has anything else.
#[inline]
pub(crate) fn number(field: &[u8]) -> Option<u16> {
    if !matches!(field.len(), 1..=4) {
        return None;
    }
    field.iter().try_fold(0, |number: u16, &digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u16::from(digit - b'0'))
    })
}

/// Returns the number of a field that is two digits.
#[inline]
pub(crate) fn two_digits(field: [u8; 2]) -> Option<u8> {
    let [tens, ones] = field.map(|digit| digit.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| tens * 10 + ones)
}

/// Appends a number as two digits, the tens first; of a greater one the last two.
pub(crate) fn emit_two_digits(line: &mut Vec<u8>, number: u8) {
    line.extend_from_slice(&[b'0' + number / 10 % 10, b'0' + number % 10]);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of lower-case letters behind a capital `M`.
    #[derive(Debug, PartialEq)]
    struct Word(usize);

    impl TextMessage for Word {
        fn may_start(rest: &[u8]) -> bool {
            rest.starts_with(b"M")
        }

        fn parse(line: &[u8]) -> Result<Self, Discard> {
            match line {
                [b'M', word @ ..] if word.iter().all(u8::is_ascii_lowercase) => {
                    Ok(Self(word.len()))
                }
                [b'M', ..] => Err(Discard::Malformed),
                _ => Err(Discard::Unknown),
            }
        }
    }

    fn check(bytes: &[u8], expected: &[&str]) {
        let mut framer = TextFramer::<Word, 16>::default();
        let mut got = Vec::new();
        for byte in bytes {
            framer.push(&[*byte], |offset, found| {
                got.push(match found {
                    Found::Message { message, length } => {
                        format!("{offset} {} of {length}", message.0)
                    }
                    Found::Discarded { bytes, why } => format!("{offset} {bytes} {why}"),
                });
            });
        }
        if let Some((offset, void)) = framer.reset() {
            got.push(format!("{offset} {void} void"));
        }
        assert_eq!(got, expected, "{}", bytes.escape_ascii());
    }

    #[test]
    fn a_line_may_end_in_any_way() {
        check(b"Ma\nMab\n", &["3 1 of 3", "7 2 of 4"]);
        check(b"Ma\rMab\r", &["3 1 of 3", "7 2 of 4"]);
        check(b"Ma\r\nMab\r\n", &["3 1 of 3", "8 2 of 5", "9 1 void"]);
        check(b"Ma\n\rMab\n\r", &["3 1 of 3", "8 2 of 5", "9 1 void"]);
    }

    #[test]
    fn a_line_of_nothing_is_reported() {
        check(
            b"Ma\r\n\r\nMab\r",
            &[
                "3 1 of 3",
                "4 1 before_start",
                "5 1 before_start",
                "10 2 of 5",
            ],
        );
    }

    #[test]
    fn a_message_is_found_behind_one_that_was_cut_off_and_behind_noise() {
        check(b"Ma1Mab\r", &["3 3 before_start", "7 2 of 4"]);
        check(b"\0\0\0Mab\r", &["3 3 before_start", "7 2 of 4"]);
        check(
            b"Ma\r\n\0Mab\r",
            &["3 1 of 3", "5 2 before_start", "9 2 of 4"],
        );
    }

    #[test]
    fn a_line_that_is_no_message_is_dropped_for_the_reason_it_has() {
        check(
            b"M1\nab\nMa\n",
            &["3 3 malformed", "6 3 unknown", "9 1 of 3"],
        );
    }

    #[test]
    fn a_flood_without_an_end_does_not_cost_the_message_behind_it() {
        check(
            b"zzzzzzzzzzzzzzzzzzMab\r",
            &["8 8 too_long", "18 10 before_start", "22 2 of 4"],
        );
    }

    #[test]
    fn a_number_is_nothing_but_digits() {
        assert_eq!(number(b"098"), Some(98));
        assert_eq!(number(b"9999"), Some(9999));
        for no_number in [b"".as_slice(), b"---", b"9 8", b" 98", b"+98", b"00098"] {
            assert_eq!(number(no_number), None, "{}", no_number.escape_ascii());
        }
        assert_eq!(two_digits(*b"07"), Some(7));
        assert_eq!(two_digits(*b"7 "), None);
        assert_eq!(two_digits(*b"/7"), None);
        assert_eq!(two_digits(*b":7"), None);
    }
}
