//! Packets of five bytes of which the first alone has bit 7 set, and nothing else to check.
//!
//! Such a packet proves little: on a line at the wrong speed some of the noise looks like one. So
//! out of step, as it is in the beginning and behind damage, packets are held back until several
//! stand one behind the other and agree; then all of them are given and the framer is in step. In
//! step each packet is given with its last byte, and what does not fit puts it out of step again.

use std::num::NonZeroUsize;

use crate::Discard;

/// Bytes of a packet.
pub(crate) const LENGTH: usize = 5;

/// The bit that is set in the first byte of a packet, and in no other.
pub(crate) const SYNC: u8 = 0x80;

/// Packets one behind the other that are believed.
const PROOF: usize = 4;

/// Junk is told after so many bytes at the latest.
const JUNK_MAX: usize = 64;

/// What a packet is, to its protocol.
pub(crate) trait Packet: Copy {
    /// Reads one, if its fields can be.
    fn read(bytes: [u8; LENGTH]) -> Option<Self>;

    /// Tells whether it can be the one behind `before`, of one patient.
    fn goes_on_from(&self, before: &Self) -> bool;
}

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<P> {
    /// A packet that is believed.
    Packet(P),
    /// Bytes that were not used.
    Discarded {
        /// How many; never 0.
        bytes: usize,
        /// Why.
        why: Discard,
    },
}

/// Finds packets; bounded, and never stops.
#[derive(Debug)]
pub(crate) struct Framer<P> {
    packet: [u8; LENGTH],
    filled: usize,
    /// Bytes between two packets that were not told yet.
    junk: usize,
    /// Bytes received.
    received: u64,
    in_step: bool,
    /// The packet before this one, if nothing was between them.
    last: Option<P>,
    /// Packets that are held back, one behind the other up to here.
    held: [Option<P>; PROOF],
    waiting: usize,
}

impl<P: Packet> Default for Framer<P> {
    fn default() -> Self {
        Self {
            packet: [0; LENGTH],
            filled: 0,
            junk: 0,
            received: 0,
            in_step: false,
            last: None,
            held: [None; PROOF],
            waiting: 0,
        }
    }
}

impl<P: Packet> Framer<P> {
    /// Takes the next bytes and hands each thing found to `found`, with where it ended.
    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8], mut found: impl FnMut(u64, Found<P>)) {
        for &byte in bytes {
            if byte & SYNC != 0 || self.filled == 0 {
                self.begin(byte, &mut found);
            } else {
                self.packet[self.filled] = byte;
                self.filled += 1;
            }
            self.received += 1;
            if self.filled == LENGTH {
                self.filled = 0;
                self.complete(&mut found);
            }
        }
    }

    /// Takes a byte that begins a packet, or comes where one should begin.
    #[inline]
    fn begin(&mut self, byte: u8, found: &mut impl FnMut(u64, Found<P>)) {
        let is_first = byte & SYNC != 0;
        if self.filled > 0 || self.junk > 0 || !is_first {
            self.doubtful(is_first, found);
        }
        if is_first {
            self.packet[0] = byte;
            self.filled = 1;
        } else {
            self.junk += 1;
        }
    }

    #[cold]
    fn doubtful(&mut self, is_first: bool, found: &mut impl FnMut(u64, Found<P>)) {
        let before = self.filled + self.junk;
        self.lose_step(self.received - before as u64, found);
        if self.filled > 0 {
            let bytes = std::mem::take(&mut self.filled);
            let why = Discard::Malformed;
            found(self.received, Found::Discarded { bytes, why });
        } else if self.junk > 0 && (is_first || self.junk == JUNK_MAX) {
            let bytes = std::mem::take(&mut self.junk);
            let why = Discard::BeforeStart;
            found(self.received, Found::Discarded { bytes, why });
        }
    }

    /// Gives up what is held back, which ended at `offset`.
    fn lose_step(&mut self, offset: u64, found: &mut impl FnMut(u64, Found<P>)) {
        self.in_step = false;
        self.last = None;
        let bytes = std::mem::take(&mut self.waiting) * LENGTH;
        if bytes > 0 {
            let why = Discard::Malformed;
            found(offset, Found::Discarded { bytes, why });
        }
    }

    #[inline]
    fn complete(&mut self, found: &mut impl FnMut(u64, Found<P>)) {
        let packet = P::read(self.packet);
        let goes_on = |packet: &P| self.last.is_none_or(|last| packet.goes_on_from(&last));
        match packet.filter(goes_on) {
            Some(packet) if self.in_step => {
                self.last = Some(packet);
                found(self.received, Found::Packet(packet));
            }
            Some(packet) => self.hold(packet, found),
            None => self.broken(packet, found),
        }
    }

    /// Holds a packet back that goes on from those that are held back, until they are a proof.
    #[cold]
    fn hold(&mut self, packet: P, found: &mut impl FnMut(u64, Found<P>)) {
        self.last = Some(packet);
        self.held[self.waiting] = Some(packet);
        self.waiting += 1;
        if self.waiting == PROOF {
            self.waiting = 0;
            self.in_step = true;
            let behind = (LENGTH..=PROOF * LENGTH).rev().step_by(LENGTH);
            for (packet, behind) in self.held.into_iter().flatten().zip(behind) {
                let offset = self.received - (behind - LENGTH) as u64;
                found(offset, Found::Packet(packet));
            }
        }
    }

    /// Takes five bytes that are no packet, or one that does not go on from the last.
    #[cold]
    fn broken(&mut self, packet: Option<P>, found: &mut impl FnMut(u64, Found<P>)) {
        self.lose_step(self.received - LENGTH as u64, found);
        if let Some(packet) = packet {
            self.hold(packet, found);
        } else {
            let (bytes, why) = (LENGTH, Discard::Malformed);
            found(self.received, Found::Discarded { bytes, why });
        }
    }

    /// Forgets what is held back, and half a packet; says where that ended and how long it was, if
    /// there was anything.
    pub(crate) fn reset(&mut self) -> Option<(u64, NonZeroUsize)> {
        let held = self.waiting * LENGTH + self.filled + self.junk;
        *self = Self {
            received: self.received,
            ..Self::default()
        };
        NonZeroUsize::new(held).map(|bytes| (self.received, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet whose last byte grows by one at most.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Counted(u8);

    impl Packet for Counted {
        fn read(bytes: [u8; LENGTH]) -> Option<Self> {
            (bytes[1] == 0).then_some(Self(bytes[4]))
        }

        fn goes_on_from(&self, before: &Self) -> bool {
            self.0.wrapping_sub(before.0) <= 1
        }
    }

    fn found(framer: &mut Framer<Counted>, bytes: &[u8]) -> Vec<(u64, Found<Counted>)> {
        let mut all = Vec::new();
        framer.push(bytes, |offset, found| all.push((offset, found)));
        all
    }

    fn packets(numbers: impl IntoIterator<Item = u8>) -> Vec<u8> {
        let bytes = numbers.into_iter().flat_map(|last| [SYNC, 0, 0, 0, last]);
        bytes.collect()
    }

    const fn packet(last: u8) -> Found<Counted> {
        Found::Packet(Counted(last))
    }

    const fn discarded(bytes: usize, why: Discard) -> Found<Counted> {
        Found::Discarded { bytes, why }
    }

    /// A framer in step, which has taken twenty bytes.
    fn in_step() -> Framer<Counted> {
        let mut framer = Framer::default();
        let proof = found(&mut framer, &packets(1..=4));
        let expected = [
            (5, packet(1)),
            (10, packet(2)),
            (15, packet(3)),
            (20, packet(4)),
        ];
        assert_eq!(proof, expected);
        framer
    }

    #[test]
    fn four_packets_that_agree_are_given_together_and_then_each_with_its_last_byte() {
        let mut framer = in_step();
        assert_eq!(found(&mut framer, &[SYNC, 0, 0, 0]), []);
        assert_eq!(found(&mut framer, &[5]), [(25, packet(5))]);
    }

    #[test]
    fn three_that_agree_and_one_that_does_not_are_not_believed() {
        let mut framer = Framer::default();
        let stream = packets([1, 2, 3, 90]);
        let given_up = discarded(15, Discard::Malformed);
        assert_eq!(found(&mut framer, &stream), [(15, given_up)]);
        // The last one may be the first of others.
        let proof = found(&mut framer, &packets([91, 92, 93]));
        let expected = [
            (20, packet(90)),
            (25, packet(91)),
            (30, packet(92)),
            (35, packet(93)),
        ];
        assert_eq!(proof, expected);
    }

    #[test]
    fn a_packet_that_lacks_a_byte_ends_where_the_next_begins_and_costs_the_step() {
        let mut framer = in_step();
        assert_eq!(
            found(&mut framer, &[SYNC, 0, 0, 0, SYNC, 0, 0, 0, 5]),
            [(24, discarded(4, Discard::Malformed))]
        );
        let rest = found(&mut framer, &packets(6..=8));
        assert_eq!(rest.first(), Some(&(29, packet(5))), "none is lost");
        assert_eq!(rest.len(), 4);
    }

    #[test]
    fn bytes_between_two_packets_are_told_together_and_before_they_are_too_many() {
        let mut framer = in_step();
        let mut stream = vec![0; JUNK_MAX + 2];
        stream.extend(packets([5]));
        let expected = [
            (84, discarded(JUNK_MAX, Discard::BeforeStart)),
            (86, discarded(2, Discard::BeforeStart)),
        ];
        assert_eq!(found(&mut framer, &stream), expected);
    }

    #[test]
    fn what_is_held_back_is_void_when_the_line_ends() {
        let mut framer = Framer::default();
        assert_eq!(found(&mut framer, &packets(1..=2)), []);
        assert_eq!(found(&mut framer, &[SYNC, 1]), []);
        assert_eq!(framer.reset(), NonZeroUsize::new(12).map(|all| (12, all)));
        assert_eq!(framer.reset(), None);
    }
}
