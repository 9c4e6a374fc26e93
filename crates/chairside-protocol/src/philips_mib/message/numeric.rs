//! A measured number.

use super::float::Float;
use super::wire::{self, Reader};
use crate::Discard;
use crate::flags::flags;

flags! {
    /// How a value came about, and how it stands.
    ///
    /// Source: the vendor's guide as `OpenICE` and `VSCaptureMP` have it; [`INVALID`](Self::INVALID),
    /// [`UNAVAILABLE`](Self::UNAVAILABLE), [`IN_ALARM`](Self::IN_ALARM) and
    /// [`ALARMS_OFF`](Self::ALARMS_OFF) are in frames of a real monitor.
    MeasurementState(u16) {
        /// The signal is so bad that the value means nothing.
        INVALID = 0x8000,
        /// There is a problem, and the value may still be shown.
        QUESTIONABLE = 0x4000,
        /// The signal does not give this value.
        UNAVAILABLE = 0x2000,
        /// It is being calibrated.
        CALIBRATING = 0x1000,
        /// A test signal and no patient's.
        TEST = 0x0800,
        /// A demonstration and no patient.
        DEMONSTRATION = 0x0400,
        /// Somebody has confirmed the value by hand.
        VALIDATED = 0x0080,
        /// An early estimate: a cuff that has the systolic pressure and not yet the others.
        EARLY = 0x0040,
        /// A new determination is under way.
        ONGOING = 0x0020,
        /// The monitor's own alarm stands about it.
        IN_ALARM = 0x0002,
        /// The monitor's own alarms about it are off.
        ALARMS_OFF = 0x0001,
    }
}

/// A measured number.
///
/// ```text
/// pp pp ss ss uu uu EE MM MM MM
/// 0     2     4     6
/// ```
///
/// - `pp pp` what it is; `ss ss` how it stands; `uu uu` its unit
/// - `EE MM MM MM` the number
///
/// Worked: `41 82 00 00 0A A0 00 00 00 3C` is a heart rate of 60 a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedNumber {
    /// What was measured.
    pub kind: u16,
    /// How it stands.
    pub state: MeasurementState,
    /// The unit.
    pub unit: u16,
    /// The number.
    pub number: Float,
}

impl ObservedNumber {
    /// Reads the attribute [`NUMERIC`](super::attribute::id::NUMERIC).
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when it has another length.
    #[inline]
    pub fn parse(value: &[u8]) -> Result<Self, Discard> {
        let mut reader = Reader(value);
        let number = Self::read(&mut reader)?;
        reader.end()?;
        Ok(number)
    }

    #[inline]
    fn read(reader: &mut Reader<'_>) -> Result<Self, Discard> {
        Ok(Self {
            kind: reader.short()?,
            state: MeasurementState::from_bits(reader.short()?),
            unit: reader.short()?,
            number: Float::from_bits(reader.long()?),
        })
    }

    /// Appends the attribute's value.
    pub fn emit(&self, line: &mut Vec<u8>) {
        wire::short(line, self.kind);
        wire::short(line, self.state.bits());
        wire::short(line, self.unit);
        wire::long(line, self.number.bits());
    }

    /// Reads the attribute [`COMPOUND_NUMERIC`](super::attribute::id::COMPOUND_NUMERIC): a count,
    /// a length, and the numbers.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when count and length do not fit.
    pub fn parse_compound(
        value: &[u8],
    ) -> Result<impl Iterator<Item = Self> + Clone + use<'_>, Discard> {
        let mut reader = Reader(value);
        let (count, mut numbers) = reader.list()?;
        reader.end()?;
        reader.must(numbers.len() == usize::from(count) * 10)?;
        Ok(std::iter::from_fn(move || {
            let mut reader = Reader(numbers);
            let number = Self::read(&mut reader).ok()?;
            numbers = reader.0;
            Some(number)
        }))
    }

    /// Appends the value of the attribute of several numbers.
    pub fn emit_compound(numbers: &[Self], line: &mut Vec<u8>) {
        wire::list(line, numbers, |line, number| number.emit(line));
    }
}
