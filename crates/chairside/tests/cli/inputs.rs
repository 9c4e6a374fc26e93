//! Wrong inputs: exit code 2, and a line that says which file, key or byte, and why.

use std::fs;

use chairside_protocol::DRIVERS;

use super::{run, text, told};

fn refused(arguments: &[&str], says: &[&str]) {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    let told = told(&output);
    assert_eq!(told.lines().count(), says.len(), "{arguments:?}: {told}");
    for (line, says) in told.lines().zip(says) {
        assert!(line.starts_with("chairside: "), "{line}");
        assert!(line.contains(says), "{arguments:?}: {line}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    for arguments in [
        &["check", "--config", "no/such.toml"][..],
        &["serve", "--config", "no/such.toml"],
        &["doctor", "--config", "no/such.toml"],
        &["ports", "--config", "no/such.toml"],
        &["decode", "--device", "ge-v100", "no/such.toml"],
        &["replay", "--recording", "no/such.toml"],
        &["scenario", "no/such.toml"],
    ] {
        refused(arguments, &["no/such.toml: "]);
    }
}

fn names_of_drivers() -> Vec<&'static str> {
    DRIVERS.iter().map(|driver| driver.name).collect()
}

#[test]
fn a_driver_that_is_not_there_is_named_with_those_that_are() {
    let names = names_of_drivers().join(", ");
    let told = format!("--device: \"ge-v1000\" is no driver; there are: {names}");
    refused(&["decode", "--device", "ge-v1000"], &[&told]);
}

#[test]
fn every_mistake_of_a_configuration_has_its_line() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/clinic/");
    let path = format!("{folder}several_mistakes_at_once.toml");
    for command in ["check", "ports", "serve"] {
        refused(
            &[command, "--config", &path],
            &[
                "several_mistakes_at_once.toml: site: empty",
                "service.listen: \"8080\"",
                "staff[1].role: \"doctor\"",
                "bed[1].name: missing",
                "bed[1].device[1].driver: \"nonim\"",
                "bed[1].nam: unknown key",
            ],
        );
    }
}

#[test]
fn a_recording_and_its_profile_are_refused_with_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.csv");
    let header = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,\
                  rr_per_min,etco2_mmhg\n";
    fs::write(&good, format!("{header}0,,97,70,,,,,\n")).unwrap();
    let bad = folder.path().join("bad.csv");
    fs::write(&bad, format!("{header}0,,97,fast,,,,,\n")).unwrap();
    let profile = folder.path().join("profile.toml");
    let wrong = "name = \"p\"\nextends = \"adult-ketamine\"\n[nibp]\ninterval_s = \"often\"\n";
    fs::write(&profile, wrong).unwrap();
    refused(
        &["replay", "--recording", text(&bad)],
        &["bad.csv: line 2, pulse_bpm: \"fast\""],
    );
    refused(
        &[
            "replay",
            "--recording",
            text(&good),
            "--profile",
            text(&profile),
        ],
        &["profile.toml: nibp.interval_s: \"often\""],
    );
    refused(
        &[
            "replay",
            "--recording",
            text(&good),
            "--waves",
            "no/such.csv",
        ],
        &["no/such.csv: "],
    );
}

#[test]
fn a_scenario_file_is_refused_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("story.json");
    fs::write(&path, "{\"format\": \"something-else/1\"}").unwrap();
    refused(
        &["scenario", text(&path)],
        &["story.json: missing field `scenarios`"],
    );
}

#[test]
fn the_shipped_configuration_is_checked_and_summed_up() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/clinic.toml");
    let output = run(&["check", "--config", path]);
    assert!(output.status.success(), "{}", told(&output));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("no mistakes; site clinic-a"), "{printed}");
    assert!(
        printed.contains("1-nonin: nonin on /dev/serial/by-path/"),
        "{printed}"
    );
}

#[test]
fn a_checked_configuration_says_what_it_was_understood_as_and_what_to_look_at_again() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "").unwrap();
    let clinic = folder.path().join("clinic.toml");
    let devices = ["/dev/ttyUSB77", text(&plain), "/dev/null", "/no/such/port"]
        .map(|port| {
            format!("[[bed.device]]\ndriver = \"nonin\"\nname = {port:?}\nport = {port:?}\n")
        })
        .concat();
    let config = format!(
        "site = \"test\"\n[service]\nlisten = \"0.0.0.0:8080\"\ndata = \"some/data\"\n\
         [[staff]]\nid = \"mn\"\nname = \"M. N.\"\nrole = \"nurse\"\n\
         [[bed]]\nid = \"1\"\nname = \"Room 1\"\nprofile = \"adult-ketamine-personal\"\n{devices}"
    );
    fs::write(&clinic, config).unwrap();
    let mut command = super::chairside();
    command.args(["check", "--config", text(&clinic)]);
    let output = command.current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let printed = str::from_utf8(&output.stdout).unwrap();
    let data = folder.path().join("some/data");
    assert!(printed.contains("  answers on 0.0.0.0:8080\n"), "{printed}");
    let keeps = format!("  keeps the record in {}\n", data.display());
    assert!(printed.contains(&keeps), "{printed}");
    assert!(
        printed.contains("/dev/null: nonin on /dev/null\n"),
        "{printed}"
    );
    let expected = [
        "note: service.listen: 0.0.0.0:8080 can be reached from other machines: serve refuses it \
         without --allow-unprotected"
            .to_owned(),
        "note: service.data: \"some/data\" is relative to the folder that the service is started in"
            .to_owned(),
        "note: bed[1].device[1].port: \"/dev/ttyUSB77\" is not there now: the bed has an alarm \
         until it is"
            .to_owned(),
        "note: bed[1].device[1].port: \"/dev/ttyUSB77\" may be another device at the next start: \
         `chairside ports` has a name that stays"
            .to_owned(),
        format!(
            "note: bed[1].device[2].port: {:?} is not a serial port: it is no character device",
            text(&plain)
        ),
        "note: bed[1].device[4].port: \"/no/such/port\" is not there now: the bed has an alarm \
         until it is"
            .to_owned(),
    ];
    assert_eq!(told(&output).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_simulated_device_leaves_a_file_alone_that_is_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("recording.csv");
    let header = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,\
                  rr_per_min,etco2_mmhg\n";
    fs::write(&recording, format!("{header}0,,97,70,,,,,\n")).unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "mine").unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&plain, &link).unwrap();
    for (place, why) in [
        (&plain, "plain: is not a link; left alone".to_owned()),
        (
            &link,
            format!("link: is a link to {}; left alone", text(&plain)),
        ),
    ] {
        let arguments = [
            "simulate",
            "--device",
            "nonin",
            "--recording",
            text(&recording),
        ];
        let output = run(&[&arguments[..], &["--link", text(place)]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(told(&output).contains(&why), "{}", told(&output));
    }
    assert_eq!(fs::read(&plain).unwrap(), b"mine");
}

#[test]
fn a_device_with_a_letter_wrong_is_guessed() {
    let told = format!(
        "there are: {}; did you mean nonin?",
        names_of_drivers().join(", ")
    );
    refused(&["decode", "--device", "nonim"], &[&told]);
}

#[test]
fn every_driver_is_listed() {
    let output = run(&["devices", "--json"]);
    assert!(output.status.success());
    let objects = super::objects(&output);
    let names: Vec<&str> = objects
        .iter()
        .map(|driver| driver["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, names_of_drivers());
    assert_eq!(objects[0]["line"]["baud"], 9600);
    assert_eq!(objects[0]["maturity"], "experimental");
    assert_eq!(objects[0]["can_start_cuff"], true);
    assert_eq!(objects[0]["begins"], "driver");
    let gives = objects[0]["gives"].as_array().unwrap();
    assert!(gives.contains(&"NibpSystolic".into()));
    let for_people = String::from_utf8(run(&["devices"]).stdout).unwrap();
    assert!(names.iter().all(|name| for_people.contains(name)));
}
