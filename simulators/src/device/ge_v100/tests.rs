//! The monitor and its driver on a line without delay.

use chairside_model::{
    Cuff, CuffAnswer, CuffFailure, CuffOrder, CuffReading, Measured, Metric, MonoTime, Numeric,
    Reading, Unavailable, Value,
};
use chairside_protocol::ge_v100::INFO;
use chairside_protocol::{Driver, DriverOutput, Finding, LineInput};

use super::cuff::TAKES;
use super::*;
use crate::patient::CuffResult;

fn well() -> VitalSigns {
    VitalSigns {
        pulse_rate: Signal::Value(71.5),
        spo2: Signal::Value(96.4),
        temperature: Signal::Value(37.0),
        ..VitalSigns::UNMONITORED
    }
}

fn cuff(ended_s: u64, pressures: Option<[f64; 3]>) -> CuffState {
    let pressures = pressures.map(|[systolic, diastolic, mean]| Pressures {
        systolic: Some(systolic),
        diastolic: Some(diastolic),
        mean: Some(mean),
    });
    let last = Some(CuffResult {
        ended: Duration::from_secs(ended_s),
        pressures,
    });
    CuffState {
        measuring: false,
        last,
    }
}

/// The simulator and the driver on a line without delay.
struct Bench {
    simulator: GeV100,
    driver: Box<dyn Driver>,
    now: Duration,
    opened: bool,
}

impl Bench {
    fn new() -> Self {
        Self {
            simulator: GeV100::default(),
            driver: (INFO.build)(),
            now: Duration::from_mins(100),
            opened: false,
        }
    }

    /// Lets one round pass and returns its readings.
    fn round(&mut self, vitals: &VitalSigns) -> Vec<Reading> {
        let input = if self.opened {
            LineInput::Tick
        } else {
            LineInput::Opened
        };
        if let Some(deadline) = self.driver.next_deadline() {
            self.now = deadline.since_start();
        }
        self.opened = true;
        let now = MonoTime::from_start(self.now);
        let mut out = DriverOutput::default();
        self.driver.handle(now, input, &mut out);
        self.converse(vitals, out).0
    }

    /// Gives an order and returns the readings that come at once, and what became of it.
    fn order(
        &mut self,
        order: CuffOrder,
        vitals: &VitalSigns,
    ) -> (Vec<Reading>, Vec<(CuffOrder, CuffAnswer)>) {
        let now = MonoTime::from_start(self.now);
        let mut out = DriverOutput::default();
        self.driver.order(now, order, &mut out);
        self.converse(vitals, out)
    }

    /// Lets the monitor answer what the driver sends, until it sends nothing.
    fn converse(
        &mut self,
        vitals: &VitalSigns,
        mut out: DriverOutput,
    ) -> (Vec<Reading>, Vec<(CuffOrder, CuffAnswer)>) {
        let now = MonoTime::from_start(self.now);
        while !out.transmit.is_empty() {
            let request = std::mem::take(&mut out.transmit);
            let mut line = Vec::new();
            self.simulator.handle(self.now, &request, vitals, &mut line);
            assert!(
                !line.is_empty(),
                "{} was not answered",
                request.escape_ascii()
            );
            self.driver
                .handle(now, LineInput::Received(&line), &mut out);
        }
        let readings = out
            .events
            .into_iter()
            .filter_map(|event| match event.finding {
                Finding::Reading(reading) => Some(reading),
                Finding::Frame => None,
                other => panic!("{other:?}"),
            });
        (readings.collect(), out.answers)
    }

    fn numeric(&self, metric: Metric, value: f64) -> Reading {
        let measured = Measured::Valid(Value::finite(value).unwrap());
        self.said(metric, measured)
    }

    fn said(&self, metric: Metric, measured: Measured) -> Reading {
        let taken = MonoTime::from_start(self.now);
        Reading::Numeric(Numeric {
            metric,
            measured,
            taken,
        })
    }
}

#[test]
fn the_driver_reads_the_patient_rounded_half_up() {
    let mut bench = Bench::new();
    let vitals = VitalSigns {
        cuff: cuff(5970, Some([117.5, 76.4, 92.0])),
        ..well()
    };
    let readings = bench.round(&vitals);
    let [systolic, diastolic, mean] = [118, 76, 92].map(|mmhg| Some(Value::whole(mmhg)));
    let taken = MonoTime::from_secs(5970);
    let pressures = CuffReading {
        systolic,
        diastolic,
        mean,
        taken,
    };
    assert_eq!(
        readings,
        [
            Reading::Cuff(Cuff::Completed(pressures)),
            bench.numeric(Metric::SpO2, 96.0),
            bench.numeric(Metric::PulseRate, 72.0),
            bench.numeric(Metric::Temperature, 37.0),
        ]
    );
    let readings = bench.round(&vitals);
    let repeated = [
        bench.numeric(Metric::SpO2, 96.0),
        bench.numeric(Metric::PulseRate, 72.0),
    ];
    assert_eq!(readings, repeated);
}

#[test]
fn a_loose_probe_and_a_lost_signal_are_told_apart() {
    for (missing, expected) in [
        (Missing::ProbeOff, Unavailable::NoSensor),
        (Missing::Searching, Unavailable::NoReading),
        (Missing::Motion, Unavailable::NoReading),
        (Missing::NoReading, Unavailable::NoReading),
    ] {
        let mut bench = Bench::new();
        let [pulse_rate, spo2, temperature] = [Signal::Missing(missing); 3];
        let readings = bench.round(&VitalSigns {
            pulse_rate,
            spo2,
            temperature,
            ..well()
        });
        let none = Measured::Unavailable(Unavailable::NoReading);
        let spo2 = bench.said(Metric::SpO2, Measured::Unavailable(expected));
        assert_eq!(
            readings,
            [spo2, bench.said(Metric::PulseRate, none)],
            "{missing:?}"
        );
    }
}

#[test]
fn a_monitor_without_channels_gives_no_values() {
    let mut bench = Bench::new();
    let [pulse_rate, spo2, temperature] = [Signal::NoChannel; 3];
    let readings = bench.round(&VitalSigns {
        pulse_rate,
        spo2,
        temperature,
        ..well()
    });
    let expected = [Metric::SpO2, Metric::PulseRate, Metric::Temperature]
        .map(|metric| bench.said(metric, Measured::Unavailable(Unavailable::NoReading)));
    assert_eq!(readings, expected);
}

#[test]
fn an_inflation_is_seen_and_so_is_its_failure() {
    let mut bench = Bench::new();
    let measuring = CuffState {
        measuring: true,
        ..cuff(5970, Some([118.0, 76.0, 92.0]))
    };
    let readings = bench.round(&VitalSigns {
        cuff: measuring,
        ..well()
    });
    assert_eq!(readings[0], Reading::Cuff(Cuff::Measuring));
    let readings = bench.round(&VitalSigns {
        cuff: cuff(6000, None),
        ..well()
    });
    assert_eq!(
        readings[0],
        Reading::Cuff(Cuff::Failed(CuffFailure::NoDetermination))
    );
}

#[test]
fn an_order_starts_the_cuff_and_what_it_measured_comes_once() {
    let mut bench = Bench::new();
    let vitals = VitalSigns {
        cuff: cuff(5970, Some([131.0, 84.0, 99.0])),
        ..well()
    };
    bench.round(&vitals);
    let (readings, answers) = bench.order(CuffOrder::Start, &vitals);
    assert_eq!(answers, [(CuffOrder::Start, CuffAnswer::Done)]);
    assert_eq!(readings[0], Reading::Cuff(Cuff::Measuring));
    let began = MonoTime::from_start(bench.now);
    let mut ended = Vec::new();
    for _ in 0..60 {
        ended.extend(
            bench
                .round(&vitals)
                .into_iter()
                .filter_map(|reading| match reading {
                    Reading::Cuff(Cuff::Completed(reading)) => {
                        Some((reading.systolic, reading.taken))
                    }
                    Reading::Cuff(other) => panic!("{other:?}"),
                    _ => None,
                }),
        );
    }
    let taken = began + TAKES;
    assert_eq!(ended, [(Some(Value::whole(131)), taken)]);
}

#[test]
fn an_order_stops_the_cuff() {
    let mut bench = Bench::new();
    bench.round(&well());
    bench.order(CuffOrder::Start, &well());
    let (readings, answers) = bench.order(CuffOrder::Stop, &well());
    assert_eq!(answers, [(CuffOrder::Stop, CuffAnswer::Done)]);
    assert_eq!(readings[0], Reading::Cuff(Cuff::Cancelled));
    for _ in 0..60 {
        let readings = bench.round(&well());
        let of_the_cuff = |reading: &Reading| matches!(reading, Reading::Cuff(_));
        assert!(!readings.iter().any(of_the_cuff), "{readings:?}");
    }
}

#[test]
fn a_reading_beyond_the_counters_end_is_gone() {
    let reply = nibp(
        Duration::from_secs(5401),
        &cuff(0, Some([118.0, 76.0, 92.0])),
    );
    assert_eq!((reply.age, reply.systolic), (None, None));
    let reply = nibp(Duration::from_mins(90), &cuff(0, Some([118.0, 76.0, 92.0])));
    assert_eq!(
        (reply.age, reply.systolic),
        (Some(NibpAge::OLDEST), Some(118))
    );
}

#[test]
fn the_temperature_is_taken_each_minute_and_published_each_time() {
    let mut bench = Bench::new();
    let mut taken = 0;
    for _ in 0..=150 {
        taken += bench
            .round(&well())
            .iter()
            .filter(|reading| {
                matches!(
                    reading,
                    Reading::Numeric(Numeric {
                        metric: Metric::Temperature,
                        ..
                    })
                )
            })
            .count();
    }
    assert_eq!(taken, 3);
    assert_eq!(next_counter(b'~'), b' ');
}

#[test]
fn requests_are_answered_however_they_are_cut_and_only_when_their_check_fits() {
    let mut simulator = GeV100::default();
    let mut line = Vec::new();
    let mut send = |bytes: &[u8]| {
        line.clear();
        simulator.handle(Duration::ZERO, bytes, &well(), &mut line);
        line.escape_ascii().to_string()
    };
    assert_eq!(send(b"\r OA"), "");
    assert_eq!(send(b"!3\r"), r" OA1096512#B\r");
    assert_eq!(send(b" OA!4\r"), "", "a wrong check");
    assert_eq!(send(&[0xFF; 1000]), "");
    assert_eq!(send(b"\r RA!6\r"), r#" RA2072\"E\r"#);
    assert_eq!(send(b" NC0!E\r ND!5\r").matches(r"\r").count(), 2);
}

#[test]
fn it_never_speaks_first() {
    let mut line = Vec::new();
    let mut simulator = GeV100::default();
    simulator.handle(Duration::ZERO, &[], &well(), &mut line);
    assert_eq!((line, simulator.next_deadline()), (Vec::new(), None));
}
