//! The monitor's own alarms.

use super::*;

fn status(alarms: &[Alarm]) -> Vec<u8> {
    let mut status = AlarmStatus {
        header: HEADER,
        sound_on: true,
        silence: 0,
        alarms: [Alarm::NONE; 5],
    };
    status.alarms[..alarms.len()].copy_from_slice(alarms);
    let mut bytes = Vec::new();
    status.emit(&mut bytes);
    bytes
}

fn told(found: Vec<Finding>) -> Vec<String> {
    found
        .into_iter()
        .filter_map(|finding| match finding {
            Finding::DeviceAlarm { priority, text } => Some(format!("{} {text}", priority.name())),
            _ => None,
        })
        .collect()
}

#[test]
fn an_alarm_is_told_in_the_monitors_words_when_it_begins() {
    let mut bench = Bench::listening();
    let mut tell = |alarms: &[Alarm]| told(bench.findings(&status(alarms)));
    let low = Alarm::new("SpO2 LOW", Colour::Yellow);
    let apnea = Alarm::new("APNEA", Colour::Red);
    assert_eq!(tell(&[]), [""; 0]);
    assert_eq!(tell(&[low]), ["medium SpO2 LOW"]);
    assert_eq!(tell(&[low]), [""; 0]);
    // It moves down when a more urgent one comes.
    assert_eq!(tell(&[apnea, low]), ["high APNEA"]);
    // It turned red: that is told.
    let red = Alarm::new("SpO2 LOW", Colour::Red);
    assert_eq!(tell(&[apnea, red]), ["high SpO2 LOW"]);
    assert_eq!(tell(&[]), [""; 0]);
    assert_eq!(tell(&[low]), ["medium SpO2 LOW"]);
}

#[test]
fn a_text_without_a_colour_is_no_alarm_and_one_that_cannot_be_read_is_one() {
    let mut bench = Bench::listening();
    let mut tell = |alarms: &[Alarm]| told(bench.findings(&status(alarms)));
    assert_eq!(tell(&[Alarm::new("ready", Colour::None)]), [""; 0]);
    let long = "X".repeat(90);
    let alarms = [
        Alarm::new("\u{e9}", Colour::White),
        Alarm::new("  ", Colour::White),
        Alarm::new(&long, Colour::White),
    ];
    let expected = [
        "low \u{fffd}\u{fffd}".to_owned(),
        "low alarm without words".to_owned(),
        format!("low {}", &long[..80]),
    ];
    assert_eq!(tell(&alarms), expected);
}

#[test]
fn asystole_and_apnoea_are_told_by_a_monitor_that_sends_no_alarms() {
    let mut bench = Bench::listening();
    let mut displayed = well();
    displayed.ecg.status = displayed.ecg.status | EcgStatus::ASYSTOLE;
    displayed.co2.status = displayed.co2.status | Co2Status::APNOEA;
    let expected = ["medium asystole", "medium apnea"];
    assert_eq!(told(bench.send(&displayed)), expected);
    assert_eq!(told(bench.send(&displayed)), [""; 0]);
    assert_eq!(told(bench.send(&well())), [""; 0]);
    assert_eq!(told(bench.send(&displayed)), expected);
    // The priority is not said, and the middle is taken.
    assert_eq!(DeviceAlarmPriority::Medium.name(), "medium");
}

#[test]
fn apnoea_is_no_alarm_while_the_monitors_apnoea_alarm_is_off() {
    let mut displayed = well();
    displayed.co2.status = displayed.co2.status
        | Co2Status::APNOEA
        | Co2Status::APNOEA_BY_IMPEDANCE
        | Co2Status::APNOEA_OFF;
    assert_eq!(told(Bench::listening().send(&displayed)), [""; 0]);
}

#[test]
fn a_monitor_that_sends_its_alarms_says_them_once() {
    let mut bench = Bench::listening();
    bench.findings(&status(&[Alarm::new("ASYSTOLE", Colour::Red)]));
    let mut displayed = well();
    displayed.ecg.status = displayed.ecg.status | EcgStatus::ASYSTOLE;
    assert_eq!(told(bench.send(&displayed)), [""; 0]);
}
