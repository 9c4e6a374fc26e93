//! Messages of real monitors.

use chairside_shared_files::find;

use super::*;

/// Returns the bytes of a capture, where the captures are at hand.
fn capture(name: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(find("devices/captures/hl7-oru")?.join(name));
    Some(bytes.expect("the captures are there when their folder is"))
}

#[test]
fn the_message_of_a_comen_gives_its_numbers_once() {
    let Some(bytes) = capture("comen-nc-monitor.hl7") else {
        return;
    };
    let expected = [
        "SpO2 97",
        "PulseRate 59",
        "RespirationRate 20",
        "Temperature 37",
        "cuff 120/80/90 0 s ago",
    ];
    assert_eq!(lines_of(&bytes), expected);
    // Sent again and again, the cuff's result is no new one.
    let again = lines_of(&bytes.repeat(3));
    let cuffs = again.iter().filter(|line| line.starts_with("cuff"));
    assert_eq!(cuffs.count(), 1);
}

#[test]
fn the_message_of_a_monitor_without_a_patient_gives_no_number() {
    let Some(bytes) = capture("xh80x-sentinels.hl7") else {
        return;
    };
    assert_eq!(
        lines_of(&bytes),
        [
            "identity 00A037009B000000",
            "SpO2 NoReading",
            "HeartRate NoReading",
            "Temperature NoReading"
        ]
    );
}

#[test]
fn the_messages_are_read_the_same_wherever_they_are_cut() {
    for name in ["comen-nc-monitor.hl7", "xh80x-sentinels.hl7"] {
        let Some(bytes) = capture(name) else {
            return;
        };
        let whole = events_of(&bytes);
        for cut in 1..bytes.len() {
            let mut driver = (INFO.build)();
            let mut out = DriverOutput::default();
            for piece in [&bytes[..cut], &bytes[cut..]] {
                driver.handle(NOW, LineInput::Received(piece), &mut out);
            }
            driver.handle(NOW, LineInput::Closed, &mut out);
            assert_eq!(out.events, whole, "{name} cut at {cut}");
        }
    }
}

#[test]
fn a_damaged_message_costs_itself_alone_and_gives_nothing_impossible() {
    let Some(bytes) = capture("comen-nc-monitor.hl7") else {
        return;
    };
    for at in 0..bytes.len() {
        for with in [0x0B, 0x1C, b'\r', b'|', 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] = with;
            damaged.extend_from_slice(&bytes.repeat(2));
            let frames = events_of(&damaged).into_iter();
            let frames = frames
                .filter(|event| event.finding == Finding::Frame)
                .count();
            assert!(frames >= 1, "{with:02x} at {at}: {frames}");
        }
    }
}
