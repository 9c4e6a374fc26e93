//! Exact bounds of a share that was counted (Clopper and Pearson 1934, Biometrika 26:404).

/// In how many of so many, and between which shares the true one lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounded {
    /// How often.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The lower bound in 1000, of 95 % with 2.5 % on each side.
    pub low: f64,
    /// The upper bound in 1000, of 95 % with 2.5 % on each side.
    pub high: f64,
    /// The upper bound in 1000 with all of the 5 % above it: "at most", as studies without an event
    /// tell it.
    pub at_most: f64,
}

impl Bounded {
    /// Returns how often in 1000; nothing of none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "sessions are far below 2⁵²")]
    pub fn per_thousand(&self) -> Option<f64> {
        (self.of > 0).then(|| 1000.0 * self.count as f64 / self.of as f64)
    }
}

/// A share is looked for by halving as often as a double has digits.
const HALVINGS: u32 = 60;

/// Returns the bounds of `count` in `of`, which is not less. Of none, nothing is known: 0 to 1000.
#[must_use]
pub fn bounded(count: u64, of: u64) -> Bounded {
    let count = count.min(of);
    let upper = |tail: f64| {
        if count == of {
            return 1000.0;
        }
        // The share at which so few, or fewer, would have become as rare as that.
        1000.0 * crossing(|share| at_most(count, of, share) > tail)
    };
    let low = match count.checked_sub(1) {
        None => 0.0,
        Some(fewer) => 1000.0 * crossing(|share| 1.0 - at_most(fewer, of, share) < 0.025),
    };
    Bounded {
        count,
        of,
        low,
        high: upper(0.025),
        at_most: upper(0.05),
    }
}

/// Returns where something that holds at 0 and not at 1 ends.
fn crossing(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Returns how likely `count` or fewer of `of` are where each has this share, above 0 and below 1.
#[expect(clippy::cast_precision_loss, reason = "sessions are far below 2⁵²")]
fn at_most(count: u64, of: u64, share: f64) -> f64 {
    let (yes, no) = (share.ln(), (-share).ln_1p());
    // Logarithms, for both factors of a term leave the range of a double long before their product.
    let mut ways = 0.0;
    let mut sum = 0.0;
    for number in 0..=count {
        let (with, without) = (number as f64, (of - number) as f64);
        sum += (ways + with * yes + without * no).exp();
        ways += (without / (with + 1.0)).ln();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!(
            (found - expected).abs() < 5e-4 * expected.max(0.1),
            "{found} and not {expected}"
        );
    }

    /// No event in 1985 outpatient sessions (doi 10.1177/25160435261466115) is told as "at most
    /// 0.15 %": that is the bound on one side. Two-sided it is 0.186 %.
    #[test]
    fn no_event_in_1985_sessions_is_what_was_published() {
        let none = bounded(0, 1985);
        near(none.at_most, 1.508);
        near(none.high, 1.857);
        near(none.low, 0.0);
        assert_eq!(none.per_thousand(), Some(0.0));
    }

    /// No event has a closed form, and so have all.
    #[test]
    fn the_ends_are_those_of_the_closed_form() {
        for of in [1_u32, 7, 40, 1000, 276_832] {
            let tail = |tail: f64| 1000.0 * (1.0 - (tail.ln() / f64::from(of)).exp());
            let none = bounded(0, of.into());
            near(none.high, tail(0.025));
            near(none.at_most, tail(0.05));
            let all = bounded(of.into(), of.into());
            near(all.low, 1000.0 - tail(0.025));
            near(all.high, 1000.0);
        }
    }

    /// Bounds that are printed in tables: 5 of 10, and 1 of 20.
    #[test]
    fn bounds_are_those_of_the_tables() {
        let half = bounded(5, 10);
        near(half.low, 187.09);
        near(half.high, 812.91);
        let one = bounded(1, 20);
        near(one.low, 1.265);
        near(one.high, 248.73);
    }

    /// Returns how likely exactly so many are, as a product that is taken factor by factor.
    #[expect(clippy::cast_precision_loss, reason = "some hundred sessions")]
    fn exactly(count: u64, of: u64, share: f64) -> f64 {
        let of_each = |number: u64| {
            let ways = (of - number) as f64 / (count - number) as f64;
            ways * share
        };
        let with: f64 = (0..count).map(of_each).product();
        with * (1.0 - share).powi(i32::try_from(of - count).unwrap())
    }

    /// At each bound, what was seen is as rare as it is meant to be: both tails are summed here from
    /// their other end.
    #[test]
    fn at_each_bound_what_was_seen_is_as_rare_as_it_is_meant_to_be() {
        for (count, of) in [(1, 10), (5, 10), (3, 40), (12, 200), (40, 200), (199, 200)] {
            let found = bounded(count, of);
            let sum = |numbers: std::ops::RangeInclusive<u64>, bound: f64| -> f64 {
                let share = bound / 1000.0;
                numbers.map(|number| exactly(number, of, share)).sum()
            };
            near(sum(count..=of, found.low), 0.025);
            near(sum(0..=count, found.high), 0.025);
            near(sum(0..=count, found.at_most), 0.05);
        }
    }

    #[test]
    fn more_sessions_make_it_surer() {
        let mut before = bounded(1, 10);
        for of in [100, 1000, 10_000] {
            let now = bounded(of / 10, of);
            assert!(now.low > before.low && now.high < before.high, "{now:?}");
            assert!(now.low < 100.0 && now.high > 100.0);
            before = now;
        }
        let nothing = bounded(0, 0);
        assert_eq!((nothing.low, nothing.high), (0.0, 1000.0));
        assert_eq!(nothing.per_thousand(), None);
    }
}
