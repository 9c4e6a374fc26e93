//! What people can do, whichever way it comes in.

use std::hash::{BuildHasher, RandomState};

use axum::http::StatusCode;
use chairside_alarm::{
    AlarmId, LimitKey, LimitRefusal, Occurrence, OperatorAction, PATIENT, Phase, Refusal, Role,
    warning,
};
use chairside_model::{CuffAnswer, CuffOrder, CuffRefusal, MonoTime, Patient, SessionId, Value};
use chrono::SecondsFormat;
use tokio::sync::oneshot;

use super::{Web, wire};
use crate::service::{Command, Outcome, Wanted};
use crate::web::wire::Deed;

/// Names and ids longer than this are not ours, bytes.
pub(super) const NAME_MAX: usize = 128;

/// The longest reason, bytes.
pub(super) const REASON_MAX: usize = 500;

/// What became of an action.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) kind: Kind,
    /// In words, for whoever asked.
    pub(super) result: wire::ActionResult,
}

/// What became of an action, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It was done.
    Done,
    /// It does not say what is wanted, or by whom.
    NotUnderstood,
    /// The bed, the episode or the rule that it names has never been.
    NotThere,
    /// It comes too late, or once too often.
    TooLate,
    /// Nobody may do it, or not this person.
    NotAllowed,
    /// The service cannot take it now; nothing is wrong with it.
    NotNow,
}

impl Kind {
    /// Returns the status with which HTTP says it.
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::Done => StatusCode::OK,
            Self::NotUnderstood => StatusCode::BAD_REQUEST,
            Self::NotThere => StatusCode::NOT_FOUND,
            Self::TooLate => StatusCode::CONFLICT,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::NotNow => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// Why an action is not done.
type Refused = (Kind, String);

impl Web {
    /// Does what a person wants, and waits until that is on record and told to everybody.
    pub(super) async fn act(&self, action: wire::Action) -> Answer {
        let (request, bed) = (action.request.clone(), action.bed.clone());
        let outcome = match self.checked(action) {
            Ok(wanted) => self.command(wanted, &bed).await,
            Err(refused) => Err(refused),
        };
        match outcome {
            Ok(warning) => Answer {
                kind: Kind::Done,
                result: wire::ActionResult::done(request, warning),
            },
            Err((kind, why)) => Answer {
                kind,
                result: wire::ActionResult::refused(request, why),
            },
        }
    }

    /// Turns the words of the wire into what they name.
    fn checked(&self, action: wire::Action) -> Result<Wanted, Refused> {
        check_lengths(&action)?;
        let bed = self.hub.with_view(|view| view.bed_with_id(&action.bed));
        let bed = bed.ok_or_else(|| {
            let why = format!("there is no bed {:?}", action.bed);
            (Kind::NotThere, why)
        })?;
        let (by, role) = self.person(&action)?;
        Ok(Wanted {
            bed,
            action: operator_action(&action, self.clock.now())?,
            by,
            role,
            station: action.station,
            reason: action.reason,
            call: action.call,
            request: action.request,
        })
    }

    /// Returns who wants it, and in which role. A call is the patient's, whoever else it names.
    fn person(&self, action: &wire::Action) -> Result<(String, Role), Refused> {
        if action.deed == (Deed::Call {}) {
            return Ok((PATIENT.to_owned(), Role::Nurse));
        }
        let by = action.by.as_deref().ok_or_else(|| {
            let why = "it does not say by whom: `by` is missing".to_owned();
            (Kind::NotUnderstood, why)
        })?;
        let role = self.role(by).ok_or_else(|| {
            let why = format!("there is nobody with the id {by:?} on the staff");
            (Kind::NotUnderstood, why)
        })?;
        Ok((by.to_owned(), role))
    }

    /// Returns the role of a person of the staff.
    pub(super) fn role(&self, by: &str) -> Option<Role> {
        let mut staff = self.hub.staff().iter();
        let person = staff.find(|person| person.id == by);
        person.and_then(|person| Role::from_name(&person.role))
    }

    /// Has it done, and returns what is wrong all the same.
    async fn command(&self, wanted: Wanted, bed: &str) -> Result<Option<String>, Refused> {
        let action = wanted.action;
        let (reply, answer) = oneshot::channel();
        let sent = self.commands.try_send(Command::Act(wanted, reply));
        sent.map_err(|error| {
            let why = format!("the service is busy or ending: {error}");
            (Kind::NotNow, why)
        })?;
        let warned = limit_warning(action);
        let outcome = answer
            .await
            .map_err(|error| (Kind::NotNow, format!("the service is ending: {error}")))?;
        match outcome {
            Outcome::Done => Ok(warned.map(str::to_owned)),
            Outcome::NotRecorded(why) => Ok(Some(format!("done, but not yet on record: {why}"))),
            Outcome::Refused(refusal) => Err((kind(&refusal), self.words(&refusal, bed))),
            Outcome::Answered(answer) => Err((answer_kind(answer), answer.words().to_owned())),
        }
    }
}

impl Web {
    /// Says why something was refused. When something was, the core says by its own clock, and of
    /// no page does it know.
    fn words(&self, refusal: &Refusal, bed: &str) -> String {
        match refusal {
            Refusal::SessionOpen { since, .. } => {
                let since = self.clock.wall(*since);
                let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
                format!("{refusal}: since {since}")
            }
            Refusal::InTreatment { .. } => format!("{refusal}: see /beds/{bed}/session"),
            _ => refusal.to_string(),
        }
    }
}

fn check_lengths(action: &wire::Action) -> Result<(), Refused> {
    let names = [&action.request, &action.bed].into_iter();
    let names = names.chain(&action.by).chain(&action.station);
    let longest = names.map(String::len);
    let reason = action.reason.as_ref().map_or(0, String::len);
    let why = if longest.max().is_some_and(|length| length > NAME_MAX) {
        format!("a name is longer than {NAME_MAX} bytes")
    } else if reason > REASON_MAX {
        format!("the reason is longer than {REASON_MAX} bytes")
    } else {
        return Ok(());
    };
    Err((Kind::NotUnderstood, why))
}

fn operator_action(wanted: &wire::Action, now: MonoTime) -> Result<OperatorAction, Refused> {
    let action = match &wanted.deed {
        Deed::Acknowledge { occurrence } => OperatorAction::Acknowledge(episode(occurrence)?),
        Deed::ConfirmDevice { occurrence } => OperatorAction::ConfirmDevice(episode(occurrence)?),
        Deed::PauseAudio { seconds } => OperatorAction::PauseAudio { seconds: *seconds },
        Deed::ResumeAudio {} => OperatorAction::ResumeAudio,
        Deed::AudioOff { seconds } => OperatorAction::AudioOff { seconds: *seconds },
        Deed::PauseAlarm { id, seconds } => OperatorAction::PauseAlarm {
            id: alarm(id)?,
            seconds: *seconds,
        },
        Deed::ResumeAlarm { id } => OperatorAction::ResumeAlarm { id: alarm(id)? },
        Deed::SwitchOff { id, seconds } => OperatorAction::SwitchOff {
            id: alarm(id)?,
            seconds: *seconds,
        },
        Deed::SwitchOn { id } => OperatorAction::SwitchOn { id: alarm(id)? },
        Deed::SetLimit { key, old, value } => OperatorAction::SetLimit {
            key: LimitKey::from_name(key).ok_or_else(|| not_understood("limit", key))?,
            expected: number(*old)?,
            new: number(*value)?,
        },
        Deed::OpenSession { initials, number } => {
            let patient = Patient::new(initials.as_deref(), number.as_deref());
            let patient = patient.map_err(|why| (Kind::NotUnderstood, why.to_string()))?;
            OperatorAction::OpenSession(new_session(now), patient)
        }
        Deed::CloseSession { session } => OperatorAction::CloseSession(
            SessionId::from_name(session).ok_or_else(|| not_understood("session", session))?,
        ),
        Deed::Phase { phase } => OperatorAction::EnterPhase(
            Phase::from_name(phase).ok_or_else(|| not_understood("phase", phase))?,
        ),
        Deed::Call {} => OperatorAction::Call,
        Deed::Help { occurrence } => {
            let about = occurrence.as_ref().map(|about| episode(about));
            OperatorAction::Help(about.transpose()?)
        }
        Deed::Cuff { order } => OperatorAction::Cuff(
            CuffOrder::from_name(order).ok_or_else(|| not_understood("order", order))?,
        ),
        Deed::Decline { occurrence } => OperatorAction::Decline(episode(occurrence)?),
        Deed::Accept {} => OperatorAction::Accept {
            call: answered(wanted.call)?,
        },
        Deed::Arrive {} => OperatorAction::Arrive {
            call: answered(wanted.call)?,
        },
    };
    Ok(action)
}

/// Returns up to which call of a bed somebody comes: what they have not seen, nobody answers.
fn answered(call: Option<u64>) -> Result<u64, Refused> {
    call.ok_or_else(|| {
        let why = "it does not say which call of the bed was seen last: `call` is missing";
        (Kind::NotUnderstood, why.to_owned())
    })
}

/// Returns a name that no other session has: each keyed hash of the standard library has a key
/// of its own, from the system's source of chance.
pub(super) fn new_session(now: MonoTime) -> SessionId {
    SessionId(RandomState::new().hash_one(now))
}

fn episode(occurrence: &str) -> Result<Occurrence, Refused> {
    occurrence.parse().map(Occurrence).map_err(|error| {
        let why = format!("{occurrence:?} is not an occurrence: {error}");
        (Kind::NotUnderstood, why)
    })
}

fn alarm(id: &str) -> Result<AlarmId, Refused> {
    AlarmId::from_name(id).ok_or_else(|| not_understood("alarm", id))
}

fn number(number: f64) -> Result<Value, Refused> {
    let why = || (Kind::NotUnderstood, format!("{number} is not a number"));
    Value::finite(number).ok_or_else(why)
}

fn not_understood(kind: &str, name: &str) -> Refused {
    let why = format!("there is no {kind} {name:?}");
    (Kind::NotUnderstood, why)
}

/// Returns what is wrong with a limit that can be chosen all the same.
fn limit_warning(action: OperatorAction) -> Option<&'static str> {
    match action {
        OperatorAction::SetLimit { key, new, .. } => warning(key, new),
        _ => None,
    }
}

/// What an order was answered with that was not carried out, or of which nobody knows.
const fn answer_kind(answer: CuffAnswer) -> Kind {
    match answer {
        CuffAnswer::Withdrawn | CuffAnswer::Overtaken => Kind::TooLate,
        CuffAnswer::Done
        | CuffAnswer::NotDone
        | CuffAnswer::NoAnswer
        | CuffAnswer::NotSent
        | CuffAnswer::LineLost => Kind::NotNow,
    }
}

const fn kind(refusal: &Refusal) -> Kind {
    match refusal {
        Refusal::NoBed
        | Refusal::NeverWas
        | Refusal::NeverCalled
        | Refusal::NoRule(_)
        | Refusal::NotSwapped
        | Refusal::Cuff(CuffRefusal::Unable)
        | Refusal::Limit(LimitRefusal::NotThere(_)) => Kind::NotThere,
        Refusal::Over
        | Refusal::CalledSince
        | Refusal::Quiet
        | Refusal::Paused
        | Refusal::IsOff(_)
        | Refusal::NothingToEnd
        | Refusal::SessionOpen { .. }
        | Refusal::NoSession
        | Refusal::InTreatment { .. }
        | Refusal::Cuff(CuffRefusal::Measuring | CuffRefusal::UnderWay)
        | Refusal::Limit(LimitRefusal::Changed { .. } | LimitRefusal::IsThat { .. }) => {
            Kind::TooLate
        }
        Refusal::Role(_)
        | Refusal::CanBeHigh(_)
        | Refusal::NeverOff(_)
        | Refusal::IsCall(_)
        | Refusal::Simulated
        | Refusal::Cuff(CuffRefusal::OtherDevice)
        | Refusal::Limit(LimitRefusal::ClinicianOnly { .. } | LimitRefusal::Contradiction { .. }) => {
            Kind::NotAllowed
        }
        Refusal::Seconds { .. } | Refusal::NoReason | Refusal::NoStation => Kind::NotUnderstood,
        Refusal::TooManyStations | Refusal::Failed | Refusal::Cuff(CuffRefusal::NotConnected) => {
            Kind::NotNow
        }
    }
}
