//! What the codes of IEEE 11073-10101 mean that monitors send, and their units.
//!
//! A code is a number, `partition * 65536 + code`; its low half is the number that `IntelliVue`
//! monitors use. Source: IEEE 11073-10101 as quoted by public messages of Comen, XH80X, Mindray
//! and GE monitors. **Private codes** (`99MNDRY`, `99COMEN`, and the short numbers of old Comen
//! monitors) are not read.

use chairside_model::Metric;

use crate::units::MMHG_PER_KILOPASCAL;

/// A coded field: `150456^MDC_PULS_OXIM_SAT_O2^MDC`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Code<'a> {
    /// The first component, as it stands.
    pub identifier: &'a [u8],
    /// The name.
    pub name: &'a [u8],
    /// The system that the identifier is of: `MDC`, `UCUM`, or a vendor's.
    pub system: &'a [u8],
}

impl<'a> Code<'a> {
    pub(super) fn parse(field: &'a [u8], component: u8) -> Self {
        let mut components = field.split(|byte| *byte == component);
        let mut next = || components.next().unwrap_or_default();
        Self {
            identifier: next(),
            name: next(),
            system: next(),
        }
    }

    /// Returns the number of IEEE 11073-10101, when it is one.
    fn mdc(&self) -> Option<u32> {
        let of_mdc = matches!(self.system, b"MDC" | b"");
        let digits = self.identifier;
        if !of_mdc || digits.is_empty() || digits.len() > 6 {
            return None;
        }
        digits.iter().try_fold(0, |number, byte| {
            byte.is_ascii_digit()
                .then(|| number * 10 + u32::from(byte - b'0'))
        })
    }
}

/// Returns what is measured, where we carry it.
///
/// - HR from the ECG is not the pulse rate; the generic pulse rate (149522) is taken for the
///   oximeter's.
/// - 151562, a respiration rate whose source is not said, is taken for the rate of breaths; that
///   from the impedance (151578) is the rate of the chest's movements. That from the pleth
///   (151658) is neither and is not read.
/// - 150301 to 150303 are the cuff's own codes beside 150021 to 150023.
#[must_use]
pub fn metric_of(code: &Code<'_>) -> Option<Metric> {
    Some(match code.mdc()? {
        147_842 => Metric::HeartRate,
        149_522 | 149_530 | 149_538 => Metric::PulseRate,
        149_546 => Metric::NibpPulseRate,
        150_021 | 150_301 => Metric::NibpSystolic,
        150_022 | 150_302 => Metric::NibpDiastolic,
        150_023 | 150_303 => Metric::NibpMean,
        150_344 => Metric::Temperature,
        150_448 | 150_488 => Metric::PerfusionIndex,
        150_456 => Metric::SpO2,
        151_562 | 151_594 => Metric::RespirationRate,
        151_578 => Metric::EffortRate,
        151_708 | 151_728 => Metric::EtCO2,
        151_716 => Metric::FiCO2,
        _ => return None,
    })
}

/// A unit that we can convert from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Per cent.
    Percent,
    /// Beats or breaths a minute.
    PerMinute,
    /// Millimetres of mercury.
    MillimetreOfMercury,
    /// Kilopascals.
    Kilopascal,
    /// Degrees Celsius.
    DegreeCelsius,
    /// Degrees Fahrenheit.
    DegreeFahrenheit,
}

impl Unit {
    /// Returns the unit of a code of IEEE 11073-10101 or UCUM; nothing of one that is not known.
    ///
    /// The number of degrees Fahrenheit is 266560, and at least two monitors send another one
    /// beside the right name; so there the name counts.
    #[must_use]
    pub fn of(code: &Code<'_>) -> Option<Self> {
        Some(match (code.mdc(), code.name) {
            (Some(262_688), _) => Self::Percent,
            (Some(264_864 | 264_928), _) => Self::PerMinute,
            (Some(266_016), _) => Self::MillimetreOfMercury,
            (Some(265_987), _) => Self::Kilopascal,
            (Some(268_192), _) => Self::DegreeCelsius,
            (Some(266_560), _) | (Some(_), b"MDC_DIM_FAHR") => Self::DegreeFahrenheit,
            (Some(_), _) => return None,
            (None, _) => match code.identifier {
                b"%" => Self::Percent,
                b"/min" | b"1/min" | b"{beat}/min" | b"{beats}/min" | b"{breath}/min"
                | b"{breaths}/min" => Self::PerMinute,
                b"mm[Hg]" => Self::MillimetreOfMercury,
                b"kPa" => Self::Kilopascal,
                b"Cel" => Self::DegreeCelsius,
                b"[degF]" => Self::DegreeFahrenheit,
                _ => return None,
            },
        })
    }

    /// Returns a number in the metric's own unit; nothing when this unit is not one of its kind.
    #[must_use]
    pub fn convert(self, metric: Metric, number: f64) -> Option<f64> {
        use chairside_model::Unit as Own;
        let hundredths = |number: f64| (number * 100.0).round() / 100.0;
        Some(match (metric.unit(), self) {
            (Own::Percent, Self::Percent)
            | (Own::PerMinute, Self::PerMinute)
            | (Own::MillimetreOfMercury, Self::MillimetreOfMercury)
            | (Own::DegreeCelsius, Self::DegreeCelsius) => number,
            (Own::MillimetreOfMercury, Self::Kilopascal) => {
                hundredths(number * MMHG_PER_KILOPASCAL)
            }
            (Own::DegreeCelsius, Self::DegreeFahrenheit) => hundredths((number - 32.0) / 1.8),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(field: &str) -> Option<Unit> {
        Unit::of(&Code::parse(field.as_bytes(), b'^'))
    }

    fn metric(field: &str) -> Option<Metric> {
        metric_of(&Code::parse(field.as_bytes(), b'^'))
    }

    #[test]
    fn a_metric_is_known_by_its_number_and_its_system() {
        assert_eq!(
            metric("150456^MDC_PULS_OXIM_SAT_O2^MDC"),
            Some(Metric::SpO2)
        );
        assert_eq!(metric("150456"), Some(Metric::SpO2));
        for other in [
            "150456^SpO2^99MNDRY",
            "100^HR^99MNDRY",
            "110^HR",
            "",
            "^^MDC",
            "HR^^MDC",
            "1504560^^MDC",
            "160324^MDC_SPO2_SIGNAL_QUALITY_INDEX^MDC",
            "151658^^MDC",
        ] {
            assert_eq!(metric(other), None, "{other}");
        }
    }

    #[test]
    fn units_are_converted_and_others_refused() {
        let converted = |field: &str, metric, number| unit(field)?.convert(metric, number);
        assert_eq!(
            converted("265987^MDC_DIM_KILO_PASCAL^MDC", Metric::EtCO2, 5.0),
            Some(37.5)
        );
        assert_eq!(
            converted("kPa^^UCUM", Metric::NibpSystolic, 16.0),
            Some(120.01)
        );
        assert_eq!(
            converted("[degF]^^UCUM", Metric::Temperature, 98.6),
            Some(37.0)
        );
        assert_eq!(
            converted("266560^MDC_DIM_FAHR^MDC", Metric::Temperature, 98.6),
            Some(37.0)
        );
        // As a monitor sends it.
        assert_eq!(
            converted("268224^MDC_DIM_FAHR^MDC", Metric::Temperature, 98.6),
            Some(37.0)
        );
        assert_eq!(converted("mm[Hg]^^UCUM", Metric::EtCO2, 38.0), Some(38.0));
        assert_eq!(
            converted("{beat}/min^^UCUM", Metric::HeartRate, 72.0),
            Some(72.0)
        );
        // Not of the metric's kind.
        assert_eq!(
            converted("262688^MDC_DIM_PERCENT^MDC", Metric::EtCO2, 5.0),
            None
        );
        assert_eq!(
            converted("266016^MDC_DIM_MMHG^MDC", Metric::SpO2, 97.0),
            None
        );
        for other in ["", "bpm", "262689^^MDC", "mmHg", "262688^^99MNDRY"] {
            assert_eq!(unit(other), None, "{other}");
        }
    }
}
