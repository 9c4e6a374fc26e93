//! GE CARESCAPE V100 and DINAMAP `ProCare` / PRO 100-400: the ASCII host communications protocol.
//!
//! Spot vital-signs monitors on a roll stand: cuff pressure, oximeter, temperature. The monitor
//! never speaks first. The driver asks for the cuff (`NA`), the oximeter (`OA`) and the rate
//! (`RA`) each second and for the temperature (`TC`) every ten, one request at a time, and tells
//! the replies apart by their letters; it also takes replies that nobody asked for, because a
//! recorded file holds only the device's side of the line.
//!
//! **Document.** GE, *Host Communications Reference Manual*, 2010566 Rev. E, as quoted in public
//! programs that speak the protocol, and the sheet made from them; no recording of a real monitor
//! was at hand. Byte maps: [`message`]. More: `docs/protocols/ge-v100.md`.
//!
//! **Line.** 9600 baud, 8N1, no handshake, on the monitor's host port (DB-15).
//!
//! **Quirks.**
//! - The unit id at the start of each frame is a space; it counts in positions and in the check.
//! - A cuff reading is repeated in every reply with its age; it is published once.
//! - The temperature is in tenths of a degree Fahrenheit, whatever the monitor displays.
//! - A loose oximeter probe is "no data" on a `ProCare` and "unplugged" on the PRO series.
//!
//! **Not supported:** alarm states and limits, auto-cycle time and patient mode (the manual has
//! commands for them; their bytes were not found), the alternate rate (`RC`) and the second
//! temperature command (`TD`), whose replies are reported as unknown, several monitors on one
//! line, a temperature followed continuously in monitor mode (one value for each determination),
//! and older monitors with other protocols (PRO 1000, 8100).
//!
//! **Orders.** A person can start a determination (`NC0`) and cancel one (`ND`). The driver never
//! does so by itself, sends each order once or not at all, and watches the cuff's status for what
//! became of it: only "a reply with a status" is known of the answer.

mod conversation;
mod cuff;
mod driver;
mod framing;
pub mod message;
mod orders;
mod readings;
mod recency;
mod text;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "ge-v100",
    family: "GE CARESCAPE V100, DINAMAP ProCare and PRO 100-400",
    gives: &[
        Metric::SpO2,
        Metric::PulseRate,
        Metric::NibpSystolic,
        Metric::NibpDiastolic,
        Metric::NibpMean,
        Metric::NibpPulseRate,
        Metric::Temperature,
    ],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Driver,
    can_start_cuff: true,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(driver::GeV100Driver::default()),
};
