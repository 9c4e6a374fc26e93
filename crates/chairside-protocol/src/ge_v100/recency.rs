//! Tells a new determination from one that the monitor reports again.

use std::time::Duration;

use chairside_model::MonoTime;

/// How far a repeated age may fall behind our clock: whole seconds on the wire, a late reply,
/// and two clocks. No two determinations end this close together.
const TOLERANCE: Duration = Duration::from_secs(3);

/// Tells a new determination from one that the monitor reports again, by its age alone.
///
/// The age of the same determination grows with the clock, even while the line is closed. An age
/// that is younger than that belongs to another determination. In a recorded file the clock
/// stands still; there the age has to fall.
#[derive(Debug)]
pub(super) struct Recency {
    oldest: Duration,
    last: Option<Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    age: Duration,
    at: MonoTime,
}

impl Recency {
    /// Starts with nothing seen. The monitor's counter stops at `oldest`, and what has reached
    /// it no longer tells anything: the clock goes on and the age does not.
    pub(super) const fn new(oldest: Duration) -> Self {
        Self { oldest, last: None }
    }

    /// Notes the age of the monitor's last determination and tells whether it is a new one.
    pub(super) fn is_new(&mut self, now: MonoTime, age: Duration) -> bool {
        let last = self.last.replace(Seen { age, at: now });
        last.is_none_or(|last| {
            let elapsed = now.saturating_since(last.at);
            age < self.oldest
                && if elapsed.is_zero() {
                    age < last.age
                } else {
                    age + TOLERANCE < last.age + elapsed
                }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each step is "now age", in seconds; the result has a letter for each: new or old.
    fn check(steps: &[(u64, u64)], expected: &str) {
        let mut recency = Recency::new(Duration::from_mins(90));
        let got: String = steps
            .iter()
            .map(|&(now, age)| {
                let new = recency.is_new(MonoTime::from_secs(now), Duration::from_secs(age));
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
