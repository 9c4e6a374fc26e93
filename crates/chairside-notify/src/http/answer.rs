//! What a receiver's answer says, and what it means that there is none.

use std::error::Error;
use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::resolver::NoAddress;
use crate::{Failure, Retry};

/// Longer than this no receiver makes us wait: by then somebody else was called.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// What a receiver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The host that answered.
    pub host: String,
    /// The status, as in RFC 9110: 100 to 999.
    pub status: u16,
    /// Before which time it does not want to be asked again; at most an hour.
    pub retry_after: Option<Duration>,
}

impl Answer {
    pub(super) fn new(host: &str, status: u16, headers: &HeaderMap, now: DateTime<Utc>) -> Self {
        Self {
            host: host.to_owned(),
            status,
            retry_after: retry_after(headers, now),
        }
    }

    /// Returns whether the message was taken.
    ///
    /// # Errors
    ///
    /// 408, 425, 429 and 5xx may pass; everything else that is not 2xx is lasting.
    pub fn taken(self) -> Result<(), Failure> {
        let Self { host, status, .. } = self;
        match status {
            200..=299 => Ok(()),
            300..=399 => Err(Failure::lasting(format!(
                "{host} answers {status}: it sends us elsewhere, which is not followed"
            ))),
            408 | 425 | 429 | 500..=599 => Err(Failure {
                retry: Retry::After(self.retry_after),
                why: format!("{host} answers {status}"),
            }),
            401 | 403 => Err(Failure::lasting(format!(
                "{host} answers {status}: it does not let us in"
            ))),
            _ => Err(Failure::lasting(format!("{host} answers {status}"))),
        }
    }
}

/// Returns the time that a `Retry-After` asks for, in seconds or as a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        // More digits than fit are a long time, too.
        text.parse().map_or(RETRY_AFTER_MAX, Duration::from_secs)
    } else {
        let at = DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc);
        (at - now).to_std().unwrap_or_default()
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// Returns what it means that a request came to nothing. The client's own words are not used: the
/// whole address is in them.
pub(super) fn failure(host: &str, error: &reqwest::Error) -> Failure {
    if let Some(none) = find::<NoAddress>(error) {
        let why = format!("{host} {none}");
        return match none {
            NoAddress::NotPublic(_) => Failure::lasting(why),
            NoAddress::Unknown => Failure::passing(why),
        };
    }
    if let Some(error) = find::<rustls::Error>(error) {
        return insecure(host, error);
    }
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => {
            Failure::passing(format!("{host} refuses the connection"))
        }
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            Failure::passing(format!("there is no way to {host}"))
        }
        _ if error.is_connect() => Failure::passing(format!("{host} cannot be connected to")),
        _ => Failure::passing(format!("{host} broke off before its answer")),
    }
}

fn insecure(host: &str, error: &rustls::Error) -> Failure {
    use rustls::CertificateError as Bad;
    use rustls::Error as Tls;
    let what = match error {
        Tls::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => {
            "its certificate is over"
        }
        Tls::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => {
            "its certificate is not valid yet"
        }
        Tls::InvalidCertificate(Bad::UnknownIssuer) => {
            "its certificate is of an authority that is not known here"
        }
        Tls::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => {
            "its certificate is another host's"
        }
        Tls::InvalidCertificate(_) => "its certificate is not valid",
        Tls::PeerIncompatible(_) => "it has no version of TLS that is still in use",
        _ => return Failure::passing(format!("{host} broke off while TLS was agreed on")),
    };
    Failure::lasting(format!("{host}: {what}"))
}

/// Returns the first of an error's causes that is of a type.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // What an `io::Error` wraps is not its source, but has one.
        let wrapped = error.downcast_ref().and_then(io::Error::get_ref);
        next = wrapped.map_or_else(|| error.source(), |inner| Some(inner));
    }
    None
}
