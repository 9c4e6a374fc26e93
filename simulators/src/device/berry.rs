//! A simulated Berry oximeter module, under whatever name it is sold.
//!
//! It speaks from the start and listens to nobody: a packet every ten milliseconds, with numbers
//! that change once a second.
//! **Not simulated:** its own average over beats, and the numbers' delay behind the curve.

use std::time::Duration;

use chairside_protocol::berry::message::{Finger, Packet, Signal as Seen};

use super::nonin::beat;
use super::{Simulator, whole};
use crate::patient::{Missing, Signal, VitalSigns};

/// From one packet to the next.
const PERIOD: Duration = Duration::from_millis(10);

/// A module that is called later than this after a packet was due leaves out what it missed.
const CATCH_UP_MAX: Duration = Duration::from_secs(1);

/// Where the curve rests between beats, and how far it rises above it, of 100.
const REST: f64 = 10.0;
const RISE: f64 = 80.0;

/// The part of a beat in which it beeps.
const BEEP_UNTIL: f64 = 0.1;

/// A simulated module.
#[derive(Debug, Default)]
pub struct Berry {
    /// When the next packet is due.
    due: Duration,
    /// The second whose numbers are sent, and those numbers.
    second: Option<u64>,
    numbers: Numbers,
}

#[derive(Clone, Copy, Debug, Default)]
struct Numbers {
    saturation: Option<u8>,
    rate: Option<u8>,
}

impl Simulator for Berry {
    fn handle(&mut self, now: Duration, _received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        if self.due + CATCH_UP_MAX < now {
            self.due = Duration::from_secs(now.as_secs());
        }
        while self.due <= now {
            self.packet(vitals).emit(line);
            self.due += PERIOD;
        }
    }

    fn next_deadline(&self) -> Option<Duration> {
        Some(self.due)
    }
}

impl Berry {
    fn packet(&mut self, vitals: &VitalSigns) -> Packet {
        let second = self.due.as_secs();
        if self.second != Some(second) {
            self.second = Some(second);
            self.numbers = Numbers::of(vitals);
        }
        let (seen, finger) = state(vitals);
        let is_seen = seen == Seen::NONE && finger == Finger::NONE;
        let height = beat(vitals.beat_phase);
        let beep = if is_seen && vitals.beat_phase < BEEP_UNTIL {
            Seen::BEEP
        } else {
            Seen::NONE
        };
        let numbers = if is_seen {
            self.numbers
        } else {
            Numbers::default()
        };
        Packet {
            signal: seen | beep,
            strength: if is_seen {
                strength(vitals.perfusion_index)
            } else {
                0
            },
            pleth: is_seen.then(|| byte(REST + RISE * height)),
            finger,
            bar: if is_seen { byte(15.0 * height) } else { 0 },
            rate: numbers.rate,
            saturation: numbers.saturation,
        }
    }
}

impl Numbers {
    fn of(vitals: &VitalSigns) -> Self {
        Self {
            saturation: vitals.spo2.value().map(|value| byte(value).min(100)),
            rate: vitals.pulse_rate.value().map(|value| byte(value).min(254)),
        }
    }
}

/// What is wrong with the probe, the finger and the signal.
fn state(vitals: &VitalSigns) -> (Seen, Finger) {
    let is = |missing| [vitals.spo2, vitals.pulse_rate].contains(&Signal::Missing(missing));
    if [vitals.spo2, vitals.pulse_rate] == [Signal::NoChannel; 2] {
        (Seen::PROBE_UNPLUGGED | Seen::NONE_SEEN, Finger::NONE)
    } else if is(Missing::ProbeOff) {
        (Seen::NONE_SEEN, Finger::ABSENT)
    } else if is(Missing::Searching) {
        (Seen::NONE, Finger::SEARCHING)
    } else if is(Missing::Motion) {
        (Seen::NONE_SEEN, Finger::NONE)
    } else {
        (Seen::NONE, Finger::NONE)
    }
}

/// The strength that goes with a perfusion index, %: 8 from 4 % on.
fn strength(perfusion: Signal) -> u8 {
    byte(perfusion.value().unwrap_or(3.0) * 2.0).clamp(1, 8)
}

fn byte(value: f64) -> u8 {
    u8::try_from(whole(value)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use chairside_model::{Measured, Metric, MonoTime, Reading, Unavailable};
    use chairside_protocol::berry::INFO;
    use chairside_protocol::{DriverOutput, Finding, LineInput};

    use super::*;

    fn well() -> VitalSigns {
        VitalSigns {
            pulse_rate: Signal::Value(139.6),
            spo2: Signal::Value(96.5),
            ..VitalSigns::UNMONITORED
        }
    }

    /// What the driver says of so many seconds of it, the last of each metric.
    fn readings(vitals: &VitalSigns, seconds: u64) -> Vec<(Metric, Measured)> {
        let (mut module, mut driver) = (Berry::default(), (INFO.build)());
        let (mut out, mut line) = (DriverOutput::default(), Vec::new());
        let until = Duration::from_secs(seconds);
        while let Some(at) = module.next_deadline().filter(|at| *at < until) {
            module.handle(at, &[], vitals, &mut line);
        }
        driver.handle(MonoTime::ZERO, LineInput::Received(&line), &mut out);
        let numeric = |finding| match finding {
            Finding::Reading(Reading::Numeric(one)) => Some((one.metric, one.measured)),
            Finding::Discarded { .. } => panic!("{finding:?}"),
            _ => None,
        };
        let all = out.events.into_iter().map(|event| event.finding);
        all.filter_map(numeric).collect()
    }

    #[test]
    fn the_driver_reads_the_patient_rounded_half_up_once_a_second() {
        let second = [
            (Metric::SpO2, Measured::plausible(Metric::SpO2, 97.0)),
            (
                Metric::PulseRate,
                Measured::plausible(Metric::PulseRate, 140.0),
            ),
        ];
        assert_eq!(readings(&well(), 0), []);
        assert_eq!(readings(&well(), 1), second);
        assert_eq!(readings(&well(), 4), second.repeat(4));
    }

    #[test]
    fn what_is_missing_is_said_with_its_reason() {
        let off = |missing| VitalSigns {
            pulse_rate: Signal::Missing(missing),
            spo2: Signal::Missing(missing),
            ..well()
        };
        for (vitals, why) in [
            (VitalSigns::UNMONITORED, Unavailable::NoSensor),
            (off(Missing::ProbeOff), Unavailable::SensorOff),
            (off(Missing::Searching), Unavailable::Searching),
            (off(Missing::Motion), Unavailable::NoReading),
            (off(Missing::NoReading), Unavailable::NoReading),
        ] {
            let none = Measured::Unavailable(why);
            let both = [(Metric::SpO2, none), (Metric::PulseRate, none)];
            assert_eq!(readings(&vitals, 1), both, "{why:?}");
        }
    }

    #[test]
    fn a_module_that_slept_leaves_out_what_it_missed() {
        let (mut module, mut line) = (Berry::default(), Vec::new());
        module.handle(Duration::from_mins(10), &[], &well(), &mut line);
        assert_eq!(line.len(), Packet::LENGTH);
    }
}
