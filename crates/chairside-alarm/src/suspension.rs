//! Alarms that a person has paused, and rules that a person has switched off: each with an owner,
//! a reason and an end.

use chairside_model::MonoTime;

use crate::AlarmId;

/// What is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuspensionKind {
    /// The alarm calls nobody; its condition is told.
    AlarmPaused,
    /// The rule counts for nothing; its condition is not told.
    RuleOff,
}

impl SuspensionKind {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AlarmPaused => "alarm_paused",
            Self::RuleOff => "rule_off",
        }
    }

    /// Returns the kind with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::AlarmPaused, Self::RuleOff]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// One alarm of a bed that is paused or off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Which alarm.
    pub id: AlarmId,
    /// What of it is suspended.
    pub kind: SuspensionKind,
    /// Since when.
    pub since: MonoTime,
    /// When it ends by itself.
    pub until: MonoTime,
    /// Who did it, by id.
    pub by: Box<str>,
    /// Why, in the person's words.
    pub reason: Box<str>,
}

/// Why a suspension ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuspensionEnd {
    /// A person ended it.
    Person,
    /// Its time is over.
    Time,
    /// Something worse joined the paused alarm.
    Worse,
    /// It could not be taken up at a restart: the profile has no such rule any more, or one that
    /// may not be suspended.
    Restart,
    /// A session opened or closed: it was set for another patient.
    Session,
}

impl SuspensionEnd {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Time => "time",
            Self::Worse => "worse",
            Self::Restart => "restart",
            Self::Session => "session",
        }
    }

    /// Returns the end with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Person,
            Self::Time,
            Self::Worse,
            Self::Restart,
            Self::Session,
        ]
        .into_iter()
        .find(|end| end.name() == name)
    }
}

/// A suspension began or ended. One that begins takes the place of another of the same alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspensionChange {
    /// When.
    pub at: MonoTime,
    /// Of which suspension.
    pub suspension: Suspension,
    /// Why it ended; nothing when it began.
    pub ended: Option<SuspensionEnd>,
}
