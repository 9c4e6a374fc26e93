//! What a fall is compared with: the saturation of a minute and more ago, which stays as it was
//! while something is suspect.

use chairside_alarm::AlarmId;

use crate::chart::run;

/// Runs the chart and compares what the evidence of the last fast fall begins with: the baseline,
/// and what it fell to.
#[track_caller]
fn check_fall(chart: &str, expected: &str) {
    let told = run(chart);
    let mut falls = told
        .iter()
        .rev()
        .filter(|told| told.id == AlarmId::Spo2Fall);
    let last = falls.find(|told| told.present).expect("a fast fall");
    let said = last.evidence.split(" %").next();
    assert_eq!(said, Some(expected), "{}", last.evidence);
}

#[test]
fn a_saturation_that_is_back_within_two_points_is_the_baseline_of_what_comes() {
    check_fall("spo2 98x190 94x10 97x150 97..91x25 91x5", "SpO2 97→92");
}

#[test]
fn a_saturation_that_stays_two_points_lower_is_not() {
    check_fall("spo2 98x190 94x10 96x150 96..90x25 90x5", "SpO2 98→92");
}

#[test]
fn a_second_fall_is_compared_with_what_was_before_the_first() {
    check_fall("spo2 98x190 93x170 93..87x25 87x5", "SpO2 98→89");
}

#[test]
fn a_small_drift_is_followed_while_the_patient_breathes_as_before() {
    check_fall(
        "spo2  98x100 96x170 96..90x25 90x5
         etco2 38x300
         rr    14x300",
        "SpO2 96→91",
    );
}
