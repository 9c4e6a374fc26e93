use chairside_model::{Cuff, Measured, Metric, MonoTime, Reading, Value};
use chairside_protocol::suntech::INFO;
use chairside_protocol::{Driver, DriverOutput, Finding, LineInput};

use super::*;
use crate::patient::Signal;

fn resting(last: Option<CuffResult>) -> VitalSigns {
    VitalSigns {
        heart_rate: Signal::Value(71.5),
        cuff: CuffState {
            measuring: false,
            last,
        },
        ..VitalSigns::UNMONITORED
    }
}

fn measuring(last: Option<CuffResult>) -> VitalSigns {
    VitalSigns {
        cuff: CuffState {
            measuring: true,
            last,
        },
        ..resting(None)
    }
}

fn result(ended_s: u64, pressures: Option<[f64; 3]>) -> CuffResult {
    let pressures = pressures.map(|[systolic, diastolic, mean]| Pressures {
        systolic: Some(systolic),
        diastolic: Some(diastolic),
        mean: Some(mean),
    });
    CuffResult {
        ended: Duration::from_secs(ended_s),
        pressures,
    }
}

/// The module and the driver on a line without delay.
struct Bench {
    module: Suntech,
    driver: Box<dyn Driver>,
    now: Duration,
    told: Vec<String>,
}

impl Bench {
    fn new() -> Self {
        Self {
            module: Suntech::default(),
            driver: (INFO.build)(),
            now: Duration::ZERO,
            told: Vec::new(),
        }
    }

    /// Lets time pass with this patient.
    fn run(&mut self, seconds: u64, patient: &VitalSigns) {
        let end = self.now + Duration::from_secs(seconds);
        let mut out = DriverOutput::default();
        loop {
            let deadline = self.driver.next_deadline().map(MonoTime::since_start);
            let (at, input) = match deadline {
                Some(deadline) => (deadline.max(self.now), LineInput::Tick),
                None => (self.now, LineInput::Opened),
            };
            if at >= end {
                self.now = end;
                break;
            }
            self.now = at;
            let now = MonoTime::from_start(at);
            self.driver.handle(now, input, &mut out);
            while !out.transmit.is_empty() {
                let request = std::mem::take(&mut out.transmit);
                let mut line = Vec::new();
                self.module.handle(at, &request, patient, &mut line);
                assert!(!line.is_empty(), "{request:02X?} was not answered");
                self.driver
                    .handle(now, LineInput::Received(&line), &mut out);
            }
        }
        let readings = out
            .events
            .into_iter()
            .filter_map(|event| match event.finding {
                Finding::Frame => None,
                Finding::Reading(reading) => Some(shown(&reading)),
                other => panic!("{other:?}"),
            });
        self.told.extend(readings);
    }
}

fn shown(reading: &Reading) -> String {
    match reading {
        Reading::Cuff(Cuff::Completed(reading)) => {
            let [systolic, diastolic, mean] = [reading.systolic, reading.diastolic, reading.mean]
                .map(|value| value.map_or(0.0, Value::number));
            let taken = reading.taken.since_start().as_secs();
            format!("{systolic}/{diastolic} ({mean}) at {taken}")
        }
        Reading::Cuff(cuff) => format!("{cuff:?}"),
        Reading::Numeric(numeric) => {
            assert_eq!(numeric.metric, Metric::NibpPulseRate);
            match numeric.measured {
                Measured::Valid(value) => format!("rate {value}"),
                other => format!("{other:?}"),
            }
        }
        Reading::Waveform(_) => unreachable!("a module has no curve"),
    }
}

#[test]
fn each_determination_is_told_once_also_with_the_same_numbers() {
    let mut bench = Bench::new();
    let first = Some(result(35, Some([128.4, 75.5, 93.0])));
    let second = Some(result(95, Some([128.4, 75.5, 93.0])));
    bench.run(5, &resting(None));
    bench.run(30, &measuring(None));
    bench.run(25, &resting(first));
    bench.run(35, &measuring(first));
    bench.run(300, &resting(second));
    assert_eq!(
        bench.told,
        [
            "Measuring",
            "128/76 (93) at 35",
            "rate 72",
            "Measuring",
            "128/76 (93) at 95",
            "rate 72"
        ]
    );
}

#[test]
fn a_determination_that_failed_is_a_failure_each_time() {
    let mut bench = Bench::new();
    bench.run(5, &resting(None));
    for round in 1..=2 {
        bench.run(30, &measuring(None));
        bench.run(30, &resting(Some(result(60 * round, None))));
    }
    let failed = ["Measuring", "Failed(Unknown)"];
    assert_eq!(bench.told, [failed, failed].concat());
}

#[test]
fn a_determination_that_was_stopped_is_not_told_as_the_one_before() {
    let mut bench = Bench::new();
    let before = Some(result(0, Some([128.0, 76.0, 93.0])));
    bench.run(5, &resting(before));
    bench.run(20, &measuring(before));
    bench.run(60, &resting(before));
    assert_eq!(bench.told, ["Measuring", "Cancelled"]);
}

#[test]
fn what_is_there_when_the_line_opens_is_not_told() {
    let mut bench = Bench::new();
    bench.run(60, &resting(Some(result(0, Some([128.0, 76.0, 93.0])))));
    assert_eq!(bench.told, [""; 0]);
}

#[test]
fn only_the_two_questions_are_answered() {
    let mut module = Suntech::default();
    let mut line = Vec::new();
    let now = Duration::ZERO;
    for request in [
        &[0x3A, 0x20, 0xA6][..],
        &[0x3A, 0x0C, 0x00, 0x01, 0x01, 0xB8],
        &[0x3A, 0x79, 0x05, 0x00, 0x49],
        &[0xFF; 100],
    ] {
        module.handle(now, request, &resting(None), &mut line);
        assert!(line.is_empty(), "{request:02X?}");
    }
    module.handle(now, &[0x3A, 0x79], &resting(None), &mut line);
    assert!(line.is_empty(), "half a request");
    module.handle(now, &[0x05, 0x00, 0x48], &resting(None), &mut line);
    assert_eq!(line, [0x3E, 0x05, 0x00, 0x00, 0xBD]);
}
