//! Values in steps of time.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::Metric;
use chrono::{DateTime, Utc};

use super::{CuffTaken, History, Missing, Stretch, late, wall_ns};
use crate::error::StoreError;
use crate::kind::Kind;
use crate::row::nanoseconds;

/// The longest time from the measurement of a value that comes by itself to its record: it waits
/// for the line to be trusted, and a device averages for some seconds.
const ARRIVES_WITHIN: Duration = Duration::from_mins(1);

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct TrendQuestion<'a> {
    /// The configured id of the bed.
    pub bed: &'a str,
    /// The configured names of its devices.
    pub devices: &'a [String],
    /// When the first step begins.
    pub from: DateTime<Utc>,
    /// How long each step is.
    pub step: Duration,
    /// How many there are.
    pub steps: usize,
    /// The present moment: the newest run reaches to it.
    pub now: DateTime<Utc>,
    /// Whether records reach the disk at present.
    pub recording: bool,
}

/// Values in steps of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trend {
    /// Each metric of which anything was recorded, with all its steps.
    pub metrics: BTreeMap<Metric, Vec<Option<InStep>>>,
    /// When nothing could be there, and why.
    pub missing: Vec<Missing>,
    /// Cuff pressures with their own times.
    pub cuffs: Vec<CuffTaken>,
}

/// The valid values that were measured within one step, in the metric's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InStep {
    /// The last of them.
    pub last: f64,
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// When the last was measured, on the wall clock.
    taken: i64,
}

/// The steps of a question, in nanoseconds.
#[derive(Clone, Copy, Debug)]
struct Steps {
    from: i64,
    step: i64,
    count: usize,
}

impl History {
    /// Returns the values of a bed in steps of time.
    ///
    /// A value stands in the step in which it was measured and in no other, and only when it was
    /// valid: nothing is carried over or filled in.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub fn trend(&self, question: &TrendQuestion<'_>) -> Result<Trend, StoreError> {
        let stretches = self.stretches()?;
        let bed = self.bed(question.bed)?;
        let steps = Steps {
            from: wall_ns(question.from),
            step: nanoseconds(question.step).max(1),
            count: question.steps,
        };
        let span = (steps.from, steps.end());
        let mut metrics = BTreeMap::new();
        for stretch in stretches
            .iter()
            .filter(|one| one.meets(span.0, late(span.1)))
        {
            self.continuous(stretch, bed, steps, &mut metrics)?;
            self.aperiodic(stretch, bed, steps, &mut metrics)?;
        }
        Ok(Trend {
            metrics,
            missing: self.missing(&stretches, bed, question, span)?,
            cuffs: self.cuffs(&stretches, bed, span)?,
        })
    }

    /// Reads what is recorded soon after it was measured.
    fn continuous(
        &self,
        stretch: &Stretch,
        bed: i64,
        steps: Steps,
        metrics: &mut BTreeMap<Metric, Vec<Option<InStep>>>,
    ) -> Result<(), StoreError> {
        let end = arrived(steps.end());
        let query = "SELECT taken_ns, metric, validity, value FROM numeric \
                     WHERE seq > ?1 AND seq <= ?2 AND bed = ?3 ORDER BY seq";
        self.take(query, stretch, bed, steps, end, metrics)
    }

    /// Reads what a monitor may have kept. What `continuous` has read already changes nothing.
    fn aperiodic(
        &self,
        stretch: &Stretch,
        bed: i64,
        steps: Steps,
        metrics: &mut BTreeMap<Metric, Vec<Option<InStep>>>,
    ) -> Result<(), StoreError> {
        // The words of the index of migration 0004, by which it is found.
        let query = "SELECT taken_ns, metric, validity, value FROM numeric \
                     INDEXED BY numeric_aperiodic \
                     WHERE seq > ?1 AND seq <= ?2 AND bed = ?3 AND metric IN ( \
                     'NibpSystolic', 'NibpDiastolic', 'NibpMean', 'NibpPulseRate', 'Temperature') \
                     ORDER BY seq";
        self.take(query, stretch, bed, steps, late(steps.end()), metrics)
    }

    fn take(
        &self,
        query: &str,
        stretch: &Stretch,
        bed: i64,
        steps: Steps,
        end: i64,
        metrics: &mut BTreeMap<Metric, Vec<Option<InStep>>>,
    ) -> Result<(), StoreError> {
        let after = self.seq_before(stretch, Kind::Numeric, steps.from)?;
        let last = self.seq_before(stretch, Kind::Numeric, end)?;
        let mut statement = self.reader.connection.prepare_cached(query)?;
        let mut rows = statement.query([after, last, bed])?;
        while let Some(row) = rows.next()? {
            self.given_up.check()?;
            let taken = stretch.wall(row.get(0)?);
            let Some(step) = steps.of(taken) else {
                continue;
            };
            let metric = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            // A metric of a newer program is not drawn by this one.
            let Some(metric) = Metric::from_name(metric) else {
                continue;
            };
            let series = metrics
                .entry(metric)
                .or_insert_with(|| vec![None; steps.count]);
            let validity = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            let value: Option<f64> = row.get(3)?;
            if let (true, Some(value), Some(slot)) =
                (validity == "valid", value, series.get_mut(step))
            {
                InStep::put(slot, taken, value);
            }
        }
        Ok(())
    }
}

/// Returns the end of what is recorded by itself of what was measured before `to`.
pub(super) fn arrived(to: i64) -> i64 {
    to.saturating_add(nanoseconds(ARRIVES_WITHIN))
}

impl InStep {
    fn put(slot: &mut Option<Self>, taken: i64, value: f64) {
        let Some(known) = slot else {
            *slot = Some(Self {
                last: value,
                low: value,
                high: value,
                taken,
            });
            return;
        };
        known.low = known.low.min(value);
        known.high = known.high.max(value);
        // Of two at the same moment the one that was recorded later counts.
        if taken >= known.taken {
            known.last = value;
            known.taken = taken;
        }
    }
}

impl Steps {
    fn end(self) -> i64 {
        let count = i64::try_from(self.count).unwrap_or(i64::MAX);
        self.from.saturating_add(self.step.saturating_mul(count))
    }

    /// Returns the step that a moment is in.
    fn of(self, wall: i64) -> Option<usize> {
        let since = wall.checked_sub(self.from).filter(|since| *since >= 0)?;
        let step = usize::try_from(since / self.step).ok()?;
        (step < self.count).then_some(step)
    }
}
