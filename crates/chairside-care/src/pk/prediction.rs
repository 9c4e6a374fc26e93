//! What is shown: a line, the range of the models, and the spread of absorption.

use std::fmt;
use std::time::Duration;

use chairside_model::{MonoTime, Value};

use super::absorption::{Absorption, spread};
use super::course::Course;
use super::input::inputs;
use super::model::{KE0_PER_MIN, Model, outside};
use super::system::System;
use crate::{DoseLog, Drug, Route};

/// What stands beside the range of ketamine, wherever it is shown.
const LABEL: &str = "predicted range, 3 published models, not measured";

/// What stands beside the line of esketamine, of which there is one model.
const LABEL_OF_ONE: &str = "predicted, 1 published model, not measured";

/// What stands beside the spread of absorption, wherever it is shown.
const SPREAD_LABEL: &str = "predicted range of absorption, published studies, not measured";

/// Rates of absorption that are tried between the slowest and the fastest. At a moment neither of
/// the two need give the most: that is the one whose peak is then.
const RATES: u32 = 9;

/// Concentrations of one moment, ng/mL.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Concentration {
    /// In plasma.
    pub plasma: f64,
    /// At the effect site, with an assumed delay.
    pub effect: f64,
}

impl Concentration {
    fn plus(self, other: Self) -> Self {
        Self {
            plasma: self.plasma + other.plasma,
            effect: self.effect + other.effect,
        }
    }

    fn least(self, other: Self) -> Self {
        Self {
            plasma: self.plasma.min(other.plasma),
            effect: self.effect.min(other.effect),
        }
    }

    fn most(self, other: Self) -> Self {
        Self {
            plasma: self.plasma.max(other.plasma),
            effect: self.effect.max(other.effect),
        }
    }
}

/// From the least to the most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The least.
    pub low: Concentration,
    /// The most.
    pub high: Concentration,
}

/// What is predicted for one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Which.
    pub at: MonoTime,
    /// The line: `domino`, or the model of esketamine.
    pub line: Concentration,
    /// The range of the three models; nothing for esketamine, of which there is one.
    pub models: Option<Range>,
    /// The spread of absorption; nothing where all went into a vein.
    pub absorption: Option<Range>,
}

/// What of the patient the models know.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Covariates {
    /// Body weight, kg.
    pub weight: Option<Value>,
    /// Age, years, where the clinic records it.
    pub age: Option<Value>,
}

/// Why there is no prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPrediction {
    /// Nobody said what the patient weighs, or what was said is no weight.
    NoWeight,
    /// Nothing of the drug was given.
    NoDose,
}

impl fmt::Display for NoPrediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoWeight => "no weight, so no predicted concentration",
            Self::NoDose => "nothing was given",
        })
    }
}

impl std::error::Error for NoPrediction {}

/// What the doses on record predict of one drug.
#[derive(Clone, Debug)]
pub struct Prediction {
    drug: Drug,
    start: MonoTime,
    outside: Option<String>,
    /// The courses of each model, one for each route: concentrations of one drug add up.
    models: Vec<Vec<Course>>,
    /// The same of one model for the least and the most taken up, at each rate of absorption.
    absorptions: Vec<Vec<Course>>,
}

impl Prediction {
    /// Predicts from what the log says was given. When one is entered late or corrected, this is called
    /// anew: nothing of an earlier prediction is kept.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn new(log: &DoseLog, drug: Drug, covariates: Covariates) -> Result<Self, NoPrediction> {
        Self::with_steps_of(Duration::from_secs(1), log, drug, covariates)
    }

    /// Predicts as [`new`](Self::new) does, for points that will be asked for every `step`.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn with_steps_of(
        step: Duration,
        log: &DoseLog,
        drug: Drug,
        covariates: Covariates,
    ) -> Result<Self, NoPrediction> {
        let weight = covariates.weight.map(Value::number);
        let weight = weight.filter(|kg| *kg > 0.0);
        let weight = weight.ok_or(NoPrediction::NoWeight)?;
        let age = covariates.age.map(Value::number);
        let (start, routes) = inputs(log, drug).ok_or(NoPrediction::NoDose)?;
        let courses = |model: Model, absorption: &dyn Fn(Route) -> Absorption| -> Vec<Course> {
            let course = |(route, given): (&Route, &Vec<_>)| {
                let system = System::new(model, weight, age, absorption(*route), KE0_PER_MIN);
                Course::new(system.with_steps_of(step), given)
            };
            routes.iter().map(course).collect()
        };
        let typical = |model: Model, route: Route| {
            spread(model, route).map_or(Absorption::Vein, |spread| spread.typical)
        };
        let shown: &[Model] = match drug {
            Drug::Ketamine => &Model::BAND,
            Drug::Esketamine => &[Model::PerezRuixoEsketamine],
        };
        let models = shown.iter();
        let models = models.map(|model| courses(*model, &|route| typical(*model, route)));
        let by_vein_only = routes.keys().all(|route| *route == Route::Intravenous);
        let ends = if by_vein_only { 0 } else { 2 * RATES };
        let absorptions = (0..ends).map(|number| {
            let model = disposition_of(drug);
            let rate = f64::from(number / 2) / f64::from(RATES - 1);
            let share = f64::from(number % 2);
            courses(model, &|route| {
                let spread = spread(model, route);
                spread.map_or(Absorption::Vein, |spread| spread.at(share, rate))
            })
        });
        Ok(Self {
            drug,
            start,
            outside: outside(weight, age),
            models: models.collect(),
            absorptions: absorptions.collect(),
        })
    }

    /// Returns which drug it is of.
    #[must_use]
    pub const fn drug(&self) -> Drug {
        self.drug
    }

    /// Returns what stands beside it, wherever it is shown.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self.drug {
            Drug::Ketamine => LABEL,
            Drug::Esketamine => LABEL_OF_ONE,
        }
    }

    /// Returns what stands beside the spread of absorption; nothing where all went into a vein.
    #[must_use]
    pub fn spread_label(&self) -> Option<&'static str> {
        (!self.absorptions.is_empty()).then_some(SPREAD_LABEL)
    }

    /// Returns when the first dose was.
    #[must_use]
    pub const fn start(&self) -> MonoTime {
        self.start
    }

    /// Returns why the trace is greyed: the patient is none of those that the models know.
    #[must_use]
    pub fn outside(&self) -> Option<&str> {
        self.outside.as_deref()
    }

    /// Goes on to a time and returns what is predicted for it. It never goes back: a time before the
    /// last one gives what was last.
    pub fn advance(&mut self, now: MonoTime) -> Point {
        let after = now.saturating_since(self.start);
        let mut models = self.models.iter_mut().map(|courses| sum(courses, after));
        let line = models.next().unwrap_or_default();
        let models: Vec<Concentration> = models.collect();
        let absorptions = self.absorptions.iter_mut();
        let absorptions: Vec<_> = absorptions.map(|courses| sum(courses, after)).collect();
        Point {
            at: now,
            line,
            models: (!models.is_empty()).then(|| range(line, &models)),
            absorption: absorptions.first().map(|first| range(*first, &absorptions)),
        }
    }
}

/// Returns in which model the spread of absorption is shown: the one that fits clearance and volume
/// as they were measured, and that of esketamine.
const fn disposition_of(drug: Drug) -> Model {
    match drug {
        Drug::Ketamine => Model::Clements250,
        Drug::Esketamine => Model::PerezRuixoEsketamine,
    }
}

fn sum(courses: &mut [Course], after: Duration) -> Concentration {
    let each = courses.iter_mut().map(|course| course.advance(after));
    each.fold(Concentration::default(), Concentration::plus)
}

fn range(first: Concentration, others: &[Concentration]) -> Range {
    let others = || others.iter().copied();
    Range {
        low: others().fold(first, Concentration::least),
        high: others().fold(first, Concentration::most),
    }
}
