//! What was: questions of clients that are answered from the record.
//!
//! Each opens the record for itself, on a thread where it may wait. Few run at once, so that no
//! client can keep the service from anything else.

mod across;
mod around;
mod events;
mod marks;
mod prediction;
mod query;
mod response;
mod sessions;
mod trend;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chairside_store::{GivenUp, History, StoreError};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::routes::refused;
use crate::remedy::without_numbers;

pub(super) use across::{Course, LedgerSpan, LedgerTold, OfCourse, course, ledger};
pub(super) use around::around;
pub(super) use events::events;
pub(super) use prediction::{STEP, not_switched_on, prediction, predictions};
pub(super) use query::{Span, Words, only, truth};
pub(super) use response::response;
pub(super) use sessions::{names, no_session, report_file, report_page, session, sessions};
pub(super) use trend::trend;

/// Questions that are answered at the same time. One core stays for the rest of the service where
/// there are two; whoever asks more waits.
const ANSWERED_AT_ONCE: usize = 2;

/// Questions that may wait: a screen that opens asks for each of its beds. Beyond, they are
/// refused at once.
const WAITING_MAX: usize = 64;

/// A question waits no longer than this for its turn, and is refused then.
const TURN_WAIT: Duration = Duration::from_secs(4);

/// A question takes no longer than this, and is given up then: while it reads, the write-ahead
/// log grows. Together with the turn it is shorter than any request may be.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Questions to the record of this service.
#[derive(Clone, Debug)]
pub struct Questions {
    directory: Arc<PathBuf>,
    answered: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// The clinic wants concentrations predicted.
    predicts: bool,
    /// The clinic has switched patients' names on.
    names_patients: bool,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// Too many others are asking.
    Busy,
    /// The question takes too long.
    TooMuch,
    /// The record cannot be read.
    NoRecord(String),
}

/// Gives the question up when nobody waits for it any more, for whatever reason.
struct Asking(GivenUp);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.say();
    }
}

impl Questions {
    /// Makes the questions to the record of a folder.
    #[must_use]
    pub fn to(directory: PathBuf) -> Self {
        Self {
            directory: Arc::new(directory),
            answered: Arc::new(Semaphore::new(ANSWERED_AT_ONCE)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            predicts: false,
            names_patients: false,
        }
    }

    /// Lets concentrations be predicted, if the clinic wants that.
    #[must_use]
    pub fn predicting(self, predicts: bool) -> Self {
        Self { predicts, ..self }
    }

    /// Tells whether the clinic wants concentrations predicted.
    pub(super) fn predicts(&self) -> bool {
        self.predicts
    }

    /// Lets patients' names be taken and shown, if the clinic wants that.
    #[must_use]
    pub fn naming(self, names_patients: bool) -> Self {
        Self {
            names_patients,
            ..self
        }
    }

    /// Tells whether the clinic has switched patients' names on.
    pub(super) fn names_patients(&self) -> bool {
        self.names_patients
    }

    /// Asks the record something.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&History) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let waits = self.waiting.try_acquire();
        let waits = waits.map_err(|_full| NoAnswer::Busy)?;
        let turn = timeout(TURN_WAIT, Arc::clone(&self.answered).acquire_owned());
        let Ok(Ok(turn)) = turn.await else {
            return Err(NoAnswer::Busy);
        };
        drop(waits);
        let asking = Asking(GivenUp::default());
        let given_up = asking.0.clone();
        let directory = Arc::clone(&self.directory);
        let answer = spawn_blocking(move || {
            // Until it has ended, also when nobody waits any more.
            let _turn = turn;
            question(&History::open(&directory, given_up)?)
        });
        match timeout(ANSWER_MAX, answer).await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => Err(NoAnswer::NoRecord(without_numbers(&error.to_string()))),
            Ok(Err(failed)) => Err(NoAnswer::NoRecord(failed.to_string())),
            Err(_elapsed) => Err(NoAnswer::TooMuch),
        }
    }
}

impl IntoResponse for NoAnswer {
    fn into_response(self) -> Response {
        /// Seconds after which a client may ask again.
        const AGAIN: [(header::HeaderName, &str); 1] = [(header::RETRY_AFTER, "2")];
        let why = match self {
            Self::Busy => "the service is busy with other questions to the record".to_owned(),
            Self::TooMuch => "that takes too long; ask for a shorter time".to_owned(),
            Self::NoRecord(why) => format!("the record cannot be read: {why}"),
        };
        (AGAIN, refused(&why, StatusCode::SERVICE_UNAVAILABLE)).into_response()
    }
}

/// The answer to a question that is not understood.
fn not_understood(why: &str) -> Response {
    refused(why, StatusCode::BAD_REQUEST)
}

fn no_bed(bed: &str) -> Response {
    refused(&format!("there is no bed {bed:?}"), StatusCode::NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;
    use std::sync::mpsc::channel;

    use chairside_store::{Recorder, StorePlan, TrendQuestion};
    use tokio::task::yield_now;

    use super::*;
    use crate::clock::Clock;

    fn of_a_record() -> (tempfile::TempDir, Questions) {
        let folder = tempfile::tempdir().unwrap();
        let plan = StorePlan {
            directory: folder.path().to_owned(),
            site: "test".to_owned(),
            beds: BTreeMap::new(),
            devices: BTreeMap::new(),
            clock_zero: Clock::start().zero(),
        };
        drop(Recorder::open(plan).unwrap());
        let questions = Questions::to(folder.path().to_owned());
        (folder, questions)
    }

    #[tokio::test(start_paused = true)]
    async fn few_questions_are_answered_at_once_and_who_waits_too_long_is_told() {
        let (_folder, questions) = of_a_record();
        let (go, wait) = channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let slow = || {
            let (questions, wait) = (questions.clone(), Arc::clone(&wait));
            tokio::spawn(async move {
                let question = move |_: &History| Ok(wait.lock().unwrap().recv().is_ok());
                questions.ask(question).await.ok()
            })
        };
        let running: Vec<_> = (0..ANSWERED_AT_ONCE).map(|_| slow()).collect();
        yield_now().await;
        let asked = questions.clone();
        let late = tokio::spawn(async move { asked.ask(|_| Ok(())).await });
        yield_now().await;
        tokio::time::advance(TURN_WAIT).await;
        let late = late.await.unwrap();
        assert!(matches!(late, Err(NoAnswer::Busy)), "{late:?}");
        // One waits for the lock that the other holds while it waits: none is the first to go.
        for _ in &running {
            go.send(()).unwrap();
        }
        for one in running {
            assert_eq!(one.await.unwrap(), Some(true));
        }
        assert!(questions.ask(|_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn a_question_that_nobody_waits_for_is_given_up_and_its_turn_is_free() {
        let (_folder, questions) = of_a_record();
        let asking = Asking(GivenUp::default());
        let seen = asking.0.clone();
        drop(asking);
        let directory = Arc::clone(&questions.directory);
        let history = History::open(&directory, seen).unwrap();
        let question = TrendQuestion {
            bed: "1",
            devices: &[],
            from: Clock::start().zero(),
            step: Duration::from_secs(1),
            steps: 1,
            now: Clock::start().zero(),
            recording: true,
        };
        let ended = history.trend(&question);
        assert!(matches!(ended, Err(StoreError::GivenUp)), "{ended:?}");
        assert!(questions.ask(|_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn that_there_is_no_record_is_told_with_why() {
        let folder = tempfile::tempdir().unwrap();
        let questions = Questions::to(folder.path().join("nothing"));
        let ended = questions.ask(|_| Ok(())).await;
        assert!(matches!(ended, Err(NoAnswer::NoRecord(why)) if why.contains("open")));
    }
}
