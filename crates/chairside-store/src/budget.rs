//! The alarm budget: how often alarms call people, and what people do about it.
//!
//! Plain arithmetic over what the record says of a stretch of time. Every time is by the wall
//! clock, in nanoseconds, so that a stretch goes over restarts. The definitions are those of
//! `docs/http.md`.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmId, Priority};

use crate::response::percentile;

/// Who does something within this time, while the alarm stands, acts on it. Our design.
pub const ACTED_WITHIN: Duration = Duration::from_mins(5);

/// A time of the wall clock, ns.
pub(crate) type Wall = i64;

/// What the record says of an alarm after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AlarmTold {
    pub(crate) bed: i64,
    pub(crate) occurrence: u64,
    pub(crate) rule: AlarmId,
    pub(crate) priority: Priority,
    pub(crate) at: Wall,
    /// Whether it calls people: on, and no worse one of its family instead of it.
    pub(crate) calls: bool,
    /// Whether nothing of it is left.
    pub(crate) is_over: bool,
    /// The bed's last call that it made.
    pub(crate) call: u64,
    /// Whether what the bed showed was simulated then.
    pub(crate) simulated: bool,
}

/// Something that a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) bed: i64,
    pub(crate) at: Wall,
    pub(crate) about: About,
}

/// What an act answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// One episode: it was acknowledged, or somebody asked for help over it.
    Occurrence(u64),
    /// A rule of the bed: it was paused or switched off, or a limit of it was changed.
    Rule(AlarmId),
    /// All of the bed's: the sound was paused or switched off.
    Bed,
    /// What the bed had called up to that number: somebody came for it.
    Calls(u64),
}

/// A stretch of time in which a device of a bed was connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Connected {
    pub(crate) bed: i64,
    pub(crate) from: Wall,
    pub(crate) to: Wall,
}

/// What alarms cost and what came of them, in a stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// How long beds were monitored, all beds together.
    pub monitored: Duration,
    /// All alarms together.
    pub all: Tally,
    /// Those of each rule and priority, in their order.
    pub by_rule: BTreeMap<(AlarmId, Priority), Tally>,
}

/// Alarms, and how many of them were acted on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many called people.
    pub alarms: u64,
    /// From each onset to the first act, of those that were acted on, the shortest first.
    pub responses: Vec<Duration>,
}

impl Tally {
    /// Returns the share of alarms that were acted on; nothing when there was none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "nobody counts 2^52 alarms")]
    pub fn share(&self) -> Option<f64> {
        (self.alarms > 0).then(|| self.responses.len() as f64 / self.alarms as f64)
    }

    /// Returns the response that so many of a hundred are not longer than (nearest rank).
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Option<Duration> {
        percentile(&self.responses, percent)
    }

    fn add(&mut self, response: Option<Duration>) {
        self.alarms += 1;
        self.responses.extend(response);
    }
}

/// An episode that called people.
#[derive(Clone, Debug)]
pub(crate) struct Episode {
    pub(crate) rule: AlarmId,
    /// The worst that it came to.
    pub(crate) priority: Priority,
    /// When it first called.
    pub(crate) onset: Wall,
    /// The number of that call.
    pub(crate) call: u64,
    /// When nothing of it was left.
    pub(crate) end: Option<Wall>,
    /// Whether what the bed showed was simulated when it first called.
    pub(crate) simulated: bool,
}

/// Works the budget of a stretch of time out. What is told of an alarm comes in the order in which
/// it was told, and goes back far enough that no onset before the stretch is taken for one in it.
pub(crate) fn budget(
    (from, to): (Wall, Wall),
    told: &[AlarmTold],
    acts: &[Act],
    connected: &[Connected],
) -> Budget {
    let mut all = Tally::default();
    let mut by_rule: BTreeMap<_, Tally> = BTreeMap::new();
    for ((bed, occurrence), episode) in episodes(told) {
        if !(from..to).contains(&episode.onset) {
            continue;
        }
        let response = response(bed, occurrence, &episode, acts);
        all.add(response);
        let rule = (episode.rule, episode.priority);
        by_rule.entry(rule).or_default().add(response);
    }
    for tally in by_rule.values_mut().chain([&mut all]) {
        tally.responses.sort_unstable();
    }
    Budget {
        monitored: monitored((from, to), connected),
        all,
        by_rule,
    }
}

/// Returns the episodes that called people: each from its first call, with the worst priority it
/// came to, until nothing of it was left.
pub(crate) fn episodes(told: &[AlarmTold]) -> BTreeMap<(i64, u64), Episode> {
    let mut episodes: BTreeMap<(i64, u64), Episode> = BTreeMap::new();
    for change in told {
        let key = (change.bed, change.occurrence);
        if let Some(episode) = episodes.get_mut(&key) {
            episode.priority = episode.priority.max(change.priority);
            if change.is_over {
                episode.end.get_or_insert(change.at);
            }
        } else if change.calls {
            let episode = Episode {
                rule: change.rule,
                priority: change.priority,
                onset: change.at,
                call: change.call,
                end: None,
                simulated: change.simulated,
            };
            episodes.insert(key, episode);
        }
    }
    episodes
}

/// Returns how long after its onset somebody first did something about an alarm that still stood,
/// if that was soon enough.
fn response(bed: i64, occurrence: u64, episode: &Episode, acts: &[Act]) -> Option<Duration> {
    let latest = episode.onset.saturating_add(ns(ACTED_WITHIN));
    let latest = episode.end.map_or(latest, |end| end.min(latest));
    let of_bed = acts.iter().filter(|act| act.bed == bed);
    let answers = of_bed.filter(|act| match &act.about {
        About::Occurrence(of) => *of == occurrence,
        About::Rule(rule) => *rule == episode.rule,
        About::Bed => true,
        About::Calls(last) => episode.call <= *last,
    });
    let in_time = answers.filter(|act| (episode.onset..=latest).contains(&act.at));
    let first = in_time.map(|act| act.at).min()?;
    Some(span(episode.onset, first))
}

/// Returns how long beds had any device connected, all beds together: two devices of a bed at the
/// same time count once.
fn monitored((from, to): (Wall, Wall), connected: &[Connected]) -> Duration {
    let mut stretches: Vec<Connected> = connected
        .iter()
        .map(|one| Connected {
            bed: one.bed,
            from: one.from.max(from),
            to: one.to.min(to),
        })
        .filter(|one| one.from < one.to)
        .collect();
    stretches.sort_unstable_by_key(|one| (one.bed, one.from));
    let mut total = Duration::ZERO;
    let mut reached: Option<(i64, Wall)> = None;
    for one in stretches {
        let counted = match reached {
            Some((bed, to)) if bed == one.bed => to.max(one.from),
            _ => one.from,
        };
        if one.to > counted {
            total += span(counted, one.to);
            reached = Some((one.bed, one.to));
        }
    }
    total
}

pub(crate) fn span(from: Wall, to: Wall) -> Duration {
    Duration::from_nanos(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}

fn ns(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
