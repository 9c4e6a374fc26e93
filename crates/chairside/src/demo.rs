//! The demo's clinic: beds, simulated devices, and the configuration that reads them.
//!
//! The devices are as real to the service as any: it finds them at paths and speaks their
//! protocols. Only this file knows that the paths lead to simulators.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chairside_model::Metric;
use chairside_protocol::driver_named;
use chairside_simulators::clock::Clock;
use chairside_simulators::device::simulator_named;
use chairside_simulators::fault::Faults;
use chairside_simulators::lifelike::Lifelike;
use chairside_simulators::pace::Speed;
use chairside_simulators::patient::Patient;
use chairside_simulators::run::{DevicePlan, Place, SimulatedDevice};
use chairside_simulators::steered::Steered;
use chairside_simulators::stories;

use crate::config::{Bed, Calling, Config, Device, Port, Role, Service, Staff, profile, protocol};
use crate::training::Patients;

/// More would be a ward and not a clinic.
pub const BEDS_MAX: u8 = 48;

/// What watches the patients of each story, in the order of [`stories::built_in`]; from round to
/// round of the beds another variant.
const MONITORS: [[Monitor; 2]; 4] = [
    [Monitor::NONIN, Monitor::NONIN],
    [Monitor::CAPNOSTREAM, Monitor::CAPNOSTREAM],
    [Monitor::NONIN, Monitor::NONIN],
    [Monitor::NONIN_FORMAT_7, Monitor::NONIN_FORMAT_8],
];

/// How much later into its story the next round of beds begins: no divisor of a story's length,
/// so that beds with one story are never in step.
const ROUND_SHIFT: Duration = Duration::from_secs(137);

/// What can be chosen about the demo.
#[derive(Clone, Copy, Debug)]
pub struct DemoPlan {
    /// How many beds, [`BEDS_MAX`] at most.
    pub beds: u8,
    /// Where chance begins: the same seed gives the same patients.
    pub seed: u64,
    /// How fast the patients' stories run.
    pub speed: Speed,
}

/// A clinic of simulated patients.
#[derive(Debug)]
pub struct DemoClinic {
    plan: DemoPlan,
    ports: PathBuf,
    beds: Vec<DemoBed>,
}

#[derive(Debug)]
struct DemoBed {
    id: String,
    monitor: Monitor,
    patient: Arc<Steered>,
}

/// A simulated device and the driver that reads it.
#[derive(Clone, Copy, Debug)]
struct Monitor {
    simulator: &'static str,
    driver: &'static str,
    /// What is read from it; everything when nothing is said.
    metrics: Option<&'static [Metric]>,
}

impl Monitor {
    const NONIN: Self = Self::all("nonin", "nonin");
    const NONIN_FORMAT_7: Self = Self::all("nonin-format7", "nonin");
    const NONIN_FORMAT_8: Self = Self::all("nonin-format8", "nonin");
    const CAPNOSTREAM: Self = Self::all("capnostream20", "capnostream20");
    /// Its cuff only: the probe is on the other device.
    const CUFF: Self = Self {
        metrics: Some(&[
            Metric::NibpSystolic,
            Metric::NibpDiastolic,
            Metric::NibpMean,
        ]),
        ..Self::all("ge-v100", "ge-v100")
    };

    const fn all(simulator: &'static str, driver: &'static str) -> Self {
        Self {
            simulator,
            driver,
            metrics: None,
        }
    }
}

impl DemoBed {
    fn devices(&self) -> [Monitor; 2] {
        [self.monitor, Monitor::CUFF]
    }

    fn device_name(&self, monitor: Monitor) -> String {
        format!("{}-{}", self.id, monitor.driver)
    }
}

impl DemoClinic {
    /// Makes a clinic whose devices are found in the folder `ports` of `folder`.
    #[must_use]
    pub fn new(plan: DemoPlan, folder: &Path) -> Self {
        let stories = stories::built_in();
        let bed = |index: u8| {
            let which = usize::from(index) % stories.len();
            let round = usize::from(index) / stories.len();
            let begins_at = ROUND_SHIFT * u32::try_from(round).unwrap_or_default();
            // Beds next to each other with seeds next to each other have nothing in common.
            let seed = plan.seed.wrapping_add(u64::from(index));
            DemoBed {
                id: (index + 1).to_string(),
                monitor: MONITORS[which][round % 2],
                patient: Arc::new(Steered::new(Arc::new(Lifelike::new(
                    stories[which].clone(),
                    seed,
                    begins_at,
                )))),
            }
        };
        Self {
            plan,
            ports: folder.join("ports"),
            beds: (0..plan.beds.min(BEDS_MAX)).map(bed).collect(),
        }
    }

    /// Returns the folder with the links to the devices.
    #[must_use]
    pub fn ports(&self) -> &Path {
        &self.ports
    }

    /// Returns the patients, whom a trainer can steer.
    #[must_use]
    pub fn patients(&self) -> Patients {
        let beds = self.beds.iter();
        beds.map(|bed| (bed.id.clone(), Arc::clone(&bed.patient)))
            .collect()
    }

    /// Returns the configuration of the service that watches this clinic.
    ///
    /// # Panics
    ///
    /// Never: a test makes it for every bed.
    #[must_use]
    pub fn config(&self, listen: SocketAddr, data: &Path) -> Config {
        let profile = profile::adult_ketamine();
        let protocols = protocol::built_in();
        let person = |id: &str, name: &str, role: Role| Staff {
            id: id.to_owned(),
            name: name.to_owned(),
            role,
        };
        let device = |bed: &DemoBed, monitor: Monitor| Device {
            name: bed.device_name(monitor),
            driver: driver_named(monitor.driver).expect("the demo names drivers that there are"),
            port: Port::Serial(self.ports.join(bed.device_name(monitor))),
            baud: None,
            metrics: monitor.metrics.map(<[Metric]>::to_vec),
        };
        let bed = |bed: &DemoBed| Bed {
            ladder: None,
            training: true,
            scenario: None,
            protocols: protocols.clone(),
            id: bed.id.clone(),
            name: format!("Room {}", bed.id),
            profile: profile.clone(),
            devices: bed.devices().map(|monitor| device(bed, monitor)).into(),
        };
        Config {
            calling: Calling::default(),
            site: "demo".to_owned(),
            service: Service {
                listen,
                names: Vec::new(),
                data: data.to_owned(),
            },
            staff: vec![
                person("mn", "M. Novak", Role::Nurse),
                person("jr", "J. Rivera", Role::Nurse),
                person("ak", "A. Khan", Role::Clinician),
            ],
            beds: self.beds.iter().map(bed).collect(),
            protocols: protocols.clone(),
            predicted_concentration: false,
            patients: crate::config::Patients::default(),
        }
    }

    /// Plugs all devices in. Needs a running tokio runtime.
    ///
    /// # Errors
    ///
    /// When the folder or a pseudo-terminal cannot be made.
    ///
    /// # Panics
    ///
    /// Never: a test makes every device.
    pub fn plug_in(&self, clock: Clock) -> io::Result<Vec<SimulatedDevice>> {
        fs::create_dir_all(&self.ports)?;
        let mut devices = Vec::new();
        for bed in &self.beds {
            for monitor in bed.devices() {
                let simulator = simulator_named(monitor.simulator);
                devices.push(SimulatedDevice::start(DevicePlan {
                    simulator: simulator.expect("the demo names simulators that there are"),
                    patient: Arc::clone(&bed.patient) as Arc<dyn Patient>,
                    speed: self.plan.speed,
                    faults: Faults::NONE,
                    seed: self.plan.seed,
                    place: Place::Link(self.ports.join(bed.device_name(monitor))),
                    clock,
                })?);
            }
        }
        Ok(devices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clinic(beds: u8) -> DemoClinic {
        let plan = DemoPlan {
            beds,
            seed: 1,
            speed: Speed::REAL,
        };
        DemoClinic::new(plan, Path::new("/nowhere"))
    }

    #[test]
    fn a_full_clinic_has_drivers_and_simulators_for_every_device_and_no_name_twice() {
        let clinic = clinic(BEDS_MAX);
        let config = clinic.config(([127, 0, 0, 1], 0).into(), Path::new("/nowhere"));
        let mut paths = std::collections::BTreeSet::new();
        for device in config.beds.iter().flat_map(|bed| &bed.devices) {
            assert!(paths.insert(device.port.to_string()), "{}", device.port);
        }
        assert_eq!(paths.len(), 2 * usize::from(BEDS_MAX));
        for bed in &clinic.beds {
            for monitor in bed.devices() {
                assert!(simulator_named(monitor.simulator).is_some(), "{monitor:?}");
            }
        }
    }

    #[test]
    fn four_beds_speak_three_protocols() {
        let config = clinic(4).config(([127, 0, 0, 1], 0).into(), Path::new("/nowhere"));
        let drivers: std::collections::BTreeSet<_> = config
            .beds
            .iter()
            .flat_map(|bed| &bed.devices)
            .map(|device| device.driver.name)
            .collect();
        assert!(drivers.len() >= 3, "{drivers:?}");
    }

    #[test]
    fn beds_with_the_same_story_are_not_in_step() {
        let clinic = clinic(8);
        let at = Duration::from_mins(1);
        assert_ne!(clinic.beds[3].patient.at(at), clinic.beds[7].patient.at(at));
    }
}
