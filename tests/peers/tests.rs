//! `decode-peers` on a file that was made by hand.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as its tests do")]

use std::process::{Command, Output};
use std::time::SystemTime;

use serde_json::{Value, json};

/// The example of the format, as if it had been measured just now on this machine.
fn example() -> Value {
    let mut peer: Value = serde_json::from_str(include_str!("example.json")).unwrap();
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    peer["boot"] = json!(boot.trim());
    peer["measured_at"] = json!(now.as_secs());
    peer
}

/// Gives the program a file, and returns its exit code and all that it said.
fn run(peer: &Value, flags: &[&str]) -> (i32, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), peer.to_string()).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_decode-peers"));
    let output = program.args(flags).arg(file.path()).output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.unwrap();
    let said = [stdout, stderr].map(|it| String::from_utf8(it).unwrap());
    (status.code().unwrap(), said.concat())
}

#[test]
fn equal_values_are_counted_and_the_speeds_stand_side_by_side() {
    let (code, said) = run(&example(), &["--strict"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("nellcor/well.capture by nobody"), "{said}");
    assert!(said.contains("12 values equal\n"), "{said}");
    assert!(said.contains("(goal: more than 1: met)"), "{said}");
}

#[test]
fn a_value_that_differs_is_told_with_its_place_and_nothing_is_measured() {
    let mut peer = example();
    peer["values"][4] = json!(["SpO2", 96]);
    let (code, said) = run(&peer, &[]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("SpO2, value 3: 96 from the peer, 97 from the driver"),
        "{said}"
    );
    assert!(!said.contains("MB/s"), "{said}");
}

#[test]
fn a_value_too_many_is_told_also_where_the_driver_has_none() {
    let mut peer = example();
    let values = peer["values"].as_array_mut().unwrap();
    values.push(json!(["NibpSystolic", 120]));
    let (code, said) = run(&peer, &[]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("NibpSystolic: 1 values from the peer, 0 from the driver"),
        "{said}"
    );

    let mut peer = example();
    peer["values"].as_array_mut().unwrap().pop();
    let (code, said) = run(&peer, &[]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("PulseRate: 5 values from the peer, 6 from the driver"),
        "{said}"
    );
}

#[test]
fn what_the_driver_gives_besides_is_named() {
    let mut peer = example();
    peer["metrics"] = json!(["SpO2"]);
    let values = peer["values"].as_array_mut().unwrap();
    values.retain(|value| value[0] == "SpO2");
    let (code, said) = run(&peer, &[]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("6 values equal; the driver also gives PulseRate"),
        "{said}"
    );
}

#[test]
fn a_missed_goal_is_an_exit_code_only_where_it_is_asked_for() {
    // Slower than this in any build; a thirtieth of it is.
    let mut peer = example();
    peer["bytes_per_s"] = json!([1.0, 1e15]);
    assert_eq!(run(&peer, &[]).0, 0);
    let (code, said) = run(&peer, &["--strict"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("MISSED"), "{said}");

    peer["language"] = json!("csharp");
    assert_eq!(run(&peer, &["--strict"]).0, 0, "which has no goal");
}

#[test]
fn a_figure_of_another_machine_another_day_or_other_bytes_is_refused() {
    for (key, value, why) in [
        ("boot", json!("0"), "another machine"),
        ("measured_at", json!(0), "minutes ago"),
        ("sha256", json!("0"), "not what the peer was given"),
        ("capture", json!("nowhere"), "there is no \"nowhere\""),
        ("driver", json!("nothing"), "\"nothing\" is no driver"),
        ("metrics", json!(["SpO2"]), "does not list"),
        ("bytes_per_s", json!([]), "nothing was measured"),
        ("warmed_up_passes", json!(0), "measured cold"),
        ("remark", json!(""), "unknown field `remark`"),
    ] {
        let mut peer = example();
        peer[key] = value;
        let (code, said) = run(&peer, &[]);
        assert_eq!(code, 2, "{key}: {said}");
        assert!(said.contains(why), "{key}: {said}");
    }
}
