//! `ports`: what it lists of this machine, whatever that has, and of a configuration.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{objects, run, text, told};

fn configuration(folder: &Path, ports: &[&str]) -> std::path::PathBuf {
    let path = folder.join("clinic.toml");
    let device = |port: &&str| {
        format!("[[bed.device]]\ndriver = \"nonin\"\nname = {port:?}\nport = {port:?}\n")
    };
    let devices: String = ports.iter().map(device).collect();
    let config = format!(
        "site = \"test\"\n[service]\nlisten = \"127.0.0.1:0\"\ndata = \"data\"\n\
         [[staff]]\nid = \"mn\"\nname = \"M. N.\"\nrole = \"nurse\"\n\
         [[bed]]\nid = \"1\"\nname = \"Room 1\"\nprofile = \"adult-ketamine\"\n{devices}"
    );
    fs::write(&path, config).unwrap();
    path
}

fn printed(output: &std::process::Output) -> &str {
    assert_eq!(output.status.code(), Some(0), "{}", told(output));
    str::from_utf8(&output.stdout).unwrap()
}

#[test]
fn every_port_has_a_name_to_write_and_says_what_it_is() {
    let output = run(&["ports", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let for_people = run(&["ports"]);
    let for_people = printed(&for_people);
    let ports = objects(&output);
    for port in &ports {
        assert_eq!(port["kind"], "port");
        for key in ["path", "write"] {
            let path = port[key].as_str().unwrap();
            assert!(path.starts_with("/dev/"), "{port}");
            assert!(for_people.contains(path), "{path} in {for_people}");
        }
        assert!(port["permitted"].is_boolean(), "{port}");
        assert!(port["hints"].is_array() && port["open_in"].is_array());
        assert_eq!(port.get("beds"), None, "no configuration was given");
    }
    let none = for_people == "no serial port on this machine\n";
    assert_eq!(ports.is_empty(), none, "{for_people}");
}

#[test]
fn a_configured_port_that_is_not_there_is_listed_with_its_bed() {
    let folder = tempfile::tempdir().unwrap();
    let absent = "/dev/serial/by-path/no-such-socket";
    let config = configuration(folder.path(), &[absent, "/dev/null"]);
    let output = run(&["ports", "--json", "--config", text(&config)]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let configured: Vec<Value> = objects(&output)
        .into_iter()
        .filter(|line| line["kind"] == "configured")
        .collect();
    let paths: Vec<_> = configured.iter().map(|line| &line["path"]).collect();
    assert_eq!(paths, [absent, "/dev/null"]);
    assert_eq!(configured[0]["there"], false);
    assert_eq!(configured[1]["there"], true);
    assert_eq!(configured[0]["beds"][0]["bed"], "1");
    assert_eq!(configured[0]["beds"][0]["device"], absent);

    let for_people = run(&["ports", "--config", text(&config)]);
    let for_people = printed(&for_people);
    assert!(
        for_people.contains(&format!("{absent}: not there")),
        "{for_people}"
    );
    assert!(
        for_people.contains("/dev/null: no serial port of this machine"),
        "{for_people}"
    );
    assert!(for_people.contains("bed     1 (Room 1)"), "{for_people}");
}

#[test]
fn a_configured_port_that_is_there_stands_with_its_bed() {
    let ports = objects(&run(&["ports", "--json"]));
    let Some(path) = ports.first().map(|port| port["path"].as_str().unwrap()) else {
        // A machine without serial ports; the made-up one has some.
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), &[path]);
    let with_beds = objects(&run(&["ports", "--json", "--config", text(&config)]));
    assert_eq!(with_beds.len(), ports.len());
    assert_eq!(with_beds[0]["beds"][0]["by"], path);
}
