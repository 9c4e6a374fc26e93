//! The oximeter's own alarms, each told when it begins.

use super::message::{Field, Measurement, Status, UnknownCode};
use crate::{DeviceAlarmPriority, DriverOutput, Finding};

/// The codes that are alarms or about alarms and power. The others are said with the values. The
/// oximeter does not say how urgent one is: for those about the patient the middle is taken.
const CODES: [(Status, DeviceAlarmPriority, &str); 10] = {
    use DeviceAlarmPriority::{Low, Medium};
    [
        (Status::SATURATION_HIGH, Medium, "SpO2 high"),
        (Status::SATURATION_LOW, Medium, "SpO2 low"),
        (Status::RATE_HIGH, Medium, "pulse rate high"),
        (Status::RATE_LOW, Medium, "pulse rate low"),
        (Status::PULSE_LOST, Medium, "loss of pulse"),
        (
            Status::PULSE_LOST_WITH_INTERFERENCE,
            Medium,
            "loss of pulse with interference",
        ),
        (Status::LOW_BATTERY, Low, "low battery"),
        (Status::ON_BATTERY, Low, "on battery"),
        (Status::ALARM_OFF, Low, "alarm off"),
        (Status::ALARM_SILENCE, Low, "alarm silenced"),
    ]
};

/// Watches the alarms from one line to the next.
#[derive(Debug, Default)]
pub(super) struct AlarmWatch {
    last: Standing,
}

/// What stands at one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Standing {
    status: Status,
    /// A star without a code that explains it.
    saturation_outside: bool,
    rate_outside: bool,
    unknown: Option<UnknownCode>,
}

impl AlarmWatch {
    /// Takes the next line and tells what begins in it.
    pub(super) fn take(&mut self, offset: u64, measurement: &Measurement, out: &mut DriverOutput) {
        let now = Standing::of(measurement);
        let before = std::mem::replace(&mut self.last, now);
        if now == before {
            return;
        }
        for (code, priority, text) in CODES {
            if now.status.contains(code) && !before.status.contains(code) {
                let text = text.into();
                out.push(offset, Finding::DeviceAlarm { priority, text });
            }
        }
        for (is, was, text) in [
            (
                now.saturation_outside,
                before.saturation_outside,
                "SpO2 outside its limits",
            ),
            (
                now.rate_outside,
                before.rate_outside,
                "pulse rate outside its limits",
            ),
        ] {
            if is && !was {
                let (priority, text) = (DeviceAlarmPriority::Medium, text.into());
                out.push(offset, Finding::DeviceAlarm { priority, text });
            }
        }
        if let Some(code) = now.unknown.filter(|code| before.unknown != Some(*code)) {
            let [first, second] = code.letters().map(char::from);
            let text = format!("status {first}{second}").into();
            let priority = DeviceAlarmPriority::Medium;
            out.push(offset, Finding::DeviceAlarm { priority, text });
        }
    }
}

impl Standing {
    fn of(measurement: &Measurement) -> Self {
        const SATURATION: Status = Status::SATURATION_HIGH.union(Status::SATURATION_LOW);
        const RATE: Status = Status::RATE_HIGH.union(Status::RATE_LOW);
        let unexplained = |field: Option<Field>, codes| {
            field.is_some_and(|field| field.outside) && !measurement.status.intersects(codes)
        };
        Self {
            status: measurement.status,
            saturation_outside: unexplained(measurement.saturation, SATURATION),
            rate_outside: unexplained(measurement.rate, RATE),
            unknown: measurement.unknown_code,
        }
    }
}
