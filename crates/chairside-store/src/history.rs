//! What was, by the wall clock: questions that are put to the record while it is being written.
//!
//! Each run has a clock of its own; here every time is that of the wall clock, so that an answer
//! goes over restarts. What is shown live comes from memory and never from here
//! (`docs/adr/0019-history-from-the-record.md`).

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chairside_model::MonoTime;
use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

use crate::error::StoreError;
use crate::kind::{self, Kind};
use crate::reader::Reader;
use crate::row::{Row, nanoseconds};

mod around;
mod budget;
mod care;
mod cuff;
mod episodes;
mod events;
mod gaps;
mod lesson;
mod records;
mod response;
mod sessions;
mod simulations;
mod trend;

pub use around::{Around, AroundQuestion, Curve, Point};
pub use care::Cared;
pub use cuff::CuffTaken;
pub use episodes::{Episode, EpisodeState, Events, Seen};
pub use events::{Acted, Event, Happened};
pub use gaps::{Missing, MissingCause};
pub use lesson::{Lesson, LessonAlarm, TrainersDeed};
pub use records::RecordsQuestion;
pub use sessions::{SESSIONS_MAX, SessionTold};
pub use trend::{InStep, Trend, TrendQuestion};

/// The longest time from a measurement to its record: the oldest cuff pressure or temperature
/// that a monitor hands over is less than 28 h old, and a run's clock begins 48 h before it.
const LATE_MAX: Duration = Duration::from_hours(48);

/// Runs that are looked at, the newest first. A service that was started again more often than
/// that since is not asked about what was before.
const RUNS_MAX: usize = 256;

/// The database's own steps between two looks at whether anybody waits: a fraction of a
/// millisecond.
const PROGRESS_STEPS: i32 = 10_000;

/// A reading side for questions about the past. All answers are of the moment of the first one;
/// it does not keep the writer waiting, but should not be kept for long: while it is, the
/// write-ahead log grows.
#[derive(Debug)]
pub struct History {
    reader: Reader,
    given_up: GivenUp,
}

/// Says to a question that nobody waits for its answer any more.
#[derive(Clone, Debug, Default)]
pub struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    /// Says so; the question ends with [`StoreError::GivenUp`] soon.
    pub fn say(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_said(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Asked with each row: a relaxed load is nothing beside reading it.
    fn check(&self) -> Result<(), StoreError> {
        if self.is_said() {
            return Err(StoreError::GivenUp);
        }
        Ok(())
    }
}

/// A run that has any record, and when that was; wall-clock times in nanoseconds since 1970.
#[derive(Clone, Debug)]
struct Stretch {
    /// The key of the run.
    run: i64,
    /// Its records are after this `seq` and before that.
    place: (i64, i64),
    /// The wall-clock time of its clock's zero.
    zero: i64,
    /// When its first record and its last one happened.
    first: i64,
    last: i64,
    /// The run that is being written.
    is_newest: bool,
}

impl Stretch {
    const fn wall(&self, at_ns: i64) -> i64 {
        self.zero.saturating_add(at_ns)
    }

    fn time(&self, at: MonoTime) -> DateTime<Utc> {
        wall_time(self.wall(nanoseconds(at.since_start())))
    }

    /// Tells whether it has anything in this time.
    const fn meets(&self, from: i64, to: i64) -> bool {
        self.first < to && self.last >= from
    }
}

impl History {
    /// Opens the record of a folder for questions.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub fn open(directory: &Path, given_up: GivenUp) -> Result<Self, StoreError> {
        let reader = Reader::open(directory)?;
        // Also while the database looks for a row, or puts them in order.
        let asked = given_up.clone();
        let ends = move || asked.is_said();
        let connection = &reader.connection;
        connection.progress_handler(PROGRESS_STEPS, Some(ends))?;
        connection.execute_batch("BEGIN")?;
        Ok(Self { reader, given_up })
    }

    /// Returns the runs that have any record, the oldest first.
    fn stretches(&self) -> Result<Vec<Stretch>, StoreError> {
        let mut stretches = Vec::new();
        let mut end = i64::MAX;
        for stored in self.reader.stored_runs()?.into_iter().rev().take(RUNS_MAX) {
            self.given_up.check()?;
            let is_newest = end == i64::MAX;
            let place = (stored.seq, std::mem::replace(&mut end, stored.seq));
            let Some((first, last)) = self.reader.times(place)? else {
                continue;
            };
            let zero = stored.run.clock_zero_ns;
            stretches.push(Stretch {
                run: stored.key,
                place,
                zero,
                first: zero.saturating_add(first),
                last: zero.saturating_add(last),
                is_newest,
            });
        }
        stretches.reverse();
        Ok(stretches)
    }

    /// Returns the `seq` after which the records of a kind in a run are from that moment on.
    fn seq_before(&self, stretch: &Stretch, kind: Kind, wall: i64) -> Result<i64, StoreError> {
        let is_early = |at| stretch.wall(at) < wall;
        let reader = &self.reader;
        Ok(reader.last_early(kind, "at_ns", stretch.place, is_early)?)
    }

    /// Calls with each record of a kind that happened at a bed in this time, in their order.
    fn each(
        &self,
        stretch: &Stretch,
        kind: Kind,
        bed: i64,
        (from, to): (i64, i64),
        mut with: impl FnMut(Row<'static>),
    ) -> Result<(), StoreError> {
        let after = self.seq_before(stretch, kind, from)?;
        let last = self.seq_before(stretch, kind, to)?;
        let query = kind.until("AND f.bed = ?4");
        let mut statement = self.reader.connection.prepare_cached(&query)?;
        let mut rows = statement.query([stretch.run, after, last + 1, bed])?;
        while let Some(row) = rows.next()? {
            self.given_up.check()?;
            with(kind::read(kind, row)?.1);
        }
        Ok(())
    }

    /// Returns the key of a bed; one that no row has, when the record does not know the bed.
    fn bed(&self, name: &str) -> Result<i64, StoreError> {
        self.key("SELECT id FROM bed WHERE name = ?1", name)
    }

    fn device(&self, name: &str) -> Result<i64, StoreError> {
        self.key("SELECT id FROM device WHERE name = ?1", name)
    }

    fn key(&self, query: &str, name: &str) -> Result<i64, StoreError> {
        /// SQLite numbers rows from 1.
        const NOBODY: i64 = 0;
        let mut statement = self.reader.connection.prepare_cached(query)?;
        let key = statement.query_row([name], |row| row.get(0)).optional()?;
        Ok(key.unwrap_or(NOBODY))
    }
}

fn wall_ns(at: DateTime<Utc>) -> i64 {
    // The years 1677 to 2262 have a number.
    at.timestamp_nanos_opt().unwrap_or(i64::MAX)
}

fn wall_time(ns: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(ns)
}

/// Returns the end of what may have been recorded of what was measured before `to`.
fn late(to: i64) -> i64 {
    to.saturating_add(nanoseconds(LATE_MAX))
}

#[cfg(test)]
mod tests;
