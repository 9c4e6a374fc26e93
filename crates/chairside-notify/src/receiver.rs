//! Receivers for tests, on loopback: good ones, and those that no client should meet.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chairside_alarm::Priority;
use chrono::{DateTime, TimeDelta};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::http::{Http, HttpSettings, ListedHost};
use crate::{Message, Part, Purpose, WallClock};

/// What an attempt ends within in tests where nobody answers.
pub(crate) const SHORT: Duration = Duration::from_millis(400);

/// What a receiver does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// Answers with this, and keeps the connection.
    Answer(String),
    /// Closes a connection before anything is read.
    CloseAtOnce,
    /// Reads, and says nothing for as long as the client stays; answers then.
    TooLate,
    /// Takes the connection and does not even read.
    Deaf,
    /// Says this, and closes.
    BreakOff(&'static str),
    /// Says this a byte at a time, one every 20 ms, over and over.
    Drip(&'static str),
    /// Says the first, and then the second for as long as the client listens.
    Endless(&'static str, &'static str),
}

impl Manner {
    /// Answers with a status and headers (`name: value`, each with its line end).
    pub(crate) fn status(status: u16, headers: &str) -> Self {
        Self::Answer(format!(
            "HTTP/1.1 {status} As Told\r\n{headers}content-length: 2\r\n\r\nok"
        ))
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `POST /path`.
    pub(crate) line: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// What a receiver tells its test.
#[derive(Debug)]
pub(crate) enum Seen {
    Connection,
    Request(Request),
    /// So many bytes were sent before the client had enough.
    Sent(usize),
}

/// A receiver that listens until it is dropped.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    seen: mpsc::UnboundedReceiver<Seen>,
    _tasks: JoinSet<()>,
}

impl Receiver {
    /// Listens on 127.0.0.1.
    pub(crate) async fn start(manner: Manner) -> Self {
        Self::listen(loopback().await, manner, None)
    }

    /// Listens on 127.0.0.1, with TLS.
    pub(crate) async fn tls(manner: Manner, identity: Identity) -> Self {
        Self::listen(loopback().await, manner, Some(identity))
    }

    pub(crate) fn listen(listener: TcpListener, manner: Manner, tls: Option<Identity>) -> Self {
        let address = listener.local_addr().unwrap();
        let (tell, seen) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        let tls = tls.map(|identity| TlsAcceptor::from(Arc::new(identity.server())));
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let _ = tell.send(Seen::Connection);
                let (manner, tell, tls) = (manner.clone(), tell.clone(), tls.clone());
                connections.spawn(async move {
                    // That a client goes is what many tests are about.
                    let _ = match tls {
                        None => speak(stream, manner, &tell).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => speak(stream, manner, &tell).await,
                            Err(_refused) => Ok(()),
                        },
                    };
                });
            }
        });
        Self {
            address,
            seen,
            _tasks: tasks,
        }
    }

    /// Returns an address of it: `http` or `https`.
    pub(crate) fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://{}{path}", self.address)
    }

    /// Waits for what comes next.
    pub(crate) async fn next(&mut self) -> Seen {
        let next = tokio::time::timeout(Duration::from_secs(20), self.seen.recv()).await;
        next.expect("something comes").expect("it listens")
    }

    /// Waits for the next request.
    pub(crate) async fn request(&mut self) -> Request {
        loop {
            if let Seen::Request(request) = self.next().await {
                return request;
            }
        }
    }

    /// Counts the connections and the requests that came up to now.
    pub(crate) fn count(&mut self) -> (usize, usize) {
        let (mut connections, mut requests) = (0, 0);
        while let Ok(seen) = self.seen.try_recv() {
            match seen {
                Seen::Connection => connections += 1,
                Seen::Request(_) => requests += 1,
                Seen::Sent(_) => {}
            }
        }
        (connections, requests)
    }
}

async fn loopback() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    manner: Manner,
    tell: &mpsc::UnboundedSender<Seen>,
) -> io::Result<()> {
    match manner {
        Manner::CloseAtOnce => return Ok(()),
        Manner::Deaf => std::future::pending().await,
        _ => {}
    }
    while let Some(request) = read(&mut stream).await? {
        let _ = tell.send(Seen::Request(request));
        match &manner {
            Manner::Answer(answer) => stream.write_all(answer.as_bytes()).await?,
            Manner::TooLate => {
                // The client sends nothing more: this returns when it goes.
                let _ = stream.read_u8().await;
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            }
            Manner::BreakOff(part) => {
                stream.write_all(part.as_bytes()).await?;
                return stream.shutdown().await;
            }
            Manner::Drip(part) => {
                let mut rhythm = tokio::time::interval(Duration::from_millis(20));
                for byte in part.bytes().cycle() {
                    rhythm.tick().await;
                    stream.write_u8(byte).await?;
                    stream.flush().await?;
                }
            }
            Manner::Endless(head, more) => {
                let (mut sent, more) = (0, more.repeat(1_000));
                stream.write_all(head.as_bytes()).await?;
                while stream.write_all(more.as_bytes()).await.is_ok() {
                    sent += more.len();
                }
                let _ = tell.send(Seen::Sent(sent));
                return Ok(());
            }
            Manner::CloseAtOnce | Manner::Deaf => unreachable!("they read nothing"),
        }
        stream.flush().await?;
    }
    Ok(())
}

/// Reads a request, with `content-length` as every client of ours sends it.
async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_gone) if head.is_empty() => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let line = lines.next().unwrap().trim_end_matches(" HTTP/1.1").into();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let mut request = Request {
        line,
        headers,
        body: Vec::new(),
    };
    let length = request.header("content-length").unwrap_or("0");
    request.body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut request.body).await?;
    Ok(Some(request))
}

/// A certificate's authority, with its file.
#[derive(Debug)]
pub(crate) struct Authority {
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    folder: TempDir,
}

/// Who a receiver says it is.
#[derive(Debug)]
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        // Authorities are told apart by their names.
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().display().to_string();
        params
            .distinguished_name
            .push(rcgen::DnType::OrganizationName, name);
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        let issuer = rcgen::Issuer::new(params, key);
        Self { issuer, folder }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Makes out a certificate for a name or an address, good until that year.
    pub(crate) fn identity(&self, name: &str, until: i32) -> Identity {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec![name.into()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            certificate: certificate.der().clone(),
            key: key.into(),
        }
    }
}

impl Identity {
    fn server(self) -> rustls::ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate], self.key)
            .unwrap()
    }
}

/// Returns a client for which these hosts are listed.
pub(crate) fn client(listed: &[&str]) -> Http {
    let listed = listed.iter().map(|host| ListedHost::parse(host).unwrap());
    let settings = HttpSettings {
        listed: listed.collect(),
        ca_file: None,
    };
    Http::new(&settings, noon()).unwrap()
}

/// Returns a clock that stands at the time of the test vector for webhooks.
pub(crate) fn noon() -> WallClock {
    WallClock::new(|| DateTime::from_timestamp(1_795_428_903, 0).unwrap())
}

/// Returns a call for two alarms, decided three seconds before [`noon`].
pub(crate) fn call() -> Message {
    let at = noon().now() - TimeDelta::seconds(3);
    let part = |bed: &str, alarm, occurrence, priority, seconds| Part {
        bed: bed.into(),
        bed_name: format!("Room {bed}"),
        simulated: false,
        alarm,
        occurrence,
        priority,
        since: at - TimeDelta::seconds(seconds),
    };
    Message {
        key: "clinic-a:17:anna-1".into(),
        at,
        site: "clinic-a".into(),
        purpose: Purpose::Call,
        priority: Priority::High,
        parts: vec![
            part("3", "SPO2_VERY_LOW", 7, Priority::High, 15),
            part("1", "HR_HIGH", 2, Priority::Medium, 120),
        ],
        answer: Some("https://chairside.clinic/a/token-of-anna".into()),
    }
}
