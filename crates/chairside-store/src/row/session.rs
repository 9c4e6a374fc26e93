//! Limits and what else the session sets, as it lies on disk.

use std::borrow::Cow;

use chairside_alarm::{Baseline, LimitChange, OperatorAction};
use chairside_model::{Patient, SessionId, Value};

/// The limit that a person's action is about.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedLimit<'a> {
    /// Which: `threshold.HR_HIGH.trip`, ...
    pub key: Cow<'a, str>,
    /// What the person saw that it was.
    pub expected: f64,
    /// What it was to be.
    pub new: f64,
}

/// The session that a person's action opens or closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedSession<'a> {
    /// Which.
    pub id: Cow<'a, str>,
    /// The patient's initials, of one that opens.
    pub initials: Option<Cow<'a, str>>,
    /// The patient's number, of one that opens.
    pub number: Option<Cow<'a, str>>,
}

/// A number in force that became another.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitFact<'a> {
    /// Which: `threshold.HR_HIGH.trip`, ...
    pub key: Cow<'a, str>,
    /// What it was.
    pub old: f64,
    /// What it is.
    pub new: f64,
    /// `person`, `phase`, `profile` or `session_end`.
    pub cause: Cow<'a, str>,
}

/// The patient's values before the session, as far as they are known.
#[derive(Clone, Debug, PartialEq)]
pub struct BaselineFact {
    /// Heart or pulse rate, /min.
    pub heart_rate: Option<f64>,
    /// Saturation, %.
    pub spo2: Option<f64>,
    /// Breaths, /min.
    pub respiration_rate: Option<f64>,
    /// CO2 at the end of a breath out, mmHg.
    pub etco2: Option<f64>,
    /// Systolic and diastolic pressure, mmHg.
    pub pressure: Option<(f64, f64)>,
}

impl WantedLimit<'static> {
    pub(crate) fn of(action: OperatorAction) -> Option<Self> {
        let OperatorAction::SetLimit { key, expected, new } = action else {
            return None;
        };
        Some(Self {
            key: key.name().into(),
            expected: expected.number(),
            new: new.number(),
        })
    }
}

impl WantedSession<'static> {
    /// Returns the session of that name, of which nothing else is said.
    pub(crate) fn named(id: SessionId) -> Self {
        Self {
            id: id.to_string().into(),
            initials: None,
            number: None,
        }
    }

    pub(crate) fn of(action: OperatorAction) -> Option<Self> {
        let (id, patient) = match action {
            OperatorAction::OpenSession(id, patient) => (id, patient),
            OperatorAction::CloseSession(id) => (id, Patient::default()),
            _ => return None,
        };
        let said = |text: Option<&str>| text.map(|text| Cow::Owned(text.to_owned()));
        Some(Self {
            id: id.to_string().into(),
            initials: said(patient.initials()),
            number: said(patient.number()),
        })
    }
}

impl LimitFact<'static> {
    pub(crate) fn of(change: &LimitChange) -> Self {
        Self {
            key: change.key.name().into(),
            old: change.old.number(),
            new: change.new.number(),
            cause: change.cause.name().into(),
        }
    }
}

impl BaselineFact {
    pub(crate) fn of(baseline: &Baseline) -> Self {
        let number = |value: Option<Value>| value.map(Value::number);
        let pressure = baseline.pressure;
        Self {
            heart_rate: number(baseline.heart_rate),
            spo2: number(baseline.spo2),
            respiration_rate: number(baseline.respiration_rate),
            etco2: number(baseline.etco2),
            pressure: pressure.map(|both| (both.systolic.number(), both.diastolic.number())),
        }
    }
}
