//! `chairside replay`.

mod rates;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chairside_alarm::AlarmProfile;
use chairside_simulators::series::Series;
use chairside_simulators::series::capnogram::Capnogram;
use clap::Args;

use super::Unusable;
use super::ndjson::{alarm_line, line};
use super::output::{Stopped, to_stdout};
use crate::conditions::Conditions;
use crate::config::profile;
use crate::replay::{Replay, replay};

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// The recorded series.
    #[arg(long, value_name = "CSV")]
    recording: PathBuf,
    /// The recording's curves; breaths are seen on that of CO2.
    #[arg(long, value_name = "CSV")]
    waves: Option<PathBuf>,
    /// The alarm profile: a file, or adult-ketamine for the one that is built in, which is also
    /// taken if none is given. Several: how often each would have alarmed, by rule.
    #[arg(long, value_name = "FILE")]
    profile: Vec<PathBuf>,
}

/// Runs the command.
///
/// # Errors
///
/// When the recording, its curves or the profile cannot be used.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let mut profiles = Vec::new();
    for path in &options.profile {
        profiles.push((path.display().to_string(), read_profile(path)?));
    }
    let series = read(&options.recording)?;
    let curve = match &options.waves {
        Some(waves) => read_curve(waves)?,
        None => None,
    };
    let first = profiles.first().map(|(_, profile)| profile.clone());
    let what = Replay {
        series: &series,
        curve: curve.as_ref(),
        profile: first.unwrap_or_else(profile::adult_ketamine),
        baseline: None,
    };
    to_stdout(|output| {
        let written = if profiles.len() > 1 {
            rates::write(output, &what, &profiles)
        } else {
            write_edges(output, what)
        };
        written.map_err(Stopped::Output)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Writes each beginning and end of an alarm's condition.
fn write_edges(output: &mut dyn Write, what: Replay<'_>) -> io::Result<()> {
    let mut conditions = Conditions::default();
    replay(what, |transition| match conditions.edge(transition) {
        Some(edge) => line(output, &alarm_line(None, transition, edge)),
        None => Ok(()),
    })
}

/// Reads a profile's file. The profiles that are built in are known by their names, where no file
/// is called so.
fn read_profile(path: &Path) -> Result<AlarmProfile, Unusable> {
    let built_in = path.to_str().filter(|_| !path.exists());
    if let Some(profile) = built_in.and_then(profile::built_in) {
        return Ok(profile);
    }
    profile::load(path).map_err(|errors| Unusable(errors.to_string()))
}

/// Reads a recorded series for a command.
pub(super) fn read(path: &Path) -> Result<Series, Unusable> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| Unusable(format!("{name}: {error}")))?;
    Series::parse(&text).map_err(|error| Unusable(format!("{name}: {error}")))
}

/// Reads a recording's CO2 curve. Curves without one are told of: breaths are then those of the
/// numbers.
#[expect(
    clippy::print_stderr,
    reason = "a program's word to the person who called it"
)]
fn read_curve(path: &Path) -> Result<Option<Capnogram>, Unusable> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| Unusable(format!("{name}: {error}")))?;
    let curve = Capnogram::parse(&text).map_err(|error| Unusable(format!("{name}: {error}")))?;
    if curve.is_none() {
        eprintln!("chairside: {name}: not used, it has no CO2 curve");
    }
    Ok(curve)
}
