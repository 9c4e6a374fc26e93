//! A line that spoils what a device sends: seeded, so that a failure can be had again.
//!
//! Faults act on the bytes from the device to the host. **Not simulated:** faults on the bytes
//! of the host (to a polled device a lost request and a lost reply are the same). The wrong bytes
//! of a wrong line speed are in [`uart`](crate::uart).

mod spec;

use std::collections::VecDeque;
use std::time::Duration;

use crate::noise::Noise;

pub use spec::FaultError;

/// What a line does to the bytes; [`Faults::NONE`] does nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faults {
    /// Probability that a byte is lost.
    pub drop: f64,
    /// Probability that one bit of a byte is turned over.
    pub flip: f64,
    /// Probability that a byte comes twice.
    pub duplicate: f64,
    /// Probability that what follows a byte comes [`SPLIT_PAUSE`] later.
    pub split: f64,
    /// Times in which nothing comes; it comes afterwards, at once.
    pub stall: Option<Stall>,
    /// Bytes that nobody sent.
    pub garbage: Option<Garbage>,
}

/// Once in each period, at a moment that the seed gives, the line holds everything back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    /// How long.
    pub length: Duration,
    /// Once in this time; longer than the length.
    pub period: Duration,
}

/// Once in each period, at a moment that the seed gives, random bytes come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Garbage {
    /// How many.
    pub bytes: usize,
    /// Once in this time.
    pub period: Duration,
}

impl Faults {
    /// A good line.
    pub const NONE: Self = Self {
        drop: 0.0,
        flip: 0.0,
        duplicate: 0.0,
        split: 0.0,
        stall: None,
        garbage: None,
    };

    /// Reads a list such as `drop=0.001,flip=1e-4,duplicate=0.001,split=0.01,stall=2s/60s,garbage=16/30s`.
    ///
    /// Each name stands once at most, in any order; what is not named does not happen. A good line
    /// is `none`. What a line's [`Display`](std::fmt::Display) gives is read back the same.
    /// Probabilities are for each byte and from 0 to 1; times end in `ms`, `s` or `m`.
    ///
    /// # Errors
    ///
    /// The first part of the list that is not as described.
    pub fn parse(text: &str) -> Result<Self, FaultError> {
        spec::parse(text)
    }
}

/// How much later the rest comes after a split.
pub const SPLIT_PAUSE: Duration = Duration::from_millis(20);

/// Bytes that the line holds back at most, as the buffer of a serial driver; more are lost.
const HELD_MAX: usize = 4096;

/// A line with faults: bytes and the time go in, other bytes come out.
#[derive(Debug)]
pub struct FaultyLine {
    faults: Faults,
    drop: Noise,
    flip: Noise,
    duplicate: Noise,
    split: Noise,
    garbage: Noise,
    stall: Moments,
    bursts: Moments,
    /// Index of the next burst of garbage.
    burst: u64,
    held: VecDeque<Held>,
    /// After a split nothing leaves before this.
    free_at: Duration,
}

/// A byte on its way.
#[derive(Clone, Copy, Debug)]
struct Held {
    byte: u8,
    /// It waits for the pause of a split.
    pauses: bool,
}

impl FaultyLine {
    /// Makes a line; the same faults and the same seed spoil the same bytes in the same way.
    #[must_use]
    pub const fn new(faults: Faults, seed: u64) -> Self {
        Self {
            faults,
            drop: Noise::new(seed, 1),
            flip: Noise::new(seed, 2),
            duplicate: Noise::new(seed, 3),
            split: Noise::new(seed, 4),
            garbage: Noise::new(seed, 5),
            stall: Moments { seed, stream: 6 },
            bursts: Moments { seed, stream: 7 },
            burst: 0,
            held: VecDeque::new(),
            free_at: Duration::ZERO,
        }
    }

    /// Makes the line as good or bad as this, from `now` on.
    pub fn change(&mut self, faults: Faults, now: Duration) {
        self.faults = faults;
        // A burst that would have been is not made up for.
        let period = faults.garbage.map(|garbage| garbage.period);
        self.burst = period.map_or(0, |period| periods(now, period) + 1);
    }

    /// Takes what the device sends `now` (nothing when only time passed) and appends what the
    /// host receives to `out`. `now` never falls.
    pub fn handle(&mut self, now: Duration, sent: &[u8], out: &mut Vec<u8>) {
        while self.next_burst().is_some_and(|burst| burst <= now) {
            self.burst += 1;
            for _ in 0..self.faults.garbage.map_or(0, |garbage| garbage.bytes) {
                let byte = self.garbage.byte();
                self.hold(byte);
            }
        }
        for &byte in sent {
            self.take(byte);
        }
        self.release(now, out);
        self.held.truncate(HELD_MAX);
    }

    /// Returns when bytes come although the device sends nothing.
    #[must_use]
    pub fn next_deadline(&self, now: Duration) -> Option<Duration> {
        let held = (!self.held.is_empty()).then(|| match self.stalled_until(now) {
            Some(end) => end.max(self.free_at),
            None => self.free_at,
        });
        [held, self.next_burst()].into_iter().flatten().min()
    }

    fn take(&mut self, byte: u8) {
        let (drop, flip) = (
            self.drop.happens(self.faults.drop),
            self.flip.happens(self.faults.flip),
        );
        // Drawn whether or not it is needed: what happens to one byte must not decide over the
        // ones that follow.
        let bit = self.flip.below(8);
        let duplicate = self.duplicate.happens(self.faults.duplicate);
        let split = self.split.happens(self.faults.split);
        if !drop {
            let byte = if flip { byte ^ (1 << bit) } else { byte };
            self.hold(byte);
            if duplicate {
                self.hold(byte);
            }
        }
        if split && let Some(last) = self.held.back_mut() {
            last.pauses = true;
        }
    }

    fn hold(&mut self, byte: u8) {
        let pauses = false;
        self.held.push_back(Held { byte, pauses });
    }

    fn release(&mut self, now: Duration, out: &mut Vec<u8>) {
        if now < self.free_at || self.stalled_until(now).is_some() {
            return;
        }
        while let Some(held) = self.held.pop_front() {
            out.push(held.byte);
            if held.pauses {
                self.free_at = now + SPLIT_PAUSE;
                return;
            }
        }
    }

    fn stalled_until(&self, now: Duration) -> Option<Duration> {
        let Stall { length, period } = self.faults.stall?;
        let start = self
            .stall
            .moment(periods(now, period), period, period.saturating_sub(length));
        (start <= now && now < start + length).then_some(start + length)
    }

    fn next_burst(&self) -> Option<Duration> {
        let period = self.faults.garbage?.period;
        Some(self.bursts.moment(self.burst, period, period))
    }
}

/// One moment in each period, at a place that the seed gives.
#[derive(Clone, Copy, Debug)]
struct Moments {
    seed: u64,
    stream: u64,
}

impl Moments {
    /// Returns the moment in the period with this index, at most `room` after its start.
    fn moment(self, index: u64, period: Duration, room: Duration) -> Duration {
        let mut noise = Noise::new(
            self.seed ^ index.wrapping_mul(0xD1B5_4A32_D192_ED03),
            self.stream,
        );
        let start = period.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX));
        start.saturating_add(room.mul_f64(noise.unit()))
    }
}

/// Returns how many whole periods have passed.
fn periods(now: Duration, period: Duration) -> u64 {
    u64::try_from(now.as_nanos() / period.as_nanos().max(1)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
