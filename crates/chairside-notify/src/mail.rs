//! E-mail, handed to the clinic's mail server by SMTP (RFC 5321).
//!
//! A server that answers 4yz may take the same mail later, one that answers 5yz never will
//! (RFC 5321, section 4.2.1). Its words are not repeated in a [`Failure`]: they may quote the
//! address.
//!
//! **Not supported:** HTML, attachments, finding the server of the recipient's domain by ourselves.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{sleep, timeout};

use crate::back_off::within;
use crate::settings::check_host;
use crate::{ATTEMPT_MAX, Channel, Delivery, Failure, Message, Secret, SettingsError};

mod failure;
mod lines;

use failure::{Step, failure};
use lines::Lines;

/// How long we wait for a server to say goodbye after it has taken the mail. It has it by then.
const GOODBYE_MAX: Duration = Duration::from_millis(200);

/// Where mail is handed in, and how.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The server, by the name that its certificate has, or by its address.
    pub host: String,
    /// Its port; 587 is usual with STARTTLS, 465 with TLS from the start.
    pub port: u16,
    /// How the connection is protected.
    pub protection: MailProtection,
    /// The hosts that the owner lists as reached without protection: a mail server on this
    /// machine. Needed for [`MailProtection::None`] only.
    pub unprotected_hosts: Vec<String>,
    /// A PEM file with certificates of the clinic's own authorities, beside the machine's.
    pub ca_file: Option<PathBuf>,
    /// The account at the server; with a password or not at all.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// The mailbox that the mail is from: `Chairside <alarm@clinic.example>`.
    pub from: String,
    /// After how long an attempt ends: more than nothing, and [`ATTEMPT_MAX`] at most.
    pub attempt_max: Duration,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailProtection {
    /// By TLS, which is asked for with STARTTLS; a server without it gets no mail.
    #[default]
    StartTls,
    /// By TLS from the start.
    Tls,
    /// Not at all; for listed hosts only, and without a password.
    None,
}

/// The channel; an address is a mailbox, `nurse@clinic.example`.
#[derive(Debug)]
pub struct MailChannel {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    from: Mailbox,
    attempt_max: Duration,
}

enum Protection {
    StartTls(TlsParameters),
    Tls(TlsParameters),
    None,
}

impl std::fmt::Debug for Protection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::StartTls(_) => "StartTls",
            Self::Tls(_) => "Tls",
            Self::None => "None",
        })
    }
}

impl MailChannel {
    /// Makes the channel. Reads the certificates.
    ///
    /// # Errors
    ///
    /// Says which setting cannot be used, and why.
    pub fn new(settings: MailSettings) -> Result<Self, SettingsError> {
        check_host(&settings.host, settings.port)?;
        within("attempt_max", settings.attempt_max, ATTEMPT_MAX)?;
        let from = settings.from.parse().map_err(|error| {
            let why = format!("{:?} is no mailbox: {error}", settings.from);
            SettingsError::new("from", why)
        })?;
        Ok(Self {
            protection: protection(&settings)?,
            credentials: credentials(&settings)?,
            host: settings.host,
            port: settings.port,
            from,
            attempt_max: settings.attempt_max,
        })
    }

    /// Hands a mail in. Returns once the server has taken it, with the connection.
    async fn hand_in(
        &self,
        message: &Message,
        address: &str,
    ) -> Result<AsyncSmtpConnection, Failure> {
        // What the parser says of an address quotes it.
        let to: Mailbox = address
            .parse()
            .map_err(|_quoting| Failure::lasting("the address is no mailbox"))?;
        let mail = self.compose(message, to.clone())?;
        let mut server = self.connect().await?;
        let parameters = if is_ascii(&self.from) && is_ascii(&to) {
            Vec::new()
        } else if server
            .server_info()
            .supports_feature(Extension::SmtpUtfEight)
        {
            vec![MailParameter::SmtpUtfEight]
        } else {
            let why = "takes no addresses with letters outside of ASCII (SMTPUTF8)";
            return Err(Failure::lasting(format!("{} {why}", self.server())));
        };
        let sender = MailFrom::new(Some(self.from.email.clone()), parameters);
        let step = |step| move |error| failure(&self.server(), step, &error);
        let refused = server.command(sender).await;
        refused.map_err(step(Step::Sender))?;
        let refused = server.command(Rcpt::new(to.email, Vec::new())).await;
        refused.map_err(step(Step::Recipient))?;
        let refused = server.command(Data).await;
        refused.map_err(step(Step::Content))?;
        let refused = server.message(&mail).await;
        refused.map_err(step(Step::Content))?;
        Ok(server)
    }

    /// Connects, and ends with a server that waits for a mail.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let hello = ClientId::default();
        let step = |step| move |error| failure(&self.server(), step, &error);
        let addresses = self.look_up().await?;
        let connected = match &self.protection {
            Protection::Tls(parameters) => {
                let (each, tls) = (Some(self.each_max()), Some(parameters.clone()));
                AsyncSmtpConnection::connect_tokio1(&addresses[..], each, &hello, tls, None).await
            }
            Protection::StartTls(_) | Protection::None => {
                let stream = Box::new(Lines::new(self.dial(&addresses).await?));
                AsyncSmtpConnection::connect_with_transport(stream, &hello).await
            }
        };
        let mut server = connected.map_err(step(Step::Connect))?;
        if let Protection::StartTls(parameters) = &self.protection {
            if !server.can_starttls() {
                let why = "has no STARTTLS, and without it nothing is sent";
                return Err(Failure::lasting(format!("{} {why}", self.server())));
            }
            let protected = server.starttls(parameters.clone(), &hello).await;
            protected.map_err(step(Step::Protect))?;
        }
        if let Some(credentials) = &self.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            if !mechanisms
                .iter()
                .any(|one| server.server_info().supports_auth_mechanism(*one))
            {
                let why = "takes no password (neither AUTH PLAIN nor LOGIN)";
                return Err(Failure::lasting(format!("{} {why}", self.server())));
            }
            let let_in = server.auth(&mechanisms, credentials).await;
            let_in.map_err(step(Step::Account))?;
        }
        Ok(server)
    }

    async fn look_up(&self) -> Result<Vec<SocketAddr>, Failure> {
        let found = lookup_host((self.host.as_str(), self.port)).await;
        let unknown =
            |_words| Failure::passing(format!("the name of {} is not known", self.server()));
        Ok(found.map_err(unknown)?.collect())
    }

    /// Connects to the first of the addresses that answers.
    async fn dial(&self, addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
        let mut why = io::ErrorKind::AddrNotAvailable;
        for address in addresses {
            match timeout(self.each_max(), TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => why = error.kind(),
                Err(_elapsed) => why = io::ErrorKind::TimedOut,
            }
        }
        let server = self.server();
        Err(Failure::passing(format!(
            "{server} cannot be reached: {why}"
        )))
    }

    /// The whole attempt has its limit; a dead address among several must leave time for another
    /// one.
    fn each_max(&self) -> Duration {
        self.attempt_max / 2
    }

    /// Writes the mail. The same message gives the same bytes.
    fn compose(&self, message: &Message, to: Mailbox) -> Result<Vec<u8>, Failure> {
        let domain = self.from.email.domain();
        let mut builder = MessageBuilder::new()
            .from(self.from.clone())
            .to(to)
            .subject(one_line(&message.title()))
            .date(SystemTime::from(message.at))
            .message_id(Some(format!("<{}@{domain}>", local_part(&message.key))))
            .header(ContentType::TEXT_PLAIN);
        // So that no "out of office" comes back (RFC 3834, section 5).
        builder = builder.raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
        let mut text = message.text();
        if let Some(answer) = &message.answer {
            text.push_str("\n\nAnswer: ");
            text.push_str(answer);
        }
        let lines: Vec<_> = text.lines().map(one_line).collect();
        let mail = builder.body(lines.join("\r\n"));
        let unfit = |error| Failure::lasting(format!("no mail can be made of it: {error}"));
        Ok(mail.map_err(unfit)?.formatted())
    }

    fn server(&self) -> String {
        format!("the mail server {}:{}", self.host, self.port)
    }
}

impl Channel for MailChannel {
    fn deliver<'a>(&'a self, message: &'a Message, address: &'a str) -> Delivery<'a> {
        Box::pin(async move {
            let end = sleep(self.attempt_max);
            tokio::pin!(end);
            let mut server = tokio::select! {
                server = self.hand_in(message, address) => server?,
                () = &mut end => {
                    let why = format!(
                        "{} did not take the mail within {:?}",
                        self.server(),
                        self.attempt_max
                    );
                    return Err(Failure::passing(why));
                }
            };
            tokio::select! {
                _ = server.quit() => {}
                () = sleep(GOODBYE_MAX) => {}
                () = end => {}
            }
            Ok(())
        })
    }
}

fn protection(settings: &MailSettings) -> Result<Protection, SettingsError> {
    let protection = match settings.protection {
        MailProtection::StartTls => Protection::StartTls,
        MailProtection::Tls => Protection::Tls,
        MailProtection::None => {
            let listed = |host: &String| host.eq_ignore_ascii_case(&settings.host);
            return if settings.unprotected_hosts.iter().any(listed) {
                Ok(Protection::None)
            } else {
                let why = format!("{} is not listed as reached without it", settings.host);
                Err(SettingsError::new("protection", why))
            };
        }
    };
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let unfit = |why: &dyn std::fmt::Display| {
            SettingsError::new("ca_file", format!("{}: {why}", path.display()))
        };
        let text = std::fs::read(path).map_err(|error| unfit(&error))?;
        if !text.windows(11).any(|part| part == b"-----BEGIN ") {
            return Err(unfit(&"has no certificate (PEM)"));
        }
        let certificate = Certificate::from_pem(&text).map_err(|error| unfit(&error))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters.build().map_err(|error| {
        let field = settings
            .ca_file
            .as_ref()
            .map_or("protection", |_| "ca_file");
        SettingsError::new(field, error.to_string())
    })?;
    Ok(protection(parameters))
}

fn credentials(settings: &MailSettings) -> Result<Option<Credentials>, SettingsError> {
    match (&settings.user, &settings.password) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) if settings.protection == MailProtection::None => {
            let why = "is not sent over a connection without protection";
            Err(SettingsError::new("password", why))
        }
        (Some(user), Some(password)) => Ok(Some(Credentials::new(
            user.clone(),
            password.expose().to_owned(),
        ))),
        (Some(_), None) => Err(SettingsError::new("password", "is missing beside the user")),
        (None, Some(_)) => Err(SettingsError::new("user", "is missing beside the password")),
    }
}

/// Puts a key into the letters of the left side of a message's id (RFC 5322, section 3.2.3), two
/// keys never to the same.
fn local_part(key: &str) -> String {
    let letter = |letter| match letter {
        // A point may stand neither first, nor last, nor twice.
        '.' => '+',
        ':' => '=',
        letter => letter,
    };
    key.chars().map(letter).collect()
}

fn is_ascii(mailbox: &Mailbox) -> bool {
    let address: &str = mailbox.email.as_ref();
    address.is_ascii()
}

/// Leaves nothing that could end a line.
fn one_line(text: &str) -> String {
    let apart = |letter: char| letter.is_control() || letter == ' ';
    let words: Vec<_> = text.split(apart).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}
