//! Runs of samples.

use super::WaveStatus;
use super::record::{self, Header, Record, main_type};
use crate::Discard;

/// Number of samples, status and label.
const HEADER_LENGTH: usize = 6;

mod field {
    use std::ops::Range;

    pub(super) const COUNT: Range<usize> = 0..2;
    pub(super) const STATUS: Range<usize> = 2..4;
}

/// Bytes of a sample.
const SAMPLE_LENGTH: usize = 2;

/// From here downwards there are codes and no samples.
const CODES_MAX: i16 = -32000;

/// What a wave is: the type of its subrecord.
///
/// Source: *DRI Specification* 8005313, 12th ed., section 5.2, with the rates and units of
/// table 5-3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WaveKind(u8);

impl WaveKind {
    /// ECG channel 1, 300 samples a second, in microvolts.
    pub const ECG_1: Self = Self(1);
    /// ECG channel 2, as channel 1.
    pub const ECG_2: Self = Self(2);
    /// ECG channel 3, as channel 1.
    pub const ECG_3: Self = Self(3);
    /// Plethysmogram, 100 samples a second, modulation in 1/100 %.
    pub const PLETH: Self = Self(8);
    /// Capnogram, 25 samples a second, in 1/100 %.
    pub const CO2: Self = Self(9);
    /// Respiration by impedance, 25 samples a second, in 1/100 ohm.
    pub const RESP: Self = Self(15);
    /// Twelve leads in a form of their own.
    pub const ECG_12: Self = Self(22);
    /// Entropy's EEG, 100 samples a second, in 1/10 microvolt.
    pub const ENTROPY: Self = Self(32);
    /// Respiration by impedance, 100 samples a second, in 1/100 ohm.
    pub const RESP_100: Self = Self(39);

    /// Returns the wave of this subrecord type.
    #[inline]
    #[must_use]
    pub const fn new(kind: u8) -> Self {
        Self(kind)
    }

    /// Returns the subrecord type.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }
}

/// A record of waves, whose counts fit their lengths.
#[derive(Clone, Copy, Debug)]
pub struct WaveRecord<'a>(Record<'a>);

/// A run of samples of one wave.
///
/// ```text
/// nn nn ss ss ll ll xx xx ...
/// 0     2     4     6
/// ```
///
/// - `nn` number of samples, which varies from record to record
/// - `ss` status, see [`WaveStatus`]
/// - `ll` label, not used
/// - `xx` samples, signed; -32000 and below are codes
///
/// Source: *DRI Specification* 8005313, 12th ed., section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wave<'a> {
    /// What it is.
    pub kind: WaveKind,
    /// How it stands.
    pub status: WaveStatus,
    samples: &'a [u8],
}

impl<'a> WaveRecord<'a> {
    #[inline]
    pub(super) fn parse(record: Record<'a>) -> Result<Self, Discard> {
        for (kind, bytes) in record.subrecords() {
            // The twelve leads have another header and are left alone.
            if WaveKind(kind) != WaveKind::ECG_12 {
                Wave::parse(WaveKind(kind), bytes)?;
            }
        }
        Ok(Self(record))
    }

    /// Returns the record's header.
    #[must_use]
    pub const fn header(&self) -> Header {
        self.0.header
    }

    /// Returns the waves in their order, without the one that has another form.
    #[inline]
    pub fn waves(&self) -> impl Iterator<Item = Wave<'a>> {
        self.0
            .subrecords()
            .filter(|(kind, _)| WaveKind(*kind) != WaveKind::ECG_12)
            .filter_map(|(kind, bytes)| Wave::parse(WaveKind(kind), bytes).ok())
    }
}

impl<'a> Wave<'a> {
    #[inline]
    fn parse(kind: WaveKind, bytes: &'a [u8]) -> Result<Self, Discard> {
        let (header, samples) = bytes
            .split_first_chunk::<HEADER_LENGTH>()
            .ok_or(Discard::Malformed)?;
        let count = usize::from(record::word(header, field::COUNT.start));
        let samples = samples
            .get(..count * SAMPLE_LENGTH)
            .ok_or(Discard::Malformed)?;
        Ok(Self {
            kind,
            status: WaveStatus::from_bits(record::word(header, field::STATUS.start)),
            samples,
        })
    }

    /// Returns what is sent for each sample; nothing for a code.
    #[inline]
    #[must_use]
    pub fn samples(&self) -> impl ExactSizeIterator<Item = Option<i16>> + use<'a> {
        self.samples.chunks_exact(SAMPLE_LENGTH).map(|sample| {
            let sample = record::word(sample, 0).cast_signed();
            (sample > CODES_MAX).then_some(sample)
        })
    }
}

/// A wave to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Samples<'a> {
    /// What it is.
    pub kind: WaveKind,
    /// How it stands.
    pub status: WaveStatus,
    /// The samples, oldest first.
    pub samples: &'a [i16],
}

/// Appends the frame of a record of these waves.
///
/// # Panics
///
/// When there are more than eight, or more samples than a record holds.
pub fn emit_waves(header: Header, waves: &[Samples<'_>], line: &mut Vec<u8>) {
    let bodies: Vec<(u8, Vec<u8>)> = waves
        .iter()
        .map(|wave| {
            let mut body = vec![0; HEADER_LENGTH];
            let count = u16::try_from(wave.samples.len()).expect("a record holds far fewer");
            body[field::COUNT].copy_from_slice(&count.to_le_bytes());
            body[field::STATUS].copy_from_slice(&wave.status.bits().to_le_bytes());
            for sample in wave.samples {
                body.extend_from_slice(&sample.to_le_bytes());
            }
            (wave.kind.0, body)
        })
        .collect();
    let subrecords: Vec<(u8, &[u8])> = bodies
        .iter()
        .map(|(kind, body)| (*kind, body.as_slice()))
        .collect();
    record::emit(header, main_type::WAVE, &subrecords, line);
}
