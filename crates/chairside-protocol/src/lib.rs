//! Bytes to messages to observations, and back: one folder for each device family.
//!
//! A [`Driver`] is our side of one device's conversation, without a port and without a clock.
//! Each protocol's `message` module parses and emits, so that the simulated devices speak with
//! the same code that the tests hold the decoder to. This crate knows nothing of alarms.

pub mod catalog;
pub mod driver;
mod flags;
pub mod framing;
mod run;

pub mod capnostream20;
pub mod ge_v100;
pub mod nonin;

pub use catalog::{DRIVERS, DriverInfo, LineSettings, Maturity, driver_named};
pub use driver::{DeviceAlarmPriority, Driver, DriverEvent, DriverOutput, Finding, LineInput};
pub use framing::Discard;
