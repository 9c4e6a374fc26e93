//! Times as people of the clinic read them.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};

/// The clinic's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) ahead: FixedOffset,
}

impl Clock {
    /// Returns a time of the day, to the second.
    pub(super) fn time(self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.ahead).format("%H:%M:%S").to_string()
    }

    /// Returns a day and a time of it.
    pub(super) fn date_and_time(self, at: DateTime<Utc>) -> String {
        let at = at.with_timezone(&self.ahead);
        at.format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// Returns a length of time: `45 s`, `3 min 20 s`, `1 h 05 min`.
pub(super) fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// Returns the length of a time between two moments; nothing when the later is the earlier.
pub(super) fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<String> {
    (to - from).to_std().ok().map(length)
}
