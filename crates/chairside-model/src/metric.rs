//! What is measured, and the one unit it is carried in.

use std::fmt;
use std::ops::RangeInclusive;

/// What is measured. Each metric has one unit, fixed here; drivers convert on the way in.
///
/// Names in code, JSON, SQL and configuration are the same: see [`Metric::name`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Heart rate counted from the ECG.
    HeartRate,
    /// Pulse rate counted by the oximeter.
    PulseRate,
    /// Arterial oxygen saturation by pulse oximetry.
    SpO2,
    /// Pulsatile share of the oximeter's signal.
    PerfusionIndex,
    /// Breaths counted on the capnogram.
    RespirationRate,
    /// Carbon dioxide at the end of a breath out.
    EtCO2,
    /// Carbon dioxide at the end of a breath in.
    FiCO2,
    /// Systolic pressure of a cuff determination.
    NibpSystolic,
    /// Diastolic pressure of a cuff determination.
    NibpDiastolic,
    /// Mean pressure of a cuff determination.
    NibpMean,
    /// Pulse rate counted during a cuff determination.
    NibpPulseRate,
    /// Body temperature.
    Temperature,
    /// Movements of the chest by impedance or belt.
    EffortRate,
    /// Plethysmogram of the oximeter (waveform).
    Pleth,
    /// ECG lead I (waveform).
    EcgI,
    /// ECG lead II (waveform).
    EcgII,
    /// ECG lead V (waveform).
    EcgV,
    /// Capnogram (waveform).
    Co2,
    /// Impedance respiration (waveform).
    Resp,
}

/// The one unit a metric is carried in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Per cent.
    Percent,
    /// Per minute.
    PerMinute,
    /// Millimetres of mercury.
    MillimetreOfMercury,
    /// Degrees Celsius.
    DegreeCelsius,
    /// Millivolt.
    Millivolt,
    /// As the device gave it.
    None,
}

impl Unit {
    /// Returns the unit as people write it: `"%"`, `"/min"`, `"mmHg"`, `"°C"`, `"mV"`, `""`.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Percent => "%",
            Self::PerMinute => "/min",
            Self::MillimetreOfMercury => "mmHg",
            Self::DegreeCelsius => "°C",
            Self::Millivolt => "mV",
            Self::None => "",
        }
    }
}

/// How a metric comes in, which decides what its silence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cadence {
    /// Numbers that come by themselves, about once a second; seconds of silence are stale.
    Continuous,
    /// Numbers that somebody or a schedule asks for, like a cuff pressure; minutes are normal.
    Aperiodic,
    /// Samples of a curve.
    Waveform,
}

impl Metric {
    /// Every metric, in the order of the enum.
    pub const ALL: [Self; 19] = [
        Self::HeartRate,
        Self::PulseRate,
        Self::SpO2,
        Self::PerfusionIndex,
        Self::RespirationRate,
        Self::EtCO2,
        Self::FiCO2,
        Self::NibpSystolic,
        Self::NibpDiastolic,
        Self::NibpMean,
        Self::NibpPulseRate,
        Self::Temperature,
        Self::EffortRate,
        Self::Pleth,
        Self::EcgI,
        Self::EcgII,
        Self::EcgV,
        Self::Co2,
        Self::Resp,
    ];

    /// Returns the name used in code, JSON, SQL and configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HeartRate => "HeartRate",
            Self::PulseRate => "PulseRate",
            Self::SpO2 => "SpO2",
            Self::PerfusionIndex => "PerfusionIndex",
            Self::RespirationRate => "RespirationRate",
            Self::EtCO2 => "EtCO2",
            Self::FiCO2 => "FiCO2",
            Self::NibpSystolic => "NibpSystolic",
            Self::NibpDiastolic => "NibpDiastolic",
            Self::NibpMean => "NibpMean",
            Self::NibpPulseRate => "NibpPulseRate",
            Self::Temperature => "Temperature",
            Self::EffortRate => "EffortRate",
            Self::Pleth => "Pleth",
            Self::EcgI => "EcgI",
            Self::EcgII => "EcgII",
            Self::EcgV => "EcgV",
            Self::Co2 => "Co2",
            Self::Resp => "Resp",
        }
    }

    /// Returns the metric with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// Returns the one unit this metric is carried in.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::SpO2 | Self::PerfusionIndex => Unit::Percent,
            Self::HeartRate
            | Self::PulseRate
            | Self::RespirationRate
            | Self::NibpPulseRate
            | Self::EffortRate => Unit::PerMinute,
            Self::EtCO2
            | Self::FiCO2
            | Self::NibpSystolic
            | Self::NibpDiastolic
            | Self::NibpMean
            | Self::Co2 => Unit::MillimetreOfMercury,
            Self::Temperature => Unit::DegreeCelsius,
            Self::EcgI | Self::EcgII | Self::EcgV => Unit::Millivolt,
            Self::Pleth | Self::Resp => Unit::None,
        }
    }

    /// Returns how this metric comes in.
    #[must_use]
    pub const fn cadence(self) -> Cadence {
        match self {
            Self::HeartRate
            | Self::PulseRate
            | Self::SpO2
            | Self::PerfusionIndex
            | Self::RespirationRate
            | Self::EtCO2
            | Self::FiCO2
            | Self::EffortRate => Cadence::Continuous,
            Self::NibpSystolic
            | Self::NibpDiastolic
            | Self::NibpMean
            | Self::NibpPulseRate
            | Self::Temperature => Cadence::Aperiodic,
            Self::Pleth | Self::EcgI | Self::EcgII | Self::EcgV | Self::Co2 | Self::Resp => {
                Cadence::Waveform
            }
        }
    }

    /// Returns the reference name of IEEE 11073-10101.
    #[must_use]
    pub const fn mdc_name(self) -> &'static str {
        match self {
            Self::HeartRate => "MDC_ECG_HEART_RATE",
            Self::PulseRate => "MDC_PULS_OXIM_PULS_RATE",
            Self::SpO2 => "MDC_PULS_OXIM_SAT_O2",
            Self::PerfusionIndex => "MDC_PULS_OXIM_PERF_REL",
            Self::RespirationRate => "MDC_CO2_RESP_RATE",
            Self::EtCO2 => "MDC_AWAY_CO2_ET",
            Self::FiCO2 => "MDC_AWAY_CO2_INSP",
            Self::NibpSystolic => "MDC_PRESS_BLD_NONINV_SYS",
            Self::NibpDiastolic => "MDC_PRESS_BLD_NONINV_DIA",
            Self::NibpMean => "MDC_PRESS_BLD_NONINV_MEAN",
            Self::NibpPulseRate => "MDC_PULS_RATE_NON_INV",
            Self::Temperature => "MDC_TEMP_BODY",
            Self::EffortRate => "MDC_TTHOR_RESP_RATE",
            Self::Pleth => "MDC_PULS_OXIM_PLETH",
            Self::EcgI => "MDC_ECG_LEAD_I",
            Self::EcgII => "MDC_ECG_LEAD_II",
            Self::EcgV => "MDC_ECG_LEAD_V",
            Self::Co2 => "MDC_AWAY_CO2",
            Self::Resp => "MDC_IMPED_TTHOR",
        }
    }

    /// Returns what a monitor can plausibly give for this metric, in its unit; nothing for a
    /// waveform. A driver reports a number outside of it as out of range, never as a value.
    ///
    /// Wide on purpose: they are the ends of the monitors' own measuring ranges, not limits.
    #[must_use]
    pub const fn plausible(self) -> Option<RangeInclusive<f64>> {
        match self {
            Self::HeartRate | Self::PulseRate | Self::NibpPulseRate => Some(0.0..=350.0),
            Self::SpO2 => Some(0.0..=100.0),
            Self::PerfusionIndex => Some(0.0..=30.0),
            Self::RespirationRate | Self::EffortRate => Some(0.0..=200.0),
            Self::EtCO2 | Self::FiCO2 => Some(0.0..=150.0),
            Self::NibpSystolic | Self::NibpDiastolic | Self::NibpMean => Some(0.0..=300.0),
            Self::Temperature => Some(10.0..=50.0),
            Self::Pleth | Self::EcgI | Self::EcgII | Self::EcgV | Self::Co2 | Self::Resp => None,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_found_by_its_own_name() {
        for metric in Metric::ALL {
            assert_eq!(Metric::from_name(metric.name()), Some(metric));
        }
        assert_eq!(Metric::from_name("spo2"), None);
    }

    #[test]
    fn no_two_metrics_share_an_ieee_name() {
        let mut names: Vec<_> = Metric::ALL.map(Metric::mdc_name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Metric::ALL.len());
    }
}
