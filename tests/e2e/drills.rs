//! A test that is sent by itself at its time: somebody has to receive it, or it is an alarm.

use chairside::clock::Clock;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::receiver::{Manner, Receiver};
use chairside_e2e::story::Story;
use chairside_store::OutboxRow;
use chrono::Local;
use serde_json::{Value, json};

use crate::answers::{answered_calls, paths, press};
use crate::ladder::{kept, topics};
use crate::{AT_ONCE, SOON};

/// A drill whose time is now, by the clocks of this machine.
fn drill(whom: &str, within_s: u32) -> String {
    let clock = Clock::start();
    let now = clock.wall(clock.now()).with_timezone(&Local);
    format!(
        "[[drill]]\nchannel = \"phones\"\n{whom}\nat = \"{}\"\nwithin_s = {within_s}\n",
        now.format("%H:%M")
    )
}

#[tokio::test]
async fn a_drill_that_nobody_receives_is_an_alarm_until_somebody_receives_a_test() {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Take).await;
    let mut calls = answered_calls(&phones, &gateway);
    calls.ladders += &drill("duty = \"nurse\"", 1);
    let planned = [device("1", "nonin", Story::well())];
    let clinic = Clinic::open_calling(&planned, &calls).await;
    let mut client = clinic.client().await;
    let sent = phones.until(1, AT_ONCE).await;
    assert_eq!(sent[0].json()["title"], "test: test of the way to you");
    let alarm = client.alarm(SOON, "1", "DELIVERY_FAILED", |_| true).await;
    let evidence = alarm["evidence"].to_string();
    assert!(
        evidence.contains("nobody has received the drill of "),
        "{alarm}"
    );
    assert!(evidence.contains(" by phones"), "{alarm}");
    drop(client);

    // A test of the same way is as good.
    let path = "/api/v1/channels/phones/test";
    let test = http::post(clinic.address(), path, "", &json!({ "person": "mn" })).await;
    assert_eq!(test.status, 200, "{test:?}");
    let sent = phones.until(2, AT_ONCE).await;
    let received = &paths(&sent[1]).1[0];
    assert_eq!(press(&clinic, received).await.status, 200);
    let ended = |alarms: &Value| !alarms.to_string().contains("DELIVERY_FAILED");
    http::get_until(clinic.address(), "/api/v1/alarms", SOON, ended).await;
    let state = http::get(clinic.address(), "/api/v1/calling").await.json();
    let drills = state["tests"].as_array().unwrap();
    let drills: Vec<_> = drills.iter().map(|test| &test["drill"]).collect();
    assert_eq!(drills, [false, true], "{state}");
    assert_eq!(
        topics(&phones.requests()),
        ["mn", "mn"],
        "and no second drill"
    );
    let closed = clinic.close().await;
    let made = kept(&closed);
    let made = made.iter().filter_map(|row| match row {
        OutboxRow::Delivery(row) => Some(&*row.purpose),
        _ => None,
    });
    assert_eq!(made.collect::<Vec<_>>(), ["drill", "test"]);
    closed.log.assert_clean_but_for(&[]);
}
