//! `decode`: raw bytes in, one object a line out.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use chairside_protocol::DRIVERS;
use serde_json::{Value, json};

use super::{chairside, objects, run, run_with, text, told};

/// Replies of a V100: an inflation told twice, a stray byte, a loose probe, a reply with a wrong
/// check, an inflation that failed told twice, and half a reply.
const V100: &[u8] = b" NA0109999000000000&'\r NA1100045118076092&/\r NA1100045118076092&/\rx\
    \x20OA1097512#C\r OA6000000#0\r RA2072\"E\r TC00!0003009860%\"\r OA1098512#C\r\
    \x20NA3100012000000000%I\r NA3100012000000000%I\r OA10";

fn decoded(device: &str, bytes: &[u8]) -> Vec<Value> {
    let output = run_with(&["decode", "--device", device], bytes);
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(told(&output), "");
    objects(&output)
}

#[test]
fn the_replies_of_a_v100_give_values_ages_reasons_and_what_was_dropped() {
    let lines = decoded("ge-v100", V100);
    let pressure = |metric: &str, value: i32| {
        json!({"offset": 44, "kind": "numeric", "metric": metric, "value": value, "unit": "mmHg",
               "validity": "valid", "age_s": 45})
    };
    let failed = |metric: &str| {
        json!({"offset": 157, "kind": "numeric", "metric": metric, "validity": "unavailable",
               "reason": "NoReading"})
    };
    let discarded = |offset: u64, bytes: u64, why: &str| json!({"offset": offset, "kind": "discarded", "bytes": bytes, "why": why});
    let expected = [
        pressure("NibpSystolic", 118),
        pressure("NibpDiastolic", 76),
        pressure("NibpMean", 92),
        discarded(67, 1, "before_start"),
        json!({"offset": 80, "kind": "numeric", "metric": "SpO2", "value": 97, "unit": "%",
               "validity": "valid"}),
        json!({"offset": 93, "kind": "numeric", "metric": "SpO2", "validity": "unavailable",
               "reason": "NoSensor"}),
        json!({"offset": 103, "kind": "numeric", "metric": "PulseRate", "value": 72,
               "unit": "/min", "validity": "valid"}),
        json!({"offset": 122, "kind": "numeric", "metric": "Temperature", "value": 37,
               "unit": "°C", "validity": "valid", "age_s": 30}),
        discarded(135, 13, "checksum"),
        failed("NibpSystolic"),
        failed("NibpDiastolic"),
        failed("NibpMean"),
        discarded(184, 5, "before_start"),
        json!({"kind": "summary", "bytes": 184, "frames": 9, "discarded_bytes": 19,
               "discarded": {"before_start": 2, "checksum": 1}}),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_same_bytes_in_any_pieces_give_the_same_lines() {
    let whole = decoded("ge-v100", V100);
    for size in [1, 2, 7, 64] {
        let mut command = chairside();
        command.args(["decode", "--device", "ge-v100", "-"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        for piece in V100.chunks(size) {
            stdin.write_all(piece).unwrap();
            stdin.flush().unwrap();
        }
        drop(stdin);
        assert_eq!(objects(&child.wait_with_output().unwrap()), whole, "{size}");
    }
}

#[test]
fn a_file_and_a_pipe_give_the_same_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v100.bin");
    fs::write(&path, V100).unwrap();
    let output = run(&["decode", "--device", "ge-v100", text(&path)]);
    assert_eq!(objects(&output), decoded("ge-v100", V100));
}

#[test]
fn a_live_line_is_told_before_it_ends() {
    let mut command = chairside();
    command.args(["decode", "--device", "ge-v100"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b" OA1097512#C\r").unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(first["value"], 97);
    drop(stdin);
    assert!(lines.next().unwrap().unwrap().contains("summary"));
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_who_has_seen_enough_ends_it_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v100.bin");
    // More than any pipe holds.
    fs::write(&path, b" OA1097512#C\r".repeat(200_000)).unwrap();
    let mut command = chairside();
    command.args(["decode", "--device", "ge-v100", text(&path)]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("SpO2"));
    drop(lines);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(told(&output), "");
}

#[test]
fn noise_is_dropped_and_counted_to_the_last_byte() {
    // Any bytes will do; these are a congruential generator's.
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(100_000)
    .collect();
    for device in DRIVERS.iter().map(|driver| driver.name) {
        let lines = decoded(device, &noise);
        let summary = lines.last().unwrap();
        assert_eq!(summary["bytes"], 100_000, "{device}");
        let dropped = lines.iter().filter(|line| line["kind"] == "discarded");
        let bytes: u64 = dropped.map(|line| line["bytes"].as_u64().unwrap()).sum();
        assert_eq!(summary["discarded_bytes"], bytes, "{device}");
        assert!(bytes > 0, "{device}");
    }
}

#[test]
fn the_capnostreams_worked_numerics_give_their_values() {
    let frame = [
        0x85, 0x1C, 0x01, 0x65, 0x5E, 0x6B, 0x80, 0x00, 0x26, 0x00, 0x0E, 0x61, 0x55, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x3C, 0x0F, 0x1E, 0x06, 0x08, 0x64, 0x58, 0x8C, 0x32, 0x01,
        0x00, 0x71,
    ];
    let lines = decoded("capnostream20", &frame);
    let values: Vec<(&str, &Value)> = lines
        .iter()
        .filter(|line| line["kind"] == "numeric")
        .map(|line| (line["metric"].as_str().unwrap(), &line["value"]))
        .collect();
    for expected in [
        ("EtCO2", &json!(38)),
        ("FiCO2", &json!(0)),
        ("RespirationRate", &json!(14)),
        ("SpO2", &json!(97)),
        ("PulseRate", &json!(85)),
    ] {
        assert!(values.contains(&expected), "{expected:?} in {values:?}");
    }
}

mod shared_files {
    use chairside_shared_files::find;
    use serde_json::{Value, json};

    use crate::{objects, run, text, told};

    /// The vectors are those of another project's tests; their README tells what is in each.
    #[test]
    fn the_nonin_vectors_give_the_values_written_beside_them() {
        let Some(folder) = find("devices/captures/nonin") else {
            return;
        };
        let lines = |name: &str| {
            let path = folder.join(name);
            let output = run(&["decode", "--device", "nonin", text(&path)]);
            assert!(output.status.success(), "{}", told(&output));
            objects(&output)
        };
        let packet = lines("oem3-df2-one-packet.bin");
        let summary = packet.last().unwrap();
        assert_eq!(
            (&summary["frames"], &summary["discarded_bytes"]),
            (&json!(25), &json!(0))
        );
        for (metric, value) in [("PulseRate", 72), ("SpO2", 97)] {
            let mut values = packet.iter().filter(|line| line["metric"] == metric);
            let first = values.next().unwrap();
            assert_eq!(
                (&first["value"], &first["validity"]),
                (&json!(value), &json!("valid"))
            );
            assert_eq!(values.count(), 0, "{metric}");
        }
        let pleth: Vec<&Value> = packet
            .iter()
            .filter(|line| line["metric"] == "Pleth")
            .flat_map(|line| line["samples"].as_array().unwrap())
            .collect();
        assert_eq!(pleth.len(), 25);
        assert!(pleth.iter().all(|sample| **sample == 1));

        let frames = |name: &str| lines(name).last().unwrap()["frames"].as_u64().unwrap();
        assert_eq!(frames("oem3-df2-two-valid-frames.bin"), 2);
        assert_eq!(frames("oem3-df2-bad-checksum-2nd.bin"), 1);
        assert_eq!(frames("oem3-df2-bad-status-2nd.bin"), 1);
        let resync = lines("oem3-df2-resync-7bytes.bin");
        assert_eq!(resync.last().unwrap()["frames"], 1);
        assert_eq!(resync.last().unwrap()["discarded_bytes"], 2);
    }

    /// The lines are of two real oximeters, quoted in another project.
    #[test]
    fn the_masimo_lines_give_the_values_written_beside_them() {
        let Some(path) = find("devices/captures/masimo-ascii/lines.txt") else {
            return;
        };
        let output = run(&["decode", "--device", "masimo", text(&path)]);
        assert!(output.status.success(), "{}", told(&output));
        let lines = objects(&output);
        let summary = lines.last().unwrap();
        assert_eq!(
            (&summary["frames"], &summary["discarded_bytes"]),
            (&json!(2), &json!(0))
        );
        let said: Vec<String> = lines
            .iter()
            .filter(|line| line["kind"] == "numeric")
            .map(|line| {
                let said = line.get("value").unwrap_or(&line["reason"]);
                format!("{} {} {said}", line["metric"], line["validity"]).replace('"', "")
            })
            .collect();
        assert_eq!(
            said,
            [
                "SpO2 unavailable NoSensor",
                "PulseRate unavailable NoSensor",
                "SpO2 questionable 98",
                "PulseRate questionable 123",
                "PerfusionIndex questionable 0.55",
            ]
        );
    }
}
