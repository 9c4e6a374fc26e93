//! The oximeter's own alarms.

use super::{line, lines_of};

/// Returns the alarms told in lines that end with these tokens.
fn alarms(lines: &[&str]) -> Vec<String> {
    let bytes: String = lines.iter().map(|tokens| line(tokens)).collect();
    lines_of(bytes.as_bytes())
        .iter()
        .filter_map(|found| Some(found.split_once(' ')?.1.to_owned()))
        .filter(|found| found.contains(": "))
        .collect()
}

#[test]
fn each_limit_has_its_words() {
    for (bits, text) in [
        ("11", "medium: SpO2 high"),
        ("12", "medium: SpO2 low"),
        ("14", "medium: pulse rate high"),
        ("18", "medium: pulse rate low"),
        ("10", "medium: alarm active"),
        ("20", "low: alarm muted"),
        ("40", "medium: ALARM=000040"),
    ] {
        assert_eq!(alarms(&[&format!("ALARM=0000{bits} EXC=800")]), [text]);
    }
}

#[test]
fn an_alarm_is_told_once_for_each_episode() {
    let on = "ALARM=000012 EXC=800";
    let off = "ALARM=000000 EXC=800";
    assert_eq!(alarms(&[off, on, on, on]), ["medium: SpO2 low"]);
    assert_eq!(
        alarms(&[on, on, off, on, on]),
        ["medium: SpO2 low", "medium: SpO2 low"]
    );
    assert_eq!(
        alarms(&[on, "ALARM=00001A EXC=800", on, "ALARM=000032 EXC=800"]),
        [
            "medium: SpO2 low",
            "medium: pulse rate low",
            "low: alarm muted"
        ]
    );
}

#[test]
fn a_line_without_alarms_says_nothing_of_them() {
    // Fewer digits than before: the first of them is not believed.
    let on = "ALARM=000012 EXC=800";
    assert_eq!(
        alarms(&[on, "EXC=800", "EXC=800", on]),
        ["medium: SpO2 low"]
    );
}

#[test]
fn what_is_active_without_a_name_is_told_once() {
    assert_eq!(
        alarms(&[
            "ALARM=000010 EXC=800",
            "ALARM=000030 EXC=800",
            "ALARM=000012 EXC=800",
            "ALARM=000010 EXC=800",
        ]),
        [
            "medium: alarm active",
            "low: alarm muted",
            "medium: SpO2 low",
            "medium: alarm active"
        ]
    );
}

#[test]
fn a_sensor_that_cannot_be_used_is_told_for_the_values_do_not_say_it() {
    assert_eq!(
        alarms(&["EXC=802", "EXC=802", "EXC=880", "EXC=800", "EXC=802"]),
        [
            "medium: defective sensor",
            "medium: unrecognised sensor",
            "medium: defective sensor"
        ]
    );
}
