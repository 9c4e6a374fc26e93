//! The alarm engine of one bed, and nothing else.
//!
//! Frames, observations, people's actions and the time go in; transitions come out. This crate
//! knows nothing of bytes, ports, screens or files. What it must do is written down in
//! `docs/alarms.md`.

mod board;
mod condition;
mod contradictions;
mod engine;
mod evidence;
mod hold;
mod inputs;
mod profile;
mod rules;
mod signal;
mod timer;

pub use condition::{AlarmId, AlarmKind, Occurrence, Priority, SignalPresence, Transition};
pub use engine::{AlarmEngine, AlarmInput, OperatorAction, PressureBaseline, Refusal, Sources};
pub use profile::{
    AlarmProfile, Holds, LimitSide, LinkLostRule, NibpHighRule, NibpLowRule, NibpRules,
    ProfileError, ProfileParts, Signal, TechnicalRule, TechnicalRules, ThresholdRule,
};
