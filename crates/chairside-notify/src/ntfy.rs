//! ntfy: a telephone's notification with buttons, by a server that the clinic can run itself.
//!
//! A message is published as JSON to the server's root (<https://docs.ntfy.sh/publish/>, *Publish
//! as JSON*). Whoever knows the name of a topic can read it, unless the server has accounts.
//!
//! **Not supported:** a second attempt that takes the place of the first on the telephone; it is
//! shown again, in the same words.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;

use chairside_alarm::Priority;

use crate::http::{Http, Target, secret_header};
use crate::{Channel, Delivery, Failure, Message, Purpose, Secret, SettingsError};

/// Bytes of a message at most, as a server comes; a longer one it makes a file of, which nobody
/// opens.
const MESSAGE_MAX: usize = 4_096;

/// Letters of a topic's name at most.
const TOPIC_MAX: usize = 64;

/// Which server.
#[derive(Clone, Debug)]
pub struct NtfySettings {
    /// The server, without a path: `https://ntfy.clinic.example`.
    pub url: String,
    /// An access token (`tk_…`), where the server has accounts.
    pub token: Option<Secret>,
}

/// The channel; an address is a topic: letters (a-z, A-Z), digits, `-` and `_`, at most 64.
#[derive(Debug)]
pub struct NtfyChannel {
    http: Http,
    target: Target,
    headers: HeaderMap,
}

impl NtfyChannel {
    /// Makes the channel.
    ///
    /// # Errors
    ///
    /// Says which setting cannot be used, and why.
    pub fn new(settings: &NtfySettings, http: Http) -> Result<Self, SettingsError> {
        let target = http.target(&settings.url);
        let target = target.map_err(|error| SettingsError::new("url", error))?;
        if !target.is_root() {
            let why = "must be the server alone: the topic is each person's address";
            return Err(SettingsError::new("url", why));
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(token) = &settings.token {
            let bearer = secret_header("token", &format!("Bearer {}", token.expose()))?;
            headers.insert(AUTHORIZATION, bearer);
        }
        Ok(Self {
            http,
            target,
            headers,
        })
    }

    async fn send(&self, message: &Message, topic: &str) -> Result<(), Failure> {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !(1..=TOPIC_MAX).contains(&topic.len()) || !topic.bytes().all(letter) {
            return Err(Failure::lasting("the address is no topic of ntfy"));
        }
        let body = serde_json::to_vec(&publication(message, topic));
        let body = body.expect("texts and numbers can be written as JSON");
        let answer = self.http.post(&self.target, self.headers.clone(), body);
        answer.await?.taken()
    }
}

impl Channel for NtfyChannel {
    fn deliver<'a>(&'a self, message: &'a Message, address: &'a str) -> Delivery<'a> {
        Box::pin(self.send(message, address))
    }
}

#[derive(Serialize)]
struct Publication<'a> {
    topic: &'a str,
    title: String,
    message: String,
    priority: u8,
    tags: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    click: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Button>,
}

/// A button, which sends a request from the telephone.
#[derive(Serialize)]
struct Button {
    action: &'static str,
    label: &'static str,
    url: String,
    method: &'static str,
    /// The notification goes away when the request was taken.
    clear: bool,
}

fn publication<'a>(message: &'a Message, topic: &'a str) -> Publication<'a> {
    let text = message.text();
    let (priority, tag) = match (message.purpose, message.priority) {
        // 5 sounds long and over "do not disturb"; 3 is what every message has.
        (Purpose::Call, Priority::High) => (5, "rotating_light"),
        (Purpose::Call, Priority::Medium) => (4, "warning"),
        (Purpose::Call, Priority::Low) => (3, "information_source"),
        (Purpose::AllClear | Purpose::Answered, _) => (3, "white_check_mark"),
        // As loud as the call that it stands for.
        (Purpose::Test, _) => (5, "bell"),
    };
    let answers: &[_] = match message.purpose {
        Purpose::Call => &[("Accept", "accept"), ("Not me", "decline")],
        Purpose::AllClear | Purpose::Answered => &[],
        Purpose::Test => &[("Received", "received")],
    };
    let answer = message.answer.as_deref();
    let answer = answer.filter(|_| !answers.is_empty());
    Publication {
        topic,
        title: message.title(),
        message: if text.len() > MESSAGE_MAX {
            message.short()
        } else {
            text
        },
        priority,
        tags: [tag],
        click: answer,
        actions: answer.map_or_else(Vec::new, |answer| {
            let answers = answers.iter();
            answers
                .map(|(label, last)| button(label, answer, last))
                .collect()
        }),
    }
}

fn button(label: &'static str, answer: &str, last: &str) -> Button {
    Button {
        action: "http",
        label,
        url: format!("{}/{last}", answer.trim_end_matches('/')),
        method: "POST",
        clear: true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::receiver::{Manner, Receiver, call, client};

    fn json(message: &Message) -> Value {
        serde_json::to_value(publication(message, "t")).unwrap()
    }

    #[tokio::test]
    async fn a_telephone_gets_the_alarm_and_two_buttons() {
        let mut receiver = Receiver::start(Manner::status(200, "")).await;
        let settings = NtfySettings {
            url: receiver.url("http", ""),
            token: Some(Secret::new("tk_secret")),
        };
        let channel = NtfyChannel::new(&settings, client(&["127.0.0.1"])).unwrap();
        assert_eq!(channel.deliver(&call(), "anna_7Qx").await, Ok(()));
        let request = receiver.request().await;
        assert_eq!(request.line, "POST /");
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.header("authorization"), Some("Bearer tk_secret"));
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let expected = json!({
            "topic": "anna_7Qx",
            "title": "Room 3: SPO2 VERY LOW and 1 more",
            "message": "Room 3: SPO2 VERY LOW (high)\nRoom 1: HR HIGH (medium)",
            "priority": 5,
            "tags": ["rotating_light"],
            "click": "https://chairside.clinic/a/token-of-anna",
            "actions": [
                {
                    "action": "http",
                    "label": "Accept",
                    "url": "https://chairside.clinic/a/token-of-anna/accept",
                    "method": "POST",
                    "clear": true,
                },
                {
                    "action": "http",
                    "label": "Not me",
                    "url": "https://chairside.clinic/a/token-of-anna/decline",
                    "method": "POST",
                    "clear": true,
                },
            ],
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn the_more_urgent_it_is_the_louder() {
        let mut message = call();
        for (purpose, priority, loud) in [
            (Purpose::Call, Priority::High, 5),
            (Purpose::Call, Priority::Medium, 4),
            (Purpose::Call, Priority::Low, 3),
            (Purpose::AllClear, Priority::High, 3),
            (Purpose::Answered, Priority::High, 3),
            (Purpose::Test, Priority::Low, 5),
        ] {
            (message.purpose, message.priority) = (purpose, priority);
            assert_eq!(json(&message)["priority"], loud, "{purpose:?} {priority:?}");
        }
    }

    #[test]
    fn a_test_is_answered_with_received_and_an_all_clear_with_nothing() {
        let mut message = call();
        message.purpose = Purpose::Test;
        message.answer = Some("https://chairside.clinic/a/t/".into());
        let actions = json(&message)["actions"].clone();
        assert_eq!(actions.as_array().unwrap().len(), 1);
        assert_eq!(actions[0]["url"], "https://chairside.clinic/a/t/received");
        message.purpose = Purpose::AllClear;
        let all_clear = json(&message);
        assert_eq!(
            (all_clear.get("actions"), all_clear.get("click")),
            (None, None)
        );
        message.purpose = Purpose::Call;
        message.answer = None;
        let nowhere = json(&message);
        assert_eq!((nowhere.get("actions"), nowhere.get("click")), (None, None));
    }

    #[test]
    fn many_alarms_are_a_message_and_not_a_file() {
        let mut message = call();
        message.parts = vec![message.parts[0].clone(); 500];
        let text = json(&message)["message"].as_str().unwrap().to_owned();
        assert!(text.len() <= MESSAGE_MAX, "{text}");
        assert!(text.ends_with(" more"), "{text}");
    }

    #[tokio::test]
    async fn what_is_no_topic_is_not_sent_anywhere() {
        let mut receiver = Receiver::start(Manner::status(200, "")).await;
        let settings = NtfySettings {
            url: receiver.url("http", "/"),
            token: None,
        };
        let channel = NtfyChannel::new(&settings, client(&["127.0.0.1"])).unwrap();
        for topic in ["", "a/b", "a,b", "+4366012345", "a b", "ä", &"a".repeat(65)] {
            let failure = channel.deliver(&call(), topic).await.unwrap_err();
            assert_eq!(failure, Failure::lasting("the address is no topic of ntfy"));
        }
        assert_eq!(receiver.count(), (0, 0));
        let longest = "a".repeat(64);
        assert_eq!(channel.deliver(&call(), &longest).await, Ok(()));
        let request = receiver.request().await;
        assert_eq!(request.header("authorization"), None);
    }

    #[test]
    fn settings_that_cannot_be_used_are_refused_by_their_name() {
        let refused = |url: &str, token: Option<&str>| {
            let settings = NtfySettings {
                url: url.into(),
                token: token.map(Secret::new),
            };
            let made = NtfyChannel::new(&settings, client(&["10.0.0.5"]));
            made.err().map(|error| error.field)
        };
        assert_eq!(refused("https://ntfy.example", Some("tk_1")), None);
        assert_eq!(refused("http://10.0.0.5:2586/", None), None);
        for url in [
            "https://ntfy.example/topic",
            "https://ntfy.example/?a=b",
            "http://ntfy.example",
            "ntfy.example",
        ] {
            assert_eq!(refused(url, None), Some("url"), "{url}");
        }
        assert_eq!(refused("https://ntfy.example", Some("a\nb")), Some("token"));
        assert_eq!(refused("https://ntfy.example", Some("")), Some("token"));
    }
}
