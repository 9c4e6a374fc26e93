//! What was given, as the models take it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use chairside_model::{MonoTime, Value};

use crate::{Dose, DoseEntry, Drug, Route};

/// A push is let run in over a minute: that the drug is mixed into four litres of blood at once,
/// as the models have it, is not so, and would show as a needle of many thousand ng/mL.
const PUSH: Duration = Duration::from_mins(1);

/// Something that goes in. Amounts and rates are not negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input {
    /// At once into the blood, mg.
    Bolus(Value),
    /// Into the blood, evenly.
    Push {
        /// How much, mg.
        amount: Value,
        /// In how long.
        within: Duration,
    },
    /// The pump runs at this rate from now on, mg/min; 0 is a pause or a stop.
    Rate(Value),
    /// Where it is to be taken up from, mg.
    Absorbed(Value),
}

/// An amount or a rate that nobody can have given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputError {
    /// When it was entered as given.
    pub at: MonoTime,
    /// What was entered, mg or mg/min.
    pub amount: Value,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: an amount of {} is none", self.at, self.amount)
    }
}

impl std::error::Error for InputError {}

/// Returns what was given of a drug by each route, at its time since `start`. The entries are those
/// that hold, corrected and in any order; what is from before `start` counts as given then.
///
/// A rate that is set during a pause is the one that the infusion goes on with.
///
/// # Errors
///
/// The first amount that is below zero.
pub fn inputs(
    doses: &[DoseEntry],
    drug: Drug,
    start: MonoTime,
) -> Result<BTreeMap<Route, Vec<(Duration, Input)>>, InputError> {
    let mut doses: Vec<&DoseEntry> = doses.iter().collect();
    doses.sort_by_key(|entry| entry.at);
    let mut found: BTreeMap<Route, Vec<(Duration, Input)>> = BTreeMap::new();
    let mut pump = Pump::default();
    for DoseEntry { at, dose, .. } in doses {
        if let Some(amount) = amount(dose).filter(|amount| amount.number() < 0.0) {
            return Err(InputError { at: *at, amount });
        }
        let (route, input) = match dose {
            Dose::Bolus { drug: given, .. } if *given != drug => continue,
            Dose::Bolus { route, amount, .. } => (*route, given(*route, *amount)),
            _ => match pump.handle(dose, drug) {
                Some(rate) => (Route::Intravenous, Input::Rate(rate)),
                None => continue,
            },
        };
        let after = at.saturating_since(start);
        found.entry(route).or_default().push((after, input));
    }
    Ok(found)
}

const fn given(route: Route, amount: Value) -> Input {
    match route {
        Route::Intravenous => Input::Push {
            amount,
            within: PUSH,
        },
        Route::Intramuscular | Route::Intranasal | Route::Oral | Route::Sublingual => {
            Input::Absorbed(amount)
        }
    }
}

const fn amount(dose: &Dose) -> Option<Value> {
    match dose {
        Dose::Bolus { amount, .. } => Some(*amount),
        Dose::Start { rate, .. } | Dose::Rate { rate } => Some(*rate),
        Dose::Pause | Dose::Resume | Dose::Stop => None,
    }
}

/// The one pump of a session.
#[derive(Default)]
struct Pump {
    drug: Option<Drug>,
    rate: Option<Value>,
    is_paused: bool,
}

impl Pump {
    /// Returns at which rate it gives this drug from now on, mg/min; nothing when this entry does
    /// not change that.
    fn handle(&mut self, dose: &Dose, wanted: Drug) -> Option<Value> {
        let was = self.drug;
        match dose {
            Dose::Bolus { .. } => return None,
            Dose::Start { drug, rate, .. } => {
                (self.drug, self.rate, self.is_paused) = (Some(*drug), Some(*rate), false);
            }
            Dose::Rate { rate } => self.rate = Some(*rate),
            Dose::Pause => self.is_paused = true,
            Dose::Resume => self.is_paused = false,
            Dose::Stop => *self = Self::default(),
        }
        let runs = self
            .rate
            .filter(|_| !self.is_paused && self.drug == Some(wanted));
        let concerns = was == Some(wanted) || self.drug == Some(wanted);
        concerns.then(|| runs.unwrap_or(Value::whole(0)))
    }
}
