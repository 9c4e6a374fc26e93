//! A person opens and closes a session at a bed, and what was measured of the patient before is gone.

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::{Value, json};

use crate::{AT_ONCE, SOON};

async fn post(clinic: &Clinic, action: &str, body: Value) -> (u16, Value) {
    let path = format!("/api/v1/beds/1/{action}");
    let answer = http::post(clinic.address(), &path, "", &body).await;
    (answer.status, answer.json())
}

fn is_pressure(message: &Value) -> bool {
    let metric = message["metric"].as_str().unwrap_or_default();
    message["type"] == "observation" && metric.starts_with("Nibp")
}

/// Returns how the session stands, once it is open, or once it is not.
async fn session(client: &mut Client, open: bool) -> Value {
    let fits =
        |message: &Value| message["type"] == "session" && message["session"].is_null() != open;
    if let Some(told) = client.messages.iter().rfind(|message| fits(message)) {
        return told.clone();
    }
    client.until(AT_ONCE, "the session", fits).await
}

#[tokio::test]
async fn an_old_pressure_is_not_the_next_patients_and_the_session_is_on_record() {
    // The monitor goes on answering with its last determination, and how old that is.
    let story = Story::well().cuff(1, 171.0, 96.0);
    let clinic = Clinic::open(&[device("1", "ge-v100", story)]).await;
    let mut client = clinic.client().await;
    client.until(SOON, "the first pressure", is_pressure).await;
    assert_eq!(client.snapshot["beds"][0]["session"], Value::Null);

    let open = json!({"by": "mn", "station": "desk", "initials": "M. K.", "number": "1042"});
    let (status, answer) = post(&clinic, "open_session", open.clone()).await;
    assert_eq!((status, &answer["ok"]), (200, &json!(true)), "{answer}");
    let told = session(&mut client, true).await;
    assert_eq!(told["session"]["by"], "mn");
    let patient = json!({"initials": "M. K.", "number": "1042"});
    assert_eq!(told["session"]["patient"], patient);
    assert_eq!(told["readings_from"], told["session"]["opened"]);
    let id = told["session"]["session"].clone();

    let (status, answer) = post(&clinic, "open_session", open).await;
    let error = answer["error"].as_str().unwrap();
    assert_eq!(status, 409, "{answer}");
    assert!(
        error.starts_with("a session that mn opened is open here"),
        "{error}"
    );
    for (action, body, status) in [
        (
            "open_session",
            json!({"by": "mn", "initials": "Maria"}),
            400,
        ),
        ("open_session", json!({"initials": "M. K."}), 400),
        ("close_session", json!({"by": "mn"}), 400),
        (
            "close_session",
            json!({"by": "mn", "session": "00000000000000aa"}),
            409,
        ),
    ] {
        let (answered, answer) = post(&clinic, action, body).await;
        assert_eq!(answered, status, "{answer}");
    }

    // Numbers of now come on; of the determination before, neither a pressure nor its pulse.
    let from = client.messages.len();
    let rates = |messages: &[Value]| {
        let rates = messages.iter().filter(|one| one["metric"] == "SpO2");
        rates.count()
    };
    while rates(&client.messages[from..]) < 3 {
        client
            .until(SOON, "a saturation", |one| one["metric"] == "SpO2")
            .await;
    }
    let shown = http::get(clinic.address(), "/api/v1/beds").await.json();
    let bed = &shown["beds"][0];
    assert_eq!(bed["session"]["session"], id);
    let observations = bed["observations"].as_array().unwrap();
    assert!(!observations.is_empty());
    for one in observations.iter().chain(&client.messages[from..]) {
        let metric = one["metric"].as_str().unwrap_or_default();
        assert!(!metric.starts_with("Nibp"), "{one}");
    }

    let close = json!({"bed": "1", "session": id, "by": "ak", "reason": "home", "station": "desk"});
    let closed = client.act("close_session", close.clone()).await;
    assert_eq!(closed["ok"], true, "{closed}");
    let told = session(&mut client, false).await;
    assert_eq!(told["session"], Value::Null);
    let again = client.act("close_session", close).await;
    assert_eq!(again["ok"], false, "{again}");

    let path = "/api/v1/beds/1/history";
    let history = http::get_until(clinic.address(), path, AT_ONCE, |history| {
        history["actions"].as_array().unwrap().len() == 2
    })
    .await;
    let [closed, opened] = &history["actions"].as_array().unwrap()[..] else {
        panic!("{history}");
    };
    assert_eq!(opened["action"], "open_session");
    assert_eq!(
        (&opened["session"], &opened["initials"], &opened["number"]),
        (&id, &json!("M. K."), &json!("1042"))
    );
    assert_eq!(
        (&closed["action"], &closed["by"], &closed["reason"]),
        (&json!("close_session"), &json!("ak"), &json!("home"))
    );
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn a_session_that_nobody_can_hear_is_an_alarm_until_a_display_can() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    let mut client = clinic.client().await;
    let opened = client
        .act("open_session", json!({"bed": "1", "by": "mn"}))
        .await;
    assert_eq!(opened["ok"], true, "{opened}");
    client.alarm(SOON, "1", "NO_STATION", |_| true).await;
    let mut desk = clinic.client().await;
    desk.send(&json!({
        "type": "display", "station": "desk", "view": "#/", "sound": "running",
        "confirmed": {"by": "mn", "at": "2026-01-05T07:58:00.000Z"},
        "visible": true, "seq": 1, "painted_ms_ago": 0,
    }))
    .await;
    client.no_alarm(AT_ONCE, "1", "NO_STATION").await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}
