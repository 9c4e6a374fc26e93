//! Format 13: the message of a spot check.

use std::ops::Range;

use super::{RATE_MISSING, SATURATION_MISSING, saturation_byte, sum};
use crate::Discard;
use crate::flags::flags;

mod frame_field {
    use std::ops::Range;

    pub(super) const HEADER: Range<usize> = 0..4;
    pub(super) const DATA_LENGTH: Range<usize> = 4..6;
    pub(super) const DATA_BEGIN: usize = 6;
}

mod data_field {
    use std::ops::Range;

    pub(super) const TIME: Range<usize> = 0..8;
    pub(super) const STATUS: Range<usize> = 8..10;
    pub(super) const RATE: Range<usize> = 10..12;
    pub(super) const RESERVED: usize = 12;
    pub(super) const SATURATION: usize = 13;
}

/// Format 13: one finished spot check, sent once.
///
/// ```text
/// 00 02 00 0D LL LL data                                      CC 03
/// 0     2     4     6
///                   YY YY MM DD hh mm ss 00 SS SS RR RR -- OO
///                   0                    7  8     10    12 13
/// ```
///
/// - `00 02 00 0D` start and number of the format
/// - `LL LL` bytes of data, at least 14, big-endian; what later firmware adds is behind the 14
/// - `YY YY MM DD hh mm ss 00` the oximeter's time, two decimal digits a byte
/// - `SS SS` status, see [`SpotCheckStatus`]
/// - `RR RR` pulse rate, per minute: bit 0 of the first and *eight* bits of the second byte,
///   unlike in the other formats; 511 = none
/// - `--` reserved
/// - `OO` saturation, per cent, seven bits, 127 = none
/// - `CC` sum of the data, modulo 256
/// - `03` end
///
/// Source: Nonin, *9560 OEM Specification*, 6470-000-01, data format 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format13Frame {
    /// When the oximeter measured it, by its own clock.
    pub taken: DeviceTime,
    /// Whether it is a measurement, and a good one.
    pub status: SpotCheckStatus,
    /// Pulse rate, per minute, up to 510.
    pub rate: Option<u16>,
    /// Saturation, 0 to 126 % on the wire.
    pub saturation: Option<u8>,
}

/// Time by the oximeter's own clock, which may never have been set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceTime {
    /// Year, 0 to 9999.
    pub year: u16,
    /// Month, 0 to 99 on the wire.
    pub month: u8,
    /// Day of the month, 0 to 99 on the wire.
    pub day: u8,
    /// Hour, 0 to 99 on the wire.
    pub hour: u8,
    /// Minute, 0 to 99 on the wire.
    pub minute: u8,
    /// Second, 0 to 99 on the wire.
    pub second: u8,
}

flags! {
    /// What a spot check is worth.
    ///
    /// ```text
    /// upper byte: bit 1 SPA, bit 0 NOMS     lower byte: bit 4 MEM, bit 0 low battery
    /// ```
    ///
    /// Source: Nonin, *9560 OEM Specification*, 6470-000-01, data format 13.
    SpotCheckStatus(u16) {
        /// SPA: the oximeter holds this for a high-quality measurement.
        HIGH_QUALITY = 0x0200,
        /// NOMS: there was no measurement.
        NO_MEASUREMENT = 0x0100,
        /// MEM: an earlier measurement, from the oximeter's memory.
        FROM_MEMORY = 0x0010,
        /// The battery is low.
        LOW_BATTERY = 0x0001,
    }
}

impl Format13Frame {
    /// Bytes of data that are known.
    const DATA_LENGTH: usize = data_field::SATURATION + 1;

    /// The same, as the frame states it.
    const DATA_LENGTH_BYTES: [u8; 2] = [0x00, 0x0E];

    /// Bytes around the data.
    const AROUND: usize = frame_field::DATA_BEGIN + 2;

    /// Length of the shortest frame, the one that is written.
    pub const LENGTH_MIN: usize = Self::AROUND + Self::DATA_LENGTH;

    /// Length of the longest frame taken: room for three times the data known today. A longer
    /// one is no frame.
    pub const LENGTH_MAX: usize = 64;

    /// How every frame begins.
    pub const HEADER: [u8; 4] = [0x00, 0x02, 0x00, 0x0D];

    /// How every frame ends.
    pub const END: u8 = 0x03;

    /// Reads the frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let (data, check) = split(frame).ok_or(Discard::Malformed)?;
        if sum(data) != check {
            return Err(Discard::Checksum);
        }
        let [time, status, rate] = [data_field::TIME, data_field::STATUS, data_field::RATE];
        let saturation = data[data_field::SATURATION] & 0x7F;
        Ok(Self {
            taken: DeviceTime::parse(&data[time])?,
            status: SpotCheckStatus(number(data, status)),
            rate: Some(number(data, rate) & 0x01FF).filter(|rate| *rate != RATE_MISSING),
            saturation: Some(saturation).filter(|saturation| *saturation != SATURATION_MISSING),
        })
    }

    /// Appends the frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let rate = self.rate.unwrap_or(RATE_MISSING).min(RATE_MISSING);
        let mut data = [0; Self::DATA_LENGTH];
        data[data_field::TIME].copy_from_slice(&self.taken.bytes());
        data[data_field::STATUS].copy_from_slice(&self.status.0.to_be_bytes());
        data[data_field::RATE].copy_from_slice(&rate.to_be_bytes());
        data[data_field::RESERVED] = 0;
        data[data_field::SATURATION] = saturation_byte(self.saturation) & 0x7F;
        line.extend_from_slice(&Self::HEADER);
        line.extend_from_slice(&Self::DATA_LENGTH_BYTES);
        line.extend_from_slice(&data);
        line.extend_from_slice(&[sum(&data), Self::END]);
    }
}

/// Returns the data and the check byte, when the frame's shape is right.
fn split(frame: &[u8]) -> Option<(&[u8], u8)> {
    if frame.len() > Format13Frame::LENGTH_MAX
        || frame.get(frame_field::HEADER)? != Format13Frame::HEADER
    {
        return None;
    }
    frame.get(frame_field::DATA_LENGTH)?;
    let stated = usize::from(number(frame, frame_field::DATA_LENGTH));
    match frame.get(frame_field::DATA_BEGIN..)? {
        [data @ .., check, Format13Frame::END]
            if data.len() == stated && stated >= Format13Frame::DATA_LENGTH =>
        {
            Some((data, *check))
        }
        _ => None,
    }
}

fn number(bytes: &[u8], field: Range<usize>) -> u16 {
    u16::from_be_bytes([bytes[field.start], bytes[field.start + 1]])
}

impl DeviceTime {
    fn parse(field: &[u8]) -> Result<Self, Discard> {
        let digits = |position: usize| match (field[position] >> 4, field[position] & 0x0F) {
            (tens @ 0..=9, ones @ 0..=9) => Ok(tens * 10 + ones),
            _ => Err(Discard::Malformed),
        };
        Ok(Self {
            year: u16::from(digits(0)?) * 100 + u16::from(digits(1)?),
            month: digits(2)?,
            day: digits(3)?,
            hour: digits(4)?,
            minute: digits(5)?,
            second: digits(6)?,
        })
    }

    fn bytes(self) -> [u8; 8] {
        let [century, year] = [self.year / 100, self.year % 100].map(|two| (two % 100) as u8);
        [
            century,
            year,
            self.month,
            self.day,
            self.hour,
            self.minute,
            self.second,
            0,
        ]
        .map(|two| ((two / 10 % 10) << 4) | (two % 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 31 December 2025, 14:30:15; 140/min, 97 %.
    const BYTES: [u8; 22] = [
        0x00, 0x02, // start
        0x00, 0x0D, // format 13
        0x00, 0x0E, // 14 bytes of data
        0x20, 0x25, // year
        0x12, 0x31, // month, day
        0x14, 0x30, 0x15, 0x00, // hour, minute, second
        0x02, 0x01, // high quality; low battery
        0x00, 0x8C, // pulse rate, eight bits in the lower byte
        0x00, // reserved
        0x61, // saturation
        0xD1, // sum of the data: 0x1D1
        0x03, // end
    ];

    fn frame() -> Format13Frame {
        Format13Frame {
            taken: DeviceTime {
                year: 2025,
                month: 12,
                day: 31,
                hour: 14,
                minute: 30,
                second: 15,
            },
            status: SpotCheckStatus::HIGH_QUALITY | SpotCheckStatus::LOW_BATTERY,
            rate: Some(140),
            saturation: Some(97),
        }
    }

    fn sealed(mut bytes: [u8; 22]) -> [u8; 22] {
        bytes[20] = sum(&bytes[6..20]);
        bytes
    }

    #[test]
    fn a_spot_check_is_read_and_written() {
        assert_eq!(Format13Frame::parse(&BYTES), Ok(frame()));
        let mut line = Vec::new();
        frame().emit(&mut line);
        assert_eq!(line, BYTES);
    }

    #[test]
    fn a_rate_of_nine_bits_and_no_values_are_read_and_written() {
        for (rate, bytes) in [
            (Some(255), [0x00, 0xFF]),
            (Some(256), [0x01, 0x00]),
            (None, [0x01, 0xFF]),
        ] {
            let mut with = BYTES;
            with[16..18].copy_from_slice(&bytes);
            with[19] = 0x7F;
            let expected = Format13Frame {
                rate,
                saturation: None,
                ..frame()
            };
            assert_eq!(Format13Frame::parse(&sealed(with)), Ok(expected));
            let mut line = Vec::new();
            expected.emit(&mut line);
            assert_eq!(line, sealed(with));
        }
    }

    #[test]
    fn data_that_a_later_firmware_appends_is_passed_over() {
        let mut bytes = BYTES[..20].to_vec();
        bytes[5] = 0x10;
        bytes.extend_from_slice(&[0xAA, 0xBB]);
        let check = sum(&bytes[6..]);
        bytes.extend_from_slice(&[check, 0x03]);
        assert_eq!(Format13Frame::parse(&bytes), Ok(frame()));
    }

    #[test]
    fn what_cannot_be_is_named() {
        for (position, byte, why) in [
            (1, 0x03, Discard::Malformed),  // another start
            (3, 0x08, Discard::Malformed),  // another format
            (5, 0x0F, Discard::Malformed),  // not the length it has
            (8, 0x1A, Discard::Malformed),  // no decimal digit
            (20, 0xD2, Discard::Checksum),  // not the sum
            (21, 0x02, Discard::Malformed), // not the end
        ] {
            let mut bytes = if position == 8 {
                let mut bytes = BYTES;
                bytes[8] = byte;
                sealed(bytes)
            } else {
                BYTES
            };
            bytes[position] = byte;
            assert_eq!(Format13Frame::parse(&bytes), Err(why), "at {position}");
        }
        for length in 0..BYTES.len() {
            assert_eq!(
                Format13Frame::parse(&BYTES[..length]),
                Err(Discard::Malformed)
            );
        }
    }
}
