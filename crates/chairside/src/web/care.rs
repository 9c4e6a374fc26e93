//! `POST /api/v1/beds/BED/care`: what people do in a treatment session; how a bed's sessions stand,
//! and the protocols of the clinic.
//!
//! The loop owns the sessions: they are folded there and nowhere else, and looked at from here.

mod body;
mod protocol;
mod refusal;
mod told;

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, extract::rejection::JsonRejection};
use chairside_care::{Care, Protocol};
use chairside_model::BedId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::Web;
use super::routes::{not_json, refused};
use super::treatment::Lang;
use crate::service::{CareDone, Command};
use refusal::Refused;

/// What became of it. Written out in `docs/http.md`.
#[derive(Debug, Serialize)]
pub(in crate::web) struct CareResult {
    request: String,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// The same request came before: it was done then, and not again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    repeated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<Box<str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    again: Vec<&'static str>,
}

/// What the address says besides the bed.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Asked {
    lang: Option<String>,
}

/// Does something in a treatment session of a bed.
pub(in crate::web) async fn treat(
    State(web): State<Web>,
    Path(bed): Path<String>,
    Query(asked): Query<Asked>,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Response {
    let body = match body {
        Ok(Json(body)) => body,
        Err(rejection) => return not_json(&rejection),
    };
    let (status, result) = web.treat(&bed, &body).await;
    let lang = Lang::named(asked.lang.as_deref());
    (status, Json(result.said_in(lang))).into_response()
}

/// Tells the treatment sessions of a bed as they stand.
pub(in crate::web) async fn look(State(web): State<Web>, Path(bed): Path<String>) -> Response {
    let Some(id) = web.hub.with_view(|view| view.bed_with_id(&bed)) else {
        let why = format!("there is no bed {bed:?}");
        return refused(&why, StatusCode::NOT_FOUND);
    };
    match web.care(id).await {
        Some(care) => {
            let names = web.questions.names_patients();
            Json(told::sessions(&bed, &care, names, &web.clock)).into_response()
        }
        None => not_now(),
    }
}

/// Tells the protocols of the clinic, each with the beds at which a session can go by it.
pub(in crate::web) async fn protocols(State(web): State<Web>) -> Response {
    let beds: Vec<(BedId, String)> = web.hub.with_view(|view| {
        let beds = view.infos();
        beds.map(|(bed, info)| (bed, info.id.clone())).collect()
    });
    let mut found: BTreeMap<String, (Protocol, Vec<String>)> = BTreeMap::new();
    for (bed, id) in beds {
        let Some(care) = web.care(bed).await else {
            return not_now();
        };
        for protocol in care.protocols() {
            let name = protocol.name().to_owned();
            let known = found.entry(name);
            let known = known.or_insert_with(|| (protocol.clone(), Vec::new()));
            known.1.push(id.clone());
        }
    }
    let told = found.values();
    let told = told.map(|(protocol, beds)| protocol::told(protocol, beds));
    Json(json!({ "protocols": told.collect::<Vec<_>>() })).into_response()
}

fn not_now() -> Response {
    let why = "the service is busy or ending, or the bed's part of it has failed";
    refused(why, StatusCode::SERVICE_UNAVAILABLE)
}

impl Web {
    /// Does what a person wants in a treatment session, and waits until that is on record and told
    /// to everybody.
    pub(in crate::web) async fn treat(
        &self,
        bed: &str,
        body: &Map<String, Value>,
    ) -> (StatusCode, CareResult) {
        let request = body.get("request").and_then(Value::as_str);
        let request = request.unwrap_or_default().to_owned();
        match self.treated(bed, body).await {
            Ok(done) => (StatusCode::OK, CareResult::done(request, done)),
            Err(refused) => (refused.kind.status(), CareResult::refused(request, refused)),
        }
    }

    /// Returns the treatment sessions of a bed as they stand; nothing while the service ends, or
    /// while the bed's part of it has failed.
    pub(in crate::web) async fn care(&self, bed: BedId) -> Option<Care> {
        let (reply, answer) = oneshot::channel();
        let sent = self.commands.try_send(Command::LookAtCare(bed, reply));
        sent.ok()?;
        answer.await.ok().flatten()
    }

    async fn treated(&self, bed: &str, body: &Map<String, Value>) -> Result<CareDone, Refused> {
        let (wanted, doubt) = self.wanted_care(bed, body)?;
        let (reply, answer) = oneshot::channel();
        let sent = self
            .commands
            .try_send(Command::Treat(Box::new(wanted), reply));
        sent.map_err(|error| Refused::busy(&error))?;
        let outcome = answer.await.map_err(|error| Refused::busy(&error))?;
        outcome.map_err(|denied| doubt.unwrap_or_else(|| Refused::by_the_core(denied)))
    }
}

impl CareResult {
    fn done(request: String, done: CareDone) -> Self {
        let warning = done.not_recorded;
        Self {
            request,
            ok: true,
            session: Some(done.session.to_string()),
            entry: Some(done.entry),
            warning: warning.map(|why| format!("done, but not yet on record: {why}")),
            repeated: done.repeated,
            refusal: None,
            error: None,
            lines: Vec::new(),
            again: Vec::new(),
        }
    }

    fn refused(request: String, refused: Refused) -> Self {
        Self {
            request,
            ok: false,
            session: None,
            entry: None,
            warning: None,
            repeated: false,
            refusal: Some(refused.name),
            error: Some(refused.why),
            lines: refused.lines,
            again: refused.again,
        }
    }

    /// Returns it with its words in a language, as far as each is known there whole.
    fn said_in(self, lang: Lang) -> Self {
        let said = |line: &str| Box::<str>::from(lang.said(line));
        let lines: Vec<_> = self.lines.iter().map(|line| said(line)).collect();
        let error = self.error.map(|error| {
            let joined = self.lines.join("; ");
            match error.strip_suffix(&joined) {
                Some(head) if !joined.is_empty() => {
                    format!("{} {}", lang.said(head.trim_end()), lines.join("; "))
                }
                _ => lang.said(&error),
            }
        });
        Self {
            error,
            lines,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
