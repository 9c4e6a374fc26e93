//! A TCP connection that we make: to a terminal server, or to a monitor that waits for us.

use std::io;
use std::net::{SocketAddr, TcpStream as BlockingStream, ToSocketAddrs};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use super::access::Socket;
use crate::remedy;

/// Something on the clinic's own network answers within this time or is not there. The kernel
/// asks again after a second.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 4;

/// A connection on which the other side confirms nothing for this long is gone: a cable was
/// pulled, or the power went. What arrives later than that would be taken for new.
const UNCONFIRMED_MAX: Duration = Duration::from_secs(5);

/// Silence after which the other side is asked whether it is still there, and from one such
/// question to the next. Most drivers only listen, and nothing else would tell.
const ASKED_AFTER: Duration = Duration::from_secs(2);
const ASKED_EVERY: Duration = Duration::from_secs(1);

/// What it means that nothing more comes on a connection.
pub(super) const ENDED: &str = "the other side closed the connection";

/// Where a connection is made to.
#[derive(Debug)]
pub(super) struct TcpSocket {
    /// A name or an address.
    pub(super) host: String,
    pub(super) port: u16,
}

impl Socket for TcpSocket {
    type Line = TcpStream;

    const HANGS: &'static str = "its name is not found in time: does the name server answer?";
    const ENDED: &'static str = ENDED;

    fn open(&self) -> Result<TcpStream, String> {
        let addresses = (self.host.as_str(), self.port).to_socket_addrs();
        let addresses = addresses.map_err(|error| remedy::of_host(&error))?;
        let addresses: Vec<SocketAddr> = addresses.take(ADDRESSES_MAX).collect();
        let mut why = "its name has no address".to_owned();
        // Together they take no longer than opening may.
        let each = ANSWER_WITHIN / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
        for address in addresses {
            match BlockingStream::connect_timeout(&address, each).and_then(ready) {
                Ok(stream) => return Ok(stream),
                Err(error) => why = remedy::of_connection(&error),
            }
        }
        Err(why)
    }

    fn close(&self, line: TcpStream) {
        // Does not wait: the kernel says good-bye.
        drop(line);
    }
}

fn ready(stream: BlockingStream) -> io::Result<TcpStream> {
    stream.set_nonblocking(true)?;
    let stream = TcpStream::from_std(stream)?;
    tune(&stream)?;
    Ok(stream)
}

/// Has questions leave at once, and a side that is gone without a word noticed.
pub(super) fn tune(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new()
        .with_time(ASKED_AFTER)
        .with_interval(ASKED_EVERY);
    socket.set_tcp_keepalive(&keepalive)?;
    // With this the kernel ignores how many questions were asked.
    socket.set_tcp_user_timeout(Some(UNCONFIRMED_MAX))
}
