//! A simulated Masimo oximeter that sends ASCII-1.
//!
//! It speaks from the start and listens to nobody: a line a second, with the patient of that
//! moment. As a Radical-7 it sends every token, the rainbow measurements as dashes; as a Rad-8
//! those of the one line that was quoted from one, without a perfusion index.
//! **Not simulated:** numbers that stay while the sensor is off, ASCII-2, the trend memory's
//! printout, the rainbow measurements, and the 3D alarms.

use std::time::Duration;

use chairside_protocol::masimo::message::{
    Alarms, DeviceTime, Exceptions, Hexadecimal, Model, PerfusionIndex, Second, SerialNumber,
};

use super::{Simulator, whole};
use crate::patient::{Missing, Signal, VitalSigns};

/// From one line to the next.
const PERIOD: Duration = Duration::from_secs(1);

/// A device that is called later than this after a line was due leaves out what it missed.
const CATCH_UP_MAX: Duration = Duration::from_secs(1);

/// Perfusion indices below which it says that the perfusion is low, per cent. Where the real one
/// changes is not known.
const LOW_PERFUSION_BELOW: f64 = 0.3;

/// The limits it was set to: saturation low, %; pulse rate low and high, /min.
const SATURATION_LOW: u16 = 88;
const RATE_LOW: u16 = 50;
const RATE_HIGH: u16 = 140;

/// A simulated oximeter.
#[derive(Debug)]
pub struct Masimo {
    model: Model,
    serial_number: SerialNumber,
    /// When the next line is due.
    due: Duration,
}

impl Masimo {
    /// Makes a Radical-7.
    #[must_use]
    pub fn radical7() -> Self {
        Self::with_serial(Model::Radical7, "0000070001")
    }

    /// Makes a Rad-8.
    #[must_use]
    pub fn rad8() -> Self {
        Self::with_serial(Model::Rad8, "0000080001")
    }

    /// Makes the oximeter with that serial number: ten digits or capital letters.
    ///
    /// # Panics
    ///
    /// When it is no such number.
    #[must_use]
    pub fn with_serial(model: Model, serial_number: &str) -> Self {
        Self {
            model,
            serial_number: SerialNumber::new(serial_number)
                .expect("a serial number is ten digits or capital letters"),
            due: Duration::ZERO,
        }
    }
}

impl Simulator for Masimo {
    fn handle(&mut self, now: Duration, _received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        if self.due + CATCH_UP_MAX < now {
            self.due = Duration::from_secs(now.as_secs()) + PERIOD;
        }
        while self.due <= now {
            self.second(vitals).emit(self.model, line);
            self.due += PERIOD;
        }
    }

    fn next_deadline(&self) -> Option<Duration> {
        Some(self.due)
    }
}

impl Masimo {
    fn second(&self, vitals: &VitalSigns) -> Second {
        let saturation = vitals.spo2.value().map(|value| whole(value).min(100));
        let rate = vitals.pulse_rate.value().map(whole);
        let (alarm_digits, exception_digits) = match self.model {
            Model::Rad8 => (4, 6),
            Model::Radical7 => (6, 7),
        };
        Second {
            clock: self.clock(),
            serial_number: Some(self.serial_number),
            saturation,
            rate,
            perfusion_index: self.perfusion_index(vitals),
            alarms: Some(Hexadecimal {
                flags: alarms(saturation, rate),
                digits: alarm_digits,
            }),
            exceptions: Hexadecimal {
                flags: exceptions(vitals),
                digits: exception_digits,
            },
        }
    }

    /// Nobody has set its clock: it began with the story.
    fn clock(&self) -> DeviceTime {
        let seconds = self.due.as_secs();
        let part = |part: u64| u8::try_from(part).expect("the remainder is below 100");
        DeviceTime {
            month: 1,
            day: part(1 + seconds / 86_400 % 28),
            year: 0,
            hour: part(seconds / 3600 % 24),
            minute: part(seconds / 60 % 60),
            second: part(seconds % 60),
        }
    }

    fn perfusion_index(&self, vitals: &VitalSigns) -> PerfusionIndex {
        match (self.model, vitals.perfusion_index.value()) {
            (Model::Rad8, _) => PerfusionIndex::NotSent,
            // Without a pulse there is no index, whatever the story says.
            (Model::Radical7, Some(index)) if vitals.pulse_rate.value().is_some() => {
                PerfusionIndex::Hundredths(whole(index * 100.0).min(2000))
            }
            (Model::Radical7, Some(_) | None) => PerfusionIndex::None,
        }
    }
}

fn exceptions(vitals: &VitalSigns) -> Exceptions {
    let is = |missing| [vitals.spo2, vitals.pulse_rate].contains(&Signal::Missing(missing));
    if [vitals.spo2, vitals.pulse_rate] == [Signal::NoChannel; 2] {
        return Exceptions::NO_SENSOR;
    }
    let low_perfusion = vitals
        .perfusion_index
        .value()
        .is_some_and(|index| index < LOW_PERFUSION_BELOW);
    [
        (is(Missing::ProbeOff), Exceptions::SENSOR_OFF),
        (is(Missing::Searching), Exceptions::PULSE_SEARCH),
        (is(Missing::Motion), Exceptions::INTERFERENCE),
        (low_perfusion, Exceptions::LOW_PERFUSION),
    ]
    .into_iter()
    .filter(|(stands, _)| *stands)
    .fold(Exceptions::SET, |all, (_, exception)| all | exception)
}

fn alarms(saturation: Option<u16>, rate: Option<u16>) -> Alarms {
    let below = |value: Option<u16>, limit| value.is_some_and(|value| value < limit);
    let standing = [
        (below(saturation, SATURATION_LOW), Alarms::SATURATION_LOW),
        (below(rate, RATE_LOW), Alarms::RATE_LOW),
        (rate.is_some_and(|rate| rate > RATE_HIGH), Alarms::RATE_HIGH),
    ]
    .into_iter()
    .filter(|(stands, _)| *stands)
    .fold(Alarms::NONE, |all, (_, alarm)| all | alarm);
    if standing == Alarms::NONE {
        Alarms::NONE
    } else {
        standing | Alarms::ACTIVE
    }
}

#[cfg(test)]
mod tests;
