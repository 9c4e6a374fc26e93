//! What a host asks for.

use super::WaveKind;
use super::record::{self, END_OF_LIST, Header, REQUEST, Record, main_type};
use crate::Discard;

/// Waves in a request at most, without those of the newest monitors.
pub const WAVES_MAX: usize = 8;

/// Subrecord type of displayed values, in a request for them.
const DISPLAYED: u8 = 1;

const PHYSIOLOGICAL_LENGTH: usize = 9;
const WAVE_LENGTH: usize = 32;
const ALARM_LENGTH: usize = 12;

/// Where the list of waves begins.
const WAVES_AT: usize = 4;

/// What a host asks for. None of it changes a setting of the monitor or starts a measurement.
///
/// ```text
/// physiological data (9):  rr ii ii cc cc cc cc 00 00
/// waves (32):              qq qq 00 00 type[8] more types[16] 00 00 00 00
/// alarms (12):             mm mm reserved[10]
/// ```
///
/// - `rr` 1 displayed values; 2 and 3 trends, which are never asked for
/// - `ii` seconds from one record to the next, 5 or more; -1 a single one, 0 no more
/// - `cc` classes: 0 the basic one; 1 not that one, 2, 4, 8 the extended ones too
/// - `qq` 0 start, 1 stop
/// - `type` waves, 0xFF ends the list
/// - `mm` 0 send the status once, 2 send each change (the status first), 3 no more
///
/// Source: *S/5 Computer Interface Specification* M1017617, 12th ed., with its worked examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Displayed values of the basic class.
    Displayed {
        /// Seconds from one record to the next; 0 stops.
        interval_s: i16,
    },
    /// These waves and no others.
    Waves(WaveList),
    /// No more waves.
    StopWaves,
    /// The alarms that stand, once.
    AlarmStatus,
    /// The alarms that stand, and from then on again with each change.
    AlarmChanges,
    /// No more alarms.
    StopAlarms,
}

/// Up to eight waves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaveList {
    /// Ends with 0xFF, as on the line.
    types: [u8; WAVES_MAX],
}

impl WaveList {
    /// Makes a list. Nothing when there are more than eight waves or one that ends the list.
    #[must_use]
    pub fn new(waves: &[WaveKind]) -> Option<Self> {
        let mut types = [END_OF_LIST; WAVES_MAX];
        for (place, wave) in waves.iter().enumerate() {
            *types.get_mut(place)? = wave.code();
        }
        let ends = waves.iter().any(|wave| wave.code() == END_OF_LIST);
        (!ends).then_some(Self { types })
    }

    /// Returns the waves.
    pub fn waves(&self) -> impl Iterator<Item = WaveKind> {
        let listed = self.types.iter().take_while(|&&kind| kind != END_OF_LIST);
        listed.map(|&kind| WaveKind::new(kind))
    }
}

impl Request {
    /// Reads a request from its record, and the header beside it.
    ///
    /// # Errors
    ///
    /// [`Discard::Unknown`] for what is no request or one that is not above,
    /// [`Discard::Malformed`] for what cannot be.
    pub fn parse(record: &[u8]) -> Result<(Header, Self), Discard> {
        let record = Record::parse(record)?;
        let request = record.subrecords().find(|(kind, _)| *kind == REQUEST);
        let (_, body) = request.ok_or(Discard::Unknown)?;
        let request = match record.main_type {
            main_type::PHYSIOLOGICAL => Self::parse_displayed(body),
            main_type::WAVE => Self::parse_waves(body),
            main_type::ALARM => Self::parse_alarms(body),
            _ => Err(Discard::Unknown),
        }?;
        Ok((record.header, request))
    }

    fn parse_displayed(body: &[u8]) -> Result<Self, Discard> {
        let body: &[u8; PHYSIOLOGICAL_LENGTH] =
            body.try_into().map_err(|_length| Discard::Malformed)?;
        if body[0] != DISPLAYED {
            return Err(Discard::Unknown);
        }
        let interval_s = record::word(body, 1).cast_signed();
        Ok(Self::Displayed { interval_s })
    }

    fn parse_waves(body: &[u8]) -> Result<Self, Discard> {
        let body: &[u8; WAVE_LENGTH] = body.try_into().map_err(|_length| Discard::Malformed)?;
        match record::word(body, 0) {
            0 => {
                let mut types = [END_OF_LIST; WAVES_MAX];
                let listed = body[WAVES_AT..].iter();
                for (to, from) in types
                    .iter_mut()
                    .zip(listed.take_while(|&&kind| kind != END_OF_LIST))
                {
                    *to = *from;
                }
                Ok(Self::Waves(WaveList { types }))
            }
            1 => Ok(Self::StopWaves),
            _ => Err(Discard::Unknown),
        }
    }

    fn parse_alarms(body: &[u8]) -> Result<Self, Discard> {
        let body: &[u8; ALARM_LENGTH] = body.try_into().map_err(|_length| Discard::Malformed)?;
        match record::word(body, 0) {
            0 => Ok(Self::AlarmStatus),
            2 => Ok(Self::AlarmChanges),
            3 => Ok(Self::StopAlarms),
            _ => Err(Discard::Unknown),
        }
    }

    /// Appends the request's frame, from a host of this interface level; 0 in the vendor's
    /// examples.
    pub fn emit(&self, level: u8, line: &mut Vec<u8>) {
        let header = Header {
            level,
            ..Header::default()
        };
        let mut body = [0; WAVE_LENGTH];
        let (kind, length) = match self {
            Self::Displayed { interval_s } => {
                body[0] = DISPLAYED;
                body[1..3].copy_from_slice(&interval_s.to_le_bytes());
                (main_type::PHYSIOLOGICAL, PHYSIOLOGICAL_LENGTH)
            }
            Self::Waves(list) => {
                // Behind the end of the list there are zeros, as in the vendor's example.
                for (to, wave) in body[WAVES_AT..].iter_mut().zip(list.waves()) {
                    *to = wave.code();
                }
                body[WAVES_AT + list.waves().count()] = END_OF_LIST;
                (main_type::WAVE, WAVE_LENGTH)
            }
            Self::StopWaves => {
                body[0] = 1;
                body[WAVES_AT] = END_OF_LIST;
                (main_type::WAVE, WAVE_LENGTH)
            }
            Self::AlarmStatus => (main_type::ALARM, ALARM_LENGTH),
            Self::AlarmChanges => {
                body[0] = 2;
                (main_type::ALARM, ALARM_LENGTH)
            }
            Self::StopAlarms => {
                body[0] = 3;
                (main_type::ALARM, ALARM_LENGTH)
            }
        };
        record::emit(header, kind, &[(REQUEST, &body[..length])], line);
    }
}
