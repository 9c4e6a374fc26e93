//! The one numbered stream of messages that every client follows.
//!
//! Each message is made once and kept for a moment; a client has a place in the stream. A client
//! that reads too slowly is never served old data: it is told so and given a fresh snapshot.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use chairside_model::{BedId, MonoTime};
use chairside_station::{Record, Station};
use tokio::sync::watch;

use super::displays::{Displays, NobodyHears, Unconfirmed};
use super::view::View;
use super::wire;
use super::wire::{Numbered, ServerMessage};
use crate::clock::Clock;

/// A message older than this is not sent any more; the client gets a snapshot instead
/// (reliability goal R12: the first thing drawn after recovery is at most 1 s old).
const KEEP: Duration = Duration::from_secs(1);

/// Messages kept at most: a second of 48 beds with three waves each, several times over. Full,
/// the oldest go, and whoever had not got them yet is told to start afresh.
const KEEP_MAX: usize = 8192;

/// Messages handed to a client at once, so that one slow client does not hold the lock.
pub(super) const BATCH: usize = 256;

/// From one heartbeat to the next (contract: `period_ms`).
pub const HEARTBEAT_PERIOD: Duration = Duration::from_secs(1);

/// The stream.
#[derive(Debug)]
pub struct Hub {
    epoch: String,
    site: String,
    staff: Vec<wire::Person>,
    clock: Clock,
    stream: Mutex<Stream>,
    head: watch::Sender<u64>,
    displays: Arc<Displays>,
}

#[derive(Debug)]
struct Stream {
    seq: u64,
    sent: VecDeque<Sent>,
    view: View,
    scratch: Vec<ServerMessage>,
}

#[derive(Debug)]
struct Sent {
    at: MonoTime,
    text: Utf8Bytes,
}

/// What comes next for a client.
#[derive(Debug)]
pub enum Next {
    /// These messages; the client's place is now after them.
    Messages(Vec<Utf8Bytes>),
    /// The client fell behind by so many messages; a snapshot is due.
    Missed(u64),
}

impl Hub {
    /// Makes the stream of a service that has just started.
    #[must_use]
    pub fn new(
        epoch: String,
        site: String,
        staff: Vec<wire::Person>,
        clock: Clock,
        view: View,
    ) -> Self {
        let stream = Stream {
            seq: 0,
            sent: VecDeque::new(),
            view,
            scratch: Vec::new(),
        };
        Self {
            epoch,
            site,
            staff,
            clock,
            stream: Mutex::new(stream),
            head: watch::Sender::new(0),
            displays: Arc::default(),
        }
    }

    /// Returns the epoch: another after each start.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Returns the people of the configuration.
    #[must_use]
    pub fn staff(&self) -> &[wire::Person] {
        &self.staff
    }

    /// Returns what the displays say of themselves.
    pub(super) const fn displays(&self) -> &Arc<Displays> {
        &self.displays
    }

    /// Tells why the alarms are heard nowhere, display by display; nothing where they are heard, as
    /// far as anybody knows.
    #[must_use]
    pub fn unheard(&self, now: MonoTime) -> Option<NobodyHears> {
        self.displays.unheard(now)
    }

    /// Returns the alarms that displays which are heard have not confirmed in time, bed by bed.
    #[must_use]
    pub fn unconfirmed(&self, now: MonoTime) -> BTreeMap<BedId, Unconfirmed> {
        self.displays.unconfirmed(now)
    }

    /// Tells every client of these records of a station.
    pub fn publish(&self, now: MonoTime, records: &[Record], station: &Station) {
        let mut stream = self.lock();
        let mut messages = std::mem::take(&mut stream.scratch);
        let limits = |bed| station.limits(bed);
        stream.view.fold(records, limits, &mut messages);
        let care = |bed| station.care(bed);
        stream.view.follow_care(records, care, &mut messages);
        for message in &messages {
            stream.push(now, message);
            if let ServerMessage::Alarms(alarms) = message
                && let Some(bed) = stream.view.bed_with_id(&alarms.bed)
            {
                self.displays.sent(now, bed, stream.seq);
            }
        }
        messages.clear();
        stream.scratch = messages;
        self.announce(stream);
    }

    /// Tells every client of the beds at which other checks are due than a moment ago. Time alone
    /// makes them due: no record says so.
    pub fn checks_due(&self, now: MonoTime, station: &Station) {
        let mut stream = self.lock();
        let mut messages = Vec::new();
        let care = |bed| station.care(bed);
        stream.view.follow_checks(now, care, &mut messages);
        for message in &messages {
            stream.push(now, message);
        }
        self.announce(stream);
    }

    /// Tells every client that the service is alive. Called by the loop that does the work, so
    /// that a stuck loop has no heartbeat.
    pub fn heartbeat(&self, now: MonoTime) {
        let mut stream = self.lock();
        let period_ms = u64::try_from(HEARTBEAT_PERIOD.as_millis()).unwrap_or(u64::MAX);
        let now_wall = wire::Time(self.clock.wall(now));
        stream.push(
            now,
            &ServerMessage::Heartbeat(wire::Heartbeat {
                now: now_wall,
                period_ms,
            }),
        );
        self.announce(stream);
    }

    /// Tells every client whether the record is being written, if that is news, and returns
    /// whether it began or stopped being written.
    pub fn recorder(&self, now: MonoTime, running: bool, text: Option<String>) -> bool {
        let mut stream = self.lock();
        let turned = stream.view.recorder_state().running != running;
        if let Some(message) = stream.view.recorder(running, text) {
            stream.push(now, &message);
        }
        self.announce(stream);
        turned
    }

    /// Tells every client that a complete day-start check is on record.
    pub fn checked(&self, now: MonoTime, last: wire::LastCheck) {
        let mut stream = self.lock();
        let message = stream.view.checked(last);
        stream.push(now, &message);
        self.announce(stream);
    }

    /// Returns a receiver that wakes whenever there is something new.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Returns the greeting and the snapshot for a client, and its place after them.
    #[must_use]
    pub fn greet(&self, now: MonoTime) -> (wire::Hello, wire::Snapshot, u64) {
        let (snapshot, seq) = self.snapshot(now);
        let hello = wire::Hello {
            protocol: wire::PROTOCOL,
            epoch: self.epoch.clone(),
            seq,
            now: wire::Time(self.clock.wall(now)),
            site: self.site.clone(),
        };
        (hello, snapshot, seq)
    }

    /// Returns everything as it stands, and the place after it.
    #[must_use]
    pub fn snapshot(&self, now: MonoTime) -> (wire::Snapshot, u64) {
        let stream = self.lock();
        let snapshot = wire::Snapshot {
            seq: stream.seq,
            beds: stream.view.beds(now),
            alarms: stream.view.alarms(now),
            staff: self.staff.clone(),
            recorder: stream.view.recorder_state().clone(),
            last_check: stream.view.last_check().cloned(),
        };
        (snapshot, stream.seq)
    }

    /// Looks at the view, for the answers of the HTTP interface.
    pub fn with_view<T>(&self, look: impl FnOnce(&View) -> T) -> T {
        look(&self.lock().view)
    }

    /// Returns what a client whose place is after `seq` has not got yet, and moves its place.
    #[must_use]
    pub fn next(&self, now: MonoTime, seq: &mut u64) -> Next {
        let stream = self.lock();
        let behind = stream.seq.saturating_sub(*seq);
        let behind = usize::try_from(behind).unwrap_or(usize::MAX);
        if behind == 0 {
            return Next::Messages(Vec::new());
        }
        let first = stream.sent.len().checked_sub(behind);
        let Some(first) = first.filter(|first| {
            stream
                .sent
                .get(*first)
                .is_some_and(|sent| now.saturating_since(sent.at) <= KEEP)
        }) else {
            return Next::Missed(behind as u64);
        };
        let texts: Vec<_> = stream
            .sent
            .range(first..)
            .take(BATCH)
            .map(|sent| sent.text.clone())
            .collect();
        *seq += texts.len() as u64;
        Next::Messages(texts)
    }

    fn announce(&self, stream: MutexGuard<'_, Stream>) {
        let seq = stream.seq;
        drop(stream);
        self.head
            .send_if_modified(|head| std::mem::replace(head, seq) != seq);
    }

    fn lock(&self) -> MutexGuard<'_, Stream> {
        // Whoever panicked while folding has left a view that may be half written; but an alarm
        // display that goes on is worth more than one that stops.
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn push(&mut self, now: MonoTime, message: &ServerMessage) {
        self.seq += 1;
        let text = text_of(&Numbered {
            message,
            seq: self.seq,
        });
        self.sent.push_back(Sent { at: now, text });
        while self.sent.len() > KEEP_MAX
            || self
                .sent
                .front()
                .is_some_and(|sent| now.saturating_since(sent.at) > KEEP * 3)
        {
            self.sent.pop_front();
        }
    }
}

/// Returns a message as it goes over the wire.
///
/// # Panics
///
/// Never for the types of [`wire`]: their keys are strings and their numbers finite.
#[must_use]
pub fn text_of(message: &impl serde::Serialize) -> Utf8Bytes {
    serde_json::to_string(message)
        .expect("wire types have string keys and finite numbers")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub() -> Hub {
        let clock = Clock::start();
        let view = View::new(clock.zero(), BTreeMap::new());
        Hub::new("e".into(), "site".into(), Vec::new(), clock, view)
    }

    fn at(milliseconds: u64) -> MonoTime {
        MonoTime::from_millis(milliseconds)
    }

    /// Returns the numbers of the messages a client gets, or how many it missed.
    fn next(hub: &Hub, now: MonoTime, seq: &mut u64) -> Result<Vec<u64>, u64> {
        match hub.next(now, seq) {
            Next::Missed(missed) => Err(missed),
            Next::Messages(texts) => Ok(texts
                .iter()
                .map(|text| {
                    let message: serde_json::Value = serde_json::from_str(text.as_str()).unwrap();
                    message["seq"].as_u64().unwrap()
                })
                .collect()),
        }
    }

    #[test]
    fn a_client_gets_every_message_once_and_in_order() {
        let hub = hub();
        let mut seq = hub.greet(at(0)).2;
        assert_eq!(next(&hub, at(0), &mut seq), Ok(vec![]));
        hub.heartbeat(at(0));
        hub.heartbeat(at(10));
        assert_eq!(next(&hub, at(20), &mut seq), Ok(vec![1, 2]));
        hub.heartbeat(at(30));
        assert_eq!(next(&hub, at(30), &mut seq), Ok(vec![3]));
        assert_eq!(next(&hub, at(30), &mut seq), Ok(vec![]));
    }

    #[test]
    fn a_snapshot_stands_between_what_is_in_it_and_what_follows() {
        let hub = hub();
        hub.heartbeat(at(0));
        let (snapshot, mut seq) = hub.snapshot(at(5));
        assert_eq!((snapshot.seq, seq), (1, 1));
        hub.heartbeat(at(10));
        assert_eq!(next(&hub, at(10), &mut seq), Ok(vec![2]));
    }

    #[test]
    fn goal_r12_a_message_that_is_over_a_second_old_is_never_sent() {
        let hub = hub();
        let mut seq = 0;
        hub.heartbeat(at(0));
        hub.heartbeat(at(900));
        assert_eq!(next(&hub, at(1_001), &mut seq), Err(2));
        assert_eq!(seq, 0, "its place is set by the snapshot it gets");
        let mut seq = 1;
        assert_eq!(next(&hub, at(1_001), &mut seq), Ok(vec![2]));
    }

    #[test]
    fn a_long_queue_is_handed_over_in_batches_and_has_an_end() {
        let hub = hub();
        for _ in 0..=KEEP_MAX {
            hub.heartbeat(at(0));
        }
        let mut seq = 0;
        assert_eq!(next(&hub, at(0), &mut seq), Err(KEEP_MAX as u64 + 1));
        let mut seq = 1;
        assert_eq!(next(&hub, at(0), &mut seq).unwrap().len(), BATCH);
        assert_eq!(seq, 1 + BATCH as u64);
    }

    #[test]
    fn that_the_record_stopped_is_told_once() {
        let hub = hub();
        let mut seq = 0;
        assert!(!hub.recorder(at(0), true, None), "it was running");
        assert!(hub.recorder(at(0), false, Some("disk full".into())));
        assert!(!hub.recorder(at(0), false, Some("disk full".into())));
        assert_eq!(next(&hub, at(0), &mut seq), Ok(vec![1]));
        assert_eq!(
            hub.snapshot(at(0)).0.recorder.text.as_deref(),
            Some("disk full")
        );
    }
}
