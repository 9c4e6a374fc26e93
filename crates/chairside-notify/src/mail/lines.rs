//! A connection from which nothing is read ahead.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection that hands out one line at a time.
///
/// Whoever reads from it in large pieces has, when TLS begins, nothing left over that was said
/// before: what somebody on the way added to the answer to STARTTLS goes into TLS, which ends
/// with that, and is never taken for an answer under its protection (CVE-2011-0411). The reader of
/// lettre 0.11 keeps what it has read ahead.
#[derive(Debug)]
pub(super) struct Lines {
    stream: TcpStream,
    /// What came beyond the line that was handed out.
    held: VecDeque<u8>,
}

impl Lines {
    pub(super) const fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            held: VecDeque::new(),
        }
    }
}

impl AsyncRead for Lines {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.held.is_empty() {
            let mut bytes = [0; 4096];
            let mut piece = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut piece))?;
            this.held.extend(piece.filled());
        }
        let line = this.held.iter().position(|byte| *byte == b'\n');
        let length = line.map_or(this.held.len(), |end| end + 1);
        let line: Vec<u8> = this.held.drain(..length.min(into.remaining())).collect();
        into.put_slice(&line);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Lines {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for Lines {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
