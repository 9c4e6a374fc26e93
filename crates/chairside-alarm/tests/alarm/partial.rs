//! Breaths that have become small: signs compatible with a larynx that is partly closed.

use chairside_alarm::AlarmId;

use crate::chart::{check, evidence};

#[test]
fn small_fast_breaths_are_a_partial_obstruction() {
    check(
        "session @0 baseline etco2=38 rr=14 spo2=97
         spo2    97x140
         etco2   38x20 18x60 38x60
         rr      14x20 24x60 14x60",
        "47s ** AIRWAY_PARTIAL present/on
         102s ** AIRWAY_PARTIAL absent/off",
    );
    // A saturation that has fallen is as good a sign.
    check(
        "session @0 baseline etco2=38 rr=14 spo2=97
         spo2    97x20 94x60
         etco2   38x20 18x60
         rr      14x80",
        "47s ** AIRWAY_PARTIAL present/on",
    );
    // Small breaths of one who is otherwise as before are a loose cannula.
    check(
        "session @0 baseline etco2=38 rr=14 spo2=97
         spo2    97x80
         etco2   38x20 18x60
         rr      14x20 21x60",
        "",
    );
    check(
        "session @0 baseline etco2=38 rr=14 spo2=97
         spo2    97x80
         etco2   38x20 23x60
         rr      14x20 24x60",
        "",
    );
}

#[test]
fn small_breaths_are_compared_with_the_patients_own() {
    check(
        "spo2  97x220
         etco2 38x150 18x70
         rr    14x150 24x70",
        "177s ** AIRWAY_PARTIAL present/on",
    );
    check(
        "spo2  97x80
         etco2 38x20 18x60
         rr    14x20 24x60",
        "",
    );
}

#[test]
fn the_evidence_of_a_partial_obstruction_and_of_a_fall_are_the_changes() {
    let text = evidence(
        "session @0 baseline etco2=38 rr=14 spo2=97
         spo2    97x20 94x60
         etco2   38x20 18x60
         rr      14x20 24x60",
        AlarmId::AirwayPartial,
    );
    assert_eq!(
        text,
        "CO2 38→18 mmHg, RR 14→24, SpO2 97→94 %. Partial obstruction, or sampling line loose. \
         Used: CO2 numbers, RR, SpO2; missing: none; data up to 0 s old; no dose known."
    );
    let text = evidence(
        "session @0 baseline spo2=98
         spo2    98x40 98..93x25",
        AlarmId::Spo2Fall,
    );
    assert_eq!(
        text,
        "SpO2 98→93 % in 22 s (−12 %/min). \
         Used: SpO2; missing: none; data up to 0 s old; no dose known."
    );
}

#[test]
fn small_breaths_are_over_when_they_are_larger_than_three_quarters_of_before() {
    let chart = |after: &str| {
        format!(
            "session @0 baseline etco2=40 rr=14 spo2=97
             spo2    97x118
             etco2   40x20 18x60 {after}x38
             rr      14x20 24x60 14x38"
        )
    };
    check(&chart("30"), "47s ** AIRWAY_PARTIAL present/on");
    check(
        &chart("31"),
        "47s ** AIRWAY_PARTIAL present/on
         102s ** AIRWAY_PARTIAL absent/off",
    );
}

#[test]
fn small_breaths_are_not_over_while_the_saturation_is_three_points_lower() {
    let chart = |after: &str| {
        format!(
            "session @0 baseline etco2=38 rr=14 spo2=97
             spo2    97x20 94x60 {after}x38
             etco2   38x20 18x60 38x38
             rr      14x118"
        )
    };
    check(&chart("94"), "47s ** AIRWAY_PARTIAL present/on");
    check(
        &chart("95"),
        "47s ** AIRWAY_PARTIAL present/on
         102s ** AIRWAY_PARTIAL absent/off",
    );
}

#[test]
fn small_breaths_of_a_bed_without_an_oximeter_are_over_when_they_are_large_again() {
    check(
        "session @0 baseline etco2=38 rr=14
         etco2   38x20 18x60 38x38
         rr      14x20 24x60 14x38",
        "47s ** AIRWAY_PARTIAL present/on
         102s ** AIRWAY_PARTIAL absent/off",
    );
}

#[test]
fn breaths_that_are_eight_seconds_apart_are_pauses_and_not_a_partial_obstruction() {
    let chart = |breath: &str| {
        format!(
            "session @0 baseline etco2=38 spo2=97
             co2     {breath}
             spo2    97x20 94x70
             etco2   38x20 18x70"
        )
    };
    check(&chart("[30 0x8]x10"), "");
    check(&chart("[30 0x7]x11"), "47s ** AIRWAY_PARTIAL present/on");
}
