use chairside_model::{Measured, Metric, MonoTime, Reading, Unavailable, Value};
use chairside_protocol::capnostream20::INFO;
use chairside_protocol::capnostream20::message::Message;
use chairside_protocol::{DeviceAlarmPriority, Driver, DriverOutput, Finding, LineInput};

use super::*;

fn well() -> VitalSigns {
    VitalSigns {
        pulse_rate: Signal::Value(71.5),
        spo2: Signal::Value(96.4),
        respiration_rate: Signal::Value(15.0),
        etco2: Signal::Value(38.0),
        ..VitalSigns::UNMONITORED
    }
}

/// The simulator and the driver on a line without delay, and a patient who breathes 15 times a
/// minute.
struct Bench {
    simulator: Capnostream20,
    driver: Box<dyn Driver>,
    now: Duration,
    found: Vec<Finding>,
    sent: usize,
}

impl Bench {
    fn new() -> Self {
        let mut bench = Self {
            simulator: Capnostream20::default(),
            driver: (INFO.build)(),
            now: Duration::from_mins(100),
            found: Vec::new(),
            sent: 0,
        };
        bench.input(LineInput::Opened, &well());
        bench
    }

    /// Gives the driver one input, carries the words of both over until nobody has more to say,
    /// and notes what the driver found.
    fn input(&mut self, input: LineInput<'_>, vitals: &VitalSigns) {
        let now = MonoTime::from_start(self.now);
        let mut out = DriverOutput::default();
        self.driver.handle(now, input, &mut out);
        loop {
            let mut line = Vec::new();
            let orders = std::mem::take(&mut out.transmit);
            self.simulator.handle(self.now, &orders, vitals, &mut line);
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

    /// Lets this much time pass and returns what was found in it, without the frames.
    fn pass(&mut self, time: Duration, vitals: &VitalSigns) -> Vec<Finding> {
        let end = self.now + time;
        self.found.clear();
        loop {
            let next = [
                self.simulator.next_deadline(),
                self.driver.next_deadline().map(MonoTime::since_start),
            ]
            .into_iter()
            .flatten()
            .min()
            .filter(|next| *next <= end);
            let Some(next) = next else {
                break;
            };
            self.now = self.now.max(next);
            let breath_phase = (self.now.as_secs_f64() / 4.0).fract();
            let vitals = VitalSigns {
                breath_phase,
                ..*vitals
            };
            self.input(LineInput::Tick, &vitals);
        }
        self.now = end;
        self.found.retain(|finding| *finding != Finding::Frame);
        std::mem::take(&mut self.found)
    }
}

/// Returns the last value of each metric.
fn values(found: &[Finding]) -> Vec<(Metric, Measured)> {
    [
        Metric::EtCO2,
        Metric::FiCO2,
        Metric::RespirationRate,
        Metric::SpO2,
        Metric::PulseRate,
    ]
    .into_iter()
    .filter_map(|metric| {
        found.iter().rev().find_map(|finding| match finding {
            Finding::Reading(Reading::Numeric(numeric)) if numeric.metric == metric => {
                Some((metric, numeric.measured))
            }
            _ => None,
        })
    })
    .collect()
}

fn samples(found: &[Finding]) -> Vec<f64> {
    found
        .iter()
        .filter_map(|finding| match finding {
            Finding::Reading(Reading::Waveform(run)) => Some(run),
            _ => None,
        })
        .flat_map(|run| {
            run.samples
                .iter()
                .map(|&count| f64::from(count) * run.scale)
        })
        .collect()
}

fn alarms(found: &[Finding]) -> Vec<(DeviceAlarmPriority, &str)> {
    found
        .iter()
        .filter_map(|finding| match finding {
            Finding::DeviceAlarm { priority, text } => Some((*priority, text.as_ref())),
            _ => None,
        })
        .collect()
}

#[test]
fn the_driver_reads_the_patient_rounded_half_up() {
    let mut bench = Bench::new();
    assert!(
        bench
            .found
            .contains(&Finding::Identity("B500000001".into()))
    );
    let found = bench.pass(Duration::from_secs(5), &well());
    let expected = [
        (Metric::EtCO2, 38),
        (Metric::FiCO2, 0),
        (Metric::RespirationRate, 15),
        (Metric::SpO2, 96),
        (Metric::PulseRate, 72),
    ]
    .map(|(metric, value)| (metric, Measured::Valid(Value::whole(value))));
    assert_eq!(values(&found), expected);
    assert_eq!(alarms(&found), []);
}

#[test]
fn numerics_come_each_second_and_samples_twenty_times() {
    let mut bench = Bench::new();
    bench.pass(Duration::from_secs(1), &well());
    let found = bench.pass(Duration::from_mins(1), &well());
    let numerics = found
        .iter()
        .filter(|finding| matches!(finding, Finding::Reading(Reading::Numeric(_))))
        .count();
    assert_eq!(numerics, 5 * 60);
    assert_eq!(samples(&found).len(), 20 * 60);
}

#[test]
fn the_capnogram_has_the_patients_breaths() {
    let mut bench = Bench::new();
    let curve = samples(&bench.pass(Duration::from_mins(1), &well()));
    let breaths = curve
        .windows(2)
        .filter(|pair| pair[0] < 8.0 && pair[1] >= 8.0)
        .count();
    assert_eq!(breaths, 15);
    let highest = curve.iter().copied().fold(0.0, f64::max);
    assert!((37.0..=38.0).contains(&highest), "{highest}");
    assert!(curve.contains(&0.0));
}

#[test]
fn each_breath_ends_once() {
    let mut simulator = Capnostream20::default();
    let mut line = Vec::new();
    Command::Enable.emit(&mut line);
    Command::StartRealTime.emit(&mut line);
    let orders = std::mem::take(&mut line);
    simulator.handle(Duration::ZERO, &orders, &well(), &mut line);
    for tick in 1..200 {
        let now = SAMPLE_PERIOD * tick;
        let breath_phase = f64::from(tick % 80) / 80.0;
        let vitals = VitalSigns {
            breath_phase,
            ..well()
        };
        simulator.handle(now, &[], &vitals, &mut line);
    }
    let mut ends = Vec::new();
    Framer::default().push(&line, |_, found| {
        let Found::Frame { body, .. } = found else {
            panic!("{found:?}");
        };
        if let Ok(Message::Wave(sample)) = Message::parse(body)
            && sample.status.contains(FastStatus::END_OF_BREATH)
        {
            ends.push(sample.number);
        }
    });
    // At 45 % of 4 s, and of the next two breaths.
    assert_eq!(ends, [36, 116, 196]);
}

#[test]
fn it_says_nothing_before_it_is_enabled_and_streams_only_when_told_to() {
    let mut simulator = Capnostream20::default();
    let mut send = |at_ms, commands: &[Command]| {
        let (mut orders, mut line) = (Vec::new(), Vec::new());
        for command in commands {
            command.emit(&mut orders);
        }
        simulator.handle(Duration::from_millis(at_ms), &orders, &well(), &mut line);
        (line.len(), simulator.next_deadline())
    };
    assert_eq!(send(0, &[]), (0, None));
    assert_eq!(send(0, &[Command::StartRealTime]), (0, None));
    let (identity, deadline) = send(0, &[Command::Enable]);
    assert_eq!((identity, deadline), (34, None));
    let (_, deadline) = send(7, &[Command::StartRealTime]);
    assert_eq!(deadline, Some(Duration::from_millis(57)));
    assert_eq!(send(56, &[]), (0, deadline), "not yet");
    assert_eq!(send(60, &[]).1, Some(Duration::from_millis(107)));
    assert_eq!(send(100, &[Command::StopRealTime]), (0, None));
    let (_, deadline) = send(200, &[Command::StartRealTime]);
    assert_eq!(deadline, Some(Duration::from_millis(250)));
    assert_eq!(send(210, &[Command::Disable]), (0, None));
    assert_eq!(send(220, &[Command::StartRealTime]), (0, None));
}

#[test]
fn a_host_that_falls_silent_loses_the_monitor() {
    let mut simulator = Capnostream20::default();
    let mut line = Vec::new();
    Command::Enable.emit(&mut line);
    Command::StartRealTime.emit(&mut line);
    let orders = std::mem::take(&mut line);
    simulator.handle(Duration::ZERO, &orders, &well(), &mut line);
    let mut last = Duration::ZERO;
    while let Some(next) = simulator.next_deadline() {
        line.clear();
        simulator.handle(next, &[], &well(), &mut line);
        if !line.is_empty() {
            last = next;
        }
    }
    assert_eq!(last, Duration::from_millis(14_950));
    simulator.handle(Duration::from_secs(20), &orders, &well(), &mut line);
    assert!(
        simulator.next_deadline().is_some(),
        "it can be enabled again"
    );
}

#[test]
fn the_driver_keeps_the_monitor_streaming() {
    let mut bench = Bench::new();
    for _ in 0..10 {
        let found = bench.pass(Duration::from_mins(1), &well());
        assert_eq!(samples(&found).len(), 1200);
    }
}

#[test]
fn a_monitor_that_was_off_for_a_while_streams_again() {
    let mut bench = Bench::new();
    bench.pass(Duration::from_secs(5), &well());
    bench.simulator = Capnostream20::default();
    let found = bench.pass(Duration::from_secs(10), &well());
    // Silence is noticed 3 s after the last frame.
    assert!(samples(&found).len() > 130, "{}", samples(&found).len());
}

#[test]
fn a_stall_leaves_samples_out_and_does_not_pile_them_up() {
    let mut bench = Bench::new();
    bench.now += Duration::from_secs(10);
    bench.sent = 0;
    bench.input(LineInput::Tick, &well());
    assert!(bench.sent < 20 * 12 + 2 * 40 + 40, "{}", bench.sent);
}

#[test]
fn the_reasons_for_no_value_are_told_apart() {
    for (missing, expected) in [
        (Missing::ProbeOff, Unavailable::NoSensor),
        (Missing::Searching, Unavailable::Calibrating),
        (Missing::Occluded, Unavailable::NoReading),
        (Missing::NoReading, Unavailable::NoReading),
    ] {
        let mut bench = Bench::new();
        bench.pass(Duration::from_secs(3), &well());
        let [respiration_rate, etco2] = [Signal::Missing(missing); 2];
        let found = bench.pass(
            Duration::from_secs(3),
            &VitalSigns {
                respiration_rate,
                etco2,
                ..well()
            },
        );
        for (metric, measured) in &values(&found)[..3] {
            let none = Measured::Unavailable(expected);
            assert_eq!(*measured, none, "{metric}, {missing:?}");
        }
        // What was on its way when the gas went is at most one run.
        assert!(samples(&found).len() < 4, "{missing:?}");
    }
}

#[test]
fn a_loose_probe_and_an_oximeter_that_is_off_are_told_apart() {
    for (signal, expected) in [
        (Signal::Missing(Missing::ProbeOff), Unavailable::SensorOff),
        (Signal::Missing(Missing::Motion), Unavailable::NoReading),
        (Signal::NoChannel, Unavailable::NoSensor),
    ] {
        let mut bench = Bench::new();
        bench.pass(Duration::from_secs(3), &well());
        let found = bench.pass(
            Duration::from_secs(3),
            &VitalSigns {
                spo2: signal,
                pulse_rate: signal,
                ..well()
            },
        );
        for (metric, measured) in &values(&found)[3..] {
            let none = Measured::Unavailable(expected);
            assert_eq!(*measured, none, "{metric}, {signal:?}");
        }
        assert_eq!(alarms(&found), []);
    }
}

#[test]
fn a_monitor_without_a_pump_measures_no_gas() {
    let mut bench = Bench::new();
    bench.pass(Duration::from_secs(3), &well());
    let [respiration_rate, etco2] = [Signal::NoChannel; 2];
    let found = bench.pass(
        Duration::from_secs(3),
        &VitalSigns {
            respiration_rate,
            etco2,
            ..well()
        },
    );
    let none = Measured::Unavailable(Unavailable::NoReading);
    assert_eq!(values(&found)[0], (Metric::EtCO2, none));
    assert!(values(&found)[3].1.valid().is_some());
}

#[test]
fn the_monitor_calls_an_apnoea_after_thirty_seconds_and_says_so_once() {
    let mut bench = Bench::new();
    bench.pass(Duration::from_secs(10), &well());
    let closed = VitalSigns {
        respiration_rate: Signal::Value(0.0),
        etco2: Signal::Value(0.0),
        ..well()
    };
    let found = bench.pass(Duration::from_secs(25), &closed);
    assert!(!alarms(&found).contains(&(DeviceAlarmPriority::High, "no breath")));
    let found = bench.pass(Duration::from_mins(1), &closed);
    assert_eq!(alarms(&found), [(DeviceAlarmPriority::High, "no breath")]);
    assert!(samples(&found).iter().all(|pressure| *pressure < 1e-9));
}

#[test]
fn a_value_beyond_the_monitors_limit_is_its_own_alarm() {
    let mut bench = Bench::new();
    bench.pass(Duration::from_secs(3), &well());
    let found = bench.pass(
        Duration::from_secs(3),
        &VitalSigns {
            spo2: Signal::Value(85.0),
            pulse_rate: Signal::Value(150.0),
            etco2: Signal::Value(61.0),
            ..well()
        },
    );
    let high = DeviceAlarmPriority::High;
    assert_eq!(
        alarms(&found),
        [
            (high, "EtCO2 high"),
            (high, "SpO2 low"),
            (high, "pulse rate high")
        ]
    );
}

#[test]
fn a_number_that_means_none_is_never_sent_as_a_value() {
    assert_eq!(byte(Signal::Value(255.0)), Some(0xFE));
    assert_eq!(byte(Signal::Value(1e9)), Some(0xFE));
    assert_eq!(byte(Signal::Value(-1.0)), Some(0));
    assert_eq!(byte(Signal::Value(97.5)), Some(98));
    assert_eq!(byte(Signal::NoChannel), None);
}
