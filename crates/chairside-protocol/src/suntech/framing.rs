//! Finds the module's packets in the byte stream.
//!
//! The start byte is also found among the data, and a length is only one byte, so a start that is
//! none can hold back what is behind it. Only the lengths that packets have are waited for, and
//! bytes that turn out to be no packet are searched again from the second on: what was held back is
//! found then, or when the answer is given up, or when the line closes.

use crate::Discard;

/// The first byte of every packet of the module.
pub const START: u8 = 0x3E;

/// Bytes of the longest packet: start, length, 21 of data, check.
pub const LENGTH_MAX: usize = 24;

/// Bytes without a start that are reported at once.
const NOISE_MAX: usize = 256;

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A packet whose bytes sum to 0.
    Packet(&'a [u8]),
    /// Bytes that were not used.
    Discarded {
        /// How many; never 0.
        bytes: usize,
        /// Why.
        why: Discard,
    },
}

/// Finds packets; bounded, and never stops.
#[derive(Debug, Default)]
pub struct Framer {
    packet: [u8; LENGTH_MAX],
    filled: usize,
    /// Bytes that were dropped and not yet reported, before the first in `packet`.
    dropped: usize,
    why: Option<Discard>,
    /// Bytes received before those in `packet`.
    before: u64,
}

impl Framer {
    /// Takes the next bytes and hands each thing found to `found`, with the number of bytes
    /// received up to its end.
    pub fn push(&mut self, bytes: &[u8], mut found: impl FnMut(u64, Found<'_>)) {
        for &byte in bytes {
            self.packet[self.filled] = byte;
            self.filled += 1;
            // Most bytes are in the middle of a packet.
            if self.filled >= self.awaited() {
                self.settle(false, &mut found);
            }
        }
    }

    /// Gives up waiting for the rest of a packet: what was held back behind its start is found now.
    pub fn give_up(&mut self, mut found: impl FnMut(u64, Found<'_>)) {
        self.settle(true, &mut found);
        self.report(&mut found);
    }

    /// Returns how long the packet is that begins in the buffer, as far as that is known.
    fn awaited(&self) -> usize {
        match self.packet[..self.filled] {
            [START] => 2,
            [START, length, ..] if is_length(length) => usize::from(length),
            _ => 0,
        }
    }

    /// Finds what is in the buffer, until it is empty or holds the start of a packet; with `all`
    /// also behind such a start.
    #[inline(never)]
    fn settle(&mut self, all: bool, found: &mut impl FnMut(u64, Found<'_>)) {
        while self.filled > 0 {
            let awaited = self.awaited();
            if awaited > self.filled && !all {
                return;
            }
            if awaited > 0 && awaited <= self.filled {
                if is_sound(&self.packet[..awaited]) {
                    self.report(found);
                    self.before += awaited as u64;
                    found(self.before, Found::Packet(&self.packet[..awaited]));
                    self.remove(awaited);
                    continue;
                }
                self.drop_one(Discard::Checksum, found);
            } else {
                let started = self.packet[0] == START;
                let why = match (started, awaited) {
                    (true, 0) => Discard::Malformed,
                    _ => Discard::BeforeStart,
                };
                self.drop_one(why, found);
            }
        }
    }

    /// Drops the first byte of the buffer. Bytes that are dropped one behind the other are reported
    /// together, for the first's reason.
    fn drop_one(&mut self, why: Discard, found: &mut impl FnMut(u64, Found<'_>)) {
        self.why = self.why.or(Some(why));
        self.dropped += 1;
        self.before += 1;
        self.remove(1);
        if self.dropped == NOISE_MAX {
            self.report(found);
        }
    }

    fn report(&mut self, found: &mut impl FnMut(u64, Found<'_>)) {
        let bytes = std::mem::take(&mut self.dropped);
        if let Some(why) = self.why.take().filter(|_| bytes > 0) {
            found(self.before, Found::Discarded { bytes, why });
        }
    }

    fn remove(&mut self, bytes: usize) {
        // Most packets are alone in the buffer.
        if bytes < self.filled {
            self.packet.copy_within(bytes..self.filled, 0);
        }
        self.filled -= bytes;
    }
}

/// Tells whether a packet can be so long: `K`, a pressure, the data.
const fn is_length(length: u8) -> bool {
    matches!(length, 4 | 5 | 24)
}

/// Tells whether the bytes sum to 0 modulo 256.
#[inline]
pub(super) fn is_sound(packet: &[u8]) -> bool {
    packet
        .iter()
        .fold(0_u8, |sum, byte| sum.wrapping_add(*byte))
        == 0
}

/// Appends a packet with this body: start, length, body, check.
pub(super) fn emit(line: &mut Vec<u8>, body: &[u8]) {
    let start = line.len();
    let length = u8::try_from(body.len() + 3).expect("a packet is short");
    line.extend_from_slice(&[START, length]);
    line.extend_from_slice(body);
    let sum = line[start..]
        .iter()
        .fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    line.push(sum.wrapping_neg());
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRESSURE: [u8; 5] = [0x3E, 0x05, 0x02, 0x01, 0xBA];
    const K: [u8; 4] = [0x3E, 0x04, 0x4B, 0x73];

    fn check(bytes: &[u8], expected: &[&str]) {
        let mut framer = Framer::default();
        let mut got = Vec::new();
        let mut take = |offset, found: Found<'_>| {
            got.push(match found {
                Found::Packet(packet) => format!("{offset} packet of {}", packet.len()),
                Found::Discarded { bytes, why } => format!("{offset} {bytes} {why}"),
            });
        };
        for byte in bytes {
            framer.push(&[*byte], &mut take);
        }
        framer.give_up(&mut take);
        assert_eq!(got, expected, "{bytes:02X?}");
    }

    #[test]
    fn packets_are_found_one_behind_the_other() {
        check(
            &[&PRESSURE[..], &K].concat(),
            &["5 packet of 5", "9 packet of 4"],
        );
    }

    #[test]
    fn a_wrong_check_costs_its_packet_alone() {
        let mut bad = PRESSURE;
        bad[4] = 0xB1;
        check(
            &[&bad[..], &PRESSURE].concat(),
            &["5 5 checksum", "10 packet of 5"],
        );
    }

    #[test]
    fn noise_and_a_start_that_is_none_are_told_together() {
        check(
            &[&[0x00, 0x3E, 0x3E, 0x07][..], &K].concat(),
            &["4 4 before_start", "8 packet of 4"],
        );
        check(
            &[&[0x3E, 0x06][..], &K].concat(),
            &["2 2 malformed", "6 packet of 4"],
        );
    }

    #[test]
    fn what_a_false_start_holds_back_is_found_behind_it() {
        let mut bytes = vec![0x3E, 0x18];
        for _ in 0..5 {
            bytes.extend_from_slice(&PRESSURE);
        }
        check(
            &bytes,
            &[
                "2 2 checksum",
                "7 packet of 5",
                "12 packet of 5",
                "17 packet of 5",
                "22 packet of 5",
                "27 packet of 5",
            ],
        );
        // Not all that it waits for ever comes.
        check(
            &[&[0x3E, 0x18][..], &PRESSURE, &K].concat(),
            &["2 2 before_start", "7 packet of 5", "11 packet of 4"],
        );
    }

    #[test]
    fn our_own_request_echoed_is_no_packet() {
        check(&[0x3A, 0x79, 0x05, 0x00, 0x48], &["5 5 before_start"]);
    }

    #[test]
    fn a_flood_is_told_piece_by_piece() {
        check(
            &[0x55; 600],
            &[
                "256 256 before_start",
                "512 256 before_start",
                "600 88 before_start",
            ],
        );
    }
}
