//! Who has a serial port: the service, or somebody who finds out what is on it.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard, watch};

/// The right to open one port. Whoever has taken it gives it back by dropping what it was given.
#[derive(Clone, Debug)]
pub struct Lending {
    turn: Arc<Mutex<()>>,
    /// How many wait for the service to let go.
    waiting: Arc<watch::Sender<usize>>,
}

/// One's turn at a port.
pub type Turn = OwnedMutexGuard<()>;

impl Default for Lending {
    fn default() -> Self {
        Self {
            turn: Arc::default(),
            waiting: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Lending {
    /// Takes the port for the service, once nobody else has it.
    pub(super) async fn keep(&self) -> Turn {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// Returns when somebody waits for the port; for ever as long as nobody does.
    pub(super) async fn wanted(&self) {
        let mut waiting = self.waiting.subscribe();
        // The sender lives as long as this.
        let _ = waiting.wait_for(|waiting| *waiting > 0).await;
    }

    /// Borrows the port: the service lets go of it, and opens it again afterwards.
    pub async fn borrow(&self) -> Turn {
        let _wait = Waiting::begin(&self.waiting);
        Arc::clone(&self.turn).lock_owned().await
    }
}

/// Somebody waits; ends also when that is given up.
struct Waiting<'l>(&'l watch::Sender<usize>);

impl<'l> Waiting<'l> {
    fn begin(waiting: &'l watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting += 1);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}
