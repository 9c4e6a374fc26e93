//! HL7 version 2 observations (`ORU^R01`) over MLLP: newer monitors and gateways on a network.
//!
//! Comen NC, VS8 and 22w, monitors of the XH80X and TR8 class, Mindray by its eGateway, GE by its
//! CARESCAPE gateway, and most office monitors with an Ethernet socket. The monitor sends by
//! itself, every second to every minute; the driver reads, and answers the messages that want it,
//! or else the monitor sends again or hangs up.
//!
//! **Document.** HL7 version 2.6, chapters 2 and 7, and MLLP; IEEE 11073-10101 for codes and
//! units; both as quoted by public messages of Comen, XH80X, Mindray and GE monitors and an IHE
//! sample. Texts of messages of two monitors are decoded in a test, without the bytes around
//! them. Byte maps: [`message`]. More: `docs/protocols/hl7.md`.
//!
//! **Line.** TCP. Some monitors connect to us (`tcp-listen:`), to some we connect (`tcp:`).
//!
//! **Quirks.**
//! - "No value" is written in many ways: nothing, `---`, -1, -99.9, -100, -999, -10000, 32767,
//!   65535. No negative number is a value, no saturation above 100 %, and no temperature below
//!   20 °C, which Comen gives without a probe.
//! - The result of a cuff is in every message. It is published once: by its own time (OBX-14)
//!   where the monitor keeps it, else by its pressures.
//! - Comen sends the saturation twice, of two sensors: the first counts.
//! - A respiration rate may come without its source (151562): it is taken for a rate of breaths.
//!
//! **Not supported:** alarms (`ORU^R40`), curves (`ORU^W01`), alarm limits (OBX-7), technical
//! messages (196660), private codes of vendors, several beds over one connection, character sets,
//! and times of the monitor's clock other than how old a value is. Nothing of the patient (`PID`,
//! `PV1`) is read. That a cuff is measuring or has failed is not said.

mod determination;
mod driver;
pub mod framing;
pub mod message;
mod readings;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "hl7",
    family: "HL7 v2 monitors and gateways (ORU^R01 over MLLP): Comen, XH80X, Mindray, GE",
    gives: &[
        Metric::HeartRate,
        Metric::PulseRate,
        Metric::SpO2,
        Metric::PerfusionIndex,
        Metric::RespirationRate,
        Metric::EffortRate,
        Metric::EtCO2,
        Metric::FiCO2,
        Metric::NibpSystolic,
        Metric::NibpDiastolic,
        Metric::NibpMean,
        Metric::NibpPulseRate,
        Metric::Temperature,
    ],
    // Over a network; on a serial port this is as good as any other.
    line: LineSettings::plain(115_200),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(driver::Hl7Driver::default()),
};
