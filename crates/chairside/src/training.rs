//! Beds for training whose patient the service simulates itself: one patient for all devices of a
//! bed, each a real simulator at the end of a pseudo-terminal, read by the real driver.
//!
//! The rest of the service knows of these patients only that a trainer can steer them: their values
//! enter as bytes on a line, like anybody's.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chairside_simulators::clock::Clock;
use chairside_simulators::device::simulator_named;
use chairside_simulators::fault::Faults;
use chairside_simulators::lifelike::Lifelike;
use chairside_simulators::pace::Speed;
use chairside_simulators::patient::Patient;
use chairside_simulators::run::{DevicePlan, Place, SimulatedDevice};
use chairside_simulators::scenario::Scenario;
use chairside_simulators::steered::Steered;
use tracing::error;

use crate::config::{Bed, Config};

/// The patients who can be steered, by the id of their bed.
#[derive(Clone, Debug, Default)]
pub struct Patients(Arc<BTreeMap<String, Arc<Steered>>>);

impl Patients {
    /// Returns the patient of a bed, if it has one.
    #[must_use]
    pub fn at(&self, bed: &str) -> Option<&Arc<Steered>> {
        self.0.get(bed)
    }

    /// Returns these and others.
    #[must_use]
    pub(crate) fn and(&self, others: &Self) -> Self {
        let all = self.0.iter().chain(others.0.iter());
        all.map(|(bed, patient)| (bed.clone(), Arc::clone(patient)))
            .collect()
    }
}

impl FromIterator<(String, Arc<Steered>)> for Patients {
    fn from_iter<T: IntoIterator<Item = (String, Arc<Steered>)>>(patients: T) -> Self {
        Self(Arc::new(patients.into_iter().collect()))
    }
}

/// The patients and the devices that a configuration asks for. The devices go when this is dropped.
#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) patients: Patients,
    devices: Vec<SimulatedDevice>,
}

impl Simulated {
    /// Plugs the devices in, at the service's pace. Needs a running tokio runtime; when this returns,
    /// their ports are there. A bed of which one cannot be made is told of and has none: patients
    /// are watched all the same, and its alarms say what is not there.
    pub(crate) fn plug_in(config: &Config, pace: u32) -> Self {
        let clock = Clock::start_at_pace(pace);
        let (mut patients, mut devices) = (BTreeMap::new(), Vec::new());
        // Beds next to each other have patients who are not twins.
        for (seed, bed) in (1..).zip(&config.beds) {
            let Some(scenario) = &bed.scenario else {
                continue;
            };
            let patient = Arc::new(steered(scenario, seed));
            match plug_in(bed, seed, &patient, clock) {
                Ok(of_bed) => {
                    devices.extend(of_bed);
                    patients.insert(bed.id.clone(), patient);
                }
                Err(error) => error!(bed = bed.id, %error, "Simulated devices cannot be made."),
            }
        }
        Self {
            patients: Patients(Arc::new(patients)),
            devices,
        }
    }

    /// Switches the devices off, and waits until their ports are gone.
    pub(crate) async fn stop(self) {
        for device in self.devices {
            device.stop().await;
        }
    }
}

fn steered(scenario: &Scenario, seed: u64) -> Steered {
    Steered::new(Arc::new(Lifelike::new(
        scenario.clone(),
        seed,
        Duration::ZERO,
    )))
}

fn plug_in(
    bed: &Bed,
    seed: u64,
    patient: &Arc<Steered>,
    clock: Clock,
) -> io::Result<Vec<SimulatedDevice>> {
    let devices = bed.devices.iter().filter_map(|device| {
        // Of such a bed each driver has a simulator, and each port a path: its configuration was
        // refused otherwise.
        let simulator = simulator_named(device.driver.name)?;
        Some((simulator, device.port.serial_path()?))
    });
    let start = |(simulator, path): (_, &std::path::Path)| {
        let failed = |error| at(path, &error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let plan = DevicePlan {
            simulator,
            patient: Arc::clone(patient) as Arc<dyn Patient>,
            speed: Speed::REAL,
            faults: Faults::NONE,
            seed,
            place: Place::Link(path.to_owned()),
            clock,
        };
        SimulatedDevice::start(plan).map_err(failed)
    };
    devices.map(start).collect()
}

fn at(path: &std::path::Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
