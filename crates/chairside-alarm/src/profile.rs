//! Limits, delays, families: valid by construction.

/// A named, valid set of limits and delays. (The alarm crate's author writes this.)
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmProfile {}
