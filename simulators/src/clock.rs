//! The only place of the simulators that reads a clock.

use std::time::{Duration, Instant};

/// The time since the devices were switched on. Devices that share a clock share a story.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
    /// How much faster than the world it goes.
    pace: u32,
}

impl Clock {
    /// Reads the clock once; this moment becomes zero.
    #[must_use]
    pub fn start() -> Self {
        Self::start_at_pace(1)
    }

    /// The same for a clock that goes so many times as fast as the world does. Whoever reads the
    /// devices must keep the same pace.
    ///
    /// # Panics
    ///
    /// When the pace is 0.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the simulators that reads it"
    )]
    pub fn start_at_pace(pace: u32) -> Self {
        assert!(pace > 0, "a clock that stands");
        Self {
            start: Instant::now(),
            pace,
        }
    }

    /// Returns the time since the start.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.start.elapsed() * self.pace
    }

    /// Returns a moment as the runtime's timers want it.
    #[must_use]
    pub fn timer(&self, at: Duration) -> tokio::time::Instant {
        (self.start + at / self.pace).into()
    }
}
