//! Limits that change while alarms are pending, stand, or were seen (`docs/alarms.md`, limits that
//! change).

use std::collections::BTreeMap;

use chairside_alarm::{AlarmId, LimitKey, Phase, ProfileParts, Transition};
use chairside_model::Value;

use crate::adult;
use crate::chart::{Chart, check, check_with};
use crate::docs::second_table;

/// A dose that quickens the heart, a cuff every five minutes, and an apnoea of 25 s.
fn with_phases(parts: &mut ProfileParts) {
    let dosing = [
        (LimitKey::Trip(AlarmId::HrHigh), 130),
        (LimitKey::Delay(AlarmId::HrHigh), 20),
        (LimitKey::CuffInterval, 300),
        (LimitKey::NoBreath, 25),
    ];
    let dosing = dosing.map(|(key, number)| (key, Value::whole(number)));
    let phases = BTreeMap::from([(Phase::Dosing, BTreeMap::from(dosing))]);
    parts.adjustments.phases = phases;
}

/// A chart of twenty seconds that leaves `HR_VERY_HIGH` in that state, and what was done.
fn until_the_change(state: &str) -> (&'static str, &'static str) {
    match state {
        "absent, off" => ("100x20", ""),
        "pending for 2 s" => ("100x17 145x3", ""),
        "present, on" => ("100x5 145x15", ""),
        "present, acknowledged" => ("100x5 145x15", "@15 ack HR_VERY_HIGH"),
        "absent, latched" => ("145x6 100x14", ""),
        other => unreachable!("no such state: {other}"),
    }
}

fn in_words(told: &Transition) -> String {
    let present = if told.present { "present" } else { "absent" };
    format!("{present}, {}", told.signal.name())
}

#[test]
fn every_cell_of_the_table_of_changes_is_as_the_page_says() {
    let (head, rows) = second_table("Limits that change");
    assert_eq!(rows.len(), 5);
    for row in rows {
        let (pulse, nurse) = until_the_change(&row[0]);
        for (column, expected) in head.iter().zip(&row).skip(1) {
            let value = column.trim_start_matches("beyond ");
            // The first number beyond a limit.
            let beyond = i32::from(column.starts_with("beyond"));
            let value = value.parse::<i32>().expect("a number") + beyond;
            let chart = format!(
                "pulse {pulse} {value}x30
                 nurse {nurse} @19 set threshold.HR_VERY_HIGH.trip 160"
            );
            let told = Chart::read(&chart).run(adult::parts());
            let told = told.iter().filter(|told| told.id == AlarmId::HrVeryHigh);
            let (before, after): (Vec<&Transition>, Vec<&Transition>) =
                told.partition(|told| told.at.since_start().as_secs() < 20);
            let before = before.last().map(|told| in_words(told));
            let before = before.unwrap_or_else(|| "absent, off".to_owned());
            let pending = row[0].starts_with("pending") && before == "absent, off";
            assert!(pending || before == row[0], "{}: {before}", row[0]);
            let is = match after[..] {
                [] => before,
                [told] => {
                    let seconds = told.at.since_start().as_secs() - 20;
                    format!("{} after {seconds} s", in_words(told))
                }
                ref several => format!("{several:?}"),
            };
            assert_eq!(is, *expected, "{}, {column}", row[0]);
        }
    }
}

#[test]
fn a_limit_that_is_raised_ends_a_standing_alarm_when_values_are_good_by_it() {
    // 125 is good by a limit of 130, whose good values begin at 125.
    check(
        "pulse 80x5 125x40
         nurse @20 set threshold.HR_HIGH.trip 130",
        "15s ** HR_HIGH present/on
         31s ** HR_HIGH absent/off",
    );
    // By a limit of 128 it is neither wrong nor good.
    check(
        "pulse 80x5 125x40 123x12
         nurse @20 set threshold.HR_HIGH.trip 128",
        "15s ** HR_HIGH present/on
         55s ** HR_HIGH absent/off",
    );
}

#[test]
fn a_limit_that_is_lowered_keeps_a_standing_alarm_for_longer() {
    check(
        "pulse 80x5 121x12 112x40
         nurse @20 set threshold.HR_HIGH.trip 110",
        "15s ** HR_HIGH present/on",
    );
    // Its hold was running by the old limit, and is over with the first value that is not good.
    check(
        "pulse 80x5 121x12 112x12 103x20
         nurse @20 set threshold.HR_HIGH.trip 110",
        "15s ** HR_HIGH present/on
         39s ** HR_HIGH absent/off",
    );
}

#[test]
fn a_pending_alarm_whose_limit_is_raised_above_the_values_never_comes() {
    check(
        "pulse 80x5 125x40
         nurse @10 set threshold.HR_HIGH.trip 126",
        "",
    );
    // At the very second of its onset as well: the change comes first.
    check(
        "pulse 80x5 125x40
         nurse @14 set threshold.HR_HIGH.trip 126",
        "",
    );
}

#[test]
fn a_pending_alarm_goes_on_from_its_first_violating_sample() {
    check(
        "pulse 80x5 125x40
         nurse @10 set threshold.HR_HIGH.trip 122",
        "15s ** HR_HIGH present/on",
    );
    check(
        "pulse 80x5 125x40
         nurse @10 set threshold.HR_HIGH.trip 105",
        "15s ** HR_HIGH present/on",
    );
}

#[test]
fn a_limit_that_is_lowered_is_applied_to_what_comes_after_it() {
    // The values of before do not count: the delay begins with the sample after the change.
    check(
        "pulse 115x60
         nurse @20 set threshold.HR_HIGH.trip 110",
        "31s ** HR_HIGH present/on",
    );
}

#[test]
fn after_a_change_a_pending_alarm_waits_for_a_sample_that_still_violates() {
    // 121 is not beyond 123; while samples are missing nobody knows.
    check(
        "pulse 80x5 121x9 none none 121x20
         nurse @13 set threshold.HR_HIGH.trip 123",
        "",
    );
    check(
        "pulse 80x5 125x9 none none 125x20
         nurse @13 set threshold.HR_HIGH.trip 123",
        "16s ** HR_HIGH present/on",
    );
    // Without a change the third of these would have come while the sample was missing.
    check(
        "pulse 80x5 125x9 none none 125x20",
        "15s ** HR_HIGH present/on",
    );
}

#[test]
fn a_pending_delay_is_judged_by_the_new_delay_from_where_it_began() {
    // Longer.
    check(
        "pulse 80x5 125x40
         nurse @10 set threshold.HR_HIGH.delay_s 30",
        "35s ** HR_HIGH present/on",
    );
    // Shorter, and passed by now: the next sample decides.
    check(
        "pulse 80x5 125x40
         nurse @10 set threshold.HR_HIGH.delay_s 3",
        "11s ** HR_HIGH present/on",
    );
    check(
        "pulse 80x5 125x6 80x40
         nurse @10 set threshold.HR_HIGH.delay_s 3",
        "",
    );
}

#[test]
fn what_a_hold_left_of_a_delay_does_not_grow_with_a_longer_delay() {
    // The cuff stops the pulse from 45 to 65 s: 5 s are left of a delay after it.
    let chart = "pulse 80x65 125x40
                 spo2 97x105
                 cuff @45 measuring @55 124/78/93
                 session @1 same-limb";
    check(chart, "70s ** HR_HIGH present/on");
    check(
        &format!("{chart}\nnurse @67 set threshold.HR_HIGH.delay_s 60"),
        "70s ** HR_HIGH present/on",
    );
}

#[test]
fn an_acknowledged_alarm_keeps_its_acknowledgement_and_its_episode() {
    let chart = "pulse 80x5 125x60
                 nurse @20 ack HR_HIGH @25 set threshold.HR_HIGH.trip 110 @40 set threshold.HR_HIGH.trip 130";
    check(
        chart,
        "15s ** HR_HIGH present/on
         20s ** HR_HIGH present/acknowledged
         51s ** HR_HIGH absent/off",
    );
    let told = Chart::read(chart).run(adult::parts());
    let episode = told[0].occurrence;
    assert!(told.iter().all(|told| told.occurrence == episode));
    // What it says is why it began.
    assert_eq!(told[2].evidence, "pulse 125/min above 120/min for 10 s");
}

#[test]
fn a_latched_alarm_stays_latched_whatever_the_limits_are() {
    check(
        "pulse 80x5 145x6 100x30
         nurse @30 set threshold.HR_VERY_HIGH.trip 170 @35 ack HR_VERY_HIGH",
        "10s *** HR_VERY_HIGH present/on
         21s *** HR_VERY_HIGH absent/latched
         35s *** HR_VERY_HIGH absent/off",
    );
}

#[test]
fn a_cuff_limit_is_judged_at_the_next_reading() {
    check(
        "cuff @10 170/90/117 @60 170/90/117
         nurse @20 set nibp.NIBP_HIGH.sys_ge 178",
        "10s ** NIBP_HIGH present/on
         60s ** NIBP_HIGH absent/off",
    );
    check(
        "cuff @10 150/90/110 @60 150/90/110
         nurse @20 set nibp.NIBP_HIGH.sys_ge 145",
        "60s ** NIBP_HIGH present/on",
    );
    check(
        "cuff @10 100/60/73 @60 100/60/73
         nurse @20 set nibp.NIBP_LOW.map_lt 75",
        "60s ** NIBP_LOW present/on",
    );
}

#[test]
fn a_phase_changes_limits_and_delays_at_once() {
    check_with(
        with_phases,
        "pulse 125x30 135x40
         session @5 phase dosing",
        "50s ** HR_HIGH present/on",
    );
    // Recovery has none of its own: those of the profile.
    check_with(
        with_phases,
        "pulse 125x60
         session @2 phase dosing @30 phase recovery",
        "41s ** HR_HIGH present/on",
    );
}

#[test]
fn a_phase_changes_how_often_the_cuff_is_expected_at_once() {
    check_with(
        with_phases,
        "cuff @10 120/80/93 @700 120/80/93
         session @20 phase dosing",
        "490s ** NIBP_OVERDUE present/on
         700s ** NIBP_OVERDUE absent/off",
    );
    // Waited too long already by the new interval.
    check_with(
        with_phases,
        "cuff @10 120/80/93 @700 120/80/93
         session @600 phase dosing",
        "600s ** NIBP_OVERDUE present/on
         700s ** NIBP_OVERDUE absent/off",
    );
    // One that stands ends with a reading, not with a longer interval.
    check_with(
        with_phases,
        "cuff @10 120/80/93 @700 120/80/93
         session @20 phase dosing @600 phase recovery",
        "490s ** NIBP_OVERDUE present/on
         700s ** NIBP_OVERDUE absent/off",
    );
}

#[test]
fn a_phase_changes_how_long_without_a_breath_is_an_apnoea() {
    let breaths = "co2 [0x2 38x2]x15 0x60";
    check(breaths, "79s *** APNEA present/on");
    check_with(
        with_phases,
        &format!("{breaths}\nsession @20 phase dosing"),
        "84s *** APNEA present/on",
    );
    // It stands by the shorter time: breaths end it and not the longer one.
    check_with(
        with_phases,
        &format!("{breaths}\nsession @82 phase dosing"),
        "79s *** APNEA present/on",
    );
}

#[test]
fn the_end_of_a_session_gives_the_profiles_own_limits_back() {
    check_with(
        with_phases,
        "pulse 125x60
         session @1 phase dosing @30 ends
         nurse @2 set threshold.HR_LOW.trip 55",
        "41s ** HR_HIGH present/on",
    );
}

#[test]
fn a_limit_by_the_patients_own_baseline_is_judged_from_when_it_is_known() {
    let athlete = |parts: &mut ProfileParts| {
        parts.adjustments = adult::adjustments();
        let key = LimitKey::Trip(AlarmId::HrLow);
        parts.adjustments.personal.insert(key, Value::whole(-8));
    };
    check_with(athlete, "pulse 47x60", "10s ** HR_LOW present/on");
    // 52 − 8 is 44, and good again at 47.
    check_with(
        athlete,
        "pulse 47x60
         session @20 baseline hr=52",
        "10s ** HR_LOW present/on
         31s ** HR_LOW absent/off",
    );
}

#[test]
fn a_limit_of_breathing_is_applied_to_what_comes_after_it() {
    let slow = "etco2 38x40\n rr 7x40";
    check(slow, "15s ** RR_LOW present/on");
    check(
        &format!("{slow}\n nurse @5 set threshold.RR_LOW.trip 6"),
        "",
    );
}

#[test]
fn a_longer_apnoea_lets_breaths_be_further_apart_that_end_it() {
    check(
        "co2   30x3 0x35 [30 0x21]x3
         nurse @1 set airway.APNEA.no_breath_s 30",
        "32s *** APNEA present/on
         60s *** APNEA absent/latched",
    );
}
