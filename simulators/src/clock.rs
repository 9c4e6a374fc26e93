//! The only place of the simulators that reads a clock.

use std::time::{Duration, Instant};

/// The time since the devices were switched on. Devices that share a clock share a story.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Reads the clock once; this moment becomes zero.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the simulators that reads it"
    )]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// Returns the time since the start.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Returns a moment as the runtime's timers want it.
    #[must_use]
    pub fn timer(&self, at: Duration) -> tokio::time::Instant {
        (self.start + at).into()
    }
}
