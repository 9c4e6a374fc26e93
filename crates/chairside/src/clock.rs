//! The only place of the service that reads a clock.

use std::time::{Duration, Instant};

use chairside_model::MonoTime;
use chrono::{DateTime, Utc};

/// How far the clock's zero lies before the start of the process.
///
/// A monitor hands over its last cuff reading and temperature when it is connected, with their
/// age: they were taken before the process started, and must be as old as they are. The oldest age
/// that a known monitor tells is 99 998 s, less than 28 h.
const BEFORE_START: Duration = Duration::from_hours(48);

/// The process's clock: monotonic time, and the wall-clock time of its zero, which lies before the
/// start of the process.
///
/// Decisions use the monotonic time only. Wall-clock time is added where something is shown or
/// stored, so that a step of the wall clock changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
    /// How far the zero lies before the start.
    before: Duration,
    zero: DateTime<Utc>,
    /// How much faster than the world it goes.
    pace: u32,
}

impl Clock {
    /// Reads both clocks once; [`MonoTime::ZERO`] lies two days before this moment, and at a whole
    /// second of the wall clock: the seconds that rules are judged by are the same in every run,
    /// and a restart does not move them.
    #[must_use]
    pub fn start() -> Self {
        Self::start_at_pace(1)
    }

    /// The same for a clock that goes so many times as fast as the world does: hours of a clinic
    /// of simulated devices, which keep the same pace, pass in minutes.
    ///
    /// # Panics
    ///
    /// When the pace is 0.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the service that reads them"
    )]
    pub fn start_at_pace(pace: u32) -> Self {
        assert!(pace > 0, "a clock that stands");
        let (start, wall) = (Instant::now(), Utc::now());
        let part = Duration::from_nanos(wall.timestamp_subsec_nanos().into());
        let before = BEFORE_START + part;
        Self {
            start,
            before,
            zero: wall - before,
            pace,
        }
    }

    /// Returns a clock that is so much ahead of this one: for a test of what comes late, which
    /// waits for nothing.
    #[cfg(test)]
    pub(crate) fn ahead(self, by: Duration) -> Self {
        Self {
            before: self.before + by,
            ..self
        }
    }

    /// Returns how many times as fast as the world it goes.
    #[must_use]
    pub const fn pace(&self) -> u32 {
        self.pace
    }

    /// Returns the present moment.
    #[must_use]
    pub fn now(&self) -> MonoTime {
        MonoTime::from_start(self.before + self.start.elapsed() * self.pace)
    }

    /// Returns the last whole second, of this clock and of the wall clock.
    #[must_use]
    pub fn whole_second(&self) -> MonoTime {
        MonoTime::from_secs(self.now().since_start().as_secs())
    }

    /// Returns how long the process had been running at that point.
    #[must_use]
    pub const fn uptime(&self, at: MonoTime) -> Duration {
        at.saturating_since(MonoTime::from_start(self.before))
    }

    /// Returns the wall-clock time of [`MonoTime::ZERO`].
    #[must_use]
    pub const fn zero(&self) -> DateTime<Utc> {
        self.zero
    }

    /// Returns the wall-clock time of a point on the monotonic clock.
    #[must_use]
    pub fn wall(&self, at: MonoTime) -> DateTime<Utc> {
        wall(self.zero, at)
    }

    /// Returns what the wall clock says now, at no other pace than its own, also when it was set since the start: for what
    /// belongs to the hours of a day, and for nothing that is measured.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the service that reads them"
    )]
    pub fn wall_as_set(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// Returns the point as the runtime's timers want it.
    #[must_use]
    pub fn timer(&self, at: MonoTime) -> tokio::time::Instant {
        (self.start + self.uptime(at) / self.pace).into()
    }
}

/// Returns the wall-clock time of a point on a monotonic clock whose zero was then.
#[must_use]
pub fn wall(zero: DateTime<Utc>, at: MonoTime) -> DateTime<Utc> {
    let since = chrono::Duration::from_std(at.since_start()).unwrap_or(chrono::Duration::MAX);
    zero.checked_add_signed(since)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Returns the time of the runtime's timers, which a test can let run ahead. It says when to try
/// something again, and never when something happened.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the service that reads them"
)]
pub fn timer_now() -> tokio::time::Instant {
    tokio::time::Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_protocol::ge_v100::message::{NibpAge, TemperatureAge};

    #[test]
    fn what_a_monitor_kept_from_before_the_start_is_as_old_as_it_says() {
        let clock = Clock::start();
        let now = clock.now();
        for age in [
            NibpAge::OLDEST.duration(),
            TemperatureAge::OLDEST.duration(),
        ] {
            let taken = now.saturating_sub(age);
            assert_eq!(now.saturating_since(taken), age);
            assert!(
                clock.wall(now) - clock.wall(taken) == chrono::Duration::from_std(age).unwrap()
            );
        }
    }

    #[test]
    fn the_uptime_counts_from_the_start_and_timers_ring_in_the_present() {
        let clock = Clock::start();
        let now = clock.now();
        assert!(clock.uptime(now) < BEFORE_START);
        assert_eq!(clock.zero().timestamp_subsec_nanos(), 0);
        assert_eq!(
            clock.uptime(now + BEFORE_START),
            clock.uptime(now) + BEFORE_START
        );
        assert_eq!(clock.timer(MonoTime::ZERO), clock.start.into());
        let later = Duration::from_secs(5);
        assert_eq!(clock.timer(now + later), clock.timer(now) + later);
    }

    #[test]
    fn at_another_pace_hours_pass_in_minutes_and_timers_ring_as_much_sooner() {
        let clock = Clock::start_at_pace(60);
        let now = clock.now();
        let hour = Duration::from_hours(1);
        assert_eq!(
            clock.timer(now + hour) - clock.timer(now),
            Duration::from_mins(1)
        );
        assert_eq!(
            clock.wall(now + hour) - clock.wall(now),
            chrono::Duration::hours(1)
        );
        let slow = Clock::start();
        let millisecond = Duration::from_millis(1);
        while slow.uptime(slow.now()) < millisecond {}
        assert!(clock.uptime(clock.now()) >= millisecond * 60);
    }
}
