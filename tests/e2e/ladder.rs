//! People who are not at a screen are called by real channels, and each way that fails makes the
//! next rung due (issue 6).

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_e2e::clinic::{Calls, Clinic, Closed, device};
use chairside_e2e::http;
use chairside_e2e::log::Log;
use chairside_e2e::postbox::Postbox;
use chairside_e2e::receiver::{Manner, Receiver, Request};
use chairside_e2e::story::Story;
use chairside_store::{OutboxRow, Reader};
use serde_json::{Value, json};

use crate::displays::display;
use crate::{AT_ONCE, SOON};

/// A pressure that is a high alarm with the first reading.
pub(crate) fn crisis() -> Story {
    Story::well().cuff(1, 195.0, 115.0)
}

/// Telephones, and behind them a gateway for short messages: mn is called at once, ak after a
/// second, everyone after two.
pub(crate) fn calls(phones: &Receiver, gateway: &Receiver) -> Calls {
    let contact = |channel: &str, address: &str| {
        format!("[[staff.contact]]\nchannel = \"{channel}\"\naddress = \"{address}\"\n")
    };
    Calls {
        channels: format!(
            "[notify]\nlisted_hosts = [\"127.0.0.1\"]\n\
             [[channel]]\nname = \"phones\"\nkind = \"ntfy\"\nurl = \"http://{}\"\n\
             [[channel]]\nname = \"sms\"\nkind = \"gateway\"\nurl = \"http://{}/send\"\n\
             form = {{ To = \"{{to}}\", Body = \"{{text}}\", Id = \"{{key}}\" }}\n",
            phones.address(),
            gateway.address()
        ),
        mn: contact("phones", "mn"),
        ak: contact("phones", "ak") + &contact("sms", "+43660555"),
        ladders: "[[duty]]\nname = \"nurse\"\notherwise = [\"mn\"]\n\
                  [[ladder]]\nname = \"standard\"\nrepeat_s = 60\n\
                  [[ladder.rung]]\nhigh_after_s = 0\ncall = [\"duty:nurse\"]\nby = [\"phones\"]\n\
                  [[ladder.rung]]\nhigh_after_s = 1\ncall = [\"ak\"]\nby = [\"phones\"]\n\
                  [[ladder.rung]]\nhigh_after_s = 2\ncall = [\"everyone\"]\nby = [\"sms\"]\n"
            .to_owned(),
        ..Calls::default()
    }
}

pub(crate) fn topics(requests: &[Request]) -> Vec<String> {
    let topic = |request: &Request| request.json()["topic"].as_str().unwrap().to_owned();
    requests.iter().map(topic).collect()
}

/// What the record of a closed clinic has of its outbox.
pub(crate) fn kept(closed: &Closed) -> Vec<OutboxRow> {
    let reader = Reader::open(&closed.data()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let run = reader.runs().unwrap().pop().unwrap();
    reader.outbox_rows(&run).unwrap()
}

/// Each rung that was climbed, and why.
pub(crate) fn climbed(rows: &[OutboxRow]) -> Vec<(u32, &str)> {
    let rungs = rows.iter().filter_map(|row| match row {
        OutboxRow::Rung(row) => Some((row.rung.rung, &*row.why)),
        _ => None,
    });
    rungs.collect()
}

#[tokio::test]
async fn an_alarm_that_nobody_answers_calls_one_after_the_other_until_somebody_accepts() {
    let mut phones = Receiver::open(Manner::Take).await;
    let mut gateway = Receiver::open(Manner::Take).await;
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &calls(&phones, &gateway)).await;
    let mut client = clinic.client().await;
    let alarm = client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;

    let texts = gateway.until(1, AT_ONCE).await;
    assert_eq!(topics(&phones.requests()), ["mn", "ak"]);
    let first = phones.requests()[0].json();
    assert_eq!(first["title"], "SIMULATED Room 1: NIBP VERY HIGH");
    assert_eq!(first["priority"], 5);
    assert!(texts[0].body.contains("To=%2B43660555"), "{texts:?}");
    assert!(texts[0].body.contains("NIBP+VERY+HIGH"), "{texts:?}");

    let accepted = json!({"bed": "1", "by": "mn", "call": alarm["call"]});
    let answer = client.act("accept", accepted).await;
    assert_eq!(answer["ok"], true, "{answer}");
    // Whoever else was called is told, once the gap to the message before is over.
    let told = phones.until(3, SOON).await;
    let answered = told[2].json();
    assert_eq!(
        answered["title"],
        "Answered: SIMULATED Room 1: NIBP VERY HIGH"
    );
    assert_eq!(answered["topic"], "ak", "mn comes, and knows");
    gateway.until(2, SOON).await;
    let all_ended = |state: &Value| state["under_way"] == json!([]);
    http::get_until(clinic.address(), "/api/v1/calling", AT_ONCE, all_ended).await;

    let closed = clinic.close().await;
    let rows = kept(&closed);
    let expected = [(1, "time"), (2, "time"), (3, "time")];
    assert_eq!(climbed(&rows), expected);
    let ends = rows
        .iter()
        .filter(|row| matches!(row, OutboxRow::End(end) if end.ended == "taken"));
    assert_eq!(ends.count(), 5);
    closed.log.assert_clean_but_for(&[]);
}

/// Opens a clinic whose telephones behave like that, and returns when the short message came after
/// the first call, and what the record has.
async fn with_phones(manner: Manner) -> (Duration, Vec<OutboxRow>, Receiver, Log) {
    let phones = Receiver::open(manner).await;
    let mut gateway = Receiver::open(Manner::Take).await;
    let mut calls = calls(&phones, &gateway);
    // Only what fails makes a rung due before a minute is over.
    for (from, to) in [
        ("high_after_s = 1", "high_after_s = 60"),
        ("high_after_s = 2", "high_after_s = 60"),
    ] {
        calls.ladders = calls.ladders.replace(from, to);
    }
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &calls).await;
    let mut client = clinic.client().await;
    client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;
    let began = gateway.time();
    // Two rungs of telephones that fail, each within ten seconds.
    let texts = gateway.until(1, Duration::from_secs(30));
    let texts = client.reading_until(texts).await;
    let took = texts[0].at.saturating_sub(began);
    client.alarm(SOON, "1", "DELIVERY_FAILED", |_| true).await;
    let closed = clinic.close().await;
    let rows = kept(&closed);
    (took, rows, phones, closed.log)
}

#[tokio::test]
async fn telephones_that_refuse_are_passed_over_at_once_and_that_is_an_alarm() {
    let (took, rows, phones, log) = with_phones(Manner::Refuse(403)).await;
    assert!(took < AT_ONCE, "{took:?}");
    let expected = [(1, "time"), (2, "unreached"), (3, "unreached")];
    assert_eq!(climbed(&rows), expected);
    assert_eq!(
        topics(&phones.requests()),
        ["mn", "ak"],
        "refused is refused"
    );
    log.assert_clean_but_for(&["A message was not taken."]);
}

/// Each rung is passed over by itself; one rung and every channel, `failing.rs`.
#[tokio::test]
async fn telephones_that_hang_are_tried_again_and_passed_over_after_ten_seconds() {
    let (took, rows, phones, _) = with_phones(Manner::Hang).await;
    let bound = Duration::from_secs(19)..Duration::from_secs(27);
    assert!(bound.contains(&took), "{took:?}");
    let expected = [(1, "time"), (2, "unreached"), (3, "unreached")];
    assert_eq!(climbed(&rows), expected);
    let tried = topics(&phones.requests());
    let mn = tried.iter().filter(|topic| *topic == "mn");
    assert!(mn.count() > 1, "{tried:?}");
}

#[tokio::test]
async fn an_answer_that_comes_late_but_in_time_is_one_delivery() {
    let mut phones = Receiver::open(Manner::Late(Duration::from_secs(3))).await;
    let gateway = Receiver::open(Manner::Take).await;
    let mut calls = calls(&phones, &gateway);
    calls.ladders = calls
        .ladders
        .replace("high_after_s = 1", "high_after_s = 60");
    calls.ladders = calls
        .ladders
        .replace("high_after_s = 2", "high_after_s = 60");
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &calls).await;
    phones.until(1, SOON).await;
    let state = http::get_until(clinic.address(), "/api/v1/calling", SOON, |state| {
        !state["channels"][0]["taken_at"].is_null()
    });
    let state = state.await;
    assert_eq!(state["under_way"], json!([]), "{state}");
    assert_eq!(state["channels"][0]["failing"], Value::Null);
    assert_eq!(topics(&phones.requests()), ["mn"]);
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn a_test_goes_by_the_channel_and_says_what_became_of_it() {
    let phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Refuse(401)).await;
    let planned = [device("1", "nonin", Story::well())];
    let clinic = Clinic::open_calling(&planned, &calls(&phones, &gateway)).await;
    let expected = BTreeMap::from([
        (("phones", "mn"), 200),
        (("phones", "zz"), 404),
        (("sms", "mn"), 404),
        (("sms", "ak"), 502),
        (("smoke", "mn"), 404),
    ]);
    for ((channel, person), status) in expected {
        let path = format!("/api/v1/channels/{channel}/test");
        let answer = http::post(clinic.address(), &path, "", &json!({ "person": person })).await;
        assert_eq!(answer.status, status, "{channel} {person}: {answer:?}");
        assert_eq!(answer.json()["ok"], status == 200);
    }
    let sent = phones.requests();
    assert_eq!(topics(&sent), ["mn"]);
    assert_eq!(sent[0].json()["title"], "test: test of the way to you");
    let state = http::get(clinic.address(), "/api/v1/calling").await.json();
    let failing = state["channels"][1]["failing"].as_str().unwrap();
    assert!(failing.contains("401"), "{failing}");
    assert!(!failing.contains("43660555"), "{failing}");
    clinic
        .close()
        .await
        .log
        .assert_clean_but_for(&["A message was not taken."]);
}

#[tokio::test]
async fn a_mail_comes_to_the_person_and_an_alarm_manager_follows_the_alarm() {
    let mut post = Postbox::mail(Manner::Take).await;
    let mut manager = Postbox::mllp().await;
    let calls = Calls {
        channels: format!(
            "[alarm_manager]\nhost = \"127.0.0.1\"\nport = {}\n\
             [[channel]]\nname = \"mail\"\nkind = \"mail\"\nhost = \"127.0.0.1\"\nport = {}\n\
             protection = \"none\"\nunprotected_hosts = [\"127.0.0.1\"]\n\
             from = \"Chairside <chairside@clinic.example>\"\n",
            manager.port(),
            post.port()
        ),
        mn: "[[staff.contact]]\nchannel = \"mail\"\naddress = \"mn@clinic.example\"\n".to_owned(),
        ak: String::new(),
        ladders: "[[ladder]]\nname = \"standard\"\nrepeat_s = 60\n\
                  [[ladder.rung]]\nhigh_after_s = 0\ncall = [\"mn\"]\n"
            .to_owned(),
        ..Calls::default()
    };
    // A determination that ended sooner had begun before the session.
    let planned = [device("1", "ge-v100", Story::well().cuff(13, 195.0, 115.0))];
    let clinic = Clinic::open_calling(&planned, &calls).await;
    let mut client = clinic.client().await;
    // No time of day can look like it.
    let open = json!({"bed": "1", "by": "mn", "initials": "M. K.", "number": "K-1042"});
    assert_eq!(client.act("open_session", open).await["ok"], true);
    let alarm = client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;

    let mails = post
        .until(SOON, |mail| mail.contains("NIBP VERY HIGH"))
        .await;
    let mail = mails
        .iter()
        .find(|mail| mail.contains("NIBP VERY HIGH"))
        .unwrap();
    assert!(mail.starts_with("RCPT TO:<mn@clinic.example>"), "{mail}");
    assert!(
        mail.contains("Subject: SIMULATED Room 1: NIBP VERY HIGH"),
        "{mail}"
    );

    let began = |message: &str| message.contains("NIBP_VERY_HIGH") && message.contains("|start|");
    manager.until(SOON, began).await;
    let occurrence = alarm["occurrence"].as_str().unwrap();
    client.acknowledge("1", occurrence, "mn").await;
    let acknowledged = |message: &str| message.contains("alert-acknowledged");
    let messages = manager.until(SOON, acknowledged).await;
    // Nothing of the patient has left the clinic.
    for text in mails.iter().chain(&messages) {
        assert!(
            !text.contains("M. K.") && !text.contains("K-1042"),
            "{text}"
        );
    }
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn that_no_display_is_heard_in_a_session_calls_by_telephone_at_once_and_says_why() {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Take).await;
    let mut calls = calls(&phones, &gateway);
    // The stations have a minute, were they heard.
    for from in ["high_after_s = 0", "high_after_s = 1", "high_after_s = 2"] {
        calls.ladders = calls.ladders.replace(from, "high_after_s = 60");
    }
    let planned = [device("1", "nonin", Story::well())];
    let clinic = Clinic::open_calling(&planned, &calls).await;
    let mut client = clinic.client().await;
    let opened = client
        .act("open_session", json!({"bed": "1", "by": "mn"}))
        .await;
    assert_eq!(opened["ok"], true, "{opened}");
    let alarm = client.alarm(SOON, "1", "NO_STATION", |_| true).await;
    let evidence = alarm["evidence"].as_str().unwrap();
    assert!(
        evidence.starts_with("session open and no display that can be heard"),
        "{evidence}"
    );
    let sent = client.reading_until(phones.until(1, AT_ONCE)).await;
    // That is so, whoever the patient is.
    assert_eq!(sent[0].json()["title"], "Room 1: NO STATION");
    let closed = clinic.close().await;
    assert_eq!(climbed(&kept(&closed))[0], (1, "nobody_hears"));
    closed.log.assert_clean_but_for(&[]);
}

/// Beds at which somebody else would be waited for call with the one that says that nobody hears.
#[tokio::test]
async fn what_waits_for_a_display_calls_at_the_moment_at_which_none_has_been_heard_for_too_long() {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Take).await;
    let mut calls = calls(&phones, &gateway);
    for from in ["high_after_s = 0", "high_after_s = 1", "high_after_s = 2"] {
        calls.ladders = calls.ladders.replace(from, "high_after_s = 60");
    }
    let planned = [
        device("1", "nonin", Story::well()),
        device("2", "ge-v100", crisis()),
    ];
    let clinic = Clinic::open_calling(&planned, &calls).await;
    let mut desk = clinic.client().await;
    // Until the moment that is measured, however long all this takes.
    desk.send(&display("desk")).await;
    desk.alarm(SOON, "2", "NIBP_VERY_HIGH", |_| true).await;
    desk.send(&display("desk")).await;
    let opened = desk.act("open_session", json!({"bed": "1", "by": "mn"}));
    assert_eq!(opened.await["ok"], true);
    // The service looks at its displays with each heartbeat: what was drawn between two of them has
    // been heard too long ago between two of them. What it says then is its last word.
    for _ in 0..2 {
        let is_heartbeat = |message: &Value| message["type"] == "heartbeat";
        desk.until(AT_ONCE, "a heartbeat", is_heartbeat).await;
        desk.send(&display("desk")).await;
    }
    let mut heard = display("desk");
    heard["painted_ms_ago"] = 500.into();
    desk.send(&heard).await;
    desk.reading_until(phones.until(1, SOON)).await;
    let closed = clinic.close().await;

    let rows = kept(&closed);
    let first = |bed: &str| {
        let mut rungs = rows.iter().filter_map(|row| match row {
            OutboxRow::Rung(row) if row.rung.bed == bed => Some((row.at, &*row.why)),
            _ => None,
        });
        rungs.next().unwrap_or_else(|| panic!("{bed}: {rows:#?}"))
    };
    let ((told, why), (called, why_too)) = (first("1"), first("2"));
    assert_eq!((why, why_too), ("nobody_hears", "nobody_hears"));
    let apart = called
        .saturating_since(told)
        .max(told.saturating_since(called));
    assert!(apart < Duration::from_millis(100), "{apart:?}");
    closed.log.assert_clean_but_for(&[]);
}
