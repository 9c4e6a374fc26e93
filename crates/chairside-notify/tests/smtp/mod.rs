//! A mail server on loopback, which does what a script says at each step.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

/// What the server does in place of its usual answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// Answers with these words.
    Say(&'static str),
    /// Answers nothing and keeps the connection.
    Hang,
    /// Closes the connection.
    Close,
}

/// How the server is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    /// TLS from the start.
    pub(crate) tls: bool,
    /// Whether STARTTLS is missing.
    pub(crate) no_starttls: bool,
    /// What is offered besides: `AUTH PLAIN LOGIN`, `SMTPUTF8`.
    pub(crate) offers: &'static [&'static str],
    /// By step: `connect`, `handshake`, `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT`, `DATA`,
    /// `content`, `QUIT`.
    pub(crate) acts: BTreeMap<&'static str, Act>,
}

/// A mail that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// With the angle brackets and what stands behind them.
    pub(crate) from: String,
    pub(crate) to: String,
    /// Header and text, with the points undone.
    pub(crate) mail: String,
    pub(crate) protected: bool,
    /// User and password.
    pub(crate) account: Option<(String, String)>,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) taken: mpsc::UnboundedReceiver<Taken>,
    /// Each line that came without protection.
    pub(crate) in_clear: Arc<Mutex<Vec<String>>>,
}

/// A certificate and its key.
pub(crate) struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Identity {
    pub(crate) fn new(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut parameters = CertificateParams::new(names).expect("the names are names");
        change(&mut parameters);
        let key = KeyPair::generate().expect("there is chance");
        let certificate = parameters.self_signed(&key).expect("the key fits");
        Self { certificate, key }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).expect("it is a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring has them")
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.der().clone()], key)
            .expect("the key is the certificate's");
        TlsAcceptor::from(Arc::new(config))
    }
}

impl Server {
    pub(crate) async fn start(identity: &Identity, script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let (tell, taken) = mpsc::unbounded_channel();
        let in_clear = Arc::new(Mutex::new(Vec::new()));
        let (acceptor, heard) = (identity.acceptor(), Arc::clone(&in_clear));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let conversation = Conversation {
                    script: script.clone(),
                    acceptor: acceptor.clone(),
                    heard: Arc::clone(&heard),
                    tell: tell.clone(),
                };
                tokio::spawn(conversation.run(stream));
            }
        });
        Self {
            port,
            taken,
            in_clear,
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

type Line = BufReader<Box<dyn Stream>>;

struct Conversation {
    script: Script,
    acceptor: TlsAcceptor,
    heard: Arc<Mutex<Vec<String>>>,
    tell: mpsc::UnboundedSender<Taken>,
}

impl Conversation {
    /// Ends when the other side is gone or the script says so.
    async fn run(self, stream: tokio::net::TcpStream) {
        let _ = self.talk(Box::new(stream)).await;
    }

    async fn talk(&self, stream: Box<dyn Stream>) -> Option<()> {
        let mut protected = self.script.tls;
        let mut line = if protected {
            self.protect(stream).await?
        } else {
            BufReader::new(stream)
        };
        self.say(&mut line, "connect", "220 mail.example ESMTP")
            .await?;
        let (mut from, mut to, mut account) = (String::new(), String::new(), None);
        loop {
            let command = self.hear(&mut line, protected).await?;
            let (verb, rest) = command.split_once(' ').unwrap_or((&command, ""));
            match verb {
                "EHLO" => {
                    let starttls = !protected && !self.script.no_starttls;
                    let offers = starttls.then_some("STARTTLS").into_iter();
                    let offers = offers.chain(self.script.offers.iter().copied());
                    let lines: Vec<_> = offers.map(|offer| format!("250-{offer}\r\n")).collect();
                    let answer = format!("250-mail.example\r\n{}250 8BITMIME", lines.concat());
                    self.say(&mut line, "EHLO", &answer).await?;
                }
                "STARTTLS" => {
                    self.say(&mut line, "STARTTLS", "220 go on").await?;
                    line = self.protect(line.into_inner()).await?;
                    protected = true;
                }
                "AUTH" => {
                    account = Some(self.account(&mut line, rest, protected).await?);
                    self.say(&mut line, "AUTH", "235 welcome").await?;
                }
                "MAIL" => {
                    from = rest.to_owned();
                    self.say(&mut line, "MAIL", "250 ok").await?;
                }
                "RCPT" => {
                    to = rest.to_owned();
                    self.say(&mut line, "RCPT", "250 ok").await?;
                }
                "DATA" => {
                    self.say(&mut line, "DATA", "354 go on").await?;
                    let mail = self.mail(&mut line, protected).await?;
                    if !self.script.acts.contains_key("content") {
                        let taken = Taken {
                            from: from.clone(),
                            to: to.clone(),
                            mail,
                            protected,
                            account: account.clone(),
                        };
                        self.tell.send(taken).ok()?;
                    }
                    self.say(&mut line, "content", "250 taken").await?;
                }
                "QUIT" => return self.say(&mut line, "QUIT", "221 bye").await,
                _ => self.say(&mut line, "", "502 what?").await?,
            }
        }
    }

    async fn protect(&self, stream: Box<dyn Stream>) -> Option<Line> {
        match self.script.acts.get("handshake") {
            Some(Act::Hang) => return std::future::pending().await,
            Some(_) => return None,
            None => {}
        }
        let stream = self.acceptor.accept(stream).await.ok()?;
        Some(BufReader::new(Box::new(stream)))
    }

    async fn account(
        &self,
        line: &mut Line,
        rest: &str,
        protected: bool,
    ) -> Option<(String, String)> {
        if let Some(given) = rest.strip_prefix("PLAIN ") {
            let given = decoded(given);
            let mut parts = given.split('\0').skip(1).map(str::to_owned);
            return Some((parts.next()?, parts.next()?));
        }
        let mut given = Vec::new();
        for asked in ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"] {
            write(line, &format!("334 {asked}")).await?;
            given.push(decoded(&self.hear(line, protected).await?));
        }
        let password = given.pop()?;
        Some((given.pop()?, password))
    }

    async fn mail(&self, line: &mut Line, protected: bool) -> Option<String> {
        let mut mail = String::new();
        loop {
            let text = self.hear(line, protected).await?;
            if text == "." {
                return Some(mail);
            }
            mail.push_str(text.strip_prefix('.').unwrap_or(&text));
            mail.push('\n');
        }
    }

    async fn hear(&self, line: &mut Line, protected: bool) -> Option<String> {
        let mut text = String::new();
        if line.read_line(&mut text).await.ok()? == 0 {
            return None;
        }
        let text = text
            .strip_suffix("\r\n")
            .expect("lines end with CRLF")
            .to_owned();
        if !protected {
            self.heard.lock().expect("nobody panics").push(text.clone());
        }
        Some(text)
    }

    /// Answers, or does what the script says in its place; nothing when the conversation is over.
    async fn say(&self, line: &mut Line, step: &str, usual: &str) -> Option<()> {
        match self.script.acts.get(step) {
            None => write(line, usual).await,
            Some(Act::Say(words)) => write(line, words).await,
            Some(Act::Hang) => std::future::pending().await,
            Some(Act::Close) => None,
        }
    }
}

async fn write(line: &mut Line, text: &str) -> Option<()> {
    let text = format!("{text}\r\n");
    line.get_mut().write_all(text.as_bytes()).await.ok()?;
    line.get_mut().flush().await.ok()
}

/// Undoes base64 (RFC 4648).
pub(crate) fn decoded(text: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_usize, 0);
    for letter in text.trim_end_matches('=').chars() {
        held = held << 6 | ALPHABET.find(letter).expect("it is base64");
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xFF).expect("eight bits"));
        }
    }
    String::from_utf8(bytes).expect("it is UTF-8")
}
