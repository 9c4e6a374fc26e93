//! The packet, byte by byte. All five bytes are sent as they stand here; bit 7 is the first's alone.
//!
//! | byte | bit 7 | 6 | 5 | 4 | 3 – 0 |
//! |---|---|---|---|---|---|
//! | 1 | 1 | pulse beep | probe unplugged | no signal | strength of the signal, 0 to 8 |
//! | 2 | 0 | pleth, bits 6 to 0: 0 to 100, 0 is none | | | |
//! | 3 | 0 | pulse rate, bit 7 | searching for the pulse | no finger | bar graph, 0 to 15 |
//! | 4 | 0 | pulse rate, bits 6 to 0: FF with bit 7 is none | | | |
//! | 5 | 0 | saturation, bits 6 to 0: 0 to 100, 7F is none | | | |

use crate::Discard;
use crate::five_bytes::{self, LENGTH, SYNC};
use crate::flags::flags;

flags! {
    /// What the first byte says beside the strength.
    Signal(u8) {
        /// A beat was seen just now.
        BEEP = 0x40,
        /// The probe is not plugged in.
        PROBE_UNPLUGGED = 0x20,
        /// There is no signal.
        NONE_SEEN = 0x10,
    }
}

flags! {
    /// What the third byte says beside the bar graph and the rate's bit.
    Finger(u8) {
        /// The pulse is being searched for.
        SEARCHING = 0x20,
        /// There is no finger in the probe.
        ABSENT = 0x10,
    }
}

/// The strongest signal that a packet can have.
const STRENGTH_MAX: u8 = 8;

/// The highest point of the curve, and the highest saturation.
const HUNDRED: u8 = 100;

/// A saturation that is none.
const NO_SATURATION: u8 = 0x7F;

/// A pulse rate that is none.
const NO_RATE: u8 = 0xFF;

const RATE_HIGH_BIT: u8 = 0x40;
const LOW_NIBBLE: u8 = 0x0F;

/// One packet; a hundred of them come in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What is wrong with the signal, and whether a beat was seen.
    pub signal: Signal,
    /// The strength of the signal, 0 to 8.
    pub strength: u8,
    /// A point of the plethysmogram, 1 to 100; nothing where there is none.
    pub pleth: Option<u8>,
    /// What is wrong with the finger.
    pub finger: Finger,
    /// The bar graph, 0 to 15.
    pub bar: u8,
    /// Pulse rate, per minute, 0 to 254.
    pub rate: Option<u8>,
    /// Saturation, per cent, 0 to 100.
    pub saturation: Option<u8>,
}

impl Packet {
    /// Bytes of a packet.
    pub const LENGTH: usize = LENGTH;

    /// Reads a packet.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when bit 7 is not where it should be, or a field is out of its range:
    /// there is no checksum that would tell.
    #[inline]
    pub fn parse(bytes: [u8; LENGTH]) -> Result<Self, Discard> {
        let [signal, pleth, finger, rate, saturation] = bytes;
        let is_in_step = signal & SYNC != 0 && (pleth | finger | rate | saturation) & SYNC == 0;
        let strength = signal & LOW_NIBBLE;
        let is_in_range = strength <= STRENGTH_MAX
            && pleth <= HUNDRED
            && (saturation <= HUNDRED || saturation == NO_SATURATION);
        if !(is_in_step && is_in_range) {
            return Err(Discard::Malformed);
        }
        let rate = rate | (finger & RATE_HIGH_BIT) << 1;
        Ok(Self {
            signal: Signal::from_bits(signal & 0x70),
            strength,
            pleth: (pleth != 0).then_some(pleth),
            finger: Finger::from_bits(finger & 0x30),
            bar: finger & LOW_NIBBLE,
            rate: (rate != NO_RATE).then_some(rate),
            saturation: (saturation != NO_SATURATION).then_some(saturation),
        })
    }

    /// Appends the packet as the module sends it.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let rate = self.rate.unwrap_or(NO_RATE);
        let high_bit = (rate & SYNC) >> 1;
        line.extend([
            SYNC | self.signal.bits() | self.strength,
            self.pleth.unwrap_or(0),
            high_bit | self.finger.bits() | self.bar,
            rate & !SYNC,
            self.saturation.unwrap_or(NO_SATURATION),
        ]);
    }
}

/// From one packet to the next, ten milliseconds later, the numbers change by no more than this.
const RATE_STEP_MAX: u8 = 20;
const SATURATION_STEP_MAX: u8 = 15;

impl five_bytes::Packet for Packet {
    #[inline]
    fn read(bytes: [u8; LENGTH]) -> Option<Self> {
        Self::parse(bytes).ok()
    }

    #[inline]
    fn goes_on_from(&self, before: &Self) -> bool {
        let step = |now: Option<u8>, before: Option<u8>| {
            now.zip(before)
                .map_or(0, |(now, before)| now.abs_diff(before))
        };
        step(self.rate, before.rate) <= RATE_STEP_MAX
            && step(self.saturation, before.saturation) <= SATURATION_STEP_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Packet = Packet {
        signal: Signal::NONE,
        strength: 7,
        pleth: Some(50),
        finger: Finger::NONE,
        bar: 6,
        rate: Some(72),
        saturation: Some(97),
    };

    fn emitted(packet: Packet) -> Vec<u8> {
        let mut line = Vec::new();
        packet.emit(&mut line);
        line
    }

    #[test]
    fn the_computed_examples_are_read_and_written() {
        let fast = Packet {
            rate: Some(140),
            ..WELL
        };
        for (packet, bytes) in [
            (WELL, [0x87, 0x32, 0x06, 0x48, 0x61]),
            (fast, [0x87, 0x32, 0x46, 0x0C, 0x61]),
        ] {
            assert_eq!(Packet::parse(bytes), Ok(packet));
            assert_eq!(emitted(packet), bytes);
        }
    }

    #[test]
    fn what_is_none_is_no_number() {
        let packet = Packet::parse([0xB0, 0x00, 0x70, 0x7F, 0x7F]).unwrap();
        assert_eq!(
            (packet.pleth, packet.rate, packet.saturation),
            (None, None, None)
        );
        assert_eq!(packet.signal, Signal::PROBE_UNPLUGGED | Signal::NONE_SEEN);
        assert_eq!(packet.finger, Finger::SEARCHING | Finger::ABSENT);
        assert_eq!(emitted(packet), [0xB0, 0x00, 0x70, 0x7F, 0x7F]);
    }

    #[test]
    fn a_field_out_of_its_range_is_no_packet() {
        for bytes in [
            [0x07, 0x32, 0x06, 0x48, 0x61],
            [0x87, 0xB2, 0x06, 0x48, 0x61],
            [0x89, 0x32, 0x06, 0x48, 0x61],
            [0x87, 0x65, 0x06, 0x48, 0x61],
            [0x87, 0x32, 0x06, 0x48, 0x65],
        ] {
            assert_eq!(
                Packet::parse(bytes),
                Err(Discard::Malformed),
                "{bytes:02X?}"
            );
        }
    }
}
