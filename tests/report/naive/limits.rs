//! Limits of continuous signals.

use super::features::{Features, Moment};
use super::lasting::{Lasting, Word, word};
use super::rules::{Limit, Trips};
use super::{Episode, alive};
use crate::recording::{Recording, Row};

fn judge(limit: &Limit, value: Option<f64>) -> Word {
    let Some(value) = value else {
        return Word::Missing;
    };
    match limit.trips {
        Trips::Above(trip) => word(value > trip, value <= limit.clear),
        Trips::Below(trip) => word(value < trip, value >= limit.clear),
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
    for (t, second) in recording.seconds.iter().enumerate() {
        let value = second.row.as_ref().and_then(&of);
        let held_until = holds.and_then(|holds| holds[t]);
        rule.second(t, judge(limit, value), alive(recording, t), held_until);
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
            rule.second(t, judge(limit, of(moment)), alive(recording, t), None);
        }
    }
    rule.episodes()
}
