//! `replay` with several profiles: what would have alarmed.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{objects, run, text, told};

/// Returns a recording of half an hour: a saturation that falls to 91.5 % for half a minute, twice,
/// and a pulse that is 48 from the tenth minute on, with a minute of 60 in between.
fn recording(folder: &TempDir) -> std::path::PathBuf {
    let header = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,\
                  rr_per_min,etco2_mmhg";
    let rows = (0..1800).map(|t_s| {
        let spo2 = if t_s % 600 >= 570 && t_s < 1200 {
            "91.5"
        } else {
            "95"
        };
        let pulse = if t_s < 600 || (1200..1260).contains(&t_s) {
            60
        } else {
            48
        };
        format!("{t_s},,{spo2},{pulse},,,,,")
    });
    let lines: Vec<String> = std::iter::once(header.to_owned()).chain(rows).collect();
    let path = folder.path().join("a.csv");
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

fn profile(folder: &TempDir, name: &str, what: &str) -> std::path::PathBuf {
    let path = folder.path().join(format!("{name}.toml"));
    let text = format!("name = \"{name}\"\nextends = \"adult-ketamine\"\n{what}");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn two_profiles_give_the_alarms_a_bed_hour_of_each_rule_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&folder);
    let lower = "[[threshold]]\nid = \"SPO2_LOW\"\ntrip = 90\nclear = 92\n";
    let lower = profile(&folder, "lower", lower);
    let output = run(&[
        "replay",
        "--recording",
        text(&recording),
        "--profile",
        "adult-ketamine",
        "--profile",
        text(&lower),
    ]);
    assert!(output.status.success(), "{}", told(&output));
    let lower = text(&lower);
    let rate = |profile: &str, id: &str, alarms: u32| {
        let mut rate = json!({
            "kind": "rate", "profile": profile, "id": id, "alarms": alarms,
            "per_bed_hour": 2 * alarms,
        });
        if alarms > 0 {
            rate["priority"] = json!("medium");
        }
        rate
    };
    let total = |profile: &str, alarms: u32| {
        json!({
            "kind": "total", "profile": profile, "bed_hours": 0.5, "high": 0, "medium": alarms,
            "low": 0, "alarms": alarms, "per_bed_hour": 2 * alarms,
        })
    };
    assert_eq!(
        objects(&output),
        [
            rate("adult-ketamine", "HR_LOW", 2),
            rate(lower, "HR_LOW", 2),
            rate("adult-ketamine", "SPO2_LOW", 2),
            rate(lower, "SPO2_LOW", 0),
            total("adult-ketamine", 4),
            total(lower, 2),
        ]
    );
}

#[test]
fn what_the_recorder_left_out_is_no_time_at_a_bed() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&folder);
    let whole = fs::read_to_string(&recording).unwrap();
    // A quarter of an hour of it, with a pause in the middle.
    let rows = whole.lines().enumerate();
    let kept = rows.filter(|(line, _)| !(451..1351).contains(line));
    let kept: Vec<&str> = kept.map(|(_, line)| line).collect();
    fs::write(&recording, kept.join("\n")).unwrap();
    let arguments = ["replay", "--recording", text(&recording)];
    let profiles = ["--profile", "adult-ketamine", "--profile", "adult-ketamine"];
    let lines = objects(&run(&[arguments.as_slice(), profiles.as_slice()].concat()));
    let totals: Vec<&Value> = lines
        .iter()
        .filter(|line| line["kind"] == "total")
        .collect();
    assert_eq!(totals.len(), 2);
    assert_eq!(totals[0]["bed_hours"], 0.25);
    assert_eq!(totals[0], totals[1]);
}

#[test]
fn a_profile_takes_the_patients_own_values_from_the_first_three_minutes() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&folder);
    let own = "[personal]\nthreshold.HR_LOW.trip = -13\nthreshold.SPO2_LOW.trip = -2\n";
    let own = profile(&folder, "own", own);
    let arguments = [
        "replay",
        "--recording",
        text(&recording),
        "--profile",
        text(&own),
    ];
    let output = run(&arguments);
    assert!(output.status.success(), "{}", told(&output));
    let onsets: Vec<String> = objects(&output)
        .iter()
        .filter(|line| line["state"] == "onset")
        .map(|line| line["evidence"].as_str().unwrap().to_owned())
        .collect();
    // 13 below 60, and 2 below 95.
    let expected = "SpO2 91.5 % below 93 % for 10 s";
    assert_eq!(onsets, [expected, expected]);
}

#[test]
fn a_profile_that_is_not_there_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&folder);
    let arguments = ["replay", "--recording", text(&recording)];
    let profiles = ["--profile", "adult-ketamine", "--profile", "adult"];
    let output = run(&[arguments.as_slice(), profiles.as_slice()].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("adult"), "{}", told(&output));
}
