//! The one HTTP client of all channels.
//!
//! Whom it calls, it was told by the owner or by a browser, and neither knows what a name leads to.
//! So an address is parsed once ([`Target`]), its name is looked up once for a connection, by us,
//! and what was found is judged before it is connected to (security goal S12). Redirects are not
//! followed, no proxy is taken from the environment, and an attempt has an end: in time, and in
//! what is read of an answer.
//!
//! Connections are kept, so that an alarm need not wait for a handshake.

mod address;
mod answer;
mod lookup;
mod resolver;
mod target;
pub(crate) mod tls;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use tokio::time::timeout;

pub use answer::Answer;
pub use lookup::{LookingUp, Lookup, SystemLookup};
pub use target::{AddressError, ListedHost, Target};
pub use tls::machine_authorities;

use crate::{ATTEMPT_MAX, Failure, SettingsError, WallClock};
use answer::failure;
use resolver::{Judge, Resolver};

/// Bytes of an answer that are read at most: beyond them the connection is closed. What the
/// answer means, its status says.
const ANSWER_MAX: usize = 64 * 1024;

/// The part of an attempt's time in which the rest of an answer must have come for the connection
/// to be kept: one in twenty.
const REST_PART: u32 = 20;

/// A connection that takes longer than this is given up, with the time of all of a name's addresses
/// taken together: one that is dead leaves time for the next.
const CONNECT_MAX: Duration = Duration::from_secs(3);

/// For how long a connection is kept that nobody uses. Shorter than firewalls forget one.
const IDLE_MAX: Duration = Duration::from_secs(90);

/// Connections that are kept to one host at most.
const IDLE_COUNT_MAX: usize = 4;

/// What the client needs to know.
#[derive(Clone, Debug, Default)]
pub struct HttpSettings {
    /// Hosts that may be of the clinic's own network, and be spoken to without TLS.
    pub listed: Vec<ListedHost>,
    /// A PEM file with certificates of the clinic's own authorities, beside the machine's.
    pub ca_file: Option<PathBuf>,
}

/// The client. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Http {
    /// For addresses of the internet.
    public: reqwest::Client,
    /// For hosts that the owner listed. Another client with its own connections, so that none of
    /// them is ever used for a host that is not.
    listed: reqwest::Client,
    hosts: Arc<[ListedHost]>,
    clock: WallClock,
    attempt_max: Duration,
}

impl Http {
    /// Returns a client that asks the system for addresses.
    ///
    /// # Errors
    ///
    /// When the file of authorities cannot be used.
    pub fn new(settings: &HttpSettings, clock: WallClock) -> Result<Self, SettingsError> {
        let system: Arc<dyn Lookup> = Arc::new(SystemLookup::default());
        Self::with_lookup(settings, clock, &system)
    }

    /// Returns a client that asks somebody else for addresses.
    ///
    /// # Errors
    ///
    /// When the file of authorities cannot be used.
    pub fn with_lookup(
        settings: &HttpSettings,
        clock: WallClock,
        lookup: &Arc<dyn Lookup>,
    ) -> Result<Self, SettingsError> {
        Self::judged_by(settings, clock, lookup, address::not_public)
    }

    fn judged_by(
        settings: &HttpSettings,
        clock: WallClock,
        lookup: &Arc<dyn Lookup>,
        judge: Judge,
    ) -> Result<Self, SettingsError> {
        let tls = tls::config(settings.ca_file.as_deref())?;
        let client = |judge| {
            let lookup = Arc::clone(lookup);
            client(tls.clone(), Resolver { lookup, judge })
        };
        Ok(Self {
            public: client(Some(judge)),
            listed: client(None),
            hosts: settings.listed.clone().into(),
            clock,
            attempt_max: ATTEMPT_MAX,
        })
    }

    /// Returns a client whose attempts end sooner than after [`ATTEMPT_MAX`].
    #[must_use]
    pub fn with_attempt_max(mut self, attempt_max: Duration) -> Self {
        self.attempt_max = attempt_max.min(ATTEMPT_MAX);
        self
    }

    /// Returns where an address leads, if it may be called.
    ///
    /// # Errors
    ///
    /// When it is none, or may not. What can be known only when its name is looked up is a failure
    /// of [`post`](Self::post).
    pub fn target(&self, url: &str) -> Result<Target, AddressError> {
        Target::parse(url, &self.hosts)
    }

    /// Returns where the time of day comes from.
    #[must_use]
    pub const fn clock(&self) -> &WallClock {
        &self.clock
    }

    /// Sends a body there, once. It ends within [`ATTEMPT_MAX`].
    ///
    /// # Errors
    ///
    /// When there was no answer. What an answer means, [`Answer::taken`] says.
    pub async fn post(
        &self,
        target: &Target,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let host = target.host();
        let client = if target.is_listed() {
            &self.listed
        } else {
            &self.public
        };
        let rest = self.attempt_max / REST_PART;
        let limit = self.attempt_max.saturating_sub(rest);
        let request = client.post(target.url()).headers(headers).body(body);
        let response = timeout(limit, request.send())
            .await
            .map_err(|_over| {
                let seconds = self.attempt_max.as_secs_f32();
                Failure::passing(format!("{host} does not answer within {seconds} s"))
            })?
            .map_err(|error| failure(host, &error))?;
        let status = response.status().as_u16();
        let answer = Answer::new(host, status, response.headers(), self.clock.now());
        // The rest is read for the connection to be used again, and for nothing else: too much of
        // it, or too slow, and it is closed.
        let _ = timeout(rest, read_rest(response)).await;
        Ok(answer)
    }
}

async fn read_rest(mut response: reqwest::Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > ANSWER_MAX {
            return;
        }
    }
}

fn client(tls: rustls::ClientConfig, resolver: Resolver) -> reqwest::Client {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(resolver)
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .user_agent("chairside")
        .connect_timeout(CONNECT_MAX)
        .pool_idle_timeout(IDLE_MAX)
        .pool_max_idle_per_host(IDLE_COUNT_MAX)
        .build()
        .expect("a client without the system's settings can be made")
}

/// Returns a header's value that is a secret, and is not printed.
pub(crate) fn secret_header(field: &'static str, text: &str) -> Result<HeaderValue, SettingsError> {
    // A token that is not there leaves the word before it.
    let value = HeaderValue::from_str(text).ok();
    let value = value.filter(|value| !value.is_empty() && !text.ends_with(' '));
    let why = "is empty, or has a letter that cannot be sent";
    let mut value = value.ok_or_else(|| SettingsError::new(field, why))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod guard_tests;
#[cfg(test)]
mod tests;
