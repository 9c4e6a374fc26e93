//! The engine through its public door: rules, states and properties.

mod adult;
mod chart;
mod thresholds;
