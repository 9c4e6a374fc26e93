//! What a device gave: values, how far to trust them, and when they arrived.

use std::fmt;
use std::time::Duration;

use crate::{DeviceId, Metric, MonoTime};

/// A finite number in its metric's unit. NaN cannot be built, so values have an order.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Value(f64);

impl Value {
    /// Returns the number as a value, or nothing when it is NaN or infinite.
    #[must_use]
    pub const fn finite(number: f64) -> Option<Self> {
        if number.is_finite() {
            Some(Self(number))
        } else {
            None
        }
    }

    /// Returns the whole number as a value.
    #[must_use]
    pub fn whole(number: impl Into<i32>) -> Self {
        Self(f64::from(number.into()))
    }

    /// Returns the number, in the metric's unit.
    #[must_use]
    pub const fn number(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A value together with how far to trust it. Only `Valid` is compared with limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measured {
    /// The device stands by the value.
    Valid(Value),
    /// The device gives a value and doubts it: artefact, low perfusion, motion.
    Questionable(Value),
    /// There is no value, and this is why. Never a number: not 0, not the last one.
    Unavailable(Unavailable),
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unavailable {
    /// The sensor is plugged in and not on the patient.
    SensorOff,
    /// No sensor is plugged in.
    NoSensor,
    /// The device is looking for the signal.
    Searching,
    /// The device is warming up, zeroing or calibrating.
    Calibrating,
    /// The device gave a number that the metric cannot have.
    OutOfRange,
    /// The device says no more than "no value".
    NoReading,
}

impl Measured {
    /// Returns the number as valid when the metric can plausibly have it, else as out of range.
    #[must_use]
    pub fn plausible(metric: Metric, number: f64) -> Self {
        let fits = metric
            .plausible()
            .is_none_or(|range| range.contains(&number));
        match Value::finite(number) {
            Some(value) if fits => Self::Valid(value),
            _ => Self::Unavailable(Unavailable::OutOfRange),
        }
    }

    /// Returns the same value marked as doubtful; what is unavailable stays so.
    #[must_use]
    pub const fn doubted(self) -> Self {
        match self {
            Self::Valid(value) | Self::Questionable(value) => Self::Questionable(value),
            Self::Unavailable(why) => Self::Unavailable(why),
        }
    }

    /// Returns the value if the device stands by it.
    #[must_use]
    pub const fn valid(self) -> Option<Value> {
        match self {
            Self::Valid(value) => Some(value),
            Self::Questionable(_) | Self::Unavailable(_) => None,
        }
    }
}

impl Unavailable {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::SensorOff,
        Self::NoSensor,
        Self::Searching,
        Self::Calibrating,
        Self::OutOfRange,
        Self::NoReading,
    ];

    /// Returns the reason with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.name() == name)
    }

    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SensorOff => "SensorOff",
            Self::NoSensor => "NoSensor",
            Self::Searching => "Searching",
            Self::Calibrating => "Calibrating",
            Self::OutOfRange => "OutOfRange",
            Self::NoReading => "NoReading",
        }
    }

    /// Tells whether this is a probe that is not on the patient, whichever end came loose.
    #[must_use]
    pub const fn is_probe_off(self) -> bool {
        matches!(self, Self::SensorOff | Self::NoSensor)
    }
}

/// One reading, where it came from and when its last byte arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The device that gave it.
    pub device: DeviceId,
    /// When its last byte arrived.
    pub received: MonoTime,
    /// What it says.
    pub reading: Reading,
}

/// What one observation says.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// A single value of a continuous metric, or a temperature.
    Numeric(Numeric),
    /// Something about a cuff determination.
    Cuff(Cuff),
    /// A run of samples of a curve.
    Waveform(SampleArray),
}

/// No determination takes less: the cuff is pumped up and let down in steps of some mmHg, a beat or
/// two at each. Well below the half minute that monitors need, and above what whole seconds of age,
/// a late answer and two clocks can hide.
const DETERMINATION_MIN: Duration = Duration::from_secs(10);

impl Reading {
    /// Returns when what it says had begun at the latest, as far as it says: a run of samples with
    /// its first one, a determination at least 10 s before its end. `now` is when it came.
    #[must_use]
    pub fn began(&self, now: MonoTime) -> Option<MonoTime> {
        match self {
            Self::Numeric(numeric) if numeric.metric == Metric::NibpPulseRate => {
                Some(numeric.taken.saturating_sub(DETERMINATION_MIN))
            }
            Self::Numeric(numeric) => Some(numeric.taken),
            Self::Cuff(Cuff::Completed(reading)) => {
                Some(reading.taken.saturating_sub(DETERMINATION_MIN))
            }
            Self::Cuff(_) => None,
            Self::Waveform(run) => {
                let length = u32::try_from(run.samples.len()).unwrap_or(u32::MAX);
                Some(now.saturating_sub(run.sample_period.saturating_mul(length)))
            }
        }
    }

    /// Returns the reading of a single value.
    #[must_use]
    pub const fn numeric(metric: Metric, measured: Measured, taken: MonoTime) -> Self {
        Self::Numeric(Numeric {
            metric,
            measured,
            taken,
        })
    }
}

/// A single value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numeric {
    /// What was measured.
    pub metric: Metric,
    /// The value, and how far to trust it.
    pub measured: Measured,
    /// When the device measured it, as far as it says; the value ages from here.
    pub taken: MonoTime,
}

/// A cuff determination as it goes. The pressures of one inflation stay together, for the rules
/// judge a reading and not a number: "clear" means systolic *and* diastolic are back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cuff {
    /// The cuff is being inflated or deflated.
    Measuring,
    /// A determination is complete.
    Completed(CuffReading),
    /// A determination ended without a result.
    Failed(CuffFailure),
    /// A determination ended with neither a result nor a failure: somebody cancelled it.
    Cancelled,
}

/// The pressures of one inflation. At least one is there; a monitor may leave out the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CuffReading {
    /// Systolic pressure, mmHg.
    pub systolic: Option<Value>,
    /// Diastolic pressure, mmHg.
    pub diastolic: Option<Value>,
    /// Mean pressure, mmHg.
    pub mean: Option<Value>,
    /// When the determination ended, as far as the device says. The reading ages from here.
    pub taken: MonoTime,
}

impl CuffReading {
    /// Returns the metrics that this reading has a value for, in the order of [`Metric`].
    pub fn numerics(&self) -> impl Iterator<Item = (Metric, Value)> {
        [
            (Metric::NibpSystolic, self.systolic),
            (Metric::NibpDiastolic, self.diastolic),
            (Metric::NibpMean, self.mean),
        ]
        .into_iter()
        .filter_map(|(metric, value)| value.map(|value| (metric, value)))
    }
}

/// Why a determination ended without a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CuffFailure {
    /// No pulse was found, or the pressures do not fit together.
    NoDetermination,
    /// The cuff could not be pumped up: a leak, a loose hose, no cuff.
    PumpUp,
    /// It took too long.
    Timeout,
    /// Too much pressure, or air left in the cuff.
    Overpressure,
    /// The device does not say.
    Unknown,
}

impl CuffFailure {
    /// Every cause.
    pub const ALL: [Self; 5] = [
        Self::NoDetermination,
        Self::PumpUp,
        Self::Timeout,
        Self::Overpressure,
        Self::Unknown,
    ];

    /// Returns the cause with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.name() == name)
    }

    /// Returns the name used in SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoDetermination => "NoDetermination",
            Self::PumpUp => "PumpUp",
            Self::Timeout => "Timeout",
            Self::Overpressure => "Overpressure",
            Self::Unknown => "Unknown",
        }
    }

    /// Returns the cause in words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoDetermination => "no reading found",
            Self::PumpUp => "cuff could not be pumped up",
            Self::Timeout => "took too long",
            Self::Overpressure => "overpressure or air left in the cuff",
            Self::Unknown => "the monitor does not say why",
        }
    }
}

/// A run of equally spaced waveform samples.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleArray {
    /// What the curve is.
    pub metric: Metric,
    /// From one sample to the next.
    pub sample_period: Duration,
    /// What one count is worth, in the metric's unit: a sample's value is `count * scale`.
    pub scale: f64,
    /// The samples in counts, oldest first; never empty. A gap ends a run.
    pub samples: Box<[i32]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_nan_or_infinite() {
        assert_eq!(Value::finite(f64::NAN), None);
        assert_eq!(Value::finite(f64::INFINITY), None);
        assert_eq!(Value::finite(97.0).map(Value::number), Some(97.0));
    }

    #[test]
    fn a_determination_began_well_before_it_ended_and_a_curve_with_its_first_sample() {
        let at = MonoTime::from_secs;
        let number = |metric| Reading::numeric(metric, Measured::plausible(metric, 70.0), at(50));
        assert_eq!(number(Metric::PulseRate).began(at(60)), Some(at(50)));
        assert_eq!(number(Metric::NibpPulseRate).began(at(60)), Some(at(40)));
        let reading = CuffReading {
            systolic: Value::finite(118.0),
            diastolic: None,
            mean: None,
            taken: at(50),
        };
        let cuff = |cuff| Reading::Cuff(cuff).began(at(60));
        assert_eq!(cuff(Cuff::Completed(reading)), Some(at(40)));
        assert_eq!(cuff(Cuff::Measuring), None);
    }

    #[test]
    fn an_impossible_number_is_out_of_range_and_not_a_value() {
        assert_eq!(
            Measured::plausible(Metric::SpO2, 127.0),
            Measured::Unavailable(Unavailable::OutOfRange)
        );
        assert_eq!(
            Measured::plausible(Metric::SpO2, f64::NAN),
            Measured::Unavailable(Unavailable::OutOfRange)
        );
        assert!(Measured::plausible(Metric::SpO2, 97.0).valid().is_some());
    }

    #[test]
    fn a_doubted_value_is_not_compared_with_limits() {
        let measured = Measured::plausible(Metric::SpO2, 80.0).doubted();
        assert_eq!(measured.valid(), None);
    }
}
