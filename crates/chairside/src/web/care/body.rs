//! The body of `POST /api/v1/beds/BED/care`: by whom, in which session, and what.

use std::time::Duration;

use chairside_care::CareAction;
use chairside_model::{MonoTime, SessionId};
use chairside_store::{PATIENT_NAME, happened, read_action, request_mark};
use chrono::DateTime;
use serde_json::{Map, Value};

use super::refusal::Refused;
use crate::clock::Clock;
use crate::near::did_you_mean;
use crate::service::WantedCare;
use crate::web::Web;
use crate::web::action::{NAME_MAX, REASON_MAX, new_session};

/// What the body may say.
const KEYS: [&str; 8] = [
    "by",
    "station",
    "request",
    "pressed",
    "reason",
    "pass_over",
    "session",
    "action",
];

/// What its action may say, all actions together.
const ACTION_KEYS: [&str; 25] = [
    "action",
    "at",
    "initials",
    "number",
    "name",
    "protocol",
    "to",
    "item",
    "answer",
    "note",
    "weight_kg",
    "dose",
    "drug",
    "route",
    "amount_mg",
    "concentration_mg_per_ml",
    "rate_mg_per_min",
    "planned_mg",
    "again",
    "score",
    "items",
    "check",
    "event",
    "entry",
    "amendment",
];

/// What was pressed longer ago than that is not taken as of then unasked: a page sends again for two
/// minutes what was not answered, and waits ten seconds for an answer (`dashboard/treatment`). Our
/// design.
const PRESSED_MAX: Duration = Duration::from_secs(150);

impl Web {
    /// Turns the words of a body into what they name, and says why it is not to be done unless it
    /// was done before, if so.
    pub(super) fn wanted_care(
        &self,
        bed: &str,
        body: &Map<String, Value>,
    ) -> Result<(WantedCare, Option<Refused>), Refused> {
        let found = self.hub.with_view(|view| view.bed_with_id(bed));
        let bed = found.ok_or_else(|| Refused::no_bed(bed))?;
        known(body, &KEYS)?;
        let request = text(body, "request", NAME_MAX)?.unwrap_or_default();
        let by = text(body, "by", NAME_MAX)?;
        let by = by.ok_or_else(|| Refused::nobody("it does not say by whom: `by` is missing"))?;
        let role = self.role(by);
        let role = role.ok_or_else(|| {
            Refused::nobody(format!("there is nobody with the id {by:?} on the staff"))
        })?;
        let (action, doubt) = action(body, &self.clock)?;
        self.takes_name(body)?;
        let session = text(body, "session", NAME_MAX)?;
        // Blanks are no reason.
        let owned = |text: Option<&str>| {
            let said = text.map(str::trim).filter(|text| !text.is_empty());
            said.map(str::to_owned)
        };
        let wanted = WantedCare {
            bed,
            session: session_of(&action, session, self.clock.now())?,
            action,
            by: by.to_owned(),
            role,
            station: owned(text(body, "station", NAME_MAX)?),
            reason: owned(text(body, "reason", REASON_MAX)?),
            pass_over: truth(body, "pass_over")?,
            request: request.to_owned(),
            repeats: (!request.is_empty())
                .then(|| request_mark(&Value::from(body.clone()).to_string())),
            doubted: doubt.is_some(),
        };
        Ok((wanted, doubt))
    }

    /// Refuses a patient's name, also an empty one, where the clinic has not switched names on:
    /// who sends one does not know that.
    fn takes_name(&self, body: &Map<String, Value>) -> Result<(), Refused> {
        let action = body.get("action").and_then(Value::as_object);
        let names = action.is_some_and(|action| action.contains_key(PATIENT_NAME));
        if names && !self.questions.names_patients() {
            return Err(Refused::not_understood(NO_NAMES));
        }
        Ok(())
    }
}

/// What is said to somebody who names a patient where the clinic has not switched names on.
const NO_NAMES: &str = "name: in this clinic a patient is initials and a number, and a name is \
    not taken; `names = true` in `[patients]` of its configuration switches names on";

/// Returns the session that is meant. The service names each, so that no two have one name.
fn session_of(
    action: &CareAction,
    named: Option<&str>,
    now: MonoTime,
) -> Result<SessionId, Refused> {
    match (action, named) {
        (CareAction::Schedule { .. }, None) => Ok(new_session(now)),
        (CareAction::Schedule { .. }, Some(_)) => {
            let why = "`session` of one that is planned is named by the service";
            Err(Refused::not_understood(why))
        }
        (_, None) => Err(Refused::not_understood("`session` is missing")),
        (_, Some(name)) => SessionId::from_name(name).ok_or_else(|| {
            let why = format!("session: {name:?} is no name of one, which has 16 characters");
            Refused::not_understood(why)
        }),
    }
}

/// Reads the action. What does not say when it happened, happened when it was pressed first, or now
/// where nobody says so; a correction says when, for it must not move what it corrects unseen. With
/// it comes why that time is doubted, if it is.
fn action(
    body: &Map<String, Value>,
    clock: &Clock,
) -> Result<(CareAction, Option<Refused>), Refused> {
    let Some(action) = body.get("action").and_then(Value::as_object) else {
        return Err(Refused::not_understood("`action` is missing: an object"));
    };
    known(action, &ACTION_KEYS)?;
    let mut action = action.clone();
    let said = time("at", action.remove("at").as_ref(), clock)?;
    let pressed = time("pressed", body.get("pressed"), clock)?;
    let read = |at| {
        let read = read_action(&action, at);
        read.map_err(|wrong| Refused::not_understood(wrong.to_string()))
    };
    let now = clock.now();
    let corrects = action.get("action").is_some_and(|word| word == "amend");
    let of_now = read(said.or_else(|| (!corrects).then_some(now)))?;
    match (said, pressed) {
        (Some(_), _) if happened(&of_now).is_none() => {
            let why = "at: this action has no such field";
            Err(Refused::not_understood(why))
        }
        // While hours pass in minutes, as in a demo, nobody knows it to the second.
        (None, Some(pressed)) if happened(&of_now) == Some(now) && clock.pace() == 1 => {
            let doubt = plausible(now, pressed).err();
            Ok((read(Some(pressed.min(now)))?, doubt))
        }
        _ => Ok((of_now, None)),
    }
}

/// Refuses to go by a press that may be of another time: who sees that presses again, or says when
/// it was.
fn plausible(now: MonoTime, pressed: MonoTime) -> Result<(), Refused> {
    let ago = now.saturating_since(pressed);
    if pressed > now {
        Err(Refused::pressed(
            "by the service's clock it has not been pressed yet: press again if it is as of now, \
             or say when it was",
        ))
    } else if ago > PRESSED_MAX {
        let minutes = ago.as_secs() / 60;
        Err(Refused::pressed(format!(
            "it was pressed {minutes} min ago: press again if it is as of now, or say when it was"
        )))
    } else {
        Ok(())
    }
}

/// Reads a time that may be there.
fn time(key: &str, said: Option<&Value>, clock: &Clock) -> Result<Option<MonoTime>, Refused> {
    match said {
        None | Some(Value::Null) => Ok(None),
        Some(at) => moment(key, at, clock).map(Some),
    }
}

/// Returns a moment on the service's clock.
fn moment(key: &str, at: &Value, clock: &Clock) -> Result<MonoTime, Refused> {
    let wrong = || Refused::not_understood(format!("{key}: {at} is no time of RFC 3339"));
    let text = at.as_str().ok_or_else(wrong)?;
    let wall = DateTime::parse_from_rfc3339(text).map_err(|_none| wrong())?;
    let since = wall.to_utc() - clock.zero();
    // What was before the clock's zero was before every session that can be led now.
    Ok(MonoTime::from_start(since.to_std().unwrap_or_default()))
}

/// A key that nobody reads was meant for something.
fn known(map: &Map<String, Value>, keys: &[&'static str]) -> Result<(), Refused> {
    let mut unknown = map.keys().filter(|key| !keys.contains(&key.as_str()));
    unknown.next().map_or(Ok(()), |key| {
        let near = did_you_mean(key, keys.iter().copied());
        let why = format!("unknown key {key:?}{near}; there are: {}", keys.join(", "));
        Err(Refused::not_understood(why))
    })
}

fn text<'a>(
    body: &'a Map<String, Value>,
    key: &str,
    most: usize,
) -> Result<Option<&'a str>, Refused> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() <= most => Ok(Some(text)),
        Some(Value::String(_)) => {
            let why = format!("{key} is longer than {most} bytes");
            Err(Refused::not_understood(why))
        }
        Some(_) => Err(Refused::not_understood(format!("{key}: it is no text"))),
    }
}

fn truth(body: &Map<String, Value>, key: &str) -> Result<bool, Refused> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(said)) => Ok(*said),
        Some(_) => {
            let why = format!("{key}: it is neither true nor false");
            Err(Refused::not_understood(why))
        }
    }
}

#[cfg(test)]
mod tests;
