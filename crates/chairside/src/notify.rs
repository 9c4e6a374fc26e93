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
    Delivery, DeliveryId, Drills, Ended, Escalation, Input, Moment, Output, Plan, Purpose,
    WEEK_MINUTES, WeekMinute,
};
use chairside_model::{BedId, MonoTime};
use chairside_notify::http::Http;
use chairside_notify::{Message, SettingsError, WallClock};
use chairside_station::Record;
use chairside_store::{AttemptRow, EndRow, Outbox, OutboxRow, Recorder};
use chrono::{Datelike, Local, Timelike};
use tokio::sync::{mpsc, oneshot};
use tracing::{info, warn};

use crate::clock::Clock;
use crate::config::Config;

mod answers;
mod attempt;
mod followers;
mod names;
mod state;
mod tested;
mod trouble;

pub use answers::{Answers, Asked, Found};
use attempt::Tried;
pub use followers::FollowerState;
use followers::Followers;
pub use names::Names;
pub use state::{CallingState, ChannelState, UnderWay, WatchedCalling};
pub use tested::TestState;
use tested::{Tested, Tests};

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
    epoch: String,
    clock: Clock,
    outcomes: mpsc::UnboundedSender<Tried>,
    tried: mpsc::UnboundedReceiver<Tried>,
    watched: WatchedCalling,
    answers: Answers,
    tests: Tests,
    drills: Drills,
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
        Ok(Self {
            escalation: Escalation::new(plan),
            out: Output::default(),
            names: Names::of(config, beds),
            watched: WatchedCalling::new(calling, &channels),
            answers,
            tests: Tests::default(),
            drills: Drills::new(calling.drills.clone()),
            tester: None,
            channels,
            followers,
            sent: BTreeMap::new(),
            epoch,
            clock,
            outcomes,
            tried,
        })
    }

    /// Goes on from what earlier runs told and sent. Nothing is sent before the first
    /// [`tick`](Self::tick).
    pub fn resume(&mut self, now: MonoTime, records: &[Record], outbox: &Outbox) {
        // What was told at one moment belongs together.
        for at_once in records.chunk_by(|one, next| one.at == next.at) {
            let at = at_once.first().map_or(now, |record| record.at);
            let inputs = at_once.iter().filter_map(|record| self.names.input(record));
            self.escalation.follow(at, inputs);
        }
        let (left, keys) = self.names.left(outbox);
        let numbers = self.escalation.resume(now, &left);
        self.resume_tests(outbox);
        self.watched.set(self.state(now));
        // Also what was taken can still be answered.
        for ((delivery, ..), key) in left.deliveries.iter().zip(&keys) {
            self.message(now, delivery, key.clone());
        }
        let again: BTreeMap<DeliveryId, String> = numbers.into_iter().zip(keys).collect();
        let under_way = self.escalation.under_way();
        let under_way: Vec<Delivery> = under_way.map(|(delivery, _)| delivery.clone()).collect();
        if !under_way.is_empty() {
            info!(
                messages = under_way.len(),
                "Messages of the last run go on."
            );
        }
        for delivery in under_way {
            if let Some(key) = again.get(&delivery.id) {
                let message = self.message(now, &delivery, key.clone());
                self.sent.insert(
                    delivery.id,
                    Sent {
                        message: Arc::new(message),
                        committed: None,
                        tester: None,
                    },
                );
            }
        }
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

    /// Makes the message of a delivery, which can be answered from now on.
    fn message(&self, now: MonoTime, delivery: &Delivery, key: String) -> Message {
        let mut message = self.names.message(delivery, key, &self.clock);
        let person = self.names.person(delivery.person);
        self.answers.open(now, delivery, person, &mut message);
        message
    }

    /// Takes which alarms stand when the service starts.
    pub fn standing<'a>(&self, standing: impl Iterator<Item = (BedId, &'a Transition)>) {
        for (bed, told) in standing {
            self.followers.alarm(bed, told, &self.names, &self.clock);
        }
    }

    /// Takes what the core has told.
    pub fn take(&mut self, now: MonoTime, records: &[Record], recorder: &Recorder) {
        for record in records {
            self.followers.take(record, &self.names, &self.clock);
        }
        let at = self.moment(now);
        let inputs = records.iter().filter_map(|record| self.names.input(record));
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

    /// Takes the outcome of an attempt.
    pub fn tried(&mut self, now: MonoTime, tried: &Tried, recorder: &Recorder) {
        let Some(sent) = self.sent.get_mut(&tried.attempt.delivery) else {
            return;
        };
        let failure = tried.result.as_ref().err();
        let why = failure.map(|failure| failure.why.clone());
        if let Some(tester) = sent.tester.take() {
            let key = sent.message.key.clone();
            let told = why
                .clone()
                .map_or(Ok(key), |why| Err(NoTest::NotTaken(why)));
            // Whoever asked may have gone.
            let _ = tester.send(told);
        }
        if let Some(why) = &why {
            let channel = self.names.channel(tried.channel);
            let (key, attempt) = (&sent.message.key, tried.attempt.number);
            warn!(channel, key, attempt, why, "A message was not taken.");
        }
        let row = AttemptRow {
            at: now,
            key: sent.message.key.clone(),
            number: tried.attempt.number,
            outcome: tried.outcome_name().to_owned(),
            why: why.clone(),
        };
        commit(recorder, OutboxRow::Attempt(row));
        self.watched.tried(tried.channel, self.clock.wall(now), why);
        let input = Input::Tried(tried.attempt.delivery, tried.outcome());
        self.handle(now, input, recorder);
    }

    /// Returns by what somebody was called for a bed who has not been reached, in words; nothing
    /// when everybody was.
    #[must_use]
    pub fn unreached(&self, bed: BedId) -> Option<String> {
        let mut ways: Vec<_> = self.escalation.unreached(bed).collect();
        ways.sort_unstable();
        ways.dedup();
        let names = ways.iter().map(|(person, channel)| {
            let (person, channel) = (self.names.person(*person), self.names.channel(*channel));
            format!("{person} by {channel}")
        });
        let names: Vec<_> = names.collect();
        if self.escalation.calls_nobody(bed) {
            return Some("there is nobody to call".to_owned());
        }
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// Looks how it stands with the programs that follow alarms.
    pub fn look(&mut self, now: MonoTime) {
        let followers = self.followers.look(now);
        self.watched.followers(followers);
    }

    /// Returns since when a program that follows alarms is not told of a bed, and why.
    #[must_use]
    pub fn untold(&self, now: MonoTime, bed: BedId) -> Option<(MonoTime, String)> {
        self.followers.untold(now, self.names.bed(bed))
    }

    /// The beds that have a ladder.
    pub fn beds(&self) -> impl Iterator<Item = BedId> {
        self.escalation.plan().ladders.keys().copied()
    }

    fn handle(&mut self, now: MonoTime, input: Input<'_>, recorder: &Recorder) {
        let at = self.moment(now);
        self.escalation.handle(at, [input], &mut self.out);
        self.carry(now, recorder);
    }

    fn moment(&self, now: MonoTime) -> Moment {
        // A clock that was put right since the start tells who is on duty.
        let wall = self.clock.wall_as_set().with_timezone(&Local);
        let day = wall.weekday().num_days_from_monday();
        let minute = (day * 24 + wall.hour()) * 60 + wall.minute();
        let minute = u16::try_from(minute).unwrap_or(WEEK_MINUTES);
        Moment {
            now,
            week: WeekMinute::new(minute),
        }
    }

    /// Puts on record what was decided, and begins what is to be tried.
    fn carry(&mut self, now: MonoTime, recorder: &Recorder) {
        let mut out = std::mem::take(&mut self.out);
        for (bed, climbed) in out.climbed.drain(..) {
            info!(
                bed = self.names.bed(bed),
                rung = climbed.rung,
                why = climbed.why.name(),
                "A rung is climbed."
            );
            let row = self.names.rung_row(now, bed, &climbed);
            commit(recorder, OutboxRow::Rung(row));
        }
        for delivery in out.deliveries.drain(..) {
            let key = format!("{}-{}", self.epoch, delivery.id.0);
            let row = self.names.delivery_row(&delivery, key.clone());
            if delivery.purpose.is_test() {
                self.tests.made(Tested {
                    key: key.clone(),
                    person: row.person.clone(),
                    channel: row.channel.clone(),
                    drill: delivery.purpose == Purpose::Drill,
                    made: delivery.at,
                    taken: None,
                    received: None,
                });
            }
            let (done, committed) = oneshot::channel();
            recorder.commit_outbox(OutboxRow::Delivery(row), move |_result| {
                // On record or not: it is tried. Nobody waits any more when it took too long.
                let _ = done.send(());
            });
            let message = Arc::new(self.message(now, &delivery, key));
            self.sent.insert(
                delivery.id,
                Sent {
                    message,
                    committed: Some(committed),
                    tester: match delivery.purpose {
                        Purpose::Test => self.tester.take(),
                        Purpose::Call | Purpose::AllClear | Purpose::Answered | Purpose::Drill => {
                            None
                        }
                    },
                },
            );
        }
        let under_way: BTreeMap<_, _> = self
            .escalation
            .under_way()
            .map(|(delivery, _)| (delivery.id, (delivery.person, delivery.channel)))
            .collect();
        for attempt in out.attempts.drain(..) {
            let way = under_way.get(&attempt.delivery);
            let sent = self.sent.get_mut(&attempt.delivery);
            let (Some((person, channel)), Some(sent)) = (way, sent) else {
                continue;
            };
            let address = self.escalation.plan().address(*person, *channel);
            attempt::begin(
                attempt,
                *channel,
                self.channels.get(usize::from(channel.0)).map(Arc::clone),
                (Arc::clone(&sent.message), address.map(str::to_owned)),
                sent.committed.take(),
                self.outcomes.clone(),
            );
        }
        for (id, ended) in out.ended.drain(..) {
            if let Some(sent) = self.sent.remove(&id) {
                if ended == Ended::Taken {
                    self.tests.taken(now, &sent.message.key);
                }
                let row = EndRow {
                    at: now,
                    key: sent.message.key.clone(),
                    ended: ended.name().to_owned(),
                };
                commit(recorder, OutboxRow::End(row));
            }
        }
        self.out = out;
        self.watched.set(self.state(now));
    }

    fn state(&self, now: MonoTime) -> (Vec<UnderWay>, Vec<TestState>) {
        let under_way = self.escalation.under_way();
        let told = under_way.map(|(delivery, attempts)| UnderWay {
            person: self.names.person(delivery.person).to_owned(),
            channel: self.names.channel(delivery.channel).to_owned(),
            purpose: delivery.purpose.name(),
            priority: delivery.priority.name(),
            beds: self.names.beds_of(delivery),
            attempts,
            waits_ms: {
                let waits = now.saturating_since(delivery.at);
                u64::try_from(waits.as_millis()).unwrap_or(u64::MAX)
            },
        });
        (told.collect(), self.tests.told(&self.clock))
    }
}

fn commit(recorder: &Recorder, row: OutboxRow) {
    recorder.commit_outbox(row, |result| {
        if let Err(error) = result {
            warn!(%error, "A step on the way of an alarm to a person is not on record.");
        }
    });
}

#[cfg(test)]
mod tests;
