//! A simulated GE CARESCAPE V100.
//!
//! It answers `NA`, `OA`, `RA`, `TC`, `NC0` and `ND` and never speaks first. A request whose
//! check characters do not fit is not answered, for nobody knows what the real one does.
//! **Not simulated:** the cuff does not start or stop on an order (it follows the patient's
//! story), signal strength and averaging time (always 5 and 12 s), the neonatal and stat modes.

use std::time::Duration;

use chairside_protocol::ge_v100::message::{
    Command, CuffCommandReply, NibpAge, NibpMode, NibpReply, NibpStatus, OximeterReply,
    OximeterStatus, PatientType, RateReply, RateSource, Reply, TemperatureAge, TemperatureMode,
    TemperatureReply, TemperatureStatus, TemperatureUnit,
};

use super::{Simulator, whole};
use crate::patient::{CuffState, Missing, Pressures, Signal, VitalSigns};

/// From one temperature determination to the next. A person takes a temperature now and then;
/// here somebody does each minute.
const TEMPERATURE_PERIOD: Duration = Duration::from_mins(1);

/// Bytes of a request kept at most; the longest has seven. More is noise and is dropped.
const REQUEST_LENGTH_MAX: usize = 32;

const CARRIAGE_RETURN: u8 = 0x0D;

/// A simulated V100.
#[derive(Debug, Default)]
pub struct GeV100 {
    request: Vec<u8>,
    thermometer: Thermometer,
}

impl Simulator for GeV100 {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        for &byte in received {
            if self.request.len() == REQUEST_LENGTH_MAX {
                self.request.clear();
            }
            self.request.push(byte);
            if byte == CARRIAGE_RETURN {
                let command = Command::parse(&self.request);
                self.request.clear();
                if let Ok(command) = command {
                    self.reply(now, command, vitals).emit(line);
                }
            }
        }
    }

    fn next_deadline(&self) -> Option<Duration> {
        None
    }
}

impl GeV100 {
    fn reply(&mut self, now: Duration, command: Command, vitals: &VitalSigns) -> Reply {
        match command {
            Command::ReadNibp => Reply::Nibp(nibp(now, &vitals.cuff)),
            Command::ReadOximeter => Reply::Oximeter(oximeter(vitals.spo2)),
            Command::ReadRate => Reply::Rate(RateReply {
                source: RateSource::Oximeter,
                rate: vitals.pulse_rate.value().map(whole),
            }),
            Command::ReadTemperature => {
                Reply::Temperature(self.thermometer.reply(now, vitals.temperature))
            }
            Command::StartNibp => {
                Reply::CuffCommand(CuffCommandReply::Start(nibp(now, &vitals.cuff).status))
            }
            Command::CancelNibp => {
                Reply::CuffCommand(CuffCommandReply::Cancel(nibp(now, &vitals.cuff).status))
            }
        }
    }
}

fn nibp(now: Duration, cuff: &CuffState) -> NibpReply {
    let last = cuff.last.filter(|_| !cuff.measuring);
    let age = last.and_then(|last| NibpAge::whole_seconds(now.saturating_sub(last.ended)));
    let status = match last {
        None if cuff.measuring => NibpStatus::Busy,
        Some(last) if last.pressures.is_none() => NibpStatus::Failed,
        None | Some(_) => NibpStatus::Done,
    };
    // The values go when the age does: after 5400 s there is no determination any more.
    let pressures = age.and(last).and_then(|last| last.pressures);
    let pressure = |one: fn(Pressures) -> Option<f64>| pressures.and_then(one).map(whole);
    NibpReply {
        status,
        patient: PatientType::Adult,
        mode: NibpMode::Normal,
        age,
        systolic: pressure(|all| all.systolic),
        diastolic: pressure(|all| all.diastolic),
        mean: pressure(|all| all.mean),
    }
}

fn oximeter(spo2: Signal) -> OximeterReply {
    let status = match spo2 {
        Signal::Value(_) => OximeterStatus::Operating,
        // As the PRO series says it. The ProCare says "no data", which tells less.
        Signal::Missing(Missing::ProbeOff) => OximeterStatus::Unplugged,
        Signal::Missing(
            Missing::Searching | Missing::Motion | Missing::Occluded | Missing::NoReading,
        ) => OximeterStatus::NoData,
        Signal::NoChannel => OximeterStatus::Standby,
    };
    OximeterReply {
        status,
        saturation: spo2.value().map(whole),
        strength: 5,
        averaging_s: 12,
    }
}

/// The thermometer and its last determination.
#[derive(Debug, Default)]
struct Thermometer {
    last: Option<Determination>,
}

#[derive(Clone, Copy, Debug)]
struct Determination {
    ended: Duration,
    counter: u8,
    tenths_fahrenheit: u16,
}

impl Thermometer {
    fn reply(&mut self, now: Duration, temperature: Signal) -> TemperatureReply {
        let status = match temperature {
            Signal::Value(celsius) => {
                self.measure(now, celsius);
                TemperatureStatus::Idle
            }
            Signal::Missing(Missing::ProbeOff) => TemperatureStatus::ProbeFault,
            Signal::Missing(Missing::Searching) => TemperatureStatus::InProgress,
            Signal::Missing(Missing::Motion | Missing::Occluded | Missing::NoReading) => {
                TemperatureStatus::Timeout
            }
            Signal::NoChannel => TemperatureStatus::Idle,
        };
        let age =
            |last: Determination| TemperatureAge::whole_seconds(now.saturating_sub(last.ended));
        TemperatureReply {
            status,
            mode: TemperatureMode::Predictive,
            counter: self.last.map_or(b' ', |last| last.counter),
            age: self.last.and_then(age),
            tenths_fahrenheit: self.last.map(|last| last.tenths_fahrenheit),
            display: TemperatureUnit::Celsius,
        }
    }

    fn measure(&mut self, now: Duration, celsius: f64) {
        let due = self
            .last
            .is_none_or(|last| now >= last.ended + TEMPERATURE_PERIOD);
        if due {
            self.last = Some(Determination {
                ended: now,
                counter: self.last.map_or(b'!', |last| next_counter(last.counter)),
                tenths_fahrenheit: whole(celsius * 18.0 + 320.0),
            });
        }
    }
}

/// Returns the counter's next character; after the last printable one comes the first.
const fn next_counter(counter: u8) -> u8 {
    match counter {
        b' '..b'~' => counter + 1,
        _ => b' ',
    }
}

#[cfg(test)]
mod tests {
    use chairside_model::{
        Cuff, CuffFailure, CuffReading, Measured, Metric, MonoTime, Numeric, Reading, Unavailable,
        Value,
    };
    use chairside_protocol::ge_v100::INFO;
    use chairside_protocol::{Driver, DriverOutput, Finding, LineInput};

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
            out.events
                .into_iter()
                .filter_map(|event| match event.finding {
                    Finding::Reading(reading) => Some(reading),
                    Finding::Frame => None,
                    other => panic!("{other:?}"),
                })
                .collect()
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
}
