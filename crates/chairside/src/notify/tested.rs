//! The tests of ways to people, drills among them: when each was made, taken by its channel, and
//! received.

use std::collections::VecDeque;

use chairside_escalation::{Input, Purpose};
use chairside_model::{BedId, MonoTime};
use chairside_store::{Outbox, Recorder, Sent};
use serde::Serialize;

use super::{DrillState, NoTest, Notify, TestReply};
use crate::clock::Clock;
use crate::web::wire::Time;

/// So many of the last tests are told.
const KEPT_MAX: usize = 50;

/// A test of a way to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tested {
    /// Its message's key.
    pub(super) key: String,
    /// The person, by id.
    pub(super) person: String,
    /// The channel, by name.
    pub(super) channel: String,
    /// Whether the calendar wanted it.
    pub(super) drill: bool,
    /// When it was made.
    pub(super) made: MonoTime,
    /// When the channel took it.
    pub(super) taken: Option<MonoTime>,
    /// When the person said that it came.
    pub(super) received: Option<MonoTime>,
}

/// A test, as clients are told of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestState {
    /// What it is known by.
    pub key: String,
    /// The person, by id.
    pub person: String,
    /// The channel, by name.
    pub channel: String,
    /// Whether the calendar wanted it.
    pub drill: bool,
    /// When it was made.
    pub made_at: Time,
    /// When the channel took it.
    pub taken_at: Option<Time>,
    /// When the person said that it came.
    pub received_at: Option<Time>,
}

/// The last tests, the newest first.
#[derive(Debug, Default)]
pub(super) struct Tests(VecDeque<Tested>);

impl Tests {
    /// Takes a test that was made.
    pub(super) fn made(&mut self, test: Tested) {
        self.0.push_front(test);
        self.0.truncate(KEPT_MAX);
    }

    /// Takes one of an earlier run, if it is one.
    pub(super) fn resume(&mut self, sent: &Sent) {
        let row = &sent.delivery;
        let drill = row.purpose == Purpose::Drill.name();
        if !drill && row.purpose != Purpose::Test.name() {
            return;
        }
        let taken = sent.ended.as_ref();
        let taken = taken.filter(|(_, ended)| ended == "taken");
        self.made(Tested {
            key: row.key.clone(),
            person: row.person.clone(),
            channel: row.channel.clone(),
            drill,
            made: row.at,
            taken: taken.map(|(at, _)| *at),
            received: sent.received,
        });
    }

    /// The channel took it.
    pub(super) fn taken(&mut self, now: MonoTime, key: &str) {
        if let Some(test) = self.with(key) {
            test.taken = test.taken.or(Some(now));
        }
    }

    /// Takes that a person has received it; only whose test it was may say so, where it is known
    /// who says it. Tells whether that is news; [`None`] when there is no such test of theirs.
    pub(super) fn received(&mut self, now: MonoTime, key: &str, by: Option<&str>) -> Option<bool> {
        let test = self.with(key)?;
        if by.is_some_and(|by| by != test.person) {
            return None;
        }
        let news = test.received.is_none();
        test.received = test.received.or(Some(now));
        Some(news)
    }

    /// Returns whom a test was for, and by what.
    pub(super) fn way(&self, key: &str) -> Option<(String, String)> {
        let test = self.0.iter().find(|test| test.key == key)?;
        Some((test.person.clone(), test.channel.clone()))
    }

    fn with(&mut self, key: &str) -> Option<&mut Tested> {
        self.0.iter_mut().find(|test| test.key == key)
    }

    /// Returns them as clients are told of them.
    pub(super) fn told(&self, clock: &Clock) -> Vec<TestState> {
        let time = |at: MonoTime| Time(clock.wall(at));
        let tests = self.0.iter().map(|test| TestState {
            key: test.key.clone(),
            person: test.person.clone(),
            channel: test.channel.clone(),
            drill: test.drill,
            made_at: time(test.made),
            taken_at: test.taken.map(time),
            received_at: test.received.map(time),
        });
        tests.collect()
    }
}

impl Notify {
    /// Follows the tests and drills of earlier runs, and what came to its person, in their order.
    pub(super) fn resume_tests(&mut self, outbox: &Outbox) {
        let mut steps = Vec::new();
        for sent in &outbox.deliveries {
            self.tests.resume(sent);
            let row = &sent.delivery;
            let Some(way) = self.names.way(&row.person, &row.channel) else {
                continue;
            };
            if row.purpose == Purpose::Drill.name() {
                steps.push((row.at, way, None));
            }
            steps.extend(sent.received.map(|at| (at, way, Some(&row.key))));
        }
        steps.sort_by_key(|(at, ..)| *at);
        for (at, way, received) in steps {
            if let Some(key) = received {
                self.came.take(at, way, key);
                self.drills.received(way);
            } else {
                self.drills.sent(self.moment(at), way);
            }
        }
    }

    /// Sends the drills whose time has come.
    pub(super) fn send_drills(&mut self, now: MonoTime, recorder: &Recorder) {
        // They come to the minute, and this comes each second.
        if self.drills.is_empty() {
            return;
        }
        let at = self.moment(now);
        for (person, channel) in self.drills.due(self.escalation.plan(), at) {
            self.handle(now, Input::Drill(person, channel), recorder);
        }
    }

    /// Returns how it stands with each drill.
    pub(super) fn drills(&self, now: MonoTime) -> Vec<DrillState> {
        let time = |at: MonoTime| Time(self.clock.wall(at));
        let drills = self.drills.standing(now);
        let drills = drills.map(|(drill, sent, missed)| DrillState {
            channel: self.names.channel(drill.channel).to_owned(),
            at: format!("{:02}:{:02}", drill.at / 60, drill.at % 60),
            sent_at: sent.map(time),
            missed_since: missed.map(time),
        });
        drills.collect()
    }

    /// Tries a way to a person, and says what became of the first attempt.
    pub fn test(
        &mut self,
        now: MonoTime,
        named: (&str, &str),
        reply: TestReply,
        recorder: &Recorder,
    ) {
        let Some((person, channel)) = self.way(named) else {
            let (person, channel) = named;
            let why = format!("{person:?} is not reached by a channel {channel:?}");
            // Whoever asked may have gone.
            let _ = reply.send(Err(NoTest::NoWay(why)));
            return;
        };
        self.tester = Some(reply);
        self.handle(now, Input::Test(person, channel), recorder);
    }

    /// Returns which drills nobody has received in time, in words, of the channels that a bed's
    /// ladder uses, and when the time of the first was over; nothing when there is none.
    #[must_use]
    pub fn missed_drills(&self, now: MonoTime, bed: BedId) -> Option<(MonoTime, String)> {
        let ladder = self.escalation.plan().ladders.get(&bed)?;
        let missed = self.drills.missed(now);
        let missed: Vec<_> = missed
            .filter(|(drill, _)| ladder.uses(drill.channel))
            .collect();
        let first = missed.iter().map(|(_, since)| *since).min()?;
        let names = missed.iter().map(|(drill, _)| {
            let (hour, minute) = (drill.at / 60, drill.at % 60);
            let channel = self.names.channel(drill.channel);
            format!("nobody has received the drill of {hour:02}:{minute:02} by {channel}")
        });
        Some((first, names.collect::<Vec<_>>().join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(key: String) -> Tested {
        Tested {
            key,
            person: "mn".to_owned(),
            channel: "phones".to_owned(),
            drill: false,
            made: MonoTime::from_secs(1),
            taken: None,
            received: None,
        }
    }

    #[test]
    fn whose_test_it_was_says_once_that_it_came() {
        let mut tests = Tests::default();
        tests.made(test("a-1".to_owned()));
        let (first, second) = (MonoTime::from_secs(5), MonoTime::from_secs(6));
        assert_eq!(tests.received(first, "a-2", None), None);
        assert_eq!(tests.received(first, "a-1", Some("ak")), None);
        assert_eq!(tests.received(first, "a-1", Some("mn")), Some(true));
        assert_eq!(tests.received(second, "a-1", None), Some(false));
        assert_eq!(tests.0[0].received, Some(first));
    }

    #[test]
    fn the_last_are_kept_the_newest_first() {
        let mut tests = Tests::default();
        for number in 0..60 {
            tests.made(test(format!("a-{number}")));
        }
        assert_eq!(tests.0.len(), KEPT_MAX);
        assert_eq!(tests.0[0].key, "a-59");
    }
}
