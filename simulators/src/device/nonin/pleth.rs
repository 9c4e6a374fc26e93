//! The plethysmogram: what the light sees of a heart beat.

use std::f64::consts::TAU;
use std::time::Duration;

use super::{Missing, is, is_unplugged};
use crate::patient::{Signal, VitalSigns};

/// Where the curve rests between beats and how far the strongest rises above it, of 256 steps.
const REST: f64 = 48.0;
const STRONGEST: f64 = 176.0;

/// Perfusion index, per cent, from which the curve does not grow any more, and that of a patient
/// whose perfusion nobody measures.
const STRONG_PERFUSION: f64 = 5.0;
const USUAL_PERFUSION: f64 = 2.5;

/// Returns the sample of sixteen bits at this moment; its upper half is that of format 2.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the curve is between 0 and 256 steps of eight bits, and the conversion saturates"
)]
pub(super) fn pleth(at: Duration, vitals: &VitalSigns) -> u16 {
    if is(vitals, Missing::ProbeOff) || is_unplugged(vitals) {
        return 0;
    }
    let height = if is(vitals, Missing::Motion) {
        shaking(at)
    } else {
        strength(vitals.perfusion_index) * beat(vitals.beat_phase)
    };
    ((REST + STRONGEST * height) * 256.0) as u16
}

/// Returns how far the curve rises, from 0 to 1. The eye compares heights and not areas: the root
/// keeps a weak pulse visible, as the compression of format 2 does.
fn strength(perfusion: Signal) -> f64 {
    let index = match perfusion {
        Signal::Value(index) => index,
        Signal::NoChannel => USUAL_PERFUSION,
        Signal::Missing(_) => 0.0,
    };
    (index / STRONG_PERFUSION).clamp(0.0, 1.0).sqrt()
}

/// Returns the height at this phase of a beat, 0 to 1: a steep rise to the systolic peak, the
/// dicrotic notch, a second and lower wave, and a slow fall.
pub(in crate::device) fn beat(phase: f64) -> f64 {
    let wave = |peak: f64, rise: f64, fall: f64| {
        // The fall of the beat before reaches into this one.
        let one = |after: f64| {
            let width = if after < 0.0 { rise } else { fall };
            (-(after / width).powi(2)).exp()
        };
        one(phase - peak) + one(phase - peak + 1.0)
    };
    (0.96 * wave(0.17, 0.08, 0.14) + 0.42 * wave(0.47, 0.09, 0.22)).min(1.0)
}

/// Returns the height while the hand moves: no beat is to be seen in it.
fn shaking(at: Duration) -> f64 {
    let seconds = at.as_secs_f64();
    let swing = (TAU * 1.3 * seconds).sin() + (TAU * 3.7 * seconds).sin() * 0.6;
    0.5 + swing * 0.3
}
