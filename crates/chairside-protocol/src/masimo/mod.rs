//! Masimo oximeters: the ASCII-1 serial output of Radical-7, Rad-87, Rad-8 and Rad-5.
//!
//! Oximeters that stand alone or in a docking station. One line of text a second, by themselves;
//! the driver only listens. Which tokens a line has depends on the model, so they are read by
//! their keys.
//!
//! **Document.** Masimo, *Rad-8 operator's manual*, section "Serial interface", for the line and
//! the exceptions; the alarm bits after the experiments in `nmenon/masimo-datacapture`, which are
//! of medium confidence. Two lines of real oximeters are quoted there (a Rad-8 without a sensor, a
//! Radical-7 with low signal quality) and decoded in a test; no capture of the bytes on the
//! wire was at hand. Byte maps: [`message`]. More: `docs/protocols/masimo.md`.
//!
//! **Line.** 9600 baud, 8N1, no handshake. A Rad-8 is shipped in ASCII-2, which is silent until it
//! is asked: set its serial output to ASCII-1.
//!
//! **Quirks.**
//! - There is no checksum. Every value must have its exact form, and a line whose serial number is
//!   another one, or whose hexadecimal fields are shorter than before, is believed at the next line
//!   that says the same.
//! - Numbers may be printed while the sensor is off or missing; they are old and not published.
//! - Lines end with a line feed and then a carriage return; each is given at the line feed.
//! - The printout of the trend memory looks alike and is of the past: it has other keys
//!   (`SpO2`, `PR`) and is reported as unknown.
//! - The clock is usually not set, and is not used.
//!
//! **Not supported:** ASCII-2 (what to ask it is not known), the outputs for other makers' monitors
//! (`VueLink`, `SpaceLabs`), carboxy- and methaemoglobin, haemoglobin, oxygen content and PVI, which
//! are passed over, the 3D alarms (`DESAT`, `PIDELTA`), `EXC1`, whose bits are not known, and the
//! trend memory.

mod alarms;
mod continuity;
mod driver;
pub mod message;
mod readings;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "masimo",
    family: "Masimo Radical-7, Rad-87, Rad-8 and Rad-5, ASCII-1",
    gives: &[Metric::SpO2, Metric::PulseRate, Metric::PerfusionIndex],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(driver::MasimoDriver::default()),
};
