//! A bed whose `training` was changed between two starts, while a session is open at it.
//!
//! A patient's session never becomes a lesson's, and no lesson's a patient's: readings of a simulator
//! and of a person would be in one session. Nobody but a person ends a session, so that the service
//! neither closes it nor goes on: it does not start, and says what to do.

use std::collections::BTreeMap;
use std::fmt;

use chairside_model::BedId;
use chairside_station::Station;
use chairside_store::{GivenUp, History, SessionTold, StoreError};
use tracing::warn;

use crate::config::{Bed, Config};

/// A bed that was for training when the session opened that is open there, and is not now, or the
/// other way round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnedBed {
    /// The bed, by id.
    bed: String,
    /// What the configuration says of it now.
    training: bool,
    /// The session that is open.
    session: String,
    /// Who opened it, by id.
    by: String,
    /// When, in words.
    opened: String,
}

/// Refuses a configuration that turned a bed in the middle of a session. Where nobody can know it,
/// since the record cannot be read, the start goes on: a clinic that is not watched is worse.
///
/// # Errors
///
/// The first bed that was turned.
pub(crate) fn refuse(
    config: &Config,
    numbers: &BTreeMap<String, BedId>,
    station: &Station,
) -> Result<(), TurnedBed> {
    match find(config, numbers, station) {
        Ok(None) => Ok(()),
        Ok(Some(turned)) => Err(turned),
        Err(error) => {
            warn!(%error, "Whether a bed was turned to training in a session cannot be read.");
            Ok(())
        }
    }
}

/// Returns the first bed that was turned in the middle of a session. What a session is, the record
/// says of the moment in which it opened and of all after.
fn find(
    config: &Config,
    numbers: &BTreeMap<String, BedId>,
    station: &Station,
) -> Result<Option<TurnedBed>, StoreError> {
    let open = config.beds.iter().filter_map(|bed| {
        let opened = station.open_session(*numbers.get(&bed.id)?)?;
        Some((bed, opened.id.to_string()))
    });
    let mut open = open.peekable();
    if open.peek().is_none() {
        return Ok(None);
    }
    let history = History::open(&config.service.data, GivenUp::default())?;
    for (bed, id) in open {
        let told = history.session(&id)?;
        if let Some(told) = told.filter(|told| told.simulated != bed.training) {
            return Ok(Some(TurnedBed::of(bed, told)));
        }
    }
    Ok(None)
}

impl TurnedBed {
    fn of(bed: &Bed, told: SessionTold) -> Self {
        Self {
            bed: bed.id.clone(),
            training: bed.training,
            session: told.id,
            by: told.by,
            opened: told.opened.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        }
    }
}

impl fmt::Display for TurnedBed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            bed,
            training,
            session,
            by,
            opened,
        } = self;
        let (is, whose) = if *training {
            ("is for training", "a patient's")
        } else {
            ("is not for training", "a lesson's")
        };
        write!(
            f,
            "bed {bed:?} {is} by the configuration, and {whose} session is open there: {session}, \
             which {by} opened at {opened}. What is simulated and what is a patient's never come \
             into one session: put `training = {}` back, with all else that was changed of this \
             bed, start Chairside, end the session there, and change it then",
            !training
        )
    }
}

impl std::error::Error for TurnedBed {}
