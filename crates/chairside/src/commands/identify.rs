//! `chairside identify`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::Unusable;
use super::ndjson::line;
use super::output::to_stdout;
use super::until_signal::runtime;
use crate::clock::Clock;
use crate::identified::Identified;
use crate::port::identify;
use crate::serial_ports::{self, Roots, SerialPort};

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
    if is_behind_a_network(&port) {
        return Err(Unusable(format!(
            "{port}: is behind a network, and only serial ports are searched; `chairside devices` \
             lists the drivers to choose from"
        )));
    }
    let runtime = runtime()?;
    let verdict = runtime.block_on(identify(&options.port, Clock::start()));
    // A port that hangs in the kernel does not keep the process.
    runtime.shutdown_background();
    let verdict = verdict.map_err(|why| Unusable(format!("{port}: {why}")))?;
    let ports = serial_ports::look(&Roots::of_this_machine());
    let name = name_to_write(&options.port, &ports);
    let identified = Identified::new(name.display().to_string(), verdict);
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

/// Tells whether this is a device of the configuration that has no serial port of this machine.
fn is_behind_a_network(port: &str) -> bool {
    ["tcp:", "tcp-listen:"]
        .iter()
        .any(|kind| port.starts_with(kind))
}

/// Returns the port's name for the configuration: the one that still leads there tomorrow, where
/// it is a port that has one, for what is printed is copied.
fn name_to_write<'p>(asked: &'p Path, ports: &'p [SerialPort]) -> &'p Path {
    let port = ports.iter().find(|port| port.is_at(asked));
    port.map_or(asked, SerialPort::name_to_write)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial_ports::made_up::{CH340, Machine};

    #[test]
    fn a_device_behind_a_network_is_not_taken_for_an_adapter_that_is_out() {
        for port in ["tcp:10.0.0.7:4601", "tcp-listen:10.0.0.5:2575"] {
            let options = Options {
                port: port.into(),
                json: false,
            };
            let Unusable(why) = run(&options).expect_err("it cannot be searched");
            assert!(why.starts_with(port), "{why}");
            assert!(why.contains("only serial ports are searched"), "{why}");
        }
    }

    #[test]
    fn a_port_is_written_by_the_name_that_it_keeps() {
        let machine = Machine::new();
        machine.plug(CH340, 3, "ttyUSB0");
        let ports = machine.look();
        let socket = machine.at("dev/serial/by-path/pci-0000:00:14.0-usb-0:3:1.0-port0");
        for asked in [machine.at("dev/ttyUSB0"), socket.clone()] {
            assert_eq!(name_to_write(&asked, &ports), socket, "{asked:?}");
        }
        let elsewhere = machine.at("dev/pts-of-a-simulator");
        assert_eq!(name_to_write(&elsewhere, &ports), elsewhere);
    }
}
