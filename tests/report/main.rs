//! The alarm engine on recordings of real patients, beside an independent evaluation of its rules,
//! beside the monitor's own alarms and beside what the nurses did.
//!
//! `cargo run --release --package chairside-e2e --bin recordings-report` writes
//! `docs/recordings-report.md`. The recordings are read where they lie and may not be published:
//! the page has figures of them and neither a series nor a picture.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program whose output is for people"
)]

mod compare;
mod engine;
mod naive;
mod page;
mod recording;
mod study;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use page::{Pauses, Personal};

/// The folder of the recordings among the shared files.
const RECORDINGS: &str = "recordings";

fn main() -> ExitCode {
    let Some(folder) = chairside_shared_files::folder().map(|folder| folder.join(RECORDINGS))
    else {
        println!(
            "There are no recordings on this machine, and {} stays as it is (see docs/testing.md).",
            page::PATH
        );
        return ExitCode::SUCCESS;
    };
    match report(&folder) {
        Ok(differences) if differences.is_empty() => ExitCode::SUCCESS,
        Ok(differences) => {
            for difference in &differences {
                println!("{difference}");
            }
            eprintln!("{} episodes are not as the rules say", differences.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("recordings-report: {error}");
            ExitCode::from(2)
        }
    }
}

/// Writes the page and returns in what the engine is not as the rules say.
fn report(folder: &Path) -> io::Result<Vec<String>> {
    let (page, differences) = made(folder)?;
    fs::write(root().join(page::PATH), page)?;
    Ok(differences)
}

/// Makes the page.
fn made(folder: &Path) -> io::Result<(String, Vec<String>)> {
    let records = study::records(folder)?;
    let pauses = Pauses::new(&records);
    let personal = Personal::new(&root(), &records)?;
    let mut differences = study::differences(&records);
    differences.extend(pauses.differences().cloned());
    differences.extend(personal.differences());
    Ok((page::page(&records, &pauses, &personal), differences))
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

#[cfg(test)]
mod shared_files {
    use chairside_shared_files::find;

    #[test]
    fn the_page_that_is_kept_is_what_the_command_makes_and_engine_and_rules_agree() {
        let Some(folder) = find(super::RECORDINGS) else {
            return;
        };
        let (made, differences) = super::made(&folder).unwrap();
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        let kept = std::fs::read_to_string(super::root().join(super::page::PATH)).unwrap();
        let mut lines = kept.lines().zip(made.lines());
        let first = lines.find(|(kept, made)| kept != made);
        assert!(
            kept == made,
            "cargo run --package chairside-e2e --bin recordings-report makes it anew; read its \
             sentences against its figures before you keep it: {first:?}"
        );
    }
}
