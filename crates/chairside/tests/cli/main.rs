//! The real binary, from the outside: what it prints, and how it ends.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is a test, its helpers too"
)]

mod decode;
mod doctor;
mod identify;
mod inputs;
mod ports;
mod rates;
mod replay;
mod scenario;
mod serve;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn chairside() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chairside"));
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// Runs the binary to its end.
fn run(arguments: &[&str]) -> Output {
    chairside().args(arguments).output().unwrap()
}

/// Runs the binary to its end, with something to read.
fn run_with(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = chairside();
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.args(arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // A program that has read enough closes its end.
    let _ = writer.join().unwrap();
    output
}

/// Returns what a good run printed, as objects.
fn objects(output: &Output) -> Vec<Value> {
    let text = str::from_utf8(&output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn told(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
