//! Rules about devices that are exchanged and about the service itself.

use chairside_alarm::{
    Act, AlarmEngine, AlarmId, AlarmInput, AlarmProfile, BedFailure, Occurrence, OperatorAction,
    Refusal, Sources,
};
use chairside_model::{DeviceId, MonoTime};

use crate::adult;
use crate::chart::{by_nurse, check, evidence, run};

#[test]
fn another_device_on_a_line_is_told_at_once_and_ends_when_somebody_confirms_it() {
    check(
        "device @0 id 1 B7 @5 id 1 B8 @20 confirm
         spo2   97x30",
        "5s *** DEVICE_SWAPPED present/on
         20s *** DEVICE_SWAPPED absent/off",
    );
}

#[test]
fn the_first_device_that_returns_ends_it_without_anybody() {
    check(
        "device @0 id 1 B7 @5 id 1 B8 @20 id 1 B7
         spo2   97x30",
        "5s *** DEVICE_SWAPPED present/on
         20s *** DEVICE_SWAPPED absent/off",
    );
}

#[test]
fn a_device_that_says_again_who_it_is_is_the_same() {
    check("device @0 id 1 B7 @5 id 1 B7 @9 id 1 B7\n spo2 97x12", "");
}

#[test]
fn a_confirmed_device_is_the_one_that_belongs_there() {
    check(
        "device @0 id 1 B7 @5 id 1 B8 @10 confirm @12 id 1 B8 @15 id 1 B7
         spo2   97x20",
        "5s *** DEVICE_SWAPPED present/on
         10s *** DEVICE_SWAPPED absent/off
         15s *** DEVICE_SWAPPED present/on",
    );
}

#[test]
fn a_third_device_calls_again_those_who_had_seen_the_second() {
    check(
        "device @0 id 1 B7 @5 id 1 B8 @10 id 1 B9 @20 confirm
         nurse  @7 ack DEVICE_SWAPPED
         spo2   97x25",
        "5s *** DEVICE_SWAPPED present/on
         7s *** DEVICE_SWAPPED present/acknowledged
         10s *** DEVICE_SWAPPED present/on
         20s *** DEVICE_SWAPPED absent/off",
    );
}

#[test]
fn two_devices_of_the_same_moment_call_twice() {
    check(
        "device @0 id 1 B7 @5 id 1 B8 @5 id 1 B9
         spo2   97x10",
        "5s *** DEVICE_SWAPPED present/on
         5s *** DEVICE_SWAPPED present/on",
    );
}

#[test]
fn two_swapped_lines_are_one_alarm_that_lasts_until_both_are_right() {
    check(
        "device @0 id 1 B7 @0 id 2 E1 @5 id 1 B8 @8 id 2 E2 @12 id 1 B7 @20 id 2 E1
         spo2   97x25
         hr     70x25",
        "5s *** DEVICE_SWAPPED present/on
         8s *** DEVICE_SWAPPED present/on
         12s *** DEVICE_SWAPPED present/on
         20s *** DEVICE_SWAPPED absent/off",
    );
}

#[test]
fn the_evidence_of_a_swapped_device_names_both() {
    let text = evidence(
        "device @0 id 1 B7 @5 id 1 B8\n spo2 97x9",
        AlarmId::DeviceSwapped,
    );
    assert_eq!(text, "device 1 says it is B8, and was B7 in this session");
    let told = run("device @0 id 1 B7 @0 id 2 E1 @5 id 1 B8 @8 id 2 E2\n spo2 97x9\n hr 70x9");
    assert_eq!(
        told.last().expect("it is told").evidence,
        "device 1 says it is B8, and was B7 in this session; \
         device 2 says it is E2, and was E1 in this session"
    );
}

#[test]
fn devices_may_be_exchanged_between_sessions_and_not_within_one() {
    check(
        "session @0 closes @10 opens
         device  @1 id 1 B7 @5 id 1 B8 @12 heard @20 id 1 B7
         spo2    97x30",
        "20s *** DEVICE_SWAPPED present/on",
    );
    check(
        "session @0 opens @10 closes
         device  @0 heard @1 id 1 B7 @5 id 1 B8
         spo2    97x30",
        "5s *** DEVICE_SWAPPED present/on
         10s *** DEVICE_SWAPPED absent/off",
    );
}

#[test]
fn what_another_device_says_is_judged_and_a_standing_alarm_stays() {
    check(
        "device @0 id 1 B7 @20 id 1 B8
         spo2   91x40",
        "10s ** SPO2_LOW present/on
         20s *** DEVICE_SWAPPED present/on",
    );
    check(
        "device @0 id 1 B7 @20 id 1 B8
         spo2   91x20 97x11",
        "10s ** SPO2_LOW present/on
         20s *** DEVICE_SWAPPED present/on
         30s ** SPO2_LOW absent/off",
    );
}

#[test]
fn a_pending_delay_begins_anew_with_the_first_reading_of_the_other_device() {
    check(
        "device @0 id 1 B7 @14 id 1 B8
         spo2   97x5 91x30",
        "14s *** DEVICE_SWAPPED present/on
         24s ** SPO2_LOW present/on",
    );
    // The hold of an end as well.
    check(
        "device @0 id 1 B7 @16 id 1 B8
         spo2   91x11 97x30",
        "10s ** SPO2_LOW present/on
         16s *** DEVICE_SWAPPED present/on
         26s ** SPO2_LOW absent/off",
    );
    // Of another device's readings nothing changes.
    check(
        "device @0 id 2 E1 @14 id 2 E2
         spo2   97x5 91x30
         hr     70x35",
        "14s *** DEVICE_SWAPPED present/on
         15s ** SPO2_LOW present/on",
    );
}

#[test]
fn what_another_device_says_first_is_no_jump() {
    check(
        "device @0 id 1 B7 @20 id 1 B8
         spo2   98x20 85x8",
        "20s *** DEVICE_SWAPPED present/on
         25s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn a_baseline_is_never_that_of_another_device() {
    // 98 on the first oximeter for minutes, and 93 on the second: no fall.
    check(
        "device @0 id 1 B7 @200 id 1 B8
         spo2   98x200 93x60",
        "200s *** DEVICE_SWAPPED present/on",
    );
    check(
        "spo2 98x200 93x60",
        "208s ** SPO2_FALL present/on\n243s ** SPO2_FALL absent/off",
    );
}

#[test]
fn time_without_a_breath_begins_anew_with_another_capnograph() {
    check(
        "device @0 id 4 C1 @30 id 4 C2
         etco2  38x15 0x50
         rr     14x15 0x50",
        "30s *** DEVICE_SWAPPED present/on
         50s *** APNEA present/on",
    );
    check(
        "device @0 id 4 C1 @30 id 4 C2
         co2    [38 0 0]x5 0x50",
        "30s *** DEVICE_SWAPPED present/on
         50s *** APNEA present/on",
    );
}

#[test]
fn a_cuff_reading_that_the_other_monitor_kept_from_before_counts_for_nobody() {
    check(
        "device @0 id 3 V1 @300 id 3 V2
         cuff   @10 124/78/93 @301 190/120/140~60
         until  320s",
        "300s *** DEVICE_SWAPPED present/on",
    );
    check(
        "device @0 id 3 V1 @300 id 3 V2
         cuff   @10 190/120/140 @301 124/78/93~60 @310 124/78/93~5
         until  320s",
        "10s ** NIBP_HIGH present/on superseded
         10s *** NIBP_VERY_HIGH present/on
         300s *** DEVICE_SWAPPED present/on
         310s ** NIBP_HIGH absent/off
         310s *** NIBP_VERY_HIGH absent/latched",
    );
    // It is still the patient who had no reading for so long.
    check(
        "device @0 id 3 V1 @300 id 3 V2
         cuff   @10 124/78/93
         until  800s",
        "300s *** DEVICE_SWAPPED present/on
         790s ** NIBP_OVERDUE present/on",
    );
}

#[test]
fn a_monitor_without_a_mean_pressure_ends_what_one_with_it_began() {
    check(
        "device @0 id 3 V1 @300 id 3 V2
         cuff   @10 95/44/58 @310 118/72/-
         until  320s",
        "10s ** NIBP_LOW present/on
         300s *** DEVICE_SWAPPED present/on
         310s ** NIBP_LOW absent/off",
    );
}

#[test]
fn a_person_confirms_all_devices_that_the_alarm_names() {
    check(
        "device @0 id 1 B7 @0 id 2 E1 @5 id 1 B8 @8 id 2 E2 @12 confirm @20 id 2 E1
         spo2   97x25
         hr     70x25",
        "5s *** DEVICE_SWAPPED present/on
         8s *** DEVICE_SWAPPED present/on
         12s *** DEVICE_SWAPPED absent/off
         20s *** DEVICE_SWAPPED present/on",
    );
}

#[test]
fn only_the_alarm_of_a_swapped_device_can_be_confirmed() {
    let mut engine = engine();
    let mut told = Vec::new();
    let now = MonoTime::from_secs(1);
    let device = DeviceId(1);
    let confirm = |occurrence| by_nurse(OperatorAction::ConfirmDevice(Occurrence(occurrence)));
    for identity in ["B7", "B8"] {
        assert_eq!(engine.check(&confirm(1)), Err(Refusal::NeverWas));
        engine.handle(now, AlarmInput::Identity(device, identity), &mut told);
    }
    assert_eq!(engine.check(&confirm(1)), Ok(()));
    for identity in ["X", "Y"] {
        engine.handle(now, AlarmInput::Identity(DeviceId(9), identity), &mut told);
    }
    assert_eq!(told.len(), 1, "a device of another bed: {told:?}");
    engine.handle(
        now,
        AlarmInput::BedFailed(BedFailure::Rebuilding),
        &mut told,
    );
    assert_eq!(engine.check(&confirm(2)), Err(Refusal::NotSwapped));
    // What cannot be done changes nothing.
    engine.handle(now, AlarmInput::Operator(confirm(2)), &mut told);
    assert_eq!(engine.check(&confirm(1)), Ok(()));
    engine.handle(now, AlarmInput::Operator(confirm(1)), &mut told);
    assert_eq!(engine.check(&confirm(1)), Err(Refusal::Over));
}

#[test]
fn a_device_that_came_after_the_alarm_was_read_is_not_confirmed() {
    let mut engine = engine();
    let mut told = Vec::new();
    for (second, identity) in [(1, "B7"), (2, "B8"), (3, "B9")] {
        let input = AlarmInput::Identity(DeviceId(1), identity);
        engine.handle(MonoTime::from_secs(second), input, &mut told);
    }
    let now = MonoTime::from_secs(4);
    let confirm = |call| Act {
        call: Some(call),
        ..by_nurse(OperatorAction::ConfirmDevice(Occurrence(1)))
    };
    let calls: Vec<u64> = told.iter().map(|told| told.call).collect();
    assert_eq!(calls, [1, 2]);
    assert_eq!(engine.check(&confirm(1)), Err(Refusal::CalledSince));
    engine.handle(now, AlarmInput::Operator(confirm(1)), &mut told);
    assert_eq!(engine.standing().count(), 1, "it still stands");
    assert_eq!(engine.check(&confirm(2)), Ok(()));
}

fn engine() -> AlarmEngine {
    let profile = AlarmProfile::new(adult::parts()).expect("limits do not contradict each other");
    let sources = Sources {
        devices: [(DeviceId(1), std::time::Duration::from_secs(1))].into(),
        ..Sources::default()
    };
    AlarmEngine::new(profile, sources, MonoTime::ZERO)
}

#[test]
fn a_bed_that_failed_is_told_at_once_and_ends_with_the_first_frame() {
    check(
        "device @3 bed-fails
         spo2   97x3 .x5 97x3",
        "3s *** BED_FAILED present/on
         8s *** BED_FAILED absent/off",
    );
}

#[test]
fn a_bed_that_fails_again_and_again_calls_once_more_when_it_rests() {
    check(
        "device @3 bed-fails @4 bed-fails @6 bed-rests @8 bed-rests
         nurse  @5 ack BED_FAILED @7 ack BED_FAILED
         spo2   97x3 .x7 97x3",
        "3s *** BED_FAILED present/on
         5s *** BED_FAILED present/acknowledged
         6s *** BED_FAILED present/on
         7s *** BED_FAILED present/acknowledged
         10s *** BED_FAILED absent/off",
    );
}

#[test]
fn the_evidence_of_the_service_is_what_does_not_work_and_for_how_long() {
    let text = evidence("session @0 opens\n until 15s", AlarmId::NoStation);
    assert_eq!(
        text,
        "session open and no display that can be heard for 15 s"
    );
    let text = evidence("device @3 undelivered\n until 13s", AlarmId::DeliveryFailed);
    assert_eq!(
        text,
        "an alarm has not been delivered for 10 s: desk has not confirmed it"
    );
    let text = evidence("device @3 bed-fails\n spo2 97", AlarmId::BedFailed);
    assert_eq!(
        text,
        "this bed's part of the program failed and began anew; it judges nothing until a device is \
         heard"
    );
    let text = evidence("device @3 bed-rests\n spo2 97", AlarmId::BedFailed);
    assert_eq!(
        text,
        "this bed's part of the program fails again and again; it is tried again from time to time \
         and judges nothing meanwhile"
    );
}

#[test]
fn a_third_device_on_one_line_calls_those_who_had_seen_that_two_were_exchanged() {
    check(
        "device @0 id 1 B7 @0 id 2 E1 @5 id 1 B8 @8 id 2 E2 @12 id 2 E3
         nurse  @10 ack DEVICE_SWAPPED
         spo2   97x15
         hr     70x15",
        "5s *** DEVICE_SWAPPED present/on
         8s *** DEVICE_SWAPPED present/on
         10s *** DEVICE_SWAPPED present/acknowledged
         12s *** DEVICE_SWAPPED present/on",
    );
}

#[test]
fn an_apnoea_goes_on_counting_when_the_oximeter_is_exchanged_and_not_when_the_capnograph_is() {
    check(
        "device @0 id 1 B7 @30 id 1 B8
         spo2   98x60
         etco2  38x20 0x40",
        "30s *** DEVICE_SWAPPED present/on
         39s *** APNEA present/on",
    );
    check(
        "device @0 id 4 C1 @30 id 4 C2
         etco2  38x20 0x40",
        "30s *** DEVICE_SWAPPED present/on
         50s *** APNEA present/on",
    );
}

#[test]
fn a_cuff_reading_of_the_moment_at_which_another_monitor_came_is_its_own() {
    check(
        "device @0 id 3 C1 @50 id 3 C2
         cuff   @50 186/112/137",
        "50s *** DEVICE_SWAPPED present/on
         50s ** NIBP_HIGH present/on superseded
         50s *** NIBP_VERY_HIGH present/on",
    );
}

#[test]
fn the_swapped_device_is_known_until_the_right_one_answers_and_no_other_is() {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    let (swapped, other) = (DeviceId(1), DeviceId(2));
    let sources = Sources {
        devices: [swapped, other].map(|id| (id, adult::seconds(1))).into(),
        metrics: std::collections::BTreeMap::new(),
    };
    let mut engine = AlarmEngine::new(profile, sources, MonoTime::ZERO);
    let mut out = Vec::new();
    let mut says = |at, device, text| {
        let now = MonoTime::from_secs(at);
        engine.handle(now, AlarmInput::Identity(device, text), &mut out);
        [swapped, other, DeviceId(3)].map(|device| engine.is_swapped(device))
    };
    assert_eq!(says(1, swapped, "B7"), [false; 3]);
    assert_eq!(says(2, other, "E1"), [false; 3]);
    assert_eq!(says(3, swapped, "B8"), [true, false, false]);
    assert_eq!(says(4, swapped, "B7"), [false; 3]);
}
