//! How a profile's limits may change while a patient is watched.

use std::collections::BTreeMap;

use chairside_model::Value;

use crate::LimitKey;

/// How the limits of a profile may change: by a person, with the session's phase, by the patient's
/// own baseline. Empty is a profile whose numbers only a clinician changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adjustments {
    /// `[tailoring]`: between which numbers somebody who is no clinician may choose, both included.
    /// A key that is not here, only a clinician changes.
    pub tailoring: BTreeMap<LimitKey, Bounds>,
    /// `[phase.NAME]`: what is other in a phase of the session.
    pub phases: BTreeMap<Phase, BTreeMap<LimitKey, Value>>,
    /// `[personal]`: how far a limit lies from the patient's own value before the session, in its
    /// unit; below nought for a low limit. Kept within the bounds of `tailoring`.
    pub personal: BTreeMap<LimitKey, Value>,
}

/// The least and the most that a limit may be, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The least.
    pub least: Value,
    /// The most.
    pub most: Value,
}

impl Bounds {
    /// Tells whether the number lies between them.
    #[must_use]
    pub fn contain(&self, value: Value) -> bool {
        (self.least..=self.most).contains(&value)
    }
}

/// Where a treatment session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Before the dose: also while no session runs.
    #[default]
    Baseline,
    /// The dose is given, and acts.
    Dosing,
    /// After it.
    Recovery,
}

impl Phase {
    /// Every phase, in the order of a session.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Dosing, Self::Recovery];

    /// Returns the phase with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }

    /// Returns the name used in a profile's file, in JSON and in SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Dosing => "dosing",
            Self::Recovery => "recovery",
        }
    }
}
