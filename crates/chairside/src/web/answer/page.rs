//! The page itself: HTML without a script, for a telephone in a hand at night.

use std::fmt::Write as _;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use chairside_notify::{Message, Part, Purpose};
use chrono::Local;

use super::words::Words;

/// The page has no script and asks for nothing but its style; its forms lead back here.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'",
);

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
        text(&part.bed_name),
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
    let (title, heading, lang) = (text(title), text(heading), words.lang);
    let page = format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/dashboard/answer.css\"></head>\
         <body><main><h1>{heading}</h1>{body}</main></body></html>\n"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::VARY, HeaderValue::from_static("accept-language")),
    ];
    (status, headers, Html(page)).into_response()
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
}
