//! Simulated devices that speak the real protocols, driven by a simulated patient.
//!
//! A [`Simulator`](device::Simulator) has the shape of everything else: things happen to it,
//! bytes come out, and it says when it wants to be called again. It uses the protocol crate's
//! *emit* half and never its parser's results, so that every test of the service tests a driver.

pub mod clock;
pub mod device;
pub mod fault;
pub mod lifelike;
pub mod line;
pub mod noise;
pub mod pace;
pub mod patient;
pub mod run;
pub mod scenario;
pub mod series;
pub mod stories;
