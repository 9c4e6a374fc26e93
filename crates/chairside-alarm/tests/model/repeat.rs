//! The same program in another way: what may not make a difference.

use std::time::Duration;

use chairside_alarm::Transition;
use chairside_model::{DeviceId, MonoTime, Observation, Reading};

use crate::chance::Chance;
use crate::program::{Run, Step, What};

/// Ticks come late by less than this, milliseconds.
const LATE_MAX: u64 = 900;

pub(crate) fn once_more_is_the_same(run: &Run) -> Result<(), String> {
    let again = run.program.run();
    first_difference(run.told(), again.told())
}

/// Numbers of different devices that come at the same moment have no order (semantics 1).
pub(crate) fn the_order_of_devices_at_one_moment_does_not_matter(run: &Run) -> Result<(), String> {
    let mut program = run.program.clone();
    let mut chance = Chance::of(program.steps.len() as u64);
    let mut from = 0;
    while from < program.steps.len() {
        let at = program.steps[from].at;
        let device = |step: &Step| device(step).filter(|_| step.at == at);
        let steps = &mut program.steps[from..];
        let moment = steps
            .iter()
            .take_while(|step| device(step).is_some())
            .count();
        let turn = [0, 1, 2, 3][chance.index(4)];
        // Each device says what it says in its own order.
        steps[..moment].sort_by_key(|step| device(step).map(|id| id.0 ^ turn));
        from += moment.max(1);
    }
    let again = program.run();
    let sorted = |run: &Run| {
        let mut told: Vec<Transition> = run.told().cloned().collect();
        told.sort_by_key(|told| (told.at, told.id));
        told
    };
    first_difference(sorted(run).iter(), sorted(&again).iter())
}

fn device(step: &Step) -> Option<DeviceId> {
    match &step.what {
        // A cuff that begins to measure decides whether what comes after it is held back.
        What::Heard(device)
        | What::Frame(device)
        | What::Observed(Observation {
            device,
            reading: Reading::Numeric(_),
            ..
        }) => Some(*device),
        _ => None,
    }
}

fn first_difference<'a>(
    told: impl Iterator<Item = &'a Transition>,
    again: impl Iterator<Item = &'a Transition>,
) -> Result<(), String> {
    let (told, again): (Vec<_>, Vec<_>) = (told.collect(), again.collect());
    let same = told
        .iter()
        .zip(&again)
        .take_while(|(one, other)| one == other);
    let place = same.count();
    if told.len() == again.len() && place == told.len() {
        return Ok(());
    }
    let (told, again) = (told.get(place), again.get(place));
    Err(format!("{told:?}\nand another time\n{again:?}"))
}

/// Ticks that come late tell late, and nothing else.
pub(crate) fn late_ticks_change_only_when_people_are_told(run: &Run) -> Result<(), String> {
    let mut chance = Chance::of(run.program.steps.len() as u64);
    let late = run.program.run_late(LATE_MAX, &mut chance);
    // The words say how long it has lasted when people are told.
    let in_time = |late: &Transition, prompt: &Transition| Transition {
        at: prompt.at,
        since: prompt.since,
        evidence: prompt.evidence.clone(),
        ..late.clone()
    };
    let both = run.told().zip(late.told());
    let corrected: Vec<Transition> = both
        .map(|(prompt, late)| in_time(late, prompt))
        .chain(late.told().skip(run.told().count()).cloned())
        .collect();
    first_difference(run.told(), corrected.iter())?;
    for (prompt, late) in run.told().zip(late.told()) {
        let by = late.at.saturating_since(prompt.at);
        if late.at < prompt.at || by > Duration::from_millis(LATE_MAX) {
            return Err(format!("{prompt:?} in time is told at {}", late.at));
        }
    }
    Ok(())
}

/// A service that is killed in the middle of anything, and goes on at once, tells what one tells
/// that was not (`docs/alarms.md`, Restart). What began more than 15 minutes before is another
/// matter: the record is not read further back.
pub(crate) fn a_restart_in_the_middle_of_anything_changes_nothing(run: &Run) -> Result<(), String> {
    const READ_BACK: MonoTime = MonoTime::from_secs(15 * 60);
    let steps = &run.program.steps;
    let early = steps.partition_point(|step| step.at < READ_BACK);
    let mut chance = Chance::of(steps.len() as u64);
    if early == 0 {
        return Ok(());
    }
    let mut kills: Vec<usize> = (0..4).map(|_| chance.index(early)).collect();
    // Most of what can go wrong is near an alarm or a person.
    let records = run.records.iter().filter(|record| record.at < READ_BACK);
    let near: Vec<usize> = records
        .map(|record| record.steps.saturating_sub(1))
        .collect();
    if !near.is_empty() {
        kills.extend((0..4).map(|_| near[chance.index(near.len())] + chance.index(3)));
    }
    let killed = run.program.run_killed_after(&kills);
    first_difference(run.told(), killed.told())
        .map_err(|why| format!("{why}\nkilled after the steps {kills:?}"))
}
