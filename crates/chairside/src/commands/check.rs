//! `chairside check`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chairside_care::Protocol;
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

/// Runs the command. What it understood goes to standard output, and what to look at again to
/// standard error, a line `note: …` each.
///
/// # Errors
///
/// Every mistake in the file and in what it names, one a line.
#[expect(
    clippy::print_stderr,
    reason = "a program's word to the person who called it"
)]
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let config = load(&options.config)?;
    let data = config.service.data_absolute();
    let data = data.map_err(|error| Unusable(format!("service.data: {error}")))?;
    for note in config.notes() {
        eprintln!("note: {note}");
    }
    to_stdout(|output| {
        print(output, &options.config, &config, &data)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Reads a clinic's file for a command.
pub(super) fn load(path: &Path) -> Result<Config, Unusable> {
    Config::load(path).map_err(|errors| Unusable(errors.to_string()))
}

fn print(output: &mut dyn Write, path: &Path, config: &Config, data: &Path) -> io::Result<()> {
    let path = path.display();
    writeln!(output, "{path}: no mistakes; site {}", config.site)?;
    writeln!(output, "  answers on {}", config.service.listen)?;
    writeln!(output, "  keeps the record in {}", data.display())?;
    for bed in &config.beds {
        let profile = &bed.profile.parts().name;
        writeln!(
            output,
            "  bed {} ({}), alarm profile {profile}",
            bed.id, bed.name
        )?;
        let protocols: Vec<&str> = bed.protocols.iter().map(Protocol::name).collect();
        if !protocols.is_empty() {
            writeln!(output, "    by the protocols {}", protocols.join(", "))?;
        }
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
