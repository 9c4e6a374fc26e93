use chairside_model::{Cuff, CuffFailure, Measured, Metric, MonoTime, Reading, Unavailable, Value};
use chairside_protocol::ge_dri::INFO;
use chairside_protocol::ge_dri::message::WaveKind;
use chairside_protocol::{DeviceAlarmPriority, Driver, DriverOutput, Finding, LineInput};

use super::*;
use crate::patient::{CuffResult, CuffState, Missing, Pressures, Signal};

fn well() -> VitalSigns {
    VitalSigns {
        heart_rate: Signal::Value(71.5),
        pulse_rate: Signal::Value(72.0),
        spo2: Signal::Value(96.4),
        perfusion_index: Signal::Value(4.0),
        respiration_rate: Signal::Value(15.0),
        etco2: Signal::Value(38.0),
        effort_rate: Signal::Value(14.0),
        temperature: Signal::Value(36.8),
        ..VitalSigns::UNMONITORED
    }
}

fn cuff(ended_s: u64, pressures: Option<[f64; 3]>) -> CuffState {
    let pressures = pressures.map(|[systolic, diastolic, mean]| Pressures {
        systolic: Some(systolic),
        diastolic: Some(diastolic),
        mean: Some(mean),
    });
    let ended = Duration::from_secs(ended_s);
    CuffState {
        measuring: false,
        last: Some(CuffResult { ended, pressures }),
    }
}

/// The simulator and the driver on a line without delay.
struct Bench {
    simulator: GeDri,
    driver: Box<dyn Driver>,
    now: Duration,
    found: Vec<Finding>,
    sent: usize,
}

impl Bench {
    fn with(simulator: GeDri, vitals: &VitalSigns) -> Self {
        let mut bench = Self {
            simulator,
            driver: (INFO.build)(),
            now: Duration::from_mins(100),
            found: Vec::new(),
            sent: 0,
        };
        bench.input(LineInput::Opened, vitals);
        bench
    }

    fn new(vitals: &VitalSigns) -> Self {
        Self::with(GeDri::carescape(), vitals)
    }

    /// Gives the driver one input, carries the words of both over until nobody has more to say,
    /// and notes what the driver found.
    fn input(&mut self, input: LineInput<'_>, vitals: &VitalSigns) {
        let now = MonoTime::from_start(self.now);
        let mut out = DriverOutput::default();
        self.driver.handle(now, input, &mut out);
        loop {
            let mut line = Vec::new();
            let asked = std::mem::take(&mut out.transmit);
            self.simulator.handle(self.now, &asked, vitals, &mut line);
            if line.is_empty() {
                break;
            }
            self.sent += line.len();
            self.driver
                .handle(now, LineInput::Received(&line), &mut out);
        }
        self.found
            .extend(out.events.into_iter().map(|event| event.finding));
    }

    /// Lets time pass and returns what the driver found meanwhile.
    fn pass(&mut self, length: Duration, vitals: &VitalSigns) -> Vec<Finding> {
        self.found.clear();
        let end = self.now + length;
        loop {
            let deadlines = [
                self.driver.next_deadline().map(MonoTime::since_start),
                self.simulator.next_deadline(),
            ];
            let due = deadlines.into_iter().flatten().min();
            let Some(due) = due.filter(|due| *due <= end) else {
                break;
            };
            self.now = due.max(self.now);
            self.input(LineInput::Tick, vitals);
        }
        self.now = end;
        std::mem::take(&mut self.found)
    }

    /// Returns the numerics of the last record in this time, each as its metric and value.
    fn values(&mut self, seconds: u64, vitals: &VitalSigns) -> Vec<(Metric, Measured)> {
        let found = self.pass(Duration::from_secs(seconds), vitals);
        let mut values: Vec<(Metric, Measured)> = Vec::new();
        for finding in found {
            if let Finding::Reading(Reading::Numeric(numeric)) = finding {
                values.retain(|(metric, _)| *metric != numeric.metric);
                values.push((numeric.metric, numeric.measured));
            }
        }
        values
    }
}

fn of(values: &[(Metric, Measured)], metric: Metric) -> Option<Measured> {
    let found = values.iter().find(|(known, _)| *known == metric);
    found.map(|(_, measured)| *measured)
}

fn valid(number: f64) -> Measured {
    Measured::Valid(Value::finite(number).unwrap())
}

fn alarms(found: Vec<Finding>) -> Vec<String> {
    found
        .into_iter()
        .filter_map(|finding| match finding {
            Finding::DeviceAlarm { priority, text } => Some(format!("{} {text}", priority.name())),
            _ => None,
        })
        .collect()
}

#[test]
fn the_driver_reads_the_patient() {
    for simulator in [GeDri::carescape(), GeDri::s5()] {
        let mut bench = Bench::with(simulator, &well());
        let values = bench.values(20, &well());
        let expected = [
            (Metric::HeartRate, 72.0),
            (Metric::EffortRate, 14.0),
            (Metric::Temperature, 36.8),
            (Metric::SpO2, 96.4),
            (Metric::PulseRate, 72.0),
            (Metric::PerfusionIndex, 4.0),
            (Metric::EtCO2, 38.0),
            (Metric::FiCO2, 0.0),
            (Metric::RespirationRate, 15.0),
        ];
        let expected = expected.map(|(metric, number)| (metric, valid(number)));
        assert_eq!(values, expected);
    }
}

#[test]
fn a_carescape_gives_values_each_second_and_an_s5_each_five() {
    let count = |simulator: GeDri| {
        let mut bench = Bench::with(simulator, &well());
        bench.pass(Duration::from_secs(20), &well());
        let found = bench.pass(Duration::from_secs(30), &well());
        let is_spo2 = |finding: &&Finding| {
            matches!(
                finding,
                Finding::Reading(Reading::Numeric(numeric)) if numeric.metric == Metric::SpO2
            )
        };
        found.iter().filter(is_spo2).count()
    };
    assert_eq!(count(GeDri::carescape()), 30);
    assert_eq!(count(GeDri::s5()), 6);
}

#[test]
fn every_second_has_all_its_samples_and_fits_the_line() {
    let mut bench = Bench::new(&well());
    bench.pass(Duration::from_secs(5), &well());
    bench.sent = 0;
    let found = bench.pass(Duration::from_secs(20), &well());
    for (metric, per_second) in [
        (Metric::EcgII, 300),
        (Metric::Pleth, 100),
        (Metric::Co2, 25),
        (Metric::Resp, 25),
    ] {
        let samples: usize = found
            .iter()
            .map(|finding| match finding {
                Finding::Reading(Reading::Waveform(run)) if run.metric == metric => {
                    run.samples.len()
                }
                _ => 0,
            })
            .sum();
        assert_eq!(samples, 20 * per_second, "{metric}");
    }
    // Eleven bits for each byte at 19200 baud.
    assert!(bench.sent < 20 * 19_200 / 11, "{} bytes", bench.sent);
}

#[test]
fn the_curves_are_as_high_as_the_patients() {
    let mut bench = Bench::new(&well());
    let mut top = std::collections::BTreeMap::new();
    for tenth in 0..60_u32 {
        let vitals = VitalSigns {
            beat_phase: (f64::from(tenth) * 0.2 * 71.5 / 60.0).fract(),
            breath_phase: (f64::from(tenth) * 0.2 * 15.0 / 60.0).fract(),
            ..well()
        };
        for finding in bench.pass(WAVES_PERIOD, &vitals) {
            if let Finding::Reading(Reading::Waveform(run)) = finding {
                let highest = run.samples.iter().max().copied().unwrap_or_default();
                let highest = f64::from(highest) * run.scale;
                let top = top.entry(run.metric).or_insert(highest);
                *top = top.max(highest);
            }
        }
    }
    assert!((0.9..1.2).contains(&top[&Metric::EcgII]), "{top:?} mV");
    assert!((36.0..38.1).contains(&top[&Metric::Co2]), "{top:?} mmHg");
    assert!(top[&Metric::Pleth] > 150.0, "{top:?}");
}

#[test]
fn what_is_missing_is_told_as_far_as_the_monitor_says_it() {
    let missing = |why| {
        let gone = Signal::Missing(why);
        VitalSigns {
            heart_rate: gone,
            spo2: gone,
            pulse_rate: gone,
            etco2: gone,
            ..well()
        }
    };
    for (why, ecg, gas) in [
        (
            Missing::ProbeOff,
            Unavailable::SensorOff,
            Unavailable::NoReading,
        ),
        (
            Missing::Searching,
            Unavailable::Searching,
            Unavailable::Calibrating,
        ),
        (
            Missing::Motion,
            Unavailable::NoReading,
            Unavailable::NoReading,
        ),
        (
            Missing::Occluded,
            Unavailable::NoReading,
            Unavailable::NoReading,
        ),
        (
            Missing::NoReading,
            Unavailable::NoReading,
            Unavailable::NoReading,
        ),
    ] {
        let vitals = missing(why);
        let values = Bench::new(&vitals).values(4, &vitals);
        for (metric, why) in [
            (Metric::HeartRate, ecg),
            (Metric::SpO2, Unavailable::NoReading),
            (Metric::PulseRate, Unavailable::NoReading),
            (Metric::EtCO2, gas),
        ] {
            let measured = of(&values, metric);
            assert_eq!(measured, Some(Measured::Unavailable(why)), "{metric}");
        }
    }
}

#[test]
fn a_monitor_without_channels_gives_no_values_and_no_curves() {
    let nobody = VitalSigns::UNMONITORED;
    let found = Bench::new(&nobody).pass(Duration::from_secs(5), &nobody);
    assert!(!found.is_empty());
    assert!(found.iter().all(|finding| *finding == Finding::Frame));
}

#[test]
fn a_monitor_without_electrodes_shows_the_oximeters_rate_and_it_is_no_heart_rate() {
    let vitals = VitalSigns {
        heart_rate: Signal::NoChannel,
        effort_rate: Signal::NoChannel,
        ..well()
    };
    let values = Bench::new(&vitals).values(4, &vitals);
    assert_eq!(of(&values, Metric::HeartRate), None);
    assert_eq!(of(&values, Metric::PulseRate), Some(valid(72.0)));
}

#[test]
fn a_determination_is_seen_from_its_start_to_its_end_and_once() {
    let mut bench = Bench::new(&well());
    bench.pass(Duration::from_secs(2), &well());
    let mut cuffs = |seconds, state: CuffState| {
        let vitals = VitalSigns {
            cuff: state,
            ..well()
        };
        let found = bench.pass(Duration::from_secs(seconds), &vitals);
        let cuffs = found.into_iter().filter_map(|finding| match finding {
            Finding::Reading(Reading::Cuff(cuff)) => Some(cuff),
            _ => None,
        });
        cuffs.collect::<Vec<_>>()
    };
    let measuring = CuffState {
        measuring: true,
        ..cuff(5000, Some([118.0, 76.0, 92.0]))
    };
    let ended = 6010;
    assert_eq!(cuffs(8, measuring), [Cuff::Measuring]);
    let [Cuff::Completed(reading)] = cuffs(300, cuff(ended, Some([118.0, 76.0, 92.0])))[..] else {
        panic!("the same pressures are another determination");
    };
    assert_eq!(reading.systolic, Some(Value::whole(118)));
    let taken = reading.taken.since_start().as_secs();
    assert!((ended - 2..=ended).contains(&taken), "{taken}");
    let measuring = CuffState {
        measuring: true,
        ..measuring
    };
    assert_eq!(cuffs(8, measuring), [Cuff::Measuring]);
    assert_eq!(
        cuffs(8, cuff(6320, None)),
        [Cuff::Failed(CuffFailure::Unknown)]
    );
}

#[test]
fn a_carescape_says_its_alarms_in_its_words() {
    let mut bench = Bench::new(&well());
    assert_eq!(alarms(bench.pass(Duration::from_secs(5), &well())), [""; 0]);
    let low = VitalSigns {
        spo2: Signal::Value(85.0),
        ..well()
    };
    let told = alarms(bench.pass(Duration::from_secs(30), &low));
    assert_eq!(told, ["high SpO2 LOW"]);
    let still = VitalSigns {
        respiration_rate: Signal::Value(0.0),
        ..low
    };
    let told = alarms(bench.pass(Duration::from_secs(30), &still));
    assert_eq!(told, ["high APNEA"]);
    assert_eq!(DeviceAlarmPriority::High.name(), "high");
}

#[test]
fn an_s5_says_no_more_than_apnoea_and_asystole() {
    let mut bench = Bench::with(GeDri::s5(), &well());
    bench.pass(Duration::from_secs(20), &well());
    let still = VitalSigns {
        spo2: Signal::Value(85.0),
        heart_rate: Signal::Value(0.0),
        respiration_rate: Signal::Value(0.0),
        ..well()
    };
    let told = alarms(bench.pass(Duration::from_secs(40), &still));
    assert_eq!(told, ["medium asystole", "medium apnea"]);
}

#[test]
fn it_never_speaks_first_and_stops_when_it_is_told_to() {
    let mut simulator = GeDri::carescape();
    let mut line = Vec::new();
    let mut request = |simulator: &mut GeDri, now_s, request: Option<Request>| {
        let mut asked = Vec::new();
        if let Some(request) = request {
            request.emit(0, &mut asked);
        }
        line.clear();
        simulator.handle(Duration::from_secs(now_s), &asked, &well(), &mut line);
        line.len()
    };
    assert_eq!(request(&mut simulator, 0, None), 0);
    assert_eq!(simulator.next_deadline(), None);
    let displayed = |interval_s| Some(Request::Displayed { interval_s });
    assert!(request(&mut simulator, 1, displayed(1)) > 300);
    assert!(request(&mut simulator, 2, None) > 300);
    assert_eq!(request(&mut simulator, 3, displayed(0)), 0);
    let waves = WaveList::new(&[WaveKind::PLETH]).map(Request::Waves);
    assert_eq!(request(&mut simulator, 4, waves), 0);
    assert!(request(&mut simulator, 5, None) > 0);
    assert_eq!(request(&mut simulator, 6, Some(Request::StopWaves)), 0);
    assert!(request(&mut simulator, 7, Some(Request::AlarmChanges)) > 500);
    assert!(request(&mut simulator, 9, Some(Request::AlarmStatus)) > 500);
    assert_eq!(request(&mut simulator, 12, Some(Request::StopAlarms)), 0);
    assert_eq!(request(&mut simulator, 20, None), 0);
}

#[test]
fn what_it_was_not_asked_it_does_not_answer() {
    let mut line = Vec::new();
    let mut simulator = GeDri::carescape();
    let mut asked = Vec::new();
    Request::Displayed { interval_s: 1 }.emit(0, &mut asked);
    asked[50] ^= 1;
    simulator.handle(Duration::ZERO, &asked, &well(), &mut line);
    simulator.handle(Duration::ZERO, &[0xFF; 1000], &well(), &mut line);
    assert_eq!(line.len(), 0);
}
