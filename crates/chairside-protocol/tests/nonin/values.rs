//! What the numbers, the flags and the curve become.

use std::time::Duration;

use chairside_model::{Measured, Metric, MonoTime, Numeric, Reading, Value};
use chairside_protocol::nonin::INFO;
use chairside_protocol::nonin::message::{
    DeviceTime, Format13Frame, Packet, SecondStatus, SpotCheckStatus, StreamStatus,
};
use chairside_protocol::{DriverOutput, Finding, LineInput};

use super::{SECOND, check, lines_of, numerics_of, packet, packet_2, packet_7, quiet, well};

#[test]
fn a_packet_gives_its_numbers_once_and_its_curve_in_fifths() {
    let lines = lines_of(&well());
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    assert_eq!((count("frame"), count("Pleth [9, 9, 9, 9, 9]")), (25, 5));
    assert_eq!(lines.len(), 25 + 5 + 2);
    assert_eq!(lines[30..], ["125 SpO2 97", "125 PulseRate 72"]);
    assert_eq!(lines[4..6], ["25 frame", "25 Pleth [9, 9, 9, 9, 9]"]);
}

#[test]
fn a_pulse_above_127_is_not_shifted_by_eight() {
    // The OpenICE driver would give 268.
    let bytes = packet_2(&packet(Some(97), Some(140)), quiet);
    assert_eq!(numerics_of(&bytes), ["125 SpO2 97", "125 PulseRate 140"]);
    let bytes = [[0x81, 0x0C, 0x61, 0x00]; 3].concat();
    assert_eq!(numerics_of(&bytes)[1], "4 PulseRate 140");
}

#[test]
fn format_7_gives_sixteen_bits_of_curve() {
    let bytes = packet_7(&packet(Some(97), Some(72)), quiet).repeat(2);
    let lines = lines_of(&bytes);
    assert!(lines.contains(&"25 Pleth [4660, 4661, 4662, 4663, 4664]".to_owned()));
    let expected = [
        "125 SpO2 97",
        "125 PulseRate 72",
        "250 SpO2 97",
        "250 PulseRate 72",
    ];
    assert_eq!(numerics_of(&bytes), expected);
}

#[test]
fn a_finger_that_is_out_is_told_at_once_and_its_held_values_never() {
    let off = |frame| {
        if frame < 12 {
            StreamStatus::NONE
        } else {
            StreamStatus::SENSOR_ALARM
        }
    };
    // The display values stay for ten seconds.
    let held = packet(Some(97), Some(72));
    let bytes = [
        packet_2(&held, quiet),
        packet_2(&held, off),
        packet_2(&held, |_| StreamStatus::SENSOR_ALARM),
        packet_2(&held, |frame| off(37 - frame)),
        packet_2(&held, quiet),
    ]
    .concat();
    let expected = [
        "125 SpO2 97",
        "125 PulseRate 72",
        "185 SpO2 SensorOff", // the twelfth frame of the second packet
        "185 PulseRate SensorOff",
        "250 SpO2 SensorOff",
        "250 PulseRate SensorOff",
        "375 SpO2 SensorOff",
        "375 PulseRate SensorOff",
        "500 SpO2 SensorOff", // the packet began without a finger
        "500 PulseRate SensorOff",
        "625 SpO2 97",
        "625 PulseRate 72",
    ];
    assert_eq!(numerics_of(&bytes), expected);
}

#[test]
fn there_is_no_curve_without_a_finger() {
    let bytes = packet_2(&packet(None, None), |frame| {
        if frame <= 7 {
            StreamStatus::NONE
        } else {
            StreamStatus::SENSOR_ALARM
        }
    });
    let lines = lines_of(&bytes);
    let curve: Vec<_> = lines.iter().filter(|line| line.contains("Pleth")).collect();
    assert_eq!(curve, ["25 Pleth [9, 9, 9, 9, 9]", "35 Pleth [9, 9]"]);
}

#[test]
fn a_sensor_that_is_not_plugged_in_is_another_thing() {
    let disconnected = |_| StreamStatus::SENSOR_DISCONNECTED | StreamStatus::SENSOR_ALARM;
    let bytes = [well(), packet_2(&packet(None, None), disconnected)].concat();
    assert_eq!(numerics_of(&bytes)[2], "130 SpO2 NoSensor");
    check(
        &[0xC3, 0x7F, 0x7F, 0x00],
        &["4 frame", "4 SpO2 NoSensor", "4 PulseRate NoSensor"],
    );
}

#[test]
fn artefacts_keep_the_values_and_doubt_them() {
    for doubt in [StreamStatus::ARTEFACT, StreamStatus::OUT_OF_TRACK] {
        let once = |frame| {
            if frame == 17 {
                doubt
            } else {
                StreamStatus::NONE
            }
        };
        let bytes = packet_2(&packet(Some(97), Some(72)), once);
        assert_eq!(numerics_of(&bytes), ["125 SpO2 97?", "125 PulseRate 72?"]);
    }
    check(
        &[0x84, 0x48, 0x61, 0x00],
        &["4 frame", "4 SpO2 97?", "4 PulseRate 72?"],
    );
    check(
        &[0xA0, 0x48, 0x61, 0x00],
        &["4 frame", "4 SpO2 97?", "4 PulseRate 72?"],
    );
}

#[test]
fn low_perfusion_alone_is_no_doubt() {
    let bytes = packet_2(&packet(Some(97), Some(72)), |_| StreamStatus::RED_PERFUSION);
    assert_eq!(numerics_of(&bytes), ["125 SpO2 97", "125 PulseRate 72"]);
    check(
        &[0x90, 0x48, 0x61, 0x00],
        &["4 frame", "4 SpO2 97", "4 PulseRate 72"],
    );
}

#[test]
fn what_is_missing_is_never_a_number() {
    let bytes = packet_2(&packet(None, Some(72)), quiet);
    assert_eq!(
        numerics_of(&bytes),
        ["125 SpO2 NoReading", "125 PulseRate 72"]
    );
    let bytes = packet_2(&packet(None, None), |_| StreamStatus::OUT_OF_TRACK);
    assert_eq!(
        numerics_of(&bytes),
        ["125 SpO2 Searching", "125 PulseRate Searching"]
    );
    // No oximeter displays 17 or 322/min, and nobody has a saturation of nothing.
    for (saturation, rate) in [(0, 17), (101, 322), (255, 0)] {
        let bytes = packet_2(&packet(Some(saturation), Some(rate)), quiet);
        assert_eq!(
            numerics_of(&bytes),
            ["125 SpO2 OutOfRange", "125 PulseRate OutOfRange"]
        );
    }
}

#[test]
fn a_packet_that_lost_a_frame_gives_no_numbers_and_the_next_one_does() {
    let mut bytes = well().repeat(3);
    bytes[125 + 42] ^= 0x10; // the ninth frame of the second packet
    let lines = lines_of(&bytes);
    assert!(lines.contains(&"170 5 checksum".to_owned()), "{lines:?}");
    let expected = [
        "125 SpO2 97",
        "125 PulseRate 72",
        "170 5 checksum",
        "375 SpO2 97",
        "375 PulseRate 72",
    ];
    assert_eq!(numerics_of(&bytes), expected);
    // The samples on both sides of the hole are drawn, and none across it.
    assert!(
        lines.contains(&"165 Pleth [9, 9, 9]".to_owned()),
        "{lines:?}"
    );
    assert!(lines.contains(&"195 Pleth [9, 9, 9, 9, 9]".to_owned()));
}

#[test]
fn a_whole_frame_that_went_missing_ends_the_packet_and_the_curve() {
    let mut bytes = well().repeat(3);
    bytes.drain(125 + 40..125 + 45);
    assert_eq!(
        numerics_of(&bytes),
        [
            "125 SpO2 97",
            "125 PulseRate 72",
            "370 SpO2 97",
            "370 PulseRate 72"
        ]
    );
    let lines = lines_of(&bytes);
    assert!(
        lines.contains(&"245 Pleth [9, 9, 9, 9]".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn a_spot_check_is_read_at_any_time() {
    let taken = DeviceTime {
        year: 2025,
        month: 12,
        day: 31,
        hour: 14,
        minute: 30,
        second: 15,
    };
    let frame = |status, rate, saturation| {
        let mut bytes = Vec::new();
        let frame = Format13Frame {
            taken,
            status,
            rate,
            saturation,
        };
        frame.emit(&mut bytes);
        bytes
    };
    let good = frame(SpotCheckStatus::HIGH_QUALITY, Some(140), Some(97));
    check(&good, &["22 frame", "22 SpO2 97", "22 PulseRate 140"]);
    let none = frame(SpotCheckStatus::NO_MEASUREMENT, Some(140), Some(97));
    check(
        &none,
        &["22 frame", "22 SpO2 NoReading", "22 PulseRate NoReading"],
    );
    // Somebody's measurement of another day.
    let kept = frame(SpotCheckStatus::FROM_MEMORY, Some(140), Some(97));
    check(&kept, &["22 frame"]);
    let bytes = [&SECOND.repeat(4)[..], &good[..], &SECOND.repeat(4)[..]].concat();
    let numerics = numerics_of(&bytes);
    assert_eq!(numerics.len(), 2 * 9);
    assert_eq!(numerics[8..10], ["38 SpO2 97", "38 PulseRate 140"]);
}

#[test]
fn a_low_battery_is_told_once() {
    let low = Packet {
        second_status: SecondStatus::LOW_BATTERY,
        ..packet(Some(97), Some(72))
    };
    let bytes = packet_2(&low, quiet).repeat(3);
    let alarms = numerics_of(&bytes)
        .into_iter()
        .filter(|line| line.ends_with("low: low battery"));
    assert_eq!(alarms.count(), 1);
}

#[test]
fn a_reading_is_taken_when_its_last_byte_arrived_and_a_run_has_75_samples_a_second() {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    let bytes = well();
    let now = MonoTime::from_secs(7);
    driver.handle(MonoTime::ZERO, LineInput::Received(&bytes[..124]), &mut out);
    driver.handle(now, LineInput::Received(&bytes[124..]), &mut out);
    // The frame behind it tells that it was whole; it was measured before.
    let later = MonoTime::from_secs(8);
    driver.handle(later, LineInput::Received(&bytes[..5]), &mut out);
    let saturation = Numeric {
        metric: Metric::SpO2,
        measured: Measured::Valid(Value::whole(97)),
        taken: now,
    };
    let readings: Vec<_> = out
        .events
        .into_iter()
        .filter_map(|event| match event.finding {
            Finding::Reading(reading) => Some(reading),
            _ => None,
        })
        .collect();
    assert!(readings.contains(&Reading::Numeric(saturation)));
    let Reading::Waveform(run) = &readings[0] else {
        panic!("{readings:?}");
    };
    assert_eq!(run.sample_period, Duration::from_nanos(13_333_333));
    assert!((run.scale - 1.0).abs() < f64::EPSILON);
    assert_eq!(driver.next_deadline(), None);
}
