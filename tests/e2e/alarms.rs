//! Alarms from simulated devices to a client, and back: acknowledged.

use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::{Value, json};

use crate::{AT_ONCE, SOON};

fn is_on(alarm: &Value) -> bool {
    alarm["present"] == true && alarm["signal"] == "on"
}

fn is_acknowledged(alarm: &Value) -> bool {
    alarm["present"] == true && alarm["signal"] == "acknowledged" && alarm["by"] == "mn"
}

fn occurrence(alarm: &Value) -> String {
    alarm["occurrence"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_alarm_is_acknowledged_over_the_socket_and_everybody_sees_it() {
    let high = Story::well().cuff(2, 204.0, 118.0);
    let clinic = Clinic::open(&[device("1", "ge-v100", high)]).await;
    let mut client = clinic.client().await;
    let mut colleague = clinic.client().await;

    let alarm = client.alarm(SOON, "1", "NIBP_VERY_HIGH", is_on).await;
    assert_eq!(alarm["priority"], "high");
    assert_eq!(alarm["kind"], "physiological");
    let evidence = alarm["evidence"].as_str().unwrap();
    assert!(evidence.contains("204"), "{evidence}");

    let answer = client.acknowledge("1", &occurrence(&alarm), "mn").await;
    assert_eq!(answer["ok"], true, "{answer}");
    for client in [&mut client, &mut colleague] {
        client
            .alarm(AT_ONCE, "1", "NIBP_VERY_HIGH", is_acknowledged)
            .await;
    }
    let unknown = client.acknowledge("1", "999999", "mn").await;
    assert_eq!(unknown["ok"], false, "{unknown}");
    let nobody = client.acknowledge("1", &occurrence(&alarm), "nobody").await;
    assert_eq!(nobody["ok"], false, "{nobody}");
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn an_alarm_is_acknowledged_over_http_and_everybody_sees_it() {
    let low = Story::well().spo2(3, 91.0);
    let clinic = Clinic::open(&[device("1", "nonin", low)]).await;
    let mut client = clinic.client().await;

    let alarm = client.alarm(SOON, "1", "SPO2_LOW", is_on).await;
    assert_eq!(alarm["priority"], "medium");
    let path = format!("/api/v1/beds/1/alarms/{}/acknowledge", occurrence(&alarm));
    let (nobody, nurse) = (json!({ "by": "nobody" }), json!({ "by": "mn" }));
    for (path, body, status) in [
        (path.as_str(), &nobody, 400),
        (&path, &json!({ "by": 7 }), 400),
        ("/api/v1/beds/1/alarms/first/acknowledge", &nurse, 400),
        ("/api/v1/beds/99/alarms/1/acknowledge", &nurse, 404),
        ("/api/v1/beds/1/alarms/999999/acknowledge", &nurse, 404),
    ] {
        let refused = http::post(clinic.address(), path, "", body).await;
        assert_eq!(refused.status, status, "{path} {refused:?}");
        assert_eq!(refused.json()["ok"], false, "{refused:?}");
    }
    let answer = http::post(clinic.address(), &path, "", &json!({ "by": "mn" })).await;
    assert_eq!((answer.status, &answer.json()["ok"]), (200, &json!(true)));
    client
        .alarm(AT_ONCE, "1", "SPO2_LOW", is_acknowledged)
        .await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn a_late_acknowledgement_never_reaches_another_alarm_than_the_one_that_was_read() {
    let again = Story::well()
        .cuff(2, 204.0, 118.0)
        .cuff(7, 126.0, 74.0)
        .cuff(12, 208.0, 116.0);
    let clinic = Clinic::open(&[device("1", "ge-v100", again)]).await;
    let mut client = clinic.client().await;

    let first = client.alarm(SOON, "1", "NIBP_VERY_HIGH", is_on).await;
    assert_eq!(
        client.acknowledge("1", &occurrence(&first), "mn").await["ok"],
        true
    );
    client.no_alarm(SOON, "1", "NIBP_VERY_HIGH").await;
    let path = format!("/api/v1/beds/1/alarms/{}/acknowledge", occurrence(&first));
    let late = http::post(clinic.address(), &path, "", &json!({ "by": "mn" })).await;
    assert_eq!(late.status, 409, "{late:?}");
    let second = client.alarm(SOON, "1", "NIBP_VERY_HIGH", is_on).await;
    assert_ne!(occurrence(&first), occurrence(&second));

    let late = client.acknowledge("1", &occurrence(&first), "mn").await;
    assert_eq!(late["ok"], false, "{late}");
    assert!(
        late["error"].as_str().is_some_and(|why| !why.is_empty()),
        "{late}"
    );
    let still = client.alarm(AT_ONCE, "1", "NIBP_VERY_HIGH", |_| true).await;
    assert!(is_on(&still), "{still}");
    clinic.close().await.log.assert_clean_but_for(&[]);
}
