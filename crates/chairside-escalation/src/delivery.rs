//! A message to one person by one channel, and what becomes of it.

use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, Priority};
use chairside_model::{BedId, MonoTime};

use crate::plan::{Channel, Person};

/// A delivery, by its number in this run of the service, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(pub u64);

/// A message to one person by one channel, as it is put on record before it is first tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: DeliveryId,
    /// When it was decided.
    pub at: MonoTime,
    /// Who gets it.
    pub person: Person,
    /// By what.
    pub channel: Channel,
    /// What for.
    pub purpose: Purpose,
    /// The most urgent of its parts, of a call; low of everything else.
    pub priority: Priority,
    /// What it is about, the most urgent first.
    pub parts: Vec<Part>,
    /// The rungs that called it.
    pub called_as: Vec<CalledAs>,
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody is to come.
    Call,
    /// Whoever was called need not come any more: nothing is the matter.
    AllClear,
    /// Whoever was called need not come any more: somebody has answered.
    Answered,
    /// It is tried whether it arrives: somebody wanted to know.
    Test,
    /// The same, by the calendar.
    Drill,
}

/// An alarm that a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The bed.
    pub bed: BedId,
    /// The alarm.
    pub alarm: AlarmId,
    /// Which episode of it.
    pub occurrence: Occurrence,
    /// How urgent.
    pub priority: Priority,
    /// The last of the bed's calls that it made.
    pub call: u64,
    /// When its condition began.
    pub since: MonoTime,
    /// It is of what was simulated, and nobody is in danger.
    pub simulated: bool,
}

/// The rung for which a person is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalledAs {
    /// The bed.
    pub bed: BedId,
    /// The climb: its first call.
    pub first_call: u64,
    /// The rung, 1 for the first.
    pub rung: u32,
    /// How often the last rung had been climbed before.
    pub round: u32,
}

/// One try at a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Of what.
    pub delivery: DeliveryId,
    /// The attempt, from 1; it goes on after those of an earlier run.
    pub number: u32,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has taken it.
    Taken,
    /// Not now; not before so long, if it said so.
    Failed(Option<Duration>),
    /// And never as it is.
    Refused,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was taken.
    Taken,
    /// It will never be taken as it is.
    Refused,
    /// Nobody need be told any more.
    NotNeeded,
}

impl Purpose {
    /// Whether it is tried only whether it arrives.
    #[must_use]
    pub const fn is_test(self) -> bool {
        matches!(self, Self::Test | Self::Drill)
    }

    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::AllClear => "all_clear",
            Self::Answered => "answered",
            Self::Test => "test",
            Self::Drill => "drill",
        }
    }
}

impl Ended {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Refused => "refused",
            Self::NotNeeded => "not_needed",
        }
    }
}
