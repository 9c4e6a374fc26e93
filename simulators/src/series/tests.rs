use proptest::prelude::*;

use super::*;

const HEADER: &str = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg\n";

fn series(rows: &str) -> Series {
    Series::parse(&(HEADER.to_owned() + rows)).unwrap()
}

fn refused(text: &str) -> String {
    Series::parse(text).unwrap_err().to_string()
}

fn after(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[test]
fn cells_are_values_missing_samples_or_no_channel_at_all() {
    let series = series("0,,97,71,,,,,\n1,,,70.5,,,,,\n");
    let first = series.at(after(0.9));
    assert_eq!(first.spo2, Signal::Value(97.0));
    assert_eq!(first.heart_rate, Signal::NoChannel);
    let second = series.at(after(1.0));
    assert_eq!(second.spo2, Signal::Missing(Missing::NoReading));
    assert_eq!(second.pulse_rate, Signal::Value(70.5));
    assert!(series.has(Column::SpO2) && !series.has(Column::EtCO2));
    assert_eq!(
        series.at(after(99.0)),
        VitalSigns {
            beat_phase: series.at(after(99.0)).beat_phase,
            ..second
        }
    );
}

#[test]
fn a_pulse_or_a_saturation_of_0_or_1_is_no_signal() {
    let series = series("0,0,0,1,,,,0,0\n1,1,1,0,,,,,\n");
    for at in [0.0, 1.0] {
        let vitals = series.at(after(at));
        assert_eq!(vitals.spo2, Signal::Missing(Missing::NoReading));
        assert_eq!(vitals.pulse_rate, Signal::Missing(Missing::NoReading));
    }
    let vitals = series.at(after(0.0));
    assert_eq!(vitals.heart_rate, Signal::Value(0.0), "an ECG can say 0");
    assert_eq!(vitals.respiration_rate, Signal::Value(0.0));
    assert_eq!(vitals.etco2, Signal::Value(0.0));
}

#[test]
fn missing_rows_are_a_time_without_frames() {
    let series = series("3,,97,,,,,,\n4,,97,,,,,,\n5,,97,,,,,,\n8,,97,,,,,,\n9,,97,,,,,,\n");
    assert_eq!(series.period(), after(1.0));
    let down = [2.9, 3.0, 5.0, 5.9, 6.0, 7.9, 8.0, 50.0].map(|at| series.link_down(after(at)));
    assert_eq!(down, [true, false, false, false, true, true, false, false]);
    assert!(series.gap_after(2) && !series.gap_after(4) && !series.gap_after(99));
}

#[test]
fn a_slow_source_is_not_taken_for_a_broken_one() {
    let series = series(
        "0,80,,,,,,,\n60,80,,,,,,,\n120,80,,,,,,,\n180,80,,,,,,,\n240,80,,,,,,,\n360,80,,,,,,,\n",
    );
    assert_eq!(series.period(), after(60.0));
    assert!(!series.link_down(after(299.0)));
    assert!(series.link_down(after(300.0)));
    assert_eq!(series.duration(), after(420.0));
}

#[test]
fn pressures_are_a_determination_that_ended_at_their_row() {
    let series = series("0,,,,,,,,\n60,,,,118,,90,,\n120,,,,,,,,\n");
    assert!(series.at(after(59.0)).cuff.measuring);
    let cuff = series.at(after(119.0)).cuff;
    let pressures = Pressures {
        systolic: Some(118.0),
        diastolic: None,
        mean: Some(90.0),
    };
    assert_eq!(
        cuff.last,
        Some(CuffResult {
            ended: after(60.0),
            pressures: Some(pressures)
        })
    );
    assert!(!cuff.measuring);
}

#[test]
fn the_heart_goes_on_where_a_rate_is_missing() {
    let series = series("0,,,90,,,,,\n1,,,,,,,,\n2,,,30,,,,,\n");
    let phase = |at| series.at(after(at)).beat_phase;
    assert!((phase(1.0) - 0.5).abs() < 1e-9);
    assert!((phase(1.5) - 0.25).abs() < 1e-9);
    assert!((phase(3.0) - 0.5).abs() < 1e-9);
}

#[test]
fn mistakes_are_told_with_line_and_column() {
    let after_header = |rows: &str| refused(&(HEADER.to_owned() + rows));
    assert_eq!(
        after_header("0,,x,,,,,,\n"),
        r#"line 2, spo2_pct: "x" is not a number"#
    );
    assert_eq!(
        after_header("0,,NaN,,,,,,\n"),
        r#"line 2, spo2_pct: "NaN" is not a number"#
    );
    assert_eq!(
        after_header("0,,,,,,,,\n0,,,,,,,,\n"),
        "line 3, t_s: does not come after the line before"
    );
    assert_eq!(
        after_header("-1,,,,,,,,\n"),
        r#"line 2, t_s: "-1" is not a time in seconds"#
    );
    assert_eq!(
        after_header("1e18,,,,,,,,\n"),
        r#"line 2, t_s: "1e18" is not a time in seconds"#
    );
    assert_eq!(after_header("0,,,\n"), "line 2, nibp_sys_mmhg: is missing");
    assert_eq!(
        after_header("0,,,,,,,,,9\n"),
        r#"line 2, etco2_mmhg: "9" comes after the last column"#
    );
    assert_eq!(after_header(""), "line 2, t_s: there are no rows");
    assert_eq!(refused("t_s,hr\n"), "line 1, hr: should be hr_bpm");
    assert_eq!(refused(""), "line 1, : should be t_s");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(rows in "[0-9.,\\n eN-]{0,200}") {
        if let Ok(series) = Series::parse(&(HEADER.to_owned() + &rows)) {
            prop_assert!(!series.rows().is_empty() && series.period() > Duration::ZERO);
            let vitals = series.at(series.duration());
            prop_assert!((0.0..1.0).contains(&vitals.beat_phase));
        }
    }
}

mod shared_files {
    use std::fs;
    use std::time::Duration;

    use chairside_shared_files::find;

    use crate::series::Series;

    #[test]
    fn the_recordings_are_read() {
        let Some(folder) = find("recordings") else {
            return;
        };
        let mut read = 0;
        for path in fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            let name = path.file_name().unwrap().to_str().unwrap();
            // A recording is `NAME.csv`; what belongs to it has a second dot.
            let Some((_, "csv")) = name.split_once('.') else {
                continue;
            };
            let series = Series::parse(&fs::read_to_string(&path).unwrap());
            let series = series.unwrap_or_else(|error| panic!("{name}: {error}"));
            let expected = match name.split('-').next().unwrap() {
                "icu" if name.contains("mimic") => 60,
                "icu" => 3600,
                _ => 1,
            };
            assert_eq!(series.period(), Duration::from_secs(expected), "{name}");
            read += 1;
        }
        assert_eq!(read, 22);
    }
}
