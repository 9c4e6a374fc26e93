//! The values of a second.

use std::ops::Range;

use super::{Co2Alarms, ExtendedStatus, SlowStatus, SpO2Alarms};
use crate::Discard;
use crate::capnostream20::framing;

mod field {
    use std::ops::Range;

    pub(super) const TIME: Range<usize> = 1..5;
    pub(super) const ETCO2: usize = 5;
    pub(super) const FICO2: usize = 6;
    pub(super) const RESPIRATION_RATE: usize = 7;
    pub(super) const SPO2: usize = 8;
    pub(super) const PULSE_RATE: usize = 9;
    pub(super) const SLOW_STATUS: usize = 10;
    pub(super) const UNDECODED: Range<usize> = 11..14;
    pub(super) const CO2_ALARMS: usize = 14;
    pub(super) const SPO2_ALARMS: usize = 15;
    pub(super) const WITHOUT_BREATH: usize = 16;
    pub(super) const LIMITS: Range<usize> = 17..26;
    pub(super) const UNIT: usize = 26;
    pub(super) const EXTENDED_STATUS: usize = 27;
    pub(super) const END: usize = 28;
}

/// What stands where there is no value, or no limit.
const NONE: u8 = 0xFF;

/// All numbers, once a second.
///
/// ```text
/// 01 tttttttt ee ff rr ss pp st xxxxxx ca sa nb llllllllllllllllll uu xt
/// 0  1        5  6  7  8  9  10 11     14 15 16 17                 26 27
/// ```
///
/// - `tttttttt` the monitor's clock, seconds, big-endian; local time and not UTC
/// - `ee` EtCO2, `ff` FiCO2: in `uu`, tenths of it for kPa and vol%; FF = none
/// - `rr` respiration rate, `ss` SpO2, `pp` pulse rate: /min, %, /min; FF = none
/// - `st` [`SlowStatus`]
/// - `xxxxxx` not known
/// - `ca` [`Co2Alarms`], `sa` [`SpO2Alarms`]
/// - `nb` seconds without breath
/// - `ll…` [`AlarmLimits`]
/// - `uu` [`Co2Unit`]
/// - `xt` [`ExtendedStatus`]
///
/// More bytes may follow; they are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numerics {
    /// The monitor's clock: seconds since the start of 1970, local time.
    pub device_time_s: u32,
    /// EtCO2, 0 to 254, in [`unit`](Self::unit) or its tenths.
    pub etco2: Option<u8>,
    /// FiCO2, 0 to 254, in [`unit`](Self::unit) or its tenths.
    pub fico2: Option<u8>,
    /// Respiration rate, 0 to 254 /min.
    pub respiration_rate: Option<u8>,
    /// Saturation, 0 to 254 % on the wire.
    pub spo2: Option<u8>,
    /// Pulse rate, 0 to 254 /min.
    pub pulse_rate: Option<u8>,
    /// How the monitor stands.
    pub slow_status: SlowStatus,
    /// Three bytes that no public program decodes.
    pub undecoded: [u8; 3],
    /// The monitor's alarms about the gas.
    pub co2_alarms: Co2Alarms,
    /// The monitor's alarms about the oximeter.
    pub spo2_alarms: SpO2Alarms,
    /// Seconds since the last breath.
    pub without_breath_s: u8,
    /// The monitor's alarm limits.
    pub limits: AlarmLimits,
    /// What EtCO2 and FiCO2 are in.
    pub unit: Co2Unit,
    /// More about the gas measurement.
    pub extended_status: ExtendedStatus,
}

/// The monitor's own alarm limits; nothing where one is switched off.
///
/// ```text
/// EtCO2 high, low; respiration rate high, low; FiCO2 high; SpO2 high, low; pulse rate high, low
/// ```
///
/// Each one byte, in the units of the values beside them; FF = none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmLimits {
    /// EtCO2, high.
    pub etco2_high: Option<u8>,
    /// EtCO2, low.
    pub etco2_low: Option<u8>,
    /// Respiration rate, high.
    pub respiration_rate_high: Option<u8>,
    /// Respiration rate, low.
    pub respiration_rate_low: Option<u8>,
    /// FiCO2, high.
    pub fico2_high: Option<u8>,
    /// Saturation, high.
    pub spo2_high: Option<u8>,
    /// Saturation, low.
    pub spo2_low: Option<u8>,
    /// Pulse rate, high.
    pub pulse_rate_high: Option<u8>,
    /// Pulse rate, low.
    pub pulse_rate_low: Option<u8>,
}

/// What the monitor displays CO2 in, and sends EtCO2 and FiCO2 in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Co2Unit {
    /// 1: millimetres of mercury.
    MillimetreOfMercury,
    /// 2: kilopascals; values are tenths.
    Kilopascal,
    /// 3: per cent of volume; values are tenths.
    VolumePercent,
}

impl Numerics {
    /// The message's code.
    pub const CODE: u8 = 0x01;

    /// Reads the message from its frame's body.
    ///
    /// # Errors
    ///
    /// See the [module](super). A message that the monitor shifted by a byte is
    /// [`Discard::Malformed`], for its unit is none or its limits contradict each other.
    #[inline]
    pub fn parse(body: &[u8]) -> Result<Self, Discard> {
        let body: &[u8; field::END] = body.first_chunk().ok_or(Discard::Malformed)?;
        if body[0] != Self::CODE {
            return Err(Discard::Unknown);
        }
        Ok(Self {
            device_time_s: u32::from_be_bytes(part(body, field::TIME)),
            etco2: value(body[field::ETCO2]),
            fico2: value(body[field::FICO2]),
            respiration_rate: value(body[field::RESPIRATION_RATE]),
            spo2: value(body[field::SPO2]),
            pulse_rate: value(body[field::PULSE_RATE]),
            slow_status: SlowStatus::from_bits(body[field::SLOW_STATUS]),
            undecoded: part(body, field::UNDECODED),
            co2_alarms: Co2Alarms::from_bits(body[field::CO2_ALARMS]),
            spo2_alarms: SpO2Alarms::from_bits(body[field::SPO2_ALARMS]),
            without_breath_s: body[field::WITHOUT_BREATH],
            limits: AlarmLimits::parse(part(body, field::LIMITS))?,
            unit: Co2Unit::parse(body[field::UNIT])?,
            extended_status: ExtendedStatus::from_bits(body[field::EXTENDED_STATUS]),
        })
    }

    /// Appends the message's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let mut body = [0; field::END];
        body[field::TIME].copy_from_slice(&self.device_time_s.to_be_bytes());
        body[field::ETCO2] = byte(self.etco2);
        body[field::FICO2] = byte(self.fico2);
        body[field::RESPIRATION_RATE] = byte(self.respiration_rate);
        body[field::SPO2] = byte(self.spo2);
        body[field::PULSE_RATE] = byte(self.pulse_rate);
        body[field::SLOW_STATUS] = self.slow_status.bits();
        body[field::UNDECODED].copy_from_slice(&self.undecoded);
        body[field::CO2_ALARMS] = self.co2_alarms.bits();
        body[field::SPO2_ALARMS] = self.spo2_alarms.bits();
        body[field::WITHOUT_BREATH] = self.without_breath_s;
        body[field::LIMITS].copy_from_slice(&self.limits.bytes());
        body[field::UNIT] = self.unit.code();
        body[field::EXTENDED_STATUS] = self.extended_status.bits();
        framing::emit(line, Self::CODE, &body[1..]);
    }
}

impl AlarmLimits {
    /// Reads the limits.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when the high end of a pair lies below its low end: no monitor
    /// takes such limits, so these bytes are something else. A high end of 0 could be one that is
    /// switched off.
    fn parse(bytes: [u8; 9]) -> Result<Self, Discard> {
        let limits @ [
            etco2_high,
            etco2_low,
            respiration_rate_high,
            respiration_rate_low,
            fico2_high,
            spo2_high,
            spo2_low,
            pulse_rate_high,
            pulse_rate_low,
        ] = bytes.map(value);
        let [eh, el, rh, rl, _, sh, sl, ph, pl] = limits;
        let contradictory = [(eh, el), (rh, rl), (sh, sl), (ph, pl)]
            .into_iter()
            .any(|pair| matches!(pair, (Some(high @ 1..), Some(low)) if high < low));
        if contradictory {
            return Err(Discard::Malformed);
        }
        Ok(Self {
            etco2_high,
            etco2_low,
            respiration_rate_high,
            respiration_rate_low,
            fico2_high,
            spo2_high,
            spo2_low,
            pulse_rate_high,
            pulse_rate_low,
        })
    }

    fn bytes(self) -> [u8; 9] {
        [
            self.etco2_high,
            self.etco2_low,
            self.respiration_rate_high,
            self.respiration_rate_low,
            self.fico2_high,
            self.spo2_high,
            self.spo2_low,
            self.pulse_rate_high,
            self.pulse_rate_low,
        ]
        .map(byte)
    }
}

impl Co2Unit {
    const fn parse(code: u8) -> Result<Self, Discard> {
        match code {
            1 => Ok(Self::MillimetreOfMercury),
            2 => Ok(Self::Kilopascal),
            3 => Ok(Self::VolumePercent),
            _ => Err(Discard::Malformed),
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::MillimetreOfMercury => 1,
            Self::Kilopascal => 2,
            Self::VolumePercent => 3,
        }
    }
}

/// Returns the bytes of one field.
fn part<const LENGTH: usize>(body: &[u8; field::END], range: Range<usize>) -> [u8; LENGTH] {
    body[range]
        .try_into()
        .expect("a field is as long as its range says")
}

fn value(byte: u8) -> Option<u8> {
    (byte != NONE).then_some(byte)
}

fn byte(value: Option<u8>) -> u8 {
    value.unwrap_or(NONE)
}
