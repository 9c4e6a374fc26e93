//! One model in one body by one route, as a linear system, and its steps.

use std::time::Duration;

use super::absorption::Absorption;
use super::matrix::{Matrix, Vector};
use super::model::{Model, flow};

/// Where in a column what stands.
pub(super) mod place {
    /// Drug in the central compartment, mg.
    pub(in crate::pk) const CENTRAL: usize = 0;
    /// Drug in the compartment that fills fast, mg.
    pub(in crate::pk) const SHALLOW: usize = 1;
    /// Drug in the compartment that fills slowly, mg.
    pub(in crate::pk) const DEEP: usize = 2;
    /// Drug in the liver and its portal vein, mg.
    pub(in crate::pk) const LIVER: usize = 3;
    /// Drug where it was given, that will reach the blood, mg.
    pub(in crate::pk) const DEPOT: usize = 4;
    /// Drug in the gut, that will reach the liver, mg.
    pub(in crate::pk) const GUT: usize = 5;
    /// The concentration at the effect site, ng/mL.
    pub(in crate::pk) const EFFECT: usize = 6;
    /// What runs into the central compartment, mg/min.
    pub(in crate::pk) const INFUSION: usize = 7;
    /// What runs into the gut, mg/min.
    pub(in crate::pk) const SWALLOWED: usize = 8;
}

/// A second: how a prediction advances while a session runs.
const SECOND: Duration = Duration::from_secs(1);

/// One model in one body, with the depot of one route.
#[derive(Clone, Debug)]
pub struct System {
    flows: Matrix,
    central_l: f64,
    /// The exact step of [`Self::step_span`].
    step: Matrix,
    step_span: Duration,
    absorption: Absorption,
}

impl System {
    /// Makes the system of a model in a body.
    ///
    /// `weight_kg` must be above zero; `ke0_per_min` is [`KE0_PER_MIN`](super::KE0_PER_MIN) unless
    /// another is studied.
    #[must_use]
    pub fn new(
        model: Model,
        weight_kg: f64,
        age_years: Option<f64>,
        absorption: Absorption,
        ke0_per_min: f64,
    ) -> Self {
        let disposition = model.disposition(weight_kg, age_years);
        let central_l = disposition.central_l;
        let mut flows = disposition.flows;
        let (to_blood, to_liver) = absorption.rates_per_min();
        flow(&mut flows, place::DEPOT, place::CENTRAL, to_blood);
        flow(&mut flows, place::GUT, place::LIVER, to_liver);
        // The effect site takes nothing out of the plasma: it only follows its concentration.
        flows.0[place::EFFECT][place::CENTRAL] = ke0_per_min * 1000.0 / central_l;
        flows.0[place::EFFECT][place::EFFECT] = -ke0_per_min;
        flows.0[place::CENTRAL][place::INFUSION] = 1.0;
        flows.0[place::GUT][place::SWALLOWED] = 1.0;
        let step = flows.exponential(SECOND.as_secs_f64() / 60.0);
        Self {
            flows,
            central_l,
            step,
            step_span: SECOND,
            absorption,
        }
    }

    /// Makes steps of that length the ones that are kept ready, instead of those of a second.
    #[must_use]
    pub fn with_steps_of(mut self, span: Duration) -> Self {
        self.step = self.flows.exponential(span.as_secs_f64() / 60.0);
        self.step_span = span;
        self
    }

    /// Returns how drug gets from where it was given into the blood.
    #[must_use]
    pub const fn absorption(&self) -> Absorption {
        self.absorption
    }

    /// Returns what is where after `span`, exactly, when what runs in does not change in between.
    pub(super) fn after(&self, column: &Vector, span: Duration) -> Vector {
        if span == self.step_span {
            self.step.apply(column)
        } else {
            let minutes = span.as_secs_f64() / 60.0;
            self.flows.exponential(minutes).apply(column)
        }
    }

    /// Returns the plasma concentration, ng/mL.
    pub(super) fn plasma(&self, column: &Vector) -> f64 {
        1000.0 * column[place::CENTRAL] / self.central_l
    }
}
