//! `chairside identify`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Unusable;
use super::ndjson::line;
use super::output::to_stdout;
use super::until_signal::runtime;
use crate::clock::Clock;
use crate::identified::Identified;
use crate::port::identify;

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// The serial port: `chairside ports` lists them.
    #[arg(value_name = "PORT")]
    port: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the command; exit code 1 if no driver fits.
///
/// # Errors
///
/// When the port cannot be used.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let port = options.port.display().to_string();
    let runtime = runtime()?;
    let verdict = runtime.block_on(identify(&options.port, Clock::start()));
    // A port that hangs in the kernel does not keep the process.
    runtime.shutdown_background();
    let verdict = verdict.map_err(|why| Unusable(format!("{port}: {why}")))?;
    let identified = Identified::new(port, verdict);
    to_stdout(|output| {
        if options.json {
            line(output, &identified)?;
        } else {
            print(output, &identified)?;
        }
        Ok(if identified.driver.is_some() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}

fn print(output: &mut dyn Write, identified: &Identified) -> io::Result<()> {
    let Some(found) = &identified.driver else {
        writeln!(output, "unknown")?;
        writeln!(output, "  evidence  {}", identified.why())?;
        return writeln!(output, "  to do     {}", identified.to_do());
    };
    writeln!(output, "{}: {}", found.name, found.family)?;
    writeln!(output, "  line      {}", found.line)?;
    writeln!(output, "  evidence  {}", identified.why())?;
    writeln!(output, "  says      {}", found.says())?;
    if let Some(identity) = &found.identity {
        writeln!(output, "  identity  {identity}")?;
    }
    writeln!(output, "  maturity  {}", found.maturity)?;
    if !identified.also.is_empty() {
        let also: Vec<&str> = identified.also.iter().map(|one| one.name).collect();
        writeln!(output, "  also fits {}", also.join(", "))?;
    }
    if let Some(section) = &identified.section {
        write!(output, "\nIn the configuration:\n\n{section}")?;
    }
    Ok(())
}
