use chairside_model::{Measured, MonoTime, Reading};
use chairside_protocol::masimo::INFO;
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

/// Runs the device through these seconds' patients and returns what the driver finds, without
/// the frames, one line a finding.
fn run(mut device: Masimo, patients: &[VitalSigns]) -> Vec<String> {
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
            Finding::Identity(identity) => Some(format!("identity {identity}")),
            Finding::DeviceAlarm { text, .. } => Some(format!("alarm {text}")),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn the_driver_reads_the_patient_rounded_half_up() {
    assert_eq!(
        run(Masimo::radical7(), &[well(), well()]),
        [
            "SpO2 96",
            "PulseRate 72",
            "PerfusionIndex 2.8",
            "identity 0000070001",
            "SpO2 96",
            "PulseRate 72",
            "PerfusionIndex 2.8",
        ]
    );
    assert_eq!(
        run(Masimo::rad8(), &[well(), well()]),
        [
            "SpO2 96",
            "PulseRate 72",
            "identity 0000080001",
            "SpO2 96",
            "PulseRate 72"
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
        let expected = ["SpO2", "PulseRate", "PerfusionIndex"].map(|of| format!("{of} {why}"));
        assert_eq!(run(Masimo::radical7(), &[patient]), expected);
    }
}

#[test]
fn low_perfusion_makes_the_numbers_questionable() {
    let patient = VitalSigns {
        perfusion_index: Signal::Value(0.25),
        ..well()
    };
    assert_eq!(
        run(Masimo::radical7(), &[patient]),
        ["SpO2 96?", "PulseRate 72?", "PerfusionIndex 0.25?"]
    );
}

#[test]
fn its_own_limits_are_alarms() {
    let low = VitalSigns {
        pulse_rate: Signal::Value(49.0),
        spo2: Signal::Value(87.0),
        ..well()
    };
    let fast = VitalSigns {
        pulse_rate: Signal::Value(141.0),
        ..well()
    };
    let told = run(Masimo::rad8(), &[well(), low, low, fast, well(), low]);
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
fn there_is_a_line_in_every_second_and_none_for_what_a_stop_missed() {
    let mut device = Masimo::radical7();
    let mut line = Vec::new();
    for second in 0..100_000 {
        let at = Duration::from_secs(second);
        assert_eq!(device.next_deadline(), Some(at));
        line.clear();
        device.handle(at, &[], &well(), &mut line);
        assert!(line.ends_with(b"\n\r"), "{}", line.escape_ascii());
    }
    line.clear();
    device.handle(Duration::from_secs(100_010), &[], &well(), &mut line);
    assert!(line.is_empty());
    assert_eq!(device.next_deadline(), Some(Duration::from_secs(100_011)));
}
