//! Limits of continuous signals.

use chairside_alarm::AlarmId;

use crate::chart::{check, evidence};

#[test]
fn a_low_saturation_alarms_when_its_delay_has_passed_and_ends_after_its_hold() {
    check(
        "spo2 97x3 91x11 95x15",
        "13s ** SPO2_LOW present/on
         24s ** SPO2_LOW absent/off",
    );
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
fn the_evidence_of_a_limit_is_the_value_the_limit_and_the_time() {
    let text = evidence("spo2 93x3 87x6", AlarmId::Spo2VeryLow);
    assert_eq!(text, "SpO2 87 % below 88 % for 5 s");
}
