//! Berry oximeter modules and what is built with them: "BCI protocol v1.2".
//!
//! BM1000 and BM2000 modules, and many re-badged ones. The module sends a packet of five bytes a
//! hundred times a second, by itself; the driver only listens. There are two names for it in the
//! catalogue: `berry`, and `bci` for modules that are sold under that name and whose rate the clinic
//! knows. The bedside units of Smiths Medical/BCI speak something else, of which no document was
//! found.
//!
//! **Document.** Berry, *BCI Protocol v1.2*, in `zh2x/BCI_Protocol`. No recording of a module was at
//! hand. Byte map: [`message`]. More: `docs/protocols/berry.md`.
//!
//! **Line.** The document gives no settings: the modules have Bluetooth (SPP) or a virtual serial
//! port over USB, where any rate will do. 115200 baud, 8N1 is taken; `baud` of the configuration
//! gives another one.
//!
//! **Quirks.**
//! - There is no checksum. A packet whose fields are out of their ranges is no packet; packets are
//!   believed when four of them stand one behind the other and agree, and a number when three
//!   packets in a row say it.
//! - A pulse of 255, a saturation of 127 and a point of the curve of 0 are none.
//!
//! **Not supported:** the strength of the signal, the beep and the bar graph are read and not
//! published; the modules' other protocol (Berry's own, with a header of two bytes) is not known.

mod driver;
pub mod message;
mod readings;

use std::time::Duration;

use chairside_model::Metric;

use crate::{Begins, DriverInfo, LineSettings, Maturity, Pace};

/// The catalogue's line for modules under their maker's name.
pub const INFO: DriverInfo = DriverInfo {
    name: "berry",
    family: "Berry BM1000 and BM2000 oximeter modules, BCI protocol v1.2",
    gives: &[Metric::SpO2, Metric::PulseRate, Metric::Pleth],
    line: LineSettings::plain(115_200),
    other_lines: &[
        LineSettings::plain(9_600),
        LineSettings::plain(19_200),
        LineSettings::plain(38_400),
        LineSettings::plain(57_600),
    ],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: Some(Pace {
        least: 85,
        most: 115,
    }),
    build: || Box::new(driver::BerryDriver::default()),
};

/// The catalogue's line for re-badged modules.
pub const BCI_INFO: DriverInfo = DriverInfo {
    name: "bci",
    family: "Re-badged oximeter modules with BCI protocol v1.2; not the bedside units of \
             Smiths Medical/BCI",
    ..INFO
};
