//! Nonin pulse oximeters: serial data formats 1, 2, 7, 8 and 13.
//!
//! Xpod 3011 and 3012, OEM III module, 3150 `WristOx2`, 9560 Onyx II and what is built around
//! them. The oximeter speaks by itself from the moment it has power; the driver only listens. Which
//! format a device sends is a setting of the device, so the driver finds it in the stream
//! (its `detect` module), finds it again when it changes, and needs no configuration.
//!
//! **Document.** Nonin, *9560 OEM Specification and Technical Information*, 6470-000-01, for
//! formats 2, 7, 8 and 13; the unit tests of `pez-globo/pufferfish-software` for what bit 6 of a
//! status means on an OEM III; format 1 after its description as the first three bytes of
//! format 8. No recording of a real oximeter was at hand. Byte maps: [`message`]. More:
//! `docs/protocols/nonin.md`.
//!
//! **Line.** 9600 baud, 8N1, no handshake; over Bluetooth (SPP) the same bytes.
//!
//! **Quirks.**
//! - The pulse rate has seven bits in its lower byte, not eight: 140/min is `01 0C`. In format 13,
//!   and only there, it has eight.
//! - The display values stay for ten seconds after the finger is out, with the sensor alarm set.
//!   With that flag, or with the sensor unplugged, the driver gives no value at all.
//! - The start byte of format 2 is also found among its data.
//! - Formats 1 and 8 have no checksum; a single frame of theirs proves nothing.
//!
//! **Not supported:** the ASCII printout (8500, 2500, 9600, 9847, Avant), the host's commands and
//! their answers (format select, clock, serial number), the memory download, and the fast,
//! beat-to-beat and extended averages, which are read and not published.

mod detect;
mod driver;
mod frame;
mod framing;
pub mod message;
mod readings;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "nonin",
    family: "Nonin Xpod, OEM III, 3150 WristOx2 and 9560 Onyx II",
    gives: &[Metric::SpO2, Metric::PulseRate, Metric::Pleth],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(driver::NoninDriver::default()),
};
