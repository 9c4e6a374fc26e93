//! One signal, second by second, as far back as a baseline reaches.

use std::time::Duration;

use chairside_model::MonoTime;

use super::SECOND;

/// A source slower than this says nothing of the slope over half a minute: three samples are the
/// least that a line can be laid through.
const SLOPE_PERIOD_MAX: Duration = Duration::from_secs(10);

/// The signal's samples brought to one a second. Nothing is allocated once it is made.
#[derive(Debug)]
pub(super) struct Track {
    /// A sample stands for one and a half of its source's periods: what comes a little late is
    /// not missing.
    stands_for: Duration,
    has_slope: bool,
    latest: Option<(MonoTime, f64)>,
    /// The last second is at `newest`; the one before it stands before it, round and round.
    seconds: Box<[Option<f64>]>,
    newest: usize,
    /// The seconds from `baseline_from` to `baseline_to` ago, sorted.
    far: Vec<f64>,
    window: Option<FarWindow>,
}

/// From when until when a baseline is taken, in seconds ago.
#[derive(Clone, Copy, Debug)]
pub(super) struct FarWindow {
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The longest time over which a value "now" or a slope is taken, seconds.
pub(crate) const RECENT_MAX: usize = 60;

impl Track {
    /// Makes a track of a source's period, with or without a baseline.
    pub(super) fn new(period: Duration, window: Option<FarWindow>) -> Self {
        let length = window.map_or(RECENT_MAX, |window| window.from.max(RECENT_MAX)) + 1;
        let far = window.map_or(0, |window| window.from.saturating_sub(window.to) + 1);
        Self {
            stands_for: period + period / 2,
            has_slope: period <= SLOPE_PERIOD_MAX,
            latest: None,
            seconds: vec![None; length].into_boxed_slice(),
            newest: 0,
            far: Vec::with_capacity(far),
            window,
        }
    }

    /// Takes a sample; `None` is one that is missing, doubted or held back.
    pub(super) fn sample(&mut self, now: MonoTime, value: Option<f64>) {
        self.latest = value.map(|value| (now, value));
    }

    /// Ends a second.
    pub(super) fn second(&mut self, now: MonoTime) {
        if let Some(leaving) = self.window.and_then(|window| self.ago(window.from)) {
            let place = self.far.partition_point(|other| *other < leaving);
            self.far.remove(place);
        }
        self.newest = (self.newest + 1) % self.seconds.len();
        self.seconds[self.newest] = self.fresh(now);
        if let Some(entering) = self.window.and_then(|window| self.ago(window.to)) {
            let place = self.far.partition_point(|other| *other < entering);
            self.far.insert(place, entering);
        }
    }

    /// Returns the latest sample if it still stands.
    pub(super) fn fresh(&self, now: MonoTime) -> Option<f64> {
        let (at, value) = self.latest?;
        (now.saturating_since(at) < self.stands_for).then_some(value)
    }

    /// Returns the sample that came within the second that ends now, if one did.
    pub(super) fn arrived(&self, now: MonoTime) -> Option<f64> {
        let (at, value) = self.latest?;
        (at == now || at > now.saturating_sub(SECOND)).then_some(value)
    }

    /// Returns the median of the last seconds, if so many of them have a value.
    pub(super) fn median_of_last(&self, seconds: usize, samples_min: usize) -> Option<f64> {
        let mut values = [0.0; RECENT_MAX];
        let mut count = 0;
        for value in self.last(seconds.min(RECENT_MAX)).flatten() {
            values[count] = value;
            count += 1;
        }
        let values = &mut values[..count];
        values.sort_unstable_by(f64::total_cmp);
        (count >= samples_min.max(1)).then(|| median(values))
    }

    /// Returns the median of the far window, if so many of its seconds have a value.
    pub(super) fn baseline(&self, samples_min: usize) -> Option<f64> {
        (self.far.len() >= samples_min.max(1)).then(|| median(&self.far))
    }

    /// Returns the slope of a straight line through the last seconds by least squares, per
    /// minute, if so many of them have a value and these span as many seconds.
    pub(super) fn slope_per_minute(&self, seconds: usize, samples_min: usize) -> Option<f64> {
        if !self.has_slope {
            return None;
        }
        let points = || {
            let ago = std::iter::successors(Some(0.0), |ago| Some(ago + 1.0));
            let known = |(ago, value): (f64, Option<f64>)| value.map(|value| (-ago, value));
            ago.zip(self.last(seconds)).filter_map(known)
        };
        let count = points().count();
        let (newest, _) = points().next()?;
        let (oldest, _) = points().last()?;
        let least = f64::from(u32::try_from(samples_min).ok()?);
        if count < samples_min || newest - oldest < least {
            return None;
        }
        let number = f64::from(u32::try_from(count).ok()?);
        let middle = points().map(|(at, _)| at).sum::<f64>() / number;
        let mean = points().map(|(_, value)| value).sum::<f64>() / number;
        let (mut together, mut spread) = (0.0, 0.0);
        for (at, value) in points() {
            together += (at - middle) * (value - mean);
            spread += (at - middle) * (at - middle);
        }
        (spread > 0.0).then(|| 60.0 * together / spread)
    }

    /// Returns how many seconds ago the signal was last at this value or above.
    pub(super) fn seconds_since_at_least(&self, value: f64) -> Option<usize> {
        self.last(self.seconds.len())
            .position(|second| second.is_some_and(|second| second >= value))
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.latest = None;
        self.seconds.fill(None);
        self.far.clear();
    }

    /// Returns the last seconds, the newest first.
    fn last(&self, seconds: usize) -> impl Iterator<Item = Option<f64>> {
        let (recent, older) = (
            &self.seconds[..=self.newest],
            &self.seconds[self.newest + 1..],
        );
        recent
            .iter()
            .rev()
            .chain(older.iter().rev())
            .take(seconds)
            .copied()
    }

    fn ago(&self, seconds: usize) -> Option<f64> {
        let length = self.seconds.len();
        self.seconds[(self.newest + length - seconds) % length]
    }
}

/// Returns the median of sorted values; there is at least one.
fn median(sorted: &[f64]) -> f64 {
    let count = sorted.len();
    f64::midpoint(sorted[(count - 1) / 2], sorted[count / 2])
}
