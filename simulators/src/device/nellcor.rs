//! A simulated Nellcor oximeter that prints its values in ASCII.
//!
//! It speaks from the start: a heading, a line every two seconds with the patient of that moment,
//! and the heading again after 25 lines. XOFF stops it and XON has it go on, as the manual says.
//! **Not simulated:** the interactive menu, the trend memory's and the event log's printout, digits
//! that stay while the sensor is off, changed limits, and an NPB-290 on battery.

use std::time::Duration;

use chairside_protocol::nellcor::message::{
    DeviceTime, Field, Heading, Measurement, Month, Status,
};

use super::{Simulator, whole};
use crate::patient::{Missing, Signal, VitalSigns};

/// From one line to the next.
const PERIOD: Duration = Duration::from_secs(2);

/// Lines below one heading.
const LINES_PER_HEADING: u64 = 25;

const HEADING: [Heading; 3] = [Heading::Model, Heading::Mode, Heading::Columns];

/// A device that is called later than this after a line was due leaves out what it missed.
const CATCH_UP_MAX: Duration = Duration::from_secs(2);

/// The limits it was set to: saturation low, %; pulse rate low and high, /min. They stand in the
/// heading.
const SATURATION_LOW: u16 = 85;
const RATE_LOW: u16 = 50;
const RATE_HIGH: u16 = 140;

/// What a perfusion index of 1 % is as pulse amplitude, which has no unit.
const AMPLITUDE_OF_ONE_PERCENT: f64 = 20.0;

/// The bytes of a host that it listens to.
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;

/// A simulated oximeter.
#[derive(Debug, Default)]
pub struct Nellcor {
    /// The number of the next line, from the start of the story.
    line: u64,
    /// Lines since the last heading.
    printed: u64,
    stopped: bool,
}

impl Simulator for Nellcor {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        for byte in received {
            match *byte {
                XON => self.stopped = false,
                XOFF => self.stopped = true,
                _ => {}
            }
        }
        if self.due() + CATCH_UP_MAX < now {
            self.line = now.as_secs() / PERIOD.as_secs() + 1;
        }
        while self.due() <= now {
            if !self.stopped {
                self.print(vitals, line);
            }
            self.line += 1;
        }
    }

    fn next_deadline(&self) -> Option<Duration> {
        Some(self.due())
    }
}

impl Nellcor {
    const fn due(&self) -> Duration {
        Duration::from_secs(self.line * PERIOD.as_secs())
    }

    fn print(&mut self, vitals: &VitalSigns, line: &mut Vec<u8>) {
        if self.printed.is_multiple_of(LINES_PER_HEADING) {
            for heading in HEADING {
                heading.emit(line);
            }
        }
        self.printed += 1;
        measurement(self.due(), vitals).emit(line);
    }
}

fn measurement(at: Duration, vitals: &VitalSigns) -> Measurement {
    let saturation = vitals.spo2.value().map(|value| whole(value).min(100));
    let rate = vitals.pulse_rate.value().map(|value| whole(value).min(999));
    let below = |value: Option<u16>, limit| value.is_some_and(|value| value < limit);
    let saturation_low = below(saturation, SATURATION_LOW);
    let rate_low = below(rate, RATE_LOW);
    let rate_high = rate.is_some_and(|rate| rate > RATE_HIGH);
    let codes = [
        (saturation_low, Status::SATURATION_LOW),
        (rate_low, Status::RATE_LOW),
        (rate_high, Status::RATE_HIGH),
    ];
    let status = codes
        .into_iter()
        .filter(|(stands, _)| *stands)
        .fold(sensor(vitals), |all, (_, code)| all | code);
    let field = |number: Option<u16>, outside| number.map(|number| Field { number, outside });
    // Without a pulse it has no amplitude, whatever the story says.
    let amplitude = rate.and(vitals.perfusion_index.value());
    Measurement {
        clock: clock(at),
        saturation: field(saturation, saturation_low),
        rate: field(rate, rate_low || rate_high),
        amplitude: amplitude.map(|index| whole(index * AMPLITUDE_OF_ONE_PERCENT).min(255)),
        status,
        unknown_code: None,
    }
}

fn sensor(vitals: &VitalSigns) -> Status {
    let is = |missing| [vitals.spo2, vitals.pulse_rate].contains(&Signal::Missing(missing));
    if [vitals.spo2, vitals.pulse_rate] == [Signal::NoChannel; 2] {
        Status::SENSOR_DISCONNECTED
    } else if is(Missing::ProbeOff) {
        Status::SENSOR_OFF
    } else if is(Missing::Searching) {
        Status::PULSE_SEARCH
    } else if is(Missing::Motion) {
        Status::INTERFERENCE
    } else {
        Status::NONE
    }
}

/// Nobody has set its clock: it began with the story.
fn clock(at: Duration) -> DeviceTime {
    let seconds = at.as_secs();
    let part = |part: u64| u8::try_from(part).expect("the remainder is below 100");
    DeviceTime {
        day: part(1 + seconds / 86_400 % 28),
        month: Month::new(1).expect("January is the first"),
        year: 0,
        hour: part(seconds / 3600 % 24),
        minute: part(seconds / 60 % 60),
        second: part(seconds % 60),
    }
}

#[cfg(test)]
mod tests;
