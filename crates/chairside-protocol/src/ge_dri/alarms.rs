//! The monitor's own alarms, each told when it begins.

use super::message::{ALARMS_MAX, Alarm, AlarmStatus, Co2Status, Colour, Displayed, EcgStatus};
use crate::{DeviceAlarmPriority, DriverOutput, Finding};

/// Remembers what stands.
#[derive(Debug)]
pub(super) struct AlarmWatch {
    /// What the last status said; nothing as long as there was none.
    standing: Option<[Alarm; ALARMS_MAX]>,
    bits: [bool; BITS.len()],
}

/// What the status bits beside the values say. They are the only alarms of a monitor that sends
/// no alarm status. How urgent they are is not said, so the middle is taken.
const BITS: [&str; 3] = ["asystole", "apnea", "apnea by impedance"];

impl Default for AlarmWatch {
    fn default() -> Self {
        Self {
            standing: None,
            bits: [false; BITS.len()],
        }
    }
}

impl AlarmWatch {
    /// Takes an alarm status and tells the alarms that did not stand before.
    pub(super) fn status(&mut self, offset: u64, status: &AlarmStatus, out: &mut DriverOutput) {
        let before = self.standing.replace(status.alarms);
        let before = before.unwrap_or([Alarm::NONE; ALARMS_MAX]);
        for alarm in &status.alarms {
            if let Some(priority) = priority(alarm.colour)
                && !before.contains(alarm)
            {
                let text = text(alarm).into();
                out.push(offset, Finding::DeviceAlarm { priority, text });
            }
        }
    }

    /// Takes the bits beside the values. They are silent when the monitor sends its alarms, which
    /// say the same in its own words.
    pub(super) fn bits(&mut self, offset: u64, displayed: &Displayed, out: &mut DriverOutput) {
        let co2 = displayed.co2.status;
        let apnoea = |bit| co2.contains(bit) && !co2.contains(Co2Status::APNOEA_OFF);
        let bits = [
            displayed.ecg.status.contains(EcgStatus::ASYSTOLE),
            apnoea(Co2Status::APNOEA),
            apnoea(Co2Status::APNOEA_BY_IMPEDANCE),
        ];
        let before = std::mem::replace(&mut self.bits, bits);
        if self.standing.is_some() {
            return;
        }
        for ((text, stands), stood) in BITS.into_iter().zip(bits).zip(before) {
            if stands && !stood {
                let priority = DeviceAlarmPriority::Medium;
                let text = text.into();
                out.push(offset, Finding::DeviceAlarm { priority, text });
            }
        }
    }
}

const fn priority(colour: Colour) -> Option<DeviceAlarmPriority> {
    match colour {
        Colour::None => None,
        Colour::White => Some(DeviceAlarmPriority::Low),
        Colour::Yellow => Some(DeviceAlarmPriority::Medium),
        Colour::Red => Some(DeviceAlarmPriority::High),
    }
}

/// Returns the monitor's words. The character set is not known: what is not ASCII is replaced.
fn text(alarm: &Alarm) -> String {
    let readable = |&byte: &u8| match byte {
        b' '..=b'~' => char::from(byte),
        _ => char::REPLACEMENT_CHARACTER,
    };
    let text: String = alarm.text().iter().map(readable).collect();
    let text = text.trim();
    if text.is_empty() {
        "alarm without words".to_owned()
    } else {
        text.to_owned()
    }
}
