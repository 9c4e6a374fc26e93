//! One serial port: open it, read it, stamp what comes, and open it again when it is gone.
//!
//! A port whose adapter is pulled does not fail: it returns zero bytes, at once and for ever. A
//! live port never does, so zero bytes mean that it is gone. The dead port is dropped before
//! the path is opened again, for it holds the lock.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chairside_model::{DeviceId, MonoTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_serial::{ClearBuffer, DataBits, FlowControl, Parity, SerialPort, SerialPortBuilderExt};
use tokio_serial::{SerialStream, StopBits};
use tracing::{debug, info, warn};

use crate::clock::Clock;

/// First pause before a port is opened again; doubles up to [`REOPEN_PAUSE_MAX`].
const REOPEN_PAUSE: Duration = Duration::from_millis(100);

/// Longest pause between two attempts. With a fifth of jitter it keeps a device that comes back
/// within the two seconds of reliability goal R2.
const REOPEN_PAUSE_MAX: Duration = Duration::from_secs(1);

/// Opening a sick adapter can hang in the kernel; this long and the attempt counts as failed.
const OPEN_TIMEOUT: Duration = Duration::from_secs(3);

/// A port without a byte for this long is closed and opened again: some drivers wedge.
const SILENT_REOPEN: Duration = Duration::from_secs(30);

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
    /// The path of the port; a stable one is best.
    pub path: PathBuf,
    /// Bits per second.
    pub baud: u32,
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
    Opened,
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
    mut transmit: mpsc::Receiver<Vec<u8>>,
) {
    let mut pause = Pause::new(plan.device);
    let mut failure = String::new();
    loop {
        match open(&plan).await {
            Ok(mut stream) => {
                info!(device = plan.name, path = %plan.path.display(), "Port opened.");
                failure.clear();
                pause.reset();
                while transmit.try_recv().is_ok() {}
                if tell(&plan, &clock, &events, PortChange::Opened)
                    .await
                    .is_err()
                {
                    return;
                }
                let end = converse(&plan, &clock, &events, &mut transmit, &mut stream).await;
                drop(stream);
                let Err(why) = end else { return };
                warn!(device = plan.name, path = %plan.path.display(), why, "Port lost.");
                if tell(&plan, &clock, &events, PortChange::Closed)
                    .await
                    .is_err()
                {
                    return;
                }
            }
            Err(why) => {
                // Said once for each new reason, not at each attempt.
                if why != failure {
                    let path = plan.path.display();
                    warn!(device = plan.name, %path, why, "Port cannot be opened; trying on.");
                    failure = why;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause.next()) => {}
            () = events.closed() => return,
        }
    }
}

/// Reads and writes until the port is gone (`Err` says how it showed) or nobody listens (`Ok`).
async fn converse(
    plan: &PortPlan,
    clock: &Clock,
    events: &mpsc::Sender<PortEvent>,
    transmit: &mut mpsc::Receiver<Vec<u8>>,
    stream: &mut SerialStream,
) -> Result<(), String> {
    let mut buffer = vec![0; READ_BUFFER];
    loop {
        tokio::select! {
            read = timeout(SILENT_REOPEN, stream.read(&mut buffer)) => match read {
                Ok(Ok(0)) => return Err("end of file: unplugged".to_owned()),
                Ok(Ok(length)) => {
                    let received = PortChange::Received(buffer[..length].to_vec());
                    if tell(plan, clock, events, received).await.is_err() {
                        return Ok(());
                    }
                }
                Ok(Err(error)) => return Err(error.to_string()),
                Err(_elapsed) => return Err("silent for 30 s".to_owned()),
            },
            bytes = transmit.recv() => {
                let Some(bytes) = bytes else { return Ok(()) };
                match timeout(WRITE_TIMEOUT, stream.write_all(&bytes)).await {
                    Ok(Ok(())) => debug!(device = plan.name, bytes = bytes.len(), "Sent."),
                    Ok(Err(error)) => return Err(error.to_string()),
                    Err(_elapsed) => return Err("write took over 1 s".to_owned()),
                }
            }
        }
    }
}

async fn tell(
    plan: &PortPlan,
    clock: &Clock,
    events: &mpsc::Sender<PortEvent>,
    what: PortChange,
) -> Result<(), mpsc::error::SendError<PortEvent>> {
    events
        .send(PortEvent {
            device: plan.device,
            at: clock.now(),
            what,
        })
        .await
}

/// Opens the port on a thread of its own, for the kernel may keep the caller waiting.
async fn open(plan: &PortPlan) -> Result<SerialStream, String> {
    let (path, baud) = (plan.path.clone(), plan.baud);
    let opening = tokio::task::spawn_blocking(move || open_blocking(&path, baud));
    match timeout(OPEN_TIMEOUT, opening).await {
        Ok(Ok(opened)) => opened,
        Ok(Err(error)) => Err(error.to_string()),
        Err(_elapsed) => Err("opening hangs: port sick".to_owned()),
    }
}

fn open_blocking(path: &Path, baud: u32) -> Result<SerialStream, String> {
    let name = path
        .to_str()
        .ok_or_else(|| "the path is not UTF-8".to_owned())?;
    let stream = tokio_serial::new(name, baud)
        .data_bits(DataBits::Eight)
        .parity(Parity::None)
        .stop_bits(StopBits::One)
        .flow_control(FlowControl::None)
        .open_native_async()
        .map_err(|error| error.to_string())?;
    stream
        .clear(ClearBuffer::Input)
        .map_err(|error| error.to_string())?;
    Ok(stream)
}

/// The growing pause between two attempts, spread by up to a fifth so that ports which fell
/// together do not knock together.
#[derive(Debug)]
struct Pause {
    next: Duration,
    spread: u32,
}

impl Pause {
    fn new(device: DeviceId) -> Self {
        Self {
            next: REOPEN_PAUSE,
            spread: u32::from(device.0) * 7 + 3,
        }
    }

    const fn reset(&mut self) {
        self.next = REOPEN_PAUSE;
    }

    fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (self.next * 2).min(REOPEN_PAUSE_MAX);
        // 80 to 120 per cent, in eleven steps.
        self.spread = self.spread.wrapping_mul(31).wrapping_add(17);
        pause * (80 + (self.spread % 11) * 4) / 100
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_tried_again_within_the_two_seconds_of_goal_r2() {
        let mut pause = Pause::new(DeviceId(5));
        let pauses: Vec<_> = (0..50).map(|_| pause.next()).collect();
        assert!(pauses[0] <= REOPEN_PAUSE * 12 / 10);
        assert!(
            pauses
                .iter()
                .all(|pause| *pause <= REOPEN_PAUSE_MAX * 12 / 10)
        );
        assert!(pauses.iter().all(|pause| *pause >= REOPEN_PAUSE * 8 / 10));
        pause.reset();
        assert!(pause.next() <= REOPEN_PAUSE * 12 / 10);
    }
}
