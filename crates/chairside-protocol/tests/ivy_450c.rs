//! The Ivy driver from the outside: bytes in, findings out.

use std::time::Duration;

use chairside_model::{
    Cuff, CuffFailure, Measured, Metric, Reading, SampleArray, Unavailable, Value,
};
use chairside_protocol::ivy_450c::INFO;
use chairside_protocol::ivy_450c::message::{Message, Numbers};
use chairside_protocol::{Finding, LineInput};

#[path = "support/bench.rs"]
#[expect(dead_code, reason = "this driver waits for nothing")]
mod bench;
use bench::Bench;

#[path = "ivy_450c/shared_files.rs"]
mod shared_files;

impl Bench {
    fn listening() -> Self {
        Self::with(&INFO)
    }

    /// The line was opened a second ago.
    fn opened() -> Self {
        let mut bench = Self::listening();
        bench.input(LineInput::Opened);
        bench.second();
        bench
    }

    fn second(&mut self) {
        self.now = self.now + Duration::from_secs(1);
    }

    /// Gives these bytes and returns what follows from them, without the frames.
    fn findings(&mut self, bytes: &[u8]) -> Vec<Finding> {
        self.input(LineInput::Received(bytes))
            .into_iter()
            .map(|event| event.finding)
            .filter(|finding| *finding != Finding::Frame)
            .collect()
    }

    fn send(&mut self, numbers: Numbers<'_>) -> Vec<Finding> {
        self.findings(&emitted(numbers))
    }

    fn values(&mut self, numbers: Numbers<'_>) -> Vec<(Metric, Measured)> {
        self.send(numbers)
            .into_iter()
            .filter_map(|finding| match finding {
                Finding::Reading(Reading::Numeric(numeric)) => {
                    Some((numeric.metric, numeric.measured))
                }
                _ => None,
            })
            .collect()
    }

    fn runs(&mut self, numbers: Numbers<'_>) -> Vec<SampleArray> {
        self.send(numbers)
            .into_iter()
            .filter_map(|finding| match finding {
                Finding::Reading(Reading::Waveform(run)) => Some(run),
                _ => None,
            })
            .collect()
    }

    /// Gives a message with these cuff pressures and returns what is told of the cuff: the
    /// systolic pressure and how many seconds ago it was taken.
    fn cuff(&mut self, pressures: Option<[u16; 3]>) -> Option<(Cuff, u64)> {
        let nibp = pressures.map_or([None; 4], |[systolic, diastolic, mean]| {
            [Some(systolic), Some(diastolic), Some(mean), Some(80)]
        });
        let told = self.send(Numbers { nibp, ..well() });
        let now = self.now;
        told.into_iter().find_map(|finding| match finding {
            Finding::Reading(Reading::Cuff(cuff)) => {
                let age = match cuff {
                    Cuff::Completed(reading) => now.saturating_since(reading.taken).as_secs(),
                    _ => 0,
                };
                Some((cuff, age))
            }
            _ => None,
        })
    }
}

fn emitted(numbers: Numbers<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let message = Message {
        ecg: &[150; 200],
        resp: &[7; 50],
        pleth: &[80; 50],
        numbers,
    };
    message.emit(&mut bytes);
    bytes
}

fn well() -> Numbers<'static> {
    Numbers {
        heart_rate: Some(80),
        heart_rate_label: "ECG-II-DIAG",
        respiration_rate: Some(15),
        etco2: None,
        saturation: Some(97),
        pulse_rate: Some(81),
        nibp: [None; 4],
    }
}

fn valid(number: i32) -> Measured {
    Measured::Valid(Value::whole(number))
}

const NONE: Measured = Measured::Unavailable(Unavailable::NoReading);

fn of(values: &[(Metric, Measured)], metric: Metric) -> Measured {
    let found = values.iter().find(|(known, _)| *known == metric);
    found.expect("each message has each value").1
}

#[test]
fn every_value_comes_and_every_curve() {
    let found = Bench::listening().send(well());
    let now = Bench::listening().now;
    let numeric = |metric, number| Finding::Reading(Reading::numeric(metric, valid(number), now));
    let run = |metric, period_ms, scale, sample: i32, count| {
        Finding::Reading(Reading::Waveform(SampleArray {
            metric,
            sample_period: Duration::from_millis(period_ms),
            scale,
            samples: vec![sample; count].into(),
        }))
    };
    let expected = [
        numeric(Metric::HeartRate, 80),
        numeric(Metric::EffortRate, 15),
        numeric(Metric::SpO2, 97),
        numeric(Metric::PulseRate, 81),
        run(Metric::EcgII, 5, 0.02, 50, 200),
        run(Metric::Pleth, 20, 1.0, -6, 50),
        run(Metric::Resp, 20, 1.0, 7, 50),
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_not_there_is_no_number_and_has_no_curve() {
    let nothing = Numbers {
        heart_rate_label: "ECG-II-DIAG",
        ..Numbers::default()
    };
    let mut bench = Bench::listening();
    for (metric, measured) in bench.values(nothing) {
        assert_eq!(measured, NONE, "{metric}");
    }
    assert_eq!(bench.runs(nothing), []);
    for none in [0, 1] {
        let values = bench.values(Numbers {
            saturation: Some(none),
            pulse_rate: Some(none),
            ..well()
        });
        assert_eq!(of(&values, Metric::SpO2), NONE);
        assert_eq!(of(&values, Metric::PulseRate), NONE);
    }
}

#[test]
fn a_value_the_metric_cannot_have_is_out_of_range() {
    let values = Bench::listening().values(Numbers {
        saturation: Some(101),
        heart_rate: Some(351),
        ..well()
    });
    let out_of_range = Measured::Unavailable(Unavailable::OutOfRange);
    assert_eq!(of(&values, Metric::SpO2), out_of_range);
    assert_eq!(of(&values, Metric::HeartRate), out_of_range);
}

#[test]
fn only_a_rate_from_the_ecg_is_a_heart_rate() {
    for (label, expected, lead) in [
        ("ECG-I-MON", valid(80), Some(Metric::EcgI)),
        ("ECG-V-DIAG", valid(80), Some(Metric::EcgV)),
        ("ECG-AVR-DIAG", valid(80), None),
        ("ECG", valid(80), None),
        ("PLETH", NONE, None),
        ("", NONE, None),
    ] {
        let numbers = Numbers {
            heart_rate_label: label,
            ..well()
        };
        let values = Bench::listening().values(numbers);
        assert_eq!(of(&values, Metric::HeartRate), expected, "{label}");
        let runs = Bench::listening().runs(numbers);
        let drawn = runs.iter().map(|run| run.metric);
        let drawn = drawn.filter(|metric| !matches!(metric, Metric::Pleth | Metric::Resp));
        assert_eq!(drawn.collect::<Vec<_>>(), Vec::from_iter(lead), "{label}");
    }
}

#[test]
fn a_respiration_of_unknown_source_is_not_given() {
    let with_co2 = Numbers {
        etco2: Some(38),
        ..well()
    };
    let values = Bench::listening().values(with_co2);
    assert_eq!(of(&values, Metric::EffortRate), NONE);
    let runs = Bench::listening().runs(with_co2);
    assert!(runs.iter().all(|run| run.metric != Metric::Resp));
}

#[test]
fn a_reading_of_the_cuff_is_told_when_it_changes_and_is_as_old_as_it_can_be() {
    let mut bench = Bench::opened();
    let told = |cuff: Option<(Cuff, u64)>| match cuff? {
        (Cuff::Completed(reading), age) => {
            Some((reading.systolic.expect("it has one").number(), age))
        }
        other => panic_at(&other),
    };
    // What the monitor kept from before has no known age.
    assert_eq!(bench.cuff(Some([121, 75, 92])), None);
    bench.second();
    assert_eq!(bench.cuff(Some([121, 75, 92])), None);
    bench.second();
    assert_eq!(told(bench.cuff(Some([130, 75, 92]))), Some((130.0, 1)));
    bench.second();
    assert_eq!(bench.cuff(Some([130, 75, 92])), None);
    // A gap in the numbers, and a closed line.
    assert_eq!(bench.cuff(None), None);
    bench.input(LineInput::Closed);
    bench.now = bench.now + Duration::from_mins(5);
    bench.input(LineInput::Opened);
    bench.second();
    assert_eq!(bench.cuff(Some([130, 75, 92])), None);
    bench.now = bench.now + Duration::from_secs(40);
    assert_eq!(told(bench.cuff(Some([131, 75, 92]))), Some((131.0, 40)));
}

#[test]
fn the_first_reading_of_a_monitor_that_had_none_is_told() {
    let mut bench = Bench::opened();
    assert_eq!(bench.cuff(None), None);
    bench.second();
    let told = bench.cuff(Some([121, 75, 92]));
    assert!(matches!(told, Some((Cuff::Completed(_), 1))), "{told:?}");
    assert_eq!(bench.cuff(None), None);
    assert_eq!(bench.cuff(Some([121, 75, 92])), None);
}

fn panic_at(cuff: &(Cuff, u64)) -> Option<(f64, u64)> {
    unreachable!("{cuff:?}")
}

#[test]
fn a_recorded_file_gives_its_first_reading_too() {
    for mut bench in [Bench::listening(), Bench::listening()] {
        let cuff = bench.cuff(Some([121, 75, 92]));
        assert!(matches!(cuff, Some((Cuff::Completed(_), 0))), "{cuff:?}");
        assert_eq!(bench.cuff(Some([121, 75, 92])), None);
    }
    let mut bench = Bench::listening();
    bench.input(LineInput::Opened);
    assert!(bench.cuff(Some([121, 75, 92])).is_some());
}

#[test]
fn the_cuffs_pulse_rate_comes_with_its_reading_and_pressures_that_contradict_do_not() {
    let mut bench = Bench::listening();
    let nibp = [Some(121), Some(75), Some(92), Some(78)];
    let values = bench.values(Numbers { nibp, ..well() });
    assert_eq!(of(&values, Metric::NibpPulseRate), valid(78));
    let values = bench.values(Numbers { nibp, ..well() });
    assert!(
        values
            .iter()
            .all(|(metric, _)| *metric != Metric::NibpPulseRate)
    );
    let told = bench.cuff(Some([70, 75, 72]));
    let failed = Cuff::Failed(CuffFailure::NoDetermination);
    assert_eq!(told, Some((failed, 0)));
}

#[test]
fn nothing_is_ever_sent() {
    let mut bench = Bench::opened();
    bench.send(well());
    bench.input(LineInput::Tick);
    assert_eq!(bench.driver.next_deadline(), None);
    assert!(bench.out.transmit.is_empty());
}
