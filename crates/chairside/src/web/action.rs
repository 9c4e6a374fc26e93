//! What people can do, whichever way it comes in.

use chairside_alarm::{LimitRefusal, Occurrence, OperatorAction, Refusal, Role};
use tokio::sync::oneshot;

use super::{Web, wire};
use crate::service::{Command, Outcome, Wanted};

/// Names and ids longer than this are not ours.
const TEXT_MAX: usize = 128;

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
    /// The bed or the episode that it names has never been.
    NotThere,
    /// It comes too late.
    TooLate,
    /// Nobody may do it, or not this person.
    NotAllowed,
    /// The service cannot take it now; nothing is wrong with it.
    NotNow,
}

/// Why an action is not done.
type Refused = (Kind, String);

impl Web {
    /// Acknowledges an alarm and waits until that is on record and told to everybody.
    pub(super) async fn acknowledge(&self, wanted: wire::Acknowledge) -> Answer {
        let request = wanted.request.clone();
        let outcome = match self.checked(wanted) {
            Ok(wanted) => self.command(wanted).await,
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
    fn checked(&self, wanted: wire::Acknowledge) -> Result<Wanted, Refused> {
        let texts = [&wanted.by, &wanted.request, &wanted.bed];
        let long = texts
            .into_iter()
            .chain(&wanted.station)
            .any(|text| text.len() > TEXT_MAX);
        if long {
            let why = format!("a text is longer than {TEXT_MAX} bytes");
            return Err((Kind::NotUnderstood, why));
        }
        let bed = self.hub.with_view(|view| view.bed_with_id(&wanted.bed));
        let bed = bed.ok_or_else(|| {
            let why = format!("there is no bed {:?}", wanted.bed);
            (Kind::NotThere, why)
        })?;
        let number = wanted.occurrence.parse().map_err(|error| {
            let why = format!("{:?} is not an occurrence: {error}", wanted.occurrence);
            (Kind::NotUnderstood, why)
        })?;
        let mut staff = self.hub.staff().iter();
        let role = staff
            .find(|person| person.id == wanted.by)
            .and_then(|person| Role::from_name(&person.role));
        let role = role.ok_or_else(|| {
            let why = format!("there is nobody with the id {:?} on the staff", wanted.by);
            (Kind::NotUnderstood, why)
        })?;
        Ok(Wanted {
            bed,
            action: OperatorAction::Acknowledge(Occurrence(number)),
            by: wanted.by,
            role,
            station: wanted.station,
            reason: None,
            request: wanted.request,
        })
    }

    /// Has it done, and returns what is wrong all the same.
    async fn command(&self, wanted: Wanted) -> Result<Option<String>, Refused> {
        let (reply, answer) = oneshot::channel();
        let sent = self.commands.try_send(Command::Act(wanted, reply));
        sent.map_err(|error| {
            let why = format!("the service is busy or ending: {error}");
            (Kind::NotNow, why)
        })?;
        let outcome = answer
            .await
            .map_err(|error| (Kind::NotNow, format!("the service is ending: {error}")))?;
        match outcome {
            Outcome::Done => Ok(None),
            Outcome::NotRecorded(why) => Ok(Some(format!("done, but not yet on record: {why}"))),
            Outcome::Refused(refusal) => Err((kind(&refusal), refusal.to_string())),
        }
    }
}

const fn kind(refusal: &Refusal) -> Kind {
    match refusal {
        Refusal::NoBed
        | Refusal::NeverWas
        | Refusal::NoRule(_)
        | Refusal::NotSwapped
        | Refusal::Limit(LimitRefusal::NotThere(_)) => Kind::NotThere,
        Refusal::Over
        | Refusal::Paused
        | Refusal::IsOff(_)
        | Refusal::NothingToEnd
        | Refusal::Limit(LimitRefusal::Changed { .. }) => Kind::TooLate,
        Refusal::Role(_)
        | Refusal::CanBeHigh(_)
        | Refusal::NeverOff(_)
        | Refusal::Limit(LimitRefusal::ClinicianOnly { .. } | LimitRefusal::Contradiction { .. }) => {
            Kind::NotAllowed
        }
        Refusal::Seconds { .. } | Refusal::NoReason | Refusal::NoStation => Kind::NotUnderstood,
        Refusal::TooManyStations => Kind::NotNow,
    }
}
