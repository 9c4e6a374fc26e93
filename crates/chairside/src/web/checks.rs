//! The day-start check: a person says what was heard, the service says what it reads, and both
//! are put on record together.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chairside_store::{CheckItem, DayCheck, SignedCheck};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::action::{NAME_MAX, REASON_MAX};
use super::routes::{not_json, refused};
use super::view::GivesNumbers;
use super::{Web, wire};
use crate::clock::wall;
use crate::notify::CalledWay;
use crate::remedy::without_numbers;
use crate::service::{Command, OnRecord, TONES};

/// A signature waits no longer than this for its commit.
const COMMIT_WAIT: Duration = Duration::from_secs(2);

/// The item of a way to a person.
const PHONE_REACHED: &str = "phone_reached";

/// Checks that are given back at once.
const LAST_MAX: u32 = 400;

/// What a person signs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    by: String,
    station: String,
    #[serde(default)]
    heard: Heard,
    note: Option<String>,
}

/// Which tones were heard.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heard {
    #[serde(rename = "tone_high")]
    high: Option<bool>,
    #[serde(rename = "tone_medium")]
    medium: Option<bool>,
    #[serde(rename = "tone_low")]
    low: Option<bool>,
}

/// Which checks are wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default = "last_by_default")]
    last: u32,
}

const fn last_by_default() -> u32 {
    10
}

/// A check as it is told.
#[derive(Debug, Serialize)]
struct Check {
    at: wire::Time,
    by: String,
    station: String,
    items: Vec<ItemTold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    complete: bool,
    missing: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ItemTold {
    item: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    bed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    passed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_ms: Option<u64>,
}

/// Puts a signed check on record and tells it back.
pub(super) async fn sign(
    State(web): State<Web>,
    body: Result<Json<Signature>, JsonRejection>,
) -> Response {
    let signature = match body {
        Ok(Json(signature)) => signature,
        Err(rejection) => return not_json(&rejection),
    };
    if let Err(why) = checked(&web, &signature) {
        return refused(&why, StatusCode::BAD_REQUEST);
    }
    let now = web.clock.now();
    let judged = web.hub.with_view(|view| view.gives_numbers(now));
    let mut items = items(&signature.heard, judged);
    let called = web.calling.now().called_today.into_iter();
    items.extend(called.map(|way| phone(&way, web.clock.wall(now))));
    let check = DayCheck {
        at: now,
        by: signature.by,
        station: signature.station,
        note: signature.note.filter(|note| !note.trim().is_empty()),
        complete: items.iter().all(|item| item.passed != Some(false)),
        items,
    };
    let signed = SignedCheck {
        at: wall(web.clock.zero(), now),
        check: check.clone(),
    };
    match put_on_record(&web, check).await {
        Ok(()) => Json(json!({ "ok": true, "check": told(signed) })).into_response(),
        Err(why) => {
            let why = format!("the check is not on record: {why}");
            refused(&why, StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// Returns the last checks, the newest first.
pub(super) async fn last(
    State(web): State<Web>,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let Wanted { last } = match query {
        Ok(Query(wanted)) => wanted,
        Err(rejection) => return refused(&rejection.body_text(), StatusCode::BAD_REQUEST),
    };
    if !(1..=LAST_MAX).contains(&last) {
        let why = format!("last is {last}, and not from 1 to {LAST_MAX}");
        return refused(&why, StatusCode::BAD_REQUEST);
    }
    match web
        .questions
        .ask(move |record| record.day_checks(last))
        .await
    {
        Ok(checks) => {
            let checks: Vec<Check> = checks.into_iter().map(told).collect();
            Json(json!({ "checks": checks })).into_response()
        }
        Err(none) => none.into_response(),
    }
}

/// Tells what keeps a signature from being one.
fn checked(web: &Web, signature: &Signature) -> Result<(), String> {
    let names = [&signature.by, &signature.station];
    if names.into_iter().any(|name| name.len() > NAME_MAX) {
        return Err(format!("a name is longer than {NAME_MAX} bytes"));
    }
    let note = signature.note.as_ref().map_or(0, String::len);
    if note > REASON_MAX {
        return Err(format!("the note is longer than {REASON_MAX} bytes"));
    }
    if signature.station.trim().is_empty() {
        return Err("the station has no name".to_owned());
    }
    let by = &signature.by;
    if !web.hub.staff().iter().any(|person| person.id == *by) {
        return Err(format!("there is nobody with the id {by:?} on the staff"));
    }
    let unsaid: Vec<&str> = signature
        .heard
        .tones()
        .filter_map(|(tone, heard)| heard.is_none().then_some(tone))
        .collect();
    if !unsaid.is_empty() {
        let unsaid = unsaid.join(", ");
        return Err(format!("heard says nothing of {unsaid}: true or false"));
    }
    Ok(())
}

impl Heard {
    fn tones(&self) -> impl Iterator<Item = (&'static str, Option<bool>)> {
        let heard = [self.high, self.medium, self.low];
        TONES.into_iter().zip(heard)
    }
}

fn items(heard: &Heard, judged: Vec<GivesNumbers>) -> Vec<CheckItem> {
    let tones = heard.tones().map(|(tone, heard)| CheckItem {
        item: tone.to_owned(),
        device: None,
        passed: heard,
        found: None,
        age_ms: None,
    });
    let devices = judged.into_iter().map(|judged| CheckItem {
        item: "gives_numbers".to_owned(),
        device: Some((judged.bed, judged.device)),
        passed: Some(judged.passed),
        found: Some(judged.found),
        age_ms: judged
            .age
            .map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX)),
    });
    tones.chain(devices).collect()
}

/// Whether a message has come to a person by a way by which the ladders call today.
fn phone(called: &CalledWay, now: DateTime<Utc>) -> CheckItem {
    let ago = called.received_at.map(|at| now - at.0);
    CheckItem {
        item: PHONE_REACHED.to_owned(),
        device: None,
        passed: Some(called.reached),
        found: Some(format!("{} by {}", called.person, called.channel)),
        age_ms: ago.and_then(|ago| u64::try_from(ago.num_milliseconds()).ok()),
    }
}

async fn put_on_record(web: &Web, check: DayCheck) -> Result<(), String> {
    let (reply, answer) = oneshot::channel();
    let last = check.complete.then(|| wire::LastCheck {
        at: wire::Time(wall(web.clock.zero(), check.at)),
        by: check.by.clone(),
    });
    let (hub, clock) = (Arc::clone(&web.hub), web.clock);
    let done = move |result: Result<(), String>| {
        if let (Ok(()), Some(last)) = (&result, last) {
            hub.checked(clock.now(), last);
        }
        // Whoever signed may have gone.
        let _ = reply.send(result.map_err(|error| without_numbers(&error)));
    };
    let sent = web
        .commands
        .try_send(Command::Check(check, OnRecord(Box::new(done))));
    sent.map_err(|error| format!("the service is busy or ending: {error}"))?;
    match timeout(COMMIT_WAIT, answer).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err("the service is ending".to_owned()),
        Err(_elapsed) => Err("the record is slow".to_owned()),
    }
}

fn told(signed: SignedCheck) -> Check {
    let check = signed.check;
    let items: Vec<ItemTold> = check.items.into_iter().map(item).collect();
    let failed = items.iter().filter(|item| item.passed == Some(false));
    Check {
        at: wire::Time(signed.at),
        by: check.by,
        station: check.station,
        missing: failed.map(ItemTold::in_words).collect(),
        items,
        note: check.note,
        complete: check.complete,
    }
}

fn item(item: CheckItem) -> ItemTold {
    let (bed, device) = item.device.unzip();
    ItemTold {
        item: item.item,
        bed,
        device,
        passed: item.passed,
        found: item.found,
        age_ms: item.age_ms,
    }
}

impl ItemTold {
    fn in_words(&self) -> String {
        match (&self.bed, &self.device) {
            (Some(bed), Some(device)) => {
                let found = self.found.as_deref().unwrap_or("nothing");
                format!("bed {bed}: {device}: {found}")
            }
            _ if self.item == PHONE_REACHED => {
                let way = self.found.as_deref().unwrap_or("somebody");
                format!("{way}: nothing was received in 24 h")
            }
            _ => format!("{} was not heard", self.item),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::from_timestamp_secs(2_000_000_000).unwrap();

    #[test]
    fn a_way_that_reaches_its_person_is_told_with_its_age_and_another_is_missing_in_words() {
        let called = |hours: Option<i64>, reached| CalledWay {
            person: "mn".to_owned(),
            channel: "phones".to_owned(),
            received_at: hours.map(|hours| wire::Time(NOW - TimeDelta::hours(hours))),
            reached,
        };
        for (called, age_ms) in [
            (called(Some(2), true), Some(7_200_000)),
            (called(Some(25), false), Some(90_000_000)),
            (called(None, false), None),
        ] {
            let item = phone(&called, NOW);
            assert_eq!((item.passed, item.age_ms), (Some(called.reached), age_ms));
            assert_eq!(item.found.as_deref(), Some("mn by phones"));
            let words = super::item(item).in_words();
            assert_eq!(words, "mn by phones: nothing was received in 24 h");
        }
    }
}
