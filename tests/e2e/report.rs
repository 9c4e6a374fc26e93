//! A session that was is listed, and has a report: a page and a PDF file out of the record.

use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::{Value, json};

use crate::{AT_ONCE, SOON};

async fn post(clinic: &Clinic, action: &str, body: Value) -> Value {
    let path = format!("/api/v1/beds/1/{action}");
    let answer = http::post(clinic.address(), &path, "", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn a_session_is_listed_and_its_report_has_its_alarms_and_who_saw_to_them() {
    // From the start: a jump would be held back first, for fifteen seconds.
    let story = Story::well().spo2(0, 84.0);
    let clinic = Clinic::open(&[device("1", "nonin", story)]).await;
    let mut client = clinic.client().await;
    let open = json!({"by": "mn", "initials": "M. K.", "number": "1042"});
    post(&clinic, "open_session", open).await;
    let raised = client
        .until(SOON, "the alarm", |message| {
            let active = message["active"].as_array();
            active.is_some_and(|active| active.iter().any(|one| one["id"] == "SPO2_VERY_LOW"))
        })
        .await;
    let active = raised["active"].as_array().unwrap();
    let alarm = active
        .iter()
        .find(|one| one["id"] == "SPO2_VERY_LOW")
        .unwrap();
    let seen = json!({"by": "ak", "occurrence": alarm["occurrence"]});
    post(&clinic, "acknowledge", seen).await;

    let sessions = http::get(clinic.address(), "/api/v1/sessions").await.json();
    let session = &sessions["sessions"][0];
    assert_eq!(session["initials"], "M. K.", "{sessions}");
    assert_eq!(session["closed"], Value::Null);
    let id = session["session"].as_str().unwrap().to_owned();
    post(&clinic, "close_session", json!({"by": "mn", "session": id})).await;

    let one = format!("/api/v1/sessions/{id}");
    let closed = http::get_until(clinic.address(), &one, AT_ONCE, |one| {
        !one["closed"].is_null()
    });
    assert_eq!(closed.await["number"], "1042");
    let page = http::get(clinic.address(), &format!("{one}/report.html")).await;
    assert_eq!(page.status, 200);
    for words in [
        "M. K., number 1042",
        "SPO2_VERY_LOW, high",
        "SpO2 84 %",
        &id,
    ] {
        assert!(page.body.contains(words), "{words} in {}", page.body);
    }
    assert!(page.body.contains("Not a medical device"));
    let (headers, file) = http::file(clinic.address(), &format!("{one}/report.pdf")).await;
    assert!(headers.starts_with("HTTP/1.1 200"), "{headers}");
    assert!(headers.contains("application/pdf"), "{headers}");
    assert!(file.starts_with(b"%PDF-"));

    for unknown in ["", "/report.html", "/report.pdf"] {
        let path = format!("/api/v1/sessions/00000000000000aa{unknown}");
        let answer = http::get(clinic.address(), &path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.contains("has no session"), "{}", answer.body);
    }
}
