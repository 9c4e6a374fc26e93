//! Tells a new determination from one that the monitor reports again.

use std::time::Duration;

use chairside_model::MonoTime;

/// How far a repeated age may fall behind our clock: whole seconds on the wire, a late reply,
/// and two clocks. No two determinations end this close together.
const TOLERANCE: Duration = Duration::from_secs(3);

/// Two determinations of the same values do not end this close together. One that seems to is the
/// same, in a reply that was read late.
const BETWEEN: Duration = Duration::from_secs(30);

/// Tells a new determination from one that the monitor reports again, by its age and, where that
/// is not enough, by its values.
///
/// The age of the same determination grows with the clock, even while the line is closed. An age
/// that is younger than that belongs to another determination, provided that it ended after the
/// last reply: otherwise the reply was read late, and its age is from when it was sent. In a
/// recorded file the clock stands still; there the age has to fall.
#[derive(Debug)]
pub(super) struct Recency<T> {
    oldest: Duration,
    last: Option<Seen<T>>,
}

#[derive(Clone, Copy, Debug)]
struct Seen<T> {
    age: Duration,
    at: MonoTime,
    values: T,
}

impl<T: PartialEq> Recency<T> {
    /// Starts with nothing seen. The monitor's counter stops at `oldest`, and what has reached
    /// it no longer tells anything: the clock goes on and the age does not.
    pub(super) const fn new(oldest: Duration) -> Self {
        Self { oldest, last: None }
    }

    /// Notes the age and the values of the monitor's last determination and tells whether it is a
    /// new one.
    pub(super) fn is_new(&mut self, now: MonoTime, age: Duration, values: T) -> bool {
        let seen = Seen {
            age,
            at: now,
            values,
        };
        let Some(last) = &self.last else {
            self.last = Some(seen);
            return true;
        };
        let elapsed = now.saturating_since(last.at);
        let new = if elapsed.is_zero() {
            age < last.age
        } else {
            let younger_by = (last.age + elapsed).saturating_sub(age);
            let younger = age < self.oldest && younger_by > TOLERANCE;
            let late =
                age > elapsed + TOLERANCE || (younger_by < BETWEEN && last.values == seen.values);
            if younger && late {
                // What was seen before knows the age better.
                return false;
            }
            younger
        };
        self.last = Some(seen);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each step is "now age", in seconds; the result has a letter for each: new or old.
    fn check(steps: &[(u64, u64)], expected: &str) {
        let steps: Vec<_> = steps.iter().map(|(now, age)| (*now, *age, 118)).collect();
        check_values(&steps, expected);
    }

    /// The same with a value of each determination.
    fn check_values(steps: &[(u64, u64, u16)], expected: &str) {
        let mut recency = Recency::new(Duration::from_mins(90));
        let got: String = steps
            .iter()
            .map(|&(now, age, value)| {
                let age = Duration::from_secs(age);
                let new = recency.is_new(MonoTime::from_secs(now), age, value);
                if new { 'n' } else { 'o' }
            })
            .collect();
        assert_eq!(got, expected, "{steps:?}");
    }

    #[test]
    fn an_age_that_grows_with_the_clock_is_the_same_determination() {
        check(&[(10, 45), (11, 46), (12, 46), (13, 48)], "nooo");
    }

    #[test]
    fn an_age_that_falls_is_a_new_one() {
        check(&[(10, 45), (11, 0), (12, 1)], "nno");
    }

    #[test]
    fn a_reply_that_is_read_late_is_no_new_determination() {
        check(
            &[(100, 45), (101, 46), (109, 47), (110, 55), (111, 56)],
            "noooo",
        );
        check(
            &[(100, 0), (101, 1), (109, 2), (110, 10), (140, 1)],
            "nooon",
        );
    }

    #[test]
    fn other_values_soon_after_the_last_are_a_new_determination() {
        check_values(&[(100, 4, 118), (101, 5, 118), (109, 2, 125)], "non");
    }

    #[test]
    fn a_closed_line_hides_neither_an_old_nor_a_new_determination() {
        check(&[(10, 5), (610, 605), (1210, 300)], "non");
    }

    #[test]
    fn while_the_clock_stands_only_a_falling_age_is_new() {
        check(&[(0, 45), (0, 46), (0, 300), (0, 2), (0, 3)], "noono");
    }

    #[test]
    fn a_counter_that_stopped_does_not_make_a_reading_new() {
        check(
            &[(0, 5399), (1, 5400), (60, 5400), (600, 5400), (601, 3)],
            "nooon",
        );
    }
}
