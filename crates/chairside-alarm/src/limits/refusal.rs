//! Why a limit stays as it is, in words with the numbers.

use std::fmt;

use chairside_model::Value;

use crate::{Bounds, LimitKey, Phase};

/// Why a limit is not changed.
#[derive(Clone, Debug, PartialEq)]
pub enum LimitRefusal {
    /// The profile has no such limit, or its rule is off.
    NotThere(LimitKey),
    /// Somebody changed it since it was read.
    Changed {
        /// Which.
        key: LimitKey,
        /// What the person saw.
        expected: Value,
        /// What it is.
        is: Value,
    },
    /// It is what is wanted already.
    IsThat {
        /// Which.
        key: LimitKey,
        /// What it is.
        is: Value,
    },
    /// Only a clinician may: it has no bounds, or the number lies outside of them.
    ClinicianOnly {
        /// Which.
        key: LimitKey,
        /// What was wanted.
        wanted: Value,
        /// The bounds it has.
        bounds: Option<Bounds>,
    },
    /// The limits would contradict each other.
    Contradiction {
        /// What was to be changed.
        key: LimitKey,
        /// In which phase of the session.
        phase: Phase,
        /// What would be wrong, with the numbers.
        why: Box<str>,
    },
}

impl fmt::Display for LimitRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere(key) => write!(f, "{key}: {} is off in this profile", key.alarm()),
            Self::Changed { key, expected, is } => {
                write!(f, "{key}: it is {is} by now and not {expected}")
            }
            Self::IsThat { key, is } => write!(f, "{key}: it is {is} already"),
            Self::ClinicianOnly {
                key,
                wanted,
                bounds: Some(bounds),
            } => {
                let Bounds { least, most } = bounds;
                write!(
                    f,
                    "{key}: {wanted} is not within {least} to {most}: a clinician may"
                )
            }
            Self::ClinicianOnly {
                key, bounds: None, ..
            } => write!(f, "{key}: only a clinician may change it"),
            Self::Contradiction { key, phase, why } => match phase {
                Phase::Baseline => write!(f, "{key}: {why}"),
                other => write!(f, "{key}: {why} (in the {} phase)", other.name()),
            },
        }
    }
}

impl std::error::Error for LimitRefusal {}
