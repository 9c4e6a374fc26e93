//! Nellcor oximeters: the real-time printout in ASCII of N-560, N-595, N-395 and NPB-290/295.
//!
//! One line of text every two seconds, by themselves, below a heading that comes again every 25
//! lines. The driver listens; it speaks only to an oximeter that fell silent (XON, for it may have
//! seen an XOFF in some noise) and to one whose interactive menu it sees (0, "Exit").
//!
//! **Document.** Nellcor, *NPB-290 operator's manual*, appendix "Data port protocol", for lines,
//! headings, codes and the trend memory's printout; `nellcor-n595.spec` of `OpenICE` for the N-595.
//! No capture of a real oximeter was at hand. Byte maps: [`message`]. More:
//! `docs/protocols/nellcor.md`.
//!
//! **Line.** 9600 baud, 8N1, up to 19200 by the oximeter's menu, no hardware handshake; its serial
//! protocol is to be set to "ASCII". An NPB-290 sends nothing while it is on battery.
//!
//! **Quirks.**
//! - There is no checksum, and numbers have as many digits as they need: a line whose columns end
//!   elsewhere than before is believed when another does as well.
//! - Digits may be printed beside "sensor off", "sensor disconnected" and "loss of pulse"; they are
//!   not published.
//! - The printout of the trend memory looks alike and is of the past. Its heading tells; what is
//!   below is reported as unknown until the heading of the values of now, or its end.
//! - The pulse amplitude has no unit and is not published: it is no perfusion index.
//!
//! **Not supported:** the other protocols of the menu, the interactive menu (nothing in it is
//! asked), the event log, the limits in the heading, and older oximeters (N-200). Where the columns
//! are exactly, which codes N-600x and the PM series add, and whether those print alike, is not
//! known. Values below a code that is not known are questionable.

mod alarms;
mod driver;
mod layouts;
pub mod message;
mod readings;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity};

/// The catalogue's line.
pub const INFO: DriverInfo = DriverInfo {
    name: "nellcor",
    family: "Nellcor N-560, N-595, N-395 and NPB-290/295, ASCII",
    gives: &[Metric::SpO2, Metric::PulseRate],
    line: LineSettings::plain(9600),
    other_lines: &[LineSettings::plain(19_200)],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(2),
    pace: None,
    build: || Box::new(driver::NellcorDriver::default()),
};
