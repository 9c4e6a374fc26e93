//! What the devices said in a run, and when which alarm was present: what conditions are held
//! against.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::{
    AlarmId, AlarmProfile, LimitSide, ProfileParts, Signal, SuspensionKind, ThresholdRule,
};
use chairside_model::{Cuff, DeviceId, Measured, Metric, MonoTime, Observation, Reading};

use crate::program::{BELT, CAPNOGRAPH, MONITOR, OXIMETER, Run, What};

pub(crate) type Samples = Vec<(MonoTime, Measured)>;

/// Everything of a run that conditions depend on, by its kind.
pub(crate) struct Chart<'a> {
    pub(crate) run: &'a Run,
    samples: BTreeMap<Metric, Samples>,
    frames: BTreeMap<DeviceId, Vec<MonoTime>>,
    pub(crate) cuff: Vec<(MonoTime, Cuff)>,
    /// When a session opened or closed.
    turns: Vec<MonoTime>,
    /// When another device than just before said who it is, or another patient came.
    swaps: BTreeMap<DeviceId, Vec<MonoTime>>,
    /// When cuff and probe were said to share a limb.
    same_limb: Vec<(MonoTime, bool)>,
    present: BTreeMap<AlarmId, Vec<(MonoTime, bool)>>,
    off: BTreeMap<AlarmId, Vec<(MonoTime, bool)>>,
    /// When the ECG last gave a rate.
    ecg_gave: MonoTime,
    /// The moments at which the pulse stood in for the ECG's rate: its numbers are among those of
    /// the heart rate then.
    stood_in: BTreeSet<MonoTime>,
}

/// A limit of a continuous signal, and from what it is judged here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) id: AlarmId,
    pub(crate) metric: Metric,
    pub(crate) device: DeviceId,
}

impl<'a> Chart<'a> {
    pub(crate) fn of(run: &'a Run) -> Self {
        let sources = run.program.equipment.sources();
        let mut chart = Self {
            run,
            samples: BTreeMap::new(),
            frames: sources.devices.keys().map(|id| (*id, Vec::new())).collect(),
            cuff: Vec::new(),
            turns: Vec::new(),
            swaps: BTreeMap::new(),
            same_limb: Vec::new(),
            present: BTreeMap::new(),
            off: BTreeMap::new(),
            ecg_gave: MonoTime::ZERO,
            stood_in: BTreeSet::new(),
        };
        let mut names: BTreeMap<DeviceId, &str> = BTreeMap::new();
        let mut session = false;
        for step in &run.program.steps {
            let at = step.at;
            match &step.what {
                What::Frame(device) => chart.frame(at, *device),
                What::Observed(observation) => {
                    chart.frame(at, observation.device);
                    chart.reading(at, observation, &sources.metrics);
                }
                What::Identity(device, text) => {
                    let before = names.insert(*device, text);
                    if before.is_some_and(|before| before != *text) {
                        chart.swaps.entry(*device).or_default().push(at);
                    }
                }
                What::Session(open) if std::mem::replace(&mut session, *open) != *open => {
                    chart.turns.push(at);
                    for device in sources.devices.keys() {
                        chart.swaps.entry(*device).or_default().push(at);
                    }
                }
                What::SameLimb(same) => chart.same_limb.push((at, *same)),
                _ => {}
            }
        }
        for told in run.told() {
            let present = chart.present.entry(told.id).or_default();
            present.push((told.at, told.present));
        }
        for change in run.records.iter().flat_map(|record| &record.suspended) {
            if change.suspension.kind == SuspensionKind::RuleOff {
                let off = chart.off.entry(change.suspension.id).or_default();
                off.push((change.at, change.ended.is_none()));
            } else if change.ended.is_none() {
                // It takes the place of one that may be there.
                let off = chart.off.entry(change.suspension.id).or_default();
                off.push((change.at, false));
            }
        }
        chart
    }

    fn frame(&mut self, at: MonoTime, device: DeviceId) {
        let frames = self.frames.get_mut(&device).expect("a device of the bed");
        if frames.last() != Some(&at) {
            frames.push(at);
        }
    }

    fn reading(
        &mut self,
        at: MonoTime,
        observation: &Observation,
        metrics: &BTreeMap<Metric, DeviceId>,
    ) {
        match &observation.reading {
            Reading::Numeric(numeric) => {
                if metrics.get(&numeric.metric) == Some(&observation.device) {
                    let samples = self.samples.entry(numeric.metric).or_default();
                    samples.push((at, numeric.measured));
                    self.rate(at, numeric.metric, numeric.measured);
                }
            }
            Reading::Cuff(cuff) => self.cuff.push((at, *cuff)),
            Reading::Waveform(_) => {}
        }
    }

    /// The pulse is the rate when the ECG has given none for too long (semantics 15).
    fn rate(&mut self, at: MonoTime, metric: Metric, measured: Measured) {
        if !self.run.program.equipment.ecg || number(metric, measured).is_none() {
            return;
        }
        if metric == Metric::HeartRate {
            self.ecg_gave = at;
            self.stood_in.remove(&at);
        }
        let gap = gap_of(self.period(MONITOR));
        if metric == Metric::PulseRate && at.saturating_since(self.ecg_gave) > gap {
            self.stood_in.insert(at);
            let rates = self.samples.entry(Metric::HeartRate).or_default();
            rates.push((at, measured));
        }
    }

    /// Returns the limit as it is judged by what came at a moment.
    pub(crate) fn as_of(&self, limit: Limit, at: MonoTime) -> Limit {
        if limit.metric == Metric::HeartRate && self.stood_in.contains(&at) {
            Limit {
                metric: Metric::PulseRate,
                device: OXIMETER,
                ..limit
            }
        } else {
            limit
        }
    }

    pub(crate) fn frames(&self, device: DeviceId) -> &[MonoTime] {
        &self.frames[&device]
    }

    pub(crate) fn devices(&self) -> impl Iterator<Item = DeviceId> {
        self.frames.keys().copied()
    }

    pub(crate) fn period(&self, device: DeviceId) -> Duration {
        self.run.program.equipment.sources().devices[&device]
    }

    pub(crate) fn samples(&self, metric: Metric) -> &[(MonoTime, Measured)] {
        self.samples.get(&metric).map_or(&[], Vec::as_slice)
    }

    /// Returns the numbers of a metric that count, the latest first, from `to` back to `from`:
    /// both are included.
    pub(crate) fn valid_back(
        &self,
        metric: Metric,
        from: MonoTime,
        to: MonoTime,
    ) -> impl Iterator<Item = (MonoTime, f64)> {
        let samples = self.samples(metric);
        let end = samples.partition_point(|(at, _)| *at <= to);
        let back = samples[..end].iter().rev();
        back.take_while(move |(at, _)| *at >= from)
            .filter_map(move |(at, measured)| number(metric, *measured).map(|value| (*at, value)))
    }

    pub(crate) fn any_valid(
        &self,
        metric: Metric,
        (at, seconds): (MonoTime, f64),
        is: impl Fn(f64) -> bool,
    ) -> bool {
        let from = at.saturating_sub(Duration::from_secs_f64(seconds));
        let mut values = self.valid_back(metric, from, at);
        values.any(|(sample, value)| sample > from && is(value))
    }

    /// Tells whether another device answered after `from`, by `to`.
    pub(crate) fn is_swapped(&self, device: DeviceId, from: MonoTime, to: MonoTime) -> bool {
        let swaps = self.swaps.get(&device);
        let mut swaps = swaps.into_iter().flatten();
        swaps.any(|at| from <= *at && *at <= to)
    }

    /// Returns when a session last opened or closed, up to that moment.
    pub(crate) fn turned(&self, at: MonoTime) -> Option<MonoTime> {
        self.turns.iter().copied().rfind(|turn| *turn <= at)
    }

    /// Tells whether a reading that says it was taken then is of the monitor that answers at `at`,
    /// and of its patient.
    pub(crate) fn is_of_this_monitor(&self, taken: MonoTime, at: MonoTime) -> bool {
        let swaps = self.swaps.get(&MONITOR);
        let last = swaps.and_then(|swaps| swaps.iter().rev().find(|swap| **swap <= at));
        // A determination takes 10 s at the least.
        let begun = taken.saturating_sub(Duration::from_secs(10));
        last.is_none_or(|swap| taken >= *swap) && self.turned(at).is_none_or(|turn| begun >= turn)
    }

    /// Tells whether a number of the oximeter can have been held back: generously.
    pub(crate) fn may_be_held(&self, metric: Metric, from: MonoTime, to: MonoTime) -> bool {
        let before = |seconds| from.saturating_sub(Duration::from_secs(seconds));
        let oximeter = [Metric::SpO2, Metric::PulseRate, Metric::PerfusionIndex];
        let begins = |(at, cuff): &(MonoTime, Cuff)| {
            matches!(cuff, Cuff::Measuring) && before(75) <= *at && *at <= to
        };
        let shares = self.same_limb.iter().any(|(at, same)| *same && *at <= to);
        if oximeter.contains(&metric) && shares && self.cuff.iter().any(begins) {
            return true;
        }
        if metric != Metric::SpO2 {
            return false;
        }
        let values: Vec<(MonoTime, f64)> = self.valid_back(metric, before(25), to).collect();
        values.iter().enumerate().any(|(place, (at, value))| {
            let earlier = values[place..].iter();
            let mut near = earlier
                .take_while(|(other, _)| at.saturating_since(*other) <= Duration::from_secs(20));
            near.any(|(_, other)| (value - other).abs() >= 8.0)
        })
    }

    /// Tells whether an alarm is present at the end of a moment.
    pub(crate) fn is_present(&self, id: AlarmId, moment: MonoTime) -> bool {
        last(self.present.get(&id), moment)
    }

    /// Tells whether a rule is off at some time from `from` on, by `to`.
    pub(crate) fn is_off(&self, id: AlarmId, from: MonoTime, to: MonoTime) -> bool {
        let changes = self.off.get(&id);
        let within = |(at, _): &(MonoTime, bool)| from <= *at && *at <= to;
        last(changes, from) || changes.into_iter().flatten().any(within)
    }

    /// Returns the limits of continuous signals that the bed has a source for.
    pub(crate) fn limits(&self) -> Vec<Limit> {
        let has = self.run.program.equipment;
        let rate = if has.ecg {
            (Metric::HeartRate, MONITOR)
        } else {
            (Metric::PulseRate, OXIMETER)
        };
        let rules = &self.run.limits[0].1.parts().thresholds;
        let limits = rules.iter().filter_map(|rule| {
            let (metric, device) = match rule.signal {
                Signal::HeartRate => rate,
                Signal::SpO2 => (Metric::SpO2, OXIMETER),
                Signal::RespirationRate if has.capnograph => (Metric::RespirationRate, CAPNOGRAPH),
                Signal::RespirationRate if has.belt => (Metric::EffortRate, BELT),
                Signal::EtCO2 if has.capnograph => (Metric::EtCO2, CAPNOGRAPH),
                _ => return None,
            };
            let id = rule.id;
            Some(Limit { id, metric, device })
        });
        let weak = Limit {
            id: AlarmId::Spo2LowPerfusion,
            metric: Metric::PerfusionIndex,
            device: OXIMETER,
        };
        limits.chain([weak]).collect()
    }

    /// Returns the limits in force at a moment: of what came before a change of that very moment,
    /// and of what came after it.
    pub(crate) fn in_force(&self, moment: MonoTime) -> impl Iterator<Item = &'a AlarmProfile> {
        let limits = &self.run.limits;
        let before = limits.partition_point(|(from, _)| *from < moment);
        let after = limits.partition_point(|(from, _)| *from <= moment);
        limits[before.saturating_sub(1)..after]
            .iter()
            .map(|(_, profile)| profile)
    }

    pub(crate) fn parts(&self, moment: MonoTime) -> &'a ProfileParts {
        let last = self.in_force(moment).last();
        last.expect("limits are in force from the start").parts()
    }
}

impl Limit {
    /// Returns how long it must be violated. A source that is slower decides at once.
    pub(crate) fn delay(self, parts: &ProfileParts, period: Duration) -> Duration {
        let delay = match self.rule(parts) {
            Some(rule) => rule.delay,
            None => Duration::from_secs(30),
        };
        if period > delay {
            Duration::ZERO
        } else {
            delay
        }
    }

    pub(crate) fn is_violated(self, parts: &ProfileParts, value: f64) -> bool {
        match self.rule(parts) {
            Some(rule) if rule.side == LimitSide::High => value > rule.trip.number(),
            Some(rule) => value < rule.trip.number(),
            None => value < 0.3,
        }
    }

    pub(crate) const fn is_of_breathing(self) -> bool {
        matches!(
            self.id,
            AlarmId::RrLow | AlarmId::RrHigh | AlarmId::Etco2High
        )
    }

    fn rule(self, parts: &ProfileParts) -> Option<&ThresholdRule> {
        parts.thresholds.iter().find(|rule| rule.id == self.id)
    }
}

/// Returns how far two numbers of a source may lie apart (semantics 2 and 12).
pub(crate) fn gap_of(period: Duration) -> Duration {
    (period * 2).max(Duration::from_secs(2)) + period * 3 / 2
}

fn last(changes: Option<&Vec<(MonoTime, bool)>>, moment: MonoTime) -> bool {
    let before = changes.and_then(|changes| changes.iter().rev().find(|(at, _)| *at <= moment));
    before.is_some_and(|(_, is)| *is)
}

/// A number that the device stands by. A saturation or a pulse of 0 or 1 says "no signal", and no
/// breath where a capnograph is is for the CO2 to say (semantics 3 and 5).
fn number(metric: Metric, measured: Measured) -> Option<f64> {
    let value = measured.valid()?.number();
    let is_one = match metric {
        Metric::SpO2 | Metric::PulseRate => value > 1.0,
        Metric::RespirationRate => value > 0.0,
        _ => true,
    };
    is_one.then_some(value)
}
