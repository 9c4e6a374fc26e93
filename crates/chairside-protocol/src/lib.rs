//! Bytes to messages to observations, and back: one folder for each device family.
//!
//! A [`Driver`] is our side of one device's conversation, without a port and without a clock.
//! Each protocol's `message` module parses and emits, so that the simulated devices speak with
//! the same code that the tests hold the decoder to. This crate knows nothing of alarms.
//!
//! # Examples
//!
//! Bytes go in as they arrive, cut anywhere; what they say comes out in the order of the stream.
//!
//! ```
//! use chairside_model::{Metric, MonoTime, Reading};
//! use chairside_protocol::{DriverOutput, Finding, LineInput, driver_named};
//!
//! let info = driver_named("nonin").expect("the catalogue has it");
//! let mut driver = (info.build)();
//! let mut out = DriverOutput::default();
//!
//! // Four seconds of format 8: 72 beats a minute, a saturation of 97 %.
//! let line = [0x80, 0x48, 0x61, 0x00].repeat(4);
//! for piece in line.chunks(5) {
//!     driver.handle(MonoTime::ZERO, LineInput::Received(piece), &mut out);
//! }
//!
//! let frames = out.events.iter().filter(|event| event.finding == Finding::Frame);
//! assert_eq!(frames.count(), 4);
//! let saturations: Vec<f64> = out
//!     .events
//!     .iter()
//!     .filter_map(|event| match &event.finding {
//!         Finding::Reading(Reading::Numeric(numeric)) if numeric.metric == Metric::SpO2 => {
//!             numeric.measured.valid().map(|value| value.number())
//!         }
//!         _ => None,
//!     })
//!     .collect();
//! assert_eq!(saturations, [97.0; 4]);
//! ```
//!
//! The other direction, as a simulated device speaks:
//!
//! ```
//! use chairside_protocol::nonin::message::{Format2Frame, StreamStatus};
//!
//! let frame = Format2Frame {
//!     status: StreamStatus::NONE,
//!     pleth: 0x01,
//!     float: 97,
//! };
//! let mut line = Vec::new();
//! frame.emit(&mut line);
//! assert_eq!(line, [0x01, 0x80, 0x01, 0x61, 0xE3]);
//! assert_eq!(Format2Frame::parse(&line), Ok(frame));
//! ```

pub mod catalog;
pub mod driver;
mod five_bytes;
mod flags;
pub mod framing;
pub mod identify;
mod pressures;
mod run;
mod text_lines;
mod units;

pub mod berry;
pub mod capnostream20;
pub mod contec_cms50;
pub mod ge_dri;
pub mod ge_v100;
pub mod hl7;
pub mod ivy_450c;
pub mod masimo;
pub mod ndjson;
pub mod nellcor;
pub mod nonin;
pub mod philips_mib;
pub mod suntech;

pub use catalog::{
    Begins, DRIVERS, DriverInfo, FlowControl, LineSettings, Maturity, Pace, Parity, driver_named,
};
pub use driver::{DeviceAlarmPriority, Driver, DriverEvent, DriverOutput, Finding, LineInput};
pub use framing::Discard;
