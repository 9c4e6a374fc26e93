//! `chairside export`: one session out of the record, while the service runs or after it.

mod forms;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chairside_report::{html, pdf};
use chairside_store::{GivenUp, History};
use clap::Args;

use super::Unusable;
use super::check::load;
use crate::app;
use crate::clock::Clock;
use crate::report::{Names, Told, local_offset};

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// The folder of the record, which `service.data` names.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The session's name, as the list of sessions has it.
    #[arg(long, value_name = "ID")]
    session: String,
    /// csv, json, html or pdf.
    #[arg(long, value_name = "FORMAT")]
    format: Format,
    /// The file to write, which must not be there yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The clinic's file: beds and people have names then, and there is a flow sheet.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write the patient's name too, where the clinic has names; without, it is in no format.
    #[arg(long, requires = "config")]
    with_name: bool,
}

/// What a session is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
    Html,
    Pdf,
}

impl std::str::FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "html" => Ok(Self::Html),
            "pdf" => Ok(Self::Pdf),
            "fhir" | "hl7" | "edf" | "vital" => Err(format!(
                "{name} is not in this version; there are csv, json, html and pdf"
            )),
            _ => Err("there are csv, json, html and pdf".to_owned()),
        }
    }
}

/// Runs the command.
///
/// # Errors
///
/// When the record cannot be read, has no such session, or the file cannot be made.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let names = names(options)?;
    let clock = Clock::start();
    let now = clock.wall(clock.now());
    let data = options.data.display();
    let record = |error| Unusable(format!("{data}: {error}"));
    let history = History::open(&options.data, GivenUp::default()).map_err(record)?;
    let told = Told::read(&history, &options.session, &names, now).map_err(record)?;
    let told = told.ok_or_else(|| {
        let session = &options.session;
        Unusable(format!("{data}: the record has no session {session:?}"))
    })?;
    let document = || told.document(&names, local_offset(now));
    let bytes = match options.format {
        Format::Csv => forms::csv(&told).into_bytes(),
        Format::Json => forms::json(&told, &document()).into_bytes(),
        Format::Html => html(&document()).into_bytes(),
        Format::Pdf => pdf(&document()).map_err(|error| Unusable(error.to_string()))?,
    };
    let out = options.out.display();
    let put = |file: &mut File| file.write_all(&bytes);
    written(&options.out, put).map_err(|error| Unusable(format!("{out}: {error}")))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns what the clinic's file names. A file is made to be handed on: a patient's name is in it
/// only where somebody asks for that.
fn names(options: &Options) -> Result<Names, Unusable> {
    let Some(config) = &options.config else {
        return Ok(Names::default());
    };
    let names = app::names(&load(config)?);
    if options.with_name && !names.patients {
        let config = config.display();
        return Err(Unusable(format!(
            "--with-name: {config} has not switched names on (`names = true` in `[patients]`)"
        )));
    }
    Ok(names.of_patients(options.with_name))
}

/// Writes a new file: what is there already may be all that somebody has of another session.
fn written(out: &Path, put: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut file = File::create_new(out)?;
    let done = put(&mut file).and_then(|()| file.sync_all());
    if done.is_err() {
        // Half a session would pass for a whole one, and keep the next try from its place. Why it
        // failed matters more than that it could not be removed either.
        let _ = fs::remove_file(out);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_filled_is_not_left_half_and_one_that_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("session.csv");
        let whole = |file: &mut File| file.write_all(b"whole");
        let half = |file: &mut File| {
            file.write_all(b"ha")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        let why = written(&out, half).unwrap_err();
        assert_eq!(why.kind(), io::ErrorKind::StorageFull);
        assert!(!out.exists());
        written(&out, whole).unwrap();
        let why = written(&out, half).unwrap_err();
        assert_eq!(why.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&out).unwrap(), b"whole");
    }

    #[test]
    fn a_format_that_is_missing_is_told_as_such_with_those_that_are_there() {
        assert_eq!("pdf".parse(), Ok(Format::Pdf));
        for missing in ["fhir", "hl7", "edf", "vital"] {
            let why = missing.parse::<Format>().unwrap_err();
            assert!(why.contains("not in this version; there are csv"), "{why}");
        }
        assert!(
            "doc"
                .parse::<Format>()
                .unwrap_err()
                .starts_with("there are")
        );
    }
}
