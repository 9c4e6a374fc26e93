//! What is asked about a dose before it is taken: it may be right, and it may be a slip.
//!
//! A question names the figure and the number of the clinic's protocol that it is held against: a
//! bound, or what the protocol plans. What is to be given is the prescriber's, and in no question.

use std::fmt;

use chairside_model::{MonoTime, Value};

use super::{DoseLog, InfusionState, Stretch, Typed, per_kg};
use crate::{Again, Dose, DoseEntry, Drug, EntryNumber, Route};

/// A decimal point that slipped by one place.
const SLIP: f64 = 10.0;

/// Sums of amounts and quotients by weights differ from what was typed in the last bits.
const ROUNDING: f64 = 1e-9;

/// What an infusion is logged to have given beyond its plan, as a part of it, that is not asked
/// about: whoever logs that it stopped walks to the screen first. Of forty minutes these are two.
/// Our design.
const BEYOND_PLAN: f64 = 0.05;

/// What the clinic's protocol expects of a drug that is given one way. What is not set is not
/// asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DoseBounds {
    /// What.
    pub drug: Drug,
    /// Which way.
    pub route: Route,
    /// One dose, or what an infusion is planned to give, mg.
    pub amount: Option<Expected>,
    /// The same for the body's weight, mg/kg.
    pub per_kg: Option<Expected>,
    /// The rate of an infusion, mg/min.
    pub rate: Option<Expected>,
    /// What the syringe or the bag holds, mg/mL.
    pub concentration: Option<Expected>,
    /// The most in one session, mg.
    pub session_max: Option<Value>,
    /// The same for the body's weight, mg/kg.
    pub session_max_per_kg: Option<Value>,
}

/// Between which numbers a figure is expected, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// The least.
    pub least: Value,
    /// What the protocol plans, where it plans a number.
    pub plan: Option<Value>,
    /// The most.
    pub most: Value,
}

/// Something to ask before a dose entry is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DoseQuestion {
    /// The protocol says nothing of this drug given this way.
    NotInProtocol(Drug, Route),
    /// The protocol has bounds for the weight, and the weight is not known.
    NoWeight,
    /// It is less than the protocol's least.
    Below(Asked),
    /// It is more than the protocol's most.
    Above(Asked),
    /// It is within the bounds, and ten times or a tenth of what the protocol plans.
    OffPlan(Asked),
    /// Until then the infusion gave more than it was planned to: it may have ended earlier.
    BeyondPlan {
        /// What it gave until then, mg.
        given: Value,
        /// What it was planned to give, mg.
        planned: Value,
    },
}

/// A figure that is asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// Which.
    pub figure: DoseFigure,
    /// What was typed, or follows from it.
    pub is: Value,
    /// The protocol's number.
    pub bound: Value,
    /// It looks like a slip of the decimal point, or is more than the most of a session: this is
    /// to be typed a second time, which it is or follows from.
    pub again: Option<Typed>,
}

/// What a question can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoseFigure {
    /// One dose, mg.
    Amount,
    /// One dose, mg/kg.
    PerKg,
    /// What an infusion is planned to give, mg.
    Planned,
    /// What an infusion is planned to give, mg/kg.
    PlannedPerKg,
    /// The rate of an infusion, mg/min.
    Rate,
    /// What the syringe or the bag holds, mg/mL.
    Concentration,
    /// All of the session, mg.
    Session,
    /// All of the session, mg/kg.
    SessionPerKg,
}

impl DoseQuestion {
    /// Returns what a person must type a second time, where a nod is not enough.
    #[must_use]
    pub const fn again(&self) -> Option<Typed> {
        match self {
            Self::NotInProtocol(..) | Self::NoWeight | Self::BeyondPlan { .. } => None,
            Self::Below(asked) | Self::Above(asked) | Self::OffPlan(asked) => asked.again,
        }
    }

    /// Tells whether the entry answers the question: by a second entry of the figure that may have
    /// slipped, or, where that is enough, by a person who says that it is right. Whoever typed any
    /// figure a second time has said so.
    #[must_use]
    pub fn is_answered(&self, entry: &DoseEntry, confirmed: bool) -> bool {
        let again = entry.again.as_ref().map_or(&[][..], Again::figures);
        let Some(needed) = self.again() else {
            return confirmed || !again.is_empty();
        };
        let mut typed = entry.dose.typed();
        typed.any(|(typed, is)| typed == needed && again.contains(&is))
    }
}

impl DoseLog {
    /// Returns what is to be asked about an entry that was [checked](Self::check): a new one, or
    /// what holds instead of an earlier one.
    #[must_use]
    pub fn questions(
        &self,
        bounds: &[DoseBounds],
        weight: Option<Value>,
        now: MonoTime,
        number: EntryNumber,
        entry: &DoseEntry,
    ) -> Vec<DoseQuestion> {
        let log = self.with(number, Some(entry));
        let mut questions = log.of_figures(bounds, weight, now, entry);
        questions.extend(log.beyond_plan(entry));
        questions
    }

    /// What is to be asked about the figures of an entry that is in the log.
    fn of_figures(
        &self,
        bounds: &[DoseBounds],
        weight: Option<Value>,
        now: MonoTime,
        entry: &DoseEntry,
    ) -> Vec<DoseQuestion> {
        let Some((drug, route)) = self.what(entry) else {
            return Vec::new();
        };
        let fits = |one: &&DoseBounds| one.drug == drug && one.route == route;
        let Some(bounds) = bounds.iter().find(fits) else {
            return match entry.dose {
                Dose::Rate { .. } => Vec::new(), // It was asked about when it was started.
                _ => vec![DoseQuestion::NotInProtocol(drug, route)],
            };
        };
        let mut questions = bounds.of_entry(&entry.dose, weight);
        if !matches!(entry.dose, Dose::Rate { .. }) {
            let committed = self.committed(drug, route, now);
            questions.extend(bounds.of_session(adds(&entry.dose), committed, weight));
        }
        questions
    }

    /// What is to be asked about how long an infusion ran at its rate, by an entry that is in the
    /// log and says until when. A pump stops by itself, and nobody tells the log.
    fn beyond_plan(&self, entry: &DoseEntry) -> Option<DoseQuestion> {
        let (Dose::Rate { .. } | Dose::Pause | Dose::Stop) = entry.dose else {
            return None;
        };
        let ran_until = |stretch: &Stretch| stretch.until == Some(entry.at);
        let mut infusions = self.infusions(entry.at).into_iter();
        let infusion = infusions.find(|one| one.stretches.iter().any(ran_until))?;
        let (given, planned) = (infusion.given(entry.at), infusion.planned?);
        let is_asked = exceeds(given, times(planned, 1.0 + BEYOND_PLAN)?);
        is_asked.then_some(DoseQuestion::BeyondPlan { given, planned })
    }

    /// What an entry gives; nothing when it gives nothing.
    fn what(&self, entry: &DoseEntry) -> Option<(Drug, Route)> {
        match entry.dose {
            Dose::Bolus { drug, route, .. } => Some((drug, route)),
            Dose::Start { drug, .. } => Some((drug, Route::Intravenous)),
            Dose::Rate { .. } => {
                let infusion = self.infusion(entry.at)?;
                Some((infusion.drug, Route::Intravenous))
            }
            Dose::Pause | Dose::Resume | Dose::Stop => None,
        }
    }

    /// What was given, and what an infusion that is not stopped is planned to give, mg.
    fn committed(&self, drug: Drug, route: Route, now: MonoTime) -> f64 {
        let course = self.course(now);
        let given: f64 = course
            .parts(drug, route, now)
            .iter()
            .map(|part| part.amount)
            .sum();
        let open = course.infusions.last().filter(|one| {
            one.drug == drug && route == Route::Intravenous && one.state != InfusionState::Stopped
        });
        let rest = open.and_then(|one| Some(one.planned?.number() - one.given(now).number()));
        given + rest.unwrap_or(0.0).max(0.0)
    }
}

impl DoseBounds {
    fn of_entry(&self, dose: &Dose, weight: Option<Value>) -> Vec<DoseQuestion> {
        let mut questions = Vec::new();
        let mut ask = |figure, is, expected: Option<Expected>| {
            questions.extend(expected.and_then(|expected| expected.question(figure, is)));
        };
        match *dose {
            Dose::Bolus {
                amount,
                concentration,
                ..
            } => {
                ask(DoseFigure::Amount, Some(amount), self.amount);
                let for_weight = weight.and_then(|weight| per_kg(amount.number(), weight));
                ask(DoseFigure::PerKg, for_weight, self.per_kg);
                ask(DoseFigure::Concentration, concentration, self.concentration);
            }
            Dose::Start {
                rate,
                concentration,
                planned,
                ..
            } => {
                ask(DoseFigure::Rate, Some(rate), self.rate);
                ask(DoseFigure::Planned, planned, self.amount);
                let for_weight = planned
                    .zip(weight)
                    .and_then(|(planned, weight)| per_kg(planned.number(), weight));
                ask(DoseFigure::PlannedPerKg, for_weight, self.per_kg);
                ask(DoseFigure::Concentration, concentration, self.concentration);
            }
            Dose::Rate { rate } => ask(DoseFigure::Rate, Some(rate), self.rate),
            Dose::Pause | Dose::Resume | Dose::Stop => {}
        }
        questions
    }

    /// Returns what to ask about all of the session; `adds` is the figure by which the entry adds
    /// to it.
    fn of_session(&self, adds: Typed, committed: f64, weight: Option<Value>) -> Vec<DoseQuestion> {
        let for_weight = self.per_kg.is_some() || self.session_max_per_kg.is_some();
        let mut questions = Vec::new();
        if for_weight && weight.is_none() {
            questions.push(DoseQuestion::NoWeight);
        }
        let in_all = Value::finite(committed);
        let in_all_per_kg = weight.and_then(|weight| per_kg(committed, weight));
        let mut ask = |figure, is: Option<Value>, most: Option<Value>| {
            let (Some(is), Some(bound)) = (is, most) else {
                return;
            };
            if exceeds(is, bound) {
                questions.push(DoseQuestion::Above(Asked {
                    figure,
                    is,
                    bound,
                    again: Some(adds),
                }));
            }
        };
        ask(DoseFigure::Session, in_all, self.session_max);
        ask(
            DoseFigure::SessionPerKg,
            in_all_per_kg,
            self.session_max_per_kg,
        );
        questions
    }
}

impl Expected {
    /// Returns what to ask about a figure; nothing when it is not known or as expected.
    ///
    /// It looks like a slip of the decimal point when it would be within the bounds with the point
    /// at the next place, or lies beyond even so.
    fn question(self, figure: DoseFigure, is: Option<Value>) -> Option<DoseQuestion> {
        let is = is?;
        let asked = |bound, slipped: bool| Asked {
            figure,
            is,
            bound,
            again: slipped.then(|| figure.typed()),
        };
        if exceeds(is, self.most) {
            let again = !exceeds(self.least, times(is, 1.0 / SLIP)?);
            return Some(DoseQuestion::Above(asked(self.most, again)));
        }
        if exceeds(self.least, is) {
            let again = !exceeds(times(is, SLIP)?, self.most);
            return Some(DoseQuestion::Below(asked(self.least, again)));
        }
        let plan = self.plan?;
        let off = !exceeds(times(plan, SLIP)?, is) || !exceeds(is, times(plan, 1.0 / SLIP)?);
        off.then_some(DoseQuestion::OffPlan(asked(plan, true)))
    }
}

/// Returns the figure by which a dose adds to what the session has: of an infusion what it is
/// planned to give, where that is known.
const fn adds(dose: &Dose) -> Typed {
    match dose {
        Dose::Start { planned: None, .. } | Dose::Rate { .. } => Typed::Rate,
        Dose::Start { .. } => Typed::Planned,
        Dose::Bolus { .. } | Dose::Pause | Dose::Resume | Dose::Stop => Typed::Amount,
    }
}

fn times(value: Value, factor: f64) -> Option<Value> {
    Value::finite(value.number() * factor)
}

/// Tells whether a figure is more than a bound by more than rounding; both are above 0.
fn exceeds(is: Value, bound: Value) -> bool {
    is.number() > bound.number() * (1.0 + ROUNDING)
}

impl DoseFigure {
    /// Returns the typed figure that it is, or follows from.
    const fn typed(self) -> Typed {
        match self {
            Self::Amount | Self::PerKg | Self::Session | Self::SessionPerKg => Typed::Amount,
            Self::Planned | Self::PlannedPerKg => Typed::Planned,
            Self::Rate => Typed::Rate,
            Self::Concentration => Typed::Concentration,
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Amount => ("", "mg"),
            Self::PerKg => ("", "mg/kg"),
            Self::Planned => ("the infusion is planned to give ", "mg"),
            Self::PlannedPerKg => ("the infusion is planned to give ", "mg/kg"),
            Self::Rate => ("", "mg/min"),
            Self::Concentration => ("", "mg/mL"),
            Self::Session => ("with this the session has ", "mg"),
            Self::SessionPerKg => ("with this the session has ", "mg/kg"),
        }
    }
}

impl fmt::Display for DoseQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (asked, than) = match self {
            Self::NotInProtocol(drug, route) => {
                let (drug, route) = (drug.name(), route.name());
                return write!(f, "{drug}, {route}, is not in this protocol");
            }
            Self::NoWeight => {
                return f.write_str("the weight is not known: mg/kg cannot be checked");
            }
            Self::BeyondPlan { given, planned } => {
                let (given, planned) = (rounded(*given), rounded(*planned));
                return write!(
                    f,
                    "that makes {given} mg of {planned} mg planned: if it ended earlier, say how \
                     many minutes ago"
                );
            }
            Self::Below(asked) => (asked, "less than the protocol's least,"),
            Self::Above(asked) => (asked, "more than the protocol's most,"),
            Self::OffPlan(asked) => (asked, "ten times or a tenth of what the protocol plans,"),
        };
        let (words, unit) = asked.figure.words();
        let (is, bound) = (rounded(asked.is), rounded(asked.bound));
        write!(f, "{words}{is} {unit}: {than} {bound} {unit}")?;
        match asked.again {
            Some(typed) => write!(f, "; type it a second time: {}", typed.words()),
            None => Ok(()),
        }
    }
}

/// Three decimals are enough to recognise a figure.
fn rounded(value: Value) -> f64 {
    (value.number() * 1000.0).round() / 1000.0
}
