//! Whom the alarms reach: whether they are heard at any display, and what has not been delivered
//! at which bed, by whatever way it should have been (`docs/alarms.md`, *Being heard*).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::{AlarmId, Audience, Delivery};
use chairside_model::{BedId, MonoTime};
use chairside_station::{Station, StationInput, StationOutput};

use crate::notify::Notify;
use crate::web::displays::{NobodyHears, Unconfirmed};
use crate::web::hub::Hub;

/// A page that is loaded anew is not heard for a moment. After this, nobody is waited for at the
/// stations (`docs/alarms.md`, `NO_STATION`).
const UNHEARD_MAX: Duration = Duration::from_secs(15);

/// A way by which alarms reach people. What waits by one is told apart from what waits by another,
/// and the bed is told of both together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// The displays that are heard.
    Displays,
    /// The channels by which people are called.
    Channels,
    /// The drills of these channels.
    Drills,
    /// The programs of the clinic that follow alarms.
    Followers,
    /// The host's own loudspeaker.
    Loudspeaker,
}

/// An alarm of a bed that has not been delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Since when it should have been.
    pub(super) since: MonoTime,
    /// Who or what has not taken it, in words: `desk has not confirmed it`.
    pub(super) why: String,
}

/// What the station was told last of whom the alarms reach.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Whether it was told anything yet of the displays.
    has_looked: bool,
    /// Why the alarms are heard nowhere; nothing where they are heard.
    unheard: Option<NobodyHears>,
    /// Since when they are heard nowhere.
    unheard_since: Option<MonoTime>,
    /// Whether that is so for so long that nobody waits for the stations.
    nobody_hears: bool,
    waiting: BTreeMap<Way, BTreeMap<BedId, Waiting>>,
    told: BTreeMap<BedId, Waiting>,
}

impl Reach {
    /// Begins where an earlier run ended: while `NO_STATION` stands nobody hears, until a display
    /// does again. Where it does not, the displays have their time to come back.
    pub(super) fn resume(now: MonoTime, no_station_stands: bool) -> Self {
        Self {
            unheard_since: no_station_stands.then(|| now.saturating_sub(UNHEARD_MAX)),
            nobody_hears: no_station_stands,
            ..Self::default()
        }
    }

    /// Looks at the displays, and tells the station what is news. Returns whether they are waited
    /// for, where that is news.
    pub(super) fn look(
        &mut self,
        now: MonoTime,
        hub: &Hub,
        station: &mut Station,
        out: &mut StationOutput,
    ) -> Option<bool> {
        let unheard = hub.unheard(now);
        let turned = self.waited_for(now, unheard.as_ref());
        let is_first = !std::mem::replace(&mut self.has_looked, true);
        if is_first || self.unheard != unheard {
            let audience = match &unheard {
                None => Audience::Heard,
                Some(NobodyHears { since, why }) => Audience::Nobody { since: *since, why },
            };
            let beds: Vec<_> = station.beds().collect();
            for bed in beds {
                station.handle(now, StationInput::Audience(bed, audience), out);
            }
            self.unheard = unheard;
        }
        let unconfirmed = hub.unconfirmed(now).into_iter();
        let waiting = unconfirmed.map(|(bed, late)| (bed, Waiting::of(&late)));
        self.waits(now, Way::Displays, waiting.collect(), station, out);
        turned
    }

    /// Looks at who was called, and tells the station what is news.
    pub(super) fn called(
        &mut self,
        now: MonoTime,
        notify: &Notify,
        station: &mut Station,
        out: &mut StationOutput,
    ) {
        let before = self.waiting.get(&Way::Channels);
        let waiting = notify.beds().filter_map(|bed| {
            let why = format!("not reached: {}", notify.unreached(bed)?);
            let before = before.and_then(|waiting| waiting.get(&bed));
            let since = before.map_or(now, |before| before.since);
            Some((bed, Waiting { since, why }))
        });
        let waiting: BTreeMap<BedId, Waiting> = waiting.collect();
        self.waits(now, Way::Channels, waiting, station, out);
        let missed = notify.beds().filter_map(|bed| {
            let (since, why) = notify.missed_drills(now, bed)?;
            Some((bed, Waiting { since, why }))
        });
        self.waits(now, Way::Drills, missed.collect(), station, out);
        let beds: Vec<_> = station.beds().collect();
        let untold = beds.into_iter().filter_map(|bed| {
            let (since, why) = notify.untold(now, bed)?;
            Some((bed, Waiting { since, why }))
        });
        self.waits(now, Way::Followers, untold.collect(), station, out);
        let unplayed = notify.unplayed().into_iter().flat_map(|(since, why)| {
            let waiting = Waiting { since, why };
            station.beds().map(move |bed| (bed, waiting.clone()))
        });
        let unplayed = unplayed.collect();
        self.waits(now, Way::Loudspeaker, unplayed, station, out);
    }

    /// Whether no display has been heard for so long that nobody waits for one.
    pub(super) const fn nobody_hears(&self) -> bool {
        self.nobody_hears
    }

    /// Returns when no display will have been heard for that long, so that it is looked at in time
    /// and not with the next look.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        let since = self.unheard_since.filter(|_| !self.nobody_hears)?;
        Some(since + UNHEARD_MAX)
    }

    /// Takes whether a display is heard; returns whether they are waited for, where that is news.
    fn waited_for(&mut self, now: MonoTime, unheard: Option<&NobodyHears>) -> Option<bool> {
        let before = self.unheard_since;
        let since = |nobody: &NobodyHears| before.or(nobody.since).unwrap_or(now);
        self.unheard_since = unheard.map(since);
        let for_long = self
            .unheard_since
            .is_some_and(|since| now.saturating_since(since) >= UNHEARD_MAX);
        let was = std::mem::replace(&mut self.nobody_hears, for_long);
        (was != for_long).then_some(!for_long)
    }

    /// Takes all that waits by one way in the place of what did, and tells the station what is
    /// news.
    pub(super) fn waits(
        &mut self,
        now: MonoTime,
        way: Way,
        waiting: BTreeMap<BedId, Waiting>,
        station: &mut Station,
        out: &mut StationOutput,
    ) {
        self.waiting.insert(way, waiting);
        for (bed, waiting) in self.news() {
            let delivery = match &waiting {
                None => Delivery::Done,
                Some(Waiting { since, why }) => Delivery::Waits { since: *since, why },
            };
            station.handle(now, StationInput::Delivered(bed, delivery), out);
        }
    }

    /// Returns the beds of which the station has been told something else than is so, with what
    /// waits there by all ways together.
    fn news(&mut self) -> Vec<(BedId, Option<Waiting>)> {
        let ways = self.waiting.values();
        let beds: BTreeSet<BedId> = ways
            .flat_map(BTreeMap::keys)
            .chain(self.told.keys())
            .copied()
            .collect();
        let mut news = Vec::new();
        for bed in beds {
            let ways = self.waiting.values().filter_map(|way| way.get(&bed));
            let waiting = ways.cloned().reduce(Waiting::and);
            if self.told.get(&bed) == waiting.as_ref() {
                continue;
            }
            match waiting.clone() {
                Some(waiting) => self.told.insert(bed, waiting),
                None => self.told.remove(&bed),
            };
            news.push((bed, waiting));
        }
        news
    }
}

/// Tells whether it stands at any bed that nobody hears.
pub(super) fn no_station_stands(station: &Station) -> bool {
    let mut standing = station.standing();
    standing.any(|(_, told)| told.id == AlarmId::NoStation)
}

impl Waiting {
    fn of(late: &Unconfirmed) -> Self {
        let verb = if late.displays.len() == 1 {
            "has"
        } else {
            "have"
        };
        Self {
            since: late.since,
            why: format!("{} {verb} not confirmed it", late.displays.join(", ")),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            since: self.since.min(other.since),
            why: [self.why, other.why].join("; "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(since: u64, why: &str) -> Waiting {
        Waiting {
            since: MonoTime::from_secs(since),
            why: why.into(),
        }
    }

    #[test]
    fn displays_are_waited_for_until_none_was_heard_for_fifteen_seconds() {
        let mut reach = Reach::default();
        let at = MonoTime::from_secs;
        let nobody = |since| NobodyHears {
            since,
            why: Vec::new(),
        };
        assert_eq!(reach.next_deadline(), None);
        assert_eq!(reach.waited_for(at(10), Some(&nobody(None))), None);
        assert_eq!(reach.waited_for(at(24), Some(&nobody(None))), None);
        assert_eq!(
            reach.next_deadline(),
            Some(at(25)),
            "not with the next look"
        );
        assert_eq!(reach.waited_for(at(25), Some(&nobody(None))), Some(false));
        assert_eq!(reach.next_deadline(), None, "that was it");
        assert_eq!(reach.waited_for(at(26), Some(&nobody(None))), None);
        assert_eq!(reach.waited_for(at(30), None), Some(true));
        assert_eq!(reach.next_deadline(), None);
        let last = nobody(Some(at(34)));
        assert_eq!(reach.waited_for(at(40), Some(&last)), None);
        assert_eq!(reach.next_deadline(), Some(at(49)));
        assert_eq!(
            reach.waited_for(at(49), Some(&last)),
            Some(false),
            "since it was heard"
        );
    }

    #[test]
    fn after_a_start_nobody_hears_whom_nobody_heard_before_until_a_display_does() {
        let at = MonoTime::from_secs;
        let nobody = NobodyHears {
            since: None,
            why: Vec::new(),
        };
        let mut stood = Reach::resume(at(100), true);
        assert!(stood.nobody_hears());
        assert_eq!(stood.next_deadline(), None);
        assert_eq!(stood.waited_for(at(100), Some(&nobody)), None);
        assert!(stood.nobody_hears(), "it is not waited for anew");
        assert_eq!(stood.waited_for(at(103), None), Some(true));
        let mut fresh = Reach::resume(at(100), false);
        assert_eq!(fresh.waited_for(at(100), Some(&nobody)), None);
        assert_eq!(fresh.next_deadline(), Some(at(115)));
    }

    #[test]
    fn what_waits_by_several_ways_is_told_together_and_once() {
        let (one, two) = (BedId(1), BedId(2));
        let mut reach = Reach::default();
        assert_eq!(reach.news(), []);
        let late = |displays: &[&str]| Unconfirmed {
            since: MonoTime::from_secs(5),
            displays: displays.iter().map(|&name| name.to_owned()).collect(),
        };
        let desk = Waiting::of(&late(&["desk"]));
        assert_eq!(desk, waiting(5, "desk has not confirmed it"));
        reach
            .waiting
            .insert(Way::Displays, [(one, desk.clone())].into());
        assert_eq!(reach.news(), [(one, Some(desk.clone()))]);
        assert_eq!(reach.news(), [], "that was told");

        let both = Waiting::of(&late(&["desk", "hall"]));
        assert_eq!(both.why, "desk, hall have not confirmed it");
        let telephone = waiting(3, "not reached: A. K. by ntfy");
        assert_eq!(
            desk.clone().and(telephone),
            waiting(3, "desk has not confirmed it; not reached: A. K. by ntfy")
        );

        reach
            .waiting
            .insert(Way::Displays, [(two, desk.clone())].into());
        assert_eq!(reach.news(), [(one, None), (two, Some(desk))]);
        reach.waiting.clear();
        assert_eq!(reach.news(), [(two, None)]);
    }
}
