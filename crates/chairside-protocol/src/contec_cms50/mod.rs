//! Contec CMS50 fingertip oximeters: the old protocol and V7.0.
//!
//! CMS50D+, CMS50E, CMS50F and CMS50I with a USB cable that is a serial port. Low-cost devices, and
//! no monitors: they stand in small offices all the same. Two generations that have nothing in
//! common but the sixty samples a second, under the same names; the driver tells them apart by
//! their frames, and the line's settings are the first sign of which it is.
//!
//! **Document.** Contec, *Communication protocol of pulse oximeter*, V7.0, 2010-07-08, for V7; the
//! old protocol as several programs read it (`headrotor/art-sensors`, the notes of `atbrask`), which
//! is of medium to high confidence. Twenty packets of a real CMS50E in V7 are decoded in a test; of
//! the old protocol no capture was at hand. Byte maps: [`message`]. More:
//! `docs/protocols/contec-cms50.md`.
//!
//! **Line.** V7: 115200 baud, 8N1; the driver asks for the stream and says every five seconds that
//! it is there. Old: 19200 baud, 8 data bits, odd parity; the oximeter sends by itself, and the
//! driver says nothing once it has read a frame of it.
//!
//! **Quirks.**
//! - There is no checksum. What stands in for it: in each byte bit 7 says whether it begins a frame.
//!   Frames are believed when several of them stand one behind the other and agree.
//! - A zero is none that an oximeter measures: old decoders showed a saturation of 0.
//! - While the finger is out a V7 device sends a curve of 64.
//!
//! **Not supported:** the memory, the user names and the clock (their commands are never sent), and
//! all packets of V7 but the real-time one. What a rate without a value looks like in the old
//! protocol is not known: 0 and 255 are taken for none. The `CMS8000` monitor is another thing.

mod conversation;
mod driver;
mod framing;
pub mod message;
mod readings;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, FlowControl, LineSettings, Maturity, Pace, Parity};

/// How an oximeter of the old generation sends.
pub const OLD_LINE: LineSettings = LineSettings {
    baud: 19_200,
    parity: Parity::Odd,
    flow_control: FlowControl::None,
};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "contec-cms50",
    family: "Contec CMS50D+, CMS50E, CMS50F and CMS50I",
    gives: &[
        Metric::SpO2,
        Metric::PulseRate,
        Metric::PerfusionIndex,
        Metric::Pleth,
    ],
    line: LineSettings::plain(115_200),
    other_lines: &[OLD_LINE],
    begins: Begins::Driver,
    can_start_cuff: false,
    maturity: Maturity::Captured,
    nominal_period: Duration::from_secs(1),
    // 60 ± 2 packets a second.
    pace: Some(Pace {
        least: 50,
        most: 70,
    }),
    build: || Box::new(driver::ContecDriver::default()),
};
