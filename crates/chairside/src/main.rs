//! The binary: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    chairside::commands::run(chairside::commands::Arguments::parse())
}
