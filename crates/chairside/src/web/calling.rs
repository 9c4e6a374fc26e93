//! Who is called who is not at a screen: how the channels are, what is under way, and tests.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

mod browser;
mod page;
mod sections;
mod words;

pub(super) use browser::page as browser_page;
pub(super) use page::{came, page, send};

use super::Web;
use super::routes::{not_json, refused};
use crate::notify::{CallingState, NoTest};
use crate::service::Command;

/// Why nothing came of it.
const BUSY: &str = "the service is busy or ending";

/// How the channels are, and the messages that have not ended.
pub(super) async fn calling(State(web): State<Web>) -> Json<CallingState> {
    Json(web.calling.now())
}

/// Who is to get a test.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    person: String,
}

/// Sends a test by a channel, and says what became of the first attempt.
pub(super) async fn test(
    State(web): State<Web>,
    Path(channel): Path<String>,
    body: Result<Json<Test>, JsonRejection>,
) -> Response {
    let Json(Test { person }) = match body {
        Ok(body) => body,
        Err(rejection) => return not_json(&rejection),
    };
    match web.test(&person, &channel).await {
        Some(Ok(key)) => Json(json!({ "ok": true, "key": key })).into_response(),
        Some(Err(NoTest::NoWay(why))) => refused(&why, StatusCode::NOT_FOUND),
        Some(Err(NoTest::NotTaken(why))) => refused(&why, StatusCode::BAD_GATEWAY),
        None => refused(BUSY, StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Who has received a test.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Received {
    by: String,
}

/// Takes at a screen that a test has come, for ways by which nothing can be answered.
pub(super) async fn received(
    State(web): State<Web>,
    Path(key): Path<String>,
    body: Result<Json<Received>, JsonRejection>,
) -> Response {
    let Json(Received { by }) = match body {
        Ok(body) => body,
        Err(rejection) => return not_json(&rejection),
    };
    match web.received(key, Some(by)).await {
        Some(true) => Json(json!({ "ok": true })).into_response(),
        Some(false) => refused("that person has no such test", StatusCode::NOT_FOUND),
        None => refused(BUSY, StatusCode::SERVICE_UNAVAILABLE),
    }
}

impl Web {
    /// Sends a test by a channel, and returns what became of the first attempt: its message's key,
    /// or why not; nothing when the service cannot take it now.
    async fn test(&self, person: &str, channel: &str) -> Option<Result<String, NoTest>> {
        let (reply, answer) = oneshot::channel();
        let (person, channel) = (person.to_owned(), channel.to_owned());
        let wanted = Command::Test {
            person,
            channel,
            reply,
        };
        self.commands.try_send(wanted).ok()?;
        answer.await.ok()
    }

    /// Takes that a message has come, of a test where somebody says so at a screen; tells whether
    /// there is such a message, or nothing when the service cannot take it now.
    pub(super) async fn received(&self, key: String, by: Option<String>) -> Option<bool> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Received { key, by, reply };
        self.commands.try_send(command).ok()?;
        answer.await.ok()
    }
}
