//! Why the record cannot be opened, written or read.

use std::io;
use std::path::PathBuf;

/// Why the record cannot be opened, written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has this record open.
    #[error("{} is the record of another Chairside that is running; stop it first or give this one its own folder", .0.display())]
    InUse(PathBuf),
    /// A file or folder cannot be used.
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    File(PathBuf, #[source] io::Error),
    /// SQLite is older than the first one without the WAL-reset bug.
    #[error("SQLite {found} can damage a record; at least {MINIMUM_TEXT} is needed")]
    SqliteTooOld {
        /// The version that was linked.
        found: &'static str,
    },
    /// The record was written by a newer Chairside.
    #[error(
        "the record has form {found}, and this program knows forms up to {known}: it was written by a newer Chairside"
    )]
    Newer {
        /// The form of the file.
        found: i64,
        /// The newest form that is known.
        known: i64,
    },
    /// The record was written by an older Chairside, and is only to be read here.
    #[error(
        "the record has form {found}, and this program reads form {known}: `chairside serve` brings it up to date when it starts"
    )]
    Older {
        /// The form of the file.
        found: i64,
        /// The form that is read.
        known: i64,
    },
    /// The file is a database of something else.
    #[error("{} is a database of another program", .0.display())]
    NotOurs(PathBuf),
    /// The database says no.
    #[error("{0}")]
    Database(String),
    /// The journal cannot be written.
    #[error("the journal cannot be written: {0}")]
    Journal(#[source] io::Error),
    /// The journal has reached its greatest length, because the database takes nothing.
    #[error("the journal is full")]
    JournalFull,
    /// More is waiting than may wait.
    #[error("the recorder does not keep up")]
    Busy,
    /// An entry of a treatment session has a field that this version does not know.
    #[error("an entry of the treatment session cannot be read: {0}")]
    Care(#[from] crate::CareFieldError),
    /// Nobody waits for the answer any more.
    #[error("the question was given up")]
    GivenUp,
    /// The recorder has ended.
    #[error("the recorder has ended")]
    Ended,
}

/// [`crate::SQLITE_MINIMUM`] as people write it.
const MINIMUM_TEXT: &str = "3.51.3";

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        // Only a question that was given up is interrupted.
        if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) {
            return Self::GivenUp;
        }
        Self::Database(error.to_string())
    }
}
