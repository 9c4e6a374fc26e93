//! What displays say of themselves, and whether the service knows by whom the alarms are heard.

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{AT_ONCE, SOON};

/// A display that is heard.
pub(crate) fn display(station: &str) -> Value {
    json!({
        "type": "display", "station": station, "view": "#/", "sound": "running",
        "confirmed": { "by": "mn", "at": "2026-01-05T07:58:00Z" },
        "visible": true, "seq": 1, "painted_ms_ago": 16,
    })
}

/// Waits until the displays that the service knows are as they should be.
async fn known(clinic: &Clinic, fits: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let of = |told: &Value| told["displays"].as_array().cloned().unwrap_or_default();
    let fits = |told: &Value| fits(&of(told));
    of(&http::get_until(clinic.address(), "/api/v1/displays", AT_ONCE, fits).await)
}

async fn metric(clinic: &Clinic, name: &str) -> String {
    let text = http::get(clinic.address(), "/metrics").await.body;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name} ")));
    line.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_displays_say_can_be_asked_for_until_they_are_gone() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    let mut desk = clinic.client().await;
    let mut hall = clinic.client().await;
    assert_eq!(metric(&clinic, "chairside_displays").await, "0");

    desk.send(&display("desk")).await;
    let mut suspended = display("hall");
    suspended["sound"] = "suspended".into();
    hall.send(&suspended).await;
    let displays = known(&clinic, |all| all.len() == 2).await;
    assert_eq!(displays[0]["station"], "desk");
    assert_eq!(displays[0]["heard"], true, "{displays:?}");
    assert_eq!(displays[0]["confirmed"]["by"], "mn");
    assert_eq!(displays[0]["view"], "#/");
    assert_eq!(displays[1]["heard"], false, "{displays:?}");
    assert_eq!(metric(&clinic, "chairside_displays").await, "2");
    assert_eq!(metric(&clinic, "chairside_displays_heard").await, "1");

    hall.send(&display("hall")).await;
    known(&clinic, |all| all.iter().all(|one| one["heard"] == true)).await;
    drop(desk);
    let left = known(&clinic, |all| all.len() == 1).await;
    assert_eq!(left[0]["station"], "hall");
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn what_a_display_cannot_mean_is_refused_in_words_and_changes_nothing() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    let mut desk: Client = clinic.client().await;
    desk.send(&display("desk")).await;
    known(&clinic, |all| all.len() == 1).await;
    for (key, value) in [
        ("sound", json!("loud")),
        ("station", json!("x".repeat(65))),
        ("painted_ms_ago", json!(-1)),
        ("visible", Value::Null),
    ] {
        let mut wrong = display("desk");
        wrong[key] = value;
        desk.send(&wrong).await;
        let answer = desk
            .until(AT_ONCE, "an answer", |message| message["type"] == "result")
            .await;
        assert_eq!(answer["ok"], false, "{key}");
        let why = answer["error"].as_str().unwrap();
        assert!(why.starts_with("not understood"), "{key}: {why}");
    }
    let displays = known(&clinic, |all| all.len() == 1).await;
    assert_eq!(displays[0]["heard"], true, "{displays:?}");
    clinic.close().await.log.assert_clean_but_for(&[]);
}

/// Goes on saying the same of a display with each heartbeat, until a message fits.
async fn saying(
    desk: &mut Client,
    said: &Value,
    what: &str,
    fits: impl Fn(&Value) -> bool,
) -> Value {
    let going_on = async {
        loop {
            let message = desk.take().await;
            if fits(&message) {
                return message;
            }
            if message["type"] == "heartbeat" {
                desk.send(said).await;
            }
        }
    };
    let found = timeout(2 * SOON, going_on).await;
    found.unwrap_or_else(|_elapsed| panic!("{what}: not within {:?}", 2 * SOON))
}

/// The alarm with that id that stands at bed 1, if the message is of its alarms and has it.
fn stands<'m>(message: &'m Value, id: &str) -> Option<&'m Value> {
    let active = message["active"].as_array()?;
    active.iter().find(|alarm| alarm["id"] == id)
}

#[tokio::test]
async fn alarms_that_a_display_does_not_confirm_are_sent_again_and_then_it_is_told() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    let mut desk = clinic.client().await;
    let mut said = display("desk");
    said["seq"] = desk.snapshot["seq"].clone();
    desk.send(&said).await;
    known(&clinic, |all| all.len() == 1).await;
    let help = json!({ "bed": "1", "by": "mn", "station": "desk" });
    assert_eq!(desk.act("help", help).await["ok"], true);

    let again = saying(&mut desk, &said, "everything again", |message| {
        message["type"] == "snapshot"
    })
    .await;
    let alarms = again["alarms"].as_array().unwrap();
    assert!(stands(&alarms[0], "HELP_WANTED").is_some(), "{again}");
    let failed = |message: &Value| stands(message, "DELIVERY_FAILED").cloned();
    let told = saying(&mut desk, &said, "a failed delivery", |message| {
        failed(message).is_some()
    })
    .await;
    let alarm = failed(&told).unwrap();
    let evidence = alarm["evidence"].as_str().unwrap();
    assert!(
        evidence.starts_with("an alarm has not been delivered for 1")
            && evidence.ends_with(" s: desk has not confirmed it"),
        "{evidence}"
    );

    said["seq"] = told["seq"].clone();
    let ended = |message: &Value| message["type"] == "alarms" && failed(message).is_none();
    saying(&mut desk, &said, "its end", ended).await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn a_display_that_says_nothing_for_six_seconds_is_not_heard_and_named_as_the_reason() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    let mut desk = clinic.client().await;
    let mut said = display("desk");
    said["painted_ms_ago"] = 0.into();
    desk.send(&said).await;
    let heard = |is: bool| move |all: &[Value]| all.len() == 1 && all[0]["heard"] == is;
    known(&clinic, heard(true)).await;
    let open = json!({"bed": "1", "by": "mn"});
    assert_eq!(desk.act("open_session", open).await["ok"], true);

    // It reads, and says nothing.
    let silent = http::get_until(clinic.address(), "/api/v1/displays", SOON, |told| {
        told["displays"][0]["heard"] == false
    });
    let silent = desk.reading_until(silent).await;
    // In whole milliseconds.
    assert!(silent["displays"][0]["said_ms_ago"].as_u64().unwrap() >= 6_000);
    let alarm = desk.alarm(SOON, "1", "NO_STATION", |_| true).await;
    let evidence = alarm["evidence"].as_str().unwrap();
    assert!(
        evidence.starts_with("session open and no display that can be heard for 1")
            && evidence.contains(" s: desk has said nothing for 1"),
        "{evidence}"
    );
    desk.send(&said).await;
    desk.no_alarm(AT_ONCE, "1", "NO_STATION").await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}
