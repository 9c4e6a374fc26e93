//! What the monitor measures and in which unit, as numbers, and what we call it.
//!
//! Source: `OpenICE`, `VSCaptureMP` and the frames of a real monitor; the leads are those of
//! IEEE 11073-10101 (256 and the lead's number).

use chairside_model::{Metric, Unit};

use crate::units::MMHG_PER_KILOPASCAL;

/// What is measured.
pub mod kind {
    /// Heart rate from the ECG.
    pub const HEART_RATE: u16 = 0x4182;
    /// Pulse rate from the plethysmogram.
    pub const PULSE_RATE: u16 = 0x4822;
    /// Saturation.
    pub const SPO2: u16 = 0x4BB8;
    /// Perfusion index.
    pub const PERFUSION: u16 = 0x4BB0;
    /// Breaths by impedance.
    pub const EFFORT_RATE: u16 = 0x500A;
    /// Breaths on the capnogram.
    pub const RESPIRATION_RATE: u16 = 0x5012;
    /// CO2 at the end of a breath out.
    pub const ETCO2: u16 = 0x50B0;
    /// CO2 at the end of a breath in.
    pub const FICO2: u16 = 0x50BA;
    /// Temperature.
    pub const TEMPERATURE: u16 = 0x4B48;
    /// The cuff, as an object.
    pub const CUFF: u16 = 0x4A04;
    /// Systolic pressure of the cuff.
    pub const CUFF_SYSTOLIC: u16 = 0x4A05;
    /// Diastolic pressure of the cuff.
    pub const CUFF_DIASTOLIC: u16 = 0x4A06;
    /// Mean pressure of the cuff.
    pub const CUFF_MEAN: u16 = 0x4A07;
    /// Pulse rate counted by the cuff.
    pub const CUFF_PULSE_RATE: u16 = 0xF0E5;
    /// The ECG, as an object of several leads.
    pub const ECG: u16 = 0x0100;
    /// ECG lead I.
    pub const ECG_I: u16 = 0x0101;
    /// ECG lead II.
    pub const ECG_II: u16 = 0x0102;
    /// ECG lead V.
    pub const ECG_V: u16 = 0x0143;
    /// Plethysmogram.
    pub const PLETH: u16 = 0x4BB4;
    /// Capnogram.
    pub const CO2: u16 = 0x50AC;
    /// Impedance of the chest.
    pub const RESP: u16 = 0x5000;
}

/// Units.
pub mod unit {
    /// A share of one, or none.
    pub const NONE: u16 = 0x0200;
    /// Per cent.
    pub const PERCENT: u16 = 0x0220;
    /// Beats per minute.
    pub const BEATS_PER_MINUTE: u16 = 0x0AA0;
    /// Breaths per minute.
    pub const BREATHS_PER_MINUTE: u16 = 0x0AE0;
    /// Kilopascal.
    pub const KILOPASCAL: u16 = 0x0F03;
    /// Millimetres of mercury.
    pub const MILLIMETRE_OF_MERCURY: u16 = 0x0F20;
    /// Millivolt.
    pub const MILLIVOLT: u16 = 0x10B2;
    /// Degrees Celsius.
    pub const DEGREE_CELSIUS: u16 = 0x17A0;
}

/// Returns the metric of a number that comes by itself; nothing for those of a cuff, and for what
/// we have no word for.
#[inline]
pub(super) const fn numeric(kind: u16) -> Option<Metric> {
    Some(match kind {
        kind::HEART_RATE => Metric::HeartRate,
        kind::PULSE_RATE => Metric::PulseRate,
        kind::SPO2 => Metric::SpO2,
        kind::PERFUSION => Metric::PerfusionIndex,
        kind::EFFORT_RATE => Metric::EffortRate,
        kind::RESPIRATION_RATE => Metric::RespirationRate,
        kind::ETCO2 => Metric::EtCO2,
        kind::FICO2 => Metric::FiCO2,
        kind::TEMPERATURE => Metric::Temperature,
        _ => return None,
    })
}

/// Returns the metric of a curve; nothing for what we have no word for.
pub(super) const fn curve(kind: u16) -> Option<Metric> {
    Some(match kind {
        kind::ECG_I => Metric::EcgI,
        kind::ECG_II => Metric::EcgII,
        kind::ECG_V => Metric::EcgV,
        kind::PLETH => Metric::Pleth,
        kind::CO2 => Metric::Co2,
        kind::RESP => Metric::Resp,
        _ => return None,
    })
}

/// Returns what a number in this unit has to be multiplied with to be in the metric's own; nothing
/// when the unit is not one of this metric.
pub(super) const fn factor(metric: Metric, unit: u16) -> Option<f64> {
    match (metric.unit(), unit) {
        (Unit::Percent, unit::PERCENT)
        | (Unit::PerMinute, unit::BEATS_PER_MINUTE | unit::BREATHS_PER_MINUTE)
        | (Unit::MillimetreOfMercury, unit::MILLIMETRE_OF_MERCURY)
        | (Unit::DegreeCelsius, unit::DEGREE_CELSIUS)
        | (Unit::Millivolt, unit::MILLIVOLT)
        | (Unit::None, _) => Some(1.0),
        (Unit::Percent, unit::NONE) if matches!(metric, Metric::PerfusionIndex) => Some(1.0),
        (Unit::MillimetreOfMercury, unit::KILOPASCAL) => Some(MMHG_PER_KILOPASCAL),
        (
            Unit::Percent
            | Unit::PerMinute
            | Unit::MillimetreOfMercury
            | Unit::DegreeCelsius
            | Unit::Millivolt,
            _,
        ) => None,
    }
}
