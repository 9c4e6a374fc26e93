use chairside_model::{Measured, MonoTime, Reading};
use chairside_protocol::nellcor::INFO;
use chairside_protocol::{DriverOutput, Finding, LineInput};

use super::*;

fn well() -> VitalSigns {
    VitalSigns {
        pulse_rate: Signal::Value(71.5),
        spo2: Signal::Value(96.4),
        perfusion_index: Signal::Value(2.8),
        ..VitalSigns::UNMONITORED
    }
}

fn without(missing: Missing) -> VitalSigns {
    VitalSigns {
        pulse_rate: Signal::Missing(missing),
        spo2: Signal::Missing(missing),
        ..well()
    }
}

/// Runs the device through these lines' patients and returns what the driver finds, without the
/// frames, one line a finding.
fn run(patients: &[VitalSigns]) -> Vec<String> {
    let mut device = Nellcor::default();
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    for patient in patients {
        let at = device.next_deadline().expect("there is always a next line");
        let mut line = Vec::new();
        device.handle(at, &[], patient, &mut line);
        let now = MonoTime::from_start(at);
        driver.handle(now, LineInput::Received(&line), &mut out);
    }
    out.events
        .into_iter()
        .filter_map(|event| match event.finding {
            Finding::Frame => None,
            Finding::Reading(Reading::Numeric(numeric)) => Some(match numeric.measured {
                Measured::Valid(value) => format!("{} {value}", numeric.metric),
                Measured::Questionable(value) => format!("{} {value}?", numeric.metric),
                Measured::Unavailable(why) => format!("{} {}", numeric.metric, why.name()),
            }),
            Finding::DeviceAlarm { text, .. } => Some(format!("alarm {text}")),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn the_driver_reads_the_patient_rounded_half_up() {
    assert_eq!(
        run(&[well(), well()]),
        ["SpO2 96", "PulseRate 72", "SpO2 96", "PulseRate 72"]
    );
}

#[test]
fn every_number_of_digits_is_read_under_one_heading() {
    let patients = [5.0, 42.0, 99.0, 100.0, 9.0].map(|number| VitalSigns {
        pulse_rate: Signal::Value(number),
        spo2: Signal::Value(number),
        ..well()
    });
    let values: Vec<_> = run(&patients)
        .into_iter()
        .filter(|found| !found.starts_with("alarm"))
        .collect();
    assert_eq!(
        values,
        [
            "SpO2 5",
            "PulseRate 5",
            "SpO2 42",
            "PulseRate 42",
            "SpO2 99",
            "PulseRate 99",
            "SpO2 100",
            "PulseRate 100",
            "SpO2 9",
            "PulseRate 9",
        ]
    );
}

#[test]
fn every_reason_for_no_value_comes_through() {
    for (patient, why) in [
        (without(Missing::ProbeOff), "SensorOff"),
        (without(Missing::Searching), "Searching"),
        (without(Missing::Motion), "NoReading"),
        (without(Missing::Occluded), "NoReading"),
        (without(Missing::NoReading), "NoReading"),
        (VitalSigns::UNMONITORED, "NoSensor"),
    ] {
        let expected = ["SpO2", "PulseRate"].map(|of| format!("{of} {why}"));
        assert_eq!(run(&[patient]), expected);
    }
}

#[test]
fn its_own_limits_are_alarms() {
    let low = VitalSigns {
        pulse_rate: Signal::Value(49.0),
        spo2: Signal::Value(84.0),
        ..well()
    };
    let fast = VitalSigns {
        pulse_rate: Signal::Value(141.0),
        ..well()
    };
    let told = run(&[well(), low, low, fast, well(), low]);
    let alarms: Vec<_> = told
        .iter()
        .filter_map(|told| told.strip_prefix("alarm "))
        .collect();
    assert_eq!(
        alarms,
        [
            "SpO2 low",
            "pulse rate low",
            "pulse rate high",
            "SpO2 low",
            "pulse rate low"
        ]
    );
}

#[test]
fn the_heading_comes_first_and_after_every_25_lines() {
    let mut device = Nellcor::default();
    for number in 0..100 {
        let at = Duration::from_secs(2 * number);
        assert_eq!(device.next_deadline(), Some(at));
        let mut line = Vec::new();
        device.handle(at, &[], &well(), &mut line);
        let lines = line.split(|&byte| byte == b'\n').count() - 1;
        assert_eq!(lines, if number % 25 == 0 { 4 } else { 1 }, "{number}");
    }
    let mut line = Vec::new();
    device.handle(Duration::from_mins(5), &[], &well(), &mut line);
    assert!(line.is_empty(), "what a stop missed is left out");
    assert_eq!(device.next_deadline(), Some(Duration::from_secs(302)));
}

#[test]
fn an_xoff_in_some_noise_is_mended_by_the_drivers_xon() {
    let mut device = Nellcor::default();
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(MonoTime::ZERO, LineInput::Opened, &mut out);
    device.handle(Duration::ZERO, &[0x55, XOFF], &well(), &mut Vec::new());
    let mut heard = Vec::new();
    for second in 1..20 {
        let at = Duration::from_secs(second);
        let now = MonoTime::from_start(at);
        if driver.next_deadline().is_some_and(|due| due <= now) {
            driver.handle(now, LineInput::Tick, &mut out);
        }
        let mut line = Vec::new();
        let sent = std::mem::take(&mut out.transmit);
        device.handle(at, &sent, &well(), &mut line);
        if !line.is_empty() {
            driver.handle(now, LineInput::Received(&line), &mut out);
            heard.push(second);
        }
    }
    assert_eq!(heard, [6, 8, 10, 12, 14, 16, 18]);
}
