//! `GET /api/v1/sessions/SESSION/prediction`: what published models make of the doses on record.
//! Nothing is measured here, and nothing of it reaches an alarm.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chairside_care::Drug;
use chairside_care::pk::{Concentration, Covariates, NoPrediction, Prediction, Range};
use serde_json::{Value, json};

use super::sessions::no_session;
use crate::number::Number;
use crate::report::Given;
use crate::web::Web;
use crate::web::routes::refused;
use crate::web::wire::Time;

/// From one point to the next. A session is told up to 24 h, which is 1441 points.
pub(in crate::web) const STEP: Duration = Duration::from_mins(1);

/// Said with every answer.
const NOT_MEASURED: &str = "What published models predict from the doses on record. It is not \
    measured, people differ by more than the range, and nothing is to be dosed by it.";

pub(in crate::web) async fn prediction(State(web): State<Web>, Path(id): Path<String>) -> Response {
    if let Some(refused) = not_switched_on(&web) {
        return refused;
    }
    let now = web.clock.wall(web.clock.now());
    let asked = id.clone();
    let given = web.questions.ask(move |history| {
        let Some(session) = history.session(&asked)? else {
            return Ok(None);
        };
        Ok(Some(told(&Given::read(history, &session, now)?)))
    });
    match given.await {
        Ok(Some(Ok(predictions))) => Json(json!({
            "session": id,
            "now": Time(now),
            "note": NOT_MEASURED,
            "unit": "ng/mL",
            "step_s": STEP.as_secs(),
            "predictions": predictions,
        }))
        .into_response(),
        Ok(Some(Err(why))) => refused(&why.to_string(), StatusCode::NOT_FOUND),
        Ok(None) => no_session(&id),
        Err(none) => none.into_response(),
    }
}

/// Returns the refusal where the clinic does not want concentrations predicted.
pub(in crate::web) fn not_switched_on(web: &Web) -> Option<Response> {
    let why = "the clinic has not switched predicted concentrations on: \
        predicted_concentration in its configuration";
    (!web.questions.predicts).then(|| refused(why, StatusCode::NOT_FOUND))
}

/// Tells what is predicted of each drug that was given.
fn told(given: &Given) -> Result<Vec<Value>, NoPrediction> {
    let predictions = predictions(given)?.into_iter();
    Ok(predictions
        .map(|prediction| of_drug(given, prediction))
        .collect())
}

/// Predicts each drug that was given.
pub(in crate::web) fn predictions(given: &Given) -> Result<Vec<Prediction>, NoPrediction> {
    let covariates = Covariates {
        weight: given.weight,
        age: None,
    };
    let mut predictions = Vec::new();
    for drug in Drug::ALL {
        match Prediction::with_steps_of(STEP, &given.log, drug, covariates) {
            Ok(prediction) => predictions.push(prediction),
            Err(NoPrediction::NoDose) => {}
            Err(why @ NoPrediction::NoWeight) => return Err(why),
        }
    }
    if predictions.is_empty() {
        return Err(NoPrediction::NoDose);
    }
    Ok(predictions)
}

fn of_drug(given: &Given, mut prediction: Prediction) -> Value {
    let mut points = Vec::new();
    let mut at = prediction.start();
    while at <= given.until {
        let point = prediction.advance(at);
        points.push(json!({
            "at": Time(given.wall(at)),
            "line": concentration(point.line),
            "models": point.models.map(range),
            "absorption": point.absorption.map(range),
        }));
        at = at + STEP;
    }
    json!({
        "drug": prediction.drug().name(),
        "label": prediction.label(),
        "absorption_label": prediction.spread_label(),
        "greyed_because": prediction.outside(),
        "points": points,
    })
}

fn range(range: Range) -> Value {
    json!({ "low": concentration(range.low), "high": concentration(range.high) })
}

fn concentration(of: Concentration) -> Value {
    json!({ "plasma": Number(of.plasma), "effect_site": Number(of.effect) })
}
