//! The checkers.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, SignalPresence, Transition};
use chairside_e2e::world::{Run, What};
use chairside_model::{BedId, Metric, MonoTime, Reading};
use chairside_station::Entry;

use super::{Plot, onsets_at, since};

/// Between a change of the patient and the frame that says so: a polled device is asked each
/// second, and a damaged answer is asked for again.
pub(super) const SLACK: Duration = Duration::from_millis(3500);

/// `SPO2_LOW`: how long below, and how long good again (the default profile).
const SPO2_DELAY: Duration = Duration::from_secs(10);

/// `DEVICE_LINK_LOST`: how long without a frame, where they come every few seconds.
pub(super) const LINK_LOST: Duration = Duration::from_secs(10);

/// `NIBP_VERY_HIGH`: at or above, mmHg.
const VERY_HIGH: f64 = 180.0;

/// Returns the onsets of an alarm: the condition became present.
pub(super) fn onsets(run: &Run, id: AlarmId) -> impl Iterator<Item = (BedId, MonoTime)> {
    transitions(run)
        .filter(move |(_, transition)| transition.id == id && is_onset(transition))
        .map(|(bed, transition)| (bed, transition.at))
}

/// At its onset, and only then, an alarm's transition is as old as its condition.
fn is_onset(transition: &Transition) -> bool {
    transition.present
        && transition.signal == SignalPresence::On
        && transition.at == transition.since
}

fn transitions(run: &Run) -> impl Iterator<Item = (BedId, &Transition)> {
    run.records.iter().filter_map(|record| match &record.entry {
        Entry::Alarm { bed, transition } => Some((*bed, transition)),
        _ => None,
    })
}

pub(super) fn records_are_numbered_and_in_order(run: &Run, told: &str) {
    let mut last = (0, MonoTime::ZERO);
    for record in &run.records {
        assert_eq!(record.sequence, last.0 + 1, "{told}: a gap in the numbers");
        assert!(
            record.at >= last.1,
            "{told}: time falls at {}",
            record.sequence
        );
        last = (record.sequence, record.at);
    }
}

pub(super) fn alarms_walk_only_legal_edges(run: &Run, told: &str) {
    let mut states: BTreeMap<(BedId, AlarmId), Transition> = BTreeMap::new();
    let mut newest: BTreeMap<BedId, Occurrence> = BTreeMap::new();
    for (bed, transition) in transitions(run) {
        let place = (bed, transition.id);
        let before = states.get(&place);
        let standing =
            before.is_some_and(|before| before.present || before.signal != SignalPresence::Off);
        let what = || format!("{told}: {bed}: {before:?} then {transition:?}");
        assert!(!transition.evidence.is_empty(), "{}", what());
        if let Some(before) = before {
            let unchanged = Transition {
                at: before.at,
                ..transition.clone()
            };
            assert_ne!(*before, unchanged, "{}", what());
        }
        let silent = transition.present && transition.signal == SignalPresence::Off;
        assert!(!silent, "{}: present and nobody is told", what());
        let numbered = newest
            .get(&bed)
            .is_none_or(|newest| transition.occurrence > *newest);
        if standing && !(numbered && is_onset(transition)) {
            let same = before.map(|before| before.occurrence);
            assert_eq!(same, Some(transition.occurrence), "{}", what());
        } else {
            assert!(
                numbered && transition.present,
                "{}: not a new episode",
                what()
            );
            newest.insert(bed, transition.occurrence);
        }
        if transition.signal == SignalPresence::Acknowledged {
            let given = run.journal.iter().any(|entry| {
                matches!(entry.what, What::Acknowledged(to, occurrence)
                    if to == bed && occurrence == transition.occurrence && entry.at <= transition.at)
            });
            assert!(given, "{}: nobody acknowledged it", what());
        }
        states.insert(place, transition.clone());
    }
}

pub(super) fn no_value_is_invented(run: &Run, plot: &Plot, told: &str) {
    let slack = plot.slack();
    let mut values = 0;
    for record in &run.records {
        let Entry::Observed { bed, observation } = &record.entry else {
            continue;
        };
        let Reading::Numeric(numeric) = &observation.reading else {
            continue;
        };
        let Some(value) = numeric.measured.valid().filter(|_| *bed == plot.bed) else {
            continue;
        };
        if numeric.metric != Metric::SpO2 {
            continue;
        }
        values += 1;
        let at = since(record.at);
        let was = |from: Duration, to: Duration| from <= at && at <= to + slack;
        let dips = plot.dips.iter().filter(|(from, to, _)| was(*from, *to));
        let mut possible = dips.map(|(_, _, percent)| *percent).chain([95.0]);
        assert!(
            possible.any(|percent| (percent - value.number()).abs() < 0.5),
            "{told}: {} at {at:?} on {} ({plot:?})",
            value.number(),
            plot.simulated.name
        );
    }
    // At least one in twenty seconds, of the rarest and on the worst line.
    assert!(
        values >= 60 || !plot.gives(Metric::SpO2),
        "{told}: {values} saturations on {}",
        plot.simulated.name
    );
}

pub(super) fn a_dip_is_an_alarm_and_nothing_else_is(run: &Run, plot: &Plot, told: &str) {
    let slack = plot.slack();
    let onsets = onsets_at(run, plot, AlarmId::Spo2Low);
    if !plot.gives(Metric::SpO2) {
        assert!(
            onsets.is_empty(),
            "{told}: no saturation and an alarm of one"
        );
        return;
    }
    for at in &onsets {
        let cause = plot
            .dips
            .iter()
            .any(|(from, to, _)| *from + SPO2_DELAY <= *at + slack && *at <= *to + slack);
        assert!(cause, "{told}: SPO2_LOW at {at:?} without a dip ({plot:?})");
    }
    for (from, to, _) in &plot.dips {
        let within = onsets.iter().filter(|at| (*from..*to + slack).contains(at));
        let count = within.count();
        assert!(count <= 1, "{told}: {count} alarms for one dip");
        // On a noisy line frames are lost, and with them the right to be that strict.
        let long = *to > *from + SPO2_DELAY + slack;
        if long && !plot.noisy {
            let due = onsets
                .iter()
                .any(|at| (*from + SPO2_DELAY..*from + SPO2_DELAY + slack).contains(at));
            assert!(
                due,
                "{told}: no SPO2_LOW in time for {from:?}..{to:?} ({plot:?}): {onsets:?}"
            );
        }
    }
}

pub(super) fn a_high_pressure_is_an_alarm_at_its_reading(run: &Run, plot: &Plot, told: &str) {
    let slack = plot.slack();
    let onsets = onsets_at(run, plot, AlarmId::NibpVeryHigh);
    if !plot.gives(Metric::NibpSystolic) {
        assert!(onsets.is_empty(), "{told}: no cuff and an alarm of one");
        return;
    }
    for at in &onsets {
        let cause = plot.cuffs.iter().any(|(ended, systolic)| {
            *systolic >= VERY_HIGH && (*ended..*ended + slack * 2).contains(at)
        });
        assert!(
            cause,
            "{told}: NIBP_VERY_HIGH at {at:?} without a reading ({plot:?})"
        );
    }
    let mut standing = false;
    for (ended, systolic) in &plot.cuffs {
        let within = *ended..*ended + slack * 2;
        let count = onsets.iter().filter(|at| within.contains(at)).count();
        let due = usize::from(*systolic >= VERY_HIGH && !standing);
        assert_eq!(
            count, due,
            "{told}: the reading of {systolic} at {ended:?} ({plot:?}): {onsets:?}"
        );
        standing = *systolic >= VERY_HIGH;
    }
}

pub(super) fn a_pulled_cable_is_an_alarm_in_time(run: &Run, plot: &Plot, told: &str) {
    let (slack, link_lost) = (plot.slack(), plot.link_lost());
    let onsets = onsets_at(run, plot, AlarmId::DeviceLinkLost);
    // With noise, the last frames before the cable was pulled may have been lost already.
    let early = if plot.noisy { slack * 2 } else { slack };
    for at in &onsets {
        let cause = plot
            .unplugged
            .iter()
            .any(|(out, back)| *out + link_lost <= *at + slack && *at <= *back + slack);
        assert!(
            cause,
            "{told}: DEVICE_LINK_LOST at {at:?} with the cable in ({plot:?})"
        );
    }
    for (out, back) in &plot.unplugged {
        let lost_at = *out + link_lost;
        let due = lost_at.saturating_sub(early)..lost_at + Duration::from_millis(100);
        let count = onsets.iter().filter(|at| due.contains(at)).count();
        if *back > *out + link_lost {
            assert_eq!(count, 1, "{told}: {out:?}..{back:?} ({plot:?}): {onsets:?}");
        }
    }
}
