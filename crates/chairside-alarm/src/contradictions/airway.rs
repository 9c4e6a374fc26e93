//! Rules about breathing and the airway.

use std::ops::RangeInclusive;

use chairside_model::Value;

use super::limits::SATURATION_LIMITS;
use super::{Found, no_less_urgent};
use crate::features::{NOW_MAX, SLOPE_MAX};
use crate::{
    AirwayRules, AlarmId, BreathRule, FeatureWindows, ObstructionRule, PartialRule, Spo2FallRule,
};

/// A milder rule and the one that is worse.
pub(super) const MILDER: [(AlarmId, AlarmId); 2] = [
    (AlarmId::AirwayPartial, AlarmId::Apnea),
    (AlarmId::AirwayPartial, AlarmId::AirwayObstruction),
];

/// CO2 that can count as a breath, mmHg. Below, a capnograph's own noise breathes; above, the
/// diluted breaths of a nasal cannula do not.
const BREATH_MIN: RangeInclusive<f64> = 2.0..=15.0;

/// The longest that a capnograph is known to hold its numbers is 30 s (recordings of a
/// Capnostream 35).
const NUMERICS_HELD_S: RangeInclusive<u64> = 0..=60;

/// How long without a breath may be an apnoea: shorter is a sigh's pause, longer comes after the
/// bedside monitors' own alarm (GE CARESCAPE: 20 s; Spacelabs: 20 to 45 s).
pub(crate) const APNEA_S: RangeInclusive<u64> = 15..=30;

/// How long without a breath may be an obstruction: at least as long as baselines are frozen.
const OBSTRUCTION_S: RangeInclusive<u64> = 8..=30;

/// How long breaths must have come again.
const BREATHING_S: RangeInclusive<u64> = 5..=60;

/// Delays and holds of these rules.
const LASTING_S: RangeInclusive<u64> = 0..=60;

/// Chest movements that can count as effort, /min.
const EFFORT_MIN: RangeInclusive<f64> = 2.0..=20.0;

/// A fall of the saturation or a change of a rate that can mean something.
const POINTS: RangeInclusive<f64> = 1.0..=30.0;
const RATE_CHANGE: RangeInclusive<f64> = 4.0..=60.0;

/// How fast a saturation can fall for it to mean something, %/min.
const SLOPES: RangeInclusive<f64> = -60.0..=-2.0;

/// A share that is less than the whole.
const SHARES: RangeInclusive<f64> = 0.1..=0.95;

/// The longest window, seconds.
const BASELINE_S: RangeInclusive<u64> = 30..=600;

pub(super) fn airway(rules: &AirwayRules, found: &mut Found) {
    breath(&rules.breath, found);
    windows(&rules.windows, found);
    if let Some(apnea) = &rules.apnea {
        let key = |field: &str| format!("airway.APNEA.{field}");
        found.lasts(key("no_breath_s"), apnea.no_breath, APNEA_S);
        found.lasts(key("clear_breathing_s"), apnea.clear_breathing, BREATHING_S);
    }
    if let Some(rule) = &rules.obstruction {
        obstruction(rule, found);
    }
    if let Some(rule) = &rules.partial {
        partial(rule, rules.breath.co2_min, found);
    }
    if let Some(rule) = &rules.spo2_fall {
        fall(rule, found);
    }
    let milder = rules.partial.map(|rule| rule.priority);
    for (id, worse) in [
        (AlarmId::Apnea, rules.apnea.map(|rule| rule.priority)),
        (
            AlarmId::AirwayObstruction,
            rules.obstruction.map(|rule| rule.priority),
        ),
    ] {
        if let (Some(mild), Some(bad)) = (milder, worse) {
            let key = format!("airway.{id}.priority");
            no_less_urgent(mild, bad, key, AlarmId::AirwayPartial, found);
        }
    }
}

fn breath(rule: &BreathRule, found: &mut Found) {
    found.within("airway.no_breath_etco2_lt", rule.co2_min, BREATH_MIN);
    found.lasts(
        "airway.numerics_held_s",
        rule.numerics_held,
        NUMERICS_HELD_S,
    );
}

fn windows(windows: &FeatureWindows, found: &mut Found) {
    let longest = |seconds: usize| u64::try_from(seconds).unwrap_or(u64::MAX);
    let times = [
        (
            "airway.spo2_now_window_s",
            windows.now,
            3..=longest(NOW_MAX),
        ),
        (
            "airway.spo2_slope_window_s",
            windows.slope,
            15..=longest(SLOPE_MAX),
        ),
        (
            "airway.baseline_window_s",
            windows.baseline_from,
            BASELINE_S,
        ),
        ("airway.baseline_window_s", windows.baseline_to, 0..=600),
        ("airway.freeze_max_s", windows.freeze_max, 60..=1800),
    ];
    for (key, time, seconds) in times {
        found.lasts(key, time, seconds);
        let why = format!("{} is not a whole number of seconds", time.as_secs_f64());
        found.unless(time.subsec_nanos() == 0, key, why);
    }
    let backwards = "it begins longer ago than it ends";
    let key = "airway.baseline_window_s";
    found.unless(windows.baseline_from > windows.baseline_to, key, backwards);
    let slope = windows.slope.as_secs();
    samples(
        "airway.spo2_slope_min_samples",
        windows.slope_samples_min,
        10..=slope.saturating_sub(1),
        found,
    );
    let length = windows.baseline_from.saturating_sub(windows.baseline_to);
    samples(
        "airway.baseline_min_samples",
        windows.baseline_samples_min,
        10..=length.as_secs() + 1,
        found,
    );
    found.within("airway.freeze_drop", windows.freeze_drop, POINTS);
    let (freeze, thaw) = (windows.freeze_drop, windows.unfreeze_drop);
    let why = format!("{thaw} is not below freeze_drop, {freeze}, or not above nought");
    let between = thaw <= freeze && thaw.number() > 0.0;
    found.unless(between, "airway.unfreeze_drop", why);
}

fn samples(key: &str, is: usize, range: RangeInclusive<u64>, found: &mut Found) {
    let why = format!(
        "{is} is not within {} to {} samples",
        range.start(),
        range.end()
    );
    let fits = u64::try_from(is).is_ok_and(|is| range.contains(&is));
    found.unless(fits, key, why);
}

fn obstruction(rule: &ObstructionRule, found: &mut Found) {
    let key = |field: &str| format!("airway.AIRWAY_OBSTRUCTION.{field}");
    found.within(key("effort_rr_ge"), rule.effort_min, EFFORT_MIN);
    let times = [
        ("co2_effort_no_breath_s", rule.co2_effort_no_breath),
        ("co2_effort_max_s", rule.co2_effort_max),
        ("co2_no_effort_channel_no_breath_s", rule.co2_no_breath),
    ];
    for (field, time) in times {
        found.lasts(key(field), time, OBSTRUCTION_S);
    }
    let (early, late) = (rule.co2_effort_no_breath, rule.co2_effort_max);
    let why = format!(
        "{} s is shorter than co2_effort_no_breath_s, {} s",
        late.as_secs_f64(),
        early.as_secs_f64()
    );
    found.unless(late >= early, key("co2_effort_max_s"), why);
    let drops = [
        ("corroborate_spo2_drop", rule.corroborating_drop),
        ("co2_no_effort_channel_spo2_drop", rule.co2_drop),
        ("spo2_only.drop_ge", rule.spo2_only.drop),
        ("clear.or_within_of_baseline", rule.clear.within_of_baseline),
    ];
    for (field, points) in drops {
        found.within(key(field), points, POINTS);
    }
    let change = rule.corroborating_rate;
    found.within(key("corroborate_hr_change"), change, RATE_CHANGE);
    let alone = &rule.spo2_only;
    found.within(key("spo2_only.s_le"), alone.spo2_max, SATURATION_LIMITS);
    found.within(key("spo2_only.slope_le"), alone.slope, SLOPES);
    found.lasts(key("spo2_only.sustain_s"), alone.delay, LASTING_S);
    let clear = &rule.clear;
    found.lasts(key("clear.breathing_s"), clear.breathing, BREATHING_S);
    found.within(key("clear.spo2_ge"), clear.spo2_min, SATURATION_LIMITS);
    found.lasts(key("clear.hold_s"), clear.hold, LASTING_S);
}

fn partial(rule: &PartialRule, breath: Value, found: &mut Found) {
    let key = |field: &str| format!("airway.AIRWAY_PARTIAL.{field}");
    found.within(key("etco2_ratio_le"), rule.etco2_ratio, SHARES);
    found.within(key("clear_ratio_gt"), rule.clear_etco2_ratio, SHARES);
    let (trip, clear) = (rule.etco2_ratio, rule.clear_etco2_ratio);
    let why = format!("{clear} is not good again: the limit is {trip}");
    found.unless(clear >= trip, key("clear_ratio_gt"), why);
    let why = format!(
        "{} is below what counts as a breath, {breath}",
        rule.etco2_min
    );
    found.unless(rule.etco2_min >= breath, key("etco2_ge"), why);
    found.within(key("spo2_drop_ge"), rule.drop, POINTS);
    let (trip, clear) = (rule.drop, rule.clear_drop);
    let why = format!("{clear} is not good again: the limit is {trip}");
    found.unless(
        clear <= trip && clear.number() > 0.0,
        key("clear_drop_lt"),
        why,
    );
    found.within(key("or_rr_rise_ge"), rule.rate_rise, RATE_CHANGE);
    found.lasts(key("sustain_s"), rule.delay, LASTING_S);
    found.lasts(key("clear_hold_s"), rule.clear_hold, LASTING_S);
}

fn fall(rule: &Spo2FallRule, found: &mut Found) {
    let key = |field: &str| format!("airway.SPO2_FALL.{field}");
    found.within(key("drop_ge"), rule.drop, POINTS);
    found.within(key("slope_le"), rule.slope, SLOPES);
    found.within(key("s_le"), rule.spo2_max, SATURATION_LIMITS);
    let (trip, clear) = (rule.slope, rule.clear_slope);
    let why = format!("{clear} is not good again: the limit is {trip}");
    found.unless(clear >= trip, key("clear_slope_ge"), why);
    found.lasts(key("sustain_s"), rule.delay, LASTING_S);
    found.lasts(key("clear_hold_s"), rule.clear_hold, LASTING_S);
}
