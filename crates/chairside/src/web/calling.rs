//! Who is called who is not at a screen: how the channels are, what is under way, and tests.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

use super::Web;
use super::routes::{not_json, refused};
use crate::notify::{CallingState, NoTest};
use crate::service::Command;

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
    let (reply, answer) = oneshot::channel();
    let wanted = Command::Test {
        person,
        channel,
        reply,
    };
    if let Err(error) = web.commands.try_send(wanted) {
        let why = format!("the service is busy or ending: {error}");
        return refused(&why, StatusCode::SERVICE_UNAVAILABLE);
    }
    match answer.await {
        Ok(Ok(())) => Json(json!({ "ok": true })).into_response(),
        Ok(Err(NoTest::NoWay(why))) => refused(&why, StatusCode::NOT_FOUND),
        Ok(Err(NoTest::NotTaken(why))) => refused(&why, StatusCode::BAD_GATEWAY),
        Err(_dropped) => refused("the service is ending", StatusCode::SERVICE_UNAVAILABLE),
    }
}
