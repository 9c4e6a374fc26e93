//! What each display last said of itself: what it shows, whether it can be heard, and which alarms
//! it has not confirmed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chairside_alarm::{Unheard, WhyUnheard};
use chairside_model::{BedId, MonoTime};
use serde::Serialize;

use super::wire::{Confirmed, Display, Sound};

/// What a display has said holds for so long: it says it every two seconds.
const HOLDS: Duration = Duration::from_secs(6);

/// A display that has not confirmed a bed's alarms after so long is sent everything again, and once
/// more whenever so long has passed since (`docs/alarms.md`, *Being heard*).
const AGAIN_AFTER: Duration = Duration::from_secs(3);

/// The displays of all connections.
#[derive(Debug, Default)]
pub(super) struct Displays {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// The place of the connection that was made last.
    last: u64,
    /// By the place of their connection. There are no more than there are followers of the feed.
    said: BTreeMap<u64, Said>,
    /// When any was last known to be heard.
    heard: Option<MonoTime>,
    /// The display that went last, and when it had last said something.
    gone: Option<(Box<str>, MonoTime)>,
}

#[derive(Debug)]
struct Said {
    at: MonoTime,
    display: Display,
    /// The alarms that it was sent and has not confirmed, by bed.
    owes: BTreeMap<BedId, Owed>,
    /// When it was last sent everything again.
    again: Option<MonoTime>,
}

/// The alarms of a bed that a display has not confirmed.
#[derive(Clone, Copy, Debug)]
struct Owed {
    /// The numbers of the first message and of the last.
    first: u64,
    last: u64,
    /// When the first was sent.
    since: MonoTime,
}

/// That the alarms are heard nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NobodyHears {
    /// When a display was last known to be heard; nothing where that was never so.
    pub since: Option<MonoTime>,
    /// Why each is not.
    pub why: Vec<Unheard>,
}

/// The alarms of a bed that displays have not confirmed in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unconfirmed {
    /// When the first of them was sent.
    pub since: MonoTime,
    /// What the displays call themselves.
    pub displays: Vec<String>,
}

/// A display as it is told to whoever asks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Told {
    station: String,
    view: String,
    sound: Sound,
    confirmed: Option<Confirmed>,
    visible: bool,
    seq: u64,
    painted_ms_ago: Option<u64>,
    said_ms_ago: u64,
    /// The alarms can be heard there, as far as anybody knows.
    pub(super) heard: bool,
}

impl Displays {
    /// Gives a connection a place; what its display says goes with it when it is dropped.
    pub(super) fn place(self: &Arc<Self>) -> Place {
        let mut table = self.lock();
        table.last += 1;
        Place {
            displays: Arc::clone(self),
            number: table.last,
        }
    }

    /// Returns every display that has said something and is still connected, by station.
    pub(super) fn told(&self, now: MonoTime) -> Vec<Told> {
        let table = self.lock();
        let mut all: Vec<_> = table.said.values().map(|said| said.told(now)).collect();
        all.sort_by(|a, b| a.station.cmp(&b.station));
        all
    }

    /// Tells why the alarms are heard nowhere, display by display; nothing where they are heard.
    pub(super) fn unheard(&self, now: MonoTime) -> Option<NobodyHears> {
        let table = self.lock();
        let mut all = Vec::new();
        for said in table.said.values() {
            all.push(Unheard {
                why: said.unheard(now)?,
                display: said.display.station.as_str().into(),
            });
        }
        all.sort_by(|a, b| a.display.cmp(&b.display));
        if let Some((display, at)) = table.gone.as_ref().filter(|_| all.is_empty()) {
            let why = WhyUnheard::Gone(*at);
            let display = display.clone();
            all.push(Unheard { display, why });
        }
        Some(NobodyHears {
            since: table.heard,
            why: all,
        })
    }

    /// Takes that the alarms of a bed were sent to every display, in this message of the stream.
    pub(super) fn sent(&self, now: MonoTime, bed: BedId, seq: u64) {
        for said in self.lock().said.values_mut() {
            let owed = said.owes.entry(bed).or_insert(Owed {
                first: seq,
                last: seq,
                since: now,
            });
            owed.last = seq;
        }
    }

    /// Returns what has not been confirmed in time, bed by bed, by displays that are heard: nobody
    /// counts on the others.
    pub(super) fn unconfirmed(&self, now: MonoTime) -> BTreeMap<BedId, Unconfirmed> {
        let mut all: BTreeMap<BedId, Unconfirmed> = BTreeMap::new();
        let table = self.lock();
        for said in table
            .said
            .values()
            .filter(|said| said.unheard(now).is_none())
        {
            for (bed, owed) in said.late(now) {
                let late = all.entry(bed).or_insert(Unconfirmed {
                    since: owed.since,
                    displays: Vec::new(),
                });
                late.since = late.since.min(owed.since);
                late.displays.push(said.display.station.clone());
            }
        }
        for late in all.values_mut() {
            late.displays.sort();
            late.displays.dedup();
        }
        all
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // Each entry is written as a whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Said {
    fn told(&self, now: MonoTime) -> Told {
        let Display {
            station,
            view,
            sound,
            confirmed,
            visible,
            seq,
            painted_ms_ago,
        } = self.display.clone();
        let said_ms_ago = milliseconds(now.saturating_since(self.at));
        Told {
            heard: self.unheard(now).is_none(),
            painted_ms_ago: painted_ms_ago.map(|ago| ago.saturating_add(said_ms_ago)),
            station,
            view,
            sound,
            confirmed,
            visible,
            seq,
            said_ms_ago,
        }
    }
}

impl Said {
    /// Tells why it is not heard; nothing where it is.
    fn unheard(&self, now: MonoTime) -> Option<WhyUnheard> {
        let holds = |then: MonoTime| now.saturating_since(then) <= HOLDS;
        let drawn = self.drawn();
        match self.display.sound {
            _ if !holds(self.at) => Some(WhyUnheard::Silent(self.at)),
            Sound::Muted => Some(WhyUnheard::Muted),
            Sound::Suspended => Some(WhyUnheard::Suspended),
            Sound::Unconfirmed => Some(WhyUnheard::Unconfirmed),
            Sound::Running if self.display.confirmed.is_none() => Some(WhyUnheard::Unconfirmed),
            Sound::Running if drawn.is_some_and(holds) => None,
            Sound::Running if self.display.visible => Some(WhyUnheard::NotDrawn(drawn)),
            Sound::Running => Some(WhyUnheard::Hidden),
        }
    }

    /// When it drew last, as it says.
    fn drawn(&self) -> Option<MonoTime> {
        let ago = Duration::from_millis(self.display.painted_ms_ago?);
        Some(self.at.saturating_sub(ago))
    }

    /// Takes that it has everything up to a message.
    fn confirm(&mut self, now: MonoTime, seq: u64) {
        self.owes.retain(|_, owed| owed.last > seq);
        for owed in self.owes.values_mut().filter(|owed| owed.first <= seq) {
            // It goes on: what came since is counted from now.
            owed.first = seq + 1;
            owed.since = now;
        }
    }

    /// Returns what it has not confirmed in time.
    fn late(&self, now: MonoTime) -> impl Iterator<Item = (BedId, Owed)> {
        let late = move |owed: &Owed| now.saturating_since(owed.since) >= AGAIN_AFTER;
        let owes = self.owes.iter().map(|(bed, owed)| (*bed, *owed));
        owes.filter(move |(_, owed)| late(owed))
    }
}

fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

/// The place of one connection.
#[derive(Debug)]
pub(super) struct Place {
    displays: Arc<Displays>,
    number: u64,
}

impl Place {
    /// Takes what the display says of itself in the place of what it said before. `sent` is the
    /// last message of the stream that it was sent: what it cannot have, it does not confirm.
    pub(super) fn say(&self, now: MonoTime, display: Display, sent: u64) {
        let seq = display.seq;
        let mut table = self.displays.lock();
        let before = table.said.remove(&self.number);
        let (owes, again) = before.map_or_else(Default::default, |said| (said.owes, said.again));
        let mut said = Said {
            at: now,
            display,
            owes,
            again,
        };
        if seq <= sent {
            said.confirm(now, seq);
        }
        if said.unheard(now).is_none() {
            table.heard = table.heard.max(said.drawn());
        }
        table.said.insert(self.number, said);
    }

    /// Tells whether the display must be sent everything again, and takes that it is: it says
    /// something of itself, and has not confirmed a bed's alarms in time.
    pub(super) fn must_be_sent_again(&self, now: MonoTime) -> bool {
        let mut table = self.displays.lock();
        let Some(said) = table.said.get_mut(&self.number) else {
            return false;
        };
        let speaks = now.saturating_since(said.at) <= HOLDS;
        let lately = said
            .again
            .is_some_and(|at| now.saturating_since(at) < AGAIN_AFTER);
        let again = speaks && !lately && said.late(now).next().is_some();
        if again {
            said.again = Some(now);
        }
        again
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.displays.lock();
        if let Some(said) = table.said.remove(&self.number) {
            table.gone = Some((said.display.station.into(), said.at));
        }
    }
}

#[cfg(test)]
mod tests;
