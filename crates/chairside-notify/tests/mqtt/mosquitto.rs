//! Against mosquitto, with a client that is not ours. `cargo xtask test` installs it and names it
//! in `MOSQUITTO`; without it these tests say a word and end.

use std::path::PathBuf;

use chairside_alarm::Priority;
use chairside_channel_peers::{Mosquitto, program};
use chairside_model::{Measured, Metric, Value};
use chairside_notify::Secret;
use chairside_notify::mqtt::MqttSettings;
use chrono::DateTime;
use serde_json::json;

use crate::{HOST, PATIENCE, run, settings, state};

#[tokio::test]
async fn a_client_that_comes_late_gets_how_every_bed_stands() {
    let Some(broker) = Mosquitto::start(None, Mosquitto::OPEN).await else {
        return;
    };
    let running = run(settings(broker.port()));
    let mut early = broker.subscribe("early");
    running.publisher.tell(state(7, Priority::High));
    running
        .until(|status| status.connected && status.untold == 0 && status.confirmed >= 3)
        .await;
    let mut late = broker.subscribe("late");
    let (kept, bed) = late.next("v1/clinic-a/3/alarm").await;
    assert!(kept);
    assert_eq!(bed["active"][0]["id"], "SPO2_VERY_LOW");
    // Without alarms, and told all the same.
    let mut later = broker.subscribe("later");
    assert_eq!(
        later.next("v1/clinic-a/4/alarm").await.1["active"],
        json!([])
    );
    let mut last = broker.subscribe("last");
    let (kept, health) = last.next("v1/clinic-a/node/health").await;
    assert_eq!((kept, &health["state"]), (true, &json!("online")));

    // Numbers come to whoever is there, and are not kept.
    let at = DateTime::UNIX_EPOCH;
    running
        .publisher
        .measured("3", Metric::SpO2, Measured::Valid(Value::whole(86)), at);
    let (kept, numbers) = early.next("v1/clinic-a/3/obs").await;
    assert!(!kept);
    assert_eq!(numbers["observations"][0]["value"], 86.0);
    let mut after = broker.subscribe("after");
    assert!(after.next("v1/clinic-a/3/alarm").await.0);
    // By the time that something new comes, all that was kept has come.
    running.publisher.tell(state(8, Priority::High));
    let news = async {
        loop {
            let (topic, kept, json) = after.any().await;
            assert!(!topic.ends_with("/obs"), "{json}");
            if !kept && topic == "v1/clinic-a/3/alarm" {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, news)
        .await
        .expect("the news comes");
}

#[tokio::test]
async fn when_we_are_gone_the_broker_says_so() {
    let Some(broker) = Mosquitto::start(None, Mosquitto::OPEN).await else {
        return;
    };
    let running = run(settings(broker.port()));
    running.until(|status| status.confirmed >= 3).await;
    let mut client = broker.subscribe("client");
    assert_eq!(
        client.next("v1/clinic-a/node/health").await.1["state"],
        "online"
    );
    drop(running);
    assert_eq!(
        client.next("v1/clinic-a/node/health").await.1["state"],
        "offline"
    );
    let mut late = broker.subscribe("late");
    let (kept, health) = late.next("v1/clinic-a/node/health").await;
    assert_eq!((kept, &health["state"]), (true, &json!("offline")));
}

#[tokio::test]
async fn a_broker_that_forgot_everything_is_told_everything() {
    let Some(broker) = Mosquitto::start(None, Mosquitto::OPEN).await else {
        return;
    };
    let running = run(settings(broker.port()));
    running.publisher.tell(state(7, Priority::High));
    running
        .until(|status| status.connected && status.untold == 0)
        .await;
    let port = broker.kill().await;
    running.until(|status| status.away.is_some()).await;
    // It changes meanwhile.
    running.publisher.tell(state(8, Priority::High));
    let Some(broker) = Mosquitto::start(Some(port), Mosquitto::OPEN).await else {
        return;
    };
    running
        .until(|status| status.connected && status.untold == 0)
        .await;
    let mut client = broker.subscribe("client");
    let (_, bed) = client.next("v1/clinic-a/3/alarm").await;
    assert_eq!(bed["active"][0]["occurrence"], "8");
}

#[tokio::test]
async fn a_broker_with_tls_and_a_password_is_told_once_both_are_right() {
    let keys = tempfile::tempdir().expect("a folder");
    let path = |name: &str| keys.path().join(name);
    let named = rcgen::generate_simple_self_signed([HOST.to_owned()]).expect("it is a name");
    std::fs::write(path("broker.pem"), named.cert.pem()).expect("it can be written");
    std::fs::write(path("broker.key"), named.signing_key.serialize_pem())
        .expect("it can be written");
    // Mosquitto's own program puts a hash in the place of the password.
    std::fs::write(path("users"), "alarm:hunter2\n").expect("it can be written");
    if program().is_none() {
        return;
    }
    let hashed = std::process::Command::new("mosquitto_passwd")
        .arg("-U")
        .arg(path("users"))
        .status();
    assert!(hashed.expect("it is there beside mosquitto").success());
    let more = format!(
        "allow_anonymous false\npassword_file {}\ncertfile {}\nkeyfile {}\n",
        path("users").display(),
        path("broker.pem").display(),
        path("broker.key").display()
    );
    let broker = Mosquitto::start(None, &more).await.expect("it is there");
    let with = |password: &str, ca_file: Option<PathBuf>| MqttSettings {
        tls: true,
        ca_file,
        user: Some("alarm".into()),
        password: Some(Secret::new(password)),
        ..settings(broker.port())
    };
    let trusted = || Some(path("broker.pem"));
    let running = run(with("hunter2", trusted()));
    running
        .until(|status| status.connected && status.untold == 0)
        .await;
    let running = run(with("hunter3", trusted()));
    let why = running.why_away().await;
    assert!(why.contains("refuses the connection"), "{why}");
    assert!(!why.contains("hunter"), "{why}");
    let running = run(with("hunter2", None));
    let why = running.why_away().await;
    assert!(why.contains("invalid peer certificate"), "{why}");
}
