//! Curves: rate, scale, and which of them are used.

use std::time::Duration;

use chairside_model::{Metric, Reading, SampleArray};
use chairside_protocol::Finding;
use chairside_protocol::philips_mib::codes::{kind, unit};
use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{
    Float, MeasurementState, ObservedSamples, SampleFormat, SampleScale, class,
};

use super::{Bench, OK, attribute};

fn format(significant_bits: u8) -> Vec<u8> {
    let mut value = Vec::new();
    SampleFormat {
        run: 4,
        bits: 16,
        significant_bits,
        flags: 0x3000,
    }
    .emit(&mut value);
    value
}

fn scale(low: f64, high: f64, high_sample: u16) -> Vec<u8> {
    let mut value = Vec::new();
    SampleScale {
        low: Float::with_decimals(low, 3),
        high: Float::with_decimals(high, 3),
        low_sample: 0,
        high_sample,
    }
    .emit(&mut value);
    value
}

fn samples(kind: u16, state: MeasurementState, samples: &[u16]) -> Vec<u8> {
    let bytes: Vec<u8> = samples
        .iter()
        .flat_map(|sample| sample.to_be_bytes())
        .collect();
    let mut value = Vec::new();
    ObservedSamples {
        kind,
        state,
        bytes: &bytes,
    }
    .emit(&mut value);
    value
}

/// Says what the curve is worth.
fn tell(bench: &mut Bench, significant_bits: u8, scale: &[u8], unit: u16) {
    let findings = bench.object(
        class::CURVES,
        &[
            attribute(id::SAMPLE_FORMAT, &format(significant_bits)),
            attribute(id::SAMPLE_PERIOD, &0x80_u32.to_be_bytes()),
            attribute(id::SCALE, scale),
            attribute(id::UNIT, &unit.to_be_bytes()),
        ],
    );
    assert_eq!(findings, []);
}

fn send(bench: &mut Bench, kind: u16, counts: &[u16]) -> Vec<Finding> {
    let value = samples(kind, OK, counts);
    bench.object(class::CURVES, &[attribute(id::SAMPLES, &value)])
}

fn run(metric: Metric, scale: f64, samples: &[i32]) -> Finding {
    Finding::Reading(Reading::Waveform(SampleArray {
        metric,
        sample_period: Duration::from_millis(16),
        scale,
        samples: samples.into(),
    }))
}

#[test]
fn a_capnogram_is_in_mmhg_and_what_is_no_sample_is_masked() {
    let mut bench = Bench::listening();
    tell(
        &mut bench,
        12,
        &scale(-10.0, 194.75, 4095),
        unit::MILLIMETRE_OF_MERCURY,
    );
    let found = send(&mut bench, kind::CO2, &[0x00C8, 0xF0C8, 0x03C0]);
    // 200 counts of 0.05 mmHg are where nothing is; the upper four bits say something else.
    assert_eq!(found, [run(Metric::Co2, 0.05, &[0, 0, 760])]);
    tell(&mut bench, 12, &scale(0.0, 20.475, 4095), unit::KILOPASCAL);
    let found = send(&mut bench, kind::CO2, &[1000]);
    assert_eq!(found, [run(Metric::Co2, 0.037_503_1, &[1000])]);
}

#[test]
fn a_curve_without_a_unit_is_given_as_it_is() {
    let mut bench = Bench::listening();
    let none = scale(f64::NAN, f64::NAN, 4095);
    tell(&mut bench, 12, &none, unit::NONE);
    let found = send(&mut bench, kind::PLETH, &[0x0800, 0x0FFF]);
    assert_eq!(found, [run(Metric::Pleth, 1.0, &[0x0800, 0x0FFF])]);
    let found = send(&mut bench, kind::RESP, &[1]);
    assert_eq!(found, [run(Metric::Resp, 1.0, &[1])]);
}

#[test]
fn samples_whose_worth_is_not_known_are_not_used() {
    let mut bench = Bench::listening();
    assert_eq!(send(&mut bench, kind::CO2, &[1]), []);
    assert_eq!(
        send(&mut bench, kind::PLETH, &[1]),
        [],
        "nor is its rate known"
    );
    // A capnogram needs a scale; and per cent are no pressure.
    tell(
        &mut bench,
        12,
        &scale(f64::NAN, f64::NAN, 4095),
        unit::MILLIMETRE_OF_MERCURY,
    );
    assert_eq!(send(&mut bench, kind::CO2, &[1]), []);
    tell(&mut bench, 12, &scale(0.0, 20.0, 4095), unit::PERCENT);
    assert_eq!(send(&mut bench, kind::CO2, &[1]), []);
    for (low, high, high_sample) in [(0.0, 0.0, 4095), (20.0, 0.0, 4095), (0.0, 20.0, 0)] {
        tell(
            &mut bench,
            12,
            &scale(low, high, high_sample),
            unit::MILLIMETRE_OF_MERCURY,
        );
        assert_eq!(send(&mut bench, kind::CO2, &[1]), [], "{low} to {high}");
    }
    tell(
        &mut bench,
        17,
        &scale(0.0, 20.0, 4095),
        unit::MILLIMETRE_OF_MERCURY,
    );
    assert_eq!(send(&mut bench, kind::CO2, &[1]), []);
}

#[test]
fn samples_that_the_monitor_does_not_stand_by_are_a_gap() {
    let mut bench = Bench::listening();
    tell(
        &mut bench,
        12,
        &scale(0.0, 40.95, 4095),
        unit::MILLIMETRE_OF_MERCURY,
    );
    for state in [
        MeasurementState::INVALID,
        MeasurementState::QUESTIONABLE,
        MeasurementState::UNAVAILABLE,
        MeasurementState::CALIBRATING,
        MeasurementState::TEST,
        MeasurementState::DEMONSTRATION,
    ] {
        let value = samples(kind::CO2, state, &[1]);
        let found = bench.object(class::CURVES, &[attribute(id::SAMPLES, &value)]);
        assert_eq!(found, [], "{state:?}");
    }
    let value = samples(kind::CO2, MeasurementState::IN_ALARM, &[1]);
    let found = bench.object(class::CURVES, &[attribute(id::SAMPLES, &value)]);
    assert_eq!(found, [run(Metric::Co2, 0.01, &[1])]);
    assert_eq!(send(&mut bench, kind::CO2, &[]), []);
}

#[test]
fn a_new_association_has_to_say_again_what_a_curve_is_worth() {
    let mut bench = Bench::listening();
    tell(
        &mut bench,
        12,
        &scale(0.0, 40.95, 4095),
        unit::MILLIMETRE_OF_MERCURY,
    );
    let event = super::event([0x20, 0x26, 0x11, 0x26, 0x12, 0x00, 0x00, 0x00], 0);
    bench.findings(&event);
    assert_eq!(send(&mut bench, kind::CO2, &[1]), []);
}

#[test]
fn leads_of_one_object_share_its_scale() {
    let mut bench = Bench::listening();
    tell(
        &mut bench,
        14,
        &scale(-40.96, 40.955, 16383),
        unit::MILLIVOLT,
    );
    let leads = [kind::ECG_I, kind::ECG_II, 0x013E, kind::ECG_V];
    let bytes = 8223_u16.to_be_bytes();
    let leads = leads.map(|kind| ObservedSamples {
        kind,
        state: OK,
        bytes: &bytes,
    });
    let mut value = Vec::new();
    ObservedSamples::emit_compound(&leads, &mut value);
    let found = bench.object(class::CURVES, &[attribute(id::COMPOUND_SAMPLES, &value)]);
    let expected = [Metric::EcgI, Metric::EcgII, Metric::EcgV].map(|lead| run(lead, 0.005, &[31]));
    assert_eq!(found, expected, "and no aVR, for which there is no metric");
}
