//! Values, and why there is none.

use super::{check, values_of};

#[test]
fn the_values_of_a_second_come_with_the_line_feed() {
    let line = b"03/17/16 19:19:36 SN=---------- SPO2=098% BPM=123 PI=00.55 EXC=0000800\n\r";
    check(
        line,
        &[
            "71 frame",
            "71 SpO2 98",
            "71 PulseRate 123",
            "71 PerfusionIndex 0.55",
            "72 1 before_start",
        ],
    );
}

#[test]
fn any_end_of_a_line_is_one() {
    let line = "03/17/16 19:19:36 SPO2=098% BPM=123 EXC=800";
    for end in ["\n", "\r", "\r\n", "\n\r"] {
        let two = format!("{line}{end}{line}{end}");
        let found = super::lines_of(two.as_bytes());
        let values = found.iter().filter(|found| found.ends_with("SpO2 98"));
        assert_eq!(values.count(), 2, "{found:?}");
    }
}

#[test]
fn dashes_are_no_value() {
    assert_eq!(
        values_of("SPO2=---% BPM=--- PI=--.-- EXC=800"),
        [
            "SpO2 NoReading",
            "PulseRate NoReading",
            "PerfusionIndex NoReading"
        ]
    );
}

#[test]
fn zero_is_no_value() {
    assert_eq!(
        values_of("SPO2=000% BPM=000 PI=00.00% EXC=800"),
        [
            "SpO2 NoReading",
            "PulseRate NoReading",
            "PerfusionIndex NoReading"
        ]
    );
}

#[test]
fn a_number_that_cannot_be_is_out_of_range() {
    assert_eq!(
        values_of("SPO2=101% BPM=351 PI=30.01 EXC=800"),
        [
            "SpO2 OutOfRange",
            "PulseRate OutOfRange",
            "PerfusionIndex OutOfRange"
        ]
    );
    assert_eq!(
        values_of("SPO2=100% BPM=350 PI=30.00 EXC=800"),
        ["SpO2 100", "PulseRate 350", "PerfusionIndex 30"]
    );
}

#[test]
fn a_sensor_that_is_not_on_the_patient_gives_no_value_even_with_numbers_beside_it() {
    for (exceptions, why) in [
        ("001", "NoSensor"),
        ("820", "SensorOff"),
        ("808", "Searching"),
        ("021", "NoSensor"),
        ("828", "SensorOff"),
        ("C2C", "SensorOff"),
        ("88A", "NoReading"),
    ] {
        let values = values_of(&format!("SPO2=098% BPM=123 PI=01.20 EXC={exceptions}"));
        let expected = ["SpO2", "PulseRate", "PerfusionIndex"].map(|of| format!("{of} {why}"));
        assert_eq!(values[..3], expected, "{exceptions}");
    }
    for exceptions in ["802", "880"] {
        let values = values_of(&format!("SPO2=098% BPM=123 EXC={exceptions}"));
        assert_eq!(values[..2], ["SpO2 NoReading", "PulseRate NoReading"]);
    }
}

#[test]
fn what_the_oximeter_doubts_is_questionable() {
    for exceptions in ["804", "810", "840", "C00", "0000C54"] {
        assert_eq!(
            values_of(&format!("SPO2=098% BPM=123 PI=01.20 EXC={exceptions}")),
            ["SpO2 98?", "PulseRate 123?", "PerfusionIndex 1.2?"],
            "{exceptions}"
        );
    }
    assert_eq!(
        values_of("SPO2=---% BPM=123 EXC=C00"),
        ["SpO2 NoReading", "PulseRate 123?"]
    );
}

#[test]
fn reserved_bits_and_those_that_nobody_knows_change_nothing() {
    assert_eq!(
        values_of("SPO2=098% BPM=123 EXC=FFFFF300"),
        ["SpO2 98", "PulseRate 123"]
    );
}

#[test]
fn a_model_without_perfusion_index_says_nothing_of_it() {
    assert_eq!(
        values_of("SN=0000093112 SPO2=098% BPM=123 DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000800"),
        ["SpO2 98", "PulseRate 123"]
    );
}

#[test]
fn leading_nuls_and_a_cut_first_line_cost_themselves_alone() {
    check(
        b"\0\0\0 BPM=123 EXC=800\n\r\0\x0003/17/16 19:19:36 SPO2=098% BPM=123 EXC=800\n",
        &[
            "20 20 malformed",
            "23 3 before_start",
            "67 frame",
            "67 SpO2 98",
            "67 PulseRate 123",
        ],
    );
}

#[test]
fn a_line_that_another_cuts_off_costs_itself_alone() {
    check(
        b"03/17/16 19:19:35 SPO2=098% B03/17/16 19:19:36 SPO2=097% BPM=123 EXC=800\n",
        &[
            "29 29 before_start",
            "73 frame",
            "73 SpO2 97",
            "73 PulseRate 123",
        ],
    );
}

#[test]
fn the_printout_of_the_trend_memory_gives_no_value() {
    check(
        b"07/21/04 09:56:12 SpO2=097 PR=069 PI=04.69 EXC=800:SET\n",
        &["55 55 unknown"],
    );
}
