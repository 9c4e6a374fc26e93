//! Opening the record: the lock, the database, and what the last run's journal still has.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::database::Database;
use crate::error::StoreError;
use crate::facts::{GapCause, Run};
use crate::hand_over::HandOver;
use crate::journal::{self, Found, JOURNAL, Journal};
use crate::ledger::{DATABASE, Ledger, free_name, set_aside, sync_directory};
use crate::queue::BUDGET;
use crate::row::Names;
use crate::trouble::OpenError;
use crate::writer::{Timing, Writer};
use crate::{Opened, Recorder, StorePlan};

/// The file whose lock says that the folder is in use.
const LOCK: &str = "lock";

pub(crate) fn open(plan: StorePlan, timing: Timing) -> Result<(Recorder, Opened), StoreError> {
    let directory = plan.directory;
    fs::create_dir_all(&directory).map_err(|error| StoreError::File(directory.clone(), error))?;
    let lock = lock(&directory)?;
    let (mut database, aside) = open_database(&directory)?;
    let recovered = recover(&directory, &mut database, aside.is_some())?;

    let run = Run {
        boot: database.new_boot()?,
        site: plan.site,
        clock_zero_ns: plan.clock_zero.timestamp_nanos_opt().unwrap_or(i64::MAX),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let last_numbers = database.last_numbers()?;
    database.begin_run(&run)?;
    sync_directory(&directory)?;

    let names = Arc::new(Names {
        beds: plan.beds,
        devices: plan.devices,
    });
    let path = directory.join(JOURNAL);
    let cannot = |error| StoreError::File(path.clone(), error);
    let journal = Journal::begin(&path, &run).map_err(cannot)?;
    let hand_over = HandOver::start(journal, Arc::clone(&names)).map_err(cannot)?;
    let sender = hand_over.sender();
    let (folder, this) = (directory.clone(), run.clone());
    let ledger = Ledger::new(folder, this, Arc::clone(&names), database);
    let writer = Writer::start(Box::new(ledger), BUDGET, timing, move |number| {
        sender.durable(number);
    })
    .map_err(cannot)?;
    let opened = Opened {
        epoch: run.boot.clone(),
        last_numbers,
        recovered,
        set_aside: aside,
    };
    let recorder = Recorder {
        names,
        directory,
        run,
        hand_over,
        writer,
        _lock: lock,
    };
    Ok((recorder, opened))
}

/// Takes the folder for this process; the lock ends with the file that is given back.
fn lock(directory: &Path) -> Result<File, StoreError> {
    let path = directory.join(LOCK);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|error| StoreError::File(path.clone(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(directory.to_owned())),
        Err(TryLockError::Error(error)) => Err(StoreError::File(path, error)),
    }
}

fn open_database(directory: &Path) -> Result<(Database, Option<PathBuf>), StoreError> {
    let path = directory.join(DATABASE);
    match Database::open(&path) {
        Ok(database) => return Ok((database, None)),
        Err(OpenError::Other(error)) => return Err(error),
        Err(OpenError::Later(why)) => return Err(StoreError::Database(why)),
        Err(OpenError::Damaged(why)) => tracing::error!(why, "The record is damaged."),
    }
    let aside = set_aside(directory)?;
    match Database::open(&path) {
        Ok(database) => Ok((database, aside)),
        Err(OpenError::Other(error)) => Err(error),
        Err(OpenError::Damaged(why) | OpenError::Later(why)) => Err(StoreError::Database(why)),
    }
}

/// Gives the database what the journal has and it has not; returns how many records those were.
///
/// Doing it again changes nothing: the journal begins anew only after this, and what is stored
/// is known by its number.
fn recover(directory: &Path, database: &mut Database, is_new: bool) -> Result<u64, StoreError> {
    let path = directory.join(JOURNAL);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(StoreError::File(path, error)),
    };
    let Some(found) = journal::read(&bytes) else {
        if !bytes.is_empty() {
            keep_unreadable(directory, &path)?;
        }
        return Ok(0);
    };
    if found.torn > 0 {
        tracing::warn!(
            bytes = found.torn,
            "The journal's last record was not whole."
        );
    }
    let last = found.rows.iter().map(|row| row.number).max();
    if last.is_none() {
        return Ok(0);
    }
    database.begin_run(&found.run)?;
    if last <= Some(database.number()) {
        return Ok(0);
    }
    let cause = if is_new {
        GapCause::SetAside
    } else {
        GapCause::ProcessEnded
    };
    write_missing(database, &found, cause)
}

fn write_missing(
    database: &mut Database,
    found: &Found,
    cause: GapCause,
) -> Result<u64, StoreError> {
    let mut recovered = 0;
    database.transaction(|writing| {
        for row in &found.rows {
            if row.number <= writing.number() {
                continue;
            }
            writing.missing_before(row.number, cause)?;
            if writing.record(row)? {
                writing.reached(row.number);
                recovered += 1;
            } else {
                writing.missing_before(row.number + 1, GapCause::Refused)?;
            }
        }
        Ok(())
    })?;
    Ok(recovered)
}

fn keep_unreadable(directory: &Path, path: &Path) -> Result<(), StoreError> {
    let aside = free_name(directory, "journal.set-aside", "bin");
    tracing::error!(aside = %aside.display(), "The journal cannot be read; it is kept there.");
    fs::rename(path, aside).map_err(|error| StoreError::File(path.to_owned(), error))
}

#[cfg(test)]
mod first_form;
#[cfg(test)]
mod later_forms;
#[cfg(test)]
mod tests;
