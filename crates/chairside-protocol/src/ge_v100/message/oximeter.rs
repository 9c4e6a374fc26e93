//! The replies about saturation and pulse rate.

use crate::Discard;
use crate::ge_v100::text;

mod oximeter_field {
    use std::ops::Range;

    pub(super) const STATUS: usize = 3;
    pub(super) const SATURATION: Range<usize> = 4..7;
    pub(super) const STRENGTH: Range<usize> = 7..8;
    pub(super) const AVERAGING: Range<usize> = 8..10;
}

mod rate_field {
    use std::ops::Range;

    pub(super) const SOURCE: usize = 3;
    pub(super) const RATE: Range<usize> = 4..7;
}

/// The oximeter's status and saturation, in reply to `OA`.
///
/// ```text
/// u O A a bbb c dd C C CR
/// 0 1 2 3 4   7 8  10  12
/// ```
///
/// - `u` unit id, a space
/// - `a` status, see [`OximeterStatus`]
/// - `bbb` saturation, per cent; 000 = none; meant only when `a` is 1
/// - `c` signal strength, 0 to 9
/// - `dd` averaging time, seconds
/// - `C C` check characters
///
/// Source: *Host Communications Reference Manual* 2010566 Rev. E, items `HC_020` and following.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OximeterReply {
    /// How the oximeter stands.
    pub status: OximeterStatus,
    /// Saturation, 1 to 999 % on the wire.
    pub saturation: Option<u16>,
    /// Signal strength, 0 to 9. What counts as weak is not known.
    pub strength: u8,
    /// Averaging time, 0 to 99 s.
    pub averaging_s: u8,
}

/// How the oximeter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OximeterStatus {
    /// 0: not measuring.
    Standby,
    /// 1: measuring.
    Operating,
    /// 3: no data. On a `ProCare` this includes a probe that is off the patient.
    NoData,
    /// 6: no probe plugged in. On the PRO series this includes one that is off the patient.
    Unplugged,
}

/// The pulse rate and where it comes from, in reply to `RA`.
///
/// ```text
/// u R A a bbb C C CR
/// 0 1 2 3 4   7   9
/// ```
///
/// - `u` unit id, a space
/// - `a` source: 2 oximeter, 3 cuff
/// - `bbb` rate, per minute; 000 or -99 = none
/// - `C C` check characters
///
/// Source: *Host Communications Reference Manual* 2010566 Rev. E, items `HC_023` and following.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateReply {
    /// What counted the rate.
    pub source: RateSource,
    /// Rate, 1 to 999 per minute on the wire.
    pub rate: Option<u16>,
}

/// What counted the pulse rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateSource {
    /// 2: the oximeter.
    Oximeter,
    /// 3: the last cuff determination.
    Cuff,
    /// Another digit. What a monitor says that has no source at all is not known, so this is
    /// taken as a reply, and its rate is not.
    Other(u8),
}

impl OximeterReply {
    /// Length of the frame.
    pub const LENGTH: usize = oximeter_field::AVERAGING.end + text::TAIL_LENGTH;

    /// Reads the reply from its frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let frame: &[u8; Self::LENGTH] = text::verify(frame, *b"OA")?;
        Ok(Self {
            status: OximeterStatus::parse(frame[oximeter_field::STATUS])?,
            saturation: text::number_or_none(&frame[oximeter_field::SATURATION])?,
            strength: small_number(&frame[oximeter_field::STRENGTH])?,
            averaging_s: small_number(&frame[oximeter_field::AVERAGING])?,
        })
    }

    /// Appends the reply's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        text::emit(line, *b"OA", |line| {
            line.push(self.status.code());
            text::emit_number::<3>(line, self.saturation.unwrap_or(0).into());
            text::emit_number::<1>(line, self.strength.into());
            text::emit_number::<2>(line, self.averaging_s.into());
        });
    }
}

impl RateReply {
    /// Length of the frame.
    pub const LENGTH: usize = rate_field::RATE.end + text::TAIL_LENGTH;

    /// Reads the reply from its frame.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let frame: &[u8; Self::LENGTH] = text::verify(frame, *b"RA")?;
        Ok(Self {
            source: RateSource::parse(frame[rate_field::SOURCE])?,
            rate: text::number_or_none(&frame[rate_field::RATE])?,
        })
    }

    /// Appends the reply's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        text::emit(line, *b"RA", |line| {
            line.push(self.source.code());
            text::emit_number::<3>(line, self.rate.unwrap_or(0).into());
        });
    }
}

impl OximeterStatus {
    const fn parse(code: u8) -> Result<Self, Discard> {
        match code {
            b'0' => Ok(Self::Standby),
            b'1' => Ok(Self::Operating),
            b'3' => Ok(Self::NoData),
            b'6' => Ok(Self::Unplugged),
            _ => Err(Discard::Malformed),
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Standby => b'0',
            Self::Operating => b'1',
            Self::NoData => b'3',
            Self::Unplugged => b'6',
        }
    }
}

impl RateSource {
    const fn parse(code: u8) -> Result<Self, Discard> {
        match code {
            b'2' => Ok(Self::Oximeter),
            b'3' => Ok(Self::Cuff),
            b'0'..=b'9' => Ok(Self::Other(code - b'0')),
            _ => Err(Discard::Malformed),
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Oximeter => b'2',
            Self::Cuff => b'3',
            Self::Other(digit) if digit < 10 => b'0' + digit,
            Self::Other(_) => b'9',
        }
    }
}

fn small_number(field: &[u8]) -> Result<u8, Discard> {
    u8::try_from(text::number(field)?).map_err(|_too_long| Discard::Malformed)
}
