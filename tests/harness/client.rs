//! A client of the live feed, as a test wants it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// The greeting and the snapshot come in this time.
const GREETING: Duration = Duration::from_secs(10);

/// A client that keeps every message it was sent, and checks their numbers.
#[derive(Debug)]
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The first message.
    pub hello: Value,
    /// The newest snapshot.
    pub snapshot: Value,
    /// Every message since, without the answers to actions.
    pub messages: Vec<Value>,
    /// How often it was given a fresh snapshot.
    pub resyncs: u64,
    seq: u64,
    requests: u64,
    /// What came in the same frame as what was read last.
    bundled: VecDeque<Value>,
    /// How many frames it was sent.
    pub frames: usize,
}

impl Client {
    /// Connects and takes the greeting and the snapshot.
    ///
    /// # Panics
    ///
    /// When that fails, for a test cannot go on then.
    pub async fn connect(address: SocketAddr) -> Self {
        Self::connect_to(&url(address)).await
    }

    /// Connects as a page does, which takes several messages in one frame.
    ///
    /// # Panics
    ///
    /// As [`connect`](Self::connect).
    pub async fn connect_bundled(address: SocketAddr) -> Self {
        Self::connect_to(&format!("{}?bundled=true", url(address))).await
    }

    async fn connect_to(url: &str) -> Self {
        let connecting = tokio_tungstenite::connect_async(url);
        let (socket, _) = timeout(GREETING, connecting)
            .await
            .expect("the service accepts in time")
            .expect("the service accepts a client");
        let mut client = Self {
            socket,
            hello: Value::Null,
            snapshot: Value::Null,
            messages: Vec::new(),
            resyncs: 0,
            seq: 0,
            requests: 0,
            bundled: VecDeque::new(),
            frames: 0,
        };
        let greeting = async {
            client.hello = client.read().await.expect("a greeting");
            client.take().await
        };
        let snapshot = timeout(GREETING, greeting)
            .await
            .expect("a greeting in time");
        assert_eq!(client.hello["type"], "hello");
        assert_eq!(
            snapshot["type"], "snapshot",
            "a snapshot follows the greeting"
        );
        assert_eq!(client.hello["seq"], client.snapshot["seq"]);
        client
    }

    /// Reads until a message fits, and returns it; earlier ones are in [`messages`](Self::messages).
    ///
    /// # Panics
    ///
    /// When none comes in time, with what was seen last.
    pub async fn until(
        &mut self,
        within: Duration,
        what: &str,
        mut fits: impl FnMut(&Value) -> bool,
    ) -> Value {
        let waiting = async {
            loop {
                let message = self.take().await;
                if fits(&message) {
                    return message;
                }
            }
        };
        let found = timeout(within, waiting).await;
        found.unwrap_or_else(|_elapsed| {
            let other = |message: &&Value| message["type"] != "waveform";
            let last: Vec<String> = self
                .messages
                .iter()
                .rev()
                .filter(other)
                .take(12)
                .map(Value::to_string)
                .collect();
            panic!(
                "{what}: not within {within:?}; the last messages, newest first:\n{}",
                last.join("\n")
            )
        })
    }

    /// Reads for that long, whatever comes.
    pub async fn follow(&mut self, length: Duration) {
        let following = async {
            loop {
                self.take().await;
            }
        };
        // Running out of time is the purpose.
        let _: Result<std::convert::Infallible, _> = timeout(length, following).await;
    }

    /// Goes on reading, whatever comes, until something else is done: a client that does not read
    /// is cut off.
    pub async fn reading_until<T>(&mut self, done: impl Future<Output = T>) -> T {
        let mut done = std::pin::pin!(done);
        loop {
            tokio::select! {
                result = &mut done => return result,
                _message = self.take() => {}
            }
        }
    }

    /// Waits until an alarm stands at a bed and fits, and returns it.
    pub async fn alarm(
        &mut self,
        within: Duration,
        bed: &str,
        id: &str,
        mut fits: impl FnMut(&Value) -> bool,
    ) -> Value {
        let stands = |message: &Value| alarm_in(message, bed, id);
        let snapshot = &self.snapshot["alarms"];
        let listed = snapshot.as_array().into_iter().flatten().find_map(stands);
        let since = self
            .messages
            .iter()
            .rev()
            .find(|message| message["type"] == "alarms" && message["bed"] == bed);
        let known = since.map_or(listed, stands);
        if let Some(known) = known.filter(|alarm| fits(alarm)) {
            return known;
        }
        let what = format!("{id} at bed {bed}");
        let message = self
            .until(within, &what, |message| {
                stands(message).is_some_and(|alarm| fits(&alarm))
            })
            .await;
        stands(&message).expect("it was just found")
    }

    /// Waits until an alarm does not stand any more.
    pub async fn no_alarm(&mut self, within: Duration, bed: &str, id: &str) {
        let what = format!("no {id} at bed {bed}");
        self.until(within, &what, |message| {
            message["type"] == "alarms"
                && message["bed"] == bed
                && alarm_in(message, bed, id).is_none()
        })
        .await;
    }

    /// Waits until a device's link is in a state.
    pub async fn link(&mut self, within: Duration, device: &str, state: &str) -> Value {
        let what = format!("{device} {state}");
        self.until(within, &what, |message| {
            message["type"] == "link" && message["device"] == device && message["state"] == state
        })
        .await
    }

    /// Acknowledges an occurrence and returns the answer.
    pub async fn acknowledge(&mut self, bed: &str, occurrence: &str, by: &str) -> Value {
        let action = json!({ "bed": bed, "occurrence": occurrence, "by": by });
        self.act("acknowledge", action).await
    }

    /// Asks for an action and returns the answer.
    pub async fn act(&mut self, name: &str, mut action: Value) -> Value {
        self.requests += 1;
        let request = format!("request-{}", self.requests);
        action["type"] = name.into();
        action["request"] = request.as_str().into();
        self.send(&action).await;
        self.until(Duration::from_secs(5), "an answer", |message| {
            message["type"] == "result" && message["request"] == request
        })
        .await
    }

    /// Sends a message.
    ///
    /// # Panics
    ///
    /// When the connection is gone.
    pub async fn send(&mut self, message: &Value) {
        let text = Message::text(message.to_string());
        self.socket.send(text).await.expect("the service listens");
    }

    /// Reads one message, checks its number and keeps it.
    ///
    /// # Panics
    ///
    /// When the connection ends, or a number is missing or comes twice.
    pub async fn take(&mut self) -> Value {
        let message = self
            .read()
            .await
            .unwrap_or_else(|end| panic!("the feed ended: {end}"));
        let seq = message["seq"].as_u64();
        match message["type"].as_str().expect("every message has a type") {
            "snapshot" => {
                self.seq = seq.expect("a snapshot has a number");
                self.snapshot = message.clone();
                self.messages.clear();
            }
            "resync" => self.resyncs += 1,
            "result" => {}
            _ => {
                assert_eq!(seq, Some(self.seq + 1), "a gap or a repetition: {message}");
                self.seq += 1;
                self.messages.push(message.clone());
            }
        }
        message
    }

    /// Reads one message as it is.
    ///
    /// # Errors
    ///
    /// How the connection ended.
    ///
    /// # Panics
    ///
    /// When the message is not JSON.
    pub async fn read(&mut self) -> Result<Value, String> {
        loop {
            if let Some(message) = self.bundled.pop_front() {
                return Ok(message);
            }
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    self.frames += 1;
                    match serde_json::from_str(&text).expect("the service sends JSON") {
                        Value::Array(messages) => self.bundled.extend(messages),
                        message => return Ok(message),
                    }
                }
                Some(Ok(Message::Close(close))) => return Err(format!("{close:?}")),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
                None => return Err("end of stream".to_owned()),
            }
        }
    }

    /// Says good-bye.
    pub async fn close(mut self) {
        // It may be gone already.
        let _ = self.socket.close(None).await;
    }
}

/// Tries to open the live feed with these headers and returns the status of a refusal.
///
/// # Panics
///
/// When the request cannot be made or ends otherwise than by an answer.
pub async fn refusal(address: SocketAddr, headers: &[(&'static str, &str)]) -> Option<u16> {
    use tungstenite::client::IntoClientRequest;
    let mut request = url(address).into_client_request().expect("a right address");
    for (name, value) in headers {
        let value = value.parse().expect("a right header");
        request.headers_mut().insert(*name, value);
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok(_) => None,
        Err(tungstenite::Error::Http(response)) => Some(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

fn url(address: SocketAddr) -> String {
    format!("ws://{address}/api/v1/live")
}

/// Returns the alarm with that id in an `alarms` message of that bed.
fn alarm_in(message: &Value, bed: &str, id: &str) -> Option<Value> {
    // In a snapshot the entries have no type.
    let kind = message.get("type").and_then(Value::as_str);
    if kind.is_some_and(|kind| kind != "alarms") || message["bed"] != bed {
        return None;
    }
    let active = message["active"].as_array()?;
    active.iter().find(|alarm| alarm["id"] == id).cloned()
}
