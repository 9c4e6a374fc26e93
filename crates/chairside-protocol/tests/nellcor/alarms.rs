//! The oximeter's own alarms.

use super::found;

/// Returns the alarms told in lines with these ends.
fn alarms(lines: &[&str]) -> Vec<String> {
    found(lines)
        .into_iter()
        .filter(|found| found.contains(": "))
        .collect()
}

#[test]
fn each_code_has_its_words() {
    for (code, told) in [
        ("SH", "medium: SpO2 high"),
        ("SL", "medium: SpO2 low"),
        ("PH", "medium: pulse rate high"),
        ("PL", "medium: pulse rate low"),
        ("LP", "medium: loss of pulse"),
        ("LM", "medium: loss of pulse with interference"),
        ("LB", "low: low battery"),
        ("BU", "low: on battery"),
        ("AO", "low: alarm off"),
        ("AS", "low: alarm silenced"),
        ("XY", "medium: status XY"),
    ] {
        let line = format!("      97     60     50     {code}");
        assert_eq!(alarms(&[&line]), [told]);
    }
    // These are said with the values.
    for code in ["MO", "PS", "SD", "SO"] {
        let line = format!("      97     60     50     {code}");
        assert_eq!(alarms(&[&line]), [""; 0], "{code}");
    }
}

#[test]
fn an_alarm_is_told_once_for_each_episode() {
    let on = "      80*    60     50     SL AS";
    let off = "      97     60     50";
    assert_eq!(
        alarms(&[off, on, on, on, off, on]),
        [
            "medium: SpO2 low",
            "low: alarm silenced",
            "medium: SpO2 low",
            "low: alarm silenced"
        ]
    );
    assert_eq!(
        alarms(&[on, "      80*    40*    50     SL AS PL", on]),
        [
            "medium: SpO2 low",
            "low: alarm silenced",
            "medium: pulse rate low"
        ]
    );
}

#[test]
fn a_star_that_no_code_explains_is_an_alarm() {
    assert_eq!(
        alarms(&[
            "      80*    60     50     AS",
            "      80*    60     50     AS",
            "      80*    60     50     AS SL",
            "      80*    40*    50     AS SL",
        ]),
        [
            "low: alarm silenced",
            "medium: SpO2 outside its limits",
            "medium: SpO2 low",
            "medium: pulse rate outside its limits",
        ]
    );
}
