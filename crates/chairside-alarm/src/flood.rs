//! Many alarms of one bed at once: one line that sums them up, on top of the full list
//! (`docs/alarms.md`, semantics 11).

use std::time::Duration;

use chairside_model::MonoTime;

use crate::{AlarmId, Occurrence, Priority, Transition};

/// More conditions than this that begin within [`WINDOW`] are a flood.
const BEGUN_MAX: usize = 6;

/// Within this time.
const WINDOW: Duration = Duration::from_mins(1);

/// How long it must have been over before the summary goes.
const CALM: Duration = Duration::from_mins(1);

/// The summary of a flood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// When the first of its conditions began.
    pub since: MonoTime,
    /// How many began since then.
    pub count: u64,
    /// The most urgent of them, of several the newest.
    pub worst: AlarmId,
    /// How urgent that was when it began.
    pub priority: Priority,
    /// When the summary goes if nothing more begins.
    pub until: MonoTime,
}

/// A condition that began.
#[derive(Clone, Copy, Debug)]
struct Begun {
    at: MonoTime,
    id: AlarmId,
    priority: Priority,
}

/// Watches how many conditions of a bed begin.
#[derive(Clone, Debug, Default)]
pub struct FloodWatch {
    /// The last that began, the oldest first: one more than is allowed.
    begun: Vec<Begun>,
    last: Option<Occurrence>,
    flood: Option<Flood>,
}

impl FloodWatch {
    /// Takes a transition of the bed; tells whether the summary changed.
    pub fn take(&mut self, transition: &Transition) -> bool {
        let is_new = self.last.is_none_or(|last| transition.occurrence > last);
        if !transition.present || !is_new {
            return false;
        }
        self.last = Some(transition.occurrence);
        let begun = Begun {
            at: transition.since,
            id: transition.id,
            priority: transition.priority,
        };
        if self.begun.len() > BEGUN_MAX {
            self.begun.remove(0);
        }
        self.begun.push(begun);
        let is_too_many = self.begun.len() > BEGUN_MAX
            && self
                .begun
                .first()
                .is_some_and(|first| begun.at.saturating_since(first.at) <= WINDOW);
        match &mut self.flood {
            Some(flood) => {
                flood.count += 1;
                if begun.priority >= flood.priority {
                    flood.worst = begun.id;
                    flood.priority = begun.priority;
                }
                if is_too_many {
                    flood.until = flood.until.max(self.begun[0].at + WINDOW + CALM);
                }
                true
            }
            None if is_too_many => {
                self.flood = self.summary();
                true
            }
            None => false,
        }
    }

    /// Takes up the summary that people were told, when the service starts again.
    pub const fn adopt(&mut self, flood: Option<Flood>) {
        self.flood = flood;
    }

    /// Ends the summary when its time is over by `now`; tells whether it did.
    pub fn tick(&mut self, now: MonoTime) -> bool {
        let is_over = self.flood.is_some_and(|flood| flood.until <= now);
        if is_over {
            self.flood = None;
        }
        is_over
    }

    /// Returns when it wants a [`tick`](Self::tick), if it does.
    #[must_use]
    pub fn next_deadline(&self) -> Option<MonoTime> {
        self.flood.map(|flood| flood.until)
    }

    /// Returns the summary, while there is one.
    #[must_use]
    pub const fn flood(&self) -> Option<Flood> {
        self.flood
    }

    fn summary(&self) -> Option<Flood> {
        let first = self.begun.first()?;
        // Of equal ones the last, which is the newest.
        let worst = self.begun.iter().max_by_key(|begun| begun.priority)?;
        Some(Flood {
            since: first.at,
            count: self.begun.len() as u64,
            worst: worst.id,
            priority: worst.priority,
            until: first.at + WINDOW + CALM,
        })
    }
}
