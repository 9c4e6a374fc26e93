//! Every reading and every sample of a short time.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::Metric;
use chrono::{DateTime, Utc};

use super::{CuffTaken, History, Missing, Stretch, TrendQuestion, wall_ns, wall_time};
use crate::error::StoreError;
use crate::kind::Kind;
use crate::row::{Fact, nanoseconds};

/// Samples arrive in pieces, some sooner and some later. A piece that ends further than this from
/// where the ones before it would have it end begins a new part of the curve.
const JITTER: Duration = Duration::from_millis(500);

/// What is wanted: the readings and curves of a bed in a short time.
#[derive(Clone, Copy, Debug)]
pub struct AroundQuestion<'a> {
    /// The configured id of the bed.
    pub bed: &'a str,
    /// The configured names of its devices.
    pub devices: &'a [String],
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// The present moment.
    pub now: DateTime<Utc>,
    /// Whether records reach the disk at present.
    pub recording: bool,
}

/// Every reading and every sample of a short time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    /// The readings of each metric, the oldest first.
    pub points: BTreeMap<Metric, Vec<Point>>,
    /// The parts of each curve, the oldest first: between two of them samples are missing.
    pub curves: BTreeMap<Metric, Vec<Curve>>,
    /// When nothing could be there, and why.
    pub missing: Vec<Missing>,
    /// Cuff pressures.
    pub cuffs: Vec<CuffTaken>,
}

/// One reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// When it was measured.
    pub at: DateTime<Utc>,
    /// `valid`, `questionable` or `unavailable`.
    pub validity: String,
    /// The value in the metric's unit; nothing when unavailable.
    pub value: Option<f64>,
    /// Why there is none.
    pub reason: Option<String>,
}

/// Samples without a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The time of the first sample.
    pub from: DateTime<Utc>,
    /// From one sample to the next.
    pub sample_period: Duration,
    /// In the metric's unit.
    pub samples: Vec<f64>,
}

impl History {
    /// Returns every reading and every sample of a bed in a time.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub fn around(&self, question: &AroundQuestion<'_>) -> Result<Around, StoreError> {
        let stretches = self.stretches()?;
        let bed = self.bed(question.bed)?;
        let span = (wall_ns(question.from), wall_ns(question.to));
        let mut around = Around::default();
        // A run may begin with what was taken just before it.
        let arrived = super::trend::arrived(span.1);
        for stretch in stretches.iter().filter(|one| one.meets(span.0, arrived)) {
            self.points(stretch, bed, span, &mut around.points)?;
            self.curves(stretch, bed, span, &mut around.curves)?;
        }
        for points in around.points.values_mut() {
            points.sort_by_key(|point| point.at);
        }
        for curves in around.curves.values_mut() {
            curves.sort_by_key(|curve| curve.from);
        }
        let whole = TrendQuestion {
            bed: question.bed,
            devices: question.devices,
            from: question.from,
            step: (question.to - question.from).to_std().unwrap_or_default(),
            steps: 1,
            now: question.now,
            recording: question.recording,
        };
        around.missing = self.missing(&stretches, bed, &whole, span)?;
        around.cuffs = self.cuffs(&stretches, bed, span)?;
        Ok(around)
    }

    fn points(
        &self,
        stretch: &Stretch,
        bed: i64,
        (from, to): (i64, i64),
        points: &mut BTreeMap<Metric, Vec<Point>>,
    ) -> Result<(), StoreError> {
        let arrived = (from, super::trend::arrived(to));
        self.each(stretch, Kind::Numeric, bed, arrived, |row| {
            let Fact::Numeric {
                metric,
                validity,
                value,
                reason,
                taken,
                ..
            } = row.fact
            else {
                return;
            };
            let at = stretch.time(taken);
            let Some(metric) = Metric::from_name(&metric) else {
                return;
            };
            if (from..to).contains(&wall_ns(at)) {
                points.entry(metric).or_default().push(Point {
                    at,
                    validity: validity.into_owned(),
                    value,
                    reason: reason.map(std::borrow::Cow::into_owned),
                });
            }
        })
    }

    /// Joins the pieces of curves. Of a piece that lies across the end, all samples that were
    /// taken before it are given.
    fn curves(
        &self,
        stretch: &Stretch,
        bed: i64,
        span: (i64, i64),
        curves: &mut BTreeMap<Metric, Vec<Curve>>,
    ) -> Result<(), StoreError> {
        let mut open: BTreeMap<Metric, Curve> = BTreeMap::new();
        let arrived = (span.0, span.1.saturating_add(nanoseconds(LONGEST)));
        self.each(stretch, Kind::Waveform, bed, arrived, |row| {
            let Fact::Waveform {
                source,
                metric,
                sample_period,
                scale,
                samples,
            } = row.fact
            else {
                return;
            };
            let Some(metric) = Metric::from_name(&metric) else {
                return;
            };
            if sample_period.is_zero() || samples.is_empty() {
                return;
            }
            let end = stretch.wall(nanoseconds(source.received.since_start()));
            let samples = samples.iter().map(|count| f64::from(*count) * scale);
            let known = open.get_mut(&metric);
            if let Some(known) =
                known.filter(|known| known.goes_on(sample_period, samples.len(), end))
            {
                known.samples.extend(samples);
                return;
            }
            let last = i64::try_from(samples.len() - 1).unwrap_or(i64::MAX);
            let long = nanoseconds(sample_period).saturating_mul(last);
            let piece = Curve {
                from: wall_time(end.saturating_sub(long)),
                sample_period,
                samples: samples.collect(),
            };
            if let Some(over) = open.insert(metric, piece) {
                curves.entry(metric).or_default().extend(over.cut(span));
            }
        })?;
        for (metric, last) in open {
            curves.entry(metric).or_default().extend(last.cut(span));
        }
        curves.retain(|_, parts| !parts.is_empty());
        Ok(())
    }
}

/// A piece of a curve is no longer than this.
const LONGEST: Duration = Duration::from_secs(5);

impl Curve {
    /// Tells whether so many more samples, of which the last arrived at `end`, follow on these.
    fn goes_on(&self, sample_period: Duration, count: usize, end: i64) -> bool {
        let expected = self.at(self.samples.len() + count - 1);
        sample_period == self.sample_period
            && expected.abs_diff(end) <= nanoseconds(JITTER).unsigned_abs()
    }

    /// Returns when a sample was taken, nanoseconds since 1970.
    fn at(&self, nth: usize) -> i64 {
        let nth = i64::try_from(nth).unwrap_or(i64::MAX);
        let since = nanoseconds(self.sample_period).saturating_mul(nth);
        wall_ns(self.from).saturating_add(since)
    }

    /// Returns those samples that lie in this time.
    fn cut(mut self, (from, to): (i64, i64)) -> Option<Self> {
        let count = self.samples.len();
        let first = (0..count).find(|nth| self.at(*nth) >= from)?;
        let end = (first..count)
            .find(|nth| self.at(*nth) >= to)
            .unwrap_or(count);
        self.samples.truncate(end);
        self.samples.drain(..first);
        self.from = wall_time(self.at(first));
        (!self.samples.is_empty()).then_some(self)
    }
}
