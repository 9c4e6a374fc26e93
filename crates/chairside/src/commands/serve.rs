//! `chairside serve`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tracing_subscriber::filter::LevelFilter;

use super::until_signal::{StopSignal, log_to_stderr, runtime, say_where, until_stopped};
use super::{Unusable, check, descriptors};
use crate::app::{App, Exposure};
use crate::clock::Clock;

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// The clinic's file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Answer other machines too, although this version has neither accounts nor TLS.
    #[arg(long)]
    allow_unprotected: bool,
}

/// Runs the service until it is told to stop, or fails: then the exit code is 1.
///
/// # Errors
///
/// When the configuration, the address or the record cannot be used.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let config = check::load(&options.config)?;
    let exposure = if options.allow_unprotected {
        Exposure::Unprotected
    } else {
        Exposure::LoopbackOnly
    };
    log_to_stderr(LevelFilter::INFO);
    descriptors::take_all();
    let clock = Clock::start();
    let runtime = runtime()?;
    let code = runtime.block_on(async {
        let signal = StopSignal::listen()?;
        let app = App::start(&config, clock, exposure).await;
        let app = app.map_err(|error| Unusable(error.to_string()))?;
        say_where(&app)?;
        Ok(until_stopped(app, signal).await)
    });
    // A port that hangs in the kernel does not keep the process.
    runtime.shutdown_background();
    code
}
