//! How an alarm stands, for the systems that follow alarms.

use chairside_alarm::{AlarmId, Priority, SignalPresence};
use chairside_model::{Metric, Value};
use chrono::{DateTime, Utc};

/// How an alarm stands just after it changed, for a system that follows alarms and is not a
/// person.
///
/// Bed and condition only, as in a [`Message`](crate::Message): there is no place for a patient.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmState {
    /// The bed, by its configured id.
    pub bed: String,
    /// The bed's name on screen.
    pub bed_name: String,
    /// Which alarm.
    pub id: AlarmId,
    /// Which episode of it: with the bed, one that there is once.
    pub occurrence: u64,
    /// How urgent.
    pub priority: Priority,
    /// Whether the condition holds.
    pub present: bool,
    /// Whether people are told.
    pub signal: SignalPresence,
    /// When the condition began.
    pub since: DateTime<Utc>,
    /// When it came to stand so.
    pub at: DateTime<Utc>,
    /// The reading that it is about, where there is one.
    pub reading: Option<(Metric, Value)>,
    /// Why, in plain numbers.
    pub evidence: String,
    /// What the bed shows is simulated, and nobody is in danger.
    pub simulated: bool,
}

impl AlarmState {
    /// Tells whether nothing of the episode is left.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !self.present && self.signal != SignalPresence::Latched
    }
}
