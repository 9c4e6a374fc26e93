//! A curve's samples, and what they are worth.

use super::float::Float;
use super::numeric::MeasurementState;
use super::wire::{self, Reader};
use crate::Discard;

/// A run of a curve's samples.
///
/// ```text
/// pp pp ss ss ll ll | samples (ll ll bytes)
/// 0     2     4       6
/// ```
///
/// - `pp pp` which curve; `ss ss` how it stands
/// - two bytes for each sample, big-endian; not all of their bits need count
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedSamples<'a> {
    /// Which curve.
    pub kind: u16,
    /// How it stands.
    pub state: MeasurementState,
    /// The samples as they are sent.
    pub bytes: &'a [u8],
}

impl<'a> ObservedSamples<'a> {
    /// Reads the attribute [`SAMPLES`](super::attribute::id::SAMPLES).
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when its length is not the one stated.
    pub fn parse(value: &'a [u8]) -> Result<Self, Discard> {
        let mut reader = Reader(value);
        let samples = Self::read(&mut reader)?;
        reader.end()?;
        Ok(samples)
    }

    fn read(reader: &mut Reader<'a>) -> Result<Self, Discard> {
        Ok(Self {
            kind: reader.short()?,
            state: MeasurementState::from_bits(reader.short()?),
            bytes: reader.sized()?,
        })
    }

    /// Appends the attribute's value.
    pub fn emit(&self, line: &mut Vec<u8>) {
        wire::short(line, self.kind);
        wire::short(line, self.state.bits());
        wire::sized(line, |line| line.extend_from_slice(self.bytes));
    }

    /// Reads the attribute [`COMPOUND_SAMPLES`](super::attribute::id::COMPOUND_SAMPLES): a count,
    /// a length, and the runs.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when count and lengths do not fit.
    pub fn parse_compound(
        value: &'a [u8],
    ) -> Result<impl Iterator<Item = Self> + Clone + use<'a>, Discard> {
        let mut reader = Reader(value);
        let (count, runs) = reader.list()?;
        reader.end()?;
        let mut checked = Reader(runs);
        for _ in 0..count {
            Self::read(&mut checked)?;
        }
        checked.end()?;
        let mut rest = Reader(runs);
        Ok(std::iter::from_fn(move || Self::read(&mut rest).ok()))
    }

    /// Appends the value of the attribute of several runs.
    pub fn emit_compound(runs: &[Self], line: &mut Vec<u8>) {
        wire::list(line, runs, |line, run| run.emit(line));
    }
}

/// How samples are written.
///
/// ```text
/// nn nn bb cc ff ff
/// ```
///
/// - `nn nn` samples of a run at most; `bb` bits of each; `cc` how many of them count, the lowest
/// - `ff ff` flags: 1000 the bits that do not count say something else and must be masked, 2000
///   the scale does not change, 4000 and 8000 how to draw
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleFormat {
    /// Samples of a run at most.
    pub run: u16,
    /// Bits of a sample.
    pub bits: u8,
    /// How many of them count.
    pub significant_bits: u8,
    /// The flags.
    pub flags: u16,
}

impl SampleFormat {
    /// Reads the attribute [`SAMPLE_FORMAT`](super::attribute::id::SAMPLE_FORMAT).
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when it has another length.
    pub fn parse(value: &[u8]) -> Result<Self, Discard> {
        let mut reader = Reader(value);
        let format = Self {
            run: reader.short()?,
            bits: reader.byte()?,
            significant_bits: reader.byte()?,
            flags: reader.short()?,
        };
        reader.end()?;
        Ok(format)
    }

    /// Appends the attribute's value.
    pub fn emit(&self, line: &mut Vec<u8>) {
        wire::short(line, self.run);
        line.extend_from_slice(&[self.bits, self.significant_bits]);
        wire::short(line, self.flags);
    }
}

/// What samples are worth: two of them in the curve's unit.
///
/// ```text
/// low number (4) | high number (4) | low sample (2) | high sample (2)
/// ```
///
/// The numbers are not numbers where the curve has no unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleScale {
    /// What the low sample is worth.
    pub low: Float,
    /// What the high sample is worth.
    pub high: Float,
    /// The low sample.
    pub low_sample: u16,
    /// The high sample.
    pub high_sample: u16,
}

impl SampleScale {
    /// Reads the attribute [`SCALE`](super::attribute::id::SCALE).
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when it has another length.
    pub fn parse(value: &[u8]) -> Result<Self, Discard> {
        let mut reader = Reader(value);
        let scale = Self {
            low: Float::from_bits(reader.long()?),
            high: Float::from_bits(reader.long()?),
            low_sample: reader.short()?,
            high_sample: reader.short()?,
        };
        reader.end()?;
        Ok(scale)
    }

    /// Appends the attribute's value.
    pub fn emit(&self, line: &mut Vec<u8>) {
        wire::long(line, self.low.bits());
        wire::long(line, self.high.bits());
        wire::short(line, self.low_sample);
        wire::short(line, self.high_sample);
    }
}
