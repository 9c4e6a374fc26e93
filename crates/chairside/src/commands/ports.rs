//! `chairside ports`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::ndjson::line;
use super::output::to_stdout;
use super::{Unusable, check};
use crate::config::Config;
use crate::serial_ports::{Binding, Holder, Roots, SerialPort, bindings, look};

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// One JSON object for each port.
    #[arg(long)]
    json: bool,
    /// A clinic's file: which bed is on which port, and which of its ports are not there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
///
/// When the configuration has mistakes, or standard output cannot be written.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let config = options.config.as_deref().map(check::load).transpose()?;
    let list = List::of(look(&Roots::of_this_machine()), config.as_ref());
    to_stdout(|output| {
        if options.json {
            list.print_json(output)?;
        } else {
            list.print_text(output)?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The ports with what a configuration has on them.
#[derive(Debug)]
struct List<'c> {
    ports: Vec<(SerialPort, Vec<Binding<'c>>)>,
    /// What the configuration has on serial ports that are none of this machine's.
    elsewhere: Vec<Binding<'c>>,
}

impl<'c> List<'c> {
    fn of(ports: Vec<SerialPort>, config: Option<&'c Config>) -> Self {
        let mut left = config.map(bindings).unwrap_or_default();
        let with_beds = ports.into_iter().map(|port| {
            let (here, others) = left.iter().partition(|binding| port.is_at(binding.path));
            left = others;
            (port, here)
        });
        Self {
            ports: with_beds.collect(),
            elsewhere: left,
        }
    }

    fn print_json(&self, output: &mut dyn Write) -> io::Result<()> {
        for (port, bound) in &self.ports {
            line(output, &PortLine::of(port, bound))?;
        }
        for binding in &self.elsewhere {
            let object = ElsewhereLine {
                kind: "configured",
                path: shown(binding.path),
                there: binding.path.exists(),
                beds: vec![BedLine::of(binding)],
            };
            line(output, &object)?;
        }
        Ok(())
    }

    fn print_text(&self, output: &mut dyn Write) -> io::Result<()> {
        if self.ports.is_empty() {
            writeln!(output, "no serial port on this machine")?;
        }
        for (port, bound) in &self.ports {
            writeln!(output, "{}: {}", port.path.display(), port.described())?;
            let name = shown(port.name_to_write());
            writeln!(output, "  write   port = {name:?}")?;
            let socket = port.by_path.as_deref();
            if let Some(socket) = socket.filter(|socket| *socket != port.name_to_write()) {
                writeln!(output, "  socket  {}", socket.display())?;
            }
            for binding in bound {
                writeln!(output, "  bed     {}", bed_of(binding))?;
            }
            for chairside in port.holders.iter().filter(|holder| holder.is_chairside()) {
                writeln!(output, "  open    in {chairside}")?;
            }
            for concern in port.concerns() {
                writeln!(output, "  hint    {concern}")?;
            }
        }
        for binding in &self.elsewhere {
            let why = if binding.path.exists() {
                "no serial port of this machine: a pseudo-terminal, or no port at all"
            } else {
                "not there: is the adapter plugged in, and into that socket?"
            };
            writeln!(output, "{}: {why}", binding.path.display())?;
            writeln!(output, "  bed     {}", bed_of(binding))?;
        }
        Ok(())
    }
}

fn bed_of(binding: &Binding<'_>) -> String {
    let (bed, device) = (binding.bed, binding.device);
    let path = binding.path.display();
    format!("{} ({}), {}, by {path}", bed.id, bed.name, device.name)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A port, as `ports --json` prints it.
#[derive(Debug, Serialize)]
struct PortLine<'p> {
    kind: &'static str,
    path: String,
    /// The name to write into the configuration.
    write: String,
    by_id: Option<String>,
    by_path: Option<String>,
    adapter: Option<AdapterLine<'p>>,
    driver: Option<&'p str>,
    latency_timer_ms: Option<u32>,
    console: bool,
    group: Option<&'p str>,
    permitted: bool,
    open_in: Vec<HolderLine<'p>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beds: Vec<BedLine<'p>>,
    hints: Vec<String>,
}

impl<'p> PortLine<'p> {
    fn of(port: &'p SerialPort, bound: &'p [Binding<'p>]) -> Self {
        let adapter = port.adapter.as_ref().map(|adapter| AdapterLine {
            vendor: &adapter.vendor,
            product: &adapter.product,
            manufacturer: adapter.manufacturer.as_deref(),
            name: adapter.name.as_deref(),
            serial_number: adapter.serial_number.as_deref(),
        });
        let access = port.access.as_ref();
        Self {
            kind: "port",
            path: shown(&port.path),
            write: shown(port.name_to_write()),
            by_id: port.by_id.as_deref().map(shown),
            by_path: port.by_path.as_deref().map(shown),
            adapter,
            driver: port.driver.as_deref(),
            latency_timer_ms: port.latency_timer_ms,
            console: port.console,
            group: access.map(|access| access.group.as_str()),
            permitted: access.is_some_and(|access| access.permitted),
            open_in: port.holders.iter().map(HolderLine::of).collect(),
            beds: bound.iter().map(BedLine::of).collect(),
            hints: port.concerns().iter().map(ToString::to_string).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct AdapterLine<'p> {
    vendor: &'p str,
    product: &'p str,
    manufacturer: Option<&'p str>,
    name: Option<&'p str>,
    serial_number: Option<&'p str>,
}

#[derive(Debug, Serialize)]
struct HolderLine<'p> {
    process: u32,
    program: Option<&'p str>,
}

impl<'p> HolderLine<'p> {
    fn of(holder: &'p Holder) -> Self {
        Self {
            process: holder.process,
            program: holder.program.as_deref(),
        }
    }
}

/// A device of the configuration on a port.
#[derive(Debug, Serialize)]
struct BedLine<'p> {
    bed: &'p str,
    device: &'p str,
    /// The port's name in the configuration.
    by: String,
}

impl<'p> BedLine<'p> {
    fn of(binding: &'p Binding<'p>) -> Self {
        Self {
            bed: &binding.bed.id,
            device: &binding.device.name,
            by: shown(binding.path),
        }
    }
}

/// A port of the configuration that is none of this machine's.
#[derive(Debug, Serialize)]
struct ElsewhereLine<'p> {
    kind: &'static str,
    path: String,
    there: bool,
    beds: Vec<BedLine<'p>>,
}
