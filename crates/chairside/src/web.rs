//! What a browser or a script sees: pages, the HTTP interface, the live feed.

mod across;
mod action;
mod answer;
mod assets;
mod budget;
mod calling;
mod care;
mod checks;
pub mod displays;
mod guard;
mod history;
pub mod hub;
pub(crate) mod listen;
mod metrics;
mod page;
mod ports;
mod routes;
mod socket;
mod training;
mod treatment;
pub mod view;
pub mod wire;

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc, watch};

use crate::clock::Clock;
use crate::notify::{Answers, WatchedCalling};
use crate::service::Command;
use crate::training::Patients;

pub use guard::{Guard, Reach};
pub use history::Questions;
pub use ports::Ports;
pub use routes::router;

/// Followers of the live feed at the same time. A clinic has some ten screens; the rest is
/// something that has gone wrong.
const FOLLOWERS_MAX: usize = 256;

/// What every handler shares.
#[derive(Clone, Debug)]
pub struct Web {
    hub: Arc<hub::Hub>,
    commands: mpsc::Sender<Command>,
    clock: Clock,
    guard: Guard,
    questions: Questions,
    followers: Arc<Semaphore>,
    ports: Ports,
    calling: WatchedCalling,
    answers: Answers,
    patients: Patients,
    stop: watch::Receiver<bool>,
}

impl Web {
    /// Makes the shared state; `stop` turns true when the service ends.
    #[must_use]
    pub fn new(
        hub: Arc<hub::Hub>,
        commands: mpsc::Sender<Command>,
        clock: Clock,
        guard: Guard,
        questions: Questions,
        (ports, calling, answers): (Ports, WatchedCalling, Answers),
        stop: watch::Receiver<bool>,
    ) -> Self {
        let followers = Arc::new(Semaphore::new(FOLLOWERS_MAX));
        Self {
            hub,
            commands,
            clock,
            guard,
            questions,
            followers,
            ports,
            calling,
            answers,
            patients: Patients::default(),
            stop,
        }
    }

    /// Lets these simulated patients be steered.
    #[must_use]
    pub fn training(self, patients: Patients) -> Self {
        Self { patients, ..self }
    }
}
