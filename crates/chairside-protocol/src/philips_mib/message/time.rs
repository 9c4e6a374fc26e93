//! The monitor's clock.

use std::time::Duration;

/// What the monitor's relative times and periods count, eighths of a millisecond, in a second.
pub const TICKS_PER_SECOND: u32 = 8000;

/// Returns how long so many ticks of 1/8 ms are.
#[must_use]
pub const fn ticks(ticks: u32) -> Duration {
    Duration::from_micros(ticks as u64 * 125)
}

/// A date and a time of day on the monitor's clock, to a hundredth of a second.
///
/// ```text
/// CC YY MM DD hh mm ss ff
/// ```
///
/// Two decimal digits each: century, year, month, day, hour, minute, second, hundredths.
/// `FF` eight times says that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// Hundredths of a second since the beginning of the year 0.
    hundredths: u64,
}

const PER_SECOND: u64 = 100;
const PER_DAY: u64 = 24 * 60 * 60 * PER_SECOND;

/// Days before each month of a year that is no leap year.
const DAYS_BEFORE: [u16; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

impl DateTime {
    /// What stands where there is none.
    pub const NONE: [u8; 8] = [0xFF; 8];

    /// Returns the time of these bytes; nothing when they are none.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Option<Self> {
        let mut digits = [0_u16; 8];
        for (pair, byte) in digits.iter_mut().zip(bytes) {
            let (tens, ones) = (byte >> 4, byte & 0x0F);
            if tens > 9 || ones > 9 {
                return None;
            }
            *pair = u16::from(tens * 10 + ones);
        }
        let [century, year, month, day, hour, minute, second, hundredths] = digits;
        let year = century * 100 + year;
        let last_day = days_in(year, month)?;
        let possible = (1..=last_day).contains(&day) && hour < 24 && minute < 60 && second < 60;
        possible.then(|| {
            let days = days_before_year(year) + days_before_month(year, month) + u64::from(day - 1);
            let seconds = (u64::from(hour) * 60 + u64::from(minute)) * 60 + u64::from(second);
            let hundredths = seconds * PER_SECOND + u64::from(hundredths);
            Self {
                hundredths: days * PER_DAY + hundredths,
            }
        })
    }

    /// Returns the bytes as they are sent.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 8] {
        let (mut days, time) = (self.hundredths / PER_DAY, self.hundredths % PER_DAY);
        // 366 days are a year and no less, so this begins too early and ends soon.
        let mut year = u16::try_from(days / 366).unwrap_or(u16::MAX);
        while days_before_year(year + 1) <= days {
            year += 1;
        }
        days -= days_before_year(year);
        let mut month = 1;
        while month < 12 && days_before_month(year, month + 1) <= days {
            month += 1;
        }
        let day = days - days_before_month(year, month) + 1;
        let seconds = time / PER_SECOND;
        [
            u64::from(year / 100),
            u64::from(year % 100),
            month.into(),
            day,
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            time % PER_SECOND,
        ]
        .map(|pair| u8::try_from(pair / 10 % 10 * 16 + pair % 10).unwrap_or(u8::MAX))
    }

    /// Returns how long before this time `earlier` was; nothing when it was later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<Duration> {
        let hundredths = self.hundredths.checked_sub(earlier.hundredths)?;
        Some(Duration::from_millis(hundredths * 10))
    }

    /// Returns the time that is this much later, to a hundredth of a second.
    #[must_use]
    pub fn after(self, later: Duration) -> Self {
        let hundredths = u64::try_from(later.as_millis() / 10).unwrap_or(u64::MAX);
        // Four digits of a year end there.
        let last = days_before_year(10_000) * PER_DAY - 1;
        Self {
            hundredths: self.hundredths.saturating_add(hundredths).min(last),
        }
    }
}

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u16, month: u16) -> Option<u16> {
    let index = usize::from(month);
    let before = *DAYS_BEFORE.get(index.checked_sub(1)?)?;
    let days = DAYS_BEFORE.get(index)? - before;
    Some(days + u16::from(month == 2 && is_leap(year)))
}

fn days_before_month(year: u16, month: u16) -> u64 {
    let leap = month > 2 && is_leap(year);
    u64::from(DAYS_BEFORE[usize::from(month - 1)]) + u64::from(leap)
}

fn days_before_year(year: u16) -> u64 {
    // The year 0 is a leap year.
    let leaps = |every: u64| u64::from(year).div_ceil(every);
    u64::from(year) * 365 + leaps(4) - leaps(100) + leaps(400)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(bytes: [u8; 8]) -> DateTime {
        let time = DateTime::from_bytes(bytes).expect("the tests' times are possible");
        assert_eq!(time.to_bytes(), bytes);
        time
    }

    #[test]
    fn times_follow_each_other_over_every_edge() {
        let pairs = [
            (
                [0x20, 0x21, 0x03, 0x29, 0x12, 0x46, 0x18, 0x00],
                [0x20, 0x21, 0x03, 0x29, 0x12, 0x46, 0x19, 0x00],
            ),
            (
                [0x20, 0x21, 0x02, 0x28, 0x23, 0x59, 0x59, 0x00],
                [0x20, 0x21, 0x03, 0x01, 0x00, 0x00, 0x00, 0x00],
            ),
            (
                [0x20, 0x24, 0x02, 0x28, 0x23, 0x59, 0x59, 0x00],
                [0x20, 0x24, 0x02, 0x29, 0x00, 0x00, 0x00, 0x00],
            ),
            (
                [0x20, 0x00, 0x02, 0x29, 0x23, 0x59, 0x59, 0x00],
                [0x20, 0x00, 0x03, 0x01, 0x00, 0x00, 0x00, 0x00],
            ),
            (
                [0x21, 0x00, 0x02, 0x28, 0x23, 0x59, 0x59, 0x00],
                [0x21, 0x00, 0x03, 0x01, 0x00, 0x00, 0x00, 0x00],
            ),
            (
                [0x20, 0x25, 0x12, 0x31, 0x23, 0x59, 0x59, 0x00],
                [0x20, 0x26, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00],
            ),
            (
                [0x99, 0x99, 0x12, 0x31, 0x23, 0x59, 0x58, 0x00],
                [0x99, 0x99, 0x12, 0x31, 0x23, 0x59, 0x59, 0x00],
            ),
        ];
        for (earlier, later) in pairs {
            let (earlier, later) = (at(earlier), at(later));
            assert_eq!(later.since(earlier), Some(Duration::from_secs(1)));
            assert_eq!(earlier.since(later), None);
            assert_eq!(earlier.after(Duration::from_secs(1)), later);
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for bytes in [
            DateTime::NONE,
            [0x20, 0x21, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00],
            [0x20, 0x21, 0x13, 0x01, 0x00, 0x00, 0x00, 0x00],
            [0x20, 0x21, 0x02, 0x29, 0x00, 0x00, 0x00, 0x00],
            [0x20, 0x21, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00],
            [0x20, 0x21, 0x03, 0x1A, 0x00, 0x00, 0x00, 0x00],
            [0x20, 0x21, 0x03, 0x01, 0x24, 0x00, 0x00, 0x00],
            [0x20, 0x21, 0x03, 0x01, 0x00, 0x60, 0x00, 0x00],
            [0x20, 0x21, 0x03, 0x01, 0x00, 0x00, 0x60, 0x00],
        ] {
            assert_eq!(DateTime::from_bytes(bytes), None, "{bytes:02X?}");
        }
    }

    #[test]
    fn a_second_has_eight_thousand_ticks() {
        assert_eq!(ticks(TICKS_PER_SECOND), Duration::from_secs(1));
        assert_eq!(ticks(0x20), Duration::from_millis(4));
    }
}
