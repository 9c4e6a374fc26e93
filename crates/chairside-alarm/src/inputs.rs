//! What the rules of a bed look at: who has been heard, what was read, what is being held back.

use std::time::Duration;

use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading,
    Unavailable, Value,
};

use crate::features::{BreathSource, Features, Pace, Second};
use crate::hold::{CuffHold, StepHold};
use crate::rules::Rule;
use crate::timer::Supply;
use crate::{
    AirwayRules, AlarmId, Audience, Baseline, BedFailure, Delivery, Holds, PressureBaseline,
    Signal, Sources,
};

mod identity;
mod rates;

pub(crate) use identity::Identity;

use rates::Rates;

/// The tick of the clinical rules: a source faster than this is judged as one of 1 Hz
/// (`docs/alarms.md`, semantics 1 and 12).
const TICK: Duration = Duration::from_secs(1);

/// Missing samples a slow source may have before timers start anew (semantics 12).
const MISSING_SAMPLES_MAX: u32 = 2;

/// A pulse or saturation of this or less is how a monitor says "no signal" (semantics 3).
const NO_SIGNAL_MAX: f64 = 1.0;

/// What has just happened, as rules are told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a> {
    /// A frame of this device.
    Frame(DeviceId),
    /// A reading of a continuous signal.
    Sample(Sample),
    /// News of the cuff.
    Cuff(&'a Cuff),
    /// Something that no reading says.
    Told(Told<'a>),
    /// This device has said who it is.
    Identity(DeviceId),
    /// A dose began or ended.
    Dosing,
    /// Something came on this device's line, whatever it says.
    Heard(DeviceId),
    /// A second has ended: what is judged second by second is judged now.
    Second,
}

/// What somebody else than a device says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told<'a> {
    /// The record is being written.
    Recording(bool),
    /// A person says that the devices that answer now belong where they are.
    Confirmed,
    /// A treatment session is open.
    Session(bool),
    /// Whether the alarms can be heard somewhere, and why not.
    Audience(Audience<'a>),
    /// Whether every alarm has reached somebody, and why not.
    Delivered(Delivery<'a>),
    /// The bed's machine failed.
    BedFailed(BedFailure),
    /// A person calls others to the bed.
    Called {
        /// Which call it is.
        id: AlarmId,
        /// The person, by id.
        by: &'a str,
        /// The alarm it is about.
        about: Option<AlarmId>,
    },
    /// A person has answered this call.
    Answered(AlarmId),
}

/// A reading of a continuous signal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) signal: Signal,
    pub(crate) metric: Metric,
    pub(crate) measured: Measured,
    pub(crate) withheld: Option<Withheld>,
}

/// Why a reading is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withheld {
    /// A jump: limits do not see the number yet.
    Step,
    /// The cuff is squeezing the limb: no rule sees what the oximeter says.
    Cuff,
}

/// One device, as far as its frames tell.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    /// The nominal period of its numerics, at least a tick.
    pub(crate) period: Duration,
    pub(crate) last_frame: Option<MonoTime>,
    resumed: MonoTime,
    pub(crate) identity: Identity,
}

/// The dose that was last begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dose {
    /// It runs since then.
    Running(MonoTime),
    /// It ended then.
    Ended(MonoTime),
}

/// A continuous signal of the bed.
#[derive(Clone, Copy, Debug)]
struct Channel {
    metric: Metric,
    device: usize,
}

/// Which alarms are present: a set by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AlarmSet(u64);

impl AlarmSet {
    pub(crate) fn of(ids: impl IntoIterator<Item = AlarmId>) -> Self {
        let mut set = Self::default();
        for id in ids {
            set.set(id, true);
        }
        set
    }

    pub(crate) const fn set(&mut self, id: AlarmId, present: bool) {
        let bit = 1 << id as u32;
        if present {
            self.0 |= bit;
        } else {
            self.0 &= !bit;
        }
    }

    pub(crate) const fn has(self, id: AlarmId) -> bool {
        self.0 & (1 << id as u32) != 0
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Everything that rules may look at.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// When the bed began to be monitored, in this run of the service or an earlier one.
    pub(crate) began: MonoTime,
    /// When the engine began to look.
    pub(crate) started: MonoTime,
    pub(crate) devices: Vec<Device>,
    pub(crate) baseline: Option<Baseline>,
    /// When a dose last began or ended.
    pub(crate) dose: Option<Dose>,
    /// The latest cuff reading.
    pub(crate) reading: Option<CuffReading>,
    /// Kept up to date while the rules are judged one by one, in the order of [`AlarmId`].
    pub(crate) present: AlarmSet,
    /// The rules that are switched off: their conditions are never present.
    pub(crate) off: AlarmSet,
    pub(crate) cuff_hold: CuffHold,
    channels: [Option<Channel>; Signal::COUNT],
    rates: Option<Rates>,
    curve: Option<usize>,
    cuff: Option<usize>,
    features: Option<Features>,
    step: StepHold,
    gap_tolerance: Duration,
    /// Whether a session is open, as far as somebody has said.
    session: Option<bool>,
    /// When one last opened or closed.
    session_since: Option<MonoTime>,
}

impl Inputs {
    pub(crate) fn new(sources: &Sources, holds: &Holds, now: MonoTime) -> Self {
        let devices: Vec<Device> = sources
            .devices
            .iter()
            .map(|(id, period)| Device {
                id: *id,
                period: (*period).max(TICK),
                last_frame: None,
                resumed: now,
                identity: Identity::default(),
            })
            .collect();
        let place = |metric| {
            let device = sources.metrics.get(&metric)?;
            devices.iter().position(|known| known.id == *device)
        };
        let channel = |metric| place(metric).map(|device| Channel { metric, device });
        let has_co2 = place(Metric::EtCO2)
            .or_else(|| place(Metric::Co2))
            .is_some();
        let rates = channel(Metric::HeartRate).zip(channel(Metric::PulseRate));
        Self {
            began: now,
            started: now,
            baseline: None,
            dose: None,
            reading: None,
            present: AlarmSet::default(),
            off: AlarmSet::default(),
            cuff_hold: CuffHold::new(holds),
            channels: Signal::ALL.map(|signal| match signal {
                Signal::HeartRate => {
                    channel(Metric::HeartRate).or_else(|| channel(Metric::PulseRate))
                }
                Signal::SpO2 => channel(Metric::SpO2),
                // A rate by movements of the chest is better than none where nobody sees CO2.
                Signal::RespirationRate => channel(Metric::RespirationRate)
                    .or_else(|| channel(Metric::EffortRate).filter(|_| !has_co2)),
                Signal::EtCO2 => channel(Metric::EtCO2),
                Signal::EffortRate => channel(Metric::EffortRate),
                Signal::PerfusionIndex => channel(Metric::PerfusionIndex),
            }),
            rates: rates.map(|(ecg, pulse)| Rates::new(ecg, pulse, now)),
            curve: place(Metric::Co2),
            features: None,
            cuff: place(Metric::NibpSystolic)
                .or_else(|| place(Metric::NibpMean))
                .or_else(|| place(Metric::NibpDiastolic)),
            step: StepHold::new(holds),
            gap_tolerance: holds.gap_tolerance,
            session: None,
            session_since: None,
            devices,
        }
    }

    /// Returns how long a source of one value a second may be silent as if nothing had been.
    pub(crate) const fn gap_tolerance(&self) -> Duration {
        self.gap_tolerance
    }

    /// Takes whether the rule's condition is present.
    pub(crate) fn set_present(&mut self, rule: &dyn Rule) {
        let present = rule.causes() != 0 && !self.off.has(rule.id());
        self.present.set(rule.id(), present);
    }

    /// Returns the metric a signal is read from, if the bed has one.
    pub(crate) fn metric(&self, signal: Signal) -> Option<Metric> {
        self.channel(signal).map(|channel| channel.metric)
    }

    /// Returns the device a signal is read from, if the bed has one.
    pub(crate) fn device(&self, signal: Signal) -> Option<&Device> {
        self.channel(signal)
            .map(|channel| &self.devices[channel.device])
    }

    /// Returns the device whose CO2 is judged: the curve's, where there is one now.
    pub(crate) fn co2_device(&self) -> Option<&Device> {
        let numerics = self.device(Signal::EtCO2);
        let curve = self.curve.map(|device| &self.devices[device]);
        let on_curve = self
            .features
            .as_ref()
            .and_then(|features| features.second().breaths)
            .is_some_and(|breaths| breaths.source == BreathSource::Curve);
        if on_curve {
            curve.or(numerics)
        } else {
            numerics.or(curve)
        }
    }

    /// Returns how what is known of breaths reaches the rules about them.
    pub(crate) fn co2_supply(&self) -> Option<Supply> {
        self.co2_device().map(|device| self.link(device))
    }

    /// Begins to work out the features, for rules that look at them.
    pub(crate) fn watch_features(&mut self, rules: &AirwayRules) {
        let pace = |device: usize| {
            let device = &self.devices[device];
            Pace {
                period: device.period,
                spacing_max: self.link(device).spacing_max,
            }
        };
        let features = Features::new(
            rules,
            |signal| {
                let sources = [self.channel(signal).copied(), self.stand_in(signal)];
                let paces = sources
                    .into_iter()
                    .flatten()
                    .map(|channel| pace(channel.device));
                paces.max_by_key(|pace| pace.period)
            },
            self.curve.map(pace),
            self.started,
        );
        self.features = Some(features);
    }

    /// Returns the features.
    ///
    /// # Panics
    ///
    /// When no rule that looks at them is built.
    pub(crate) fn features(&self) -> &Features {
        let features = self.features.as_ref();
        features.expect("features are watched where a rule looks at them")
    }

    /// Returns the features of the last second.
    pub(crate) fn second(&self) -> &Second {
        self.features().second()
    }

    /// Returns the age of the oldest frame that anything of the airway is drawn from: a device
    /// that has fallen silent altogether counts as missing and not as old. Nothing when all have.
    pub(crate) fn oldest_news(&self, now: MonoTime) -> Option<Duration> {
        let sources = [
            self.device(Signal::SpO2),
            self.device(Signal::HeartRate),
            self.device(Signal::EffortRate),
            self.co2_device(),
        ];
        let ages = sources.into_iter().flatten().filter_map(|device| {
            let age = now.saturating_since(device.last_frame?);
            (age <= self.link(device).spacing_max).then_some(age)
        });
        ages.max()
    }

    /// Tells whether breathing or saturation are not as they were.
    pub(crate) fn is_suspect(&self) -> bool {
        let features = self.features.as_ref();
        features.is_some_and(|features| features.second().suspect)
    }

    /// Returns when the next second ends, where somebody looks at seconds.
    pub(crate) fn next_second(&self) -> Option<MonoTime> {
        self.features.as_ref().map(Features::next)
    }

    /// Ends the next second.
    pub(crate) fn end_second(&mut self) {
        if let Some(features) = &mut self.features {
            features.end_second(self.baseline.as_ref());
        }
    }

    /// Leaves out the seconds of a very long time in which nothing was heard.
    pub(crate) fn skip_seconds(&mut self, now: MonoTime) {
        if let Some(features) = &mut self.features {
            features.skip_to(now);
        }
    }

    pub(crate) fn cuff_device(&self) -> Option<&Device> {
        self.cuff.map(|device| &self.devices[device])
    }

    /// Returns how the samples of a signal reach the limits.
    ///
    /// # Panics
    ///
    /// When the bed has no such signal: its rules are not built then.
    pub(crate) fn supply(&self, signal: Signal) -> Supply {
        let channel = self
            .channel(signal)
            .expect("a rule is only built for a signal that is there");
        let step = match signal {
            Signal::SpO2 => self.step.until(),
            _ => None,
        };
        Supply {
            held_until: step.max(self.cuff_hold_of(channel.metric)),
            ..self.link(&self.devices[channel.device])
        }
    }

    /// Returns how the oximeter's readings reach the rules about the oximeter itself: a suspicious
    /// number is still a number.
    pub(crate) fn oximeter_supply(&self) -> Supply {
        Supply {
            held_until: self.cuff_hold_of(Metric::SpO2),
            ..self.supply(Signal::SpO2)
        }
    }

    /// Returns how the frames of a device come.
    pub(crate) fn link(&self, device: &Device) -> Supply {
        let ripens_within = self.missing_max(device) + device.period;
        Supply {
            silent_from: device.last_frame.map(|last| last + device.period),
            resumed: device.resumed,
            ripens_within,
            // Half a period for a sample that comes late.
            spacing_max: ripens_within + device.period / 2,
            held_until: None,
            anew_from: device.identity.since.max(self.session_since),
        }
    }

    /// Returns the patient's cuff pressure before the session, if it is known.
    pub(crate) fn pressure_baseline(&self) -> Option<PressureBaseline> {
        self.baseline.and_then(|baseline| baseline.pressure)
    }

    /// Takes whether a dose runs; tells whether it begins or ends with that.
    pub(crate) fn dosing(&mut self, now: MonoTime, running: bool) -> bool {
        let dose = match (self.dose, running) {
            (None | Some(Dose::Ended(_)), true) => Dose::Running(now),
            (Some(Dose::Running(_)), false) => Dose::Ended(now),
            (Some(Dose::Running(_)), true) | (None | Some(Dose::Ended(_)), false) => return false,
        };
        self.dose = Some(dose);
        true
    }

    /// Takes a frame of a device; tells whether that is news: the device is one of this bed's, and
    /// no other frame of this moment was told.
    pub(crate) fn frame(&mut self, now: MonoTime, id: DeviceId) -> bool {
        let Some(device) = self.devices.iter_mut().find(|known| known.id == id) else {
            return false;
        };
        if device.last_frame == Some(now) {
            return false;
        }
        let silent = device
            .last_frame
            .is_none_or(|last| now > last + device.period);
        if silent {
            device.resumed = now;
        }
        device.last_frame = Some(now);
        true
    }

    /// Takes a reading and returns what the rules are to be told of it: nothing when it is not
    /// from the source of its metric.
    pub(crate) fn observed<'a>(
        &mut self,
        now: MonoTime,
        observation: &'a Observation,
    ) -> Option<Event<'a>> {
        if self.is_of_before(now, &observation.reading) {
            return None;
        }
        match &observation.reading {
            Reading::Numeric(numeric) => self.numeric(now, numeric, observation.device),
            Reading::Cuff(cuff) => {
                if self.cuff_device()?.id != observation.device {
                    return None;
                }
                if let Cuff::Completed(reading) = cuff {
                    let since = self.cuff_device()?.identity.since;
                    // Kept by another device from before it came here: of nobody knows whom.
                    if since.is_some_and(|since| reading.taken < since) {
                        return None;
                    }
                    self.reading = Some(*reading);
                }
                Some(Event::Cuff(cuff))
            }
            Reading::Waveform(run) => {
                let source = self.devices.get(self.curve?)?;
                if run.metric == Metric::Co2
                    && source.id == observation.device
                    && let Some(features) = &mut self.features
                {
                    features.curve(now, run);
                }
                None
            }
        }
    }

    fn numeric<'a>(
        &mut self,
        now: MonoTime,
        numeric: &Numeric,
        device: DeviceId,
    ) -> Option<Event<'a>> {
        let measured = with_signal(numeric.metric, numeric.measured);
        self.choose_rate(now, numeric.metric, measured);
        let mut sample = None;
        for signal in Signal::ALL {
            if !self.is_read_from(signal, numeric.metric, device) {
                continue;
            }
            let withheld = match (signal, measured) {
                _ if self.cuff_holds(now, numeric.metric) => Some(Withheld::Cuff),
                (Signal::SpO2, Measured::Valid(value)) => {
                    self.step.withholds(now, value).then_some(Withheld::Step)
                }
                _ => None,
            };
            if let Some(features) = &mut self.features {
                features.sample(now, signal, measured, withheld.is_none());
            }
            // Movements of the chest may stand for breaths as well; nobody is told of them twice.
            sample.get_or_insert(Sample {
                signal,
                metric: numeric.metric,
                measured,
                withheld,
            });
        }
        sample.map(Event::Sample)
    }

    fn channel(&self, signal: Signal) -> Option<&Channel> {
        self.channels[signal as usize].as_ref()
    }

    fn is_read_from(&self, signal: Signal, metric: Metric, device: DeviceId) -> bool {
        self.channel(signal).is_some_and(|channel| {
            channel.metric == metric && self.devices[channel.device].id == device
        })
    }

    /// Tells whether a jump of the saturation is being held back.
    pub(crate) fn step_holds(&self, now: MonoTime) -> bool {
        self.step.holds(now)
    }

    /// The cuff stops what the oximeter measures, not what the ECG counts.
    fn cuff_hold_of(&self, metric: Metric) -> Option<MonoTime> {
        match metric {
            Metric::SpO2 | Metric::PulseRate | Metric::PerfusionIndex => self.cuff_hold.until(),
            _ => None,
        }
    }

    /// Tells whether the cuff is keeping what the oximeter says of a metric from the rules.
    pub(crate) fn cuff_holds(&self, now: MonoTime, metric: Metric) -> bool {
        self.cuff_hold_of(metric).is_some_and(|end| now < end)
    }

    /// Returns how long samples may be missing and leave timers running.
    fn missing_max(&self, device: &Device) -> Duration {
        if device.period > TICK {
            self.gap_tolerance.max(device.period * MISSING_SAMPLES_MAX)
        } else {
            self.gap_tolerance
        }
    }
}

/// A pulse or saturation of 0 or 1 is a missing sample. An ECG rate of 0 is a number: nothing
/// else says that the heart stands still.
fn with_signal(metric: Metric, measured: Measured) -> Measured {
    let none = |value: Value| value.number() <= NO_SIGNAL_MAX;
    match (metric, measured) {
        (Metric::SpO2 | Metric::PulseRate, Measured::Valid(value)) if none(value) => {
            Measured::Unavailable(Unavailable::NoReading)
        }
        _ => measured,
    }
}
