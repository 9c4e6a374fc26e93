//! The file that says what a decoder of somebody else gave and how fast.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use chairside_model::Metric;
use chairside_protocol::{DriverInfo, driver_named};
use serde::Deserialize;

/// A figure is compared with one of ours for so long: later the machine may be another one.
const MAX_AGE: Duration = Duration::from_hours(1);

/// What one peer made of one capture.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeerFile {
    /// Whose decoder, and which version of it.
    pub(crate) peer: String,
    pub(crate) language: Language,
    /// Our driver for the same device.
    pub(crate) driver: String,
    /// The name below the folder of the captures, or of the project's recordings.
    pub(crate) capture: String,
    /// Of the capture's bytes, in hexadecimal.
    pub(crate) sha256: String,
    /// So many bytes were given to the decoder at once.
    pub(crate) piece: usize,
    /// Since when the machine runs: what `/proc/sys/kernel/random/boot_id` says.
    pub(crate) boot: String,
    /// When the measurement ended, seconds since 1970.
    pub(crate) measured_at: u64,
    /// How often the capture was decoded before the first measurement.
    pub(crate) warmed_up_passes: u64,
    /// How often it was decoded in each measurement.
    pub(crate) passes: u64,
    /// What each measurement gave: bytes for each second of the thread's time on a processor.
    pub(crate) bytes_per_s: Vec<f64>,
    /// What the decoder can give and this file tells, by our names.
    pub(crate) metrics: Vec<String>,
    /// How far a value may be from ours, where we round and the peer does not.
    #[serde(default)]
    pub(crate) tolerance: BTreeMap<String, f64>,
    /// What it gave for the capture once, in its order and in our units. Nothing where it says
    /// that there is no value.
    pub(crate) values: Vec<(String, f64)>,
}

/// What a peer is written in, on which the goal depends.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    Java,
    Python,
    CSharp,
}

impl Language {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Java => "Java",
            Self::Python => "Python",
            Self::CSharp => "C#",
        }
    }

    /// How many times as fast as the peer the driver must be, where there is a goal (issue 5).
    pub(crate) const fn goal(self) -> Option<f64> {
        match self {
            Self::Java => Some(1.0),
            Self::Python => Some(30.0),
            Self::CSharp => None,
        }
    }
}

impl PeerFile {
    /// Reads a file, and refuses one that contradicts itself.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
        let peer: Self = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        peer.check()?;
        Ok(peer)
    }

    fn check(&self) -> Result<(), String> {
        self.driver()?;
        if self.piece == 0 || self.passes == 0 || self.bytes_per_s.is_empty() {
            return Err("without a piece, a pass or a speed nothing was measured".to_owned());
        }
        if self.warmed_up_passes == 0 {
            return Err("measured cold: a compiler at run time would be part of it".to_owned());
        }
        let named = self.metrics.iter().chain(self.tolerance.keys());
        for name in named {
            Metric::from_name(name).ok_or_else(|| format!("{name:?} is no metric of ours"))?;
        }
        let unlisted = |name: &String| !self.metrics.contains(name);
        if let Some((name, _)) = self.values.iter().find(|(name, _)| unlisted(name)) {
            return Err(format!(
                "there are values of {name:?}, which \"metrics\" does not list"
            ));
        }
        Ok(())
    }

    /// Refuses a figure from another machine, another start of it, or long ago.
    pub(crate) fn check_when_and_where(&self) -> Result<(), String> {
        if self.boot != boot_id() {
            return Err("measured on another machine, or before it was started again".to_owned());
        }
        let measured = SystemTime::UNIX_EPOCH + Duration::from_secs(self.measured_at);
        let age = measured.elapsed().unwrap_or_default();
        if age > MAX_AGE {
            let minutes = age.as_secs() / 60;
            return Err(format!(
                "measured {minutes} minutes ago: measure the peer again"
            ));
        }
        Ok(())
    }

    /// Returns our driver for the peer's device.
    pub(crate) fn driver(&self) -> Result<&'static DriverInfo, String> {
        driver_named(&self.driver).ok_or_else(|| format!("{:?} is no driver", self.driver))
    }

    /// Returns the peer's best measurement.
    pub(crate) fn best(&self) -> f64 {
        self.bytes_per_s.iter().copied().fold(0.0, f64::max)
    }
}

/// Tells one start of one machine from another.
fn boot_id() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("Linux tells it");
    text.trim().to_owned()
}
