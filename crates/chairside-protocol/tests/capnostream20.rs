//! The Capnostream 20 driver from the outside: bytes in, findings and orders out.

use std::time::Duration;

use chairside_model::{Measured, Metric, Numeric, Reading, SampleArray, Unavailable, Value};
use chairside_protocol::capnostream20::INFO;
use chairside_protocol::capnostream20::message::{
    AlarmLimits, Co2Alarms, Co2Sample, Co2Unit, DeviceId, ExtendedStatus, FastStatus, Message,
    Numerics, SlowStatus, SpO2Alarms,
};
use chairside_protocol::{Discard, DriverEvent, Finding, LineInput};

#[path = "support/bench.rs"]
mod bench;
use bench::Bench;

#[path = "capnostream20/alarms.rs"]
mod alarms;
#[path = "capnostream20/conversation.rs"]
mod conversation;
#[path = "capnostream20/shared_files.rs"]
mod shared_files;

/// EtCO2 38, FiCO2 0, respiration rate 14, SpO2 97, pulse rate 85; the time's last byte, 0x80, is
/// sent as a pair.
const NUMERICS: &[u8] = &[
    0x85, 0x1C, 0x01, 0x65, 0x5E, 0x6B, 0x80, 0x00, 0x26, 0x00, 0x0E, 0x61, 0x55, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x3C, 0x0F, 0x1E, 0x06, 0x08, 0x64, 0x58, 0x8C, 0x32, 0x01, 0x00, 0x71,
];
/// Sample 7: 38.5 mmHg, the end of a breath.
const SAMPLE: &[u8] = &[0x85, 0x05, 0x00, 0x07, 0x26, 0x80, 0x00, 0x08, 0xAC];

impl Bench {
    fn listening() -> Self {
        Self::with(&INFO)
    }

    fn opened() -> Self {
        let mut bench = Self::listening();
        bench.input(LineInput::Opened);
        bench
    }

    /// Gives these bytes and returns what follows from them, without the frames.
    fn findings(&mut self, bytes: &[u8]) -> Vec<Finding> {
        self.input(LineInput::Received(bytes))
            .into_iter()
            .map(|event| event.finding)
            .filter(|finding| *finding != Finding::Frame)
            .collect()
    }

    fn send(&mut self, message: &Message) -> Vec<Finding> {
        self.findings(&emitted(message))
    }

    /// Gives numerics beside a status and returns the five values.
    fn values(&mut self, status: FastStatus, numerics: Numerics) -> Vec<(Metric, Measured)> {
        self.send(&sample(0, status));
        self.send(&Message::Numerics(numerics))
            .into_iter()
            .filter_map(|finding| match finding {
                Finding::Reading(Reading::Numeric(numeric)) => {
                    assert_eq!(numeric.taken, self.now);
                    Some((numeric.metric, numeric.measured))
                }
                _ => None,
            })
            .collect()
    }
}

fn emitted(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.emit(&mut bytes);
    bytes
}

fn device_id() -> Message {
    let text = "V45.67 02/24/2008 B355987654  ";
    Message::DeviceId(DeviceId::new(text).expect("the text is printable and short"))
}

fn sample(number: u8, status: FastStatus) -> Message {
    Message::Wave(Co2Sample {
        number,
        pressure: 0x2680,
        status,
    })
}

fn well() -> Numerics {
    Numerics {
        device_time_s: 0x655E_6B80,
        etco2: Some(38),
        fico2: Some(0),
        respiration_rate: Some(14),
        spo2: Some(97),
        pulse_rate: Some(85),
        slow_status: SlowStatus::NONE,
        undecoded: [0; 3],
        co2_alarms: Co2Alarms::NONE,
        spo2_alarms: SpO2Alarms::NONE,
        without_breath_s: 0,
        limits: AlarmLimits {
            etco2_high: Some(60),
            etco2_low: Some(15),
            respiration_rate_high: Some(30),
            respiration_rate_low: Some(6),
            fico2_high: Some(8),
            spo2_high: Some(100),
            spo2_low: Some(88),
            pulse_rate_high: Some(140),
            pulse_rate_low: Some(50),
        },
        unit: Co2Unit::MillimetreOfMercury,
        extended_status: ExtendedStatus::NONE,
    }
}

fn valid(number: f64) -> Measured {
    Measured::Valid(Value::finite(number).expect("the tests' numbers are finite"))
}

fn none(why: Unavailable) -> Measured {
    Measured::Unavailable(why)
}

fn run(samples: &[i32]) -> Finding {
    Finding::Reading(Reading::Waveform(SampleArray {
        metric: Metric::Co2,
        sample_period: Duration::from_millis(50),
        scale: 1.0 / 256.0,
        samples: samples.into(),
    }))
}

const GAS: [Metric; 3] = [Metric::EtCO2, Metric::FiCO2, Metric::RespirationRate];
const OXIMETER: [Metric; 2] = [Metric::SpO2, Metric::PulseRate];

/// Checks that these metrics are missing for this reason and the others are there.
fn assert_missing(values: &[(Metric, Measured)], metrics: &[Metric], why: Unavailable) {
    assert_eq!(values.len(), 5);
    for (metric, measured) in values {
        if metrics.contains(metric) {
            assert_eq!(*measured, none(why), "{metric}");
        } else {
            assert!(measured.valid().is_some(), "{metric}: {measured:?}");
        }
    }
}

#[test]
fn the_worked_numerics_give_their_values() {
    let mut bench = Bench::listening();
    let now = bench.now;
    let expected = [
        (Metric::EtCO2, 38.0),
        (Metric::FiCO2, 0.0),
        (Metric::RespirationRate, 14.0),
        (Metric::SpO2, 97.0),
        (Metric::PulseRate, 85.0),
    ]
    .map(|(metric, number)| {
        Finding::Reading(Reading::Numeric(Numeric {
            metric,
            measured: valid(number),
            taken: now,
        }))
    });
    assert_eq!(bench.findings(NUMERICS), expected);
}

#[test]
fn a_frame_comes_before_its_readings_and_all_end_where_it_ends() {
    let mut bench = Bench::listening();
    let events = bench.input(LineInput::Received(NUMERICS));
    assert_eq!(events[0].finding, Finding::Frame);
    let offsets: Vec<_> = events.iter().map(|event| event.offset).collect();
    assert_eq!(offsets, [32; 6]);
}

#[test]
fn four_samples_make_a_run_and_so_does_what_is_left_when_the_line_closes() {
    let mut bench = Bench::listening();
    for number in 0..3 {
        assert_eq!(bench.send(&sample(number, FastStatus::NONE)), []);
    }
    assert_eq!(
        bench.send(&sample(3, FastStatus::NONE)),
        [run(&[0x2680; 4])]
    );
    assert_eq!(bench.findings(SAMPLE), []);
    bench.findings(&[0x85, 0x05]);
    let left = bench.input(LineInput::Closed);
    let length = 4 * emitted(&sample(0, FastStatus::NONE)).len() as u64 + SAMPLE.len() as u64;
    let (bytes, why) = (2, Discard::BeforeStart);
    let expected = [
        DriverEvent {
            offset: length,
            finding: run(&[0x2680]),
        },
        DriverEvent {
            offset: length + 2,
            finding: Finding::Discarded { bytes, why },
        },
    ];
    assert_eq!(left, expected);
    assert_eq!(bench.input(LineInput::Closed), []);
}

#[test]
fn a_run_ends_with_its_last_sample_when_anything_else_comes() {
    let damaged = [0x85, 0x05, 0x00, 0x02, 0x00];
    for other in [&damaged, NUMERICS, &emitted(&device_id()), &[0x00, 0x85]] {
        let mut bench = Bench::listening();
        bench.send(&sample(0, FastStatus::NONE));
        bench.send(&sample(1, FastStatus::NONE));
        let length = 2 * emitted(&sample(0, FastStatus::NONE)).len() as u64;
        let next = emitted(&sample(2, FastStatus::NONE));
        let events = bench.input(LineInput::Received(&[other, &next].concat()));
        let expected = DriverEvent {
            offset: length,
            finding: run(&[0x2680; 2]),
        };
        assert_eq!(events[0], expected);
        assert!(events.is_sorted_by_key(|event| event.offset), "{events:?}");
    }
}

#[test]
fn no_value_is_never_a_number() {
    let mut bench = Bench::listening();
    let values = bench.values(
        FastStatus::NONE,
        Numerics {
            etco2: None,
            fico2: None,
            respiration_rate: None,
            spo2: None,
            pulse_rate: None,
            ..well()
        },
    );
    for (metric, measured) in values {
        assert_eq!(measured, none(Unavailable::NoReading), "{metric}");
    }
}

#[test]
fn a_value_the_metric_cannot_have_is_out_of_range() {
    let mut bench = Bench::listening();
    let impossible = Numerics {
        etco2: Some(151),
        fico2: Some(254),
        respiration_rate: Some(201),
        spo2: Some(101),
        ..well()
    };
    let values = bench.values(FastStatus::NONE, impossible);
    let metrics = [GAS.as_slice(), &[Metric::SpO2]].concat();
    assert_missing(&values, &metrics, Unavailable::OutOfRange);
}

#[test]
fn no_breath_counts_as_zero_and_no_pulse_does_not() {
    let mut bench = Bench::listening();
    for no_signal in [0, 1] {
        let values = bench.values(
            FastStatus::NONE,
            Numerics {
                etco2: Some(0),
                respiration_rate: Some(0),
                spo2: Some(no_signal),
                pulse_rate: Some(no_signal),
                ..well()
            },
        );
        assert_eq!(values[0], (Metric::EtCO2, valid(0.0)));
        assert_eq!(values[2], (Metric::RespirationRate, valid(0.0)));
        assert_missing(&values, &OXIMETER, Unavailable::NoReading);
    }
}

#[test]
fn pressures_are_in_mmhg_whatever_the_monitor_displays() {
    let mut bench = Bench::listening();
    let kilopascal = Numerics {
        unit: Co2Unit::Kilopascal,
        etco2: Some(51),
        fico2: Some(1),
        ..well()
    };
    let values = bench.values(FastStatus::NONE, kilopascal);
    assert_eq!(values[0], (Metric::EtCO2, valid(38.25)));
    assert_eq!(values[1], (Metric::FiCO2, valid(0.75)));
    let percent = Numerics {
        unit: Co2Unit::VolumePercent,
        ..kilopascal
    };
    let values = bench.values(FastStatus::NONE, percent);
    assert_missing(
        &values,
        &[Metric::EtCO2, Metric::FiCO2],
        Unavailable::NoReading,
    );
}

#[test]
fn what_the_capnograph_does_says_why_there_is_no_value() {
    for (status, why) in [
        (FastStatus::INITIALISING, Unavailable::Calibrating),
        (FastStatus::SELF_MAINTENANCE, Unavailable::Calibrating),
        (FastStatus::OCCLUSION, Unavailable::NoReading),
        (FastStatus::PURGING, Unavailable::NoReading),
        (FastStatus::MALFUNCTION, Unavailable::NoReading),
        (FastStatus::FILTERLINE_OFF, Unavailable::NoSensor),
    ] {
        let status = status.union(FastStatus::INVALID);
        // Whether the monitor still shows its last value or not.
        for etco2 in [Some(38), None] {
            let mut bench = Bench::listening();
            let values = bench.values(status, Numerics { etco2, ..well() });
            assert_missing(&values, &GAS, why);
        }
    }
    let pump_off = Numerics {
        extended_status: ExtendedStatus::PUMP_OFF,
        ..well()
    };
    let values = Bench::listening().values(FastStatus::NONE, pump_off);
    assert_missing(&values, &GAS, Unavailable::NoReading);
}

#[test]
fn a_single_bad_sample_does_not_cost_the_values() {
    let values = Bench::listening().values(FastStatus::INVALID, well());
    assert_missing(&values, &[], Unavailable::NoReading);
}

#[test]
fn a_status_counts_for_the_next_numerics_and_no_longer() {
    let mut bench = Bench::listening();
    let values = bench.values(FastStatus::FILTERLINE_OFF, well());
    assert_missing(&values, &GAS, Unavailable::NoSensor);
    let next = bench.findings(NUMERICS);
    let etco2 = Finding::Reading(Reading::Numeric(Numeric {
        metric: Metric::EtCO2,
        measured: valid(38.0),
        taken: bench.now,
    }));
    assert_eq!(next[0], etco2);
}

#[test]
fn a_probe_that_is_off_and_an_oximeter_that_is_off_are_told_apart() {
    for (spo2_alarms, why) in [
        (SpO2Alarms::PROBE_DISCONNECTED, Unavailable::SensorOff),
        (SpO2Alarms::OXIMETRY_OFF, Unavailable::NoSensor),
    ] {
        let mut bench = Bench::listening();
        let numerics = Numerics {
            spo2_alarms,
            ..well()
        };
        let values = bench.values(FastStatus::NONE, numerics);
        assert_missing(&values, &OXIMETER, why);
        let alarms = bench.send(&Message::Numerics(numerics));
        assert_eq!(
            alarms.len(),
            5,
            "a state of the oximeter is no alarm: {alarms:?}"
        );
    }
}

#[test]
fn a_number_beside_a_lost_pulse_is_doubted() {
    let lost = Numerics {
        spo2_alarms: SpO2Alarms::NO_PULSE,
        pulse_rate: None,
        ..well()
    };
    let values = Bench::listening().values(FastStatus::NONE, lost);
    let doubted = Measured::Questionable(Value::whole(97));
    assert_eq!(values[3], (Metric::SpO2, doubted));
    let none = none(Unavailable::NoReading);
    assert_eq!(values[4], (Metric::PulseRate, none));
}

#[test]
fn the_monitor_says_who_it_is() {
    let mut bench = Bench::listening();
    let serial = Finding::Identity("B355987654".into());
    assert_eq!(bench.send(&device_id()), [serial]);
    let other = DeviceId::new("Capnostream 35  ").unwrap();
    let text = Finding::Identity("Capnostream 35".into());
    assert_eq!(bench.send(&Message::DeviceId(other)), [text]);
}

#[test]
fn a_message_that_is_not_known_is_reported() {
    // Protocol revision, "A" and 1: 0x03 ^ 0x09 ^ 0x41 ^ 0x01 = 0x4A.
    let (bytes, why) = (6, Discard::Unknown);
    let found = Bench::listening().findings(&[0x85, 0x03, 0x09, 0x41, 0x01, 0x4A]);
    assert_eq!(found, [Finding::Discarded { bytes, why }]);
}
