//! A simulated Contec CMS50 pulse oximeter, of either generation.
//!
//! Sixty samples a second with the numbers as they stand. The old one sends from the start and
//! listens to nobody; that of V7 sends when it is told to, and for as long as it hears that there
//! is somebody. How long a real one goes on without that is not known: this one gives up after
//! three missing signs of life. A perfusion index is sent by V7 where the patient has one.
//! **Not simulated:** the memory, the user names, the clock, and answers to commands.

use std::time::Duration;

use chairside_protocol::contec_cms50::message::{Command, Generation, Sample};

use super::nonin::pleth::beat;
use super::{Simulator, whole};
use crate::patient::{Missing, Signal, VitalSigns};

const SAMPLES_PER_SECOND: u64 = 60;

/// A device that is called later than this after a sample was due leaves out what it missed.
const CATCH_UP_MAX: Duration = Duration::from_secs(1);

/// Without a sign of life from the host for this long V7 stops.
const GIVES_UP_AFTER: Duration = Duration::from_secs(15);

/// Below this saturation the device says that it is low.
const LOW_SATURATION: u8 = 90;

/// What the curve of V7 shows without a finger.
const FLAT: u8 = 64;

/// Where the curve rests between beats, and how far it rises.
const REST: f64 = 20.0;
const HEIGHT: f64 = 90.0;

/// A simulated oximeter.
#[derive(Debug)]
pub struct ContecCms50 {
    generation: Generation,
    /// Samples that were due so far.
    sample: u64,
    /// The host's bytes that are no whole command yet.
    received: Vec<u8>,
    /// Until when V7 sends.
    sends_until: Option<Duration>,
}

impl ContecCms50 {
    /// Makes an oximeter that speaks V7.0.
    #[must_use]
    pub const fn v7() -> Self {
        Self::new(Generation::V7)
    }

    /// Makes an oximeter of the old generation.
    #[must_use]
    pub const fn old() -> Self {
        Self::new(Generation::Old)
    }

    const fn new(generation: Generation) -> Self {
        Self {
            generation,
            sample: 0,
            received: Vec::new(),
            sends_until: None,
        }
    }

    fn sends(&self, at: Duration) -> bool {
        self.generation == Generation::Old || self.sends_until.is_some_and(|until| at < until)
    }

    fn hear(&mut self, now: Duration, received: &[u8]) {
        if self.generation == Generation::Old {
            return;
        }
        for &byte in received {
            self.received.push(byte);
            // A command begins with the only byte that is not marked.
            if byte & 0x80 == 0 {
                self.received = vec![byte];
            }
            if self.received.len() < Command::LENGTH {
                continue;
            }
            match Command::parse(&self.received) {
                Ok(Command::StartRealTime) if !self.sends(now) => {
                    self.sample = next_sample(now);
                    self.sends_until = Some(now + GIVES_UP_AFTER);
                }
                Ok(Command::StartRealTime) => self.sends_until = Some(now + GIVES_UP_AFTER),
                Ok(Command::KeepAlive) if self.sends(now) => {
                    self.sends_until = Some(now + GIVES_UP_AFTER);
                }
                Ok(Command::StopRealTime) => self.sends_until = None,
                Ok(Command::KeepAlive) | Err(_) => {}
            }
            self.received.clear();
        }
    }
}

impl Simulator for ContecCms50 {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        if due(self.sample) + CATCH_UP_MAX < now {
            self.sample = next_sample(now);
        }
        while due(self.sample) <= now {
            if self.sends(due(self.sample)) {
                sample(self.generation, vitals).emit(self.generation, line);
            }
            self.sample += 1;
        }
        self.hear(now, received);
    }

    fn next_deadline(&self) -> Option<Duration> {
        let at = due(self.sample);
        self.sends(at).then_some(at)
    }
}

/// Returns when a sample is due. Counted from the start, so that nothing adds up.
const fn due(sample: u64) -> Duration {
    let seconds = Duration::from_secs(sample / SAMPLES_PER_SECOND);
    let nanos = sample % SAMPLES_PER_SECOND * 1_000_000_000 / SAMPLES_PER_SECOND;
    seconds.saturating_add(Duration::from_nanos(nanos))
}

/// Returns the first sample that is due at this moment or later.
fn next_sample(now: Duration) -> u64 {
    let mut sample = now.as_secs() * SAMPLES_PER_SECOND;
    while due(sample) < now {
        sample += 1;
    }
    sample
}

fn sample(generation: Generation, vitals: &VitalSigns) -> Sample {
    let is = |missing| [vitals.spo2, vitals.pulse_rate].contains(&Signal::Missing(missing));
    // A finger in a clip: without these channels there is none in it.
    let probe_error =
        is(Missing::ProbeOff) || [vitals.spo2, vitals.pulse_rate] == [Signal::NoChannel; 2];
    let searching = is(Missing::Searching) || is(Missing::Motion);
    let saturation = vitals.spo2.value().map(|percent| byte(percent, 100));
    let height = beat(vitals.beat_phase);
    let pleth = if probe_error {
        FLAT
    } else {
        byte(REST + HEIGHT * height, 127)
    };
    let perfusion_index = match vitals.perfusion_index {
        Signal::Value(percent) if !probe_error && generation == Generation::V7 => {
            Some(whole(percent * 100.0))
        }
        _ => None,
    };
    Sample {
        strength: if probe_error || searching { 0 } else { 7 },
        beep: !probe_error && vitals.beat_phase < 0.1,
        saturation_low: saturation.is_some_and(|percent| percent < LOW_SATURATION),
        searching_too_long: false,
        searching,
        probe_error,
        pleth,
        bar: if probe_error {
            0
        } else {
            byte(height * 15.0, 15)
        },
        rate: vitals.pulse_rate.value().map(|rate| byte(rate, 254)),
        saturation,
        perfusion_index,
    }
}

/// Rounds to a whole number that is no greater than a field's greatest.
fn byte(value: f64, most: u8) -> u8 {
    u8::try_from(whole(value)).map_or(most, |number| number.min(most))
}

#[cfg(test)]
mod tests;
