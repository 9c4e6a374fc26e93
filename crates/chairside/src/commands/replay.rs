//! `chairside replay`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    /// The alarm profile; the built-in adult-ketamine if none is given.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
///
/// When the recording, its curves or the profile cannot be used.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let profile = match &options.profile {
        Some(path) => profile::load(path).map_err(|errors| Unusable(errors.to_string()))?,
        None => profile::adult_ketamine(),
    };
    let series = read(&options.recording)?;
    let curve = match &options.waves {
        Some(waves) => read_curve(waves)?,
        None => None,
    };
    to_stdout(|output| {
        let mut conditions = Conditions::default();
        let what = Replay {
            series: &series,
            curve: curve.as_ref(),
            profile,
            baseline: None,
        };
        replay(what, |transition| match conditions.edge(transition) {
            Some(edge) => line(output, &alarm_line(None, transition, edge)),
            None => Ok(()),
        })
        .map_err(Stopped::Output)?;
        Ok(ExitCode::SUCCESS)
    })
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
