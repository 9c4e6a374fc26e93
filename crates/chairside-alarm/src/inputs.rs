//! What the rules of a bed look at: who has been heard, what was read, what is being held back.

use std::time::Duration;

use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Observation, Reading, Unavailable,
    Value,
};

use crate::hold::{CuffHold, StepHold};
use crate::timer::Supply;
use crate::{AlarmId, Holds, PressureBaseline, Signal, Sources};

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
    /// The record has stopped or goes on.
    Recording(bool),
    /// A dose began or ended.
    Dosing(bool),
}

/// A reading of a continuous signal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) signal: Signal,
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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    /// The nominal period of its numerics, at least a tick.
    pub(crate) period: Duration,
    pub(crate) last_frame: Option<MonoTime>,
    resumed: MonoTime,
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
    pub(crate) started: MonoTime,
    pub(crate) devices: Vec<Device>,
    pub(crate) baseline: Option<PressureBaseline>,
    /// The latest cuff reading.
    pub(crate) reading: Option<CuffReading>,
    /// Kept up to date while the rules are judged one by one, in the order of [`AlarmId`].
    pub(crate) present: AlarmSet,
    pub(crate) cuff_hold: CuffHold,
    rate: Option<Channel>,
    saturation: Option<Channel>,
    cuff: Option<usize>,
    step: StepHold,
    gap_tolerance: Duration,
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
            })
            .collect();
        let place = |metric| {
            let device = sources.metrics.get(&metric)?;
            devices.iter().position(|known| known.id == *device)
        };
        let channel = |metric| place(metric).map(|device| Channel { metric, device });
        Self {
            started: now,
            baseline: None,
            reading: None,
            present: AlarmSet::default(),
            cuff_hold: CuffHold::new(holds),
            rate: channel(Metric::HeartRate).or_else(|| channel(Metric::PulseRate)),
            saturation: channel(Metric::SpO2),
            cuff: place(Metric::NibpSystolic)
                .or_else(|| place(Metric::NibpMean))
                .or_else(|| place(Metric::NibpDiastolic)),
            step: StepHold::new(holds),
            gap_tolerance: holds.gap_tolerance,
            devices,
        }
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
            Signal::HeartRate | Signal::RespirationRate | Signal::EtCO2 => None,
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
        }
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
        match &observation.reading {
            Reading::Numeric(numeric) => {
                let signal = self.signal(numeric.metric, observation.device)?;
                let measured = with_signal(numeric.metric, numeric.measured);
                let withheld = match (signal, measured) {
                    _ if self.cuff_holds(now, numeric.metric) => Some(Withheld::Cuff),
                    (Signal::SpO2, Measured::Valid(value)) => {
                        self.step.withholds(now, value).then_some(Withheld::Step)
                    }
                    _ => None,
                };
                Some(Event::Sample(Sample {
                    signal,
                    measured,
                    withheld,
                }))
            }
            Reading::Cuff(cuff) => {
                if self.cuff_device()?.id != observation.device {
                    return None;
                }
                if let Cuff::Completed(reading) = cuff {
                    self.reading = Some(*reading);
                }
                Some(Event::Cuff(cuff))
            }
            Reading::Waveform(_) => None,
        }
    }

    fn channel(&self, signal: Signal) -> Option<&Channel> {
        match signal {
            Signal::HeartRate => self.rate.as_ref(),
            Signal::SpO2 => self.saturation.as_ref(),
            Signal::RespirationRate | Signal::EtCO2 => None,
        }
    }

    fn signal(&self, metric: Metric, device: DeviceId) -> Option<Signal> {
        [Signal::HeartRate, Signal::SpO2]
            .into_iter()
            .find(|signal| {
                self.channel(*signal).is_some_and(|channel| {
                    channel.metric == metric && self.devices[channel.device].id == device
                })
            })
    }

    /// Tells whether a jump of the saturation is being held back.
    pub(crate) fn step_holds(&self, now: MonoTime) -> bool {
        self.step.holds(now)
    }

    /// The cuff stops what the oximeter measures, not what the ECG counts.
    fn cuff_hold_of(&self, metric: Metric) -> Option<MonoTime> {
        match metric {
            Metric::SpO2 | Metric::PulseRate => self.cuff_hold.until(),
            _ => None,
        }
    }

    fn cuff_holds(&self, now: MonoTime, metric: Metric) -> bool {
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
