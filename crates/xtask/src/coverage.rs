//! `cargo xtask coverage`: which branches of the alarm engine its tests take
//! (`docs/adr/0018-coverage-and-mutants.md`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chairside_shared_files as shared_files;
use serde_json::Value;

use crate::{ALARM, root};

/// Per cent of the branches, and of the regions, that the tests take at least. To LLVM an arm of a
/// `match` is a region and not a branch, so that branches alone would leave out most decisions.
const LEAST: f64 = 95.0;

/// Branches are counted by the nightly compiler only.
const TOOLCHAIN: &str = "+nightly";

/// Runs the crate's tests with counters, prints what they reached, and fails below [`LEAST`].
pub(crate) fn run() -> Result<(), String> {
    let tools = Tools::find()?;
    let folder = root().join("target").join("coverage");
    let profiles = folder.join("profiles");
    if profiles.exists() {
        fs::remove_dir_all(&profiles)
            .map_err(|error| format!("{}: {error}", profiles.display()))?;
    }
    let binaries = build(&folder)?;
    for binary in &binaries {
        run_tests(binary, &profiles)?;
    }
    let merged = folder.join("merged.profdata");
    output(
        Command::new(&tools.profdata)
            .arg("merge")
            .arg(&profiles)
            .arg("-o")
            .arg(&merged),
    )?;
    let report = report(&tools.cov, &binaries, &merged)?;
    print(&report);
    verdict(&report)
}

/// LLVM's two programs, of the version that the compiler writes its counters for.
struct Tools {
    profdata: PathBuf,
    cov: PathBuf,
}

impl Tools {
    fn find() -> Result<Self, String> {
        let about = output(Command::new("rustc").args([TOOLCHAIN, "-vV"])).map_err(|error| {
            format!(
                "needs the nightly compiler: rustup toolchain install nightly --profile minimal \
                 ({error})"
            )
        })?;
        let field = |name: &str| about.lines().find_map(|line| line.strip_prefix(name));
        let llvm = field("LLVM version: ").unwrap_or_default();
        let version = llvm.split('.').next().unwrap_or_default();
        let host = field("host: ").unwrap_or_default();
        let sysroot = output(Command::new("rustc").args([TOOLCHAIN, "--print", "sysroot"]))?;
        let folders = [
            Path::new(sysroot.trim())
                .join("lib/rustlib")
                .join(host)
                .join("bin"),
            PathBuf::from(format!("/usr/lib/llvm-{version}/bin")),
        ];
        let found = folders.into_iter().find_map(|folder| {
            let tools = Self {
                profdata: folder.join("llvm-profdata"),
                cov: folder.join("llvm-cov"),
            };
            (tools.profdata.is_file() && tools.cov.is_file()).then_some(tools)
        });
        found.ok_or_else(|| {
            format!(
                "needs llvm-cov and llvm-profdata {version}: \
                 rustup component add llvm-tools --toolchain nightly, \
                 or on Debian: apt-get install llvm-{version}"
            )
        })
    }
}

/// Builds the crate's tests with counters in all of it, and returns the binaries.
fn build(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut command = Command::new("cargo");
    command
        .args([
            TOOLCHAIN,
            "test",
            "--no-run",
            "--tests",
            "--locked",
            "--package",
            ALARM,
        ])
        .arg("--message-format=json-render-diagnostics")
        .env(
            "RUSTFLAGS",
            "-Cinstrument-coverage -Zcoverage-options=condition",
        )
        .env("CARGO_TARGET_DIR", folder)
        // What build scripts count is not asked for.
        .env("LLVM_PROFILE_FILE", folder.join("build-%m.profraw"))
        .current_dir(root());
    let binaries: Vec<PathBuf> = output(&mut command)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
        .collect();
    if binaries.is_empty() {
        return Err("cargo built no test".to_owned());
    }
    Ok(binaries)
}

/// Runs one binary's tests. Those that read files which are not published are left out everywhere,
/// so that the figure does not depend on the machine.
fn run_tests(binary: &Path, profiles: &Path) -> Result<(), String> {
    let mut command = Command::new(binary);
    command
        .args(["--quiet", "--skip", &format!("{}::", shared_files::MODULE)])
        .env("LLVM_PROFILE_FILE", profiles.join("%m-%p.profraw"))
        .current_dir(root().join("crates").join(ALARM));
    output(&mut command).map(|_| ())
}

/// How much of something was reached.
#[derive(Clone, Copy)]
struct Share {
    count: u64,
    covered: u64,
}

impl Share {
    fn of(summary: &Value, what: &str) -> Self {
        let number = |key: &str| summary[what][key].as_u64().unwrap_or(0);
        Self {
            count: number("count"),
            covered: number("covered"),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of lines of code")]
    fn per_cent(self) -> f64 {
        match self.count {
            0 => 100.0,
            count => 100.0 * self.covered as f64 / count as f64,
        }
    }

    fn in_words(self) -> String {
        format!(
            "{:>5}/{:<5} {:>6.2} %",
            self.covered,
            self.count,
            self.per_cent()
        )
    }
}

struct File {
    name: String,
    branches: Share,
    regions: Share,
    /// Line, column and which way was never gone.
    missed: Vec<(u64, u64, &'static str)>,
}

struct Report {
    files: Vec<File>,
    branches: Share,
    regions: Share,
}

fn report(cov: &Path, binaries: &[PathBuf], merged: &Path) -> Result<Report, String> {
    let sources = root().join("crates").join(ALARM).join("src");
    let mut command = Command::new(cov);
    command.arg("export").arg("--instr-profile").arg(merged);
    for binary in binaries {
        command.arg("--object").arg(binary);
    }
    let text = output(command.arg("--sources").arg(&sources))?;
    let json: Value =
        serde_json::from_str(&text).map_err(|error| format!("llvm-cov export: {error}"))?;
    let data = &json["data"][0];
    let files = data["files"].as_array().into_iter().flatten();
    let mut files: Vec<File> = files.map(|file| read_file(file, &sources)).collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Report {
        files,
        branches: Share::of(&data["totals"], "branches"),
        regions: Share::of(&data["totals"], "regions"),
    })
}

fn read_file(json: &Value, sources: &Path) -> File {
    let path = Path::new(json["filename"].as_str().unwrap_or_default());
    // A generic function's branches are told once for each type; one that goes both ways in any
    // of them does.
    let mut taken: BTreeMap<(u64, u64), (u64, u64)> = BTreeMap::new();
    for branch in json["branches"].as_array().into_iter().flatten() {
        let number = |place: usize| branch[place].as_u64().unwrap_or(0);
        let counts = taken.entry((number(0), number(1))).or_default();
        counts.0 += number(4);
        counts.1 += number(5);
    }
    let missed = taken.into_iter().flat_map(|((line, column), (yes, no))| {
        let ways = [(yes, "true"), (no, "false")];
        ways.into_iter()
            .filter(|(count, _)| *count == 0)
            .map(move |(_, way)| (line, column, way))
    });
    File {
        name: path
            .strip_prefix(sources)
            .unwrap_or(path)
            .display()
            .to_string(),
        branches: Share::of(&json["summary"], "branches"),
        regions: Share::of(&json["summary"], "regions"),
        missed: missed.collect(),
    }
}

fn print(report: &Report) {
    println!("\n{:<28} {:^20}  {:^20}", ALARM, "branches", "regions");
    let rows = report
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.branches, file.regions));
    let total = ("total", report.branches, report.regions);
    for (name, branches, regions) in rows.chain([total]) {
        println!("{name:<28} {}  {}", branches.in_words(), regions.in_words());
    }
    println!();
    for file in &report.files {
        for (line, column, way) in &file.missed {
            println!(
                "crates/{ALARM}/src/{}:{line}:{column} is never {way}",
                file.name
            );
        }
    }
}

fn verdict(report: &Report) -> Result<(), String> {
    if report.branches.count == 0 {
        return Err("no branch was counted".to_owned());
    }
    let parts = [("branches", report.branches), ("regions", report.regions)];
    match parts
        .into_iter()
        .find(|(_, share)| share.per_cent() < LEAST)
    {
        Some((name, share)) => Err(format!(
            "{:.2} % of the {name} are reached, fewer than {LEAST} %",
            share.per_cent()
        )),
        None => Ok(()),
    }
}

/// Runs a program whose complaints are for people, and returns what it says.
fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    Err(format!("{text}\n{name} ended with {}", output.status))
}
