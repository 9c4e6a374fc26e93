//! The HTTP interface.

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Map, Value, json};

use super::{
    Web, across, answer, assets, budget, calling, care, checks, guard, history, metrics, ports,
    socket, training, treatment,
};

/// The longest body of a request, bytes.
const BODY_MAX: usize = 64 * 1024;

/// Returns everything the service answers.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/", get(assets::index))
        .route("/dashboard/{*file}", get(assets::file))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics::metrics))
        .route("/api/v1/beds", get(beds))
        .route("/api/v1/alarms", get(alarms))
        .route("/api/v1/staff", get(staff))
        .route("/api/v1/devices", get(devices))
        .route("/api/v1/displays", get(displays))
        .route("/api/v1/ports", get(ports::list))
        .route("/api/v1/identify", post(ports::find_out))
        .route(
            "/api/v1/beds/{bed}/alarms/{occurrence}/acknowledge",
            post(acknowledge),
        )
        .route(
            "/api/v1/beds/{bed}/alarms/{occurrence}/decline",
            post(decline),
        )
        .route("/api/v1/beds/{bed}/limits", get(limits))
        .route("/api/v1/beds/{bed}/trend", get(history::trend))
        .route("/api/v1/beds/{bed}/history", get(history::events))
        .route("/api/v1/beds/{bed}/around", get(history::around))
        .route("/api/v1/beds/{bed}/care", get(care::look).post(care::treat))
        .route(
            "/api/v1/beds/{bed}/training",
            get(training::look).post(training::steer),
        )
        .route("/api/v1/protocols", get(care::protocols))
        .route("/api/v1/beds/{bed}/{action}", post(action))
        .route("/api/v1/sessions", get(history::sessions))
        .route("/api/v1/sessions/{session}", get(history::session))
        .route(
            "/api/v1/sessions/{session}/report.html",
            get(history::report_page),
        )
        .route(
            "/api/v1/sessions/{session}/report.pdf",
            get(history::report_file),
        )
        .route(
            "/api/v1/sessions/{session}/prediction",
            get(history::prediction),
        )
        .route(
            "/api/v1/sessions/{session}/prediction.svg",
            get(treatment::predicted),
        )
        .route("/api/v1/patients/{number}/course", get(history::course))
        .route("/api/v1/ledger", get(history::ledger))
        .route("/api/v1/checks", get(checks::last).post(checks::sign))
        .route("/api/v1/calling", get(calling::calling))
        .route("/api/v1/channels/{channel}/test", post(calling::test))
        .route("/api/v1/tests/{key}/received", post(calling::received))
        .route("/calling", get(calling::page))
        .route("/calling/browser", get(calling::browser_page))
        .route("/calling/test", post(calling::send))
        .route("/calling/received", post(calling::came))
        .route("/beds/{bed}/session", get(treatment::page))
        .route("/beds/{bed}/training", get(training::page))
        .route("/patients", get(across::patients))
        .route("/ledger", get(across::ledger))
        .route("/answer/{token}", get(answer::page))
        .route("/answer/{token}/{answer}", post(answer::take))
        .route("/api/v1/budget", get(budget::budget))
        .route("/api/v1/response", get(history::response))
        .route("/api/v1/live", get(socket::live))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn_with_state(web.clone(), guard::guard))
        .with_state(web)
}

/// Alive: this very answer.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Able to monitor: every port is read, the record is written, and the programs that follow alarms
/// are told.
async fn readyz(State(web): State<Web>) -> Response {
    let mut problems = web.hub.with_view(|view| {
        let mut problems = view.links_down();
        let recorder = view.recorder_state();
        if !recorder.running {
            let why = recorder.text.as_deref().unwrap_or("no reason given");
            problems.push(format!("the record is not being written: {why}"));
        }
        problems
    });
    let followers = web.calling.now().followers.into_iter();
    problems.extend(followers.filter_map(|state| {
        let why = state.failing?;
        Some(format!("{} is not told of alarms: {why}", state.follower))
    }));
    if problems.is_empty() {
        return "ready\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, problems.join("\n") + "\n").into_response()
}

async fn beds(State(web): State<Web>) -> Json<Value> {
    let (snapshot, _) = web.hub.snapshot(web.clock.now());
    Json(json!({ "seq": snapshot.seq, "beds": snapshot.beds, "alarms": snapshot.alarms }))
}

async fn alarms(State(web): State<Web>) -> Json<Value> {
    let (snapshot, _) = web.hub.snapshot(web.clock.now());
    Json(json!({ "seq": snapshot.seq, "alarms": snapshot.alarms }))
}

async fn staff(State(web): State<Web>) -> Json<Value> {
    Json(json!({ "staff": web.hub.staff() }))
}

async fn devices(State(web): State<Web>) -> Json<Value> {
    let now = web.clock.now();
    Json(json!({ "devices": web.hub.with_view(|view| view.lines(now)) }))
}

/// What each display last said of itself.
async fn displays(State(web): State<Web>) -> Json<Value> {
    Json(json!({ "displays": web.hub.displays().told(web.clock.now()) }))
}

/// Every limit of a bed that can be changed.
async fn limits(State(web): State<Web>, Path(bed): Path<String>) -> Response {
    let limits = web.hub.with_view(|view| {
        let bed = view.bed_with_id(&bed)?;
        Some(view.limits(bed))
    });
    match limits {
        Some(limits) => Json(json!({ "bed": bed, "limits": limits })).into_response(),
        None => refused(&format!("there is no bed {bed:?}"), StatusCode::NOT_FOUND),
    }
}

/// What the body of an action may say, all actions together; what it must say, [`wire::Deed`]
/// knows.
const ACTION_KEYS: &[&str] = &[
    "by",
    "station",
    "request",
    "reason",
    "id",
    "seconds",
    "occurrence",
    "call",
    "key",
    "old",
    "value",
    "phase",
    "order",
    "initials",
    "number",
    "session",
];

/// The body of an action: everything but where and what.
type ActionBody = Result<Json<Map<String, Value>>, JsonRejection>;

async fn acknowledge(
    State(web): State<Web>,
    Path(episode): Path<(String, String)>,
    body: ActionBody,
) -> Response {
    act_on(&web, "acknowledge", &episode, body).await
}

async fn decline(
    State(web): State<Web>,
    Path(episode): Path<(String, String)>,
    body: ActionBody,
) -> Response {
    act_on(&web, "decline", &episode, body).await
}

/// Has something done about an episode of an alarm of a bed.
async fn act_on(
    web: &Web,
    action: &str,
    (bed, occurrence): &(String, String),
    body: ActionBody,
) -> Response {
    let address = [("type", action), ("bed", bed), ("occurrence", occurrence)];
    act(web, body, &address).await
}

async fn action(
    State(web): State<Web>,
    Path((bed, action)): Path<(String, String)>,
    body: ActionBody,
) -> Response {
    act(&web, body, &[("type", &action), ("bed", &bed)]).await
}

/// Has an action done that its body and its address describe together.
async fn act(web: &Web, body: ActionBody, address: &[(&str, &str)]) -> Response {
    let mut action = match body {
        Ok(Json(body)) => body,
        Err(rejection) => return not_json(&rejection),
    };
    if action.contains_key("name") {
        return refused(super::wire::NO_NAME, StatusCode::BAD_REQUEST);
    }
    if let Some(unknown) = action
        .keys()
        .find(|key| !ACTION_KEYS.contains(&key.as_str()))
    {
        let why = format!(
            "unknown key {unknown:?}; there are: {}",
            ACTION_KEYS.join(", ")
        );
        return refused(&why, StatusCode::BAD_REQUEST);
    }
    for (key, value) in address {
        action.insert((*key).to_owned(), (*value).into());
    }
    let answer = match serde_json::from_value(action.into()) {
        Ok(action) => web.act(action).await,
        Err(error) => return refused(&error.to_string(), StatusCode::BAD_REQUEST),
    };
    (answer.kind.status(), Json(answer.result)).into_response()
}

pub(super) fn refused(why: &str, status: StatusCode) -> Response {
    (status, Json(json!({ "ok": false, "error": why }))).into_response()
}

/// The answer to a body that is not what was asked for.
pub(super) fn not_json(rejection: &JsonRejection) -> Response {
    let status = match rejection {
        JsonRejection::JsonDataError(_) => StatusCode::BAD_REQUEST,
        other => other.status(),
    };
    refused(&rejection.body_text(), status)
}
