//! `GET /api/v1/beds/BED/trend`: values in steps of time.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use chairside_model::Metric;
use chairside_store::{CuffTaken, InStep, Missing, Trend, TrendQuestion};
use serde::Serialize;

use super::query::{Span, Steps, Words, only};
use super::{no_bed, not_understood};
use crate::number::Number;
use crate::web::Web;
use crate::web::wire::Time;

/// The answer. Written out in `docs/http.md`.
#[derive(Debug, Serialize)]
struct Answer {
    bed: String,
    from: Time,
    to: Time,
    step_s: u32,
    now: Time,
    metrics: BTreeMap<&'static str, Series>,
    gaps: Vec<Gap>,
    nibp: Vec<Pressure>,
}

#[derive(Debug, Serialize)]
struct Series {
    unit: &'static str,
    values: Vec<Option<Number>>,
    low: Vec<Option<Number>>,
    high: Vec<Option<Number>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Gap {
    from: Time,
    to: Time,
    cause: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Pressure {
    at: Time,
    device: String,
    systolic: Option<Number>,
    diastolic: Option<Number>,
    mean: Option<Number>,
}

pub(in crate::web) async fn trend(
    State(web): State<Web>,
    Path(bed): Path<String>,
    Query(words): Query<Words>,
) -> Response {
    let now = web.clock.wall(web.clock.now());
    let steps = only(&words, &["from", "to", "step"])
        .and_then(|()| Span::of(&words, now))
        .and_then(|span| Steps::of(&words, span));
    let steps = match steps {
        Ok(steps) => steps,
        Err(why) => return not_understood(&why),
    };
    let (devices, recording) = web
        .hub
        .with_view(|view| (view.devices_of(&bed), view.recorder_state().running));
    let Some(devices) = devices else {
        return no_bed(&bed);
    };
    let asked = bed.clone();
    let answer = web.questions.ask(move |history| {
        history.trend(&TrendQuestion {
            bed: &asked,
            devices: &devices,
            from: steps.span.from,
            step: Duration::from_secs(steps.step_s.into()),
            steps: steps.count,
            now,
            recording,
        })
    });
    match answer.await {
        Ok(trend) => Json(Answer::of(bed, steps, Time(now), trend)).into_response(),
        Err(none) => none.into_response(),
    }
}

impl Answer {
    fn of(bed: String, steps: Steps, now: Time, trend: Trend) -> Self {
        let metrics = trend.metrics.iter();
        Self {
            bed,
            from: Time(steps.span.from),
            to: Time(steps.span.to),
            step_s: steps.step_s,
            now,
            metrics: metrics
                .map(|(metric, steps)| (metric.name(), Series::of(*metric, steps)))
                .collect(),
            gaps: trend.missing.into_iter().map(Gap::of).collect(),
            nibp: trend.cuffs.into_iter().map(Pressure::of).collect(),
        }
    }
}

impl Series {
    fn of(metric: Metric, steps: &[Option<InStep>]) -> Self {
        let each = |number: fn(&InStep) -> f64| {
            let steps = steps.iter();
            steps
                .map(|step| step.as_ref().map(|step| Number(number(step))))
                .collect()
        };
        Self {
            unit: metric.unit().symbol(),
            values: each(|step| step.last),
            low: each(|step| step.low),
            high: each(|step| step.high),
        }
    }
}

impl Gap {
    pub(super) fn of(missing: Missing) -> Self {
        Self {
            from: Time(missing.from),
            to: Time(missing.to),
            cause: missing.cause.name(),
            device: missing.device,
        }
    }
}

impl Pressure {
    pub(super) fn of(cuff: CuffTaken) -> Self {
        Self {
            at: Time(cuff.at),
            device: cuff.device,
            systolic: cuff.systolic.map(Number),
            diastolic: cuff.diastolic.map(Number),
            mean: cuff.mean.map(Number),
        }
    }
}
