//! Programs of the clinic that follow alarms: an alarm manager, and an MQTT broker. Neither is
//! waited for, and neither is anybody's answer to an alarm.

use std::convert::Infallible;

use chairside_alarm::Transition;
use chairside_model::{BedId, Cuff, Measured, MonoTime, Observation, Reading};
use chairside_notify::hl7::Hl7Sender;
use chairside_notify::mqtt::{MqttPublisher, MqttSettings};
use chairside_notify::{SettingsError, WallClock};
use chairside_station::{Entry, Record};
use tokio::task::JoinSet;

use super::Names;
use crate::clock::Clock;
use crate::config::Calling;

/// The programs that follow, and the connections to them, which end with this.
#[derive(Debug)]
pub(super) struct Followers {
    manager: Option<Hl7Sender>,
    broker: Option<MqttPublisher>,
    _connections: JoinSet<Infallible>,
}

impl Followers {
    /// Makes what is configured, and begins to connect. Nothing is told yet.
    pub(super) fn new(
        calling: &Calling,
        beds: impl Iterator<Item = String>,
        wall: &WallClock,
    ) -> Result<Self, (String, SettingsError)> {
        let mut connections = JoinSet::new();
        let manager = calling.manager.clone().map(|settings| {
            let made = Hl7Sender::new(settings, wall.clone());
            let (sender, connection) = made.map_err(|error| ("alarm_manager".to_owned(), error))?;
            connections.spawn(connection.run());
            Ok(sender)
        });
        let broker = calling.broker.clone().map(|settings| {
            let settings = MqttSettings {
                beds: beds.collect(),
                ..settings
            };
            let made = MqttPublisher::new(settings, wall.clone());
            let (publisher, connection) = made.map_err(|error| ("mqtt".to_owned(), error))?;
            connections.spawn(connection.run());
            Ok(publisher)
        });
        Ok(Self {
            manager: manager.transpose()?,
            broker: broker.transpose()?,
            _connections: connections,
        })
    }

    /// Tells them what happened.
    pub(super) fn take(&self, record: &Record, names: &Names, clock: &Clock) {
        match &record.entry {
            Entry::Alarm { bed, transition } => self.alarm(*bed, transition, names, clock),
            Entry::Observed { bed, observation } => {
                self.measured(names.bed(*bed), observation, clock);
            }
            _ => {}
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
