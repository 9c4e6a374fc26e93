//! The Nonin driver from the outside: bytes in, findings out.

use std::time::Duration;

use chairside_model::{Measured, Metric, MonoTime, Numeric, Reading, Value};
use chairside_protocol::nonin::INFO;
use chairside_protocol::nonin::message::{
    DeviceTime, Format1Frame, Format2Frame, Format7Frame, Format8Frame, Format13Frame, Packet,
    SecondStatus, SpotCheckStatus, SpotStatus, StreamStatus,
};
use chairside_protocol::{DeviceAlarmPriority, Discard, DriverOutput, Finding, LineInput};

#[path = "support/captures.rs"]
mod captures;
use captures::captures;

/// Returns what the driver finds in the pieces, one line a finding, and in what is left of them
/// when the line closes.
fn lines_of(pieces: &[&[u8]]) -> Vec<String> {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
        driver.handle(MonoTime::ZERO, LineInput::Received(piece), &mut out);
    }
    driver.handle(MonoTime::ZERO, LineInput::Closed, &mut out);
    assert!(out.transmit.is_empty(), "the driver only listens");
    out.events
        .iter()
        .map(|event| format!("{} {}", event.offset, shown(&event.finding)))
        .collect()
}

fn shown(finding: &Finding) -> String {
    match finding {
        Finding::Frame => "frame".to_owned(),
        Finding::Reading(Reading::Numeric(numeric)) => match numeric.measured {
            Measured::Valid(value) => format!("{} {value}", numeric.metric),
            Measured::Questionable(value) => format!("{} {value}?", numeric.metric),
            Measured::Unavailable(why) => format!("{} {}", numeric.metric, why.name()),
        },
        Finding::Reading(Reading::Waveform(run)) => format!("{} {:?}", run.metric, run.samples),
        Finding::Discarded { bytes, why } => format!("{bytes} {why}"),
        other => format!("{other:?}"),
    }
}

fn check(bytes: &[u8], expected: &[&str]) {
    assert_eq!(lines_of(&[bytes]), expected);
}

/// Leaves out the frames and the curve.
fn numerics_of(bytes: &[u8]) -> Vec<String> {
    let kept = |line: &String| !line.ends_with("frame") && !line.contains("Pleth");
    lines_of(&[bytes]).into_iter().filter(kept).collect()
}

/// A packet's values; nothing but those for display is of any use to the driver.
fn packet(saturation: Option<u8>, rate: Option<u16>) -> Packet {
    Packet {
        rate: None,
        saturation: None,
        firmware: 0x30,
        timer: 0,
        second_status: SecondStatus::NONE,
        saturation_display: saturation,
        saturation_fast: None,
        saturation_beat: None,
        rate_extended: None,
        saturation_extended: None,
        saturation_extended_display: None,
        rate_display: rate,
        rate_extended_display: None,
    }
}

/// Returns a packet's frames of format 2, each with the status given for its number.
fn packet_2(packet: &Packet, status: impl Fn(usize) -> StreamStatus) -> Vec<u8> {
    let mut line = Vec::new();
    for (position, float) in packet.floats().into_iter().enumerate() {
        let status = synced(position, status(position + 1));
        let pleth = 9;
        let frame = Format2Frame {
            status,
            pleth,
            float,
        };
        frame.emit(&mut line);
    }
    line
}

/// The same in format 7, with a curve that needs more than eight bits.
fn packet_7(packet: &Packet, status: impl Fn(usize) -> StreamStatus) -> Vec<u8> {
    let mut line = Vec::new();
    for (position, float) in packet.floats().into_iter().enumerate() {
        let status = synced(position, status(position + 1));
        let pleth = 0x1234 + u16::try_from(position).expect("a packet has 25 frames");
        let frame = Format7Frame {
            status,
            pleth,
            float,
        };
        frame.emit(&mut line);
    }
    line
}

fn synced(position: usize, status: StreamStatus) -> StreamStatus {
    if position == 0 {
        status | StreamStatus::SYNC
    } else {
        status
    }
}

fn quiet(_: usize) -> StreamStatus {
    StreamStatus::NONE
}

fn well() -> Vec<u8> {
    packet_2(&packet(Some(97), Some(72)), quiet)
}

/// 72/min, 97 %.
const SECOND: [u8; 4] = [0x80, 0x48, 0x61, 0x00];

#[test]
fn a_packet_gives_its_numbers_once_and_its_curve_in_fifths() {
    let lines = lines_of(&[&well()]);
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
    let lines = lines_of(&[&bytes]);
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
fn one_frame_alone_is_read_when_there_is_nothing_else() {
    check(&SECOND, &["4 frame", "4 SpO2 97", "4 PulseRate 72"]);
    check(&SECOND[..3], &["3 frame", "3 SpO2 97", "3 PulseRate 72"]);
    let missing = [0x83, 0x7F, 0x7F, 0x08];
    check(
        &missing,
        &["4 frame", "4 SpO2 SensorOff", "4 PulseRate SensorOff"],
    );
    check(&[0x01, 0x81, 0x01, 0x00, 0x83], &["5 frame"]);
    check(&[0x81, 0x12, 0x34, 0x00, 0xC7], &["5 frame"]);
}

#[test]
fn a_stream_of_seconds_is_read_from_its_first_frame_on() {
    let lines = lines_of(&[&SECOND.repeat(5)]);
    let frames = lines.iter().filter(|line| line.contains("frame")).count();
    assert_eq!(frames, 5);
    assert_eq!(lines[..3], ["4 frame", "4 SpO2 97", "4 PulseRate 72"]);
}

#[test]
fn format_1_is_told_from_format_8() {
    let lines = lines_of(&[&SECOND[..3].repeat(5)]);
    let expected = ["3 frame", "3 SpO2 97", "3 PulseRate 72", "6 frame"];
    assert_eq!(lines[..4], expected);
    assert_eq!(lines.len(), 15);
}

#[test]
fn values_that_jump_are_read_all_the_same() {
    let mut bytes = Vec::new();
    for (rate, saturation) in [(30, 99), (300, 40), (72, 97), (140, 50)].repeat(2) {
        let first = Format1Frame {
            status: SpotStatus::NONE,
            rate: Some(rate),
            saturation: Some(saturation),
        };
        let second_status = SecondStatus::NONE;
        Format8Frame {
            first,
            second_status,
        }
        .emit(&mut bytes);
    }
    let numerics = numerics_of(&bytes);
    assert_eq!(numerics.len(), 16);
    assert_eq!(numerics[..2], ["4 SpO2 99", "4 PulseRate 30"]);
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
    let lines = lines_of(&[&bytes]);
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
    let lines = lines_of(&[&bytes]);
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
    let lines = lines_of(&[&bytes]);
    assert!(
        lines.contains(&"245 Pleth [9, 9, 9, 9]".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn a_stream_entered_in_the_middle_of_a_frame_is_read_from_the_next_frame_on() {
    for begin in 1..5 {
        let bytes = well().repeat(2);
        let lines = lines_of(&[&bytes[begin..]]);
        let rest = 5 - begin;
        assert_eq!(lines[0], format!("{rest} {rest} before_start"));
        assert_eq!(lines[1], format!("{} frame", rest + 5));
        assert_eq!(numerics_of(&bytes[begin..]).len(), 1 + 2);
    }
}

#[test]
fn a_flat_curve_of_format_2_is_not_taken_for_format_7() {
    // 01 80 00 00 81: begun one byte late, 80 00 00 81 01 is a sound frame of format 7.
    let frames = [0x01, 0x80, 0x00, 0x00, 0x81].repeat(30);
    let lines = lines_of(&[&frames[1..]]);
    assert_eq!(lines[..2], ["4 4 before_start", "9 frame"]);
}

#[test]
fn a_change_of_format_is_found() {
    let second = SECOND.repeat(4);
    let seven = packet_7(&packet(Some(97), Some(72)), quiet);
    let first = SECOND[..3].repeat(5);
    let streams = [well(), seven, second, first];
    for from in &streams {
        for to in streams.iter().filter(|to| *to != from) {
            let bytes = [&from[..], &to[..]].concat();
            let lines = lines_of(&[&bytes]);
            let last = lines.last().unwrap();
            assert_eq!(last, &format!("{} PulseRate 72", bytes.len()), "{lines:?}");
            let unused = lines.iter().filter(|line| line.contains(" before_start"));
            assert!(unused.count() <= 1, "{lines:?}");
        }
    }
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
    let bytes = [&SECOND.repeat(3)[..], &good[..], &SECOND.repeat(3)[..]].concat();
    let numerics = numerics_of(&bytes);
    assert_eq!(numerics.len(), 2 * 7);
    assert_eq!(numerics[6..8], ["34 SpO2 97", "34 PulseRate 140"]);
}

#[test]
fn a_damaged_second_costs_itself_alone_and_the_next_is_read_at_once() {
    let mut bytes = SECOND.repeat(6);
    bytes[13] |= 0x80;
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(MonoTime::ZERO, LineInput::Received(&bytes[..20]), &mut out);
    let last = out.events.last().expect("there are readings");
    assert_eq!(
        format!("{} {}", last.offset, shown(&last.finding)),
        "20 PulseRate 72"
    );
    let numerics = numerics_of(&bytes);
    assert!(
        numerics.contains(&"16 4 malformed".to_owned()),
        "{numerics:?}"
    );
    assert_eq!(numerics.len(), 2 * 5 + 1);
}

#[test]
fn after_damage_that_lasts_a_second_frame_confirms_the_first() {
    let noise = [0x55; 40];
    let bytes = [&SECOND.repeat(3)[..], &noise, &SECOND.repeat(2)].concat();
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    let (first, second) = bytes.split_at(bytes.len() - 1);
    driver.handle(MonoTime::ZERO, LineInput::Received(first), &mut out);
    assert_eq!(out.events.last().map(|event| event.offset), Some(12));
    driver.handle(MonoTime::ZERO, LineInput::Received(second), &mut out);
    let frames = out
        .events
        .iter()
        .filter(|event| event.finding == Finding::Frame);
    assert_eq!(frames.count(), 5);
}

#[test]
fn what_arrived_before_the_format_was_known_is_as_old_as_it_is() {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    for second in 0..4 {
        let now = MonoTime::from_secs(100 + second);
        driver.handle(now, LineInput::Received(&SECOND), &mut out);
        let frames = out.events.iter().filter(|e| e.finding == Finding::Frame);
        assert_eq!(
            frames.count(),
            [0, 0, 3, 4][usize::try_from(second).unwrap()]
        );
    }
    let taken: Vec<_> = out
        .events
        .iter()
        .filter_map(|event| match &event.finding {
            Finding::Reading(Reading::Numeric(numeric)) if numeric.metric == Metric::SpO2 => {
                Some(numeric.taken)
            }
            _ => None,
        })
        .collect();
    assert_eq!(taken, [100, 101, 102, 103].map(MonoTime::from_secs));
}

#[test]
fn a_low_battery_is_told_once() {
    let low = Packet {
        second_status: SecondStatus::LOW_BATTERY,
        ..packet(Some(97), Some(72))
    };
    let bytes = packet_2(&low, quiet).repeat(3);
    let alarm = Finding::DeviceAlarm {
        priority: DeviceAlarmPriority::Low,
        text: "low battery",
    };
    let alarms = numerics_of(&bytes)
        .into_iter()
        .filter(|line| line.ends_with(&format!("{alarm:?}")));
    assert_eq!(alarms.count(), 1);
}

#[test]
fn noise_without_a_proof_is_counted_and_nothing_else() {
    let noise = b"SPO2=097 HR=072\r\n".repeat(40);
    let lines = lines_of(&[&noise]);
    assert!(lines.iter().all(|line| line.ends_with("before_start")));
    assert!(lines.len() > 5, "what is dropped is told before the end");
}

#[test]
fn half_a_frame_is_void_when_the_line_closes_or_opens() {
    for input in [LineInput::Opened, LineInput::Closed] {
        let mut driver = (INFO.build)();
        let mut out = DriverOutput::default();
        let bytes = [&SECOND.repeat(3)[..], &SECOND[..3]].concat();
        driver.handle(MonoTime::ZERO, LineInput::Received(&bytes), &mut out);
        out.clear();
        driver.handle(MonoTime::ZERO, input, &mut out);
        let finding = Finding::Discarded {
            bytes: 3,
            why: Discard::BeforeStart,
        };
        assert_eq!(out.events.len(), 1);
        assert_eq!(
            (out.events[0].offset, &out.events[0].finding),
            (15, &finding)
        );
        driver.handle(MonoTime::ZERO, input, &mut out);
        assert_eq!(out.events.len(), 1);
    }
}

#[test]
fn a_reading_is_taken_when_its_last_byte_arrived_and_a_run_has_75_samples_a_second() {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    let bytes = well();
    let now = MonoTime::from_secs(7);
    driver.handle(MonoTime::ZERO, LineInput::Received(&bytes[..124]), &mut out);
    driver.handle(now, LineInput::Received(&bytes[124..]), &mut out);
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

#[test]
fn a_stranger_in_step_waits_for_the_next_frame() {
    // In step with format 8 these four bytes are a frame, 146/min and 52 %: they are the beginning
    // of one of format 7.
    let seven = packet_7(&packet(Some(97), Some(72)), quiet);
    let bytes = [&SECOND.repeat(4)[..], &seven[..]].concat();
    assert!(!numerics_of(&bytes).contains(&"20 SpO2 52".to_owned()));
    // And these are a heart that stops for a beat.
    let bytes = [&SECOND.repeat(4)[..], &[0x80, 0x14, 0x61, 0x00].repeat(2)].concat();
    let numerics = numerics_of(&bytes);
    assert_eq!(
        numerics[8..],
        [
            "20 SpO2 97",
            "20 PulseRate 20",
            "24 SpO2 97",
            "24 PulseRate 20"
        ]
    );
}

/// Returns the bytes of a capture, where the captures are at hand.
fn capture(name: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(captures("nonin")?.join(name));
    Some(bytes.expect("the captures are there when their folder is"))
}

fn check_capture(name: &str, expected: &[&str]) {
    if let Some(bytes) = capture(name) {
        check(&bytes, expected);
    }
}

#[test]
fn the_two_valid_frames_are_two_frames() {
    check_capture(
        "oem3-df2-two-valid-frames.bin",
        &["5 frame", "10 frame", "10 Pleth [1, 1]"],
    );
}

#[test]
fn the_bad_checksum_costs_its_frame_alone() {
    check_capture(
        "oem3-df2-bad-checksum-2nd.bin",
        &["5 frame", "10 5 checksum"],
    );
}

#[test]
fn the_bad_status_costs_its_frame_alone() {
    check_capture(
        "oem3-df2-bad-status-2nd.bin",
        &["5 frame", "10 5 malformed"],
    );
}

#[test]
fn the_false_start_does_not_cost_the_frame_inside_it() {
    check_capture("oem3-df2-resync-7bytes.bin", &["2 2 checksum", "7 frame"]);
}

#[test]
fn the_whole_packet_gives_its_numbers_once() {
    if let Some(bytes) = capture("oem3-df2-one-packet.bin") {
        assert_eq!(numerics_of(&bytes), ["125 SpO2 97", "125 PulseRate 72"]);
        let frames = lines_of(&[&bytes])
            .into_iter()
            .filter(|line| line.ends_with("frame"));
        assert_eq!(frames.count(), 25);
    }
}
