//! What a simulated device is.

pub mod capnostream20;
pub mod ge_v100;
pub mod nonin;

use std::time::Duration;

use crate::patient::VitalSigns;

/// One simulated device, without a line and without a clock.
///
/// `now` is the time since the start of the story; it never falls.
pub trait Simulator: Send + std::fmt::Debug {
    /// Takes bytes that the host sent (empty when only time passed) and the patient as the
    /// sensors see it `now`, and appends what the device sends to `line`.
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>);

    /// Returns when the device next sends by itself; nothing for a polled device.
    fn next_deadline(&self) -> Option<Duration>;
}

/// What can be chosen about a simulated device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SimulatorOptions {
    /// Where its noise begins; the same seed gives the same bytes.
    pub seed: u64,
}

/// How a simulated device is made.
type Build = fn(&SimulatorOptions) -> Box<dyn Simulator>;

/// Every simulated device, by the name of the driver that reads it. A new one adds one line.
const SIMULATORS: &[(&str, Build)] = &[("ge-v100", |_| Box::new(ge_v100::GeV100::default()))];

/// Returns a simulated device of the kind that the driver with this name reads.
#[must_use]
pub fn simulator_named(name: &str, options: &SimulatorOptions) -> Option<Box<dyn Simulator>> {
    let (_, build) = SIMULATORS.iter().find(|(known, _)| *known == name)?;
    Some(build(options))
}

/// Returns the names that [`simulator_named`] knows.
pub fn simulator_names() -> impl Iterator<Item = &'static str> {
    SIMULATORS.iter().map(|(name, _)| *name)
}
