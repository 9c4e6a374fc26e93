//! A service that runs until somebody stops it: what `serve` and `demo` have in common.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;
use tracing::{error, info};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::Unusable;
use crate::app::App;

/// How long a stop may take. What a service manager would kill later anyway is killed here.
const STOP_TIME_MAX: Duration = Duration::from_secs(3);

/// Sends the log to standard error, from this level on when the environment does not say
/// (`RUST_LOG`).
pub(super) fn log_to_stderr(level: LevelFilter) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level.to_string()));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    // Somebody else's log in the same process is as good.
    let _ = log.try_init();
}

/// Makes the runtime: one thread, for a second one costs more in waking than it gives.
pub(super) fn runtime() -> Result<Runtime, Unusable> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Unusable(format!("the runtime does not start: {error}")))
}

/// The order to stop: Ctrl-C, or a service manager's SIGTERM.
#[derive(Debug)]
pub(super) struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignal {
    /// Begins to listen, so that an order that comes while the service starts is not lost.
    pub(super) fn listen() -> Result<Self, Unusable> {
        let listen = |kind| {
            signal(kind).map_err(|error| Unusable(format!("signals cannot be taken: {error}")))
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// Waits for the order and tells its name.
    pub(super) async fn wait(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

/// Prints the address to open, also when it was port 0 that was asked for. An address that stands
/// for all of the machine's own, as 0.0.0.0 does, is none on another machine.
pub(super) fn say_where(app: &App) -> Result<(), Unusable> {
    let mut output = io::stdout();
    let address = app.address();
    let from_outside = if address.ip().is_unspecified() {
        let port = address.port();
        format!("From another machine: http://<this machine's name or address>:{port}/\n")
    } else {
        String::new()
    };
    // In one piece: whoever has seen the first line may close the pipe.
    let words = format!("Listening on http://{address}/\n{from_outside}");
    output
        .write_all(words.as_bytes())
        .and_then(|()| output.flush())
        .map_err(|error| Unusable(format!("standard output: {error}")))
}

/// Lets the service run until the order comes, and stops it. A service that fails, or that does
/// not stop in time, is exit code 1: what clients were told is with the kernel already, and the
/// next start completes the record from there.
pub(super) async fn until_stopped(mut app: App, mut signal: StopSignal) -> ExitCode {
    let name = tokio::select! {
        name = signal.wait() => name,
        why = app.failed() => {
            error!(why, "The service failed.");
            return ExitCode::FAILURE;
        }
    };
    info!(signal = name, "Stopping.");
    tokio::select! {
        stopped = timeout(STOP_TIME_MAX, app.stop()) => {
            if stopped.is_ok() {
                return ExitCode::SUCCESS;
            }
            error!(
                "The service did not stop in time, and ends at once. What is not in the record \
                 yet is in the journal; the next start completes it."
            );
        }
        name = signal.wait() => {
            error!(
                signal = name,
                "Told twice to stop: ends at once. What is not in the record yet is in the \
                 journal; the next start completes it."
            );
        }
    }
    ExitCode::FAILURE
}
