//! What displays say of themselves, and whether the service knows by whom the alarms are heard.

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::{Value, json};

use crate::AT_ONCE;

/// A display that is heard.
fn display(station: &str) -> Value {
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
