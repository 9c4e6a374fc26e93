//! The alarm budget: how often alarms call, and what people do about it.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chairside_store::{Budget, Tally};
use serde::{Deserialize, Serialize};

use super::routes::refused;
use super::{Web, wire};

/// The longest time that is looked at: a week. What is longer changes too much to be one number.
const HOURS_MAX: u32 = 168;

/// How far back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default = "a_day")]
    hours: u32,
}

const fn a_day() -> u32 {
    24
}

#[derive(Debug, Serialize)]
struct Told {
    from: wire::Time,
    to: wire::Time,
    bed_hours: f64,
    #[serde(flatten)]
    all: Counts,
    by_rule: Vec<OfRule>,
}

#[derive(Debug, Serialize)]
struct OfRule {
    rule: &'static str,
    priority: &'static str,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Debug, Serialize)]
struct Counts {
    alarms: u64,
    per_bed_hour: Option<f64>,
    acted_on: usize,
    acted_on_share: Option<f64>,
    response_s: Option<Responses>,
}

#[derive(Debug, Serialize)]
struct Responses {
    median: f64,
    p90: f64,
}

pub(super) async fn budget(
    State(web): State<Web>,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let Wanted { hours } = match query {
        Ok(Query(wanted)) => wanted,
        Err(rejection) => return refused(&rejection.body_text(), StatusCode::BAD_REQUEST),
    };
    if !(1..=HOURS_MAX).contains(&hours) {
        let why = format!("hours is {hours}, and not from 1 to {HOURS_MAX}");
        return refused(&why, StatusCode::BAD_REQUEST);
    }
    let to = web.clock.wall(web.clock.now());
    let from = to - chrono::TimeDelta::hours(hours.into());
    match web
        .questions
        .ask(move |record| record.budget(from, to))
        .await
    {
        Ok(budget) => {
            let (from, to) = (wire::Time(from), wire::Time(to));
            Json(told(&budget, from, to)).into_response()
        }
        Err(none) => none.into_response(),
    }
}

fn told(budget: &Budget, from: wire::Time, to: wire::Time) -> Told {
    let bed_hours = budget.monitored.as_secs_f64() / 3600.0;
    let by_rule = budget
        .by_rule
        .iter()
        .map(|((rule, priority), tally)| OfRule {
            rule: rule.name(),
            priority: priority.name(),
            counts: counts(tally, bed_hours),
        });
    Told {
        from,
        to,
        bed_hours,
        all: counts(&budget.all, bed_hours),
        by_rule: by_rule.collect(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts 2^52 alarms")]
fn counts(tally: &Tally, bed_hours: f64) -> Counts {
    let percentiles = tally.percentile(50).zip(tally.percentile(90));
    Counts {
        alarms: tally.alarms,
        // Nobody was monitored: there is no rate, whatever called.
        per_bed_hour: (bed_hours > 0.0).then(|| tally.alarms as f64 / bed_hours),
        acted_on: tally.responses.len(),
        acted_on_share: tally.share(),
        response_s: percentiles.map(|(median, p90)| Responses {
            median: seconds(median),
            p90: seconds(p90),
        }),
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
