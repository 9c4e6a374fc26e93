//! Philips IntelliVue MP, MX and X monitors: data export over the MIB/RS232 port.
//!
//! A full patient monitor: every number, curve and alarm that it has. A host asks for an
//! association, the monitor grants it and says who it is, and the host asks it to send numbers,
//! curves and alarms for half a minute, again and again, and tells it in between that it is still
//! there. The driver also takes messages that nobody asked for, because a recorded file holds only
//! the monitor's side of the line.
//!
//! **Document.** Philips, *IntelliVue Data Export Interface Programming Guide*, revision G.0, which
//! was not at hand: its facts are taken as public programs cite them. Byte maps from `OpenICE`
//! (`mdpnp`), `VSCaptureMP`, `Intellivue-api` and `phillips_intellivue_serial`, held to 33 s of a
//! real monitor of the M8000 family recorded by `JVSCapture`. Byte maps: [`message`], [`framing`].
//! More: `docs/protocols/philips-mib.md`.
//!
//! **Line.** 115200 baud, 8N1, no handshake, on the port of the MIB/RS232 board. That port has to be
//! set to data export in the monitor's configuration mode; until then the monitor is silent.
//!
//! **Quirks.**
//! - The monitor keeps one association. What another program left has to be ended first, or it
//!   refuses until its own 10 s are over.
//! - An answer longer than a message is cut into linked ones, and a last one without objects closes
//!   it. Values are published as they come; the last one adds nothing.
//! - What a curve is worth is said in one poll out of several; samples before that are not used.
//! - The cuff's last determination is sent each second for ever, with the time of its end on the
//!   monitor's own clock, which is known from the beginning of the association. A time that
//!   changes is a new determination, also when the pressures are the same.
//! - Heart rate, pulse rate of the oximeter and pulse rate of the cuff are three numbers. The
//!   "system pulse" (480A) may be any of them, and is not published.
//! - The monitor's texts are in its own language, and change with the value in them.
//!
//! **Not known:** frames of a real monitor with alarms, with a cuff determination, with CO2 or
//! with a curve of respiration; how the bit masks of ECG samples (pacer, saturation) are meant;
//! which curves a monitor sends that nobody has told which ones to send; and how a refusal looks.
//!
//! **Not supported:** the variant that finds the speed by itself, monitors that do not grant the
//! extended poll, the LAN, invasive pressures and other numbers that have no metric here, ECG leads
//! other than I, II and V, patient names, and changing the monitor's settings: the driver never
//! does, and so it does not choose the curves either.

mod alarms;
pub mod codes;
mod conversation;
mod cuff;
mod curves;
mod driver;
mod fcs;
pub mod framing;
pub mod message;
mod numerics;
mod readings;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "philips-mib",
    family: "Philips IntelliVue MP, MX and X monitors with a MIB/RS232 port",
    gives: &[
        Metric::HeartRate,
        Metric::PulseRate,
        Metric::SpO2,
        Metric::PerfusionIndex,
        Metric::RespirationRate,
        Metric::EtCO2,
        Metric::FiCO2,
        Metric::NibpSystolic,
        Metric::NibpDiastolic,
        Metric::NibpMean,
        Metric::NibpPulseRate,
        Metric::Temperature,
        Metric::EffortRate,
        Metric::Pleth,
        Metric::EcgI,
        Metric::EcgII,
        Metric::EcgV,
        Metric::Co2,
        Metric::Resp,
    ],
    line: LineSettings::plain(115_200),
    other_lines: &[],
    begins: Begins::Driver,
    can_start_cuff: false,
    maturity: Maturity::Captured,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(driver::PhilipsMibDriver::default()),
};
