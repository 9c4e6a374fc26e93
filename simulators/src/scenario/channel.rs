//! A signal between its key points, and the phase of what beats and breathes at its rate.

use std::time::Duration;

/// A signal that runs on: key points, and straight lines between them.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    /// Seconds and value; the seconds rise.
    points: Vec<(u64, f64)>,
    /// Steps to a unit: values are rounded half up to the nearest step.
    steps: f64,
}

impl Channel {
    /// Makes a channel of key points whose seconds rise; at least one.
    pub(super) fn new(points: Vec<(u64, f64)>, steps: f64) -> Self {
        assert!(!points.is_empty(), "the file's reader refuses empty lists");
        Self { points, steps }
    }

    /// Returns the value at the last whole second, rounded half up.
    pub(super) fn at(&self, at: Duration) -> f64 {
        (self.exact(at.as_secs()) * self.steps + 0.5).floor() / self.steps
    }

    fn exact(&self, second: u64) -> f64 {
        let after = self.points.partition_point(|(at, _)| *at <= second);
        let Some(before) = after.checked_sub(1) else {
            return self.points[0].1;
        };
        let (from, first) = self.points[before];
        let Some(&(to, last)) = self.points.get(after) else {
            return first;
        };
        // One division, of numbers that are exact, so that a half stays a half.
        (first * seconds(to - second) + last * seconds(second - from)) / seconds(to - from)
    }
}

/// Where in its cycle something is that runs at a rate which changes.
///
/// The cycles up to each second are added up once, so that any moment can be asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Phase {
    /// Cycles at the start of each second of the story.
    cycles: Vec<f64>,
    /// Cycles per second in each of them; one more, for the time after the end.
    rates: Vec<f64>,
}

impl Phase {
    /// Adds up a rate per minute over a story. Without a rate nothing moves.
    pub(super) fn new(rate: Option<&Channel>, duration: Duration) -> Self {
        let Some(rate) = rate else {
            return Self::default();
        };
        let rates: Vec<f64> = (0..=duration.as_secs())
            .map(|second| rate.at(Duration::from_secs(second)).max(0.0) / 60.0)
            .collect();
        let mut sum = 0.0;
        let cycles = rates
            .iter()
            .map(|rate| {
                let start = sum;
                sum += rate;
                start
            })
            .collect();
        Self { cycles, rates }
    }

    /// Returns the phase, at least 0 and below 1.
    pub(super) fn at(&self, at: Duration) -> f64 {
        let Some(last) = self.cycles.len().checked_sub(1) else {
            return 0.0;
        };
        let index = usize::try_from(at.as_secs()).map_or(last, |second| second.min(last));
        let into = at.saturating_sub(Duration::from_secs(index as u64));
        (self.cycles[index] + into.as_secs_f64() * self.rates[index]).fract()
    }
}

/// Seconds as a number; exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "stories last days, not aeons")]
const fn seconds(count: u64) -> f64 {
    count as f64
}
