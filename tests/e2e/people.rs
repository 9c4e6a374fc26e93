//! What people pause and switch off, over the socket and over HTTP: who sees it, and what is
//! refused in words.

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use chairside_store::{Fact, Kind, Reader};
use serde_json::{Value, json};

use crate::{AT_ONCE, SOON};

/// A patient whose pressure is high, of medium priority: an alarm that may be paused.
async fn clinic() -> (Clinic, Client) {
    let high = Story::well().cuff(2, 172.0, 96.0);
    let clinic = Clinic::open(&[device("1", "ge-v100", high)]).await;
    let mut client = clinic.client().await;
    client
        .alarm(SOON, "1", "NIBP_HIGH", |alarm| alarm["signal"] == "on")
        .await;
    (clinic, client)
}

/// Waits until bed 1's alarms are as they should be.
async fn alarms(client: &mut Client, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let known = |message: &&Value| message["type"] == "alarms" && message["bed"] == "1";
    if let Some(last) = client.messages.iter().rev().find(known)
        && fits(last)
    {
        return last.clone();
    }
    client
        .until(AT_ONCE, what, |message| known(&message) && fits(message))
        .await
}

#[tokio::test]
async fn sound_is_paused_at_one_station_of_which_all_are_told_and_can_be_heard_again() {
    let (clinic, mut desk) = clinic().await;
    let mut hall = clinic.client().await;
    let pause = json!({ "bed": "1", "seconds": 120, "by": "mn", "station": "desk" });
    let answer = desk.act("pause_audio", pause).await;
    assert_eq!(answer["ok"], true, "{answer}");
    for client in [&mut desk, &mut hall] {
        let told = alarms(client, "a pause", |told| told["audio"][0] != Value::Null).await;
        let audio = &told["audio"][0];
        assert_eq!(audio["station"], "desk");
        assert_eq!(audio["sound"], "paused");
        assert_eq!(audio["by"], "mn");
        assert_eq!(audio["covers"], told["active"][0]["call"], "{told}");
        let left = audio["remaining_ms"].as_u64().unwrap();
        assert!((115_000..=120_000).contains(&left), "{left}");
    }
    let late = clinic.client().await;
    assert_eq!(late.snapshot["alarms"][0]["audio"][0]["station"], "desk");
    let heard = json!({ "bed": "1", "by": "mn", "station": "desk" });
    assert_eq!(desk.act("resume_audio", heard.clone()).await["ok"], true);
    alarms(&mut hall, "no pause", |told| told["audio"] == json!([])).await;
    let again = desk.act("resume_audio", heard).await;
    assert_eq!(again["ok"], false, "{again}");
    // Of a display that has been shown no call yet, all of them are new.
    let unheard = json!({ "bed": "1", "seconds": 120, "by": "mn", "station": "door", "call": 0 });
    assert_eq!(desk.act("pause_audio", unheard).await["ok"], true);
    let told = alarms(&mut hall, "a pause", |told| told["audio"] != json!([])).await;
    assert_eq!(told["audio"][0]["covers"], 0, "{told}");
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn an_alarm_is_paused_with_a_reason_and_a_rule_switched_off_by_a_clinician() {
    let (clinic, mut client) = clinic().await;
    let pause =
        json!({ "bed": "1", "id": "NIBP_HIGH", "seconds": 300, "by": "mn", "reason": "pain" });
    assert_eq!(client.act("pause_alarm", pause).await["ok"], true);
    let told = alarms(&mut client, "a pause", |told| {
        told["suspended"] != json!([])
    })
    .await;
    assert_eq!(told["suspended"][0]["kind"], "alarm_paused");
    assert_eq!(told["suspended"][0]["reason"], "pain");
    assert_eq!(told["active"][0]["signal"], "paused", "{told}");

    let mut off =
        json!({ "bed": "1", "id": "NIBP_HIGH", "seconds": 3600, "by": "mn", "reason": "pain" });
    let nurse = client.act("switch_off", off.clone()).await;
    let why = nurse["error"].as_str().unwrap_or_default();
    assert!(why.contains("clinician"), "{nurse}");
    off["by"] = "ak".into();
    assert_eq!(client.act("switch_off", off).await["ok"], true);
    let told = alarms(&mut client, "off", |told| {
        told["suspended"][0]["kind"] == "rule_off"
    })
    .await;
    assert_eq!(
        told["active"],
        json!([]),
        "its condition counts for nothing"
    );
    let on = json!({ "bed": "1", "id": "NIBP_HIGH", "by": "mn" });
    assert_eq!(client.act("switch_on", on).await["ok"], true);
    alarms(&mut client, "on again", |told| {
        told["suspended"] == json!([]) && told["active"][0]["id"] == "NIBP_HIGH"
    })
    .await;

    let closed = clinic.close().await;
    let reader = Reader::open(&closed.data()).unwrap();
    let run = reader.runs().unwrap().pop().unwrap();
    let operator = reader.rows(&run, Kind::Operator).unwrap();
    let kept: Vec<_> = operator
        .into_iter()
        .map(|row| match row.fact {
            Fact::Operator(fact) => (
                fact.action.into_owned(),
                fact.by.into_owned(),
                fact.reason.map(std::borrow::Cow::into_owned),
            ),
            other => panic!("{other:?}"),
        })
        .collect();
    let row = |action: &str, by: &str, reason: Option<&str>| {
        (action.to_owned(), by.to_owned(), reason.map(str::to_owned))
    };
    assert_eq!(
        kept,
        [
            row("pause_alarm", "mn", Some("pain")),
            row("switch_off", "ak", Some("pain")),
            row("switch_on", "mn", None),
        ]
    );
    closed.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn every_action_can_be_done_over_http_and_is_refused_in_words() {
    let (clinic, mut client) = clinic().await;
    for (action, body, status) in [
        ("pause_audio", json!({ "by": "mn", "seconds": 120 }), 400),
        (
            "pause_audio",
            json!({ "by": "mn", "seconds": 121, "station": "desk" }),
            400,
        ),
        (
            "pause_audio",
            json!({ "by": "mn", "second": 120, "station": "desk" }),
            400,
        ),
        (
            "pause_audio",
            json!({ "seconds": 120, "station": "desk" }),
            400,
        ),
        (
            "pause_audio",
            json!({ "by": "mn", "seconds": 120, "station": "desk", "call": 999 }),
            404,
        ),
        (
            "pause_audio",
            json!({ "by": "nobody", "seconds": 120, "station": "desk" }),
            400,
        ),
        (
            "audio_off",
            json!({ "by": "mn", "seconds": 600, "station": "desk" }),
            403,
        ),
        (
            "pause_alarm",
            json!({ "by": "mn", "id": "NIBP_HIGH", "seconds": 60 }),
            400,
        ),
        (
            "pause_alarm",
            json!({ "by": "mn", "id": "NIBP_HI", "seconds": 60, "reason": "x" }),
            400,
        ),
        (
            "pause_alarm",
            json!({ "by": "ak", "id": "NIBP_VERY_HIGH", "seconds": 60, "reason": "x" }),
            403,
        ),
        (
            "switch_off",
            json!({ "by": "ak", "id": "DEVICE_LINK_LOST", "seconds": 60, "reason": "x" }),
            403,
        ),
        (
            "resume_alarm",
            json!({ "by": "mn", "id": "NIBP_HIGH" }),
            409,
        ),
        ("silence_everything", json!({ "by": "ak" }), 400),
    ] {
        let path = format!("/api/v1/beds/1/{action}");
        let refused = http::post(clinic.address(), &path, "", &body).await;
        assert_eq!(refused.status, status, "{action} {body} {refused:?}");
        let told = refused.json();
        assert_eq!(told["ok"], false, "{told}");
        assert!(
            told["error"].as_str().is_some_and(|why| why.len() > 10),
            "{told}"
        );
    }
    let off = json!({ "by": "ak", "seconds": 600, "station": "desk" });
    let missing = http::post(clinic.address(), "/api/v1/beds/99/audio_off", "", &off).await;
    assert_eq!(missing.status, 404, "{missing:?}");
    let done = http::post(clinic.address(), "/api/v1/beds/1/audio_off", "", &off).await;
    assert_eq!(done.status, 200, "{done:?}");
    let told = alarms(&mut client, "off", |told| {
        told["audio"][0]["sound"] == "off"
    })
    .await;
    assert_eq!(told["audio"][0]["by"], "ak");
    assert!(
        told["audio"][0]["reminder_in_ms"]
            .as_u64()
            .is_some_and(|left| left <= 180_000)
    );
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn a_limit_is_changed_from_what_was_seen_within_the_bounds_of_the_role() {
    let (clinic, mut client) = clinic().await;
    let limit = |old: f64, value: f64, by: &str| {
        json!({
            "bed": "1", "key": "nibp.NIBP_HIGH.sys_ge", "old": old, "value": value, "by": by,
            "reason": "hypertension, treated",
        })
    };
    let beyond = client.act("set_limit", limit(165.0, 190.0, "mn")).await;
    let why = beyond["error"].as_str().unwrap_or_default();
    assert!(why.contains("140 to 180"), "{beyond}");
    let stale = client.act("set_limit", limit(160.0, 175.0, "mn")).await;
    let why = stale["error"].as_str().unwrap_or_default();
    assert!(why.contains("165"), "{stale}");
    let mut unsaid = limit(165.0, 175.0, "mn");
    unsaid["reason"] = " ".into();
    assert_eq!(client.act("set_limit", unsaid).await["ok"], false);

    let done = client.act("set_limit", limit(165.0, 175.0, "mn")).await;
    assert_eq!(done["ok"], true, "{done}");
    let of_limits = |message: &&Value| message["type"] == "limits";
    let told = client.messages.iter().rev().find(of_limits).unwrap();
    assert_eq!(told["limits"]["NibpSystolic"]["high"], 175);
    assert_eq!(told["limits"]["NibpSystolic"]["high_default"], 165);
    let changed = &told["changed"][0];
    assert_eq!(changed["by"], "mn");
    assert_eq!(changed["reason"], "hypertension, treated");
    let late = clinic.client().await;
    assert_eq!(&late.snapshot["beds"][0]["changed"][0], changed);

    let phase = json!({ "by": "mn", "phase": "dosing" });
    let entered = http::post(clinic.address(), "/api/v1/beds/1/phase", "", &phase).await;
    assert_eq!(entered.status, 200, "{entered:?}");
    client
        .until(AT_ONCE, "the phase", |message| {
            message["type"] == "limits" && message["phase"] == "dosing"
        })
        .await;
    let all = http::get(clinic.address(), "/api/v1/beds/1/limits").await;
    let all = all.json();
    let mut limits = all["limits"].as_array().unwrap().iter();
    let apnea = limits.find(|limit| limit["key"] == "airway.APNEA.no_breath_s");
    assert_eq!(apnea.unwrap()["value"], 25);

    let closed = clinic.close().await;
    let reader = Reader::open(&closed.data()).unwrap();
    let run = reader.runs().unwrap().pop().unwrap();
    let rows = reader.rows(&run, Kind::Operator).unwrap();
    let done: Vec<_> = rows
        .iter()
        .map(|row| match &row.fact {
            Fact::Operator(fact) => (&*fact.action, &*fact.by),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(done, [("set_limit", "mn"), ("enter_dosing", "mn")]);
    closed.log.assert_clean_but_for(&[]);
}
