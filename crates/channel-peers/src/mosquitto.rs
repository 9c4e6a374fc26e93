//! Debian's MQTT broker, and a client of it that is not ours.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// The address that no other test listens at, so that a port can be left and taken again.
const HOST: &str = "127.0.0.78";

/// What a machine that runs many tests beside each other needs for one step of these.
const PATIENCE: Duration = Duration::from_secs(20);

/// Returns the program: the one that `MOSQUITTO` names, as `cargo xtask test` does, or Debian's.
/// Without one a test says a word and ends.
#[must_use]
pub fn program() -> Option<PathBuf> {
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

/// A broker of Debian's on loopback; it ends when it is dropped.
#[derive(Debug)]
pub struct Mosquitto {
    port: u16,
    child: Child,
    _folder: TempDir,
}

impl Mosquitto {
    /// The address at which it listens.
    pub const HOST: &str = HOST;

    /// The line of its configuration that lets everybody in.
    pub const OPEN: &str = "allow_anonymous true\n";

    /// Starts one at a port that is free, or at the one of before; `more` are further lines of its
    /// configuration. Nothing where there is no such program.
    pub async fn start(port: Option<u16>, more: &str) -> Option<Self> {
        let port = port.unwrap_or_else(|| {
            let free = std::net::TcpListener::bind((HOST, 0)).expect("loopback");
            free.local_addr().expect("it is bound").port()
        });
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!("user root\npersistence false\nlistener {port} {HOST}\n{more}");
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
        let running = timeout(PATIENCE, running).await;
        running.expect("mosquitto runs soon");
        // What it says later must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self {
            port,
            child,
            _folder: folder,
        })
    }

    /// Returns its port on loopback.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Kills it, and returns its port.
    pub async fn kill(mut self) -> u16 {
        self.child.kill().await.expect("it runs");
        self.port
    }

    /// Subscribes to all that Chairside publishes.
    #[must_use]
    pub fn subscribe(&self, name: &str) -> Subscriber {
        let mut options = MqttOptions::new(name, HOST, self.port);
        options.set_keep_alive(Duration::from_mins(1));
        let (client, mut events) = AsyncClient::new(options, 10);
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let taken = client.subscribe("v1/#", QoS::AtLeastOnce).await;
            taken.expect("it takes it");
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

/// A client that hears all topics of Chairside's.
#[derive(Debug)]
pub struct Subscriber {
    heard: mpsc::UnboundedReceiver<(String, bool, Value)>,
}

impl Subscriber {
    /// Waits for the next message of a topic; says whether the broker had kept it.
    pub async fn next(&mut self, topic: &str) -> (bool, Value) {
        self.until(topic, |_| true).await
    }

    /// Waits for a message of a topic that fits; says whether the broker had kept it.
    pub async fn until(&mut self, topic: &str, fits: impl Fn(&Value) -> bool) -> (bool, Value) {
        loop {
            let (of, kept, json) = self.any().await;
            if of == topic && fits(&json) {
                return (kept, json);
            }
        }
    }

    /// Waits for whatever comes next: its topic, whether the broker had kept it, and what it says.
    pub async fn any(&mut self) -> (String, bool, Value) {
        let next = timeout(PATIENCE, self.heard.recv()).await;
        let next = next.unwrap_or_else(|_over| panic!("nothing came"));
        next.expect("the broker is there")
    }
}
