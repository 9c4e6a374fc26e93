//! What the entries come to: pushes, and infusions with each stretch at one rate.

use std::time::Duration;

use chairside_model::{MonoTime, Value};

use super::refusal::check_figures;
use super::{FINITE, NoSense};
use crate::{Dose, DoseEntry, Drug, EntryNumber, Route};

const SECONDS_PER_MINUTE: f64 = 60.0;

/// Something that was given all at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bolus {
    /// The entry that says so.
    pub number: EntryNumber,
    /// When.
    pub at: MonoTime,
    /// What.
    pub drug: Drug,
    /// Which way.
    pub route: Route,
    /// How much, mg.
    pub amount: Value,
    /// What the syringe held, mg/mL.
    pub concentration: Option<Value>,
}

/// An infusion into a vein, from its start.
#[derive(Clone, Debug, PartialEq)]
pub struct Infusion {
    /// The entry that started it.
    pub number: EntryNumber,
    /// What.
    pub drug: Drug,
    /// What the bag holds, mg/mL.
    pub concentration: Option<Value>,
    /// How much is to be given in all, mg.
    pub planned: Option<Value>,
    /// The rate that was set last, mg/min, also while it is held.
    pub rate: Value,
    /// How it stands.
    pub state: InfusionState,
    /// The times in which it ran, in order, each at one rate. Never empty.
    pub stretches: Vec<Stretch>,
}

/// How an infusion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InfusionState {
    /// It runs.
    Running,
    /// It is held, and may go on.
    Paused,
    /// It is over.
    Stopped,
}

/// A time in which an infusion ran at one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// How fast, mg/min.
    pub rate: Value,
    /// From when.
    pub from: MonoTime,
    /// Until when; nothing while it runs.
    pub until: Option<MonoTime>,
}

impl Infusion {
    /// Returns how much it gave up to `until`, mg.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "a log has no figure above 10,000"
    )]
    pub fn given(&self, until: MonoTime) -> Value {
        let given = self.stretches.iter().map(|stretch| stretch.given(until));
        Value::finite(given.sum()).expect(FINITE)
    }

    /// Returns when it had given what it was planned to, or will have as it runs; nothing without
    /// a plan, and when it is held or was stopped before.
    #[must_use]
    pub fn planned_reached(&self) -> Option<MonoTime> {
        let mut left = self.planned?.number();
        for stretch in &self.stretches {
            let seconds = left / stretch.rate.number() * SECONDS_PER_MINUTE;
            let needed = Duration::try_from_secs_f64(seconds).ok();
            let reached = needed
                .and_then(|needed| stretch.from.since_start().checked_add(needed))
                .map(MonoTime::from_start);
            match (reached, stretch.until) {
                (reached, None) => return reached,
                (Some(reached), Some(until)) if reached <= until => return Some(reached),
                (_, Some(until)) => left -= stretch.given(until),
            }
        }
        None
    }

    /// Returns when it was stopped, or `now` while it is not.
    #[must_use]
    pub fn end(&self, now: MonoTime) -> MonoTime {
        let last = self.stretches.last().and_then(|stretch| stretch.until);
        match self.state {
            InfusionState::Running | InfusionState::Paused => now,
            InfusionState::Stopped => last.unwrap_or(now),
        }
    }

    fn close(&mut self, at: MonoTime) {
        if let Some(last) = self.stretches.last_mut() {
            last.until = last.until.or(Some(at));
        }
    }

    fn run(&mut self, rate: Value, from: MonoTime) {
        self.rate = rate;
        self.state = InfusionState::Running;
        self.stretches.push(Stretch {
            rate,
            from,
            until: None,
        });
    }
}

impl Stretch {
    fn given(&self, until: MonoTime) -> f64 {
        let end = self.until.map_or(until, |own| own.min(until));
        self.rate.number() * end.saturating_since(self.from).as_secs_f64() / SECONDS_PER_MINUTE
    }
}

/// A part of a total.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) amount: f64,
    concentration: Option<Value>,
}

impl Part {
    /// Returns how much solution it was, mL.
    pub(super) fn volume(&self) -> Option<f64> {
        Some(self.amount / self.concentration?.number())
    }
}

/// What some entries come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Course {
    pub(super) boluses: Vec<Bolus>,
    pub(super) infusions: Vec<Infusion>,
    /// What makes no sense where it stands, and was left out.
    pub(super) stray: Vec<(EntryNumber, NoSense)>,
}

impl Course {
    /// Follows entries that are in the order of what happened.
    pub(super) fn of<'a>(entries: impl Iterator<Item = &'a (EntryNumber, DoseEntry)>) -> Self {
        let mut course = Self::default();
        for (number, entry) in entries {
            if let Err(why) = course.take(*number, entry) {
                course.stray.push((*number, why));
            }
        }
        course
    }

    /// Returns the parts of what was given of a drug, one way.
    pub(super) fn parts(&self, drug: Drug, route: Route, until: MonoTime) -> Vec<Part> {
        let boluses = self.boluses.iter();
        let boluses = boluses.filter(|bolus| bolus.drug == drug && bolus.route == route);
        let boluses = boluses.map(|bolus| Part {
            amount: bolus.amount.number(),
            concentration: bolus.concentration,
        });
        let infusions = self.infusions.iter();
        let infusions = infusions.filter(|one| one.drug == drug && route == Route::Intravenous);
        let infusions = infusions.map(|one| Part {
            amount: one.given(until).number(),
            concentration: one.concentration,
        });
        boluses.chain(infusions).collect()
    }

    fn take(&mut self, number: EntryNumber, entry: &DoseEntry) -> Result<(), NoSense> {
        let at = entry.at;
        check_figures(&entry.dose)?;
        match entry.dose {
            Dose::Bolus {
                drug,
                route,
                amount,
                concentration,
            } => self.boluses.push(Bolus {
                number,
                at,
                drug,
                route,
                amount,
                concentration,
            }),
            Dose::Start {
                drug,
                rate,
                concentration,
                planned,
            } => {
                if self.current().is_some() {
                    return Err(NoSense::AlreadyStarted);
                }
                let mut infusion = Infusion {
                    number,
                    drug,
                    concentration,
                    planned,
                    rate,
                    state: InfusionState::Running,
                    stretches: Vec::new(),
                };
                infusion.run(rate, at);
                self.infusions.push(infusion);
            }
            Dose::Rate { rate } => {
                let infusion = self.running(entry.dose.name())?;
                infusion.close(at);
                infusion.run(rate, at);
            }
            Dose::Pause => {
                let infusion = self.running(entry.dose.name())?;
                infusion.close(at);
                infusion.state = InfusionState::Paused;
            }
            Dose::Resume => {
                let infusion = self.current();
                let infusion = infusion.ok_or(NoSense::NoInfusion(entry.dose.name()))?;
                if infusion.state != InfusionState::Paused {
                    return Err(NoSense::NotPaused);
                }
                infusion.run(infusion.rate, at);
            }
            Dose::Stop => {
                let infusion = self.current();
                let infusion = infusion.ok_or(NoSense::NoInfusion(entry.dose.name()))?;
                infusion.close(at);
                infusion.state = InfusionState::Stopped;
            }
        }
        Ok(())
    }

    /// The infusion that is not stopped.
    fn current(&mut self) -> Option<&mut Infusion> {
        let last = self.infusions.last_mut()?;
        (last.state != InfusionState::Stopped).then_some(last)
    }

    fn running(&mut self, what: &'static str) -> Result<&mut Infusion, NoSense> {
        let infusion = self.current().ok_or(NoSense::NoInfusion(what))?;
        match infusion.state {
            InfusionState::Running => Ok(infusion),
            InfusionState::Paused | InfusionState::Stopped => Err(NoSense::Paused(what)),
        }
    }
}
