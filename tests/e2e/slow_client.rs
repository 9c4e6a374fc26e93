//! Clients that read nothing, or too slowly: nobody else notices, and what they get is not old
//! (reliability goal R12).

use std::net::SocketAddr;
use std::time::Duration;

use chairside::clock::Clock as WallClock;
use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, Planned, device};
use chairside_e2e::story::Story;
use chairside_simulators::clock::Clock;
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::{AT_ONCE, SOON};

/// What such a client's kernel may hold, bytes: little, so that the test is short.
const RECEIVE_BUFFER: u32 = 4096;

/// The service's limits together: what the kernel holds, the time of a write, the time without a
/// sign of life.
const CUT_AFTER: Duration = Duration::from_secs(15);

/// What the slow reader reads in a second, bytes: a third of what six beds' curves are.
const SLOWLY: f64 = 6000.0;

/// How old a message may be when the slow reader reads it: a second in the service and a second
/// for its write, and the rest is what both kernels held before it, 16 KiB unsent and 8 KiB
/// received, on a machine that runs other tests. A queue without a bound is beyond that
/// before [`CUT_AFTER`].
const AGE_MAX: Duration = Duration::from_secs(8);

/// Connects a client whose kernel, and whose own buffer, hold little.
async fn narrow(address: SocketAddr) -> WebSocketStream<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(RECEIVE_BUFFER).unwrap();
    let stream = socket.connect(address).await.unwrap();
    let url = format!("ws://{address}/api/v1/live");
    let config = WebSocketConfig::default().read_buffer_size(1024);
    let (socket, _) = client_async_with_config(url, stream, Some(config))
        .await
        .unwrap();
    socket
}

/// Reads on for that long; nothing is missing, and the heartbeat comes.
async fn undisturbed(healthy: &mut Client, length: Duration) {
    let clock = Clock::start();
    let mut last = clock.now();
    while clock.now() < length {
        let message = healthy.take().await;
        let now = clock.now();
        if message["type"] == "heartbeat" {
            let silence = now.saturating_sub(last);
            assert!(silence < Duration::from_secs(3), "{last:?} to {now:?}");
            last = now;
        }
    }
    assert_eq!(healthy.resyncs, 0, "the healthy client was never behind");
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
    let stalled = [
        narrow(clinic.address()).await,
        narrow(clinic.address()).await,
    ];
    undisturbed(&mut healthy, CUT_AFTER).await;

    for mut client in stalled {
        let rest = async {
            let mut read = 0;
            while let Some(Ok(message)) = client.next().await {
                read += message.len();
            }
            read
        };
        let read = timeout(AT_ONCE, rest).await.expect("it was cut");
        assert!(read < 1_000_000, "{read} bytes were kept for it");
    }
    clinic.close().await.log.assert_clean_but_for(&[]);
}

/// What became of the slow reader.
#[derive(Debug)]
struct Slow {
    clock: WallClock,
    /// The age of the oldest message when it was read.
    oldest: Duration,
    /// Messages read.
    read: usize,
    /// How often it was told to start afresh.
    resyncs: usize,
    /// How often it was cut, and came again.
    cuts: usize,
}

impl Slow {
    fn new() -> Self {
        Self {
            clock: WallClock::start(),
            oldest: Duration::ZERO,
            read: 0,
            resyncs: 0,
            cuts: 0,
        }
    }

    /// Reads slowly for ever, as a page does: it comes again when it is cut.
    async fn follow(&mut self, address: SocketAddr) {
        loop {
            let mut socket = narrow(address).await;
            let mut seq = None;
            while let Some(Ok(message)) = socket.next().await {
                if let Message::Text(text) = message {
                    let message = serde_json::from_str(&text).unwrap();
                    self.take(&message, &mut seq);
                    let length = u32::try_from(text.len()).unwrap();
                    sleep(Duration::from_secs_f64(f64::from(length) / SLOWLY)).await;
                }
            }
            self.cuts += 1;
        }
    }

    fn take(&mut self, message: &Value, seq: &mut Option<u64>) {
        self.read += 1;
        let number = message["seq"].as_u64();
        match message["type"].as_str().unwrap() {
            "hello" => {}
            "resync" => {
                self.resyncs += 1;
                *seq = None;
            }
            "snapshot" => {
                assert_eq!(*seq, None, "a snapshot comes after a word of it");
                *seq = number;
            }
            _ => {
                assert_eq!(number, seq.map(|seq| seq + 1), "a gap: {message}");
                *seq = number;
            }
        }
        // A value is measured before it is told of, so only these say when they were sent.
        let said = match message["type"].as_str() {
            Some("heartbeat") => message["now"].as_str(),
            Some("waveform") => message["at"].as_str(),
            _ => None,
        };
        if let Some(said) = said {
            let said: DateTime<Utc> = said.parse().unwrap();
            let now = self.clock.wall(self.clock.now());
            let age = (now - said).to_std().unwrap_or_default();
            self.oldest = self.oldest.max(age);
        }
    }
}

#[tokio::test]
async fn a_client_that_reads_too_slowly_is_never_told_old_things_and_nobody_else_notices() {
    let beds: Vec<Planned> = ["1", "2", "3", "4", "5", "6"]
        .map(|bed| device(bed, "nonin", Story::well()))
        .to_vec();
    let clinic = Clinic::open(&beds).await;
    let mut healthy = clinic.client().await;
    let mut slow = Slow::new();
    {
        let follow = slow.follow(clinic.address());
        tokio::select! {
            () = undisturbed(&mut healthy, CUT_AFTER) => {}
            () = follow => {}
        }
    }
    assert!(slow.resyncs + slow.cuts > 0, "it fell behind: {slow:?}");
    assert!(slow.read > 100, "it was served all the same: {slow:?}");
    assert!(slow.oldest < AGE_MAX, "{slow:?}");
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn a_client_that_asks_for_what_is_too_old_gets_a_snapshot_instead() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    let mut client = clinic.client().await;
    let missing = client.snapshot["seq"].as_u64().unwrap();
    client.follow(Duration::from_millis(2500)).await;
    let last = client.messages.last().unwrap()["seq"].as_u64().unwrap();
    let epoch = client.hello["epoch"].clone();
    client
        .send(&json!({"type": "resume", "epoch": epoch, "seq": missing}))
        .await;
    let resync = client
        .until(SOON, "a word of it", |message| message["type"] == "resync")
        .await;
    assert!(
        resync["missed"].as_u64().unwrap() >= last - missing,
        "{resync}"
    );
    let snapshot = client.take().await;
    assert_eq!(snapshot["type"], "snapshot", "nothing stands between");
    assert!(snapshot["seq"].as_u64().unwrap() >= last, "{snapshot}");
    // The numbers go on behind it without a gap, which the client checks.
    client
        .until(SOON, "what follows", |message| {
            message["type"] == "heartbeat"
        })
        .await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}
