//! A receiver of messages over HTTP, as somebody else's service is: it takes them, or refuses, or
//! hangs, answers late, or sends one elsewhere.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chairside_simulators::clock::Clock;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// What a receiver does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// 200.
    Take,
    /// This status.
    Refuse(u16),
    /// Nothing, ever.
    Hang,
    /// 200, so long after.
    Late(Duration),
    /// 307 to there.
    Elsewhere(String),
    /// It closes the connection without a word.
    Close,
}

/// A request that came.
#[derive(Clone)]
pub struct Request {
    /// When its last byte came, since the receiver was opened.
    pub at: Duration,
    /// The path.
    pub path: String,
    /// The headers, as they came.
    pub headers: String,
    /// The body, as text; what is no UTF-8 in it is replaced.
    pub body: String,
    /// The body to the byte.
    pub bytes: Vec<u8>,
}

impl Request {
    /// Returns the body as JSON.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns a header, by its name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.lines();
        lines.find_map(|line| {
            let (known, value) = line.split_once(':')?;
            (known.to_ascii_lowercase() == name).then(|| value.trim())
        })
    }
}

/// The bytes would be told twice.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("at", &self.at)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// The receiver; it ends when it is dropped.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
    came: watch::Receiver<usize>,
    answered: watch::Receiver<usize>,
}

#[derive(Debug)]
struct State {
    manner: Mutex<Manner>,
    requests: Mutex<Vec<Request>>,
    count: watch::Sender<usize>,
    answered: watch::Sender<usize>,
    clock: Clock,
}

impl Receiver {
    /// Opens one on a free port of loopback.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub async fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let (count, came) = watch::channel(0);
        let (answered, was_answered) = watch::channel(0);
        let state = Arc::new(State {
            manner: Mutex::new(manner),
            requests: Mutex::default(),
            count,
            answered,
            clock: Clock::start(),
        });
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    // Whoever called has gone, or broke off.
                    let _ = serve(stream, &state).await;
                });
            }
        });
        Self {
            address,
            state,
            accepting,
            came,
            answered: was_answered,
        }
    }

    /// Returns where it listens, `127.0.0.1:PORT`.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns how long it has been open.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.state.clock.now()
    }

    /// Does otherwise with what comes from now on.
    pub fn now(&self, manner: Manner) {
        *lock(&self.state.manner) = manner;
    }

    /// Returns what has come.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.state.requests).clone()
    }

    /// Waits until so many have come, and returns them.
    ///
    /// # Panics
    ///
    /// When they have not within that time.
    pub async fn until(&mut self, count: usize, within: Duration) -> Vec<Request> {
        let waiting = self.came.wait_for(|came| *came >= count);
        let came = timeout(within, waiting).await;
        let came = came.is_ok_and(|waited| waited.is_ok());
        let requests = self.requests();
        assert!(came, "{count} not within {within:?}: {requests:#?}");
        requests
    }

    /// Waits until so many were answered: whoever asked may have the answer.
    ///
    /// # Panics
    ///
    /// When they were not within that time.
    pub async fn until_answered(&mut self, count: usize, within: Duration) {
        let waiting = self.answered.wait_for(|answered| *answered >= count);
        let answered = timeout(within, waiting).await;
        let answered = answered.is_ok_and(|waited| waited.is_ok());
        assert!(answered, "{count} not answered within {within:?}");
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves one connection, request by request.
async fn serve(stream: TcpStream, state: &State) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    loop {
        let mut headers = String::new();
        loop {
            let mut line = String::new();
            if read.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            headers.push_str(&line);
        }
        let length = headers.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse::<usize>().ok())?
        });
        let mut body = vec![0; length.unwrap_or(0)];
        read.read_exact(&mut body).await?;
        let path = headers.split(' ').nth(1).unwrap_or_default().to_owned();
        let manner = lock(&state.manner).clone();
        lock(&state.requests).push(Request {
            at: state.clock.now(),
            path,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            bytes: body,
        });
        state.count.send_modify(|count| *count += 1);
        let (status, more) = match manner {
            Manner::Take => (200, String::new()),
            Manner::Refuse(status) => (status, String::new()),
            Manner::Late(after) => {
                sleep(after).await;
                (200, String::new())
            }
            Manner::Elsewhere(to) => (307, format!("location: {to}\r\n")),
            Manner::Close => return Ok(()),
            Manner::Hang => {
                // Until the other side goes.
                let mut nothing = String::new();
                read.read_line(&mut nothing).await?;
                return Ok(());
            }
        };
        let answer = format!("HTTP/1.1 {status} as wished\r\ncontent-length: 0\r\n{more}\r\n");
        write.write_all(answer.as_bytes()).await?;
        state.answered.send_modify(|count| *count += 1);
    }
}
