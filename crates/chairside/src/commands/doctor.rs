//! `chairside doctor`.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::Unusable;
use super::ndjson::line;
use super::output::to_stdout;
use crate::clock::Clock;
use crate::config::Config;
use crate::doctor::{Check, Level, examine, send_tests};
use crate::serial_ports::Roots;

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// The clinic's file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// One JSON object for each check.
    #[arg(long)]
    json: bool,
    /// Has the running service send a test by every way to every person, and waits for each to say
    /// that it came.
    #[arg(long)]
    send_tests: bool,
    /// For how long, seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 120,
        requires = "send_tests"
    )]
    wait_s: u32,
}

/// Runs the command; the exit code is 1 when there is a problem, a configuration with mistakes
/// among them.
///
/// # Errors
///
/// When there is no such file, or standard output cannot be written.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let path = &options.config;
    if let Err(error) = File::open(path) {
        return Err(Unusable(format!(
            "{}: cannot be read: {error}",
            path.display()
        )));
    }
    let clock = Clock::start();
    let now = clock.wall(clock.now());
    let config = Config::load(path);
    let mut checks = examine(&config, &Roots::of_this_machine(), now);
    if let (true, Ok(config)) = (options.send_tests, &config) {
        let wait = Duration::from_secs(options.wait_s.into());
        checks.extend(send_tests(config, wait, clock));
    }
    let problems = checks.iter().filter(|check| check.level == Level::Problem);
    let healthy = problems.count() == 0;
    to_stdout(|output| {
        if options.json {
            print_json(output, &checks)?;
        } else {
            print_text(output, &checks)?;
        }
        Ok(if healthy {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}

fn print_json(output: &mut dyn Write, checks: &[Check]) -> io::Result<()> {
    for check in checks {
        let object = CheckLine {
            level: check.level.name(),
            about: &check.about,
            found: &check.found,
            remedy: check.remedy.as_deref(),
        };
        line(output, &object)?;
    }
    Ok(())
}

fn print_text(output: &mut dyn Write, checks: &[Check]) -> io::Result<()> {
    for check in checks {
        let Check {
            level,
            about,
            found,
            remedy,
        } = check;
        write!(output, "{:<11}  {about}: {found}", level.name())?;
        if let Some(remedy) = remedy {
            write!(output, "; {remedy}")?;
        }
        writeln!(output)?;
    }
    let count = |level| checks.iter().filter(|check| check.level == level).count();
    let (problems, warnings) = (count(Level::Problem), count(Level::Warning));
    writeln!(output, "problems: {problems}, warnings: {warnings}")
}

/// A check, as `doctor --json` prints it.
#[derive(Debug, Serialize)]
struct CheckLine<'c> {
    level: &'static str,
    about: &'c str,
    found: &'c str,
    /// What to do.
    #[serde(rename = "do", skip_serializing_if = "Option::is_none")]
    remedy: Option<&'c str>,
}
