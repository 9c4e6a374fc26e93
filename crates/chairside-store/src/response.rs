//! Response figures: how soon alarms that called are acknowledged, accepted, and somebody is at the
//! bed, shift by shift.
//!
//! Plain arithmetic over what the record says of a stretch of time, as the [budget](crate::budget).
//! Every time is by the wall clock, in nanoseconds. The definitions are those of `docs/http.md`.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::Priority;
use chrono::NaiveTime;

use crate::budget::{AlarmTold, Episode, Wall, episodes, span};

/// The nanoseconds of a day.
const DAY_NS: i64 = 86_400_000_000_000;

/// When the shifts of a clinic begin, by its own clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shifts {
    begin: Vec<NaiveTime>,
    /// How far the clinic's clock is ahead of UTC, ns.
    ahead: i64,
}

impl Shifts {
    /// Makes the shifts that begin at these times of each day, where clocks are so many minutes
    /// ahead of UTC; nothing when there is no time, or one twice. Each lasts until the next.
    #[must_use]
    pub fn new(mut begin: Vec<NaiveTime>, ahead_minutes: i16) -> Option<Self> {
        let count = begin.len();
        begin.sort_unstable();
        begin.dedup();
        (count > 0 && begin.len() == count).then(|| Self {
            begin,
            ahead: i64::from(ahead_minutes) * 60_000_000_000,
        })
    }

    /// Returns when they begin, the earliest in the day first.
    #[must_use]
    pub fn begin(&self) -> &[NaiveTime] {
        &self.begin
    }

    /// Returns the place of the shift in which a moment lies. Before the first of a day it is
    /// still the last of the day before.
    fn of(&self, at: Wall) -> usize {
        let of_day = at.saturating_add(self.ahead).rem_euclid(DAY_NS);
        let begun = self.begin.partition_point(|begin| {
            let since_midnight = *begin - NaiveTime::MIN;
            since_midnight.num_nanoseconds().unwrap_or(i64::MAX) <= of_day
        });
        begun.checked_sub(1).unwrap_or(self.begin.len() - 1)
    }
}

/// How a person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// An episode was acknowledged.
    Acknowledged(u64),
    /// Somebody comes for what the bed had called up to that number.
    Accepted(u64),
    /// Somebody is at the bed, for what it had called up to that number.
    Arrived(u64),
}

/// When somebody answered at a bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) bed: i64,
    pub(crate) at: Wall,
    pub(crate) how: Answer,
}

/// The alarms of one priority that called in a shift, and how soon they were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// How many called.
    pub alarms: u64,
    /// From the first call of each to its acknowledgement, of those that were, the shortest first.
    pub acknowledged: Vec<Duration>,
    /// The same until a person came for it.
    pub accepted: Vec<Duration>,
    /// The same until a person was at the bed.
    pub arrived: Vec<Duration>,
}

/// The answers of one shift, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfShift {
    /// To alarms of high priority.
    pub high: Answers,
    /// To those of medium priority.
    pub medium: Answers,
}

/// Response figures of a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// All shifts together.
    pub all: OfShift,
    /// Each shift, on all days together, in the order of [`Shifts::begin`].
    pub shifts: Vec<OfShift>,
}

/// How soon one alarm was answered, each from its first call; nothing where nobody did while it
/// stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HowSoon {
    /// Until it was acknowledged.
    pub acknowledged: Option<Duration>,
    /// Until a person came for it.
    pub accepted: Option<Duration>,
    /// Until a person was at the bed.
    pub arrived: Option<Duration>,
}

impl HowSoon {
    /// Finds what answered an episode, of the answers at its bed.
    pub(crate) fn of(occurrence: u64, episode: &Episode, answers: &[Answered]) -> Self {
        let stands = episode.onset..=episode.end.unwrap_or(Wall::MAX);
        let first = |is_one: &dyn Fn(Answer) -> bool| {
            let fitting = answers.iter().filter(|one| is_one(one.how));
            let at = fitting.map(|one| one.at).filter(|at| stands.contains(at));
            at.min().map(|at| span(episode.onset, at))
        };
        Self {
            acknowledged: first(&|how| how == Answer::Acknowledged(occurrence)),
            // Whoever is there has come, also without having said so.
            accepted: first(&|how| match how {
                Answer::Accepted(call) | Answer::Arrived(call) => episode.call <= call,
                Answer::Acknowledged(_) => false,
            }),
            arrived: first(&|how| match how {
                Answer::Arrived(call) => episode.call <= call,
                Answer::Acknowledged(_) | Answer::Accepted(_) => false,
            }),
        }
    }
}

/// Returns the duration that so many of a hundred are not longer than (nearest rank), of durations
/// with the shortest first.
#[must_use]
pub fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied()
}

/// Works out how soon alarms that began to call in a stretch of time were answered: those of
/// simulated beds alone, or those of all others. An alarm counts
/// for the shift in which it first called, with the worst priority that it came to.
pub(crate) fn response(
    (from, to): (Wall, Wall),
    told: &[AlarmTold],
    answered: &[Answered],
    (shifts, simulated): (&Shifts, bool),
) -> Response {
    let mut of_bed: BTreeMap<i64, Vec<Answered>> = BTreeMap::new();
    for one in answered {
        of_bed.entry(one.bed).or_default().push(*one);
    }
    let mut figures = Response {
        all: OfShift::default(),
        shifts: vec![OfShift::default(); shifts.begin.len()],
    };
    for ((bed, occurrence), episode) in episodes(told) {
        if !(from..to).contains(&episode.onset) || episode.simulated != simulated {
            continue;
        }
        let answers = of_bed.get(&bed).map_or(&[][..], Vec::as_slice);
        let soon = HowSoon::of(occurrence, &episode, answers);
        let shift = shifts.of(episode.onset);
        for of in [&mut figures.all, &mut figures.shifts[shift]] {
            let of = match episode.priority {
                Priority::High => &mut of.high,
                Priority::Medium => &mut of.medium,
                Priority::Low => continue,
            };
            of.alarms += 1;
            of.acknowledged.extend(soon.acknowledged);
            of.accepted.extend(soon.accepted);
            of.arrived.extend(soon.arrived);
        }
    }
    for of in figures.shifts.iter_mut().chain([&mut figures.all]) {
        for of in [&mut of.high, &mut of.medium] {
            for times in [&mut of.acknowledged, &mut of.accepted, &mut of.arrived] {
                times.sort_unstable();
            }
        }
    }
    figures
}

#[cfg(test)]
mod tests;
