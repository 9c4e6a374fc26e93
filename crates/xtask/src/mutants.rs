//! `cargo xtask mutants`: which mistakes in the alarm engine its tests let through
//! (`docs/adr/0018-coverage-and-mutants.md`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chairside_shared_files as shared_files;

use crate::explained::{self, Survivor};
use crate::{ALARM, machine, root};

/// Tests, by a part of their names, that draw thousands of charts. They are kept for the mutants
/// that the others let through: the others take a quarter of a second together.
const SLOW: [&str; 4] = [
    "properties::",
    "random_",
    "whatever_the_cuff_does",
    "in_the_middle_of",
];

/// How long a mutant may take for the fast tests, and for all: one that never ends has been
/// noticed. Seconds; a multiple of what they take on a machine that does much else.
const FAST_S: &str = "20";
const ALL_S: &str = "120";

/// What `cargo mutants` ends with when mutants survived, or took too long.
const SURVIVORS_OR_TIMEOUTS: [i32; 3] = [0, 2, 3];

/// Runs the tests against each mutant of the engine, or of these files of it, and compares those
/// that survive with those that `docs/mutants.md` explains.
pub(crate) fn run(files: &[&str]) -> Result<(), String> {
    if !machine::answers("cargo", &["mutants", "--version"]) {
        return Err("needs cargo-mutants: cargo install --locked cargo-mutants".to_owned());
    }
    let folder = root().join("target").join("mutation");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;

    pass(&folder, files, FAST_S, &SLOW)?;
    let first = Outcomes::read(&folder)?;
    keep_as_caught(&folder, &first.timeouts)?;
    let second = if first.missed.is_empty() {
        Outcomes::default()
    } else {
        // The same again: those that were caught are not asked again.
        pass(&folder, files, ALL_S, &[])?;
        Outcomes::read(&folder)?
    };
    let caught = first.caught.len() + second.caught.len();
    let unviable = first.unviable.len() + second.unviable.len();
    let timeouts = first.timeouts.len() + second.timeouts.len();
    let missed = second.missed;
    println!(
        "\n{} mutants: {caught} caught, {timeouts} caught by their time, {unviable} not compiled, {} survived",
        caught + timeouts + unviable + missed.len(),
        missed.len()
    );
    let mut survivors = Vec::new();
    for line in &missed {
        survivors.push(Survivor::read(line, &root())?);
    }
    compare(survivors, files)
}

/// One pass of `cargo mutants`, without the tests of these modules. What it needs besides is in
/// `.cargo/mutants.toml`.
fn pass(folder: &Path, files: &[&str], seconds: &str, without: &[&str]) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command.args(["mutants", "--iterate", "--colors=never", "--package", ALARM]);
    command.args(["--timeout", seconds, "--output"]).arg(folder);
    for file in files {
        command.args(["--file", file]);
    }
    // Those that read files which are not published are left out everywhere, so that the list does
    // not depend on the machine.
    let shared = format!("{}::", shared_files::MODULE);
    command.args(["--", "--", "--skip", &shared]);
    for module in without {
        command.args(["--skip", module]);
    }
    let status = command.current_dir(root()).stdin(Stdio::null()).status();
    let status = status.map_err(|error| format!("cargo mutants: {error}"))?;
    if status
        .code()
        .is_some_and(|code| SURVIVORS_OR_TIMEOUTS.contains(&code))
    {
        return Ok(());
    }
    Err(format!("cargo mutants ended with {status}"))
}

/// Lets those that took too long not be asked again: a mutant that never ends has been noticed.
fn keep_as_caught(folder: &Path, timeouts: &[String]) -> Result<(), String> {
    let path = folder.join("mutants.out").join("caught.txt");
    let failed = |error| format!("{}: {error}", path.display());
    let mut caught = fs::read_to_string(&path).map_err(failed)?;
    for mutant in timeouts {
        caught.push_str(mutant);
        caught.push('\n');
    }
    fs::write(&path, caught).map_err(failed)
}

/// What became of the mutants of one pass, as `cargo mutants` words them.
#[derive(Default)]
struct Outcomes {
    caught: Vec<String>,
    missed: Vec<String>,
    timeouts: Vec<String>,
    unviable: Vec<String>,
}

impl Outcomes {
    fn read(folder: &Path) -> Result<Self, String> {
        let lines = |name: &str| {
            let path: PathBuf = folder.join("mutants.out").join(name);
            let text = fs::read_to_string(&path);
            let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
            Ok::<_, String>(text.lines().map(str::to_owned).collect())
        };
        Ok(Self {
            caught: lines("caught.txt")?,
            missed: lines("missed.txt")?,
            timeouts: lines("timeout.txt")?,
            unviable: lines("unviable.txt")?,
        })
    }
}

/// Holds the survivors against the list, which must have each of them and nothing else.
fn compare(survivors: Vec<Survivor>, files: &[&str]) -> Result<(), String> {
    let asked = |survivor: &Survivor| files.is_empty() || files.contains(&survivor.file.as_str());
    let mut listed: Vec<Survivor> = explained::read(&root())?
        .into_iter()
        .filter(asked)
        .collect();
    let mut unexplained = 0;
    for survivor in survivors {
        if let Some(place) = listed.iter().position(|entry| *entry == survivor) {
            listed.remove(place);
        } else {
            unexplained += 1;
            println!("not explained: {survivor}");
        }
    }
    for entry in &listed {
        println!("explained, and does not survive: {entry}");
    }
    match (unexplained, listed.len()) {
        (0, 0) => Ok(()),
        (new, old) => Err(format!(
            "{new} survivors are not in {page}, and {old} in it do not survive",
            page = explained::PAGE
        )),
    }
}
