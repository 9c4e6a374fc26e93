//! Taking connections, and letting go of those that only lie there.
//!
//! A connection holds a descriptor, and the serial ports need descriptors as well. So there is
//! a limit on connections, and each must ask for something in time.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::{debug, error, warn};

/// What the kernel may hold for one client, bytes: a client that stops reading is noticed after
/// a second of curves and not after minutes.
const SEND_BUFFER: usize = 64 * 1024;

/// Unsent bytes of one client above which the kernel takes no more.
const NOTSENT_LOWAT: u32 = 16 * 1024;

/// The kernel gives a connection up when the other side confirms nothing for this long.
const UNCONFIRMED_MAX: Duration = Duration::from_secs(10);

/// The next attempt when connections cannot be taken at all, for want of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// What connections are allowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections that are answered over HTTP at the same time; further ones wait in the
    /// kernel's queue. One that has become a websocket counts among the followers instead.
    pub(crate) connections: usize,
    /// A request's headers must be complete in this time after the connection or the last
    /// answer; also what an idle connection is kept for.
    pub(crate) headers: Duration,
}

impl Limits {
    /// A clinic has some ten screens with six connections each; a machine gives a process 1024
    /// descriptors at least, of which 256 followers and the ports of 48 beds need the rest.
    pub(crate) const SERVICE: Self = Self {
        connections: 512,
        headers: Duration::from_secs(10),
    };
}

/// Answers until told to stop, and then until every answer under way has been given.
pub(crate) async fn answer(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.headers);
    let slots = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let (stream, slot) = tokio::select! {
            biased;
            () = stopped(&mut stopping) => break,
            taken = next(&listener, &slots) => taken,
        };
        if let Err(error) = tune(&stream) {
            warn!(%error, "A connection could not be tuned.");
        }
        let service = TowerToHyperService::new(router.clone());
        let connection = http
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut stopping = stopping.clone();
        connections.spawn(async move {
            let _slot = slot;
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stopped(&mut stopping) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                debug!(%error, "A connection ended.");
            }
        });
        while let Some(ended) = connections.try_join_next() {
            look_at(ended);
        }
    }
    drop(listener);
    while let Some(ended) = connections.join_next().await {
        look_at(ended);
    }
}

fn look_at(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        error!(%error, "Answering a connection failed.");
    }
}

/// Waits for a free slot and then for a connection.
async fn next(listener: &TcpListener, slots: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    let slot = Arc::clone(slots).acquire_owned().await;
    let slot = slot.expect("nobody closes the semaphore");
    loop {
        match listener.accept().await {
            Ok((stream, _from)) => return (stream, slot),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) =>
            {
                debug!(%error, "A connection was gone before it was taken.");
            }
            Err(error) => {
                warn!(%error, "Connections cannot be taken; trying on.");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Returns when the service stops; one whose sender is gone has stopped as well.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Small messages at once, and little between us and a client that does not read.
fn tune(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_send_buffer_size(SEND_BUFFER)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        socket.set_tcp_notsent_lowat(NOTSENT_LOWAT)?;
        socket.set_tcp_user_timeout(Some(UNCONFIRMED_MAX))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    use super::*;

    /// Longer than anything here may take, on a machine that runs other tests.
    const PATIENCE: Duration = Duration::from_secs(20);

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    async fn serve(limits: Limits) -> (std::net::SocketAddr, watch::Sender<bool>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopping) = watch::channel(false);
        let router = Router::new().route("/", get(|| async { "here" }));
        tokio::spawn(answer(listener, router, limits, stopping));
        (address, stop)
    }

    async fn ask(stream: &mut TcpStream) -> String {
        stream.write_all(REQUEST).await.unwrap();
        let mut text = String::new();
        let read = stream.read_to_string(&mut text);
        timeout(PATIENCE, read).await.expect("an answer").unwrap();
        text
    }

    #[tokio::test]
    async fn a_connection_that_asks_nothing_is_closed_and_makes_place() {
        let (address, _stop) = serve(Limits {
            connections: 2,
            headers: Duration::from_millis(200),
        })
        .await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HT").await.unwrap();
        let mut third = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut third).await.ends_with("here"));
        for stream in [&mut silent, &mut slow] {
            let mut rest = Vec::new();
            let closed = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
            // With words or without: it is over.
            let _ = closed.expect("closed");
        }
    }

    #[tokio::test]
    async fn one_connection_too_many_waits_and_the_others_are_answered() {
        let (address, _stop) = serve(Limits {
            connections: 1,
            headers: PATIENCE * 2,
        })
        .await;
        let mut first = TcpStream::connect(address).await.unwrap();
        first
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut some = [0; 12];
        timeout(PATIENCE, first.read_exact(&mut some))
            .await
            .expect("an answer")
            .unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(REQUEST).await.unwrap();
        let mut text = String::new();
        let early = timeout(Duration::from_millis(200), second.read_to_string(&mut text));
        assert!(early.await.is_err(), "{text}");
        drop(first);
        let mut text = String::new();
        let read = second.read_to_string(&mut text);
        timeout(PATIENCE, read).await.expect("an answer").unwrap();
        assert!(text.ends_with("here"), "{text}");
    }

    #[tokio::test]
    async fn an_idle_connection_does_not_keep_the_service_from_stopping() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopping) = watch::channel(false);
        let router = Router::new().route("/", get(|| async { "here" }));
        let answering = tokio::spawn(answer(listener, router, Limits::SERVICE, stopping));
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        idle.read_exact(&mut [0; 12]).await.unwrap();
        stop.send(true).unwrap();
        timeout(PATIENCE / 4, answering)
            .await
            .expect("it ends")
            .unwrap();
    }
}
