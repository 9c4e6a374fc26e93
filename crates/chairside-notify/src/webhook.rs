//! Signed webhooks: a message as JSON, for a program that stands for people.
//!
//! The headers and the signature are those of *Standard Webhooks* 1.0.0, so that a receiver can
//! check with a library that the message is ours, is whole, and is not an old one sent again. What
//! is in the body is written in `docs/notifications.md`.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use ring::hmac;
use serde::Serialize;

use crate::http::{Http, Target};
use crate::{Channel, Delivery, Failure, Message, Part, Purpose, Secret, SettingsError};

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Secrets at once at most: one is usual, two while the receiver is given a new one.
const SECRETS_MAX: usize = 4;

/// Bytes of a secret (Standard Webhooks, *Signature scheme*).
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Base64, with the `=` at the end or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Where messages go, and how they are signed.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// The receiver: `https://…`, or `http://…` to a listed host.
    pub url: String,
    /// What the receiver knows our messages by: `whsec_` and 24 to 64 bytes in base64. One to four:
    /// a message is signed with each, so that the receiver can be given a new one at leisure.
    pub secrets: Vec<Secret>,
}

/// The channel; an address is what the receiver calls a person or a group, or nothing.
#[derive(Debug)]
pub struct WebhookChannel {
    http: Http,
    target: Target,
    keys: Vec<hmac::Key>,
}

impl WebhookChannel {
    /// Makes the channel.
    ///
    /// # Errors
    ///
    /// Says which setting cannot be used, and why.
    pub fn new(settings: &WebhookSettings, http: Http) -> Result<Self, SettingsError> {
        let target = http.target(&settings.url);
        let target = target.map_err(|error| SettingsError::new("url", error))?;
        if !(1..=SECRETS_MAX).contains(&settings.secrets.len()) {
            let why = format!("must be one to {SECRETS_MAX}");
            return Err(SettingsError::new("secrets", why));
        }
        let keys = settings.secrets.iter().map(key).collect::<Result<_, _>>()?;
        Ok(Self { http, target, keys })
    }

    async fn send(&self, message: &Message, address: &str) -> Result<(), Failure> {
        let body = body(message, address);
        // The time of this attempt: a receiver refuses what is older than five minutes.
        let seconds = self.http.clock().now().timestamp();
        let signature = sign(&self.keys, &message.key, seconds, &body);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(TIMESTAMP, seconds.into());
        for (name, text) in [(ID, &message.key), (SIGNATURE, &signature)] {
            let value = HeaderValue::from_str(text);
            let value = value
                .map_err(|_control| Failure::lasting("the message's key cannot be a header"))?;
            headers.insert(name, value);
        }
        let answer = self.http.post(&self.target, headers, body.into_bytes());
        answer.await?.taken()
    }
}

impl Channel for WebhookChannel {
    fn deliver<'a>(&'a self, message: &'a Message, address: &'a str) -> Delivery<'a> {
        Box::pin(self.send(message, address))
    }
}

fn key(secret: &Secret) -> Result<hmac::Key, SettingsError> {
    let refused = |why: &str| SettingsError::new("secrets", why);
    let text = secret.expose().strip_prefix("whsec_");
    let text = text.ok_or_else(|| refused("one does not begin with `whsec_`"))?;
    let bytes = BASE64.decode(text);
    let bytes = bytes.map_err(|_bad| refused("what follows the `whsec_` of one is not base64"))?;
    if !SECRET_BYTES.contains(&bytes.len()) {
        return Err(refused("one has not 24 to 64 bytes"));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

/// Returns the signatures of a message, one for each key: `v1,` and the HMAC-SHA-256 of
/// `id.timestamp.body` in base64.
fn sign(keys: &[hmac::Key], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let mut signatures = String::new();
    for key in keys {
        let separator = if signatures.is_empty() { "" } else { " " };
        let tag = BASE64.encode(hmac::sign(key, signed.as_bytes()));
        // Writing into a string does not fail.
        let _ = write!(signatures, "{separator}v1,{tag}");
    }
    signatures
}

/// What is sent. The same bytes for every attempt at a delivery.
#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    site: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    to: &'a str,
    priority: &'static str,
    alarms: Vec<Alarm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a str>,
}

#[derive(Serialize)]
struct Alarm<'a> {
    bed: &'a str,
    id: &'static str,
    occurrence: u64,
    priority: &'static str,
    since: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    simulated: bool,
}

fn body(message: &Message, address: &str) -> String {
    let body = Body {
        r#type: match message.purpose {
            Purpose::Call => "alarm.escalated",
            Purpose::AllClear => "alarm.resolved",
            Purpose::Answered => "alarm.acknowledged",
            Purpose::Test => "test",
        },
        timestamp: text(message.at),
        data: Data {
            site: &message.site,
            to: address,
            priority: message.priority.name(),
            alarms: message.parts.iter().map(alarm).collect(),
            answer: message.answer.as_deref(),
        },
    };
    serde_json::to_string(&body).expect("texts and numbers can be written as JSON")
}

fn alarm(part: &Part) -> Alarm<'_> {
    Alarm {
        bed: &part.bed,
        id: part.alarm,
        occurrence: part.occurrence,
        priority: part.priority.name(),
        since: text(part.since),
        simulated: part.simulated,
    }
}

fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receiver::{Manner, Receiver, call, client};

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    fn keys(secrets: &[&str]) -> Vec<hmac::Key> {
        let keys = secrets.iter().map(|secret| key(&Secret::new(*secret)));
        keys.map(Result::unwrap).collect()
    }

    /// The body and its signature are of Python's `hmac`; the method is that of the reference
    /// library, `standardwebhooks`.
    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        let body = r#"{"type":"alarm.raised","timestamp":"2026-11-23T10:15:03Z","data":{"occurrence":"01JD7Q5K3M7Y2Z8V4W6X0T9R1S","bed":"3","priority":"high","id":"SPO2_VERY_LOW","value":86,"limit":88}}"#;
        let id = "msg_01JD7Q5K3M7Y2Z8V4W6X0T9R1S";
        let signature = sign(&keys(&[SECRET]), id, 1_795_428_903, body);
        let expected = "v1,e6UMOln0va7T9Px7Hf368xjRHBssI1jWGDiD2alzkTA=";
        assert_eq!(signature, expected);
        let both = sign(&keys(&[OTHER, SECRET]), id, 1_795_428_903, body);
        let (other, same) = both.split_once(' ').unwrap();
        assert_eq!(same, expected);
        assert_eq!(other, sign(&keys(&[OTHER]), id, 1_795_428_903, body));
        assert_ne!(other, same);
    }

    #[tokio::test]
    async fn a_receiver_gets_the_bed_and_the_alarm_and_can_check_that_it_is_from_us() {
        let mut receiver = Receiver::start(Manner::status(204, "")).await;
        let settings = WebhookSettings {
            url: receiver.url("http", "/hook"),
            secrets: vec![Secret::new(SECRET), Secret::new(OTHER)],
        };
        let channel = WebhookChannel::new(&settings, client(&["127.0.0.1"])).unwrap();
        assert_eq!(channel.deliver(&call(), "on-duty").await, Ok(()));
        let first = receiver.request().await;
        assert_eq!(first.line, "POST /hook");
        assert_eq!(first.header("content-type"), Some("application/json"));
        assert_eq!(first.header("webhook-id"), Some("clinic-a:17:anna-1"));
        assert_eq!(first.header("webhook-timestamp"), Some("1795428903"));
        let expected = sign(
            &keys(&[SECRET, OTHER]),
            "clinic-a:17:anna-1",
            1_795_428_903,
            first.text(),
        );
        assert_eq!(first.header("webhook-signature"), Some(expected.as_str()));
        assert_eq!(
            first.text(),
            concat!(
                r#"{"type":"alarm.escalated","timestamp":"2026-11-23T10:15:00Z","data":{"#,
                r#""site":"clinic-a","to":"on-duty","priority":"high","alarms":["#,
                r#"{"bed":"3","id":"SPO2_VERY_LOW","occurrence":7,"priority":"high","#,
                r#""since":"2026-11-23T10:14:45Z"},"#,
                r#"{"bed":"1","id":"HR_HIGH","occurrence":2,"priority":"medium","#,
                r#""since":"2026-11-23T10:13:00Z"}],"#,
                r#""answer":"https://chairside.clinic/a/token-of-anna"}}"#
            )
        );
        // Another attempt is the same message.
        assert_eq!(channel.deliver(&call(), "on-duty").await, Ok(()));
        let second = receiver.request().await;
        assert_eq!(first.body, second.body);
        assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    }

    #[test]
    fn what_it_is_for_is_its_type_and_what_is_not_there_is_left_out() {
        let mut message = call();
        for (purpose, kind) in [
            (Purpose::Call, "alarm.escalated"),
            (Purpose::AllClear, "alarm.resolved"),
            (Purpose::Answered, "alarm.acknowledged"),
            (Purpose::Test, "test"),
        ] {
            message.purpose = purpose;
            let json: serde_json::Value = serde_json::from_str(&body(&message, "")).unwrap();
            assert_eq!(json["type"], kind);
            assert_eq!(json["data"].get("to"), None);
        }
        message.answer = None;
        message.parts.clear();
        let json: serde_json::Value = serde_json::from_str(&body(&message, "")).unwrap();
        assert_eq!(json["data"].get("answer"), None);
        assert_eq!(json["data"]["alarms"], serde_json::json!([]));
    }

    #[test]
    fn settings_that_cannot_be_used_are_refused_by_their_name() {
        let bytes = |count: usize| format!("whsec_{}", BASE64.encode(vec![7; count]));
        let refused = |url: &str, secrets: &[&str]| {
            let settings = WebhookSettings {
                url: url.into(),
                secrets: secrets.iter().map(|secret| Secret::new(*secret)).collect(),
            };
            WebhookChannel::new(&settings, client(&["10.0.0.5"])).err()
        };
        let field = |url, secrets: &[&str]| refused(url, secrets).map(|error| error.field);
        let good = "https://hooks.example/chairside";
        assert_eq!(field(good, &[SECRET]), None);
        assert_eq!(field("http://10.0.0.5:8080/", &[SECRET, OTHER]), None);
        assert_eq!(field(good, &[&bytes(24), &bytes(64)]), None);
        for url in [
            "",
            "hooks.example",
            "http://hooks.example/",
            "https://10.0.0.6/",
        ] {
            assert_eq!(field(url, &[SECRET]), Some("url"), "{url}");
        }
        let missing = SECRET.trim_start_matches("whsec_");
        for secret in [
            "",
            missing,
            "whsec_",
            "whsec_not base64",
            &bytes(23),
            &bytes(65),
        ] {
            let error = refused(good, &[OTHER, secret]).unwrap();
            assert_eq!(error.field, "secrets", "{error}");
            assert!(secret.len() < 8 || !error.why.contains(secret), "{error}");
        }
        assert_eq!(field(good, &[]), Some("secrets"));
        assert_eq!(field(good, &[SECRET; 5]), Some("secrets"));
    }
}
