//! Limits of cuff readings.

use std::ops::RangeInclusive;
use std::time::Duration;

use chairside_model::Value;

use super::{Found, no_less_urgent};
use crate::{AlarmId, LimitSide, NibpHighRule, NibpLowRule, NibpRules};

/// The shortest time between cuff readings that can be meant: a cycle takes most of a minute, and
/// somebody who writes 5 means minutes. Our design.
const NIBP_INTERVAL_MIN: Duration = Duration::from_mins(1);

/// The longest time between cuff readings, and the longest grace.
const NIBP_INTERVAL_MAX: Duration = Duration::from_hours(6);

/// The same, as numbers of a limit's key.
pub(crate) const CUFF_TIMES_S: RangeInclusive<f64> = 0.0..=21_600.0;

/// What a limit of a cuff pressure can be, mmHg: what is plausible, and more than nought.
pub(crate) const PRESSURE_LIMITS: RangeInclusive<f64> = 0.0..=300.0;

/// The least pressure at which a moved limit is good again, mmHg.
pub(crate) const PRESSURE_MIN: f64 = 1.0;

/// A milder rule and the one that is worse.
pub(super) const MILDER: [(AlarmId, AlarmId); 3] = [
    (AlarmId::NibpRise, AlarmId::NibpHigh),
    (AlarmId::NibpHigh, AlarmId::NibpVeryHigh),
    (AlarmId::NibpLow, AlarmId::NibpVeryLow),
];

/// The keys of a cuff rule's four numbers.
type CuffKeys = [&'static str; 4];
const ABSOLUTE: CuffKeys = ["sys_ge", "dia_ge", "clear_sys_lt", "clear_dia_lt"];
const ABOVE_BASELINE: CuffKeys = ["d_sys_ge", "d_dia_ge", "clear_d_sys_lt", "clear_d_dia_lt"];
const LOW: CuffKeys = ["sys_lt", "map_lt", "clear_sys_ge", "clear_map_ge"];

pub(super) fn nibp(rules: &NibpRules, found: &mut Found) {
    let too_often = "a cuff cannot be expected more often than every 60 s";
    let is_long_enough = rules.interval >= NIBP_INTERVAL_MIN;
    found.unless(is_long_enough, "nibp.interval_s", too_often);
    found.at_most("nibp.interval_s", rules.interval, NIBP_INTERVAL_MAX);
    found.at_most(
        "nibp.overdue_grace_s",
        rules.overdue_grace,
        NIBP_INTERVAL_MAX,
    );
    let highs = [
        (AlarmId::NibpHigh, &rules.high, ABSOLUTE),
        (AlarmId::NibpVeryHigh, &rules.very_high, ABSOLUTE),
        (AlarmId::NibpRise, &rules.rise, ABOVE_BASELINE),
    ];
    for (id, rule, keys) in highs {
        if let Some(rule) = rule {
            limits(id, keys, four_high(rule), LimitSide::High, found);
        }
    }
    for (id, rule) in [
        (AlarmId::NibpLow, &rules.low),
        (AlarmId::NibpVeryLow, &rules.very_low),
    ] {
        if let Some(rule) = rule {
            limits(id, LOW, four_low(rule), LimitSide::Low, found);
        }
    }
    if let (Some(mild), Some(bad)) = (&rules.high, &rules.very_high) {
        let key = "nibp.NIBP_VERY_HIGH";
        cuff_beyond(
            key,
            ABSOLUTE,
            four_high(mild),
            four_high(bad),
            LimitSide::High,
            found,
        );
        let priorities = (mild.priority, bad.priority);
        no_less_urgent(
            priorities.0,
            priorities.1,
            format!("{key}.priority"),
            AlarmId::NibpHigh,
            found,
        );
    }
    if let (Some(mild), Some(bad)) = (&rules.low, &rules.very_low) {
        let key = "nibp.NIBP_VERY_LOW";
        cuff_beyond(
            key,
            LOW,
            four_low(mild),
            four_low(bad),
            LimitSide::Low,
            found,
        );
        no_less_urgent(
            mild.priority,
            bad.priority,
            format!("{key}.priority"),
            AlarmId::NibpLow,
            found,
        );
    }
    if let (Some(low), Some(high)) = (&rules.low, &rules.high) {
        let why = format!("{} is not above NIBP_LOW, {}", high.systolic, low.systolic);
        found.unless(high.systolic > low.systolic, "nibp.NIBP_HIGH.sys_ge", why);
    }
}

const fn four_high(rule: &NibpHighRule) -> [Value; 4] {
    [
        rule.systolic,
        rule.diastolic,
        rule.clear_systolic,
        rule.clear_diastolic,
    ]
}

const fn four_low(rule: &NibpLowRule) -> [Value; 4] {
    [
        rule.systolic,
        rule.mean,
        rule.clear_systolic,
        rule.clear_mean,
    ]
}

fn limits(id: AlarmId, keys: CuffKeys, numbers: [Value; 4], side: LimitSide, found: &mut Found) {
    for (key, number) in keys.into_iter().zip(numbers) {
        let fits = number.number() > 0.0 && PRESSURE_LIMITS.contains(&number.number());
        let why = format!("{number} is not a pressure of a cuff");
        found.unless(fits, format!("nibp.{id}.{key}"), why);
    }
    for part in 0..2 {
        let (trip, clear) = (numbers[part], numbers[part + 2]);
        let right = match side {
            LimitSide::High => clear <= trip,
            LimitSide::Low => clear >= trip,
        };
        let why = format!("{clear} is not good again: the limit is {trip}");
        found.unless(right, format!("nibp.{id}.{}", keys[part + 2]), why);
    }
}

fn cuff_beyond(
    section: &str,
    keys: CuffKeys,
    mild: [Value; 4],
    bad: [Value; 4],
    side: LimitSide,
    found: &mut Found,
) {
    for part in 0..2 {
        let further = match side {
            LimitSide::High => bad[part] > mild[part],
            LimitSide::Low => bad[part] < mild[part],
        };
        let why = format!(
            "{} is not beyond the milder limit, {}",
            bad[part], mild[part]
        );
        found.unless(further, format!("{section}.{}", keys[part]), why);
    }
}
