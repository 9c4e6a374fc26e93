//! The connection to the broker.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_rustls::TlsConnector;

use super::board::time;
use super::packet::{Connect, Publish, Said, TooLong, take};
use super::{MqttSettings, Shared};
use crate::WallClock;
use crate::back_off::BackOff;

/// The name of what is in our messages, and of its edition.
const SCHEMA: &str = "vitals/1";

/// How often the numbers of a bed are sent at most.
const NUMBERS_EVERY: Duration = Duration::from_secs(1);

/// The half of a publisher that has the connection; [`run`](Self::run) it.
pub struct MqttConnection {
    pub(super) settings: MqttSettings,
    pub(super) tls: Option<TlsConnector>,
    pub(super) clock: WallClock,
    pub(super) shared: Arc<Shared>,
    pub(super) back_off: BackOff,
    pub(super) last_message: i64,
}

impl fmt::Debug for MqttConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.settings;
        f.debug_struct("MqttConnection")
            .field("settings", settings)
            .finish_non_exhaustive()
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What is done now and then.
struct Rhythm {
    health: Interval,
    numbers: Interval,
}

impl MqttConnection {
    /// Connects and publishes, for as long as it is polled. When it is dropped, the broker says
    /// that we are offline.
    pub async fn run(mut self) -> Infallible {
        let rhythm = |every| {
            let mut rhythm = interval(every);
            rhythm.set_missed_tick_behavior(MissedTickBehavior::Delay);
            rhythm
        };
        let mut rhythm = Rhythm {
            health: rhythm(self.settings.health_every),
            numbers: rhythm(NUMBERS_EVERY),
        };
        loop {
            // It comes back only when something is wrong.
            let Err(why) = self.publish(&mut rhythm).await;
            self.shared.change(|shared| {
                shared.status.connected = false;
                shared.status.away = Some(why);
            });
            self.back_off.pause(&self.shared.changed).await;
        }
    }

    async fn publish(&mut self, rhythm: &mut Rhythm) -> Result<Infallible, String> {
        let limit = self.settings.answer_max;
        let connecting = timeout(limit, self.connect()).await;
        let mut line = connecting.map_err(|_over| self.silent())??;
        self.shared.change(|shared| {
            shared.board.begin();
            shared.status.connected = true;
            shared.status.away = None;
        });
        self.back_off.reset();
        rhythm.health.reset_immediately();
        loop {
            let alarms = self.shared.lock().board.next_alarms();
            if let Some(alarms) = alarms {
                let topic = self.topic(&alarms.bed, "alarm");
                self.confirmed(&mut line, &topic, alarms.json.clone())
                    .await?;
                self.shared.change(|shared| shared.board.told(&alarms));
                continue;
            }
            tokio::select! {
                () = self.shared.changed.notified() => {}
                _ = rhythm.health.tick() => {
                    let (topic, now) = (self.health_topic(), self.clock.now());
                    let online = json!({"type": "health", "state": "online", "at": time(now)});
                    self.confirmed(&mut line, &topic, online).await?;
                }
                _ = rhythm.numbers.tick() => {
                    let numbers = self.shared.lock().board.take_numbers();
                    for (bed, json) in numbers {
                        self.unconfirmed(&mut line, &self.topic(&bed, "obs"), json).await?;
                    }
                }
                said = line.hear() => {
                    said.map_err(|error| self.gone(&error))?;
                }
            }
        }
    }

    async fn connect(&self) -> Result<Line, String> {
        let (host, port) = (self.settings.host.as_str(), self.settings.port);
        let unreached =
            |error: io::Error| format!("{host}:{port} cannot be reached: {}", reason(&error));
        let stream = TcpStream::connect((host, port)).await.map_err(unreached)?;
        // A message is small and waits for nothing.
        let _ = stream.set_nodelay(true);
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(stream),
            Some(tls) => {
                let name = ServerName::try_from(host.to_owned())
                    .map_err(|_odd| format!("{host} is no name that a certificate can have"))?;
                Box::new(tls.connect(name, stream).await.map_err(unreached)?)
            }
        };
        let mut line = Line {
            stream,
            came: Vec::new(),
            number: 0,
        };
        let offline = self.envelope(json!({"type": "health", "state": "offline"}));
        let (client, topic) = (
            format!("chairside-{}", self.settings.site),
            self.health_topic(),
        );
        let connect = Connect {
            client: &client,
            keep_alive: self.settings.keep_alive(),
            will: Publish {
                topic: &topic,
                retain: true,
                number: None,
                text: offline.as_bytes(),
            },
            login: self.settings.login(),
        };
        let packet = connect
            .packet()
            .map_err(|TooLong| "a name is too long for MQTT".to_owned())?;
        line.send(&packet)
            .await
            .map_err(|error| self.gone(&error))?;
        loop {
            match line.hear().await.map_err(|error| self.gone(&error))? {
                Said::Connected(0) => return Ok(line),
                Said::Connected(code) => {
                    let why = match code {
                        1 => "it speaks another version of MQTT",
                        2 => "it does not take our name",
                        3 => "it is not ready",
                        4 => "it does not take the user or the password",
                        5 => "it does not let us in",
                        _ => "it says no",
                    };
                    return Err(format!(
                        "{host}:{port} refuses the connection: {why} ({code})"
                    ));
                }
                Said::Confirmed(_) | Said::Other => {}
            }
        }
    }

    /// Publishes what is kept by the broker, and waits until it has it.
    async fn confirmed(&mut self, line: &mut Line, topic: &str, json: Value) -> Result<(), String> {
        let text = self.numbered(json);
        line.number = line.number.checked_add(1).unwrap_or(1);
        let number = line.number;
        let publish = Publish {
            topic,
            retain: true,
            number: Some(number),
            text: text.as_bytes(),
        };
        let Ok(packet) = publish.packet() else {
            return Err(format!("{topic} is too long for MQTT"));
        };
        let confirming = async {
            line.send(&packet).await?;
            while line.hear().await? != Said::Confirmed(number) {}
            Ok(())
        };
        let confirmed = timeout(self.settings.answer_max, confirming).await;
        confirmed
            .map_err(|_over| self.silent())?
            .map_err(|error| self.gone(&error))?;
        self.shared.change(|shared| shared.status.confirmed += 1);
        Ok(())
    }

    /// Publishes what is worth nothing later.
    async fn unconfirmed(
        &mut self,
        line: &mut Line,
        topic: &str,
        json: Value,
    ) -> Result<(), String> {
        let text = self.numbered(json);
        let publish = Publish {
            topic,
            retain: false,
            number: None,
            text: text.as_bytes(),
        };
        let Ok(packet) = publish.packet() else {
            return Err(format!("{topic} is too long for MQTT"));
        };
        let sent = timeout(self.settings.answer_max, line.send(&packet)).await;
        sent.map_err(|_over| self.silent())?
            .map_err(|error| self.gone(&error))
    }

    /// Writes a message with a number of its own, which rises over restarts as well.
    fn numbered(&mut self, mut json: Value) -> String {
        let now = self.clock.now().timestamp_millis();
        self.last_message = now.max(self.last_message + 1);
        let site = &self.settings.site;
        json["msg_id"] = format!("{site}-{}", self.last_message).into();
        self.envelope(json)
    }

    fn envelope(&self, mut json: Value) -> String {
        json["schema"] = SCHEMA.into();
        json["site"] = self.settings.site.as_str().into();
        json.to_string()
    }

    fn topic(&self, bed: &str, what: &str) -> String {
        format!("v1/{}/{}/{what}", level(&self.settings.site), level(bed))
    }

    fn health_topic(&self) -> String {
        format!("v1/{}/node/health", level(&self.settings.site))
    }

    fn silent(&self) -> String {
        let MqttSettings {
            host,
            port,
            answer_max,
            ..
        } = &self.settings;
        format!("{host}:{port} did not answer within {answer_max:?}")
    }

    fn gone(&self, error: &io::Error) -> String {
        let MqttSettings { host, port, .. } = &self.settings;
        format!("{host}:{port} went away: {}", reason(error))
    }
}

/// Says why without what a broker's own words could bring in.
fn reason(error: &io::Error) -> String {
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    tls.map_or_else(|| error.kind().to_string(), ToString::to_string)
}

/// Writes a name as one level of a topic: what parts levels, and what stands for any, is written
/// as in an address of the web.
fn level(name: &str) -> String {
    let mut level = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '%' => level.push_str("%25"),
            '/' => level.push_str("%2F"),
            '+' => level.push_str("%2B"),
            '#' => level.push_str("%23"),
            letter if letter.is_control() => level.push('_'),
            letter => level.push(letter),
        }
    }
    level
}

/// One connection.
struct Line {
    stream: Box<dyn Stream>,
    /// What came and was not read yet.
    came: Vec<u8>,
    /// The number of the last message that is to be confirmed.
    number: u16,
}

impl Line {
    async fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.stream.write_all(packet).await?;
        self.stream.flush().await
    }

    /// Waits for what the broker says. Dropped half-way, nothing of it is lost.
    async fn hear(&mut self) -> io::Result<Said> {
        loop {
            let said = take(&mut self.came);
            match said.map_err(|_not_mqtt| io::Error::from(io::ErrorKind::InvalidData))? {
                Some(said) => return Ok(said),
                None if self.stream.read_buf(&mut self.came).await? == 0 => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_level_of_a_topic() {
        assert_eq!(level("room-3"), "room-3");
        assert_eq!(level("3/#/+/%\u{0}Süd"), "3%2F%23%2F%2B%2F%25_Süd");
    }
}
