//! Values, and why there is none.

use super::{check, found};

#[test]
fn the_manuals_examples_give_their_values() {
    check(
        b"12-NOV-97 14:00:05     100    120     50\r\n\
          12-NOV-97 14:00:07      98*   120     50     SL\r\n",
        &[
            "41 frame",
            "41 SpO2 100",
            "41 PulseRate 120",
            "90 frame",
            "90 SpO2 98",
            "90 PulseRate 120",
            "90 medium: SpO2 low",
            "91 1 before_start",
        ],
    );
}

#[test]
fn dashes_and_zero_are_no_value() {
    assert_eq!(
        found(&["     ---    120    ---"]),
        ["SpO2 NoReading", "PulseRate 120"]
    );
    assert_eq!(
        found(&["     100    ---     50"]),
        ["SpO2 100", "PulseRate NoReading"]
    );
    assert_eq!(
        found(&["       0      0      0"]),
        ["SpO2 NoReading", "PulseRate NoReading"]
    );
}

#[test]
fn a_number_that_cannot_be_is_out_of_range() {
    assert_eq!(
        found(&["     101    351     50"]),
        ["SpO2 OutOfRange", "PulseRate OutOfRange"]
    );
}

#[test]
fn a_sensor_that_is_not_on_the_patient_gives_no_value_even_with_numbers_beside_it() {
    for (codes, why) in [
        ("SD", "NoSensor"),
        ("SO", "SensorOff"),
        ("PS", "Searching"),
        ("LP", "NoReading"),
        ("SO PS", "SensorOff"),
        ("MO SD", "NoSensor"),
        ("LP PS", "NoReading"),
    ] {
        let found = found(&[&format!("      97     60     50     {codes}")]);
        let expected = ["SpO2", "PulseRate"].map(|of| format!("{of} {why}"));
        assert_eq!(found[..2], expected, "{codes}");
    }
}

#[test]
fn what_the_oximeter_doubts_is_questionable_and_what_nobody_knows_too() {
    for codes in ["MO", "LM", "LB MO", "XY"] {
        let found = found(&[&format!("      97     60     50     {codes}")]);
        assert_eq!(found[..2], ["SpO2 97?", "PulseRate 60?"], "{codes}");
    }
    assert_eq!(
        found(&["     ---     60     50     MO"]),
        ["SpO2 NoReading", "PulseRate 60?"]
    );
}

#[test]
fn a_number_that_lost_a_digit_is_not_believed() {
    assert_eq!(
        found(&[
            "     100    120     50",
            "     10    120     50",
            "     100    20     50",
            "      99    120     51",
        ]),
        [
            "SpO2 100",
            "PulseRate 120",
            "40 malformed",
            "40 malformed",
            "SpO2 99",
            "PulseRate 120",
        ]
    );
}

#[test]
fn columns_that_moved_for_good_are_believed_at_the_second_line() {
    assert_eq!(
        found(&[
            "     100    120     50",
            " 100 120 50",
            " 100 121 50",
            " 99 121 50",
            " 99 122 50",
            " 100 122 50",
        ]),
        [
            "SpO2 100",
            "PulseRate 120",
            "30 malformed",
            "SpO2 100",
            "PulseRate 121",
            "29 malformed",
            "SpO2 99",
            "PulseRate 122",
            "SpO2 100",
            "PulseRate 122",
        ]
    );
}

#[test]
fn a_line_that_another_cuts_off_costs_itself_alone() {
    check(
        b"12-NOV-97 14:00:05     1012-NOV-97 14:00:07      98    120     50\n",
        &[
            "25 25 before_start",
            "66 frame",
            "66 SpO2 98",
            "66 PulseRate 120",
        ],
    );
}

#[test]
fn headings_and_empty_lines_disturb_nothing() {
    check(
        b"\r\nTIME            %SPO2   BPM    PA     Status\r\n\
          12-NOV-97 14:00:07      98    120     50\r\n\
          Event log\r\n",
        &[
            "1 1 before_start",
            "47 frame",
            "89 frame",
            "89 SpO2 98",
            "89 PulseRate 120",
            "100 11 unknown",
            "101 1 before_start",
        ],
    );
}
