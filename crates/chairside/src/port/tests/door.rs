//! Connections that are made to us: real sockets, and time that passes when nothing else does.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::super::door::Door;
use super::*;

/// Returns an address at which nobody listens.
async fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// Connects from one of this machine's own addresses, as soon as the door is there.
async fn call(from: &str, door: SocketAddr) -> TcpStream {
    let from: SocketAddr = format!("{from}:0").parse().unwrap();
    loop {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(from).unwrap();
        match socket.connect(door).await {
            Ok(stream) => return stream,
            Err(_not_yet) => sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Waits for what happens next on the line.
async fn next(ports: &mut mpsc::Receiver<PortEvent>) -> PortChange {
    let event = timeout(Duration::from_mins(5), ports.recv()).await;
    event
        .expect("something happens")
        .expect("the port goes on")
        .what
}

async fn assert_received(ports: &mut mpsc::Receiver<PortEvent>, wanted: &[u8]) {
    let change = next(ports).await;
    assert!(
        matches!(&change, PortChange::Received(bytes) if bytes == wanted),
        "{change:?}"
    );
}

async fn assert_refused(mut caller: TcpStream) {
    let mut none = [0; 1];
    assert_eq!(caller.read(&mut none).await.unwrap_or(0), 0, "closed");
}

#[tokio::test]
async fn a_monitor_that_connects_is_read_answered_and_taken_again() {
    let door = free_address().await;
    let (task, mut ports, answers) = start(Door::new(door, None));
    for _ in 0..3 {
        let mut monitor = call("127.0.0.1", door).await;
        assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
        monitor.write_all(b"message").await.unwrap();
        assert_received(&mut ports, b"message").await;
        answers.send(b"!".to_vec()).await.unwrap();
        let mut answer = [0; 1];
        monitor.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"!");
        drop(monitor);
        assert!(matches!(next(&mut ports).await, PortChange::Closed));
    }
    task.abort();
}

#[tokio::test]
async fn a_second_monitor_is_taken_when_the_first_has_gone() {
    let door = free_address().await;
    let (task, mut ports, _answers) = start(Door::new(door, None));
    let first = call("127.0.0.1", door).await;
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    let mut second = call("127.0.0.2", door).await;
    second.write_all(b"second").await.unwrap();
    drop(first);
    assert!(matches!(next(&mut ports).await, PortChange::Closed));
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    assert_received(&mut ports, b"second").await;
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_second_monitor_does_not_take_the_bed_of_one_that_only_says_nothing() {
    let door = free_address().await;
    let (task, mut ports, _answers) = start(Door::new(door, None));
    let mut first = call("127.0.0.1", door).await;
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    let second = call("127.0.0.2", door).await;
    assert_refused(second).await;
    first.write_all(b"first").await.unwrap();
    assert_received(&mut ports, b"first").await;
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_monitor_that_connects_anew_is_read_where_it_connected_last() {
    let door = free_address().await;
    let (task, mut ports, _answers) = start(Door::new(door, None));
    let _first = call("127.0.0.1", door).await;
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    let mut second = call("127.0.0.1", door).await;
    second.write_all(b"anew").await.unwrap();
    assert!(matches!(next(&mut ports).await, PortChange::Closed));
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    assert_received(&mut ports, b"anew").await;
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_second_connection_of_a_gateway_whose_first_speaks_is_refused() {
    let door = free_address().await;
    let (task, mut ports, _answers) = start(Door::new(door, None));
    let mut first = call("127.0.0.1", door).await;
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    let speaking = tokio::spawn(async move {
        loop {
            first.write_all(b".").await.unwrap();
            sleep(Duration::from_secs(1)).await;
        }
    });
    let second = call("127.0.0.1", door).await;
    let changes = tokio::spawn(async move {
        while let Some(event) = ports.recv().await {
            assert!(matches!(event.what, PortChange::Received(_)), "{event:?}");
        }
    });
    assert_refused(second).await;
    assert!(!changes.is_finished(), "the first is still the device's");
    speaking.abort();
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn nobody_but_the_peer_is_let_in() {
    let door = free_address().await;
    let peer = "127.0.0.3".parse().unwrap();
    let (task, mut ports, _answers) = start(Door::new(door, Some(peer)));
    assert_refused(call("127.0.0.2", door).await).await;
    let mut monitor = call("127.0.0.3", door).await;
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    // Nor while the peer is there.
    assert_refused(call("127.0.0.2", door).await).await;
    monitor.write_all(b"peer").await.unwrap();
    assert_received(&mut ports, b"peer").await;
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn an_address_that_is_taken_or_not_ours_is_told_with_what_can_be_done() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let open = async |address| {
        let opened = Door::new(address, None).open().await;
        opened.expect_err("it cannot be listened on")
    };
    let why = open(taken.local_addr().unwrap()).await;
    assert!(why.starts_with("another program already listens"), "{why}");
    // Of the range that is for examples (RFC 5737).
    let why = open("192.0.2.1:2575".parse().unwrap()).await;
    assert!(why.starts_with("this machine does not have"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn a_door_at_which_nobody_calls_is_told() {
    let why = Door::new(free_address().await, None).open().await;
    assert_eq!(why.expect_err("nobody"), "no monitor has connected");
}
