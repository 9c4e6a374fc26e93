//! The evidence of the airway rules: what was seen, what it may come from, and which signals were
//! used and missing. Never a diagnosis and never a probability.

use std::fmt::{self, Write as _};

use chairside_model::{Metric, MonoTime, Value};

use crate::features::{BreathSource, Breaths};
use crate::inputs::{Dose, Inputs};
use crate::{AirwayMode, Signal};

use super::{Span, WithUnit, spoken};

/// Below this perfusion index, %, the evidence says that the pulse is weak
/// (`docs/alarms.md`: `SPO2_LOW_PERFUSION`).
const WEAK_PULSE_BELOW: f64 = 0.3;

/// The evidence of `APNEA`.
pub(crate) fn apnea(now: MonoTime, inputs: &Inputs) -> String {
    let second = inputs.second();
    let effort = match second.effort {
        Some(_) => ", no chest effort",
        None => ", chest effort not measured",
    };
    let mut text = no_breath(second.breaths);
    text.push_str(effort);
    text.push_str(". Apnoea, or sampling line off.");
    with_context(text, now, inputs, &[Seen::Breaths, Seen::Effort])
}

/// The evidence of `AIRWAY_OBSTRUCTION`.
pub(crate) fn obstruction(now: MonoTime, mode: AirwayMode, inputs: &Inputs) -> String {
    let second = inputs.second();
    let mut text = match mode {
        AirwayMode::Co2AndEffort => {
            let mut text = no_breath(second.breaths);
            if let Some(effort) = second.effort {
                write(
                    &mut text,
                    format_args!(", chest effort {}/min", Number(effort)),
                );
            }
            add_saturation(&mut text, inputs);
            add_heart_rate(&mut text, inputs);
            text.push_str(". Obstruction, laryngospasm, or sampling line off.");
            text
        }
        AirwayMode::Co2 => {
            let mut text = no_breath(second.breaths);
            add_saturation(&mut text, inputs);
            add_heart_rate(&mut text, inputs);
            text.push_str(
                ". Chest effort not measured. Obstruction, apnoea, or sampling line off.",
            );
            text
        }
        AirwayMode::Spo2Only => {
            let mut text = falling(inputs);
            text.push_str(match inputs.co2_device() {
                None => ". No CO2 monitor",
                Some(_) => ". CO2 not measured now",
            });
            text.push_str(". Obstruction, apnoea, or probe problem.");
            text
        }
    };
    add_weak_pulse(&mut text, now, inputs);
    with_context(text, now, inputs, &Seen::ALL)
}

/// The evidence of `AIRWAY_PARTIAL`.
pub(crate) fn partial(now: MonoTime, inputs: &Inputs) -> String {
    let second = inputs.second();
    let mut text = format!("CO2 {} mmHg", Change(second.baseline.etco2, second.etco2));
    if second.breath_rate.is_some() {
        let rate = Change(second.baseline.breath_rate, second.breath_rate);
        write(&mut text, format_args!(", RR {rate}"));
    }
    if second.saturation.is_some() {
        let saturation = Change(second.baseline.saturation, second.saturation);
        write(&mut text, format_args!(", SpO2 {saturation} %"));
    }
    text.push_str(". Partial obstruction, or sampling line loose.");
    add_weak_pulse(&mut text, now, inputs);
    let looked_at = [Seen::Breaths, Seen::Rate, Seen::Saturation];
    with_context(text, now, inputs, &looked_at)
}

/// The evidence of `SPO2_FALL`.
pub(crate) fn fall(now: MonoTime, inputs: &Inputs) -> String {
    let mut text = falling(inputs);
    text.push('.');
    add_weak_pulse(&mut text, now, inputs);
    with_context(text, now, inputs, &[Seen::Saturation])
}

fn no_breath(breaths: Option<Breaths>) -> String {
    match breaths {
        Some(breaths) => format!("No CO2 breath for {}", Span(breaths.without)),
        None => "No CO2 breath".to_owned(),
    }
}

fn falling(inputs: &Inputs) -> String {
    let second = inputs.second();
    let mut text = format!(
        "SpO2 {} %",
        Change(second.baseline.saturation, second.saturation)
    );
    if let Some(seconds) = inputs.features().seconds_of_fall() {
        write(&mut text, format_args!(" in {seconds} s"));
    }
    if let Some(slope) = second.slope {
        write(
            &mut text,
            format_args!(" ({} %/min)", Number(slope.round())),
        );
    }
    text
}

fn add_saturation(text: &mut String, inputs: &Inputs) {
    let second = inputs.second();
    let Some(saturation) = second.saturation else {
        return;
    };
    let fallen = second.drop.is_some_and(|drop| drop >= 1.0);
    if fallen {
        let change = Change(second.baseline.saturation, Some(saturation));
        write(text, format_args!(", SpO2 {change} %"));
    } else {
        let value = Number(saturation);
        write(text, format_args!(", SpO2 {value} % (not falling yet)"));
    }
}

fn add_heart_rate(text: &mut String, inputs: &Inputs) {
    let second = inputs.second();
    if let (Some(now), Some(metric)) = (second.heart_rate, inputs.metric(Signal::HeartRate)) {
        let change = Change(second.baseline.heart_rate, Some(now));
        write(text, format_args!(", {} {change}", spoken(metric)));
    }
}

fn add_weak_pulse(text: &mut String, now: MonoTime, inputs: &Inputs) {
    let index = inputs.features().latest(now, Signal::PerfusionIndex);
    if let Some(index) = index
        .filter(|index| *index < WEAK_PULSE_BELOW)
        .and_then(Value::finite)
    {
        let index = WithUnit(Metric::PerfusionIndex, index);
        write(
            text,
            format_args!(" Weak pulse signal (perfusion index {index})."),
        );
    }
}

/// What an airway rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Breaths,
    Effort,
    Rate,
    Saturation,
    HeartRate,
}

impl Seen {
    const ALL: [Self; 4] = [
        Self::Breaths,
        Self::Effort,
        Self::Saturation,
        Self::HeartRate,
    ];

    /// Returns its name and whether it has a value now.
    fn of(self, inputs: &Inputs) -> (&'static str, bool) {
        let second = inputs.second();
        match self {
            Self::Breaths => match second.breaths.map(|breaths| breaths.source) {
                Some(BreathSource::Curve) => ("CO2 curve", true),
                Some(BreathSource::Numerics) => ("CO2 numbers", true),
                None => ("CO2", false),
            },
            Self::Effort => ("chest effort", second.effort.is_some()),
            Self::Rate => ("RR", second.breath_rate.is_some()),
            Self::Saturation => ("SpO2", second.saturation.is_some()),
            Self::HeartRate => {
                let metric = inputs.metric(Signal::HeartRate);
                (metric.map_or("HR", spoken), second.heart_rate.is_some())
            }
        }
    }
}

/// Adds which signals were used and missing, their age, and the last that is known of a dose.
fn with_context(mut text: String, now: MonoTime, inputs: &Inputs, looked_at: &[Seen]) -> String {
    let list = |wanted: bool| {
        let signals = looked_at.iter().map(|seen| seen.of(inputs));
        let names: Vec<&str> = signals
            .filter(|(_, is_there)| *is_there == wanted)
            .map(|(name, _)| name)
            .collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    write(
        &mut text,
        format_args!(" Used: {}; missing: {};", list(true), list(false)),
    );
    match inputs.oldest_news(now) {
        Some(age) => write(&mut text, format_args!(" data up to {} old;", Span(age))),
        None => text.push_str(" no device is heard;"),
    }
    match inputs.dose {
        None => text.push_str(" no dose known."),
        Some(Dose::Running(since)) => {
            let since = Span(now.saturating_since(since));
            write(&mut text, format_args!(" dose began {since} ago."));
        }
        Some(Dose::Ended(at)) => {
            let ago = Span(now.saturating_since(at));
            write(&mut text, format_args!(" dose ended {ago} ago."));
        }
    }
    text
}

fn write(text: &mut String, arguments: fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("text takes everything");
}

/// From what to what: `98→90`; without what was before, just what is now.
struct Change(Option<f64>, Option<f64>);

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (Some(before), Some(now)) => write!(f, "{}→{}", Number(before), Number(now)),
            (None, Some(now)) => write!(f, "{}", Number(now)),
            (_, None) => f.write_str("--"),
        }
    }
}

/// A number as people say it: whole, or with a half that a median may have.
struct Number(f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0.0 {
            f.write_str("−")?;
        }
        let size = self.0.abs();
        if size.fract() == 0.0 {
            write!(f, "{size:.0}")
        } else {
            write!(f, "{size:.1}")
        }
    }
}
