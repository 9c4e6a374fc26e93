//! A person answers from the telephone that was called, by the address in the message (issue 6).

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Calls, Clinic, device};
use chairside_e2e::http::{self, Answer};
use chairside_e2e::receiver::{Manner, Receiver, Request};
use chairside_e2e::story::Story;
use chairside_store::OutboxRow;
use serde_json::{Value, json};

use crate::ladder::{calls, climbed, crisis, kept, topics};
use crate::{AT_ONCE, SOON};

/// Where the telephones of these clinics believe the service to be. Its port is known only once it
/// runs, so that only the path of an address counts here.
const ANSWER_URL: &str = "http://127.0.0.1:9";

/// As [`calls`], with answers; only who is called first is called within a minute.
pub(crate) fn answered_calls(phones: &Receiver, gateway: &Receiver) -> Calls {
    let mut calls = calls(phones, gateway);
    calls.channels = calls.channels.replace(
        "[notify]\n",
        &format!("[notify]\nanswer_url = \"{ANSWER_URL}\"\n"),
    );
    for rung in ["high_after_s = 1", "high_after_s = 2"] {
        calls.ladders = calls.ladders.replace(rung, "high_after_s = 60");
    }
    calls
}

/// The paths that a message on a telephone leads to: of its page, and of each of its buttons.
pub(crate) fn paths(message: &Request) -> (String, Vec<String>) {
    let message = message.json();
    let path = |address: &Value| {
        let path = address.as_str().unwrap().strip_prefix(ANSWER_URL);
        path.unwrap_or_else(|| panic!("{address}")).to_owned()
    };
    let buttons = message["actions"].as_array().unwrap();
    let buttons = buttons.iter().map(|button| path(&button["url"]));
    (path(&message["click"]), buttons.collect())
}

/// Presses a button: the app sends a request from wherever it lives.
pub(crate) async fn press(clinic: &Clinic, path: &str) -> Answer {
    let origin = "Origin: https://ntfy.clinic.example\r\n";
    http::post(clinic.address(), path, origin, &json!({})).await
}

fn responsible(alarms: &Value) -> &Value {
    &alarms["alarms"][0]["responsible"]
}

#[tokio::test]
async fn i_am_coming_from_a_telephone_ends_the_calling_and_is_that_persons_word() {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Take).await;
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &answered_calls(&phones, &gateway)).await;
    let sent = phones.until(1, SOON).await;
    let (page, buttons) = paths(&sent[0]);
    assert_eq!(
        buttons,
        [format!("{page}/accept"), format!("{page}/decline")]
    );

    // Whoever previews a link changes nothing, and whoever reads it learns bed and condition.
    let shown = http::get(clinic.address(), &page).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    assert!(
        shown
            .body
            .contains("SIMULATED Room 1: NIBP VERY HIGH (high)"),
        "{shown:?}"
    );
    for button in &buttons {
        assert!(
            shown.body.contains(&format!("action=\"{button}\"")),
            "{shown:?}"
        );
    }
    assert!(!shown.body.contains("<script"), "{shown:?}");
    // A telephone that is set to German is answered in it.
    let german = format!(
        "GET {page} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: de-AT,de;q=0.9,en;q=0.8\r\n\
         Connection: close\r\n\r\n"
    );
    let german = http::ask(clinic.address(), &german).await;
    assert!(german.body.contains("lang=\"de\"") && german.body.contains("Ich komme"));
    assert!(
        german
            .body
            .contains("SIMULATED Room 1: NIBP VERY HIGH (hoch)"),
        "{german:?}"
    );
    let headers = shown.headers.to_ascii_lowercase();
    for header in [
        "content-security-policy: default-src 'none'; style-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
    ] {
        assert!(headers.contains(header), "{headers}");
    }
    let style = http::get(clinic.address(), "/dashboard/answer.css").await;
    assert_eq!(style.status, 200);
    let alarms = http::get(clinic.address(), "/api/v1/alarms").await.json();
    assert_eq!(responsible(&alarms), &Value::Null, "{alarms}");

    // Twice is once.
    for _ in 0..2 {
        let answer = press(&clinic, &buttons[0]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(
            answer.body.contains("SIMULATED Room 1: you are coming"),
            "{answer:?}"
        );
    }
    let alarms = http::get(clinic.address(), "/api/v1/alarms").await.json();
    assert_eq!(responsible(&alarms)["by"], "mn", "{alarms}");
    // Whoever comes is not told that somebody does.
    assert_eq!(topics(&phones.requests()), ["mn"]);
    let closed = clinic.close().await;
    assert_eq!(climbed(&kept(&closed)), [(1, "time")]);
    closed.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn not_me_from_a_telephone_calls_the_next_person_at_once() {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Take).await;
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &answered_calls(&phones, &gateway)).await;
    let sent = phones.until(1, SOON).await;
    let answer = press(&clinic, &paths(&sent[0]).1[1]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer.body.contains("SIMULATED Room 1: you are not coming"),
        "{answer:?}"
    );
    let sent = phones.until(2, AT_ONCE).await;
    assert_eq!(topics(&sent), ["mn", "ak"]);
    // Each has an address of their own.
    let answer = press(&clinic, &paths(&sent[1]).1[0]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let alarms = http::get(clinic.address(), "/api/v1/alarms").await.json();
    assert_eq!(responsible(&alarms)["by"], "ak", "{alarms}");
    let closed = clinic.close().await;
    assert_eq!(climbed(&kept(&closed)), [(1, "time"), (2, "declined")]);
    closed.log.assert_clean_but_for(&[]);
}

/// Opens a clinic at whose bed somebody asks for help, which calls mn at once; returns the path of
/// "I'm coming" in the message.
async fn asked_for_help() -> (Clinic, Client, Receiver, Receiver, String) {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Take).await;
    let planned = [device("1", "nonin", Story::well())];
    let clinic = Clinic::open_calling(&planned, &answered_calls(&phones, &gateway)).await;
    let mut client = clinic.client().await;
    let asked = client.act("help", json!({"bed": "1", "by": "ak"})).await;
    assert_eq!(asked["ok"], true, "{asked}");
    let sent = phones.until(1, SOON).await;
    let accept = paths(&sent[0]).1.remove(0);
    (clinic, client, phones, gateway, accept)
}

#[tokio::test]
async fn an_answer_to_what_is_over_is_none_to_what_calls_anew() {
    let (clinic, mut client, mut phones, _gateway, old) = asked_for_help().await;
    let alarm = client.alarm(SOON, "1", "HELP_WANTED", |_| true).await;
    let occurrence = alarm["occurrence"].as_str().unwrap();
    client.acknowledge("1", occurrence, "ak").await;
    assert_eq!(press(&clinic, &old).await.status, 409, "it is over");
    let again = client.act("help", json!({"bed": "1", "by": "ak"})).await;
    assert_eq!(again["ok"], true, "{again}");
    client.alarm(SOON, "1", "HELP_WANTED", |_| true).await;

    let answer = press(&clinic, &old).await;
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(answer.body.contains("has called again"), "{answer:?}");
    let alarms = http::get(clinic.address(), "/api/v1/alarms").await.json();
    assert_eq!(responsible(&alarms), &Value::Null, "{alarms}");
    // The new one is called anew, and answered by its own address.
    let mut sent = client.reading_until(phones.until(2, SOON)).await;
    // Whether mn is told of the answer first depends on how soon it begins anew.
    if sent[1].json()["title"] != "SIMULATED Room 1: HELP WANTED" {
        sent = client.reading_until(phones.until(3, SOON)).await;
    }
    let new = paths(sent.last().unwrap()).1.remove(0);
    assert_ne!(new, old);
    assert_eq!(press(&clinic, &new).await.status, 200);
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn an_old_message_puts_nobody_in_the_place_of_who_has_seen_more() {
    let (clinic, mut client, _phones, _gateway, old) = asked_for_help().await;
    let called = client.act("call", json!({"bed": "1"})).await;
    assert_eq!(called["ok"], true, "{called}");
    let alarm = client.alarm(SOON, "1", "PATIENT_CALL", |_| true).await;
    let accept = json!({"bed": "1", "by": "ak", "call": alarm["call"]});
    assert_eq!(client.act("accept", accept).await["ok"], true);

    let answer = press(&clinic, &old).await;
    assert_eq!(answer.status, 409, "{answer:?}");
    let alarms = http::get(clinic.address(), "/api/v1/alarms").await.json();
    assert_eq!(responsible(&alarms)["by"], "ak", "{alarms}");
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn an_address_that_was_guessed_opens_nothing_and_closes_nothing() {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Take).await;
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &answered_calls(&phones, &gateway)).await;
    let sent = phones.until(1, SOON).await;
    let (page, buttons) = paths(&sent[0]);
    let address = clinic.address();
    let (key, _) = page.rsplit_once('.').unwrap();
    let wrong = ["/answer/x".to_owned(), key.to_owned(), format!("{page}x")];
    for wrong in wrong.iter().cycle().take(60) {
        assert_eq!(http::get(address, wrong).await.status, 404, "{wrong}");
        let accept = format!("{wrong}/accept");
        assert_eq!(press(&clinic, &accept).await.status, 404, "{wrong}");
    }
    assert_eq!(
        press(&clinic, &format!("{page}/acknowledge")).await.status,
        404
    );
    // A name that is made to point here opens nothing, also with the address itself.
    let foreign = format!(
        "POST {} HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        buttons[0]
    );
    assert_eq!(http::ask(address, &foreign).await.status, 403);
    let alarms = http::get(address, "/api/v1/alarms").await.json();
    assert_eq!(responsible(&alarms), &Value::Null, "{alarms}");
    assert_eq!(press(&clinic, &buttons[0]).await.status, 200, "it is open");
    let metrics = http::get(address, "/metrics").await.body;
    let counted = "\nchairside_answer_tokens_unknown_total 120\n";
    assert!(metrics.contains(counted), "{metrics}");
    let log = clinic.close().await.log;
    let said = "a token that is not ours";
    let lines = log.lines().into_iter().filter(|line| line.contains(said));
    assert_eq!(lines.count(), 1, "not one for each: {:?}", log.lines());
    let secret = key.strip_prefix("/answer/").unwrap();
    assert!(log.lines().iter().all(|line| !line.contains(secret)));
    log.assert_clean_but_for(&[said]);
}

#[tokio::test]
async fn a_person_says_that_a_test_came_from_the_telephone_or_at_a_screen() {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Take).await;
    let planned = [device("1", "nonin", Story::well())];
    let clinic = Clinic::open_calling(&planned, &answered_calls(&phones, &gateway)).await;
    let address = clinic.address();
    let test = async |channel: &str, person: &str| {
        let path = format!("/api/v1/channels/{channel}/test");
        let answer = http::post(address, &path, "", &json!({ "person": person })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["key"].as_str().unwrap().to_owned()
    };
    let (by_phone, by_sms) = (test("phones", "mn").await, test("sms", "ak").await);
    let (page, buttons) = paths(&phones.until(1, SOON).await[0]);
    assert_eq!(buttons, [format!("{page}/received")]);
    assert!(
        http::get(address, &page)
            .await
            .body
            .contains("Received</button>")
    );
    let state = http::get(address, "/api/v1/calling").await.json();
    let tests = state["tests"].as_array().unwrap();
    for (told, (key, person, channel)) in tests
        .iter()
        .zip([(&by_sms, "ak", "sms"), (&by_phone, "mn", "phones")])
    {
        assert_eq!(told["key"], **key, "the newest first: {state}");
        assert_eq!(
            (&told["person"], &told["channel"]),
            (&json!(person), &json!(channel))
        );
        assert!(told["taken_at"].is_string(), "{state}");
        assert_eq!(told["received_at"], Value::Null, "{state}");
    }

    // Twice is once; and a test is nothing that could be accepted.
    for _ in 0..2 {
        assert_eq!(press(&clinic, &buttons[0]).await.status, 200);
    }
    assert_eq!(press(&clinic, &format!("{page}/accept")).await.status, 404);
    let at_a_screen = async |by: &str| {
        let path = format!("/api/v1/tests/{by_sms}/received");
        http::post(address, &path, "", &json!({ "by": by }))
            .await
            .status
    };
    assert_eq!(at_a_screen("mn").await, 404, "it was not theirs");
    assert_eq!(at_a_screen("ak").await, 200);
    let state = http::get(address, "/api/v1/calling").await.json();
    for test in state["tests"].as_array().unwrap() {
        assert!(test["received_at"].is_string(), "{state}");
    }
    let closed = clinic.close().await;
    let rows = kept(&closed);
    let received = rows.iter().filter_map(|row| match row {
        OutboxRow::Received(row) => Some(&row.key),
        _ => None,
    });
    assert_eq!(received.collect::<Vec<_>>(), [&by_phone, &by_sms]);
    closed.log.assert_clean_but_for(&[]);
}
