//! What the search for a driver found, as it is printed, sent and shown.

use chairside_model::{Measured, Metric, Value};
use chairside_protocol::identify::{Evidence, Verdict};
use serde::Serialize;

use crate::number::Number;

/// How the search for the driver of a port ended.
#[derive(Clone, Debug, Serialize)]
pub struct Identified {
    /// The port, by its name in the configuration.
    pub port: String,
    /// The driver that fits; nothing if none does.
    pub driver: Option<Found>,
    /// Other drivers that can read the device too.
    pub also: Vec<Found>,
    /// What came at each setting of the line, if no driver fits.
    pub heard: Vec<Heard>,
    /// The drivers that asked and were not answered, if none fits.
    pub asked: Vec<&'static str>,
    /// The section of the configuration that names the device, if a driver fits.
    pub section: Option<String>,
}

/// A driver that fits, and what speaks for it.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The driver.
    pub name: &'static str,
    /// The devices that it reads.
    pub family: &'static str,
    /// What stands behind it.
    pub maturity: &'static str,
    /// How the line was set: `9600 baud, 8N1, no flow control`.
    pub line: String,
    /// Bits per second.
    pub baud: u32,
    /// The rate is not the one that the driver has by itself.
    #[serde(skip)]
    is_other_baud: bool,
    /// Whether the device answered a question; else it sent by itself.
    pub asked: bool,
    /// Sound frames.
    pub frames: u32,
    /// Bytes from the first sound frame on.
    pub bytes: u64,
    /// How many of them could not be used.
    pub discarded_bytes: u64,
    /// What the device said last of each metric.
    pub readings: Vec<Said>,
    /// What the device calls itself.
    pub identity: Option<String>,
}

/// What a device said of one metric.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    /// The metric.
    pub metric: &'static str,
    /// The value, where there is one.
    pub(crate) value: Option<Number>,
    /// Its unit.
    pub unit: &'static str,
    /// Why there is no value.
    pub reason: Option<&'static str>,
}

/// How much came at one setting of the line.
#[derive(Clone, Debug, Serialize)]
pub struct Heard {
    /// The setting, as [`Found::line`].
    pub line: String,
    /// Bytes.
    pub bytes: u64,
}

impl Identified {
    /// Puts a verdict in words.
    #[must_use]
    pub fn new(port: String, verdict: Verdict) -> Self {
        let mut identified = Self {
            port,
            driver: None,
            also: Vec::new(),
            heard: Vec::new(),
            asked: Vec::new(),
            section: None,
        };
        match verdict {
            Verdict::Fits(fits) => {
                let mut fits = fits.into_iter().map(Found::new);
                identified.driver = fits.next();
                identified.section = identified
                    .driver
                    .as_ref()
                    .map(|found| found.section(&identified.port));
                identified.also = fits.collect();
            }
            Verdict::Unknown { heard, asked } => {
                let heard = heard.into_iter().map(|one| Heard {
                    line: one.line.to_string(),
                    bytes: one.bytes,
                });
                identified.heard = heard.collect();
                identified.asked = asked.into_iter().map(|driver| driver.name).collect();
            }
        }
        identified
    }

    /// Says what the verdict rests on.
    #[must_use]
    pub fn why(&self) -> String {
        if let Some(found) = &self.driver {
            return found.why();
        }
        if self.heard.is_empty() {
            return format!(
                "nothing came by itself, and nobody answered {}",
                self.asked.join(", ")
            );
        }
        let heard = self.heard.iter();
        let heard: Vec<String> = heard
            .map(|one| format!("{} bytes at {}", one.bytes, one.line))
            .collect();
        format!(
            "something sends and no driver reads it ({}); nothing was sent to it",
            heard.join("; ")
        )
    }

    /// Says what a person can do when no driver fits.
    #[must_use]
    pub const fn to_do(&self) -> &'static str {
        if self.heard.is_empty() {
            "look whether the device is on, the cable is the right one (crossed or straight), and \
             the serial output is chosen in the device's menu"
        } else {
            "look in the device's menu for its protocol and its rate; `chairside devices` lists \
             what can be read"
        }
    }
}

impl Found {
    fn new(evidence: Evidence) -> Self {
        let Evidence { driver, line, .. } = evidence;
        let said = |(metric, measured): (Metric, Measured)| Said::new(metric, measured);
        Self {
            name: driver.name,
            family: driver.family,
            maturity: driver.maturity.name(),
            line: line.to_string(),
            baud: line.baud,
            is_other_baud: line.baud != driver.line.baud,
            asked: evidence.asked,
            frames: evidence.frames,
            bytes: evidence.bytes,
            discarded_bytes: evidence.discarded,
            readings: evidence.readings.into_iter().map(said).collect(),
            identity: evidence.identity.map(String::from),
        }
    }

    fn section(&self, port: &str) -> String {
        let baud = if self.is_other_baud {
            format!("baud = {}\n", self.baud)
        } else {
            String::new()
        };
        format!(
            "[[bed.device]]\ndriver = \"{}\"\nport = \"{port}\"\n{baud}",
            self.name
        )
    }

    fn why(&self) -> String {
        let how = if self.asked {
            "answered when it was asked"
        } else {
            "sends by itself"
        };
        format!(
            "{how}; sound frames: {}, bytes: {}, of which not used: {}",
            self.frames, self.bytes, self.discarded_bytes
        )
    }

    /// Returns what the device said, as people write it.
    #[must_use]
    pub fn says(&self) -> String {
        let said: Vec<String> = self.readings.iter().map(Said::words).collect();
        said.join(", ")
    }
}

impl Said {
    fn new(metric: Metric, measured: Measured) -> Self {
        let (value, reason) = match measured {
            Measured::Valid(value) | Measured::Questionable(value) => (Some(value), None),
            Measured::Unavailable(why) => (None, Some(why.name())),
        };
        Self {
            metric: metric.name(),
            value: value.map(Value::number).map(Number),
            unit: metric.unit().symbol(),
            reason,
        }
    }

    fn words(&self) -> String {
        match (&self.value, self.reason) {
            (Some(Number(value)), _) => format!("{} {value} {}", self.metric, self.unit),
            (None, reason) => format!("{} {}", self.metric, reason.unwrap_or("no value")),
        }
    }
}
