//! capnostream20
mod driver;

use std::time::Duration;

use chairside_model::Metric;

use crate::{DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "capnostream20",
    family: "",
    gives: &[Metric::SpO2],
    line: LineSettings { baud: 115_200 },
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    build: || Box::new(driver::Placeholder),
};
