//! Limits of continuous signals.

use super::features::{Features, Moment};
use super::lasting::{Lasting, Word, word};
use super::rules::{Limit, Trips};
use super::{Episode, alive};
use crate::recording::{Recording, Row};

fn judge(limit: &Limit, t: usize, value: Option<f64>) -> Word {
    let Some(value) = value else {
        return Word::Missing;
    };
    let later = limit.later.filter(|(after, ..)| t > *after);
    let (trips, clear) = later.map_or((limit.trips, limit.clear), |(_, trips, clear)| {
        (trips, clear)
    });
    match trips {
        Trips::Above(trip) => word(value > trip, value <= clear),
        Trips::Below(trip) => word(value < trip, value >= clear),
    }
}

/// A limit of a signal that nothing puts to sleep.
pub(super) fn plain(
    recording: &Recording,
    limit: &Limit,
    of: impl Fn(&Row) -> Option<f64>,
    holds: Option<&[Option<usize>]>,
) -> Vec<Episode> {
    let mut rule = Lasting::new(limit.id, limit.delay, limit.hold, recording.period);
    let mut undecided = false;
    for (t, second) in recording.seconds.iter().enumerate() {
        let value = second.row.as_ref().and_then(&of);
        let held_until = holds.and_then(|holds| holds[t]);
        let alive = alive(recording, t);
        // A changed limit is applied to what comes after it: until a sample does, what was judged by
        // the old one decides nothing more.
        if let Some((after, ..)) = limit.later {
            undecided = t == after + 1 || (undecided && t > after);
            undecided &= value.is_none();
        }
        rule.second(t, judge(limit, t, value), alive && !undecided, held_until);
    }
    rule.episodes()
}

/// A limit of RR or EtCO2: it sleeps while no breath is seen, and timers start anew afterwards
/// (semantics 5).
pub(super) fn breathing(
    recording: &Recording,
    limit: &Limit,
    features: &Features,
    of: impl Fn(&Moment) -> Option<f64>,
) -> Vec<Episode> {
    let mut rule = Lasting::new(limit.id, limit.delay, limit.hold, recording.period);
    for (t, moment) in features.moments.iter().enumerate() {
        if moment.asleep {
            rule.restart();
        } else {
            rule.second(t, judge(limit, t, of(moment)), alive(recording, t), None);
        }
    }
    rule.episodes()
}
