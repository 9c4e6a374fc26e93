//! Which sets of limits are refused, and with which words.

use std::time::Duration;

use chairside_alarm::{AlarmId, AlarmProfile, LimitSide, Priority, ProfileParts, Signal};
use chairside_model::Value;

use crate::adult;

/// Changes the adult limits and compares the keys that are refused for it.
#[track_caller]
fn refused(change: impl FnOnce(&mut ProfileParts), keys: &[&str]) {
    let mut parts = adult::parts();
    change(&mut parts);
    let errors = AlarmProfile::new(parts).expect_err("these limits contradict each other");
    let found: Vec<&str> = errors.iter().map(|error| error.key.as_str()).collect();
    assert_eq!(found, keys, "{errors:#?}");
    assert!(errors.iter().all(|error| !error.why.is_empty()));
}

#[test]
fn the_adult_limits_are_accepted_and_kept() {
    let parts = adult::parts();
    let profile = AlarmProfile::new(parts.clone()).expect("they do not contradict each other");
    assert_eq!(*profile.parts(), parts);
}

#[test]
fn a_rule_may_be_off() {
    let mut parts = adult::parts();
    parts.thresholds.clear();
    parts.nibp.high = None;
    parts.nibp.very_low = None;
    parts.technical.spo2_no_data = None;
    parts.families.clear();
    assert!(AlarmProfile::new(parts).is_ok());
}

#[test]
fn a_clear_on_the_wrong_side_of_its_limit_is_refused() {
    let clear = |rule: usize, clear: i32| {
        move |parts: &mut ProfileParts| parts.thresholds[rule].clear = Value::whole(clear)
    };
    refused(clear(0, 121), &["threshold.HR_HIGH.clear"]);
    refused(clear(4, 91), &["threshold.SPO2_LOW.clear"]);
    refused(
        |parts| {
            let rule = parts.nibp.high.as_mut().unwrap();
            rule.clear_systolic = Value::whole(166);
            rule.clear_diastolic = Value::whole(101);
        },
        &["nibp.NIBP_HIGH.clear_sys_lt", "nibp.NIBP_HIGH.clear_dia_lt"],
    );
    refused(
        |parts| parts.nibp.low.as_mut().unwrap().clear_mean = Value::whole(59),
        &["nibp.NIBP_LOW.clear_map_ge"],
    );
    refused(
        |parts| parts.nibp.rise.as_mut().unwrap().clear_systolic = Value::whole(41),
        &["nibp.NIBP_RISE.clear_d_sys_lt"],
    );
}

#[test]
fn a_worse_limit_that_is_not_beyond_the_milder_one_is_refused() {
    refused(
        |parts| parts.thresholds[1].trip = Value::whole(120),
        &[
            "threshold.HR_VERY_HIGH.clear",
            "threshold.HR_VERY_HIGH.trip",
        ],
    );
    refused(
        |parts| {
            parts.thresholds[3].trip = Value::whole(50);
            parts.thresholds[3].clear = Value::whole(53);
        },
        &["threshold.HR_VERY_LOW.trip"],
    );
}

#[test]
fn a_worse_cuff_limit_that_is_not_beyond_the_milder_one_is_refused() {
    refused(
        |parts| {
            let rule = parts.nibp.very_high.as_mut().unwrap();
            rule.diastolic = Value::whole(100);
            rule.clear_diastolic = Value::whole(95);
        },
        &["nibp.NIBP_VERY_HIGH.dia_ge"],
    );
    refused(
        |parts| parts.nibp.very_low.as_mut().unwrap().mean = Value::whole(60),
        &[
            "nibp.NIBP_VERY_LOW.clear_map_ge",
            "nibp.NIBP_VERY_LOW.map_lt",
        ],
    );
}

#[test]
fn a_worse_alarm_that_is_less_urgent_is_refused() {
    refused(
        |parts| parts.thresholds[1].priority = Priority::Low,
        &["threshold.HR_VERY_HIGH.priority", "families.HR_VERY_HIGH"],
    );
    refused(
        |parts| parts.technical.device_link_lost.priority_dosing = Priority::Low,
        &["technical.DEVICE_LINK_LOST.priority_dosing"],
    );
}

#[test]
fn limits_that_leave_nothing_between_them_are_refused() {
    refused(
        |parts| {
            parts.thresholds[2].trip = Value::whole(125);
            parts.thresholds[2].clear = Value::whole(126);
        },
        &["threshold.HR_HIGH.trip"],
    );
    refused(
        |parts| {
            parts.nibp.low.as_mut().unwrap().systolic = Value::whole(170);
            parts.nibp.low.as_mut().unwrap().clear_systolic = Value::whole(171);
        },
        &["nibp.NIBP_HIGH.sys_ge"],
    );
}

#[test]
fn a_saturation_limit_outside_of_fifty_to_a_hundred_is_refused() {
    refused(
        |parts| parts.thresholds[5].trip = Value::whole(49),
        &["threshold.SPO2_VERY_LOW.trip"],
    );
    refused(
        |parts| parts.thresholds[4].clear = Value::whole(101),
        &["threshold.SPO2_LOW.clear"],
    );
}

#[test]
fn numbers_that_are_no_pressures_are_refused() {
    refused(
        |parts| {
            let rule = parts.nibp.rise.as_mut().unwrap();
            rule.systolic = Value::whole(0);
            rule.clear_systolic = Value::whole(0);
        },
        &["nibp.NIBP_RISE.d_sys_ge", "nibp.NIBP_RISE.clear_d_sys_lt"],
    );
}

#[test]
fn the_same_alarm_twice_is_refused() {
    refused(
        |parts| parts.thresholds.push(parts.thresholds[0]),
        &["threshold.HR_HIGH.id"],
    );
}

#[test]
fn an_alarm_that_watches_another_signal_or_side_is_refused() {
    refused(
        |parts| parts.thresholds[0].signal = Signal::SpO2,
        &[
            "threshold.HR_HIGH.signal",
            "threshold.HR_HIGH.trip",
            "threshold.HR_HIGH.clear",
        ],
    );
    refused(
        |parts| {
            parts.thresholds[0].side = LimitSide::Low;
            parts.thresholds[0].clear = Value::whole(125);
        },
        &["threshold.HR_HIGH.op"],
    );
    refused(
        |parts| parts.thresholds[0].id = AlarmId::NibpHigh,
        &["threshold.NIBP_HIGH.id"],
    );
}

#[test]
fn a_limit_of_breathing_is_refused_as_not_run_yet() {
    let mut parts = adult::parts();
    parts.thresholds[2].id = AlarmId::RrLow;
    parts.thresholds[2].signal = Signal::RespirationRate;
    let errors = AlarmProfile::new(parts).expect_err("nothing watches breathing yet");
    assert_eq!(errors[0].key, "threshold.RR_LOW.id");
    assert!(errors[0].why.contains("does not run limits of breathing"));
}

#[test]
fn delays_and_holds_have_an_upper_end() {
    let long = Duration::from_secs(121);
    refused(
        |parts| {
            parts.thresholds[0].delay = long;
            parts.thresholds[0].clear_hold = long;
        },
        &[
            "threshold.HR_HIGH.delay_s",
            "threshold.HR_HIGH.clear_hold_s",
        ],
    );
    refused(
        |parts| {
            parts.technical.spo2_probe_off.as_mut().unwrap().delay = long;
            parts.technical.recording_stopped.clear_hold = long;
            parts.technical.device_link_lost.delay = long;
            parts.technical.device_link_lost.dosing_tail = Duration::from_hours(25);
        },
        &[
            "technical.SPO2_PROBE_OFF.delay_s",
            "technical.RECORDING_STOPPED.clear_hold_s",
            "technical.DEVICE_LINK_LOST.delay_s",
            "technical.DEVICE_LINK_LOST.dosing_tail_s",
        ],
    );
    refused(
        |parts| {
            parts.holds.gap_tolerance = Duration::from_secs(11);
            parts.holds.cuff_same_limb_max = Duration::from_secs(61);
            parts.holds.cuff_release = Duration::from_secs(61);
            parts.holds.step_hold = Duration::from_secs(31);
            parts.holds.after_hold_delay_max = long;
            parts.holds.step_points = Value::whole(0);
        },
        &[
            "gap_tolerance_s",
            "holds.cuff_same_limb_max_s",
            "holds.cuff_release_s",
            "holds.step_hold_s",
            "holds.after_hold_delay_max_s",
            "holds.step_points",
        ],
    );
}

#[test]
fn an_interval_of_nought_is_refused() {
    refused(
        |parts| parts.nibp.interval = Duration::ZERO,
        &["nibp.interval_s"],
    );
    refused(
        |parts| {
            parts.nibp.interval = Duration::from_hours(7);
            parts.nibp.overdue_grace = Duration::from_hours(7);
        },
        &["nibp.interval_s", "nibp.overdue_grace_s"],
    );
    refused(
        |parts| parts.technical.device_link_lost.delay = Duration::ZERO,
        &["technical.DEVICE_LINK_LOST.delay_s"],
    );
}

#[test]
fn a_family_has_each_alarm_once_and_the_mildest_first() {
    refused(
        |parts| parts.families.push(vec![AlarmId::HrHigh]),
        &["families.HR_HIGH"],
    );
    refused(
        |parts| parts.families[0].push(AlarmId::HrHigh),
        &["families.HR_HIGH", "families.HR_HIGH"],
    );
    refused(
        |parts| parts.families[0].reverse(),
        &["families.HR_HIGH", "families.HR_VERY_HIGH"],
    );
}

#[test]
fn a_profile_without_a_name_is_refused() {
    refused(|parts| parts.name = " ".to_owned(), &["name"]);
}

#[test]
fn all_mistakes_are_told_at_once() {
    refused(
        |parts| {
            parts.thresholds[0].clear = Value::whole(130);
            parts.nibp.interval = Duration::ZERO;
            parts.holds.step_points = Value::whole(-1);
        },
        &[
            "threshold.HR_HIGH.clear",
            "nibp.interval_s",
            "holds.step_points",
        ],
    );
}
