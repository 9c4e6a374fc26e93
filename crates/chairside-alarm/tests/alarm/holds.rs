//! Samples that are held back: a cuff on the probe's limb, a jump.

use std::fmt::Write;

use chairside_alarm::{AlarmId, ProfileParts, Signal};
use chairside_model::Value;
use proptest::prelude::*;

use crate::adult::seconds;
use crate::chart::{check, check_with, run};

#[test]
fn a_cuff_on_the_probes_limb_hides_the_false_fall() {
    check(
        "session @0 same-limb
         spo2    97x5 93x5 85x20 97x20
         pulse   70x5 60x5 45x20 70x20
         cuff    @4 measuring @25 120/80/93",
        "",
    );
}

#[test]
fn without_the_sessions_word_nothing_is_hidden() {
    check(
        "spo2    97x5 93x5 86x15 97x20
         cuff    @4 measuring @25 120/80/93
         until   24s",
        "15s *** SPO2_VERY_LOW present/on
         20s ** SPO2_LOW present/on superseded",
    );
}

#[test]
fn the_hold_ends_ten_seconds_after_the_cuff_and_leaves_five_of_the_delay() {
    check(
        "session @0 same-limb
         spo2    97x5 93x5 91x40
         cuff    @4 measuring @20 120/80/93",
        "35s ** SPO2_LOW present/on",
    );
}

#[test]
fn a_pulse_that_was_about_to_alarm_waits_for_the_end_of_the_hold() {
    check(
        "session @0 same-limb
         spo2    98x45
         pulse   80x5 130x40
         cuff    @13 measuring @20 120/80/93",
        "30s ** HR_HIGH present/on",
    );
}

#[test]
fn the_hold_lasts_a_minute_at_most() {
    check(
        "session @0 same-limb
         spo2    97x5 93x5 91x80
         cuff    @4 measuring @80 120/80/93",
        "69s ** SPO2_LOW present/on",
    );
}

#[test]
fn a_monitor_that_repeats_that_it_measures_prolongs_nothing() {
    check(
        "session @0 same-limb
         spo2    97x5 93x5 91x80
         cuff    @4 measuring @30 measuring @60 measuring @66 measuring @80 120/80/93
         until   80s",
        "69s ** SPO2_LOW present/on",
    );
}

#[test]
fn a_cycle_whose_end_was_lost_does_not_cost_the_next_one_its_hold() {
    check(
        "session @0 same-limb
         spo2    97x210 93x5 85x20 97x20
         cuff    @4 measuring @209 measuring @230 120/80/93",
        "",
    );
}

#[test]
fn no_hold_begins_while_the_saturation_alarms_or_is_about_to() {
    check(
        "session @0 same-limb
         spo2    97x5 91x30
         cuff    @8 measuring @40 120/80/93",
        "15s ** SPO2_LOW present/on",
    );
    check(
        "session @0 same-limb
         spo2    93 91x15 87x10
         cuff    @13 measuring @25 120/80/93",
        "11s ** SPO2_LOW present/on
         21s ** SPO2_LOW present/on superseded
         21s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn a_cancelled_cycle_ends_its_hold_as_any_other_end_does() {
    check(
        "session @0 same-limb
         spo2    97x5 93x5 91x40
         cuff    @4 measuring @20 cancelled",
        "35s ** SPO2_LOW present/on",
    );
}

#[test]
fn a_cancelled_cycle_is_neither_a_good_one_nor_a_failed_one() {
    check("cuff @10 measuring @20 cancelled", "");
    check(
        "cuff  @10 failed @30 measuring @40 cancelled
         until 781s",
        "10s * NIBP_FAILED present/on
         780s ** NIBP_OVERDUE present/on",
    );
    check(
        "session @0 same-limb
         spo2    97x12 searchx5 97x60 97x25 searchx5 97x70 97x25 searchx3 97x70 97x25 searchx5 97x30
         cuff    @10 measuring @20 120/80/93 @100 measuring @110 120/80/93 @200 measuring @206 cancelled @300 measuring @310 120/80/93",
        "310s * SPO2_CUFF_SAME_LIMB present/on",
    );
}

#[test]
fn no_hold_begins_while_a_jump_is_held_back() {
    check(
        "session @0 same-limb
         spo2    97x5 80x40
         cuff    @7 measuring @40 120/80/93
         until   30s",
        "25s ** SPO2_LOW present/on superseded
         25s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn a_cuff_that_measures_again_and_again_does_not_hide_a_fall() {
    check(
        "session @0 same-limb
         spo2    97x5 95x2 80x63
         cuff    @4 measuring @34 120/80/93 @40 measuring @70 120/80/93
         until   69s",
        "49s ** SPO2_LOW present/on superseded
         49s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn between_two_holds_the_saturation_is_judged_for_five_seconds() {
    // The hold of the first cycle ends at 24 s. Cycles from 28 s and from 29 s on.
    check(
        "session @0 same-limb
         spo2    97x27 93x3 87x20
         cuff    @4 measuring @14 120/80/93 @28 measuring @48 120/80/93
         until   46s",
        "35s *** SPO2_VERY_LOW present/on
         40s ** SPO2_LOW present/on superseded",
    );
    check(
        "session @0 same-limb
         spo2    97x27 93x3 87x20
         cuff    @4 measuring @14 120/80/93 @29 measuring @48 120/80/93
         until   46s",
        "",
    );
}

#[test]
fn an_oximeter_without_a_value_between_two_cycles_is_told_in_the_end() {
    check(
        "session @0 same-limb
         spo2    97x5 searchx90
         cuff    @4 measuring @34 120/80/93 @50 measuring @80 120/80/93
         until   80s",
        "74s ** SPO2_NO_DATA present/on",
    );
}

proptest! {
    /// A hold of a minute and 5 s after it, or a jump's 15 s and 5 s: nothing makes it longer,
    /// whatever the cuff does.
    #[test]
    fn whatever_the_cuff_does_a_fall_that_lasts_is_told_within_65_s(
        good in prop::collection::vec(95..99_u8, 5..150),
        cycles in prop::collection::vec((1..40_u64, 0..4_u8), 0..60),
    ) {
        let words: Vec<String> = good.iter().map(u8::to_string).collect();
        let mut events = String::new();
        let mut at = 0;
        for (after, what) in cycles {
            at += after;
            let what = ["measuring", "measuring", "failed", "120/80/93"][usize::from(what)];
            write!(events, " @{at} {what}").expect("text takes everything");
        }
        let fall = good.len() as u64;
        let chart = format!(
            "session @0 same-limb\nspo2 {} 80x80\ncuff @0 back{events}",
            words.join(" ")
        );
        let told = run(&chart).into_iter().find(|told| told.id == AlarmId::Spo2VeryLow);
        let onset = told.map(|told| told.at.since_start().as_secs());
        prop_assert!(onset.is_some_and(|onset| onset <= fall + 65), "{onset:?}\n{chart}");
    }
}

#[test]
fn a_probe_alarm_of_the_held_time_does_not_count() {
    check(
        "session @0 same-limb
         spo2    97x5 offx22 97x20
         cuff    @4 measuring @20 120/80/93",
        "",
    );
    check(
        "session @0 same-limb
         spo2    97x5 searchx40 97x5
         cuff    @4 measuring @20 120/80/93",
        "",
    );
}

#[test]
fn no_data_from_before_a_hold_starts_anew_after_it() {
    check(
        "session @0 same-limb
         spo2    97x5 searchx56
         cuff    @10 measuring @20 120/80/93",
        "60s ** SPO2_NO_DATA present/on",
    );
}

#[test]
fn a_hold_ends_at_once_when_the_cuff_is_on_the_other_limb_after_all() {
    check(
        "session @0 same-limb @12 other-limb
         spo2    97x5 93x5 91x9
         cuff    @4 measuring",
        "18s ** SPO2_LOW present/on",
    );
}

#[test]
fn an_ecg_rate_is_judged_through_a_cuff_cycle() {
    check(
        "session @0 same-limb
         hr      70x5 130x20
         cuff    @4 measuring @20 120/80/93",
        "15s ** HR_HIGH present/on",
    );
}

#[test]
fn a_pulse_lost_in_three_cycles_running_suggests_to_move_the_probe() {
    check(
        "session @0 same-limb
         spo2    97x12 searchx5 97x60 97x25 searchx5 97x70 97x25 searchx5 97x70 97x100
         cuff    @10 measuring @20 120/80/93 @100 measuring @110 120/80/93 @200 measuring @210 120/80/93 @300 measuring @310 120/80/93",
        "210s * SPO2_CUFF_SAME_LIMB present/on
         310s * SPO2_CUFF_SAME_LIMB absent/off",
    );
}

#[test]
fn a_probe_that_came_off_is_no_lost_pulse() {
    check(
        "session @0 same-limb
         spo2    97x12 offx3 97x80 97x7 offx3 97x90 97x7 offx3 97x20
         cuff    @10 measuring @20 120/80/93 @100 measuring @110 120/80/93 @200 measuring @210 120/80/93",
        "",
    );
}

#[test]
fn a_pulse_lost_to_a_cuff_on_another_limb_suggests_nothing() {
    check(
        "spo2 97x12 searchx5 97x60 97x25 searchx5 97x70 97x25 searchx5 97x30
         cuff @10 measuring @20 120/80/93 @100 measuring @110 120/80/93 @200 measuring @210 120/80/93",
        "",
    );
}

#[test]
fn eight_points_are_a_jump() {
    check("spo2 98x5 90x20", "");
    check("spo2 98x5 90x21", "25s ** SPO2_LOW present/on");
}

#[test]
fn a_delay_that_would_run_longer_is_cut_to_five_seconds_after_a_hold() {
    check_with(
        |parts| parts.holds.step_hold = seconds(3),
        "spo2 97x5 91 82x8 91",
        "14s ** SPO2_LOW present/on",
    );
}

#[test]
fn a_jump_is_held_back_for_fifteen_seconds_and_then_believed() {
    check(
        "spo2 97x5 85x40",
        "25s ** SPO2_LOW present/on superseded
         25s *** SPO2_VERY_LOW present/on",
    );
    check("spo2 97x5 85x15 97x10", "");
}

#[test]
fn seven_points_are_no_jump() {
    check("spo2 98x5 91x11", "15s ** SPO2_LOW present/on");
}

#[test]
fn a_second_jump_within_a_minute_is_not_held_back() {
    check(
        "spo2 97x5 85x3 97x32 85x6",
        "45s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn a_jump_upwards_delays_the_end_and_no_more() {
    check(
        "spo2 90x11 99x30",
        "10s ** SPO2_LOW present/on
         36s ** SPO2_LOW absent/off",
    );
}

#[test]
fn a_violation_that_ran_before_a_jump_goes_on_after_it() {
    check("spo2 93 91x6 82x20", "22s ** SPO2_LOW present/on");
}

#[test]
fn three_saturations_of_the_last_five_seconds_are_enough_to_see_a_jump() {
    check(
        "spo2 98 98 nonex2 98 85x30",
        "25s ** SPO2_LOW present/on superseded
         25s *** SPO2_VERY_LOW present/on",
    );
    check(
        "spo2 98 nonex3 98 85x12",
        "10s *** SPO2_VERY_LOW present/on
         15s ** SPO2_LOW present/on superseded",
    );
}

#[test]
fn a_jump_is_measured_from_the_middle_of_what_was_before() {
    // From 95, which lies between two and two, 88 is no jump.
    check("spo2 93x2 97x2 88x20", "14s ** SPO2_LOW present/on");
    // From 97, which is the third of five, 89 is one.
    check("spo2 93x2 97x3 89x21", "25s ** SPO2_LOW present/on");
}

#[test]
fn a_racing_heart_is_no_reason_to_judge_the_saturation_under_the_cuff() {
    check(
        "session @0 same-limb
         hr      130x60
         spo2    97x15 91x20 97x25
         cuff    @14 measuring @25 120/80/93",
        "10s ** HR_HIGH present/on",
    );
}

/// Baselines that freeze only when everything has alarmed: what may be about to alarm has to keep
/// the cuff from hiding the saturation by itself.
fn frozen_late(parts: &mut ProfileParts) {
    parts.airway.windows.freeze_drop = Value::whole(20);
}

#[test]
fn a_fall_that_may_be_about_to_alarm_is_not_hidden_by_the_cuff() {
    check_with(
        |parts| {
            frozen_late(parts);
            parts.airway.spo2_fall.as_mut().unwrap().delay = seconds(10);
            parts.airway.obstruction = None;
        },
        "session @0 same-limb @0 baseline spo2=98
         spo2    98x40 98..86x25
         cuff    @52 measuring",
        "60s ** SPO2_FALL present/on
         64s ** SPO2_LOW present/on
         64s ** SPO2_FALL present/on superseded",
    );
}

#[test]
fn an_obstruction_that_may_be_about_to_alarm_is_not_hidden_by_the_cuff() {
    check_with(
        |parts| {
            frozen_late(parts);
            parts.thresholds.retain(|rule| rule.signal != Signal::SpO2);
            parts.airway.spo2_fall = None;
            parts.families.clear();
        },
        "session @0 same-limb @0 baseline spo2=98
         spo2    98x40 98..86x25
         cuff    @58 measuring",
        "59s *** AIRWAY_OBSTRUCTION present/on spo2_only",
    );
}

#[test]
fn small_breaths_that_may_be_about_to_alarm_keep_the_cuff_from_hiding_the_saturation() {
    check_with(
        |parts| {
            frozen_late(parts);
            parts.airway.spo2_fall = None;
            let rule = parts.airway.partial.as_mut().unwrap();
            rule.etco2_ratio = Value::finite(0.9).unwrap();
            rule.clear_etco2_ratio = rule.etco2_ratio;
        },
        "session @0 same-limb @0 baseline etco2=38 rr=14 spo2=97
         spo2    97x32 91x20
         etco2   38x20 30x32
         rr      14x20 24x32
         cuff    @30 measuring",
        "42s ** SPO2_LOW present/on
         47s ** AIRWAY_PARTIAL present/on",
    );
}
