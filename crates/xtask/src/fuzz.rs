//! `cargo xtask fuzz`: every driver against what it promises, on bytes that a fuzzer finds
//! (`docs/testing.md`).

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use crate::{machine, root};

/// Without `--minutes`, each target runs for this long.
const MINUTES: u64 = 10;

/// The longest input, bytes: some frames of every device.
const LENGTH_MAX: usize = 4096;

/// One input takes this long at most, seconds: more is a finding too.
const INPUT_S_MAX: u64 = 20;

/// Where the targets are.
const FUZZ: &str = "tests/fuzz";

/// Where everything is that a run makes.
const OUTPUT: &str = "target/fuzz";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    minutes: u64,
    /// All of them when empty.
    targets: Vec<String>,
}

/// Runs the targets that the arguments name, as many at once as there are processors.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let asked = Asked::read(arguments)?;
    if !machine::answers("cargo", &["fuzz", "--version"]) {
        return Err("needs cargo-fuzz: cargo install --locked cargo-fuzz".to_owned());
    }
    if std::env::var_os("CXX").is_none() && !machine::answers("c++", &["--version"]) {
        return Err(
            "needs a C++ compiler for libFuzzer: on Debian, apt-get install g++".to_owned(),
        );
    }
    let known = known_targets()?;
    let targets = asked.among(&known)?;
    let output = root().join(OUTPUT);
    seed(&output)?;
    build(&asked, &targets)?;

    println!(
        "\n{} targets, {} min each. Corpus: {OUTPUT}/corpus, logs: {OUTPUT}/*.log",
        targets.len(),
        asked.minutes
    );
    let waiting = Mutex::new(targets.iter());
    let found = Mutex::new(Vec::new());
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(target) = next(&waiting) {
                    let outcome = fuzz(&output, target, asked.minutes);
                    println!("{target}: {}", outcome.words(target));
                    if !outcome.is_clean() {
                        found.lock().expect("no thread panics").push(target.clone());
                    }
                }
            });
        }
    });
    match &found.into_inner().expect("no thread panics")[..] {
        [] => Ok(()),
        found => Err(format!("not clean: {}", found.join(", "))),
    }
}

fn next<'a>(waiting: &Mutex<impl Iterator<Item = &'a String>>) -> Option<&'a String> {
    waiting.lock().expect("no thread panics").next()
}

impl Asked {
    fn read(arguments: &[&str]) -> Result<Self, String> {
        let mut asked = Self {
            minutes: MINUTES,
            targets: Vec::new(),
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if *argument == "--minutes" {
                let number = arguments.next().and_then(|number| number.parse().ok());
                asked.minutes = number
                    .filter(|minutes| *minutes > 0)
                    .ok_or("--minutes takes a whole number from 1 on")?;
            } else if argument.starts_with('-') {
                return Err(format!("{argument} is not known"));
            } else {
                asked.targets.push((*argument).to_owned());
            }
        }
        Ok(asked)
    }

    fn among(&self, known: &[String]) -> Result<Vec<String>, String> {
        for target in &self.targets {
            if !known.contains(target) {
                return Err(format!(
                    "there is no target {target}; there are {}",
                    known.join(", ")
                ));
            }
        }
        let wanted = |target: &&String| self.targets.is_empty() || self.targets.contains(target);
        Ok(known.iter().filter(wanted).cloned().collect())
    }
}

/// `cargo fuzz` with the compiler that there is: a sanitizer is for nightly compilers otherwise.
fn cargo_fuzz(command: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["fuzz", command, "--fuzz-dir", FUZZ]);
    if command != "list" {
        cargo.args(["--target-dir", OUTPUT]);
    }
    cargo.env("RUSTC_BOOTSTRAP", "1");
    cargo.current_dir(root()).stdin(Stdio::null());
    cargo
}

fn known_targets() -> Result<Vec<String>, String> {
    let output = cargo_fuzz("list").output();
    let output = output.map_err(|error| format!("cargo fuzz list: {error}"))?;
    let targets = String::from_utf8_lossy(&output.stdout);
    let targets: Vec<String> = targets.lines().map(str::to_owned).collect();
    if targets.is_empty() {
        return Err(format!("{FUZZ} has no targets"));
    }
    Ok(targets)
}

/// Makes the seeds from the recordings and the simulated devices.
fn seed(output: &Path) -> Result<(), String> {
    let mut cargo = Command::new("cargo");
    let seeds = [
        "run",
        "--quiet",
        "--locked",
        "--package",
        "chairside-e2e",
        "--bin",
        "fuzz-seeds",
    ];
    cargo.args(seeds).arg(output.join("seeds"));
    match cargo.current_dir(root()).stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the seeds: {status}")),
        Err(error) => Err(format!("the seeds: {error}")),
    }
}

/// Builds the targets. What cargo says is shown only where it fails: it warns that all targets are
/// one file, which is what makes a new one a line.
fn build(asked: &Asked, targets: &[String]) -> Result<(), String> {
    println!("Building {} targets", targets.len());
    // All at once, or each by itself.
    let names = if asked.targets.is_empty() {
        vec![None]
    } else {
        targets.iter().map(Some).collect()
    };
    for name in names {
        let output = cargo_fuzz("build").args(name).output();
        let output = output.map_err(|error| format!("cargo fuzz build: {error}"))?;
        if !output.status.success() {
            println!("{}", String::from_utf8_lossy(&output.stderr));
            return Err(format!("cargo fuzz build ended with {}", output.status));
        }
    }
    Ok(())
}

/// What came of one target.
#[derive(Debug, Default)]
struct Outcome {
    /// How it ended when it did not end well.
    failure: Option<String>,
    /// Inputs that break a promise.
    findings: Vec<PathBuf>,
    /// How many inputs were tried, in libFuzzer's words.
    runs: String,
}

fn fuzz(output: &Path, target: &str, minutes: u64) -> Outcome {
    let try_fuzz = || -> Result<Outcome, std::io::Error> {
        let folder = |name: &str| output.join(name).join(target);
        for name in ["corpus", "findings"] {
            fs::create_dir_all(folder(name))?;
        }
        let before = files(&folder("findings"))?;
        let log = output.join(format!("{target}.log"));
        let writer = File::create(&log)?;
        let status = cargo_fuzz("run")
            .arg(target)
            .args([folder("corpus"), folder("seeds")])
            .arg("--")
            .arg(format!("-max_total_time={}", minutes * 60))
            .arg(format!("-max_len={LENGTH_MAX}"))
            .arg(format!("-timeout={INPUT_S_MAX}"))
            .arg(format!(
                "-artifact_prefix={}/",
                folder("findings").display()
            ))
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .status()?;
        let mut findings = files(&folder("findings"))?;
        findings.retain(|file| !before.contains(file));
        let failure = (!status.success()).then(|| format!("{status}; see {}", log.display()));
        let log = fs::read(&log)?;
        let runs = String::from_utf8_lossy(&log);
        let runs = runs.lines().rfind(|line| line.starts_with("Done "));
        Ok(Outcome {
            failure,
            findings,
            runs: runs.unwrap_or_default().to_owned(),
        })
    };
    try_fuzz().unwrap_or_else(|error| Outcome {
        failure: Some(error.to_string()),
        ..Outcome::default()
    })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect()
}

impl Outcome {
    fn is_clean(&self) -> bool {
        self.failure.is_none() && self.findings.is_empty()
    }

    fn words(&self, target: &str) -> String {
        if self.is_clean() {
            return format!("no finding. {}", self.runs);
        }
        let mut words = self.failure.clone().unwrap_or_default();
        for finding in &self.findings {
            let finding = finding.strip_prefix(root()).unwrap_or(finding).display();
            // Writing to a string does not fail.
            let _ = write!(
                words,
                "\n  found {finding}\n  again: RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir {FUZZ} \
                 --target-dir {OUTPUT} {target} {finding}"
            );
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_and_the_minutes_come_in_any_order() {
        let asked = Asked::read(&["nonin", "--minutes", "3", "ge-v100"]).unwrap();
        assert_eq!(asked.minutes, 3);
        let known = ["capnostream20", "ge-v100", "nonin"].map(str::to_owned);
        assert_eq!(asked.among(&known).unwrap(), ["ge-v100", "nonin"]);
        let all = Asked::read(&[]).unwrap();
        assert_eq!(all.minutes, MINUTES);
        assert_eq!(all.among(&known).unwrap(), known);
    }

    #[test]
    fn what_is_not_known_is_said() {
        for wrong in [
            &["--minutes"][..],
            &["--minutes", "0"],
            &["--minutes", "many"],
            &["--hours", "1"],
        ] {
            assert!(Asked::read(wrong).is_err(), "{wrong:?}");
        }
        let asked = Asked::read(&["nonine"]).unwrap();
        let why = asked.among(&["nonin".to_owned()]).unwrap_err();
        assert!(why.contains("nonine") && why.ends_with("nonin"), "{why}");
    }
}
