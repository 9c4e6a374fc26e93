//! Times as HL7 writes them.

use std::time::Duration;

/// A moment as the monitor's clock gave it: `YYYYMMDDHHMM[SS[.S[S[S[S]]]]][+/-ZZZZ]`.
///
/// Two of them can be compared only when both say how far they are from universal time, or
/// neither does, for then they are of one clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Since the beginning of the year 0, in universal time where the zone is known.
    millis: i64,
    zoned: bool,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Digits of the shortest time of any use: up to the minute.
const DIGITS_MIN: usize = 12;

impl Timestamp {
    /// Reads a time; nothing when there is none, or not to the minute.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (date, rest) = text.split_at(digits);
        if digits != DIGITS_MIN && digits != DIGITS_MIN + 2 {
            return None;
        }
        let year = number(&date[..4])?;
        let month = number(&date[4..6]).filter(|month| (1..=12).contains(month))?;
        let day = number(&date[6..8]).filter(|day| (1..=31).contains(day))?;
        let hour = number(&date[8..10]).filter(|hour| *hour < 24)?;
        let minute = number(&date[10..12]).filter(|minute| *minute < 60)?;
        // 60 is a leap second.
        let second = match date.get(12..14) {
            Some(second) => number(second).filter(|second| *second <= 60)?,
            None => 0,
        };
        let (fraction, zone) = match rest.strip_prefix(b".") {
            Some(rest) => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                rest.split_at(digits)
            }
            None => (&rest[..0], rest),
        };
        let (east, zoned) = zone_minutes(zone)?;
        let millis = days_before(year, month, day) * DAY
            + (hour * 60 + minute) * MINUTE
            + second * 1000
            + millis(fraction)
            - east * MINUTE;
        Some(Self { millis, zoned })
    }

    /// Returns how long ago it was at `now`, and nothing when the two cannot be compared. What
    /// seems to lie ahead was now.
    #[must_use]
    pub fn age_at(self, now: Self) -> Option<Duration> {
        let millis = now.millis - self.millis;
        (now.zoned == self.zoned).then(|| Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
    }

    /// Tells whether it was earlier; not when the two cannot be compared.
    #[must_use]
    pub const fn is_before(self, other: Self) -> bool {
        self.zoned == other.zoned && self.millis < other.millis
    }

    /// Tells whether the two are the same moment, to within a second.
    #[must_use]
    pub fn is_about(self, other: Self) -> bool {
        self.zoned == other.zoned && (self.millis - other.millis).abs() <= 1000
    }
}

/// Returns the minutes east of universal time, and whether a zone is said.
fn zone_minutes(text: &[u8]) -> Option<(i64, bool)> {
    let (sign, digits) = match text {
        [] => return Some((0, false)),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    if digits.len() != 4 {
        return None;
    }
    let hours = number(&digits[..2])?;
    let minutes = number(&digits[2..])?;
    Some((sign * (hours * 60 + minutes), true))
}

fn millis(fraction: &[u8]) -> i64 {
    let digits = fraction.iter().map(|byte| i64::from(byte - b'0'));
    digits
        .zip([100, 10, 1])
        .map(|(digit, worth)| digit * worth)
        .sum()
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i64::from(byte - b'0'))
    })
}

/// Returns the days before a date of the Gregorian calendar, counted from March of the year 0, so
/// that the day of a leap year is the last of its year.
const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let month = (month + 9) % 12;
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Timestamp> {
        Timestamp::parse(text.as_bytes())
    }

    /// Returns how many seconds lie between two times.
    fn seconds(earlier: &str, later: &str) -> Option<u64> {
        let age = parse(earlier).unwrap().age_at(parse(later).unwrap())?;
        Some(age.as_secs())
    }

    #[test]
    fn times_are_compared_over_midnight_months_and_leap_years() {
        assert_eq!(seconds("20250610015127", "20250610015230"), Some(63));
        assert_eq!(seconds("20241231235959", "20250101000000"), Some(1));
        assert_eq!(seconds("20240228235959", "20240301000000"), Some(86_401));
        assert_eq!(seconds("20230228235959", "20230301000000"), Some(1));
        assert_eq!(seconds("20000228235959", "20000301000000"), Some(86_401));
        assert_eq!(seconds("21000228235959", "21000301000000"), Some(1));
        assert_eq!(seconds("202506100151", "20250610015200"), Some(60));
    }

    #[test]
    fn zones_are_taken_off() {
        assert_eq!(
            seconds("20260912120000.0000+0530", "20260912063005+0000"),
            Some(5)
        );
        assert_eq!(
            seconds("20250610015127-0730", "20250610102127+0030"),
            Some(1800)
        );
        // One of them could be anywhere.
        assert_eq!(seconds("20250610015127", "20250610015127+0800"), None);
    }

    #[test]
    fn what_lies_ahead_was_now() {
        assert_eq!(seconds("20250610015127", "20250610015120"), Some(0));
    }

    #[test]
    fn fractions_count() {
        let time = |text| parse(text).unwrap();
        let age = time("20250610015127.25").age_at(time("20250610015127.5000"));
        assert_eq!(age, Some(Duration::from_millis(250)));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2025",
            "20250610",
            "2025061001",
            "20251310015127",
            "20250632015127",
            "20250610245127",
            "20250610016027",
            "20250610015161",
            "20250610015127x",
            "20250610015127+08",
            "20250610015127+08:00",
            "2025061001512",
            "\"\"",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
