//! The database of one run, reopened, or set aside and begun anew, when it fails.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::database::{Database, Writing};
use crate::error::StoreError;
use crate::facts::{Gap, GapCause, Run};
use crate::queue::{Chunk, Deed, Work};
use crate::row::{Names, Row};
use crate::trouble::{OpenError, Trouble};

/// The database's file in the folder of the record.
pub(crate) const DATABASE: &str = "record.db";

/// After so many failures of the disk in a row, the file is set aside and a new one is begun.
const FAILURES_MAX: u32 = 3;

/// What the writer writes to. The real one is [`Ledger`]; tests have one that fails.
pub(crate) trait Disk: Send {
    /// Does the work in one transaction, durable when this returns; or says in words why not.
    /// After a failure the same work, and no other, is given again.
    fn write(&mut self, work: &Work) -> Result<(), String>;

    /// Returns the number up to which every record of the run is durable or in a gap.
    fn number(&self) -> u64;

    /// Completes and closes it.
    fn close(self: Box<Self>);
}

/// The database of one run.
#[derive(Debug)]
pub(crate) struct Ledger {
    directory: PathBuf,
    run: Run,
    names: Arc<Names>,
    database: Option<Database>,
    number: u64,
    /// Failures of the disk in a row.
    failures: u32,
    /// The `seq` after which the transaction whose commit failed began: the disk knows whether
    /// it was written, we do not.
    in_doubt: Option<i64>,
    /// The file was begun in the middle of the run.
    is_new: bool,
}

impl Ledger {
    pub(crate) const fn new(
        directory: PathBuf,
        run: Run,
        names: Arc<Names>,
        database: Database,
    ) -> Self {
        Self {
            directory,
            run,
            names,
            number: database.number(),
            database: Some(database),
            failures: 0,
            in_doubt: None,
            is_new: false,
        }
    }

    fn reopen(&mut self) -> Result<Database, String> {
        let path = self.directory.join(DATABASE);
        let opened = Database::open(&path).and_then(|mut database| {
            if !database.is_sound()? {
                return Err(OpenError::Damaged("quick_check found damage".to_owned()));
            }
            if !database.settle()? {
                let why = "a reader keeps the record from being settled";
                return Err(OpenError::Later(why.to_owned()));
            }
            database.begin_run(&self.run)?;
            Ok(database)
        });
        match opened {
            Ok(database) => Ok(database),
            Err(OpenError::Damaged(why)) => {
                self.start_anew(&why);
                Err(why)
            }
            Err(OpenError::Later(why)) => Err(why),
            Err(OpenError::Other(error)) => {
                self.disk_failed();
                Err(error.to_string())
            }
        }
    }

    fn disk_failed(&mut self) {
        self.failures += 1;
        if self.failures >= FAILURES_MAX {
            self.start_anew("the disk failed again and again");
        }
    }

    /// Puts the file aside, so that the next attempt begins a new one.
    fn start_anew(&mut self, why: &str) {
        match set_aside(&self.directory) {
            Ok(Some(aside)) => {
                tracing::error!(why, aside = %aside.display(), "The record is set aside, a new one begun.");
                self.is_new = true;
                self.failures = 0;
                self.in_doubt = None;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(why, %error, "The record cannot be set aside."),
        }
    }
}

impl Disk for Ledger {
    fn write(&mut self, work: &Work) -> Result<(), String> {
        let mut database = match self.database.take() {
            Some(database) => database,
            None => self.reopen()?,
        };
        let before = database.next_seq();
        if self.in_doubt.take().is_some_and(|began| began < before) {
            self.number = database.number();
            self.database = Some(database);
            return Ok(());
        }
        let missing = if self.is_new {
            GapCause::SetAside
        } else {
            GapCause::Refused
        };
        let result = database.transaction(|writing| write(writing, work, &self.names, missing));
        let Err(error) = result else {
            self.failures = 0;
            self.number = database.number();
            self.database = Some(database);
            return Ok(());
        };
        match Trouble::of(&error) {
            Trouble::Full => self.database = Some(database),
            Trouble::Busy => {
                tracing::error!(%error, "Another program writes to the record.");
                self.database = Some(database);
            }
            Trouble::Damaged => {
                drop(database);
                self.start_anew(&error.to_string());
            }
            Trouble::Failing => {
                // What was written last is unknown: the file is read again before it is believed.
                drop(database);
                self.in_doubt = Some(before);
                self.disk_failed();
            }
        }
        Err(error.to_string())
    }

    fn number(&self) -> u64 {
        self.number
    }

    fn close(self: Box<Self>) {
        if let Some(database) = self.database
            && let Err(error) = database.close()
        {
            tracing::warn!(%error, "The record was not closed cleanly; the next start completes it.");
        }
    }
}

fn write(
    writing: &mut Writing<'_>,
    work: &Work,
    names: &Names,
    missing: GapCause,
) -> rusqlite::Result<()> {
    for deed in &work.deeds {
        match deed {
            Deed::Intent(intent) => writing.intent(intent)?,
            Deed::DayCheck(check) => writing.day_check(check)?,
            Deed::Outbox(row) => writing.outbox(row)?,
        }
    }
    let mut open: Option<Gap> = None;
    for chunk in &work.chunks {
        writing.missing_before(chunk.first, missing)?;
        let (lost, cause) = records(writing, chunk, names)?;
        open = match (open, gap(chunk, lost, cause)) {
            (Some(open), Some(next)) if open.cause == next.cause => Some(Gap {
                last: next.last,
                lost: open.lost + next.lost,
                ..open
            }),
            (open, next) => {
                if let Some(open) = open {
                    writing.gap(&open)?;
                }
                next
            }
        };
        writing.reached(chunk.last);
    }
    if let Some(open) = open {
        writing.gap(&open)?;
    }
    for told in &work.told_early {
        writing.told_early(told)?;
    }
    Ok(())
}

/// Writes the records of a chunk and returns how many of its numbers are lost, and why.
fn records(
    writing: &mut Writing<'_>,
    chunk: &Chunk,
    names: &Names,
) -> rusqlite::Result<(u64, Option<GapCause>)> {
    let (mut lost, mut cause) = (chunk.lost, chunk.cause);
    let stored = writing.number();
    for record in chunk.records.iter() {
        // A record that is there already was written before the disk failed.
        if record.sequence > stored && !writing.record(&Row::of(record, names))? {
            lost += 1;
            cause = Some(GapCause::Refused);
        }
    }
    Ok((lost, cause))
}

fn gap(chunk: &Chunk, lost: u64, cause: Option<GapCause>) -> Option<Gap> {
    (lost > 0).then(|| Gap {
        first: chunk.first,
        last: chunk.last,
        lost,
        cause: cause.unwrap_or(GapCause::Refused),
    })
}

/// Renames the database with all that belongs to it; returns its new name, or nothing when
/// there is none.
pub(crate) fn set_aside(directory: &Path) -> Result<Option<PathBuf>, StoreError> {
    let path = directory.join(DATABASE);
    if !path.exists() {
        return Ok(None);
    }
    let aside = free_name(directory, "record.set-aside", "db");
    for suffix in ["-wal", "-shm", ""] {
        let from = with_suffix(&path, suffix);
        if from.exists() {
            fs::rename(&from, with_suffix(&aside, suffix))
                .map_err(|error| StoreError::File(from, error))?;
        }
    }
    sync_directory(directory)?;
    Ok(Some(aside))
}

/// Returns the first name of this form that is not taken.
pub(crate) fn free_name(directory: &Path, stem: &str, ending: &str) -> PathBuf {
    let mut number = 1_u64;
    loop {
        let path = directory.join(format!("{stem}-{number}.{ending}"));
        if !path.exists() {
            return path;
        }
        number += 1;
    }
}

/// Makes names that were given or changed in the folder durable.
pub(crate) fn sync_directory(directory: &Path) -> Result<(), StoreError> {
    File::open(directory)
        .and_then(|open| open.sync_all())
        .map_err(|error| StoreError::File(directory.to_owned(), error))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;
