//! What the service may rely on, once the configuration was read.
//!
//! [`Config::load`] reads a clinic's file and the alarm profiles and protocols it names, and tells
//! every mistake in them at once. What each key means is in `config/clinic.toml`,
//! `config/alarm-profiles/adult-ketamine.toml` and `config/protocols/iv-ketamine.toml`.

pub mod calling;
pub mod channel;
mod file;
mod library;
mod line;
mod mistake;
mod note;
mod parse;
mod place;
pub mod profile;
pub mod protocol;
mod shelf;
mod simulated;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use chairside_alarm::AlarmProfile;
pub use chairside_alarm::Role;
use chairside_care::Protocol;
use chairside_escalation::Ladder;
use chairside_model::Metric;
use chairside_protocol::{DriverInfo, LineSettings};
use chairside_simulators::scenario::Scenario;

pub use calling::Calling;
pub use mistake::{ConfigErrors, Mistake};
pub use note::Note;
pub(crate) use note::not_a_program;

/// A whole configuration, free of mistakes.
#[derive(Debug)]
pub struct Config {
    /// The clinic's name for this installation.
    pub site: String,
    /// The service itself.
    pub service: Service,
    /// The people who can act.
    pub staff: Vec<Staff>,
    /// The beds, in the order of the file.
    pub beds: Vec<Bed>,
    /// Who is called when nobody answers.
    pub calling: Calling,
    /// What a treatment session can go by in this clinic, in the order of the file.
    pub protocols: Vec<Protocol>,
    /// Whether predicted concentrations are shown; off where nothing is said.
    pub predicted_concentration: bool,
    /// How patients are known.
    pub patients: Patients,
}

impl Config {
    /// Reads a clinic's file, and what it names: alarm profiles and protocols, from the folders
    /// `alarm-profiles` and `protocols` beside it, or as they are built in. Reads no port.
    ///
    /// # Errors
    ///
    /// Every mistake in those files, each with file, key and value.
    pub fn load(path: &Path) -> Result<Self, ConfigErrors> {
        parse::load(path)
    }
}

/// The service itself.
#[derive(Debug)]
pub struct Service {
    /// Where it answers.
    pub listen: SocketAddr,
    /// The names, besides `localhost` and addresses, under which people open it.
    pub names: Vec<String>,
    /// The folder of the record.
    pub data: PathBuf,
}

/// How patients are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Patients {
    /// Whether a treatment session takes and shows a patient's name; where not, a patient is
    /// initials and a number, and a name is refused.
    pub names: bool,
}

/// A person.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Short and unique: what actions carry.
    pub id: String,
    /// The name on screen.
    pub name: String,
    /// What the person may do.
    pub role: Role,
}

/// A bed.
#[derive(Debug)]
pub struct Bed {
    /// Short and unique.
    pub id: String,
    /// The name on screen.
    pub name: String,
    /// Its limits and delays.
    pub profile: AlarmProfile,
    /// Its devices, the most trusted first.
    pub devices: Vec<Device>,
    /// Whom it calls when nobody answers.
    pub ladder: Option<Ladder>,
    /// What a treatment session can go by here: each fits the profile.
    pub protocols: Vec<Protocol>,
    /// It is for training: all that it shows is simulated, and says so.
    pub training: bool,
    /// The story of the patient whom the service itself simulates here, with all devices of the
    /// bed; only of a bed for training.
    pub scenario: Option<Scenario>,
}

/// A device of a bed.
#[derive(Debug)]
pub struct Device {
    /// Unique in the clinic; what people call it.
    pub name: String,
    /// What reads it.
    pub driver: &'static DriverInfo,
    /// Where it is plugged in.
    pub port: Port,
    /// The rate that the device was set to, bits per second; the driver's when nothing is said.
    pub baud: Option<u32>,
    /// What is read from it; everything it can give when nothing is said.
    pub metrics: Option<Vec<Metric>>,
}

impl Device {
    /// Returns how its line is set when it is a serial port.
    #[must_use]
    pub fn settings(&self) -> LineSettings {
        LineSettings {
            baud: self.baud.unwrap_or(self.driver.line.baud),
            ..self.driver.line
        }
    }
}

/// Where a device is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// A serial port, by the path of its device file.
    Serial(PathBuf),
    /// A terminal server that the device is plugged into, or a monitor that waits for us.
    Tcp {
        /// A host name, or an address.
        host: String,
        /// The TCP port.
        port: u16,
    },
    /// An address of this machine to which a monitor connects.
    TcpListen {
        /// The address, of one network of this machine, and the TCP port.
        address: SocketAddr,
        /// The only one who may connect; anybody when nothing is said.
        peer: Option<IpAddr>,
    },
    /// A program whose output is the line: its path, and what it is given.
    Program(Vec<String>),
}

impl Port {
    /// Returns the path of its device file when it is a serial port of this machine.
    #[must_use]
    pub fn serial_path(&self) -> Option<&Path> {
        match self {
            Self::Serial(path) => Some(path),
            Self::Tcp { .. } | Self::TcpListen { .. } | Self::Program(_) => None,
        }
    }
}

/// As in the configuration.
impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial(path) => path.display().fmt(f),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Self::TcpListen { address, .. } => write!(f, "tcp-listen:{address}"),
            Self::Program(command) => f.write_str(&command.join(" ")),
        }
    }
}
