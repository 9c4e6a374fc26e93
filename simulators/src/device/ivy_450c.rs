//! A simulated Ivy 450C.
//!
//! It sends a message each second by itself, from the moment it is switched on, and does not
//! listen: a second of ECG (lead II), of respiration by impedance and of pleth, and its numbers. A
//! number that it has not is empty. The cuff's last reading is repeated for ever.
//! **Not simulated:** CO2, temperatures, invasive pressures, alarms, and what the monitor shows
//! while its cuff measures.

use std::time::Duration;

use chairside_protocol::ivy_450c::message::{Message, Numbers};

use super::ge_dri::curves::{earlier, electrocardiogram};
use super::nonin::pleth;
use super::{Simulator, whole};
use crate::patient::{Pressures, Signal, VitalSigns};

/// From one message to the next.
const PERIOD: Duration = Duration::from_secs(1);

/// Samples of a message.
const ECG_SAMPLES: u8 = 200;
const OTHER_SAMPLES: u8 = 50;

/// Highest sample of the respiration, and what it moves around.
const RESP_MIDDLE: f64 = 100.0;
const RESP_SIZE: f64 = 60.0;

/// Height of a pleth of usual perfusion.
const PLETH_SIZE: f64 = 60.0;

/// A simulated Ivy 450C.
#[derive(Debug, Default)]
pub struct Ivy450c {
    /// When the next message is due.
    due: Duration,
    /// The last reading of the cuff, which it keeps.
    cuff: Option<Pressures>,
}

impl Simulator for Ivy450c {
    fn handle(&mut self, now: Duration, _received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        if let Some(pressures) = vitals.cuff.last.and_then(|last| last.pressures) {
            self.cuff = Some(pressures);
        }
        if now < self.due {
            return;
        }
        self.due += PERIOD;
        if self.due <= now {
            // After a stall it leaves out what it missed.
            self.due = now + PERIOD;
        }
        let curve = |count: u8, sample: fn(&VitalSigns) -> u8| -> Vec<u8> {
            (0..count)
                .rev()
                .map(|back| sample(&earlier(vitals, f64::from(back) / f64::from(count))))
                .collect()
        };
        let message = Message {
            ecg: &curve(ECG_SAMPLES, ecg),
            resp: &curve(OTHER_SAMPLES, resp),
            pleth: &curve(OTHER_SAMPLES, pleth),
            numbers: self.numbers(vitals),
        };
        message.emit(line);
    }

    fn next_deadline(&self) -> Option<Duration> {
        Some(self.due)
    }
}

impl Ivy450c {
    fn numbers(&self, vitals: &VitalSigns) -> Numbers<'static> {
        let cuff = self.cuff;
        let pressure = |one: fn(Pressures) -> Option<f64>| cuff.and_then(one).map(whole);
        Numbers {
            heart_rate: number(vitals.heart_rate),
            heart_rate_label: "ECG-II-DIAG",
            respiration_rate: number(vitals.effort_rate),
            etco2: None,
            saturation: number(vitals.spo2),
            pulse_rate: number(vitals.pulse_rate),
            nibp: [
                pressure(|all| all.systolic),
                pressure(|all| all.diastolic),
                pressure(|all| all.mean),
                None,
            ],
        }
    }
}

fn number(signal: Signal) -> Option<u16> {
    signal.value().map(whole)
}

fn ecg(vitals: &VitalSigns) -> u8 {
    let beats = vitals.heart_rate.value().is_some_and(|rate| rate > 0.0);
    let millivolts = if beats {
        electrocardiogram(vitals.beat_phase) / 1000.0
    } else {
        0.0
    };
    let steps = millivolts * f64::from(Message::ECG_STEPS_PER_MILLIVOLT);
    byte(f64::from(Message::ECG_ZERO) + steps)
}

fn resp(vitals: &VitalSigns) -> u8 {
    let breathes = vitals.effort_rate.value().is_some_and(|rate| rate > 0.0);
    let swing = if breathes {
        (vitals.breath_phase * std::f64::consts::TAU).cos()
    } else {
        0.0
    };
    byte(RESP_MIDDLE + RESP_SIZE * swing)
}

fn pleth(vitals: &VitalSigns) -> u8 {
    let height = match vitals.spo2 {
        Signal::Value(_) => pleth::beat(vitals.beat_phase) - 0.5,
        Signal::Missing(_) | Signal::NoChannel => 0.0,
    };
    byte(f64::from(Message::PLETH_ZERO) + PLETH_SIZE * height)
}

fn byte(value: f64) -> u8 {
    u8::try_from(whole(value)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use chairside_model::{Cuff, Measured, Metric, MonoTime, Reading, Unavailable, Value};
    use chairside_protocol::ivy_450c::INFO;
    use chairside_protocol::{Driver, DriverOutput, Finding, LineInput};

    use super::*;
    use crate::patient::{CuffResult, CuffState, Missing};

    fn well() -> VitalSigns {
        VitalSigns {
            heart_rate: Signal::Value(71.5),
            pulse_rate: Signal::Value(72.0),
            spo2: Signal::Value(96.4),
            effort_rate: Signal::Value(14.0),
            ..VitalSigns::UNMONITORED
        }
    }

    fn with_cuff(pressures: Option<[f64; 3]>, vitals: VitalSigns) -> VitalSigns {
        let pressures = pressures.map(|[systolic, diastolic, mean]| Pressures {
            systolic: Some(systolic),
            diastolic: Some(diastolic),
            mean: Some(mean),
        });
        VitalSigns {
            cuff: CuffState {
                measuring: false,
                last: Some(CuffResult {
                    ended: Duration::ZERO,
                    pressures,
                }),
            },
            ..vitals
        }
    }

    /// The simulator and the driver on a line without delay.
    struct Bench {
        simulator: Ivy450c,
        driver: Box<dyn Driver>,
        now: Duration,
    }

    impl Bench {
        fn new() -> Self {
            let mut driver = (INFO.build)();
            let mut out = DriverOutput::default();
            driver.handle(MonoTime::ZERO, LineInput::Opened, &mut out);
            Self {
                simulator: Ivy450c::default(),
                driver,
                now: Duration::ZERO,
            }
        }

        /// Lets a second pass and returns its readings.
        fn second(&mut self, vitals: &VitalSigns) -> Vec<Reading> {
            self.now = (self.now + PERIOD).max(Duration::from_secs(100));
            let mut line = Vec::new();
            self.simulator.handle(self.now, &[], vitals, &mut line);
            let mut out = DriverOutput::default();
            let now = MonoTime::from_start(self.now);
            self.driver
                .handle(now, LineInput::Received(&line), &mut out);
            assert_eq!(out.events[0].finding, Finding::Frame);
            out.events
                .into_iter()
                .filter_map(|event| match event.finding {
                    Finding::Reading(reading) => Some(reading),
                    Finding::Frame => None,
                    other => panic!("{other:?}"),
                })
                .collect()
        }

        fn values(&mut self, vitals: &VitalSigns) -> Vec<(Metric, Measured)> {
            let readings = self.second(vitals).into_iter();
            let numerics = readings.filter_map(|reading| match reading {
                Reading::Numeric(numeric) => Some((numeric.metric, numeric.measured)),
                _ => None,
            });
            numerics.collect()
        }

        /// Returns the systolic pressure that is told in this second.
        fn systolic(&mut self, vitals: &VitalSigns) -> Option<f64> {
            self.second(vitals)
                .into_iter()
                .find_map(|reading| match reading {
                    Reading::Cuff(Cuff::Completed(reading)) => reading.systolic.map(Value::number),
                    _ => None,
                })
        }
    }

    #[test]
    fn the_driver_reads_the_patient_rounded_half_up() {
        let valid = |number: i32| Measured::Valid(Value::whole(number));
        let expected = [
            (Metric::HeartRate, valid(72)),
            (Metric::EffortRate, valid(14)),
            (Metric::SpO2, valid(96)),
            (Metric::PulseRate, valid(72)),
        ];
        assert_eq!(Bench::new().values(&well()), expected);
    }

    #[test]
    fn what_is_missing_is_empty() {
        let gone = Signal::Missing(Missing::ProbeOff);
        let vitals = VitalSigns {
            spo2: gone,
            pulse_rate: gone,
            heart_rate: Signal::NoChannel,
            effort_rate: gone,
            ..well()
        };
        let none = Measured::Unavailable(Unavailable::NoReading);
        let values = Bench::new().values(&vitals);
        assert_eq!(values.len(), 4);
        assert!(values.iter().all(|(_, measured)| *measured == none));
    }

    #[test]
    fn a_reading_of_the_cuff_is_told_once_and_kept_over_a_failed_one() {
        let mut bench = Bench::new();
        let first = with_cuff(Some([118.0, 76.0, 92.0]), well());
        assert_eq!(bench.systolic(&first), None, "its age is not known");
        assert_eq!(bench.systolic(&first), None);
        let second = with_cuff(Some([128.0, 76.0, 92.0]), well());
        assert_eq!(bench.systolic(&second), Some(128.0));
        assert_eq!(bench.systolic(&with_cuff(None, well())), None);
        assert_eq!(bench.systolic(&second), None);
    }

    #[test]
    fn the_curves_are_as_high_as_the_patients() {
        let mut bench = Bench::new();
        let readings = bench.second(&well());
        let height = |metric: Metric| {
            let run = readings.iter().find_map(|reading| match reading {
                Reading::Waveform(run) if run.metric == metric => Some(run),
                _ => None,
            });
            let run = run.expect("each second has each curve");
            let (lowest, highest) = (run.samples.iter().min(), run.samples.iter().max());
            f64::from(highest.unwrap() - lowest.unwrap()) * run.scale
        };
        assert!((1.0..1.5).contains(&height(Metric::EcgII)), "millivolts");
        assert!(height(Metric::Pleth) > 40.0);
        assert!(height(Metric::Resp) > 40.0);
    }

    #[test]
    fn a_message_fits_into_its_second_and_none_is_sent_twice() {
        let mut simulator = Ivy450c::default();
        let mut line = Vec::new();
        for quarter in 0..40_u32 {
            let now = Duration::from_millis(250) * quarter;
            simulator.handle(now, b"ignored", &well(), &mut line);
        }
        assert!((5000..6000).contains(&line.len()), "{}", line.len());
        line.clear();
        simulator.handle(Duration::from_secs(100), &[], &well(), &mut line);
        assert!(line.len() < 600, "after a stall there is one");
        assert_eq!(simulator.next_deadline(), Some(Duration::from_secs(101)));
    }
}
