//! Goes on where an earlier run ended: what it told, sent and waited for.

use std::collections::BTreeSet;
use std::sync::Arc;

use chairside_alarm::Occurrence;
use chairside_escalation::Delivery;
use chairside_model::{BedId, MonoTime};
use chairside_notify::Message;
use chairside_station::Record;
use chairside_store::{Outbox, Recorder};
use tracing::info;

use super::carry::{LOST, NOT_CONFIGURED, put_down};
use super::{Notify, Sent};

impl Notify {
    /// Goes on from what earlier runs told and sent, and which episodes of standing alarms are of
    /// what was simulated. Nothing is sent before the first [`tick`](Self::tick).
    pub fn resume(
        &mut self,
        now: MonoTime,
        (records, simulated): (&[Record], &BTreeSet<(BedId, Occurrence)>),
        outbox: &Outbox,
        recorder: &Recorder,
    ) {
        // What was told at one moment belongs together.
        for at_once in records.chunk_by(|one, next| one.at == next.at) {
            let at = at_once.first().map_or(now, |record| record.at);
            for record in at_once {
                self.names.simulated.resume(record, simulated);
            }
            let inputs = at_once.iter().filter_map(|record| self.names.input(record));
            self.escalation.follow(at, inputs);
        }
        for sent in self.names.nobodys(outbox) {
            let key = sent.delivery.key.clone();
            put_down(recorder, now, (key, sent.tried() + 1), NOT_CONFIGURED);
        }
        let (left, keys) = self.names.left(outbox);
        let numbers = self.escalation.resume(now, &left);
        self.resume_tests(outbox);
        self.resume_ways(outbox);
        self.watched.set(self.state(now));
        self.tell_called(now);
        // Also what was taken can still be answered.
        for ((delivery, ..), key) in left.deliveries.iter().zip(&keys) {
            self.message(now, delivery, key.clone());
        }
        self.earlier_keys = numbers.into_iter().zip(keys).collect();
        let under_way = self.escalation.under_way();
        let under_way: Vec<Delivery> = under_way.map(|(delivery, _)| delivery.clone()).collect();
        if !under_way.is_empty() {
            info!(
                messages = under_way.len(),
                "Messages of the last run go on."
            );
        }
        for delivery in under_way {
            let message = self.message(now, &delivery, self.key(delivery.id));
            self.sent.insert(
                delivery.id,
                Sent {
                    way: (delivery.person, delivery.channel),
                    message: Arc::new(message),
                    committed: None,
                    tester: None,
                },
            );
        }
    }

    /// Takes how the ways to people have been: one that failed fails until it works. What never
    /// went out by a way says nothing of it.
    fn resume_ways(&self, outbox: &Outbox) {
        let mut attempts = Vec::new();
        for sent in &outbox.deliveries {
            let way = (&*sent.delivery.person, &*sent.delivery.channel);
            if self.way(way).is_some() {
                let of_the_way = sent.attempts.iter().filter(|tried| {
                    let why = tried.why.as_deref();
                    why != Some(NOT_CONFIGURED) && why != Some(LOST)
                });
                attempts.extend(of_the_way.map(|tried| (way, tried)));
            }
        }
        attempts.sort_by_key(|(_, tried)| tried.at);
        for (way, tried) in attempts {
            let at = self.clock.wall(tried.at);
            self.watched.tried(way, at, tried.why.clone());
        }
    }

    /// Makes the message of a delivery, which can be answered from now on.
    pub(super) fn message(&self, now: MonoTime, delivery: &Delivery, key: String) -> Message {
        let mut message = self.names.message(delivery, key, &self.clock);
        let person = self.names.person(delivery.person);
        let way = (person, self.names.channel(delivery.channel));
        self.answers.open(now, delivery, way, &mut message);
        message
    }
}
