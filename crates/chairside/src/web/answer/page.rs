//! The page itself: HTML without a script, for a telephone in a hand at night.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::response::Response;
use chairside_notify::{Message, Part, Purpose};
use chrono::Local;

use super::words::Words;
use crate::web::page::{Page, text};

/// What the message said, and a button for each answer.
pub(super) fn message(words: &Words, token: &str, message: &Message) -> Response {
    let (heading, buttons): (_, &[_]) = match message.purpose {
        Purpose::Call => (
            words.called,
            &[("accept", words.accept), ("decline", words.decline)],
        ),
        Purpose::AllClear => (words.over, &[]),
        Purpose::Answered => (words.answered, &[]),
        Purpose::Test => (words.test, &[("received", words.received)]),
    };
    let mut body = String::new();
    for part in &message.parts {
        condition(words, part, &mut body);
    }
    if message.parts.is_empty() {
        // Writing into a string does not fail.
        let _ = write!(body, "<p>{}</p>", text(&message.title()));
    }
    body.push_str("<div class=\"answers\">");
    for (answer, label) in buttons {
        let token = text(token);
        let _ = write!(
            body,
            "<form method=\"post\" action=\"/answer/{token}/{answer}\">\
             <button class=\"{answer}\">{}</button></form>",
            text(label)
        );
    }
    body.push_str("</div>");
    html(words, StatusCode::OK, &message.title(), heading, &body)
}

/// An alarm, in the words of the message, and since when it has stood by the clocks of the clinic.
fn condition(words: &Words, part: &Part, body: &mut String) {
    let since = part.since.with_timezone(&Local).format("%H:%M");
    // Writing into a string does not fail.
    let _ = write!(
        body,
        "<p class=\"condition {}\">{}: {} ({})<span>{} {since}</span></p>",
        part.priority.name(),
        text(&part.place()),
        text(&part.condition()),
        words.priority(part.priority),
        words.since,
    );
}

/// What became of an answer, a line for each bed, and the way back to the message: whoever pressed
/// the wrong button is not called again by it.
pub(super) fn became(
    words: &Words,
    status: StatusCode,
    token: &str,
    lines: impl IntoIterator<Item = String>,
) -> Response {
    let mut body = String::new();
    for line in lines {
        // Writing into a string does not fail.
        let _ = write!(body, "<p class=\"condition\">{}</p>", text(&line));
    }
    let _ = write!(
        body,
        "<p><a href=\"/answer/{}\">{}</a></p>",
        text(token),
        words.back
    );
    html(words, status, words.your_answer, words.your_answer, &body)
}

/// A page that says one thing.
pub(super) fn said(words: &Words, status: StatusCode, what: &str) -> Response {
    let body = format!("<p>{}</p>", text(what));
    html(words, status, "Chairside", "Chairside", &body)
}

fn html(words: &Words, status: StatusCode, title: &str, heading: &str, body: &str) -> Response {
    Page {
        lang: words.lang,
        title,
        heading,
        style: "/dashboard/answer.css",
        script: None,
        body,
    }
    .with(status)
}
