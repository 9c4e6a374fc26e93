//! The drivers there are: one line of registration each.

use std::fmt;
use std::time::Duration;

use chairside_model::Metric;

use crate::Driver;

/// A driver as the catalogue lists it.
#[derive(Debug)]
pub struct DriverInfo {
    /// The name in the configuration and on the command line.
    pub name: &'static str,
    /// The devices it reads.
    pub family: &'static str,
    /// What it can give.
    pub gives: &'static [Metric],
    /// How the line is set, unless the device was set otherwise.
    pub line: LineSettings,
    /// What else the device can be set to; tried by `chairside identify`.
    pub other_lines: &'static [LineSettings],
    /// Who begins to speak.
    pub begins: Begins,
    /// Whether a person can have it start and stop the cuff.
    pub can_start_cuff: bool,
    /// What stands behind the driver.
    pub maturity: Maturity,
    /// From one set of numerics to the next in normal operation (alarms.md section 12, point 12).
    pub nominal_period: Duration,
    /// Sound frames in a second, where only that tells the device from another one whose frames
    /// look alike. The search for a driver looks at it, the driver itself does not.
    pub pace: Option<Pace>,
    /// Makes a driver for one line.
    pub build: fn() -> Box<dyn Driver>,
}

/// How many sound frames come in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: u32,
}

/// Who begins to speak on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// The device sends by itself; the driver listens, and at most answers.
    Device,
    /// The device is silent until the driver asks.
    Driver,
}

impl Begins {
    /// Returns the name used in JSON: `"device"`, `"driver"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Driver => "driver",
        }
    }
}

/// How a serial line is set. Every device has eight data bits and one stop bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSettings {
    /// Bits per second.
    pub baud: u32,
    /// The parity bit.
    pub parity: Parity,
    /// Who holds back whom.
    pub flow_control: FlowControl,
}

impl LineSettings {
    /// Returns the most common settings at a rate: no parity and no flow control.
    #[must_use]
    pub const fn plain(baud: u32) -> Self {
        Self {
            baud,
            parity: Parity::None,
            flow_control: FlowControl::None,
        }
    }
}

/// As people write it: `9600 baud, 8N1, no flow control`.
impl fmt::Display for LineSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parity = match self.parity {
            Parity::None => 'N',
            Parity::Even => 'E',
            Parity::Odd => 'O',
        };
        let flow_control = match self.flow_control {
            FlowControl::None => "no flow control",
            FlowControl::RtsCts => "RTS/CTS",
        };
        write!(f, "{} baud, 8{parity}1, {flow_control}", self.baud)
    }
}

/// The parity bit of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// There is none.
    None,
    /// An even number of ones.
    Even,
    /// An odd number of ones.
    Odd,
}

impl Parity {
    /// Returns the name used in JSON: `"none"`, `"even"`, `"odd"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Even => "even",
            Self::Odd => "odd",
        }
    }
}

/// Who holds back whom on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowControl {
    /// Nobody.
    None,
    /// Each side by a wire of its own.
    RtsCts,
}

impl FlowControl {
    /// Returns the name used in JSON: `"none"`, `"rts_cts"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::RtsCts => "rts_cts",
        }
    }
}

/// What stands behind a driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maturity {
    /// Written from a description; tested against computed bytes only.
    Experimental,
    /// Tested against bytes captured from a real device.
    Captured,
    /// Used with a real device in a clinic.
    Field,
}

impl Maturity {
    /// Returns the name used in JSON and on screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Experimental => "experimental",
            Self::Captured => "captured",
            Self::Field => "field",
        }
    }
}

/// Every driver. A new protocol adds one line here.
pub const DRIVERS: &[DriverInfo] = &[
    crate::ge_v100::INFO,
    crate::nonin::INFO,
    crate::capnostream20::INFO,
    crate::contec_cms50::INFO,
    crate::ge_dri::INFO,
    crate::ivy_450c::INFO,
    crate::masimo::INFO,
    crate::nellcor::INFO,
    crate::philips_mib::INFO,
    crate::suntech::INFO,
    crate::hl7::INFO,
    crate::ndjson::INFO,
    crate::berry::INFO,
    crate::berry::BCI_INFO,
];

/// Returns the driver with that name.
#[must_use]
pub fn driver_named(name: &str) -> Option<&'static DriverInfo> {
    DRIVERS.iter().find(|driver| driver.name == name)
}
