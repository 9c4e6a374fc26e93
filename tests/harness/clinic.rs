//! The whole service with simulated devices on pseudo-terminals.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chairside::app::{App, Exposure};
use chairside::clock::Clock;
use chairside::config::{Config, profile};
use chairside_alarm::AlarmProfile;
use chairside_simulators::clock::Clock as DeviceClock;
use chairside_simulators::fault::Faults;
use chairside_simulators::pace::Speed;
use chairside_simulators::patient::Patient;
use chairside_simulators::run::{DevicePlan, Place, SimulatedDevice};
use tempfile::TempDir;

use crate::client::Client;
use crate::devices;
use crate::log::Log;
use crate::story::Story;

/// Returns the alarm profile of these clinics.
#[must_use]
pub fn profile() -> AlarmProfile {
    profile::adult_ketamine()
}

/// A device of a bed, before the clinic opens: it is called `BED-DRIVER`.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The bed's id.
    pub bed: &'static str,
    /// What reads it.
    pub driver: &'static str,
    /// The patient it is on; without one there is no device, and its port does not exist.
    pub patient: Option<Story>,
}

/// Returns a device at a bed.
#[must_use]
pub const fn device(bed: &'static str, driver: &'static str, patient: Story) -> Planned {
    Planned {
        bed,
        driver,
        patient: Some(patient),
    }
}

/// Whom a clinic calls, as its configuration says it.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// What stands before the sections of every clinic: `protocols`, `[patients]`.
    pub clinic: String,
    /// `[notify]` and `[[channel]]`.
    pub channels: String,
    /// The `[[staff.contact]]` of mn.
    pub mn: String,
    /// And of ak.
    pub ak: String,
    /// `[[duty]]` and `[[ladder]]`.
    pub ladders: String,
    /// The ladder of a bed, by its id; the first where none is said.
    pub ladder_of: BTreeMap<&'static str, &'static str>,
    /// The beds for patients; all others are for training.
    pub for_patients: BTreeSet<&'static str>,
}

/// A running clinic. Everything of it is in a folder that goes when it is dropped.
#[derive(Debug)]
pub struct Clinic {
    app: App,
    devices: BTreeMap<String, SimulatedDevice>,
    /// What the service logged.
    pub log: Log,
    folder: TempDir,
}

/// What is left of a clinic that has closed.
#[derive(Debug)]
pub struct Closed {
    /// What the service logged.
    pub log: Log,
    folder: TempDir,
}

impl Clinic {
    /// Opens a clinic; the patients' stories begin now.
    pub async fn open(planned: &[Planned]) -> Self {
        Self::open_behind(planned, at_its_path).await
    }

    /// Opens a clinic whose devices the service finds elsewhere: `port` has the device's path
    /// and gives the configuration's line for it.
    pub async fn open_behind(planned: &[Planned], port: impl FnMut(&Path) -> String) -> Self {
        Self::open_calling_behind(planned, &Calls::default(), port).await
    }

    /// Opens a clinic that calls people who are not at a screen.
    pub async fn open_calling(planned: &[Planned], calls: &Calls) -> Self {
        Self::open_calling_behind(planned, calls, at_its_path).await
    }

    /// Opens a clinic that calls people, and whose devices the service finds elsewhere.
    pub async fn open_calling_behind(
        planned: &[Planned],
        calls: &Calls,
        port: impl FnMut(&Path) -> String,
    ) -> Self {
        let log = Log::listen();
        let folder = tempfile::tempdir().expect("a folder for the clinic");
        let devices = plug_in(folder.path(), planned);
        let config = write_config_behind(folder.path(), planned, calls, port);
        let config = Config::load(&config).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let app = App::start(&config, Clock::start(), Exposure::LoopbackOnly).await;
        Self {
            app: app.unwrap_or_else(|why| panic!("{why}")),
            devices,
            log,
            folder,
        }
    }

    /// Returns the address that the service answers on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.app.address()
    }

    /// Connects a client.
    pub async fn client(&self) -> Client {
        Client::connect(self.address()).await
    }

    /// Returns a device by its name, `BED-DRIVER`.
    #[must_use]
    pub fn device(&self, name: &str) -> &SimulatedDevice {
        &self.devices[name]
    }

    /// Stops the service and its devices, and leaves the record.
    pub async fn close(self) -> Closed {
        self.app.stop().await;
        for device in self.devices.into_values() {
            device.stop().await;
        }
        Closed {
            log: self.log,
            folder: self.folder,
        }
    }
}

impl Closed {
    /// Returns the folder of the record.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        data(self.folder.path())
    }
}

/// Puts simulated devices on pseudo-terminals, with links to them in `folder`, by name.
#[must_use]
pub fn plug_in(folder: &Path, planned: &[Planned]) -> BTreeMap<String, SimulatedDevice> {
    let clock = DeviceClock::start();
    let devices = (1..).zip(planned).filter_map(|(seed, planned)| {
        let patient: Arc<dyn Patient> = Arc::new(planned.patient.clone()?);
        let device = SimulatedDevice::start(DevicePlan {
            simulator: devices::simulator(planned.driver),
            patient,
            speed: Speed::REAL,
            faults: Faults::NONE,
            seed,
            place: Place::Link(link(folder, planned)),
            clock,
        });
        Some((planned.name(), device.expect("a pseudo-terminal")))
    });
    devices.collect()
}

/// Writes the configuration of a clinic whose devices are plugged in in `folder`.
#[must_use]
pub fn write_config(folder: &Path, planned: &[Planned]) -> PathBuf {
    write_config_behind(folder, planned, &Calls::default(), at_its_path)
}

/// Writes the configuration of a clinic that calls people who are not at a screen.
#[must_use]
pub fn write_config_calling(folder: &Path, planned: &[Planned], calls: &Calls) -> PathBuf {
    write_config_behind(folder, planned, calls, at_its_path)
}

fn at_its_path(link: &Path) -> String {
    format!("port = \"{}\"", link.display())
}

fn write_config_behind(
    folder: &Path,
    planned: &[Planned],
    calls: &Calls,
    mut port: impl FnMut(&Path) -> String,
) -> PathBuf {
    let mut text = format!(
        "site = \"test\"\n{}\n\
         [service]\nlisten = \"127.0.0.1:0\"\ndata = \"{}\"\n{}\n\
         [[staff]]\nid = \"mn\"\nname = \"M. N.\"\nrole = \"nurse\"\n{}\n\
         [[staff]]\nid = \"ak\"\nname = \"A. K.\"\nrole = \"clinician\"\n{}\n{}\n",
        calls.clinic,
        data(folder).display(),
        calls.channels,
        calls.mn,
        calls.ak,
        calls.ladders,
    );
    let mut bed = "";
    for planned in planned {
        if planned.bed != bed {
            bed = planned.bed;
            write!(
                text,
                "[[bed]]\nid = {bed:?}\nname = \"Room {bed}\"\nprofile = \"adult-ketamine\"\n\
                 training = {}\n",
                !calls.for_patients.contains(bed)
            )
            .expect("writing to a string does not fail");
            if let Some(ladder) = calls.ladder_of.get(bed) {
                writeln!(text, "ladder = {ladder:?}").expect("writing to a string does not fail");
            }
        }
        write!(
            text,
            "[[bed.device]]\ndriver = {:?}\n{}\n",
            planned.driver,
            port(&link(folder, planned))
        )
        .expect("writing to a string does not fail");
    }
    let path = folder.join("clinic.toml");
    fs::write(&path, text).expect("the folder is ours");
    path
}

/// Returns where such a clinic keeps its record.
#[must_use]
pub fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn link(folder: &Path, planned: &Planned) -> PathBuf {
    folder.join(format!("tty-{}", planned.name()))
}

impl Planned {
    /// Returns the device's name, as the service gives it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{}", self.bed, self.driver)
    }
}
