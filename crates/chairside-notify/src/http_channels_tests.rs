//! What all channels over HTTP promise, whatever is at the other end.

use std::time::Duration;

use tokio::time::timeout;

use crate::gateway::{GatewayBody, GatewayChannel, GatewayCredentials, GatewaySettings};
use crate::ntfy::{NtfyChannel, NtfySettings};
use crate::receiver::{Manner, Receiver, SHORT, call, client};
use crate::webhook::{WebhookChannel, WebhookSettings};
use crate::{ATTEMPT_MAX, Channel, Failure, Retry, Secret};

/// Part of every secret, token, number, topic, path and answer below.
const HIDDEN: &str = "Hidden0";

/// Each channel, to that receiver, with an address of its own.
fn channels(receiver: &Receiver, attempt_max: Duration) -> Vec<(Box<dyn Channel>, String)> {
    let http = client(&["127.0.0.1"]).with_attempt_max(attempt_max);
    let url = receiver.url("http", &format!("/{HIDDEN}"));
    let webhook = WebhookSettings {
        url: url.clone(),
        secrets: vec![Secret::new(format!("whsec_{}", HIDDEN.repeat(8)))],
    };
    let ntfy = NtfySettings {
        url: receiver.url("http", "/"),
        token: Some(Secret::new(HIDDEN)),
    };
    let gateway = |credentials| GatewaySettings {
        url: url.clone(),
        body: GatewayBody::usual(HIDDEN),
        credentials: Some(credentials),
    };
    let basic = gateway(GatewayCredentials::Basic {
        user: HIDDEN.into(),
        password: Secret::new(HIDDEN),
    });
    let bearer = gateway(GatewayCredentials::Bearer(Secret::new(HIDDEN)));
    let channels: [Box<dyn Channel>; 4] = [
        Box::new(WebhookChannel::new(&webhook, http.clone()).unwrap()),
        Box::new(NtfyChannel::new(&ntfy, http.clone()).unwrap()),
        Box::new(GatewayChannel::new(&basic, http.clone()).unwrap()),
        Box::new(GatewayChannel::new(&bearer, http).unwrap()),
    ];
    channels.map(|channel| (channel, HIDDEN.into())).into()
}

/// Sends a call by each channel, and returns what became of it.
async fn deliveries(manner: Manner) -> Vec<Result<(), Failure>> {
    let silent = matches!(manner, Manner::TooLate | Manner::Drip(_));
    let attempt_max = if silent { SHORT } else { ATTEMPT_MAX };
    let receiver = Receiver::start(manner).await;
    let mut results = Vec::new();
    for (channel, address) in channels(&receiver, attempt_max) {
        let message = call();
        let delivery = timeout(ATTEMPT_MAX * 2, channel.deliver(&message, &address)).await;
        let result = delivery.expect("it ends by itself");
        let said = format!("{channel:?} {result:?}");
        assert!(!said.contains(HIDDEN), "{said}");
        assert!(!said.contains(&HIDDEN.to_lowercase()), "{said}");
        // As base64 has it, of the name and the password together.
        assert!(!said.contains("SGlkZGVu"), "{said}");
        results.push(result);
    }
    results
}

#[tokio::test]
async fn every_channel_says_what_may_pass_and_what_will_not_and_no_secret() {
    let passes = Some(Retry::After(None));
    for (manner, retry) in [
        (Manner::status(200, ""), None),
        (Manner::status(202, ""), None),
        (Manner::status(204, ""), None),
        (Manner::status(302, "location: /\r\n"), Some(Retry::Never)),
        (Manner::status(400, ""), Some(Retry::Never)),
        (Manner::status(401, ""), Some(Retry::Never)),
        (Manner::status(404, ""), Some(Retry::Never)),
        (Manner::status(408, ""), passes),
        (Manner::status(425, ""), passes),
        (Manner::status(429, ""), passes),
        (
            Manner::status(429, "retry-after: 3\r\n"),
            Some(Retry::After(Some(Duration::from_secs(3)))),
        ),
        (Manner::status(503, ""), passes),
        (Manner::CloseAtOnce, passes),
        (Manner::BreakOff("HTTP/1.1 2"), passes),
        (Manner::TooLate, passes),
        (Manner::Drip("HTTP/1.1 200 OK\r\nx: "), passes),
    ] {
        for result in deliveries(manner.clone()).await {
            let said = result.err().map(|failure| failure.retry);
            assert_eq!(said, retry, "{manner:?}");
        }
    }
}

#[tokio::test]
async fn no_channel_is_made_for_a_host_that_is_not_listed() {
    let receiver = Receiver::start(Manner::status(200, "")).await;
    for scheme in ["http", "https"] {
        let webhook = WebhookSettings {
            url: receiver.url(scheme, "/"),
            secrets: vec![Secret::new(format!("whsec_{}", HIDDEN.repeat(8)))],
        };
        let error = WebhookChannel::new(&webhook, client(&["10.0.0.1"])).unwrap_err();
        assert_eq!(error.field, "url");
        let ntfy = NtfySettings {
            url: receiver.url(scheme, "/"),
            token: None,
        };
        let error = NtfyChannel::new(&ntfy, client(&["10.0.0.1"])).unwrap_err();
        assert_eq!(error.field, "url");
    }
}
