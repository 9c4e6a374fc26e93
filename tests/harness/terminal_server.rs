//! A small terminal server: a device's serial port, reached over TCP.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use socket2::{SockFilter, SockRef};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_serial::SerialPortBuilderExt;

/// How its network cable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Plugged in.
    In,
    /// The terminal server was restarted: connections are closed and new ones refused.
    Closed,
    /// Pulled: nothing reaches the terminal server, and nobody is told.
    Pulled,
}

/// A running terminal server, with one port and one connection at a time. It ends when this is
/// dropped.
#[derive(Debug)]
pub struct TerminalServer {
    address: SocketAddr,
    network: watch::Sender<Network>,
    task: JoinHandle<()>,
}

impl TerminalServer {
    /// Starts one for the serial port at this path, at a free address of this machine.
    #[must_use]
    pub fn start(serial: &Path) -> Self {
        let listener = listen(([127, 0, 0, 1], 0).into()).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (network, watched) = watch::channel(Network::In);
        let task = tokio::spawn(run(serial.to_owned(), listener, address, watched));
        Self {
            address,
            network,
            task,
        }
    }

    /// Returns what the configuration calls it.
    #[must_use]
    pub fn port(&self) -> String {
        format!("tcp:{}", self.address)
    }

    /// Pulls its network cable, or plugs it in again.
    pub fn set(&self, network: Network) {
        self.network.send_replace(network);
    }
}

impl Drop for TerminalServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

async fn run(
    serial: PathBuf,
    mut listener: TcpListener,
    address: SocketAddr,
    mut network: watch::Receiver<Network>,
) {
    loop {
        let mut connection = None;
        // Whatever is under way ends when the cable changes.
        tokio::select! {
            _ = network.changed() => {}
            () = serve(&serial, &listener, &mut connection) => {}
        }
        let now = *network.borrow_and_update();
        match now {
            Network::In => continue,
            Network::Closed => drop((connection, listener)),
            Network::Pulled => {
                deafen(&listener);
                connection.iter().for_each(deafen_stream);
                // The terminal server does not know that its connection is of no use any more.
                while *network.borrow_and_update() == Network::Pulled {
                    if network.changed().await.is_err() {
                        return;
                    }
                }
                drop((connection, listener));
            }
        }
        let plugged_in = network.wait_for(|network| *network == Network::In).await;
        if plugged_in.is_err() {
            return;
        }
        drop(plugged_in);
        listener = listen(address).expect("its address is free again");
    }
}

/// Lets bytes through, one connection after the other.
async fn serve(serial: &Path, listener: &TcpListener, connection: &mut Option<TcpStream>) {
    loop {
        let (stream, _from) = listener.accept().await.expect("the listener works");
        let stream = connection.insert(stream);
        let name = serial.to_str().expect("a plain path");
        // A device that is not there is a connection that closes at once.
        if let Ok(mut port) = tokio_serial::new(name, 9600).open_native_async() {
            // How it ended does not matter.
            let _ = copy_bidirectional(stream, &mut port).await;
        }
        *connection = None;
    }
}

/// Has the kernel throw away all that comes, without a word to whoever sent it.
fn deafen(socket: &TcpListener) {
    let socket = SockRef::from(socket);
    socket.attach_filter(&[NOTHING]).expect("a filter");
}

fn deafen_stream(socket: &TcpStream) {
    let socket = SockRef::from(socket);
    socket.attach_filter(&[NOTHING]).expect("a filter");
}

/// Of a packet, the first 0 bytes are let through (BPF: return a constant).
const NOTHING: SockFilter = SockFilter::new(0x06, 0, 0, 0);
