//! A client that reads nothing is cut, and nobody else notices (reliability goal R12).

use std::net::SocketAddr;
use std::time::Duration;

use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::story::Story;
use chairside_simulators::clock::Clock;
use futures_util::StreamExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{WebSocketStream, client_async};

/// What a stalled client's kernel may hold, bytes: little, so that the test is short.
const RECEIVE_BUFFER: u32 = 4096;

/// The service's limits together: what the kernel holds, the time of a write, the time without a
/// sign of life.
const CUT_AFTER: Duration = Duration::from_secs(15);

async fn stalled(address: SocketAddr) -> WebSocketStream<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(RECEIVE_BUFFER).unwrap();
    let stream = socket.connect(address).await.unwrap();
    let url = format!("ws://{address}/api/v1/live");
    let (socket, _) = client_async(url, stream).await.unwrap();
    socket
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut_and_nobody_else_notices() {
    let clinic = Clinic::open(&[
        device("1", "nonin", Story::well()),
        device("2", "nonin", Story::well()),
        device("3", "capnostream20", Story::well()),
    ])
    .await;
    let mut healthy = clinic.client().await;
    let mut stalled = [
        stalled(clinic.address()).await,
        stalled(clinic.address()).await,
    ];

    // The healthy client reads on; its numbers are checked as they come.
    let clock = Clock::start();
    let mut last = clock.now();
    while clock.now() < CUT_AFTER {
        let message = healthy.take().await;
        let now = clock.now();
        if message["type"] == "heartbeat" {
            assert!(
                now.saturating_sub(last) < Duration::from_secs(3),
                "{last:?} to {now:?}"
            );
            last = now;
        }
    }
    assert_eq!(healthy.resyncs, 0, "the healthy client was never behind");

    for client in &mut stalled {
        let mut read = 0;
        while let Some(Ok(message)) = client.next().await {
            read += message.len();
        }
        assert!(read < 1_000_000, "{read} bytes were kept for it");
    }
    clinic.close().await.log.assert_clean_but_for(&[]);
}
