//! Curves.

use chairside_model::SampleArray;

use super::*;

fn wave(kind: WaveKind, samples: &[i16]) -> Samples<'_> {
    Samples {
        kind,
        status: WaveStatus::from_bits(0x0652),
        samples,
    }
}

fn runs(found: Vec<Finding>) -> Vec<SampleArray> {
    found
        .into_iter()
        .filter_map(|finding| match finding {
            Finding::Reading(Reading::Waveform(run)) => Some(run),
            _ => None,
        })
        .collect()
}

fn run(metric: Metric, period_us: u64, scale: f64, samples: &[i32]) -> SampleArray {
    SampleArray {
        metric,
        sample_period: Duration::from_nanos(period_us),
        scale,
        samples: samples.into(),
    }
}

#[test]
fn each_curve_has_its_rate_and_its_scale() {
    let mut bench = Bench::listening();
    bench.send(&well());
    let found = bench.findings(&waves_of(&[
        wave(WaveKind::ECG_1, &[-120, 1000]),
        wave(WaveKind::PLETH, &[-154, -157]),
        wave(WaveKind::CO2, &[0, 500]),
        wave(WaveKind::RESP, &[12]),
        wave(WaveKind::RESP_100, &[13]),
        wave(WaveKind::ENTROPY, &[14]),
    ]));
    let expected = [
        run(Metric::EcgII, 3_333_333, 0.001, &[-120, 1000]),
        run(Metric::Pleth, 10_000_000, 1.0, &[-154, -157]),
        run(Metric::Co2, 40_000_000, 759.8 / 10_000.0, &[0, 500]),
        run(Metric::Resp, 40_000_000, 1.0, &[12]),
        run(Metric::Resp, 10_000_000, 1.0, &[13]),
    ];
    assert_eq!(runs(found), expected);
}

#[test]
fn a_code_among_the_samples_is_a_gap() {
    let mut bench = Bench::listening();
    let samples = [1, 2, -32000, 3, i16::MIN, -32767, 4];
    let found = bench.findings(&waves_of(&[wave(WaveKind::PLETH, &samples)]));
    let samples: Vec<_> = runs(found).iter().map(|run| run.samples.to_vec()).collect();
    assert_eq!(samples, [vec![1, 2], vec![3], vec![4]]);
}

#[test]
fn an_ecg_channel_is_the_lead_that_the_values_say_and_given_once() {
    let mut bench = Bench::listening();
    let record = waves_of(&[
        wave(WaveKind::ECG_1, &[1]),
        wave(WaveKind::ECG_2, &[2]),
        wave(WaveKind::ECG_3, &[3]),
    ]);
    let mut metrics = |label: Option<u16>| {
        if let Some(label) = label {
            let mut displayed = well();
            displayed.ecg.label = EcgLabel::from_bits(label);
            bench.send(&displayed);
        }
        let found = runs(bench.findings(&record));
        found.iter().map(|run| run.metric).collect::<Vec<_>>()
    };
    assert_eq!(metrics(None), [], "which lead it is was not said yet");
    assert_eq!(
        metrics(Some(0x1127)),
        [Metric::EcgI, Metric::EcgII, Metric::EcgV]
    );
    assert_eq!(metrics(Some(0x1272)), [Metric::EcgII, Metric::EcgV]);
    assert_eq!(metrics(Some(0x1430)), [], "aVR, III and none");
}

#[test]
fn electrodes_that_are_off_have_no_curve() {
    let mut bench = Bench::listening();
    bench.send(&well());
    let off = Samples {
        status: WaveStatus::LEAD_OFF,
        ..wave(WaveKind::ECG_1, &[1, 2])
    };
    assert_eq!(runs(bench.findings(&waves_of(&[off]))), []);
}

#[test]
fn a_capnogram_that_is_not_the_patients_is_not_given() {
    let record = waves_of(&[wave(WaveKind::CO2, &[1, 2])]);
    let mut bench = Bench::listening();
    let mut given = |displayed: Option<&Displayed>| {
        if let Some(displayed) = displayed {
            bench.send(displayed);
        }
        runs(bench.findings(&record)).len()
    };
    assert_eq!(given(None), 0, "the ambient pressure is not known yet");
    assert_eq!(given(Some(&well())), 1);
    for status in [Co2Status::ZEROING, Co2Status::OCCLUSION] {
        let mut displayed = well();
        displayed.co2.status = displayed.co2.status | status;
        assert_eq!(given(Some(&displayed)), 0);
    }
}
