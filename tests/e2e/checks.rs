//! The day-start check and the alarm budget, over HTTP.

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, Planned, device};
use chairside_e2e::http;
use chairside_e2e::receiver::{Manner, Receiver};
use chairside_e2e::story::Story;
use chairside_store::Reader;
use serde_json::{Value, json};

use crate::answers::{answered_calls, paths, press};
use crate::{AT_ONCE, SOON};

const CHECKS: &str = "/api/v1/checks";

fn all_heard() -> Value {
    let heard = json!({ "tone_high": true, "tone_medium": true, "tone_low": true });
    json!({ "by": "mn", "station": "desk", "heard": heard })
}

async fn sign(clinic: &Clinic, check: &Value) -> (u16, Value) {
    let answer = http::post(clinic.address(), CHECKS, "", check).await;
    (answer.status, answer.json())
}

async fn gives_a_number(client: &mut Client) {
    let is_number = |message: &Value| {
        message["type"] == "observation"
            && message["metric"] == "SpO2"
            && message["value"] != Value::Null
    };
    client.until(SOON, "a saturation", is_number).await;
}

#[tokio::test]
async fn a_check_is_judged_by_the_service_put_on_record_and_told_to_everybody() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    let mut client = clinic.client().await;
    assert_eq!(client.snapshot["last_check"], Value::Null);
    gives_a_number(&mut client).await;

    let mut signed = all_heard();
    signed["note"] = "the new speaker".into();
    let (status, answer) = sign(&clinic, &signed).await;
    assert_eq!(status, 200, "{answer}");
    let check = &answer["check"];
    assert_eq!(check["complete"], true, "{check}");
    assert_eq!(check["missing"], json!([]));
    assert_eq!(
        (&check["by"], &check["station"]),
        (&json!("mn"), &json!("desk"))
    );
    assert_eq!(check["note"], "the new speaker");
    let items = check["items"].as_array().expect("a list");
    let names: Vec<&str> = items
        .iter()
        .filter_map(|item| item["item"].as_str())
        .collect();
    let expected = ["tone_high", "tone_medium", "tone_low", "gives_numbers"];
    assert_eq!(names, expected, "nobody is called in this clinic");
    let numbers = &items[3];
    assert_eq!(
        (&numbers["bed"], &numbers["device"]),
        (&json!("1"), &json!("1-nonin"))
    );
    let found = numbers["found"].as_str().expect("words");
    assert!(found.contains("SpO2 "), "{numbers}");
    assert!(
        numbers["age_ms"].as_u64().expect("an age") < 10_000,
        "{numbers}"
    );

    let told = client
        .until(AT_ONCE, "the check", |message| message["type"] == "check")
        .await;
    assert_eq!((&told["by"], &told["at"]), (&json!("mn"), &check["at"]));
    let late = clinic.client().await;
    let last = json!({ "by": "mn", "at": check["at"] });
    assert_eq!(late.snapshot["last_check"], last);
    let kept = http::get(clinic.address(), "/api/v1/checks?last=5").await;
    assert_eq!(kept.json(), json!({ "checks": [check] }));

    let closed = clinic.close().await;
    let reader = Reader::open(&closed.data()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    assert_eq!(reader.day_checks(5, true).unwrap().len(), 1);
    closed.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn a_check_that_misses_something_is_kept_and_says_what_and_is_not_the_days() {
    let gone = Planned {
        bed: "1",
        driver: "nonin",
        patient: None,
    };
    let clinic = Clinic::open(&[gone]).await;
    let mut signed = all_heard();
    signed["heard"]["tone_low"] = false.into();
    let (status, answer) = sign(&clinic, &signed).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["check"]["complete"], false);
    let missing = json!([
        "tone_low was not heard",
        "bed 1: 1-nonin: the device is disconnected",
    ]);
    assert_eq!(answer["check"]["missing"], missing);
    let late = clinic.client().await;
    assert_eq!(late.snapshot["last_check"], Value::Null);
    let kept = http::get(clinic.address(), CHECKS).await.json();
    assert_eq!(kept["checks"], json!([answer["check"]]));
    clinic.close().await;
}

#[tokio::test]
async fn a_check_is_complete_when_a_message_came_by_each_way_that_the_ladder_calls() {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Take).await;
    let planned = [device("1", "nonin", Story::well())];
    let clinic = Clinic::open_calling(&planned, &answered_calls(&phones, &gateway)).await;
    let mut client = clinic.client().await;
    gives_a_number(&mut client).await;
    let (status, answer) = sign(&clinic, &all_heard()).await;
    assert_eq!(status, 200, "{answer}");
    let check = &answer["check"];
    assert_eq!(check["complete"], false, "{check}");
    let ways = ["mn by phones", "ak by phones", "ak by sms"];
    let missing = ways.map(|way| format!("{way}: nothing was received in 24 h"));
    assert_eq!(check["missing"], json!(missing));
    assert_eq!(check["items"][4]["age_ms"], Value::Null);
    assert_eq!(
        clinic.client().await.snapshot["last_check"],
        Value::Null,
        "it is not the day's"
    );

    // One person answers a call from the telephone, the other receives two tests.
    let asked = client.act("help", json!({"bed": "1", "by": "ak"})).await;
    assert_eq!(asked["ok"], true, "{asked}");
    let sent = client.reading_until(phones.until(1, SOON)).await;
    assert_eq!(press(&clinic, &paths(&sent[0]).1[0]).await.status, 200);
    for channel in ["phones", "sms"] {
        let (is_complete, _) = complete(&clinic).await;
        assert!(!is_complete, "not before {channel}");
        let test = format!("/api/v1/channels/{channel}/test");
        let test = http::post(clinic.address(), &test, "", &json!({ "person": "ak" })).await;
        let key = test.json()["key"].as_str().expect("a key").to_owned();
        let received = format!("/api/v1/tests/{key}/received");
        let received = http::post(clinic.address(), &received, "", &json!({ "by": "ak" })).await;
        assert_eq!(received.status, 200, "{received:?}");
    }
    let (is_complete, check) = complete(&clinic).await;
    assert!(is_complete, "{check}");
    let items = check["items"].as_array().expect("a list");
    let found = items[4..].iter().map(|item| {
        assert_eq!(item["item"], "phone_reached", "{item}");
        assert_eq!(item["passed"], true, "{item}");
        assert!(item["age_ms"].as_u64().expect("an age") < 60_000, "{item}");
        item["found"].as_str().expect("words")
    });
    assert_eq!(found.collect::<Vec<_>>(), ways);
    let kept = http::get(clinic.address(), "/api/v1/checks?last=1").await;
    assert_eq!(kept.json(), json!({ "checks": [check] }));
    let closed = clinic.close().await;
    let reader = Reader::open(&closed.data()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    closed.log.assert_clean_but_for(&[]);
}

/// Signs that all tones were heard; returns whether the check is complete, and the check.
async fn complete(clinic: &Clinic) -> (bool, Value) {
    let (status, mut answer) = sign(clinic, &all_heard()).await;
    assert_eq!(status, 200, "{answer}");
    let check = answer["check"].take();
    (check["complete"] == true, check)
}

#[tokio::test]
async fn what_is_no_signature_is_refused_in_words_and_not_kept() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    let changed = |key: &str, value: Value| {
        let mut signed = all_heard();
        signed[key] = value;
        signed
    };
    let one_tone = json!({ "tone_high": true });
    for (signed, why) in [
        (changed("by", "xx".into()), "nobody with the id \"xx\""),
        (changed("by", Value::Null), "by"),
        (changed("station", " ".into()), "the station has no name"),
        (
            changed("heard", one_tone),
            "nothing of tone_medium, tone_low",
        ),
        // What devices give is the service's to say.
        (changed("gives_numbers", true.into()), "gives_numbers"),
        (changed("note", "n".repeat(501).into()), "longer than 500"),
    ] {
        let (status, answer) = sign(&clinic, &signed).await;
        assert_eq!(status, 400, "{answer}");
        let told = answer["error"].as_str().expect("words");
        assert!(told.contains(why), "{told:?} and not {why:?}");
    }
    let kept = http::get(clinic.address(), CHECKS).await.json();
    assert_eq!(kept["checks"], json!([]));
    for wrong in ["last=0", "last=401", "last=few", "first=1"] {
        let answer = http::get(clinic.address(), &format!("{CHECKS}?{wrong}")).await;
        assert_eq!(answer.status, 400, "{wrong}: {answer:?}");
    }
    clinic.close().await;
}

#[tokio::test]
async fn the_budget_counts_an_alarm_and_who_answered_it() {
    let high = Story::well().cuff(2, 172.0, 96.0);
    let clinic = Clinic::open(&[device("1", "ge-v100", high)]).await;
    let mut client = clinic.client().await;
    let alarm = client
        .alarm(SOON, "1", "NIBP_HIGH", |alarm| alarm["signal"] == "on")
        .await;
    let until = |acted_on: u64| {
        let fits = move |told: &Value| told["alarms"] == 1 && told["acted_on"] == acted_on;
        http::get_until(clinic.address(), "/api/v1/budget?hours=1", AT_ONCE, fits)
    };
    let before = until(0).await;
    assert_eq!(before["acted_on_share"], 0.0, "{before}");
    assert_eq!(before["response_s"], Value::Null);
    let occurrence = alarm["occurrence"].as_str().expect("a number");
    let answer = client.acknowledge("1", occurrence, "mn").await;
    assert_eq!(answer["ok"], true, "{answer}");
    let after = until(1).await;
    let hours = after["bed_hours"].as_f64().expect("a number");
    assert!(hours > 0.0 && hours < 0.1, "{after}");
    let rate = after["per_bed_hour"].as_f64().expect("a number");
    assert!((rate * hours - 1.0).abs() < 1e-6, "{after}");
    let median = after["response_s"]["median"].as_f64().expect("a number");
    assert!((0.0..60.0).contains(&median), "{after}");
    let rule = &after["by_rule"][0];
    assert_eq!(
        (&rule["rule"], &rule["priority"]),
        (&json!("NIBP_HIGH"), &json!("medium"))
    );
    assert_eq!(rule["acted_on_share"], 1.0);
    for wrong in ["hours=0", "hours=169", "hours=-1", "days=1"] {
        let answer = http::get(clinic.address(), &format!("/api/v1/budget?{wrong}")).await;
        assert_eq!(answer.status, 400, "{wrong}: {answer:?}");
    }
    clinic.close().await.log.assert_clean_but_for(&[]);
}
