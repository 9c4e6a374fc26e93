//! The engine through its public door: rules, states and properties.

mod adult;
mod chart;
mod naive;

mod adjustments;
mod adopted;
mod airway;
mod audibility;
mod baselines;
mod breathing;
mod called;
mod co2;
mod cuff;
mod curves;
mod docs;
mod equipment;
mod holds;
mod jitter;
mod limits;
mod names;
mod partial;
mod people;
mod profile;
mod properties;
mod random_airway;
mod random_limits;
mod reach;
mod retune;
mod service;

mod reconfigured;
mod restart;
mod shared_files;
mod shipped;
mod signals;
mod states;
mod thresholds;
