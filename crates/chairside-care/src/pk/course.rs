//! A system under what was given: what is where at any time since the first dose.

use std::time::Duration;

use super::input::Input;
use super::matrix::{SIZE, Vector};
use super::prediction::Concentration;
use super::system::{System, place};

/// A system and all that is given to it, at a time that only moves forward.
///
/// A dose that was entered late or corrected makes another course, from the start on: what is given
/// is the only state that there is.
#[derive(Clone, Debug)]
pub struct Course {
    system: System,
    jumps: Vec<Jump>,
    flows: Vec<Flow>,
    /// When anything begins or ends, in order, each once.
    turns: Vec<Duration>,
    /// How many of them have been passed.
    passed: usize,
    at: Duration,
    column: Vector,
}

/// So much is somewhere at once.
#[derive(Clone, Copy, Debug)]
struct Jump {
    at: Duration,
    to: usize,
    amount: f64,
}

/// So much runs in somewhere per minute, from a time until before another.
#[derive(Clone, Copy, Debug)]
struct Flow {
    from: Duration,
    until: Duration,
    to: usize,
    rate: f64,
}

impl Course {
    /// Gives a system these inputs, each at its time since the start; in any order, those of one
    /// time in the order in which they stand.
    #[must_use]
    pub fn new(system: System, inputs: &[(Duration, Input)]) -> Self {
        let mut inputs = inputs.to_vec();
        inputs.sort_by_key(|(at, _)| *at);
        let mut course = Self {
            system,
            jumps: Vec::new(),
            flows: Vec::new(),
            turns: Vec::new(),
            passed: 0,
            at: Duration::ZERO,
            column: [0.0; SIZE],
        };
        course.take_up(&inputs);
        let flows = course.flows.iter();
        let ends = flows.flat_map(|flow| [flow.from, flow.until]);
        course.turns = course
            .jumps
            .iter()
            .map(|jump| jump.at)
            .chain(ends)
            .collect();
        course.turns.sort_unstable();
        course.turns.dedup();
        course.pass(Duration::ZERO);
        course
    }

    /// Makes jumps and flows of what was given.
    fn take_up(&mut self, inputs: &[(Duration, Input)]) {
        let mut pump: Option<(Duration, f64)> = None;
        let mut absorbed = 0.0;
        for (at, input) in inputs.iter().copied() {
            match input {
                Input::Bolus(amount) => self.jump(at, place::CENTRAL, amount.number()),
                Input::Push { amount, within } => {
                    self.run_in(at, at + within, place::CENTRAL, amount.number());
                }
                Input::Rate(rate) => {
                    self.pumped(pump.replace((at, rate.number())), at);
                }
                Input::Absorbed(amount) => {
                    let taken = self.system.absorption().take(amount.number(), absorbed);
                    absorbed += amount.number();
                    self.jump(at, place::DEPOT, taken.depot_mg);
                    self.run_in(at, at + taken.gut_within, place::SWALLOWED, taken.gut_mg);
                }
            }
        }
        self.pumped(pump, Duration::MAX);
    }

    fn jump(&mut self, at: Duration, to: usize, amount: f64) {
        self.jumps.push(Jump { at, to, amount });
    }

    fn pumped(&mut self, pump: Option<(Duration, f64)>, until: Duration) {
        if let Some((from, rate)) = pump.filter(|(_, rate)| *rate > 0.0) {
            let to = place::INFUSION;
            self.flows.push(Flow {
                from,
                until,
                to,
                rate,
            });
        }
    }

    /// Lets an amount run in evenly; at once where there is no time for it.
    fn run_in(&mut self, from: Duration, until: Duration, to: usize, amount: f64) {
        let minutes = until.saturating_sub(from).as_secs_f64() / 60.0;
        if amount > 0.0 && minutes > 0.0 {
            let to = if to == place::CENTRAL {
                place::INFUSION
            } else {
                to
            };
            let rate = amount / minutes;
            self.flows.push(Flow {
                from,
                until,
                to,
                rate,
            });
        } else if amount > 0.0 {
            self.jump(from, to, amount);
        }
    }

    /// Goes on to a time since the start, and returns the concentrations then; at the time of a
    /// bolus those after it. A time before the last one is the last one.
    pub fn advance(&mut self, to: Duration) -> Concentration {
        while let Some(turn) = self.turns.get(self.passed).copied().filter(|it| *it <= to) {
            self.step(turn);
            self.pass(turn);
        }
        self.step(to);
        Concentration {
            plasma: self.system.plasma(&self.column),
            effect: self.column[place::EFFECT],
        }
    }

    fn step(&mut self, to: Duration) {
        let span = to.saturating_sub(self.at);
        if span > Duration::ZERO {
            self.column = self.system.after(&self.column, span);
            self.at = to;
        }
    }

    /// Does what happens at a turn. What runs in is added up anew each time: a sum that is taken
    /// apart again does not come back to zero.
    fn pass(&mut self, turn: Duration) {
        if self.turns.get(self.passed) != Some(&turn) {
            return;
        }
        self.passed += 1;
        for jump in self.jumps.iter().filter(|jump| jump.at == turn) {
            self.column[jump.to] += jump.amount;
        }
        for to in [place::INFUSION, place::SWALLOWED] {
            let flows = self.flows.iter().filter(|flow| flow.to == to);
            let running = flows.filter(|flow| flow.from <= turn && turn < flow.until);
            self.column[to] = running.map(|flow| flow.rate).sum();
        }
    }

    /// Returns all the drug that is in the body or on its way into the blood, mg.
    #[must_use]
    pub fn in_body_mg(&self) -> f64 {
        self.column[..=place::GUT].iter().sum()
    }
}
