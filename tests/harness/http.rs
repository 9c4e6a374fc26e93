//! Just enough of HTTP to ask the service something.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, as they came.
    pub headers: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Returns the body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Asks for a page.
pub async fn get(address: SocketAddr, path: &str) -> Answer {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    ask(address, &request).await
}

/// Asks for a page of JSON until it is as it should be: what is known is told before it is on record.
///
/// # Panics
///
/// If it is not within that time; the last answer is told.
pub async fn get_until(
    address: SocketAddr,
    path: &str,
    within: Duration,
    fits: impl Fn(&Value) -> bool,
) -> Value {
    let mut last = Value::Null;
    let waiting = async {
        loop {
            last = get(address, path).await.json();
            if fits(&last) {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let ended = timeout(within, waiting).await;
    ended.unwrap_or_else(|_elapsed| panic!("{path}: not as expected within {within:?}: {last}"));
    last
}

/// Sends a JSON body, with more headers (each with its line end) if there are any.
pub async fn post(address: SocketAddr, path: &str, headers: &str, body: &Value) -> Answer {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    ask(address, &request).await
}

/// Sends a request as it stands and reads the answer to its end.
pub async fn ask(address: SocketAddr, request: &str) -> Answer {
    let answer = raw(address, request).await;
    let text = String::from_utf8(answer).expect("the service answers in UTF-8");
    let (headers, body) = text.split_once("\r\n\r\n").expect("headers and a body");
    let status = headers.split(' ').nth(1).and_then(|code| code.parse().ok());
    Answer {
        status: status.unwrap_or_else(|| panic!("no status: {headers}")),
        headers: headers.to_owned(),
        body: body.to_owned(),
    }
}

/// Fetches a file, which need not be text, and returns its headers and its bytes.
///
/// # Panics
///
/// When the service does not answer.
pub async fn file(address: SocketAddr, path: &str) -> (String, Vec<u8>) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let answer = raw(address, &request).await;
    let mut places = answer.windows(4);
    let end = places.position(|bytes| bytes == b"\r\n\r\n");
    let (headers, body) = answer.split_at(end.expect("headers and a body") + 4);
    (String::from_utf8_lossy(headers).into_owned(), body.to_vec())
}

/// Sends a request and returns all that the service answers until it closes.
async fn raw(address: SocketAddr, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the service accepts");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the service reads");
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .await
        .expect("the service answers and closes");
    answer
}
