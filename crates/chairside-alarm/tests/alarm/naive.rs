//! The limits of `docs/alarms.md` as they are written, evaluated second by second without any
//! cleverness: what the engine is compared with.

pub(crate) mod airway;
pub(crate) mod features;

use std::collections::BTreeMap;

use chairside_alarm::{AlarmId, LimitSide, ThresholdRule};

/// What came in by the second: a frame's value, which may be missing; no entry where there was no
/// frame.
pub(crate) type Series = BTreeMap<u64, Option<f64>>;

/// A beginning or an end: when, of what, whether it begins.
pub(crate) type Edge = (u64, AlarmId, bool);

/// Evaluates a limit on a series whose source gives a sample every `period` seconds.
pub(crate) fn threshold(rule: &ThresholdRule, series: &Series, period: u64) -> Vec<Edge> {
    changing(rule, &BTreeMap::new(), series, period)
}

/// The same of a limit that changes, each time after the sample of that second.
pub(crate) fn changing(
    first: &ThresholdRule,
    changes: &BTreeMap<u64, ThresholdRule>,
    series: &Series,
    period: u64,
) -> Vec<Edge> {
    let whole = |duration: std::time::Duration| duration.as_secs();
    let gap = 3 * period;
    let beyond = |rule: &ThresholdRule, value: f64| match rule.side {
        LimitSide::High => value > rule.trip.number(),
        LimitSide::Low => value < rule.trip.number(),
    };
    let good = |rule: &ThresholdRule, value: f64| match rule.side {
        LimitSide::High => value <= rule.clear.number(),
        LimitSide::Low => value >= rule.clear.number(),
    };
    let mut edges = Vec::new();
    let (Some((start, _)), Some((end, _))) = (series.first_key_value(), series.last_key_value())
    else {
        return edges;
    };
    let mut present = false;
    let mut violated_since: Option<u64> = None;
    let mut good_since: Option<u64> = None;
    let mut last_sample: Option<u64> = None;
    let mut last_frame = *start;
    for now in *start..=*end {
        let frame = series.get(&now);
        if let Some(sample) = frame {
            last_frame = now;
            if let Some(value) = sample {
                if last_sample.is_some_and(|last| now - last > gap) {
                    violated_since = None;
                    good_since = None;
                }
                last_sample = Some(now);
                let before = changes.range(..now).next_back();
                let rule = before.map_or(first, |(_, rule)| rule);
                violated_since = beyond(rule, *value).then(|| violated_since.unwrap_or(now));
                good_since = good(rule, *value).then(|| good_since.unwrap_or(now));
            }
        }
        // More than two samples are missing.
        if last_sample.is_some_and(|last| now - last >= gap) {
            violated_since = None;
            good_since = None;
        }
        // No frame at this tick of the source: nothing begins and nothing ends.
        if now - last_frame >= period && frame.is_none() {
            continue;
        }
        let last_change = changes.range(..=now).next_back();
        let rule = last_change.map_or(first, |(_, rule)| rule);
        // Nobody knows by the new limit before the next sample.
        if last_change.is_some_and(|(at, _)| last_sample.is_none_or(|last| last <= *at)) {
            continue;
        }
        let hold = whole(rule.clear_hold);
        let delay = if period > whole(rule.delay) {
            0
        } else {
            whole(rule.delay)
        };
        if !present && violated_since.is_some_and(|since| now - since >= delay) {
            present = true;
            edges.push((now, rule.id, true));
        } else if present && good_since.is_some_and(|since| now - since >= hold) {
            present = false;
            edges.push((now, rule.id, false));
        }
    }
    edges
}
