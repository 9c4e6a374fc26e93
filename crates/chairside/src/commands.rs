//! The commands, as the outward interface has them (`docs/commands.md`).
//!
//! Exit codes: 0 good, 1 the thing that was checked failed, 2 wrong usage or input. NDJSON goes
//! to stdout, one object a line; what is for people goes to stderr.

pub mod check;
pub mod cuff;
pub mod decode;
pub mod demo;
mod descriptors;
pub mod devices;
pub mod doctor;
pub mod export;
pub mod identify;
mod ndjson;
mod output;
pub mod ports;
pub mod replay;
pub mod scenario;
pub mod serve;
pub mod simulate;
mod until_signal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::remedy::without_numbers;

/// Watches the vital signs of a ketamine clinic's patients. Without a command: the demo.
#[derive(Debug, Parser)]
#[command(name = "chairside", version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    demo: demo::Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A whole clinic on this machine: simulated devices, the real service, the dashboard.
    Demo(demo::Options),
    /// The service on real ports.
    Serve(serve::Options),
    /// Reads a configuration and lists all its mistakes.
    Check(check::Options),
    /// Looks at the configuration, the ports, the record's disk, the clock and the address, and
    /// says what is wrong and what to do.
    Doctor(doctor::Options),
    /// Has the cuff of a bed measure now, or lets the air out.
    Cuff(cuff::Options),
    /// Writes one session of the record as a file: csv, json, html or pdf.
    Export(export::Options),
    /// Lists the drivers.
    Devices(devices::Options),
    /// Lists the serial ports of this machine, each with the name to write into a configuration.
    Ports(ports::Options),
    /// Finds out which driver fits what is on a serial port.
    Identify(identify::Options),
    /// Turns raw bytes of a device's line into NDJSON.
    Decode(decode::Options),
    /// One simulated device on a pseudo-terminal.
    Simulate(Box<simulate::Options>),
    /// A recorded series through the alarm engine in virtual time.
    Replay(replay::Options),
    /// Scripted scenarios through simulator, wire, driver and alarm engine in virtual time.
    Scenario(scenario::Options),
}

/// A wrong usage or input: which file, key or byte, and why; a line for each mistake.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(pub String);

/// Does what the arguments say.
#[must_use]
#[expect(
    clippy::print_stderr,
    reason = "a program's word to the person who called it"
)]
pub fn run(arguments: Arguments) -> ExitCode {
    let done = match arguments.command {
        None => demo::run(&arguments.demo),
        Some(Command::Demo(options)) => demo::run(&options),
        Some(Command::Serve(options)) => serve::run(&options),
        Some(Command::Check(options)) => check::run(&options),
        Some(Command::Doctor(options)) => doctor::run(&options),
        Some(Command::Cuff(options)) => cuff::run(&options),
        Some(Command::Export(options)) => export::run(&options),
        Some(Command::Devices(options)) => devices::run(&options),
        Some(Command::Ports(options)) => ports::run(&options),
        Some(Command::Identify(options)) => identify::run(&options),
        Some(Command::Decode(options)) => decode::run(&options),
        Some(Command::Simulate(options)) => simulate::run(&options),
        Some(Command::Replay(options)) => replay::run(&options),
        Some(Command::Scenario(options)) => scenario::run(&options),
    };
    done.unwrap_or_else(|unusable| {
        for mistake in without_numbers(&unusable.0).lines() {
            eprintln!("chairside: {mistake}");
        }
        ExitCode::from(2)
    })
}
