//! One client of the live feed.
//!
//! A client is greeted with everything as it stands and then follows the stream. Whoever reads
//! too slowly skips to a fresh snapshot, and whoever reads nothing at all is cut: old data is
//! never served, and nobody else waits.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chairside_model::MonoTime;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tracing::{debug, info};

use super::displays::Place;
use super::hub::{BATCH, Next, text_of};
use super::listen::stopped;
use super::wire::{ActionResult, ClientMessage, Resync, ServerMessage};
use super::{Web, wire};

/// A write that does not finish in this time cuts the client. The kernel holds seconds of a small
/// clinic's messages before a write waits at all; what waits here longer than a second would be
/// old by the time it is read (reliability goal R12).
const WRITE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long what is new is gathered for a client that takes several messages in one frame: a
/// browser has much more to do for a frame than for what is in it.
const GATHER: Duration = Duration::from_millis(50);

/// How often a client is asked for a sign of life.
const PING_PERIOD: Duration = Duration::from_secs(2);

/// How often it is looked at whether a display has confirmed the alarms that it was sent.
const LOOK_PERIOD: Duration = Duration::from_secs(1);

/// Without a sign of life for this long a client is cut.
const SILENCE_MAX: Duration = Duration::from_secs(6);

/// The longest message a client may send, bytes.
const INBOUND_MAX: usize = 16 * 1024;

/// Bytes that may wait for a client inside the process before it is cut.
const WRITE_BUFFER_MAX: usize = 1024 * 1024;

/// Bytes read at once; small, for clients say little and there can be many.
const READ_BUFFER: usize = 8 * 1024;

/// Messages a client may send in a burst, and how many of them come back each second.
const BURST: u32 = 40;
const BURST_REFILL: u32 = 20;

/// Actions of one client under way at the same time.
const ACTIONS_MAX: usize = 16;

/// How a client wants to be sent what is new.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Several messages may come in one frame, as a list.
    #[serde(default)]
    bundled: bool,
}

/// `GET /api/v1/live`
pub(super) async fn live(
    State(web): State<Web>,
    Query(wanted): Query<Wanted>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Ok(permit) = Arc::clone(&web.followers).try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many clients\n").into_response();
    };
    upgrade
        .max_message_size(INBOUND_MAX)
        .max_frame_size(INBOUND_MAX)
        .max_write_buffer_size(WRITE_BUFFER_MAX)
        .read_buffer_size(READ_BUFFER)
        .on_upgrade(move |socket| follow(web, socket, wanted, permit))
}

/// Why a client is let go.
#[derive(Debug)]
enum End {
    /// It went, or its connection did.
    Gone(String),
    /// It is told why.
    Cut(u16, &'static str),
}

async fn follow(web: Web, socket: WebSocket, wanted: Wanted, _permit: OwnedSemaphorePermit) {
    let (sink, stream) = socket.split();
    let (results, answers) = mpsc::channel(ACTIONS_MAX);
    let now = web.clock.now();
    let mut client = Client {
        sink,
        seq: 0,
        behind: false,
        last_sign: now,
        allowance: BURST,
        results,
        changes: web.hub.follow(),
        ping: every(PING_PERIOD),
        look: every(LOOK_PERIOD),
        gather: wanted.bundled.then(|| every(GATHER)),
        place: web.hub.displays().place(),
        web,
    };
    match client.converse(stream, answers).await {
        End::Gone(why) => debug!(why, "A client is gone."),
        End::Cut(code, why) => {
            info!(code, why, "A client was cut.");
            let close = CloseFrame {
                code,
                reason: Utf8Bytes::from_static(why),
            };
            // It may be gone already.
            let _ = timeout(WRITE_TIMEOUT, client.sink.send(Message::Close(Some(close)))).await;
        }
    }
}

/// Puts messages into one list.
fn bundle(messages: &[Utf8Bytes]) -> Utf8Bytes {
    let texts: Vec<&str> = messages.iter().map(Utf8Bytes::as_str).collect();
    format!("[{}]", texts.join(",")).into()
}

fn every(period: Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Waits until a client that takes several messages in one frame is sent the next; the others wait
/// for nothing.
async fn gathered(gather: Option<&mut Interval>) {
    if let Some(gather) = gather {
        gather.tick().await;
    }
}

#[derive(Debug)]
struct Client {
    web: Web,
    sink: SplitSink<WebSocket, Message>,
    /// The number of the last message it was sent.
    seq: u64,
    last_sign: MonoTime,
    /// There may be more for it than it has been sent.
    behind: bool,
    /// Messages it may still send in this second.
    allowance: u32,
    results: mpsc::Sender<ActionResult>,
    changes: watch::Receiver<u64>,
    ping: Interval,
    /// When it is looked at next what it has confirmed.
    look: Interval,
    /// When the next frame is due, for a client that takes several messages in one.
    gather: Option<Interval>,
    /// Where what it says of itself stands.
    place: Place,
}

impl Client {
    async fn converse(
        &mut self,
        mut stream: SplitStream<WebSocket>,
        mut answers: mpsc::Receiver<ActionResult>,
    ) -> End {
        let mut stop = self.web.stop.clone();
        let end = async {
            self.greet().await?;
            loop {
                tokio::select! {
                    biased;
                    () = stopped(&mut stop) => {
                        return Err(End::Cut(close_code::AWAY, "the service is stopping"));
                    }
                    // What the client says and is answered is little, and bounded; the stream
                    // comes last and a piece at a time, so that a client that stays behind is
                    // heard all the same.
                    Some(answer) = answers.recv() => {
                        self.send(vec![text_of(&ServerMessage::Result(answer))]).await?;
                    }
                    message = stream.next() => match message {
                        Some(Ok(message)) => self.take(message).await?,
                        Some(Err(error)) => return Err(End::Gone(error.to_string())),
                        None => return Err(End::Gone("end of stream".to_owned())),
                    },
                    _ = self.ping.tick() => self.look_after().await?,
                    _ = self.look.tick() => self.repeat().await?,
                    // The hub lives as long as the shared state in `self`.
                    _ = self.changes.changed(), if !self.behind => self.behind = true,
                    () = gathered(self.gather.as_mut()), if self.behind => self.go_on().await?,
                }
            }
        };
        let Err(end): Result<std::convert::Infallible, End> = end.await;
        end
    }

    async fn greet(&mut self) -> Result<(), End> {
        let (hello, snapshot, seq) = self.web.hub.greet(self.web.clock.now());
        self.seq = seq;
        let hello = text_of(&ServerMessage::Hello(hello));
        self.send(vec![hello, text_of(&ServerMessage::Snapshot(snapshot))])
            .await
    }

    /// Sends the next piece of what is new since the client's place in the stream.
    async fn go_on(&mut self) -> Result<(), End> {
        match self.web.hub.next(self.web.clock.now(), &mut self.seq) {
            Next::Messages(messages) if messages.is_empty() => {
                self.behind = false;
                Ok(())
            }
            Next::Messages(messages) => match &mut self.gather {
                None => self.send(messages).await,
                Some(gather) => {
                    if messages.len() >= BATCH {
                        // There is more: it does not wait.
                        gather.reset_immediately();
                    }
                    self.send(vec![bundle(&messages)]).await
                }
            },
            Next::Missed(missed) => self.start_afresh(missed).await,
        }
    }

    async fn start_afresh(&mut self, missed: u64) -> Result<(), End> {
        let resync = text_of(&ServerMessage::Resync(Resync { missed }));
        let (snapshot, seq) = self.web.hub.snapshot(self.web.clock.now());
        self.seq = seq;
        self.send(vec![resync, text_of(&ServerMessage::Snapshot(snapshot))])
            .await
    }

    /// Sends a display everything again that has not confirmed the alarms in time.
    async fn repeat(&mut self) -> Result<(), End> {
        if !self.place.must_be_sent_again(self.web.clock.now()) {
            return Ok(());
        }
        info!("A display has not confirmed its alarms, and is sent everything again.");
        self.start_afresh(0).await
    }

    async fn send(&mut self, messages: Vec<Utf8Bytes>) -> Result<(), End> {
        let sink = &mut self.sink;
        let sending = async {
            for message in messages {
                sink.feed(Message::Text(message)).await?;
            }
            sink.flush().await
        };
        match timeout(WRITE_TIMEOUT, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(End::Gone(error.to_string())),
            Err(_elapsed) => Err(End::Gone("it reads nothing".to_owned())),
        }
    }

    async fn look_after(&mut self) -> Result<(), End> {
        if self.web.clock.now().saturating_since(self.last_sign) > SILENCE_MAX {
            return Err(End::Cut(close_code::POLICY, "no sign of life"));
        }
        let refill = BURST_REFILL * u32::try_from(PING_PERIOD.as_secs()).unwrap_or(1);
        self.allowance = (self.allowance + refill).min(BURST);
        match timeout(
            WRITE_TIMEOUT,
            self.sink.send(Message::Ping(Vec::new().into())),
        )
        .await
        {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(End::Gone(error.to_string())),
            Err(_elapsed) => Err(End::Gone("it reads nothing".to_owned())),
        }
    }

    async fn take(&mut self, message: Message) -> Result<(), End> {
        self.last_sign = self.web.clock.now();
        match message {
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(End::Gone("it said good-bye".to_owned())),
            Message::Binary(_) => Err(End::Cut(close_code::UNSUPPORTED, "text only")),
            Message::Text(text) => {
                let Some(left) = self.allowance.checked_sub(1) else {
                    return Err(End::Cut(close_code::POLICY, "too many messages"));
                };
                self.allowance = left;
                self.understand(text.as_str()).await
            }
        }
    }

    async fn understand(&mut self, text: &str) -> Result<(), End> {
        match ClientMessage::read(text) {
            Ok(ClientMessage::Resume(resume)) => self.resume(&resume.epoch, resume.seq).await,
            Ok(ClientMessage::Display(display)) => {
                self.place.say(self.web.clock.now(), display, self.seq);
                Ok(())
            }
            Ok(ClientMessage::Act(action)) => self.act(action).await,
            Err(error) => {
                let request = request_of(text).unwrap_or_default();
                self.answer(request, &format!("not understood: {error}"))
                    .await
            }
        }
    }

    /// The client has everything up to `seq` and not what followed: it gets that again if it is
    /// still there, and a snapshot if not.
    async fn resume(&mut self, epoch: &str, seq: u64) -> Result<(), End> {
        if epoch == self.web.hub.epoch() && seq <= self.seq {
            self.seq = seq;
            self.behind = true;
            Ok(())
        } else {
            self.start_afresh(0).await
        }
    }

    /// Lets the action run beside the stream, which must not wait for it.
    async fn act(&mut self, action: wire::Action) -> Result<(), End> {
        let Ok(place) = self.results.clone().try_reserve_owned() else {
            return self
                .answer(action.request, "too many actions at once")
                .await;
        };
        let web = self.web.clone();
        tokio::spawn(async move { place.send(web.act(action).await.result) });
        Ok(())
    }

    async fn answer(&mut self, request: String, error: &str) -> Result<(), End> {
        let result = ActionResult::refused(request, error);
        self.send(vec![text_of(&ServerMessage::Result(result))])
            .await
    }
}

/// Finds the name of a request that could not be read otherwise, so that its sender knows.
fn request_of(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(value.get("request")?.as_str()?.to_owned())
}
