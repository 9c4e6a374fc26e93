//! `GET /api/v1/beds/BED/around`: everything of the minute before and after a moment.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use chairside_store::{Around, AroundQuestion, Curve, Point};
use chrono::TimeDelta;
use serde::Serialize;

use super::query::{Span, Words, only, time};
use super::trend::{Gap, Pressure};
use super::{no_bed, not_understood};
use crate::number::Number;
use crate::web::Web;
use crate::web::wire::Time;

/// On each side of the moment.
const SIDE: TimeDelta = TimeDelta::minutes(1);

/// The answer. Written out in `docs/http.md`.
#[derive(Debug, Serialize)]
struct Answer {
    bed: String,
    at: Time,
    from: Time,
    to: Time,
    now: Time,
    numerics: BTreeMap<&'static str, Numeric>,
    waves: BTreeMap<&'static str, Wave>,
    gaps: Vec<Gap>,
    nibp: Vec<Pressure>,
}

#[derive(Debug, Serialize)]
struct Numeric {
    unit: &'static str,
    readings: Vec<Reading>,
}

#[derive(Debug, Serialize)]
struct Reading {
    at: Time,
    value: Option<Number>,
    validity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct Wave {
    unit: &'static str,
    parts: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct Part {
    from: Time,
    period_us: u64,
    samples: Vec<Number>,
}

pub(in crate::web) async fn around(
    State(web): State<Web>,
    Path(bed): Path<String>,
    Query(words): Query<Words>,
) -> Response {
    let at = only(&words, &["at"]).and_then(|()| time(&words, "at"));
    let at = match at {
        Ok(Some(at)) => at,
        Ok(None) => return not_understood("at is missing: the moment that is asked about"),
        Err(why) => return not_understood(&why),
    };
    let now = web.clock.wall(web.clock.now());
    let (devices, recording) = web
        .hub
        .with_view(|view| (view.devices_of(&bed), view.recorder_state().running));
    let Some(devices) = devices else {
        return no_bed(&bed);
    };
    let span = Span {
        from: at - SIDE,
        to: at + SIDE,
    };
    let asked = bed.clone();
    let answer = web.questions.ask(move |history| {
        history.around(&AroundQuestion {
            bed: &asked,
            devices: &devices,
            from: span.from,
            to: span.to,
            now,
            recording,
        })
    });
    let around = match answer.await {
        Ok(around) => around,
        Err(none) => return none.into_response(),
    };
    let Around {
        points,
        curves,
        missing,
        cuffs,
    } = around;
    let numerics = points.into_iter().map(|(metric, points)| {
        let unit = metric.unit().symbol();
        let readings = points.into_iter().map(Reading::of).collect();
        (metric.name(), Numeric { unit, readings })
    });
    let waves = curves.into_iter().map(|(metric, curves)| {
        let unit = metric.unit().symbol();
        let parts = curves.into_iter().map(Part::of).collect();
        (metric.name(), Wave { unit, parts })
    });
    Json(Answer {
        bed,
        at: Time(at),
        from: Time(span.from),
        to: Time(span.to),
        now: Time(now),
        numerics: numerics.collect(),
        waves: waves.collect(),
        gaps: missing.into_iter().map(Gap::of).collect(),
        nibp: cuffs.into_iter().map(Pressure::of).collect(),
    })
    .into_response()
}

impl Reading {
    fn of(point: Point) -> Self {
        Self {
            at: Time(point.at),
            value: point.value.map(Number),
            validity: point.validity,
            reason: point.reason,
        }
    }
}

impl Part {
    fn of(curve: Curve) -> Self {
        Self {
            from: Time(curve.from),
            period_us: u64::try_from(curve.sample_period.as_micros()).unwrap_or(u64::MAX),
            samples: curve.samples.into_iter().map(Number).collect(),
        }
    }
}
