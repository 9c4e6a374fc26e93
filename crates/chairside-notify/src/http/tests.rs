//! The client against receivers that behave, and those that do not.

use std::path::Path;

use tokio::net::TcpSocket;

use super::*;
use crate::Retry;
use crate::receiver::{Authority, Manner, Receiver, SHORT, Seen, client, noon};

/// Sends once to a receiver of this manner on loopback, which is listed.
async fn once(http: &Http, manner: Manner) -> (Result<Answer, Failure>, Receiver) {
    let receiver = Receiver::start(manner).await;
    let result = post(http, &receiver.url("http", "/secret-path")).await;
    (result, receiver)
}

/// Sends once, and within the time that every attempt ends in.
async fn post(http: &Http, url: &str) -> Result<Answer, Failure> {
    let target = http.target(url).unwrap();
    let sending = http.post(&target, HeaderMap::new(), b"{}".to_vec());
    let result = timeout(ATTEMPT_MAX * 2, sending).await;
    let result = result.expect("an attempt ends by itself");
    if let Err(failure) = &result {
        assert!(!failure.why.contains("secret-path"), "{failure}");
        assert!(failure.why.contains(target.host()), "{failure}");
    }
    result
}

/// Sends once, and says what became of it as a channel does.
async fn taken(http: &Http, manner: Manner) -> Result<(), Failure> {
    once(http, manner).await.0.and_then(Answer::taken)
}

#[tokio::test]
async fn a_request_is_what_it_was_told_to_be_and_says_nothing_else_of_us() {
    let http = client(&["127.0.0.1"]);
    let mut receiver = Receiver::start(Manner::status(200, "")).await;
    let mut headers = HeaderMap::new();
    headers.insert("urgency", "high".parse().unwrap());
    let target = http.target(&receiver.url("http", "/path?a=b#c")).unwrap();
    let sent = http.post(&target, headers, b"{\"a\":1}".to_vec()).await;
    assert_eq!(sent.and_then(Answer::taken), Ok(()));
    let request = receiver.request().await;
    assert_eq!(request.line, "POST /path?a=b");
    assert_eq!(request.text(), "{\"a\":1}");
    let mut headers: Vec<_> = request.headers.iter().map(|(name, _)| name).collect();
    headers.sort();
    let known = ["accept", "content-length", "host", "urgency", "user-agent"];
    assert_eq!(headers, known);
    assert_eq!(request.header("user-agent"), Some("chairside"));
}

#[tokio::test]
async fn an_answer_is_told_by_its_status() {
    let http = client(&["127.0.0.1"]);
    for status in [200, 201, 202, 204, 299] {
        // A 204 has no body, and a receiver that sends one all the same is survived.
        assert_eq!(
            taken(&http, Manner::status(status, "")).await,
            Ok(()),
            "{status}"
        );
    }
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        let failure = taken(&http, Manner::status(status, "")).await.unwrap_err();
        assert_eq!(failure.retry, Retry::After(None), "{failure}");
        assert_eq!(failure.why, format!("127.0.0.1 answers {status}"));
    }
    for status in [
        300, 304, 400, 401, 403, 404, 405, 410, 413, 418, 422, 451, 600, 999,
    ] {
        let failure = taken(&http, Manner::status(status, "")).await.unwrap_err();
        assert_eq!(failure.retry, Retry::Never, "{failure}");
        assert!(failure.why.contains(&status.to_string()), "{failure}");
    }
}

#[tokio::test]
async fn a_receiver_says_how_long_to_wait_in_seconds_or_with_a_date() {
    let http = client(&["127.0.0.1"]);
    // The test's clock stands at 10:15:03.
    for (said, seconds) in [
        ("7", Some(7)),
        ("0", Some(0)),
        (" 12 ", Some(12)),
        ("86400", Some(3_600)),
        ("99999999999999999999999999", Some(3_600)),
        ("Mon, 23 Nov 2026 10:15:33 GMT", Some(30)),
        ("Mon, 23 Nov 2026 10:15:00 GMT", Some(0)),
        ("Mon, 23 Nov 2099 10:15:00 GMT", Some(3_600)),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ] {
        let headers = format!("retry-after: {said}\r\n");
        let failure = taken(&http, Manner::status(429, &headers))
            .await
            .unwrap_err();
        let wait = seconds.map(Duration::from_secs);
        assert_eq!(failure.retry, Retry::After(wait), "{said:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let http = client(&["127.0.0.1"]);
    let mut elsewhere = Receiver::start(Manner::status(200, "")).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}\r\n", elsewhere.url("http", "/"));
        let failure = taken(&http, Manner::status(status, &location))
            .await
            .unwrap_err();
        assert_eq!(failure.retry, Retry::Never);
        assert!(failure.why.contains("sends us elsewhere"), "{failure}");
    }
    assert_eq!(elsewhere.count(), (0, 0));
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_is_given_up() {
    let http = client(&["127.0.0.1"]).with_attempt_max(SHORT);
    for manner in [
        Manner::Deaf,
        Manner::TooLate,
        Manner::Drip("HTTP/1.1 200 OK\r\nx: "),
        Manner::Endless("HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nx: yyyyyyyy\r\n"),
    ] {
        let (result, receiver) = once(&http, manner.clone()).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.retry, Retry::After(None), "{manner:?}: {failure}");
        drop(receiver);
    }
    let failure = taken(&http, Manner::TooLate).await.unwrap_err();
    let seconds = SHORT.as_secs_f32();
    assert_eq!(
        failure.why,
        format!("127.0.0.1 does not answer within {seconds} s")
    );
}

#[tokio::test]
async fn a_receiver_that_breaks_off_may_be_tried_again() {
    let http = client(&["127.0.0.1"]);
    for manner in [
        Manner::CloseAtOnce,
        Manner::BreakOff(""),
        Manner::BreakOff("HTTP/1."),
        Manner::BreakOff("HTTP/1.1 200 OK\r\ncontent-le"),
        Manner::BreakOff("220 mail.example ESMTP\r\n"),
    ] {
        let failure = taken(&http, manner.clone()).await.unwrap_err();
        assert_eq!(failure.retry, Retry::After(None), "{manner:?}: {failure}");
    }
}

#[tokio::test]
async fn nobody_listening_may_pass() {
    // The port is taken, so that nobody else gets it, and nobody listens there.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = taken.local_addr().unwrap();
    let http = client(&["127.0.0.1"]);
    let result = post(&http, &format!("http://{address}/secret-path")).await;
    let failure = Failure::passing("127.0.0.1 refuses the connection");
    assert_eq!(result, Err(failure));
}

#[tokio::test]
async fn what_was_taken_stays_taken_whatever_becomes_of_the_rest() {
    let http = client(&["127.0.0.1"]);
    for manner in [
        Manner::BreakOff("HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\nhalf"),
        Manner::BreakOff("HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\nnonsense"),
        Manner::Answer("HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\nhalf".into()),
    ] {
        assert_eq!(taken(&http, manner.clone()).await, Ok(()), "{manner:?}");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_read_to_it() {
    let http = client(&["127.0.0.1"]);
    let endless = Manner::Endless("HTTP/1.1 200 OK\r\n\r\n", "0123456789");
    let (result, mut receiver) = once(&http, endless).await;
    assert_eq!(result.and_then(Answer::taken), Ok(()));
    let sent = loop {
        if let Seen::Sent(sent) = receiver.next().await {
            break sent;
        }
    };
    // What the two kernels hold is in it.
    assert!(
        sent < 16 << 20,
        "{sent} bytes went out before the client had enough"
    );
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_message() {
    let mut receiver = Receiver::start(Manner::status(200, "")).await;
    let http = client(&["127.0.0.1"]);
    for _ in 0..5 {
        let answer = post(&http, &receiver.url("http", "/")).await.unwrap();
        assert_eq!(answer.status, 200);
    }
    assert_eq!(receiver.count(), (1, 5));
}

/// Sends once with TLS to a receiver that is called `name` and has a certificate for `certified`.
async fn secure(name: &str, certified: &str, until: i32, known: bool) -> Result<Answer, Failure> {
    let (authority, other) = (Authority::new(), Authority::new());
    let identity = authority.identity(certified, until);
    let receiver = Receiver::tls(Manner::status(200, ""), identity).await;
    let port = receiver.address.port();
    let settings = HttpSettings {
        listed: vec![ListedHost::parse(&format!("{name}:{port}")).unwrap()],
        ca_file: Some(if known {
            authority.file()
        } else {
            other.file()
        }),
    };
    let lookup: Arc<dyn Lookup> = Arc::new(Loopback);
    let http = Http::with_lookup(&settings, noon(), &lookup).unwrap();
    post(&http, &format!("https://{name}:{port}/secret-path")).await
}

/// Every name is this machine's.
#[derive(Debug)]
struct Loopback;

impl Lookup for Loopback {
    fn lookup(&self, _name: &str) -> LookingUp {
        Box::pin(async { Ok(vec![[127, 0, 0, 1].into()]) })
    }
}

#[tokio::test]
async fn a_certificate_is_of_a_known_authority_for_that_host_and_in_its_time() {
    let good = secure("pager.test", "pager.test", 2100, true).await;
    assert_eq!(good.and_then(Answer::taken), Ok(()));
    let good = secure("127.0.0.1", "127.0.0.1", 2100, true).await;
    assert_eq!(good.and_then(Answer::taken), Ok(()));
    for (name, certified, until, known, words) in [
        ("pager.test", "pager.test", 2100, false, "not known here"),
        ("pager.test", "other.test", 2100, true, "another host's"),
        ("127.0.0.1", "pager.test", 2100, true, "another host's"),
        (
            "pager.test",
            "pager.test",
            2001,
            true,
            "certificate is over",
        ),
    ] {
        let failure = secure(name, certified, until, known).await.unwrap_err();
        assert_eq!(failure.retry, Retry::Never, "{failure}");
        assert!(failure.why.contains(words), "{failure}");
    }
}

#[tokio::test]
async fn a_receiver_that_does_not_speak_tls_is_not_spoken_to_without() {
    let mut receiver = Receiver::start(Manner::status(200, "")).await;
    let http = client(&["127.0.0.1"]).with_attempt_max(SHORT);
    let failure = post(&http, &receiver.url("https", "/secret-path")).await;
    assert!(matches!(failure.unwrap_err().retry, Retry::After(None)));
    assert_eq!(receiver.count().1, 0, "no request in the clear");
}

#[test]
fn a_file_of_authorities_is_read_or_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| {
        let settings = HttpSettings {
            ca_file: Some(path.into()),
            ..HttpSettings::default()
        };
        let error = Http::new(&settings, noon()).unwrap_err();
        assert_eq!(error.field, "ca_file");
        assert!(error.why.contains(&path.display().to_string()), "{error}");
    };
    refused(&folder.path().join("missing.pem"));
    for (name, text) in [
        ("empty.pem", ""),
        ("words.pem", "no certificate"),
        (
            "broken.pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ),
        ("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        refused(&path);
    }
}
