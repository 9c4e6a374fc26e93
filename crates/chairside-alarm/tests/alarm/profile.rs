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
fn limits_of_breathing_that_nobody_has_are_refused() {
    refused(
        |parts| {
            parts.thresholds[6].trip = Value::whole(0);
            parts.thresholds[7].trip = Value::whole(61);
            parts.thresholds[8].clear = Value::whole(14);
        },
        &[
            "threshold.RR_LOW.trip",
            "threshold.RR_HIGH.trip",
            "threshold.ETCO2_HIGH.clear",
        ],
    );
    refused(
        |parts| {
            parts.thresholds[6].trip = Value::whole(30);
            parts.thresholds[6].clear = Value::whole(31);
        },
        &["threshold.RR_HIGH.trip"],
    );
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
            parts.technical.no_station.as_mut().unwrap().delay = long;
            parts.technical.delivery_failed.as_mut().unwrap().clear_hold = long;
            parts.technical.device_link_lost.delay = long;
            parts.technical.device_link_lost.dosing_tail = Duration::from_hours(25);
        },
        &[
            "technical.SPO2_PROBE_OFF.delay_s",
            "technical.RECORDING_STOPPED.clear_hold_s",
            "technical.NO_STATION.delay_s",
            "technical.DELIVERY_FAILED.clear_hold_s",
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
fn an_interval_of_less_than_a_minute_or_of_hours_is_refused() {
    refused(
        |parts| parts.nibp.interval = Duration::from_secs(59),
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

#[test]
fn what_counts_as_a_breath_and_how_long_without_one_have_bounds() {
    refused(
        |parts| {
            parts.airway.breath.co2_min = Value::whole(1);
            parts.airway.breath.numerics_held = Duration::from_secs(61);
            let apnea = parts.airway.apnea.as_mut().unwrap();
            apnea.no_breath = Duration::from_secs(14);
            apnea.clear_breathing = Duration::ZERO;
        },
        &[
            "airway.no_breath_etco2_lt",
            "airway.numerics_held_s",
            "airway.APNEA.no_breath_s",
            "airway.APNEA.clear_breathing_s",
        ],
    );
    let mut parts = adult::parts();
    parts.airway.breath.co2_min = Value::whole(4);
    parts.airway.apnea.as_mut().unwrap().no_breath = Duration::from_secs(30);
    assert!(AlarmProfile::new(parts).is_ok());
}

#[test]
fn an_obstruction_that_contradicts_itself_is_refused() {
    refused(
        |parts| {
            let rule = parts.airway.obstruction.as_mut().unwrap();
            rule.effort_min = Value::whole(0);
            rule.co2_effort_no_breath = Duration::from_secs(15);
            rule.co2_effort_max = Duration::from_secs(14);
            rule.spo2_only.slope = Value::whole(10);
            rule.clear.spo2_min = Value::whole(101);
        },
        &[
            "airway.AIRWAY_OBSTRUCTION.effort_rr_ge",
            "airway.AIRWAY_OBSTRUCTION.co2_effort_max_s",
            "airway.AIRWAY_OBSTRUCTION.spo2_only.slope_le",
            "airway.AIRWAY_OBSTRUCTION.clear.spo2_ge",
        ],
    );
}

#[test]
fn airway_rules_that_end_on_the_wrong_side_of_their_limits_are_refused() {
    refused(
        |parts| {
            let partial = parts.airway.partial.as_mut().unwrap();
            partial.clear_etco2_ratio = Value::finite(0.5).unwrap();
            partial.clear_drop = Value::whole(4);
            partial.etco2_min = Value::whole(7);
            let fall = parts.airway.spo2_fall.as_mut().unwrap();
            fall.clear_slope = Value::whole(-7);
        },
        &[
            "airway.AIRWAY_PARTIAL.clear_ratio_gt",
            "airway.AIRWAY_PARTIAL.etco2_ge",
            "airway.AIRWAY_PARTIAL.clear_drop_lt",
            "airway.SPO2_FALL.clear_slope_ge",
        ],
    );
}

#[test]
fn windows_that_have_no_room_for_their_samples_are_refused() {
    refused(
        |parts| {
            let windows = &mut parts.airway.windows;
            windows.now = Duration::from_millis(4500);
            windows.slope_samples_min = 30;
            windows.baseline_samples_min = 122;
            windows.unfreeze_drop = Value::whole(4);
        },
        &[
            "airway.spo2_now_window_s",
            "airway.spo2_slope_min_samples",
            "airway.baseline_min_samples",
            "airway.unfreeze_drop",
        ],
    );
    refused(
        |parts| {
            let windows = &mut parts.airway.windows;
            windows.baseline_from = Duration::from_mins(1);
            windows.baseline_to = Duration::from_mins(3);
        },
        &["airway.baseline_window_s", "airway.baseline_min_samples"],
    );
}

#[test]
fn an_apnoea_that_is_less_urgent_than_a_partial_obstruction_is_refused() {
    refused(
        |parts| parts.airway.apnea.as_mut().unwrap().priority = Priority::Low,
        &["airway.APNEA.priority", "families.APNEA"],
    );
    refused(
        |parts| parts.families[5].reverse(),
        &["families.AIRWAY_PARTIAL", "families.APNEA"],
    );
}

#[test]
fn equipment_limits_that_nobody_can_have_are_refused() {
    refused(
        |parts| {
            parts.technical.spo2_low_perfusion.as_mut().unwrap().below = Value::whole(0);
            parts.technical.line_garbled.as_mut().unwrap().delay = Duration::ZERO;
        },
        &[
            "technical.SPO2_LOW_PERFUSION.pi_lt",
            "technical.LINE_GARBLED.delay_s",
        ],
    );
}

#[test]
fn windows_and_clears_that_leave_nothing_are_refused() {
    refused(
        |parts| parts.airway.windows.baseline_to = parts.airway.windows.baseline_from,
        &["airway.baseline_window_s", "airway.baseline_min_samples"],
    );
    refused(
        |parts| {
            let alone = &mut parts.airway.obstruction.as_mut().unwrap().spo2_only;
            alone.slope = Value::whole(-1);
        },
        &["airway.AIRWAY_OBSTRUCTION.spo2_only.slope_le"],
    );
    refused(
        |parts| parts.airway.windows.unfreeze_drop = Value::whole(0),
        &["airway.unfreeze_drop"],
    );
    refused(
        |parts| parts.airway.partial.as_mut().unwrap().clear_drop = Value::whole(0),
        &["airway.AIRWAY_PARTIAL.clear_drop_lt"],
    );
    refused(
        |parts| {
            let low = parts.nibp.low.unwrap();
            let high = parts.nibp.high.as_mut().unwrap();
            high.systolic = low.systolic;
            high.clear_systolic = low.systolic;
        },
        &["nibp.NIBP_HIGH.sys_ge"],
    );
}

#[test]
fn a_baseline_may_ask_for_each_second_of_its_window_and_for_no_more() {
    let asks_for = |samples: usize| {
        let mut parts = adult::parts();
        parts.airway.windows.baseline_samples_min = samples;
        AlarmProfile::new(parts)
    };
    // From 180 to 60 s ago, both of them counted.
    assert!(asks_for(121).is_ok());
    assert!(asks_for(122).is_err());
}
