//! The alarms of a bed as clients are shown them, with what people have paused or switched off.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chairside_alarm::{
    AlarmId, Audio, AudioChange, AudioState, Flood, Occurrence, SignalPresence, Sound, Suspension,
    SuspensionChange, Transition,
};
use chairside_model::MonoTime;
use chrono::{DateTime, Utc};

use super::{BedInfo, millis};
use crate::clock::wall;
use crate::web::wire;

/// What stands at a bed.
#[derive(Debug, Default)]
pub(super) struct BedAlarms {
    standing: BTreeMap<AlarmId, Transition>,
    acknowledged_by: BTreeMap<Occurrence, String>,
    declined: BTreeMap<Occurrence, Vec<wire::Declined>>,
    ended: BTreeMap<Occurrence, MonoTime>,
    /// When the reason of each was written as it is now.
    written: BTreeMap<Occurrence, MonoTime>,
    suspended: BTreeMap<AlarmId, Suspension>,
    audio: Audio,
    flood: Option<Flood>,
    version: u64,
}

impl BedAlarms {
    /// Something of it is another than clients were told.
    pub(super) const fn changed(&mut self) {
        self.version += 1;
    }

    pub(super) fn acknowledged(&mut self, occurrence: Occurrence, by: &str) {
        // Whoever acknowledges it once more changes nothing.
        let known = self.acknowledged_by.entry(occurrence);
        known.or_insert_with(|| by.to_owned());
    }

    /// Takes that a person does not come; said once more, it is about the calls up to now.
    pub(super) fn declined(&mut self, occurrence: Occurrence, by: &str) {
        let mut standing = self.standing.values();
        let alarm = standing.find(|alarm| alarm.occurrence == occurrence);
        let call = alarm.map(|alarm| alarm.call);
        let said = self.declined.entry(occurrence).or_default();
        match said.iter_mut().find(|said| said.by == by) {
            Some(said) => said.call = call,
            None => said.push(wire::Declined {
                by: by.to_owned(),
                call,
            }),
        }
    }

    /// Forgets who has seen alarms that do not stand, and who did not come for them.
    pub(super) fn forget_what_is_over(&mut self) {
        let standing: BTreeSet<Occurrence> = self
            .standing
            .values()
            .map(|alarm| alarm.occurrence)
            .collect();
        let stands = |occurrence: &Occurrence| standing.contains(occurrence);
        self.acknowledged_by.retain(|one, _| stands(one));
        self.declined.retain(|one, _| stands(one));
    }

    pub(super) fn transition(&mut self, transition: &Transition) {
        let occurrence = transition.occurrence;
        if !transition.present && transition.signal == SignalPresence::Off {
            self.standing.remove(&transition.id);
            self.acknowledged_by.remove(&occurrence);
            self.declined.remove(&occurrence);
            self.ended.remove(&occurrence);
            self.written.remove(&occurrence);
            return;
        }
        if transition.present {
            self.ended.remove(&occurrence);
        } else {
            // Later changes of an alarm that is over do not move its end.
            self.ended.entry(occurrence).or_insert(transition.at);
        }
        if transition.signal != SignalPresence::Acknowledged {
            self.acknowledged_by.remove(&occurrence);
        }
        let before = self.standing.insert(transition.id, transition.clone());
        let as_before = before.as_ref().is_some_and(|before| {
            before.occurrence == occurrence && before.evidence == transition.evidence
        });
        if !as_before {
            self.written.insert(occurrence, transition.at);
        }
        if let Some(replaced) = before.filter(|before| before.occurrence != occurrence) {
            self.ended.remove(&replaced.occurrence);
            self.written.remove(&replaced.occurrence);
            self.acknowledged_by.remove(&replaced.occurrence);
            self.declined.remove(&replaced.occurrence);
        }
    }

    pub(super) fn suspension(&mut self, change: &SuspensionChange) {
        let suspension = &change.suspension;
        if change.ended.is_some() {
            self.suspended.remove(&suspension.id);
        } else {
            self.suspended.insert(suspension.id, suspension.clone());
        }
    }

    pub(super) fn audio(&mut self, change: &AudioChange) {
        self.audio.adopt(change);
    }

    pub(super) const fn flood(&mut self, flood: Option<Flood>) {
        self.flood = flood;
    }

    /// Returns all of it as it is `now`.
    pub(super) fn message(
        &self,
        info: &BedInfo,
        now: MonoTime,
        zero: DateTime<Utc>,
    ) -> wire::Alarms {
        let mut standing: Vec<_> = self.standing.values().collect();
        standing.sort_by_key(|alarm| {
            (
                Reverse(alarm.priority),
                Reverse((alarm.since, alarm.occurrence)),
            )
        });
        let suspended = self.suspended.values();
        let stations = self.audio.stations();
        wire::Alarms {
            bed: info.id.clone(),
            version: self.version,
            active: standing
                .into_iter()
                .map(|alarm| self.active(info, alarm, zero))
                .collect(),
            responsible: None,
            flood: self.flood.map(|flood| flood_line(flood, zero)),
            suspended: suspended.map(|one| suspension(one, now, zero)).collect(),
            audio: stations
                .map(|(station, state)| station_audio(station, state, now, zero))
                .collect(),
        }
    }

    fn active(&self, info: &BedInfo, alarm: &Transition, zero: DateTime<Utc>) -> wire::ActiveAlarm {
        let by = match alarm.signal {
            SignalPresence::Acknowledged => self.acknowledged_by.get(&alarm.occurrence).cloned(),
            SignalPresence::Off
            | SignalPresence::On
            | SignalPresence::Latched
            | SignalPresence::Paused => None,
        };
        wire::ActiveAlarm {
            id: alarm.id.name(),
            occurrence: alarm.occurrence.0.to_string(),
            priority: alarm.priority.name(),
            kind: alarm.id.kind().name(),
            present: alarm.present,
            signal: alarm.signal.name(),
            call: alarm.call,
            superseded: alarm.superseded,
            since: wire::Time(wall(zero, alarm.since)),
            ended: self
                .ended
                .get(&alarm.occurrence)
                .map(|ended| wire::Time(wall(zero, *ended))),
            evidence: info.with_device_names(&alarm.evidence),
            evidence_at: {
                let written = self.written.get(&alarm.occurrence);
                wire::Time(wall(zero, written.copied().unwrap_or(alarm.since)))
            },
            by,
            declined: self
                .declined
                .get(&alarm.occurrence)
                .cloned()
                .unwrap_or_default(),
        }
    }
}

fn flood_line(flood: Flood, zero: DateTime<Utc>) -> wire::Flood {
    wire::Flood {
        count: flood.count,
        worst: flood.worst.name(),
        priority: flood.priority.name(),
        since: wire::Time(wall(zero, flood.since)),
        text: format!("{} alarms, worst: {}", flood.count, flood.worst),
    }
}

fn suspension(suspension: &Suspension, now: MonoTime, zero: DateTime<Utc>) -> wire::Suspended {
    wire::Suspended {
        id: suspension.id.name(),
        kind: suspension.kind.name(),
        until: wire::Time(wall(zero, suspension.until)),
        remaining_ms: millis(suspension.until.saturating_since(now)),
        by: suspension.by.to_string(),
        reason: suspension.reason.to_string(),
    }
}

fn station_audio(
    station: &str,
    state: &AudioState,
    now: MonoTime,
    zero: DateTime<Utc>,
) -> wire::StationAudio {
    let until = state.sound.until().unwrap_or(now);
    let (covers, reminder) = match state.sound {
        Sound::On => (None, None),
        Sound::Paused { covers, .. } => (Some(covers), None),
        Sound::Off { reminder, .. } => (None, Some(reminder)),
    };
    wire::StationAudio {
        station: station.to_owned(),
        sound: state.sound.name(),
        until: wire::Time(wall(zero, until)),
        remaining_ms: millis(until.saturating_since(now)),
        covers,
        reminder_in_ms: reminder.map(|reminder| millis(reminder.saturating_since(now))),
        by: state.by.to_string(),
        reason: state.reason.as_deref().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use chairside_alarm::Priority;

    use super::*;

    fn saturation(occurrence: u64, present: bool, signal: SignalPresence) -> Transition {
        Transition {
            at: MonoTime::ZERO,
            id: AlarmId::Spo2VeryLow,
            occurrence: Occurrence(occurrence),
            priority: Priority::High,
            present,
            signal,
            call: occurrence,
            superseded: false,
            since: MonoTime::ZERO,
            mode: None,
            evidence: String::new(),
        }
    }

    #[test]
    fn who_acknowledged_first_is_shown_until_the_alarm_calls_again() {
        let mut alarms = BedAlarms::default();
        let first = Occurrence(1);
        alarms.transition(&saturation(1, true, SignalPresence::On));
        alarms.acknowledged(first, "mn");
        alarms.transition(&saturation(1, true, SignalPresence::Acknowledged));
        alarms.acknowledged(first, "ak");
        assert_eq!(alarms.acknowledged_by[&first], "mn");
        alarms.transition(&saturation(1, true, SignalPresence::On));
        alarms.acknowledged(first, "ak");
        assert_eq!(alarms.acknowledged_by[&first], "ak");
    }

    #[test]
    fn who_does_not_come_is_shown_once_with_the_call_that_they_saw_until_the_alarm_is_over() {
        let mut alarms = BedAlarms::default();
        let (first, off) = (Occurrence(1), SignalPresence::Off);
        let said = |by: &str, call| wire::Declined {
            by: by.to_owned(),
            call,
        };
        // After a restart, of an alarm whose call it was is not on record any more.
        alarms.declined(first, "mn");
        alarms.transition(&saturation(1, true, SignalPresence::On));
        assert_eq!(alarms.declined[&first], [said("mn", None)]);
        alarms.declined(first, "ak");
        alarms.declined(first, "mn");
        assert_eq!(
            alarms.declined[&first],
            [said("mn", Some(1)), said("ak", Some(1))]
        );
        alarms.forget_what_is_over();
        assert_eq!(alarms.declined.len(), 1);
        alarms.transition(&saturation(1, false, off));
        assert!(alarms.declined.is_empty());
        alarms.declined(first, "mn");
        alarms.forget_what_is_over();
        assert!(alarms.declined.is_empty());
    }

    #[test]
    fn nothing_is_kept_of_an_episode_that_another_one_replaced() {
        let mut alarms = BedAlarms::default();
        for occurrence in 1..=3 {
            alarms.transition(&saturation(occurrence, true, SignalPresence::On));
            alarms.transition(&saturation(occurrence, false, SignalPresence::Latched));
        }
        assert_eq!(alarms.ended.len(), 1);
    }
}
