//! The arrows between the crates, and a sentence for each crate from elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use chairside_protocol::DRIVERS;

use crate::tree::{CORE, assert_none, files, read, root};

/// The fuzzing targets: not a member of the workspace, for they need a C++ compiler.
const FUZZING: &str = "tests/fuzz/Cargo.toml";

/// What a package depends on, as its manifest says.
#[derive(Debug, Default)]
struct Package {
    normal: BTreeSet<String>,
    build: BTreeSet<String>,
    test: BTreeSet<String>,
}

fn packages() -> BTreeMap<String, Package> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .expect("cargo, which runs this test, can be run");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("cargo's format 1");
    packages.iter().map(package).collect()
}

fn package(json: &serde_json::Value) -> (String, Package) {
    let text = |json: &serde_json::Value| json.as_str().unwrap_or_default().to_owned();
    let mut package = Package::default();
    for dependency in json["dependencies"].as_array().expect("cargo's format 1") {
        let kind = match dependency["kind"].as_str() {
            None => &mut package.normal,
            Some("build") => &mut package.build,
            Some(_) => &mut package.test,
        };
        kind.insert(text(&dependency["name"]));
    }
    (text(&json["name"]), package)
}

#[test]
fn the_core_depends_on_nothing_but_itself() {
    let arrows: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("chairside-model", &[] as &[&str]),
        ("chairside-protocol", &["chairside-model"]),
        ("chairside-alarm", &["chairside-model"]),
        (
            "chairside-station",
            &[
                "chairside-alarm",
                "chairside-care",
                "chairside-model",
                "chairside-protocol",
            ],
        ),
        (
            "chairside-escalation",
            &["chairside-alarm", "chairside-model"],
        ),
        ("chairside-care", &["chairside-alarm", "chairside-model"]),
    ]);
    assert!(CORE.iter().all(|name| arrows.contains_key(name)));
    let packages = packages();
    for (name, allowed) in arrows {
        let package = &packages[name];
        let found: Vec<&str> = package.normal.iter().map(String::as_str).collect();
        assert_eq!(found, allowed, "{name} may depend on this and nothing else");
        assert!(
            package.build.is_empty(),
            "{name} has a build script's dependencies"
        );
    }
}

#[test]
fn nothing_below_the_program_knows_it() {
    let packages = packages();
    let mut breaks = Vec::new();
    for (name, package) in &packages {
        let may_know = ["chairside", "chairside-e2e"].contains(&name.as_str());
        for top in ["chairside", "chairside-e2e", "chairside-simulators"] {
            if package.normal.contains(top) && !may_know {
                breaks.push(format!("{name} depends on {top}"));
            }
        }
    }
    let store = &packages["chairside-simulators"].normal;
    for below in ["chairside-alarm", "chairside-station", "chairside-store"] {
        if store.contains(below) {
            breaks.push(format!("chairside-simulators depends on {below}"));
        }
    }
    assert_none("arrows point one way", &breaks);
}

#[test]
fn each_dependency_has_its_sentence() {
    const PAGE: &str = "docs/adr/0011-dependencies.md";
    let text = read(PAGE);
    let rows: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
        .filter(|(name, sentence)| *name != "crate" && sentence.len() > 20)
        .map(|(name, _)| name)
        .collect();
    let ours = |name: &str| name.starts_with("chairside");
    let used: BTreeSet<String> = packages()
        .into_values()
        .flat_map(|package| [package.normal, package.build, package.test])
        .flatten()
        .filter(|name| !ours(name))
        .collect();
    let mut breaks = Vec::new();
    for name in &used {
        if !rows.contains(name.as_str()) {
            breaks.push(format!("{name} has no row"));
        }
    }
    for row in rows {
        if !used.contains(row) {
            breaks.push(format!("{row} is not used any more"));
        }
    }
    assert_none(PAGE, &breaks);
}

#[test]
fn each_driver_has_its_fuzzing_target() {
    let manifest: toml::Table = read(FUZZING).parse().expect("it is TOML");
    let targets = manifest["bin"].as_array().expect("a list of targets");
    let targets: BTreeSet<_> = targets
        .iter()
        .filter_map(|target| target["name"].as_str())
        .collect();
    let drivers: BTreeSet<_> = DRIVERS.iter().map(|driver| driver.name).collect();
    assert_eq!(targets, drivers, "{FUZZING} has a line for each driver");
}

#[test]
fn each_crate_takes_the_workspaces_lints_and_version() {
    let mut breaks = Vec::new();
    for file in files(&["Cargo.toml"]) {
        if file.path == "Cargo.toml" {
            assert!(file.text.contains("unsafe_code = \"forbid\""));
            continue;
        }
        // A project of its own, for whom the workspace is a neighbour.
        if file.path == FUZZING {
            continue;
        }
        for needed in [
            "[lints]\nworkspace = true",
            "version.workspace = true",
            "rust-version.workspace = true",
            "license.workspace = true",
            "publish.workspace = true",
        ] {
            if !file.text.contains(needed) {
                breaks.push(format!("{}: {needed:?} is missing", file.path));
            }
        }
    }
    assert_none("every crate inherits from the workspace", &breaks);
}
