//! The only place of the service that reads a clock.

use std::time::{Duration, Instant};

use chairside_model::MonoTime;
use chairside_station::Record;
use chrono::{DateTime, Utc};

/// The process's clock: monotonic time since its start, and the wall-clock time of that start.
///
/// Decisions use the monotonic time only. Wall-clock time is added where something is shown or
/// stored, so that a step of the wall clock changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
    started: DateTime<Utc>,
}

impl Clock {
    /// Reads both clocks once; this moment becomes [`MonoTime::ZERO`].
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the service that reads them"
    )]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            started: Utc::now(),
        }
    }

    /// Returns the time since the start.
    #[must_use]
    pub fn now(&self) -> MonoTime {
        MonoTime::from_start(self.start.elapsed())
    }

    /// Returns the wall-clock time of the start.
    #[must_use]
    pub const fn started(&self) -> DateTime<Utc> {
        self.started
    }

    /// Returns the wall-clock time of a point on the monotonic clock.
    #[must_use]
    pub fn wall(&self, at: MonoTime) -> DateTime<Utc> {
        wall(self.started, at)
    }

    /// Returns the point as the runtime's timers want it.
    #[must_use]
    pub fn timer(&self, at: MonoTime) -> tokio::time::Instant {
        (self.start + at.since_start()).into()
    }
}

/// Returns the wall-clock time of a point on the monotonic clock of a process started then.
#[must_use]
pub fn wall(started: DateTime<Utc>, at: MonoTime) -> DateTime<Utc> {
    let since = chrono::Duration::from_std(at.since_start()).unwrap_or(chrono::Duration::MAX);
    started
        .checked_add_signed(since)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Returns how long after a record was made `now` is.
#[must_use]
pub fn age(record: &Record, now: MonoTime) -> Duration {
    now.saturating_since(record.at)
}
