//! `chairside check`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::Unusable;
use super::output::to_stdout;
use crate::config::Config;

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// The clinic's file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Runs the command.
///
/// # Errors
///
/// Every mistake in the file and in the alarm profiles that it names, one a line.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let config = load(&options.config)?;
    to_stdout(|output| {
        print(output, &options.config, &config)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Reads a clinic's file for a command.
pub(super) fn load(path: &Path) -> Result<Config, Unusable> {
    Config::load(path).map_err(|errors| Unusable(errors.to_string()))
}

fn print(output: &mut dyn Write, path: &Path, config: &Config) -> io::Result<()> {
    let path = path.display();
    writeln!(output, "{path}: no mistakes; site {}", config.site)?;
    for bed in &config.beds {
        let profile = &bed.profile.parts().name;
        writeln!(
            output,
            "  bed {} ({}), alarm profile {profile}",
            bed.id, bed.name
        )?;
        for device in &bed.devices {
            writeln!(
                output,
                "    {}: {} on {}",
                device.name, device.driver.name, device.port
            )?;
        }
    }
    Ok(())
}
