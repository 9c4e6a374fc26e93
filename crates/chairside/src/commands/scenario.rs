//! `chairside scenario`.

use std::process::ExitCode;

use clap::Args;

use super::Unusable;

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {}

/// Runs the command.
///
/// # Errors
///
/// When its input cannot be used.
pub fn run(_options: &Options) -> Result<ExitCode, Unusable> {
    Err(Unusable("not built yet".to_owned()))
}
