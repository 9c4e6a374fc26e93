//! The curves that the simulated monitor sends.

use std::time::Duration;

use chairside_protocol::ge_dri::message::{Samples, WaveKind, WaveStatus};

use super::values::counts_per_mmhg;
use crate::device::capnostream20::capnogram;
use crate::device::nonin::pleth;
use crate::patient::{Missing, Signal, VitalSigns};

/// The code for a sample that is none.
const NO_SAMPLE: i16 = -32767;

/// How far the impedance of the chest moves with a breath, 1/100 ohm.
const BREATH_SIZE: f64 = 80.0;

/// Pleth of a patient whose perfusion nobody measures, %.
const USUAL_PERFUSION: f64 = 2.5;

/// A run of samples of one wave.
#[derive(Debug)]
pub(super) struct Curve {
    kind: WaveKind,
    samples: Vec<i16>,
    /// What it says of the electrodes.
    status: WaveStatus,
}

impl Curve {
    /// Draws the curve of the time before this moment; nothing when the monitor has no such
    /// channel.
    pub(super) fn before(kind: WaveKind, vitals: &VitalSigns, length: Duration) -> Option<Self> {
        let off = |signal: Signal| signal == Signal::Missing(Missing::ProbeOff);
        let (per_second, channel, status) = match kind {
            WaveKind::ECG_1 if off(vitals.heart_rate) => {
                (300, vitals.heart_rate, WaveStatus::LEAD_OFF)
            }
            WaveKind::ECG_1 => (300, vitals.heart_rate, WaveStatus::NONE),
            WaveKind::PLETH => (100, vitals.spo2, WaveStatus::NONE),
            WaveKind::CO2 => (25, vitals.etco2, WaveStatus::NONE),
            WaveKind::RESP => (25, vitals.effort_rate, WaveStatus::NONE),
            _ => return None,
        };
        if channel == Signal::NoChannel {
            return None;
        }
        let count = u32::try_from(length.as_millis()).ok()? * per_second / 1000;
        let samples = (0..count)
            .rev()
            .map(|back| {
                let at = earlier(vitals, f64::from(back) / f64::from(per_second));
                sample(kind, &at).map_or(NO_SAMPLE, whole)
            })
            .collect();
        Some(Self {
            kind,
            samples,
            status,
        })
    }

    pub(super) fn samples(&self, status: WaveStatus) -> Samples<'_> {
        Samples {
            kind: self.kind,
            status: self.status | status,
            samples: &self.samples,
        }
    }
}

/// Returns the patient as they were shortly before, with the rates of now.
pub(in crate::device) fn earlier(vitals: &VitalSigns, seconds: f64) -> VitalSigns {
    let beats = vitals.heart_rate.value().or(vitals.pulse_rate.value());
    let breaths = vitals
        .respiration_rate
        .value()
        .or(vitals.effort_rate.value());
    let back = |phase: f64, per_minute: Option<f64>| {
        (phase - per_minute.unwrap_or(0.0) / 60.0 * seconds).rem_euclid(1.0)
    };
    VitalSigns {
        beat_phase: back(vitals.beat_phase, beats),
        breath_phase: back(vitals.breath_phase, breaths),
        ..*vitals
    }
}

fn sample(kind: WaveKind, vitals: &VitalSigns) -> Option<f64> {
    match kind {
        WaveKind::ECG_1 => {
            let rate = vitals.heart_rate.value()?;
            Some(if rate > 0.0 {
                electrocardiogram(vitals.beat_phase)
            } else {
                0.0
            })
        }
        WaveKind::PLETH => {
            vitals.spo2.value()?;
            let perfusion = vitals.perfusion_index.value().unwrap_or(USUAL_PERFUSION);
            // Around 0, as was recorded.
            Some((pleth::beat(vitals.beat_phase) - 0.5) * perfusion * 100.0)
        }
        WaveKind::CO2 => capnogram::pressure(vitals).map(|mmhg| mmhg * counts_per_mmhg()),
        WaveKind::RESP => {
            let rate = vitals.effort_rate.value()?;
            let swing = (vitals.breath_phase * std::f64::consts::TAU).cos();
            Some(if rate > 0.0 { swing * BREATH_SIZE } else { 0.0 })
        }
        _ => None,
    }
}

/// Returns lead II at this phase of the beat, in microvolts: the waves P, Q, R, S and T, each a
/// bell. Drawn to look like one; **not physiology**.
pub(in crate::device) fn electrocardiogram(phase: f64) -> f64 {
    const WAVES: [(f64, f64, f64); 5] = [
        (0.16, 0.025, 120.0),
        (0.245, 0.009, -110.0),
        (0.27, 0.011, 1050.0),
        (0.295, 0.010, -240.0),
        (0.52, 0.045, 290.0),
    ];
    let bell =
        |(at, width, height): (f64, f64, f64)| height * (-((phase - at) / width).powi(2)).exp();
    WAVES.into_iter().map(bell).sum()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the curves are far smaller, and the conversion saturates"
)]
fn whole(value: f64) -> i16 {
    value.round() as i16
}
