//! Carries what the escalation decides: to the record, and to people who are not at a screen
//! (`docs/adr/0024-being-heard.md`).
//!
//! A message is on record before it is first tried, unless the record is slow: then it is tried
//! all the same. Nothing here waits; what is tried runs in tasks of its own, and its outcome comes
//! back as something that happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use chairside_alarm::Transition;
use chairside_escalation::{
    Channel, DeliveryId, Drills, Escalation, Input, Moment, Output, Person, Plan,
};
use chairside_model::{BedId, MonoTime};
use chairside_notify::http::Http;
use chairside_notify::{Message, SettingsError, WallClock};
use chairside_station::Record;
use chairside_store::Recorder;
use chrono::Local;
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::config::Config;
use crate::loudspeaker::Loudspeaker;

mod answers;
mod attempt;
mod came;
mod carry;
mod followers;
mod names;
mod reached;
mod resume;
mod roster;
mod simulated;
mod state;
mod tested;
mod trouble;

pub use answers::{Answers, Asked, Found};
use attempt::Tried;
pub use came::CalledWay;
use came::Came;
pub use followers::FollowerState;
use followers::Followers;
pub use names::Names;
pub use roster::{Roster, Whom, week_minute};
pub use state::{
    CallingState, ChannelState, DrillState, Health, UnderWay, WatchedCalling, WayState,
};
pub use tested::TestState;
use tested::Tests;

/// The escalation and its channels.
#[derive(Debug)]
pub struct Notify {
    escalation: Escalation,
    out: Output,
    names: Names,
    channels: Vec<Arc<dyn chairside_notify::Channel>>,
    followers: Followers,
    /// What is known of each message that has not ended.
    sent: BTreeMap<DeliveryId, Sent>,
    /// What each message of earlier runs is known by.
    earlier_keys: BTreeMap<DeliveryId, String>,
    epoch: String,
    clock: Clock,
    outcomes: mpsc::UnboundedSender<Tried>,
    tried: mpsc::UnboundedReceiver<Tried>,
    watched: WatchedCalling,
    answers: Answers,
    tests: Tests,
    came: Came,
    drills: Drills,
    /// The host's own loudspeaker, where there is one.
    loudspeaker: Option<Loudspeaker>,
    /// Who wants to know of the test that is being made.
    tester: Option<TestReply>,
}

/// Who wants to know of a test: its message's key, once the channel has taken it.
pub type TestReply = oneshot::Sender<Result<String, NoTest>>;

/// Why a test came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTest {
    /// The person has no such way.
    NoWay(String),
    /// The channel did not take it; it is tried again for two minutes.
    NotTaken(String),
}

/// A message that has not ended.
#[derive(Debug)]
struct Sent {
    way: (Person, Channel),
    message: Arc<Message>,
    /// That it is on record, until it was first tried.
    committed: Option<oneshot::Receiver<()>>,
    /// Who wants to know what becomes of the first attempt.
    tester: Option<TestReply>,
}

impl Notify {
    /// Makes the channels of a configuration. Nobody is called yet.
    ///
    /// # Errors
    ///
    /// Which channel cannot be made, and why.
    pub fn new(
        config: &Config,
        beds: &BTreeMap<String, BedId>,
        epoch: String,
        clock: Clock,
    ) -> Result<Self, (String, SettingsError)> {
        let calling = &config.calling;
        let wall = WallClock::new(move || clock.wall(clock.now()));
        let bed_ids = config.beds.iter().map(|bed| bed.id.clone());
        let followers = Followers::new(calling, bed_ids, &wall)?;
        let http = Http::new(&calling.http, wall);
        let http = http.map_err(|error| ("notify".to_owned(), error))?;
        let mut channels = Vec::new();
        for plan in &calling.channels {
            let channel = plan.settings.build(&http);
            channels.push(channel.map_err(|error| (plan.name.clone(), error))?);
        }
        let ladder = |bed: &crate::config::Bed| {
            let ladder = bed.ladder.clone()?;
            Some((*beds.get(&bed.id)?, ladder))
        };
        let plan = Plan {
            people: calling.people.clone(),
            duties: calling.duties.clone(),
            ladders: config.beds.iter().filter_map(ladder).collect(),
        };
        let answers = Answers::of(config);
        let answers = answers.map_err(|error| ("notify".to_owned(), error))?;
        let (outcomes, tried) = mpsc::unbounded_channel();
        let names = Names::of(config, beds);
        for bed in names.simulated.beds() {
            followers.simulated(names.bed(bed), true);
        }
        Ok(Self {
            escalation: Escalation::new(plan),
            out: Output::default(),
            names,
            watched: WatchedCalling::new(config, &channels),
            answers,
            tests: Tests::default(),
            came: Came::default(),
            drills: Drills::new(calling.drills.clone()),
            loudspeaker: calling
                .loudspeaker
                .as_ref()
                .map(|settings| Loudspeaker::start(settings, clock.now())),
            tester: None,
            channels,
            followers,
            sent: BTreeMap::new(),
            earlier_keys: BTreeMap::new(),
            epoch,
            clock,
            outcomes,
            tried,
        })
    }

    /// What clients are told of it.
    #[must_use]
    pub const fn watched(&self) -> &WatchedCalling {
        &self.watched
    }

    /// What can be answered from a telephone.
    #[must_use]
    pub const fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Takes which alarms stand when the service starts.
    pub fn standing<'a>(&self, standing: impl Iterator<Item = (BedId, &'a Transition)>) {
        for (bed, told) in standing {
            self.followers.alarm(bed, told, &self.names, &self.clock);
        }
    }

    /// Takes what the core has told.
    pub fn take(&mut self, now: MonoTime, records: &[Record], recorder: &Recorder) {
        let mut inputs = Vec::new();
        for record in records {
            self.names.simulated.follow(record);
            self.followers.take(record, &self.names, &self.clock);
            inputs.extend(self.names.input(record));
        }
        let at = self.moment(now);
        self.escalation.handle(at, inputs, &mut self.out);
        self.carry(now, recorder);
    }

    /// Takes that some display is heard, or none is.
    pub fn heard(&mut self, now: MonoTime, heard: bool, recorder: &Recorder) {
        self.handle(now, Input::Heard(heard), recorder);
    }

    /// Does what is due.
    pub fn tick(&mut self, now: MonoTime, recorder: &Recorder) {
        if self.next_deadline().is_some_and(|due| due <= now) {
            self.handle(now, Input::Tick, recorder);
        }
        self.send_drills(now, recorder);
    }

    /// Returns when it wants a [`tick`](Self::tick).
    #[must_use]
    pub fn next_deadline(&self) -> Option<MonoTime> {
        self.escalation.next_deadline()
    }

    /// Waits for the outcome of an attempt. Nothing is lost when it is dropped.
    pub async fn outcome(&mut self) -> Tried {
        match self.tried.recv().await {
            Some(tried) => tried,
            // We hold a sender ourselves.
            None => std::future::pending().await,
        }
    }

    fn handle(&mut self, now: MonoTime, input: Input<'_>, recorder: &Recorder) {
        let at = self.moment(now);
        self.escalation.handle(at, [input], &mut self.out);
        self.carry(now, recorder);
    }

    /// Returns the way to a person with those names; nothing where there is none.
    fn way(&self, (person, channel): (&str, &str)) -> Option<(Person, Channel)> {
        let way = self.names.way(person, channel);
        let plan = self.escalation.plan();
        way.filter(|(person, channel)| plan.address(*person, *channel).is_some())
    }

    fn moment(&self, now: MonoTime) -> Moment {
        // A clock that was put right since the start tells who is on duty.
        let wall = self.clock.wall_as_set().with_timezone(&Local);
        Moment {
            now,
            week: week_minute(wall),
        }
    }
}

#[cfg(test)]
mod tests;
