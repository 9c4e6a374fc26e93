//! From what the oximeter says to findings.

use chairside_model::{Measured, Metric, MonoTime, Reading, Unavailable};

use super::alarms::AlarmWatch;
use super::message::{Exceptions, PerfusionIndex, Second, SerialNumber};
use crate::{DriverOutput, Finding};

/// With one of these the oximeter doubts its numbers.
const DOUBTED: Exceptions = Exceptions::LOW_PERFUSION
    .union(Exceptions::INTERFERENCE)
    .union(Exceptions::AMBIENT_LIGHT)
    .union(Exceptions::LOW_SIGNAL_QUALITY);

/// Turns lines into findings and remembers what was told.
#[derive(Debug, Default)]
pub(super) struct Readings {
    identity: Option<SerialNumber>,
    alarms: AlarmWatch,
}

impl Readings {
    /// Takes the line that ends at this offset, of the oximeter with this serial number.
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        offset: u64,
        second: &Second,
        identity: Option<SerialNumber>,
        out: &mut DriverOutput,
    ) {
        out.push_with(offset, || Finding::Frame);
        if let Some(serial_number) = identity
            && self.identity.replace(serial_number) != identity
        {
            out.push(offset, Finding::Identity(serial_number.text().into()));
        }
        let exceptions = second.exceptions.flags;
        let mut give = |metric, number| {
            let measured = measured(metric, number, exceptions);
            out.push_with(offset, || {
                Finding::Reading(Reading::numeric(metric, measured, now))
            });
        };
        give(Metric::SpO2, second.saturation.map(f64::from));
        give(Metric::PulseRate, second.rate.map(f64::from));
        match second.perfusion_index {
            PerfusionIndex::NotSent => {}
            PerfusionIndex::None => give(Metric::PerfusionIndex, None),
            PerfusionIndex::Hundredths(hundredths) => {
                give(Metric::PerfusionIndex, Some(f64::from(hundredths) / 100.0));
            }
        }
        self.alarms.take(offset, second, out);
    }
}

/// Returns the number as far as it is to be trusted. One that stands beside a missing sensor is
/// an old one; 0 is none that an oximeter measures.
fn measured(metric: Metric, number: Option<f64>, exceptions: Exceptions) -> Measured {
    if let Some(why) = missing(exceptions) {
        return Measured::Unavailable(why);
    }
    match number {
        Some(number) if number > 0.0 => {
            let measured = Measured::plausible(metric, number);
            if exceptions.intersects(DOUBTED) {
                measured.doubted()
            } else {
                measured
            }
        }
        Some(_) | None => Measured::Unavailable(Unavailable::NoReading),
    }
}

fn missing(exceptions: Exceptions) -> Option<Unavailable> {
    const UNUSABLE: Exceptions =
        Exceptions::DEFECTIVE_SENSOR.union(Exceptions::UNRECOGNISED_SENSOR);
    if exceptions.contains(Exceptions::NO_SENSOR) {
        Some(Unavailable::NoSensor)
    } else if exceptions.contains(Exceptions::SENSOR_OFF) {
        Some(Unavailable::SensorOff)
    } else if exceptions.intersects(UNUSABLE) {
        Some(Unavailable::NoReading)
    } else if exceptions.contains(Exceptions::PULSE_SEARCH) {
        Some(Unavailable::Searching)
    } else {
        None
    }
}
