//! What waits for the disk, in bounded memory.
//!
//! Over the budget, something is given up and becomes a gap, the least precious first: the oldest
//! waveforms, then the oldest readings, and alarms and people's actions last of all. Nobody who
//! brings records ever waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chairside_care::CareEntry;
use chairside_model::{MonoTime, Observation, Reading};
use chairside_station::{Entry, Record};

use crate::day_check::DayCheck;
use crate::facts::{GapCause, Intent, ToldEarly};
use crate::outbox::OutboxRow;
use crate::{Done, StoreError};

/// What may wait, bytes: more than ten minutes of the readings of 32 beds (goal R9).
pub(crate) const BUDGET: usize = 32 * 1024 * 1024;

/// Rows that are written without waiting for more.
pub(crate) const ROWS_DUE: usize = 500;

/// Deeds that may wait. One more is answered at once, as not on record.
const DEEDS_MAX: usize = 256;

/// Ranges of numbers told early that may wait. Beyond, the last one grows.
const TOLD_EARLY_MAX: usize = 256;

/// The disk is behind when the oldest record that waits is older than the newest by this:
/// far more than a commit takes, and soon enough to tell people within five seconds.
const BEHIND: Duration = Duration::from_secs(3);

/// Tells whether clients must never be told of this and then find it forgotten.
#[must_use]
pub const fn is_promise(entry: &Entry) -> bool {
    match entry {
        Entry::Alarm { .. }
        | Entry::Operator { .. }
        | Entry::Care { .. }
        | Entry::Ordered { .. }
        | Entry::Suspension { .. }
        | Entry::Audio { .. }
        | Entry::Flood { .. }
        | Entry::Limit { .. }
        | Entry::Phase { .. }
        | Entry::Baseline { .. }
        | Entry::CuffSameLimb { .. }
        | Entry::Simulated { .. }
        | Entry::Trained { .. }
        | Entry::Session { .. }
        | Entry::Link { .. }
        | Entry::Dosing { .. }
        | Entry::Recording { .. } => true,
        Entry::Observed { .. }
        | Entry::Discarded { .. }
        | Entry::DeviceAlarm { .. }
        | Entry::Identity { .. } => false,
    }
}

/// Records that came together, less those that were given up.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    /// The numbers that came.
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// When the first of them happened.
    pub(crate) since: MonoTime,
    /// What is left of them.
    pub(crate) records: Arc<[Record]>,
    /// How many are not.
    pub(crate) lost: u64,
    /// Why not.
    pub(crate) cause: Option<GapCause>,
    weight: usize,
}

impl Chunk {
    pub(crate) fn new(records: Arc<[Record]>) -> Option<Self> {
        let (first, last) = (records.first()?, records.last()?);
        Some(Self {
            first: first.sequence,
            last: last.sequence,
            since: first.at,
            weight: weight(&records),
            lost: 0,
            cause: None,
            records,
        })
    }

    /// Gives up all but what `keep` says; returns how many that were.
    fn give_up(&mut self, keep: impl Fn(&Entry) -> bool, cause: GapCause) -> u64 {
        if self.records.iter().all(|record| keep(&record.entry)) {
            return 0;
        }
        let kept: Arc<[Record]> = self
            .records
            .iter()
            .filter(|record| keep(&record.entry))
            .cloned()
            .collect();
        let lost = (self.records.len() - kept.len()) as u64;
        self.lost += lost;
        self.cause.get_or_insert(cause);
        self.weight = weight(&kept);
        self.records = kept;
        lost
    }

    /// Takes over the numbers of a chunk of which nothing is left.
    fn swallow(&mut self, empty: &Self) {
        self.first = self.first.min(empty.first);
        self.last = self.last.max(empty.last);
        self.since = self.since.min(empty.since);
        self.lost += empty.lost;
        if self.cause.is_none() {
            self.cause = empty.cause;
        }
    }
}

/// What is put on record by itself, and somebody waits for.
pub(crate) enum Deed {
    /// An action, before it is done.
    Intent(Box<Intent>),
    /// A signature.
    DayCheck(DayCheck),
    /// A step on the way of an alarm to a person.
    Outbox(OutboxRow),
}

/// A deed on its way to the disk, and who wants to know.
pub(crate) struct Wanted {
    pub(crate) deed: Deed,
    pub(crate) done: Option<Done>,
}

/// What is written in one transaction.
#[derive(Default)]
pub(crate) struct Work {
    pub(crate) deeds: Vec<Deed>,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) told_early: Vec<ToldEarly>,
}

impl Work {
    pub(crate) const fn is_empty(&self) -> bool {
        self.deeds.is_empty() && self.chunks.is_empty() && self.told_early.is_empty()
    }
}

/// What waits for the disk.
pub(crate) struct Queue {
    budget: usize,
    chunks: VecDeque<Chunk>,
    rows: usize,
    weight: usize,
    /// Records that were given up and whose gap is not on disk yet.
    lost: u64,
    /// Chunks at the front that have no waveforms left; that have nothing but promises left.
    without_waveforms: usize,
    promises_only: usize,
    deeds: VecDeque<Wanted>,
    told_early: Vec<ToldEarly>,
    urgent: bool,
    newest: MonoTime,
    /// Since when the transaction under way has waited.
    under_way: Option<MonoTime>,
    /// Why nothing can be written, if so.
    failing: Option<String>,
    closing: bool,
}

impl Queue {
    pub(crate) fn new(budget: usize) -> Self {
        Self {
            budget,
            chunks: VecDeque::new(),
            rows: 0,
            weight: 0,
            lost: 0,
            without_waveforms: 0,
            promises_only: 0,
            deeds: VecDeque::new(),
            told_early: Vec::new(),
            urgent: false,
            newest: MonoTime::ZERO,
            under_way: None,
            failing: None,
            closing: false,
        }
    }

    /// Takes records. Never fails: what there is no room for becomes a gap.
    pub(crate) fn append(&mut self, records: Arc<[Record]>) {
        let Some(chunk) = Chunk::new(records) else {
            return;
        };
        self.newest = self.newest.max(chunk.since);
        self.urgent |= chunk.records.iter().any(|one| is_promise(&one.entry));
        self.rows += chunk.records.len();
        self.weight += chunk.weight;
        self.chunks.push_back(chunk);
        self.shrink();
    }

    /// Takes what a person wants; gives the callback back when it is to be answered now.
    pub(crate) fn want(&mut self, mut wanted: Wanted) -> Option<(Done, StoreError)> {
        if self.closing {
            return wanted.done.map(|done| (done, StoreError::Ended));
        }
        let most = match wanted.deed {
            Deed::Intent(_) | Deed::DayCheck(_) => DEEDS_MAX,
            // Messages that a dead disk keeps waiting leave room for what people do.
            Deed::Outbox(_) => DEEDS_MAX / 2,
        };
        if self.deeds.len() >= most {
            return wanted.done.map(|done| (done, StoreError::Busy));
        }
        self.urgent = true;
        let at_once = self.failing.clone().and_then(|why| {
            let done = wanted.done.take()?;
            Some((done, StoreError::Database(why)))
        });
        self.deeds.push_back(wanted);
        at_once
    }

    /// Takes that clients were told early.
    pub(crate) fn told_early(&mut self, first: u64, last: u64) {
        self.urgent = true;
        let is_full = self.told_early.len() >= TOLD_EARLY_MAX;
        match self.told_early.last_mut() {
            Some(before) if is_full || before.last + 1 == first => before.last = last,
            _ => self.told_early.push(ToldEarly { first, last }),
        }
    }

    /// Takes out what goes into the next transaction: people's deeds alone and first.
    pub(crate) fn take(&mut self, rows_max: usize) -> (Work, Vec<Done>) {
        let mut work = Work::default();
        if !self.deeds.is_empty() {
            let mut answers = Vec::new();
            for wanted in self.deeds.drain(..) {
                work.deeds.push(wanted.deed);
                answers.extend(wanted.done);
            }
            self.urgent &= !self.is_empty();
            return (work, answers);
        }
        work.told_early = std::mem::take(&mut self.told_early);
        let mut rows = 0;
        while rows < rows_max {
            let Some(chunk) = self.pop() else { break };
            rows += chunk.records.len();
            work.chunks.push(chunk);
        }
        self.under_way = work.chunks.first().map(|chunk| chunk.since);
        self.urgent &= !self.is_empty();
        (work, Vec::new())
    }

    /// Says that what was taken out is on disk.
    pub(crate) fn written(&mut self) {
        self.failing = None;
        self.under_way = None;
    }

    /// Says that what was taken out could not be written and is being tried again; gives back
    /// everybody who waits for an answer.
    pub(crate) fn failed(&mut self, why: &str) -> Vec<Done> {
        self.failing = Some(why.to_owned());
        self.deeds
            .iter_mut()
            .filter_map(|wanted| wanted.done.take())
            .collect()
    }

    /// Says that no more will come.
    pub(crate) fn close(&mut self) {
        self.closing = true;
    }

    pub(crate) const fn is_closing(&self) -> bool {
        self.closing
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.chunks.is_empty() && self.deeds.is_empty() && self.told_early.is_empty()
    }

    /// Tells whether the next transaction should not wait for company.
    pub(crate) const fn is_due(&self) -> bool {
        self.urgent || self.closing || self.rows >= ROWS_DUE
    }

    /// Returns why records do not reach the disk; nothing when they do.
    pub(crate) fn trouble(&self) -> Option<String> {
        if let Some(why) = &self.failing {
            return Some(why.clone());
        }
        if self.lost > 0 {
            return Some(format!("{} records were given up", self.lost));
        }
        let waiting = self.chunks.front().map(|chunk| chunk.since);
        let oldest = self.under_way.into_iter().chain(waiting).min()?;
        let behind = self.newest.saturating_since(oldest);
        (behind > BEHIND).then(|| format!("the disk is {} s behind", behind.as_secs()))
    }

    fn pop(&mut self) -> Option<Chunk> {
        let chunk = self.chunks.pop_front()?;
        self.rows -= chunk.records.len();
        self.weight -= chunk.weight;
        self.lost -= chunk.lost;
        self.without_waveforms = self.without_waveforms.saturating_sub(1);
        self.promises_only = self.promises_only.saturating_sub(1);
        Some(chunk)
    }

    fn shrink(&mut self) {
        while self.weight > self.budget {
            if self.without_waveforms < self.chunks.len() {
                self.give_up(self.without_waveforms, |entry| !is_waveform(entry));
                self.without_waveforms += 1;
            } else if self.promises_only < self.chunks.len() {
                self.give_up(self.promises_only, is_promise);
                self.promises_only += 1;
                self.merge_into_the_one_before(self.promises_only - 1);
            } else if self.chunks.len() > 1 {
                self.give_up(0, |_| false);
                self.merge_into_the_one_before(1);
            } else {
                break;
            }
        }
    }

    fn give_up(&mut self, index: usize, keep: impl Fn(&Entry) -> bool) {
        let cause = if self.failing.is_some() {
            GapCause::StorageFailed
        } else {
            GapCause::TooSlow
        };
        let Some(chunk) = self.chunks.get_mut(index) else {
            return;
        };
        let (rows, weight) = (chunk.records.len(), chunk.weight);
        self.lost += chunk.give_up(keep, cause);
        self.rows = self.rows - rows + chunk.records.len();
        self.weight = self.weight - weight + chunk.weight;
    }

    /// Keeps empty chunks from piling up: of two neighbours, an empty one goes into the other.
    fn merge_into_the_one_before(&mut self, index: usize) {
        let Some(before) = index.checked_sub(1) else {
            return;
        };
        let is_empty = |at: usize| {
            let chunk: Option<&Chunk> = self.chunks.get(at);
            chunk.is_some_and(|chunk| chunk.records.is_empty())
        };
        let goes = if is_empty(index) {
            index
        } else if is_empty(before) {
            before
        } else {
            return;
        };
        let Some(empty) = self.chunks.remove(goes) else {
            return;
        };
        self.weight -= empty.weight;
        self.without_waveforms = self.without_waveforms.saturating_sub(1);
        self.promises_only = self.promises_only.saturating_sub(1);
        // Whichever of the two went, the other is now at the earlier one's place.
        if let Some(stays) = self.chunks.get_mut(before) {
            stays.swallow(&empty);
        }
    }
}

const fn is_waveform(entry: &Entry) -> bool {
    matches!(
        entry,
        Entry::Observed {
            observation: Observation {
                reading: Reading::Waveform(_),
                ..
            },
            ..
        }
    )
}

/// The texts of an action of a treatment session: an item and a note, 500 bytes each.
const CARE_TEXTS: usize = 1000;

fn care_weight(entry: &CareEntry) -> usize {
    let said = [&entry.station, &entry.reason, &entry.request];
    let said = said.into_iter().flatten();
    let texts = said.chain(&entry.passed_over);
    let texts: usize = texts.map(|text| size_of_val(text) + text.len()).sum();
    size_of_val(entry) + CARE_TEXTS + entry.by.len() + texts
}

/// Returns what records take up in memory, bytes, well enough to bound it.
fn weight(records: &[Record]) -> usize {
    let text = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.len());
    let heap = |record: &Record| match &record.entry {
        Entry::Observed { observation, .. } => match &observation.reading {
            Reading::Waveform(array) => size_of_val(&*array.samples),
            Reading::Numeric(_) | Reading::Cuff(_) => 0,
        },
        Entry::Alarm { transition, .. } => transition.evidence.len(),
        Entry::Identity { text, .. } => text.len(),
        Entry::Operator {
            by,
            station,
            reason,
            ..
        } => by.len() + text(station) + text(reason),
        Entry::Trained { by, did, .. } => by.len() + did.len(),
        Entry::Care { entry, .. } => care_weight(entry),
        Entry::Suspension { change, .. } => {
            change.suspension.by.len() + change.suspension.reason.len()
        }
        Entry::Audio { change, .. } => {
            change.station.len() + change.by.len() + text(&change.reason)
        }
        Entry::Link { .. }
        | Entry::Discarded { .. }
        | Entry::Ordered { .. }
        | Entry::DeviceAlarm { .. }
        | Entry::Flood { .. }
        | Entry::Limit { .. }
        | Entry::Phase { .. }
        | Entry::Baseline { .. }
        | Entry::CuffSameLimb { .. }
        | Entry::Simulated { .. }
        | Entry::Session { .. }
        | Entry::Dosing { .. }
        | Entry::Recording { .. } => 0,
    };
    size_of::<Chunk>() + size_of_val(records) + records.iter().map(heap).sum::<usize>()
}

#[cfg(test)]
mod tests;
