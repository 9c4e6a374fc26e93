//! Which dose entries are refused, and the words for it.

use std::fmt;

use chairside_model::{MonoTime, Value};

use super::FIGURE_MAX;
use crate::{Dose, DoseEntry, EntryNumber};

/// Why a dose entry is not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DoseRefusal {
    /// It would be in the future.
    Future,
    /// It would be before the session began.
    BeforeSession,
    /// The second entry is none of what was typed first.
    Again {
        /// What was typed first: the amount, or the rate of an infusion.
        first: Value,
        /// What was typed then.
        again: Value,
    },
    /// There is a second entry of something that has no figure.
    NothingToRepeat,
    /// It makes no sense where it stands.
    NoSense(NoSense),
    /// It would leave another entry without sense.
    Strands(EntryNumber, NoSense),
}

/// Why a dose event makes no sense, by its figures or where it stands among the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoSense {
    /// A figure is not above 0, or above 10,000.
    Figure {
        /// Which, with its unit: `"amount, mg"`.
        what: &'static str,
        /// What was typed.
        is: Value,
    },
    /// There is no infusion that it could be of: the event's name.
    NoInfusion(&'static str),
    /// One that was not stopped is there already.
    AlreadyStarted,
    /// The infusion is held: the event's name.
    Paused(&'static str),
    /// The infusion is not held.
    NotPaused,
}

/// Checks when an entry was, and what was typed a second time.
pub(super) fn check_time_and_repeat(
    entry: &DoseEntry,
    began: MonoTime,
    now: MonoTime,
) -> Result<(), DoseRefusal> {
    if entry.at > now {
        return Err(DoseRefusal::Future);
    }
    if entry.at < began {
        return Err(DoseRefusal::BeforeSession);
    }
    let Some(again) = &entry.again else {
        return Ok(());
    };
    let Some((_, first)) = entry.dose.typed().next() else {
        return Err(DoseRefusal::NothingToRepeat);
    };
    let was_typed = |again: &Value| entry.dose.typed().any(|(_, typed)| typed == *again);
    match again.figures().iter().find(|again| !was_typed(again)) {
        Some(again) => Err(DoseRefusal::Again {
            first,
            again: *again,
        }),
        None => Ok(()),
    }
}

/// Checks that each figure can be one.
pub(super) fn check_figures(dose: &Dose) -> Result<(), NoSense> {
    let good = |is: Value| is.number() > 0.0 && is.number() <= FIGURE_MAX;
    match dose.typed().find(|(_, is)| !good(*is)) {
        Some((what, is)) => Err(NoSense::Figure {
            what: what.with_unit(),
            is,
        }),
        None => Ok(()),
    }
}

impl fmt::Display for DoseRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Future => f.write_str("it would be in the future"),
            Self::BeforeSession => f.write_str("it would be before the session began"),
            Self::Again { first, again } => {
                write!(f, "it was {first} at first and {again} the second time")
            }
            Self::NothingToRepeat => f.write_str("it has no figure to type a second time"),
            Self::NoSense(why) => why.fmt(f),
            Self::Strands(number, why) => write!(
                f,
                "entry {number} would make no sense after that ({why}): correct entry {number} first"
            ),
        }
    }
}

impl std::error::Error for DoseRefusal {}

impl fmt::Display for NoSense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Figure { what, is } => {
                write!(f, "{what}: {is} is not above 0 and at most {FIGURE_MAX}")
            }
            Self::NoInfusion(what) => write!(f, "{what}: no infusion was started and not stopped"),
            Self::AlreadyStarted => {
                f.write_str("start: an infusion was started and not stopped: log its stop first")
            }
            Self::Paused(what) => {
                write!(f, "{what}: the infusion is held: log that it goes on first")
            }
            Self::NotPaused => f.write_str("resume: the infusion is not held"),
        }
    }
}
