//! Opening and closing, which the kernel may keep waiting.
//!
//! Each runs on a thread of its own, one at a time: an attempt that hangs is waited for and not
//! joined by a second one, and a port is not opened again before the kernel has let go of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;
use tokio_serial::{ClearBuffer, DataBits, FlowControl, Parity, SerialPort, SerialPortBuilderExt};
use tokio_serial::{SerialStream, StopBits};

use crate::remedy::of_port;

/// Opening a sick adapter can hang in the kernel; this long and the attempt counts as failed.
const OPEN_TIMEOUT: Duration = Duration::from_secs(3);

/// Closing waits for bytes that a sick adapter does not take; this long and it is said.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// What can be opened: a serial port, or what a test puts there.
pub(super) trait Socket: Send + Sync + 'static {
    /// The open port.
    type Line: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Opens it; may block.
    fn open(&self) -> Result<Self::Line, String>;

    /// Closes it; may block.
    fn close(&self, line: Self::Line);
}

/// A serial port by its path.
#[derive(Debug)]
pub(super) struct SerialSocket {
    pub(super) path: PathBuf,
    /// Bits per second.
    pub(super) baud: u32,
}

impl Socket for SerialSocket {
    type Line = SerialStream;

    fn open(&self) -> Result<SerialStream, String> {
        let name = self
            .path
            .to_str()
            .ok_or_else(|| "the path is not UTF-8".to_owned())?;
        let stream = tokio_serial::new(name, self.baud)
            .data_bits(DataBits::Eight)
            .parity(Parity::None)
            .stop_bits(StopBits::One)
            .flow_control(FlowControl::None)
            .open_native_async()
            .map_err(|error| of_port(&error))?;
        stream
            .clear(ClearBuffer::Input)
            .map_err(|error| of_port(&error))?;
        Ok(stream)
    }

    fn close(&self, line: SerialStream) {
        // Else the kernel keeps the close waiting, up to half a minute, for bytes that an
        // adapter does not take. One that is gone refuses, and has nothing to wait for.
        let _ = line.clear(ClearBuffer::Output);
    }
}

/// A socket, and what is under way there.
#[derive(Debug)]
pub(super) struct Access<S: Socket> {
    socket: Arc<S>,
    opening: Option<JoinHandle<Result<S::Line, String>>>,
    closing: Option<JoinHandle<()>>,
}

impl<S: Socket> Access<S> {
    pub(super) fn new(socket: S) -> Self {
        Self {
            socket: Arc::new(socket),
            opening: None,
            closing: None,
        }
    }

    /// Opens the port, or goes on waiting for an earlier attempt that has not ended.
    pub(super) async fn open(&mut self) -> Result<S::Line, String> {
        self.closed().await?;
        let socket = &self.socket;
        let opening = self.opening.get_or_insert_with(|| {
            let socket = Arc::clone(socket);
            spawn_blocking(move || socket.open())
        });
        let Ok(ended) = timeout(OPEN_TIMEOUT, opening).await else {
            return Err("opening hangs: port sick".to_owned());
        };
        self.opening = None;
        ended.map_err(|error| error.to_string())?
    }

    /// Closes the port; when that hangs, [`open`](Self::open) goes on waiting for it.
    pub(super) async fn close(&mut self, line: S::Line) -> Result<(), String> {
        let socket = Arc::clone(&self.socket);
        self.closing = Some(spawn_blocking(move || socket.close(line)));
        self.closed().await
    }

    async fn closed(&mut self) -> Result<(), String> {
        let Some(closing) = &mut self.closing else {
            return Ok(());
        };
        let Ok(ended) = timeout(CLOSE_TIMEOUT, closing).await else {
            return Err("closing hangs: port sick".to_owned());
        };
        self.closing = None;
        ended.map_err(|error| error.to_string())
    }
}
