//! `chairside devices`.

use std::io::{self, Write};
use std::process::ExitCode;

use chairside_protocol::{DRIVERS, DriverInfo};
use clap::Args;

use super::Unusable;
use super::ndjson::{DriverLine, SettingsLine, line};
use super::output::to_stdout;

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// One JSON object for each driver.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When standard output cannot be written.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    to_stdout(|output| {
        for driver in DRIVERS {
            if options.json {
                print_json(output, driver)?;
            } else {
                print_text(output, driver)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn gives(driver: &DriverInfo) -> Vec<&'static str> {
    driver.gives.iter().map(|metric| metric.name()).collect()
}

fn print_json(output: &mut dyn Write, driver: &DriverInfo) -> io::Result<()> {
    let object = DriverLine {
        name: driver.name,
        family: driver.family,
        gives: gives(driver),
        line: SettingsLine {
            baud: driver.line.baud,
            data_bits: 8,
            parity: driver.line.parity.name(),
            stop_bits: 1,
            flow_control: driver.line.flow_control.name(),
        },
        begins: driver.begins.name(),
        nominal_period_ms: u64::try_from(driver.nominal_period.as_millis()).unwrap_or(u64::MAX),
        can_start_cuff: driver.can_start_cuff,
        maturity: driver.maturity.name(),
    };
    line(output, &object)
}

fn print_text(output: &mut dyn Write, driver: &DriverInfo) -> io::Result<()> {
    writeln!(output, "{}: {}", driver.name, driver.family)?;
    writeln!(output, "  gives     {}", gives(driver).join(", "))?;
    writeln!(output, "  line      {}", driver.line)?;
    if driver.can_start_cuff {
        writeln!(output, "  orders    a person can start and stop the cuff")?;
    }
    writeln!(output, "  maturity  {}", driver.maturity.name())
}
