use chairside_model::{Measured, Metric, MonoTime, Reading};
use chairside_protocol::nonin::INFO;
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
    let [pulse_rate, spo2, perfusion_index] = [Signal::Missing(missing); 3];
    VitalSigns {
        pulse_rate,
        spo2,
        perfusion_index,
        ..well()
    }
}

/// Runs the device through the given moments' patients, and returns when it spoke and the driver's
/// readings.
fn run(
    mut device: Nonin,
    until: Duration,
    patient: impl Fn(Duration) -> VitalSigns,
) -> (Vec<Duration>, Vec<Reading>) {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    let mut spoke = Vec::new();
    while let Some(at) = device.next_deadline().filter(|at| *at < until) {
        let mut line = Vec::new();
        device.handle(at, &[], &patient(at), &mut line);
        let now = MonoTime::from_start(at);
        driver.handle(now, LineInput::Received(&line), &mut out);
        spoke.push(at);
    }
    let now = MonoTime::from_start(until);
    driver.handle(now, LineInput::Closed, &mut out);
    let readings = out
        .events
        .into_iter()
        .filter_map(|event| match event.finding {
            Finding::Reading(reading) => Some(reading),
            Finding::Frame => None,
            other => panic!("{other:?}"),
        });
    (spoke, readings.collect())
}

fn numerics(readings: &[Reading]) -> Vec<String> {
    readings
        .iter()
        .filter_map(|reading| match reading {
            Reading::Numeric(numeric) => Some(match numeric.measured {
                Measured::Valid(value) => format!("{} {value}", numeric.metric),
                Measured::Questionable(value) => format!("{} {value}?", numeric.metric),
                Measured::Unavailable(why) => format!("{} {}", numeric.metric, why.name()),
            }),
            Reading::Waveform(_) | Reading::Cuff(_) => None,
        })
        .collect()
}

fn curve(readings: &[Reading]) -> Vec<i32> {
    let runs = readings.iter().filter_map(|reading| match reading {
        Reading::Waveform(run) => {
            assert_eq!(run.metric, Metric::Pleth);
            Some(run.samples.to_vec())
        }
        Reading::Numeric(_) | Reading::Cuff(_) => None,
    });
    runs.flatten().collect()
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_driver_reads_the_patient_rounded_half_up_in_every_format() {
    for device in [Nonin::format2(), Nonin::format7(), Nonin::format8()] {
        let shown = format!("{device:?}");
        let (_, readings) = run(device, 3 * SECOND, |_| well());
        let numerics = numerics(&readings);
        assert!(numerics.len() >= 6, "{shown}");
        for pair in numerics.chunks(2) {
            assert_eq!(pair, ["SpO2 96", "PulseRate 72"], "{shown}");
        }
    }
}

#[test]
fn every_rate_from_18_to_321_is_read_as_it_is() {
    for rate in [18.0, 72.0, 127.0, 128.0, 140.0, 255.0, 256.0, 321.0] {
        let pulse_rate = Signal::Value(rate);
        for device in [Nonin::format2(), Nonin::format7(), Nonin::format8()] {
            let patient = |_| VitalSigns {
                pulse_rate,
                ..well()
            };
            let (_, readings) = run(device, 3 * SECOND, patient);
            assert_eq!(numerics(&readings)[1], format!("PulseRate {rate}"));
        }
    }
}

#[test]
fn there_are_exactly_75_frames_and_three_packets_in_every_second() {
    let (spoke, readings) = run(Nonin::format2(), 3600 * SECOND, |_| well());
    assert_eq!(spoke.len(), 75 * 3600);
    assert!(
        spoke
            .iter()
            .enumerate()
            .all(|(frame, at)| frame % 75 != 0 || at.subsec_nanos() == 0)
    );
    assert_eq!(numerics(&readings).len(), 2 * 3 * 3600);
    assert_eq!(curve(&readings).len(), 75 * 3600);
    let (spoke, _) = run(Nonin::format8(), 60 * SECOND, |_| well());
    assert_eq!(spoke, (0..60).map(Duration::from_secs).collect::<Vec<_>>());
}

#[test]
fn the_curve_of_a_beat_rises_steeply_and_has_a_notch() {
    let heights: Vec<_> = (0..100)
        .map(|phase| beat(f64::from(phase) / 100.0))
        .collect();
    let peak = (0..100)
        .max_by(|a, b| heights[*a].total_cmp(&heights[*b]))
        .unwrap();
    assert!((12..22).contains(&peak), "{peak}");
    assert!(heights[..=peak].is_sorted());
    let turns: Vec<_> = (1..99)
        .filter(|at| (heights[*at] - heights[at - 1]) * (heights[at + 1] - heights[*at]) < 0.0)
        .collect();
    assert_eq!(turns.len(), 3, "a peak, a notch, a second wave: {turns:?}");
    assert!(heights[turns[1]] < heights[turns[2]] && heights[turns[2]] < 0.7 * heights[peak]);
    assert!(
        heights[99] < 0.1 && heights[0] < 0.1,
        "{} {}",
        heights[99],
        heights[0]
    );
}

#[test]
fn the_curve_follows_the_beat_and_its_strength() {
    let beating = |index: f64| {
        move |at: Duration| VitalSigns {
            perfusion_index: Signal::Value(index),
            beat_phase: at.as_secs_f64() * 1.2 % 1.0,
            ..well()
        }
    };
    let span = |curve: &[i32]| curve.iter().max().unwrap() - curve.iter().min().unwrap();
    let (_, strong) = run(Nonin::format7(), 5 * SECOND, beating(4.0));
    let (_, weak) = run(Nonin::format7(), 5 * SECOND, beating(0.2));
    let (strong, weak) = (curve(&strong), curve(&weak));
    assert!(span(&strong) > 3 * span(&weak) && span(&weak) > 1000);
    let (_, eight_bits) = run(Nonin::format2(), 5 * SECOND, beating(4.0));
    let upper: Vec<_> = strong.iter().map(|sample| sample >> 8).collect();
    assert_eq!(curve(&eight_bits), upper);
}

#[test]
fn a_finger_that_is_out_holds_the_display_for_ten_seconds_and_is_never_read_as_a_value() {
    let mut device = Nonin::format8();
    let mut line = Vec::new();
    for second in 0..13 {
        let vitals = if second == 0 {
            well()
        } else {
            without(Missing::ProbeOff)
        };
        device.handle(second * SECOND, &[], &vitals, &mut line);
    }
    let frames: Vec<_> = line.chunks(4).collect();
    assert_eq!(frames[0], [0x80, 0x48, 0x60, 0x20]);
    assert_eq!(frames[1], [0x80, 0x48, 0x60, 0x08]);
    assert_eq!(frames[10], [0x80, 0x48, 0x60, 0x08]);
    assert_eq!(frames[11], [0x83, 0x7F, 0x7F, 0x08]);
    for device in [Nonin::format2(), Nonin::format7(), Nonin::format8()] {
        let (_, readings) = run(device, 20 * SECOND, |at| {
            if at < 4 * SECOND {
                well()
            } else {
                without(Missing::ProbeOff)
            }
        });
        let numerics = numerics(&readings);
        let first = numerics.iter().position(|text| text.contains("SensorOff"));
        let (before, after) = numerics.split_at(first.expect("it was told"));
        assert!(before.iter().all(|text| !text.contains("SensorOff")));
        assert!(after.iter().all(|text| text.contains("SensorOff")));
    }
}

#[test]
fn motion_and_searching_are_told_from_a_series_without_a_number() {
    for (missing, expected) in [
        (Missing::Searching, "SpO2 Searching"),
        (Missing::Motion, "SpO2 Searching"),
        (Missing::NoReading, "SpO2 NoReading"),
        (Missing::ProbeOff, "SpO2 SensorOff"),
    ] {
        for device in [Nonin::format2(), Nonin::format7(), Nonin::format8()] {
            let (_, readings) = run(device, 3 * SECOND, |_| without(missing));
            assert_eq!(numerics(&readings)[0], expected, "{missing:?}");
        }
    }
}

#[test]
fn a_moving_hand_doubts_the_value_that_is_left() {
    for device in [Nonin::format2(), Nonin::format8()] {
        let (_, readings) = run(device, 3 * SECOND, |_| VitalSigns {
            pulse_rate: Signal::Missing(Missing::Motion),
            ..well()
        });
        assert_eq!(
            numerics(&readings)[..2],
            ["SpO2 96?", "PulseRate Searching"]
        );
    }
}

#[test]
fn a_patient_without_an_oximeter_has_no_sensor() {
    let (_, readings) = run(Nonin::default(), SECOND, |_| VitalSigns {
        spo2: Signal::NoChannel,
        pulse_rate: Signal::NoChannel,
        ..well()
    });
    assert_eq!(
        numerics(&readings)[..2],
        ["SpO2 NoSensor", "PulseRate NoSensor"]
    );
    assert!(curve(&readings).is_empty());
}

#[test]
fn what_it_missed_while_it_was_stopped_is_left_out() {
    let mut device = Nonin::format2();
    let mut line = Vec::new();
    device.handle(Duration::ZERO, &[], &well(), &mut line);
    assert_eq!(line.len(), 5);
    line.clear();
    device.handle(Duration::from_millis(3_600_100), &[], &well(), &mut line);
    assert!(line.is_empty(), "it begins with a packet");
    let next = device.next_deadline().unwrap();
    assert_eq!(next, Duration::from_nanos(3_600_333_333_333));
    device.handle(next, &[], &well(), &mut line);
    assert_eq!(line[..2], [0x01, 0x83]);
    // A short delay is caught up.
    line.clear();
    device.handle(next + SECOND / 3, &[], &well(), &mut line);
    assert_eq!(line.len(), 5 * 25);
}
