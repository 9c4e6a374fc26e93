//! The monitor's own alarms.

use super::record::{self, Header, Record, main_type};
use crate::Discard;

/// Type of the subrecord.
const STATUS: u8 = 1;

/// Its length.
pub(super) const LENGTH: usize = 510;

mod field {
    use std::ops::Range;

    pub(super) const SOUND: Range<usize> = 2..4;
    pub(super) const SILENCE: Range<usize> = 8..10;
    pub(super) const ALARMS: usize = 10;

    /// In each alarm.
    pub(super) const TEXT: Range<usize> = 0..80;
    pub(super) const COLOUR: Range<usize> = 82..84;
    pub(super) const ALARM_LENGTH: usize = 98;
}

/// Alarms at once.
pub const ALARMS_MAX: usize = 5;

/// The alarms that stand.
///
/// ```text
/// 00 00 so so 00 00 00 00 si si (text[80] tc tc co co cc cc reserved[12]) x 5 reserved[10]
/// 0     2                 8     10
/// ```
///
/// - `so` 1 when the alarm sound is on
/// - `si` how the alarms are silenced at the monitor: 0 not, 1 apnoea, 2 asystole, 3 both, 4 all,
///   5 for 2 min, 6 for 5 min, 7 for 20 s
/// - `text` what the monitor displays, in its language, up to the first 0; in which character
///   set is not known
/// - `co` colour: 0 no alarm, 1 white, 2 yellow, 3 red
/// - `tc`, `cc` text and colour have changed
///
/// Source: *DRI Specification* 8005313, 12th ed., section 4.2. No such record of a real monitor
/// was at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmStatus {
    /// The record's header.
    pub header: Header,
    /// The alarm sound is on.
    pub sound_on: bool,
    /// How the alarms are silenced.
    pub silence: u16,
    /// The alarms, the most urgent first.
    pub alarms: [Alarm; ALARMS_MAX],
}

/// One alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    text: [u8; field::TEXT.end],
    /// How urgent it is.
    pub colour: Colour,
}

/// The colour that says how urgent an alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// 0: no alarm.
    None,
    /// 1.
    White,
    /// 2.
    Yellow,
    /// 3.
    Red,
}

impl Alarm {
    /// No alarm.
    pub const NONE: Self = Self {
        text: [0; field::TEXT.end],
        colour: Colour::None,
    };

    /// Makes an alarm. Of a longer text the first 80 bytes are sent.
    #[must_use]
    pub fn new(text: &str, colour: Colour) -> Self {
        let mut alarm = Self {
            colour,
            ..Self::NONE
        };
        for (to, from) in alarm.text.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        alarm
    }

    /// Returns the text up to its end, as it is sent.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        let end = self.text.iter().position(|&byte| byte == 0);
        &self.text[..end.unwrap_or(self.text.len())]
    }
}

impl AlarmStatus {
    pub(super) fn parse(record: &Record<'_>) -> Result<Self, Discard> {
        let status = record.subrecords().find(|(kind, _)| *kind == STATUS);
        let (_, bytes) = status.ok_or(Discard::Unknown)?;
        let bytes: &[u8; LENGTH] = bytes.try_into().map_err(|_length| Discard::Malformed)?;
        let mut alarms = [Alarm::NONE; ALARMS_MAX];
        let parts = bytes[field::ALARMS..].chunks_exact(field::ALARM_LENGTH);
        for (alarm, part) in alarms.iter_mut().zip(parts) {
            alarm.text.copy_from_slice(&part[field::TEXT]);
            alarm.colour = match record::word(part, field::COLOUR.start) {
                0 => Colour::None,
                1 => Colour::White,
                2 => Colour::Yellow,
                3 => Colour::Red,
                _ => return Err(Discard::Malformed),
            };
        }
        Ok(Self {
            header: record.header,
            sound_on: record::word(bytes, field::SOUND.start) != 0,
            silence: record::word(bytes, field::SILENCE.start),
            alarms,
        })
    }

    /// Appends the record's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let mut bytes = [0; LENGTH];
        bytes[field::SOUND].copy_from_slice(&u16::from(self.sound_on).to_le_bytes());
        bytes[field::SILENCE].copy_from_slice(&self.silence.to_le_bytes());
        let parts = bytes[field::ALARMS..].chunks_exact_mut(field::ALARM_LENGTH);
        for (alarm, part) in self.alarms.iter().zip(parts) {
            part[field::TEXT].copy_from_slice(&alarm.text);
            let colour = match alarm.colour {
                Colour::None => 0_u16,
                Colour::White => 1,
                Colour::Yellow => 2,
                Colour::Red => 3,
            };
            part[field::COLOUR].copy_from_slice(&colour.to_le_bytes());
        }
        let subrecords = [(STATUS, bytes.as_slice())];
        record::emit(self.header, main_type::ALARM, &subrecords, line);
    }
}
