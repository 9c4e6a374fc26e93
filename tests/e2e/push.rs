//! A browser that subscribed is written to by the whole service: a push service on loopback takes
//! what only the browser can read, and a subscription that is gone calls the next person early.

use chairside_channel_peers::{Browser, claims};
use chairside_e2e::clinic::{Calls, Clinic, device};
use chairside_e2e::http;
use chairside_e2e::receiver::{Manner, Receiver};
use serde_json::{Value, json};

use crate::ladder::{climbed, crisis, kept};
use crate::{AT_ONCE, SOON};

/// The key is made beside the record, in a folder of the test's own.
struct Pushed {
    service: Receiver,
    mn: Browser,
    ak: Browser,
    calls: Calls,
    _keys: tempfile::TempDir,
}

/// Two browsers at push services: mn's is called at once, ak's a minute later unless nothing
/// reaches mn.
async fn pushed(of_mn: &Receiver) -> Pushed {
    let service = Receiver::open(Manner::Take).await;
    let keys = tempfile::tempdir().unwrap();
    let (mn, ak) = (Browser::subscribed(), Browser::subscribed());
    let contact = |browser: &Browser, at: &Receiver, whose: &str| {
        let endpoint = format!("http://{}/push/{whose}", at.address());
        let subscription = browser.subscription(&endpoint);
        format!("[[staff.contact]]\nchannel = \"browsers\"\naddress = '{subscription}'\n")
    };
    let calls = Calls {
        channels: format!(
            "[notify]\nlisted_hosts = [\"127.0.0.1\"]\nanswer_url = \"http://127.0.0.1:9\"\n\
             [[channel]]\nname = \"browsers\"\nkind = \"push\"\n\
             subject = \"mailto:it@clinic.example\"\nkey_file = {:?}\n",
            keys.path().join("push.key").display().to_string()
        ),
        mn: contact(&mn, of_mn, "of-mn"),
        ak: contact(&ak, &service, "of-ak"),
        ladders: "[[ladder]]\nname = \"standard\"\nrepeat_s = 60\n\
                  [[ladder.rung]]\nhigh_after_s = 0\ncall = [\"mn\"]\n\
                  [[ladder.rung]]\nhigh_after_s = 60\ncall = [\"ak\"]\n"
            .to_owned(),
        ..Calls::default()
    };
    Pushed {
        service,
        mn,
        ak,
        calls,
        _keys: keys,
    }
}

#[tokio::test]
async fn an_alarm_comes_to_the_browser_that_subscribed_and_the_push_service_cannot_read_it() {
    let mut of_mn = Receiver::open(Manner::Take).await;
    let pushed = pushed(&of_mn).await;
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &pushed.calls).await;
    let state = http::get(clinic.address(), "/api/v1/calling").await.json();
    let subscribed_with = state["channels"][0]["public_key"].as_str().unwrap();

    let sent = of_mn.until(1, SOON).await;
    assert_eq!(sent[0].path, "/push/of-mn");
    let seen = format!("{}{}", sent[0].headers, sent[0].body);
    for hidden in ["Room", "NIBP", "answer"] {
        assert!(!seen.contains(hidden), "the push service sees {hidden}");
    }
    let (key, claimed) = claims(sent[0].header("authorization").unwrap());
    assert_eq!(key, subscribed_with);
    assert_eq!(claimed["aud"], format!("http://{}", of_mn.address()));
    assert_eq!(claimed["sub"], "mailto:it@clinic.example");

    let read =
        |bytes: &[u8]| -> Value { serde_json::from_slice(&pushed.mn.decrypt(bytes)).unwrap() };
    let told = read(&sent[0].bytes);
    assert_eq!(told["title"], "SIMULATED Room 1: NIBP VERY HIGH");
    assert_eq!(told["purpose"], "call");
    // What the browser shows has its answer in it.
    let answer = told["answer"].as_str().unwrap();
    let path = answer.strip_prefix("http://127.0.0.1:9").unwrap();
    let accept = format!("{path}/accept");
    let accepted = http::post(clinic.address(), &accept, "", &json!({})).await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    let alarms = http::get(clinic.address(), "/api/v1/alarms").await.json();
    assert_eq!(alarms["alarms"][0]["responsible"]["by"], "mn", "{alarms}");
    assert_eq!(pushed.service.requests().len(), 0, "ak sleeps on");
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn a_subscription_that_is_gone_calls_the_next_person_early_and_is_an_alarm() {
    let mut gone = Receiver::open(Manner::Refuse(410)).await;
    let mut pushed = pushed(&gone).await;
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &pushed.calls).await;
    let mut client = clinic.client().await;
    gone.until(1, SOON).await;
    // Nearly a minute before its time.
    let sent = pushed.service.until(1, AT_ONCE).await;
    assert_eq!(sent[0].path, "/push/of-ak");
    let told = pushed.ak.decrypt(&sent[0].bytes);
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["title"], "SIMULATED Room 1: NIBP VERY HIGH");

    let alarm = client.alarm(SOON, "1", "DELIVERY_FAILED", |_| true).await;
    let evidence = alarm["evidence"].as_str().unwrap();
    assert!(evidence.contains("mn by browsers"), "{evidence}");
    let state = http::get(clinic.address(), "/api/v1/calling").await.json();
    let failing = &state["channels"][0]["failing"];
    let why = failing.as_str().unwrap_or_default();
    assert!(why.starts_with("mn: "), "though ak's was taken: {state}");
    let ways = state["ways"].as_array().unwrap().iter();
    let ways: Vec<_> = ways
        .map(|way| (&way["person"], way["failing"].is_null()))
        .collect();
    assert_eq!(ways, [(&json!("mn"), false), (&json!("ak"), true)]);
    assert_eq!(gone.requests().len(), 1, "gone is gone");
    let closed = clinic.close().await;
    let rows = kept(&closed);
    assert_eq!(climbed(&rows), [(1, "time"), (2, "unreached")]);
    closed
        .log
        .assert_clean_but_for(&["A message was not taken."]);
}
