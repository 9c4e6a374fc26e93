//! Which message goes out when: what waits for the same person becomes one, the more urgent goes
//! first, and what failed is tried again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::Priority;
use chairside_model::{BedId, MonoTime};

use crate::climb::Climbed;
use crate::delivery::{Attempt, CalledAs, Delivery, DeliveryId, Ended, Outcome, Part, Purpose};
use crate::plan::{Channel, Person};

/// A person gets at most one message of each priority by a channel in this time. Our design: with
/// one attempt it is over before whoever is called counts as not reached.
const GAP: Duration = Duration::from_secs(5);

/// The pause after a first failed attempt; it doubles with each.
const RETRY_FIRST: Duration = Duration::from_secs(1);

/// The longest pause between attempts, also when the other side asks for a longer one.
const RETRY_MAX: Duration = Duration::from_secs(30);

/// What is no call is not tried for longer than this.
const NOT_A_CALL_MAX: Duration = Duration::from_mins(2);

/// Attempts of a channel under way at the same time. One of high priority waits for no other than
/// those: it finds room beside lesser ones that hang.
const AT_ONCE_MAX: usize = 8;

/// Of which so many may be for less than high priority.
const AT_ONCE_NOT_HIGH: usize = 4;

/// Attempts for one person by one channel at the same time, likewise, and of these for less than
/// high priority: an address at which nobody answers takes no more from all others.
const AT_ONCE_BY_A_WAY: usize = 2;
const AT_ONCE_BY_A_WAY_NOT_HIGH: usize = 1;

/// A way to a person.
type Way = (Person, Channel);

/// All messages that wait or are under way.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    lanes: BTreeMap<Way, Lane>,
    under_way: BTreeMap<DeliveryId, UnderWay>,
    last: u64,
}

/// What waits for a person by a channel.
#[derive(Debug, Default)]
struct Lane {
    calls: BTreeMap<BedId, BTreeSet<CalledAs>>,
    /// What the person was called for, until it is over.
    told: BTreeMap<BedId, Vec<Part>>,
    /// Of what they were called for, what need not be come for any more and has to be told, and
    /// whether somebody has answered it.
    over: BTreeMap<BedId, (Vec<Part>, bool)>,
    /// When a message of high priority was made last, and one of any.
    last_high: Option<MonoTime>,
    /// The call that was made last: it has all that those before it had.
    newest_call: Option<DeliveryId>,
    last: Option<MonoTime>,
}

/// A delivery that has not ended.
#[derive(Debug)]
struct UnderWay {
    delivery: Delivery,
    attempts: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting(MonoTime),
    Trying,
}

/// The alarms of a bed that call, for a message about it.
pub(crate) type Open<'a> = &'a dyn Fn(BedId) -> Vec<Part>;

impl Outbox {
    /// Somebody is to be called.
    pub(crate) fn call(&mut self, bed: BedId, climbed: &Climbed) {
        for way in &climbed.ways {
            let lane = self.lanes.entry(*way).or_default();
            lane.calls.entry(bed).or_default().insert(CalledAs {
                bed,
                first_call: climbed.first_call,
                rung: climbed.rung,
                round: climbed.round,
            });
        }
    }

    /// Nobody need come to the bed any more, but whoever `comes`, who knows. Whoever was not told
    /// of it yet never is.
    pub(crate) fn over(
        &mut self,
        bed: BedId,
        ways: &BTreeSet<Way>,
        answered: bool,
        comes: Option<Person>,
    ) {
        for way in ways {
            let lane = self.lanes.entry(*way).or_default();
            lane.calls.remove(&bed);
            let told = lane.told.remove(&bed);
            if let Some(told) = told.filter(|_| Some(way.0) != comes) {
                lane.over.insert(bed, (told, answered));
            }
        }
    }

    /// Makes a test of a way at once.
    pub(crate) fn test(
        &mut self,
        at: MonoTime,
        (person, channel): Way,
        purpose: Purpose,
    ) -> Delivery {
        self.make(Delivery {
            id: DeliveryId(0),
            at,
            person,
            channel,
            purpose,
            priority: Priority::Low,
            parts: Vec::new(),
            called_as: Vec::new(),
        })
    }

    /// Takes up a delivery of an earlier run, under a number of this one. One that had not ended
    /// is tried at once.
    pub(crate) fn resume(
        &mut self,
        now: MonoTime,
        delivery: &Delivery,
        attempts: u32,
        ended: bool,
    ) -> DeliveryId {
        let made = self.make(delivery.clone());
        match self.under_way.get_mut(&made.id) {
            Some(under_way) if !ended => {
                under_way.attempts = attempts;
                under_way.state = State::Waiting(now);
            }
            _ => drop(self.under_way.remove(&made.id)),
        }
        made.id
    }

    /// Notes what a person was called for.
    pub(crate) fn tell(&mut self, delivery: &Delivery) {
        if delivery.purpose != Purpose::Call {
            return;
        }
        let way = (delivery.person, delivery.channel);
        let lane = self.lanes.entry(way).or_default();
        for part in &delivery.parts {
            lane.over.remove(&part.bed);
            let told = lane.told.entry(part.bed).or_default();
            told.retain(|known| (known.alarm, known.occurrence) != (part.alarm, part.occurrence));
            told.push(*part);
        }
    }

    fn make(&mut self, delivery: Delivery) -> Delivery {
        self.last += 1;
        let delivery = Delivery {
            id: DeliveryId(self.last),
            ..delivery
        };
        if delivery.purpose == Purpose::Call {
            let way = (delivery.person, delivery.channel);
            self.lanes.entry(way).or_default().newest_call = Some(delivery.id);
        }
        self.under_way.insert(
            delivery.id,
            UnderWay {
                delivery: delivery.clone(),
                attempts: 0,
                state: State::Waiting(delivery.at),
            },
        );
        delivery
    }

    /// Makes each message whose time has come.
    pub(crate) fn release(&mut self, now: MonoTime, open: Open<'_>) -> Vec<Delivery> {
        let mut made = Vec::new();
        let due: Vec<_> = self
            .lanes
            .iter()
            .filter(|(_, lane)| lane.due(open).is_some_and(|due| due <= now))
            .map(|(way, _)| *way)
            .collect();
        for (person, channel) in due {
            let Some(lane) = self.lanes.get_mut(&(person, channel)) else {
                continue;
            };
            let mut calls = std::mem::take(&mut lane.calls);
            // What is still under way by this way goes with it.
            for older in self.under_way.values().map(|under_way| &under_way.delivery) {
                if older.is_call_by((person, channel)) && !calls.is_empty() {
                    for called in &older.called_as {
                        calls.entry(called.bed).or_default().insert(*called);
                    }
                }
            }
            let mut parts: Vec<Part> = calls.keys().flat_map(|bed| open(*bed)).collect();
            let mut purpose = Purpose::Call;
            if parts.is_empty() {
                let over = std::mem::take(&mut lane.over);
                let answered = over.values().any(|(_, answered)| *answered);
                parts = over.into_values().flat_map(|(parts, _)| parts).collect();
                purpose = if answered {
                    Purpose::Answered
                } else {
                    Purpose::AllClear
                };
            }
            // The most urgent first, of these the one that began last.
            parts.sort_by_key(|part| Reverse((part.priority, part.since)));
            let priority = match purpose {
                Purpose::Call => parts.first().map_or(Priority::Low, |part| part.priority),
                Purpose::AllClear | Purpose::Answered | Purpose::Test | Purpose::Drill => {
                    Priority::Low
                }
            };
            lane.last = Some(now);
            if priority == Priority::High {
                lane.last_high = Some(now);
            }
            let delivery = self.make(Delivery {
                id: DeliveryId(0),
                at: now,
                person,
                channel,
                purpose,
                priority,
                parts,
                called_as: calls.into_values().flatten().collect(),
            });
            self.tell(&delivery);
            made.push(delivery);
        }
        made
    }

    /// Starts what is to be tried now, the most urgent first and then what was tried least, and
    /// ends what need not be tried any more.
    pub(crate) fn start(
        &mut self,
        now: MonoTime,
        open: Open<'_>,
    ) -> (Vec<Attempt>, Vec<(Delivery, Ended)>) {
        let not_needed: Vec<DeliveryId> = self
            .under_way
            .values()
            .filter(|under_way| under_way.state != State::Trying)
            .filter(|under_way| !self.is_needed(under_way, now, open))
            .map(|under_way| under_way.delivery.id)
            .collect();
        let ended = not_needed.iter().filter_map(|id| {
            let mut ended = self.under_way.remove(id)?.delivery;
            if self.is_replaced(&ended) {
                // The newer one says what becomes of it.
                ended.called_as.clear();
            }
            Some((ended, Ended::NotNeeded))
        });
        let ended = ended.collect();
        let mut due: Vec<_> = self
            .under_way
            .values()
            .filter(|under_way| matches!(under_way.state, State::Waiting(due) if due <= now))
            .map(|under_way| {
                let delivery = &under_way.delivery;
                (Reverse(delivery.rank()), under_way.attempts, delivery.id)
            })
            .collect();
        due.sort_unstable();
        let mut attempts = Vec::new();
        for (_, _, id) in due {
            let Some(candidate) = self.under_way.get(&id) else {
                continue;
            };
            if !self.has_room_for(&candidate.delivery) {
                continue;
            }
            let Some(under_way) = self.under_way.get_mut(&id) else {
                continue;
            };
            under_way.attempts += 1;
            under_way.state = State::Trying;
            attempts.push(Attempt {
                delivery: id,
                number: under_way.attempts,
            });
        }
        (attempts, ended)
    }

    fn has_room_for(&self, delivery: &Delivery) -> bool {
        let trying = self.under_way.values();
        let trying = trying.filter(|under_way| {
            under_way.state == State::Trying && under_way.delivery.channel == delivery.channel
        });
        let (mut all, mut not_high, mut by_it, mut by_it_not_high) = (0, 0, 0, 0);
        for other in trying.map(|under_way| &under_way.delivery) {
            let other_not_high = usize::from(other.rank() < Some(Priority::High));
            let same_way = usize::from(other.person == delivery.person);
            all += 1;
            not_high += other_not_high;
            by_it += same_way;
            by_it_not_high += same_way * other_not_high;
        }
        if delivery.rank() == Some(Priority::High) {
            return all - not_high < AT_ONCE_MAX && by_it - by_it_not_high < AT_ONCE_BY_A_WAY;
        }
        all < AT_ONCE_MAX
            && by_it < AT_ONCE_BY_A_WAY
            && not_high < AT_ONCE_NOT_HIGH
            && by_it_not_high < AT_ONCE_BY_A_WAY_NOT_HIGH
    }

    /// Tells whether a newer call by the same way has all of it, whatever became of that one.
    fn is_replaced(&self, delivery: &Delivery) -> bool {
        let lane = self.lanes.get(&(delivery.person, delivery.channel));
        let newest = lane.and_then(|lane| lane.newest_call);
        delivery.purpose == Purpose::Call && Some(delivery.id) < newest
    }

    fn is_needed(&self, under_way: &UnderWay, now: MonoTime, open: Open<'_>) -> bool {
        let delivery = &under_way.delivery;
        let parts = || delivery.parts.iter();
        match delivery.purpose {
            Purpose::Call => {
                // One that has come back calls as it did.
                let still = |part: &Part| {
                    let mut open = open(part.bed).into_iter();
                    open.any(|open| open.alarm == part.alarm)
                };
                parts().any(still) && !self.is_replaced(delivery)
            }
            Purpose::AllClear | Purpose::Answered => {
                // What called there since would be taken for it.
                let calls = |part: &Part| {
                    let lane = self.lanes.get(&(delivery.person, delivery.channel));
                    lane.is_some_and(|lane| lane.told.contains_key(&part.bed))
                };
                now.saturating_since(delivery.at) <= NOT_A_CALL_MAX && !parts().any(calls)
            }
            Purpose::Test | Purpose::Drill => now.saturating_since(delivery.at) <= NOT_A_CALL_MAX,
        }
    }

    /// Takes what became of an attempt; returns the delivery and how it ended, if it did.
    pub(crate) fn tried(
        &mut self,
        now: MonoTime,
        id: DeliveryId,
        outcome: Outcome,
    ) -> Option<(Delivery, Ended)> {
        let under_way = self.under_way.get_mut(&id)?;
        let ended = match outcome {
            Outcome::Taken => Ended::Taken,
            Outcome::Refused => Ended::Refused,
            Outcome::Failed(wanted) => {
                under_way.state = State::Waiting(now + pause(under_way.attempts, wanted));
                return None;
            }
        };
        let ended_one = self.under_way.remove(&id)?;
        Some((ended_one.delivery, ended))
    }

    /// Returns when there may be something to make or to try.
    pub(crate) fn next_deadline(&self, open: Open<'_>) -> Option<MonoTime> {
        let lanes = self.lanes.values().filter_map(|lane| lane.due(open));
        let waiting = self
            .under_way
            .values()
            .filter_map(|under_way| match under_way.state {
                // Without room it waits for the end of an attempt, not for the time.
                State::Waiting(due) => self.has_room_for(&under_way.delivery).then_some(due),
                State::Trying => None,
            });
        lanes.chain(waiting).min()
    }

    /// The deliveries that have not ended.
    pub(crate) fn under_way(&self) -> impl Iterator<Item = (&Delivery, u32)> {
        let all = self.under_way.values();
        all.map(|under_way| (&under_way.delivery, under_way.attempts))
    }
}

impl Lane {
    /// Returns when a message may be made of what waits, if anything does.
    fn due(&self, open: Open<'_>) -> Option<MonoTime> {
        let parts = self.calls.keys().flat_map(|bed| open(*bed));
        let urgent = parts.map(|part| part.priority).max();
        if urgent.is_none() && self.over.is_empty() {
            return None;
        }
        let last = match urgent {
            Some(Priority::High) => self.last_high,
            Some(Priority::Medium | Priority::Low) | None => self.last,
        };
        Some(last.map_or(MonoTime::ZERO, |last| last + GAP))
    }
}

impl Delivery {
    /// How urgent it is to try it: a test after every call.
    const fn rank(&self) -> Option<Priority> {
        match self.purpose {
            Purpose::Call => Some(self.priority),
            Purpose::AllClear | Purpose::Answered => Some(Priority::Low),
            Purpose::Test | Purpose::Drill => None,
        }
    }

    fn is_call_by(&self, way: Way) -> bool {
        self.purpose == Purpose::Call && (self.person, self.channel) == way
    }
}

/// The pause after so many failed attempts: 1, 2, 4, … 30 s, or what the other side asks for.
fn pause(attempts: u32, wanted: Option<Duration>) -> Duration {
    let doubled = RETRY_FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(5));
    doubled.max(wanted.unwrap_or_default()).min(RETRY_MAX)
}
