//! Limits of continuous signals.

use chairside_alarm::AlarmId;

use crate::adult::seconds;
use crate::chart::{check, check_with, evidence};

#[test]
fn a_low_saturation_alarms_when_its_delay_has_passed_and_ends_after_its_hold() {
    check(
        "spo2 97x3 91x11 95x15",
        "13s ** SPO2_LOW present/on
         24s ** SPO2_LOW absent/off",
    );
}

#[test]
fn a_value_at_the_limit_is_not_beyond_it() {
    check("spo2 92x30", "");
    check("pulse 120x30", "");
    check("pulse 50x30", "");
}

#[test]
fn one_good_sample_starts_the_delay_anew() {
    check("spo2 97x3 91x9 92 91x10", "");
    check("spo2 97x3 91x9 92 91x11", "23s ** SPO2_LOW present/on");
}

#[test]
fn a_good_sample_at_the_very_second_of_the_onset_prevents_it() {
    check("spo2 97x3 91x10 92x5", "");
}

#[test]
fn a_value_between_the_limits_neither_ends_an_alarm_nor_lets_its_hold_run() {
    check(
        "spo2 97x3 91x11 93x30 94x9 93 94x10",
        "13s ** SPO2_LOW present/on",
    );
    check(
        "spo2 97x3 91x11 93x30 94x9 93 94x11",
        "13s ** SPO2_LOW present/on
         64s ** SPO2_LOW absent/off",
    );
}

#[test]
fn each_rate_rule_alarms_at_the_second_of_its_delay_and_ends_at_that_of_its_hold() {
    check(
        "pulse 80x5 121x20 115x11",
        "15s ** HR_HIGH present/on
         35s ** HR_HIGH absent/off",
    );
    check(
        "pulse 80x5 141x8 115x11",
        "10s *** HR_VERY_HIGH present/on
         23s *** HR_VERY_HIGH absent/latched",
    );
    check(
        "pulse 80x5 49x20 53x11",
        "15s ** HR_LOW present/on
         35s ** HR_LOW absent/off",
    );
    check(
        "pulse 80x5 39x8 53x11",
        "10s *** HR_VERY_LOW present/on
         23s *** HR_VERY_LOW absent/latched",
    );
    check(
        "spo2 93x5 87x8 94x11",
        "10s *** SPO2_VERY_LOW present/on
         23s *** SPO2_VERY_LOW absent/latched",
    );
}

#[test]
fn two_missing_samples_leave_a_delay_running_and_three_do_not() {
    check("spo2 97 91x4 none none 91x10", "11s ** SPO2_LOW present/on");
    check("spo2 97 91x4 nonex3 91x10", "");
    check("spo2 97 91x4 nonex3 91x11", "18s ** SPO2_LOW present/on");
}

#[test]
fn a_delay_ripens_while_two_samples_are_missing_and_frames_come() {
    check("spo2 97 91x9 none none 91", "11s ** SPO2_LOW present/on");
}

#[test]
fn a_delay_does_not_ripen_at_the_third_missing_sample() {
    check("spo2 97 91x8 nonex3 91x10", "");
}

#[test]
fn a_delay_does_not_ripen_while_frames_are_missing() {
    check("spo2 97 91x9 . . 91x3", "12s ** SPO2_LOW present/on");
    check("spo2 97 91x9 . . 97x3", "");
}

#[test]
fn a_longer_loss_of_frames_starts_the_delay_anew() {
    check("spo2 97 91x9 .x3 91x10", "");
    check("spo2 97 91x9 .x3 91x11", "23s ** SPO2_LOW present/on");
}

#[test]
fn a_hold_follows_the_same_rules_of_missing_samples() {
    check(
        "spo2 91x11 95x8 none none 95",
        "10s ** SPO2_LOW present/on
         21s ** SPO2_LOW absent/off",
    );
    check(
        "spo2 91x11 95x8 .x3 95x11",
        "10s ** SPO2_LOW present/on
         32s ** SPO2_LOW absent/off",
    );
}

#[test]
fn missing_data_end_no_alarm() {
    check("spo2 91x11 nonex25", "10s ** SPO2_LOW present/on");
    check("spo2 91x11 ?97x25", "10s ** SPO2_LOW present/on");
}

#[test]
fn what_the_device_doubts_is_a_missing_sample() {
    check("spo2 97 ?85x20 97", "");
    check("spo2 97 91x4 ?97 ?97 91x5", "11s ** SPO2_LOW present/on");
}

#[test]
fn a_saturation_or_pulse_of_nought_or_one_is_no_signal() {
    check("spo2 0x25", "");
    check("spo2 1x25", "");
    check("pulse 0x60", "");
    check("pulse 1x60", "");
}

#[test]
fn an_ecg_rate_of_nought_is_a_number() {
    check("hr 70x5 0x6", "10s *** HR_VERY_LOW present/on");
}

#[test]
fn the_rate_is_the_ecgs_where_there_is_one() {
    check(
        "hr    70x30
         pulse 130x30",
        "",
    );
    check(
        "hr    130x11
         pulse 70x11",
        "10s ** HR_HIGH present/on",
    );
}

#[test]
fn where_the_source_is_slower_than_the_delay_one_sample_decides() {
    check(
        "every 30s
         pulse 80 130 80 80",
        "30s ** HR_HIGH present/on
         70s ** HR_HIGH absent/off",
    );
}

#[test]
fn a_source_of_five_seconds_alarms_within_its_delays() {
    check(
        "every 5s
         spo2 97 91 91 91 91",
        "15s ** SPO2_LOW present/on",
    );
    check("every 5s\n spo2 97 91 91 95 91", "");
}

#[test]
fn where_the_source_is_as_slow_as_the_delay_the_next_sample_has_its_say() {
    check("every 5s\n spo2 93 87 95 95", "");
    check(
        "every 5s\n spo2 93 87 87",
        "10s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn a_profile_may_forgive_no_missing_sample() {
    let strict = |parts: &mut chairside_alarm::ProfileParts| parts.holds.gap_tolerance = seconds(0);
    check_with(strict, "spo2 97 91x4 none 91x10", "");
    check_with(
        strict,
        "spo2 97 91x4 none 91x11",
        "16s ** SPO2_LOW present/on",
    );
}

#[test]
fn a_slow_source_may_miss_two_samples_and_no_more() {
    check(
        "every 5s
         spo2 97 91 none none 91 91",
        "15s ** SPO2_LOW present/on",
    );
    check(
        "every 5s
         spo2 97 91 . . 91 91",
        "20s ** SPO2_LOW present/on",
    );
    check(
        "every 5s
         spo2 97 91 . . . 91 91 91",
        "20s ** DEVICE_LINK_LOST present/on
         28s ** DEVICE_LINK_LOST absent/off
         35s ** SPO2_LOW present/on",
    );
}

#[test]
fn every_member_of_a_family_is_judged_and_the_worst_supersedes() {
    check(
        "spo2 93x5 87x11 91x5 94x14",
        "10s *** SPO2_VERY_LOW present/on
         15s ** SPO2_LOW present/on superseded
         26s ** SPO2_LOW present/on
         26s *** SPO2_VERY_LOW absent/latched
         31s ** SPO2_LOW absent/off",
    );
}

#[test]
fn two_families_do_not_supersede_each_other() {
    check(
        "spo2  93x5 87x7
         pulse 80x5 130x11",
        "10s *** SPO2_VERY_LOW present/on
         15s ** HR_HIGH present/on",
    );
}

#[test]
fn the_evidence_of_a_limit_is_the_value_the_limit_and_the_time() {
    let text = evidence("spo2 93x3 87x6", AlarmId::Spo2VeryLow);
    assert_eq!(text, "SpO2 87 % below 88 % for 5 s");
    let text = evidence("pulse 80x3 128x11", AlarmId::HrHigh);
    assert_eq!(text, "pulse 128/min above 120/min for 10 s");
    let text = evidence("hr 80x3 38x11", AlarmId::HrVeryLow);
    assert_eq!(text, "HR 38/min below 40/min for 5 s");
    let text = evidence("every 60s\n spo2 97 90", AlarmId::Spo2Low);
    assert_eq!(text, "SpO2 90 % below 92 %");
}

#[test]
fn where_the_ecg_gives_no_rate_the_pulse_is_judged() {
    // A monitor that could count an ECG, and a patient with a finger probe only.
    check(
        "hr    nonex45
         pulse 80x10 125x20 80x15",
        "20s ** HR_HIGH present/on
         40s ** HR_HIGH absent/off",
    );
    // An ECG monitor that is not even switched on.
    check(
        "hr    .x45
         pulse 80x10 125x20 80x15",
        "10s ** DEVICE_LINK_LOST present/on
         20s ** HR_HIGH present/on
         40s ** HR_HIGH absent/off",
    );
}

#[test]
fn the_pulse_stands_in_after_more_missing_samples_than_are_forgiven() {
    // Three seconds without a rate, then it is the ECG's again: the pulse was never asked.
    check(
        "hr    80x10 nonex3 80x20
         pulse 150x40",
        "",
    );
    // From the fourth on the pulse counts, and its delay begins with it.
    check(
        "hr    80x10 nonex30
         pulse 130x40",
        "23s ** HR_HIGH present/on",
    );
    // Electrodes come off in mid-alarm: it goes on, and ends by the pulse.
    check(
        "hr    80x10 130x15 nonex40
         pulse 130x40 80x30",
        "20s ** HR_HIGH present/on
         50s ** HR_HIGH absent/off",
    );
}

#[test]
fn the_ecg_counts_again_with_its_first_rate() {
    check(
        "hr    nonex20 80x30
         pulse 125x50",
        "14s ** HR_HIGH present/on
         30s ** HR_HIGH absent/off",
    );
}

#[test]
fn a_heart_that_stands_still_by_the_ecg_is_believed_whatever_the_pulse_says() {
    check(
        "hr    80x5 0x11
         pulse 80x16",
        "10s *** HR_VERY_LOW present/on
         15s ** HR_LOW present/on superseded",
    );
}

#[test]
fn each_source_of_the_rate_has_its_own_period() {
    let rate = |hr: &str, pulse: &str| format!("hr {hr}\n pulse {pulse}");
    let words = evidence(&rate("nonex20", "80x5 125x15"), AlarmId::HrHigh);
    assert_eq!(words, "pulse 125/min above 120/min for 10 s");
    let words = evidence(&rate("125x20", "80x20"), AlarmId::HrHigh);
    assert_eq!(words, "HR 125/min above 120/min for 10 s");
    // One number of a monitor that gives one in twenty seconds decides; the pulse, which stands in
    // after 70 s, must last.
    check(
        "slow 2 20s\n hr 80 _x19 125 _x5",
        "20s ** HR_HIGH present/on",
    );
    check(
        "slow 2 20s
         hr    nonex95
         pulse 80x80 125x15",
        "90s ** HR_HIGH present/on",
    );
    check(
        "slow 2 20s
         hr    80 nonex94
         pulse 125x95",
        "81s ** HR_HIGH present/on",
    );
}
