//! The record on disk.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chairside_alarm::Occurrence;
use chairside_model::{BedId, DeviceId, MonoTime};
use chairside_station::Record;
use chrono::{DateTime, Utc};

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
    pub started: DateTime<Utc>,
}

/// What was found when the record was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// This run of the service: another after each start.
    pub epoch: String,
    /// The last alarm episode of each bed, by the bed's configured id.
    pub last_occurrence: BTreeMap<String, u64>,
    /// Records of the last run that the journal had and the database had not.
    pub recovered: u64,
    /// Where a damaged record was put, if it was.
    pub set_aside: Option<PathBuf>,
}

/// Why the record cannot be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A placeholder of the skeleton.
    #[error("there is no record yet")]
    None,
}

/// How the recorder is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether records reach the disk.
    pub running: bool,
    /// Why not.
    pub last_error: Option<String>,
}

/// What a person did, as it is put on record before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRow {
    /// When.
    pub at: MonoTime,
    /// The bed.
    pub bed: BedId,
    /// What.
    pub kind: ActionKind,
    /// The alarm episode it is about.
    pub occurrence: Occurrence,
    /// The person, by id.
    pub by: String,
    /// Where it was done, as the client calls itself.
    pub station: Option<String>,
    /// The client's name for the request.
    pub request: String,
}

/// What a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// "I have seen this alarm."
    Acknowledge,
}

/// The writing side of the record.
#[derive(Debug)]
pub struct Recorder {}

impl Recorder {
    /// Opens the record of a folder, or begins one.
    ///
    /// # Errors
    ///
    /// When the folder or the database cannot be used.
    pub fn open(_plan: StorePlan) -> Result<(Self, Opened), StoreError> {
        let opened = Opened {
            epoch: "0".to_owned(),
            last_occurrence: BTreeMap::new(),
            recovered: 0,
            set_aside: None,
        };
        Ok((Self {}, opened))
    }

    /// Queues records for the next commit. Never waits; what does not fit becomes a gap.
    pub fn append(&self, _records: Arc<[Record]>) {}

    /// Gives records to the kernel by a plain write and calls back when it has them.
    pub fn hand_over(
        &self,
        _records: Arc<[Record]>,
        done: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) {
        done(Ok(()));
    }

    /// Puts on record that clients were told of these records before the kernel had them.
    pub fn note_late(&self, _first: u64, _last: u64) {}

    /// Commits what a person did, at once, and calls back when that is durable.
    pub fn commit_action(
        &self,
        _action: ActionRow,
        done: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) {
        done(Ok(()));
    }

    /// Returns how it is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            running: true,
            last_error: None,
        }
    }

    /// Commits what is queued, checkpoints and closes.
    pub fn close(self) {}
}
