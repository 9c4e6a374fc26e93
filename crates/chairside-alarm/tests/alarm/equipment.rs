//! Rules about probe, link and record.

use chairside_alarm::AlarmId;

use crate::chart::{check, evidence};

#[test]
fn a_probe_off_the_patient_is_told_after_its_delay_and_ends_with_valid_values() {
    check(
        "spo2 97x5 offx20 97x4",
        "10s ** SPO2_PROBE_OFF present/on
         28s ** SPO2_PROBE_OFF absent/off",
    );
    check("spo2 97x5 unpluggedx6", "10s ** SPO2_PROBE_OFF present/on");
}

#[test]
fn a_probe_that_is_on_again_in_time_is_not_told() {
    check("spo2 97x5 offx5 97x5 offx5 ?97 offx5 97", "");
}

#[test]
fn a_monitor_that_searches_after_the_probe_came_off_keeps_the_alarm() {
    check(
        "spo2 97x5 offx10 searchx10 97x4",
        "10s ** SPO2_PROBE_OFF present/on
         28s ** SPO2_PROBE_OFF absent/off",
    );
}

#[test]
fn values_that_the_monitor_doubts_do_not_end_the_alarm_of_a_probe() {
    check("spo2 97x5 offx6 ?97x20", "10s ** SPO2_PROBE_OFF present/on");
}

#[test]
fn a_probe_that_comes_off_does_not_end_the_alarm_of_no_data() {
    check(
        "spo2 97x5 searchx31 offx6 97x4",
        "35s ** SPO2_NO_DATA present/on
         41s ** SPO2_PROBE_OFF present/on
         45s ** SPO2_PROBE_OFF absent/off
         45s ** SPO2_NO_DATA absent/off",
    );
}

#[test]
fn a_monitor_that_tells_its_values_less_often_than_promised_still_ends_an_alarm() {
    check(
        "spo2 97x5 searchx31 97 _ _ 97 _ _ 97",
        "35s ** SPO2_NO_DATA present/on
         39s ** SPO2_NO_DATA absent/off",
    );
}

#[test]
fn no_valid_saturation_is_told_after_thirty_seconds() {
    check(
        "spo2 97x5 searchx40 97x4",
        "35s ** SPO2_NO_DATA present/on
         48s ** SPO2_NO_DATA absent/off",
    );
    check("spo2 97x5 ?97x31", "35s ** SPO2_NO_DATA present/on");
    check("spo2 97x5 nonex30 97", "");
}

#[test]
fn frames_that_do_not_mention_the_saturation_are_no_data_either() {
    check("spo2 97x5 _x40", "36s ** SPO2_NO_DATA present/on");
    check("spo2 _x40", "30s ** SPO2_NO_DATA present/on");
}

#[test]
fn a_probe_that_is_off_is_not_also_no_data() {
    check("spo2 97x5 offx60", "10s ** SPO2_PROBE_OFF present/on");
}

#[test]
fn no_data_waits_for_frames_and_starts_anew_after_a_lost_link() {
    check(
        "spo2 97x5 searchx20 .x20 searchx31",
        "34s ** DEVICE_LINK_LOST present/on
         48s ** DEVICE_LINK_LOST absent/off
         75s ** SPO2_NO_DATA present/on",
    );
}

#[test]
fn a_lost_link_is_told_after_ten_seconds_and_heals_after_three() {
    check(
        "spo2 97x5 .x20 97x4",
        "14s ** DEVICE_LINK_LOST present/on
         28s ** DEVICE_LINK_LOST absent/off",
    );
}

#[test]
fn a_device_that_was_never_heard_is_lost_from_the_start() {
    check("spo2 .x20", "10s ** DEVICE_LINK_LOST present/on");
}

#[test]
fn frames_that_come_and_go_do_not_heal_a_link() {
    check(
        "spo2 97x5 .x20 97 .x5 97 .x5 97x4",
        "14s ** DEVICE_LINK_LOST present/on
         40s ** DEVICE_LINK_LOST absent/off",
    );
}

#[test]
fn nothing_else_is_raised_or_ended_while_the_link_is_lost() {
    check(
        "spo2 91x11 95x5 .x60 95",
        "10s ** SPO2_LOW present/on
         25s ** DEVICE_LINK_LOST present/on",
    );
    check("spo2 95x5 offx3 .x60", "17s ** DEVICE_LINK_LOST present/on");
}

#[test]
fn a_slow_device_is_lost_after_three_of_its_periods() {
    check(
        "every 5s
         spo2  97 97 . . . . .",
        "20s ** DEVICE_LINK_LOST present/on",
    );
    check("every 60s\n spo2 97 . . 97 97", "");
}

#[test]
fn a_lost_link_is_urgent_while_a_dose_acts_and_half_an_hour_after() {
    check(
        "session @1 dose
         spo2    97x5 .x20",
        "14s *** DEVICE_LINK_LOST present/on",
    );
    check(
        "session @20 dose @30 dose-ends
         spo2    97x5 .
         until   1840s",
        "14s ** DEVICE_LINK_LOST present/on
         20s *** DEVICE_LINK_LOST present/on
         1830s ** DEVICE_LINK_LOST present/on",
    );
}

#[test]
fn a_dose_calls_again_those_who_had_seen_the_lost_link() {
    check(
        "session @20 dose
         nurse   @16 ack DEVICE_LINK_LOST
         spo2    97x5 .x20",
        "14s ** DEVICE_LINK_LOST present/on
         16s ** DEVICE_LINK_LOST present/acknowledged
         20s *** DEVICE_LINK_LOST present/on",
    );
}

#[test]
fn two_lost_devices_are_one_alarm_and_the_second_calls_again() {
    check(
        "nurse @16 ack DEVICE_LINK_LOST
         spo2  97x5  .x20      97x20
         hr    70x10 .x30      70x5",
        "14s ** DEVICE_LINK_LOST present/on
         16s ** DEVICE_LINK_LOST present/acknowledged
         19s ** DEVICE_LINK_LOST present/on
         28s ** DEVICE_LINK_LOST present/on
         43s ** DEVICE_LINK_LOST absent/off",
    );
}

#[test]
fn a_record_that_cannot_be_written_is_told_after_five_seconds() {
    check(
        "session @3 record-stops @20 record-goes-on",
        "8s ** RECORDING_STOPPED present/on
         20s ** RECORDING_STOPPED absent/off",
    );
    check("session @3 record-stops @7 record-goes-on\n until 20s", "");
    check("session @3 record-stops @8 record-goes-on\n until 20s", "");
}

#[test]
fn the_evidence_of_equipment_is_what_is_missing_and_for_how_long() {
    let text = evidence("spo2 97 offx6", AlarmId::Spo2ProbeOff);
    assert_eq!(text, "SpO2 probe off the patient for 5 s");
    let text = evidence("spo2 97 unpluggedx6", AlarmId::Spo2ProbeOff);
    assert_eq!(text, "no SpO2 probe plugged in for 5 s");
    let text = evidence("spo2 97 searchx31", AlarmId::Spo2NoData);
    assert_eq!(text, "no valid SpO2 for 30 s: searching for the pulse");
    let text = evidence("spo2 97 .x20", AlarmId::DeviceLinkLost);
    assert_eq!(text, "nothing from device 1 for 10 s");
    let text = evidence(
        "session @3 record-stops\n until 8s",
        AlarmId::RecordingStopped,
    );
    assert_eq!(text, "record not written for 5 s");
}

#[test]
fn the_evidence_names_every_lost_device() {
    let told = crate::chart::run("spo2 97x5 .x20\n hr 70x10 .x15");
    let last = &told.last().expect("both are lost").evidence;
    assert_eq!(
        last,
        "nothing from device 1 for 15 s, from device 2 for 10 s"
    );
}

#[test]
fn a_device_that_sends_again_is_never_said_to_be_silent_for_no_time() {
    // The first one waits for its hold when the second one is lost.
    let told = crate::chart::run("spo2 97x5 .x20 97x2\n hr 70x17 .x20");
    let last = &told.last().expect("both were lost").evidence;
    assert_eq!(last, "nothing from device 2 for 10 s; device 1 is back");
    // Both are back, and the second one is the first whose hold ends.
    let told = crate::chart::run("spo2 97x5 .x20 97x3\n hr 70x5 .x19 70x20\n until 28s");
    let last = &told.last().expect("both were lost").evidence;
    assert_eq!(last, "device 1 is back, but not yet for 3 s");
    // One is back for good, and the other is not.
    let told = crate::chart::run("spo2 97x5 .x30\n hr 70x5 .x19 70x10\n until 30s");
    let last = &told.last().expect("both were lost").evidence;
    assert_eq!(last, "nothing from device 1 for 23 s");
    // What came back for a moment is silent again.
    let told = crate::chart::run("spo2 97x5 .x12 97 .x20\n hr 70x16 .x20");
    let last = &told.last().expect("both are lost").evidence;
    assert_eq!(
        last,
        "nothing from device 1 for 8 s, from device 2 for 10 s"
    );
}

#[test]
fn evidence_names_a_time_from_the_first_second_on() {
    let text = |delay: u64| {
        let mut parts = crate::adult::parts();
        parts.thresholds[5].delay = crate::adult::seconds(delay);
        let told = crate::chart::Chart::read("spo2 87x3").run(parts);
        told.first().expect("it is raised").evidence.clone()
    };
    assert_eq!(text(0), "SpO2 87 % below 88 %");
    assert_eq!(text(1), "SpO2 87 % below 88 % for 1 s");
}

#[test]
fn the_evidence_of_cuff_and_probe_on_one_limb_counts_the_cycles() {
    let text = evidence(
        "session @0 same-limb
         spo2    97x12 searchx5 97x60 97x25 searchx5 97x70 97x25 searchx5 97x70
         cuff    @10 measuring @20 120/80/93 @100 measuring @110 120/80/93 @200 measuring @210 120/80/93",
        AlarmId::Spo2CuffSameLimb,
    );
    assert_eq!(
        text,
        "pulse lost at the probe during 3 cuff cycles in a row: cuff and probe on one limb"
    );
}

#[test]
fn a_probe_that_comes_off_after_a_jump_does_not_wait_for_the_jump() {
    check("spo2 97x5 85 offx10", "11s ** SPO2_PROBE_OFF present/on");
}
