//! What observations say, and what they do not.

use chairside_protocol::{DriverOutput, LineInput};

use super::*;

#[test]
fn each_code_is_its_own_metric() {
    let all = [
        obx(147_842, "66", BPM, ""),
        obx(149_530, "67", BPM, ""),
        obx(150_456, "97", PERCENT, ""),
        obx(150_448, "3.5", PERCENT, ""),
        obx(151_562, "14", 264_928, ""),
        obx(151_578, "15", 264_928, ""),
        obx(151_708, "38", MMHG, ""),
        obx(151_716, "0", MMHG, ""),
        obx(150_344, "36.8", CELSIUS, ""),
    ];
    check(
        &all,
        &[
            "HeartRate 66",
            "PulseRate 67",
            "SpO2 97",
            "PerfusionIndex 3.5",
            "RespirationRate 14",
            "EffortRate 15",
            "EtCO2 38",
            "FiCO2 0",
            "Temperature 36.8",
        ],
    );
}

#[test]
fn of_two_sensors_the_first_counts_and_is_not_stood_in_for() {
    check(
        &[
            obx(150_456, "---", PERCENT, ""),
            obx(150_456, "97", PERCENT, ""),
        ],
        &["SpO2 NoReading"],
    );
}

#[test]
fn no_sentinel_is_a_number() {
    for value in [
        "", "---", "-1", "-999", "-99.9", "32767", "65535", "101", "127", "0", "1",
    ] {
        check(&[obx(150_456, value, PERCENT, "")], &["SpO2 NoReading"]);
    }
    for value in ["0.0", "0.1", "19.9", "-100", "-10000"] {
        check(
            &[obx(150_344, value, CELSIUS, "")],
            &["Temperature NoReading"],
        );
    }
    // Of a heart that stands still.
    check(&[obx(147_842, "0", BPM, "")], &["HeartRate 0"]);
    check(&[obx(147_842, "351", BPM, "")], &["HeartRate OutOfRange"]);
}

#[test]
fn a_unit_that_is_not_known_gives_no_value() {
    check(&[obx(151_708, "5.0", 265_987, "")], &["EtCO2 37.5"]);
    check(&[obx(151_708, "5.0", PERCENT, "")], &["EtCO2 NoReading"]);
    let unknown = "OBX||NM|150456^^MDC|1|97|||||||F".to_owned();
    check(&[unknown], &["SpO2 NoReading"]);
}

#[test]
fn a_value_is_as_old_as_the_monitor_says() {
    check(
        &[
            obx(150_456, "97", PERCENT, "20250610015130"),
            obx(150_344, "36.8", CELSIUS, "20250610014130"),
            // Of a clock with another zone: it cannot be said how old.
            obx(147_842, "66", BPM, "20250610014130+0800"),
        ],
        &["SpO2 97", "Temperature 36.8 600 s ago", "HeartRate 66"],
    );
}

#[test]
fn the_sender_says_once_who_it_is() {
    let text = b"\x0BMSH|^~\\&|XH80X^00A037009B000000^EUI-64||||||ORU^R01|1|P|2.4\r\x1C\r";
    let lines = lines_of(&text.repeat(3));
    assert_eq!(lines, ["identity 00A037009B000000"]);
}

#[test]
fn what_is_not_read_is_told_of_and_refused() {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(NOW, LineInput::Opened, &mut out);
    let alarm =
        b"\x0BMSH|^~\\&|M||||2025||ORU^R40^ORU_R40|8|P|2.6\rOBX||NM|150456^^MDC||97\r\x1C\r";
    driver.handle(NOW, LineInput::Received(alarm), &mut out);
    let events: Vec<_> = out.events.iter().map(|event| &event.finding).collect();
    let told = format!("{events:?}");
    assert_eq!(
        told,
        format!("[Discarded {{ bytes: {}, why: Unknown }}]", alarm.len())
    );
    assert_eq!(
        String::from_utf8_lossy(&out.transmit),
        "\u{B}MSH|^~\\&|Chairside||M||2025||ACK^R01^ACK|8|P|2.6\rMSA|AR|8\r\u{1C}\r"
    );
}

#[test]
fn every_message_is_answered_while_the_line_is_open() {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(NOW, LineInput::Opened, &mut out);
    let text = message(&[]);
    driver.handle(NOW, LineInput::Received(&text.repeat(2)), &mut out);
    let answer = "\u{B}MSH|^~\\&|Chairside||Monitor||20250610015130||ACK^R01^ACK|7|P|2.6\r\
                  MSA|AA|7\r\u{1C}\r";
    assert_eq!(String::from_utf8_lossy(&out.transmit), answer.repeat(2));
    out.clear();
    driver.handle(NOW, LineInput::Closed, &mut out);
    driver.handle(NOW, LineInput::Received(&text), &mut out);
    assert!(out.transmit.is_empty(), "nobody would hear it");
}
