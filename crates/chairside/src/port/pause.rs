//! How long a port waits before the next attempt.

use std::collections::VecDeque;
use std::time::Duration;

use chairside_model::DeviceId;
use tokio::time::Instant;

/// First pause before a port is opened again; doubles up to [`REOPEN_PAUSE_MAX`].
const REOPEN_PAUSE: Duration = Duration::from_millis(100);

/// Longest pause between two attempts. With a fifth of jitter it keeps a device that comes back
/// within the two seconds of reliability goal R2.
const REOPEN_PAUSE_MAX: Duration = Duration::from_secs(1);

/// A port that was open for less than this was not really there: the pauses go on growing.
const HELD: Duration = Duration::from_secs(1);

/// A task that fails more often than [`FAILURES_MAX`] times in this time is left alone for
/// [`LEFT_ALONE`].
const FAILURES_WITHIN: Duration = Duration::from_mins(1);
const FAILURES_MAX: usize = 5;
const LEFT_ALONE: Duration = Duration::from_secs(30);

/// The growing pause between two attempts, spread by up to a fifth so that ports which fell
/// together do not knock together.
#[derive(Debug)]
pub(super) struct Pause {
    next: Duration,
    spread: u32,
}

impl Pause {
    pub(super) fn new(device: DeviceId) -> Self {
        Self {
            next: REOPEN_PAUSE,
            spread: u32::from(device.0) * 7 + 3,
        }
    }

    /// Begins anew after a port that was open for that long, if that was long enough.
    pub(super) fn was_open_for(&mut self, time: Duration) {
        if time >= HELD {
            self.next = REOPEN_PAUSE;
        }
    }

    pub(super) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (self.next * 2).min(REOPEN_PAUSE_MAX);
        // 80 to 120 per cent, in eleven steps.
        self.spread = self.spread.wrapping_mul(31).wrapping_add(17);
        pause * (80 + (self.spread % 11) * 4) / 100
    }
}

/// The failures of a port's task, which are mistakes of ours.
#[derive(Debug, Default)]
pub(super) struct Failures {
    at: VecDeque<Instant>,
}

impl Failures {
    /// Notes one, and returns how long the port is left alone.
    pub(super) fn pause_after(&mut self, now: Instant) -> Duration {
        self.at.push_back(now);
        while self
            .at
            .front()
            .is_some_and(|at| now.saturating_duration_since(*at) > FAILURES_WITHIN)
        {
            self.at.pop_front();
        }
        if self.at.len() > FAILURES_MAX {
            LEFT_ALONE
        } else {
            REOPEN_PAUSE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_tried_again_within_the_two_seconds_of_goal_r2() {
        let mut pause = Pause::new(DeviceId(5));
        let pauses: Vec<_> = (0..50).map(|_| pause.next()).collect();
        assert!(pauses[0] <= REOPEN_PAUSE * 12 / 10);
        assert!(
            pauses
                .iter()
                .all(|pause| *pause <= REOPEN_PAUSE_MAX * 12 / 10)
        );
        assert!(pauses.iter().all(|pause| *pause >= REOPEN_PAUSE * 8 / 10));
        pause.was_open_for(HELD);
        assert!(pause.next() <= REOPEN_PAUSE * 12 / 10);
    }

    #[test]
    fn a_port_that_dies_at_once_does_not_begin_the_pauses_anew() {
        let mut pause = Pause::new(DeviceId(5));
        for _ in 0..6 {
            pause.next();
            pause.was_open_for(HELD / 2);
        }
        assert!(pause.next() >= REOPEN_PAUSE_MAX * 8 / 10);
    }

    #[test]
    fn the_sixth_failure_within_a_minute_is_left_alone_and_a_rare_one_is_not() {
        let start = crate::clock::timer_now();
        let second = Duration::from_secs(1);
        let mut failures = Failures::default();
        for count in 0..5 {
            assert_eq!(failures.pause_after(start + second * count), REOPEN_PAUSE);
        }
        assert_eq!(failures.pause_after(start + second * 5), LEFT_ALONE);
        assert_eq!(failures.pause_after(start + second * 200), REOPEN_PAUSE);
    }
}
