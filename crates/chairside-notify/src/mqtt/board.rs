//! What the broker is to be told of each bed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chairside_alarm::{AlarmId, Priority};
use chairside_model::{Measured, Metric};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::AlarmState;

/// The beds, as they stand. Of each there is one state to be told, the newest: what a slow broker
/// misses meanwhile takes no room.
#[derive(Debug, Default)]
pub(super) struct Board {
    beds: BTreeMap<String, Bed>,
}

#[derive(Debug, Default)]
struct Bed {
    alarms: BTreeMap<AlarmId, AlarmState>,
    /// What it shows is nobody's.
    simulated: bool,
    /// Rises with each change of the alarms; from 1, so that a bed without any is told, too.
    version: u64,
    /// The version that the broker has confirmed.
    told: u64,
    /// What was measured since the numbers were sent last.
    numbers: BTreeMap<Metric, (Measured, DateTime<Utc>)>,
}

/// The alarms of a bed, to be published.
#[derive(Debug)]
pub(super) struct Alarms {
    pub(super) bed: String,
    pub(super) json: Value,
    version: u64,
}

impl Board {
    pub(super) fn new(beds: impl IntoIterator<Item = String>) -> Self {
        let bed = || Bed {
            version: 1,
            ..Bed::default()
        };
        let beds = beds.into_iter().map(|name| (name, bed()));
        Self {
            beds: beds.collect(),
        }
    }

    /// Takes how an alarm stands. Says whether the bed is one of ours.
    pub(super) fn alarm(&mut self, state: AlarmState) -> bool {
        let Some(bed) = self.beds.get_mut(&state.bed) else {
            return false;
        };
        let known = bed.alarms.get(&state.id);
        if state.is_over() {
            // The end of an episode is not that of a later one.
            if known.is_none_or(|known| known.occurrence > state.occurrence) {
                return true;
            }
            bed.alarms.remove(&state.id);
        } else {
            if known == Some(&state) {
                return true;
            }
            bed.alarms.insert(state.id, state);
        }
        bed.version += 1;
        true
    }

    /// Takes whether what a bed shows is simulated. Says whether the bed is one of ours.
    pub(super) fn simulated(&mut self, bed: &str, simulated: bool) -> bool {
        let Some(bed) = self.beds.get_mut(bed) else {
            return false;
        };
        bed.version += u64::from(bed.simulated != simulated);
        bed.simulated = simulated;
        true
    }

    /// Takes what was measured. Says whether the bed is one of ours.
    pub(super) fn number(
        &mut self,
        bed: &str,
        metric: Metric,
        measured: Measured,
        at: DateTime<Utc>,
    ) -> bool {
        let Some(bed) = self.beds.get_mut(bed) else {
            return false;
        };
        bed.numbers.insert(metric, (measured, at));
        true
    }

    /// A connection begins: the broker may know nothing, and what was measured before is old.
    pub(super) fn begin(&mut self) {
        for bed in self.beds.values_mut() {
            bed.told = 0;
            bed.numbers.clear();
        }
    }

    /// Returns the alarms of a bed of which the broker has not the newest: the most urgent first.
    pub(super) fn next_alarms(&self) -> Option<Alarms> {
        let untold = self.beds.iter().filter(|(_, bed)| bed.told < bed.version);
        let (name, bed) = untold.max_by_key(|(_, bed)| bed.worst())?;
        Some(Alarms {
            bed: name.clone(),
            json: bed.json(name),
            version: bed.version,
        })
    }

    /// The broker has confirmed them.
    pub(super) fn told(&mut self, alarms: &Alarms) {
        if let Some(bed) = self.beds.get_mut(&alarms.bed) {
            bed.told = alarms.version;
        }
    }

    /// Counts the beds of which the broker has not the newest.
    pub(super) fn untold(&self) -> usize {
        self.beds
            .values()
            .filter(|bed| bed.told < bed.version)
            .count()
    }

    /// Takes out what was measured since the last time, bed by bed.
    pub(super) fn take_numbers(&mut self) -> Vec<(String, Value)> {
        let mut numbers = Vec::new();
        for (name, bed) in &mut self.beds {
            let taken = std::mem::take(&mut bed.numbers);
            if !taken.is_empty() {
                let taken = taken
                    .into_iter()
                    .map(|(metric, (what, at))| number(metric, what, at));
                let observations: Vec<_> = taken.collect();
                let json =
                    json!({"type": "observations", "bed": name, "observations": observations});
                numbers.push((name.clone(), marked(json, bed.simulated)));
            }
        }
        numbers
    }
}

impl Bed {
    fn worst(&self) -> Option<Priority> {
        self.alarms.values().map(|alarm| alarm.priority).max()
    }

    /// The full set, the worst first and of equals the newest, in the words of the live feed.
    fn json(&self, name: &str) -> Value {
        let mut alarms: Vec<_> = self.alarms.values().collect();
        alarms.sort_by_key(|alarm| Reverse((alarm.priority, alarm.since)));
        let active: Vec<_> = alarms.into_iter().map(active).collect();
        let json = json!({"type": "alarms", "bed": name, "active": active});
        marked(json, self.simulated)
    }
}

/// Says of what is simulated that it is; nothing is said of anything else.
fn marked(mut json: Value, simulated: bool) -> Value {
    if simulated {
        json["simulated"] = true.into();
    }
    json
}

fn active(alarm: &AlarmState) -> Value {
    let json = json!({
        "id": alarm.id.name(),
        "occurrence": alarm.occurrence.to_string(),
        "priority": alarm.priority.name(),
        "kind": alarm.id.kind().name(),
        "present": alarm.present,
        "signal": alarm.signal.name(),
        "since": time(alarm.since),
        "evidence": alarm.evidence,
    });
    marked(json, alarm.simulated)
}

fn number(metric: Metric, measured: Measured, at: DateTime<Utc>) -> Value {
    let mut json = json!({
        "metric": metric.name(),
        "unit": metric.unit().symbol(),
        "at": time(at),
    });
    // A value that is not there is no number.
    let (validity, more) = match measured {
        Measured::Valid(value) => ("valid", ("value", value.number().into())),
        Measured::Questionable(value) => ("questionable", ("value", value.number().into())),
        Measured::Unavailable(why) => ("unavailable", ("reason", Value::from(why.name()))),
    };
    json["validity"] = validity.into();
    json[more.0] = more.1;
    json
}

/// Writes a time as the live feed does.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests;
