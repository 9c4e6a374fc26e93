//! The ladder of one bed: which of its calls nobody has answered, and how far up they are.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, Priority, SignalPresence, Transition};
use chairside_model::MonoTime;

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
    /// How urgent the calls are for which it was climbed.
    pub priority: Priority,
    /// 0 for the first time, and 1, 2, … each time the last rung is climbed again.
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
    pub(crate) since: MonoTime,
}

/// The ladder of one bed.
#[derive(Debug, Default)]
pub(crate) struct Climbing {
    calling: BTreeMap<AlarmId, Calling>,
    /// Calls up to this one were accepted.
    accepted: u64,
    climb: Option<Climb>,
}

/// How far up the calls are.
#[derive(Debug)]
struct Climb {
    first_call: u64,
    /// Each rung that was climbed: for which priority, and when last.
    reached: BTreeMap<usize, (Priority, MonoTime)>,
    round: u32,
    ways: BTreeMap<(usize, Person, Channel), Way>,
    declined: BTreeSet<Person>,
}

/// What became of a message to a person by a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Waiting(MonoTime),
    Taken,
    Failed,
}

/// What a climb asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// These people are called.
    Call(Climbed),
    /// Nobody need come any more of those who were called, by these ways.
    Over(BTreeSet<(Person, Channel)>),
}

/// The calls of these alarms begin at the first rung: they are about nobody hearing, or come from
/// a person who waits.
const AT_ONCE: [AlarmId; 2] = [AlarmId::NoStation, AlarmId::HelpWanted];

impl Climbing {
    /// Takes what became of an alarm.
    pub(crate) fn alarm(&mut self, told: &Transition) {
        let calls = matches!(told.signal, SignalPresence::On | SignalPresence::Latched)
            && !told.superseded
            && told.priority >= Priority::Medium
            // The ways it is about are the ways it would go.
            && told.id != AlarmId::DeliveryFailed;
        if !calls {
            self.calling.remove(&told.id);
            return;
        }
        let newest = self.calling.values().map(|calling| calling.call).max();
        if newest.is_none_or(|newest| told.call > newest)
            && let Some(climb) = &mut self.climb
        {
            // They did not come for what they knew of.
            climb.declined.clear();
        }
        let known = self.calling.get(&told.id);
        let same = known.filter(|known| {
            (known.occurrence, known.call, known.priority)
                == (told.occurrence, told.call, told.priority)
        });
        self.calling.insert(
            told.id,
            Calling {
                occurrence: told.occurrence,
                priority: told.priority,
                call: told.call,
                called_at: same.map_or(told.at, |known| known.called_at),
                since: told.since,
            },
        );
    }

    /// A person comes, and has seen the calls up to this one.
    pub(crate) fn accept(&mut self, call: u64) {
        self.accepted = self.accepted.max(call);
    }

    /// A person does not come for what calls now.
    pub(crate) fn decline(&mut self, occurrence: Occurrence, by: Person) {
        if let Some(climb) = &mut self.climb
            && self
                .calling
                .values()
                .any(|calling| calling.occurrence == occurrence)
        {
            climb.declined.insert(by);
        }
    }

    /// What became of the message of this climb to a person.
    pub(crate) fn reached(
        &mut self,
        first_call: u64,
        rung: u32,
        way: (Person, Channel),
        taken: bool,
    ) {
        let Some(climb) = self.climb_since(first_call) else {
            return;
        };
        if let Some(state) = climb.ways.get_mut(&(place(rung), way.0, way.1)) {
            *state = if taken { Way::Taken } else { Way::Failed };
        }
    }

    fn climb_since(&mut self, first_call: u64) -> Option<&mut Climb> {
        let climb = self.climb.as_mut();
        climb.filter(|climb| climb.first_call == first_call)
    }

    /// Follows what an earlier run of the service had told, without climbing: a climb begins and
    /// ends where it did then.
    pub(crate) fn follow(&mut self) {
        let first_call = self.first_call();
        match (&self.climb, first_call) {
            (None, Some(first_call)) => self.climb = Some(Climb::new(first_call)),
            (Some(_), None) => self.climb = None,
            (None, None) | (Some(_), Some(_)) => {}
        }
    }

    /// What an earlier run had climbed, and when; false when that climb is over.
    pub(crate) fn resume(&mut self, at: MonoTime, climbed: &Climbed) -> bool {
        let climb = self.climb_since(climbed.first_call);
        climb.map(|climb| climb.note(at, climbed)).is_some()
    }

    fn first_call(&self) -> Option<u64> {
        self.open().map(|(_, calling)| calling.call).min()
    }

    /// The alarms that call and that nobody has answered.
    pub(crate) fn open(&self) -> impl Iterator<Item = (AlarmId, &Calling)> {
        let open = |(_, calling): &(&AlarmId, &Calling)| calling.call > self.accepted;
        self.calling
            .iter()
            .filter(open)
            .map(|(id, calling)| (*id, calling))
    }

    /// The ways by which somebody was called and that have not taken the message, since when.
    pub(crate) fn unreached(&self) -> impl Iterator<Item = (Person, Channel)> {
        let ways = self.climb.iter().flat_map(|climb| &climb.ways);
        ways.filter(|(_, way)| **way != Way::Taken)
            .map(|((_, person, channel), _)| (*person, *channel))
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
        let Some(first_call) = self.first_call() else {
            if let Some(climb) = self.climb.take() {
                let called = climb
                    .ways
                    .into_keys()
                    .map(|(_, person, channel)| (person, channel));
                let called: BTreeSet<_> = called.collect();
                if !called.is_empty() {
                    wishes.push(Wish::Over(called));
                }
            }
            return wishes;
        };
        if self.climb.is_none() {
            self.climb = Some(Climb::new(first_call));
        }
        while let Some((rung, priority, why, round)) = self.due_now(ladder, at.now, heard) {
            let Some(climb) = &mut self.climb else { break };
            let Some(planned) = ladder.rungs.get(rung) else {
                break;
            };
            let all = plan.ways(planned, at.week);
            let ways: Vec<_> = all
                .iter()
                .map(|(person, contact)| (*person, contact.channel))
                .collect();
            let mut come = ways.clone();
            come.retain(|(person, _)| !climb.declined.contains(person));
            // On the last rung there is nobody after those who do not come.
            if come.is_empty() && rung + 1 == ladder.rungs.len() {
                come = ways;
            }
            let climbed = Climbed {
                first_call: climb.first_call,
                rung: u32::try_from(rung + 1).unwrap_or(u32::MAX),
                priority,
                round,
                why,
                ways: come,
            };
            climb.note(at.now, &climbed);
            wishes.push(Wish::Call(climbed));
        }
        wishes
    }

    /// Returns when there may be something to climb.
    pub(crate) fn next_deadline(&self, ladder: &Ladder, heard: bool) -> Option<MonoTime> {
        self.open().next()?;
        [Priority::High, Priority::Medium]
            .into_iter()
            .filter_map(|priority| Some(self.next_for(ladder, priority, heard)?.due))
            .min()
    }

    fn due_now(
        &self,
        ladder: &Ladder,
        now: MonoTime,
        heard: bool,
    ) -> Option<(usize, Priority, ClimbedFor, u32)> {
        [Priority::High, Priority::Medium]
            .into_iter()
            .find_map(|priority| {
                let next = self.next_for(ladder, priority, heard)?;
                (next.due <= now).then_some((next.rung, priority, next.why, next.round))
            })
    }

    /// The next rung that calls of at least that priority climb.
    fn next_for(&self, ladder: &Ladder, priority: Priority, heard: bool) -> Option<Next> {
        let climb = self.climb.as_ref();
        let reached = |rung: usize| {
            let (for_, at) = climb?.reached.get(&rung)?;
            (*for_ >= priority).then_some(*at)
        };
        // A rung without a time for that priority is not climbed for it.
        let rungs = ladder.rungs.iter().enumerate();
        let rungs = rungs.filter_map(|(rung, planned)| Some((rung, planned.after(priority)?)));
        let mut first = None;
        let mut below = None;
        for (rung, after) in rungs {
            let first = *first.get_or_insert(after);
            if let Some(at) = reached(rung) {
                below = Some((rung, at));
                continue;
            }
            let by_time = self.due((rung, after), first, priority, heard)?;
            let lost = below
                .zip(climb)
                .and_then(|((below, at), climb)| climb.lost(below, at));
            return Some(match lost {
                Some((due, why)) if due < by_time.due => Next {
                    due,
                    why,
                    ..by_time
                },
                _ => by_time,
            });
        }
        // Every rung has been climbed: the last one again, and again, for the most urgent of the
        // calls and with it for all.
        let (rung, at) = below?;
        let urgent = self.open().map(|(_, calling)| calling.priority).max();
        (urgent == Some(priority)).then(|| Next {
            rung,
            due: at + ladder.repeat_after,
            why: ClimbedFor::Time,
            round: climb.map_or(0, |climb| climb.round) + 1,
        })
    }

    /// When the time of a rung is over for the first of the calls of at least that priority. Those
    /// that begin at the first rung do not wait its time.
    fn due(
        &self,
        (rung, after): (usize, Duration),
        first: Duration,
        priority: Priority,
        heard: bool,
    ) -> Option<Next> {
        let open = self
            .open()
            .filter(|(_, calling)| calling.priority >= priority);
        open.map(|(id, calling)| {
            let at_once = !heard || AT_ONCE.contains(&id);
            let after = if at_once {
                after.saturating_sub(first)
            } else {
                after
            };
            let why = if at_once {
                ClimbedFor::NobodyHears
            } else {
                ClimbedFor::Time
            };
            Next {
                rung,
                due: calling.called_at + after,
                why,
                round: 0,
            }
        })
        .min_by_key(|next| next.due)
    }
}

/// What is climbed next, and when.
#[derive(Clone, Copy, Debug)]
struct Next {
    rung: usize,
    due: MonoTime,
    why: ClimbedFor,
    round: u32,
}

impl Climb {
    const fn new(first_call: u64) -> Self {
        Self {
            first_call,
            reached: BTreeMap::new(),
            round: 0,
            ways: BTreeMap::new(),
            declined: BTreeSet::new(),
        }
    }

    fn note(&mut self, at: MonoTime, climbed: &Climbed) {
        let rung = place(climbed.rung);
        let reached = self.reached.entry(rung).or_insert((climbed.priority, at));
        *reached = (reached.0.max(climbed.priority), at);
        self.round = climbed.round;
        for (person, channel) in &climbed.ways {
            self.ways
                .insert((rung, *person, *channel), Way::Waiting(at));
        }
    }

    /// Since when a rung that was climbed at `at` has been of no use, and why.
    fn lost(&self, rung: usize, at: MonoTime) -> Option<(MonoTime, ClimbedFor)> {
        let ways = self.ways.iter().filter(|((of, ..), _)| *of == rung);
        let mut lost = (at, ClimbedFor::Nobody);
        let (mut some, mut declined) = (false, true);
        for ((_, person, _), way) in ways {
            some = true;
            if self.declined.contains(person) {
                continue;
            }
            declined = false;
            match way {
                Way::Taken => return None,
                Way::Failed => {}
                Way::Waiting(since) => lost.0 = lost.0.max(*since + REACHED_WITHIN),
            }
        }
        lost.1 = match (some, declined) {
            (false, _) => ClimbedFor::Nobody,
            (true, true) => ClimbedFor::Declined,
            (true, false) => ClimbedFor::Unreached,
        };
        Some(lost)
    }
}

/// The place of a rung that people count from 1.
fn place(rung: u32) -> usize {
    usize::try_from(rung)
        .unwrap_or(usize::MAX)
        .saturating_sub(1)
}
