//! Why something is not done in a treatment session: a name for programs, words for people.

use std::fmt;

use chairside_care::{AmendRefusal, CareRefusal, DoseRefusal};
use chairside_station::CareDenied;

use crate::web::action::Kind;

/// Why it is not done. Nothing has changed then.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) kind: Kind,
    /// It never changes.
    pub(super) name: &'static str,
    pub(super) why: String,
    /// What is not met or is asked about, each in words.
    pub(super) lines: Vec<Box<str>>,
    /// The figures that are to be typed a second time, by their keys in the action.
    pub(super) again: Vec<&'static str>,
}

impl Refused {
    fn new(kind: Kind, name: &'static str, why: impl Into<String>) -> Self {
        Self {
            kind,
            name,
            why: why.into(),
            lines: Vec::new(),
            again: Vec::new(),
        }
    }

    pub(super) fn not_understood(why: impl Into<String>) -> Self {
        Self::new(Kind::NotUnderstood, "not_understood", why)
    }

    pub(super) fn pressed(why: impl Into<String>) -> Self {
        Self::new(Kind::TooLate, "pressed", why)
    }

    pub(super) fn no_bed(bed: &str) -> Self {
        Self::new(Kind::NotThere, "no_bed", format!("there is no bed {bed:?}"))
    }

    pub(super) fn nobody(why: impl Into<String>) -> Self {
        Self::new(Kind::NotUnderstood, "nobody", why)
    }

    pub(super) fn busy(why: &impl fmt::Display) -> Self {
        let why = format!("the service is busy or ending: {why}");
        Self::new(Kind::NotNow, "busy", why)
    }

    pub(super) fn by_the_core(denied: CareDenied) -> Self {
        let why = denied.to_string();
        match denied {
            CareDenied::NoBed => Self::new(Kind::NotThere, "no_bed", why),
            CareDenied::Failed => Self::new(Kind::NotNow, "failed", why),
            CareDenied::Simulated => Self::new(Kind::NotAllowed, "simulated", why),
            CareDenied::Refused(refusal) => Self {
                lines: refusal.lines().to_vec(),
                again: refusal.figures().iter().map(|one| one.name()).collect(),
                ..Self::new(kind(&refusal), refusal.name(), why)
            },
        }
    }
}

const fn kind(refusal: &CareRefusal) -> Kind {
    match refusal {
        CareRefusal::NoSession(_)
        | CareRefusal::NoProtocol(_)
        | CareRefusal::NoItem(_)
        | CareRefusal::Amend(AmendRefusal::NotThere(_)) => Kind::NotThere,
        CareRefusal::SessionThere(_)
        | CareRefusal::OtherOpen(_)
        | CareRefusal::Full(_)
        | CareRefusal::IsThere(_)
        | CareRefusal::NoStep { .. }
        | CareRefusal::NotNow { .. }
        | CareRefusal::InfusionRuns
        | CareRefusal::NotMet(_)
        | CareRefusal::Asked(_)
        | CareRefusal::AskedAgain { .. }
        | CareRefusal::WouldRun(_)
        | CareRefusal::Dose(DoseRefusal::NoSense(_) | DoseRefusal::Strands(..))
        | CareRefusal::Amend(_) => Kind::TooLate,
        CareRefusal::ClinicianOnly(_) => Kind::NotAllowed,
        CareRefusal::NoName
        | CareRefusal::ReasonNeeded
        | CareRefusal::NoteNeeded
        | CareRefusal::RateIt
        | CareRefusal::Future
        | CareRefusal::BeforeSession
        | CareRefusal::AfterSession
        | CareRefusal::Dose(
            DoseRefusal::Future
            | DoseRefusal::BeforeSession
            | DoseRefusal::Again { .. }
            | DoseRefusal::NothingToRepeat,
        )
        | CareRefusal::Score(_)
        | CareRefusal::Weight(_) => Kind::NotUnderstood,
    }
}
