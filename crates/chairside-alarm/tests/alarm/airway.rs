//! Signs compatible with little or no air movement, and a saturation that falls.

use chairside_alarm::{AirwayMode, AlarmId};

use crate::adult::seconds;
use crate::chart::{check, check_with, evidence, run};

#[test]
fn no_breath_for_twelve_seconds_with_effort_and_a_heart_that_races_is_an_obstruction() {
    check(
        "session @0 baseline hr=84 spo2=98
         spo2    98x60
         pulse   84x20 100x40
         etco2   38x20 0x14 38x26
         effort  14x60",
        "31s *** AIRWAY_OBSTRUCTION present/on co2+effort",
    );
}

#[test]
fn without_another_sign_effort_waits_for_twenty_seconds() {
    check(
        "spo2   98x60
         etco2  38x20 0x30 38x10
         effort 14x60",
        "39s *** AIRWAY_OBSTRUCTION present/on co2+effort",
    );
    check(
        "session @0 baseline spo2=98
         spo2    98x25 96x35
         etco2   38x20 0x20 38x20
         effort  14x60",
        "31s *** AIRWAY_OBSTRUCTION present/on co2+effort",
    );
    check(
        "session @0 baseline spo2=98
         spo2    98x25 97x35
         etco2   38x20 0x19 38x21
         effort  14x60",
        "",
    );
}

#[test]
fn a_patient_who_makes_no_effort_has_an_apnoea() {
    check(
        "session @0 baseline spo2=98 hr=84
         spo2    98x20 95x40
         pulse   84x20 60x40
         etco2   38x20 0x25 38x15
         effort  14x20 5x25 14x15",
        "39s *** APNEA present/on
         55s *** APNEA absent/latched",
    );
}

#[test]
fn where_effort_is_not_measured_the_saturation_must_fall_as_well() {
    check(
        "session @0 baseline spo2=98
         spo2    98x25 95x35
         etco2   38x20 0x16 38x24",
        "34s *** AIRWAY_OBSTRUCTION present/on co2",
    );
    check(
        "session @0 baseline spo2=98
         spo2    98x25 96x35
         etco2   38x20 0x16 38x24",
        "",
    );
    // A belt that fell silent measures nothing.
    check(
        "session @0 baseline spo2=98
         spo2    98x25 95x35
         etco2   38x20 0x16 38x24
         effort  14x10 nonex50",
        "34s *** AIRWAY_OBSTRUCTION present/on co2",
    );
}

#[test]
fn an_obstruction_is_worse_than_an_apnoea_and_supersedes_it() {
    check(
        "session @0 baseline spo2=98
         spo2    98x40 95x40
         etco2   38x20 0x25 38x35",
        "39s *** APNEA present/on
         42s *** APNEA present/on superseded
         42s *** AIRWAY_OBSTRUCTION present/on co2
         55s *** APNEA absent/latched
         75s *** AIRWAY_OBSTRUCTION absent/latched co2",
    );
}

#[test]
fn without_co2_a_fast_fall_below_ninety_two_is_an_obstruction() {
    check(
        "session @0 baseline spo2=98
         spo2    98x40 98..80x46",
        "56s ** SPO2_FALL present/on
         61s *** AIRWAY_OBSTRUCTION present/on spo2_only
         67s ** SPO2_LOW present/on
         67s ** SPO2_FALL present/on superseded
         72s ** SPO2_LOW present/on superseded
         72s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn a_capnograph_without_values_leaves_the_saturation_alone() {
    let blocked = run("session @0 baseline spo2=98
         spo2    98x40 98..80x46
         etco2   38x20 nonex66");
    let modes = |told: &[chairside_alarm::Transition]| {
        let obstructions = told
            .iter()
            .filter(|told| told.id == AlarmId::AirwayObstruction);
        obstructions.map(|told| told.mode).collect::<Vec<_>>()
    };
    assert_eq!(modes(&blocked), [Some(AirwayMode::Spo2Only)]);
    let breathing = run("session @0 baseline spo2=98
         spo2    98x40 98..80x46
         etco2   38x86");
    assert_eq!(modes(&breathing), []);
}

#[test]
fn a_capnograph_that_is_lost_leaves_the_saturation_alone() {
    check(
        "session @0 baseline spo2=98
         spo2    98x40 98..86x31
         etco2   38x20 .x51",
        "29s ** DEVICE_LINK_LOST present/on
         56s ** SPO2_FALL present/on
         61s *** AIRWAY_OBSTRUCTION present/on spo2_only
         67s ** SPO2_LOW present/on
         67s ** SPO2_FALL present/on superseded",
    );
}

#[test]
fn a_slow_fall_is_no_obstruction_and_no_fast_fall() {
    check(
        "session @0 baseline spo2=98
         spo2    98x40 98..91x104 91x4",
        "146s ** SPO2_LOW present/on",
    );
}

#[test]
fn a_fall_is_over_when_it_slows_down_for_fifteen_seconds() {
    check(
        "session @0 baseline spo2=98
         spo2    98x40 98..93x25 93x60",
        "64s ** SPO2_FALL present/on
         101s ** SPO2_FALL absent/off",
    );
}

#[test]
fn a_fall_that_stays_above_ninety_five_is_none() {
    check(
        "session @0 baseline spo2=100
         spo2    100x40 100..96x20 96x30",
        "",
    );
}

#[test]
fn nothing_is_known_of_a_fall_before_there_is_a_baseline() {
    check("spo2 98x40 98..93x25 93x20", "");
    // Sixty seconds that ended a minute ago are one.
    check(
        "spo2 98x119 98..93x25 93x10",
        "143s ** SPO2_FALL present/on",
    );
}

#[test]
fn an_event_does_not_become_its_own_baseline() {
    // Low for two minutes: the saturation of before is still what it is compared with.
    check_with(
        |parts| {
            parts
                .thresholds
                .retain(|rule| rule.signal != chairside_alarm::Signal::SpO2);
            parts.airway.spo2_fall = None;
            parts.families.clear();
        },
        "session @0 baseline spo2=98
         spo2    98x190 98..90x40 90x150
         etco2   38x330 0x16 38x34",
        "344s *** AIRWAY_OBSTRUCTION present/on co2",
    );
    // After five minutes it is taken anew.
    check_with(
        |parts| {
            parts
                .thresholds
                .retain(|rule| rule.signal != chairside_alarm::Signal::SpO2);
            parts.airway.spo2_fall = None;
            parts.families.clear();
        },
        "session @0 baseline spo2=98
         spo2    98x190 98..90x40 90x350
         etco2   38x540 0x16 38x24",
        "",
    );
}

#[test]
fn an_obstruction_ends_with_breaths_and_a_saturation_that_is_back() {
    check(
        "session @0 baseline spo2=98
         spo2    98x120
         etco2   38x20 0x25 38x75
         effort  14x120",
        "39s *** AIRWAY_OBSTRUCTION present/on co2+effort
         75s *** AIRWAY_OBSTRUCTION absent/latched co2+effort",
    );
    // Breaths alone are not enough.
    check(
        "session @0 baseline spo2=98
         spo2    98x40 98..91x20 91x40
         etco2   38x20 0x25 38x55
         effort  14x100",
        "39s *** AIRWAY_OBSTRUCTION present/on co2+effort
         57s ** SPO2_FALL present/on
         68s ** SPO2_LOW present/on
         68s ** SPO2_FALL present/on superseded
         98s ** SPO2_FALL absent/off",
    );
}

#[test]
fn a_saturation_near_its_own_baseline_is_back() {
    check(
        "session @0 baseline spo2=90
         spo2    90x120
         etco2   38x20 0x25 38x75
         effort  14x120",
        "10s ** SPO2_LOW present/on
         39s *** AIRWAY_OBSTRUCTION present/on co2+effort
         75s *** AIRWAY_OBSTRUCTION absent/latched co2+effort",
    );
}

#[test]
fn a_sampling_line_that_is_pulled_off_ends_nothing() {
    check(
        "spo2    98x120
         etco2   38x20 0x22 unpluggedx78
         effort  14x120",
        "39s *** AIRWAY_OBSTRUCTION present/on co2+effort
         72s * CO2_NO_DATA present/on",
    );
}

#[test]
fn an_end_that_missing_frames_held_back_does_not_come_when_they_are_not_awaited_any_more() {
    // At 75 s the end is due, and the capnograph is silent. At 77 s nobody counts on it any more,
    // but then the saturation has been missing for three seconds.
    check(
        "session @0 baseline spo2=98
         spo2    98x72 _x9
         etco2   38x20 0x25 38x29 .x7
         effort  14x81",
        "39s *** AIRWAY_OBSTRUCTION present/on co2+effort",
    );
}

#[test]
fn an_obstruction_seen_without_co2_ends_with_the_saturation() {
    check_with(
        |parts| {
            parts
                .thresholds
                .retain(|rule| rule.signal != chairside_alarm::Signal::SpO2);
            parts.airway.spo2_fall = None;
            parts.families.clear();
        },
        "session @0 baseline spo2=98
         spo2    98x40 98..86x31 86..96x11 96x40",
        "61s *** AIRWAY_OBSTRUCTION present/on spo2_only
         94s *** AIRWAY_OBSTRUCTION absent/latched spo2_only",
    );
}

#[test]
fn a_fall_of_before_the_probe_came_off_is_no_obstruction_when_it_is_on_again() {
    check_with(
        |parts| {
            parts
                .thresholds
                .retain(|rule| rule.signal != chairside_alarm::Signal::SpO2);
            parts.airway.spo2_fall = None;
            parts.technical.spo2_probe_off = None;
            parts.families.clear();
        },
        "session @0 baseline spo2=98
         spo2    98x40 98..86x31 86x4 offx40 97x60",
        "61s *** AIRWAY_OBSTRUCTION present/on spo2_only
         132s *** AIRWAY_OBSTRUCTION absent/latched spo2_only",
    );
}

#[test]
fn a_bed_without_an_oximeter_needs_no_saturation() {
    check(
        "etco2   38x20 0x25 38x75
         effort  14x120",
        "39s *** AIRWAY_OBSTRUCTION present/on co2+effort
         75s *** AIRWAY_OBSTRUCTION absent/latched co2+effort",
    );
}

#[test]
fn a_probe_that_is_off_leaves_the_breaths_to_be_watched() {
    check(
        "session @0 baseline spo2=98
         spo2    98x15 offx45
         etco2   38x20 0x25 38x15
         effort  14x60",
        "20s ** SPO2_PROBE_OFF present/on
         39s *** AIRWAY_OBSTRUCTION present/on co2+effort",
    );
}

#[test]
fn frames_that_are_missing_begin_no_obstruction() {
    check(
        "spo2   98x60
         etco2  38x20 0x19 . 0x5 38x15
         effort 14x60",
        "40s *** AIRWAY_OBSTRUCTION present/on co2+effort",
    );
    check(
        "spo2   98x60
         etco2  38x20 0x15 .x5 0x15 38x5
         effort 14x60",
        "",
    );
}

#[test]
fn no_cuff_hold_begins_while_breathing_is_suspect() {
    // No breath for eight seconds: the cuff must not hide what the saturation does next.
    check(
        "session @0 same-limb @0 baseline spo2=98
         spo2    98x28 98..86x25
         etco2   38x20 0x12 38x21
         cuff    @29 measuring",
        "43s ** SPO2_FALL present/on
         52s ** SPO2_LOW present/on
         52s ** SPO2_FALL present/on superseded",
    );
    check(
        "session @0 same-limb @0 baseline spo2=98
         spo2    98x28 98..86x25
         etco2   38x53
         cuff    @29 measuring",
        "",
    );
}

#[test]
fn samples_that_are_held_back_are_in_no_feature() {
    // A jump is held for fifteen seconds, and the slope is not known without them.
    check(
        "session @0 baseline spo2=98
         spo2    98x40 88x20",
        "",
    );
}

#[test]
fn a_source_of_two_seconds_is_judged_like_one_of_one() {
    check(
        "every 2s
         session @0 baseline spo2=98
         spo2    98x20 98..80x23",
        "57s ** SPO2_FALL present/on
         61s *** AIRWAY_OBSTRUCTION present/on spo2_only
         66s ** SPO2_LOW present/on
         66s ** SPO2_FALL present/on superseded
         71s ** SPO2_LOW present/on superseded
         71s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn a_source_slower_than_ten_seconds_has_no_slope() {
    let told = run("every 20s
         session @0 baseline spo2=98
         spo2    98 98 98 93 88 83 78 73");
    let slopes = told
        .iter()
        .filter(|told| matches!(told.id, AlarmId::Spo2Fall | AlarmId::AirwayObstruction));
    assert_eq!(slopes.count(), 0);
}

#[test]
fn a_profile_without_the_obstruction_leaves_its_twenty_seconds_to_the_apnoea() {
    check_with(
        |parts| parts.airway.obstruction = None,
        "etco2  38x20 0x25
         effort 14x45",
        "39s *** APNEA present/on",
    );
}

#[test]
fn the_fall_has_its_own_delay() {
    check_with(
        |parts| parts.airway.spo2_fall.as_mut().unwrap().delay = seconds(0),
        "session @0 baseline spo2=98
         spo2    98x40 98..93x25",
        "59s ** SPO2_FALL present/on",
    );
}

#[test]
fn the_evidence_of_an_obstruction_is_what_was_seen_by_its_mode() {
    let text = evidence(
        "session @0 baseline hr=86 spo2=98 @1 dose
         spo2    98x60
         pulse   86x20 104x40
         co2     30x20 0x40
         effort  20x60",
        AlarmId::AirwayObstruction,
    );
    assert_eq!(
        text,
        "No CO2 breath for 12 s, chest effort 20/min, SpO2 98 % (not falling yet), pulse 86→104. \
         Obstruction, laryngospasm, or sampling line off. \
         Used: CO2 curve, chest effort, SpO2, pulse; missing: none; data up to 0 s old; \
         dose began 30 s ago."
    );
    let text = evidence(
        "session @0 baseline spo2=98 @1 dose @10 dose-ends
         spo2    98x25 95x35
         etco2   38x20 0x40",
        AlarmId::AirwayObstruction,
    );
    assert_eq!(
        text,
        "No CO2 breath for 15 s, SpO2 98→95 %. Chest effort not measured. \
         Obstruction, apnoea, or sampling line off. \
         Used: CO2 numbers, SpO2; missing: chest effort, HR; data up to 0 s old; \
         dose ended 24 s ago."
    );
    let text = evidence(
        "session @0 baseline spo2=98
         spo2    98x40 98..80x46
         pi      0.2x86",
        AlarmId::AirwayObstruction,
    );
    assert_eq!(
        text,
        "SpO2 98→90 % in 20 s (−19 %/min). No CO2 monitor. \
         Obstruction, apnoea, or probe problem. Weak pulse signal (perfusion index 0.2 %). \
         Used: SpO2; missing: CO2, chest effort, HR; data up to 0 s old; no dose known."
    );
}

#[test]
fn a_heart_that_beats_as_before_is_no_other_sign() {
    check(
        "session @0 baseline hr=84 spo2=98
         spo2    98x60
         pulse   84x60
         etco2   38x20 0x30 38x10
         effort  14x60",
        "39s *** AIRWAY_OBSTRUCTION present/on co2+effort",
    );
}

#[test]
fn evidence_tells_the_age_of_the_oldest_news_of_those_that_are_heard() {
    let text = evidence(
        "every 2s
         session @0 baseline spo2=98
         spo2    98x20 98..80x23
         etco2   38x10 .x33",
        AlarmId::Spo2Fall,
    );
    assert_eq!(
        text,
        "SpO2 98→92 % in 16 s (−15 %/min). \
         Used: SpO2; missing: none; data up to 1 s old; no dose known."
    );
}

#[test]
fn a_pulse_signal_is_called_weak_below_a_perfusion_index_of_three_tenths() {
    let text = |index: &str| {
        evidence(
            &format!(
                "session @0 baseline spo2=98
                 spo2    98x40 98..93x25
                 pi      {index}x65"
            ),
            AlarmId::Spo2Fall,
        )
    };
    assert!(!text("0.3").contains("Weak"), "{}", text("0.3"));
    assert!(text("0.29").contains(" Weak pulse signal (perfusion index 0.29 %)."));
}

#[test]
fn evidence_invents_no_age_when_nobody_is_heard() {
    let told = run("spo2  98x200 98..80x23 .x60
         nurse @230 off SPO2_FALL 600 @260 on SPO2_FALL");
    let again = told.iter().rfind(|told| told.id == AlarmId::Spo2Fall);
    let text = &again.expect("it stands again").evidence;
    assert!(text.contains("no device is heard;"), "{text}");
}

#[test]
fn a_slow_pulse_that_stands_in_for_a_fast_ecg_is_known_to_the_airway() {
    let words = evidence(
        "slow 1 4s
         hr     nonex60
         pulse  [86 _x3]x15
         etco2  38x40 0x20
         rr     12x40 0x20
         effort 20x60",
        AlarmId::AirwayObstruction,
    );
    assert!(words.contains("pulse 86"), "{words}");
    assert!(words.contains("missing: SpO2;"), "{words}");
}
