//! The reply about the cuff.

use std::time::Duration;

use crate::Discard;
use crate::ge_v100::text;

mod field {
    use std::ops::Range;

    pub(super) const STATUS: usize = 3;
    pub(super) const PATIENT: usize = 4;
    pub(super) const MODE: usize = 5;
    pub(super) const AGE: Range<usize> = 6..10;
    pub(super) const SYSTOLIC: Range<usize> = 10..13;
    pub(super) const DIASTOLIC: Range<usize> = 13..16;
    pub(super) const MEAN: Range<usize> = 16..19;
}

/// The cuff's status and last values, in reply to `NA`.
///
/// ```text
/// u N A a b c dddd eee fff ggg C C CR
/// 0 1 2 3 4 5 6    10  13  16  19  21
/// ```
///
/// - `u` unit id, a space
/// - `a` status, see [`NibpStatus`]
/// - `b` patient: 0 unknown, 1 adult, 2 neonate
/// - `c` mode: 0 normal, 1 stat
/// - `dddd` seconds since the last determination, 0000 to 5400; 9999 = none
/// - `eee`, `fff`, `ggg` systolic, diastolic and mean pressure, mmHg; 000 = none
/// - `C C` check characters
///
/// Source: *Host Communications Reference Manual* 2010566 Rev. E, items `HC_009` and following.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NibpReply {
    /// How the determination stands.
    pub status: NibpStatus,
    /// Whom the monitor believes to measure.
    pub patient: PatientType,
    /// How determinations follow each other.
    pub mode: NibpMode,
    /// How old the values are; nothing when there are none.
    pub age: Option<NibpAge>,
    /// Systolic pressure, 1 to 999 mmHg.
    pub systolic: Option<u16>,
    /// Diastolic pressure, 1 to 999 mmHg.
    pub diastolic: Option<u16>,
    /// Mean pressure, 1 to 999 mmHg.
    pub mean: Option<u16>,
}

/// How a cuff determination stands: the first field of the reply to `NA`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NibpStatus {
    /// 0: the cuff is being inflated or deflated.
    Busy,
    /// 1: the last determination ended well.
    Done,
    /// 3: the determination failed.
    Failed,
    /// 4: the cuff could not be pumped up in time.
    PumpUpTimeout,
    /// 6: the whole took too long.
    TotalTimeout,
    /// 7: one pressure step took too long.
    SinglePressureTimeout,
    /// 8: overpressure, or excess air.
    Overpressure,
    /// 9: the monitor does not know.
    Unknown,
}

/// Whom the monitor believes to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PatientType {
    /// 0.
    Unknown,
    /// 1.
    Adult,
    /// 2.
    Neonate,
}

/// How determinations follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NibpMode {
    /// 0: one at a time, or by the monitor's timer.
    Normal,
    /// 1: one after the other for some minutes.
    Stat,
}

/// Whole seconds since a determination ended, 0 to 5400; the counter stops there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NibpAge(u16);

/// What the monitor answers to an order: its status after it.
///
/// ```text
/// u N C a C C CR        u N D a C C CR
/// 0 1 2 3 4   6
/// ```
///
/// - `u` unit id, a space
/// - `NC` the cuff was to be started, `ND` cancelled
/// - `a` status, see [`NibpStatus`]
///
/// Source: only "a reply with a status" is known; that it is this one character is assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CuffCommandReply {
    /// To `NC0`.
    Start(NibpStatus),
    /// To `ND`.
    Cancel(NibpStatus),
}

impl NibpReply {
    /// Length of the frame.
    pub const LENGTH: usize = field::MEAN.end + text::TAIL_LENGTH;

    /// Reads the reply from its frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let frame: &[u8; Self::LENGTH] = text::verify(frame, *b"NA")?;
        Ok(Self {
            status: NibpStatus::parse(frame[field::STATUS])?,
            patient: PatientType::parse(frame[field::PATIENT])?,
            mode: NibpMode::parse(frame[field::MODE])?,
            age: NibpAge::parse(&frame[field::AGE])?,
            systolic: text::number_or_none(&frame[field::SYSTOLIC])?,
            diastolic: text::number_or_none(&frame[field::DIASTOLIC])?,
            mean: text::number_or_none(&frame[field::MEAN])?,
        })
    }

    /// Appends the reply's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        text::emit(line, *b"NA", |line| {
            line.extend_from_slice(&[self.status.code(), self.patient.code(), self.mode.code()]);
            text::emit_number::<4>(line, self.age.map_or(NibpAge::NONE, |age| u32::from(age.0)));
            for pressure in [self.systolic, self.diastolic, self.mean] {
                text::emit_number::<3>(line, pressure.unwrap_or(0).into());
            }
        });
    }
}

impl CuffCommandReply {
    /// Length of the frame.
    pub const LENGTH: usize = field::STATUS + 1 + text::TAIL_LENGTH;

    /// Reads the reply from its frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let reply = match text::sound_letters(frame)? {
            [b'N', b'C'] => Self::Start,
            [b'N', b'D'] => Self::Cancel,
            _ => return Err(Discard::Unknown),
        };
        if frame.len() != Self::LENGTH {
            return Err(Discard::Malformed);
        }
        NibpStatus::parse(frame[field::STATUS]).map(reply)
    }

    /// Appends the reply's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let (letters, status) = match self {
            Self::Start(status) => (*b"NC", status),
            Self::Cancel(status) => (*b"ND", status),
        };
        text::emit(line, letters, |line| line.push(status.code()));
    }
}

impl NibpAge {
    /// Where the counter stops; such a reading is this old or older.
    pub const OLDEST: Self = Self(5400);

    /// The code for "no determination".
    const NONE: u32 = 9999;

    /// Returns the age in whole seconds, or nothing when it is beyond the counter's end.
    #[must_use]
    pub fn whole_seconds(age: Duration) -> Option<Self> {
        let age = Self(u16::try_from(age.as_secs()).ok()?);
        (age <= Self::OLDEST).then_some(age)
    }

    /// Returns the age.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }

    fn parse(field: &[u8]) -> Result<Option<Self>, Discard> {
        let seconds = text::number(field)?;
        if seconds == Self::NONE {
            return Ok(None);
        }
        Self::whole_seconds(Duration::from_secs(seconds.into()))
            .map(Some)
            .ok_or(Discard::Malformed)
    }
}

impl NibpStatus {
    const fn parse(code: u8) -> Result<Self, Discard> {
        match code {
            b'0' => Ok(Self::Busy),
            b'1' => Ok(Self::Done),
            b'3' => Ok(Self::Failed),
            b'4' => Ok(Self::PumpUpTimeout),
            b'6' => Ok(Self::TotalTimeout),
            b'7' => Ok(Self::SinglePressureTimeout),
            b'8' => Ok(Self::Overpressure),
            b'9' => Ok(Self::Unknown),
            _ => Err(Discard::Malformed),
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Busy => b'0',
            Self::Done => b'1',
            Self::Failed => b'3',
            Self::PumpUpTimeout => b'4',
            Self::TotalTimeout => b'6',
            Self::SinglePressureTimeout => b'7',
            Self::Overpressure => b'8',
            Self::Unknown => b'9',
        }
    }
}

impl PatientType {
    const fn parse(code: u8) -> Result<Self, Discard> {
        match code {
            b'0' => Ok(Self::Unknown),
            b'1' => Ok(Self::Adult),
            b'2' => Ok(Self::Neonate),
            _ => Err(Discard::Malformed),
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Unknown => b'0',
            Self::Adult => b'1',
            Self::Neonate => b'2',
        }
    }
}

impl NibpMode {
    const fn parse(code: u8) -> Result<Self, Discard> {
        match code {
            b'0' => Ok(Self::Normal),
            b'1' => Ok(Self::Stat),
            _ => Err(Discard::Malformed),
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Normal => b'0',
            Self::Stat => b'1',
        }
    }
}
