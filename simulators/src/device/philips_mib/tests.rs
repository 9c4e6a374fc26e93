use std::collections::BTreeMap;

use chairside_model::{
    Cuff, CuffFailure, Measured, Metric, MonoTime, Numeric, Reading, SampleArray, Unavailable,
    Value,
};
use chairside_protocol::philips_mib::INFO;
use chairside_protocol::{DeviceAlarmPriority, Driver, DriverOutput, Finding, LineInput};

use super::*;
use crate::patient::{CuffResult, CuffState, Missing, Pressures, Signal};

fn well() -> VitalSigns {
    VitalSigns {
        heart_rate: Signal::Value(71.6),
        pulse_rate: Signal::Value(72.4),
        spo2: Signal::Value(96.5),
        perfusion_index: Signal::Value(2.54),
        respiration_rate: Signal::Value(14.0),
        etco2: Signal::Value(38.0),
        effort_rate: Signal::Value(15.0),
        temperature: Signal::Value(36.94),
        ..VitalSigns::UNMONITORED
    }
}

fn cuff(ended_s: u64, pressures: Option<[f64; 3]>) -> CuffState {
    let pressures = pressures.map(|[systolic, diastolic, mean]| Pressures {
        systolic: Some(systolic),
        diastolic: Some(diastolic),
        mean: Some(mean),
    });
    CuffState {
        measuring: false,
        last: Some(CuffResult {
            ended: Duration::from_secs(ended_s),
            pressures,
        }),
    }
}

/// The simulator and the driver on a line without delay.
struct Bench {
    simulator: PhilipsMib,
    driver: Box<dyn Driver>,
    now: Duration,
    /// The host's side of the line is not heard.
    cut: bool,
}

impl Bench {
    fn opened() -> Self {
        let mut bench = Self {
            simulator: PhilipsMib::default(),
            driver: (INFO.build)(),
            now: Duration::from_mins(100),
            cut: false,
        };
        let mut out = DriverOutput::default();
        bench
            .driver
            .handle(bench.mono(), LineInput::Opened, &mut out);
        bench.exchange(&mut out, &well());
        bench
    }

    fn mono(&self) -> MonoTime {
        MonoTime::from_start(self.now)
    }

    /// Lets both talk until neither has anything to say now.
    fn exchange(&mut self, out: &mut DriverOutput, vitals: &VitalSigns) {
        loop {
            let mut request = std::mem::take(&mut out.transmit);
            if self.cut {
                request.clear();
            }
            let mut line = Vec::new();
            self.simulator.handle(self.now, &request, vitals, &mut line);
            if line.is_empty() {
                return;
            }
            let received = LineInput::Received(&line);
            self.driver.handle(self.mono(), received, out);
        }
    }

    /// Lets time pass, and returns what was found, without frames.
    fn run(&mut self, length: Duration, vitals: &VitalSigns) -> Vec<Finding> {
        let end = self.now + length;
        let mut out = DriverOutput::default();
        loop {
            let driver = self.driver.next_deadline().map(MonoTime::since_start);
            let next = [driver, self.simulator.next_deadline()];
            let next = next
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(end)
                .max(self.now);
            if next > end {
                break;
            }
            self.now = next;
            self.driver.handle(self.mono(), LineInput::Tick, &mut out);
            self.exchange(&mut out, vitals);
        }
        self.now = end;
        let findings = out.events.into_iter().map(|event| event.finding);
        findings
            .filter(|finding| *finding != Finding::Frame)
            .collect()
    }

    fn seconds(&mut self, seconds: u64, vitals: &VitalSigns) -> Vec<Finding> {
        self.run(Duration::from_secs(seconds), vitals)
    }
}

fn numerics(findings: &[Finding]) -> BTreeMap<Metric, Vec<Numeric>> {
    let mut numerics = BTreeMap::<_, Vec<_>>::new();
    for finding in findings {
        if let Finding::Reading(Reading::Numeric(numeric)) = finding {
            numerics.entry(numeric.metric).or_default().push(*numeric);
        }
    }
    numerics
}

fn runs(findings: &[Finding]) -> BTreeMap<Metric, Vec<SampleArray>> {
    let mut runs = BTreeMap::<_, Vec<_>>::new();
    for finding in findings {
        if let Finding::Reading(Reading::Waveform(run)) = finding {
            runs.entry(run.metric).or_default().push(run.clone());
        }
    }
    runs
}

fn cuffs(findings: &[Finding]) -> Vec<Cuff> {
    let cuffs = findings.iter().filter_map(|finding| match finding {
        Finding::Reading(Reading::Cuff(cuff)) => Some(*cuff),
        _ => None,
    });
    cuffs.collect()
}

fn alarms(findings: &[Finding]) -> Vec<(DeviceAlarmPriority, &str)> {
    let alarms = findings.iter().filter_map(|finding| match finding {
        Finding::DeviceAlarm { priority, text } => Some((*priority, text.as_ref())),
        _ => None,
    });
    alarms.collect()
}

#[test]
fn the_driver_reads_the_patient_rounded_half_up() {
    let mut bench = Bench::opened();
    let findings = bench.seconds(10, &well());
    let identity = Finding::Identity("Philips M8000 0009FB000001".into());
    assert_eq!(findings[0], identity);
    let numerics = numerics(&findings);
    let expected = [
        (Metric::HeartRate, 72.0),
        (Metric::PulseRate, 72.0),
        (Metric::SpO2, 97.0),
        (Metric::PerfusionIndex, 2.5),
        (Metric::RespirationRate, 14.0),
        (Metric::EtCO2, 38.0),
        (Metric::FiCO2, 0.0),
        (Metric::Temperature, 36.9),
        (Metric::EffortRate, 15.0),
    ];
    let metrics: Vec<_> = numerics.keys().copied().collect();
    assert_eq!(metrics, expected.map(|(metric, _)| metric));
    for (metric, number) in expected {
        let said = &numerics[&metric];
        assert!(
            (8..=9).contains(&said.len()),
            "{metric}: {} in 10 s",
            said.len()
        );
        let expected = Measured::Valid(Value::finite(number).unwrap());
        assert!(
            said.iter().all(|numeric| numeric.measured == expected),
            "{metric}: {said:?}"
        );
    }
    assert_eq!(cuffs(&findings), []);
    assert_eq!(alarms(&findings), []);
    let discarded = |finding: &Finding| matches!(finding, Finding::Discarded { .. });
    assert!(!findings.iter().any(discarded));
}

#[test]
fn every_curve_runs_at_its_rate_and_has_the_patients_shape() {
    let mut bench = Bench::opened();
    bench.seconds(2, &well());
    let mut all = Vec::new();
    for step in 0..40 {
        let turn = f64::from(step) * 0.25;
        let vitals = VitalSigns {
            beat_phase: (turn * 1.2).fract(),
            breath_phase: (turn * 14.0 / 60.0).fract(),
            ..well()
        };
        all.extend(bench.run(Duration::from_millis(250), &vitals));
    }
    let runs = runs(&all);
    for (metric, samples, period_ms, low, high) in [
        (Metric::EcgI, 64, 4, -0.3, 0.5),
        (Metric::EcgII, 64, 4, -0.5, 1.0),
        (Metric::EcgV, 64, 4, -0.4, 0.8),
        (Metric::Pleth, 32, 8, 1600.0, 2500.0),
        (Metric::Co2, 16, 16, 0.0, 37.0),
        (Metric::Resp, 16, 16, 1600.0, 2600.0),
    ] {
        let runs = &runs[&metric];
        assert!(
            (38..=41).contains(&runs.len()),
            "{metric}: {} runs in 10 s",
            runs.len()
        );
        let mut values = Vec::new();
        for run in runs {
            assert_eq!(
                (run.samples.len(), run.sample_period.as_millis()),
                (samples, period_ms),
                "{metric}"
            );
            values.extend(
                run.samples
                    .iter()
                    .map(|count| f64::from(*count) * run.scale),
            );
        }
        let least = values.iter().copied().fold(f64::MAX, f64::min);
        let most = values.iter().copied().fold(f64::MIN, f64::max);
        assert!(
            least <= low + 0.3 && most >= high,
            "{metric}: {least} to {most}"
        );
    }
    assert_eq!(runs.len(), 6);
}

#[test]
fn a_determination_and_its_pulse_rate_come_once_and_as_old_as_they_are() {
    let mut bench = Bench::opened();
    let vitals = VitalSigns {
        cuff: cuff(5970, Some([118.0, 76.0, 90.0])),
        ..well()
    };
    let findings = bench.seconds(10, &vitals);
    let [Cuff::Completed(reading)] = cuffs(&findings)[..] else {
        panic!("{:?}", cuffs(&findings));
    };
    let mmhg: Vec<_> = reading
        .numerics()
        .map(|(_, value)| value.number())
        .collect();
    assert_eq!(mmhg, [118.0, 76.0, 90.0]);
    let age = reading.taken.saturating_since(MonoTime::from_secs(5970));
    let off = MonoTime::from_secs(5970)
        .saturating_since(reading.taken)
        .max(age);
    assert!(off < Duration::from_millis(100), "{off:?}");
    let pulse = &numerics(&findings)[&Metric::NibpPulseRate];
    assert_eq!(pulse.len(), 1);
    assert_eq!(
        (pulse[0].measured, pulse[0].taken),
        (Measured::Valid(Value::whole(72)), reading.taken)
    );

    // The same pressures once more.
    let again = VitalSigns {
        cuff: cuff(6011, Some([118.0, 76.0, 90.0])),
        ..vitals
    };
    assert_eq!(cuffs(&bench.seconds(1, &vitals)), []);
    let findings = bench.seconds(10, &again);
    assert!(matches!(cuffs(&findings)[..], [Cuff::Completed(_)]));
}

#[test]
fn an_inflation_is_seen_and_so_is_that_it_gave_nothing() {
    let mut bench = Bench::opened();
    let measuring = VitalSigns {
        cuff: CuffState {
            measuring: true,
            ..cuff(5970, Some([118.0, 76.0, 90.0]))
        },
        ..well()
    };
    let findings = bench.seconds(10, &measuring);
    assert_eq!(cuffs(&findings), [Cuff::Measuring]);
    let failed = VitalSigns {
        cuff: cuff(6010, None),
        ..well()
    };
    let findings = bench.seconds(10, &failed);
    assert_eq!(cuffs(&findings), [Cuff::Failed(CuffFailure::Unknown)]);
}

#[test]
fn a_loose_probe_is_no_value_and_an_alarm_of_the_monitor() {
    let mut bench = Bench::opened();
    bench.seconds(5, &well());
    let off = VitalSigns {
        spo2: Signal::Missing(Missing::ProbeOff),
        pulse_rate: Signal::Missing(Missing::ProbeOff),
        ..well()
    };
    let findings = bench.seconds(5, &off);
    let numerics = numerics(&findings);
    for metric in [Metric::SpO2, Metric::PulseRate] {
        let none = Measured::Unavailable(Unavailable::NoReading);
        assert!(
            numerics[&metric]
                .iter()
                .all(|numeric| numeric.measured == none),
            "{metric}"
        );
    }
    assert!(!runs(&findings).contains_key(&Metric::Pleth));
    assert_eq!(
        alarms(&findings),
        [(DeviceAlarmPriority::Low, "SpO\u{2082} SENSOR OFF")]
    );
}

#[test]
fn its_alarms_are_told_once_while_they_stand() {
    let mut bench = Bench::opened();
    let low = |spo2| VitalSigns {
        spo2: Signal::Value(spo2),
        ..well()
    };
    let medium = DeviceAlarmPriority::Medium;
    let findings = bench.seconds(5, &low(88.0));
    assert_eq!(alarms(&findings), [(medium, "** SpO\u{2082} 88 < 90")]);
    assert_eq!(alarms(&bench.seconds(5, &low(85.0))), []);
    assert_eq!(alarms(&bench.seconds(5, &low(95.0))), []);
    let findings = bench.seconds(5, &low(84.0));
    assert_eq!(alarms(&findings), [(medium, "** SpO\u{2082} 84 < 90")]);
}

#[test]
fn a_monitor_without_channels_has_a_cuff_and_nothing_else() {
    let mut bench = Bench::opened();
    let findings = bench.seconds(5, &VitalSigns::UNMONITORED);
    assert_eq!(numerics(&findings).len() + runs(&findings).len(), 0);
}

#[test]
fn an_association_that_is_kept_alive_lasts() {
    let mut bench = Bench::opened();
    bench.seconds(5, &well());
    for _ in 0..12 {
        let findings = bench.seconds(10, &well());
        let identities = findings
            .iter()
            .filter(|finding| matches!(finding, Finding::Identity(_)));
        assert_eq!(identities.count(), 0, "there is no other association");
        assert!(numerics(&findings)[&Metric::SpO2].len() >= 9);
    }
}

#[test]
fn a_host_that_is_not_heard_loses_its_association_and_gets_another() {
    let mut bench = Bench::opened();
    bench.seconds(5, &well());
    bench.cut = true;
    bench.seconds(12, &well());
    assert!(bench.simulator.association.is_none());
    bench.cut = false;
    let findings = bench.seconds(15, &well());
    assert!(
        findings
            .iter()
            .any(|finding| matches!(finding, Finding::Identity(_)))
    );
    assert!(!numerics(&findings)[&Metric::SpO2].is_empty());
}

#[test]
fn the_driver_ends_what_another_program_has_left() {
    let mut bench = Bench::opened();
    bench.seconds(5, &well());
    // The service begins anew, and the monitor knows nothing of it.
    bench.driver = (INFO.build)();
    let mut out = DriverOutput::default();
    bench
        .driver
        .handle(bench.mono(), LineInput::Opened, &mut out);
    bench.exchange(&mut out, &well());
    let findings = bench.seconds(3, &well());
    assert!(!numerics(&findings)[&Metric::SpO2].is_empty());
}

fn said(simulator: &mut PhilipsMib, now_s: u64, message: HostMessage) -> Vec<String> {
    let (mut request, mut line) = (Vec::new(), Vec::new());
    message.emit(&mut request);
    simulator.handle(Duration::from_secs(now_s), &request, &well(), &mut line);
    let mut said = Vec::new();
    Framer::default().push(&line, |_, found| {
        let Found::Frame { data, .. } = found else {
            unreachable!("{found:?}");
        };
        said.push(match Message::parse(data).unwrap() {
            Message::Association(Association::Accept(_)) => "accept".to_owned(),
            Message::Association(other) => format!("{other:?}").to_lowercase(),
            Message::Event(_) => "event".to_owned(),
            Message::Poll(_, result) => format!("poll {:04X}", result.class),
            other => format!("{other:?}"),
        });
    });
    said
}

#[test]
fn it_says_who_it_is_until_that_is_confirmed_and_gives_up_then() {
    let mut simulator = PhilipsMib::default();
    let request = HostMessage::Association(Association::Request(GRANTED));
    assert_eq!(said(&mut simulator, 0, request), ["accept", "event"]);
    assert_eq!(said(&mut simulator, 1, request), ["refuse"]);
    let release = HostMessage::Association(Association::Release);
    assert_eq!(said(&mut simulator, 1, release), Vec::<String>::new());
    let mut events = 0;
    while let Some(due) = simulator.next_deadline() {
        let mut line = Vec::new();
        simulator.handle(due, &[], &well(), &mut line);
        events += 1;
        assert!(events < 10);
    }
    assert_eq!(events, 4, "three times, and the abort");
    assert_eq!(said(&mut simulator, 20, request), ["accept", "event"]);
}

#[test]
fn a_poll_is_answered_once_or_again_and_again_and_never_before_the_confirmation() {
    let mut simulator = PhilipsMib::default();
    let request = HostMessage::Association(Association::Request(GRANTED));
    said(&mut simulator, 0, request);
    let poll = |class, kind| {
        HostMessage::Poll(PollRequest {
            invoke: 9,
            number: 9,
            class,
            group: 0,
            kind,
        })
    };
    let single = poll(class::ALARMS, PollKind::Single);
    assert_eq!(said(&mut simulator, 1, single), Vec::<String>::new());
    let confirm = chairside_protocol::philips_mib::message::MonitorEventResult {
        invoke: 1,
        relative_time: 0,
    };
    said(&mut simulator, 1, HostMessage::EventResult(confirm));
    assert_eq!(said(&mut simulator, 1, single), ["poll 0036"]);
    let numbers = poll(class::NUMERICS, PollKind::ExtendedFor(16_000));
    assert!(!said(&mut simulator, 1, numbers).is_empty());
    assert!(!said(&mut simulator, 3, single).is_empty());
    assert_eq!(
        said(&mut simulator, 5, single),
        ["poll 0036"],
        "the two seconds are over"
    );
    let unknown = poll(0x002A, PollKind::ExtendedOnce);
    assert_eq!(
        said(&mut simulator, 6, unknown),
        ["Refused { invoke: 9, why: 0 }"]
    );
    let release = HostMessage::Association(Association::Release);
    assert_eq!(said(&mut simulator, 7, release), ["released"]);
    assert_eq!(simulator.next_deadline(), None);
}

#[test]
fn it_never_speaks_first_and_garbage_moves_nothing() {
    let mut simulator = PhilipsMib::default();
    let mut line = Vec::new();
    simulator.handle(Duration::ZERO, &[], &well(), &mut line);
    simulator.handle(Duration::ZERO, &[0xC0; 1000], &well(), &mut line);
    assert_eq!((line, simulator.next_deadline()), (Vec::new(), None));
}
