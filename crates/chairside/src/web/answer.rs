//! The page that a message on a telephone leads to, and the answers that it sends.
//!
//! Whoever has the token has the right to answer, in the name of the person who got the message,
//! for a while (`crate::notify::Answers`); nothing else can be done here, and nothing else is told
//! than what the message said. No token is logged.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chairside_notify::Purpose;
use futures_util::StreamExt as _;
use futures_util::stream;

use super::Web;
use super::action::Kind;
use super::wire::{Action, Deed};
use crate::notify::{Asked, Found};

mod page;
mod words;

use page::said;
use words::Words;

/// So many answers are taken at once: a message may be about every bed, each may wait two seconds
/// for its place in the record, and a request has ten. There is room for twice as many.
const AT_ONCE: usize = 32;

/// `GET /answer/{token}`: what the message said, and how to answer it. Changes nothing: whoever
/// previews a link asks for it too.
pub(super) async fn page(
    State(web): State<Web>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let words = Words::asked_for(&headers);
    match web.answers.find(&token, web.clock.now()) {
        Found::Asked(asked) => page::message(words, &token, &asked.message),
        other => not_open(words, &other),
    }
}

/// `POST /answer/{token}/{answer}`: does it in the name of the person who got the message.
pub(super) async fn take(
    State(web): State<Web>,
    Path((token, answer)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let words = Words::asked_for(&headers);
    let asked = match web.answers.find(&token, web.clock.now()) {
        Found::Asked(asked) => asked,
        other => return not_open(words, &other),
    };
    let deeds = match (&*answer, asked.message.purpose) {
        ("received", Purpose::Test) => return received(words, &web, &asked).await,
        ("accept", _) => accept(&asked),
        ("decline", _) => decline(&asked),
        _ => Vec::new(),
    };
    if deeds.is_empty() {
        return said(words, StatusCode::NOT_FOUND, words.no_such_answer);
    }
    let (web, asked) = (&web, &asked);
    let became = each(deeds, |action| do_one(words, web, asked, action)).await;
    // The message came, whatever became of the answer. The person is not told when the service is
    // too busy to note it: the day-start check then asks for a test.
    let _ = web.received(asked.message.key.clone(), None).await;
    let status = status(&became);
    // A line for each bed, however many of its alarms the message was about.
    let lines: BTreeSet<_> = became.into_iter().map(|(_, line)| line).collect();
    page::became(words, status, &token, lines)
}

/// Does each, some at once, and returns what became of them in their order.
async fn each<T, F: Future>(things: Vec<T>, do_one: impl Fn(T) -> F) -> Vec<F::Output> {
    let doing = stream::iter(things).map(do_one);
    doing.buffered(AT_ONCE).collect().await
}

/// Does one thing, and says what became of it.
async fn do_one(words: &Words, web: &Web, asked: &Asked, action: Action) -> (Kind, String) {
    let bed = asked.bed_name(&action.bed);
    let said = match action.deed {
        Deed::Accept {} => words.accepted,
        _ => words.declined,
    };
    let done = web.act(action).await;
    let line = match (done.kind, done.result.error) {
        (Kind::Done, _) => format!("{bed}: {said}"),
        (kind, why) => format!("{bed}: {}: {}", words.not_done, words.why(kind, why)),
    };
    (done.kind, line)
}

/// Takes that the person has received a test.
async fn received(words: &Words, web: &Web, asked: &Asked) -> Response {
    match web.received(asked.message.key.clone(), None).await {
        Some(true) => said(words, StatusCode::OK, words.works),
        Some(false) => said(words, StatusCode::NOT_FOUND, words.no_test),
        None => said(words, StatusCode::SERVICE_UNAVAILABLE, words.not_now),
    }
}

/// What of it was done counts: a telephone tries again what was not taken.
fn status(became: &[(Kind, String)]) -> StatusCode {
    let kinds = || became.iter().map(|(kind, _)| *kind);
    if kinds().any(|kind| kind == Kind::Done) {
        StatusCode::OK
    } else if kinds().any(|kind| kind == Kind::NotNow) {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::CONFLICT
    }
}

fn accept(asked: &Asked) -> Vec<Action> {
    let calls = asked.calls.iter();
    calls
        .map(|(bed, call)| action(asked, bed, Some(*call), Deed::Accept {}))
        .collect()
}

fn decline(asked: &Asked) -> Vec<Action> {
    let parts = asked.message.parts.iter();
    parts
        .map(|part| {
            let occurrence = part.occurrence.to_string();
            action(asked, &part.bed, None, Deed::Decline { occurrence })
        })
        .collect()
}

fn action(asked: &Asked, bed: &str, call: Option<u64>, deed: Deed) -> Action {
    Action {
        bed: bed.to_owned(),
        by: Some(asked.person.clone()),
        // So that the record says which message was answered.
        request: asked.message.key.clone(),
        station: None,
        reason: None,
        call,
        version: None,
        deed,
    }
}

fn not_open(words: &Words, found: &Found) -> Response {
    match found {
        Found::Expired => said(words, StatusCode::GONE, words.expired),
        Found::Asked(_) | Found::Unknown => said(words, StatusCode::NOT_FOUND, words.unknown),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_message_about_every_bed_is_answered_within_a_request_though_the_record_is_slow() {
        // Four alarms at each of 24 beds, each waiting as long as the service lets it.
        let slow = |number: u32| async move {
            sleep(Duration::from_secs(2)).await;
            number
        };
        let all = each((0..96).collect(), slow);
        let done = timeout(Duration::from_secs(10), all).await;
        let expected: Vec<u32> = (0..96).collect();
        assert_eq!(done, Ok(expected), "and in order");
    }

    #[test]
    fn what_was_done_in_part_was_taken() {
        let became = |kinds: &[Kind]| -> Vec<_> {
            kinds.iter().map(|kind| (*kind, String::new())).collect()
        };
        let status = |kinds: &[Kind]| status(&became(kinds));
        assert_eq!(status(&[Kind::TooLate, Kind::Done]), StatusCode::OK);
        assert_eq!(status(&[Kind::TooLate]), StatusCode::CONFLICT);
        assert_eq!(
            status(&[Kind::TooLate, Kind::NotNow]),
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
}
