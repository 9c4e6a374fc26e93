//! Who comes to a bed whose alarms call, as its records tell it (`docs/alarms.md`, what people can
//! do; `docs/adr/0024-being-heard.md`).

use std::collections::BTreeSet;

use chairside_alarm::{AlarmId, OperatorAction, SignalPresence};
use chairside_model::MonoTime;

use crate::record::Entry;

/// Who is responsible for the alarms of a bed, followed record by record by whoever shows it and
/// by whoever calls people. After a restart the same comes of the records of the earlier run, and
/// of [`settle`](Self::settle) after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Responsibility {
    /// The alarms that stand.
    standing: BTreeSet<AlarmId>,
    session_open: bool,
    person: Option<Responsible>,
}

/// A person who said that they come, or that they are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsible {
    /// The person, by id.
    pub by: Box<str>,
    /// When they said so first.
    pub at: MonoTime,
    /// When they said that they are at the bed, if they have.
    pub arrived: Option<MonoTime>,
    /// The last call of the bed that they have answered: what calls later, they did not see.
    pub call: u64,
}

impl Responsibility {
    /// Takes what happened at the bed at that moment; tells whether somebody else is responsible
    /// with it, or the same person for more or since they arrived.
    pub fn take(&mut self, at: MonoTime, entry: &Entry) -> bool {
        match entry {
            Entry::Alarm { transition, .. } => {
                if transition.present || transition.signal != SignalPresence::Off {
                    self.standing.insert(transition.id);
                    return false;
                }
                self.standing.remove(&transition.id);
                self.settle()
            }
            Entry::Session { open, .. } if *open != self.session_open => {
                self.session_open = *open;
                self.person.take().is_some()
            }
            Entry::Operator { action, by, .. } => match *action {
                OperatorAction::Accept { call } => self.answered(at, by, call, None),
                OperatorAction::Arrive { call } => self.answered(at, by, call, Some(at)),
                OperatorAction::Decline(_) => {
                    self.person.take_if(|person| person.by == *by).is_some()
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn answered(&mut self, at: MonoTime, by: &str, call: u64, arrived: Option<MonoTime>) -> bool {
        let before = self.person.clone();
        let same = self.person.take().filter(|person| &*person.by == by);
        self.person = Some(Responsible {
            by: by.into(),
            at: same.as_ref().map_or(at, |same| same.at),
            arrived: same.as_ref().and_then(|same| same.arrived).or(arrived),
            call: same.map_or(call, |same| same.call.max(call)),
        });
        self.person != before
    }

    /// Ends it if no alarm of the bed stands; tells whether it ended. Whoever takes the records of
    /// an earlier run does so after the last of them: what the person came for may not be among
    /// them.
    pub fn settle(&mut self) -> bool {
        self.standing.is_empty() && self.person.take().is_some()
    }

    /// Tells whether somebody else has answered what called after that call: whoever says now that
    /// they come has seen less than who comes already.
    #[must_use]
    pub fn others_know_more(&self, by: &str, call: u64) -> bool {
        let person = self.person.as_ref();
        person.is_some_and(|person| &*person.by != by && person.call > call)
    }

    /// Returns who is responsible now.
    #[must_use]
    pub const fn person(&self) -> Option<&Responsible> {
        self.person.as_ref()
    }
}

#[cfg(test)]
mod tests;
