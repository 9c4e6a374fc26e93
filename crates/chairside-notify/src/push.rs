//! Web Push: a message for a browser, also while its page is closed (RFC 8030).
//!
//! It goes to the push service of the browser's maker, which holds it until the browser is there,
//! and is encrypted for the browser: the service sees when, how long and how urgent.
//!
//! **Not supported:** receipts (RFC 8030, section 6.3).

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use ring::digest;
use ring::rand::SystemRandom;
use serde::Serialize;

use crate::http::{Http, Target};
use crate::{Channel, Delivery, Failure, Message, SettingsError};

mod encryption;
mod subscription;
mod vapid;

use encryption::{TEXT_MAX, encrypt};
use subscription::Subscription;
use vapid::Vapid;

const TOPIC: HeaderName = HeaderName::from_static("topic");
const TTL: HeaderName = HeaderName::from_static("ttl");
const URGENCY: HeaderName = HeaderName::from_static("urgency");

/// For how many seconds a push service holds a message for a browser that is not there. Later
/// somebody else was called.
const TTL_SECONDS: u64 = 60;

/// Characters of a title at most where all of it does not fit.
const TITLE_MAX: usize = 120;

/// Base64 as this protocol has it: for addresses, and without `=` at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Who we are to push services.
#[derive(Clone, Debug)]
pub struct PushSettings {
    /// How the owner of a push service reaches the clinic: `mailto:it@clinic.example`, or an
    /// address that begins with `https://`.
    pub subject: String,
    /// The file with our private key. Where there is none it is made, with mode 0600. With another
    /// key every browser has to subscribe anew.
    pub key_file: PathBuf,
}

/// The channel; an address is a browser's subscription, as `JSON.stringify` writes it.
pub struct PushChannel {
    http: Http,
    vapid: Vapid,
    random: SystemRandom,
}

impl PushChannel {
    /// Makes the channel. Reads our key, or makes it.
    ///
    /// # Errors
    ///
    /// Says which setting cannot be used, and why.
    pub fn new(settings: &PushSettings, http: Http) -> Result<Self, SettingsError> {
        Ok(Self {
            http,
            vapid: Vapid::open(&settings.key_file, &settings.subject)?,
            random: SystemRandom::new(),
        })
    }

    /// Says whether a subscription can be one, before it is kept.
    ///
    /// # Errors
    ///
    /// In words when it cannot, or when its push service may not be called.
    pub fn check(&self, subscription: &str) -> Result<(), Failure> {
        self.parse(subscription).map(|_| ())
    }

    fn parse(&self, address: &str) -> Result<(Subscription, Target), Failure> {
        let subscription = Subscription::parse(address);
        let subscription = subscription
            .map_err(|why| Failure::lasting(format!("the browser's subscription {why}")))?;
        let target = self.http.target(&subscription.endpoint).map_err(|error| {
            Failure::lasting(format!("the push service of the subscription: {error}"))
        })?;
        Ok((subscription, target))
    }

    async fn send(&self, message: &Message, address: &str) -> Result<(), Failure> {
        let (subscription, target) = self.parse(address)?;
        let topic = topic(message);
        let body = body(message, &topic)?;
        let body = encrypt(&subscription, &body, &self.random).map_err(|_what| {
            Failure::lasting("nothing can be encrypted with the key of the browser's subscription")
        })?;
        let now = self.http.clock().now();
        let authorization = self
            .vapid
            .authorization(&target.origin(), now)
            .map_err(|_what| Failure::passing("the token for the push service was not signed"))?;
        let mut headers = HeaderMap::new();
        for (name, text) in [(AUTHORIZATION, &authorization), (TOPIC, &topic)] {
            let value = HeaderValue::from_str(text);
            let value = value.map_err(|_control| Failure::lasting("our token is no header"))?;
            headers.insert(name, value);
        }
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
        let bytes = HeaderValue::from_static("application/octet-stream");
        headers.insert(CONTENT_TYPE, bytes);
        headers.insert(TTL, TTL_SECONDS.into());
        headers.insert(URGENCY, HeaderValue::from_static("high"));
        let answer = self.http.post(&target, headers, body).await?;
        match answer.status {
            404 | 410 => Err(Failure::lasting(format!(
                "{} answers {}: the browser's subscription is gone",
                answer.host, answer.status
            ))),
            _ => answer.taken(),
        }
    }
}

impl Channel for PushChannel {
    fn deliver<'a>(&'a self, message: &'a Message, address: &'a str) -> Delivery<'a> {
        Box::pin(self.send(message, address))
    }

    fn public_key(&self) -> Option<String> {
        Some(self.vapid.public_key())
    }
}

impl fmt::Debug for PushChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushChannel").finish_non_exhaustive()
    }
}

/// What the page's service worker gets.
#[derive(Serialize)]
struct Body<'a> {
    title: String,
    text: String,
    key: &'a str,
    /// What it is for, as [`Purpose::name`](crate::Purpose::name).
    purpose: &'static str,
    /// The same for every message about the same episodes: the later one takes the place of the
    /// one on the screen.
    tag: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a str>,
}

/// Writes what is sent: all of the message where it fits, else in short.
fn body(message: &Message, tag: &str) -> Result<Vec<u8>, Failure> {
    let title: String = message.title().chars().take(TITLE_MAX).collect();
    for (title, text) in [(message.title(), message.text()), (title, message.short())] {
        let body = Body {
            title,
            text,
            key: &message.key,
            purpose: message.purpose.name(),
            tag,
            answer: message.answer.as_deref(),
        };
        let bytes = serde_json::to_vec(&body)
            .map_err(|error| Failure::lasting(format!("no JSON can be made of it: {error}")))?;
        if bytes.len() <= TEXT_MAX {
            return Ok(bytes);
        }
    }
    Err(Failure::lasting(format!(
        "with its address for the answer it does not fit into {TEXT_MAX} bytes"
    )))
}

/// Returns 32 characters that are the same for every message about the same episodes: one that the
/// push service still holds is replaced by a later one (RFC 8030, section 5.4). They say nothing
/// to the service.
fn topic(message: &Message) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut add = |text: &str| {
        hash.update(text.as_bytes());
        // No text has one in it that matters: what is hashed cannot be read in two ways.
        hash.update(&[0]);
    };
    add(&message.site);
    if message.parts.is_empty() {
        add(&message.key);
    }
    let episodes = message
        .parts
        .iter()
        .map(|part| (&part.bed, part.occurrence));
    let mut episodes: Vec<_> = episodes.collect();
    episodes.sort_unstable();
    for (bed, occurrence) in episodes {
        add(bed);
        add(&occurrence.to_string());
    }
    BASE64.encode(&hash.finish().as_ref()[..24])
}

#[cfg(test)]
mod tests;
