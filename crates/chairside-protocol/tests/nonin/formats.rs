//! The format found in the stream, kept through damage, and found again when it changes.

use chairside_model::{Metric, MonoTime, Reading};
use chairside_protocol::nonin::INFO;
use chairside_protocol::nonin::message::{Format1Frame, Format8Frame, SecondStatus, SpotStatus};
use chairside_protocol::{Discard, DriverOutput, Finding, LineInput};

use super::{SECOND, check, lines_of, numerics_of, packet, packet_7, quiet, shown, well};

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
    let lines = lines_of(&SECOND.repeat(5));
    let frames = lines.iter().filter(|line| line.contains("frame")).count();
    assert_eq!(frames, 5);
    assert_eq!(lines[..3], ["4 frame", "4 SpO2 97", "4 PulseRate 72"]);
}

#[test]
fn format_1_is_told_from_format_8() {
    let lines = lines_of(&SECOND[..3].repeat(5));
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
fn a_stream_entered_in_the_middle_of_a_frame_is_read_from_the_next_frame_on() {
    for begin in 1..5 {
        let bytes = well().repeat(2);
        let lines = lines_of(&bytes[begin..]);
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
    let lines = lines_of(&frames[1..]);
    assert_eq!(lines[..2], ["4 4 before_start", "9 frame"]);
}

#[test]
fn a_change_of_format_is_found() {
    let second = SECOND.repeat(5);
    let seven = packet_7(&packet(Some(97), Some(72)), quiet);
    let first = SECOND[..3].repeat(6);
    let streams = [well(), seven, second, first];
    for from in &streams {
        for to in streams.iter().filter(|to| *to != from) {
            let bytes = [&from[..], &to[..]].concat();
            let lines = lines_of(&bytes);
            let last = lines.last().unwrap();
            assert_eq!(last, &format!("{} PulseRate 72", bytes.len()), "{lines:?}");
            let unused = lines.iter().filter(|line| line.contains(" before_start"));
            assert!(unused.count() <= 1, "{lines:?}");
        }
    }
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

#[test]
fn a_damaged_second_costs_itself_alone_and_the_next_is_read_at_once() {
    let mut bytes = SECOND.repeat(7);
    bytes[17] |= 0x80;
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(MonoTime::ZERO, LineInput::Received(&bytes[..24]), &mut out);
    let last = out.events.last().expect("there are readings");
    assert_eq!(
        format!("{} {}", last.offset, shown(&last.finding)),
        "24 PulseRate 72"
    );
    let numerics = numerics_of(&bytes);
    assert!(
        numerics.contains(&"20 4 malformed".to_owned()),
        "{numerics:?}"
    );
    assert_eq!(numerics.len(), 2 * 6 + 1);
}

#[test]
fn after_damage_that_lasts_two_more_frames_confirm_the_first() {
    let noise = [0x55; 40];
    let bytes = [&SECOND.repeat(4)[..], &noise, &SECOND.repeat(3)].concat();
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    let (first, second) = bytes.split_at(bytes.len() - 1);
    driver.handle(MonoTime::ZERO, LineInput::Received(first), &mut out);
    assert_eq!(out.events.last().map(|event| event.offset), Some(16));
    driver.handle(MonoTime::ZERO, LineInput::Received(second), &mut out);
    let frames = out
        .events
        .iter()
        .filter(|event| event.finding == Finding::Frame);
    assert_eq!(frames.count(), 7);
}

#[test]
fn what_arrived_before_the_format_was_known_is_as_old_as_it_is() {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    for second in 0..5 {
        let now = MonoTime::from_secs(100 + second);
        driver.handle(now, LineInput::Received(&SECOND), &mut out);
        let frames = out.events.iter().filter(|e| e.finding == Finding::Frame);
        assert_eq!(
            frames.count(),
            [0, 0, 0, 4, 5][usize::try_from(second).unwrap()]
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
    assert_eq!(taken, [100, 101, 102, 103, 104].map(MonoTime::from_secs));
}

#[test]
fn noise_without_a_proof_is_counted_and_nothing_else() {
    let noise = b"SPO2=097 HR=072\r\n".repeat(40);
    let lines = lines_of(&noise);
    assert!(lines.iter().all(|line| line.ends_with("before_start")));
    assert!(lines.len() > 5, "what is dropped is told before the end");
}

#[test]
fn three_frames_of_format_8_in_noise_prove_nothing_and_five_of_format_1_neither() {
    let noise = [0x55; 40];
    for made_up in [SECOND.repeat(3), SECOND[..3].repeat(5)] {
        let bytes = [&noise[..], &made_up, &noise].concat();
        assert_eq!(
            numerics_of(&bytes)
                .iter()
                .filter(|line| !line.ends_with("before_start"))
                .collect::<Vec<_>>(),
            Vec::<&String>::new()
        );
    }
}

#[test]
fn half_a_frame_is_void_when_the_line_closes_or_opens() {
    for input in [LineInput::Opened, LineInput::Closed] {
        let mut driver = (INFO.build)();
        let mut out = DriverOutput::default();
        let bytes = [&SECOND.repeat(4)[..], &SECOND[..3]].concat();
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
            (19, &finding)
        );
        driver.handle(MonoTime::ZERO, input, &mut out);
        assert_eq!(out.events.len(), 1);
    }
}
