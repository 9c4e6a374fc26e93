//! The monitor's own alarms, each told when it begins.

use std::borrow::Cow;

use super::message::attribute::id;
use super::message::{AlarmEntry, AlarmState, Object, alarm_type};
use crate::{DeviceAlarmPriority, DriverOutput, Finding};

/// Alarms that are remembered while they stand; of more, each is told again and again.
const STANDING_MAX: usize = 64;

/// Characters of a text at most; a monitor's line has about 25.
const TEXT_MAX: usize = 80;

/// What nobody needs to be told: the monitor is being tested or shown.
const NOT_REAL: AlarmState = AlarmState::TEST.union(AlarmState::DEMONSTRATION);

/// The alarms that stand. The monitor sends all of them each second, and their text changes with
/// the value in it: an alarm is the same as long as source, code, object and priority are.
#[derive(Debug, Default)]
pub(super) struct AlarmWatch {
    standing: Vec<Standing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    /// Which list: context, handle, attribute.
    list: (u16, u16, u16),
    alarm: Alarm,
    /// It was in the list that is being read.
    seen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Alarm {
    source: u16,
    code: u16,
    object: [u8; 6],
    instance: u16,
    urgency: u16,
}

impl AlarmWatch {
    /// Forgets all, for the connection began or ended: what stands then is told then.
    pub(super) fn clear(&mut self) {
        self.standing.clear();
    }

    /// Takes one object and tells what began.
    pub(super) fn take(&mut self, offset: u64, object: &Object<'_>, out: &mut DriverOutput) {
        for attribute in object.attributes {
            if !matches!(attribute.id, id::PATIENT_ALARMS | id::TECHNICAL_ALARMS) {
                continue;
            }
            if let Ok(entries) = AlarmEntry::parse_list(attribute.value) {
                let list = (object.context, object.handle, attribute.id);
                for entry in entries.filter(|entry| !entry.state.intersects(NOT_REAL)) {
                    self.see(list, &entry, offset, out);
                }
                self.standing.retain_mut(|standing| {
                    standing.list != list || std::mem::take(&mut standing.seen)
                });
            }
        }
    }

    fn see(
        &mut self,
        list: (u16, u16, u16),
        entry: &AlarmEntry<'_>,
        offset: u64,
        out: &mut DriverOutput,
    ) {
        let Some(priority) = priority(entry.alarm_type) else {
            return;
        };
        let alarm = Alarm {
            source: entry.source,
            code: entry.code,
            object: entry.object,
            instance: entry.info.map_or(0, |info| info.instance),
            urgency: entry.alarm_type,
        };
        let mut standing = self.standing.iter_mut();
        if let Some(standing) =
            standing.find(|standing| standing.list == list && standing.alarm == alarm)
        {
            standing.seen = true;
            return;
        }
        if self.standing.len() < STANDING_MAX {
            self.standing.push(Standing {
                list,
                alarm,
                seen: true,
            });
        }
        let text = text(entry);
        out.push(offset, Finding::DeviceAlarm { priority, text });
    }
}

/// Returns how urgent the alarm is; nothing when the monitor says that it is none.
const fn priority(alarm_type: u16) -> Option<DeviceAlarmPriority> {
    Some(match alarm_type {
        0 => return None,
        alarm_type::TECHNICAL_LOW | alarm_type::PATIENT_LOW => DeviceAlarmPriority::Low,
        alarm_type::TECHNICAL_HIGH | alarm_type::PATIENT_HIGH => DeviceAlarmPriority::High,
        // What is not known gets the middle.
        _ => DeviceAlarmPriority::Medium,
    })
}

/// Returns the monitor's own words, or the alarm's numbers where it sends none.
fn text(entry: &AlarmEntry<'_>) -> Cow<'static, str> {
    let words = entry.info.and_then(|info| info.text).map(words);
    Cow::Owned(
        words
            .filter(|words| !words.is_empty())
            .unwrap_or_else(|| format!("alarm {:04X} of {:04X}", entry.code, entry.source)),
    )
}

/// Returns what can be read of a text: no fillers, and none of the monitor's own signs.
fn words(text: &[u8]) -> String {
    let (pairs, _) = text.as_chunks();
    let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
    let words: String = char::decode_utf16(units)
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|character| {
            !character.is_control() && !('\u{E000}'..='\u{F8FF}').contains(character)
        })
        .take(TEXT_MAX)
        .collect();
    words.trim().to_owned()
}
