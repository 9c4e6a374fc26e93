//! How evidence is worded: plain numbers with their units. Never a diagnosis.

use std::fmt;
use std::time::Duration;

use chairside_model::{CuffReading, Metric, Unit, Value};

use crate::LimitSide;

pub(crate) mod airway;

/// The name of a metric as it is said at the bedside.
pub(crate) const fn spoken(metric: Metric) -> &'static str {
    match metric {
        Metric::HeartRate => "HR",
        Metric::PulseRate => "pulse",
        Metric::NibpSystolic => "systolic",
        Metric::NibpDiastolic => "diastolic",
        Metric::NibpMean => "mean",
        Metric::RespirationRate => "RR",
        Metric::EffortRate => "RR by chest movement (no CO2)",
        Metric::PerfusionIndex => "perfusion index",
        other => other.name(),
    }
}

/// A value with its unit: `87 %`, `128/min`, `112 mmHg`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WithUnit(pub(crate) Metric, pub(crate) Value);

impl fmt::Display for WithUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(metric, value) = self;
        match metric.unit() {
            unit @ Unit::PerMinute => write!(f, "{value}{}", unit.symbol()),
            unit => write!(f, "{value} {}", unit.symbol()),
        }
    }
}

/// On which side of a limit: `below`, `above`.
pub(crate) const fn beyond(side: LimitSide) -> &'static str {
    match side {
        LimitSide::Low => "below",
        LimitSide::High => "above",
    }
}

/// ` for 5 s`; nothing when it has only just begun, for one sample decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lasted(pub(crate) Duration);

impl fmt::Display for Lasted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < Duration::from_secs(1) {
            return Ok(());
        }
        write!(f, " for {}", Span(self.0))
    }
}

/// A time that people can read: seconds up to two minutes, then whole minutes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span(pub(crate) Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            seconds @ 0..120 => write!(f, "{seconds} s"),
            seconds => write!(f, "{} min", seconds / 60),
        }
    }
}

/// The pressures of a cuff reading, without the mean: `NIBP 186/112 mmHg`. What is missing is a
/// dash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pressures(pub(crate) CuffReading);

impl fmt::Display for Pressures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CuffReading {
            systolic,
            diastolic,
            ..
        } = self.0;
        write!(f, "NIBP {}/{} mmHg", Part(systolic), Part(diastolic))
    }
}

#[derive(Clone, Copy, Debug)]
struct Part(Option<Value>);

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => write!(f, "{value}"),
            None => f.write_str("--"),
        }
    }
}
