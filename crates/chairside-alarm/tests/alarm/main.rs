//! The engine through its public door: rules, states and properties.

mod adult;
mod chart;

mod cuff;
mod equipment;
mod holds;
mod profile;
mod signals;
mod thresholds;
