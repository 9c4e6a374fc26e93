//! The drivers there are: one line of registration each.

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
    /// How the line is set.
    pub line: LineSettings,
    /// What stands behind the driver.
    pub maturity: Maturity,
    /// From one set of numerics to the next in normal operation (alarms.md section 12, point 12).
    pub nominal_period: Duration,
    /// Makes a driver for one line.
    pub build: fn() -> Box<dyn Driver>,
}

/// How a serial line is set. All drivers so far use eight data bits, no parity, one stop bit and
/// no flow control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSettings {
    /// Bits per second.
    pub baud: u32,
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
];

/// Returns the driver with that name.
#[must_use]
pub fn driver_named(name: &str) -> Option<&'static DriverInfo> {
    DRIVERS.iter().find(|driver| driver.name == name)
}
