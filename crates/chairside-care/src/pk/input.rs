//! What was given, as the models take it.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::{MonoTime, Value};

use crate::{DoseLog, Drug, Route};

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

/// What was given by each route, each at its time since the first of them.
pub type ByRoute = BTreeMap<Route, Vec<(Duration, Input)>>;

/// Returns when a drug was first given, and what was given of it from then on; nothing when it was
/// not. Entries that make no sense where they stand are left out, as in every total of the log.
#[must_use]
pub fn inputs(log: &DoseLog, drug: Drug) -> Option<(MonoTime, ByRoute)> {
    let always = MonoTime::from_start(Duration::MAX);
    let mut given: Vec<(MonoTime, Route, Input)> = Vec::new();
    for bolus in log.boluses(always) {
        if bolus.drug == drug {
            let input = input(bolus.route, bolus.amount);
            given.push((bolus.at, bolus.route, input));
        }
    }
    for infusion in log.infusions(always) {
        if infusion.drug != drug {
            continue;
        }
        for stretch in infusion.stretches {
            let mut set = |at, rate| given.push((at, Route::Intravenous, Input::Rate(rate)));
            set(stretch.from, stretch.rate);
            if let Some(until) = stretch.until {
                set(until, Value::whole(0));
            }
        }
    }
    let start = given.iter().map(|(at, ..)| *at).min()?;
    let mut by_route = ByRoute::new();
    for (at, route, input) in given {
        let after = at.saturating_since(start);
        by_route.entry(route).or_default().push((after, input));
    }
    Some((start, by_route))
}

const fn input(route: Route, amount: Value) -> Input {
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
