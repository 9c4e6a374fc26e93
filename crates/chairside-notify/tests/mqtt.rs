//! The MQTT publisher, against brokers on loopback: one that does what a test says, and mosquitto.

#![expect(
    clippy::panic,
    reason = "a test's helpers fail and say so as its tests do"
)]

#[path = "mqtt/broker.rs"]
mod broker;
#[path = "mqtt/mosquitto.rs"]
mod mosquitto;

use std::time::Duration;

use broker::{Act, Broker, Heard};
use chairside_alarm::{AlarmId, Priority, SignalPresence};
use chairside_channel_peers::Mosquitto;
use chairside_notify::mqtt::{MqttPublisher, MqttSettings, MqttStatus};
use chairside_notify::{AlarmState, Secret, WallClock};
use chrono::DateTime;
use serde_json::json;

/// A test that waits for longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(20);

fn state(occurrence: u64, priority: Priority) -> AlarmState {
    AlarmState {
        bed: "3".into(),
        bed_name: "Room 3".into(),
        simulated: false,
        id: AlarmId::Spo2VeryLow,
        occurrence,
        priority,
        present: true,
        signal: SignalPresence::On,
        since: DateTime::UNIX_EPOCH,
        at: DateTime::UNIX_EPOCH,
        reading: None,
        evidence: "SpO2 86 %".into(),
    }
}

/// A publisher, its connection running beside the test.
struct Running {
    publisher: MqttPublisher,
    connection: tokio::task::JoinHandle<()>,
}

const HOST: &str = Mosquitto::HOST;

fn settings(port: u16) -> MqttSettings {
    let mut settings = MqttSettings::of(HOST, port, "clinic-a");
    settings.tls = false;
    settings.unprotected_hosts = vec![HOST.into()];
    settings.beds = vec!["3".into(), "4".into()];
    settings.answer_max = PATIENCE;
    settings.health_every = Duration::from_mins(1);
    settings.back_off_first = Duration::from_millis(5);
    settings.back_off_max = Duration::from_millis(20);
    settings
}

fn run(settings: MqttSettings) -> Running {
    let at = DateTime::from_timestamp_millis(1_795_428_903_120).expect("a moment");
    let clock = WallClock::new(move || at);
    let (publisher, connection) = MqttPublisher::new(settings, clock).expect("they are good");
    let connection = tokio::spawn(async move {
        connection.run().await;
    });
    Running {
        publisher,
        connection,
    }
}

impl Running {
    /// Waits until it stands so.
    async fn until(&self, stands: impl FnMut(&MqttStatus) -> bool) -> MqttStatus {
        let mut status = self.publisher.status();
        let reached = tokio::time::timeout(PATIENCE, status.wait_for(stands)).await;
        reached
            .expect("it comes to stand so")
            .expect("it runs")
            .clone()
    }

    async fn why_away(&self) -> String {
        let status = self.until(|status| status.away.is_some()).await;
        status.away.unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

#[tokio::test]
async fn a_connection_begins_with_who_we_are_and_how_each_bed_stands() {
    let mut broker = Broker::start(|_| Act::Answer).await;
    let running = run(settings(broker.port));
    let Heard::Connect(connect) = broker.hear().await else {
        panic!("a connection begins with CONNECT")
    };
    assert_eq!(connect.client_id, "chairside-clinic-a");
    let will = connect.last_will.expect("it has a will");
    assert_eq!(
        (will.topic.as_str(), will.retain),
        ("v1/clinic-a/node/health", true)
    );
    let will: serde_json::Value = serde_json::from_slice(&will.message).expect("it is JSON");
    let offline =
        json!({"type": "health", "state": "offline", "site": "clinic-a", "schema": "vitals/1"});
    assert_eq!(will, offline);
    let mut topics = Vec::new();
    for _ in 0..3 {
        let published = broker.published().await;
        assert!(published.retain && published.confirmed, "{published:?}");
        assert_eq!(published.json["schema"], "vitals/1");
        topics.push(published.topic);
    }
    topics.sort();
    let expected = [
        "v1/clinic-a/3/alarm",
        "v1/clinic-a/4/alarm",
        "v1/clinic-a/node/health",
    ];
    assert_eq!(topics, expected);
    running.publisher.tell(state(7, Priority::High));
    let published = broker.published().await;
    let expected = json!({
        "type": "alarms", "bed": "3", "site": "clinic-a", "schema": "vitals/1",
        "msg_id": "clinic-a-1795428903123",
        "active": [{
            "id": "SPO2_VERY_LOW", "occurrence": "7", "priority": "high",
            "kind": "physiological", "present": true, "signal": "on",
            "since": "1970-01-01T00:00:00.000Z", "evidence": "SpO2 86 %",
        }],
    });
    assert_eq!(published.json, expected);
    let status = running.until(|status| status.confirmed == 4).await;
    assert_eq!(
        (status.connected, status.untold, status.away),
        (true, 0, None)
    );
}

#[tokio::test]
async fn a_broker_that_refuses_is_said_to() {
    for (code, words) in [
        (4, "does not take the user"),
        (5, "does not let us in"),
        (3, "is not ready"),
    ] {
        let broker = Broker::start(move |_| Act::Bytes(vec![0x20, 2, 0, code])).await;
        let running = run(settings(broker.port));
        let why = running.why_away().await;
        assert!(
            why.contains("refuses the connection") && why.contains(words),
            "{why}"
        );
    }
}

#[tokio::test]
async fn what_is_no_broker_is_given_up_and_tried_again() {
    let not_mqtt = |_: &Heard| Act::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    let mut broker = Broker::start(not_mqtt).await;
    let running = run(settings(broker.port));
    assert!(running.why_away().await.contains("went away: invalid data"));
    for _ in 0..3 {
        assert!(matches!(broker.hear().await, Heard::Connect(_)));
    }
}

#[tokio::test]
async fn a_broker_that_hangs_or_goes_away_is_told_everything_again() {
    for act in [Act::Silence, Act::HangUp] {
        // The first message for bed 3 with an alarm is not confirmed.
        let mut first = true;
        let script = move |heard: &Heard| match heard {
            Heard::Published(one) if first && one.json["active"][0].is_object() => {
                first = false;
                act.clone()
            }
            _ => Act::Answer,
        };
        let mut broker = Broker::start(script).await;
        let mut settings = settings(broker.port);
        settings.answer_max = Duration::from_millis(300);
        let running = run(settings);
        running.until(|status| status.confirmed >= 3).await;
        running.publisher.tell(state(7, Priority::High));
        running.publisher.tell(AlarmState {
            signal: SignalPresence::Acknowledged,
            ..state(7, Priority::High)
        });
        running.until(|status| status.away.is_some()).await;
        running
            .until(|status| status.connected && status.untold == 0)
            .await;
        // Over the last connection: every bed, with what stands now.
        let mut last = Vec::new();
        while let Some(heard) = broker.heard_already() {
            match heard {
                Heard::Connect(_) => last.clear(),
                Heard::Published(one) => {
                    last.push((one.topic, one.json["active"][0]["signal"].clone()));
                }
            }
        }
        assert!(
            last.contains(&("v1/clinic-a/3/alarm".into(), "acknowledged".into())),
            "{last:?}"
        );
        assert!(
            last.contains(&("v1/clinic-a/4/alarm".into(), json!(null))),
            "{last:?}"
        );
    }
}

#[tokio::test]
async fn telling_waits_for_nothing_and_takes_no_room() {
    let broker = Broker::start(|_| Act::Silence).await;
    let running = run(settings(broker.port));
    for occurrence in 0..10_000 {
        running.publisher.tell(state(occurrence, Priority::Medium));
        let strange = AlarmState {
            bed: "5".into(),
            ..state(occurrence, Priority::High)
        };
        running.publisher.tell(strange);
    }
    let status = running.until(|_| true).await;
    assert_eq!((status.untold, status.strange), (2, 10_000));
}

#[tokio::test]
async fn a_broker_that_is_not_there_may_be_there_later() {
    let listener = tokio::net::TcpListener::bind((HOST, 0))
        .await
        .expect("loopback");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let running = run(settings(port));
    assert!(
        running
            .why_away()
            .await
            .contains("cannot be reached: connection refused")
    );
}

#[test]
fn settings_that_cannot_be_used_are_told_by_field() {
    fn told(change: impl FnOnce(&mut MqttSettings)) -> String {
        let mut settings = settings(1883);
        change(&mut settings);
        let clock = WallClock::new(|| DateTime::UNIX_EPOCH);
        let error = MqttPublisher::new(settings, clock).expect_err("it cannot be used");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        error.to_string()
    }
    let account = |to: &mut MqttSettings| {
        to.user = Some("alarm".into());
        to.password = Some(Secret::new("hunter2"));
    };
    assert_eq!(
        told(|to| to.host = String::new()),
        "host: is no name of a server"
    );
    assert_eq!(told(|to| to.port = 0), "port: 0 is no port");
    assert_eq!(
        told(|to| to.site = String::new()),
        "site: must not be empty"
    );
    assert_eq!(
        told(|to| to.beds = vec![String::new()]),
        "beds: a bed has no id"
    );
    assert_eq!(
        told(|to| to.unprotected_hosts.clear()),
        "tls: 127.0.0.78 is not listed as reached without it"
    );
    assert_eq!(
        told(account),
        "password: is not sent over a connection without protection"
    );
    assert_eq!(
        told(|to| to.user = Some("alarm".into())),
        "password: is missing beside the user"
    );
    assert_eq!(
        told(|to| to.password = Some(Secret::new("hunter2"))),
        "user: is missing beside the password"
    );
    assert!(told(|to| to.answer_max = Duration::ZERO).starts_with("answer_max: "));
    assert!(told(|to| to.health_every = Duration::from_mins(2)).starts_with("health_every: "));
    assert!(told(|to| to.back_off_max = Duration::ZERO).starts_with("back_off_max: "));
    let missing = |to: &mut MqttSettings| {
        to.tls = true;
        to.ca_file = Some("/nowhere.pem".into());
    };
    assert!(told(missing).starts_with("ca_file: /nowhere.pem: "));
}
