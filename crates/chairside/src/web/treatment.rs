//! The page that leads a treatment session at a bed: what stands, what is due, what can be done.
//!
//! It is made anew of the session for each look, so that it has no state of its own; its script
//! asks for it again and puts in what has changed. What is done on it goes the way of every other
//! client: `POST /api/v1/beds/{bed}/care`.

mod alarm_words;
mod dose;
mod entries;
mod event;
mod frame;
mod german;
mod german_across;
mod german_core;
mod german_refusals;
mod html;
mod lang;
mod leave;
mod marks;
mod page;
mod plan;
mod predicted;
mod rating;
mod ready;
mod said;
mod screening;
mod shown;
mod step;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html as HtmlPage, IntoResponse, Response};
use serde::Deserialize;

use super::Web;
use crate::config::Patients;
pub(super) use frame::Frame;
pub(super) use html::Html;
pub(super) use lang::Lang;
pub(super) use marks::marks;
pub(super) use predicted::picture as predicted;
use shown::Shown;

/// The page may stand in the dashboard, and nowhere else. Its script puts in what the service has
/// written, by one named way.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
     require-trusted-types-for 'script'; trusted-types chairside-session",
);

/// The service's time when it made the answer: what happened so many minutes ago is counted back
/// from it, and not from the clock of a tablet.
const NOW: HeaderName = HeaderName::from_static("chairside-now");

/// What the address says besides the bed.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub(super) lang: Option<String>,
}

/// `GET /beds/{bed}/session`
pub(super) async fn page(
    State(web): State<Web>,
    Path(bed): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let known = web.hub.with_view(|view| {
        let mut infos = view.infos();
        let (number, info) = infos.find(|(_, info)| info.id == bed)?;
        let simulated = view.is_simulated(number);
        let without_protocol = view.session_without_protocol(number);
        Some((number, info.name.clone(), simulated, without_protocol))
    });
    let Some((number, bed_name, simulated, without_protocol)) = known else {
        let why = format!("there is no bed {bed:?}\n");
        return (StatusCode::NOT_FOUND, why).into_response();
    };
    let Some(care) = web.care(number).await else {
        let why = "the service is ending, or this bed's machine has failed\n";
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    };
    let shown = Shown {
        bed: &bed,
        bed_name: &bed_name,
        simulated,
        is_steered: web.patients.at(&bed).is_some(),
        care: &care,
        without_protocol,
        staff: web.hub.staff(),
        zero: web.clock.zero(),
        now: web.clock.now(),
        predicts: web.questions.predicts(),
        patients: Patients {
            names: web.questions.names_patients(),
        },
        lang: Lang::asked_for(asked.lang.as_deref(), &headers),
    };
    of_session(&shown, &headers)
}

fn of_session(shown: &Shown<'_>, headers: &HeaderMap) -> Response {
    answer(page::page(shown), &shown.instant(shown.now), headers)
}

/// Returns a page, or that it is as the browser knows it; `now` is the service's time.
pub(super) fn answer(page: String, now: &str, headers: &HeaderMap) -> Response {
    let tag = tag_of(&page);
    let known = headers.get(header::IF_NONE_MATCH);
    let is_known = known.is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let now = HeaderValue::try_from(now);
    let more = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::VARY, HeaderValue::from_static("accept-language")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (NOW, now.expect("a time is written in ASCII")),
        (
            header::ETAG,
            HeaderValue::try_from(tag).expect("so are digits"),
        ),
    ];
    if is_known {
        (StatusCode::NOT_MODIFIED, more).into_response()
    } else {
        (more, HtmlPage(page)).into_response()
    }
}

fn tag_of(page: &str) -> String {
    let mut hasher = DefaultHasher::new();
    page.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
