//! From the monitor's numbers to values.

use chairside_model::{Measured, Metric, Unavailable};

use super::codes;
use super::message::{MeasurementState, ObservedNumber};

/// What makes a number none: the monitor says so, or nobody is measured.
const NO_VALUE: MeasurementState = MeasurementState::INVALID
    .union(MeasurementState::UNAVAILABLE)
    .union(MeasurementState::TEST)
    .union(MeasurementState::DEMONSTRATION);

const DOUBTED: MeasurementState = MeasurementState::QUESTIONABLE.union(MeasurementState::EARLY);

/// Returns the value of this metric, and how far to trust it.
#[inline]
pub(super) fn measured(metric: Metric, observed: &ObservedNumber) -> Measured {
    if observed.state.contains(MeasurementState::CALIBRATING) {
        return Measured::Unavailable(Unavailable::Calibrating);
    }
    let number = number(metric, observed).filter(|_| !observed.state.intersects(NO_VALUE));
    let measured = match number {
        Some(number) => Measured::plausible(metric, number),
        None => Measured::Unavailable(Unavailable::NoReading),
    };
    if observed.state.intersects(DOUBTED) {
        measured.doubted()
    } else {
        measured
    }
}

/// Returns the number in the metric's unit; what had to be converted, to a hundredth.
fn number(metric: Metric, observed: &ObservedNumber) -> Option<f64> {
    let number = observed.number.number()?;
    let factor = codes::factor(metric, observed.unit)?;
    #[expect(clippy::float_cmp, reason = "one of two constants")]
    let as_sent = factor == 1.0;
    Some(if as_sent {
        number
    } else {
        (number * factor * 100.0).round() / 100.0
    })
}
