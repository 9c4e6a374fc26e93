//! The predicted concentration: the shape of exposure that follows from the doses on record.
//!
//! Published models of ketamine disagree by a factor of two and people by more, so what is shown
//! is the range of three of them, with a label that says what it is. Nothing is measured here,
//! nothing is to be dosed by it, and nothing of it reaches an alarm: the alarm engine does not
//! know this crate. See `docs/predicted-concentration.md` and
//! `docs/adr/0026-predicted-concentration.md`.
//!
//! Drug moves between compartments in proportion to what is in them, and what goes in is constant
//! between two entries of the dose log. Of such a system a step of any length is exact: a matrix
//! exponential, made once for a length and used for every step of it.
//!
//! Units: minutes, litres, milligrams, and ng/mL (which is µg/L) for concentrations.

mod absorption;
mod course;
mod input;
mod matrix;
mod model;
mod prediction;
mod system;

pub use absorption::{Absorption, Spread, spread};
pub use course::Course;
pub use input::{ByRoute, Input, inputs};
pub use model::{KE0_PER_MIN, Model, Population, outside};
pub use prediction::{Concentration, Covariates, NoPrediction, Point, Prediction, Range};
pub use system::System;
