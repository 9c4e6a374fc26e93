//! The monitor's own alarms.

use super::wire::{self, Reader};
use crate::Discard;
use crate::flags::flags;

flags! {
    /// How one of the monitor's alarms stands.
    AlarmState(u16) {
        /// Switched off.
        INHIBITED = 0x8000,
        /// Switched off for a while.
        SUSPENDED = 0x4000,
        /// Over, and kept until somebody has seen it.
        LATCHED = 0x2000,
        /// Seen by somebody.
        SILENCED = 0x1000,
        /// The monitor is being tested.
        TEST = 0x0400,
        /// The monitor demonstrates itself.
        DEMONSTRATION = 0x0100,
        /// Not told before.
        NEW = 0x0008,
    }
}

/// How urgent the monitor says an alarm is, as it is sent: 1, 2, 4 low, medium, high and about
/// itself; 256, 512, 1024 the same and about the patient.
pub mod alarm_type {
    /// About the monitor, low.
    pub const TECHNICAL_LOW: u16 = 1;
    /// About the monitor, medium.
    pub const TECHNICAL_MEDIUM: u16 = 2;
    /// About the monitor, high.
    pub const TECHNICAL_HIGH: u16 = 4;
    /// About the patient, low.
    pub const PATIENT_LOW: u16 = 256;
    /// About the patient, medium.
    pub const PATIENT_MEDIUM: u16 = 512;
    /// About the patient, high.
    pub const PATIENT_HIGH: u16 = 1024;
}

/// One of the monitor's own alarms.
///
/// ```text
/// SS SS CC CC tt tt aa aa | object (6) | ii ii | ll ll | info (ll ll bytes)
/// 0     2     4     6       8            14      16      18
/// ```
///
/// - `SS SS` where it comes from; `CC CC` what it is
/// - `tt tt` how urgent; `aa aa` how it stands
/// - `ii ii` 516 (`0204`): the info has a text; 513 (`0201`): it has none; others are skipped
///
/// ```text
/// info: nn nn | text number (4) | priority (2) | flags (2) | ll ll | text, UTF-16
///       0       2                 6              8           10      12
/// ```
///
/// Source: the vendor's guide as three public programs have it (`OpenICE` `DevAlarmEntry` and
/// `StrAlMonInfo`, `Intellivue-api`, `phillips_intellivue_serial`). No frame of a real monitor
/// with an alarm was at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmEntry<'a> {
    /// Where it comes from.
    pub source: u16,
    /// What it is.
    pub code: u16,
    /// How urgent: one of [`alarm_type`].
    pub alarm_type: u16,
    /// How it stands.
    pub state: AlarmState,
    /// The object that it is about: class, context, handle.
    pub object: [u8; 6],
    /// Its number among those of the same kind, and its text, if it has any.
    pub info: Option<AlarmInfo<'a>>,
}

/// What the monitor shows about one of its alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmInfo<'a> {
    /// Its number among those of the same kind.
    pub instance: u16,
    /// The number of its text.
    pub text_number: u32,
    /// Its place among the others.
    pub priority: u16,
    /// How it is told.
    pub flags: u16,
    /// The text, UTF-16, big-endian; nothing when the monitor sends none.
    pub text: Option<&'a [u8]>,
}

const WITHOUT_TEXT: u16 = 513;
const WITH_TEXT: u16 = 516;

impl<'a> AlarmEntry<'a> {
    /// Reads an attribute in which alarms stand: a count, a length, and the alarms.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when count and lengths do not fit.
    pub fn parse_list(
        value: &'a [u8],
    ) -> Result<impl Iterator<Item = Self> + Clone + use<'a>, Discard> {
        let mut reader = Reader(value);
        let (count, entries) = reader.list()?;
        reader.end()?;
        let mut checked = Reader(entries);
        for _ in 0..count {
            Self::read(&mut checked)?;
        }
        checked.end()?;
        let mut rest = Reader(entries);
        Ok(std::iter::from_fn(move || Self::read(&mut rest).ok()))
    }

    fn read(reader: &mut Reader<'a>) -> Result<Self, Discard> {
        let (source, code) = (reader.short()?, reader.short()?);
        let (alarm_type, state) = (reader.short()?, reader.short()?);
        let object = reader.array()?;
        let info_kind = reader.short()?;
        let mut info = Reader(reader.sized()?);
        let info = match info_kind {
            WITHOUT_TEXT => Some(AlarmInfo::read(&mut info, false)?),
            WITH_TEXT => Some(AlarmInfo::read(&mut info, true)?),
            _ => None,
        };
        Ok(Self {
            source,
            code,
            alarm_type,
            state: AlarmState::from_bits(state),
            object,
            info,
        })
    }

    /// Appends the value of the attribute in which these alarms stand.
    pub fn emit_list(entries: &[Self], line: &mut Vec<u8>) {
        wire::list(line, entries, |line, entry| entry.emit(line));
    }

    fn emit(&self, line: &mut Vec<u8>) {
        for field in [self.source, self.code, self.alarm_type, self.state.bits()] {
            wire::short(line, field);
        }
        line.extend_from_slice(&self.object);
        let kind = match self.info {
            None => 0,
            Some(AlarmInfo { text: None, .. }) => WITHOUT_TEXT,
            Some(AlarmInfo { text: Some(_), .. }) => WITH_TEXT,
        };
        wire::short(line, kind);
        wire::sized(line, |line| {
            if let Some(info) = &self.info {
                info.emit(line);
            }
        });
    }
}

impl<'a> AlarmInfo<'a> {
    /// What follows what is known is not looked at.
    fn read(reader: &mut Reader<'a>, with_text: bool) -> Result<Self, Discard> {
        Ok(Self {
            instance: reader.short()?,
            text_number: reader.long()?,
            priority: reader.short()?,
            flags: reader.short()?,
            text: if with_text {
                Some(reader.sized()?)
            } else {
                None
            },
        })
    }

    fn emit(&self, line: &mut Vec<u8>) {
        wire::short(line, self.instance);
        wire::long(line, self.text_number);
        wire::short(line, self.priority);
        wire::short(line, self.flags);
        if let Some(text) = self.text {
            wire::sized(line, |line| line.extend_from_slice(text));
        }
    }
}
