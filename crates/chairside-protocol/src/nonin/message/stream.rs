//! Formats 2 and 7: the frame that carries one sample of the pleth.

use std::ops::BitOr;

use super::sum;
use crate::Discard;

mod format2_field {
    use std::ops::Range;

    pub(super) const START: usize = 0;
    pub(super) const STATUS: usize = 1;
    pub(super) const PLETH: usize = 2;
    pub(super) const FLOAT: usize = 3;
    pub(super) const CHECKED: Range<usize> = 0..4;
    pub(super) const CHECK: usize = 4;
}

mod format7_field {
    use std::ops::Range;

    pub(super) const STATUS: usize = 0;
    pub(super) const PLETH: Range<usize> = 1..3;
    pub(super) const FLOAT: usize = 3;
    pub(super) const CHECKED: Range<usize> = 0..4;
    pub(super) const CHECK: usize = 4;
}

/// Format 2: one sample of the curve and its status, 75 times a second. The
/// default of the OEM III and the Xpod.
///
/// ```text
/// 01 SS PP FF CC
/// 0  1  2  3  4
/// ```
///
/// - `01` start; also found among the data
/// - `SS` status, see [`StreamStatus`]
/// - `PP` sample of the plethysmogram, compressed to eight bits
/// - `FF` the packet's byte for this frame, see [`Packet`](super::Packet)
/// - `CC` sum of the four bytes before, modulo 256
///
/// Source: Nonin, *9560 OEM Specification*, 6470-000-01, serial data format 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format2Frame {
    /// What the oximeter thinks of the signal.
    pub status: StreamStatus,
    /// Sample of the curve, 0 to 255, without a unit.
    pub pleth: u8,
    /// The packet's byte for this frame.
    pub float: u8,
}

/// Format 7: as format 2, with sixteen bits for the curve and no start byte.
///
/// ```text
/// SS PP PP FF CC
/// 0  1     3  4
/// ```
///
/// - `SS` status, see [`StreamStatus`]; its bit 7 and the check are all that marks a frame
/// - `PP PP` sample of the plethysmogram, big-endian
/// - `FF` the packet's byte for this frame, see [`Packet`](super::Packet)
/// - `CC` sum of the four bytes before, modulo 256
///
/// Source: Nonin, *9560 OEM Specification*, 6470-000-01, serial data format 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format7Frame {
    /// What the oximeter thinks of the signal.
    pub status: StreamStatus,
    /// Sample of the curve, 0 to 65535, without a unit.
    pub pleth: u16,
    /// The packet's byte for this frame.
    pub float: u8,
}

/// What the oximeter thinks of the signal, 75 times a second, in formats 2 and 7.
///
/// ```text
/// bit  7   6    5    4   3    2    1    0
///      1   DIS  ARTF OOT SNSA RPRF GPRF SYNC
/// ```
///
/// Bit 7 is always set, and so it is here. Source: Nonin, *9560 OEM Specification*,
/// 6470-000-01; bit 6, reserved there, after the OEM III variant in `pez-globo/pufferfish-software`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamStatus(u8);

impl StreamStatus {
    /// Nothing to say: a good signal.
    pub const NONE: Self = Self(0x80);
    /// Bit 6: the sensor is not plugged in.
    pub const SENSOR_DISCONNECTED: Self = Self(0xC0);
    /// Bit 5, ARTF: the last pulse was an artefact.
    pub const ARTEFACT: Self = Self(0xA0);
    /// Bit 4, OOT: good pulses have been absent for a while.
    pub const OUT_OF_TRACK: Self = Self(0x90);
    /// Bit 3, SNSA: the sensor gives nothing usable; the finger is out.
    pub const SENSOR_ALARM: Self = Self(0x88);
    /// Bit 2, RPRF, alone: poor perfusion.
    pub const RED_PERFUSION: Self = Self(0x84);
    /// Bits 2 and 1: marginal perfusion.
    pub const YELLOW_PERFUSION: Self = Self(0x86);
    /// Bit 1, GPRF, alone: good perfusion.
    pub const GREEN_PERFUSION: Self = Self(0x82);
    /// Bit 0, SYNC: the first frame of a packet.
    pub const SYNC: Self = Self(0x81);

    /// Returns the status of this byte; nothing when bit 7, which is always set, is not.
    #[inline]
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        if byte & Self::NONE.0 == 0 {
            None
        } else {
            Some(Self(byte))
        }
    }

    /// Returns the byte as it is sent.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// Tells whether all of these flags are set.
    #[inline]
    #[must_use]
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }
}

impl BitOr for StreamStatus {
    type Output = Self;

    #[inline]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Format2Frame {
    /// Length of the frame.
    pub const LENGTH: usize = format2_field::CHECK + 1;

    /// The first byte of every frame.
    pub const START: u8 = 0x01;

    /// Reads the frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let frame: &[u8; Self::LENGTH] = frame.try_into().map_err(|_other| Discard::Malformed)?;
        let status = StreamStatus::from_byte(frame[format2_field::STATUS]);
        match status {
            Some(status) if frame[format2_field::START] == Self::START => {
                if sum(&frame[format2_field::CHECKED]) != frame[format2_field::CHECK] {
                    return Err(Discard::Checksum);
                }
                Ok(Self {
                    status,
                    pleth: frame[format2_field::PLETH],
                    float: frame[format2_field::FLOAT],
                })
            }
            Some(_) | None => Err(Discard::Malformed),
        }
    }

    /// Appends the frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let checked = [Self::START, self.status.0, self.pleth, self.float];
        line.extend_from_slice(&checked);
        line.push(sum(&checked));
    }
}

impl Format7Frame {
    /// Length of the frame.
    pub const LENGTH: usize = format7_field::CHECK + 1;

    /// Reads the frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let frame: &[u8; Self::LENGTH] = frame.try_into().map_err(|_other| Discard::Malformed)?;
        let status =
            StreamStatus::from_byte(frame[format7_field::STATUS]).ok_or(Discard::Malformed)?;
        if sum(&frame[format7_field::CHECKED]) != frame[format7_field::CHECK] {
            return Err(Discard::Checksum);
        }
        let [high, low] = [
            frame[format7_field::PLETH.start],
            frame[format7_field::PLETH.start + 1],
        ];
        Ok(Self {
            status,
            pleth: u16::from_be_bytes([high, low]),
            float: frame[format7_field::FLOAT],
        })
    }

    /// Appends the frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let [high, low] = self.pleth.to_be_bytes();
        let checked = [self.status.0, high, low, self.float];
        line.extend_from_slice(&checked);
        line.push(sum(&checked));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_2_is_read_and_written() {
        let bytes = [
            0x01, // start
            0x80, // nothing to say
            0x01, // curve
            0x61, // 97
            0xE3, // 0x01 + 0x80 + 0x01 + 0x61
        ];
        let frame = Format2Frame {
            status: StreamStatus::NONE,
            pleth: 1,
            float: 97,
        };
        assert_eq!(Format2Frame::parse(&bytes), Ok(frame));
        let mut line = Vec::new();
        frame.emit(&mut line);
        assert_eq!(line, bytes);
    }

    #[test]
    fn the_specification_sheets_examples_of_the_check_fit() {
        for bytes in [
            [0x01, 0x80, 0x01, 0x48, 0xCA],
            [0x01, 0x81, 0x01, 0x00, 0x83],
        ] {
            assert!(Format2Frame::parse(&bytes).is_ok());
        }
    }

    #[test]
    fn format_7_is_read_and_written() {
        let bytes = [
            0xAB, // artefact, good perfusion, first frame
            0x12, // curve, upper byte
            0x34, // curve, lower byte
            0x01, // upper bits of the pulse rate
            0xF2, // 0xAB + 0x12 + 0x34 + 0x01
        ];
        let frame = Format7Frame {
            status: StreamStatus::ARTEFACT
                | StreamStatus::SENSOR_ALARM
                | StreamStatus::GREEN_PERFUSION
                | StreamStatus::SYNC,
            pleth: 0x1234,
            float: 1,
        };
        assert_eq!(Format7Frame::parse(&bytes), Ok(frame));
        let mut line = Vec::new();
        frame.emit(&mut line);
        assert_eq!(line, bytes);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let check = |bytes: &[u8], why| assert_eq!(Format2Frame::parse(bytes), Err(why));
        check(&[0x01, 0x80, 0x01, 0x48, 0xCB], Discard::Checksum);
        check(&[0x01, 0x7F, 0x01, 0x48, 0xC9], Discard::Malformed); // status without bit 7
        check(&[0x02, 0x80, 0x01, 0x48, 0xCB], Discard::Malformed); // another start
        check(&[0x01, 0x80, 0x01, 0x48], Discard::Malformed);
        check(&[0x01, 0x80, 0x01, 0x48, 0xCA, 0x01], Discard::Malformed);
        let check = |bytes: &[u8], why| assert_eq!(Format7Frame::parse(bytes), Err(why));
        check(&[0x80, 0x12, 0x34, 0x01, 0xC8], Discard::Checksum);
        check(&[0x00, 0x12, 0x34, 0x01, 0x47], Discard::Malformed); // status without bit 7
        check(&[], Discard::Malformed);
    }

    #[test]
    fn any_single_changed_bit_is_noticed() {
        let sound = [0x01, 0x80, 0x01, 0x61, 0xE3];
        for bit in 0..40 {
            let mut bytes = sound;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Format2Frame::parse(&bytes).is_err(), "bit {bit}");
        }
    }
}
