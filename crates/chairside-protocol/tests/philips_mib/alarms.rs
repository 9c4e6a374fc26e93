//! The monitor's own alarms.

use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{
    AlarmEntry, AlarmInfo, AlarmState, alarm_type, class,
};
use chairside_protocol::{DeviceAlarmPriority, Finding, LineInput};

use super::{Bench, attribute};

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn entry(code: u16, alarm_type: u16, text: &[u8]) -> AlarmEntry<'_> {
    AlarmEntry {
        source: 0x4BB8,
        code,
        alarm_type,
        state: AlarmState::NONE,
        object: [0x00, 0x06, 0x00, 0x01, 0x84, 0x00],
        info: Some(AlarmInfo {
            instance: 1,
            text_number: 0,
            priority: 0,
            flags: 0,
            text: Some(text),
        }),
    }
}

/// Sends the list and returns what is told.
fn send(
    bench: &mut Bench,
    list: u16,
    entries: &[AlarmEntry<'_>],
) -> Vec<(DeviceAlarmPriority, String)> {
    let mut value = Vec::new();
    AlarmEntry::emit_list(entries, &mut value);
    let told = bench.object(class::ALARMS, &[attribute(list, &value)]);
    told.into_iter()
        .map(|finding| match finding {
            Finding::DeviceAlarm { priority, text } => (priority, text.into_owned()),
            other => unreachable!("{other:?}"),
        })
        .collect()
}

fn low() -> Vec<u8> {
    utf16("** SpO2 88 < 90\0\0")
}

fn told(text: &str) -> Vec<(DeviceAlarmPriority, String)> {
    vec![(DeviceAlarmPriority::Medium, text.to_owned())]
}

#[test]
fn an_alarm_is_told_once_for_each_episode_in_the_monitors_words() {
    let mut bench = Bench::listening();
    let (text, lower) = (low(), utf16("** SpO2 85 < 90"));
    let medium = alarm_type::PATIENT_MEDIUM;
    assert_eq!(send(&mut bench, id::PATIENT_ALARMS, &[]), []);
    let first = send(&mut bench, id::PATIENT_ALARMS, &[entry(2, medium, &text)]);
    assert_eq!(first, told("** SpO2 88 < 90"));
    let same = send(&mut bench, id::PATIENT_ALARMS, &[entry(2, medium, &lower)]);
    assert_eq!(same, [], "only the value in its text has changed");
    let other = utf16("** Pulse 130 > 120");
    let both = [entry(2, medium, &lower), entry(4, medium, &other)];
    assert_eq!(
        send(&mut bench, id::PATIENT_ALARMS, &both),
        told("** Pulse 130 > 120")
    );
    assert_eq!(send(&mut bench, id::PATIENT_ALARMS, &[]), []);
    let again = send(&mut bench, id::PATIENT_ALARMS, &[entry(2, medium, &text)]);
    assert_eq!(again, told("** SpO2 88 < 90"));
}

#[test]
fn an_alarm_that_becomes_more_urgent_is_told_again() {
    let mut bench = Bench::listening();
    let text = low();
    let list = id::PATIENT_ALARMS;
    send(
        &mut bench,
        list,
        &[entry(2, alarm_type::PATIENT_MEDIUM, &text)],
    );
    let told = send(
        &mut bench,
        list,
        &[entry(2, alarm_type::PATIENT_HIGH, &text)],
    );
    assert_eq!(told[0].0, DeviceAlarmPriority::High);
}

#[test]
fn the_two_lists_do_not_end_each_others_alarms() {
    let mut bench = Bench::listening();
    let text = low();
    let (patient, technical) = (id::PATIENT_ALARMS, id::TECHNICAL_ALARMS);
    let entries = [entry(2, alarm_type::PATIENT_LOW, &text)];
    assert_eq!(send(&mut bench, patient, &entries).len(), 1);
    assert_eq!(send(&mut bench, technical, &[]), []);
    assert_eq!(send(&mut bench, patient, &entries), []);
}

#[test]
fn the_monitors_urgency_is_kept() {
    use DeviceAlarmPriority::{High, Low, Medium};
    for (alarm_type, expected) in [
        (alarm_type::TECHNICAL_LOW, Some(Low)),
        (alarm_type::TECHNICAL_MEDIUM, Some(Medium)),
        (alarm_type::TECHNICAL_HIGH, Some(High)),
        (alarm_type::PATIENT_LOW, Some(Low)),
        (alarm_type::PATIENT_MEDIUM, Some(Medium)),
        (alarm_type::PATIENT_HIGH, Some(High)),
        (0x4000, Some(Medium)),
        (0, None),
    ] {
        let text = low();
        let mut bench = Bench::listening();
        let told = send(
            &mut bench,
            id::TECHNICAL_ALARMS,
            &[entry(2, alarm_type, &text)],
        );
        assert_eq!(told.first().map(|alarm| alarm.0), expected, "{alarm_type}");
    }
}

#[test]
fn an_alarm_without_words_is_told_by_its_numbers() {
    let silent = AlarmInfo {
        instance: 1,
        text_number: 0x0402_0014,
        priority: 0,
        flags: 0,
        text: None,
    };
    for info in [
        None,
        Some(silent),
        Some(AlarmInfo {
            text: Some(&[0, 0]),
            ..silent
        }),
    ] {
        let alarm = AlarmEntry {
            info,
            ..entry(0x0014, alarm_type::TECHNICAL_LOW, &[])
        };
        let told = send(&mut Bench::listening(), id::TECHNICAL_ALARMS, &[alarm]);
        assert_eq!(told[0].1, "alarm 0014 of 4BB8");
    }
}

#[test]
fn a_text_is_what_can_be_read_of_it() {
    let private = utf16("\u{E145}SpO\u{2082}\u{7}  88\0");
    let broken = [0xD8, 0x00, 0x00, 0x41];
    let endless = utf16(&"A".repeat(200));
    let words = ["SpO\u{2082}  88", "\u{FFFD}A", &"A".repeat(80)];
    for (text, expected) in [private.as_slice(), &broken, &endless]
        .into_iter()
        .zip(words)
    {
        let mut bench = Bench::listening();
        let told = send(
            &mut bench,
            id::PATIENT_ALARMS,
            &[entry(2, alarm_type::PATIENT_LOW, text)],
        );
        assert_eq!(told[0].1, expected);
    }
}

#[test]
fn a_monitor_that_demonstrates_itself_has_no_alarms() {
    let text = low();
    for state in [AlarmState::TEST, AlarmState::DEMONSTRATION] {
        let alarm = AlarmEntry {
            state,
            ..entry(2, alarm_type::PATIENT_HIGH, &text)
        };
        assert_eq!(
            send(&mut Bench::listening(), id::PATIENT_ALARMS, &[alarm]),
            []
        );
    }
}

#[test]
fn an_alarm_that_stands_when_the_line_opens_is_told() {
    let mut bench = Bench::listening();
    let text = low();
    let entries = [entry(2, alarm_type::PATIENT_MEDIUM, &text)];
    assert_eq!(send(&mut bench, id::PATIENT_ALARMS, &entries).len(), 1);
    bench.input(LineInput::Closed);
    bench.input(LineInput::Opened);
    assert_eq!(send(&mut bench, id::PATIENT_ALARMS, &entries).len(), 1);
}

#[test]
fn more_alarms_than_are_remembered_are_still_told() {
    let mut bench = Bench::listening();
    let text = low();
    let entries: Vec<_> = (0..=64)
        .map(|code| entry(code, alarm_type::PATIENT_LOW, &text))
        .collect();
    // Two messages of them: one would be too long for a frame.
    let (first, second) = entries.split_at(33);
    let (patient, technical) = (id::PATIENT_ALARMS, id::TECHNICAL_ALARMS);
    assert_eq!(send(&mut bench, patient, first).len(), 33);
    assert_eq!(send(&mut bench, technical, second).len(), 32);
    assert_eq!(send(&mut bench, patient, first), []);
    assert_eq!(send(&mut bench, technical, second).len(), 1);
}
