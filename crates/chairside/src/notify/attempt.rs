//! One try at a message, in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use chairside_escalation::{Attempt, Outcome};
use chairside_notify::{ATTEMPT_MAX, Failure, Message, Retry};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// A message waits no longer than this to be on record before it is tried.
const RECORD_WAIT: Duration = Duration::from_millis(50);

/// A channel that does not keep its own end is cut off after this.
const CUT_OFF: Duration = ATTEMPT_MAX.saturating_add(Duration::from_secs(1));

/// What became of an attempt.
#[derive(Debug)]
pub struct Tried {
    pub(super) attempt: Attempt,
    pub(super) result: Result<(), Failure>,
}

impl Tried {
    pub(super) const fn outcome(&self) -> Outcome {
        match &self.result {
            Ok(()) => Outcome::Taken,
            Err(Failure {
                retry: Retry::After(pause),
                ..
            }) => Outcome::Failed(*pause),
            Err(Failure {
                retry: Retry::Never,
                ..
            }) => Outcome::Refused,
        }
    }

    /// Returns the name of its outcome in JSON and SQL.
    pub(super) const fn outcome_name(&self) -> &'static str {
        match self.outcome() {
            Outcome::Taken => "taken",
            Outcome::Failed(_) => "failed",
            Outcome::Refused => "refused",
        }
    }
}

/// Begins an attempt; its outcome is sent to `outcomes`, also when the channel panics.
pub(super) fn begin(
    attempt: Attempt,
    by: Option<Arc<dyn chairside_notify::Channel>>,
    (message, address): (Arc<Message>, Option<String>),
    committed: Option<oneshot::Receiver<()>>,
    outcomes: mpsc::UnboundedSender<Tried>,
) {
    let trying = tokio::spawn(async move {
        let (Some(by), Some(address)) = (by, address) else {
            return Err(Failure::lasting(
                "the person is not reached by this channel any more",
            ));
        };
        if let Some(committed) = committed {
            // On record, not on record, or not in time: it is tried.
            let _ = timeout(RECORD_WAIT, committed).await;
        }
        match timeout(CUT_OFF, by.deliver(&message, &address)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(Failure::passing("no answer in time")),
        }
    });
    tokio::spawn(async move {
        let result = match trying.await {
            Ok(result) => result,
            Err(error) => Err(Failure::passing(format!("the channel failed: {error}"))),
        };
        // Nobody waits for it any more when the service ends.
        let _ = outcomes.send(Tried { attempt, result });
    });
}
