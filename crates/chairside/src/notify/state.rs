//! What clients are told of the channels and of what is under way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chairside_escalation::Channel;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{FollowerState, Roster, TestState};
use crate::config::Config;
use crate::loudspeaker::LoudspeakerState;
use crate::web::wire::Time;

/// The channels and what is under way, as they stand.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CallingState {
    /// The channels, in the order of the configuration.
    pub channels: Vec<ChannelState>,
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
    /// When it last took a message, since the service was started.
    pub taken_at: Option<Time>,
    /// When it last did not.
    pub failed_at: Option<Time>,
    /// Since when it has taken none that was tried; nothing when it took the last.
    pub failing_since: Option<Time>,
    /// Why it did not, if that was the last that was tried.
    pub failing: Option<String>,
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
            taken_at: None,
            failed_at: None,
            failing_since: None,
            failing: None,
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

    pub(super) fn tried(&self, channel: Channel, at: DateTime<Utc>, why: Option<String>) {
        let mut state = self.lock();
        let Some(channel) = state.channels.get_mut(usize::from(channel.0)) else {
            return;
        };
        let at = Some(Time(at));
        if why.is_none() {
            channel.taken_at = at;
            channel.failing_since = None;
        } else {
            channel.failed_at = at;
            channel.failing_since = channel.failing_since.or(at);
        }
        channel.failing = why;
    }

    fn lock(&self) -> MutexGuard<'_, CallingState> {
        // Each change is written as a whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
