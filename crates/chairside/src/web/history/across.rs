//! What is told across sessions: one patient's course, and the clinic's safety ledger. Both are
//! drawn up from the record when they are asked for, by the same functions as the report.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chairside_care::{Bounded, Counted, Ledger, LedgerEntry, Pressure, Stage};
use chairside_model::Value as Number;
use chairside_store::{History, SessionTold, StoreError};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::not_understood;
use super::query::{Words, only, time, truth};
use super::sessions::names;
use crate::number;
use crate::report::{self, Names};
use crate::web::Web;
use crate::web::routes::refused;
use crate::web::wire::Time;

/// Sessions of one course, the newest: a year of one each week, and then some.
const COURSE_MAX: usize = 64;

/// Tells the pressures, doses and scores of a patient from session to session.
pub(in crate::web) async fn course(State(web): State<Web>, Path(number): Path<String>) -> Response {
    let (names, now) = (names(&web), web.clock.wall(web.clock.now()));
    let wanted = number.clone();
    let found = web.questions.ask(move |history| {
        let mut sessions = history.sessions()?;
        sessions.retain(|session| session.number.as_deref() == Some(&*wanted));
        let left_out = sessions.len().saturating_sub(COURSE_MAX);
        sessions.truncate(COURSE_MAX);
        sessions.reverse();
        let mut told = Vec::new();
        for session in &sessions {
            if let Some(entry) = entry(history, session, &names, (now, true))? {
                told.push(of_course(session, &entry));
            }
        }
        Ok((told, left_out))
    });
    match found.await {
        Ok((told, _)) if told.is_empty() => {
            let why = format!("the record has no session of a patient with the number {number:?}");
            refused(&why, StatusCode::NOT_FOUND)
        }
        Ok((told, left_out)) => {
            let answer = json!({
                "number": number,
                "now": Time(now),
                "left_out": left_out,
                "sessions": told,
            });
            Json(answer).into_response()
        }
        Err(none) => none.into_response(),
    }
}

/// Tells how often something happened in the clinic's sessions, with how sure that is.
pub(in crate::web) async fn ledger(State(web): State<Web>, Query(words): Query<Words>) -> Response {
    let (names, now) = (names(&web), web.clock.wall(web.clock.now()));
    let span = only(&words, &["from", "to", "simulated"]).and_then(|()| {
        let simulated = truth(&words, "simulated")?;
        Ok((time(&words, "from")?, time(&words, "to")?, simulated))
    });
    let (from, to, simulated) = match span {
        Ok(span) => span,
        Err(why) => return not_understood(&why),
    };
    let to = to.unwrap_or(now);
    let found = web.questions.ask(move |history| {
        let mut entries = Vec::new();
        for session in history.sessions()? {
            let opened = session.opened;
            // What befell nobody says nothing of the clinic's patients.
            let other = session.simulated != simulated;
            if other || from.is_some_and(|from| opened < from) || opened >= to {
                continue;
            }
            entries.extend(entry(history, &session, &names, (now, false))?);
        }
        Ok(Ledger::of(&entries))
    });
    match found.await {
        Ok(ledger) => Json(of_ledger(&ledger, (from, to))).into_response(),
        Err(none) => none.into_response(),
    }
}

fn entry(
    history: &History,
    session: &SessionTold,
    names: &Names,
    wanted: (DateTime<Utc>, bool),
) -> Result<Option<LedgerEntry>, StoreError> {
    let facts = report::facts(history, session, names, wanted)?;
    Ok(facts.as_ref().map(LedgerEntry::of))
}

fn of_course(session: &SessionTold, entry: &LedgerEntry) -> Value {
    let pressure = |pressure: Option<Pressure>| {
        pressure.map(|one| {
            json!({
                "systolic_mmhg": exact(one.systolic),
                "diastolic_mmhg": exact(one.diastolic),
                "at": Time(report::wall(session, one.taken)),
            })
        })
    };
    let doses = entry.doses.iter().map(|total| {
        json!({
            "drug": total.drug.name(),
            "route": total.route.name(),
            "amount_mg": exact(total.amount),
            "amount_mg_per_kg": total.per_kg.map(exact),
        })
    });
    let scores = entry.scores.iter().map(|(at, score, total)| {
        json!({
            "score": score.name(),
            "at": Time(report::wall(session, *at)),
            "total": total,
        })
    });
    let events = entry.events.iter().map(|kind| kind.name());
    json!({
        "session": session.id,
        "bed": session.bed,
        "opened": Time(session.opened),
        "closed": session.closed.map(Time),
        "simulated": session.simulated,
        "ended": entry.ended.map(Stage::name),
        "pressure_before": pressure(entry.before),
        "pressure_highest": pressure(entry.highest),
        "systolic_rise_mmhg": entry.rise().map(exact),
        "doses": doses.collect::<Vec<_>>(),
        "scores": scores.collect::<Vec<_>>(),
        "events": events.collect::<Vec<_>>(),
    })
}

fn exact(value: Number) -> number::Number {
    number::Number(value.number())
}

fn of_ledger(ledger: &Ledger, (from, to): (Option<DateTime<Utc>>, DateTime<Utc>)) -> Value {
    let rates = ledger.rates.iter();
    let rates = rates.map(|(counted, rate)| of_rate(*counted, rate));
    let until = &ledger.until_intervention;
    json!({
        "from": from.map(Time),
        "to": Time(to),
        "sessions": ledger.sessions,
        "rates": rates.collect::<Vec<_>>(),
        "until_intervention": {
            "count": until.len(),
            "shortest_s": until.first().map(Duration::as_secs_f64),
            "median_s": ledger.median_until_intervention().as_ref().map(Duration::as_secs_f64),
            "longest_s": until.last().map(Duration::as_secs_f64),
        },
    })
}

fn of_rate(counted: Counted, rate: &Bounded) -> Value {
    let (kind, name) = match counted {
        Counted::Transfer => ("end", "transferred"),
        Counted::Abort => ("end", "aborted"),
        Counted::Event(kind) => ("event", kind.name()),
        Counted::Alarm(id) => ("alarm", id.name()),
    };
    json!({
        "kind": kind,
        "name": name,
        "sessions": rate.count,
        "per_1000": rate.per_thousand().map(number::Number),
        "low_per_1000": number::Number(rate.low),
        "high_per_1000": number::Number(rate.high),
        "at_most_per_1000": number::Number(rate.at_most),
    })
}
