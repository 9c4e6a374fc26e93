//! What an error of SQLite means for the file.

use rusqlite::ErrorCode;

use crate::error::StoreError;

/// What an error means for the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No space: the file is sound, and the same connection works again when there is some.
    Full,
    /// Somebody else writes. A bug: there is one writer.
    Busy,
    /// The file is damaged.
    Damaged,
    /// The disk fails, or is read-only: nothing is known about what was written last.
    Failing,
}

impl Trouble {
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            _ => Self::Failing,
        }
    }
}

/// Why a file cannot be opened.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// The file is damaged.
    Damaged(String),
    /// There is no room, or somebody is in the way; nothing is said about the file.
    Later(String),
    /// Anything else.
    Other(StoreError),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match Trouble::of(&error) {
            Trouble::Damaged => Self::Damaged(error.to_string()),
            Trouble::Full | Trouble::Busy => Self::Later(error.to_string()),
            Trouble::Failing => Self::Other(error.into()),
        }
    }
}
