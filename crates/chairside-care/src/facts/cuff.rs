//! When a cuff reading was to be expected in a session, as the session itself had it.

use std::collections::BTreeSet;
use std::time::Duration;

use chairside_alarm::{AlarmKind, Priority};
use chairside_model::MonoTime;

use super::{Entries, Fact, SessionFacts, StageTaken};
use crate::treatment::HighAlarm;
use crate::{ScoreEntry, ScoreId, Stage};

/// However short the plan makes it: a session has a bounded number of rows.
const INTERVAL_MIN: Duration = Duration::from_mins(1);

/// A time in which a cuff reading is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CuffInterval {
    pub(crate) stage: Stage,
    pub(crate) from: MonoTime,
    /// When it is over by the plan; a stage may end before.
    pub(crate) due: MonoTime,
    /// The next one begins, or the session ends.
    pub(crate) until: MonoTime,
}

impl CuffInterval {
    /// Tells whether it lasted as long as the plan has it: only then a reading is missing without
    /// one.
    pub(crate) fn is_whole(&self) -> bool {
        self.until >= self.due
    }

    pub(crate) fn planned(&self) -> Duration {
        self.due.saturating_since(self.from)
    }
}

/// What of a session says how often the cuff is expected.
pub(crate) struct CuffTimes<'a> {
    facts: &'a SessionFacts,
    entries: &'a Entries,
    stages: Vec<StageTaken>,
    /// How alarms of high priority stood from each moment on.
    high: Vec<(MonoTime, HighAlarm)>,
    /// When the interval can have become another, in order.
    changes: BTreeSet<MonoTime>,
}

impl<'a> CuffTimes<'a> {
    pub(crate) fn of(facts: &'a SessionFacts, entries: &'a Entries) -> Self {
        let high = high_alarms(facts);
        let after = facts.cuff.close_after_alarm;
        let ends = high.iter().filter_map(|(_, state)| match state {
            HighAlarm::Over(at) => Some(*at + after),
            HighAlarm::Never | HighAlarm::Stands => None,
        });
        let rated = entries.in_force.scores();
        let rated = rated.filter(|(_, score)| score.id == ScoreId::Moaas);
        let stages = facts.stages(entries);
        let late = stages.iter().map(|one| one.from + facts.cuff.late_after);
        let changes = high.iter().map(|(at, _)| *at).chain(ends);
        let changes = changes.chain(rated.map(|(_, score)| score.at)).chain(late);
        Self {
            changes: changes.collect(),
            facts,
            entries,
            stages,
            high,
        }
    }

    /// Returns the intervals from the opening to the end: a new one with each stage.
    pub(crate) fn intervals(&self) -> Vec<CuffInterval> {
        let mut intervals = Vec::new();
        for taken in &self.stages {
            if taken.stage == Stage::Scheduled {
                continue;
            }
            let mut from = taken.from.max(self.facts.opened);
            while from < taken.until {
                let due = self.due_in(taken, from);
                let until = due.min(taken.until);
                intervals.push(CuffInterval {
                    stage: taken.stage,
                    from,
                    due,
                    until,
                });
                from = until;
            }
        }
        intervals
    }

    /// Returns when the reading after one of that moment is due.
    pub(crate) fn due(&self, from: MonoTime) -> Option<MonoTime> {
        let mut stages = self.stages.iter();
        let first = stages.rposition(|taken| taken.from <= from)?;
        // A step can bring it sooner, or put it off.
        self.stages[first..].iter().find_map(|taken| {
            let due = self.due_in(taken, from);
            let is_last = taken.until >= self.facts.end();
            (is_last || due <= taken.until).then_some(due)
        })
    }

    /// The interval can become another while it lasts: what comes sooner is due sooner, and what
    /// is put off is due later.
    fn due_in(&self, taken: &StageTaken, from: MonoTime) -> MonoTime {
        let begins = from.max(taken.from);
        let mut due = from + self.interval(taken, begins);
        for at in self.changes.iter().copied().filter(|at| *at > begins) {
            if at >= due {
                break;
            }
            due = (from + self.interval(taken, at)).max(at);
        }
        due.max(begins)
    }

    fn interval(&self, taken: &StageTaken, at: MonoTime) -> Duration {
        let plan = &self.facts.cuff;
        let high = self.high.iter().rev().find(|(since, _)| *since <= at);
        let high = high.map_or(HighAlarm::Never, |(_, state)| *state);
        let moaas = ScoreEntry::latest(self.entries.in_force.scores(), ScoreId::Moaas, at);
        let moaas = moaas.and_then(ScoreEntry::total);
        let closely = plan.is_close(moaas, high.over_for(at));
        let interval = plan.interval(taken.stage, at.saturating_since(taken.from), closely);
        interval.max(INTERVAL_MIN)
    }
}

/// Returns how alarms of high priority about the patient stood: from the opening on what stood
/// then, and each change up to the end.
fn high_alarms(facts: &SessionFacts) -> Vec<(MonoTime, HighAlarm)> {
    let mut standing = BTreeSet::new();
    let mut state = HighAlarm::Never;
    let mut found = Vec::new();
    let until_end = facts.facts.iter();
    for fact in until_end.take_while(|fact| fact.at() <= facts.end()) {
        let Fact::Alarm(told) = fact else { continue };
        let is_high = told.priority == Priority::High && told.id.kind() == AlarmKind::Physiological;
        if told.present && is_high {
            standing.insert(told.id);
        } else {
            standing.remove(&told.id);
        }
        let next = state.next(told.at, !standing.is_empty());
        let is_of_before = told.at < facts.opened && next != HighAlarm::Stands;
        let next = if is_of_before { HighAlarm::Never } else { next };
        if next != state {
            state = next;
            found.push((told.at, state));
        }
    }
    found
}
