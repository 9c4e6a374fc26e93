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

/// The longest time over which a slope is taken, seconds.
pub(crate) const SLOPE_MAX: usize = 60;

/// The longest time over which a value "now" is taken, seconds.
pub(crate) const NOW_MAX: usize = 15;

impl Track {
    /// Makes a track of a source's period, with or without a baseline.
    pub(super) fn new(period: Duration, window: Option<FarWindow>) -> Self {
        let length = window.map_or(SLOPE_MAX, |window| window.from.max(SLOPE_MAX)) + 1;
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
        let mut values = [0.0; NOW_MAX];
        let mut count = 0;
        for value in self.last(seconds.min(NOW_MAX)).flatten() {
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
        let mut line = Line::default();
        let mut at = 0.0;
        for value in self.last(seconds) {
            if let Some(value) = value {
                line.add(at, value);
            }
            at -= 1.0;
        }
        let least = f64::from(u32::try_from(samples_min).ok()?);
        (line.count >= least && line.span() >= least).then(|| 60.0 * line.slope())
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

/// The sums that a straight line is laid by: of seconds and values, which are small numbers, so
/// that nothing is lost by adding up their squares.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    count: f64,
    /// The newest point's second, and the oldest's.
    ends: Option<(f64, f64)>,
    at: f64,
    value: f64,
    squares: f64,
    products: f64,
}

impl Line {
    /// Adds a point that is older than those before it.
    fn add(&mut self, at: f64, value: f64) {
        let newest = self.ends.map_or(at, |(newest, _)| newest);
        self.ends = Some((newest, at));
        self.count += 1.0;
        self.at += at;
        self.value += value;
        self.squares += at * at;
        self.products += at * value;
    }

    fn span(&self) -> f64 {
        self.ends.map_or(0.0, |(newest, oldest)| newest - oldest)
    }

    /// Returns the slope; there are two points at least.
    fn slope(&self) -> f64 {
        (self.count * self.products - self.at * self.value)
            / (self.count * self.squares - self.at * self.at)
    }
}

/// Returns the median of sorted values; there is at least one.
fn median(sorted: &[f64]) -> f64 {
    let count = sorted.len();
    f64::midpoint(sorted[(count - 1) / 2], sorted[count / 2])
}
