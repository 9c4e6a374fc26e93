//! Ivy Biomedical 405 and 450C: the serial output "ANSAR-B".
//!
//! Patient monitors that send a message a second by themselves: a second of curves, and what the
//! monitor displays as lines of text. The driver listens and sends nothing.
//!
//! **Document.** No manual was at hand. The facts come from the open `OpenICE` driver of the
//! `mdpnp` project (`devices/cpc/AnsarB.java`, BSD-2-Clause), the sheet made from it, and nine
//! messages of a real 450C from the same project, which the tests decode. Byte maps: [`message`].
//! More: `docs/protocols/ivy-450c.md`.
//!
//! **Line.** 9600 baud, 8N1, no handshake.
//!
//! **Quirks.**
//! - There is no checksum. A message counts when its text begins where the curves end and every
//!   line has the fields that it announces; a digit that became another is not seen.
//! - 0xFF begins a message and can be a sample as well.
//! - The last cuff reading is repeated for ever, without a time. It is told when its numbers
//!   change: **one that repeats them is not seen**, and that of a monitor which was there before
//!   us has no known age and is not told.
//! - The pulse rate stands in the label of the saturation.
//! - The apnoea limit stands in the label of the respiration rate; it is no alarm.
//!
//! **Not known:** where the respiration rate comes from when the monitor measures CO2 (it is given
//! as the chest's movements when it measures none, and not at all when it does), what unit EtCO2
//! and temperatures are in, where alarms stand in a line and how urgent they are, whether the
//! volts of the ECG are right (`OpenICE`'s scale).
//!
//! **Not supported:** EtCO2 and its curve, temperatures, invasive pressures, the monitor's own
//! alarms, and ECG leads other than I, II and V.

mod cuff;
mod driver;
mod framing;
pub mod message;
mod readings;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "ivy-450c",
    family: "Ivy Biomedical 405 and 450C",
    gives: &[
        Metric::HeartRate,
        Metric::EffortRate,
        Metric::SpO2,
        Metric::PulseRate,
        Metric::NibpSystolic,
        Metric::NibpDiastolic,
        Metric::NibpMean,
        Metric::NibpPulseRate,
        Metric::EcgI,
        Metric::EcgII,
        Metric::EcgV,
        Metric::Pleth,
        Metric::Resp,
    ],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Captured,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(driver::Ivy450cDriver::default()),
};
