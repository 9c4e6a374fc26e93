//! The device's end of a line that is a TCP connection, in either role.
//!
//! As at a pseudo-terminal, nothing tells that a host has come: it is looked for now and then. And
//! a device does not wait for a host that does not read: it hangs up.

use std::future::pending;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream as BlockingStream};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::line::Host;
use crate::run::Place;

/// How long a device waits for a host to take its call. The host is on the same machine or
/// network, and is called again soon.
const CALL: Duration = Duration::from_millis(20);

/// The device's end.
#[derive(Debug)]
pub(crate) struct NetworkEnd {
    role: Role,
    host: Option<TcpStream>,
}

#[derive(Debug)]
enum Role {
    Listens(TcpListener),
    Connects(SocketAddr),
}

impl NetworkEnd {
    /// Waits for hosts at this address.
    pub(crate) fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            role: Role::Listens(listener),
            host: None,
        })
    }

    /// Calls the host at this address whenever it is looked for.
    pub(crate) const fn connect(address: SocketAddr) -> Self {
        Self {
            role: Role::Connects(address),
            host: None,
        }
    }

    /// Returns where the host finds it.
    pub(crate) fn place(&self) -> io::Result<Place> {
        Ok(match &self.role {
            Role::Listens(listener) => Place::Listens(listener.local_addr()?),
            Role::Connects(address) => Place::Connects(*address),
        })
    }

    pub(crate) const fn has_host(&self) -> bool {
        self.host.is_some()
    }

    /// Looks whether there is a host. Needs a running tokio runtime.
    pub(crate) fn look(&mut self) -> Host {
        let found = match &self.role {
            Role::Listens(listener) => listener.accept().map(|(stream, _from)| stream),
            Role::Connects(address) => BlockingStream::connect_timeout(address, CALL),
        };
        // Whatever went wrong, it is tried again soon.
        self.host = found.and_then(ready).ok();
        match self.host {
            Some(_) => Host::Present(0),
            None => Host::Absent,
        }
    }

    /// Waits for bytes from the host, or for it to go; for ever when there is none. Can be
    /// dropped at any moment without loss.
    pub(crate) async fn receive(&mut self, buffer: &mut [u8]) -> Host {
        let Some(host) = &self.host else {
            return pending().await;
        };
        while host.readable().await.is_ok() {
            match host.try_read(buffer) {
                Ok(bytes) if bytes > 0 => return Host::Present(bytes),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Ok(_) | Err(_) => break,
            }
        }
        self.host = None;
        Host::Absent
    }

    /// Sends what the connection takes now and returns how much that was; hangs up when it does
    /// not take all.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> usize {
        let mut sent = 0;
        while let Some(host) = &self.host
            && sent < bytes.len()
        {
            match host.try_write(&bytes[sent..]) {
                Ok(taken) if taken > 0 => sent += taken,
                Ok(_) | Err(_) => self.host = None,
            }
        }
        sent
    }
}

fn ready(stream: BlockingStream) -> io::Result<TcpStream> {
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    TcpStream::from_std(stream)
}
