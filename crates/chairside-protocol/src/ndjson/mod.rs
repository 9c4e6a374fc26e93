//! Programs that read a device and say what they found, a JSON object a line: drivers for those
//! who will not write Rust.
//!
//! What a program says goes through the same checks as a device's bytes: a value that its metric
//! cannot have is out of range, one in another unit or without one is no line, and what is not
//! understood is told as discarded. `chairside decode` prints this form.
//!
//! **Document.** `docs/outside-drivers.md`, and [`message`].
//!
//! **Line.** The output of a program (`command`), or whatever else carries lines: a serial port
//! of a microcontroller, or TCP.
//!
//! **Quirks.** The pressures of one determination are lines of their own, one after the other.
//!
//! **Not supported:** a cuff that is at work or was cancelled, and questions to the program.

mod driver;
mod json;
pub mod message;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "ndjson",
    family: "Programs of your own that print what they read, a JSON object a line",
    gives: &Metric::ALL,
    line: LineSettings::plain(115_200),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(driver::NdjsonDriver::default()),
};
