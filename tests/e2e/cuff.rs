//! A person starts and stops the cuff of a monitor on a pseudo-terminal.

use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::{Value, json};

use crate::{AT_ONCE, SOON};

/// A V100 at bed 1, which can be told, and an oximeter at bed 2, which cannot.
async fn clinic() -> (Clinic, Client) {
    let clinic = Clinic::open(&[
        device("1", "ge-v100", Story::well().cuff(1, 128.0, 76.0)),
        device("2", "nonin", Story::well()),
    ])
    .await;
    let mut client = clinic.client().await;
    client
        .until(SOON, "the first pressure", |message| {
            message["type"] == "observation" && message["metric"] == "NibpSystolic"
        })
        .await;
    (clinic, client)
}

async fn cuff_is(client: &mut Client, state: &str) {
    let mut told = client.messages.iter().rev();
    let last = told.find(|message| message["type"] == "cuff");
    if last.is_some_and(|last| last["state"] == state) {
        return;
    }
    client
        .until(SOON, state, |message| {
            message["type"] == "cuff" && message["state"] == state
        })
        .await;
}

async fn order(clinic: &Clinic, bed: &str, body: Value) -> (u16, Value) {
    let path = format!("/api/v1/beds/{bed}/cuff");
    let answer = http::post(clinic.address(), &path, "", &body).await;
    (answer.status, answer.json())
}

/// Returns what was sent to the monitor that moves the cuff, as the record has it.
fn in_the_history(history: &Value) -> (Vec<String>, Vec<String>) {
    let words = |list: &str, keys: [&str; 2]| {
        let list = history[list].as_array().unwrap().iter().rev();
        let words = |one: &Value| keys.map(|key| one[key].as_str().unwrap_or("-").to_owned());
        list.map(|one| words(one).join(" ")).collect()
    };
    (
        words("actions", ["by", "action"]),
        words("events", ["order", "answer"]),
    )
}

#[tokio::test]
async fn a_person_starts_the_cuff_and_stops_it_and_both_are_on_record() {
    let (clinic, mut client) = clinic().await;
    let devices = client.snapshot["beds"].as_array().unwrap().iter();
    let can: Vec<&Value> = devices
        .map(|bed| &bed["devices"][0]["can_start_cuff"])
        .collect();
    assert_eq!(can, [true, false]);

    let start = json!({ "bed": "1", "order": "start", "by": "mn", "station": "desk" });
    let started = client.act("cuff", start.clone()).await;
    assert_eq!(started["ok"], true, "{started}");
    cuff_is(&mut client, "measuring").await;
    let again = client.act("cuff", start).await;
    assert_eq!(again["ok"], false, "{again}");
    assert_eq!(
        again["error"],
        "a determination is under way; nothing was sent"
    );
    let (status, stopped) = order(&clinic, "1", json!({ "order": "stop", "by": "mn" })).await;
    assert_eq!((status, &stopped["ok"]), (200, &json!(true)), "{stopped}");
    cuff_is(&mut client, "idle").await;

    http::get_until(
        clinic.address(),
        "/api/v1/beds/1/history",
        AT_ONCE,
        |history| {
            in_the_history(history)
                == (
                    vec!["mn start_cuff".to_owned(), "mn stop_cuff".to_owned()],
                    vec!["start done".to_owned(), "stop done".to_owned()],
                )
        },
    )
    .await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn what_cannot_be_ordered_is_refused_in_words() {
    let (clinic, _client) = clinic().await;
    for (bed, body, status, why) in [
        ("9", json!({ "order": "start", "by": "mn" }), 404, "no bed"),
        (
            "2",
            json!({ "order": "start", "by": "mn" }),
            404,
            "cannot be",
        ),
        (
            "2",
            json!({ "order": "stop", "by": "mn" }),
            404,
            "cannot be",
        ),
        ("1", json!({ "order": "start" }), 400, "by whom"),
        (
            "1",
            json!({ "order": "start", "by": "nobody" }),
            400,
            "nobody",
        ),
        (
            "1",
            json!({ "order": "start", "by": "patient" }),
            400,
            "patient",
        ),
        (
            "1",
            json!({ "order": "inflate", "by": "mn" }),
            400,
            "inflate",
        ),
        ("1", json!({ "by": "mn" }), 400, "order"),
    ] {
        let (said, answer) = order(&clinic, bed, body.clone()).await;
        assert_eq!(
            (said, &answer["ok"]),
            (status, &json!(false)),
            "{body} {answer}"
        );
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(why), "{body}: {error}");
    }
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn an_order_to_a_monitor_that_was_unplugged_is_refused_and_not_kept_for_later() {
    let (clinic, mut client) = clinic().await;
    let before = client.messages.len();
    let monitor = clinic.device("1-ge-v100");
    monitor.unplug().await;
    client.link(SOON, "1-ge-v100", "disconnected").await;
    for (what, status) in [("start", 503), ("stop", 503)] {
        let (said, answer) = order(&clinic, "1", json!({ "order": what, "by": "mn" })).await;
        assert_eq!(said, status, "{answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains("not connected"), "{error}");
    }
    monitor.replug().await.unwrap();
    client.link(SOON, "1-ge-v100", "connected").await;
    client.follow(Duration::from_secs(3)).await;
    let is_measuring =
        |message: &&Value| message["type"] == "cuff" && message["state"] == "measuring";
    let measuring = client.messages[before..].iter().find(is_measuring);
    assert_eq!(measuring, None);
    clinic
        .close()
        .await
        .log
        .assert_clean_but_for(&["Port lost", "Port cannot be opened"]);
}
