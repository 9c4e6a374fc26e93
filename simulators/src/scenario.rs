//! Scripted stories: "at 30 s desaturate to 85 % over 20 s; at 60 s pull the cable".
//!
//! A scenario file is JSON in the format `ketamine-vitals-scenario/1` (`docs/simulators.md`).
//! Reading one is strict: an unknown key or a value that contradicts another is refused, with
//! the scenario and the key. What the alarm engine is expected to say about a story is carried
//! along and not judged here: this crate knows nothing of alarms.

mod channel;
mod file;
mod text;

use std::time::Duration;

use serde_json::{Map, Value};

use crate::patient::{CuffResult, CuffState, Missing, Patient, Signal, VitalSigns};
use channel::{Channel, Phase};

/// A cuff inflates this long before its reading is there (scenario format, `nibp`).
pub const CUFF_CYCLE: Duration = Duration::from_secs(35);

/// A file of scenarios.
#[derive(Clone, Debug)]
pub struct ScenarioFile {
    /// The rule set that the scenarios override by [`Scenario::config`], as it stands in the
    /// file; null when the file has none.
    pub rules: Value,
    /// The scenarios, in the order of the file. No id stands twice.
    pub scenarios: Vec<Scenario>,
}

impl ScenarioFile {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// The first thing that is not as the format says: not JSON, an unknown or missing key, a
    /// value out of its range, key points or windows that run backwards.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        file::parse(text)
    }
}

/// Why a scenario file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{why}", place(scenario.as_deref(), key))]
pub struct ScenarioError {
    /// The scenario at fault, by its id; nothing when the fault is outside of all of them.
    pub scenario: Option<String>,
    /// The key at fault within the scenario (`"nibp[2].sys"`) or within the file; `"."` is all of
    /// it.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

/// Says where a fault is; `"."` is the whole scenario or file.
fn place(scenario: Option<&str>, key: &str) -> String {
    match (scenario, key) {
        (None, ".") => String::new(),
        (None, key) => format!("{key}: "),
        (Some(id), ".") => format!("scenario {id}: "),
        (Some(id), key) => format!("scenario {id}, {key}: "),
    }
}

/// One story of one patient, and what is expected of whoever watches.
///
/// As a [`Patient`] it follows the format's own words: straight lines between key points, read
/// at each whole second and rounded half up to whole units (the perfusion index to tenths); the
/// last key point holds for ever.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Short and unique in its file: `"S09-probe-off"`.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// How long it lasts. After its end the patient stays as at the last key points.
    pub duration: Duration,
    /// What is connected.
    pub sensors: Sensors,
    /// Overrides of the rule set: dotted path to value.
    pub config: Map<String, Value>,
    /// The patient's weight, kg.
    pub weight_kg: f64,
    /// The session's baseline.
    pub baseline: Baseline,
    /// What is given, in order of time.
    pub dose: Vec<Dose>,
    /// Alarm conditions that must appear.
    pub expect: Vec<Expectation>,
    /// Alarm ids that may appear.
    pub allow: Vec<String>,
    /// Alarm ids that must not appear; the most tempting ones, for anything unlisted is wrong.
    pub forbid: Vec<String>,
    /// From here on no condition may be present.
    pub quiet_after: Duration,
    /// When a signal is unusable, and why.
    pub flags: Vec<Flag>,
    /// When no device of the bed sends anything.
    pub link_down: Vec<Span>,
    /// The cuff's determinations, in order of time.
    pub nibp: Vec<CuffResult>,
    /// For people.
    pub notes: String,
    channels: Channels,
}

/// What is connected to the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one switch for each sensor, as the format has it"
)]
pub struct Sensors {
    /// An oximeter: saturation, pulse rate, perfusion.
    pub spo2: bool,
    /// Where the heart rate comes from.
    pub hr_source: HrSource,
    /// A capnograph: end-tidal CO2 and the rate of breaths.
    pub co2: bool,
    /// A channel for the movements of the chest.
    pub effort: bool,
    /// A cuff.
    pub nibp: bool,
    /// The cuff is on the limb that carries the probe.
    pub cuff_same_limb: bool,
}

/// Where the heart rate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HrSource {
    /// It is the oximeter's pulse rate, and gone when the probe is.
    SpO2,
    /// An ECG, which the probe does not disturb.
    Ecg,
}

/// A patient's values before the treatment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Baseline {
    /// Heart rate, /min.
    pub hr: f64,
    /// Saturation, %.
    pub spo2: f64,
    /// Systolic pressure, mmHg.
    pub sys: f64,
    /// Diastolic pressure, mmHg.
    pub dia: f64,
    /// Breaths, /min, where there is a capnograph.
    pub rr: Option<f64>,
    /// End-tidal CO2, mmHg, where there is a capnograph.
    pub etco2: Option<f64>,
}

/// Something that is given to the patient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dose {
    /// When it begins.
    pub start: Duration,
    /// How it is given.
    pub kind: DoseKind,
    /// How much in all, mg.
    pub mg: f64,
    /// How long it is given; zero for what is given at once.
    pub duration: Duration,
}

/// How a dose is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoseKind {
    /// Into a vein at a constant rate.
    Infusion,
    /// Into a vein at once.
    Bolus,
    /// Into a muscle.
    Intramuscular,
    /// By mouth.
    Oral,
    /// By nose.
    Nasal,
}

/// An alarm condition that must appear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The alarm's id: `"SPO2_LOW"`.
    pub id: String,
    /// Its priority: `"low"`, `"medium"` or `"high"`.
    pub priority: String,
    /// The first and the last second in which it may begin.
    pub onset: [u64; 2],
    /// The first and the last second in which it may end; nothing when that is not judged.
    pub clear: Option<[u64; 2]>,
    /// For an airway alarm, the signals it must be drawn from: `"co2+effort"`.
    pub mode: Option<String>,
}

/// A time in which a signal is unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// What is unusable.
    pub sensor: FlaggedSensor,
    /// Why.
    pub missing: Missing,
    /// When.
    pub span: Span,
}

/// What a flag makes unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlaggedSensor {
    /// The probe (`"spo2"`): saturation, pulse rate and perfusion.
    SpO2,
    /// The ECG (`"hr"`): the heart rate.
    Ecg,
    /// The capnograph (`"co2"`): end-tidal CO2 and the rate of breaths.
    Co2,
    /// The chest's movements (`"effort_rr"`).
    Effort,
}

/// A time: its start belongs to it, its end does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The start.
    pub from: Duration,
    /// The end.
    pub to: Duration,
}

impl Span {
    /// Tells whether a moment lies in it.
    #[must_use]
    pub fn contains(&self, at: Duration) -> bool {
        self.from <= at && at < self.to
    }
}

/// The signals that run on, each absent when the story does not tell of it.
#[derive(Clone, Debug, Default)]
struct Channels {
    hr: Option<Channel>,
    spo2: Option<Channel>,
    pi: Option<Channel>,
    rr: Option<Channel>,
    etco2: Option<Channel>,
    effort_rr: Option<Channel>,
    beat: Phase,
    breath: Phase,
}

impl Scenario {
    /// Returns why a sensor gives nothing at this moment, if that is so.
    #[must_use]
    pub fn flagged(&self, sensor: FlaggedSensor, at: Duration) -> Option<Missing> {
        let flag = |flag: &&Flag| flag.sensor == sensor && flag.span.contains(at);
        self.flags.iter().find(flag).map(|flag| flag.missing)
    }

    fn signal(
        &self,
        channel: Option<&Channel>,
        sensor: Option<FlaggedSensor>,
        at: Duration,
    ) -> Signal {
        match (sensor, channel) {
            (None, _) | (_, None) => Signal::NoChannel,
            (Some(sensor), Some(channel)) => match self.flagged(sensor, at) {
                Some(missing) => Signal::Missing(missing),
                None => Signal::Value(channel.at(at)),
            },
        }
    }

    fn cuff(&self, at: Duration) -> CuffState {
        if !self.sensors.nibp {
            return CuffState {
                measuring: false,
                last: None,
            };
        }
        cuff_of(&self.nibp, at)
    }
}

/// A result stands at least this long before the cuff inflates again: monitors are asked once a
/// second, and one of two that are closer than a cycle would be seen by nobody.
const RESULT_STANDS: Duration = Duration::from_secs(3);

/// Returns the cuff as a list of determinations has it at a moment.
pub(crate) fn cuff_of(results: &[CuffResult], at: Duration) -> CuffState {
    let ended = results.partition_point(|result| result.ended <= at);
    let last = ended.checked_sub(1).map(|last| results[last]);
    let stands = last.is_some_and(|last| at < last.ended + RESULT_STANDS);
    let next = results.get(ended);
    CuffState {
        measuring: !stands && next.is_some_and(|next| next.ended <= at + CUFF_CYCLE),
        last,
    }
}

impl Patient for Scenario {
    fn at(&self, at: Duration) -> VitalSigns {
        let sensors = self.sensors;
        let probe = sensors.spo2.then_some(FlaggedSensor::SpO2);
        let ecg = (sensors.hr_source == HrSource::Ecg).then_some(FlaggedSensor::Ecg);
        let capnograph = sensors.co2.then_some(FlaggedSensor::Co2);
        let effort = sensors.effort.then_some(FlaggedSensor::Effort);
        let channels = &self.channels;
        VitalSigns {
            heart_rate: self.signal(channels.hr.as_ref(), ecg, at),
            pulse_rate: self.signal(channels.hr.as_ref(), probe, at),
            spo2: self.signal(channels.spo2.as_ref(), probe, at),
            perfusion_index: self.signal(channels.pi.as_ref(), probe, at),
            respiration_rate: self.signal(channels.rr.as_ref(), capnograph, at),
            etco2: self.signal(channels.etco2.as_ref(), capnograph, at),
            effort_rate: self.signal(channels.effort_rr.as_ref(), effort, at),
            temperature: Signal::NoChannel,
            beat_phase: channels.beat.at(at),
            breath_phase: channels.breath.at(at),
            cuff: self.cuff(at),
        }
    }

    fn link_down(&self, at: Duration) -> bool {
        self.link_down.iter().any(|span| span.contains(at))
    }
}

#[cfg(test)]
mod tests;
