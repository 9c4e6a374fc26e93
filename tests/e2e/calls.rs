//! People call people: the patient from the room, a nurse who needs help, and one who does not come.

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::{Value, json};

use crate::{AT_ONCE, SOON};

fn occurrence(alarm: &Value) -> String {
    alarm["occurrence"].as_str().unwrap().to_owned()
}

fn is_on(alarm: &Value) -> bool {
    alarm["present"] == true && alarm["signal"] == "on"
}

/// Returns who has done what at bed 1, the oldest first, in the words of the record.
fn done(history: &Value) -> Vec<String> {
    let actions = history["actions"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let words = |action: &Value| {
        let [by, what, station] = ["by", "action", "station"].map(|key| text(&action[key]));
        format!("{by} {what} at {station}, {}", text(&action["occurrence"]))
    };
    actions.iter().rev().map(words).collect()
}

async fn clinic() -> (Clinic, Client) {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well().spo2(3, 91.0))]).await;
    let client = clinic.client().await;
    (clinic, client)
}

#[tokio::test]
async fn a_patients_call_is_heard_by_everybody_until_somebody_answers_it() {
    let (clinic, mut room) = clinic().await;
    let mut desk = clinic.client().await;
    // Whoever else it names: the room's screen knows nobody.
    let call = json!({ "bed": "1", "station": "room 1" });
    assert_eq!(room.act("call", call.clone()).await["ok"], true);
    let alarm = desk.alarm(AT_ONCE, "1", "PATIENT_CALL", is_on).await;
    assert_eq!(alarm["priority"], "medium");
    assert_eq!(alarm["evidence"], "the patient asks for somebody");
    assert_eq!(room.act("call", call).await["ok"], true, "once more");
    let still = desk.alarm(AT_ONCE, "1", "PATIENT_CALL", |_| true).await;
    assert_eq!(occurrence(&still), occurrence(&alarm));
    let answer = desk.acknowledge("1", &occurrence(&alarm), "mn").await;
    assert_eq!(answer["ok"], true, "{answer}");
    room.no_alarm(AT_ONCE, "1", "PATIENT_CALL").await;
    let nowhere = room.act("call", json!({ "bed": "9" })).await;
    assert_eq!(nowhere["ok"], false, "{nowhere}");
    let over = desk.acknowledge("1", &occurrence(&alarm), "mn").await;
    assert_eq!(over["ok"], false, "{over}");
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn help_and_not_me_are_told_beside_the_alarm_and_are_on_record() {
    let (clinic, mut client) = clinic().await;
    let low = client.alarm(SOON, "1", "SPO2_LOW", is_on).await;
    let about = occurrence(&low);
    let help = json!({ "bed": "1", "occurrence": about, "by": "mn", "station": "phone" });
    assert_eq!(client.act("help", help).await["ok"], true);
    let wanted = client.alarm(AT_ONCE, "1", "HELP_WANTED", is_on).await;
    assert_eq!(wanted["priority"], "high");
    assert_eq!(wanted["evidence"], "mn asks for help: SPO2_LOW");
    let read = json!({ "by": "mn", "call": low["call"], "station": "phone" });
    let decline = format!("/api/v1/beds/1/alarms/{about}/decline");
    let declined = http::post(clinic.address(), &decline, "", &read).await;
    assert_eq!(declined.status, 200, "{declined:?}");
    let said = json!([{ "by": "mn", "call": low["call"] }]);
    let is_declined = |alarm: &Value| is_on(alarm) && alarm["declined"] == said;
    client.alarm(AT_ONCE, "1", "SPO2_LOW", is_declined).await;
    let snapshot = clinic.client().await.snapshot;
    let active = snapshot["alarms"][0]["active"].as_array().unwrap().clone();
    assert!(active.iter().any(is_declined), "{active:?}");
    let on_record = ["help", "decline"].map(|what| format!("mn {what} at phone, {about}"));
    http::get_until(
        clinic.address(),
        "/api/v1/beds/1/history",
        AT_ONCE,
        |history| done(history) == on_record,
    )
    .await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn who_comes_is_told_by_name_and_on_record_until_no_alarm_stands() {
    let (clinic, mut client) = clinic().await;
    let low = client.alarm(SOON, "1", "SPO2_LOW", is_on).await;
    let accept = json!({ "bed": "1", "call": low["call"], "by": "mn", "station": "phone" });
    assert_eq!(client.act("accept", accept).await["ok"], true);
    let path = |action: &str| format!("/api/v1/beds/1/{action}");
    let body = json!({ "call": low["call"], "by": "mn", "station": "tablet" });
    let arrived = http::post(clinic.address(), &path("arrive"), "", &body).await;
    assert_eq!(arrived.status, 200, "{arrived:?}");
    let snapshot = clinic.client().await.snapshot;
    let responsible = &snapshot["alarms"][0]["responsible"];
    assert_eq!(responsible["by"], "mn", "{snapshot}");
    assert_eq!(responsible["call"], low["call"]);
    assert!(responsible["arrived_at"].as_str() >= responsible["at"].as_str());
    // The bed is simulated: nothing of it is among the patients' figures.
    let metrics = http::get(clinic.address(), "/metrics").await;
    for name in ["accept", "arrive"] {
        let none = format!("\nchairside_alarm_{name}_seconds_count{{priority=\"medium\"}} 0\n");
        assert!(metrics.body.contains(&none), "{}", metrics.body);
    }
    let metrics = http::get(clinic.address(), "/metrics?simulated=true").await;
    for name in ["accept", "arrive"] {
        let counted = format!("\nchairside_alarm_{name}_seconds_count{{priority=\"medium\"}} 1\n");
        assert!(metrics.body.contains(&counted), "{}", metrics.body);
        let all = format!(
            "\nchairside_alarm_{name}_seconds_bucket{{priority=\"medium\",le=\"+Inf\"}} 1\n"
        );
        assert!(metrics.body.contains(&all), "{}", metrics.body);
    }
    let figures = "/api/v1/response?shifts=00:00,12:00&offset=90&simulated=true";
    let told = http::get_until(clinic.address(), figures, AT_ONCE, |told| {
        told["medium"]["arrived"]["count"] == 1
    })
    .await;
    assert_eq!(told["medium"]["acknowledged"]["count"], 0, "{told}");
    assert_eq!(told["medium"]["accepted"]["count"], 1, "{told}");
    assert!(
        told["medium"]["accepted"]["median_s"].as_f64()
            <= told["medium"]["arrived"]["p90_s"].as_f64()
    );
    let begins = told["shifts"].as_array().unwrap().iter();
    let begins: Vec<_> = begins.map(|shift| shift["begins"].clone()).collect();
    assert_eq!(begins, ["00:00", "12:00"]);
    let of_patients = http::get(clinic.address(), "/api/v1/response").await.json();
    assert_eq!(of_patients["medium"]["alarms"], 0, "{of_patients}");
    for wrong in [
        "shifts=noon",
        "offset=east",
        "simulated=yes",
        "shift=07:00",
        "from=2026-01-05T00:00:00Z",
    ] {
        let path = format!("/api/v1/response?{wrong}");
        let answer = http::get(clinic.address(), &path).await;
        assert_eq!(answer.status, 400, "{path} {answer:?}");
    }
    let still = client.alarm(AT_ONCE, "1", "SPO2_LOW", |_| true).await;
    assert!(is_on(&still), "it changes no alarm: {still}");
    for (body, status) in [
        (json!({ "by": "mn" }), 400),
        (json!({ "by": "nobody", "call": 1 }), 400),
        (json!({ "by": "mn", "call": 700 }), 404),
    ] {
        let answer = http::post(clinic.address(), &path("accept"), "", &body).await;
        assert_eq!(answer.status, status, "{body} {answer:?}");
    }
    let on_record = ["accept at phone", "arrive at tablet"].map(|what| format!("mn {what}, -"));
    http::get_until(clinic.address(), &path("history"), AT_ONCE, |history| {
        done(history) == on_record
    })
    .await;
    let decline = json!({ "by": "mn", "call": still["call"] });
    let decline_at = format!("alarms/{}/decline", occurrence(&still));
    let declined = http::post(clinic.address(), &path(&decline_at), "", &decline).await;
    assert_eq!(declined.status, 200, "{declined:?}");
    let snapshot = clinic.client().await.snapshot;
    assert_eq!(snapshot["alarms"][0]["responsible"], Value::Null);
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn calls_are_made_over_http_and_what_is_wrong_with_them_is_said() {
    let (clinic, mut client) = clinic().await;
    for (path, body, status) in [
        ("call", json!({}), 200),
        ("call", json!({ "by": "nobody" }), 200),
        ("help", json!({}), 400),
        ("help", json!({ "by": "patient" }), 400),
        ("help", json!({ "by": "mn", "occurrence": "first" }), 400),
        // What it is about may be over, or never have been: help is wanted.
        ("help", json!({ "by": "mn", "occurrence": "99999" }), 200),
        ("decline", json!({ "by": "mn" }), 400),
        ("accept", json!({ "call": 1 }), 400),
        ("alarms/99999/decline", json!({ "by": "mn" }), 404),
        ("alarms/1/decline", json!({}), 400),
        (
            "pause_alarm",
            json!({ "by": "ak", "id": "PATIENT_CALL", "seconds": 9, "reason": "x" }),
            403,
        ),
        (
            "switch_off",
            json!({ "by": "ak", "id": "HELP_WANTED", "seconds": 9, "reason": "x" }),
            403,
        ),
    ] {
        let path = format!("/api/v1/beds/1/{path}");
        let answer = http::post(clinic.address(), &path, "", &body).await;
        assert_eq!(answer.status, status, "{path} {body} {answer:?}");
        assert_eq!(answer.json()["ok"], status == 200, "{answer:?}");
    }
    let elsewhere = http::post(clinic.address(), "/api/v1/beds/9/call", "", &json!({})).await;
    assert_eq!(elsewhere.status, 404, "{elsewhere:?}");
    let wanted = client.alarm(AT_ONCE, "1", "HELP_WANTED", is_on).await;
    assert_eq!(wanted["evidence"], "mn asks for help");
    client.alarm(AT_ONCE, "1", "PATIENT_CALL", is_on).await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}
