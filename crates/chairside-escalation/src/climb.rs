//! The ladder of one bed: which of its calls nobody has answered, and how far up they are.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, Priority, SignalPresence, Transition};
use chairside_model::MonoTime;

use crate::delivery::{CalledAs, Delivery};
use crate::plan::{Channel, Ladder, Moment, Person, Plan};

/// Whoever is called has not been reached when no channel has taken the message for so long
/// (`docs/alarms.md`, `DELIVERY_FAILED`).
pub(crate) const REACHED_WITHIN: Duration = Duration::from_secs(10);

/// That a rung was climbed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Climbed {
    /// The first of the bed's calls that this climb is about; with the bed it names the climb.
    pub first_call: u64,
    /// The rung, 1 for the first.
    pub rung: u32,
    /// How urgent the most urgent of the calls is.
    pub priority: Priority,
    /// How often this rung had been climbed before in this climb: for what called later, or
    /// because nobody answered.
    pub round: u32,
    /// What made it due.
    pub why: ClimbedFor,
    /// Whom it called, by what.
    pub ways: Vec<(Person, Channel)>,
}

/// Why a rung was climbed when it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClimbedFor {
    /// Nobody had answered in time.
    Time,
    /// No display was heard, or the alarm is about that, or somebody asked for help.
    NobodyHears,
    /// The rung below reached nobody.
    Unreached,
    /// Everybody on the rung below had said "not me".
    Declined,
    /// There was nobody on the rung below.
    Nobody,
}

impl ClimbedFor {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::NobodyHears => "nobody_hears",
            Self::Unreached => "unreached",
            Self::Declined => "declined",
            Self::Nobody => "nobody",
        }
    }
}

/// An alarm that calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Calling {
    pub(crate) occurrence: Occurrence,
    pub(crate) priority: Priority,
    pub(crate) call: u64,
    called_at: MonoTime,
    /// When the first of its calls in a row was that nobody has answered: this one, or one before.
    unanswered_since: MonoTime,
    pub(crate) since: MonoTime,
    present: bool,
    pub(crate) simulated: bool,
}

/// The ladder of one bed.
#[derive(Debug, Default)]
pub(crate) struct Climbing {
    calling: BTreeMap<AlarmId, Calling>,
    accepted: Accepted,
    climb: Option<Climb>,
    /// How often each rung of the last climb was climbed: one that begins with the same call goes
    /// on counting, so that no two climbs of a rung have one name.
    past: (u64, BTreeMap<usize, u32>),
}

/// Which calls somebody comes for.
#[derive(Clone, Copy, Debug, Default)]
struct Accepted {
    /// Up to this one.
    call: u64,
    by: Option<Person>,
}

/// How far up the calls are.
#[derive(Debug)]
struct Climb {
    first_call: u64,
    /// Each rung that was climbed, and when last.
    reached: BTreeMap<usize, MonoTime>,
    /// How often each rung was climbed.
    rounds: BTreeMap<usize, u32>,
    /// What became of the last message to each, and in which round it was.
    ways: BTreeMap<(usize, Person, Channel), (Way, u32)>,
    /// Up to which call each person does not come.
    declined: BTreeMap<Person, u64>,
    /// Something of it was answered, and is not simply over.
    answered: bool,
}

/// What became of a message to a person by a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Waiting(MonoTime),
    Taken,
    Failed,
}

/// What a climb asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// These people are called.
    Call(Climbed),
    /// Nobody need come any more of those who were called, by these ways: somebody has answered,
    /// or nothing is the matter any more.
    Over {
        ways: BTreeSet<(Person, Channel)>,
        answered: bool,
        /// Whoever comes, who knows.
        comes: Option<Person>,
    },
}

/// The calls of these alarms begin at the first rung: they are about nobody hearing, or come from
/// a person who waits.
const AT_ONCE: [AlarmId; 2] = [AlarmId::NoStation, AlarmId::HelpWanted];

impl Climbing {
    /// Takes what became of an alarm, and whether it is simulated.
    pub(crate) fn alarm(&mut self, told: &Transition, simulated: bool) {
        let calls = matches!(
            told.signal,
            SignalPresence::On | SignalPresence::Latched
        ) && !told.superseded
            && told.priority >= Priority::Medium
            // The ways it is about are the ways it would go.
            && told.id != AlarmId::DeliveryFailed;
        let known = self.calling.get(&told.id);
        if !calls {
            let answered = matches!(
                told.signal,
                SignalPresence::Acknowledged | SignalPresence::Paused
            );
            if let Some(climb) = &mut self.climb
                && known.is_some()
            {
                climb.answered |= answered;
            }
            self.calling.remove(&told.id);
            return;
        }
        let same = known.filter(|known| {
            (known.occurrence, known.call, known.priority)
                == (told.occurrence, told.call, told.priority)
        });
        let called_at = same.map_or(told.at, |known| known.called_at);
        // One that comes and goes would else begin anew each time, and never reach the last rung.
        let goes_on = known.filter(|known| {
            same.is_some() || (known.call > self.accepted.call && told.priority <= known.priority)
        });
        self.calling.insert(
            told.id,
            Calling {
                occurrence: told.occurrence,
                priority: told.priority,
                call: told.call,
                called_at,
                unanswered_since: goes_on.map_or(called_at, |known| known.unanswered_since),
                since: told.since,
                present: told.present,
                simulated,
            },
        );
    }

    /// A person comes, and has seen the calls up to this one.
    pub(crate) fn accept(&mut self, call: u64, by: Option<Person>) {
        self.accepted = Accepted {
            call: self.accepted.call.max(call),
            by,
        };
        if let Some(climb) = &mut self.climb {
            climb.answered = true;
        }
    }

    /// A person does not come for that alarm. Whoever had accepted comes no more.
    pub(crate) fn decline(&mut self, now: MonoTime, occurrence: Occurrence, by: Person) {
        if self.accepted.by == Some(by) {
            self.take_back(now);
        }
        let mut calling = self.calling.values();
        let about = calling.find(|calling| calling.occurrence == occurrence);
        let call = about.map(|calling| calling.call);
        self.follow();
        if let (Some(climb), Some(call)) = (&mut self.climb, call) {
            let covered = climb.declined.entry(by).or_default();
            *covered = (*covered).max(call);
        }
    }

    /// The bed is a patient's from now on: what is still there calls for them, as of now.
    pub(crate) fn patients(&mut self, now: MonoTime) {
        for calling in self.calling.values_mut() {
            if calling.simulated && calling.present {
                calling.simulated = false;
                calling.called_at = now;
                calling.unanswered_since = now;
            }
        }
    }

    /// Nobody comes any more who had accepted: what they were to come for calls as of now.
    pub(crate) fn take_back(&mut self, now: MonoTime) {
        let taken_back = std::mem::take(&mut self.accepted);
        for calling in self.calling.values_mut() {
            if calling.call <= taken_back.call {
                calling.called_at = now;
                calling.unanswered_since = now;
            }
        }
    }

    /// What became of the message to a person who was called so; nothing when nobody need be told.
    /// Of an older message than the last one to them nothing follows.
    pub(crate) fn reached(
        &mut self,
        called: &CalledAs,
        way: (Person, Channel),
        state: Option<Way>,
    ) {
        let climb = self.climb.as_mut();
        let Some(climb) = climb.filter(|climb| climb.first_call == called.first_call) else {
            return;
        };
        let way = (place(called.rung), way.0, way.1);
        let Some((known, round)) = climb.ways.get_mut(&way) else {
            return;
        };
        if called.round < *round {
            return;
        }
        match state {
            Some(state) => *known = state,
            None => drop(climb.ways.remove(&way)),
        }
    }

    /// Follows what an earlier run of the service had told, without climbing: a climb begins and
    /// ends where it did then.
    pub(crate) fn follow(&mut self) {
        match (&self.climb, self.first_call()) {
            (None, Some(first_call)) => {
                let (past_call, rounds) = &self.past;
                let known = *past_call == first_call;
                let rounds = if known {
                    rounds.clone()
                } else {
                    BTreeMap::new()
                };
                self.climb = Some(Climb::new(first_call, rounds));
            }
            (Some(_), None) => drop(self.end()),
            (None, None) | (Some(_), Some(_)) => {}
        }
    }

    fn end(&mut self) -> Option<Climb> {
        let climb = self.climb.take()?;
        self.past = (climb.first_call, climb.rounds.clone());
        Some(climb)
    }

    /// What an earlier run had climbed, and when; false when that was before anything that calls
    /// now, or nothing does.
    pub(crate) fn resume(&mut self, at: MonoTime, climbed: &Climbed) -> bool {
        let oldest = self
            .open()
            .map(|(_, calling)| calling.unanswered_since)
            .min();
        let Some(climb) = &mut self.climb else {
            return false;
        };
        if oldest.is_none_or(|oldest| at < oldest) {
            if climb.first_call == climbed.first_call {
                climb.count(climbed);
            }
            return false;
        }
        climb.note(at, climbed);
        true
    }

    /// Tells whether a message that an earlier run sent belongs to this climb.
    pub(crate) fn has_called(&self, called: &CalledAs, sent: &Delivery) -> bool {
        let way = (place(called.rung), sent.person, sent.channel);
        let climb = self.climb.as_ref();
        climb.is_some_and(|climb| {
            climb.first_call == called.first_call && climb.ways.contains_key(&way)
        })
    }

    fn first_call(&self) -> Option<u64> {
        self.open().map(|(_, calling)| calling.call).min()
    }

    /// The alarms that call and that nobody has answered.
    pub(crate) fn open(&self) -> impl Iterator<Item = (AlarmId, &Calling)> {
        let open = |(_, calling): &(&AlarmId, &Calling)| calling.call > self.accepted.call;
        let open = self.calling.iter().filter(open);
        open.map(|(id, calling)| (*id, calling))
    }

    /// The ways by which somebody was called and that have not taken the message.
    pub(crate) fn unreached(&self) -> impl Iterator<Item = (Person, Channel)> {
        let ways = self.climb.iter().flat_map(|climb| &climb.ways);
        ways.filter(|(_, (way, _))| *way != Way::Taken)
            .map(|((_, person, channel), _)| (*person, *channel))
    }

    /// Tells whether the last rung was climbed and nobody at all was called.
    pub(crate) fn calls_nobody(&self, ladder: &Ladder) -> bool {
        self.climb.as_ref().is_some_and(|climb| {
            let last = ladder.rungs.len().saturating_sub(1);
            climb.reached.contains_key(&last) && climb.ways.is_empty()
        })
    }

    /// Climbs as far as is due and says what follows. Whether anybody hears the stations is
    /// `heard`.
    pub(crate) fn settle(
        &mut self,
        plan: &Plan,
        ladder: &Ladder,
        at: Moment,
        heard: bool,
    ) -> Vec<Wish> {
        let mut wishes = Vec::new();
        if self.first_call().is_none() {
            if let Some(climb) = self.end() {
                let is_covered = self.accepted.call >= climb.first_call;
                let called = climb.ways.into_keys();
                wishes.push(Wish::Over {
                    ways: called
                        .map(|(_, person, channel)| (person, channel))
                        .collect(),
                    answered: climb.answered,
                    comes: self.accepted.by.filter(|_| is_covered),
                });
            }
            return wishes;
        }
        self.follow();
        while let Some(next) = self.next(ladder, heard).filter(|next| next.due <= at.now) {
            let ways = self.whom(plan, ladder, next.rung, at);
            let urgent = self.open().map(|(_, calling)| calling.priority).max();
            let Some(climb) = &mut self.climb else { break };
            let climbed = Climbed {
                first_call: climb.first_call,
                rung: u32::try_from(next.rung + 1).unwrap_or(u32::MAX),
                priority: urgent.unwrap_or(Priority::Medium),
                round: climb.rounds.get(&next.rung).copied().unwrap_or(0),
                why: next.why,
                ways,
            };
            climb.note(at.now, &climbed);
            wishes.push(Wish::Call(climbed));
        }
        wishes
    }

    /// Whom a rung calls now: not those who do not come for any of the calls, unless there is
    /// nobody after them.
    fn whom(
        &self,
        plan: &Plan,
        ladder: &Ladder,
        rung: usize,
        at: Moment,
    ) -> Vec<(Person, Channel)> {
        let Some(planned) = ladder.rungs.get(rung) else {
            return Vec::new();
        };
        let ways = plan.ways(planned, at.week).into_iter();
        let all: Vec<_> = ways
            .map(|(person, contact)| (person, contact.channel))
            .collect();
        let newest = self.open().map(|(_, calling)| calling.call).max();
        let comes = |person: &Person| {
            let declined = self
                .climb
                .as_ref()
                .and_then(|climb| climb.declined.get(person));
            declined.copied() < newest
        };
        let mut come = all.clone();
        come.retain(|(person, _)| comes(person));
        if come.is_empty() && rung + 1 == ladder.rungs.len() {
            return all;
        }
        come
    }

    /// Returns when there may be something to climb.
    pub(crate) fn next_deadline(&self, ladder: &Ladder, heard: bool) -> Option<MonoTime> {
        self.next(ladder, heard).map(|next| next.due)
    }

    /// What is climbed next: the earliest of what each call climbs next. An alarm that called
    /// again unanswered climbs for its last call, and goes on for the first.
    fn next(&self, ladder: &Ladder, heard: bool) -> Option<Next> {
        let open = self.open();
        open.flat_map(|(id, calling)| {
            let times = [calling.called_at, calling.unanswered_since];
            times.map(|called_at| self.next_of(ladder, (id, calling), called_at, heard))
        })
        .flatten()
        .min_by_key(|next| (next.due, next.rung))
    }

    /// The next rung for a call of then: the first that was not climbed since, and when all were,
    /// the last one again.
    fn next_of(
        &self,
        ladder: &Ladder,
        (id, calling): (AlarmId, &Calling),
        called_at: MonoTime,
        heard: bool,
    ) -> Option<Next> {
        let climb = self.climb.as_ref();
        let reached = |rung: &usize| {
            let at = climb?.reached.get(rung)?;
            (*at >= called_at).then_some(*at)
        };
        let at_once = !heard || AT_ONCE.contains(&id);
        // A rung without a time for that priority is not climbed for it.
        let rungs = ladder.rungs.iter().enumerate();
        let rungs =
            rungs.filter_map(|(rung, planned)| Some((rung, planned.after(calling.priority)?)));
        let mut first = None;
        let mut below = None;
        for (rung, after) in rungs {
            let first = *first.get_or_insert(after);
            if let Some(at) = reached(&rung) {
                below = Some((rung, at));
                continue;
            }
            // Those that begin at the first rung do not wait its time.
            let (after, why) = if at_once {
                (after.saturating_sub(first), ClimbedFor::NobodyHears)
            } else {
                (after, ClimbedFor::Time)
            };
            let by_time = Next {
                rung,
                due: called_at + after,
                why,
            };
            let lost = below.zip(climb);
            let lost = lost.and_then(|((below, at), climb)| climb.lost(below, at, calling.call));
            return Some(match lost {
                Some((due, why)) if due < by_time.due => Next { rung, due, why },
                _ => by_time,
            });
        }
        // What a rung above has called since then was about this as well.
        let (last, _) = below?;
        let newest = climb?.reached.range(last..).map(|(_, at)| *at).max()?;
        Some(Next {
            rung: last,
            due: newest + ladder.repeat_after,
            why: ClimbedFor::Time,
        })
    }
}

/// What is climbed next, and when.
#[derive(Clone, Copy, Debug)]
struct Next {
    rung: usize,
    due: MonoTime,
    why: ClimbedFor,
}

impl Climb {
    const fn new(first_call: u64, rounds: BTreeMap<usize, u32>) -> Self {
        Self {
            first_call,
            reached: BTreeMap::new(),
            rounds,
            ways: BTreeMap::new(),
            declined: BTreeMap::new(),
            answered: false,
        }
    }

    fn note(&mut self, at: MonoTime, climbed: &Climbed) {
        let rung = place(climbed.rung);
        self.reached.insert(rung, at);
        self.count(climbed);
        for (person, channel) in &climbed.ways {
            let waiting = (Way::Waiting(at), climbed.round);
            self.ways.insert((rung, *person, *channel), waiting);
        }
    }

    fn count(&mut self, climbed: &Climbed) {
        let rounds = self.rounds.entry(place(climbed.rung)).or_default();
        *rounds = (*rounds).max(climbed.round + 1);
    }

    /// Since when a rung that was climbed at `at` has been of no use to a call, and why.
    fn lost(&self, rung: usize, at: MonoTime, call: u64) -> Option<(MonoTime, ClimbedFor)> {
        let ways = self.ways.iter().filter(|((of, ..), _)| *of == rung);
        let mut since = at;
        let (mut some, mut declined) = (false, true);
        for ((_, person, _), (way, _)) in ways {
            some = true;
            if self
                .declined
                .get(person)
                .is_some_and(|covered| *covered >= call)
            {
                continue;
            }
            declined = false;
            match way {
                Way::Taken => return None,
                Way::Failed => {}
                Way::Waiting(from) => since = since.max(*from + REACHED_WITHIN),
            }
        }
        let why = match (some, declined) {
            (false, _) => ClimbedFor::Nobody,
            (true, true) => ClimbedFor::Declined,
            (true, false) => ClimbedFor::Unreached,
        };
        Some((since, why))
    }
}

/// The place of a rung that people count from 1.
fn place(rung: u32) -> usize {
    usize::try_from(rung)
        .unwrap_or(usize::MAX)
        .saturating_sub(1)
}
