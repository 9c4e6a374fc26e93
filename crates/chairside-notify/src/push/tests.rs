//! Against a push service on loopback, with a browser that decrypts with code that is not ours.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use chairside_alarm::Priority;
use chairside_channel_peers::{Browser, claims};
use chrono::DateTime;
use serde_json::{Value, json};

use super::encryption::{Material, sealed};
use super::*;
use crate::receiver::{Manner, Receiver, client};
use crate::{Part, Purpose, Retry};

fn bytes(text: &str) -> Vec<u8> {
    BASE64.decode(text).unwrap()
}

fn message() -> Message {
    Message {
        key: "n7:push:0".into(),
        at: DateTime::UNIX_EPOCH,
        site: "clinic-a".into(),
        purpose: Purpose::Call,
        priority: Priority::High,
        parts: vec![part("3", 7)],
        answer: Some("https://clinic.example/a/token".into()),
    }
}

fn part(bed: &str, occurrence: u64) -> Part {
    Part {
        bed: bed.into(),
        bed_name: format!("Room {bed}"),
        simulated: false,
        alarm: "SPO2_VERY_LOW",
        occurrence,
        priority: Priority::High,
        since: DateTime::UNIX_EPOCH,
    }
}

/// The folder with the key, and the channel.
fn channel() -> (tempfile::TempDir, PushChannel) {
    let folder = tempfile::tempdir().unwrap();
    let channel = PushChannel::new(&settings(&folder), client(&["127.0.0.1"])).unwrap();
    (folder, channel)
}

fn settings(folder: &tempfile::TempDir) -> PushSettings {
    PushSettings {
        subject: "mailto:it@clinic.example".into(),
        key_file: folder.path().join("vapid.pem"),
    }
}

#[tokio::test]
async fn a_message_reaches_the_browser_that_subscribed_and_nobody_else_reads_it() {
    let (_folder, channel) = channel();
    let mut service = Receiver::start(Manner::status(201, "")).await;
    let browser = Browser::subscribed();
    let subscription = browser.subscription(&service.url("http", "/push/secret-of-it"));
    assert_eq!(channel.check(&subscription), Ok(()));
    assert_eq!(channel.deliver(&message(), &subscription).await, Ok(()));
    let request = service.request().await;
    assert_eq!(request.line, "POST /push/secret-of-it");
    let told = ["content-encoding", "ttl", "urgency"].map(|name| request.header(name).unwrap());
    assert_eq!(told, ["aes128gcm", "60", "high"]);
    let topic = request.header("topic").unwrap();
    assert_eq!(topic.len(), 32);
    let (key, claims) = claims(request.header("authorization").unwrap());
    assert_eq!(
        Some(key),
        channel.public_key(),
        "with which the browser subscribed"
    );
    let expected = json!({
        "aud": service.url("http", ""),
        "exp": 1_795_428_903 + 12 * 60 * 60,
        "sub": "mailto:it@clinic.example",
    });
    assert_eq!(claims, expected);
    let text: Value = serde_json::from_slice(&browser.decrypt(&request.body)).unwrap();
    let expected = json!({
        "title": "Room 3: SPO2 VERY LOW",
        "text": "Room 3: SPO2 VERY LOW (high)",
        "key": "n7:push:0",
        "purpose": "call",
        "tag": topic,
        "answer": "https://clinic.example/a/token",
    });
    assert_eq!(text, expected);
    let seen =
        String::from_utf8_lossy(&request.body).into_owned() + &format!("{:?}", request.headers);
    for hidden in ["Room", "SPO2", "clinic-a", "token", "n7:"] {
        assert!(!seen.contains(hidden), "the service sees {hidden}");
    }
    assert!(!format!("{channel:?}").contains("PRIVATE"));
}

#[tokio::test]
async fn each_attempt_is_encrypted_anew_and_says_the_same() {
    let (_folder, channel) = channel();
    let mut service = Receiver::start(Manner::status(201, "")).await;
    let browser = Browser::subscribed();
    let subscription = browser.subscription(&service.url("http", "/"));
    let mut requests = Vec::new();
    for _ in 0..2 {
        assert_eq!(channel.deliver(&message(), &subscription).await, Ok(()));
        requests.push(service.request().await);
    }
    let [first, second] = &requests[..] else {
        panic!("two were sent")
    };
    // Neither the salt nor our key is used twice.
    assert_ne!(first.body[..16], second.body[..16]);
    assert_ne!(first.body[21..86], second.body[21..86]);
    assert_eq!(browser.decrypt(&first.body), browser.decrypt(&second.body));
    assert_eq!(first.header("topic"), second.header("topic"));
}

#[test]
fn the_example_of_the_standard_comes_out_to_the_byte() {
    // RFC 8291, section 5 and appendix A.
    let theirs =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    let ours =
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    let shared = "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs";
    let message = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
        mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
        pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
    let text = b"When I grow up, I want to be a watermelon";
    let material = Material {
        shared: &bytes(shared),
        theirs: &bytes(theirs).try_into().unwrap(),
        ours: &bytes(ours),
        auth: &bytes("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap(),
        salt: bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap(),
    };
    let body = sealed(&material, text).unwrap();
    assert_eq!(BASE64.encode(&body), message);
    // And the test's own browser reads it with its private key.
    let secret = bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94");
    let browser = Browser::with(&secret, *material.auth);
    assert_eq!(browser.public(), bytes(theirs));
    assert_eq!(browser.decrypt(&body), text);
}

#[tokio::test]
async fn a_subscription_that_is_gone_is_said_to_be_and_what_may_pass_passes() {
    let (_folder, channel) = channel();
    let busy = Retry::After(Some(std::time::Duration::from_secs(7)));
    for (status, retry, words) in [
        (404, Retry::Never, "the browser's subscription is gone"),
        (410, Retry::Never, "the browser's subscription is gone"),
        (400, Retry::Never, "127.0.0.1 answers 400"),
        (403, Retry::Never, "does not let us in"),
        (413, Retry::Never, "127.0.0.1 answers 413"),
        (302, Retry::Never, "which is not followed"),
        (429, busy, "127.0.0.1 answers 429"),
        (500, busy, "127.0.0.1 answers 500"),
    ] {
        let headers = "retry-after: 7\r\nlocation: /elsewhere\r\n";
        let mut service = Receiver::start(Manner::status(status, headers)).await;
        let subscription = Browser::subscribed().subscription(&service.url("http", "/push/secret"));
        let failure = channel
            .deliver(&message(), &subscription)
            .await
            .unwrap_err();
        assert_eq!(failure.retry, retry, "{failure}");
        assert!(failure.why.contains(words), "{failure}");
        assert!(!failure.why.contains("secret"), "{failure}");
        assert_eq!(service.count(), (1, 1));
    }
    let late = Receiver::start(Manner::TooLate).await;
    let subscription = Browser::subscribed().subscription(&late.url("http", "/push/secret"));
    let failure = channel
        .deliver(&message(), &subscription)
        .await
        .unwrap_err();
    assert_eq!(failure.retry, Retry::After(None), "{failure}");
}

#[tokio::test]
async fn what_is_no_subscription_is_never_written_to() {
    let (_folder, channel) = channel();
    let mut service = Receiver::start(Manner::status(201, "")).await;
    let browser = Browser::subscribed();
    let good = browser.subscription(&service.url("http", "/push/secret"));
    let change = |pointer: &str, value: Value| {
        let mut json: Value = serde_json::from_str(&good).unwrap();
        *json.pointer_mut(pointer).unwrap() = value;
        json.to_string()
    };
    let mut off_the_curve = browser.public();
    off_the_curve[64] ^= 1;
    let cases = [
        (String::new(), "is no JSON"),
        ("null".into(), "is no JSON"),
        (good[..good.len() - 1].to_owned(), "is no JSON"),
        (change("/endpoint", Value::Null), "is no JSON"),
        (change("/keys", Value::Null), "is no JSON"),
        (change("/keys/p256dh", "!".into()), "no public key"),
        (
            change("/keys/p256dh", BASE64.encode([4; 64]).into()),
            "no public key",
        ),
        (
            change("/keys/p256dh", BASE64.encode([2; 65]).into()),
            "no public key",
        ),
        (
            change("/keys/auth", BASE64.encode([0; 15]).into()),
            "no secret of 16",
        ),
        (
            change("/keys/p256dh", BASE64.encode(off_the_curve).into()),
            "nothing can be encrypted",
        ),
        (
            change("/endpoint", "secret".into()),
            "not an address of the web",
        ),
        (
            change("/endpoint", "http://push.example/secret".into()),
            "is not listed",
        ),
        (
            change("/endpoint", "https://10.0.0.1/secret".into()),
            "of a private network",
        ),
        (
            change("/endpoint", "https://169.254.169.254/secret".into()),
            "of this link",
        ),
    ];
    for (subscription, words) in cases {
        let failure = channel
            .deliver(&message(), &subscription)
            .await
            .unwrap_err();
        assert_eq!(failure.retry, Retry::Never, "{failure}");
        assert!(failure.why.contains(words), "{failure} has no {words:?}");
        assert!(!failure.why.contains("secret of it"), "{failure}");
        let checked = channel.check(&subscription);
        assert_eq!(
            checked.is_err(),
            !words.contains("encrypted"),
            "{subscription}"
        );
    }
    assert_eq!(service.count(), (0, 0));
    // As some libraries write them.
    let padded = change("/keys/auth", (BASE64.encode(browser.auth()) + "==").into());
    assert_eq!(channel.deliver(&message(), &padded).await, Ok(()));
}

#[test]
fn a_topic_is_that_of_the_episodes() {
    let call = message();
    let same = |message: &Message| topic(message) == topic(&call);
    let with = |change: fn(&mut Message)| {
        let mut message = message();
        change(&mut message);
        message
    };
    assert!(same(&with(|message| message.key = "n8".into())));
    assert!(same(&with(|message| message.purpose = Purpose::AllClear)));
    assert!(!same(&with(|message| message.site = "clinic-b".into())));
    assert!(!same(&with(|message| message.parts[0].occurrence = 8)));
    assert!(!same(&with(|message| message.parts[0].bed = "37".into())));
    // A call for two beds must not be replaced by the news of one of them.
    assert!(!same(&with(|message| message.parts.push(part("4", 7)))));
    let order = |first, second| {
        let mut message = message();
        message.parts = vec![part(first, 1), part(second, 1)];
        topic(&message)
    };
    assert_eq!(order("1", "2"), order("2", "1"));
    // A test is about no episode.
    let test = |key: &str| {
        let mut message = message();
        message.parts.clear();
        message.key = key.into();
        topic(&message)
    };
    assert_ne!(test("a"), test("b"));
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    assert!(topic(&call).len() == 32 && topic(&call).bytes().all(letter));
}

#[tokio::test]
async fn a_long_message_is_told_in_short_and_always_fits() {
    let (_folder, channel) = channel();
    let mut service = Receiver::start(Manner::status(201, "")).await;
    let browser = Browser::subscribed();
    let subscription = browser.subscription(&service.url("http", "/"));
    let mut in_full = 0;
    for count in (1..200).step_by(7) {
        let mut message = message();
        message.parts = (0..count)
            .map(|bed| part(&format!("\"ä{bed}"), 1))
            .collect();
        assert_eq!(channel.deliver(&message, &subscription).await, Ok(()));
        let request = service.request().await;
        assert!(request.body.len() <= 4096);
        let text: Value = serde_json::from_slice(&browser.decrypt(&request.body)).unwrap();
        if text["text"] == message.text() {
            in_full += 1;
        } else {
            assert_eq!(text["text"], message.short());
            assert!(
                text["title"]
                    .as_str()
                    .unwrap()
                    .ends_with(&format!("and {} more", count - 1))
            );
        }
    }
    assert!((5..25).contains(&in_full), "{in_full}");
    let mut message = message();
    message.parts[0].bed_name = "\u{1}".repeat(5_000);
    assert_eq!(channel.deliver(&message, &subscription).await, Ok(()));
    message.answer = Some("a".repeat(4_000));
    let failure = channel.deliver(&message, &subscription).await.unwrap_err();
    assert_eq!(failure.retry, Retry::Never);
    assert!(failure.why.contains("does not fit"), "{failure}");
}

#[test]
fn our_key_is_made_once_and_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    let http = client(&[]);
    let open = || PushChannel::new(&settings, http.clone());
    // What a killed process left half-written is no key.
    fs::write(folder.path().join("vapid.pem.new"), "-----BEGIN").unwrap();
    let first = open().unwrap().public_key().unwrap();
    assert_eq!(bytes(&first).len(), 65);
    assert_eq!(open().unwrap().public_key().unwrap(), first);
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|one| one.unwrap().file_name())
        .collect();
    assert_eq!(names, ["vapid.pem"]);
    let mode =
        |mode| fs::set_permissions(&settings.key_file, fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(
        fs::metadata(&settings.key_file)
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
    mode(0o640);
    let error = open().unwrap_err();
    assert_eq!(error.field, "key_file");
    assert!(error.why.ends_with("its mode must be 0600"), "{error}");
    mode(0o600);
    for wrong in [
        "",
        "no key",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        fs::write(&settings.key_file, wrong).unwrap();
        let error = open().unwrap_err();
        assert_eq!(error.field, "key_file", "{error}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_told_by_field() {
    let folder = tempfile::tempdir().unwrap();
    let told = |change: &dyn Fn(&mut PushSettings)| {
        let mut settings = settings(&folder);
        change(&mut settings);
        PushChannel::new(&settings, client(&[])).unwrap_err().field
    };
    for wrong in [
        "",
        "it@clinic.example",
        "mailto:",
        "http://clinic.example",
        "mailto:a b",
        "mailto:\"x",
    ] {
        assert_eq!(
            told(&|to| to.subject = wrong.into()),
            "subject",
            "{wrong:?}"
        );
    }
    assert_eq!(
        told(&|to| to.key_file = folder.path().join("no/where/vapid.pem")),
        "key_file"
    );
    assert_eq!(
        told(&|to| to.key_file = folder.path().to_owned()),
        "key_file"
    );
    // Nothing was made along the way.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
