//! Tasks of the project. `cargo xtask test` runs everything that must hold before a change lands;
//! `coverage` and `mutants` tell whether the tests of the alarm engine would notice a mistake, and
//! `fuzz` looks for bytes that a driver does not survive.
#![expect(clippy::print_stdout, reason = "a program whose output is for people")]

mod coverage;
mod explained;
mod fuzz;
mod machine;
mod mutants;
mod silence;
mod tally;
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask test                 installs what the machine lacks and runs every test
       cargo xtask coverage             how much of the alarm engine its tests run
       cargo xtask mutants [FILE...]    which mistakes in the alarm engine its tests let through
       cargo xtask fuzz [--minutes N] [TARGET...]
                                        holds every driver, or these, against bytes that a fuzzer finds";

/// The crate that `coverage` and `mutants` are about.
const ALARM: &str = "chairside-alarm";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["test"] => tests::run(),
        ["coverage"] => verdict("coverage", coverage::run()),
        ["fuzz", ref arguments @ ..] => verdict("fuzz", fuzz::run(arguments)),
        ["mutants", ref files @ ..] => verdict("mutants", mutants::run(files)),
        _ => {
            println!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn verdict(name: &str, outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("\n{name}: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the workspace's folder.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    // This crate lies two folders below the workspace.
    manifest.ancestors().nth(2).unwrap_or(manifest).to_owned()
}
