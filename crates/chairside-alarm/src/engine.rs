//! The state machine.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::{DeviceId, Metric, MonoTime, Observation, Value};

use crate::{AlarmProfile, Occurrence, Transition};

/// What a bed listens to: its devices, and which of them each metric is read from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources {
    /// Each device of the bed with the nominal period of its numerics.
    pub devices: BTreeMap<DeviceId, Duration>,
    /// The device whose value of a metric is judged. A metric that is not here is a channel that
    /// is not there, and none of its rules runs. All cuff metrics share one device.
    pub metrics: BTreeMap<Metric, DeviceId>,
}

/// What can happen to the engine.
#[derive(Clone, Copy, Debug)]
pub enum AlarmInput<'a> {
    /// A trusted frame arrived from a device; comes before the observations it carries.
    Frame(DeviceId),
    /// A reading arrived. Readings of a metric from another device than its source are ignored.
    Observed(&'a Observation),
    /// A dose is running (or has ended): decides the priority of a lost link.
    Dosing(bool),
    /// The patient's baseline pressures are known.
    Baseline(PressureBaseline),
    /// Cuff and oximeter probe are on the same limb, or are not (`docs/alarms.md`, semantics 6).
    CuffSameLimb(bool),
    /// The record is being written, or is not.
    Recording(bool),
    /// A person did something.
    Operator(OperatorAction),
    /// Time passed.
    Tick,
}

/// The patient's cuff pressure before the session, mmHg: what `NIBP_RISE` compares with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PressureBaseline {
    /// Systolic.
    pub systolic: Value,
    /// Diastolic.
    pub diastolic: Value,
}

/// What a person can do to an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorAction {
    /// "I have seen it": quiet while the condition lasts.
    Acknowledge(Occurrence),
}

/// Why an action cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// That episode is over and nothing of it is left to acknowledge, or it never was.
    NoSuchOccurrence,
}

/// The alarm engine of one bed.
#[derive(Debug)]
pub struct AlarmEngine {}

impl AlarmEngine {
    /// Makes an engine that has seen nothing yet; `now` is when it begins to wait for frames.
    #[must_use]
    pub fn new(_profile: AlarmProfile, _sources: Sources, _now: MonoTime) -> Self {
        Self {}
    }

    /// Numbers the coming episodes after `last`, the last one of an earlier run.
    pub fn resume_occurrences_after(&mut self, _last: Occurrence) {}

    /// Takes what happened and appends each change of a condition or a signal to `out`.
    pub fn handle(&mut self, _now: MonoTime, _input: AlarmInput<'_>, _out: &mut Vec<Transition>) {}

    /// Returns when the engine wants an [`AlarmInput::Tick`], if it does.
    #[must_use]
    pub fn next_deadline(&self) -> Option<MonoTime> {
        None
    }

    /// Returns every alarm whose condition is present or whose signal is not off.
    pub fn standing(&self) -> impl Iterator<Item = &Transition> {
        std::iter::empty()
    }

    /// Tells whether the action can be done now.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check(&self, _action: OperatorAction) -> Result<(), Refusal> {
        Err(Refusal::NoSuchOccurrence)
    }
}
