//! When a message last came to each person by each way: what the day-start check asks for.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_escalation::{Channel, Person};
use chairside_model::MonoTime;
use chairside_store::{OutboxRow, ReceivedRow, Recorder};
use serde::Serialize;
use tracing::info;

use super::Notify;
use super::carry::commit;
use crate::web::wire::Time;

/// A message that came says for so long that its way reaches the person: a check is signed once a
/// day.
const HOLDS: Duration = Duration::from_hours(24);

/// Of each way the last message that came, and when its person said so.
#[derive(Debug, Default)]
pub(super) struct Came(BTreeMap<(Person, Channel), (MonoTime, String)>);

/// A way to a person that a ladder calls today, as clients are told of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalledWay {
    /// The person, by id.
    pub person: String,
    /// The channel, by name.
    pub channel: String,
    /// When the person last said that a message came by it: received a test, or answered a call
    /// from the telephone.
    pub received_at: Option<Time>,
    /// Whether that was in the last 24 h.
    pub reached: bool,
}

impl Came {
    /// Takes that a message came; tells whether that is news.
    pub(super) fn take(&mut self, at: MonoTime, way: (Person, Channel), key: &str) -> bool {
        let known = self.0.get(&way);
        let is_news = known.is_none_or(|(_, known)| known != key);
        if is_news {
            self.0.insert(way, (at, key.to_owned()));
        }
        is_news
    }

    fn at(&self, way: (Person, Channel)) -> Option<MonoTime> {
        self.0.get(&way).map(|(at, _)| *at)
    }
}

impl Notify {
    /// Takes that a person has received a message; `by` is who says so, where that is said: then
    /// it must be a test. Otherwise the right to say it was the message's own, and a call may be
    /// answered by it. Tells whether there is such a message of theirs.
    pub fn received(
        &mut self,
        now: MonoTime,
        key: &str,
        by: Option<&str>,
        recorder: &Recorder,
    ) -> bool {
        let way = match self.tests.received(now, key, by) {
            Some(true) => self.tests.way(key),
            Some(false) => return true,
            None if by.is_none() => self.answers.way(key),
            None => None,
        };
        let Some((person, channel)) = way else {
            return false;
        };
        if let Some(way) = self.names.way(&person, &channel) {
            if !self.came.take(now, way, key) {
                return true;
            }
            self.drills.received(way);
        }
        info!(key, "A message has come to its person.");
        let key = key.to_owned();
        commit(recorder, OutboxRow::Received(ReceivedRow { at: now, key }));
        self.watched.set(self.state(now));
        self.tell_called(now);
        true
    }

    /// Tells clients which ways the ladders call today, and which of them reach their person.
    pub(super) fn tell_called(&self, now: MonoTime) {
        let ways = self
            .escalation
            .plan()
            .called_until_midnight(self.moment(now).week);
        let told = ways.into_iter().map(|way| {
            let (person, channel) = way;
            let at = self.came.at(way);
            CalledWay {
                person: self.names.person(person).to_owned(),
                channel: self.names.channel(channel).to_owned(),
                received_at: at.map(|at| Time(self.clock.wall(at))),
                reached: at.is_some_and(|at| now.saturating_since(at) <= HOLDS),
            }
        });
        self.watched.called(told.collect());
    }
}
