use chairside_alarm::AlarmId;
use chairside_model::{Metric, Value};
use chrono::{TimeDelta, TimeZone};

use super::*;

fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 10, 15, 3).unwrap()
}

fn state(id: AlarmId) -> AlarmState {
    AlarmState {
        bed: "3".into(),
        bed_name: "Room 3".into(),
        id,
        occurrence: 7,
        priority: Priority::High,
        present: true,
        signal: SignalPresence::On,
        since: at(),
        at: at() + TimeDelta::seconds(1),
        reading: None,
        evidence: "SpO2 86 % below 88 %".into(),
        simulated: false,
    }
}

const ENVELOPE: Envelope<'_> = Envelope {
    application: "Chairside",
    eui64: None,
    site: "clinic-a",
    receiver: "ALARMMGR",
    receiver_facility: "",
    number: 1_795_428_903_120,
    at: DateTime::UNIX_EPOCH,
};

fn encoded(state: &AlarmState, phase: Phase) -> String {
    let envelope = Envelope {
        at: at() + TimeDelta::milliseconds(120),
        ..ENVELOPE
    };
    String::from_utf8(encode(state, phase, &envelope)).unwrap()
}

#[test]
fn a_message_is_as_it_is_drawn() {
    let mut state = state(AlarmId::Spo2VeryLow);
    state.reading = Some((Metric::SpO2, Value::whole(86)));
    state.at = state.since;
    let drawing = include_str!("../message.rs")
        .lines()
        .skip_while(|line| !line.starts_with("//! MSH"))
        .take_while(|line| *line != "//! ```")
        .map(|line| line.trim_start_matches("//! "));
    let drawn: Vec<_> = drawing.collect();
    let text = encoded(&state, Phase::Start);
    let segments: Vec<_> = text.split_terminator('\r').collect();
    // The drawing leaves nothing out but the end of a line that would be white space.
    assert_eq!(segments.len(), drawn.len());
    for (segment, drawn) in segments.iter().zip(drawn) {
        assert_eq!(segment.trim_end_matches('|'), drawn.trim_end_matches('|'));
    }
}

/// Reads a message with a parser that is not ours.
fn query(text: &str, what: &str) -> String {
    let message = hl7_parser::Message::parse(text).expect("it can be read");
    let found = message.query(what);
    found.map_or_else(String::new, |found| found.raw_value().to_owned())
}

#[test]
fn each_state_has_its_words() {
    let cases = [
        (true, SignalPresence::On, "active", "enabled"),
        (
            true,
            SignalPresence::Acknowledged,
            "active",
            "alert-acknowledged",
        ),
        (true, SignalPresence::Paused, "active", "alarm-paused"),
        (false, SignalPresence::Latched, "latched", "enabled"),
        (false, SignalPresence::Off, "inactive", "enabled"),
    ];
    for (present, signal, stands, inactivation) in cases {
        let state = AlarmState {
            present,
            signal,
            ..state(AlarmId::HrLow)
        };
        let text = encoded(&state, Phase::Update);
        assert_eq!(query(&text, "OBX[4].5"), stands);
        assert_eq!(query(&text, "OBX[5].5"), inactivation);
    }
}

#[test]
fn each_phase_priority_and_kind_has_its_word() {
    for (phase, word) in [
        (Phase::Start, "start"),
        (Phase::Continue, "continue"),
        (Phase::Update, "update"),
        (Phase::End, "end"),
    ] {
        assert_eq!(
            query(&encoded(&state(AlarmId::HrLow), phase), "OBX[3].5"),
            word
        );
    }
    for (priority, word) in [
        (Priority::High, "PH"),
        (Priority::Medium, "PM"),
        (Priority::Low, "PL"),
    ] {
        let state = AlarmState {
            priority,
            ..state(AlarmId::HrLow)
        };
        let text = encoded(&state, Phase::Start);
        assert_eq!(query(&text, "OBX[6].5"), word);
        assert_eq!(query(&text, "OBX[1].8"), format!("L~{word}~SP"));
    }
    for (id, word) in [
        (AlarmId::Apnea, "SP"),
        (AlarmId::DeviceLinkLost, "ST"),
        (AlarmId::PatientCall, "SA"),
    ] {
        assert_eq!(query(&encoded(&state(id), Phase::Start), "OBX[7].5"), word);
    }
}

#[test]
fn every_alarm_is_told_with_our_name_and_a_code_where_there_is_one() {
    let mut with_code = 0;
    for id in AlarmId::ALL {
        let text = encoded(&state(*id), Phase::Start);
        let words = id.name().replace('_', " ");
        let ours = format!("{}^{words}^99CHAIRSIDE", id.name());
        let code = query(&text, "OBX[1].3");
        assert!(code.ends_with(&ours), "{code}");
        with_code += usize::from(code.contains("^MDC^"));
        // Without a reading the part of the equipment is named.
        assert_eq!(query(&text, "OBX[2].3"), "68480^MDC_ATTR_ALERT_SOURCE^MDC");
        assert!(query(&text, "OBX[2].5").contains("\\S\\MDC_DEV_"));
    }
    assert_eq!(with_code, 16);
    let lost = encoded(&state(AlarmId::DeviceLinkLost), Phase::Start);
    assert!(query(&lost, "OBX[1].3").starts_with("196630^MDC_EVT_DISCONN^MDC^"));
}

#[test]
fn no_text_can_part_a_message() {
    let hostile = "a|b^c&d~e\\f\rPID|1|Jane\nOBX|9\u{b}\u{1c}";
    let state = AlarmState {
        bed: hostile.into(),
        bed_name: hostile.into(),
        evidence: hostile.into(),
        ..state(AlarmId::HrLow)
    };
    let text = encoded(&state, Phase::Start);
    let names: Vec<_> = text.split_terminator('\r').map(|line| &line[..3]).collect();
    assert_eq!(
        names,
        [
            "MSH", "PID", "PV1", "OBR", "OBX", "OBX", "OBX", "OBX", "OBX", "OBX", "OBX"
        ]
    );
    assert!(!text.contains(['\n', '\u{b}', '\u{1c}']));
    let read = hl7_parser::Message::parse(&text).expect("it can be read");
    let decoded = read
        .separators
        .decode(&query(&text, "OBX[1].5"))
        .to_string();
    assert_eq!(decoded, hostile.replace(['\u{b}', '\u{1c}'], " "));
}

#[test]
fn a_long_text_is_cut_and_one_outside_of_ascii_is_not_broken() {
    let state = AlarmState {
        bed_name: "Süd".into(),
        evidence: "ä".repeat(1000),
        ..state(AlarmId::HrLow)
    };
    let text = encoded(&state, Phase::Start);
    assert!(text.contains(&format!("|{}|", "ä".repeat(199))));
    assert!(text.contains("clinic-a^Süd^3"));
}

#[test]
fn a_sender_with_a_number_gives_it() {
    let envelope = Envelope {
        eui64: Some("020000FFFE000001"),
        ..ENVELOPE
    };
    let text = String::from_utf8(encode(&state(AlarmId::HrLow), Phase::Start, &envelope)).unwrap();
    assert_eq!(query(&text, "MSH.3"), "Chairside^020000FFFE000001^EUI-64");
    assert_eq!(
        query(&text, "OBR.3"),
        "clinic-a-3-7^Chairside^020000FFFE000001^EUI-64"
    );
    assert_eq!(
        query(&text, "OBR.29"),
        "^clinic-a-3-7&Chairside&020000FFFE000001&EUI-64"
    );
    assert_eq!(query(&text, "PID.3"), "");
}

#[test]
fn what_is_simulated_says_so_where_the_reason_stands() {
    let simulated = AlarmState {
        simulated: true,
        ..state(AlarmId::Spo2VeryLow)
    };
    let text = encoded(&simulated, Phase::Start);
    assert!(text.contains("|SIMULATED: SpO2 86 % below 88 %|"), "{text}");
    let real = encoded(&state(AlarmId::Spo2VeryLow), Phase::Start);
    assert_eq!(text.replace("SIMULATED: ", ""), real);
}
