//! The floor: each read of a pseudo-terminal, copied to ten connections by a program that does
//! nothing else.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use chairside_simulators::clock::Clock;
use chairside_simulators::line::{DeviceEnd, Host};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_serial::SerialPortBuilderExt;

use crate::{CLIENTS, on_one_thread};

const EVENTS: usize = 200;

/// As many bytes as an alarm message has.
const ANSWER: [u8; 400] = [b'x'; 400];

/// From one event to the next.
const PERIOD: Duration = Duration::from_millis(40);

/// Returns how long each client waited for each event.
pub(crate) fn measure(clock: Clock) -> Vec<Duration> {
    let (path, found) = oneshot::channel();
    let (address, listening) = oneshot::channel();
    let monitor = thread::spawn(move || on_one_thread(write(clock, path)));
    let echo = thread::spawn(move || on_one_thread(echo(found, address)));
    let received: Vec<Vec<Duration>> = on_one_thread(async {
        let address = listening.await.expect("the echo listens");
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            clients.spawn(client(clock, address));
        }
        clients.join_all().await
    });
    let written = monitor.join().expect("the monitor ran");
    echo.join().expect("the echo ran");
    let waits = received.iter().flat_map(|client| {
        let pairs = client.iter().zip(&written);
        pairs.map(|(received, written)| received.saturating_sub(*written))
    });
    waits.collect()
}

async fn write(clock: Clock, path: oneshot::Sender<PathBuf>) -> Vec<Duration> {
    let mut end = DeviceEnd::open().expect("a pseudo-terminal");
    path.send(end.path().to_owned()).expect("somebody waits");
    let mut buffer = [0; 16];
    // The echo sends a byte when all its clients are there.
    while end.look(&mut buffer) != Host::Present(1) {
        sleep(PERIOD).await;
    }
    let mut written = Vec::new();
    for _ in 0..EVENTS {
        sleep(PERIOD).await;
        assert_eq!(end.send(b"frame"), 5);
        written.push(clock.now());
    }
    // The echo ends when this end goes; what was written comes first.
    sleep(PERIOD * 5).await;
    written
}

async fn echo(found: oneshot::Receiver<PathBuf>, address: oneshot::Sender<SocketAddr>) {
    let path = found.await.expect("a path");
    let name = path.to_str().expect("a plain path");
    let port = tokio_serial::new(name, 115_200).open_native_async();
    let mut port = port.expect("the pseudo-terminal opens");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let own = listener.local_addr().expect("an address");
    address.send(own).expect("somebody waits");
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let (client, _) = listener.accept().await.expect("a client");
        client.set_nodelay(true).expect("a connection");
        clients.push(client);
    }
    port.write_all(b"!").await.expect("the monitor listens");
    let mut buffer = [0; 256];
    while let Ok(1..) = port.read(&mut buffer).await {
        for client in &mut clients {
            client.write_all(&ANSWER).await.expect("the client reads");
        }
    }
}

async fn client(clock: Clock, address: SocketAddr) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("the echo accepts");
    let mut buffer = ANSWER;
    let mut received = Vec::new();
    while stream.read_exact(&mut buffer).await.is_ok() {
        received.push(clock.now());
    }
    received
}
