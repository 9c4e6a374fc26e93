//! From what the oximeter says to findings.

use chairside_model::{Measured, Metric, MonoTime, Reading, Unavailable};

use super::alarms::AlarmWatch;
use super::message::{Field, Measurement, Status};
use crate::{DriverOutput, Finding};

/// Turns lines into findings and remembers what was told.
#[derive(Debug, Default)]
pub(super) struct Readings {
    alarms: AlarmWatch,
}

impl Readings {
    /// Takes the line that ends at this offset.
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        offset: u64,
        measurement: &Measurement,
        out: &mut DriverOutput,
    ) {
        out.push_with(offset, || Finding::Frame);
        for (metric, field) in [
            (Metric::SpO2, measurement.saturation),
            (Metric::PulseRate, measurement.rate),
        ] {
            let measured = measured(metric, field, measurement);
            out.push_with(offset, || {
                Finding::Reading(Reading::numeric(metric, measured, now))
            });
        }
        self.alarms.take(offset, measurement, out);
    }
}

/// Returns the number as far as it is to be trusted. One that stands beside a sensor that is off
/// is an old one; 0 is none that an oximeter measures. A code that nobody knows may mean
/// anything.
fn measured(metric: Metric, field: Option<Field>, measurement: &Measurement) -> Measured {
    const DOUBTED: Status = Status::INTERFERENCE.union(Status::PULSE_LOST_WITH_INTERFERENCE);
    if let Some(why) = missing(measurement.status) {
        return Measured::Unavailable(why);
    }
    match field.map(|field| field.number) {
        Some(number @ 1..) => {
            let measured = Measured::plausible(metric, number.into());
            let doubted =
                measurement.status.intersects(DOUBTED) || measurement.unknown_code.is_some();
            if doubted {
                measured.doubted()
            } else {
                measured
            }
        }
        Some(_) | None => Measured::Unavailable(Unavailable::NoReading),
    }
}

fn missing(status: Status) -> Option<Unavailable> {
    if status.contains(Status::SENSOR_DISCONNECTED) {
        Some(Unavailable::NoSensor)
    } else if status.contains(Status::SENSOR_OFF) {
        Some(Unavailable::SensorOff)
    } else if status.contains(Status::PULSE_LOST) {
        Some(Unavailable::NoReading)
    } else if status.contains(Status::PULSE_SEARCH) {
        Some(Unavailable::Searching)
    } else {
        None
    }
}
