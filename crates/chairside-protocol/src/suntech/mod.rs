//! `SunTech` OEM blood-pressure modules of the Advantage family.
//!
//! A board inside or beside another device that inflates a cuff and reports the pressures; it
//! never speaks first. The driver asks for the cuff's pressure twice a second and for the data of
//! the last determination, one request at a time. It **never starts a cuff**: that somebody did,
//! at the device, is seen by the pressure.
//!
//! **Document.** The vendor's OEM manual was not at hand; packets and byte maps come from
//! `ak-git/DesktopFX`, whose tests quote the manual's examples. No recording of a real module was at
//! hand. Byte maps: [`message`], [`framing`]. More: `docs/protocols/suntech.md`.
//!
//! **Line.** 9600 baud, 8N1, half-duplex, TTL or RS-232.
//!
//! **Quirks.**
//! - Packets of the module have a length, requests have none. Both sum to 0 modulo 256.
//! - The data say neither when the determination was nor its number, and they stay until the next.
//!   A new one is told by the cuff: it was inflated and is empty again, and the data are others
//!   than before, or the module said that it is complete, or the data were others in between.
//! - The data that are there when the line opens are of an unknown age and are not published.
//! - One sum of eight bits proves little: data count when they came twice running.
//!
//! **Not known:** what the status and the codes of an error mean, how a determination is stopped,
//! and neonatal modes. Any error is a failure whose cause the module does not say.
//!
//! **Not supported:** starting and stopping the cuff, the pneumatic test commands, the eight test
//! codes, and `NIBScan`-class modules with their own ASCII protocol.

mod conversation;
mod cuff;
mod driver;
pub mod framing;
pub mod message;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "suntech",
    family: "SunTech OEM blood-pressure modules (Advantage)",
    gives: &[
        Metric::NibpSystolic,
        Metric::NibpDiastolic,
        Metric::NibpMean,
        Metric::NibpPulseRate,
    ],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Driver,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(driver::SuntechDriver::default()),
};
