//! The simulated monitor's curves.

use chairside_protocol::philips_mib::codes::{kind, unit};
use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{
    Float, MeasurementState, ObservedSamples, SampleFormat, SampleScale, class,
};

use super::CURVES_PERIOD;
use super::reply::{Owned, Reply, about};
use crate::device::capnostream20::capnogram;
use crate::device::nonin::pleth;
use crate::patient::{Signal, VitalSigns};

/// Beats and breaths per minute of a patient whose rate nobody measures.
const USUAL_RATE: f64 = 60.0;

/// Answers from one in which it is said what a curve is worth to the next: one object each
/// 1024 ms (the vendor's guide, page 287).
const ANSWERS_PER_SECOND: u16 = 4;

/// The ECG is in the middle of its range.
const ECG_SCALE: SampleScale = SampleScale {
    low: Float::from_bits(0xFEFF_F000),
    high: Float::from_bits(0xFD00_9FFB),
    low_sample: 0,
    high_sample: 0x3FFF,
};
const ECG_ZERO: f64 = 8192.0;
const ECG_PER_MILLIVOLT: f64 = 200.0;

/// From -5 to 199.75 mmHg; what a real one sends is not known.
const CO2_SCALE: SampleScale = SampleScale {
    low: Float::from_bits(0xFFFF_FFCE),
    high: Float::from_bits(0xFE00_4E07),
    low_sample: 0,
    high_sample: 0x0FFF,
};
const CO2_ZERO: f64 = 100.0;
const CO2_PER_MMHG: f64 = 20.0;

/// A curve without a unit.
const NO_SCALE: SampleScale = SampleScale {
    low: Float::NAN,
    high: Float::NAN,
    low_sample: 0,
    high_sample: 0x0FFF,
};
const MIDDLE: f64 = 2048.0;

/// An object of the monitor that has curves.
struct Curve {
    handle: u16,
    kind: u16,
    label: &'static str,
    /// Samples in a run of 256 ms.
    run: u16,
    significant_bits: u8,
    flags: u16,
    scale: SampleScale,
    unit: u16,
    source: fn(&VitalSigns) -> Signal,
    value: fn(&Phases) -> f64,
}

/// The patient at one sample.
struct Phases<'a> {
    vitals: &'a VitalSigns,
    beat: f64,
    breath: f64,
}

const CURVES: [Curve; 4] = [
    Curve {
        handle: 0x02CA,
        kind: kind::ECG,
        label: "ECG",
        run: 64,
        significant_bits: 14,
        flags: 0x3000,
        scale: ECG_SCALE,
        unit: unit::MILLIVOLT,
        source: |vitals| vitals.heart_rate,
        value: |phases| ECG_ZERO + ECG_PER_MILLIVOLT * ecg(phases.beat),
    },
    Curve {
        handle: 0x0402,
        kind: kind::PLETH,
        label: "Pleth",
        run: 32,
        significant_bits: 12,
        flags: 0x8000,
        scale: NO_SCALE,
        unit: unit::NONE,
        source: |vitals| vitals.spo2,
        value: |phases| MIDDLE + 1024.0 * (pleth::beat(phases.beat) - 0.5),
    },
    Curve {
        handle: 0x0502,
        kind: kind::CO2,
        label: "CO\u{2082}",
        run: 16,
        significant_bits: 12,
        flags: 0x2000,
        scale: CO2_SCALE,
        unit: unit::MILLIMETRE_OF_MERCURY,
        source: |vitals| vitals.etco2,
        value: |phases| CO2_ZERO + CO2_PER_MMHG * capnogram_at(phases),
    },
    Curve {
        handle: 0x02D2,
        kind: kind::RESP,
        label: "Resp",
        run: 16,
        significant_bits: 12,
        flags: 0x8000,
        scale: NO_SCALE,
        unit: unit::NONE,
        source: |vitals| vitals.effort_rate,
        value: |phases| MIDDLE - 600.0 * (phases.breath * std::f64::consts::TAU).cos(),
    },
];

/// The leads of the ECG, and how high they stand beside lead II.
const LEADS: [(u16, f64); 3] = [(kind::ECG_II, 1.0), (kind::ECG_V, 0.8), (kind::ECG_I, 0.6)];

/// Appends every curve that there is a channel for.
pub(super) fn write(reply: &mut Reply, vitals: &VitalSigns) {
    let there = CURVES
        .iter()
        .filter(|curve| (curve.source)(vitals) != Signal::NoChannel);
    let sequence = reply.sequence();
    let told = sequence
        .is_multiple_of(ANSWERS_PER_SECOND)
        .then_some(usize::from(sequence / ANSWERS_PER_SECOND));
    let count = there.clone().count();
    for (index, curve) in there.enumerate() {
        let first = sequence == 0;
        let tell = first || told.is_some_and(|turn| turn % count == index);
        let mut attributes = if tell { curve.about() } else { Vec::new() };
        if reply.has_values() {
            attributes.push(curve.samples(vitals));
        }
        reply.object(curve.handle, &attributes);
    }
}

impl Curve {
    fn about(&self) -> Vec<Owned> {
        let mut attributes = about(self.handle, class::CURVES, self.kind, self.label);
        let mut format = Vec::new();
        SampleFormat {
            run: self.run,
            bits: 16,
            significant_bits: self.significant_bits,
            flags: self.flags,
        }
        .emit(&mut format);
        attributes.push((id::SAMPLE_FORMAT, format));
        // A run has 256 ms, which are 2048 ticks.
        let period = 2048 / u32::from(self.run);
        attributes.push((id::SAMPLE_PERIOD, period.to_be_bytes().to_vec()));
        attributes.push((id::UNIT, self.unit.to_be_bytes().to_vec()));
        let mut scale = Vec::new();
        self.scale.emit(&mut scale);
        attributes.push((id::SCALE, scale));
        attributes
    }

    fn samples(&self, vitals: &VitalSigns) -> Owned {
        let state = match (self.source)(vitals) {
            Signal::Value(_) => MeasurementState::NONE,
            Signal::Missing(_) | Signal::NoChannel => MeasurementState::INVALID,
        };
        let mut value = Vec::new();
        if self.kind == kind::ECG {
            let leads = LEADS.map(|(_, height)| {
                self.bytes(vitals, |phases| {
                    ECG_ZERO + height * ((self.value)(phases) - ECG_ZERO)
                })
            });
            let runs: Vec<_> = LEADS
                .iter()
                .zip(&leads)
                .map(|((kind, _), bytes)| ObservedSamples {
                    kind: *kind,
                    state,
                    bytes,
                })
                .collect();
            ObservedSamples::emit_compound(&runs, &mut value);
            return (id::COMPOUND_SAMPLES, value);
        }
        let bytes = self.bytes(vitals, self.value);
        let (kind, bytes) = (self.kind, bytes.as_slice());
        ObservedSamples { kind, state, bytes }.emit(&mut value);
        (id::SAMPLES, value)
    }

    /// Returns the samples of the last 256 ms: the patient's heart and breath go back from where
    /// they are now.
    fn bytes(&self, vitals: &VitalSigns, value: impl Fn(&Phases) -> f64) -> Vec<u8> {
        let heart = match vitals.pulse_rate {
            Signal::Value(rate) => rate,
            Signal::Missing(_) | Signal::NoChannel => {
                vitals.heart_rate.value().unwrap_or(USUAL_RATE)
            }
        };
        let breaths = match vitals.respiration_rate {
            Signal::Value(rate) => rate,
            Signal::Missing(_) | Signal::NoChannel => vitals.effort_rate.value().unwrap_or(0.0),
        };
        let period_s = CURVES_PERIOD.as_secs_f64() / f64::from(self.run);
        let mask = u16::MAX >> (16 - self.significant_bits);
        (1..=self.run)
            .flat_map(|sample| {
                let before_s = f64::from(self.run - sample) * period_s;
                let phases = Phases {
                    vitals,
                    beat: (vitals.beat_phase - before_s * heart / 60.0).rem_euclid(1.0),
                    breath: (vitals.breath_phase - before_s * breaths / 60.0).rem_euclid(1.0),
                };
                crate::device::whole(value(&phases)).min(mask).to_be_bytes()
            })
            .collect()
    }
}

fn capnogram_at(phases: &Phases<'_>) -> f64 {
    let vitals = VitalSigns {
        breath_phase: phases.breath,
        ..*phases.vitals
    };
    capnogram::pressure(&vitals).unwrap_or(0.0)
}

/// Returns lead II at this phase of a beat, mV: the waves P, Q, R, S and T.
fn ecg(phase: f64) -> f64 {
    [
        (0.12, 0.08, 0.025),
        (-0.10, 0.158, 0.009),
        (1.20, 0.175, 0.011),
        (-0.25, 0.195, 0.010),
        (0.30, 0.42, 0.055),
    ]
    .into_iter()
    .map(|(height, place, width): (f64, f64, f64)| {
        height * (-((phase - place) / width).powi(2)).exp()
    })
    .sum()
}
