//! Formats 1 and 8: a frame once a second.

use std::ops::BitOr;

use super::{rate, rate_bytes, saturation, saturation_byte};
use crate::Discard;
use crate::flags::flags;

mod field {
    pub(super) const STATUS: usize = 0;
    pub(super) const RATE: usize = 1;
    pub(super) const SATURATION: usize = 2;
    pub(super) const SECOND_STATUS: usize = 3;
}

/// Always set in a frame's first byte, never in the others.
const START_BIT: u8 = 0x80;

/// The upper two bits of the pulse rate, in the first byte.
const RATE_BITS: u8 = 0x03;

/// Format 1: the first three bytes of format 8, once a second.
///
/// ```text
/// SS RR OO
/// 0  1  2
/// ```
///
/// - `SS` bit 7 set; bits 6 to 2 status, see [`SpotStatus`]; bits 1 and 0 pulse rate, upper bits
/// - `RR` bit 7 clear; bits 6 to 0 pulse rate, lower bits; per minute, 511 = none
/// - `OO` bit 7 clear; saturation, per cent, 127 = none
///
/// There is no checksum. Source: format 8, and the Xpod's and the OEM III's description of this
/// one as its beginning (medium confidence).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format1Frame {
    /// What the oximeter thinks of the signal.
    pub status: SpotStatus,
    /// Pulse rate, per minute, up to 510.
    pub rate: Option<u16>,
    /// Saturation, 0 to 100 %.
    pub saturation: Option<u8>,
}

/// Format 8: the numbers as the oximeter displays them, once a second.
///
/// ```text
/// SS RR OO TT
/// 0  1  2  3
/// ```
///
/// - `SS RR OO` as in [`Format1Frame`]
/// - `TT` bit 7 clear; see [`SecondStatus`]
///
/// There is no checksum. Source: Nonin, *9560 OEM Specification*, 6470-000-01, serial data
/// format 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format8Frame {
    /// The first three bytes, which are a frame of format 1.
    pub first: Format1Frame,
    /// Finger, quality, battery.
    pub second_status: SecondStatus,
}

/// What the oximeter thinks of the signal, once a second, in formats 1 and 8.
///
/// ```text
/// bit  7   6    5    4    3    2    1    0
///      1   DIS  OOT  LPRF MPRF ARTF rate, upper bits
/// ```
///
/// Only bits 6 to 2 are kept here. Source: Nonin, *9560 OEM Specification*, 6470-000-01; bit 6,
/// reserved there, after the Xpod and the OEM III.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpotStatus(u8);

impl SpotStatus {
    /// Nothing to say: a good signal.
    pub const NONE: Self = Self(0x00);
    /// Bit 6: the sensor is not plugged in.
    pub const SENSOR_DISCONNECTED: Self = Self(0x40);
    /// Bit 5, OOT: good pulses have been absent for a while.
    pub const OUT_OF_TRACK: Self = Self(0x20);
    /// Bit 4, LPRF: low perfusion.
    pub const LOW_PERFUSION: Self = Self(0x10);
    /// Bit 3, MPRF: marginal perfusion.
    pub const MARGINAL_PERFUSION: Self = Self(0x08);
    /// Bit 2, ARTF: the last pulse was an artefact.
    pub const ARTEFACT: Self = Self(0x04);

    /// Returns the status in a frame's first byte.
    #[inline]
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        Self(byte & !(START_BIT | RATE_BITS))
    }

    /// Tells whether all of these flags are set.
    #[inline]
    #[must_use]
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }
}

impl BitOr for SpotStatus {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

flags! {
    /// Finger, quality and battery: the last byte of format 8, and STAT2 of formats 2 and 7.
    ///
    /// ```text
    /// bit  7   6   5   4   3    2   1   0
    ///      0   -   SPA -   SNSA -   -   low battery
    /// ```
    ///
    /// SNSA is only in format 8; in formats 2 and 7 it is in each frame's status. Source: Nonin,
    /// *9560 OEM Specification*, 6470-000-01.
    SecondStatus(u8) {
        /// Bit 5, SPA: the oximeter holds this for a high-quality measurement.
        HIGH_QUALITY = 0x20,
        /// Bit 3, SNSA: the sensor gives nothing usable; the finger is out.
        SENSOR_ALARM = 0x08,
        /// Bit 0: the battery is low.
        LOW_BATTERY = 0x01,
    }
}

impl SecondStatus {
    /// Returns the bits that have no meaning, which no device has a reason to change.
    #[must_use]
    pub const fn reserved(self) -> u8 {
        const KNOWN: SecondStatus = SecondStatus::HIGH_QUALITY
            .union(SecondStatus::SENSOR_ALARM)
            .union(SecondStatus::LOW_BATTERY);
        self.bits() & KNOWN.complement().bits()
    }
}

impl Format1Frame {
    /// Length of the frame.
    pub const LENGTH: usize = field::SATURATION + 1;

    /// Tells whether a frame of format 1 or 8 can begin with this byte.
    #[must_use]
    pub const fn is_start(byte: u8) -> bool {
        byte & START_BIT != 0
    }

    /// Reads the frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        Self::read(frame).ok_or(Discard::Malformed)
    }

    /// Reads the frame, if it is one.
    #[inline]
    pub(in crate::nonin) fn read(frame: &[u8]) -> Option<Self> {
        let &[status, rate_lsb, saturation_byte] = frame else {
            return None;
        };
        let pattern = Self::is_start(status) && (rate_lsb | saturation_byte) & START_BIT == 0;
        let saturation = saturation(saturation_byte);
        if !pattern || saturation.is_some_and(|saturation| saturation > 100) {
            return None;
        }
        Some(Self {
            status: SpotStatus::from_byte(status),
            rate: rate(status, rate_lsb),
            saturation,
        })
    }

    /// Appends the frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let [upper, lower] = rate_bytes(self.rate);
        let mut frame = [0; Self::LENGTH];
        frame[field::STATUS] = START_BIT | self.status.0 | upper;
        frame[field::RATE] = lower;
        frame[field::SATURATION] = saturation_byte(self.saturation) & !START_BIT;
        line.extend_from_slice(&frame);
    }
}

impl Format8Frame {
    /// Length of the frame.
    pub const LENGTH: usize = field::SECOND_STATUS + 1;

    /// Reads the frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        Self::read(frame).ok_or(Discard::Malformed)
    }

    /// Reads the frame, if it is one.
    #[inline]
    pub(in crate::nonin) fn read(frame: &[u8]) -> Option<Self> {
        let (&second_status, first) = frame.split_last()?;
        if second_status & START_BIT != 0 {
            return None;
        }
        Some(Self {
            first: Format1Frame::read(first)?,
            second_status: SecondStatus::from_bits(second_status),
        })
    }

    /// Appends the frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        self.first.emit(line);
        line.push(self.second_status.0 & !START_BIT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: [u8; 4], status: SpotStatus, values: (Option<u16>, Option<u8>), second: u8) {
        let (rate, saturation) = values;
        let first = Format1Frame {
            status,
            rate,
            saturation,
        };
        let frame = Format8Frame {
            first,
            second_status: SecondStatus::from_bits(second),
        };
        assert_eq!(Format8Frame::parse(&bytes), Ok(frame));
        let mut line = Vec::new();
        frame.emit(&mut line);
        assert_eq!(line, bytes);
        assert_eq!(Format1Frame::parse(&bytes[..3]), Ok(first));
        line.clear();
        first.emit(&mut line);
        assert_eq!(line, bytes[..3]);
    }

    #[test]
    fn the_examples_are_read_and_written() {
        let none = SpotStatus::NONE;
        check([0x80, 0x48, 0x61, 0x00], none, (Some(72), Some(97)), 0x00);
        check([0x81, 0x0C, 0x61, 0x00], none, (Some(140), Some(97)), 0x00);
        check([0x83, 0x7F, 0x7F, 0x08], none, (None, None), 0x08);
    }

    #[test]
    fn every_flag_has_its_bit() {
        check(
            [
                0xA4, // out of track, artefact
                0x48, // 72/min
                0x7F, // no saturation
                0x21, // high quality, low battery
            ],
            SpotStatus::OUT_OF_TRACK | SpotStatus::ARTEFACT,
            (Some(72), None),
            0x21,
        );
        check(
            [0xD8, 0x48, 0x61, 0x00],
            SpotStatus::SENSOR_DISCONNECTED
                | SpotStatus::LOW_PERFUSION
                | SpotStatus::MARGINAL_PERFUSION,
            (Some(72), Some(97)),
            0x00,
        );
    }

    #[test]
    fn what_cannot_be_is_malformed() {
        for bytes in [
            [0x00, 0x48, 0x61, 0x00], // no start bit
            [0x80, 0xC8, 0x61, 0x00], // a start bit where none can be
            [0x80, 0x48, 0xE1, 0x00],
            [0x80, 0x48, 0x61, 0x80],
            [0x80, 0x48, 0x65, 0x00], // 101 %
            [0x80, 0x48, 0x7E, 0x00], // 126 %
        ] {
            let parsed = Format8Frame::parse(&bytes);
            assert_eq!(parsed, Err(Discard::Malformed), "{bytes:02x?}");
        }
        for length in [0, 3, 5] {
            let bytes = &[0x80, 0x48, 0x61, 0x00, 0x80][..length];
            assert_eq!(Format8Frame::parse(bytes), Err(Discard::Malformed));
        }
    }
}
