//! The profile that is shipped, tied to what the engine is tested with: number by number.

use std::collections::BTreeMap;

use chairside_alarm::{AlarmId, LowPerfusionRule};

use crate::adult;
use crate::docs::project;

/// The shipped profile as flat keys, `threshold.HR_HIGH.trip`, read line by line: it is written
/// without nested or multi-line values.
fn shipped() -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    let mut section = String::new();
    for line in project("config/alarm-profiles/adult-ketamine.toml").lines() {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']).to_owned() + ".";
        } else if let Some((key, value)) = line.split_once(" = ") {
            if section.starts_with("threshold") && key == "id" {
                section = format!("threshold.{}.", value.trim_matches('"'));
            } else {
                keys.insert(section.clone() + key, value.trim_matches('"').to_owned());
            }
        }
    }
    keys
}

/// The adult limits under the same keys.
fn flat_limits() -> Vec<(String, String)> {
    let mut keys = Vec::new();
    let parts = adult::parts();
    for rule in &parts.thresholds {
        let key = |field: &str| format!("threshold.{}.{field}", rule.id);
        keys.push((key("trip"), rule.trip.to_string()));
        keys.push((key("clear"), rule.clear.to_string()));
        keys.push((key("delay_s"), rule.delay.as_secs().to_string()));
        keys.push((key("clear_hold_s"), rule.clear_hold.as_secs().to_string()));
        keys.push((key("priority"), rule.priority.name().to_owned()));
    }
    let nibp = &parts.nibp;
    for (id, rule, d) in [
        (AlarmId::NibpHigh, nibp.high, ""),
        (AlarmId::NibpVeryHigh, nibp.very_high, ""),
        (AlarmId::NibpRise, nibp.rise, "d_"),
    ] {
        let rule = rule.expect("the adult limits have it");
        let key = |field: String| format!("nibp.{id}.{field}");
        keys.push((key(format!("{d}sys_ge")), rule.systolic.to_string()));
        keys.push((key(format!("{d}dia_ge")), rule.diastolic.to_string()));
        keys.push((
            key(format!("clear_{d}sys_lt")),
            rule.clear_systolic.to_string(),
        ));
        keys.push((
            key(format!("clear_{d}dia_lt")),
            rule.clear_diastolic.to_string(),
        ));
        keys.push((key("priority".to_owned()), rule.priority.name().to_owned()));
    }
    for (id, rule) in [
        (AlarmId::NibpLow, nibp.low),
        (AlarmId::NibpVeryLow, nibp.very_low),
    ] {
        let rule = rule.expect("the adult limits have it");
        let key = |field: &str| format!("nibp.{id}.{field}");
        keys.push((key("sys_lt"), rule.systolic.to_string()));
        keys.push((key("map_lt"), rule.mean.to_string()));
        keys.push((key("clear_sys_ge"), rule.clear_systolic.to_string()));
        keys.push((key("clear_map_ge"), rule.clear_mean.to_string()));
        keys.push((key("priority"), rule.priority.name().to_owned()));
    }
    for (id, priority) in [
        (AlarmId::NibpFailed, nibp.failed),
        (AlarmId::NibpOverdue, nibp.overdue),
    ] {
        let priority = priority.expect("the adult limits have it");
        keys.push((format!("nibp.{id}.priority"), priority.name().to_owned()));
    }
    keys
}

fn flat_times() -> Vec<(String, String)> {
    let parts = adult::parts();
    let technical = &parts.technical;
    let link = &technical.device_link_lost;
    let holds = &parts.holds;
    let mut keys = vec![
        (
            "holds.step_points".to_owned(),
            holds.step_points.to_string(),
        ),
        (
            "technical.DEVICE_LINK_LOST.priority_dosing".to_owned(),
            link.priority_dosing.name().to_owned(),
        ),
        (
            "technical.DEVICE_LINK_LOST.priority_other".to_owned(),
            link.priority_other.name().to_owned(),
        ),
        (
            "technical.DEVICE_SWAPPED.priority".to_owned(),
            technical
                .device_swapped
                .expect("the adult limits have it")
                .name()
                .to_owned(),
        ),
        (
            "technical.BED_FAILED.priority".to_owned(),
            technical.bed_failed.name().to_owned(),
        ),
    ];
    for (id, rule) in [
        (AlarmId::Spo2ProbeOff, technical.spo2_probe_off),
        (AlarmId::Spo2NoData, technical.spo2_no_data),
        (AlarmId::Co2NoData, technical.co2_no_data),
        (AlarmId::LineGarbled, technical.line_garbled),
        (AlarmId::RecordingStopped, Some(technical.recording_stopped)),
        (AlarmId::NoStation, technical.no_station),
        (AlarmId::DeliveryFailed, technical.delivery_failed),
    ] {
        let rule = rule.expect("the adult limits have it");
        let key = |field: &str| format!("technical.{id}.{field}");
        keys.push((key("delay_s"), rule.delay.as_secs().to_string()));
        keys.push((key("clear_hold_s"), rule.clear_hold.as_secs().to_string()));
        keys.push((key("priority"), rule.priority.name().to_owned()));
    }
    let times = [
        ("gap_tolerance_s", holds.gap_tolerance),
        ("nibp.interval_s", parts.nibp.interval),
        ("nibp.overdue_grace_s", parts.nibp.overdue_grace),
        ("holds.cuff_same_limb_max_s", holds.cuff_same_limb_max),
        ("holds.cuff_release_s", holds.cuff_release),
        ("holds.step_hold_s", holds.step_hold),
        ("holds.after_hold_delay_max_s", holds.after_hold_delay_max),
        ("technical.DEVICE_LINK_LOST.delay_s", link.delay),
        ("technical.DEVICE_LINK_LOST.clear_hold_s", link.clear_hold),
        ("technical.DEVICE_LINK_LOST.dosing_tail_s", link.dosing_tail),
        ("signals.realarm_s", parts.signals.realarm),
    ];
    keys.extend(times.map(|(key, time)| (key.to_owned(), time.as_secs().to_string())));
    keys
}

fn flat_airway_times() -> Vec<(String, String)> {
    let parts = adult::parts();
    let (airway, windows) = (&parts.airway, &parts.airway.windows);
    let (apnea, obstruction, partial, fall) = adult::airway_rules();
    let (alone, clear) = (obstruction.spo2_only, obstruction.clear);
    let weak = weak_pulse();
    let times = [
        ("airway.numerics_held_s", airway.breath.numerics_held),
        ("airway.spo2_now_window_s", windows.now),
        ("airway.spo2_slope_window_s", windows.slope),
        ("airway.freeze_max_s", windows.freeze_max),
        ("airway.APNEA.no_breath_s", apnea.no_breath),
        ("airway.APNEA.clear_breathing_s", apnea.clear_breathing),
        (
            "airway.AIRWAY_OBSTRUCTION.co2_effort_no_breath_s",
            obstruction.co2_effort_no_breath,
        ),
        (
            "airway.AIRWAY_OBSTRUCTION.co2_effort_max_s",
            obstruction.co2_effort_max,
        ),
        (
            "airway.AIRWAY_OBSTRUCTION.co2_no_effort_channel_no_breath_s",
            obstruction.co2_no_breath,
        ),
        ("airway.AIRWAY_OBSTRUCTION.spo2_only.sustain_s", alone.delay),
        (
            "airway.AIRWAY_OBSTRUCTION.clear.breathing_s",
            clear.breathing,
        ),
        ("airway.AIRWAY_OBSTRUCTION.clear.hold_s", clear.hold),
        ("airway.AIRWAY_PARTIAL.sustain_s", partial.delay),
        ("airway.AIRWAY_PARTIAL.clear_hold_s", partial.clear_hold),
        ("airway.SPO2_FALL.sustain_s", fall.delay),
        ("airway.SPO2_FALL.clear_hold_s", fall.clear_hold),
        ("technical.SPO2_LOW_PERFUSION.delay_s", weak.delay),
        ("technical.SPO2_LOW_PERFUSION.clear_hold_s", weak.clear_hold),
    ];
    let times = times.map(|(key, time)| (key.to_owned(), time.as_secs().to_string()));
    let [from, to] = [windows.baseline_from, windows.baseline_to].map(|time| time.as_secs());
    let window = (
        "airway.baseline_window_s".to_owned(),
        format!("[{from}, {to}]"),
    );
    times.into_iter().chain([window]).collect()
}

fn flat_airway_limits() -> Vec<(String, String)> {
    let parts = adult::parts();
    let (airway, windows) = (&parts.airway, &parts.airway.windows);
    let (apnea, obstruction, partial, fall) = adult::airway_rules();
    let (alone, clear) = (obstruction.spo2_only, obstruction.clear);
    let weak = weak_pulse();
    let values = [
        ("airway.no_breath_etco2_lt", airway.breath.co2_min),
        ("airway.freeze_drop", windows.freeze_drop),
        ("airway.unfreeze_drop", windows.unfreeze_drop),
        (
            "airway.AIRWAY_OBSTRUCTION.effort_rr_ge",
            obstruction.effort_min,
        ),
        (
            "airway.AIRWAY_OBSTRUCTION.corroborate_spo2_drop",
            obstruction.corroborating_drop,
        ),
        (
            "airway.AIRWAY_OBSTRUCTION.corroborate_hr_change",
            obstruction.corroborating_rate,
        ),
        (
            "airway.AIRWAY_OBSTRUCTION.co2_no_effort_channel_spo2_drop",
            obstruction.co2_drop,
        ),
        ("airway.AIRWAY_OBSTRUCTION.spo2_only.s_le", alone.spo2_max),
        ("airway.AIRWAY_OBSTRUCTION.spo2_only.drop_ge", alone.drop),
        ("airway.AIRWAY_OBSTRUCTION.spo2_only.slope_le", alone.slope),
        ("airway.AIRWAY_OBSTRUCTION.clear.spo2_ge", clear.spo2_min),
        (
            "airway.AIRWAY_OBSTRUCTION.clear.or_within_of_baseline",
            clear.within_of_baseline,
        ),
        ("airway.AIRWAY_PARTIAL.etco2_ratio_le", partial.etco2_ratio),
        ("airway.AIRWAY_PARTIAL.etco2_ge", partial.etco2_min),
        ("airway.AIRWAY_PARTIAL.spo2_drop_ge", partial.drop),
        ("airway.AIRWAY_PARTIAL.or_rr_rise_ge", partial.rate_rise),
        (
            "airway.AIRWAY_PARTIAL.clear_ratio_gt",
            partial.clear_etco2_ratio,
        ),
        ("airway.AIRWAY_PARTIAL.clear_drop_lt", partial.clear_drop),
        ("airway.SPO2_FALL.drop_ge", fall.drop),
        ("airway.SPO2_FALL.slope_le", fall.slope),
        ("airway.SPO2_FALL.s_le", fall.spo2_max),
        ("airway.SPO2_FALL.clear_slope_ge", fall.clear_slope),
        ("technical.SPO2_LOW_PERFUSION.pi_lt", weak.below),
    ];
    let priorities = [
        ("airway.APNEA", apnea.priority),
        ("airway.AIRWAY_OBSTRUCTION", obstruction.priority),
        ("airway.AIRWAY_PARTIAL", partial.priority),
        ("airway.SPO2_FALL", fall.priority),
        ("technical.SPO2_LOW_PERFUSION", weak.priority),
    ];
    let counts = [
        ("airway.spo2_slope_min_samples", windows.slope_samples_min),
        ("airway.baseline_min_samples", windows.baseline_samples_min),
    ];
    let values = values.map(|(key, value)| (key.to_owned(), value.to_string()));
    let priorities =
        priorities.map(|(rule, priority)| (format!("{rule}.priority"), priority.name().to_owned()));
    let counts = counts.map(|(key, count)| (key.to_owned(), count.to_string()));
    values.into_iter().chain(priorities).chain(counts).collect()
}

fn weak_pulse() -> LowPerfusionRule {
    let weak = adult::parts().technical.spo2_low_perfusion;
    weak.expect("the adult limits have it")
}

/// How the limits may change.
fn flat_adjustments() -> Vec<(String, String)> {
    let adjustments = adult::adjustments();
    let bounds = adjustments.tailoring.iter().map(|(key, bounds)| {
        let text = format!("[{}, {}]", bounds.least, bounds.most);
        (format!("tailoring.{key}"), text)
    });
    let phases = adjustments.phases.iter().flat_map(|(phase, values)| {
        let numbers = values.iter();
        numbers.map(|(key, value)| (format!("phase.{}.{key}", phase.name()), value.to_string()))
    });
    assert!(
        adjustments.personal.is_empty(),
        "it has no limits of its own"
    );
    bounds.chain(phases).collect()
}

/// Returns every number that the charts are run with, under its key in the file.
fn flat() -> Vec<(String, String)> {
    let mut keys = flat_limits();
    keys.extend(flat_times());
    keys.extend(flat_airway_times());
    keys.extend(flat_airway_limits());
    keys.extend(flat_adjustments());
    keys
}

#[test]
fn no_number_of_the_shipped_profile_is_left_out_of_the_charts() {
    let known: Vec<String> = flat().into_iter().map(|(key, _)| key).collect();
    for key in shipped().keys() {
        let last = key.rsplit('.').next().unwrap_or(key);
        let is_name = ["name", "signal", "op", "clear_op"].contains(&last);
        if !is_name && !key.starts_with("families.") {
            assert!(known.contains(key), "{key}");
        }
    }
}

#[test]
fn the_shipped_profile_is_the_one_that_the_charts_are_run_with() {
    let shipped = shipped();
    for (key, is) in flat() {
        assert_eq!(shipped.get(&key), Some(&is), "{key}");
    }
}
