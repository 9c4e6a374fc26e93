//! GE Datex-Ohmeda S/5 and CARESCAPE: the S/5 Computer Interface (DRI records).
//!
//! Patient monitors of theatres and day surgery. A monitor is silent until a host asks; then it
//! sends what it displays each second (or each five), and beside it the waves and, a CARESCAPE,
//! its alarms. The driver asks for the basic class of displayed values, for one ECG channel, pleth,
//! capnogram and impedance respiration (450 samples a second; 600 is the limit at 19200 baud), and
//! for the alarms, and asks again when one of them stops. It also takes records that nobody asked
//! for, because a recorded file holds only the device's side of the line.
//!
//! **Document.** GE, *S/5 System Interface, Datex-Ohmeda Record Specification*, 8005313, 12th ed.,
//! and *S/5 Computer Interface Specification*, M1017617, 12th ed.; the sheet made from them, and
//! two recordings of a real monitor of level 10 from the project `python-pycollect`
//! (BSD-2-Clause). Byte maps: [`message`], [`framing`]. More: `docs/protocols/ge-dri.md`.
//!
//! **Line.** 19200 baud, 8E1, RTS/CTS; 115200 baud on CARESCAPE monitors with software 3 or
//! later. With the wrong parity no frame passes its sum.
//!
//! **Quirks.**
//! - The sum of a frame accepts one damaged frame in 256; the record's length, its level and its
//!   list of subrecords have to fit as well.
//! - The first displayed values after a request may be old (33 s in both recordings): they are not
//!   published, except where nobody asked.
//! - The displayed heart rate is counted from whatever source was chosen. It is a `HeartRate` only
//!   from the ECG; counted by the oximeter it is a pulse rate.
//! - A cuff reading is repeated in every record; it is published once. Its label says no more than
//!   whether it is older than 60 s, so that its age is the greatest it can be.
//! - CO2 is in per cent and is made a pressure with the ambient pressure of the same record.
//! - Apnoea is no alarm while the monitor says that its apnoea alarm is off.
//! - The reserved bits of a wave's status are not 0.
//! - Alarm texts are in the monitor's language.
//!
//! **Not known:** what monitors do when asked for less than five seconds (the recorded one gave a
//! record a second; five are asked for first, and then one), the alarm records of a real monitor,
//! the texts' character set, what ended a cuff determination without a result.
//!
//! **Not supported:** invasive pressures, O2, N2O, agents, flow, ST levels, entropy, a second
//! oximeter, trends, the twelve-lead record, temperatures on the skin, in the airway and in the
//! room, who the monitor is (a serial line does not carry it), and the network interface.

mod alarms;
mod conversation;
mod cuff;
mod driver;
pub mod framing;
pub mod message;
mod readings;
mod waves;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, FlowControl, LineSettings, Maturity, Parity};

/// The line at a rate.
const fn line(baud: u32) -> LineSettings {
    LineSettings {
        baud,
        parity: Parity::Even,
        flow_control: FlowControl::RtsCts,
    }
}

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "ge-dri",
    family: "GE Datex-Ohmeda S/5 and CARESCAPE B20 to B850",
    gives: &[
        Metric::HeartRate,
        Metric::EffortRate,
        Metric::Temperature,
        Metric::SpO2,
        Metric::PulseRate,
        Metric::PerfusionIndex,
        Metric::EtCO2,
        Metric::FiCO2,
        Metric::RespirationRate,
        Metric::NibpSystolic,
        Metric::NibpDiastolic,
        Metric::NibpMean,
        Metric::NibpPulseRate,
        Metric::EcgI,
        Metric::EcgII,
        Metric::EcgV,
        Metric::Pleth,
        Metric::Co2,
        Metric::Resp,
    ],
    line: line(19_200),
    other_lines: &[line(115_200)],
    begins: Begins::Driver,
    can_start_cuff: false,
    maturity: Maturity::Captured,
    // The manual's least. Where a monitor gives a record a second, it is judged a little slower.
    nominal_period: Duration::from_secs(5),
    pace: None,
    build: || Box::new(driver::GeDriDriver::default()),
};
