//! The record on disk: what is written, when it is durable, and how it is read back.
//!
//! Two threads and two files. The *record* thread writes everything to a SQLite database in
//! transactions that are durable when they end. The *journal* thread gives what clients are about
//! to be told to the kernel by a plain write, so that a process that is killed cannot forget it;
//! the next start completes the database from it. Nobody who brings records waits for either.
//! The tables, the files and the promises with their limits are in `docs/recording.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use chairside_alarm::{Occurrence, OperatorAction};
use chairside_care::CareAction;
use chairside_model::{BedId, DeviceId, MonoTime, SessionId};
use chairside_station::{LastNumbers, Record};
use chrono::{DateTime, Utc};

mod audit;
mod budget;
mod bytes;
mod care;
mod check;
mod database;
mod day_check;
mod earlier;
mod entry;
mod error;
mod facts;
mod hand_over;
mod history;
mod insert;
mod journal;
mod kind;
mod ledger;
mod open;
mod outbox;
mod queue;
mod reader;
mod response;
mod row;
mod samples;
#[cfg(test)]
mod testing;
mod trouble;
mod writer;

pub use budget::{ACTED_WITHIN, Budget, Tally};
pub use care::{
    CareFieldError, PATIENT_NAME, action_name, happened, read_action, request_mark, write_action,
};
pub use database::SQLITE_MINIMUM;
pub use day_check::{CheckItem, DayCheck, SignedCheck};
pub use earlier::Found;
pub use error::StoreError;
pub use facts::{Gap, GapCause, Intent, Run, ToldEarly};
pub use history::{
    Acted, Around, AroundQuestion, Cared, CuffTaken, Curve, Episode, EpisodeState, Event, Events,
    GivenUp, Happened, History, InStep, Lesson, LessonAlarm, Missing, MissingCause, Point,
    RecordsQuestion, SESSIONS_MAX, Seen, SessionTold, TrainersDeed, Trend, TrendQuestion,
};
pub use kind::Kind;
pub use outbox::{
    AttemptRow, DeliveryRow, EndRow, Outbox, OutboxRow, PartRow, ReceivedRow, RungName, RungRow,
    Sent,
};
pub use queue::is_promise;
pub use reader::Reader;
pub use response::{Answers, HowSoon, OfShift, Response, Shifts, percentile};
pub use row::{
    AudioFact, BaselineFact, CareFact, Fact, FloodFact, LimitFact, OperatorFact, Row, Source,
    SuspensionFact, WantedCare, WantedLimit, WantedSession,
};

use hand_over::HandOver;
use queue::Deed;
use row::Names;
use writer::{Timing, Writer};

/// Who is told how it went.
type Done = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Where and for whom a record is kept.
#[derive(Clone, Debug)]
pub struct StorePlan {
    /// The folder; made when it is not there.
    pub directory: PathBuf,
    /// The site of the configuration.
    pub site: String,
    /// The configured id of each bed.
    pub beds: BTreeMap<BedId, String>,
    /// The configured name of each device.
    pub devices: BTreeMap<DeviceId, String>,
    /// The wall-clock time of [`MonoTime::ZERO`].
    pub clock_zero: DateTime<Utc>,
}

/// What was found when the record was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// This run of the service: another after each start.
    pub epoch: String,
    /// The last alarm episode and the last call of each bed, by the bed's configured id.
    pub last_numbers: BTreeMap<String, LastNumbers>,
    /// Records of the last run that the journal had and the database had not.
    pub recovered: u64,
    /// Where a damaged record was put, if it was.
    pub set_aside: Option<PathBuf>,
}

/// How the recorder is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether records reach the disk, all of them and in time.
    pub running: bool,
    /// Why not.
    pub last_error: Option<String>,
}

/// What a person did, as it is put on record before it is done.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionRow {
    /// When.
    pub at: MonoTime,
    /// The bed.
    pub bed: BedId,
    /// What.
    pub action: WantedAction,
    /// The person, by id.
    pub by: String,
    /// Where it was done, as the client calls itself.
    pub station: Option<String>,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// The client's name for the request.
    pub request: String,
}

/// What a person wants to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum WantedAction {
    /// Something about alarms, limits, the cuff or the session.
    Operator(OperatorAction),
    /// Something in a treatment session.
    Care(SessionId, Box<CareAction>),
}

impl From<OperatorAction> for WantedAction {
    fn from(action: OperatorAction) -> Self {
        Self::Operator(action)
    }
}

/// The writing side of the record. Dropping it closes it.
pub struct Recorder {
    names: Arc<Names>,
    directory: PathBuf,
    run: Run,
    hand_over: HandOver,
    writer: Writer,
    /// Held as long as the folder is ours; the last field, so that it is let go last.
    _lock: File,
}

impl Recorder {
    /// Opens the record of a folder, or begins one.
    ///
    /// Completes the database from the last run's journal first. A damaged database is renamed
    /// and a new one begun.
    ///
    /// # Errors
    ///
    /// When another process has the folder open, when the folder or the database cannot be used,
    /// when the database is of another program or of a newer Chairside.
    pub fn open(plan: StorePlan) -> Result<(Self, Opened), StoreError> {
        open::open(plan, Timing::REAL)
    }

    /// Returns what earlier runs left in the 48 h before `now`, for the station to go on from.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn earlier(&self, now: MonoTime) -> Result<Option<Found>, StoreError> {
        let reader = Reader::open(&self.directory)?;
        let zero = self.run.clock_zero_ns;
        reader.earlier(&self.names, &self.run.boot, zero, now)
    }

    /// Returns those of these episodes of alarms that only ever called for what was simulated.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn simulated_episodes(
        &self,
        episodes: impl IntoIterator<Item = (BedId, Occurrence)>,
    ) -> Result<BTreeSet<(BedId, Occurrence)>, StoreError> {
        let reader = Reader::open(&self.directory)?;
        let mut simulated = BTreeSet::new();
        for (bed, occurrence) in episodes {
            if reader.is_simulated(&self.names.bed(bed), occurrence)? {
                simulated.insert((bed, occurrence));
            }
        }
        Ok(simulated)
    }

    /// Queues records for the next commit. Never waits; what does not fit becomes a gap.
    ///
    /// Numbers must follow on from one call to the next. Alarms, links and actions are committed
    /// at once, everything else within 250 ms.
    pub fn append(&self, records: Arc<[Record]>) {
        self.writer.with_queue(|queue| queue.append(records));
    }

    /// Gives records to the kernel by a plain write and calls back when it has them.
    ///
    /// Returns at once; the callback comes from another thread, also when nothing could be
    /// written. The records must be [appended](Self::append) as well.
    pub fn hand_over(
        &self,
        records: Arc<[Record]>,
        done: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) {
        self.hand_over.write(records, Box::new(done));
    }

    /// Puts on record that clients were told of these records before the kernel had them.
    pub fn note_late(&self, first: u64, last: u64) {
        self.writer
            .with_queue(|queue| queue.told_early(first, last));
    }

    /// Commits what a person did, at once, and calls back when that is durable.
    ///
    /// When the disk fails, the callback says so at once, and the action is kept and written as
    /// soon as the disk works again.
    pub fn commit_action(
        &self,
        action: ActionRow,
        done: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) {
        let bed = self.names.bed(action.bed).into_owned();
        let intent = Intent::of(action, bed);
        self.writer
            .want(Deed::Intent(Box::new(intent)), Box::new(done));
    }

    /// Commits a day-start check that a person signed, at once, and calls back when that is
    /// durable.
    ///
    /// When the disk fails, the callback says so at once, and the check is kept and written as
    /// soon as the disk works again.
    pub fn commit_check(
        &self,
        check: DayCheck,
        done: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) {
        self.writer.want(Deed::DayCheck(check), Box::new(done));
    }

    /// Commits a step on the way of an alarm to a person, at once, and calls back when that is
    /// durable.
    ///
    /// When the disk fails, the callback says so at once, and the row is kept and written as soon
    /// as the disk works again. When very many wait, it says so and the row is lost.
    pub fn commit_outbox(
        &self,
        row: OutboxRow,
        done: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) {
        self.writer.want(Deed::Outbox(row), Box::new(done));
    }

    /// Returns what earlier runs left of the outbox in the 48 h before `now`, on this run's clock.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn earlier_outbox(&self, now: MonoTime) -> Result<Outbox, StoreError> {
        let reader = Reader::open(&self.directory)?;
        reader.earlier_outbox(&self.run.boot, self.run.clock_zero_ns, now)
    }

    /// Returns the last day-start check of any run that was complete.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn last_complete_check(&self) -> Result<Option<SignedCheck>, StoreError> {
        let reader = Reader::open(&self.directory)?;
        Ok(reader.day_checks(1, true)?.pop())
    }

    /// Returns the last day-start check of any run, also one that was not complete.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn last_check(&self) -> Result<Option<SignedCheck>, StoreError> {
        let reader = Reader::open(&self.directory)?;
        Ok(reader.day_checks(1, false)?.pop())
    }

    /// Returns how it is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        let last_error = self.writer.trouble();
        Status {
            running: last_error.is_none(),
            last_error,
        }
    }

    /// Commits what is queued, checkpoints and closes. On a disk that fails this ends after one
    /// more attempt.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.hand_over.close();
        self.writer.close();
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}
