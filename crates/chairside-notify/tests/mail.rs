//! E-mail, against a mail server on loopback.

mod smtp;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use chairside_alarm::Priority;
use chairside_notify::mail::{MailChannel, MailProtection, MailSettings};
use chairside_notify::{ATTEMPT_MAX, Channel, Failure, Message, Part, Purpose, Retry, Secret};
use chrono::DateTime;
use smtp::{Act, Identity, Script, Server, decoded};

/// Where nobody waits for an answer that does come.
const SOON: Duration = Duration::from_millis(300);

fn message(bed_name: &str) -> Message {
    Message {
        key: "n7:mail:0.1".into(),
        at: DateTime::from_timestamp(1_795_428_903, 0).expect("a moment"),
        site: "clinic-a".into(),
        purpose: Purpose::Call,
        priority: Priority::High,
        parts: vec![Part {
            bed: "3".into(),
            bed_name: bed_name.into(),
            simulated: false,
            alarm: "SPO2_VERY_LOW",
            occurrence: 7,
            priority: Priority::High,
            since: DateTime::UNIX_EPOCH,
        }],
        answer: Some("https://clinic.example/a/token".into()),
    }
}

fn identity() -> Identity {
    Identity::new(&["localhost"], |_| {})
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("it can be written");
    file
}

fn settings(port: u16) -> MailSettings {
    MailSettings {
        host: "localhost".into(),
        port,
        protection: MailProtection::StartTls,
        unprotected_hosts: Vec::new(),
        ca_file: None,
        user: None,
        password: None,
        from: "Chairside <alarm@clinic.example>".into(),
        attempt_max: ATTEMPT_MAX,
    }
}

/// A server, and the channel that is to reach it.
struct Pair {
    server: Server,
    channel: MailChannel,
    _trusted: tempfile::NamedTempFile,
}

impl Pair {
    async fn new(script: Script, change: impl FnOnce(&mut MailSettings)) -> Self {
        let identity = identity();
        Self::with(&identity, &identity.pem(), script, change).await
    }

    async fn with(
        identity: &Identity,
        trusted: &str,
        script: Script,
        change: impl FnOnce(&mut MailSettings),
    ) -> Self {
        let server = Server::start(identity, script).await;
        let trusted = file(trusted);
        let mut settings = settings(server.port);
        settings.ca_file = Some(trusted.path().to_owned());
        change(&mut settings);
        Self {
            server,
            channel: MailChannel::new(settings).expect("the settings are good"),
            _trusted: trusted,
        }
    }

    /// Tries once, and holds the attempt to its limit.
    async fn deliver(&self, message: &Message) -> Result<(), Failure> {
        let delivery = self.channel.deliver(message, "nurse@clinic.example");
        let ended = tokio::time::timeout(ATTEMPT_MAX, delivery).await;
        ended.expect("an attempt ends by itself")
    }
}

fn acts(acts: &[(&'static str, Act)]) -> BTreeMap<&'static str, Act> {
    acts.iter().copied().collect()
}

#[track_caller]
fn assert_failure(outcome: Result<(), Failure>, retry: Retry, words: &str) {
    let failure = outcome.expect_err("it must fail");
    assert_eq!(failure.retry, retry, "{failure}");
    assert!(failure.why.contains(words), "{failure} has no {words:?}");
    for secret in ["nurse", "alarm@", "hunter2", "token"] {
        assert!(!failure.why.contains(secret), "{failure} tells {secret}");
    }
}

const PASSES: Retry = Retry::After(None);

#[tokio::test]
async fn a_mail_has_bed_and_condition_and_is_sent_over_tls() {
    let mut pair = Pair::new(Script::default(), |_| {}).await;
    assert_eq!(pair.deliver(&message("Room 3")).await, Ok(()));
    let taken = pair.server.taken.try_recv().expect("it was taken");
    assert!(taken.protected);
    assert_eq!(taken.from, "FROM:<alarm@clinic.example>");
    assert_eq!(taken.to, "TO:<nurse@clinic.example>");
    assert_eq!(
        taken.mail,
        "From: Chairside <alarm@clinic.example>\n\
         To: nurse@clinic.example\n\
         Subject: Room 3: SPO2 VERY LOW\n\
         Date: Mon, 23 Nov 2026 10:15:03 +0000\n\
         Message-ID: <n7=mail=0+1@clinic.example>\n\
         Content-Type: text/plain; charset=utf-8\n\
         Auto-Submitted: auto-generated\n\
         Content-Transfer-Encoding: 7bit\n\
         \n\
         Room 3: SPO2 VERY LOW (high)\n\
         \n\
         Answer: https://clinic.example/a/token\n"
    );
    // Without protection nothing was said but what asks for it.
    let in_clear = pair.server.in_clear.lock().unwrap().clone();
    assert_eq!(in_clear, ["EHLO [127.0.0.1]", "STARTTLS"]);
}

#[tokio::test]
async fn a_second_attempt_is_the_same_to_the_byte() {
    let mut pair = Pair::new(Script::default(), |_| {}).await;
    let mut other = message("Room 3");
    other.key = "n7:mail:0:1".into();
    for message in [message("Room 3"), message("Room 3"), other] {
        assert_eq!(pair.deliver(&message).await, Ok(()));
    }
    let mut next = || pair.server.taken.try_recv().expect("it was taken").mail;
    let first = next();
    assert_eq!(next(), first);
    assert!(next().contains("Message-ID: <n7=mail=0=1@clinic.example>"));
}

#[tokio::test]
async fn a_name_outside_of_ascii_arrives_and_one_with_a_line_end_adds_no_header() {
    let mut pair = Pair::new(Script::default(), |_| {}).await;
    let named = message("Süd\r\nBcc: all@clinic.example");
    assert_eq!(pair.deliver(&named).await, Ok(()));
    let mail = pair.server.taken.try_recv().expect("it was taken").mail;
    let (header, _) = mail.split_once("\n\n").expect("a text");
    let header = header.replace("\n ", " ");
    let fields: Vec<_> = header
        .lines()
        .map(|line| line.split_once(':').expect("a header").0)
        .collect();
    assert_eq!(
        fields,
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Content-Type",
            "Auto-Submitted",
            "Content-Transfer-Encoding"
        ]
    );
    let subject = header
        .lines()
        .find_map(|line| line.strip_prefix("Subject: "));
    let words = subject.expect("a subject").split(' ').map(|word| {
        let encoded = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|word| word.strip_suffix("?="));
        encoded.map_or_else(|| word.to_owned(), decoded)
    });
    let subject = words.collect::<Vec<_>>().join(" ");
    assert_eq!(subject, "Süd Bcc: all@clinic.example: SPO2 VERY LOW");
}

#[tokio::test]
async fn tls_from_the_start_is_spoken_where_it_is_asked_for() {
    let script = Script {
        tls: true,
        ..Script::default()
    };
    let mut pair = Pair::new(script, |to| to.protection = MailProtection::Tls).await;
    assert_eq!(pair.deliver(&message("Room 3")).await, Ok(()));
    assert!(
        pair.server
            .taken
            .try_recv()
            .expect("it was taken")
            .protected
    );
    assert_eq!(*pair.server.in_clear.lock().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_listed_host_is_reached_without_protection() {
    let script = Script {
        no_starttls: true,
        ..Script::default()
    };
    let unprotected = |to: &mut MailSettings| {
        to.protection = MailProtection::None;
        to.unprotected_hosts = vec!["other".into(), "LOCALHOST".into()];
    };
    let mut pair = Pair::new(script, unprotected).await;
    assert_eq!(pair.deliver(&message("Room 3")).await, Ok(()));
    assert!(
        !pair
            .server
            .taken
            .try_recv()
            .expect("it was taken")
            .protected
    );
}

fn with_account(to: &mut MailSettings) {
    to.user = Some("alarm".into());
    to.password = Some(Secret::new("hunter2"));
}

#[tokio::test]
async fn the_password_is_given_after_tls_in_both_ways() {
    for offers in [&["AUTH PLAIN LOGIN"], &["AUTH LOGIN"]] {
        let script = Script {
            offers,
            ..Script::default()
        };
        let mut pair = Pair::new(script, with_account).await;
        assert_eq!(pair.deliver(&message("Room 3")).await, Ok(()));
        let taken = pair.server.taken.try_recv().expect("it was taken");
        assert_eq!(taken.account, Some(("alarm".into(), "hunter2".into())));
        let in_clear = pair.server.in_clear.lock().unwrap().clone();
        assert_eq!(in_clear, ["EHLO [127.0.0.1]", "STARTTLS"]);
        assert!(!format!("{:?}", pair.channel).contains("hunter2"));
    }
}

#[tokio::test]
async fn a_server_without_starttls_or_passwords_gets_nothing() {
    let script = Script {
        no_starttls: true,
        offers: &["AUTH PLAIN"],
        ..Script::default()
    };
    let mut pair = Pair::new(script, with_account).await;
    let outcome = pair.deliver(&message("Room 3")).await;
    assert_failure(outcome, Retry::Never, "has no STARTTLS");
    assert_eq!(*pair.server.in_clear.lock().unwrap(), ["EHLO [127.0.0.1]"]);
    assert!(pair.server.taken.try_recv().is_err());

    let script = Script {
        offers: &["AUTH CRAM-MD5"],
        ..Script::default()
    };
    let mut pair = Pair::new(script, with_account).await;
    let outcome = pair.deliver(&message("Room 3")).await;
    assert_failure(outcome, Retry::Never, "takes no password");
    assert!(pair.server.taken.try_recv().is_err());
}

#[tokio::test]
async fn what_was_said_before_tls_is_not_taken_for_what_is_said_under_it() {
    // Somebody on the way adds an answer to the next question (as in CVE-2011-0411).
    let script = Script {
        acts: acts(&[("STARTTLS", Act::Say("220 go on\r\n250 mail.example"))]),
        ..Script::default()
    };
    let mut pair = Pair::new(script, |_| {}).await;
    let outcome = pair.deliver(&message("Room 3")).await;
    assert_failure(outcome, Retry::Never, "cannot be trusted");
    assert!(pair.server.taken.try_recv().is_err());
}

#[tokio::test]
async fn a_certificate_that_does_not_fit_gets_nothing() {
    let good = identity();
    let stranger = identity();
    let elsewhere = Identity::new(&["mail.example"], |_| {});
    let over = Identity::new(&["localhost"], |certificate| {
        certificate.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    for (identity, trusted) in [(&stranger, &good), (&elsewhere, &elsewhere), (&over, &over)] {
        for protection in [MailProtection::StartTls, MailProtection::Tls] {
            let script = Script {
                tls: protection == MailProtection::Tls,
                offers: &["AUTH PLAIN"],
                ..Script::default()
            };
            let mut pair = Pair::with(identity, &trusted.pem(), script, |to| {
                to.protection = protection;
                with_account(to);
            })
            .await;
            let outcome = pair.deliver(&message("Room 3")).await;
            assert_failure(outcome, Retry::Never, "certificate");
            assert!(pair.server.taken.try_recv().is_err());
        }
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_where_it_should_will_never_do() {
    let pair = Pair::new(Script::default(), |to| to.protection = MailProtection::Tls).await;
    let outcome = pair.deliver(&message("Room 3")).await;
    assert_failure(outcome, Retry::Never, "cannot be trusted");
}

#[tokio::test]
async fn what_a_server_refuses_for_now_passes_and_what_it_refuses_is_refused() {
    let refusals = [
        ("451 try nurse@clinic.example later", PASSES, "(451)"),
        ("421-one moment\r\n421 please", PASSES, "(421)"),
        ("550 nurse@clinic.example is unknown", Retry::Never, "(550)"),
        ("535 hunter2 is wrong", Retry::Never, "(535)"),
    ];
    let steps = [
        "connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "content",
    ];
    for step in steps {
        for (words, retry, code) in refusals {
            let script = Script {
                offers: &["AUTH PLAIN"],
                acts: acts(&[(step, Act::Say(words))]),
                ..Script::default()
            };
            let mut pair = Pair::new(script, with_account).await;
            let outcome = pair.deliver(&message("Room 3")).await;
            assert_failure(outcome, retry, code);
            assert!(pair.server.taken.try_recv().is_err());
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_anywhere_ends_the_attempt_in_its_time() {
    let steps = [
        "connect",
        "EHLO",
        "STARTTLS",
        "handshake",
        "AUTH",
        "MAIL",
        "RCPT",
        "DATA",
        "content",
    ];
    for step in steps {
        let script = Script {
            offers: &["AUTH PLAIN"],
            acts: acts(&[(step, Act::Hang)]),
            ..Script::default()
        };
        let pair = Pair::new(script, |to| {
            to.attempt_max = SOON;
            with_account(to);
        })
        .await;
        let outcome = pair.deliver(&message("Room 3")).await;
        assert_failure(outcome, PASSES, "did not take the mail within 300ms");
    }
}

#[tokio::test]
async fn a_server_that_refuses_and_hangs_has_refused() {
    for step in ["MAIL", "RCPT", "DATA", "content"] {
        let script = Script {
            acts: acts(&[(step, Act::Say("550 no")), ("QUIT", Act::Hang)]),
            ..Script::default()
        };
        let pair = Pair::new(script, |_| {}).await;
        let outcome = pair.deliver(&message("Room 3")).await;
        assert_failure(outcome, Retry::Never, "(550)");
    }
}

#[tokio::test]
async fn a_server_that_goes_away_anywhere_may_come_back() {
    let steps = [
        "connect",
        "EHLO",
        "STARTTLS",
        "handshake",
        "AUTH",
        "MAIL",
        "RCPT",
        "DATA",
        "content",
    ];
    for step in steps {
        let script = Script {
            offers: &["AUTH PLAIN"],
            acts: acts(&[(step, Act::Close)]),
            ..Script::default()
        };
        let pair = Pair::new(script, with_account).await;
        let outcome = pair.deliver(&message("Room 3")).await;
        assert_failure(outcome, PASSES, "the mail server localhost:");
    }
}

#[tokio::test]
async fn what_was_taken_is_delivered_however_the_goodbye_goes() {
    for goodbye in [Act::Hang, Act::Close, Act::Say("421 bye")] {
        let script = Script {
            acts: acts(&[("QUIT", goodbye)]),
            ..Script::default()
        };
        let mut pair = Pair::new(script, |_| {}).await;
        assert_eq!(pair.deliver(&message("Room 3")).await, Ok(()));
        assert!(pair.server.taken.try_recv().is_ok());
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_may_be_there_later() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mut to = settings(port);
    to.host = "127.0.0.1".into();
    let channel = MailChannel::new(to).unwrap();
    let message = message("Room 3");
    let outcome = channel.deliver(&message, "nurse@clinic.example").await;
    assert_failure(outcome, PASSES, "cannot be reached: connection refused");
}

#[tokio::test]
async fn what_is_no_mailbox_is_never_written_to() {
    let mut pair = Pair::new(Script::default(), |_| {}).await;
    for address in [
        "",
        "nurse",
        "nurse@",
        "@clinic.example",
        "nurse@clinic.example, all@clinic.example",
        "nurse@clinic.example>\r\nRCPT TO:<all@clinic.example",
        "nurse@clinic.example\r\nBcc: all@clinic.example",
    ] {
        let message = message("Room 3");
        let outcome = pair.channel.deliver(&message, address).await;
        assert_failure(outcome, Retry::Never, "is no mailbox");
    }
    // Letters outside of ASCII take a server that says it can.
    let outcome = pair
        .channel
        .deliver(&message("Room 3"), "schwester-süd@clinic.example")
        .await;
    assert_failure(outcome, Retry::Never, "SMTPUTF8");
    assert!(pair.server.taken.try_recv().is_err());

    let script = Script {
        offers: &["SMTPUTF8"],
        ..Script::default()
    };
    let mut pair = Pair::new(script, |_| {}).await;
    let outcome = pair
        .channel
        .deliver(&message("Room 3"), "schwester-süd@clinic.example")
        .await;
    assert_eq!(outcome, Ok(()));
    let taken = pair.server.taken.try_recv().expect("it was taken");
    assert_eq!(taken.to, "TO:<schwester-süd@clinic.example>");
    assert_eq!(taken.from, "FROM:<alarm@clinic.example> SMTPUTF8");
}

#[test]
fn settings_that_cannot_be_used_are_told_by_field() {
    fn told(change: impl FnOnce(&mut MailSettings)) -> String {
        let mut settings = settings(587);
        with_account(&mut settings);
        change(&mut settings);
        let error = MailChannel::new(settings).expect_err("it cannot be used");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        error.to_string()
    }
    assert_eq!(
        told(|to| to.host = String::new()),
        "host: is no name of a server"
    );
    assert_eq!(
        told(|to| to.host = "a b".into()),
        "host: is no name of a server"
    );
    assert_eq!(told(|to| to.port = 0), "port: 0 is no port");
    assert_eq!(
        told(|to| to.protection = MailProtection::None),
        "protection: localhost is not listed as reached without it"
    );
    let unprotected = |to: &mut MailSettings| {
        to.protection = MailProtection::None;
        to.unprotected_hosts = vec!["localhost".into()];
    };
    assert_eq!(
        told(unprotected),
        "password: is not sent over a connection without protection"
    );
    assert_eq!(
        told(|to| to.password = None),
        "password: is missing beside the user"
    );
    assert_eq!(
        told(|to| to.user = None),
        "user: is missing beside the password"
    );
    assert!(told(|to| to.from = "clinic".into()).starts_with("from: \"clinic\" is no mailbox"));
    for wrong in [Duration::ZERO, ATTEMPT_MAX * 2] {
        let told = told(|to| to.attempt_max = wrong);
        assert_eq!(told, "attempt_max: must be more than 0 s and at most 5s");
    }
    assert!(
        told(|to| to.ca_file = Some("/nowhere.pem".into())).starts_with("ca_file: /nowhere.pem: ")
    );
    for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\n!\n"] {
        let file = file(text);
        let told = told(|to| to.ca_file = Some(file.path().to_owned()));
        assert!(told.starts_with("ca_file: "), "{told}");
    }
}
