//! Against mosquitto, with a client that is not ours. `cargo xtask test` installs it and names it
//! in `MOSQUITTO`; without it these tests say a word and end.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use chairside_alarm::Priority;
use chairside_model::{Measured, Metric, Value};
use chairside_notify::Secret;
use chairside_notify::mqtt::MqttSettings;
use chrono::DateTime;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::{HOST, PATIENCE, run, settings, state};

/// A broker of Debian's.
struct Mosquitto {
    port: u16,
    folder: TempDir,
    child: Child,
}

fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("MOSQUITTO") {
        return Some(named.into());
    }
    let found = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"]
        .into_iter()
        .find(|path| Path::new(path).is_file());
    if found.is_none() {
        println!("skipped: there is no mosquitto on this machine");
    }
    found.map(PathBuf::from)
}

impl Mosquitto {
    /// Starts one at a port that is free, or at the one of before.
    async fn start(port: Option<u16>, more: &str) -> Option<Self> {
        let port = port.unwrap_or_else(|| {
            let free = std::net::TcpListener::bind((HOST, 0)).expect("loopback");
            free.local_addr().expect("it is bound").port()
        });
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = format!("user root\npersistence false\nlistener {port} {HOST}\n");
        let _ = write!(config, "{more}");
        let file = folder.path().join("mosquitto.conf");
        std::fs::write(&file, config).expect("it can be written");
        let mut child = Command::new(program()?)
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("mosquitto starts");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let running = async {
            while let Some(line) = lines.next_line().await.expect("it is text") {
                if line.ends_with(" running") {
                    return;
                }
            }
            panic!("mosquitto ended");
        };
        tokio::time::timeout(PATIENCE, running)
            .await
            .expect("mosquitto runs soon");
        // What it says later must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self {
            port,
            folder,
            child,
        })
    }

    async fn kill(mut self) -> u16 {
        self.child.kill().await.expect("it runs");
        self.port
    }

    /// Subscribes to all that we publish.
    fn subscribe(&self, name: &str) -> Subscriber {
        let mut options = MqttOptions::new(name, HOST, self.port);
        options.set_keep_alive(Duration::from_mins(1));
        let (client, mut events) = AsyncClient::new(options, 10);
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            client
                .subscribe("v1/#", QoS::AtLeastOnce)
                .await
                .expect("it takes it");
            while let Ok(event) = events.poll().await {
                if let Event::Incoming(Packet::Publish(publish)) = event {
                    let json = serde_json::from_slice(&publish.payload).expect("it is JSON");
                    if tell.send((publish.topic, publish.retain, json)).is_err() {
                        return;
                    }
                }
            }
        });
        Subscriber { heard }
    }
}

struct Subscriber {
    heard: mpsc::UnboundedReceiver<(String, bool, serde_json::Value)>,
}

impl Subscriber {
    /// Waits for the next message of a topic; says whether the broker had kept it.
    async fn next(&mut self, topic: &str) -> (bool, serde_json::Value) {
        let next = async {
            loop {
                let (of, kept, json) = self.heard.recv().await.expect("the broker is there");
                if of == topic {
                    return (kept, json);
                }
            }
        };
        let next = tokio::time::timeout(PATIENCE, next).await;
        next.unwrap_or_else(|_over| panic!("nothing came of {topic}"))
    }
}

const OPEN: &str = "allow_anonymous true\n";

#[tokio::test]
async fn a_client_that_comes_late_gets_how_every_bed_stands() {
    let Some(broker) = Mosquitto::start(None, OPEN).await else {
        return;
    };
    let running = run(settings(broker.port));
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
            let (topic, kept, json) = after.heard.recv().await.expect("the broker is there");
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
    let Some(broker) = Mosquitto::start(None, OPEN).await else {
        return;
    };
    let running = run(settings(broker.port));
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
    let Some(broker) = Mosquitto::start(None, OPEN).await else {
        return;
    };
    let running = run(settings(broker.port));
    running.publisher.tell(state(7, Priority::High));
    running
        .until(|status| status.connected && status.untold == 0)
        .await;
    let port = broker.kill().await;
    running.until(|status| status.away.is_some()).await;
    // It changes meanwhile.
    running.publisher.tell(state(8, Priority::High));
    let Some(broker) = Mosquitto::start(Some(port), OPEN).await else {
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
        ..settings(broker.port)
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
    assert!(broker.folder.path().is_dir());
}
