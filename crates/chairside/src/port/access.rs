//! The ways to a device, and opening and closing what the kernel may keep waiting.
//!
//! Each of these runs on a thread of its own, one at a time: an attempt that hangs is waited for and not
//! joined by a second one, and a port is not opened again before the kernel has let go of it.

use std::future::pending;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chairside_protocol::{FlowControl, LineSettings, Parity};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, timeout};
use tokio_serial::{ClearBuffer, DataBits, SerialPort, SerialPortBuilderExt};
use tokio_serial::{SerialStream, StopBits};

use crate::remedy::of_port;

/// Opening a sick adapter can hang in the kernel; this long and the attempt counts as failed.
const OPEN_TIMEOUT: Duration = Duration::from_secs(3);

/// Closing waits for bytes that a sick adapter does not take; this long and it is said.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// A way to a device that can be gone and come again.
pub(super) trait Way: Send {
    /// The open line.
    type Line: AsyncRead + AsyncWrite + Unpin + Send;

    /// Opens the line, or says why not; takes a few seconds at most.
    fn open(&mut self) -> impl Future<Output = Result<Self::Line, String>> + Send;

    /// Closes the line; says when that hangs.
    fn close(&mut self, line: Self::Line) -> impl Future<Output = Result<(), String>> + Send;

    /// Returns what it means when nothing more comes.
    fn ended(&self) -> &'static str;

    /// Waits until the open line is to be given up for another one, and says why; for ever on
    /// most. `heard` is when the line last gave something. Can be dropped at any moment.
    fn overtaken(&mut self, _heard: Instant) -> impl Future<Output = String> + Send {
        pending()
    }
}

/// What is opened and closed by calls that block: a serial port, or what a test puts there.
pub(super) trait Socket: Send + Sync + 'static {
    /// The open port.
    type Line: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// What it means when opening does not come to an end.
    const HANGS: &'static str = "opening hangs: port sick";

    /// What it means when nothing more comes.
    const ENDED: &'static str = "end of file: unplugged";

    /// Opens it; may block.
    fn open(&self) -> Result<Self::Line, String>;

    /// Closes it; may block.
    fn close(&self, line: Self::Line);
}

/// A serial port by its path.
#[derive(Debug)]
pub(super) struct SerialSocket {
    pub(super) path: PathBuf,
    pub(super) settings: LineSettings,
}

impl Socket for SerialSocket {
    type Line = SerialStream;

    fn open(&self) -> Result<SerialStream, String> {
        let name = self
            .path
            .to_str()
            .ok_or_else(|| "the path is not UTF-8".to_owned())?;
        let parity = match self.settings.parity {
            Parity::None => tokio_serial::Parity::None,
            Parity::Even => tokio_serial::Parity::Even,
            Parity::Odd => tokio_serial::Parity::Odd,
        };
        let flow_control = match self.settings.flow_control {
            FlowControl::None => tokio_serial::FlowControl::None,
            FlowControl::RtsCts => tokio_serial::FlowControl::Hardware,
        };
        let stream = tokio_serial::new(name, self.settings.baud)
            .data_bits(DataBits::Eight)
            .parity(parity)
            .stop_bits(StopBits::One)
            .flow_control(flow_control)
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

impl<S: Socket> Way for Access<S> {
    type Line = S::Line;

    /// Opens the port, or goes on waiting for an earlier attempt that has not ended.
    async fn open(&mut self) -> Result<S::Line, String> {
        self.closed().await?;
        let socket = &self.socket;
        let opening = self.opening.get_or_insert_with(|| {
            let socket = Arc::clone(socket);
            spawn_blocking(move || socket.open())
        });
        let Ok(ended) = timeout(OPEN_TIMEOUT, opening).await else {
            return Err(S::HANGS.to_owned());
        };
        self.opening = None;
        ended.map_err(|error| error.to_string())?
    }

    /// Closes the port; when that hangs, [`open`](Self::open) goes on waiting for it.
    async fn close(&mut self, line: S::Line) -> Result<(), String> {
        let socket = Arc::clone(&self.socket);
        self.closing = Some(spawn_blocking(move || socket.close(line)));
        self.closed().await
    }

    fn ended(&self) -> &'static str {
        S::ENDED
    }
}
