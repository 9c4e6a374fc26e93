//! Simulated devices that speak the real protocols, driven by a simulated patient.
//!
//! A [`Simulator`](device::Simulator) has the shape of everything else: things happen to it,
//! bytes come out, and it says when it wants to be called again. It uses the protocol crate's
//! *emit* half and never its parser's results, so that every test of the service tests a driver.
//!
//! The way of a value is the reading order: [`scenario`] or [`series`] (what happens), [`patient`]
//! (what the sensors say at a moment), [`device`] (its bytes), [`fault`] (spoils them), [`mod@line`]
//! (a path that a host opens); [`run`] joins them in real time. Tests in virtual time stop at the
//! bytes:
//!
//! ```
//! use std::time::Duration;
//!
//! use chairside_simulators::{device::simulator_named, patient::Patient, stories};
//!
//! let story = stories::built_in().remove(0);
//! let mut monitor = simulator_named("ge-v100").expect("there is one");
//! let (now, mut line) = (Duration::from_secs(10), Vec::new());
//! monitor.handle(now, b" OA!3\r", &story.at(now), &mut line);
//! assert_eq!(line, b" OA1098512#D\r", "98 %");
//! ```

pub mod clock;
pub mod device;
pub mod fault;
pub mod lifelike;
pub mod line;
mod network;
pub mod noise;
pub mod pace;
pub mod patient;
pub mod run;
pub mod scenario;
pub mod series;
pub mod steered;
pub mod stories;
pub mod uart;
