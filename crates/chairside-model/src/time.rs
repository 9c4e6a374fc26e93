//! Time as an argument, and nothing that reads a clock.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

/// A point on a monotonic clock: time since that clock's start.
///
/// Whoever hands times in chooses the start: the beginning of a story that is replayed, or, for a
/// service, a moment well before the process began, so that what a monitor measured before then
/// has a time of its own. Wall-clock time is this plus that of the start, added only when shown or
/// stored. Nothing in the core
/// can make a `MonoTime` by itself: it is handed in, so that everything can be replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonoTime(Duration);

impl MonoTime {
    /// The start of the clock; nothing is earlier.
    pub const ZERO: Self = Self(Duration::ZERO);

    /// Returns the point that lies `since_start` after the clock's start.
    #[must_use]
    pub const fn from_start(since_start: Duration) -> Self {
        Self(since_start)
    }

    /// Returns the point `seconds` after the clock's start.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// Returns the point `milliseconds` after the clock's start.
    #[must_use]
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(Duration::from_millis(milliseconds))
    }

    /// Returns the time since the clock's start.
    #[must_use]
    pub const fn since_start(self) -> Duration {
        self.0
    }

    /// Returns how long before this point `earlier` was; zero when `earlier` is in fact later.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the point `before` this one; the clock's start when that would lie before it.
    #[must_use]
    pub const fn saturating_sub(self, before: Duration) -> Self {
        Self(self.0.saturating_sub(before))
    }
}

impl Add<Duration> for MonoTime {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0 + later)
    }
}

impl fmt::Display for MonoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}s", self.0.as_secs(), self.0.subsec_millis())
    }
}
