//! What waits to be told, and what the receiver knows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chairside_alarm::AlarmId;

use super::{Hl7Status, Phase};
use crate::AlarmState;

/// Episodes that wait at most. A clinic of 24 beds with every alarm at once has 816; more comes
/// only of alarms that begin and end while the receiver is away.
pub(super) const WAITING_MAX: usize = 1024;

/// A message that was blamed so much waits for the others that were not.
const BLAME_BEHIND: u32 = 3;

/// How much a failure is the message's own. A receiver that refuses one may take another; one that
/// does not answer is seldom stopped by what the message says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Blame {
    Refused,
    NoAnswer,
}

/// One episode: the bed and its number.
pub(super) type Episode = (String, u64);

/// The newest state of each episode that is still to be told, and the last that was.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: BTreeMap<Episode, Waiting>,
    told: BTreeMap<Episode, Told>,
    /// What stands, and of which the receiver could not read the newest.
    unread: BTreeMap<Episode, AlarmId>,
    next_order: u64,
    status: Hl7Status,
}

#[derive(Debug)]
struct Waiting {
    state: AlarmState,
    /// The message, once it was made: it is the same at each attempt.
    made: Option<Made>,
    order: u64,
    blame: u32,
    /// Nothing changed: it is said again that it stands.
    repeat: bool,
}

/// A message for the wire.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) number: i64,
    pub(super) text: Vec<u8>,
}

/// A message on its way.
#[derive(Debug)]
pub(super) struct UnderWay {
    pub(super) made: Made,
    episode: Episode,
    state: AlarmState,
}

#[derive(Debug)]
struct Told {
    state: AlarmState,
    /// Since the last round of repeats.
    lately: bool,
}

impl Queue {
    /// Takes a state. It takes the place of one of the same episode that still waits.
    pub(super) fn insert(&mut self, state: AlarmState) {
        let episode = (state.bed.clone(), state.occurrence);
        if let Some(waiting) = self.waiting.get_mut(&episode) {
            if waiting.state != state {
                waiting.made = None;
                waiting.repeat = false;
                waiting.state = state;
            }
        } else if self
            .told
            .get(&episode)
            .is_none_or(|told| told.state != state)
        {
            self.push(episode, state, false);
        }
    }

    /// Has each alarm that stands, and of which nothing was said lately, said again.
    pub(super) fn repeat(&mut self) {
        let mut again = Vec::new();
        for (episode, told) in &mut self.told {
            let lately = std::mem::take(&mut told.lately);
            if told.state.present && !lately && !self.waiting.contains_key(episode) {
                again.push((episode.clone(), told.state.clone()));
            }
        }
        for (episode, state) in again {
            self.push(episode, state, true);
        }
    }

    /// Returns the most urgent that waits, made by `encode` if it was not before.
    pub(super) fn next(
        &mut self,
        encode: impl FnOnce(&AlarmState, Phase) -> Made,
    ) -> Option<UnderWay> {
        let rank = |waiting: &Waiting| {
            let behind = waiting.blame / BLAME_BEHIND;
            (behind, Reverse(waiting.state.priority), waiting.order)
        };
        let next = self
            .waiting
            .iter_mut()
            .min_by_key(|(_, waiting)| rank(waiting));
        let (episode, waiting) = next?;
        let phase = match self.told.get(episode) {
            _ if !waiting.state.present => Phase::End,
            _ if waiting.repeat => Phase::Continue,
            Some(_) => Phase::Update,
            None => Phase::Start,
        };
        let state = &waiting.state;
        let made = waiting.made.get_or_insert_with(|| encode(state, phase));
        Some(UnderWay {
            made: made.clone(),
            episode: episode.clone(),
            state: state.clone(),
        })
    }

    /// The receiver has taken it.
    pub(super) fn delivered(&mut self, message: UnderWay) {
        self.status.delivered += 1;
        self.unread.remove(&message.episode);
        self.remove(&message);
        if message.state.is_over() {
            self.told.remove(&message.episode);
        } else {
            let told = Told {
                state: message.state,
                lately: true,
            };
            self.told.insert(message.episode, told);
        }
        // An episode whose end never came, of a bed that is no more, must not stay for ever.
        while self.told.len() > WAITING_MAX {
            self.told.pop_first();
        }
    }

    /// The receiver cannot read it, and never will.
    pub(super) fn parked(&mut self, message: &UnderWay) {
        self.status.parked += 1;
        let (bed, _) = &message.episode;
        let (number, alarm) = (message.made.number, message.state.id);
        self.status.last_parked = Some(format!("message {number}: {alarm} at {bed}"));
        if message.state.is_over() {
            self.unread.remove(&message.episode);
        } else {
            self.unread.insert(message.episode.clone(), alarm);
        }
        while self.unread.len() > WAITING_MAX {
            self.unread.pop_first();
        }
        self.remove(message);
    }

    /// It was not taken, and is to be tried again.
    pub(super) fn failed(&mut self, message: &UnderWay, blame: Blame) {
        self.status.failed += 1;
        if let Some(waiting) = self.waiting.get_mut(&message.episode) {
            let more = match blame {
                Blame::Refused => BLAME_BEHIND,
                Blame::NoAnswer => 1,
            };
            waiting.blame = waiting.blame.saturating_add(more);
        }
    }

    /// Says whether the receiver is there, and if not why.
    pub(super) fn link(&mut self, away: Option<String>) {
        self.status.connected = away.is_none();
        self.status.away = away;
    }

    pub(super) fn status(&self) -> Hl7Status {
        Hl7Status {
            waiting: self.waiting.len(),
            untaken: self.untaken(),
            ..self.status.clone()
        }
    }

    /// The beds with something that was sent and not taken, and the last of it in words.
    fn untaken(&self) -> BTreeMap<String, String> {
        let refused = self.waiting.iter().filter(|(_, waiting)| {
            // Nobody is missed for what is over.
            waiting.blame >= BLAME_BEHIND && !waiting.state.is_over()
        });
        let refused = refused.map(|((bed, _), waiting)| (bed, waiting.state.id, "is not taken"));
        let unread = self.unread.iter();
        let unread = unread.map(|((bed, _), alarm)| (bed, *alarm, "could not be read"));
        // That alarm would be about itself, and never end.
        let of_others =
            |(_, alarm, _): &(&String, AlarmId, &str)| *alarm != AlarmId::DeliveryFailed;
        let all = refused.chain(unread).filter(of_others);
        all.map(|(bed, alarm, what)| (bed.clone(), format!("{alarm} {what} there")))
            .collect()
    }

    fn push(&mut self, episode: Episode, state: AlarmState, repeat: bool) {
        let waiting = Waiting {
            state,
            made: None,
            order: self.next_order,
            blame: 0,
            repeat,
        };
        self.next_order += 1;
        self.waiting.insert(episode, waiting);
        if self.waiting.len() > WAITING_MAX {
            self.drop_one();
        }
    }

    /// Gives up what is missed least: what the receiver has not heard of, and of that what is over,
    /// the less urgent, the older.
    fn drop_one(&mut self) {
        let rank = |(episode, waiting): &(&Episode, &Waiting)| {
            let told = self.told.contains_key(*episode);
            let state = &waiting.state;
            (told, !state.is_over(), state.priority, waiting.order)
        };
        let least = self.waiting.iter().min_by_key(rank);
        if let Some(episode) = least.map(|(episode, _)| episode.clone()) {
            self.waiting.remove(&episode);
            // What it knows is wrong from now on, and must not be said again.
            self.told.remove(&episode);
            self.status.dropped += 1;
        }
    }

    /// Takes a message out, unless a newer state has taken its place meanwhile.
    fn remove(&mut self, message: &UnderWay) {
        let waiting = self.waiting.get(&message.episode);
        let made = waiting.and_then(|waiting| waiting.made.as_ref());
        if made.is_some_and(|made| made.number == message.made.number) {
            self.waiting.remove(&message.episode);
        }
    }
}

#[cfg(test)]
mod tests;
