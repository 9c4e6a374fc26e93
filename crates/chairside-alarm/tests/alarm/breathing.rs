//! Breaths, and the pauses between them.

use chairside_alarm::AlarmId;

use crate::adult::seconds;
use crate::chart::{check, check_with, evidence};

#[test]
fn twenty_seconds_without_a_breath_in_numbers_are_an_apnoea() {
    check(
        "etco2 38x5 0x30 38x12
         rr    14x5 0x30 14x12",
        "24s *** APNEA present/on
         45s *** APNEA absent/latched",
    );
    check("etco2 38x5 0x19 38x12", "");
}

#[test]
fn twenty_seconds_without_a_breath_on_the_curve_are_an_apnoea_whatever_the_numbers_say() {
    check(
        "co2   [0 0 30 35]x5 0x30 [30 0 0]x8
         etco2 35x74
         rr    14x74",
        "39s *** APNEA present/on
         60s *** APNEA absent/latched",
    );
}

#[test]
fn a_curve_that_rises_less_than_eight_shows_no_breath() {
    check("co2   [0 35 0]x3 [0 7 0]x7", "27s *** APNEA present/on");
    check("co2 [0 35 0]x3 [0 8 0]x7", "");
    check_with(
        |parts| parts.airway.breath.co2_min = chairside_model::Value::whole(4),
        "co2 [0 35 0]x3 [0 7 0]x7",
        "",
    );
}

#[test]
fn an_apnoea_of_thirty_seconds_may_be_chosen() {
    check_with(
        |parts| parts.airway.apnea.as_mut().unwrap().no_breath = seconds(30),
        "co2 [0 35 0]x3 0x40",
        "37s *** APNEA present/on",
    );
}

#[test]
fn a_single_gasp_does_not_end_an_apnoea() {
    check(
        "co2 30x3 0x25 30 0x18 30",
        "22s *** APNEA present/on
         47s *** APNEA absent/latched",
    );
    check("co2 30x3 0x25 30 0x20 30 0 0", "22s *** APNEA present/on");
}

#[test]
fn one_who_breathes_slowly_again_ends_it_with_a_breath_that_is_ten_seconds_after_the_first() {
    check(
        "co2 30x3 0x25 [30 0x11]x3",
        "22s *** APNEA present/on
         40s *** APNEA absent/latched",
    );
}

#[test]
fn ten_seconds_of_breaths_between_two_pauses_make_two_apnoeas() {
    check(
        "co2 30x3 0x25 [30 0 0]x3 30 0x25",
        "22s *** APNEA present/on
         38s *** APNEA absent/latched
         57s *** APNEA present/on",
    );
}

#[test]
fn a_breath_that_the_numbers_deny_breaks_the_ten_seconds() {
    check(
        "etco2 38x3 0x22 38x8 0 38x11",
        "22s *** APNEA present/on
         44s *** APNEA absent/latched",
    );
}

#[test]
fn one_who_breathes_four_times_a_minute_has_no_apnoea_and_is_slow() {
    check(
        "co2   [30 30 0x13]x4
         etco2 35x60
         rr    4x60",
        "15s ** RR_LOW present/on",
    );
}

#[test]
fn a_capnograph_that_zeroes_itself_is_no_apnoea() {
    // As a Capnostream 35 does every twenty minutes: no values, then RR 0 beside breaths.
    check(
        "etco2 38x40 nonex8 0x4 23x20 24x20
         rr    14x40 nonex8 0x4 0x20 16x20",
        "",
    );
    check(
        "co2   [0 30 0]x13 nonex9 [0 30 0]x15
         etco2 38x40 nonex8 0x4 23x34
         rr    14x40 nonex8 0x4 0x20 16x14",
        "",
    );
}

#[test]
fn a_rate_of_nought_beside_breaths_or_nothing_is_unavailable_and_not_low() {
    check(
        "etco2 38x60
         rr    14x5 0x55",
        "",
    );
    check(
        "etco2 38x5 nonex25
         rr    14x5 0x25",
        "",
    );
}

#[test]
fn a_rate_by_movements_of_the_chest_counts_where_there_is_no_co2() {
    check(
        "effort 14x5 6x16 9x16",
        "20s ** RR_LOW present/on\n 36s ** RR_LOW absent/off",
    );
    check("effort 14x5 0x16", "20s ** RR_LOW present/on");
    let text = evidence("effort 14x5 6x16", AlarmId::RrLow);
    assert_eq!(
        text,
        "RR by chest movement (no CO2) 6/min below 8/min for 15 s"
    );
    check(
        "effort 6x40
         etco2  38x40
         rr     14x40",
        "",
    );
}

#[test]
fn each_breathing_rule_alarms_at_the_second_of_its_delay_and_ends_at_that_of_its_hold() {
    check(
        "etco2 38x60
         rr    14x5 7x20 9x16",
        "20s ** RR_LOW present/on
         40s ** RR_LOW absent/off",
    );
    check(
        "etco2 38x60
         rr    14x5 31x20 28x16",
        "20s * RR_HIGH present/on
         40s * RR_HIGH absent/off",
    );
    check(
        "etco2 38x5 51x40 48x16",
        "35s ** ETCO2_HIGH present/on
         60s ** ETCO2_HIGH absent/off",
    );
    check("etco2 38x5 50x60\n rr 8x30 30x30", "");
}

#[test]
fn limits_of_breathing_sleep_while_no_breath_is_seen() {
    // An apnoea ends no slow breathing, and begins none.
    check(
        "etco2 38x20 0x30 38x40
         rr    6x20  0x30 12x40",
        "15s ** RR_LOW present/on
         39s *** APNEA present/on
         60s *** APNEA absent/latched
         65s ** RR_LOW absent/off",
    );
    check(
        "etco2 38x5 0x19 38x5
         rr    14x5 0x19 14x5",
        "",
    );
    // A delay starts anew after it.
    check(
        "etco2 38x15 0x2 38x15
         rr    6x15  0x2 6x15",
        "",
    );
    check("etco2 55x29 0x2 55x30", "");
}

#[test]
fn on_a_curve_they_sleep_with_the_apnoea_or_when_both_numbers_are_nought() {
    check(
        "co2   30x3 0x40
         etco2 35x43
         rr    6x43",
        "15s ** RR_LOW present/on
         22s *** APNEA present/on",
    );
    check(
        "co2   [30 0 0]x10
         etco2 0x30
         rr    0x30",
        "",
    );
}

#[test]
fn held_numbers_are_counted_in_where_there_is_no_curve() {
    let held = |parts: &mut chairside_alarm::ProfileParts| {
        parts.airway.breath.numerics_held = seconds(15);
    };
    check_with(
        held,
        "etco2 38x5 14x25 0x20
         rr    14x30 0x20",
        "34s *** APNEA present/on",
    );
    // A shallow breath is counted, so the capnograph holds nothing.
    check_with(
        held,
        "etco2 38x30 7x8 38x5
         rr    14x43",
        "",
    );
    check_with(
        held,
        "co2   [0 35 0]x3 0x9 [0 35 0]x3
         etco2 35x9 0x9 35x9
         rr    14x9 0x9 14x9",
        "",
    );
}

#[test]
fn an_apnoea_waits_for_frames_and_begins_anew_after_a_lost_link() {
    check("etco2 38x5 0x19 . 0x5", "25s *** APNEA present/on");
    check("etco2 38x5 0x15 .x4 0x20", "");
    check("etco2 38x5 0x15 .x4 0x21", "44s *** APNEA present/on");
}

#[test]
fn two_missing_numbers_leave_an_apnoea_running_and_more_do_not() {
    check("etco2 38x5 0x10 none none 0x8", "24s *** APNEA present/on");
    check("etco2 38x5 0x10 nonex4 0x10", "");
}

#[test]
fn missing_data_end_no_apnoea() {
    check("etco2 38x5 0x22 nonex25", "24s *** APNEA present/on");
    check(
        "etco2 38x5 0x22 .x12",
        "24s *** APNEA present/on
         36s ** DEVICE_LINK_LOST present/on",
    );
}

#[test]
fn a_slow_capnograph_alarms_with_the_number_that_denies_a_breath() {
    check(
        "every 5s
         etco2 38 38 0 0 0 0 0",
        "25s *** APNEA present/on",
    );
    check(
        "every 60s
         etco2 38 38 0",
        "120s *** APNEA present/on",
    );
    check("every 30s\n etco2 38 38 38 38", "");
}

#[test]
fn the_evidence_of_an_apnoea_says_what_was_seen_and_what_is_missing() {
    let text = evidence(
        "co2    30x3 0x25
         effort 14x3 0x25
         session @1 dose",
        AlarmId::Apnea,
    );
    assert_eq!(
        text,
        "No CO2 breath for 20 s, no chest effort. Apnoea, or sampling line off. \
         Used: CO2 curve, chest effort; missing: none; data up to 0 s old; dose began 21 s ago."
    );
    let text = evidence("etco2 38x5 0x30", AlarmId::Apnea);
    assert_eq!(
        text,
        "No CO2 breath for 20 s, chest effort not measured. Apnoea, or sampling line off. \
         Used: CO2 numbers; missing: chest effort; data up to 0 s old; no dose known."
    );
}

#[test]
fn a_rate_that_is_counted_is_judged_whatever_the_number_of_co2_says() {
    check(
        "co2   [30 0 0]x8
         etco2 3x24
         rr    6x24",
        "15s ** RR_LOW present/on",
    );
}

#[test]
fn a_number_of_a_slow_capnograph_stands_for_one_and_a_half_of_its_periods() {
    check("every 20s\n etco2 38 _ _", "30s *** APNEA present/on");
}

#[test]
fn two_breaths_and_then_eight_seconds_without_one_end_no_apnoea() {
    check("co2 30x3 0x25 30 0 30 0x12", "22s *** APNEA present/on");
}
