//! A record as it lies on disk.
//!
//! The journal, the database and the reader all speak of the same [`Row`]: names instead of
//! numbers of a run, so that a row can be read without the configuration it was written under.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::Transition;
use chairside_model::{
    BedId, Cuff, DeviceId, Measured, MonoTime, Numeric, Observation, Reading, SampleArray,
};
use chairside_station::{Entry, Record};

mod care;
mod people;
mod session;

pub use care::{CareFact, WantedCare};
pub use people::{AudioFact, FloodFact, OperatorFact, SuspensionFact};
pub use session::{BaselineFact, LimitFact, WantedLimit, WantedSession};

/// A record as it lies on disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// The record's number within its run; rises by one from 1.
    pub number: u64,
    /// When it happened.
    pub at: MonoTime,
    /// The configured id of the bed; nothing for what concerns all of them.
    pub bed: Option<Cow<'a, str>>,
    /// What happened.
    pub fact: Fact<'a>,
}

/// What a row says. Names are those used in code, JSON and configuration.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact<'a> {
    /// A single value.
    Numeric {
        /// Which device, when it arrived.
        source: Source<'a>,
        /// What was measured.
        metric: Cow<'a, str>,
        /// `valid`, `questionable` or `unavailable`.
        validity: Cow<'a, str>,
        /// The value in the metric's unit; nothing when unavailable.
        value: Option<f64>,
        /// Why there is no value; only when unavailable.
        reason: Option<Cow<'a, str>>,
        /// When the device measured it.
        taken: MonoTime,
    },
    /// Something about a cuff determination.
    Cuff {
        /// Which device, when it arrived.
        source: Source<'a>,
        /// `measuring`, `completed` or `failed`.
        state: Cow<'a, str>,
        /// Systolic pressure, mmHg.
        systolic: Option<f64>,
        /// Diastolic pressure, mmHg.
        diastolic: Option<f64>,
        /// Mean pressure, mmHg.
        mean: Option<f64>,
        /// When the determination ended; only of a completed one.
        taken: Option<MonoTime>,
        /// Why there is no result; only of a failed one.
        failure: Option<Cow<'a, str>>,
    },
    /// A run of samples of a curve.
    Waveform {
        /// Which device, when it arrived.
        source: Source<'a>,
        /// What the curve is.
        metric: Cow<'a, str>,
        /// From one sample to the next.
        sample_period: Duration,
        /// What one count is worth, in the metric's unit.
        scale: f64,
        /// The samples in counts, oldest first.
        samples: Cow<'a, [i32]>,
    },
    /// An alarm's state after a change.
    Alarm {
        /// When it changed.
        changed: MonoTime,
        /// Which alarm.
        id: Cow<'a, str>,
        /// Which episode of it.
        occurrence: u64,
        /// `low`, `medium` or `high`.
        priority: Cow<'a, str>,
        /// Whether the condition holds.
        present: bool,
        /// `off`, `on`, `latched`, `acknowledged` or `paused`.
        signal: Cow<'a, str>,
        /// Whether a worse alarm of the same family sounds instead.
        superseded: bool,
        /// When the condition began.
        since: MonoTime,
        /// Why, in plain numbers.
        evidence: Cow<'a, str>,
        /// The bed's last call that it made; nothing in rows of the first form.
        call: Option<u64>,
        /// From which signals an airway obstruction was drawn; only with `call`.
        mode: Option<Cow<'a, str>>,
    },
    /// A device's link changed.
    Link {
        /// Which device.
        device: Cow<'a, str>,
        /// `disconnected`, `connecting` or `connected`.
        state: Cow<'a, str>,
    },
    /// Bytes of a line that were not used.
    Discarded {
        /// Which device.
        device: Cow<'a, str>,
        /// How many.
        bytes: u64,
        /// Why.
        why: Cow<'a, str>,
    },
    /// The device's own alarm.
    DeviceAlarm {
        /// Which device.
        device: Cow<'a, str>,
        /// How urgent the device says it is.
        priority: Cow<'a, str>,
        /// The device's words.
        text: Cow<'a, str>,
    },
    /// The device said who it is.
    Identity {
        /// Which device.
        device: Cow<'a, str>,
        /// The serial number or identity text.
        text: Cow<'a, str>,
    },
    /// A person's action was done.
    Operator(OperatorFact<'a>),
    /// A person did something in a treatment session.
    Care(CareFact<'a>),
    /// What became of a person's order to a cuff.
    Ordered {
        /// Which device.
        device: Cow<'a, str>,
        /// `start` or `stop`.
        order: Cow<'a, str>,
        /// `done`, `not_done`, `no_answer`, `not_sent`, `withdrawn`, `overtaken` or `line_lost`.
        answer: Cow<'a, str>,
    },
    /// The pause of an alarm or a rule's being off began, or ended.
    Suspension(SuspensionFact<'a>),
    /// The sound of the bed at a station, after a change or as a reminder.
    Audio(AudioFact<'a>),
    /// Many alarms began, or one more; nothing when that was over.
    Flood(Option<FloodFact<'a>>),
    /// A number of the bed's limits became another.
    Limit(LimitFact<'a>),
    /// The session went into another phase.
    Phase {
        /// `baseline`, `dosing` or `recovery`.
        phase: Cow<'a, str>,
    },
    /// The patient's values before the session became known.
    Baseline(BaselineFact),
    /// It became known whether cuff and oximeter probe are on the same limb.
    CuffSameLimb {
        /// Whether they are.
        same: bool,
    },
    /// Whether what the bed shows is simulated from now on.
    Simulated(bool),
    /// A trainer did something to the simulated patient.
    Trained {
        /// The trainer, by id.
        by: Cow<'a, str>,
        /// What.
        did: Cow<'a, str>,
    },
    /// A treatment session opened or closed.
    Session {
        /// Whether one is open now.
        open: bool,
    },
    /// A dose began or ended.
    Dosing {
        /// Whether a dose is running now.
        running: bool,
    },
    /// The record was being written again, or had stopped.
    Recording {
        /// Whether it was being written.
        running: bool,
    },
}

/// The device of a reading, and when its last byte arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Source<'a> {
    /// The configured name of the device.
    pub device: Cow<'a, str>,
    /// When the last byte arrived.
    pub received: MonoTime,
}

/// The configured names behind the numbers of this run.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) beds: BTreeMap<BedId, String>,
    pub(crate) devices: BTreeMap<DeviceId, String>,
}

impl Names {
    /// Returns the bed's id; its number in words when the plan does not name it.
    pub(crate) fn bed(&self, bed: BedId) -> Cow<'_, str> {
        match self.beds.get(&bed) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(bed.to_string()),
        }
    }

    fn device(&self, device: DeviceId) -> Cow<'_, str> {
        match self.devices.get(&device) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(device.to_string()),
        }
    }
}

impl<'a> Row<'a> {
    /// Returns the row of a record; borrows all that it can.
    pub(crate) fn of(record: &'a Record, names: &'a Names) -> Self {
        let (bed, fact) = match &record.entry {
            Entry::Observed { bed, observation } => (Some(bed), observed(observation, names)),
            Entry::Alarm { bed, transition } => (Some(bed), alarm(transition)),
            Entry::Link { bed, device, state } => (
                Some(bed),
                Fact::Link {
                    device: names.device(*device),
                    state: state.name().into(),
                },
            ),
            Entry::Discarded {
                bed,
                device,
                bytes,
                why,
            } => (
                Some(bed),
                Fact::Discarded {
                    device: names.device(*device),
                    bytes: *bytes,
                    why: why.name().into(),
                },
            ),
            Entry::DeviceAlarm {
                bed,
                device,
                priority,
                text,
            } => (
                Some(bed),
                Fact::DeviceAlarm {
                    device: names.device(*device),
                    priority: priority.name().into(),
                    text: Cow::Borrowed(text),
                },
            ),
            Entry::Identity { bed, device, text } => (
                Some(bed),
                Fact::Identity {
                    device: names.device(*device),
                    text: Cow::Borrowed(text),
                },
            ),
            Entry::Operator {
                bed,
                action,
                by,
                station,
                reason,
            } => {
                let (station, reason) = (station.as_deref(), reason.as_deref());
                let fact = OperatorFact::of(*action, by, station, reason);
                (Some(bed), Fact::Operator(fact))
            }
            Entry::Care { bed, entry } => (Some(bed), Fact::Care(CareFact::of(entry))),
            Entry::Ordered {
                bed,
                device,
                order,
                answer,
            } => (
                Some(bed),
                Fact::Ordered {
                    device: names.device(*device),
                    order: order.name().into(),
                    answer: answer.name().into(),
                },
            ),
            Entry::Suspension { bed, change } => {
                (Some(bed), Fact::Suspension(SuspensionFact::of(change)))
            }
            Entry::Audio { bed, change } => (Some(bed), Fact::Audio(AudioFact::of(change))),
            Entry::Flood { bed, flood } => (Some(bed), Fact::Flood(flood.map(FloodFact::of))),
            Entry::Limit { bed, change } => (Some(bed), Fact::Limit(LimitFact::of(change))),
            Entry::Phase { bed, phase } => {
                let phase = phase.name().into();
                (Some(bed), Fact::Phase { phase })
            }
            Entry::Baseline { bed, baseline } => {
                (Some(bed), Fact::Baseline(BaselineFact::of(baseline)))
            }
            Entry::CuffSameLimb { bed, same } => (Some(bed), Fact::CuffSameLimb { same: *same }),
            Entry::Simulated { bed, simulated } => (Some(bed), Fact::Simulated(*simulated)),
            Entry::Trained { bed, by, did } => {
                let (by, did) = ((&**by).into(), (&**did).into());
                (Some(bed), Fact::Trained { by, did })
            }
            Entry::Session { bed, open } => (Some(bed), Fact::Session { open: *open }),
            Entry::Dosing { bed, running } => (Some(bed), Fact::Dosing { running: *running }),
            Entry::Recording { running } => (None, Fact::Recording { running: *running }),
        };
        Self {
            number: record.sequence,
            at: record.at,
            bed: bed.map(|bed| names.bed(*bed)),
            fact,
        }
    }
}

fn alarm(transition: &Transition) -> Fact<'_> {
    Fact::Alarm {
        changed: transition.at,
        id: transition.id.name().into(),
        occurrence: transition.occurrence.0,
        priority: transition.priority.name().into(),
        present: transition.present,
        signal: transition.signal.name().into(),
        superseded: transition.superseded,
        since: transition.since,
        evidence: Cow::Borrowed(&transition.evidence),
        call: Some(transition.call),
        mode: transition.mode.map(|mode| mode.name().into()),
    }
}

fn observed<'a>(observation: &'a Observation, names: &'a Names) -> Fact<'a> {
    let source = Source {
        device: names.device(observation.device),
        received: observation.received,
    };
    match &observation.reading {
        Reading::Numeric(numeric) => self::numeric(source, numeric),
        Reading::Cuff(cuff) => self::cuff(source, cuff),
        Reading::Waveform(array) => waveform(source, array),
    }
}

fn numeric<'a>(source: Source<'a>, numeric: &Numeric) -> Fact<'a> {
    let (validity, value, reason) = match numeric.measured {
        Measured::Valid(value) => ("valid", Some(value.number()), None),
        Measured::Questionable(value) => ("questionable", Some(value.number()), None),
        Measured::Unavailable(why) => ("unavailable", None, Some(why.name().into())),
    };
    Fact::Numeric {
        source,
        metric: numeric.metric.name().into(),
        validity: validity.into(),
        value,
        reason,
        taken: numeric.taken,
    }
}

fn cuff<'a>(source: Source<'a>, cuff: &Cuff) -> Fact<'a> {
    let (state, reading, failure) = match cuff {
        Cuff::Measuring => ("measuring", None, None),
        Cuff::Completed(reading) => ("completed", Some(reading), None),
        Cuff::Failed(failure) => ("failed", None, Some(failure.name().into())),
        Cuff::Cancelled => ("cancelled", None, None),
    };
    let number = |value: Option<chairside_model::Value>| value.map(chairside_model::Value::number);
    Fact::Cuff {
        source,
        state: state.into(),
        systolic: reading.and_then(|reading| number(reading.systolic)),
        diastolic: reading.and_then(|reading| number(reading.diastolic)),
        mean: reading.and_then(|reading| number(reading.mean)),
        taken: reading.map(|reading| reading.taken),
        failure,
    }
}

fn waveform<'a>(source: Source<'a>, array: &'a SampleArray) -> Fact<'a> {
    Fact::Waveform {
        source,
        metric: array.metric.name().into(),
        sample_period: array.sample_period,
        scale: array.scale,
        samples: Cow::Borrowed(&array.samples),
    }
}

/// Returns nanoseconds as SQL and the journal keep them: what does not fit is as late as can be.
pub(crate) fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

/// Returns the time of [`nanoseconds`]; what is negative is the start.
pub(crate) fn mono(nanoseconds: i64) -> MonoTime {
    MonoTime::from_start(Duration::from_nanos(
        u64::try_from(nanoseconds).unwrap_or(0),
    ))
}
