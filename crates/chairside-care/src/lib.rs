//! The treatment session of one bed: screening, baseline, dose, peak, recovery and discharge.
//!
//! A [`CareAct`] and the time go in; what a person did is on record as a [`CareAction`], and the
//! state of a session is nothing but its actions and the readings between them, folded in order.
//! Chairside records and reminds: nothing here suggests a dose or a drug, and nothing says that it
//! is safe to go home.

mod action;
mod amend;
mod care;
mod chart;
mod discharge;
mod dose;
mod dose_log;
mod facts;
mod flow_sheet;
mod gate;
mod ledger;
mod median;
pub mod pk;
mod prompt;
mod protocol;
mod rating;
mod receipt;
mod refusal;
mod rems;
mod score;
mod stage;
#[cfg(test)]
mod testing;
mod text;
mod treatment;

pub use action::{
    Amendment, CareAct, CareAction, CareEntry, CareEvent, Check, DischargeItem, EntryNumber,
    EventKind, Item, ItemAnswer, Said,
};
pub use amend::{AmendRefusal, InForce};
pub use care::{Care, PLANNED_MAX, SCHEDULED_MAX};
pub use chart::{Chart, Pressure, READING_COUNTS, Taken};
pub use discharge::{
    Discharge, DischargeFacts, DischargeLine, DischargeNeed, DischargePlan, MinimumTimes,
    OBSERVED_MIN,
};
pub use dose::{Again, Dose, DoseEntry, Drug, Route};
pub use dose_log::{
    Asked, Bolus, DoseBounds, DoseFigure, DoseLog, DoseQuestion, DoseRefusal, DoseTotal, Expected,
    Infusion, InfusionState, NoSense, Stretch, Typed,
};
pub use facts::{AlarmEpisode, Answer, Fact, SessionFacts, StageTaken};
pub use flow_sheet::{Cell, FlowSheet, SaidBy, SheetLine, SheetRow};
pub use gate::{Gate, GateFacts, GateItem, GateLine, Standing};
pub use ledger::{Bounded, Counted, Ledger, LedgerEntry, bounded, course};
pub use prompt::{Prompt, PromptCause, PromptPlan, PromptRule, PromptState};
pub use protocol::{
    Blocks, CuffPlan, GatePlan, Mistake, Protocol, ProtocolParts, ScreeningItem, weight_default,
};
pub use rating::{AldreteVariant, Anchor, Circulation, Consequence, Direction, ScoreRefusal};
pub use receipt::{Completeness, Gap, GapCause, Receipt};
pub use refusal::CareRefusal;
pub use rems::{RemsFound, RemsItem, RemsLine, RemsWorksheet};
pub use score::{ScoreEntry, ScoreId};
pub use stage::Stage;
pub use text::{Text, TextError};
pub use treatment::{Checked, Logged, Treatment};
