//! Our drivers beside the decoders of others, on the same bytes.
//!
//! `cargo run --release --package chairside-e2e --bin decode-peers -- [--strict] FILE…`
//!
//! A decoder of somebody else is run elsewhere; what it made of a capture, and how fast, is a file
//! (`docs/testing.md`, "Beside other decoders"). Each file's values are held against those of our
//! driver first, and only where they are the same is the driver measured, in the same pieces.
//!
//! Ends with 2 when values differ or a file cannot be used, and with `--strict` with 1 when a
//! goal is missed.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program whose output is for people"
)]

mod capture;
mod compare;
mod file;
mod measure;

use std::path::Path;
use std::process::ExitCode;

use file::PeerFile;
use measure::Beside;

fn main() -> ExitCode {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|it| it.starts_with("--"));
    let strict = flags == ["--strict"];
    if files.is_empty() || !(flags.is_empty() || strict) {
        eprintln!("usage: decode-peers [--strict] FILE…");
        return ExitCode::from(2);
    }
    println!("load {}", load());
    let (mut missed, mut unusable) = (false, false);
    for path in &files {
        match beside(Path::new(path)) {
            Ok(beside) => {
                print!("{beside}");
                missed |= !beside.met();
            }
            Err(error) => {
                eprintln!("{path}: {error}");
                unusable = true;
            }
        }
    }
    if unusable {
        ExitCode::from(2)
    } else if missed && strict {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Holds one file's values against ours, and then measures ours.
fn beside(path: &Path) -> Result<Beside, String> {
    let peer = PeerFile::read(path)?;
    peer.check_when_and_where()?;
    let bytes = capture::bytes(&peer)?;
    let compared = compare::compare(&peer, &bytes)?;
    Ok(Beside::measure(peer, &bytes, compared))
}

/// Returns how busy the machine is: whoever reads the figures wants to know.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").expect("Linux tells it");
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
