//! Reading the record back.

use std::cmp::Ordering;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::database::{form, newest_form};
use crate::error::StoreError;
use crate::facts::{Gap, GapCause, Intent, Run, ToldEarly};
use crate::kind::{self, Kind};
use crate::ledger::DATABASE;
use crate::row::{Row, mono};

/// How long a reader waits for a lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Prepared statements that are kept: some for each table.
const STATEMENTS_MAX: usize = 128;

/// The reading side of the record; also while it is being written.
///
/// Everything that is asked for comes in one piece of memory: made for one session or one run of
/// a clinic's day. Each question sees the record as it was when it was asked.
#[derive(Debug)]
pub struct Reader {
    pub(crate) connection: Connection,
}

/// A run, and where it lies in the record.
#[derive(Debug)]
pub(crate) struct StoredRun {
    pub(crate) key: i64,
    pub(crate) seq: i64,
    pub(crate) run: Run,
}

/// Refuses what is of another program, of a newer one, or of an older one: whoever only reads
/// changes nothing, and cannot bring it up to date.
fn refuse_other_forms(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found = form(connection)?.ok_or_else(|| StoreError::NotOurs(path.to_owned()))?;
    let known = newest_form();
    match found.cmp(&known) {
        Ordering::Less => Err(StoreError::Older { found, known }),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(StoreError::Newer { found, known }),
    }
}

impl Reader {
    /// Opens the record of a folder for reading.
    ///
    /// # Errors
    ///
    /// When there is none, it cannot be read, or it is of another form or another program.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let path = directory.join(DATABASE);
        let connection = Connection::open_with_flags(&path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        connection.execute_batch(
            "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;",
        )?;
        refuse_other_forms(&connection, &path)?;
        Ok(Self { connection })
    }

    /// Returns the runs of the service, the oldest first.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, StoreError> {
        Ok(self.stored_runs()?.into_iter().map(|run| run.run).collect())
    }

    /// Returns the records of one kind of a run, in their order.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn rows(&self, run: &Run, kind: Kind) -> Result<Vec<Row<'static>>, StoreError> {
        self.of_run(run, |run| self.rows_with_seq(run, kind))
    }

    /// Returns every record of a run, in their order.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn records(&self, run: &Run) -> Result<Vec<Row<'static>>, StoreError> {
        let mut rows = Vec::new();
        for kind in Kind::ALL {
            rows.extend(self.rows(run, kind)?);
        }
        rows.sort_by_key(|row| row.number);
        Ok(rows)
    }

    /// Returns what people wanted in a run, in the order in which it was put on record.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn intents(&self, run: &Run) -> Result<Vec<Intent>, StoreError> {
        self.of_run(run, |run| self.intents_with_seq(run))
    }

    /// Returns what is missing in a run.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn gaps(&self, run: &Run) -> Result<Vec<Gap>, StoreError> {
        self.of_run(run, |run| self.gaps_with_seq(run))
    }

    /// Returns what clients were told of before the kernel had it.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn told_early(&self, run: &Run) -> Result<Vec<ToldEarly>, StoreError> {
        self.of_run(run, |run| self.told_early_with_seq(run))
    }

    pub(crate) fn of_run<T>(
        &self,
        run: &Run,
        read: impl FnOnce(&StoredRun) -> rusqlite::Result<Vec<(i64, T)>>,
    ) -> Result<Vec<T>, StoreError> {
        let runs = self.stored_runs()?;
        let Some(stored) = runs.iter().find(|stored| stored.run.boot == run.boot) else {
            return Ok(Vec::new());
        };
        Ok(read(stored)?.into_iter().map(|(_, item)| item).collect())
    }

    pub(crate) fn stored_runs(&self) -> rusqlite::Result<Vec<StoredRun>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, seq, boot, site, clock_zero_ns, program FROM run ORDER BY seq",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(StoredRun {
                key: row.get(0)?,
                seq: row.get(1)?,
                run: Run {
                    boot: row.get(2)?,
                    site: row.get(3)?,
                    clock_zero_ns: row.get(4)?,
                    program: row.get(5)?,
                },
            })
        })?;
        rows.collect()
    }

    pub(crate) fn rows_with_seq(
        &self,
        run: &StoredRun,
        kind: Kind,
    ) -> rusqlite::Result<Vec<(i64, Row<'static>)>> {
        self.query(run, kind.query(), |row| kind::read(kind, row))
    }

    pub(crate) fn intents_with_seq(&self, run: &StoredRun) -> rusqlite::Result<Vec<(i64, Intent)>> {
        let query = "SELECT f.seq, at_ns, bed.name, action, occurrence, \"by\", station, request, \
                     alarm, seconds, reason, limit_key, limit_expected, limit_new, session, \
                     initials, patient_number, \"call\", care, happened_ns FROM intent f \
                     JOIN bed ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq";
        self.query(run, query, |row| {
            let intent = Intent {
                at: mono(row.get(1)?),
                bed: row.get(2)?,
                action: row.get(3)?,
                occurrence: row.get(4)?,
                by: row.get(5)?,
                station: row.get(6)?,
                request: row.get(7)?,
                alarm: row.get(8)?,
                seconds: row.get(9)?,
                reason: row.get(10)?,
                limit: kind::wanted_limit(row, 11)?,
                session: kind::wanted_session(row, 14)?,
                call: row.get(17)?,
                care: kind::wanted_care(row, 18)?,
            };
            Ok((row.get(0)?, intent))
        })
    }

    pub(crate) fn gaps_with_seq(&self, run: &StoredRun) -> rusqlite::Result<Vec<(i64, Gap)>> {
        let query = "SELECT seq, first_number, last_number, lost, cause FROM gap \
                     WHERE run = ?1 AND seq > ?2 ORDER BY seq";
        self.query(run, query, |row| {
            let cause: String = row.get(4)?;
            let gap = Gap {
                first: row.get(1)?,
                last: row.get(2)?,
                lost: row.get(3)?,
                cause: GapCause::from_name(&cause).ok_or(rusqlite::Error::InvalidQuery)?,
            };
            Ok((row.get(0)?, gap))
        })
    }

    pub(crate) fn told_early_with_seq(
        &self,
        run: &StoredRun,
    ) -> rusqlite::Result<Vec<(i64, ToldEarly)>> {
        let query = "SELECT seq, first_number, last_number FROM told_early \
                     WHERE run = ?1 AND seq > ?2 ORDER BY seq";
        self.query(run, query, |row| {
            let told = ToldEarly {
                first: row.get(1)?,
                last: row.get(2)?,
            };
            Ok((row.get(0)?, told))
        })
    }

    /// Returns the last `seq` between these two whose row, and every one before it, is early by
    /// this column; the first of the two if none is.
    ///
    /// Within a run neither time nor number falls with `seq`, so that it is found by halving.
    pub(crate) fn last_early(
        &self,
        kind: Kind,
        column: &str,
        (after, before): (i64, i64),
        is_early: impl Fn(i64) -> bool,
    ) -> rusqlite::Result<i64> {
        let query = format!(
            "SELECT seq, {column} FROM {} WHERE seq >= ?1 AND seq < ?2 ORDER BY seq LIMIT 1",
            kind.name()
        );
        let mut statement = self.connection.prepare_cached(&query)?;
        let (mut early, mut end) = (after, before);
        while end - early > 1 {
            let middle = early + (end - early) / 2;
            let found = statement
                .query_row([middle, end], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            match found {
                Some((seq, value)) if is_early(value) => early = seq,
                Some(_) | None => end = middle,
            }
        }
        Ok(early)
    }

    /// Returns when the first and the last record between two `seq` happened, on their clock.
    pub(crate) fn times(
        &self,
        (after, before): (i64, i64),
    ) -> rusqlite::Result<Option<(i64, i64)>> {
        let mut times: Option<(i64, i64)> = None;
        for kind in Kind::ALL {
            for order in ["ASC", "DESC"] {
                let query = format!(
                    "SELECT at_ns FROM {} WHERE seq > ?1 AND seq < ?2 ORDER BY seq {order} LIMIT 1",
                    kind.name()
                );
                let mut statement = self.connection.prepare_cached(&query)?;
                let at = statement
                    .query_row([after, before], |row| row.get::<_, i64>(0))
                    .optional()?;
                if let Some(at) = at {
                    let (first, last) = times.unwrap_or((at, at));
                    times = Some((first.min(at), last.max(at)));
                }
            }
        }
        Ok(times)
    }

    /// Returns a record by its run's key and its `seq`.
    pub(crate) fn row(
        &self,
        kind: Kind,
        run: i64,
        seq: i64,
    ) -> rusqlite::Result<Option<Row<'static>>> {
        let mut statement = self.connection.prepare_cached(&kind.until(""))?;
        let row = statement.query_row([run, seq - 1, seq + 1], |row| kind::read(kind, row));
        Ok(row.optional()?.map(|(_, row)| row))
    }

    // A run's rows lie behind its own: the earlier part of the table is not looked at.
    fn query<T>(
        &self,
        run: &StoredRun,
        query: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(query)?;
        let rows = statement.query_map([run.key, run.seq], read)?;
        rows.collect()
    }
}
