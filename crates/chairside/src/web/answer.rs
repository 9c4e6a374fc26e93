//! The page that a message on a telephone leads to, and the answers that it sends.
//!
//! Whoever has the token has the right to answer, in the name of the person who got the message,
//! for a while (`crate::notify::Answers`); nothing else can be done here, and nothing else is told
//! than what the message said. No token is logged.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use chairside_notify::Purpose;

use super::Web;
use super::action::Kind;
use super::wire::{Action, Deed};
use crate::notify::{Asked, Found};

/// The page has no script and asks for nothing but its style; its forms lead back here.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'",
);

/// `GET /answer/{token}`: what the message said, and how to answer it. Changes nothing: whoever
/// previews a link asks for it too.
pub(super) async fn page(State(web): State<Web>, Path(token): Path<String>) -> Response {
    let asked = match web.answers.find(&token, web.clock.now()) {
        Found::Asked(asked) => asked,
        other => return not_open(&other),
    };
    let mut body = String::new();
    for line in asked.message.text().lines() {
        // Writing into a string does not fail.
        let _ = write!(body, "<p class=\"condition\">{}</p>", text(line));
    }
    let buttons: &[_] = match asked.message.purpose {
        Purpose::Call => &[("accept", "I'm coming"), ("decline", "Not me")],
        Purpose::AllClear | Purpose::Answered => &[],
        Purpose::Test => &[("received", "Received")],
    };
    for (answer, label) in buttons {
        let token = text(&token);
        let _ = write!(
            body,
            "<form method=\"post\" action=\"/answer/{token}/{answer}\">\
             <button class=\"{answer}\">{label}</button></form>"
        );
    }
    html(StatusCode::OK, &asked.message.title(), &body)
}

/// `POST /answer/{token}/{answer}`: does it in the name of the person who got the message.
pub(super) async fn take(
    State(web): State<Web>,
    Path((token, answer)): Path<(String, String)>,
) -> Response {
    let asked = match web.answers.find(&token, web.clock.now()) {
        Found::Asked(asked) => asked,
        other => return not_open(&other),
    };
    let deeds = match (&*answer, asked.message.purpose) {
        ("received", Purpose::Test) => return received(&web, &asked).await,
        ("accept", _) => accept(&asked),
        ("decline", _) => decline(&asked),
        _ => Vec::new(),
    };
    if deeds.is_empty() {
        return said(StatusCode::NOT_FOUND, "This message has no such answer.");
    }
    let mut became = Vec::new();
    for action in deeds {
        let bed = asked.bed_name(&action.bed).to_owned();
        let said = match action.deed {
            Deed::Accept {} => "you are coming; every screen says so",
            _ => "you are not coming; others are called",
        };
        let done = web.act(action).await;
        let words = match (done.kind, done.result.error) {
            (Kind::Done, _) => said.to_owned(),
            (_, why) => format!("not done: {}", why.unwrap_or_default()),
        };
        became.push((done.kind, format!("{bed}: {words}")));
    }
    let status = status(&became);
    let lines: BTreeSet<_> = became.into_iter().map(|(_, line)| line).collect();
    let mut body = String::new();
    for line in lines {
        // Writing into a string does not fail.
        let _ = write!(body, "<p class=\"condition\">{}</p>", text(&line));
    }
    html(status, "Your answer", &body)
}

/// Takes that the person has received a test.
async fn received(web: &Web, asked: &Asked) -> Response {
    match web.received(asked.message.key.clone(), None).await {
        Some(true) => said(StatusCode::OK, "Thank you: the way to you works."),
        Some(false) => said(StatusCode::NOT_FOUND, "There is no such test any more."),
        None => said(
            StatusCode::SERVICE_UNAVAILABLE,
            "The service cannot take it now. Please try again.",
        ),
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

fn not_open(found: &Found) -> Response {
    match found {
        Found::Expired => said(
            StatusCode::GONE,
            "This message is older than 15 minutes and cannot be answered any more. \
             Please look at a screen.",
        ),
        Found::TooManyTries => said(
            StatusCode::TOO_MANY_REQUESTS,
            "Somebody tried to guess this address, so it is closed. Please answer at a screen.",
        ),
        Found::Asked(_) | Found::Unknown => said(
            StatusCode::NOT_FOUND,
            "There is no message with this address.",
        ),
    }
}

fn said(status: StatusCode, words: &str) -> Response {
    html(status, "Chairside", &format!("<p>{}</p>", text(words)))
}

fn html(status: StatusCode, title: &str, body: &str) -> Response {
    let title = text(title);
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/dashboard/answer.css\"></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>\n"
    );
    let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
    (status, policy, Html(page)).into_response()
}

/// Returns words as they stand in a page, between tags and between quotation marks.
fn text(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_part_of_the_page() {
        assert_eq!(
            text("<b onclick=\"x\">Room 1 & 'two'</b>"),
            "&lt;b onclick=&quot;x&quot;&gt;Room 1 &amp; &#39;two&#39;&lt;/b&gt;"
        );
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
