//! What clients are told of the channels and of what is under way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{CalledWay, FollowerState, Roster, TestState};
use crate::config::Config;
use crate::loudspeaker::LoudspeakerState;
use crate::web::wire::Time;

/// The channels and what is under way, as they stand.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CallingState {
    /// The channels, in the order of the configuration.
    pub channels: Vec<ChannelState>,
    /// The ways to people that were tried, in the order in which they first were.
    pub ways: Vec<WayState>,
    /// The ways to people by which a bed's ladder calls at any time from now until midnight.
    pub called_today: Vec<CalledWay>,
    /// The programs that follow alarms.
    pub followers: Vec<FollowerState>,
    /// The host's own loudspeaker; nothing where none is configured.
    pub loudspeaker: Option<LoudspeakerState>,
    /// The messages that have not ended.
    pub under_way: Vec<UnderWay>,
    /// The last tests, the newest first.
    pub tests: Vec<TestState>,
    /// The drills, in the order of the configuration.
    pub drills: Vec<DrillState>,
}

/// A channel.
#[derive(Clone, Debug, Serialize)]
pub struct ChannelState {
    /// Its name.
    pub channel: String,
    /// What it is: `mail`, `webhook`, …
    pub kind: &'static str,
    /// Our public key, with which a browser subscribes; only where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// How it stands with it for all people: it fails while it does for anybody.
    #[serde(flatten)]
    pub health: Health,
}

/// A way to a person that was tried, in this run or in the 48 h before it.
#[derive(Clone, Debug, Serialize)]
pub struct WayState {
    /// The person, by id.
    pub person: String,
    /// The channel, by name.
    pub channel: String,
    /// How it stands with it.
    #[serde(flatten)]
    pub health: Health,
}

/// What became of the last messages.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Health {
    /// When one was last taken.
    pub taken_at: Option<Time>,
    /// When one last was not.
    pub failed_at: Option<Time>,
    /// Since when none that was tried has been taken; nothing when the last was.
    pub failing_since: Option<Time>,
    /// Why the last was not, if it was not.
    pub failing: Option<String>,
}

impl Health {
    fn tried(&mut self, at: Time, why: Option<String>) {
        if why.is_none() {
            self.taken_at = Some(at);
            self.failing_since = None;
        } else {
            self.failed_at = Some(at);
            self.failing_since = self.failing_since.or(Some(at));
        }
        self.failing = why;
    }

    /// Returns how it stands with a channel for all people: an address that is refused for ever
    /// must show beside others that are not.
    fn of_all(ways: &[WayState], channel: &str) -> Self {
        let ways = || ways.iter().filter(|way| way.channel == channel);
        let healths = || ways().map(|way| &way.health);
        let failing = || ways().filter(|way| way.health.failing.is_some());
        let last = failing().max_by_key(|way| way.health.failed_at.map(|at| at.0));
        let why =
            |way: &WayState| Some(format!("{}: {}", way.person, way.health.failing.as_ref()?));
        let newest = |of: fn(&Self) -> Option<Time>| healths().filter_map(of).max_by_key(|at| at.0);
        let since = failing().filter_map(|way| way.health.failing_since);
        Self {
            taken_at: newest(|health| health.taken_at),
            failed_at: newest(|health| health.failed_at),
            failing_since: since.min_by_key(|at| at.0),
            failing: last.and_then(why),
        }
    }
}

/// A test that the calendar wants.
#[derive(Clone, Debug, Serialize)]
pub struct DrillState {
    /// By what.
    pub channel: String,
    /// At which time of day, by the clinic's clock: `08:30`.
    pub at: String,
    /// When it was last sent.
    pub sent_at: Option<Time>,
    /// Since when nobody has received it in time; nothing when somebody has.
    pub missed_since: Option<Time>,
}

/// A message that has not ended.
#[derive(Clone, Debug, Serialize)]
pub struct UnderWay {
    /// Who gets it, by id.
    pub person: String,
    /// By what.
    pub channel: String,
    /// `call`, `answered`, `all_clear` or `test`.
    pub purpose: &'static str,
    /// How urgent.
    pub priority: &'static str,
    /// The beds it is about.
    pub beds: Vec<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// How long it has waited, ms, when that was last looked at.
    pub waits_ms: u64,
}

/// The state, seen from the loop that changes it and from those who answer clients.
#[derive(Clone, Debug, Default)]
pub struct WatchedCalling {
    state: Arc<Mutex<CallingState>>,
    roster: Arc<Roster>,
}

impl WatchedCalling {
    /// Takes the channels of a configuration, and what was made of each.
    pub(super) fn new(config: &Config, made: &[Arc<dyn chairside_notify::Channel>]) -> Self {
        let channels = config.calling.channels.iter().zip(made);
        let channels = channels.map(|(plan, made)| ChannelState {
            channel: plan.name.clone(),
            kind: plan.settings.kind(),
            public_key: made.public_key(),
            health: Health::default(),
        });
        let state = CallingState {
            channels: channels.collect(),
            ..CallingState::default()
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            roster: Arc::new(Roster::of(config)),
        }
    }

    /// Returns who there is and who is called, which never changes.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Returns the state as it is now.
    #[must_use]
    pub fn now(&self) -> CallingState {
        self.lock().clone()
    }

    pub(super) fn set(&self, (under_way, tests): (Vec<UnderWay>, Vec<TestState>)) {
        let mut state = self.lock();
        state.under_way = under_way;
        state.tests = tests;
    }

    pub(super) fn called(&self, today: Vec<CalledWay>) {
        self.lock().called_today = today;
    }

    pub(super) fn looked(
        &self,
        followers: Vec<FollowerState>,
        drills: Vec<DrillState>,
        loudspeaker: Option<LoudspeakerState>,
    ) {
        let mut state = self.lock();
        state.loudspeaker = loudspeaker;
        state.followers = followers;
        state.drills = drills;
    }

    /// Takes what became of an attempt by a way to a person, by their names.
    pub(super) fn tried(
        &self,
        (person, channel): (&str, &str),
        at: DateTime<Utc>,
        why: Option<String>,
    ) {
        let mut state = self.lock();
        let CallingState { ways, channels, .. } = &mut *state;
        let known = ways
            .iter_mut()
            .find(|way| (&*way.person, &*way.channel) == (person, channel));
        let way = match known {
            Some(way) => way,
            None => ways.push_mut(WayState {
                person: person.to_owned(),
                channel: channel.to_owned(),
                health: Health::default(),
            }),
        };
        way.health.tried(Time(at), why);
        if let Some(state) = channels.iter_mut().find(|state| state.channel == channel) {
            state.health = Health::of_all(ways, channel);
        }
    }

    fn lock(&self) -> MutexGuard<'_, CallingState> {
        // Each change is written as a whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_secs(seconds).unwrap()
    }

    #[test]
    fn a_channel_fails_for_as_long_as_it_fails_for_anybody() {
        let watched = WatchedCalling::default();
        watched.lock().channels.push(ChannelState {
            channel: "phones".to_owned(),
            kind: "ntfy",
            public_key: None,
            health: Health::default(),
        });
        let refused = || Some("it answers 404".to_owned());
        watched.tried(("mn", "phones"), at(1), refused());
        watched.tried(("ak", "phones"), at(2), None);
        watched.tried(("mn", "phones"), at(3), refused());
        watched.tried(("ak", "phones"), at(4), None);
        let state = watched.now();
        let phones = &state.channels[0].health;
        assert_eq!(phones.failing.as_deref(), Some("mn: it answers 404"));
        assert_eq!(phones.failing_since, Some(Time(at(1))));
        assert_eq!(phones.failed_at, Some(Time(at(3))));
        assert_eq!(phones.taken_at, Some(Time(at(4))));
        let ways = state.ways.iter();
        let ways: Vec<_> = ways
            .map(|way| (&*way.person, way.health.failing.is_some()))
            .collect();
        assert_eq!(ways, [("mn", true), ("ak", false)]);

        watched.tried(("mn", "phones"), at(5), None);
        let phones = watched.now().channels.remove(0).health;
        assert_eq!((phones.failing, phones.failing_since), (None, None));
        assert_eq!(phones.failed_at, Some(Time(at(3))));
    }
}
