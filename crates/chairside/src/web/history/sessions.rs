//! `GET /api/v1/sessions`: which sessions there were, and the report of one, as a page and as a
//! PDF file.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use chairside_report::{Document, html, pdf};
use chairside_store::{History, SessionTold};
use serde::Serialize;

use crate::report::{Names, Told, local_offset};
use crate::web::Web;
use crate::web::routes::refused;
use crate::web::wire::Time;

/// A session. Written out in `docs/http.md`.
#[derive(Debug, Serialize)]
struct Session {
    #[serde(rename = "session")]
    id: String,
    bed: String,
    initials: Option<String>,
    number: Option<String>,
    by: String,
    opened: Time,
    closed: Option<Time>,
    simulated: bool,
}

/// The answer. Written out in `docs/http.md`.
#[derive(Debug, Serialize)]
struct Answer {
    sessions: Vec<Session>,
}

impl Session {
    fn of(told: SessionTold) -> Self {
        Self {
            id: told.id,
            bed: told.bed,
            initials: told.initials,
            number: told.number,
            by: told.by,
            opened: Time(told.opened),
            closed: told.closed.map(Time),
            simulated: told.simulated,
        }
    }
}

pub(in crate::web) async fn sessions(State(web): State<Web>) -> Response {
    match web.questions.ask(History::sessions).await {
        Ok(sessions) => {
            let sessions = sessions.into_iter().map(Session::of).collect();
            Json(Answer { sessions }).into_response()
        }
        Err(none) => none.into_response(),
    }
}

pub(in crate::web) async fn session(State(web): State<Web>, Path(id): Path<String>) -> Response {
    let asked = id.clone();
    match web
        .questions
        .ask(move |history| history.session(&asked))
        .await
    {
        Ok(Some(told)) => Json(Session::of(told)).into_response(),
        Ok(None) => no_session(&id),
        Err(none) => none.into_response(),
    }
}

pub(in crate::web) async fn report_page(
    State(web): State<Web>,
    Path(id): Path<String>,
) -> Response {
    /// The page has its style in itself, and nothing else.
    const POLICY: [(header::HeaderName, &str); 1] = [(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    )];
    match report(&web, &id).await {
        Ok(document) => (POLICY, Html(html(&document))).into_response(),
        Err(refused) => refused,
    }
}

pub(in crate::web) async fn report_file(
    State(web): State<Web>,
    Path(id): Path<String>,
) -> Response {
    let document = match report(&web, &id).await {
        Ok(document) => document,
        Err(refused) => return refused,
    };
    match pdf(&document) {
        Ok(file) => ([(header::CONTENT_TYPE, "application/pdf")], file).into_response(),
        Err(why) => refused(&why.to_string(), StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn report(web: &Web, id: &str) -> Result<Document, Response> {
    let now = web.clock.wall(web.clock.now());
    let names = names(web);
    let asked = id.to_owned();
    let document = web.questions.ask(move |history| {
        let told = Told::read(history, &asked, &names, now)?;
        Ok(told.map(|told| told.document(&names, local_offset(now))))
    });
    match document.await {
        Ok(Some(document)) => Ok(document),
        Ok(None) => Err(no_session(id)),
        Err(none) => Err(none.into_response()),
    }
}

pub(in crate::web) fn names(web: &Web) -> Names {
    let names = web
        .hub
        .with_view(|view| Names::of(view.infos(), web.hub.staff()));
    names.of_patients(web.questions.names_patients())
}

pub(in crate::web) fn no_session(id: &str) -> Response {
    refused(
        &format!("the record has no session {id:?}"),
        StatusCode::NOT_FOUND,
    )
}
