//! The completeness receipt: what the record of a session has, and what it has not and why.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::{Cadence, Measured, Metric, MonoTime, Reading};

use crate::facts::{AlarmEpisode, CuffInterval, CuffTimes, Fact, SessionFacts};
use crate::flow_sheet::CUFF_GRACE;
use crate::median::median;
use crate::{Chart, Pressure};

/// What there is of a session, and what there is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// Each metric that the bed has a device for, as far as one comes regularly.
    pub metrics: Vec<Completeness>,
    /// Times without a metric, in order.
    pub gaps: Vec<Gap>,
    /// The alarms that called.
    pub alarms: Vec<AlarmEpisode>,
    /// How long it took in the middle until somebody answered, of those that were answered.
    pub median_response: Option<Duration>,
}

/// How much of what was to be expected of a metric there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completeness {
    /// Which; of a cuff the systolic pressure stands for all of a determination.
    pub metric: Metric,
    /// In how many periods there is a valid value; of a cuff, in how many intervals a reading.
    pub valid: u64,
    /// How many were to be expected: one in each period, of a cuff one in each interval; nothing
    /// where nobody knows how often its device tells.
    pub expected: Option<u64>,
}

impl Completeness {
    /// Returns the share, per cent, at most 100; nothing where nothing was to be expected,
    /// or nobody knows how much.
    #[must_use]
    pub fn percent(&self) -> Option<u64> {
        let share = (100 * self.valid).checked_div(self.expected?)?;
        Some(share.min(100))
    }
}

/// A time without a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Without which; of a cuff the systolic pressure.
    pub metric: Metric,
    /// From the last valid value, or the opening of the session.
    pub from: MonoTime,
    /// Until the next one, or the end.
    pub until: MonoTime,
    /// Why.
    pub cause: GapCause,
}

/// Why there is no value. Where more than one holds, the first of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapCause {
    /// Nothing was recorded.
    RecordingStopped,
    /// The device's line was lost.
    LinkLost,
    /// The sensor was off the patient, or not plugged in.
    SensorOff,
    /// The device was there and gave no valid value.
    NotMeasured,
}

impl GapCause {
    /// Every cause.
    pub const ALL: [Self; 4] = [
        Self::RecordingStopped,
        Self::LinkLost,
        Self::SensorOff,
        Self::NotMeasured,
    ];

    /// Returns the name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RecordingStopped => "recording_stopped",
            Self::LinkLost => "link_lost",
            Self::SensorOff => "sensor_off",
            Self::NotMeasured => "not_measured",
        }
    }
}

impl Receipt {
    /// Makes the receipt of a session.
    #[must_use]
    pub fn of(facts: &SessionFacts) -> Self {
        let taken = taken(facts);
        let entries = facts.entries();
        let times = CuffTimes::of(facts, &entries);
        let pressures = facts.pressures();
        let mut metrics: Vec<Completeness> = Vec::new();
        for (metric, times) in &taken {
            let period = period(facts, *metric);
            let span = facts.end().saturating_since(facts.opened);
            metrics.push(Completeness {
                metric: *metric,
                valid: period.map_or(times.len() as u64, |period| {
                    periods(times, facts.opened, period)
                }),
                expected: period.map(|period| whole(span, period)),
            });
        }
        if facts.source(Metric::NibpSystolic).is_some() {
            metrics.push(cuff(&times.intervals(), &pressures));
        }
        let alarms = facts.alarms();
        let mut responses: Vec<Duration> =
            alarms.iter().filter_map(AlarmEpisode::response).collect();
        responses.sort_unstable();
        Self {
            metrics,
            gaps: all_gaps(facts, &taken, (&times, &pressures)),
            median_response: median(&responses),
            alarms,
        }
    }
}

/// Returns the times without a metric, in order.
pub(crate) fn gaps(facts: &SessionFacts) -> Vec<Gap> {
    let entries = facts.entries();
    let times = CuffTimes::of(facts, &entries);
    all_gaps(facts, &taken(facts), (&times, &facts.pressures()))
}

/// Returns when each valid value of the regular metrics was taken.
fn taken(facts: &SessionFacts) -> BTreeMap<Metric, Vec<MonoTime>> {
    let regular = |metric: &&Metric| metric.cadence() == Cadence::Continuous;
    let metrics = facts.sources.metrics.keys().filter(regular);
    let mut taken: BTreeMap<Metric, Vec<MonoTime>> =
        metrics.map(|metric| (*metric, Vec::new())).collect();
    facts.walk(|at, chart: &Chart| {
        for (metric, times) in &mut taken {
            if let Some(value) = chart.numeric(at, *metric)
                && times.last().is_none_or(|last| *last < value.taken)
            {
                times.push(value.taken);
            }
        }
    });
    taken
}

/// Returns how often a metric's device tells, where that is known.
fn period(facts: &SessionFacts, metric: Metric) -> Option<Duration> {
    let device = facts.source(metric);
    let period = device.and_then(|device| facts.sources.devices.get(&device));
    period.copied().filter(|period| !period.is_zero())
}

/// Returns in how many periods since then there is a value: a device that tells three in one second
/// and none in the next has told half.
fn periods(times: &[MonoTime], opened: MonoTime, period: Duration) -> u64 {
    let period_of = |taken: &MonoTime| whole(taken.saturating_since(opened), period);
    let mut periods: Vec<u64> = times.iter().map(period_of).collect();
    periods.dedup();
    periods.len() as u64
}

/// Returns how many whole periods a time has; none of no length.
fn whole(span: Duration, period: Duration) -> u64 {
    let count = span.as_nanos().checked_div(period.as_nanos()).unwrap_or(0);
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Counts the whole intervals, and those that have a reading: one in time, or late by no more than
/// the grace. No reading stands for two.
fn cuff(intervals: &[CuffInterval], pressures: &[Pressure]) -> Completeness {
    let mut readings = pressures.iter().map(|one| one.taken).peekable();
    let (mut valid, mut expected) = (0, 0);
    for interval in intervals.iter().filter(|one| one.is_whole()) {
        while readings.next_if(|taken| *taken < interval.from).is_some() {}
        let until = interval.until + CUFF_GRACE;
        expected += 1;
        valid += u64::from(readings.next_if(|taken| *taken < until).is_some());
    }
    Completeness {
        metric: Metric::NibpSystolic,
        valid,
        expected: Some(expected),
    }
}

fn all_gaps(
    facts: &SessionFacts,
    taken: &BTreeMap<Metric, Vec<MonoTime>>,
    (times, pressures): (&CuffTimes<'_>, &[Pressure]),
) -> Vec<Gap> {
    let chart = facts.chart();
    let mut gaps = Vec::new();
    for (metric, taken) in taken {
        let least = chart.counts_for(*metric);
        let is_gap = |from, until: MonoTime| until.saturating_since(from) > least;
        gaps.extend(gaps_between(facts, *metric, taken, is_gap));
    }
    if facts.source(Metric::NibpSystolic).is_some() {
        let readings: Vec<_> = pressures.iter().map(|one| one.taken).collect();
        let is_gap = |from, until| {
            let due = times.due(from);
            due.is_some_and(|due| until > due + CUFF_GRACE)
        };
        gaps.extend(gaps_between(facts, Metric::NibpSystolic, &readings, is_gap));
    }
    gaps.sort_by_key(|gap| (gap.from, gap.metric));
    gaps
}

fn gaps_between(
    facts: &SessionFacts,
    metric: Metric,
    taken: &[MonoTime],
    is_gap: impl Fn(MonoTime, MonoTime) -> bool,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut from = facts.opened;
    for until in taken.iter().copied().chain([facts.end()]) {
        if is_gap(from, until) {
            gaps.push(Gap {
                metric,
                from,
                until,
                cause: cause(facts, metric, from, until),
            });
        }
        from = until;
    }
    gaps
}

/// Returns why a metric has no value between two moments.
fn cause(facts: &SessionFacts, metric: Metric, from: MonoTime, until: MonoTime) -> GapCause {
    let device = facts.source(metric);
    // Both hold until they are told again, so that those of before count as well.
    let (mut recording, mut connected) = (true, true);
    let mut found = GapCause::NotMeasured;
    let before_the_end = facts.facts.iter().take_while(|fact| fact.at() < until);
    for fact in before_the_end {
        let at = fact.at();
        // What held until this fact held in a part of the gap.
        if at > from {
            found = found.min(standing(recording, connected));
        }
        match fact {
            Fact::Recording { running, .. } => recording = *running,
            Fact::Link {
                device: told,
                connected: now,
                ..
            } if Some(*told) == device => connected = *now,
            Fact::Observed(observation)
                if at > from
                    && Some(observation.device) == device
                    && is_off(&observation.reading, metric) =>
            {
                found = found.min(GapCause::SensorOff);
            }
            _ => {}
        }
    }
    found.min(standing(recording, connected))
}

const fn standing(recording: bool, connected: bool) -> GapCause {
    match (recording, connected) {
        (false, _) => GapCause::RecordingStopped,
        (true, false) => GapCause::LinkLost,
        (true, true) => GapCause::NotMeasured,
    }
}

fn is_off(reading: &Reading, metric: Metric) -> bool {
    match reading {
        Reading::Numeric(numeric) => match numeric.measured {
            Measured::Unavailable(why) => numeric.metric == metric && why.is_probe_off(),
            Measured::Valid(_) | Measured::Questionable(_) => false,
        },
        Reading::Cuff(_) | Reading::Waveform(_) => false,
    }
}
