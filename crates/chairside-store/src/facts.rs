//! What the record holds besides the core's records: runs, people's intents, and what is missing.

use chairside_model::MonoTime;

use crate::care::action_name;
use crate::row::{WantedCare, WantedLimit, WantedSession};
use crate::{ActionRow, WantedAction};

/// One start of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The name of the run: random, another after each start.
    pub boot: String,
    /// The site of the configuration.
    pub site: String,
    /// The wall-clock time of the run's [`MonoTime::ZERO`], nanoseconds since 1970 UTC; the run itself began
    /// later.
    pub clock_zero_ns: i64,
    /// The version of the program.
    pub program: String,
}

/// What a person wanted, as it was put on record before it was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// When.
    pub at: MonoTime,
    /// The configured id of the bed.
    pub bed: String,
    /// What: `acknowledge`, `pause_audio`, ...
    pub action: String,
    /// The alarm episode it is about; 0 for none.
    pub occurrence: u64,
    /// The alarm it names.
    pub alarm: Option<String>,
    /// For how long it is meant.
    pub seconds: Option<u32>,
    /// The person, by id.
    pub by: String,
    /// Where it was done, as the client calls itself.
    pub station: Option<String>,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// The limit it is about.
    pub limit: Option<WantedLimit<'static>>,
    /// The session it is about.
    pub session: Option<WantedSession<'static>>,
    /// The bed's last call that it answers, of who comes or is there.
    pub call: Option<u64>,
    /// What it is to do in a treatment session, which `session` names.
    pub care: Option<WantedCare>,
    /// The client's name for the request.
    pub request: String,
}

impl Intent {
    /// Returns what is put on record of an action at the bed of that configured id.
    pub(crate) fn of(row: ActionRow, bed: String) -> Self {
        let intent = Self {
            at: row.at,
            bed,
            action: String::new(),
            occurrence: 0,
            alarm: None,
            seconds: None,
            by: row.by,
            station: row.station,
            reason: row.reason,
            limit: None,
            session: None,
            call: None,
            care: None,
            request: row.request,
        };
        match row.action {
            WantedAction::Operator(action) => Self {
                action: action.name().to_owned(),
                occurrence: action.occurrence().map_or(0, |occurrence| occurrence.0),
                alarm: action.alarm().map(|id| id.name().to_owned()),
                seconds: action.seconds(),
                limit: WantedLimit::of(action),
                session: WantedSession::of(action),
                call: action.answered_call(),
                ..intent
            },
            WantedAction::Care(session, action) => Self {
                action: action_name(&action).to_owned(),
                session: Some(WantedSession::named(session)),
                care: Some(WantedCare::of(&action)),
                ..intent
            },
        }
    }
}

/// Numbers of a run of which some are not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The first number; every number before it has its own fate.
    pub first: u64,
    /// The last number.
    pub last: u64,
    /// How many of them are not stored; the others are.
    pub lost: u64,
    /// Why.
    pub cause: GapCause,
}

/// Why records are not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GapCause {
    /// The disk took records more slowly than they came.
    TooSlow,
    /// The disk took none: it was full, read-only or failing.
    StorageFailed,
    /// The process ended before they were written.
    ProcessEnded,
    /// They are in a file that was set aside as damaged, as far as they can be read there.
    SetAside,
    /// The database found that a record cannot be. A bug.
    Refused,
}

impl GapCause {
    /// Every cause.
    pub const ALL: [Self; 5] = [
        Self::TooSlow,
        Self::StorageFailed,
        Self::ProcessEnded,
        Self::SetAside,
        Self::Refused,
    ];

    /// Returns the name used in SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooSlow => "too_slow",
            Self::StorageFailed => "storage_failed",
            Self::ProcessEnded => "process_ended",
            Self::SetAside => "set_aside",
            Self::Refused => "refused",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

/// Numbers of which clients were told before the kernel had them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldEarly {
    /// The first number.
    pub first: u64,
    /// The last number.
    pub last: u64,
}
