//! The oximeter's own alarms, each told when it begins.

use super::message::{Alarms, Exceptions, Second};
use crate::{DeviceAlarmPriority, DriverOutput, Finding};

/// What the oximeter says of the patient. It does not say how urgent it is: the middle is taken.
const LIMITS: [(Alarms, &str); 4] = [
    (Alarms::SATURATION_HIGH, "SpO2 high"),
    (Alarms::SATURATION_LOW, "SpO2 low"),
    (Alarms::RATE_HIGH, "pulse rate high"),
    (Alarms::RATE_LOW, "pulse rate low"),
];

/// Faults that the values do not tell apart.
const FAULTS: [(Exceptions, &str); 2] = [
    (Exceptions::DEFECTIVE_SENSOR, "defective sensor"),
    (Exceptions::UNRECOGNISED_SENSOR, "unrecognised sensor"),
];

/// The alarms that have a name.
const NAMED: Alarms = Alarms::SATURATION_HIGH
    .union(Alarms::SATURATION_LOW)
    .union(Alarms::RATE_HIGH)
    .union(Alarms::RATE_LOW)
    .union(Alarms::ACTIVE)
    .union(Alarms::MUTED);

/// Watches the alarms from one line to the next.
#[derive(Debug, Default)]
pub(super) struct AlarmWatch {
    alarms: Alarms,
    /// Something is active that is not one of the four limits.
    other: bool,
    faults: Exceptions,
}

impl AlarmWatch {
    /// Takes the next line and tells what begins in it. A line without alarms says nothing of them.
    pub(super) fn take(&mut self, offset: u64, second: &Second, out: &mut DriverOutput) {
        let faults = std::mem::replace(&mut self.faults, second.exceptions.flags);
        for (fault, text) in FAULTS {
            if second.exceptions.flags.contains(fault) && !faults.contains(fault) {
                tell(offset, DeviceAlarmPriority::Medium, text, out);
            }
        }
        let Some(alarms) = second.alarms else {
            return;
        };
        let before = std::mem::replace(&mut self.alarms, alarms.flags);
        if alarms.flags == before {
            return;
        }
        let begins = |alarm| alarms.flags.contains(alarm) && !before.contains(alarm);
        for (alarm, text) in LIMITS {
            if begins(alarm) {
                tell(offset, DeviceAlarmPriority::Medium, text, out);
            }
        }
        let limit = LIMITS
            .iter()
            .any(|(alarm, _)| alarms.flags.contains(*alarm));
        let other = alarms.flags.contains(Alarms::ACTIVE) && !limit;
        if other && !self.other {
            tell(offset, DeviceAlarmPriority::Medium, "alarm active", out);
        }
        self.other = other;
        if begins(Alarms::MUTED) {
            tell(offset, DeviceAlarmPriority::Low, "alarm muted", out);
        }
        // Whatever it means, somebody may know it.
        let unnamed = alarms.flags.bits() & !NAMED.bits();
        if unnamed & !before.bits() != 0 {
            let text = format!("ALARM={:06X}", alarms.flags.bits()).into();
            let priority = DeviceAlarmPriority::Medium;
            out.push(offset, Finding::DeviceAlarm { priority, text });
        }
    }
}

fn tell(offset: u64, priority: DeviceAlarmPriority, text: &'static str, out: &mut DriverOutput) {
    let text = text.into();
    out.push(offset, Finding::DeviceAlarm { priority, text });
}
