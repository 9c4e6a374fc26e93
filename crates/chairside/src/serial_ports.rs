//! The serial ports of this machine, looked at from outside.
//!
//! Whoever writes a configuration must know which port has which name, and above all which name
//! still leads to the same socket tomorrow. The kernel says in `/sys` what is plugged in, and udev
//! keeps names for it in `/dev/serial`. No port is opened to find out: opening one moves its
//! control lines, and some devices start anew when they do.

mod concern;
mod facts;
mod holder;
#[cfg(test)]
pub(crate) mod made_up;
mod name;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{Bed, Config, Device};

pub use concern::{Concern, LATENCY_RULE};
pub use holder::Holder;

/// Tells whether a path leads to a pseudo-terminal: behind it is a program and no device.
pub(crate) fn is_simulated(path: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|leads| leads.starts_with("/dev/pts"))
}

/// Where to look; a test makes up its own.
#[derive(Clone, Debug)]
pub struct Roots {
    /// The device files, and udev's names for them in `serial/` below.
    pub dev: PathBuf,
    /// What the kernel says of its devices.
    pub sys: PathBuf,
    /// What the kernel says of its processes.
    pub proc: PathBuf,
    /// The names of groups, in `group` below.
    pub etc: PathBuf,
    /// What services say of themselves.
    pub run: PathBuf,
}

impl Roots {
    /// Returns those of this machine.
    #[must_use]
    pub fn of_this_machine() -> Self {
        Self {
            dev: PathBuf::from("/dev"),
            sys: PathBuf::from("/sys"),
            proc: PathBuf::from("/proc"),
            etc: PathBuf::from("/etc"),
            run: PathBuf::from("/run"),
        }
    }
}

/// One serial port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialPort {
    /// Its device file; for an adapter this name goes by the order of plugging in.
    pub path: PathBuf,
    /// udev's name for the adapter, when it leads here.
    pub by_id: Option<PathBuf>,
    /// udev's name for the socket that it is plugged into.
    pub by_path: Option<PathBuf>,
    /// The USB adapter; none for a port of the machine itself.
    pub adapter: Option<Adapter>,
    /// The kernel's driver.
    pub driver: Option<String>,
    /// How long an adapter with a chip of FTDI holds bytes back, milliseconds.
    pub latency_timer_ms: Option<u32>,
    /// Whether the machine itself writes its messages there.
    pub console: bool,
    /// Who may open it; none when the device file is not there.
    pub access: Option<Access>,
    /// Who has it open, as far as this user may know.
    pub holders: Vec<Holder>,
    /// The device files of other adapters that say the same of themselves as this one.
    pub alike: Vec<PathBuf>,
}

/// A USB adapter, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// The vendor's number, four hexadecimal digits.
    pub vendor: String,
    /// The product's number, four hexadecimal digits.
    pub product: String,
    /// The vendor's name.
    pub manufacturer: Option<String>,
    /// The product's name.
    pub name: Option<String>,
    /// Its serial number; most adapters with a CH340 or a PL2303 have none.
    pub serial_number: Option<String>,
    /// Where the kernel keeps it: one adapter with four ports is four ports with one folder.
    folder: PathBuf,
}

/// Who may open a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The group of the device file: its name, or its number when it has no name.
    pub group: String,
    /// Whether that group may read and write.
    pub for_group: bool,
    /// Whether whoever runs this program may.
    pub permitted: bool,
}

impl SerialPort {
    /// Says what it is: `FTDI FT232R (0403:6001), serial number A5, driver ftdi_sio`.
    #[must_use]
    pub fn described(&self) -> String {
        let mut parts = Vec::new();
        if let Some(adapter) = &self.adapter {
            let words = [&adapter.manufacturer, &adapter.name];
            let mut words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
            let numbers = format!("({}:{})", adapter.vendor, adapter.product);
            words.push(&numbers);
            parts.push(words.join(" "));
            parts.push(match &adapter.serial_number {
                Some(number) => format!("serial number {number}"),
                None => "no serial number".to_owned(),
            });
        } else {
            parts.push("a port of the machine itself".to_owned());
        }
        parts.extend(self.driver.iter().map(|driver| format!("driver {driver}")));
        parts.join(", ")
    }

    /// Returns the name to write into the configuration: the adapter's where it has a serial
    /// number of its own, else the socket's, else the best there is.
    #[must_use]
    pub fn name_to_write(&self) -> &Path {
        let by_id = self.by_id.as_deref();
        by_id
            .filter(|_| self.has_serial_number_of_its_own())
            .or(self.by_path.as_deref())
            .or(by_id.filter(|_| self.alike.is_empty()))
            .unwrap_or(&self.path)
    }

    /// Tells whether the adapter can be told from every other of its kind.
    #[must_use]
    pub fn has_serial_number_of_its_own(&self) -> bool {
        let adapter = self.adapter.as_ref();
        let number = adapter.and_then(|adapter| adapter.serial_number.as_deref());
        self.alike.is_empty() && number.is_some_and(|number| !name::is_from_the_factory(number))
    }

    /// Tells whether a path leads to this port.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        path == self.path || fs::canonicalize(path).is_ok_and(|leads| leads == self.path)
    }
}

/// Looks at every serial port of the machine, in the order of their names. What cannot be read is
/// left out; a machine that says nothing of its devices has none.
#[must_use]
pub fn look(roots: &Roots) -> Vec<SerialPort> {
    let mut ports = facts::ports(roots);
    name::tell_apart(&mut ports);
    let holders = holder::find(roots, &ports);
    for (port, holders) in ports.iter_mut().zip(holders) {
        port.holders = holders;
    }
    ports.sort_by_cached_key(|port| name::in_order(&port.path));
    ports
}

/// A device of a configuration that is on a serial port.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'c> {
    /// Its bed.
    pub bed: &'c Bed,
    /// The device.
    pub device: &'c Device,
    /// The port's name in the configuration.
    pub path: &'c Path,
}

/// Lists the devices of a configuration that are on serial ports, in the order of the file.
#[must_use]
pub fn bindings(config: &Config) -> Vec<Binding<'_>> {
    // A device that the service simulates is on no port of the machine.
    let beds = config.beds.iter().filter(|bed| bed.scenario.is_none());
    let devices = beds.flat_map(|bed| bed.devices.iter().map(move |device| (bed, device)));
    let serial = devices.filter_map(|(bed, device)| {
        let path = device.port.serial_path()?;
        Some(Binding { bed, device, path })
    });
    serial.collect()
}
