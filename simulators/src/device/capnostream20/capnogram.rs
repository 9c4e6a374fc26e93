//! The shape of a breath on the capnogram.

use std::time::Duration;

use crate::patient::{Signal, VitalSigns};

/// Share of a breath in which air comes from the dead space, without CO2 (phase I).
const DEAD_SPACE_END: f64 = 0.05;

/// Where the upstroke (phase II) turns into the plateau (phase III).
const PLATEAU_START: f64 = 0.15;

/// Where the plateau ends, at EtCO2, and the patient breathes in (phase IV, or 0).
const PLATEAU_END: f64 = 0.45;

/// Where the downstroke has reached the air that is breathed in.
const DOWNSTROKE_END: f64 = 0.55;

/// How high the plateau begins; a healthy one rises gently.
const PLATEAU_FROM: f64 = 0.9;

/// A peak of the capnogram that counts as a breath, mmHg (clinical sheet on laryngospasm,
/// section 2).
const BREATH_MIN: f64 = 8.0;

/// Returns the pressure that the sampling line sees, mmHg; nothing when it sees none.
///
/// Without breaths there is no CO2 at the line's end, whatever the last one's was.
pub(in crate::device) fn pressure(vitals: &VitalSigns) -> Option<f64> {
    let etco2 = vitals.etco2.value()?;
    let breathes = vitals.respiration_rate.value() != Some(0.0);
    Some(if breathes {
        etco2 * shape(vitals.breath_phase)
    } else {
        0.0
    })
}

/// Returns how high the capnogram stands at this phase of the breath, as a share of EtCO2.
fn shape(phase: f64) -> f64 {
    if phase < DEAD_SPACE_END {
        0.0
    } else if phase < PLATEAU_START {
        PLATEAU_FROM * smooth((phase - DEAD_SPACE_END) / (PLATEAU_START - DEAD_SPACE_END))
    } else if phase < PLATEAU_END {
        let along = (phase - PLATEAU_START) / (PLATEAU_END - PLATEAU_START);
        PLATEAU_FROM + (1.0 - PLATEAU_FROM) * along
    } else if phase < DOWNSTROKE_END {
        1.0 - smooth((phase - PLATEAU_END) / (DOWNSTROKE_END - PLATEAU_END))
    } else {
        0.0
    }
}

/// Goes from 0 to 1 without a corner at either end.
fn smooth(along: f64) -> f64 {
    along * along * (3.0 - 2.0 * along)
}

/// Sees breaths end, and remembers the last one.
#[derive(Debug, Default)]
pub(super) struct BreathWatch {
    /// At the last sample the patient breathed out.
    out: bool,
    last: Duration,
}

impl BreathWatch {
    /// Takes the patient at the time of one sample. Tells whether a breath out ended since the
    /// sample before.
    pub(super) fn see(&mut self, at: Duration, vitals: &VitalSigns) -> bool {
        let out = (PLATEAU_START..PLATEAU_END).contains(&vitals.breath_phase)
            && pressure(vitals).is_some_and(|pressure| pressure >= BREATH_MIN);
        let ended = std::mem::replace(&mut self.out, out) && !out;
        let blind = !matches!(vitals.etco2, Signal::Value(_));
        if ended || blind {
            self.last = at;
        }
        ended && !blind
    }

    /// Returns the time since the last breath; none while breaths cannot be seen.
    pub(super) fn without(&self, at: Duration) -> Duration {
        at.saturating_sub(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breath_rises_keeps_a_gently_rising_plateau_and_falls() {
        let shape_at = |percent: u8| shape(f64::from(percent) / 100.0);
        assert!((shape_at(0) - 0.0).abs() < 1e-9);
        assert!((0..5).all(|percent| shape_at(percent) < 1e-9));
        assert!((5..44).all(|percent| shape_at(percent) < shape_at(percent + 1)));
        assert!((15..45).all(|percent| shape_at(percent) >= PLATEAU_FROM));
        assert!(shape_at(44) > 0.99);
        assert!((45..55).all(|percent| shape_at(percent) > shape_at(percent + 1)));
        assert!((55..100).all(|percent| shape_at(percent) < 1e-9));
    }
}
