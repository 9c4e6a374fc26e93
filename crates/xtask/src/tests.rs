//! `cargo xtask test`.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use chairside_shared_files as shared_files;

use crate::machine::{self, BrowserKit};
use crate::root;
use crate::silence;
use crate::tally::Tally;

/// Tests that print nothing for so long hang. The longest of them takes two minutes, on a machine
/// that does much else five.
const SILENCE_MAX: Duration = Duration::from_mins(15);

/// Runs everything, and prints what passed on the last line.
pub(crate) fn run() -> ExitCode {
    let root = root();
    let mut tally = Tally::default();

    tally += optional(&root, "cargo", &["fmt", "--all", "--check"]);
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--quiet",
        "--",
        "-Dwarnings",
    ];
    tally += optional(&root, "cargo", &clippy);
    tally += optional(
        &root,
        "cargo-deny",
        &["--offline", "check", "licenses", "bans", "sources"],
    );
    tally += optional(&root, "typos", &[]);

    tally += check(
        &root,
        "cargo",
        &["test", "--workspace", "--no-run", "--locked", "--quiet"],
    );
    tally += cargo_tests(&root);
    tally += check_docs(&root);

    tally += browser_tests(&root);

    println!("\n{tally}");
    if tally.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs the tests of the workspace. Those that read files which are not on this machine are left
/// out, and counted as skipped with all else that cargo leaves out.
fn cargo_tests(root: &Path) -> Tally {
    let mut tally = Tally::default();
    // The longest of them are clinics that wait for something to happen, and use little of a core.
    let at_once = 2 * thread::available_parallelism().map_or(1, usize::from);
    let at_once = at_once.to_string();
    let mut variables = vec![("RUST_TEST_THREADS", OsStr::new(&at_once))];
    let broker = machine::mosquitto();
    match &broker {
        Ok(broker) => variables.push(("MOSQUITTO", broker.as_os_str())),
        Err(why) => {
            println!("\nTests of the MQTT publisher FAILED: {why}");
            tally += Tally::FAILED;
        }
    }
    let all = ["test", "--workspace", "--locked", "--no-fail-fast"];
    if let Some(folder) = shared_files::folder() {
        variables.push((shared_files::VARIABLE, folder.as_os_str()));
        tally += counted(root, "cargo", &all, &variables);
        return tally;
    }
    println!(
        "\nThe tests that read shared files are skipped: there are none (see docs/testing.md)."
    );
    let module = format!("{}::", shared_files::MODULE);
    let without = [&all[..], &["--", "--skip", &module]].concat();
    tally += counted(root, "cargo", &without, &variables);
    tally
}

fn browser_tests(root: &Path) -> Tally {
    let browser_folder = root.join("tests").join("browser");
    let BrowserKit { browser } = match machine::browser_kit() {
        Ok(kit) => kit,
        Err(why) => {
            println!("\nBrowser tests FAILED: {why}");
            return Tally::FAILED;
        }
    };
    let mut tally = check(&browser_folder, "npm", &["ci", "--no-audit", "--no-fund"]);
    tally += counted(&browser_folder, "npm", &["run", "--silent", "unit"], &[]);
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root.join("target"), |target| root.join(target));
    let binary = target.join("debug").join("chairside");
    let variables = [
        ("CHAIRSIDE_BIN", binary.as_os_str()),
        ("CHROMIUM", browser.as_os_str()),
    ];
    tally += counted(
        &browser_folder,
        "npm",
        &["run", "--silent", "browser"],
        &variables,
    );
    tally
}

fn check_docs(root: &Path) -> Tally {
    println!("\n> RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps --locked");
    let mut command = Command::new("cargo");
    command.args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"]);
    verdict(command.env("RUSTDOCFLAGS", "-Dwarnings").current_dir(root))
}

/// One check: passed when the program says so.
fn check(folder: &Path, program: &str, arguments: &[&str]) -> Tally {
    println!("\n> {program} {}", arguments.join(" "));
    verdict(Command::new(program).args(arguments).current_dir(folder))
}

fn verdict(command: &mut Command) -> Tally {
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Tally::PASSED,
        Ok(status) => {
            println!("FAILED: {status}");
            Tally::FAILED
        }
        Err(error) => {
            println!("FAILED: {error}");
            Tally::FAILED
        }
    }
}

/// A check by a tool that a fresh machine need not have.
fn optional(root: &Path, program: &str, arguments: &[&str]) -> Tally {
    let here = match (program, arguments) {
        ("cargo", [subcommand, ..]) => machine::answers("cargo", &[subcommand, "--version"]),
        _ => machine::answers(program, &["--version"]),
    };
    if here {
        return check(root, program, arguments);
    }
    println!(
        "\n> {program} {}\nskipped: it is not installed",
        arguments.join(" ")
    );
    Tally::SKIPPED
}

/// Runs many tests and counts them by what they print.
fn counted(
    folder: &Path,
    program: &str,
    arguments: &[&str],
    variables: &[(&str, &OsStr)],
) -> Tally {
    println!("\n> {program} {}", arguments.join(" "));
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    for (name, value) in variables {
        command.env(name, value);
    }
    let mut tally = Tally::default();
    let status = silence::run(&mut command, SILENCE_MAX, |line| {
        tally += Tally::of_line(line);
        println!("{line}");
    });
    match status {
        // Tests that nobody can count may not have run at all.
        Ok(status) if status.success() && tally == Tally::default() => {
            println!("FAILED: no test was counted");
            tally += Tally::FAILED;
        }
        Ok(status) if status.success() => {}
        // It failed before it could count: still a failure.
        Ok(_) if tally.failed == 0 => tally += Tally::FAILED,
        Ok(_) => {}
        Err(error) => {
            println!("FAILED: {program}: {error}");
            tally += Tally::FAILED;
        }
    }
    tally
}
