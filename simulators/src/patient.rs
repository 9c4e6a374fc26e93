//! The simulated patient: vital signs as a function of time.

use std::time::Duration;

/// What a sensor on the patient would say at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Signal {
    /// A value, in the metric's unit.
    Value(f64),
    /// The channel is there and gives no value.
    Missing(Missing),
    /// There is no such channel.
    NoChannel,
}

/// Why a channel gives no value: the flags of the scenario format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    /// The probe is not on the patient.
    ProbeOff,
    /// The device is looking for the signal.
    Searching,
    /// The patient moves too much.
    Motion,
    /// The sampling line is blocked.
    Occluded,
    /// A recorded series has no number here.
    NoReading,
}

impl Signal {
    /// Returns the value, if there is one.
    #[must_use]
    pub const fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing(_) | Self::NoChannel => None,
        }
    }
}

/// The patient at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VitalSigns {
    /// ECG heart rate, /min.
    pub heart_rate: Signal,
    /// Oximeter pulse rate, /min.
    pub pulse_rate: Signal,
    /// Saturation, %.
    pub spo2: Signal,
    /// Perfusion index, %.
    pub perfusion_index: Signal,
    /// Breaths on the capnogram, /min.
    pub respiration_rate: Signal,
    /// End-tidal CO2, mmHg.
    pub etco2: Signal,
    /// Chest movements, /min.
    pub effort_rate: Signal,
    /// Temperature, degrees Celsius.
    pub temperature: Signal,
    /// Phase of the heart beat, 0 at its start, below 1. Shapes the pleth; runs with the rate.
    pub beat_phase: f64,
    /// Phase of the breath, 0 at the start of breathing out, below 1. Shapes the capnogram.
    pub breath_phase: f64,
    /// The cuff.
    pub cuff: CuffState,
}

impl VitalSigns {
    /// A patient whom no sensor is on.
    pub const UNMONITORED: Self = Self {
        heart_rate: Signal::NoChannel,
        pulse_rate: Signal::NoChannel,
        spo2: Signal::NoChannel,
        perfusion_index: Signal::NoChannel,
        respiration_rate: Signal::NoChannel,
        etco2: Signal::NoChannel,
        effort_rate: Signal::NoChannel,
        temperature: Signal::NoChannel,
        beat_phase: 0.0,
        breath_phase: 0.0,
        cuff: CuffState {
            measuring: false,
            last: None,
        },
    };
}

/// What the cuff is doing and what it last gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CuffState {
    /// A determination is under way.
    pub measuring: bool,
    /// The last determination that ended, if any.
    pub last: Option<CuffResult>,
}

/// How a determination ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CuffResult {
    /// When it ended, since the start of the story.
    pub ended: Duration,
    /// The pressures in mmHg, or nothing when it failed.
    pub pressures: Option<Pressures>,
}

/// The pressures of one determination, mmHg. A monitor can leave one out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pressures {
    /// Systolic.
    pub systolic: Option<f64>,
    /// Diastolic.
    pub diastolic: Option<f64>,
    /// Mean.
    pub mean: Option<f64>,
}

/// A story of one patient: a scenario, or a recorded series.
pub trait Patient: Send + Sync + std::fmt::Debug {
    /// Returns the patient `at` this time since the start of the story. Any order of calls gives
    /// the same answers.
    fn at(&self, at: Duration) -> VitalSigns;

    /// Tells whether the devices' cable is pulled at this time (`link_down` of a scenario, a
    /// missing row of a series).
    fn link_down(&self, at: Duration) -> bool;
}
