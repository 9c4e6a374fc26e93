//! The values that the monitor displays.

use super::record::{self, Header, Record, main_type};
use super::{Co2Status, EcgLabel, EcgStatus, GroupStatus, NibpLabel};
use crate::Discard;

/// Type of a subrecord of displayed values.
const DISPLAYED: u8 = 1;

/// Type of a subrecord of values that were averaged over a minute, the last with the same form.
const TREND_60_S: u8 = 3;

/// Length of every such subrecord.
pub(super) const LENGTH: usize = 278;

/// Where things lie in the subrecord; its data begins at 4.
mod field {
    pub(super) const TIME: usize = 0;
    pub(super) const ECG: usize = 4;
    pub(super) const NIBP: usize = 76;
    pub(super) const TEMPERATURES: usize = 90;
    pub(super) const OXIMETER: usize = 122;
    pub(super) const CO2: usize = 136;
    pub(super) const DATA_END: usize = 272;
    pub(super) const CLASS: usize = 276;

    /// In each group.
    pub(super) const STATUS: usize = 0;
    pub(super) const LABEL: usize = 4;
    pub(super) const VALUES: usize = 6;
    pub(super) const TEMPERATURE_LENGTH: usize = 8;
}

/// The lowest four bits of the upper byte say the class; 0 is the basic one.
const CLASS_BITS: u16 = 0x0F00;

/// The displayed values of the basic class.
///
/// ```text
/// tttttttt ECG pressures NIBP temperatures SpO2 CO2 others mk 00 cccc
/// 0        4   20        76   90           122  136 150    274   276
/// ```
///
/// Each group has four bytes of status, two of label, and its values, 16 bits each.
///
/// - `tttttttt` seconds since 1970 on the monitor's clock
/// - ECG (16): heart rate, three ST levels in 1/100 mm, respiration rate by impedance
/// - pressures: four invasive ones (14 each), not read
/// - NIBP (14): systolic, diastolic, mean in 1/100 mmHg, pulse rate
/// - temperatures: four (8 each), in 1/100 degree Celsius
/// - SpO2 (14): saturation in 1/100 %, pulse rate, modulation in 1/100 %, `SvO2`
/// - CO2 (14): end-tidal and inspired in 1/100 %, respiration rate, ambient pressure in 1/10 mmHg
/// - others: O2, N2O, agent, flow, and more, not read
/// - `mk` last mark, `cccc` class in bits 8 to 11
///
/// Source: *DRI Specification* 8005313, 12th ed., sections 3.3 to 3.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Displayed {
    /// The record's header.
    pub header: Header,
    /// When the values were displayed, seconds since 1970 on the monitor's clock.
    pub time_s: u32,
    /// The ECG.
    pub ecg: EcgGroup,
    /// The cuff.
    pub nibp: NibpGroup,
    /// The thermometers.
    pub temperatures: [TemperatureGroup; 4],
    /// The oximeter.
    pub oximeter: OximeterGroup,
    /// The capnograph.
    pub co2: Co2Group,
}

/// The ECG.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EcgGroup {
    /// How it stands, and what the heart rate was counted from.
    pub status: EcgStatus,
    /// Which leads the channels are.
    pub label: EcgLabel,
    /// Heart rate, /min, from whatever source was chosen.
    pub heart_rate: Field,
    /// Respiration rate by impedance, /min.
    pub impedance_rate: Field,
}

/// The cuff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NibpGroup {
    /// How it stands.
    pub status: GroupStatus,
    /// How the determination stands.
    pub label: NibpLabel,
    /// Systolic, diastolic and mean pressure, 1/100 mmHg.
    pub pressures: [Field; 3],
    /// Pulse rate, /min.
    pub pulse_rate: Field,
}

/// A thermometer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TemperatureGroup {
    /// How it stands.
    pub status: GroupStatus,
    /// Where it measures: 7 skin, 8 airway, 9 room, 16 surface; the others in the body.
    pub label: u16,
    /// Temperature, 1/100 degree Celsius.
    pub temperature: Field,
}

/// The oximeter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OximeterGroup {
    /// How it stands.
    pub status: GroupStatus,
    /// Saturation, 1/100 %.
    pub saturation: Field,
    /// Pulse rate, /min.
    pub pulse_rate: Field,
    /// Modulation of the infrared signal, 1/100 %.
    pub modulation: Field,
}

/// The capnograph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Co2Group {
    /// How it stands.
    pub status: Co2Status,
    /// In bits 0 to 2 what the respiration rate was counted from, below level 8.
    pub label: u16,
    /// End-tidal concentration, 1/100 %.
    pub end_tidal: Field,
    /// Inspired concentration, 1/100 %.
    pub inspired: Field,
    /// Respiration rate, /min.
    pub respiration_rate: Field,
    /// Ambient pressure, 1/10 mmHg.
    pub ambient_pressure: Field,
}

/// A value, or a code that says why there is none. By default the code for "invalid".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(i16);

impl Field {
    /// There is no value.
    pub const INVALID: Self = Self(-32767);
    /// There is no new value.
    pub const NOT_UPDATED: Self = Self(-32766);
    /// The value lies below the range.
    pub const UNDER_RANGE: Self = Self(-32764);
    /// The value lies above the range.
    pub const OVER_RANGE: Self = Self(-32763);
    /// The sensor is not calibrated.
    pub const NOT_CALIBRATED: Self = Self(-32762);

    /// From here downwards there are codes and no values.
    const CODES_MAX: i16 = -32001;

    /// Returns the field of a value or a code.
    #[inline]
    #[must_use]
    pub const fn new(raw: i16) -> Self {
        Self(raw)
    }

    /// Returns what is sent.
    #[must_use]
    pub const fn raw(self) -> i16 {
        self.0
    }

    /// Returns the value, if it is one.
    #[inline]
    #[must_use]
    pub const fn number(self) -> Option<i16> {
        if self.0 > Self::CODES_MAX {
            Some(self.0)
        } else {
            None
        }
    }
}

impl Default for Field {
    fn default() -> Self {
        Self::INVALID
    }
}

impl Displayed {
    /// Finds the basic class among the subrecords.
    #[inline]
    pub(super) fn parse(record: &Record<'_>) -> Result<Self, Discard> {
        let mut basic = None;
        for (kind, bytes) in record.subrecords() {
            if (DISPLAYED..=TREND_60_S).contains(&kind) {
                let bytes: &[u8; LENGTH] =
                    bytes.try_into().map_err(|_length| Discard::Malformed)?;
                let class = record::word(bytes, field::CLASS) & CLASS_BITS;
                if kind == DISPLAYED && class == 0 {
                    basic = basic.or(Some(bytes));
                }
            }
        }
        let bytes = basic.ok_or(Discard::Unknown)?;
        Ok(Self::read(record.header, bytes))
    }

    #[inline]
    fn read(header: Header, bytes: &[u8; LENGTH]) -> Self {
        let status = |group| record::double_word(bytes, group + field::STATUS);
        let label = |group| record::word(bytes, group + field::LABEL);
        let value = |group, place: usize| {
            let raw = record::word(bytes, group + field::VALUES + 2 * place);
            Field(raw.cast_signed())
        };
        let (ecg, nibp, oximeter, co2) = (field::ECG, field::NIBP, field::OXIMETER, field::CO2);
        let temperature = |place| {
            let group = field::TEMPERATURES + place * field::TEMPERATURE_LENGTH;
            TemperatureGroup {
                status: GroupStatus::from_bits(status(group)),
                label: label(group),
                temperature: value(group, 0),
            }
        };
        Self {
            header,
            time_s: record::double_word(bytes, field::TIME),
            ecg: EcgGroup {
                status: EcgStatus::from_bits(status(ecg)),
                label: EcgLabel::from_bits(label(ecg)),
                heart_rate: value(ecg, 0),
                impedance_rate: value(ecg, 4),
            },
            nibp: NibpGroup {
                status: GroupStatus::from_bits(status(nibp)),
                label: NibpLabel::from_bits(label(nibp)),
                pressures: [value(nibp, 0), value(nibp, 1), value(nibp, 2)],
                pulse_rate: value(nibp, 3),
            },
            temperatures: [
                temperature(0),
                temperature(1),
                temperature(2),
                temperature(3),
            ],
            oximeter: OximeterGroup {
                status: GroupStatus::from_bits(status(oximeter)),
                saturation: value(oximeter, 0),
                pulse_rate: value(oximeter, 1),
                modulation: value(oximeter, 2),
            },
            co2: Co2Group {
                status: Co2Status::from_bits(status(co2)),
                label: label(co2),
                end_tidal: value(co2, 0),
                inspired: value(co2, 1),
                respiration_rate: value(co2, 2),
                ambient_pressure: value(co2, 3),
            },
        }
    }

    /// Appends the record's frame. What is not kept is sent as a module that is not there.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let bytes = self.subrecord();
        let subrecords = [(DISPLAYED, bytes.as_slice())];
        record::emit(self.header, main_type::PHYSIOLOGICAL, &subrecords, line);
    }

    fn subrecord(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
        for at in (field::ECG..field::DATA_END).step_by(2) {
            put(at, &Field::INVALID.0.to_le_bytes());
        }
        for group in ABSENT_GROUPS {
            put(group, &[0; field::VALUES]);
        }
        put(field::TIME, &self.time_s.to_le_bytes());
        let mut group = |at: usize, status: u32, label: u16, values: &[Field]| {
            put(at + field::STATUS, &status.to_le_bytes());
            put(at + field::LABEL, &label.to_le_bytes());
            for (place, value) in values.iter().enumerate() {
                put(at + field::VALUES + 2 * place, &value.0.to_le_bytes());
            }
        };
        let (ecg, nibp, oximeter, co2) = (&self.ecg, &self.nibp, &self.oximeter, &self.co2);
        let none = Field::INVALID;
        let rates = [ecg.heart_rate, none, none, none, ecg.impedance_rate];
        group(field::ECG, ecg.status.bits(), ecg.label.bits(), &rates);
        let [systolic, diastolic, mean] = nibp.pressures;
        let pressures = [systolic, diastolic, mean, nibp.pulse_rate];
        group(
            field::NIBP,
            nibp.status.bits(),
            nibp.label.bits(),
            &pressures,
        );
        for (place, one) in self.temperatures.iter().enumerate() {
            let at = field::TEMPERATURES + place * field::TEMPERATURE_LENGTH;
            group(at, one.status.bits(), one.label, &[one.temperature]);
        }
        let pulse = [
            oximeter.saturation,
            oximeter.pulse_rate,
            oximeter.modulation,
            none,
        ];
        group(field::OXIMETER, oximeter.status.bits(), 0, &pulse);
        let gas = [
            co2.end_tidal,
            co2.inspired,
            co2.respiration_rate,
            co2.ambient_pressure,
        ];
        group(field::CO2, co2.status.bits(), co2.label, &gas);
        // Class 0, the level in the next four bits and the type in the lowest, as captured.
        let class = u16::from(self.header.level & 0x0F) << 4 | u16::from(DISPLAYED);
        put(field::CLASS, &class.to_le_bytes());
        bytes
    }
}

/// Where the groups begin that are sent as not there: four invasive pressures; O2, N2O, agent,
/// flow, cardiac output, relaxation; `SvO2`, two more pressures.
const ABSENT_GROUPS: [usize; 13] = [20, 34, 48, 62, 150, 160, 170, 182, 204, 218, 236, 244, 258];
