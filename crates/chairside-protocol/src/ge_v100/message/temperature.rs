//! The reply about the thermometer.

use std::time::Duration;

use crate::Discard;
use crate::ge_v100::text;

mod field {
    use std::ops::Range;

    pub(super) const STATUS: usize = 3;
    pub(super) const MODE: usize = 4;
    pub(super) const COUNTER: usize = 5;
    pub(super) const AGE: Range<usize> = 6..11;
    pub(super) const TEMPERATURE: Range<usize> = 11..15;
    pub(super) const UNIT: usize = 15;
}

/// The last temperature, in reply to `TC`.
///
/// ```text
/// u T C a b c ddddd eeee f C C CR
/// 0 1 2 3 4 5 6     11  15 16  18
/// ```
///
/// - `u` unit id, a space
/// - `a` status, see [`TemperatureStatus`]
/// - `b` mode: 0 predictive, 1 monitor
/// - `c` counter, 0x20 to 0x7E, changes when a determination starts; after 0x7E comes 0x20
/// - `ddddd` seconds since the determination; 99999 = none, or too old
/// - `eeee` temperature, tenths of a degree Fahrenheit, whatever `f` says; 0000 = none
/// - `f` unit on the monitor's display: 0 Fahrenheit, 1 Celsius
/// - `C C` check characters
///
/// Source: *Host Communications Reference Manual* 2010566 Rev. E, items `HC_028` and following;
/// less sure than the other replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemperatureReply {
    /// How the determination stands.
    pub status: TemperatureStatus,
    /// How the thermometer works.
    pub mode: TemperatureMode,
    /// A printable character, another one for each determination.
    pub counter: u8,
    /// How old the value is; nothing when there is none.
    pub age: Option<TemperatureAge>,
    /// Temperature, 1 to 9999 tenths of a degree Fahrenheit.
    pub tenths_fahrenheit: Option<u16>,
    /// What the monitor's display shows.
    pub display: TemperatureUnit,
}

/// How a temperature determination stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TemperatureStatus {
    /// 0: the last one ended well, or none was started.
    Idle,
    /// 1: under way.
    InProgress,
    /// 2: it took too long.
    Timeout,
    /// 3: contact lost, out of range, or the probe is broken.
    ProbeFault,
    /// 4: given up, or the probe was unplugged.
    Aborted,
}

/// How the thermometer works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TemperatureMode {
    /// 0: predicts the end temperature from the first seconds.
    Predictive,
    /// 1: follows the probe.
    Monitor,
}

/// What the monitor's display shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TemperatureUnit {
    /// 0.
    Fahrenheit,
    /// 1.
    Celsius,
}

/// Whole seconds since a temperature determination, 0 to 99998.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemperatureAge(u32);

impl TemperatureReply {
    /// Length of the frame.
    pub const LENGTH: usize = field::UNIT + 1 + text::TAIL_LENGTH;

    /// Reads the reply from its frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let frame: &[u8; Self::LENGTH] = text::verify(frame, *b"TC")?;
        Ok(Self {
            status: TemperatureStatus::parse(frame[field::STATUS])?,
            mode: TemperatureMode::parse(frame[field::MODE])?,
            counter: frame[field::COUNTER],
            age: TemperatureAge::parse(&frame[field::AGE])?,
            tenths_fahrenheit: temperature(&frame[field::TEMPERATURE])?,
            display: TemperatureUnit::parse(frame[field::UNIT])?,
        })
    }

    /// Appends the reply's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        text::emit(line, *b"TC", |line| {
            line.extend_from_slice(&[self.status.code(), self.mode.code(), self.counter]);
            text::emit_number::<5>(line, self.age.map_or(TemperatureAge::NONE, |age| age.0));
            text::emit_number::<4>(line, self.tenths_fahrenheit.unwrap_or(0).into());
            line.push(self.display.code());
        });
    }
}

impl TemperatureAge {
    /// The greatest age that can be said.
    pub const OLDEST: Self = Self(99_998);

    /// The code for "none, or too old".
    const NONE: u32 = 99_999;

    /// Returns the age in whole seconds, or nothing when it is too great to be said.
    #[must_use]
    pub fn whole_seconds(age: Duration) -> Option<Self> {
        let age = Self(u32::try_from(age.as_secs()).ok()?);
        (age <= Self::OLDEST).then_some(age)
    }

    /// Returns the age.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }

    fn parse(field: &[u8]) -> Result<Option<Self>, Discard> {
        Ok(Self::whole_seconds(Duration::from_secs(
            text::number(field)?.into(),
        )))
    }
}

impl TemperatureStatus {
    const fn parse(code: u8) -> Result<Self, Discard> {
        match code {
            b'0' => Ok(Self::Idle),
            b'1' => Ok(Self::InProgress),
            b'2' => Ok(Self::Timeout),
            b'3' => Ok(Self::ProbeFault),
            b'4' => Ok(Self::Aborted),
            _ => Err(Discard::Malformed),
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Idle => b'0',
            Self::InProgress => b'1',
            Self::Timeout => b'2',
            Self::ProbeFault => b'3',
            Self::Aborted => b'4',
        }
    }
}

impl TemperatureMode {
    const fn parse(code: u8) -> Result<Self, Discard> {
        match code {
            b'0' => Ok(Self::Predictive),
            b'1' => Ok(Self::Monitor),
            _ => Err(Discard::Malformed),
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Predictive => b'0',
            Self::Monitor => b'1',
        }
    }
}

impl TemperatureUnit {
    const fn parse(code: u8) -> Result<Self, Discard> {
        match code {
            b'0' => Ok(Self::Fahrenheit),
            b'1' => Ok(Self::Celsius),
            _ => Err(Discard::Malformed),
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Fahrenheit => b'0',
            Self::Celsius => b'1',
        }
    }
}

fn temperature(field: &[u8]) -> Result<Option<u16>, Discard> {
    let tenths = u16::try_from(text::number(field)?).map_err(|_too_long| Discard::Malformed)?;
    Ok((tenths != 0).then_some(tenths))
}
