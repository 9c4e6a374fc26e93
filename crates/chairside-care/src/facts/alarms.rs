//! The alarms of a session, each with how soon somebody answered.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, Priority, SignalPresence, Transition};
use chairside_model::MonoTime;

use super::{Answer, Fact, SessionFacts};

/// One episode of an alarm that called people.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmEpisode {
    /// Which alarm.
    pub id: AlarmId,
    /// Which episode of it.
    pub occurrence: Occurrence,
    /// The most urgent that it came to.
    pub priority: Priority,
    /// When it first called.
    pub called: MonoTime,
    /// Why, in plain numbers, when it first called.
    pub evidence: String,
    /// When its signal ended; nothing while it stands.
    pub over: Option<MonoTime>,
    /// When somebody first answered while it stood, and who.
    pub answered: Option<(MonoTime, Box<str>)>,
    /// The bed's last call that it made.
    call: u64,
}

impl AlarmEpisode {
    /// Returns how long it called until somebody answered.
    #[must_use]
    pub fn response(&self) -> Option<Duration> {
        let (at, _) = self.answered.as_ref()?;
        Some(at.saturating_since(self.called))
    }

    /// Tells whether it stood at that moment.
    #[must_use]
    pub fn stands(&self, at: MonoTime) -> bool {
        self.called <= at && self.over.is_none_or(|over| at < over)
    }

    fn answer(&mut self, at: MonoTime, by: &str, answer: Answer) {
        let is_meant = match answer {
            Answer::Acknowledged(occurrence) => occurrence == self.occurrence,
            Answer::Comes(call) => self.call <= call,
            Answer::Rule(id) => id == self.id,
            Answer::Bed => true,
        };
        if is_meant && self.answered.is_none() && self.stands(at) {
            self.answered = Some((at, by.into()));
        }
    }
}

impl SessionFacts {
    /// Returns the alarms that first called in the session, for something that began in it, in the
    /// order in which they did.
    #[must_use]
    pub fn alarms(&self) -> Vec<AlarmEpisode> {
        let mut episodes: BTreeMap<Occurrence, AlarmEpisode> = BTreeMap::new();
        for fact in self.within() {
            match fact {
                Fact::Alarm(told) if told.since >= self.opened => take(&mut episodes, told),
                Fact::Answered { at, by, answer } => {
                    for episode in episodes.values_mut() {
                        episode.answer(*at, by, *answer);
                    }
                }
                _ => {}
            }
        }
        let mut episodes: Vec<_> = episodes.into_values().collect();
        episodes.sort_by_key(|episode| (episode.called, episode.occurrence));
        episodes
    }
}

fn take(episodes: &mut BTreeMap<Occurrence, AlarmEpisode>, told: &Transition) {
    let calls = told.signal == SignalPresence::On && !told.superseded;
    if calls {
        episodes
            .entry(told.occurrence)
            .or_insert_with(|| AlarmEpisode {
                id: told.id,
                occurrence: told.occurrence,
                priority: told.priority,
                called: told.at,
                evidence: told.evidence.clone(),
                over: None,
                answered: None,
                call: told.call,
            });
    }
    if let Some(episode) = episodes.get_mut(&told.occurrence) {
        episode.priority = episode.priority.max(told.priority);
        episode.call = episode.call.max(told.call);
        if told.signal == SignalPresence::Off {
            episode.over = episode.over.or(Some(told.at));
        }
    }
}
