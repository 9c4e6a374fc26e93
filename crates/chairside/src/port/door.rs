//! An address of ours at which a monitor calls. Its one connection is the device's line.
//!
//! Which connection is the device's must not be left to whoever called last: a second monitor
//! that was given the same address by mistake would be read at this bed. So a second caller
//! waits. It is taken when the first connection ends, which a dead one does within seconds; or
//! when it comes from the same address and the first says nothing meanwhile, for a monitor that
//! has begun anew sends where it called last. Else it is refused.

use std::future::pending;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::warn;

use super::access::Way;
use super::tcp::{ENDED, tune};
use crate::clock::timer_now;
use crate::remedy;

/// How long it is waited for a caller before it is said that there is none.
const CALL_WITHIN: Duration = Duration::from_secs(3);

/// How long a second caller waits; longer than it takes to notice that the first is dead.
const PATIENCE: Duration = Duration::from_secs(10);

/// Callers that the kernel keeps meanwhile.
const QUEUE: u32 = 4;

/// The next attempt when calls cannot be taken at all, for want of descriptors.
const TAKE_PAUSE: Duration = Duration::from_secs(1);

/// Where a monitor calls.
#[derive(Debug)]
pub(super) struct Door {
    address: SocketAddr,
    /// The only one who may.
    peer: Option<IpAddr>,
    listener: Option<TcpListener>,
    /// Whose connection was taken last.
    inside: Option<IpAddr>,
    waiting: Option<Caller>,
    /// Who was refused last, so that it is said once.
    refused: Option<IpAddr>,
}

#[derive(Debug)]
struct Caller {
    stream: TcpStream,
    from: IpAddr,
    came: Instant,
}

impl Door {
    pub(super) const fn new(address: SocketAddr, peer: Option<IpAddr>) -> Self {
        Self {
            address,
            peer,
            listener: None,
            inside: None,
            waiting: None,
            refused: None,
        }
    }

    fn listen(&mut self) -> io::Result<()> {
        if self.listener.is_none() {
            let socket = match self.address {
                SocketAddr::V4(_) => TcpSocket::new_v4(),
                SocketAddr::V6(_) => TcpSocket::new_v6(),
            }?;
            // The address is free again at once after a restart.
            socket.set_reuseaddr(true)?;
            socket.bind(self.address)?;
            self.listener = Some(socket.listen(QUEUE)?);
        }
        Ok(())
    }

    /// Waits for the next caller who may; for ever when nobody can call.
    async fn next(&mut self) -> io::Result<Caller> {
        loop {
            let Some(listener) = &self.listener else {
                return pending().await;
            };
            let (stream, from) = listener.accept().await?;
            let from = from.ip().to_canonical();
            if self.peer.is_none_or(|peer| peer == from) {
                tune(&stream)?;
                return Ok(Caller {
                    stream,
                    from,
                    came: timer_now(),
                });
            }
            self.refuse(from, "it is not the device's peer");
        }
    }

    fn refuse(&mut self, from: IpAddr, why: &str) {
        if self.refused != Some(from) {
            self.refused = Some(from);
            warn!(address = %self.address, %from, why, "Connection refused.");
        }
    }
}

impl Way for Door {
    type Line = TcpStream;

    async fn open(&mut self) -> Result<TcpStream, String> {
        let caller = if let Some(waiting) = self.waiting.take() {
            waiting
        } else {
            self.listen().map_err(|error| remedy::of_door(&error))?;
            match timeout(CALL_WITHIN, self.next()).await {
                Ok(called) => called.map_err(|error| remedy::of_door(&error))?,
                Err(_elapsed) => return Err("no monitor has connected".to_owned()),
            }
        };
        self.inside = Some(caller.from);
        self.refused = None;
        Ok(caller.stream)
    }

    async fn close(&mut self, line: TcpStream) -> Result<(), String> {
        drop(line);
        Ok(())
    }

    fn ended(&self) -> &'static str {
        ENDED
    }

    async fn overtaken(&mut self, heard: Instant) -> String {
        loop {
            let decided_at = self.waiting.as_ref().map(|caller| caller.came + PATIENCE);
            let patience = async {
                match decided_at {
                    Some(at) => sleep_until(at).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                next = self.next() => match next {
                    // The one who waited has called again, or is another's business.
                    Ok(caller) => self.waiting = Some(caller),
                    Err(_) => sleep(TAKE_PAUSE).await,
                },
                () = patience => {
                    let Some(caller) = self.waiting.take() else { continue };
                    if self.inside == Some(caller.from) && heard <= caller.came {
                        let why = format!("silent, and {} has connected anew", caller.from);
                        self.waiting = Some(caller);
                        return why;
                    }
                    self.refuse(caller.from, "another connection is the device's");
                }
            }
        }
    }
}
