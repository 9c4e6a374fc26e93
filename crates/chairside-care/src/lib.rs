//! The treatment session of one bed: screening, baseline, dose, peak, recovery and discharge.
//!
//! A [`CareAct`] and the time go in; what a person did is on record as a [`CareAction`], and the
//! state of a session is nothing but its actions and the readings between them, folded in order.
//! Chairside records and reminds: nothing here suggests a dose or a drug, and nothing says that it
//! is safe to go home.

mod action;
mod amend;
mod dose;
mod dose_log;
mod rating;
mod score;
mod stage;
mod text;

pub use action::{
    Amendment, CareAct, CareAction, CareEntry, CareEvent, Check, DischargeItem, EntryNumber,
    EventKind, Item, ItemAnswer, Said,
};
pub use amend::{AmendRefusal, InForce};
pub use dose::{Dose, DoseEntry, Drug, Route};
pub use dose_log::{
    Asked, Bolus, DoseBounds, DoseFigure, DoseLog, DoseQuestion, DoseRefusal, DoseTotal, Expected,
    Infusion, InfusionState, NoSense, Stretch,
};
pub use rating::{AldreteVariant, Anchor, Circulation, Consequence, Direction, ScoreRefusal};
pub use score::{ScoreEntry, ScoreId};
pub use stage::Stage;
pub use text::{Text, TextError};
