//! What is to be looked at, with what it means and what to do.

use std::fmt;
use std::path::PathBuf;

use super::{Holder, SerialPort};

/// The rule of udev that makes adapters with a chip of FTDI hand over bytes after 1 ms.
pub const LATENCY_RULE: &str =
    r#"ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1""#;

/// Where that rule belongs.
const RULES: &str = "/etc/udev/rules.d/99-chairside.rules";

/// A longer latency timer than this adds to every alarm for nothing, milliseconds.
const LATENCY_MAX_MS: u32 = 1;

/// Something about a port that keeps Chairside from reading it, or from reading the right one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The kernel has it, and there is no device file.
    NoDeviceFile,
    /// Whoever runs this program may not open it.
    NotPermitted {
        /// The group that may; none when no group but the system's own may.
        group: Option<String>,
    },
    /// Another program has it open.
    InUse(Vec<Holder>),
    /// Adapters that cannot be told apart are plugged in.
    Alike(Vec<PathBuf>),
    /// Only the name that goes by the order of plugging in leads to it.
    NoStableName,
    /// The machine writes its own messages there.
    Console,
    /// The adapter holds bytes back, milliseconds.
    LatencyTimer(u32),
}

impl SerialPort {
    /// Lists what is to be looked at, the gravest first.
    #[must_use]
    pub fn concerns(&self) -> Vec<Concern> {
        let permission = match &self.access {
            None => Some(Concern::NoDeviceFile),
            Some(access) if access.permitted => None,
            Some(access) => {
                let usable = access.for_group && access.group != "root";
                let group = usable.then(|| access.group.clone());
                Some(Concern::NotPermitted { group })
            }
        };
        let others: Vec<Holder> = self
            .holders
            .iter()
            .filter(|holder| !holder.is_chairside())
            .cloned()
            .collect();
        let in_use = (!others.is_empty()).then_some(Concern::InUse(others));
        let alike = (!self.alike.is_empty()).then(|| Concern::Alike(self.alike.clone()));
        // A port of the machine itself keeps its number.
        let unstable = self.adapter.is_some() && self.name_to_write() == self.path;
        let latency = self
            .latency_timer_ms
            .filter(|milliseconds| *milliseconds > LATENCY_MAX_MS)
            .map(Concern::LatencyTimer);
        [
            permission,
            in_use,
            alike,
            unstable.then_some(Concern::NoStableName),
            self.console.then_some(Concern::Console),
            latency,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Concern {
    /// Says what it means.
    #[must_use]
    pub fn meaning(&self) -> String {
        match self {
            Self::NoDeviceFile => "the kernel knows it and there is no device file".to_owned(),
            Self::NotPermitted { group: Some(group) } => {
                format!("not permitted: only the group {group} may open it")
            }
            Self::NotPermitted { group: None } => "not permitted: no group may open it".to_owned(),
            Self::InUse(holders) => {
                let holders: Vec<String> = holders.iter().map(ToString::to_string).collect();
                let holders = holders.join(", ");
                format!("open in another program, {holders}: two readers take each other's bytes")
            }
            Self::Alike(others) => {
                let shown = |other: &PathBuf| other.display().to_string();
                let others: Vec<String> = others.iter().map(shown).collect();
                let others = others.join(", ");
                format!(
                    "says the same of itself as {others}: the name in by-id/ leads to any of them"
                )
            }
            Self::NoStableName => "no stable name leads to it, and this one may be another \
                                   adapter at the next start"
                .to_owned(),
            Self::Console => "the machine writes its own messages there".to_owned(),
            Self::LatencyTimer(milliseconds) => {
                format!("the adapter holds bytes back for {milliseconds} ms")
            }
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NoDeviceFile => "in a container, hand the device in".to_owned(),
            Self::NotPermitted { group: Some(group) } => format!(
                "add the user that Chairside runs as (sudo usermod --append --groups {group} \
                 USER), then log in or start the service again"
            ),
            Self::NotPermitted { group: None } => format!(
                "copy config/udev/99-chairside.rules to {RULES} and let udev read it \
                 (docs/install.md)"
            ),
            Self::InUse(_) => "end that program".to_owned(),
            Self::Alike(_) => "write the name in by-path/ and label the socket".to_owned(),
            Self::NoStableName => "see whether udev is running".to_owned(),
            Self::Console => "take it out of the kernel's command line (console=) before a \
                              device is plugged in"
                .to_owned(),
            Self::LatencyTimer(_) => {
                format!("put this line into {RULES} and plug it in again: {LATENCY_RULE}")
            }
        }
    }
}

/// What it means, and what to do.
impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.meaning(), self.remedy())
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.program {
            Some(program) => write!(f, "{program} (process {})", self.process),
            None => write!(f, "process {}", self.process),
        }
    }
}
