//! What source files may not say, and what they must.

use std::path::Path;

use crate::tree::{assert_none, core_sources, files, read, root};

/// Files that read a clock, which no other may: one of the service, one of the simulators, and
/// the benchmarks, whose business it is.
const CLOCKS: [&str; 2] = ["crates/chairside/src/clock.rs", "simulators/src/clock.rs"];

/// Longer than this, a file is more than one thing.
const LINES_MAX: usize = 600;

/// Words that are unfinished work, paths of one machine, or tests that do not run. Put together
/// from pieces, for this file is looked at as well.
const FORBIDDEN: [&str; 6] = [
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("#[ig", "nore"),
    concat!("#[al", "low("),
];

#[test]
fn no_clock_is_read_outside_the_two_places() {
    let clocks = ["Instant::now", "SystemTime::now", "Utc::now", "Local::now"];
    let mut breaks = Vec::new();
    for file in files(&[".rs"]) {
        let source = file.path.contains("/src/") && !CLOCKS.contains(&file.path.as_str());
        for clock in clocks {
            if source && file.text.contains(clock) {
                breaks.push(format!("{}: {clock}", file.path));
            }
        }
    }
    for path in CLOCKS {
        let text = read(path);
        if !clocks.iter().any(|clock| text.contains(clock)) {
            breaks.push(format!("{path} may read a clock and does not"));
        }
    }
    assert_none("time is an argument", &breaks);
}

#[test]
fn the_core_does_no_input_or_output_and_has_no_chance_in_it() {
    let foreign = [
        "std::fs",
        "std::io",
        "std::net",
        "std::process",
        "std::thread",
        "std::env",
        "std::sync::mpsc",
        "Instant",
        "SystemTime",
        "HashMap",
        "HashSet",
    ];
    let mut breaks = Vec::new();
    for file in core_sources() {
        for line in file.text.lines().filter(|line| !is_comment(line)) {
            for word in foreign {
                if has_word(line, word) {
                    breaks.push(format!("{}: {}", file.path, line.trim()));
                }
            }
        }
    }
    assert_none("the core is a pure state machine", &breaks);
}

#[test]
fn no_type_of_the_core_knows_a_wire_format() {
    let breaks: Vec<String> = core_sources()
        .into_iter()
        .filter(|file| file.text.contains("serde") || file.text.contains("Serialize"))
        .map(|file| file.path)
        .collect();
    assert_none(
        "a wire format is a promise, and promises live on one page each",
        &breaks,
    );
}

#[test]
fn nothing_unfinished_and_no_machines_path_is_left() {
    let kinds = [
        ".rs", ".md", ".toml", ".js", ".mjs", ".css", ".html", ".json", ".sql", ".ci/run",
    ];
    let mut breaks = Vec::new();
    for file in files(&kinds) {
        // Written by tools, with hashes in which anything can stand.
        if file.path.ends_with("package-lock.json") {
            continue;
        }
        for (number, line) in (1..).zip(file.text.lines()) {
            for word in FORBIDDEN {
                if line.contains(word) {
                    breaks.push(format!("{}:{number}: {word}", file.path));
                }
            }
        }
        // Material that may not be published is read in place, by tests only.
        let may_look_beside = file.path.contains("tests") || file.path.starts_with(".ci/");
        if !may_look_beside && file.text.contains(concat!("../sh", "ared")) {
            breaks.push(format!(
                "{}: names a folder outside of the project",
                file.path
            ));
        }
    }
    assert_none("finished work only", &breaks);
}

#[test]
fn every_module_says_what_it_is() {
    let mut breaks = Vec::new();
    for file in files(&[".rs"]) {
        // A file of tests has its sentences in their names.
        let tests = file.path.ends_with("tests.rs") || file.path.contains("/tests/");
        if !tests && !file.text.starts_with("//! ") {
            breaks.push(file.path);
        }
    }
    assert_none("a module begins with its problem in plain words", &breaks);
}

#[test]
fn a_file_is_one_thing() {
    let mut breaks = Vec::new();
    for file in files(&[".rs", ".js", ".css", ".sql"]) {
        let lines = file.text.lines().count();
        if lines > LINES_MAX {
            breaks.push(format!("{}: {lines} lines", file.path));
        }
    }
    assert_none("a file is one thing", &breaks);
}

#[test]
fn each_protocol_has_its_page_its_simulator_and_a_recording() {
    let mut breaks = Vec::new();
    let protocols = root().join("crates/chairside-protocol/src");
    let mut folders = 0;
    for entry in std::fs::read_dir(protocols).expect("the protocols are there") {
        let path = entry.expect("the folder can be listed").path();
        if !path.is_dir() {
            continue;
        }
        folders += 1;
        let folder = path.file_name().and_then(|name| name.to_str());
        let folder = folder.expect("our folders have plain names");
        let device = folder.replace('_', "-");
        let simulator = format!("simulators/src/device/{folder}");
        let needed = [
            vec![format!("docs/protocols/{device}.md")],
            vec![format!("{simulator}.rs"), format!("{simulator}/mod.rs")],
        ];
        for choices in needed {
            if !choices.iter().any(|path| root().join(path).is_file()) {
                breaks.push(format!("{folder}: there is no {}", choices.join(" or ")));
            }
        }
        if !has_recording(&root().join("tests/recordings").join(&device)) {
            breaks.push(format!(
                "{folder}: there is nothing in tests/recordings/{device}"
            ));
        }
    }
    assert!(folders >= 3, "{folders} protocols were found");
    assert_none("a protocol is more than its driver", &breaks);
}

#[test]
fn no_tasks_are_shell_scripts() {
    let breaks: Vec<String> = files(&[".sh", ".bash", "Makefile", "makefile"])
        .into_iter()
        .map(|file| file.path)
        .collect();
    assert_none("tasks are tests, examples or small programs", &breaks);
}

fn has_recording(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "capture")
        })
        .any(|path| {
            let beside = |extension| path.with_extension(extension).is_file();
            beside("events") && beside("toml")
        })
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Tells whether the word stands there by itself and not inside another one.
fn has_word(line: &str, word: &str) -> bool {
    let part = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}
