//! A scripted scenario, run and judged.
//!
//! The patient's story drives simulated devices; their bytes go over virtual lines through the
//! real drivers into the station. What its alarm engine says is compared with what the scenario
//! expects.

mod judge;

use std::rc::Rc;
use std::time::Duration;

use chairside_alarm::{AlarmProfile, Baseline, PressureBaseline, Transition};
use chairside_model::{Metric, Value};
use chairside_protocol::driver_named;
use chairside_simulators::device::simulator_named;
use chairside_simulators::patient::{Patient, Signal};
use chairside_simulators::scenario::{HrSource, Scenario, Sensors};
use chairside_station::Entry;

use crate::conditions::{Conditions, Edge};
use crate::virtual_clinic::{Event, VirtualBed, VirtualClinic, VirtualDevice, signal};

pub use judge::{Episode, Verdict, judge};

/// The devices that a scenario's bed can have, the first that carries a channel first.
const DEVICES: [&str; 3] = ["nonin", "capnostream20", "ge-v100"];

/// A scenario's bed, ready to run.
#[derive(Debug)]
pub struct Bench {
    clinic: VirtualClinic,
    duration: Duration,
    devices: Vec<&'static str>,
    handed_in: Vec<Metric>,
}

/// One end of an alarm's episode.
#[derive(Debug)]
pub struct Change<'a> {
    /// The alarm just after the change.
    pub transition: &'a Transition,
    /// Which end.
    pub edge: Edge,
}

impl Bench {
    /// Puts up the scenario's bed.
    ///
    /// # Panics
    ///
    /// Never: one bed cannot contradict itself.
    #[must_use]
    pub fn new(scenario: &Scenario, profile: AlarmProfile) -> Self {
        let mut left = wanted(scenario.sensors);
        let mut devices = Vec::new();
        let mut names = Vec::new();
        for name in DEVICES {
            let Some((driver, simulator)) = driver_named(name).zip(simulator_named(name)) else {
                continue;
            };
            let carries: Vec<Metric> = left
                .extract_if(.., |metric| driver.gives.contains(metric))
                .collect();
            if carries.is_empty() {
                continue;
            }
            names.push(name);
            devices.push(VirtualDevice {
                driver,
                simulator,
                metrics: Some(carries),
            });
        }
        let start = scenario.at(Duration::ZERO);
        left.retain(|metric| signal(&start, *metric) != Signal::NoChannel);
        let bed = VirtualBed {
            profile,
            patient: Rc::new(scenario.clone()),
            devices,
            handed_in: left.clone(),
            events: events(scenario),
        };
        Self {
            clinic: VirtualClinic::new(vec![bed]).expect("one bed cannot contradict itself"),
            duration: scenario.duration,
            devices: names,
            handed_in: left,
        }
    }

    /// Returns the devices whose bytes go over the wire, by their drivers' names.
    #[must_use]
    pub fn devices(&self) -> &[&'static str] {
        &self.devices
    }

    /// Returns the channels that no driver carries and that reach the station as observations.
    #[must_use]
    pub fn handed_in(&self) -> &[Metric] {
        &self.handed_in
    }

    /// Runs the scenario to its end and gives each end of an alarm's episode to `take`.
    ///
    /// # Errors
    ///
    /// The first error of `take`, which ends the run.
    pub fn run<E>(mut self, mut take: impl FnMut(&Change<'_>) -> Result<(), E>) -> Result<(), E> {
        let mut conditions = Conditions::default();
        self.clinic.run(self.duration, |record| {
            let Entry::Alarm { transition, .. } = &record.entry else {
                return Ok(());
            };
            match conditions.edge(transition) {
                Some(edge) => take(&Change { transition, edge }),
                None => Ok(()),
            }
        })
    }
}

/// Returns what a scenario's sensors measure.
fn wanted(sensors: Sensors) -> Vec<Metric> {
    let there = |metric: &Metric| match metric {
        Metric::SpO2 | Metric::PulseRate | Metric::PerfusionIndex => sensors.spo2,
        Metric::HeartRate => sensors.hr_source == HrSource::Ecg,
        Metric::RespirationRate | Metric::EtCO2 | Metric::FiCO2 => sensors.co2,
        Metric::EffortRate => sensors.effort,
        Metric::NibpSystolic | Metric::NibpDiastolic | Metric::NibpMean | Metric::NibpPulseRate => {
            sensors.nibp
        }
        _ => false,
    };
    Metric::ALL.into_iter().filter(there).collect()
}

fn baseline(scenario: &Scenario) -> Baseline {
    let known = &scenario.baseline;
    let pressure = Value::finite(known.sys).zip(Value::finite(known.dia));
    Baseline {
        pressure: pressure.map(|(systolic, diastolic)| PressureBaseline {
            systolic,
            diastolic,
        }),
        heart_rate: Value::finite(known.hr),
        spo2: Value::finite(known.spo2),
        respiration_rate: known.rr.and_then(Value::finite),
        etco2: known.etco2.and_then(Value::finite),
    }
}

fn events(scenario: &Scenario) -> Vec<(Duration, Event)> {
    let mut events = vec![(
        Duration::ZERO,
        Event::CuffSameLimb(scenario.sensors.cuff_same_limb),
    )];
    events.push((Duration::ZERO, Event::Baseline(baseline(scenario))));
    for dose in &scenario.dose {
        events.push((dose.start, Event::Dosing(true)));
        events.push((dose.start + dose.duration, Event::Dosing(false)));
    }
    events
}
