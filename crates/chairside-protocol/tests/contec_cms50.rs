//! The Contec driver from the outside: bytes in, findings out.

use std::time::Duration;

use chairside_model::{Measured, Metric, MonoTime, Reading};
use chairside_protocol::contec_cms50::INFO;
use chairside_protocol::contec_cms50::message::{Command, Generation, Sample};
use chairside_protocol::{DriverOutput, Finding, LineInput};

#[path = "support/bench.rs"]
mod bench;
#[path = "contec_cms50/shared_files.rs"]
mod shared_files;
use bench::Bench;

const WELL: Sample = Sample {
    strength: 7,
    beep: false,
    saturation_low: false,
    searching_too_long: false,
    searching: false,
    probe_error: false,
    pleth: 30,
    bar: 3,
    rate: Some(72),
    saturation: Some(97),
    perfusion_index: Some(412),
};

const GENERATIONS: [Generation; 2] = [Generation::Old, Generation::V7];

fn emitted(generation: Generation, samples: impl IntoIterator<Item = Sample>) -> Vec<u8> {
    let mut line = Vec::new();
    for sample in samples {
        sample.emit(generation, &mut line);
    }
    line
}

/// Returns what is found in the bytes but for frames and curves, one line a finding.
fn found(bytes: &[u8]) -> Vec<String> {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(MonoTime::ZERO, LineInput::Received(bytes), &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Closed, &mut out);
    assert!(out.transmit.is_empty(), "nobody opened the line");
    let shown = out.events.iter().filter_map(|event| match &event.finding {
        Finding::Frame | Finding::Reading(Reading::Waveform(_)) => None,
        Finding::Reading(Reading::Numeric(numeric)) => Some(match numeric.measured {
            Measured::Valid(value) => format!("{} {value}", numeric.metric),
            Measured::Questionable(value) => format!("{} {value}?", numeric.metric),
            Measured::Unavailable(why) => format!("{} {}", numeric.metric, why.name()),
        }),
        Finding::DeviceAlarm { priority, text } => Some(format!("{}: {text}", priority.name())),
        Finding::Discarded { bytes, why } => Some(format!("{bytes} {why}")),
        other => Some(format!("{other:?}")),
    });
    shown.collect()
}

/// Returns what a second of this sample gives.
fn second_of(generation: Generation, sample: Sample) -> Vec<String> {
    found(&emitted(generation, [sample; 60]))
}

fn curve(bytes: &[u8]) -> Vec<Vec<i32>> {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(MonoTime::ZERO, LineInput::Received(bytes), &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Closed, &mut out);
    let runs = out
        .events
        .into_iter()
        .filter_map(|event| match event.finding {
            Finding::Reading(Reading::Waveform(run)) => {
                assert_eq!(run.metric, Metric::Pleth);
                assert_eq!(run.sample_period.as_micros(), 16_666);
                Some(run.samples.to_vec())
            }
            _ => None,
        });
    runs.collect()
}

#[test]
fn each_generation_gives_its_numbers_once_a_second() {
    let three_seconds = |generation| found(&emitted(generation, [WELL; 180]));
    let old = ["SpO2 97", "PulseRate 72"];
    assert_eq!(three_seconds(Generation::Old), [old; 3].concat());
    let v7 = ["SpO2 97", "PulseRate 72", "PerfusionIndex 4.12"];
    assert_eq!(three_seconds(Generation::V7), [v7; 3].concat());
}

#[test]
fn a_number_that_changes_is_given_at_once() {
    let lower = Sample {
        saturation: Some(96),
        ..WELL
    };
    let bytes = emitted(Generation::Old, [[WELL; 10], [lower; 10]].concat());
    let expected = ["SpO2 97", "PulseRate 72", "SpO2 96", "PulseRate 72"];
    assert_eq!(found(&bytes), expected);
}

#[test]
fn no_data_never_becomes_a_number() {
    for generation in GENERATIONS {
        for (rate, saturation) in [(None, None), (Some(0), Some(0))] {
            let none = Sample {
                rate,
                saturation,
                perfusion_index: None,
                ..WELL
            };
            let expected = ["SpO2 NoReading", "PulseRate NoReading"];
            assert_eq!(second_of(generation, none), expected);
            let searching = Sample {
                searching: true,
                ..none
            };
            let expected = ["SpO2 Searching", "PulseRate Searching"];
            assert_eq!(second_of(generation, searching), expected);
        }
    }
}

#[test]
fn numbers_beside_a_finger_that_is_out_are_old_and_its_curve_is_none() {
    let out = Sample {
        probe_error: true,
        pleth: 64,
        perfusion_index: None,
        ..WELL
    };
    for generation in GENERATIONS {
        let expected = ["SpO2 SensorOff", "PulseRate SensorOff"];
        assert_eq!(second_of(generation, out), expected);
        assert!(curve(&emitted(generation, [out; 60])).is_empty());
    }
    let in_vain = Sample {
        searching_too_long: true,
        ..WELL
    };
    let expected = ["SpO2 Searching", "PulseRate Searching"];
    assert_eq!(second_of(Generation::Old, in_vain), expected);
}

#[test]
fn numbers_while_the_pulse_is_looked_for_are_doubted() {
    let searching = Sample {
        searching: true,
        ..WELL
    };
    assert_eq!(
        second_of(Generation::Old, searching),
        ["SpO2 97?", "PulseRate 72?"]
    );
}

#[test]
fn a_perfusion_index_is_trusted_no_further_than_the_numbers_beside_it() {
    for (sample, index) in [
        (
            Sample {
                probe_error: true,
                ..WELL
            },
            None,
        ),
        (
            Sample {
                searching_too_long: true,
                ..WELL
            },
            None,
        ),
        (
            Sample {
                searching: true,
                ..WELL
            },
            Some("PerfusionIndex 4.12?"),
        ),
        (
            Sample {
                perfusion_index: Some(0),
                ..WELL
            },
            None,
        ),
    ] {
        let bytes = emitted(Generation::V7, [[WELL; 10], [sample; 10]].concat());
        let found = found(&bytes);
        let last = found.last().unwrap();
        match index {
            Some(index) => assert_eq!(last, index),
            None => assert!(
                !last.contains(|letter: char| letter.is_ascii_digit()),
                "{last}"
            ),
        }
        assert!(last.starts_with("PerfusionIndex "), "{last}");
    }
}

#[test]
fn the_devices_own_alarm_is_told_each_time_it_begins() {
    let low = Sample {
        saturation: Some(86),
        saturation_low: true,
        perfusion_index: None,
        ..WELL
    };
    let over = Sample {
        saturation_low: false,
        ..low
    };
    let numbers = ["SpO2 86", "PulseRate 72"];
    let alarm = ["low: low saturation"];
    let bytes = emitted(
        Generation::V7,
        [[low; 120], [over; 120], [low; 120]].concat(),
    );
    let expected = [
        &numbers[..],
        &alarm,
        &numbers,
        &numbers,
        &numbers,
        &numbers,
        &alarm,
        &numbers,
    ]
    .concat();
    assert_eq!(found(&bytes), expected);
    let alarm = &second_of(Generation::Old, low)[2];
    assert_eq!(alarm, "low: saturation dropping");
}

#[test]
fn a_perfusion_index_that_was_there_and_is_not_is_told() {
    let none = Sample {
        perfusion_index: None,
        ..WELL
    };
    let bytes = emitted(Generation::V7, [[WELL; 10], [none; 10]].concat());
    assert_eq!(found(&bytes).last().unwrap(), "PerfusionIndex NoReading");
}

#[test]
fn the_curve_comes_in_tenths_of_a_second_and_a_gap_ends_a_run() {
    let sample = |pleth| Sample { pleth, ..WELL };
    let mut bytes = emitted(Generation::V7, (0..16).map(sample));
    // The tenth sample loses a byte.
    bytes.remove(9 * 9 + 4);
    let runs = curve(&bytes);
    assert_eq!(
        runs,
        [
            vec![0, 1, 2, 3, 4, 5],
            vec![6, 7, 8],
            vec![10, 11, 12, 13, 14, 15]
        ]
    );
}

#[test]
fn a_jump_that_no_patient_makes_waits_until_it_has_lasted() {
    let other = Sample {
        saturation: Some(60),
        rate: Some(180),
        perfusion_index: None,
        ..WELL
    };
    let calm = Sample {
        perfusion_index: None,
        ..WELL
    };
    let once = [&[calm; 10][..], &[other], &[calm; 10]].concat();
    let found_once = found(&emitted(Generation::Old, once));
    assert_eq!(found_once, ["SpO2 97", "PulseRate 72", "5 before_start"]);
    let stays = [&[calm; 10][..], &[other; 10]].concat();
    let found_stays = found(&emitted(Generation::Old, stays));
    assert_eq!(found_stays[2..], ["SpO2 60", "PulseRate 180"]);
}

#[test]
fn that_of_v7_is_asked_and_told_that_somebody_is_there() {
    let mut bench = Bench::with(&INFO);
    bench.input(LineInput::Opened);
    assert!(bench.out.transmit.is_empty(), "it listens first");
    assert_eq!(bench.wait(), Duration::from_millis(300));
    assert_eq!(
        Command::parse(&bench.out.transmit),
        Ok(Command::StartRealTime)
    );
    assert_eq!(bench.wait(), Duration::from_secs(2));
    assert_eq!(
        Command::parse(&bench.out.transmit),
        Ok(Command::StartRealTime)
    );

    let second = emitted(Generation::V7, [WELL; 60]);
    bench.input(LineInput::Received(&second));
    let mut told = Vec::new();
    for _ in 0..12 {
        let second_ends = bench.now + Duration::from_secs(1);
        while bench
            .driver
            .next_deadline()
            .is_some_and(|due| due <= second_ends)
        {
            bench.wait();
            told.push(Command::parse(&bench.out.transmit));
        }
        bench.now = second_ends;
        bench.input(LineInput::Received(&second));
    }
    assert_eq!(told, [Ok(Command::KeepAlive); 3], "at 0, 5 and 10 s");
    bench.wait();
    assert_eq!(
        Command::parse(&bench.out.transmit).ok().or_else(|| {
            bench.wait();
            Command::parse(&bench.out.transmit).ok()
        }),
        Some(Command::StartRealTime),
        "it fell silent"
    );
    bench.input(LineInput::Closed);
    assert_eq!(bench.driver.next_deadline(), None);
}

#[test]
fn the_old_one_is_never_spoken_to() {
    let mut bench = Bench::with(&INFO);
    bench.input(LineInput::Opened);
    bench.input(LineInput::Received(&emitted(Generation::Old, [WELL; 10])));
    assert!(bench.out.transmit.is_empty());
    assert_eq!(bench.driver.next_deadline(), None);
}
