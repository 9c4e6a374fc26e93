//! The data of the last determination.

mod field {
    use std::ops::Range;

    pub(super) const SYSTOLIC: Range<usize> = 0..2;
    pub(super) const DIASTOLIC: Range<usize> = 2..4;
    pub(super) const BEATS: usize = 4;
    pub(super) const STATUS: usize = 5;
    pub(super) const TEST_CODES: Range<usize> = 6..14;
    pub(super) const HEART_RATE: usize = 14;
    pub(super) const SPARE: usize = 15;
    pub(super) const MEAN: Range<usize> = 16..18;
    pub(super) const ERROR: usize = 18;
    pub(super) const SPARES: Range<usize> = 19..21;
    pub(super) const END: usize = 21;
}

/// The data of the last determination. They stay until the next one.
///
/// ```text
/// 3E 18 ss ss dd dd bb st tt tt tt tt tt tt tt tt hr xx mm mm er xx xx CC
///  0  1  2     4     6  7  8                       16 17 18    20 21    23
/// ```
///
/// - `ss ss` systolic, `dd dd` diastolic, `mm mm` mean, mmHg, little-endian
/// - `bb` beats that were counted
/// - `st` status, and `tt` eight test codes: not known
/// - `hr` heart rate, /min
/// - `er` error, 0 = none; what the others mean is not known
/// - `xx` spare, any value
///
/// Source: `ak-git/DesktopFX`, `com.ak.appliance.suntech`, after the vendor's OEM manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BpData {
    /// Systolic pressure, mmHg on the wire; 0 where there is none.
    pub systolic: u16,
    /// Diastolic pressure, mmHg; 0 where there is none.
    pub diastolic: u16,
    /// Beats that were counted.
    pub beats: u8,
    /// Not known.
    pub status: u8,
    /// Not known.
    pub test_codes: [u8; 8],
    /// Heart rate, /min; 0 where there is none.
    pub heart_rate: u8,
    /// Spare bytes, in their order.
    pub spare: [u8; 3],
    /// Mean pressure, mmHg; 0 where there is none.
    pub mean: u16,
    /// 0 when the determination succeeded.
    pub error: u8,
}

impl BpData {
    /// Length of the packet's body, without start, length and check.
    pub(super) const LENGTH: usize = field::END;

    /// Reads the body.
    pub(super) fn parse(body: &[u8; Self::LENGTH]) -> Self {
        let number =
            |at: std::ops::Range<usize>| u16::from_le_bytes([body[at.start], body[at.start + 1]]);
        let mut test_codes = [0; 8];
        test_codes.copy_from_slice(&body[field::TEST_CODES]);
        let [first, second] = [body[field::SPARES.start], body[field::SPARES.start + 1]];
        Self {
            systolic: number(field::SYSTOLIC),
            diastolic: number(field::DIASTOLIC),
            beats: body[field::BEATS],
            status: body[field::STATUS],
            test_codes,
            heart_rate: body[field::HEART_RATE],
            spare: [body[field::SPARE], first, second],
            mean: number(field::MEAN),
            error: body[field::ERROR],
        }
    }

    /// Returns the body.
    pub(super) fn body(&self) -> [u8; Self::LENGTH] {
        let mut body = [0; Self::LENGTH];
        body[field::SYSTOLIC].copy_from_slice(&self.systolic.to_le_bytes());
        body[field::DIASTOLIC].copy_from_slice(&self.diastolic.to_le_bytes());
        body[field::BEATS] = self.beats;
        body[field::STATUS] = self.status;
        body[field::TEST_CODES].copy_from_slice(&self.test_codes);
        body[field::HEART_RATE] = self.heart_rate;
        let [spare, spares @ ..] = self.spare;
        body[field::SPARE] = spare;
        body[field::MEAN].copy_from_slice(&self.mean.to_le_bytes());
        body[field::ERROR] = self.error;
        body[field::SPARES].copy_from_slice(&spares);
        body
    }

    /// Tells whether there are no pressures in it: nothing was determined yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.systolic == 0 && self.diastolic == 0 && self.mean == 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reply;
    use super::*;

    #[test]
    fn the_manuals_example_is_read_and_written() {
        let packet = [
            0x3E, 0x18, // start, length
            0x73, 0x00, // systolic 115
            0x4A, 0x00, // diastolic 74
            0x1E, 0x01, // 30 beats, status
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x31, 0x07, // test codes
            0x55, 0x00, // heart rate 85, spare
            0x58, 0x00, // mean 88
            0x00, 0x00, 0x00, // no error, spares
            0xE9, // makes the sum 0
        ];
        let data = BpData {
            systolic: 115,
            diastolic: 74,
            beats: 30,
            status: 1,
            test_codes: [0, 0, 0, 0, 0, 0, 0x31, 0x07],
            heart_rate: 85,
            spare: [0; 3],
            mean: 88,
            error: 0,
        };
        assert_eq!(Reply::parse(&packet), Ok(Reply::BpData(data)));
        let mut line = Vec::new();
        Reply::BpData(data).emit(&mut line);
        assert_eq!(line, packet);
        assert!(!data.is_empty());
    }
}
