//! Limits of continuous signals.

use chairside_model::{Metric, Value};

use super::{DELAY_MAX, Found, no_less_urgent};
use crate::{AlarmId, LimitSide, Signal, ThresholdRule};

/// What a saturation limit can be, %. Below it nobody would be called in time.
pub(super) const SATURATION_LIMITS: std::ops::RangeInclusive<f64> = 50.0..=100.0;

/// What a limit of breaths can be, /min: nobody breathes less than once or more than once a
/// second.
const BREATH_LIMITS: std::ops::RangeInclusive<f64> = 1.0..=60.0;

/// What a limit of CO2 can be, mmHg: above what counts as no breath, and what monitors measure.
const CO2_LIMITS: std::ops::RangeInclusive<f64> = 15.0..=150.0;

/// The thresholds that the engine runs.
const THRESHOLDS: [(AlarmId, Signal, LimitSide); 9] = [
    (AlarmId::HrHigh, Signal::HeartRate, LimitSide::High),
    (AlarmId::HrVeryHigh, Signal::HeartRate, LimitSide::High),
    (AlarmId::HrLow, Signal::HeartRate, LimitSide::Low),
    (AlarmId::HrVeryLow, Signal::HeartRate, LimitSide::Low),
    (AlarmId::Spo2Low, Signal::SpO2, LimitSide::Low),
    (AlarmId::Spo2VeryLow, Signal::SpO2, LimitSide::Low),
    (AlarmId::RrLow, Signal::RespirationRate, LimitSide::Low),
    (AlarmId::RrHigh, Signal::RespirationRate, LimitSide::High),
    (AlarmId::Etco2High, Signal::EtCO2, LimitSide::High),
];

/// A milder threshold and the one that must lie beyond it.
pub(super) const MILDER: [(AlarmId, AlarmId); 3] = [
    (AlarmId::HrHigh, AlarmId::HrVeryHigh),
    (AlarmId::HrLow, AlarmId::HrVeryLow),
    (AlarmId::Spo2Low, AlarmId::Spo2VeryLow),
];

pub(super) fn thresholds(rules: &[ThresholdRule], found: &mut Found) {
    for (place, rule) in rules.iter().enumerate() {
        let key = |field: &str| format!("threshold.{}.{field}", rule.id);
        if rules[..place].iter().any(|earlier| earlier.id == rule.id) {
            found.add(key("id"), "this alarm is there twice");
        }
        found.at_most(key("delay_s"), rule.delay, DELAY_MAX);
        found.at_most(key("clear_hold_s"), rule.clear_hold, DELAY_MAX);
        let Some((_, signal, side)) = THRESHOLDS.iter().find(|(id, ..)| *id == rule.id) else {
            found.add(key("id"), "this alarm has no limit of its own");
            continue;
        };
        found.unless(
            *signal == rule.signal,
            key("signal"),
            "this alarm watches another signal",
        );
        found.unless(
            *side == rule.side,
            key("op"),
            "this alarm is on the other side of its limit",
        );
        let (trip, clear) = (rule.trip, rule.clear);
        let right = match rule.side {
            LimitSide::High => clear <= trip,
            LimitSide::Low => clear >= trip,
        };
        let why = format!("{clear} is not good again: the limit is {trip}");
        found.unless(right, key("clear"), why);
        for (field, value) in [("trip", trip), ("clear", clear)] {
            within(rule.signal, &key(field), value, found);
        }
    }
    for (milder, worse) in MILDER {
        beyond(rules, milder, worse, found);
    }
    for (low, high) in [
        (AlarmId::HrLow, AlarmId::HrHigh),
        (AlarmId::RrLow, AlarmId::RrHigh),
    ] {
        if let (Some(below), Some(above)) = (of(rules, low), of(rules, high)) {
            let why = format!("{} is not above {low}, {}", above.trip, below.trip);
            found.unless(
                above.trip > below.trip,
                format!("threshold.{high}.trip"),
                why,
            );
        }
    }
}

fn within(signal: Signal, key: &str, value: Value, found: &mut Found) {
    found.within(key, value, range(signal));
}

/// Returns what a limit of a signal can be.
pub(crate) fn range(signal: Signal) -> std::ops::RangeInclusive<f64> {
    match signal {
        Signal::SpO2 => SATURATION_LIMITS,
        Signal::RespirationRate => BREATH_LIMITS,
        Signal::EtCO2 => CO2_LIMITS,
        // No limit of the table watches the last two.
        Signal::HeartRate | Signal::EffortRate | Signal::PerfusionIndex => {
            let plausible = Metric::HeartRate.plausible();
            plausible.expect("a heart rate has a plausible range")
        }
    }
}

pub(super) fn of(rules: &[ThresholdRule], id: AlarmId) -> Option<&ThresholdRule> {
    rules.iter().find(|rule| rule.id == id)
}

fn beyond(rules: &[ThresholdRule], milder: AlarmId, worse: AlarmId, found: &mut Found) {
    let (Some(mild), Some(bad)) = (of(rules, milder), of(rules, worse)) else {
        return;
    };
    let further = match bad.side {
        LimitSide::High => bad.trip > mild.trip,
        LimitSide::Low => bad.trip < mild.trip,
    };
    let why = format!("{} is not beyond {milder}, {}", bad.trip, mild.trip);
    found.unless(further, format!("threshold.{worse}.trip"), why);
    no_less_urgent(
        mild.priority,
        bad.priority,
        format!("threshold.{worse}.priority"),
        milder,
        found,
    );
}
