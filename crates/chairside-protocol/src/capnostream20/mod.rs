//! Oridion/Covidien Capnostream 20 and 20p: the binary data transfer protocol.
//!
//! A bedside capnograph with an oximeter. The monitor is silent until a host enables it; then it
//! says who it is, and after an order to start it sends the capnogram sample by sample, 20 a
//! second, and all its numbers once a second. The driver enables, starts, and says every five
//! seconds that it is still there; it also takes messages that nobody asked for, because a
//! recorded file holds only the device's side of the line.
//!
//! **Document.** Oridion, *Capnostream Data Transfer Protocols*, which was not at hand; the facts
//! come from the open `OpenICE` driver of the `mdpnp` project (`devices/oridion`, BSD-2-Clause) and
//! the sheet made from it. No recording of a real monitor was at hand. Byte maps: [`message`],
//! [`framing`]. More: `docs/protocols/capnostream20.md`.
//!
//! **Line.** 115200 baud, 8N1, no handshake, on the monitor's serial port.
//!
//! **Quirks.**
//! - A raw 0x85 is always the start of a frame; inside of one, 0x85 and 0x80 are sent as two bytes.
//! - The capnogram is in mmHg whatever unit the monitor displays; EtCO2 and FiCO2 follow the display.
//! - The numerics are at times shifted by one byte, so that the respiration rate stands where the
//!   saturation should be. Such a message betrays itself: its unit is none, or an alarm limit's
//!   high end lies below its low end. It is reported as malformed.
//! - Why there is no CO2 value is said beside the capnogram and not beside the value.
//! - When breaths stop, EtCO2 and the respiration rate keep their last values for up to 30 s.
//! - A saturation or pulse rate of 0 or 1 means that there is no signal.
//!
//! **Not supported:** EtCO2 and FiCO2 in volume per cent, which are reported as no reading (a
//! pressure cannot be had from them without the barometric pressure and the monitor's humidity
//! correction; set the monitor to mmHg or kPa), the integrated pulmonary index and other
//! configurable messages, trends, events, patient and host identities, and changing the monitor's
//! settings and alarm limits: the driver never does.

mod capnogram;
mod conversation;
mod driver;
pub mod framing;
pub mod message;
mod readings;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "capnostream20",
    family: "Oridion, Covidien Capnostream 20 and 20p",
    gives: &[
        Metric::EtCO2,
        Metric::FiCO2,
        Metric::RespirationRate,
        Metric::SpO2,
        Metric::PulseRate,
        Metric::Co2,
    ],
    line: LineSettings::plain(115_200),
    other_lines: &[],
    begins: Begins::Driver,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(driver::Capnostream20Driver::default()),
};
