//! What a fall is compared with: the saturation of a minute and more ago, which stays as it was
//! while something is suspect.

use chairside_alarm::{AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Baseline, Sources};
use chairside_model::{DeviceId, Measured, Metric, MonoTime, Observation, Reading, Value};

use crate::adult;
use crate::chart::{check, check_with, run};

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

#[test]
fn a_small_drift_is_not_followed_while_the_breaths_are_small() {
    check_fall(
        "spo2  98x200 96x170 96..90x25 90x5
         etco2 38x200 25x200
         rr    14x400",
        "SpO2 98→92",
    );
}

#[test]
fn of_an_even_number_of_values_the_middle_lies_between_two() {
    // Of the last five seconds one has no value.
    check_fall(
        "session @0 baseline spo2=98
         spo2    98x40 97x3 96x3 95x3 94x3 93 none 93 92x3 91x3",
        "SpO2 98→92.5",
    );
}

#[test]
fn a_rate_that_has_come_counts_once() {
    // Ripe at 15 s, which is too long after the last rate that came.
    check("rr 31x13 _x10", "");
    check("rr 31x14 _x10", "15s * RR_HIGH present/on");
}

#[test]
fn nothing_falls_where_half_of_the_seconds_have_no_value() {
    check_with(
        |parts| parts.airway.windows.now = adult::seconds(15),
        "session @0 baseline spo2=98
         spo2    98x40 98 _ _ _ 97 _ _ _ 96 _ _ _ 95 _ _ _ 94 _ _ _ 93 _ _ _ 92 _ _ _ 92",
        "",
    );
}

/// Lets the saturation fall by a point in three seconds, from 98 % on, where a value comes every so
/// many seconds, in the middle of them; returns whether that is a fast fall.
fn falls(every: u64) -> bool {
    let mut parts = adult::parts();
    parts.airway.windows.now = adult::seconds(15);
    let profile = AlarmProfile::new(parts).expect("limits do not contradict each other");
    let device = DeviceId(1);
    let sources = Sources {
        devices: [(device, adult::seconds(1))].into(),
        metrics: [(Metric::SpO2, device)].into(),
    };
    let mut engine = AlarmEngine::new(profile, sources, MonoTime::ZERO);
    let mut told = Vec::new();
    let baseline = Baseline {
        spo2: Some(Value::whole(98)),
        ..Baseline::default()
    };
    engine.handle(MonoTime::ZERO, AlarmInput::Baseline(baseline), &mut told);
    for second in 0..=90_u16 {
        let at = MonoTime::from_millis(u64::from(second) * 1000 + 500);
        engine.handle(at, AlarmInput::Frame(device), &mut told);
        if u64::from(second).is_multiple_of(every) {
            let fallen = (second.saturating_sub(42) / 3).min(10);
            let percent = Value::whole(98 - i32::from(fallen));
            let observation = Observation {
                device,
                received: at,
                reading: Reading::numeric(Metric::SpO2, Measured::Valid(percent), at),
            };
            engine.handle(at, AlarmInput::Observed(&observation), &mut told);
        }
        engine.handle(at, AlarmInput::Tick, &mut told);
    }
    told.iter().any(|told| told.id == AlarmId::Spo2Fall)
}

#[test]
fn a_value_stands_for_less_than_one_and_a_half_of_its_periods() {
    assert!(falls(1));
    // A second and a half after a value there is none: too few are left for a slope.
    assert!(!falls(3));
}
