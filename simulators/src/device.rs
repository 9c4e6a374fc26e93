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
