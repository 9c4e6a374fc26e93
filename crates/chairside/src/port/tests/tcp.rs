//! Connections that we make, over real sockets.

use std::net::SocketAddr;

use socket2::{SockFilter, SockRef};
use tokio::net::{TcpListener, TcpStream};

use super::super::access::Socket;
use super::super::tcp::TcpSocket;
use super::*;

/// Longer than anything here may take, on a machine that runs other tests.
const PATIENCE: Duration = Duration::from_secs(20);

fn socket_to(address: SocketAddr) -> TcpSocket {
    TcpSocket {
        host: address.ip().to_string(),
        port: address.port(),
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    let called = timeout(PATIENCE, listener.accept()).await;
    called.expect("it connects").unwrap().0
}

async fn next(ports: &mut mpsc::Receiver<PortEvent>) -> PortChange {
    let event = timeout(PATIENCE, ports.recv()).await;
    event.expect("something happens").unwrap().what
}

#[tokio::test]
async fn a_terminal_server_is_read_asked_and_connected_to_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = socket_to(listener.local_addr().unwrap());
    let (task, mut ports, poll) = start(Access::new(socket));
    for _ in 0..3 {
        let mut server = accept(&listener).await;
        assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
        server.write_all(b"SPO2=097").await.unwrap();
        let PortChange::Received(bytes) = next(&mut ports).await else {
            panic!("it was open")
        };
        assert_eq!(bytes, b"SPO2=097");
        poll.send(b"?".to_vec()).await.unwrap();
        let mut asked = [0; 1];
        server.read_exact(&mut asked).await.unwrap();
        assert_eq!(&asked, b"?");
        drop(server);
        assert!(matches!(next(&mut ports).await, PortChange::Closed));
    }
    task.abort();
}

#[tokio::test]
async fn a_port_of_a_terminal_server_that_is_in_use_is_told_as_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = socket_to(listener.local_addr().unwrap());
    drop(listener);
    let why = socket.open().expect_err("nobody listens");
    assert!(why.starts_with("is there and refuses"), "{why}");
}

#[tokio::test]
async fn a_terminal_server_whose_network_cable_is_pulled_is_noticed_though_nobody_asks() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = socket_to(listener.local_addr().unwrap());
    let (task, mut ports, _poll) = start(Access::new(socket));
    let server = accept(&listener).await;
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    // From now on the kernel throws away whatever comes for the server, and confirms nothing.
    let nothing = SockFilter::new(0x06, 0, 0, 0);
    SockRef::from(&server).attach_filter(&[nothing]).unwrap();
    let pulled = timer_now();
    assert!(matches!(next(&mut ports).await, PortChange::Closed));
    let noticed = timer_now() - pulled;
    assert!(noticed < Duration::from_secs(10), "after {noticed:?}");
    // It is plugged in again.
    let _server = accept(&listener).await;
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    task.abort();
}

#[tokio::test]
async fn a_question_leaves_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let line = socket_to(listener.local_addr().unwrap()).open().unwrap();
    assert!(line.nodelay().unwrap());
}

#[tokio::test]
async fn a_name_is_looked_up_and_each_of_its_addresses_is_tried() {
    // "localhost" may be ::1 first, where nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = TcpSocket {
        host: "localhost".to_owned(),
        port: listener.local_addr().unwrap().port(),
    };
    socket.open().unwrap();
}
