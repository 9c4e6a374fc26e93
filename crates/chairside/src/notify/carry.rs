//! Carries what the escalation decided: to the record first, and then to the channels; and what
//! became of it back.

use std::sync::Arc;

use chairside_escalation::{
    Attempt, Climbed, Delivery, DeliveryId, Ended, Input, Outcome, Purpose,
};
use chairside_model::{BedId, MonoTime};
use chairside_store::{AttemptRow, EndRow, OutboxRow, Recorder};
use tokio::sync::oneshot;
use tracing::{error, info, warn};

use super::attempt::{self, Tried};
use super::tested::Tested;
use super::{NoTest, Notify, Sent, TestState, UnderWay};

impl Notify {
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
        let (person, channel) = sent.way;
        let (person, channel) = (self.names.person(person), self.names.channel(channel));
        if let Some(why) = &why {
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
        let way = (person, channel);
        self.watched.tried(way, self.clock.wall(now), why);
        let input = Input::Tried(tried.attempt.delivery, tried.outcome());
        self.handle(now, input, recorder);
    }

    /// Puts on record what was decided, and begins what is to be tried.
    pub(super) fn carry(&mut self, now: MonoTime, recorder: &Recorder) {
        let mut out = std::mem::take(&mut self.out);
        for (bed, climbed) in out.climbed.drain(..) {
            self.climb(now, bed, &climbed, recorder);
        }
        for delivery in out.deliveries.drain(..) {
            self.deliver(now, &delivery, recorder);
        }
        self.attempt(now, out.attempts.drain(..), recorder);
        for (id, ended) in out.ended.drain(..) {
            self.end(now, id, ended, recorder);
        }
        self.out = out;
        self.watched.set(self.state(now));
    }

    /// Returns what a message is known by, over restarts.
    pub(super) fn key(&self, id: DeliveryId) -> String {
        let earlier = self.earlier_keys.get(&id);
        earlier
            .cloned()
            .unwrap_or_else(|| format!("{}-{}", self.epoch, id.0))
    }

    fn climb(&self, now: MonoTime, bed: BedId, climbed: &Climbed, recorder: &Recorder) {
        info!(
            bed = self.names.bed(bed),
            rung = climbed.rung,
            why = climbed.why.name(),
            "A rung is climbed."
        );
        let row = self.names.rung_row(now, bed, climbed);
        commit(recorder, OutboxRow::Rung(row));
    }

    /// Makes the message of a delivery, which is on record before it is first tried.
    fn deliver(&mut self, now: MonoTime, delivery: &Delivery, recorder: &Recorder) {
        let key = self.key(delivery.id);
        let row = self.names.delivery_row(delivery, key.clone());
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
        let sent = Sent {
            way: (delivery.person, delivery.channel),
            message: Arc::new(self.message(now, delivery, key)),
            committed: Some(committed),
            tester: match delivery.purpose {
                Purpose::Test => self.tester.take(),
                Purpose::Call | Purpose::AllClear | Purpose::Answered | Purpose::Drill => None,
            },
        };
        self.sent.insert(delivery.id, sent);
    }

    pub(super) fn attempt(
        &mut self,
        now: MonoTime,
        attempts: impl Iterator<Item = Attempt>,
        recorder: &Recorder,
    ) {
        for attempt in attempts {
            let Some(sent) = self.sent.get_mut(&attempt.delivery) else {
                // It would be under way for ever, and nobody be called in its place.
                let key = self.key(attempt.delivery);
                error!(key, "A message to a person is lost.");
                put_down(recorder, now, (key, attempt.number), LOST);
                let refused = Input::Tried(attempt.delivery, Outcome::Refused);
                self.handle(now, refused, recorder);
                continue;
            };
            let (person, channel) = sent.way;
            let address = self.escalation.plan().address(person, channel);
            attempt::begin(
                attempt,
                self.channels.get(usize::from(channel.0)).map(Arc::clone),
                (Arc::clone(&sent.message), address.map(str::to_owned)),
                sent.committed.take(),
                self.outcomes.clone(),
            );
        }
    }

    fn end(&mut self, now: MonoTime, id: DeliveryId, ended: Ended, recorder: &Recorder) {
        let Some(sent) = self.sent.remove(&id) else {
            return;
        };
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

    /// Returns what is under way, and the last tests.
    pub(super) fn state(&self, now: MonoTime) -> (Vec<UnderWay>, Vec<TestState>) {
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

/// Why a message cannot be sent that an earlier run left.
pub(super) const NOT_CONFIGURED: &str = "the person or the channel is not configured any more";

/// Why a message cannot be sent that was to be.
pub(super) const LOST: &str = "the service has lost it";

/// Puts on record that a message ends with an attempt that cannot be made, and why.
pub(super) fn put_down(recorder: &Recorder, at: MonoTime, (key, number): (String, u32), why: &str) {
    let ended = Ended::Refused.name().to_owned();
    let attempt = AttemptRow {
        at,
        key: key.clone(),
        number,
        outcome: ended.clone(),
        why: Some(why.to_owned()),
    };
    commit(recorder, OutboxRow::Attempt(attempt));
    commit(recorder, OutboxRow::End(EndRow { at, key, ended }));
}

/// Puts a step on record; nobody waits for it.
pub(super) fn commit(recorder: &Recorder, row: OutboxRow) {
    recorder.commit_outbox(row, |result| {
        if let Err(error) = result {
            warn!(%error, "A step on the way of an alarm to a person is not on record.");
        }
    });
}
