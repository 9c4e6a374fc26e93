//! What a patient was given, as people logged it: totals, the infusion that runs, and what makes
//! no sense.
//!
//! The log is made anew from the entries that hold, in the order in which things happened and not
//! in which they were entered, so that a late or corrected entry is worth what it would have been
//! at once. It says what was given and never what to give.

mod course;
mod question;
mod refusal;
#[cfg(test)]
mod tests;

use std::time::Duration;

use chairside_model::{MonoTime, Value};

use course::Course;
pub use course::{Bolus, Infusion, InfusionState, Stretch};
pub use question::{Asked, DoseBounds, DoseFigure, DoseQuestion, Expected};
pub use refusal::{DoseRefusal, NoSense};

use crate::{Dose, DoseEntry, Drug, EntryNumber, Route};

/// More than this in mg, mg/min or mg/mL is no entry but a slip of the hand. It also keeps every
/// sum finite.
const FIGURE_MAX: f64 = 10_000.0;

const FINITE: &str = "each figure is at most 10,000";

/// What was given in a session, by the entries that hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DoseLog {
    /// In the order of what happened; at the same moment in the order of the entries' numbers.
    entries: Vec<(EntryNumber, DoseEntry)>,
}

/// How much of one drug was given one way, up to a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DoseTotal {
    /// What.
    pub drug: Drug,
    /// Which way.
    pub route: Route,
    /// How much, mg.
    pub amount: Value,
    /// How much for the body's weight, mg/kg; nothing when the weight is not known.
    pub per_kg: Option<Value>,
    /// How much solution, mL; nothing when the concentration of a part of it is not known.
    pub volume: Option<Value>,
}

impl DoseLog {
    /// Makes the log of the entries that hold, in any order.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = (EntryNumber, DoseEntry)>) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by_key(|(number, entry)| (entry.at, *number));
        Self { entries }
    }

    /// Returns the entries in the order of what happened.
    #[must_use]
    pub fn entries(&self) -> &[(EntryNumber, DoseEntry)] {
        &self.entries
    }

    /// Returns the log with `entry` under that number; without the number when it is nothing.
    #[must_use]
    pub fn with(&self, number: EntryNumber, entry: Option<&DoseEntry>) -> Self {
        let others = self.entries.iter().filter(|(other, _)| *other != number);
        let new = entry.map(|entry| (number, entry.clone()));
        Self::new(others.cloned().chain(new))
    }

    /// Checks a new entry, a correction, or with nothing that an entry is withdrawn. `began` is
    /// when the session did.
    ///
    /// # Errors
    ///
    /// Why it makes no sense, by itself or together with the other entries.
    pub fn check(
        &self,
        (began, now): (MonoTime, MonoTime),
        number: EntryNumber,
        entry: Option<&DoseEntry>,
    ) -> Result<(), DoseRefusal> {
        if let Some(entry) = entry {
            refusal::check_time_and_repeat(entry, began, now)?;
        }
        let before = self.course(now).stray;
        let stray = self.with(number, entry).course(now).stray;
        match stray.iter().find(|new| !before.contains(new)) {
            Some((other, why)) if *other == number => Err(DoseRefusal::NoSense(*why)),
            Some((other, why)) => Err(DoseRefusal::Strands(*other, *why)),
            None => Ok(()),
        }
    }

    /// Returns the entries that make no sense where they stand, and are left out of everything
    /// else. There are none as long as each was [checked](Self::check).
    #[must_use]
    pub fn stray(&self) -> Vec<(EntryNumber, NoSense)> {
        self.course(MonoTime::from_start(Duration::MAX)).stray
    }

    /// Returns what was given all at once up to `until`, in order.
    #[must_use]
    pub fn boluses(&self, until: MonoTime) -> Vec<Bolus> {
        self.course(until).boluses
    }

    /// Returns the infusions that had begun by `until`, in order, as they stood then.
    #[must_use]
    pub fn infusions(&self, until: MonoTime) -> Vec<Infusion> {
        self.course(until).infusions
    }

    /// Returns the infusion that ran, or was held, at `at`.
    #[must_use]
    pub fn infusion(&self, at: MonoTime) -> Option<Infusion> {
        let last = self.course(at).infusions.pop()?;
        (last.state != InfusionState::Stopped).then_some(last)
    }

    /// Returns how much was given up to `until`, for each drug and way that was used, for a body
    /// of `weight` kg.
    #[must_use]
    pub fn totals(&self, until: MonoTime, weight: Option<Value>) -> Vec<DoseTotal> {
        let course = self.course(until);
        let mut totals = Vec::new();
        for drug in Drug::ALL {
            for route in Route::ALL {
                let parts = course.parts(drug, route, until);
                if !parts.is_empty() {
                    totals.push(DoseTotal::of(drug, route, &parts, weight));
                }
            }
        }
        totals
    }

    /// Returns when something was last given up to `now`: now itself while an infusion is not
    /// stopped.
    #[must_use]
    pub fn last_given(&self, now: MonoTime) -> Option<MonoTime> {
        let course = self.course(now);
        let boluses = course.boluses.iter().map(|bolus| bolus.at);
        let infusions = course.infusions.iter();
        boluses.chain(infusions.map(|one| one.end(now))).max()
    }

    fn course(&self, until: MonoTime) -> Course {
        let happened = self.entries.iter().filter(|(_, entry)| entry.at <= until);
        Course::of(happened)
    }
}

impl DoseTotal {
    fn of(drug: Drug, route: Route, parts: &[course::Part], weight: Option<Value>) -> Self {
        let amount: f64 = parts.iter().map(|part| part.amount).sum();
        let volumes: Option<f64> = parts.iter().map(course::Part::volume).sum();
        Self {
            drug,
            route,
            amount: Value::finite(amount).expect(FINITE),
            per_kg: weight.and_then(|weight| per_kg(amount, weight)),
            volume: volumes.and_then(Value::finite),
        }
    }
}

/// Returns mg/kg; nothing for a weight that nobody has.
fn per_kg(amount: f64, weight: Value) -> Option<Value> {
    let kg = weight.number();
    if kg > 0.0 {
        Value::finite(amount / kg)
    } else {
        None
    }
}

/// A figure of a dose that a person types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Typed {
    /// The amount of a bolus, mg.
    Amount,
    /// The rate of an infusion, mg/min.
    Rate,
    /// What the infusion is planned to give, mg.
    Planned,
    /// What the syringe or the bag holds, mg/mL.
    Concentration,
}

impl Typed {
    /// Returns the name used in JSON, with its unit.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amount => "amount_mg",
            Self::Rate => "rate_mg_per_min",
            Self::Planned => "planned_mg",
            Self::Concentration => "concentration_mg_per_ml",
        }
    }

    /// Returns it in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Amount => "the amount",
            Self::Rate => "the rate",
            Self::Planned => "the planned amount",
            Self::Concentration => "the concentration",
        }
    }

    /// Returns it with its unit, as a refusal names it.
    pub(crate) const fn with_unit(self) -> &'static str {
        match self {
            Self::Amount => "amount, mg",
            Self::Rate => "rate, mg/min",
            Self::Planned => "planned amount, mg",
            Self::Concentration => "concentration, mg/mL",
        }
    }
}

impl Dose {
    /// Returns the figures that were typed, each with its word: the amount of a bolus (mg) or the
    /// rate of an infusion (mg/min) first, then what it is planned to give (mg) and the
    /// concentration (mg/mL). A second entry repeats one of them.
    pub fn typed(&self) -> impl Iterator<Item = (Typed, Value)> {
        let (first, planned, concentration) = match *self {
            Self::Bolus {
                amount,
                concentration,
                ..
            } => (Some((Typed::Amount, amount)), None, concentration),
            Self::Start {
                rate,
                concentration,
                planned,
                ..
            } => (Some((Typed::Rate, rate)), planned, concentration),
            Self::Rate { rate } => (Some((Typed::Rate, rate)), None, None),
            Self::Pause | Self::Resume | Self::Stop => (None, None, None),
        };
        let planned = planned.map(|planned| (Typed::Planned, planned));
        let concentration = concentration.map(|value| (Typed::Concentration, value));
        first.into_iter().chain(planned).chain(concentration)
    }
}
