//! The bed's machine failed and was made anew, or rests because it fails again and again.

use chairside_model::MonoTime;

use crate::inputs::{Event, Inputs, Told};
use crate::rules::{Rule, cause};
use crate::{AlarmId, BedFailure, Priority, TechnicalRules, Transition};

/// The second cause: it no longer begins anew at once.
const RESTING: u64 = 2;

#[derive(Debug)]
pub(crate) struct BedFailed {
    priority: Priority,
    failure: Option<BedFailure>,
}

impl BedFailed {
    pub(crate) const fn new(rules: &TechnicalRules) -> Self {
        Self {
            priority: rules.bed_failed,
            failure: None,
        }
    }
}

impl Rule for BedFailed {
    fn id(&self) -> AlarmId {
        AlarmId::BedFailed
    }

    fn take(&mut self, _now: MonoTime, event: &Event<'_>, _inputs: &Inputs) {
        match event {
            Event::Told(Told::BedFailed(failure)) => self.failure = Some(*failure),
            Event::Frame(_) => self.failure = None,
            _ => {}
        }
    }

    fn causes(&self) -> u64 {
        let rests = self.failure == Some(BedFailure::Resting);
        cause(self.failure.is_some()) | if rests { RESTING } else { 0 }
    }

    fn priority(&self) -> Priority {
        self.priority
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        let failure = self.failure.unwrap_or(BedFailure::Rebuilding);
        self.failure = told.map(|_| failure);
    }

    fn evidence(&self, _now: MonoTime, _inputs: &Inputs) -> Option<String> {
        let what = match self.failure {
            Some(BedFailure::Resting) => {
                "this bed's part of the program fails again and again; it is tried again from \
                 time to time and judges nothing meanwhile"
            }
            Some(BedFailure::Rebuilding) | None => {
                "this bed's part of the program failed and began anew; it judges nothing until a \
                 device is heard"
            }
        };
        Some(what.to_owned())
    }
}
