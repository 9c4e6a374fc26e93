//! The capnograph, the line and the pulse signal as equipment.

use chairside_alarm::AlarmId;

use crate::chart::{check, check_with, evidence};

#[test]
fn no_co2_is_told_after_thirty_seconds_and_ends_with_valid_numbers() {
    check(
        "etco2 38x5 nonex40 38x5",
        "35s * CO2_NO_DATA present/on
         48s * CO2_NO_DATA absent/off",
    );
    check("etco2 38x5 unpluggedx31", "35s * CO2_NO_DATA present/on");
    check("etco2 38x5 ?38x31", "35s * CO2_NO_DATA present/on");
    check("etco2 38x5 nonex30 38x5", "");
}

#[test]
fn a_capnograph_that_never_speaks_of_co2_gives_none() {
    check("etco2 _x40", "30s * CO2_NO_DATA present/on");
}

#[test]
fn a_curve_that_goes_on_is_data_without_a_number() {
    check(
        "co2   [30 0 0]x20
         etco2 38x5 nonex55",
        "",
    );
    check(
        "co2   [30 0 0]x2 nonex40 [30 0 0]x3
         etco2 38x5 nonex45",
        "39s * CO2_NO_DATA present/on
         49s * CO2_NO_DATA absent/off",
    );
}

#[test]
fn a_lost_link_neither_begins_nor_ends_it() {
    check(
        "etco2 38x5 nonex20 .x20 nonex30",
        "34s ** DEVICE_LINK_LOST present/on
         48s ** DEVICE_LINK_LOST absent/off",
    );
}

#[test]
fn the_evidence_says_why_there_is_no_co2() {
    let told = |word: &str| evidence(&format!("etco2 38x5 {word}x31"), AlarmId::Co2NoData);
    assert_eq!(told("unplugged"), "no valid CO2 for 30 s: no sampling line");
    assert_eq!(
        told("warm"),
        "no valid CO2 for 30 s: warming up or calibrating"
    );
    assert_eq!(told("none"), "no valid CO2 for 30 s");
}

#[test]
fn a_weak_pulse_is_told_after_thirty_seconds() {
    check(
        "spo2 97x60
         pi   2x5 0.2x35 0.3x11",
        "35s * SPO2_LOW_PERFUSION present/on
         50s * SPO2_LOW_PERFUSION absent/off",
    );
    check("spo2 97x60\n pi 2x5 0.3x40", "");
    let text = evidence("spo2 97x60\n pi 2x5 0.2x35", AlarmId::Spo2LowPerfusion);
    assert_eq!(text, "perfusion index 0.2 % below 0.3 % for 30 s");
}

#[test]
fn a_cuff_on_the_probes_limb_hides_the_weak_pulse() {
    check(
        "session @0 same-limb
         spo2    97x80
         pi      2x5 0.1x38 2x30
         cuff    @4 measuring @33 120/80/93",
        "",
    );
}

#[test]
fn bytes_without_a_frame_are_told_after_ten_seconds_and_heal_after_three() {
    check(
        "spo2 97x5 #x20 97x4",
        "14s ** DEVICE_LINK_LOST present/on
         15s ** LINE_GARBLED present/on
         28s ** DEVICE_LINK_LOST absent/off
         28s ** LINE_GARBLED absent/off",
    );
    check("spo2 97x5 #x9 97x4", "");
}

#[test]
fn a_line_that_falls_silent_is_lost_and_not_garbled() {
    check(
        "spo2 97x5 #x5 .x20 97x4",
        "14s ** DEVICE_LINK_LOST present/on
         33s ** DEVICE_LINK_LOST absent/off",
    );
    check("spo2 # .x20 #x3", "10s ** DEVICE_LINK_LOST present/on");
}

#[test]
fn frames_that_come_and_go_do_not_heal_a_garbled_line() {
    check(
        "spo2 #x11 97 #x5 97 #x5 97x4",
        "10s ** DEVICE_LINK_LOST present/on
         10s ** LINE_GARBLED present/on
         26s ** DEVICE_LINK_LOST absent/off
         26s ** LINE_GARBLED absent/off",
    );
}

#[test]
fn a_slow_device_has_time_to_be_trusted() {
    check("every 5s\n spo2 # # # 97 97", "");
}

#[test]
fn a_profile_may_leave_these_rules_out() {
    check_with(
        |parts| {
            parts.technical.co2_no_data = None;
            parts.technical.line_garbled = None;
            parts.technical.spo2_low_perfusion = None;
        },
        "hr    #x20
         spo2  97x40
         pi    0.1x40
         etco2 nonex40",
        "10s ** DEVICE_LINK_LOST present/on",
    );
}

#[test]
fn the_evidence_names_every_garbled_line() {
    let told = crate::chart::run("spo2 #x20\n hr #x20");
    let garbled = told.iter().rfind(|told| told.id == AlarmId::LineGarbled);
    assert_eq!(
        garbled.expect("both are garbled").evidence,
        "bytes arrive and no frame is valid: device 1 for 10 s, device 2 for 10 s; \
         wrong speed or protocol"
    );
}

#[test]
fn a_lost_device_whose_bytes_come_and_say_nothing_is_not_said_to_be_silent() {
    let lost = |text: &str| {
        let told = crate::chart::run(text);
        let lost = told
            .into_iter()
            .rfind(|told| told.id == AlarmId::DeviceLinkLost);
        lost.expect("a device is lost").evidence
    };
    assert_eq!(
        lost("spo2 97x5 #x15"),
        "nothing readable from device 1 for 10 s"
    );
    assert_eq!(
        lost("spo2 97x5 #x5 .x15"),
        "nothing from device 1 for 10 s",
        "the last bytes came five seconds ago"
    );
    assert_eq!(
        lost("spo2 97x5 .x20\n hr 70x10 #x15"),
        "nothing from device 1 for 15 s; nothing readable from device 2 for 10 s"
    );
    assert_eq!(
        lost("every 5s\n spo2 97 # .x3"),
        "nothing readable from device 1 for 15 s",
        "a slow device has three of its periods for that"
    );
}

#[test]
fn a_capnograph_that_no_longer_speaks_of_co2_is_noticed_after_one_and_a_half_of_its_periods() {
    check("etco2 38x10 _x60", "41s * CO2_NO_DATA present/on");
    check(
        "every 2s\n etco2 38x10 _x40",
        "52s * CO2_NO_DATA present/on",
    );
}

#[test]
fn a_slow_devices_line_is_garbled_after_four_of_its_periods() {
    check(
        "every 5s\n spo2 #x7",
        "15s ** DEVICE_LINK_LOST present/on
         20s ** LINE_GARBLED present/on",
    );
}

#[test]
fn any_line_of_a_bed_may_be_the_one_that_is_garbled() {
    check(
        "spo2 97x20\n hr #x20",
        "10s ** DEVICE_LINK_LOST present/on
         10s ** LINE_GARBLED present/on",
    );
}
