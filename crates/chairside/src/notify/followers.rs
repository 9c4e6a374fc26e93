//! Programs of the clinic that follow alarms: an alarm manager, and an MQTT broker. Neither is
//! waited for, and neither is anybody's answer to an alarm.

use std::collections::BTreeMap;
use std::convert::Infallible;

use chairside_alarm::Transition;
use chairside_model::{BedId, Cuff, Measured, MonoTime, Observation, Reading};
use chairside_notify::hl7::{Hl7Sender, Hl7Status};
use chairside_notify::mqtt::{MqttPublisher, MqttSettings, MqttStatus};
use chairside_notify::{SettingsError, WallClock};
use chairside_station::{Entry, Record};
use serde::Serialize;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tracing::{info, warn};

use super::Names;
use super::trouble::Trouble;
use crate::clock::Clock;
use crate::config::Calling;

/// The programs that follow, and the connections to them, which end with this.
#[derive(Debug)]
pub(super) struct Followers {
    manager: Option<Hl7Sender>,
    broker: Option<MqttPublisher>,
    watched: Vec<Watched>,
    _connections: JoinSet<Infallible>,
}

/// One of them, as it is watched: whether it is told of the alarms.
#[derive(Debug)]
struct Watched {
    /// Its section of the configuration.
    name: &'static str,
    status: Status,
    connection: AbortHandle,
    trouble: Trouble,
}

#[derive(Debug)]
enum Status {
    Manager(watch::Receiver<Hl7Status>),
    Broker(watch::Receiver<MqttStatus>),
}

/// How it stands with a program that follows alarms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FollowerState {
    /// Its section of the configuration: `alarm_manager` or `mqtt`.
    pub follower: &'static str,
    /// Whether there is a connection.
    pub connected: bool,
    /// Why it is told of nothing; nothing while it is.
    pub failing: Option<String>,
    /// Alarms, or beds with their alarms, that wait to be told.
    pub waiting: usize,
    /// Messages that it has taken.
    pub taken: u64,
    /// Messages that it could not read.
    pub unread: u64,
    /// States that were given up because too many waited.
    pub dropped: u64,
    /// The beds with an alarm that it was sent and has not taken, and why.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub untaken: BTreeMap<String, String>,
}

impl Followers {
    /// Makes what is configured, and begins to connect. Nothing is told yet.
    pub(super) fn new(
        calling: &Calling,
        beds: impl Iterator<Item = String>,
        wall: &WallClock,
    ) -> Result<Self, (String, SettingsError)> {
        let mut connections = JoinSet::new();
        let mut watched = Vec::new();
        let mut watch = |name, status, connection| {
            watched.push(Watched {
                name,
                status,
                connection,
                trouble: Trouble::default(),
            });
        };
        let manager = calling.manager.clone().map(|settings| {
            let made = Hl7Sender::new(settings, wall.clone());
            let (sender, connection) = made.map_err(|error| ("alarm_manager".to_owned(), error))?;
            let status = Status::Manager(sender.status());
            watch("alarm_manager", status, connections.spawn(connection.run()));
            Ok(sender)
        });
        let broker = calling.broker.clone().map(|settings| {
            let settings = MqttSettings {
                beds: beds.collect(),
                ..settings
            };
            let made = MqttPublisher::new(settings, wall.clone());
            let (publisher, connection) = made.map_err(|error| ("mqtt".to_owned(), error))?;
            let status = Status::Broker(publisher.status());
            watch("mqtt", status, connections.spawn(connection.run()));
            Ok(publisher)
        });
        let (manager, broker) = (manager.transpose()?, broker.transpose()?);
        Ok(Self {
            manager,
            broker,
            watched,
            _connections: connections,
        })
    }

    /// Returns how it stands with each, and notices since when something is wrong.
    pub(super) fn look(&mut self, now: MonoTime) -> Vec<FollowerState> {
        let look = |watched: &mut Watched| watched.look(now);
        self.watched.iter_mut().map(look).collect()
    }

    /// Returns since when a bed is not known to one of them, and why.
    pub(super) fn untold(&self, now: MonoTime, bed: &str) -> Option<(MonoTime, String)> {
        let all = self.watched.iter();
        let mut since = now;
        let mut words = Vec::new();
        for (began, why) in all.filter_map(|watched| watched.untold(bed)) {
            since = since.min(began);
            words.push(why);
        }
        (!words.is_empty()).then(|| (since, words.join("; ")))
    }

    /// Tells them what happened.
    pub(super) fn take(&self, record: &Record, names: &Names, clock: &Clock) {
        match &record.entry {
            Entry::Alarm { bed, transition } => self.alarm(*bed, transition, names, clock),
            Entry::Observed { bed, observation } => {
                self.measured(names.bed(*bed), observation, clock);
            }
            Entry::Simulated { bed, simulated } => self.simulated(names.bed(*bed), *simulated),
            _ => {}
        }
    }

    /// Tells them whether what a bed shows is simulated; an alarm manager is told with each alarm.
    pub(super) fn simulated(&self, bed: &str, simulated: bool) {
        if let Some(broker) = &self.broker {
            broker.simulated(bed, simulated);
        }
    }

    /// Tells them how an alarm stands.
    pub(super) fn alarm(&self, bed: BedId, told: &Transition, names: &Names, clock: &Clock) {
        if self.manager.is_none() && self.broker.is_none() {
            return;
        }
        let state = names.alarm_state(bed, told, clock);
        if let Some(manager) = &self.manager {
            manager.tell(state.clone());
        }
        if let Some(broker) = &self.broker {
            broker.tell(state);
        }
    }

    fn measured(&self, bed: &str, observation: &Observation, clock: &Clock) {
        let Some(broker) = &self.broker else {
            return;
        };
        let tell = |metric, measured, taken: MonoTime| {
            broker.measured(bed, metric, measured, clock.wall(taken));
        };
        match &observation.reading {
            Reading::Numeric(numeric) => tell(numeric.metric, numeric.measured, numeric.taken),
            Reading::Cuff(Cuff::Completed(reading)) => {
                for (metric, value) in reading.numerics() {
                    tell(metric, Measured::Valid(value), reading.taken);
                }
            }
            Reading::Cuff(_) | Reading::Waveform(_) => {}
        }
    }
}

impl Watched {
    fn look(&mut self, now: MonoTime) -> FollowerState {
        let mut state = match &self.status {
            Status::Manager(status) => of_manager(&status.borrow()),
            Status::Broker(status) => of_broker(&status.borrow()),
        };
        state.follower = self.name;
        // It runs for as long as the service does; what has ended tells nobody anything.
        if self.connection.is_finished() {
            state.connected = false;
            state.failing = Some("its part of the service has failed".to_owned());
        }
        let was = self.trouble.is_any();
        let (failing, untaken) = (state.failing.clone(), state.untaken.clone());
        self.trouble.look(now, failing, untaken);
        match (was, self.trouble.is_any()) {
            (false, true) => {
                let why = state.failing.as_deref().unwrap_or("an alarm is not taken");
                warn!(
                    follower = self.name,
                    why, "A program is not told of alarms."
                );
            }
            (true, false) => info!(follower = self.name, "A program is told of alarms again."),
            (false, false) | (true, true) => {}
        }
        state
    }

    fn untold(&self, bed: &str) -> Option<(MonoTime, String)> {
        let (since, why) = self.trouble.of(bed)?;
        Some((since, format!("{}: {why}", self.name)))
    }
}

fn of_manager(status: &Hl7Status) -> FollowerState {
    FollowerState {
        follower: "",
        connected: status.connected,
        failing: status.away.clone(),
        waiting: status.waiting,
        taken: status.delivered,
        unread: status.parked,
        dropped: status.dropped,
        untaken: status.untaken.clone(),
    }
}

/// A broker that does not confirm is away, and of a bed there is one state to be told.
fn of_broker(status: &MqttStatus) -> FollowerState {
    FollowerState {
        follower: "",
        connected: status.connected,
        failing: status.away.clone(),
        waiting: status.untold,
        taken: status.confirmed,
        unread: 0,
        dropped: 0,
        untaken: BTreeMap::new(),
    }
}
