//! `replay`: recordings of real patients, against the rules evaluated as naively as they are
//! written down.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{objects, run, text, told};

/// An end of an episode: second, alarm, "onset" or "clear".
type Edge = (u64, &'static str, &'static str);

/// A row of a recording: second and cells.
type Row = (u64, Vec<Option<f64>>);

const HR: usize = 0;
const SPO2: usize = 1;
const PULSE: usize = 2;
const SYSTOLIC: usize = 3;
const DIASTOLIC: usize = 4;

/// A threshold of `docs/alarms.md`: alarm, too high, trip, delay, clear, hold.
type Threshold = (&'static str, bool, f64, u64, f64, u64);

const RATE: [Threshold; 4] = [
    ("HR_HIGH", true, 120.0, 10, 115.0, 10),
    ("HR_VERY_HIGH", true, 140.0, 5, 135.0, 10),
    ("HR_LOW", false, 50.0, 10, 53.0, 10),
    ("HR_VERY_LOW", false, 40.0, 5, 43.0, 10),
];

const SATURATION: [Threshold; 2] = [
    ("SPO2_LOW", false, 92.0, 10, 94.0, 10),
    ("SPO2_VERY_LOW", false, 88.0, 5, 90.0, 10),
];

/// At one row a second, samples further apart than this are a gap: two missing ones are forgiven.
const GAP_S: u64 = 3;

fn rows(path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap();
    let number = |cell: &str| (!cell.is_empty()).then(|| cell.parse::<f64>().unwrap());
    text.lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split(',');
            let t_s = cells.next().unwrap().parse().unwrap();
            (t_s, cells.map(number).collect())
        })
        .collect()
}

/// Returns a column's samples; 0 and 1 are a monitor's "no signal".
fn samples(rows: &[Row], column: usize) -> Vec<(u64, f64)> {
    let there = |(t_s, cells): &Row| cells[column].map(|value| (*t_s, value));
    rows.iter()
        .filter_map(there)
        .filter(|(_, value)| *value > 1.0)
        .collect()
}

/// Evaluates one threshold sample by sample.
fn threshold(samples: &[(u64, f64)], rule: Threshold) -> Vec<Edge> {
    let (id, too_high, trip, delay_s, clear, hold_s) = rule;
    let beyond = |value: f64| if too_high { value > trip } else { value < trip };
    let good = |value: f64| {
        if too_high {
            value <= clear
        } else {
            value >= clear
        }
    };
    let mut edges = Vec::new();
    let (mut present, mut since, mut last) = (false, None, None);
    for &(t_s, value) in samples {
        if last.is_some_and(|last| t_s - last > GAP_S) {
            since = None;
        }
        last = Some(t_s);
        let counts = if present { good(value) } else { beyond(value) };
        if !counts {
            since = None;
            continue;
        }
        let first = *since.get_or_insert(t_s);
        if t_s - first >= if present { hold_s } else { delay_s } {
            edges.push((t_s, id, if present { "clear" } else { "onset" }));
            (present, since) = (!present, None);
        }
    }
    edges
}

/// Evaluates "systolic or diastolic at or above; over when both are below", reading by reading.
fn pressure(rows: &[Row], id: &'static str, trip: [f64; 2], clear: [f64; 2]) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut present = false;
    for (t_s, cells) in rows {
        let (Some(systolic), Some(diastolic)) = (cells[SYSTOLIC], cells[DIASTOLIC]) else {
            assert!(
                cells[SYSTOLIC].is_none() && cells[DIASTOLIC].is_none(),
                "{t_s}"
            );
            continue;
        };
        let high = systolic >= trip[0] || diastolic >= trip[1];
        let over = systolic < clear[0] && diastolic < clear[1];
        if !present && high {
            edges.push((*t_s, id, "onset"));
            present = true;
        } else if present && over {
            edges.push((*t_s, id, "clear"));
            present = false;
        }
    }
    edges
}

fn replayed(path: &Path) -> Vec<Value> {
    let output = run(&["replay", "--recording", text(path)]);
    assert!(output.status.success(), "{}", told(&output));
    objects(&output)
}

/// Returns what `replay` said of one alarm.
fn edges_of(lines: &[Value], id: &'static str) -> Vec<Edge> {
    lines
        .iter()
        .filter(|line| line["id"] == id)
        .map(|line| {
            let state = if line["state"] == "onset" {
                "onset"
            } else {
                "clear"
            };
            (line["t_s"].as_u64().unwrap(), id, state)
        })
        .collect()
}

/// Tells whether the step hold could come into play: a saturation 8 points or more from one of
/// the 5 s before it.
fn has_step(samples: &[(u64, f64)]) -> bool {
    samples.iter().enumerate().any(|(index, (t_s, value))| {
        let recent = samples[..index]
            .iter()
            .rev()
            .take_while(|(t, _)| t_s - t <= 5);
        recent
            .into_iter()
            .any(|(_, before)| (before - value).abs() >= 8.0)
    })
}

/// Returns a recording of 30 s at one saturation.
fn half_a_minute_at(spo2: &str) -> String {
    let header = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,\
                  rr_per_min,etco2_mmhg";
    let rows = (0..30).map(|t_s| format!("{t_s},,{spo2},70,,,,,"));
    let lines: Vec<String> = std::iter::once(header.to_owned()).chain(rows).collect();
    lines.join("\n")
}

#[test]
fn curves_without_co2_are_set_aside_with_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("a.csv");
    fs::write(&recording, half_a_minute_at("85")).unwrap();
    let waves = folder.path().join("a.waves.csv");
    fs::write(&waves, "t_s,pleth,co2_mmhg,ecg_mv\n").unwrap();
    let output = run(&[
        "replay",
        "--recording",
        text(&recording),
        "--waves",
        text(&waves),
    ]);
    assert!(output.status.success());
    assert!(
        told(&output).contains("a.waves.csv: not used, it has no CO2 curve"),
        "{}",
        told(&output)
    );
    let lines = objects(&output);
    let onsets: Vec<(u64, &str)> = lines
        .iter()
        .map(|line| (line["t_s"].as_u64().unwrap(), line["id"].as_str().unwrap()))
        .collect();
    assert_eq!(onsets, [(5, "SPO2_VERY_LOW"), (10, "SPO2_LOW")]);
}

/// Returns a patient who stops breathing at 30 s: the capnograph holds its numbers for 25 s more.
fn breathing_stops() -> (String, String) {
    let header = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,\
                  rr_per_min,etco2_mmhg";
    let rows = (0..70).map(|t_s| {
        let (rate, etco2) = if t_s < 55 { (14, 36) } else { (0, 0) };
        format!("{t_s},,98,70,,,,{rate},{etco2}")
    });
    let numbers: Vec<String> = std::iter::once(header.to_owned()).chain(rows).collect();
    let samples = (0..700).map(|tenth| {
        let out = tenth < 300 && tenth % 40 < 20;
        let pressure = if out { 35.5 } else { 0.0 };
        format!("{},,{pressure},", f64::from(tenth) / 10.0)
    });
    let header = "t_s,pleth,co2_mmhg,ecg_mv".to_owned();
    let curve: Vec<String> = std::iter::once(header).chain(samples).collect();
    (numbers.join("\n"), curve.join("\n"))
}

#[test]
fn breaths_are_seen_on_the_curve_where_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("a.csv");
    let waves = folder.path().join("a.waves.csv");
    let (numbers, curve) = breathing_stops();
    fs::write(&recording, numbers).unwrap();
    fs::write(&waves, curve).unwrap();
    let numbers = ["replay", "--recording", text(&recording)];
    let output = run(&numbers);
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(objects(&output), [] as [Value; 0]);

    let curve = ["--waves", text(&waves)];
    let output = run(&[numbers.as_slice(), curve.as_slice()].concat());
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(told(&output), "");
    let lines = objects(&output);
    assert_eq!(lines.len(), 1, "{lines:?}");
    // The last sample of the last breath is that of 29.9 s.
    assert_eq!(lines[0]["id"], "APNEA");
    assert_eq!(lines[0]["t_s"], 50);
    let evidence = lines[0]["evidence"].as_str().unwrap();
    assert!(
        evidence.starts_with("No CO2 breath for 20 s, chest effort not measured."),
        "{evidence}"
    );
}

#[test]
fn a_curve_that_cannot_be_read_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("a.csv");
    fs::write(&recording, half_a_minute_at("97")).unwrap();
    let waves = folder.path().join("a.waves.csv");
    fs::write(&waves, "t_s,pleth,co2_mmhg,ecg_mv\n0,,high,\n").unwrap();
    let output = run(&[
        "replay",
        "--recording",
        text(&recording),
        "--waves",
        text(&waves),
    ]);
    assert_eq!(output.status.code(), Some(2));
    let expected = "a.waves.csv: line 2, co2_mmhg: \"high\" is not a number";
    assert!(told(&output).contains(expected), "{}", told(&output));
}

#[test]
fn another_profile_has_other_limits() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("a.csv");
    fs::write(&recording, half_a_minute_at("93")).unwrap();
    let profile = folder.path().join("strict.toml");
    let strict = "name = \"strict\"\nextends = \"adult-ketamine\"\n\
                  [[threshold]]\nid = \"SPO2_LOW\"\ntrip = 94\nclear = 96\ndelay_s = 20\n";
    fs::write(&profile, strict).unwrap();
    assert_eq!(replayed(&recording), [Value::Null; 0]);
    let arguments = [
        "replay",
        "--recording",
        text(&recording),
        "--profile",
        text(&profile),
    ];
    let lines = objects(&run(&arguments));
    assert_eq!(edges_of(&lines, "SPO2_LOW"), [(20, "SPO2_LOW", "onset")]);
}

/// Replays rows of second, saturation and pulse, and returns "second alarm state".
fn told_of(rows: impl Iterator<Item = (u64, &'static str, &'static str)>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("a.csv");
    let header = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,\
                  rr_per_min,etco2_mmhg";
    let rows = rows.map(|(t_s, spo2, pulse)| format!("{t_s},,{spo2},{pulse},,,,,"));
    let lines: Vec<String> = std::iter::once(header.to_owned()).chain(rows).collect();
    fs::write(&recording, lines.join("\n")).unwrap();
    let told = |line: &Value| {
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        format!("{} {} {}", line["t_s"], text("id"), text("state"))
    };
    replayed(&recording).iter().map(told).collect()
}

#[test]
fn a_missing_row_is_a_time_without_frames() {
    let rows = (0..60).filter(|t_s| !(20..40).contains(t_s));
    assert_eq!(
        told_of(rows.map(|t_s| (t_s, "97", "70"))),
        ["29 DEVICE_LINK_LOST onset", "43 DEVICE_LINK_LOST clear"]
    );
}

#[test]
fn an_empty_cell_is_a_missing_sample_and_zero_is_no_signal() {
    let rows = (0..100).map(|t_s| match t_s {
        20..40 => (t_s, "", "0"),
        40..60 => (t_s, "1", ""),
        _ => (t_s, "97", "70"),
    });
    assert_eq!(
        told_of(rows),
        ["50 SPO2_NO_DATA onset", "63 SPO2_NO_DATA clear"]
    );
}

#[test]
fn a_column_without_any_value_is_a_channel_that_is_not_there() {
    let rows = (0..100).map(|t_s| (t_s, "", "70"));
    assert_eq!(told_of(rows), [""; 0]);
}

#[test]
fn one_value_of_a_slow_source_decides() {
    let rows = (0..10).map(|row| (row * 60, if row == 5 { "85" } else { "97" }, "70"));
    let told = told_of(rows);
    assert_eq!(told[..2], ["300 SPO2_LOW onset", "300 SPO2_VERY_LOW onset"]);
    assert!(
        told[2..].iter().all(|line| line.ends_with("clear")),
        "{told:?}"
    );
}

mod shared_files {
    use chairside_shared_files::find;

    use super::{
        Edge, HR, PULSE, RATE, SATURATION, SPO2, edges_of, has_step, pressure, replayed, rows,
        samples, threshold,
    };

    #[test]
    fn each_desaturation_that_outlasts_the_delay_is_raised_at_its_second() {
        let Some(path) = find("recordings/sed-E02.csv") else {
            return;
        };
        let samples = samples(&rows(&path), SPO2);
        assert!(!has_step(&samples));
        let expected = threshold(&samples, SATURATION[0]);
        let onsets = expected.iter().filter(|(_, _, state)| *state == "onset");
        assert_eq!(onsets.count(), 3);
        let lines = replayed(&path);
        assert_eq!(edges_of(&lines, "SPO2_LOW"), expected);
        let first = lines.iter().find(|line| line["id"] == "SPO2_LOW").unwrap();
        assert_eq!(first["priority"], "medium");
        assert_eq!(first["kind"], "physiological");
        assert!(first["evidence"].as_str().unwrap().contains("below 92 %"));
    }

    #[test]
    fn every_sedation_recording_gives_the_alarms_of_the_rules_and_no_other() {
        let Some(folder) = find("recordings") else {
            return;
        };
        let mut compared = 0;
        for name in [
            "sed-E01", "sed-E02", "sed-E135", "sed-E154", "sed-E282", "sed-E373", "sed-E54",
            "sed-E73", "sed-E81",
        ] {
            let path = folder.join(format!("{name}.csv"));
            let rows = rows(&path);
            let lines = replayed(&path);
            let pulse = samples(&rows, PULSE);
            for rule in RATE {
                assert_eq!(edges_of(&lines, rule.0), threshold(&pulse, rule), "{name}");
            }
            let saturation = samples(&rows, SPO2);
            if has_step(&saturation) {
                continue;
            }
            compared += 1;
            for rule in SATURATION {
                assert_eq!(
                    edges_of(&lines, rule.0),
                    threshold(&saturation, rule),
                    "{name}"
                );
            }
        }
        assert!(compared >= 4, "{compared}");
    }

    #[test]
    fn very_high_pressures_are_raised_at_the_readings_that_call_for_them() {
        let Some(path) = find("recordings/icu-nibp-135491.csv") else {
            return;
        };
        let expected = pressure(
            &rows(&path),
            "NIBP_VERY_HIGH",
            [180.0, 110.0],
            [175.0, 105.0],
        );
        assert!(expected.len() >= 22, "{expected:?}");
        let lines = replayed(&path);
        assert_eq!(edges_of(&lines, "NIBP_VERY_HIGH"), expected);
        let expected = pressure(&rows(&path), "NIBP_HIGH", [165.0, 100.0], [160.0, 95.0]);
        assert_eq!(edges_of(&lines, "NIBP_HIGH"), expected);
    }

    #[test]
    fn a_quiet_patient_raises_nothing_that_the_rules_do_not_justify() {
        let Some(folder) = find("recordings") else {
            return;
        };
        for name in [
            "sed-quiet-E239",
            "sed-quiet-E323",
            "sed-quiet-E35",
            "sed-quiet-E45",
        ] {
            let path = folder.join(format!("{name}.csv"));
            let rows = rows(&path);
            assert!(samples(&rows, HR).is_empty());
            let (pulse, saturation) = (samples(&rows, PULSE), samples(&rows, SPO2));
            let mut expected: Vec<Edge> = Vec::new();
            expected.extend(RATE.iter().flat_map(|rule| threshold(&pulse, *rule)));
            expected.extend(
                SATURATION
                    .iter()
                    .flat_map(|rule| threshold(&saturation, *rule)),
            );
            expected.sort_unstable();
            let lines = replayed(&path);
            let rules = RATE.iter().chain(&SATURATION);
            let mut said: Vec<Edge> = rules.flat_map(|rule| edges_of(&lines, rule.0)).collect();
            said.sort_unstable();
            assert_eq!(said, expected, "{name}");
            let overdue = lines.iter().any(|line| line["id"] == "NIBP_OVERDUE");
            assert!(!overdue, "{name} has no cuff");
        }
    }

    #[test]
    fn the_same_recording_gives_the_same_lines() {
        let Some(path) = find("recordings/sed-E54.csv") else {
            return;
        };
        assert_eq!(replayed(&path), replayed(&path));
    }
}
