//! What is told across sessions: one patient's course, and the clinic's safety ledger. Both are
//! drawn up from the record when they are asked for, by the same functions as the report.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chairside_care::{Bounded, Counted, Ledger, LedgerEntry, Pressure, Stage};
use chairside_model::Value as Number;
use chairside_store::{History, SESSIONS_MAX, SessionTold, StoreError};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::query::{Words, only, time, truth};
use super::sessions::names;
use super::{NoAnswer, not_understood};
use crate::number;
use crate::report::{self, Names};
use crate::web::Web;
use crate::web::routes::refused;
use crate::web::wire::Time;

/// Sessions of one course, the newest: a year of one each week, and then some.
const COURSE_MAX: usize = 64;

/// Sessions of a course where that many take too long to read.
const COURSE_OF_LONG: usize = 12;

/// One patient's sessions, the oldest first.
#[derive(Debug)]
pub(in crate::web) struct Course {
    pub(in crate::web) sessions: Vec<OfCourse>,
    /// Older ones that are not among them: there are more than are read.
    pub(in crate::web) left_out: usize,
    /// Those whose bed is not configured any more.
    pub(in crate::web) unknown_bed: usize,
}

/// A session of a course.
#[derive(Debug)]
pub(in crate::web) struct OfCourse {
    pub(in crate::web) told: SessionTold,
    /// The name of the protocol that it went by; nothing where it went by none.
    pub(in crate::web) protocol: Option<String>,
    pub(in crate::web) entry: LedgerEntry,
}

/// Which sessions a ledger is asked about.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct LedgerSpan {
    /// Opened at that moment or later; nothing for all.
    pub(in crate::web) from: Option<DateTime<Utc>>,
    /// Opened before that moment.
    pub(in crate::web) to: DateTime<Utc>,
    /// Those with simulated data, and no others.
    pub(in crate::web) simulated: bool,
}

/// A ledger, and what of its time is not in it.
#[derive(Debug)]
pub(in crate::web) struct LedgerTold {
    pub(in crate::web) ledger: Ledger,
    /// Sessions that are of the other kind: simulated, or not.
    pub(in crate::web) other_kind: usize,
    /// Sessions whose bed is not configured any more.
    pub(in crate::web) unknown_bed: usize,
    /// Sessions that were opened before this were not looked at: there are too many.
    pub(in crate::web) not_before: Option<DateTime<Utc>>,
}

impl Web {
    /// Reads the sessions of the patient with that number of the clinic: fewer where they are so long
    /// that nobody would get an answer. Nobody can ask for less of a course.
    pub(in crate::web) async fn course(&self, number: &str) -> Result<Course, NoAnswer> {
        match self.newest_of(number, COURSE_MAX).await {
            Err(NoAnswer::TooMuch) => self.newest_of(number, COURSE_OF_LONG).await,
            answer => answer,
        }
    }

    async fn newest_of(&self, number: &str, most: usize) -> Result<Course, NoAnswer> {
        let (names, now) = (names(self), self.clock.wall(self.clock.now()));
        let wanted = number.to_owned();
        let read = move |history: &History| {
            let mut sessions = history.sessions_of(&wanted)?;
            let mut course = Course {
                sessions: Vec::new(),
                left_out: sessions.len().saturating_sub(most),
                unknown_bed: 0,
            };
            sessions.truncate(most);
            for told in sessions.into_iter().rev() {
                let Some(entry) = entry(history, &told, &names, (now, true))? else {
                    course.unknown_bed += 1;
                    continue;
                };
                course.sessions.push(OfCourse {
                    protocol: report::protocol(history, &told, now)?,
                    told,
                    entry,
                });
            }
            Ok(course)
        };
        self.questions.ask(read).await
    }

    /// Adds up the clinic's sessions of a time.
    pub(in crate::web) async fn ledger(&self, span: LedgerSpan) -> Result<LedgerTold, NoAnswer> {
        let (names, now) = (names(self), self.clock.wall(self.clock.now()));
        let add_up = move |history: &History| {
            let sessions = history.sessions()?;
            let oldest = sessions.last().filter(|_| sessions.len() >= SESSIONS_MAX);
            let not_before = oldest.map(|oldest| oldest.opened);
            let (mut other_kind, mut unknown_bed) = (0, 0);
            let mut entries = Vec::new();
            let is_within =
                |opened| span.from.is_none_or(|from| from <= opened) && opened < span.to;
            for session in sessions.iter().filter(|session| is_within(session.opened)) {
                // What befell nobody says nothing of the clinic's patients.
                if session.simulated != span.simulated {
                    other_kind += 1;
                    continue;
                }
                match entry(history, session, &names, (now, false))? {
                    Some(entry) => entries.push(entry),
                    None => unknown_bed += 1,
                }
            }
            Ok(LedgerTold {
                ledger: Ledger::of(&entries),
                other_kind,
                unknown_bed,
                not_before: not_before.filter(|at| span.from.is_none_or(|from| from < *at)),
            })
        };
        self.questions.ask(add_up).await
    }
}

/// Tells the pressures, doses and scores of a patient from session to session.
pub(in crate::web) async fn course(State(web): State<Web>, Path(number): Path<String>) -> Response {
    let now = web.clock.wall(web.clock.now());
    match web.course(&number).await {
        Ok(course) if course.sessions.is_empty() && course.unknown_bed == 0 => {
            let why = format!("the record has no session of a patient with the number {number:?}");
            refused(&why, StatusCode::NOT_FOUND)
        }
        Ok(course) => {
            let sessions = course.sessions.iter().map(of_course);
            let answer = json!({
                "number": number,
                "now": Time(now),
                "left_out": course.left_out,
                "unknown_bed": course.unknown_bed,
                "sessions": sessions.collect::<Vec<_>>(),
            });
            Json(answer).into_response()
        }
        Err(none) => none.into_response(),
    }
}

/// Tells how often something happened in the clinic's sessions, with how sure that is.
pub(in crate::web) async fn ledger(State(web): State<Web>, Query(words): Query<Words>) -> Response {
    let now = web.clock.wall(web.clock.now());
    let span = only(&words, &["from", "to", "simulated"]).and_then(|()| {
        Ok(LedgerSpan {
            from: time(&words, "from")?,
            to: time(&words, "to")?.unwrap_or(now),
            simulated: truth(&words, "simulated")?,
        })
    });
    let span = match span {
        Ok(span) => span,
        Err(why) => return not_understood(&why),
    };
    match web.ledger(span).await {
        Ok(told) => Json(of_ledger(&told, span)).into_response(),
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

fn of_course(one: &OfCourse) -> Value {
    let (session, entry) = (&one.told, &one.entry);
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
    let drugs = entry
        .drugs
        .iter()
        .map(|(at, note)| json!({"at": Time(report::wall(session, *at)), "note": note.as_str()}));
    let alarms = entry.alarms.iter().map(|id| id.name());
    let lowest = entry.lowest_saturation.map(|taken| {
        json!({
            "percent": exact(taken.value),
            "at": Time(report::wall(session, taken.taken)),
        })
    });
    json!({
        "session": session.id,
        "bed": session.bed,
        "protocol": one.protocol,
        "opened": Time(session.opened),
        "closed": session.closed.map(Time),
        "simulated": session.simulated,
        "ended": entry.ended.map(Stage::name),
        "first_dose": entry.first_dose.map(|at| Time(report::wall(session, at))),
        "pressure_before": pressure(entry.before),
        "pressure_highest": pressure(entry.highest),
        "pressure_highest_diastolic": pressure(entry.highest_diastolic),
        "systolic_rise_mmhg": entry.rise().map(exact),
        "diastolic_rise_mmhg": entry.diastolic_rise().map(exact),
        "saturation_lowest": lowest,
        "doses": doses.collect::<Vec<_>>(),
        "scores": scores.collect::<Vec<_>>(),
        "events": events.collect::<Vec<_>>(),
        "drugs": drugs.collect::<Vec<_>>(),
        "alarms": alarms.collect::<Vec<_>>(),
        "until_discharge_s": entry.until_discharge.as_ref().map(Duration::as_secs_f64),
    })
}

fn exact(value: Number) -> number::Number {
    number::Number(value.number())
}

fn of_ledger(told: &LedgerTold, span: LedgerSpan) -> Value {
    let ledger = &told.ledger;
    let rates = ledger.rates.iter();
    let rates = rates.map(|(counted, rate)| of_rate(*counted, rate));
    let until = &ledger.until_intervention;
    json!({
        "from": span.from.map(Time),
        "to": Time(span.to),
        "simulated": span.simulated,
        "sessions": ledger.sessions,
        "left_out": {
            "open": ledger.open,
            "nothing_given": ledger.untreated,
            (if span.simulated { "not_simulated" } else { "simulated" }): told.other_kind,
            "unknown_bed": told.unknown_bed,
        },
        "not_before": told.not_before.map(Time),
        "rates": rates.collect::<Vec<_>>(),
        "until_intervention": {
            "count": until.len(),
            "shortest_s": until.first().map(Duration::as_secs_f64),
            "median_s": ledger.median_until_intervention().as_ref().map(Duration::as_secs_f64),
            "longest_s": until.last().map(Duration::as_secs_f64),
            "without_alarm": ledger.unprompted,
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
