use chairside_model::SampleArray;

use super::*;

/// A piece of a curve of 100 samples a second, whose last sample arrives at that millisecond.
fn piece(last_ms: u64, samples: Vec<i32>) -> (MonoTime, Entry) {
    let array = SampleArray {
        metric: Metric::Pleth,
        sample_period: Duration::from_millis(10),
        scale: 0.5,
        samples: samples.into(),
    };
    observed(MonoTime::from_millis(last_ms), Reading::Waveform(array))
}

fn asked(directory: &Path, from: i64, to: i64) -> Around {
    let history = History::open(directory, GivenUp::default()).unwrap();
    let question = AroundQuestion {
        bed: "1",
        devices: &[],
        from: at(from),
        to: at(to),
        now: at(1_000_000),
        recording: true,
    };
    history.around(&question).unwrap()
}

/// Writes the parts of the pleth as `first sample's millisecond: samples`.
fn parts(around: &Around) -> Vec<(i64, Vec<f64>)> {
    let curves = around.curves.get(&Metric::Pleth).into_iter().flatten();
    curves
        .map(|curve| {
            (
                (curve.from - at(0)).num_milliseconds(),
                curve.samples.clone(),
            )
        })
        .collect()
}

#[test]
fn pieces_of_a_curve_are_joined_where_they_follow_on_and_parted_where_some_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let entries = vec![
        piece(10_020, vec![1, 2, 3]),
        // A little late, as lines are.
        piece(10_080, vec![4, 5]),
        piece(12_000, vec![6, 7]),
    ];
    write(folder.path(), 0, entries);
    let whole = asked(folder.path(), 9, 20);
    assert_eq!(
        parts(&whole),
        [
            (10_000, vec![0.5, 1.0, 1.5, 2.0, 2.5]),
            (11_990, vec![3.0, 3.5])
        ]
    );
    assert_eq!(asked(folder.path(), 13, 20).curves.len(), 0);
}

#[test]
fn a_curve_is_cut_to_the_time_that_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let samples: Vec<i32> = (0..200).collect();
    write(folder.path(), 0, vec![piece(11_500, samples)]);
    // Its samples were taken from 9.51 s to 11.50 s.
    let cut = parts(&asked(folder.path(), 10, 11));
    assert_eq!(cut.len(), 1);
    assert_eq!((cut[0].0, cut[0].1.len()), (10_000, 100));
    assert_eq!(cut[0].1[0].to_bits(), (49.0 * 0.5_f64).to_bits());
}

#[test]
fn a_curve_ends_with_its_run() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 0, vec![piece(10_020, vec![1, 2, 3])]);
    write(folder.path(), 5, vec![piece(5_040, vec![4, 5])]);
    let parts = parts(&asked(folder.path(), 9, 20));
    assert_eq!(
        parts,
        [(10_000, vec![0.5, 1.0, 1.5]), (10_030, vec![2.0, 2.5])]
    );
}

#[test]
fn every_reading_is_there_with_its_validity_and_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let off = Measured::Unavailable(Unavailable::SensorOff);
    let doubtful = Measured::Questionable(Value::whole(70));
    let entries = vec![
        spo2(100, 97),
        measured(Metric::SpO2, seconds(101), seconds(101), doubtful),
        measured(Metric::SpO2, seconds(102), seconds(102), off),
        cuff(103, 90, 120),
        spo2(160, 95),
    ];
    write(folder.path(), 0, entries);
    let around = asked(folder.path(), 90, 150);
    let points: Vec<_> = around.points[&Metric::SpO2]
        .iter()
        .map(|point| (&*point.validity, point.value, point.reason.as_deref()))
        .collect();
    assert_eq!(
        points,
        [
            ("valid", Some(97.0), None),
            ("questionable", Some(70.0), None),
            ("unavailable", None, Some(Unavailable::SensorOff.name())),
        ]
    );
    assert_eq!(around.cuffs.len(), 1);
    assert_eq!(around.cuffs[0].at, at(90));
}
