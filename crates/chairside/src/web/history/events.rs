//! `GET /api/v1/beds/BED/history`: alarm episodes, what people did, and what else happened.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use chairside_alarm::AlarmId;
use chairside_store::{Acted, CareFact, Episode, Event, Events, Happened, PATIENT_NAME, Seen};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::marks::{Mark, marks_of};
use super::query::{Span, Words, only};
use super::{no_bed, not_understood};
use crate::number::Number;
use crate::web::Web;
use crate::web::treatment::Lang;
use crate::web::wire::Time;

/// The answer. Written out in `docs/http.md`.
#[derive(Debug, Serialize)]
struct Answer {
    bed: String,
    from: Time,
    to: Time,
    now: Time,
    alarms: Vec<Alarm>,
    more: bool,
    actions: Vec<Action>,
    events: Vec<Other>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marks: Option<Vec<Mark>>,
}

#[derive(Debug, Serialize)]
struct Alarm {
    id: String,
    occurrence: String,
    priority: String,
    kind: Option<&'static str>,
    began: Time,
    called: Time,
    ended: Option<Time>,
    present: bool,
    signal: String,
    signal_since: Time,
    acknowledged: Vec<Acknowledged>,
    answered: Option<Time>,
    response_ms: Option<i64>,
    evidence: String,
}

#[derive(Debug, Serialize)]
struct Acknowledged {
    by: String,
    at: Time,
    station: Option<String>,
}

#[derive(Debug, Serialize)]
struct Action {
    at: Time,
    #[serde(rename = "action")]
    what: String,
    by: String,
    station: Option<String>,
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurrence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<u64>,
    #[serde(flatten)]
    limit: Option<Limit>,
    #[serde(flatten)]
    session: Option<OfSession>,
}

/// The session that was opened, and for whom; or the one that was closed.
#[derive(Debug, Serialize)]
struct OfSession {
    session: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    initials: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

#[derive(Debug, Serialize)]
struct Limit {
    key: String,
    old: Number,
    value: Number,
}

/// What somebody did in a treatment session.
#[derive(Debug, Serialize)]
struct Care {
    session: String,
    entry: u32,
    action: String,
    what: Value,
    happened: Option<Time>,
    by: String,
    station: Option<String>,
    reason: Option<String>,
    passed_over: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Other {
    at: Time,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum What {
    Limit {
        #[serde(flatten)]
        limit: Limit,
        cause: String,
    },
    Suspension {
        id: String,
        kind: String,
        by: String,
        reason: String,
        ended: Option<String>,
    },
    Phase {
        phase: String,
    },
    Session {
        open: bool,
    },
    CuffOrder {
        order: String,
        answer: String,
    },
    Dose {
        running: bool,
    },
    Trained {
        by: String,
        #[serde(rename = "do")]
        did: String,
    },
    Care(Box<Care>),
}

pub(in crate::web) async fn events(
    State(web): State<Web>,
    Path(bed): Path<String>,
    Query(words): Query<Words>,
) -> Response {
    let now = web.clock.wall(web.clock.now());
    let span = only(&words, &["from", "to", "lang"]).and_then(|()| Span::of(&words, now));
    let span = match span {
        Ok(span) => span,
        Err(why) => return not_understood(&why),
    };
    let Some(number) = web.hub.with_view(|view| view.bed_with_id(&bed)) else {
        return no_bed(&bed);
    };
    let asked = bed.clone();
    let answer = web
        .questions
        .ask(move |history| history.events(&asked, span.from, span.to));
    let Events {
        mut episodes,
        is_cut,
        acted,
        happened,
    } = match answer.await {
        Ok(events) => events,
        Err(none) => return none.into_response(),
    };
    web.hub.with_view(|view| {
        // The numbers of devices are those of a run: an earlier one's may name others now.
        for episode in episodes.iter_mut().filter(|one| one.is_of_this_run) {
            episode.evidence = view.with_device_names(&bed, &episode.evidence);
        }
    });
    let marks = match words.get("lang") {
        Some(code) => {
            let lang = Lang::named(Some(code));
            marks_of(&web, number, lang, span, &happened).await
        }
        None => None,
    };
    Json(Answer {
        bed,
        from: Time(span.from),
        to: Time(span.to),
        now: Time(now),
        alarms: episodes.into_iter().rev().map(Alarm::of).collect(),
        more: is_cut,
        actions: acted.into_iter().rev().map(Action::of).collect(),
        events: happened.into_iter().rev().map(Other::of).collect(),
        marks,
    })
    .into_response()
}

impl Alarm {
    fn of(episode: Episode) -> Self {
        let answered = episode.answered.map(|seen| seen.at);
        let response = answered.map(|at| at - episode.told);
        Self {
            kind: AlarmId::from_name(&episode.id).map(|id| id.kind().name()),
            id: episode.id,
            occurrence: episode.occurrence.to_string(),
            priority: episode.priority,
            began: Time(episode.began),
            called: Time(episode.told),
            ended: episode.ended.map(Time),
            present: episode.state.present,
            signal: episode.state.signal,
            signal_since: Time(episode.state.since),
            acknowledged: episode
                .acknowledged
                .into_iter()
                .map(Acknowledged::of)
                .collect(),
            answered: answered.map(Time),
            response_ms: response.map(|response| response.num_milliseconds()),
            evidence: episode.evidence,
        }
    }
}

impl Acknowledged {
    fn of(seen: Seen) -> Self {
        Self {
            by: seen.by,
            at: Time(seen.at),
            station: seen.station,
        }
    }
}

impl Action {
    fn of(acted: Acted) -> Self {
        let what = acted.what;
        let occurrence = Some(what.occurrence).filter(|occurrence| *occurrence != 0);
        Self {
            at: Time(acted.at),
            what: what.action.into_owned(),
            by: what.by.into_owned(),
            station: what.station.map(Into::into),
            reason: what.reason.map(Into::into),
            id: what.alarm.map(Into::into),
            occurrence: occurrence.map(|occurrence| occurrence.to_string()),
            seconds: what.seconds,
            call: what.call,
            limit: what.limit.map(|limit| Limit {
                key: limit.key.into_owned(),
                old: Number(limit.expected),
                value: Number(limit.new),
            }),
            session: what.session.map(|session| OfSession {
                session: session.id.into_owned(),
                initials: session.initials.map(Into::into),
                number: session.number.map(Into::into),
            }),
        }
    }
}

impl Care {
    fn of(fact: CareFact<'static>, happened: Option<DateTime<Utc>>) -> Self {
        let passed_over = fact.passed_over.into_iter();
        // The database takes nothing that is no JSON.
        let mut what: Map<String, Value> = serde_json::from_str(&fact.what).unwrap_or_default();
        // What happened at a bed is told without a name.
        what.remove(PATIENT_NAME);
        Self {
            session: fact.session.into_owned(),
            entry: fact.entry,
            action: fact.action.into_owned(),
            what: what.into(),
            happened: happened.map(Time),
            by: fact.by.into_owned(),
            station: fact.station.map(Into::into),
            reason: fact.reason.map(Into::into),
            passed_over: passed_over.map(Into::into).collect(),
        }
    }
}

impl Other {
    fn of(happened: Happened) -> Self {
        let what = match happened.what {
            Event::Limit(limit) => What::Limit {
                limit: Limit {
                    key: limit.key.into_owned(),
                    old: Number(limit.old),
                    value: Number(limit.new),
                },
                cause: limit.cause.into_owned(),
            },
            Event::Suspension(suspension) => What::Suspension {
                id: suspension.id.into_owned(),
                kind: suspension.kind.into_owned(),
                by: suspension.by.into_owned(),
                reason: suspension.reason.into_owned(),
                ended: suspension.ended.map(Into::into),
            },
            Event::Phase(phase) => What::Phase { phase },
            Event::Session { open } => What::Session { open },
            Event::CuffOrder { order, answer } => What::CuffOrder { order, answer },
            Event::Dose { running } => What::Dose { running },
            Event::Trained { by, did } => What::Trained { by, did },
            Event::Care { fact, happened } => What::Care(Box::new(Care::of(fact, happened))),
        };
        Self {
            at: Time(happened.at),
            what,
        }
    }
}
