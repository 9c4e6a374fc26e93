//! A simulated program that prints what it read of a device, a JSON object a line.
//!
//! **Not simulated:** curves, alarms, and a program that ends.

use std::time::Duration;

use chairside_model::{Measured, Metric, Unavailable};
use chairside_protocol::ndjson::message::NumericLine;

use super::Simulator;
use crate::patient::{Missing, Signal, VitalSigns};

/// From one set of numbers to the next.
const PERIOD: Duration = Duration::from_secs(1);

/// A simulated program.
#[derive(Debug, Default)]
pub struct Ndjson {
    due: Duration,
    /// When the cuff's last result that was said had ended.
    said: Option<Duration>,
}

impl Simulator for Ndjson {
    fn handle(&mut self, now: Duration, _received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        if self.due > now {
            return;
        }
        while self.due <= now {
            self.due += PERIOD;
        }
        let mut say = |metric, measured, age| {
            NumericLine {
                metric,
                measured,
                age,
            }
            .emit(line);
        };
        for (metric, signal) in [
            (Metric::HeartRate, vitals.heart_rate),
            (Metric::SpO2, vitals.spo2),
            (Metric::PulseRate, vitals.pulse_rate),
            (Metric::RespirationRate, vitals.respiration_rate),
            (Metric::EtCO2, vitals.etco2),
            (Metric::Temperature, vitals.temperature),
        ] {
            let measured = match signal {
                Signal::Value(value) => Measured::plausible(metric, (value * 10.0).round() / 10.0),
                Signal::Missing(why) => Measured::Unavailable(reason(why)),
                Signal::NoChannel => continue,
            };
            say(metric, measured, Duration::ZERO);
        }
        let Some(cuff) = vitals
            .cuff
            .last
            .filter(|cuff| self.said != Some(cuff.ended))
        else {
            return;
        };
        self.said = Some(cuff.ended);
        let age = now.saturating_sub(cuff.ended);
        let pressures = cuff.pressures;
        for (metric, pressure) in [
            (
                Metric::NibpSystolic,
                pressures.and_then(|cuff| cuff.systolic),
            ),
            (
                Metric::NibpDiastolic,
                pressures.and_then(|cuff| cuff.diastolic),
            ),
            (Metric::NibpMean, pressures.and_then(|cuff| cuff.mean)),
        ] {
            let none = Measured::Unavailable(Unavailable::NoReading);
            let measured = pressure.map_or(none, |value| Measured::plausible(metric, value));
            say(metric, measured, age);
        }
    }

    fn next_deadline(&self) -> Option<Duration> {
        Some(self.due)
    }
}

const fn reason(why: Missing) -> Unavailable {
    match why {
        Missing::ProbeOff => Unavailable::SensorOff,
        Missing::Searching => Unavailable::Searching,
        Missing::Motion | Missing::Occluded | Missing::NoReading => Unavailable::NoReading,
    }
}
