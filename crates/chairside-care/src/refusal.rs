//! Why something is not done in a session, in words that a nurse understands.

use std::fmt;

use chairside_model::{SessionId, Value};

use crate::{AmendRefusal, DoseRefusal, ScoreRefusal, Stage, Typed};

/// Why something is not done in a session. Nothing has changed then.
#[derive(Clone, Debug, PartialEq)]
pub enum CareRefusal {
    /// Nobody said who they are.
    NoName,
    /// No session of that name is planned or open at the bed.
    NoSession(SessionId),
    /// A session of that name is there already.
    SessionThere(SessionId),
    /// Another one is open at the bed.
    OtherOpen(SessionId),
    /// The clinic has no such protocol.
    NoProtocol(Box<str>),
    /// As many sessions as a bed takes are planned, or as many entries as a session takes are
    /// there: the number.
    Full(usize),
    /// The session stands there already.
    IsThere(Stage),
    /// No step leads there.
    NoStep {
        /// From where.
        from: Stage,
        /// To where.
        to: Stage,
    },
    /// It is nothing for where the session stands.
    NotNow {
        /// What, in words: `"taking the baseline"`.
        what: &'static str,
        /// Where the session stands.
        stage: Stage,
    },
    /// An infusion was not logged as stopped.
    InfusionRuns,
    /// It needs a reason.
    ReasonNeeded,
    /// Not everything is as the protocol requires: what, each in words.
    NotMet(Vec<Box<str>>),
    /// Only a clinician passes over what is not met: what, each in words.
    ClinicianOnly(Vec<Box<str>>),
    /// It is asked about, and nobody has said that it is right: what, each in words.
    Asked(Vec<Box<str>>),
    /// It is asked about, and a figure that looks like a slip was not typed a second time, which a
    /// nod does not replace.
    AskedAgain {
        /// What is asked, each in words.
        lines: Vec<Box<str>>,
        /// What is to be typed a second time, each once.
        figures: Vec<Typed>,
    },
    /// The protocol has no such item.
    NoItem(Box<str>),
    /// It says nothing without a note.
    NoteNeeded,
    /// A score is rated, or entered as not done; it is no check.
    RateIt,
    /// It would be in the future.
    Future,
    /// It would be before the session opened.
    BeforeSession,
    /// It would be after the session ended.
    AfterSession,
    /// The dose entry makes no sense.
    Dose(DoseRefusal),
    /// An infusion would be running, and the session does not stand at the dose.
    WouldRun(Stage),
    /// It is no rating.
    Score(ScoreRefusal),
    /// A body has no such weight.
    Weight(Value),
    /// The entry is not corrected like that.
    Amend(AmendRefusal),
}

impl CareRefusal {
    /// Returns the name used in JSON: it never changes.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoName => "no_name",
            Self::NoSession(_) => "no_session",
            Self::SessionThere(_) => "session_there",
            Self::OtherOpen(_) => "other_open",
            Self::NoProtocol(_) => "no_protocol",
            Self::Full(_) => "full",
            Self::IsThere(_) => "is_there",
            Self::NoStep { .. } => "no_step",
            Self::NotNow { .. } => "not_now",
            Self::InfusionRuns => "infusion_runs",
            Self::ReasonNeeded => "reason_needed",
            Self::NotMet(_) => "not_met",
            Self::ClinicianOnly(_) => "clinician_only",
            Self::Asked(_) => "asked",
            Self::AskedAgain { .. } => "asked_again",
            Self::NoItem(_) => "no_item",
            Self::NoteNeeded => "note_needed",
            Self::RateIt => "rate_it",
            Self::Future => "future",
            Self::BeforeSession => "before_session",
            Self::AfterSession => "after_session",
            Self::Dose(_) => "dose",
            Self::WouldRun(_) => "would_run",
            Self::Score(_) => "score",
            Self::Weight(_) => "weight",
            Self::Amend(_) => "amend",
        }
    }

    /// Returns what is not met or is asked about, each in words.
    #[must_use]
    pub fn lines(&self) -> &[Box<str>] {
        match self {
            Self::NotMet(lines)
            | Self::ClinicianOnly(lines)
            | Self::Asked(lines)
            | Self::AskedAgain { lines, .. } => lines,
            _ => &[],
        }
    }

    /// Returns the figures that are to be typed a second time.
    #[must_use]
    pub fn figures(&self) -> &[Typed] {
        match self {
            Self::AskedAgain { figures, .. } => figures,
            _ => &[],
        }
    }
}

impl fmt::Display for CareRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => f.write_str("nobody said who they are"),
            Self::NoSession(id) => write!(f, "no session {id} is planned or open at this bed"),
            Self::SessionThere(id) => write!(f, "session {id} is there already"),
            Self::OtherOpen(id) => write!(f, "session {id} is open at this bed: end it first"),
            Self::NoProtocol(name) => write!(f, "the clinic has no protocol \"{name}\""),
            Self::Full(most) => write!(f, "there are {most} already, and no more are taken"),
            Self::IsThere(stage) => write!(f, "the session is at {} already", stage.name()),
            Self::NoStep { from, to } => no_step(f, *from, *to),
            Self::NotNow { what, stage } if stage.is_over() => {
                write!(f, "{what}: the session is over ({})", stage.name())
            }
            Self::NotNow { what, stage } => {
                write!(f, "{what} is nothing for {}", stage.name())
            }
            Self::InfusionRuns => f.write_str(
                "an infusion was started and not stopped: log that it was stopped first",
            ),
            Self::ReasonNeeded => f.write_str("it needs a reason"),
            Self::NotMet(lines) => {
                write!(
                    f,
                    "not everything is as the protocol requires: {}",
                    lines.join("; ")
                )
            }
            Self::ClinicianOnly(lines) => {
                write!(
                    f,
                    "only a clinician may pass over this: {}",
                    lines.join("; ")
                )
            }
            Self::Asked(lines) | Self::AskedAgain { lines, .. } => {
                write!(f, "is this right? {}", lines.join("; "))
            }
            Self::NoItem(name) => write!(f, "the protocol has no item \"{name}\""),
            Self::NoteNeeded => f.write_str("it needs a note that says what"),
            Self::RateIt => f.write_str("a score is rated, or entered as not done"),
            Self::Future => f.write_str("that time has not come yet"),
            Self::BeforeSession => f.write_str("at that time the session was not open"),
            Self::AfterSession => f.write_str("at that time the session was over"),
            Self::Dose(why) => why.fmt(f),
            Self::WouldRun(stage) => write!(
                f,
                "an infusion would be running, and the session is at {}: log that it was stopped \
                 as well, or go to dosing first",
                stage.name()
            ),
            Self::Weight(kg) => write!(f, "{kg} kg is no weight of a body"),
            Self::Score(why) => why.fmt(f),
            Self::Amend(why) => why.fmt(f),
        }
    }
}

fn no_step(f: &mut fmt::Formatter<'_>, from: Stage, to: Stage) -> fmt::Result {
    if from.is_over() {
        return write!(f, "the session is over ({})", from.name());
    }
    let ways: Vec<_> = from.leads_to().iter().map(|stage| stage.name()).collect();
    let (from, to, ways) = (from.name(), to.name(), ways.join(", "));
    write!(f, "no step leads from {from} to {to}, only to: {ways}")
}

impl std::error::Error for CareRefusal {}

impl From<DoseRefusal> for CareRefusal {
    fn from(why: DoseRefusal) -> Self {
        Self::Dose(why)
    }
}

impl From<AmendRefusal> for CareRefusal {
    fn from(why: AmendRefusal) -> Self {
        Self::Amend(why)
    }
}

impl From<ScoreRefusal> for CareRefusal {
    fn from(why: ScoreRefusal) -> Self {
        Self::Score(why)
    }
}
