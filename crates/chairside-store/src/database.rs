//! One database file: opened, migrated, written one transaction at a time.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chairside_alarm::Occurrence;
use chairside_station::LastNumbers;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior};

use crate::audit::{self, Audited, Link};
use crate::day_check::{self, DayCheck};
use crate::error::StoreError;
use crate::facts::{Gap, GapCause, Intent, Run, ToldEarly};
use crate::insert::{self, Keys, Place, count};
use crate::outbox::{self, OutboxRow};
use crate::row::Row;
use crate::trouble::OpenError;

/// The oldest SQLite that is used: before it, a checkpoint that coincides with a commit of
/// another connection can damage the file (sqlite.org/wal.html, "The WAL-Reset Bug").
pub const SQLITE_MINIMUM: i32 = 3_051_003;

/// "CHSD": marks a database file as a record of Chairside.
pub(crate) const APPLICATION_ID: i64 = 0x4348_5344;

/// Each form of the database follows from the one before by one of these, never changed.
pub(crate) const MIGRATIONS: [&str; 16] = [
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_signals.sql"),
    include_str!("../migrations/0003_limits.sql"),
    include_str!("../migrations/0004_questions.sql"),
    include_str!("../migrations/0005_checks.sql"),
    include_str!("../migrations/0006_orders.sql"),
    include_str!("../migrations/0007_sessions.sql"),
    include_str!("../migrations/0008_outbox.sql"),
    include_str!("../migrations/0009_answers.sql"),
    include_str!("../migrations/0010_received.sql"),
    include_str!("../migrations/0011_care.sql"),
    include_str!("../migrations/0012_care_sessions.sql"),
    include_str!("../migrations/0013_simulation.sql"),
    include_str!("../migrations/0014_training.sql"),
    include_str!("../migrations/0015_care_requests.sql"),
    include_str!("../migrations/0016_simulated_parts.sql"),
];

/// Returns the form that is written, and the only one that is read.
pub(crate) fn newest_form() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// How long a lock held by a reader's checkpoint is waited for; with one writer there is none.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Prepared statements that are kept: one for each table and each look-up.
const STATEMENTS_MAX: usize = 64;

// `auto_vacuum` counts only before the first table, so it comes first. No `mmap`: an I/O error on
// a mapped page ends the process.
const PRAGMAS: &str = "
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA wal_autocheckpoint = 1000;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA temp_store = MEMORY;
    PRAGMA mmap_size = 0;
";

/// An open record.
#[derive(Debug)]
pub(crate) struct Database {
    connection: Connection,
    keys: Keys,
    run: Option<OpenRun>,
    state: State,
}

/// The run that is being written.
#[derive(Clone, Debug)]
struct OpenRun {
    key: i64,
    boot: String,
}

/// Where the record ends; changes only when a transaction has been committed.
#[derive(Clone, Copy, Debug)]
struct State {
    next_seq: i64,
    /// Every record of the run up to this number is stored or in a gap.
    number: u64,
    chain: Link,
}

impl Database {
    /// Opens the file, or makes it, in the newest form.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        if rusqlite::version_number() < SQLITE_MINIMUM {
            return Err(OpenError::Other(StoreError::SqliteTooOld {
                found: rusqlite::version(),
            }));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        refuse_unknown(&connection, path)?;
        connection.execute_batch(PRAGMAS)?;
        migrate(&mut connection)?;
        let last = connection
            .query_row(
                "SELECT last_seq FROM batch ORDER BY first_seq DESC LIMIT 1",
                [],
                |row| row.get::<_, i64>(0),
            )
            .optional()?;
        let chain = connection
            .query_row(
                "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()?;
        Ok(Self {
            connection,
            keys: Keys::default(),
            run: None,
            state: State {
                next_seq: last.unwrap_or(0) + 1,
                number: 0,
                chain: chain.unwrap_or(audit::START),
            },
        })
    }

    /// Makes what follows part of this run, and puts the run on record if it is not there yet.
    pub(crate) fn begin_run(&mut self, run: &Run) -> rusqlite::Result<()> {
        let known = self
            .connection
            .query_row("SELECT id FROM run WHERE boot = ?1", [&run.boot], |row| {
                row.get(0)
            })
            .optional()?;
        let Some(key) = known else {
            self.run = None;
            self.state.number = 0;
            return self.transaction(|writing| writing.run(run));
        };
        self.state.number = self
            .connection
            .query_row(
                "SELECT last_number FROM batch WHERE run = ?1 ORDER BY first_seq DESC LIMIT 1",
                [key],
                |row| row.get(0),
            )
            .optional()?
            .unwrap_or(0);
        self.run = Some(OpenRun {
            key,
            boot: run.boot.clone(),
        });
        Ok(())
    }

    /// Returns a new name for a run: 64 random bits.
    pub(crate) fn new_boot(&self) -> rusqlite::Result<String> {
        self.connection
            .query_row("SELECT lower(hex(randomblob(8)))", [], |row| row.get(0))
    }

    /// Returns the number up to which every record of the run has a fate.
    pub(crate) const fn number(&self) -> u64 {
        self.state.number
    }

    /// Returns the `seq` of the next row.
    pub(crate) const fn next_seq(&self) -> i64 {
        self.state.next_seq
    }

    /// Does the work in one transaction, which is durable when this returns.
    pub(crate) fn transaction(
        &mut self,
        work: impl FnOnce(&mut Writing<'_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut writing = Writing {
            connection: &transaction,
            keys: &mut self.keys,
            run: self.run.clone(),
            state: self.state,
        };
        let result = work(&mut writing).and_then(|()| writing.end_batch(self.state.next_seq));
        let Writing { run, state, .. } = writing;
        let result = result.and_then(|()| transaction.commit());
        if result.is_ok() {
            self.run = run;
            self.state = state;
        } else {
            // Keys that were made in it are gone with it.
            self.keys = Keys::default();
        }
        result
    }

    /// Returns the last alarm episode and the last call of each bed, by the bed's configured id.
    pub(crate) fn last_numbers(&self) -> rusqlite::Result<BTreeMap<String, LastNumbers>> {
        let mut statement = self.connection.prepare(
            "SELECT name, max(occurrence), max(call) FROM alarm \
             JOIN bed ON bed.id = alarm.bed GROUP BY bed.id",
        )?;
        let rows = statement.query_map([], |row| {
            let last = LastNumbers {
                occurrence: Occurrence(row.get(1)?),
                call: row.get::<_, Option<u64>>(2)?.unwrap_or_default(),
            };
            Ok((row.get(0)?, last))
        })?;
        rows.collect()
    }

    /// Looks for damage, page by page; false when there is any.
    pub(crate) fn is_sound(&self) -> rusqlite::Result<bool> {
        let answer: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok(answer == "ok")
    }

    /// Writes everything that the write-ahead log has into the database file, synced; false when
    /// a reader is in the way.
    ///
    /// After a sync that failed the log may be whole in memory and not on the disk, and the
    /// kernel will not try again. This is another write of it, and another sync.
    pub(crate) fn settle(&self) -> rusqlite::Result<bool> {
        let busy: i64 = self
            .connection
            .query_row("PRAGMA wal_checkpoint(FULL)", [], |row| row.get(0))?;
        Ok(busy == 0)
    }

    /// Moves everything from the write-ahead log into the database file and closes it.
    pub(crate) fn close(self) -> rusqlite::Result<()> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        self.connection.close().map_err(|(_, error)| error)
    }

    /// Lets a test look and meddle.
    #[cfg(test)]
    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// A transaction under way.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    connection: &'a Connection,
    keys: &'a mut Keys,
    run: Option<OpenRun>,
    state: State,
}

impl Writing<'_> {
    /// Returns the number up to which every record of the run has a fate.
    pub(crate) const fn number(&self) -> u64 {
        self.state.number
    }

    /// Says that every record up to `last` has its fate.
    pub(crate) fn reached(&mut self, last: u64) {
        self.state.number = self.state.number.max(last);
    }

    /// Writes the record; false when the database finds that it cannot be.
    pub(crate) fn record(&mut self, row: &Row<'_>) -> rusqlite::Result<bool> {
        match insert::record(self.connection, self.keys, self.place()?, row) {
            Ok(()) => {}
            // Only this statement is undone; one bad record must not keep out all later ones.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                tracing::error!(%error, number = row.number, "The database refuses a record.");
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        if audit::is_chained(&row.fact) {
            self.chain(Audited::Record(row))?;
        }
        self.state.next_seq += 1;
        Ok(true)
    }

    /// Writes what a person wants.
    pub(crate) fn intent(&mut self, intent: &Intent) -> rusqlite::Result<()> {
        insert::intent(self.connection, self.keys, self.place()?, intent)?;
        self.chain(Audited::Intent(intent))?;
        self.state.next_seq += 1;
        Ok(())
    }

    /// Writes a day-start check that a person signed.
    pub(crate) fn day_check(&mut self, check: &DayCheck) -> rusqlite::Result<()> {
        day_check::insert(self.connection, self.place()?, check)?;
        self.chain(Audited::DayCheck(check))?;
        self.state.next_seq += 1;
        Ok(())
    }

    /// Writes a step on the way of an alarm to a person. One that the database refuses is left
    /// out as a whole: it must not keep out all later ones.
    pub(crate) fn outbox(&mut self, row: &OutboxRow) -> rusqlite::Result<()> {
        self.connection.execute_batch("SAVEPOINT outbox_row")?;
        match outbox::insert(self.connection, self.place()?, row) {
            Ok(()) => self.connection.execute_batch("RELEASE outbox_row")?,
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                tracing::error!(%error, ?row, "The database refuses a row of the outbox.");
                return self
                    .connection
                    .execute_batch("ROLLBACK TO outbox_row; RELEASE outbox_row");
            }
            Err(error) => return Err(error),
        }
        self.chain(Audited::Outbox(row))?;
        self.state.next_seq += 1;
        Ok(())
    }

    /// Writes that records are missing.
    pub(crate) fn gap(&mut self, gap: &Gap) -> rusqlite::Result<()> {
        insert::gap(self.connection, self.place()?, gap)?;
        self.chain(Audited::Gap(gap))?;
        self.state.next_seq += 1;
        Ok(())
    }

    /// Writes that everything after what is stored and before `next` is missing, if there is any.
    pub(crate) fn missing_before(&mut self, next: u64, cause: GapCause) -> rusqlite::Result<()> {
        let first = self.state.number + 1;
        if next <= first {
            return Ok(());
        }
        self.gap(&Gap {
            first,
            last: next - 1,
            lost: next - first,
            cause,
        })?;
        self.reached(next - 1);
        Ok(())
    }

    /// Writes that clients were told early.
    pub(crate) fn told_early(&mut self, told: &ToldEarly) -> rusqlite::Result<()> {
        insert::told_early(self.connection, self.place()?, told)?;
        self.chain(Audited::ToldEarly(told))?;
        self.state.next_seq += 1;
        Ok(())
    }

    fn run(&mut self, run: &Run) -> rusqlite::Result<()> {
        let key = insert::run(self.connection, self.state.next_seq, run)?;
        self.run = Some(OpenRun {
            key,
            boot: run.boot.clone(),
        });
        self.chain(Audited::Run(run))?;
        self.state.next_seq += 1;
        Ok(())
    }

    fn chain(&mut self, audited: Audited<'_>) -> rusqlite::Result<()> {
        let seq = self.state.next_seq;
        let link = audited.link(&self.state.chain, seq, &self.open_run()?.boot);
        self.connection
            .prepare_cached("INSERT INTO audit (seq, hash) VALUES (?1, ?2)")?
            .execute((seq, link))?;
        self.state.chain = link;
        Ok(())
    }

    fn end_batch(&mut self, first_seq: i64) -> rusqlite::Result<()> {
        if self.state.next_seq == first_seq {
            return Ok(());
        }
        let run = self.open_run()?.key;
        self.connection
            .prepare_cached(
                "INSERT INTO batch (first_seq, last_seq, run, last_number) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((
                first_seq,
                self.state.next_seq - 1,
                run,
                count(self.state.number),
            ))?;
        Ok(())
    }

    fn place(&self) -> rusqlite::Result<Place> {
        Ok(Place {
            seq: self.state.next_seq,
            run: self.open_run()?.key,
        })
    }

    fn open_run(&self) -> rusqlite::Result<&OpenRun> {
        self.run.as_ref().ok_or(rusqlite::Error::InvalidQuery)
    }
}

/// Refuses a database of another program, or of a newer one, before anything is changed in it.
fn refuse_unknown(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let not_ours = || OpenError::Other(StoreError::NotOurs(path.to_owned()));
    let found = form(connection)?.ok_or_else(not_ours)?;
    let known = newest_form();
    if !(0..=known).contains(&found) {
        return Err(OpenError::Other(StoreError::Newer { found, known }));
    }
    Ok(())
}

/// Returns the form of a record, 0 of a database in which nothing is yet; nothing where it is
/// another program's.
pub(crate) fn form(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    let ours = application == APPLICATION_ID || (application == 0 && tables == 0);
    ours.then(|| number("PRAGMA user_version")).transpose()
}

fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (form, migration) in (1_i64..).zip(MIGRATIONS) {
        if form > found {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", form)?;
            transaction.commit()?;
        }
    }
    Ok(())
}
