//! `GET /calling`: the page on which people see who is called and how, and test the ways.
//!
//! It has no script: each test is a form that is sent, and the page that waits for a person's
//! "received" is asked for again by the browser until somebody has said so.

use std::time::Duration;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chairside_store::Shifts;
use chrono::{DateTime, Local, NaiveTime, TimeDelta};
use serde::Deserialize;
use tracing::info;

use super::sections::{Answered, Sections};
use super::words::Words;
use crate::notify::{NoTest, Roster};
use crate::web::Web;
use crate::web::page::{Language, Page};

/// A browser that waits for a person's "received" asks again after so many seconds …
const ASK_AGAIN_S: HeaderValue = HeaderValue::from_static("5");

/// … for so long; then it says that nobody did, and is left as it is.
const WAIT_MAX: TimeDelta = TimeDelta::minutes(2);

/// The response figures are those of so many days.
const FIGURES: TimeDelta = TimeDelta::days(7);

/// A form of our own page says where it comes from only when the page lets it; whoever acts here
/// has to (`web::guard`).
const SAYS_ITS_ORIGIN: (HeaderName, HeaderValue) = (
    header::REFERRER_POLICY,
    HeaderValue::from_static("same-origin"),
);

/// What the address of the page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    /// Who is testing, by id.
    by: String,
    /// The key of the test that is waited for.
    test: String,
}

/// A test that a person wants sent.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Wanted {
    #[serde(default)]
    by: String,
    /// Person and channel, `mn/phones`.
    way: String,
}

/// A test that a person says has come.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Came {
    #[serde(default)]
    by: String,
    /// Its key.
    received: String,
}

/// What stands on top of the page: what became of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing.
    Nothing,
    /// Something went wrong, in words.
    Problem(String),
    /// A test that is waited for, by key.
    Test(String),
}

/// The page.
pub(in crate::web) async fn page(
    State(web): State<Web>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let told = if asked.test.is_empty() {
        Told::Nothing
    } else {
        Told::Test(asked.test)
    };
    show(&web, &headers, &asked.by, told, StatusCode::OK).await
}

/// Sends a test, and leads to the page that waits for it.
pub(in crate::web) async fn send(
    State(web): State<Web>,
    headers: HeaderMap,
    Form(Wanted { by, way }): Form<Wanted>,
) -> Response {
    let words = Words::of(Language::asked_for(&headers));
    let roster = web.calling.roster();
    if !is_known(roster, &by) {
        return problem(
            &web,
            &headers,
            "",
            words.name_yourself,
            StatusCode::BAD_REQUEST,
        )
        .await;
    }
    let Some((person, channel)) = way.split_once('/') else {
        return problem(&web, &headers, &by, words.no_way, StatusCode::NOT_FOUND).await;
    };
    info!(by, person, channel, "A person sends a test.");
    let (why, status) = match web.test(person, channel).await {
        Some(Ok(key)) => {
            return Redirect::to(&format!("/calling?by={by}&test={key}")).into_response();
        }
        Some(Err(NoTest::NoWay(_))) => (words.no_way.to_owned(), StatusCode::NOT_FOUND),
        Some(Err(NoTest::NotTaken(why))) => {
            (format!("{} {why}", words.not_sent), StatusCode::BAD_GATEWAY)
        }
        None => (words.not_now.to_owned(), StatusCode::SERVICE_UNAVAILABLE),
    };
    problem(&web, &headers, &by, &why, status).await
}

/// Takes that a test came, for ways by which nothing can be answered.
pub(in crate::web) async fn came(
    State(web): State<Web>,
    headers: HeaderMap,
    Form(Came { by, received }): Form<Came>,
) -> Response {
    let words = Words::of(Language::asked_for(&headers));
    if !is_known(web.calling.roster(), &by) {
        return problem(
            &web,
            &headers,
            "",
            words.name_yourself,
            StatusCode::BAD_REQUEST,
        )
        .await;
    }
    match web.received(received.clone(), Some(by.clone())).await {
        Some(true) => Redirect::to(&format!("/calling?by={by}")).into_response(),
        Some(false) => problem(&web, &headers, &by, words.not_theirs, StatusCode::NOT_FOUND).await,
        None => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            problem(&web, &headers, &by, words.not_now, status).await
        }
    }
}

fn is_known(roster: &Roster, by: &str) -> bool {
    roster.people.iter().any(|(id, _)| id == by)
}

async fn problem(
    web: &Web,
    headers: &HeaderMap,
    by: &str,
    why: &str,
    status: StatusCode,
) -> Response {
    show(web, headers, by, Told::Problem(why.to_owned()), status).await
}

async fn show(
    web: &Web,
    headers: &HeaderMap,
    by: &str,
    told: Told,
    status: StatusCode,
) -> Response {
    let words = Words::of(Language::asked_for(headers));
    let roster = web.calling.roster();
    let now = web.clock.wall_as_set();
    let sections = Sections {
        words,
        roster,
        state: &web.calling.now(),
        now,
        by,
        wait_max: WAIT_MAX,
    };
    let figures = figures(web, now.with_timezone(&Local)).await;
    let body = sections.all(&told, figures.as_ref());
    let heading = format!("{}: {}", roster.site, words.title);
    let page = Page {
        lang: words.lang,
        title: words.title,
        heading: &heading,
        style: "/dashboard/calling.css",
        script: None,
        body: &body,
    };
    let mut response = page.with(status);
    let answer = response.headers_mut();
    answer.insert(SAYS_ITS_ORIGIN.0, SAYS_ITS_ORIGIN.1);
    if sections.waits_for(&told) {
        answer.insert(header::REFRESH, ASK_AGAIN_S);
    }
    response
}

/// Asks the record how soon people answered; nothing when it cannot be asked.
async fn figures(web: &Web, now: DateTime<Local>) -> Option<Answered> {
    let ahead = now.offset().local_minus_utc() / 60;
    let begin = beginnings(web.calling.roster());
    let shifts = Shifts::new(begin, i16::try_from(ahead).ok()?)?;
    let begin = shifts.begin().to_vec();
    let (from, to) = ((now - FIGURES).to_utc(), now.to_utc());
    let answer = web
        .questions
        .ask(move |history| history.response(from, to, (&shifts, false)));
    let response = answer.await.ok()?;
    Some(begin.into_iter().zip(response.shifts).collect())
}

/// When the shifts of the duties begin; midnight where there are none.
fn beginnings(roster: &Roster) -> Vec<NaiveTime> {
    let duties = roster.duties.iter();
    let shifts = duties.flat_map(|(_, duty)| &duty.shifts);
    let mut begin: Vec<_> = shifts
        .map(|shift| Duration::from_secs(u64::from(shift.from) * 60))
        .map(|since| NaiveTime::MIN + since)
        .collect();
    begin.sort_unstable();
    begin.dedup();
    if begin.is_empty() {
        begin.push(NaiveTime::MIN);
    }
    begin
}
