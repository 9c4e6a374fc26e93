//! Training: a trainer steers the simulated patient of a bed, and is told how soon people answered
//! (`docs/training.md`).

mod page;
mod score;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chairside_model::BedId;
use chairside_simulators::steered::{Steer, Steered};
use chairside_store::Lesson;
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

pub(super) use page::page;

use self::score::Told;
use super::Web;
use super::action::{Kind, NAME_MAX};
use super::history::{NoAnswer, Span, Words, only};
use super::routes::{not_json, refused};
use crate::near;
use crate::service::{Command, WantedSteer};

/// A lesson that nobody has begun goes back so far.
const LESSON: TimeDelta = TimeDelta::hours(12);

/// The longest time that can be asked about at once.
const LESSON_MAX: Duration = Duration::from_hours(48);

/// What a trainer wants.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    by: String,
    #[serde(rename = "do")]
    what: String,
    /// The client's name for the request, which comes back with the answer.
    #[serde(default)]
    request: String,
    /// Where it was done: every client says so, and nothing is made of it here.
    #[serde(default, rename = "station")]
    _station: Option<String>,
}

/// A bed with a patient who can be steered.
struct Trained {
    bed: BedId,
    name: String,
    patient: Arc<Steered>,
}

/// Why nothing was done.
type Refused = (Kind, String);

/// `POST /api/v1/beds/{bed}/training`
pub(super) async fn steer(
    State(web): State<Web>,
    Path(bed): Path<String>,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Response {
    let Json(wanted) = match body {
        Ok(body) => body,
        Err(rejection) => return not_json(&rejection),
    };
    let request = &wanted.request;
    match web.steer(&bed, &wanted).await {
        Ok(()) => Json(json!({ "request": request, "ok": true })).into_response(),
        Err((kind, error)) => {
            let answer = json!({ "request": request, "ok": false, "error": error });
            (kind.status(), Json(answer)).into_response()
        }
    }
}

/// `GET /api/v1/beds/{bed}/training`
pub(super) async fn look(
    State(web): State<Web>,
    Path(bed): Path<String>,
    Query(words): Query<Words>,
) -> Response {
    let trained = match web.trained(&bed) {
        Ok(trained) => trained,
        Err((kind, why)) => return refused(&why, kind.status()),
    };
    let now = web.clock.wall(web.clock.now());
    let span =
        only(&words, &["from", "to"]).and_then(|()| Span::within(&words, now, LESSON, LESSON_MAX));
    let span = match span {
        Ok(span) => span,
        Err(why) => return refused(&why, StatusCode::BAD_REQUEST),
    };
    match web.lesson(&bed, span, !words.contains_key("from")).await {
        Ok(lesson) => Json(Told::of(&bed, &trained.patient.state(), &lesson)).into_response(),
        Err(none) => none.into_response(),
    }
}

impl Web {
    /// Returns a bed with a patient who can be steered.
    fn trained(&self, id: &str) -> Result<Trained, Refused> {
        let found = self.hub.with_view(|view| {
            let mut infos = view.infos();
            let (bed, info) = infos.find(|(_, info)| info.id == id)?;
            Some((bed, info.name.clone(), info.training))
        });
        let Some((bed, name, training)) = found else {
            return Err((Kind::NotThere, format!("there is no bed {id:?}")));
        };
        if !training {
            let why = format!("bed {id:?} is not for training: its patient is nobody's to steer");
            return Err((Kind::NotAllowed, why));
        }
        let Some(patient) = self.patients.at(id).map(Arc::clone) else {
            let why = format!(
                "the service does not simulate the patient of bed {id:?}: its configuration names \
                 no scenario"
            );
            return Err((Kind::NotAllowed, why));
        };
        Ok(Trained { bed, name, patient })
    }

    /// Has something done to a simulated patient, and waits until that is on record and done.
    async fn steer(&self, id: &str, wanted: &Wanted) -> Result<(), Refused> {
        let Trained { bed, .. } = self.trained(id)?;
        let Wanted { by, what, .. } = wanted;
        if wanted.request.len() > NAME_MAX {
            let why = format!("request: longer than {NAME_MAX} bytes");
            return Err((Kind::NotUnderstood, why));
        }
        if self.role(by).is_none() {
            let why = format!("there is nobody with the id {by:?} on the staff");
            return Err((Kind::NotUnderstood, why));
        }
        let what = Steer::from_name(what).ok_or_else(|| {
            let words = Steer::ALL.map(Steer::name);
            (
                Kind::NotUnderstood,
                near::no_such(what, "word for `do`", words),
            )
        })?;
        let wanted = WantedSteer {
            bed,
            bed_id: id.to_owned(),
            by: by.clone(),
            what,
        };
        let busy = || (Kind::NotNow, "the service is busy or ending".to_owned());
        let (reply, answer) = oneshot::channel();
        let sent = self.commands.try_send(Command::Steer(wanted, reply));
        sent.map_err(|_full| busy())?;
        answer.await.map_err(|_ended| busy())
    }

    /// Reads what the trainer did in a time, and how soon each alarm was answered; only since the
    /// lesson last began, where that is wanted.
    async fn lesson(&self, bed: &str, span: Span, last: bool) -> Result<Lesson, NoAnswer> {
        let bed = bed.to_owned();
        let begins = last.then_some(Steer::BeginLesson.name());
        let asked = (span.from, span.to);
        self.questions
            .ask(move |history| history.lesson(&bed, asked, begins))
            .await
    }
}
