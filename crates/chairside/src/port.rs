//! One device's line: open it, read it, stamp what comes, and open it again when it is gone.
//!
//! A line is a serial port, a TCP connection that we make (a terminal server, or a monitor that
//! waits for us), one that a monitor makes to us, or a program that reads the device itself. All
//! that is said here holds for each.
//!
//! A port whose adapter is pulled does not fail: it returns zero bytes, at once and for ever. A
//! live port never does, so zero bytes mean that it is gone. The dead port is closed before
//! the path is opened again, for it holds the lock.
//!
//! A mistake of ours in one port's task costs that port a moment, and no other anything.

mod access;
mod door;
mod exec;
mod identify;
mod lending;
mod pause;
mod tcp;
#[cfg(test)]
mod tests;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chairside_model::{DeviceId, MonoTime};
use chairside_protocol::LineSettings;
use futures_util::FutureExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{sleep, sleep_until, timeout};
use tracing::{debug, error, info, warn};

use self::access::{Access, SerialSocket, Way};
use self::door::Door;
use self::exec::Program;
pub use self::identify::identify;
pub use self::lending::{Lending, Turn};
use self::pause::{Failures, Pause};
use self::tcp::TcpSocket;
use crate::clock::{Clock, timer_now};
use crate::config::Port;
use crate::remedy::without_numbers;
use crate::serial_ports::is_simulated;

/// A port without a byte for this long is closed and opened again: some drivers wedge. Only
/// bytes that arrive count, for a wedged adapter takes every question. On a device that speaks
/// seldom it is [`SILENT_PERIODS`] of its periods.
const SILENT_REOPEN: Duration = Duration::from_secs(30);

/// Periods of a device without a byte before its port is opened again.
const SILENT_PERIODS: u32 = 6;

/// A write that takes longer (flow control, a wedged adapter) counts as a lost port.
const WRITE_TIMEOUT: Duration = Duration::from_secs(1);

/// Bytes read at once: a third of a second of the fastest line (115,200 baud).
const READ_BUFFER: usize = 4096;

/// One port as the configuration names it.
#[derive(Clone, Debug)]
pub struct PortPlan {
    /// The device on it.
    pub device: DeviceId,
    /// What people call it.
    pub name: String,
    /// Where the device is plugged in.
    pub port: Port,
    /// How the line is set; only a serial port is.
    pub settings: LineSettings,
    /// From one set of numerics to the next.
    pub period: Duration,
    /// Who has the port now.
    pub lending: Lending,
}

impl PortPlan {
    fn silent_reopen(&self) -> Duration {
        SILENT_REOPEN.max(self.period * SILENT_PERIODS)
    }
}

/// Something that happened on a port, and when.
#[derive(Debug)]
pub struct PortEvent {
    /// The device on the port.
    pub device: DeviceId,
    /// When, read at once after the port gave it.
    pub at: MonoTime,
    /// What.
    pub what: PortChange,
}

/// What can happen on a port.
#[derive(Debug)]
pub enum PortChange {
    /// It was opened, and what the kernel had kept from before was thrown away.
    Opened {
        /// The line leads to a simulator.
        simulated: bool,
    },
    /// Bytes arrived.
    Received(Vec<u8>),
    /// It is gone.
    Closed,
}

/// Keeps one port open for as long as anybody wants its bytes.
pub async fn keep_open(
    plan: PortPlan,
    clock: Clock,
    events: mpsc::Sender<PortEvent>,
    transmit: mpsc::Receiver<Vec<u8>>,
) {
    let port = plan.port.clone();
    let settings = plan.settings;
    let teller = Teller {
        plan,
        clock,
        events,
    };
    match port {
        Port::Serial(path) => {
            let socket = SerialSocket { path, settings };
            supervise(&teller, transmit, Access::new(socket)).await;
        }
        Port::Tcp { host, port } => {
            let socket = TcpSocket { host, port };
            supervise(&teller, transmit, Access::new(socket)).await;
        }
        Port::TcpListen { address, peer } => {
            supervise(&teller, transmit, Door::new(address, peer)).await;
        }
        Port::Program(command) => {
            let program = Program::new(teller.plan.name.clone(), command);
            supervise(&teller, transmit, program).await;
        }
    }
}

/// Begins anew when the work on the port panics: that is a mistake of ours in one place, and
/// the bed must not stay dark for it.
async fn supervise<W: Way>(teller: &Teller, mut transmit: mpsc::Receiver<Vec<u8>>, mut way: W) {
    let mut failures = Failures::default();
    loop {
        // What was under way is in `way`; all else is made anew.
        let work = AssertUnwindSafe(work(teller, &mut transmit, &mut way));
        if work.catch_unwind().await.is_ok() {
            return;
        }
        let again_in = failures.pause_after(timer_now());
        error!(
            device = teller.plan.name,
            ?again_in,
            "The port's task panicked; it is started again."
        );
        if teller.tell(PortChange::Closed).await.is_err() || teller.idle(again_in).await.is_err() {
            return;
        }
    }
}

/// Opens, reads and opens again, until nobody listens.
async fn work<W: Way>(teller: &Teller, transmit: &mut mpsc::Receiver<Vec<u8>>, way: &mut W) {
    let (device, port) = (&teller.plan.name, &teller.plan.port);
    let mut pause = Pause::new(teller.plan.device);
    let mut failure = String::new();
    loop {
        let Ok(turn) = teller.turn().await else {
            return;
        };
        match way.open().await {
            Ok(mut line) => {
                info!(device, %port, "Port opened.");
                failure.clear();
                while transmit.try_recv().is_ok() {}
                let simulated = teller.plan.port.serial_path().is_some_and(is_simulated);
                if teller.tell(PortChange::Opened { simulated }).await.is_err() {
                    return;
                }
                let opened = timer_now();
                let end = converse(teller, transmit, way, &mut line).await;
                pause.was_open_for(timer_now() - opened);
                let told = match &end {
                    Ok(()) => Err(NobodyListens),
                    Err(why) => {
                        warn!(device, %port, why, "Port lost.");
                        teller.tell(PortChange::Closed).await
                    }
                };
                // A close that hangs is said by the next attempt to open.
                let _ = way.close(line).await;
                if told.is_err() {
                    return;
                }
            }
            Err(why) => {
                // Said once for each new reason, not at each attempt.
                if why != failure {
                    warn!(device, %port, why, "Port cannot be opened; trying on.");
                    failure = why;
                }
            }
        }
        drop(turn);
        if teller.idle(pause.next()).await.is_err() {
            return;
        }
    }
}

/// Reads and writes until the port is gone (`Err` says how it showed) or nobody listens (`Ok`).
async fn converse<W: Way>(
    teller: &Teller,
    transmit: &mut mpsc::Receiver<Vec<u8>>,
    way: &mut W,
    line: &mut W::Line,
) -> Result<(), String> {
    let silent_reopen = teller.plan.silent_reopen();
    let mut buffer = vec![0; READ_BUFFER];
    let mut heard = timer_now();
    loop {
        tokio::select! {
            // What is sent is little and goes first; silence is what is left when nothing came.
            biased;
            bytes = transmit.recv() => {
                let Some(bytes) = bytes else { return Ok(()) };
                match timeout(WRITE_TIMEOUT, line.write_all(&bytes)).await {
                    Ok(Ok(())) => debug!(device = teller.plan.name, bytes = bytes.len(), "Sent."),
                    Ok(Err(error)) => return Err(without_numbers(&error.to_string())),
                    Err(_elapsed) => return Err("write took over 1 s".to_owned()),
                }
            }
            read = line.read(&mut buffer) => match read {
                Ok(0) => return Err(way.ended().to_owned()),
                Ok(length) => {
                    let received = PortChange::Received(buffer[..length].to_vec());
                    if teller.tell(received).await.is_err() {
                        return Ok(());
                    }
                    heard = timer_now();
                }
                Err(error) => return Err(without_numbers(&error.to_string())),
            },
            why = way.overtaken(heard) => return Err(why),
            () = teller.plan.lending.wanted() => return Err("lent out".to_owned()),
            () = sleep_until(heard + silent_reopen) => {
                return Err(format!("silent for {} s", silent_reopen.as_secs()));
            }
        }
    }
}

/// Nobody wants the port's bytes any more.
struct NobodyListens;

/// Who tells the service of what happens on the port.
struct Teller {
    plan: PortPlan,
    clock: Clock,
    events: mpsc::Sender<PortEvent>,
}

impl Teller {
    async fn tell(&self, what: PortChange) -> Result<(), NobodyListens> {
        let event = PortEvent {
            device: self.plan.device,
            at: self.clock.now(),
            what,
        };
        self.events
            .send(event)
            .await
            .map_err(|_unsent| NobodyListens)
    }

    /// Waits until nobody else has the port.
    async fn turn(&self) -> Result<Turn, NobodyListens> {
        tokio::select! {
            turn = self.plan.lending.keep() => Ok(turn),
            () = self.events.closed() => Err(NobodyListens),
        }
    }

    /// Lets time pass.
    async fn idle(&self, time: Duration) -> Result<(), NobodyListens> {
        tokio::select! {
            () = sleep(time) => Ok(()),
            () = self.events.closed() => Err(NobodyListens),
        }
    }
}
