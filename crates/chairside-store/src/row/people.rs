//! What people set and what comes of it, as it lies on disk.

use std::borrow::Cow;

use chairside_alarm::{AudioChange, Flood, OperatorAction, Sound, SuspensionChange};
use chairside_model::MonoTime;

use super::{WantedLimit, WantedSession};

/// A person's action that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatorFact<'a> {
    /// What was done: `acknowledge`, `pause_audio`, ...
    pub action: Cow<'a, str>,
    /// The alarm episode it was about; 0 for none.
    pub occurrence: u64,
    /// The person, by id, or `patient`.
    pub by: Cow<'a, str>,
    /// The alarm it named.
    pub alarm: Option<Cow<'a, str>>,
    /// For how long it was meant.
    pub seconds: Option<u32>,
    /// Where it was done, as the display calls itself.
    pub station: Option<Cow<'a, str>>,
    /// Why, in the person's words.
    pub reason: Option<Cow<'a, str>>,
    /// The limit it was about.
    pub limit: Option<WantedLimit<'a>>,
    /// The session it was about.
    pub session: Option<WantedSession<'a>>,
    /// The bed's last call that it answered, of who comes or is there.
    pub call: Option<u64>,
}

/// The pause of an alarm or a rule's being off, just after it began or ended.
#[derive(Clone, Debug, PartialEq)]
pub struct SuspensionFact<'a> {
    /// When it changed.
    pub changed: MonoTime,
    /// Which alarm.
    pub id: Cow<'a, str>,
    /// `alarm_paused` or `rule_off`.
    pub kind: Cow<'a, str>,
    /// When it began.
    pub since: MonoTime,
    /// When it ends by itself.
    pub until: MonoTime,
    /// The person who did it, by id.
    pub by: Cow<'a, str>,
    /// Why, in the person's words.
    pub reason: Cow<'a, str>,
    /// `person`, `time`, `worse`, `restart` or `session`; nothing when it began.
    pub ended: Option<Cow<'a, str>>,
}

/// The sound of a bed at a station, after a change or as a reminder.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioFact<'a> {
    /// When.
    pub changed: MonoTime,
    /// The station, as the display calls itself.
    pub station: Cow<'a, str>,
    /// `on`, `paused` or `off`.
    pub sound: Cow<'a, str>,
    /// When it ends by itself; not of `on`.
    pub until: Option<MonoTime>,
    /// The last call that is not heard; only of `paused`.
    pub covers: Option<u64>,
    /// When people are next reminded; only of `off`.
    pub reminder: Option<MonoTime>,
    /// `person`, `time`, `session` or `reminder`.
    pub cause: Cow<'a, str>,
    /// The person who did it, by id.
    pub by: Cow<'a, str>,
    /// Why, if that was said.
    pub reason: Option<Cow<'a, str>>,
}

/// The summary of many alarms.
#[derive(Clone, Debug, PartialEq)]
pub struct FloodFact<'a> {
    /// How many began.
    pub alarms: u64,
    /// When the first of them did.
    pub since: MonoTime,
    /// The most urgent of them.
    pub worst: Cow<'a, str>,
    /// How urgent that was.
    pub priority: Cow<'a, str>,
    /// When the summary goes if nothing more begins.
    pub until: MonoTime,
}

impl<'a> OperatorFact<'a> {
    pub(crate) fn of(
        action: OperatorAction,
        by: &'a str,
        station: Option<&'a str>,
        reason: Option<&'a str>,
    ) -> Self {
        Self {
            action: action.name().into(),
            occurrence: action.occurrence().map_or(0, |occurrence| occurrence.0),
            by: by.into(),
            alarm: action.alarm().map(|id| id.name().into()),
            seconds: action.seconds(),
            station: station.map(Cow::Borrowed),
            reason: reason.map(Cow::Borrowed),
            limit: WantedLimit::of(action),
            session: WantedSession::of(action),
            call: action.answered_call(),
        }
    }
}

impl<'a> SuspensionFact<'a> {
    pub(crate) fn of(change: &'a SuspensionChange) -> Self {
        let suspension = &change.suspension;
        Self {
            changed: change.at,
            id: suspension.id.name().into(),
            kind: suspension.kind.name().into(),
            since: suspension.since,
            until: suspension.until,
            by: Cow::Borrowed(&suspension.by),
            reason: Cow::Borrowed(&suspension.reason),
            ended: change.ended.map(|ended| ended.name().into()),
        }
    }
}

impl<'a> AudioFact<'a> {
    pub(crate) fn of(change: &'a AudioChange) -> Self {
        let (covers, reminder) = match change.sound {
            Sound::On => (None, None),
            Sound::Paused { covers, .. } => (Some(covers), None),
            Sound::Off { reminder, .. } => (None, Some(reminder)),
        };
        Self {
            changed: change.at,
            station: Cow::Borrowed(&change.station),
            sound: change.sound.name().into(),
            until: change.sound.until(),
            covers,
            reminder,
            cause: change.cause.name().into(),
            by: Cow::Borrowed(&change.by),
            reason: change.reason.as_deref().map(Cow::Borrowed),
        }
    }
}

impl FloodFact<'static> {
    pub(crate) fn of(flood: Flood) -> Self {
        Self {
            alarms: flood.count,
            since: flood.since,
            worst: flood.worst.name().into(),
            priority: flood.priority.name().into(),
            until: flood.until,
        }
    }
}
