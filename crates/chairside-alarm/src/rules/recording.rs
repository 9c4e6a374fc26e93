//! The record can't be written.

use chairside_model::MonoTime;

use crate::evidence::Lasted;
use crate::inputs::{Event, Inputs};
use crate::rules::{Rule, cause};
use crate::timer::Horizon;
use crate::{AlarmId, Priority, TechnicalRule, TechnicalRules};

#[derive(Debug)]
pub(crate) struct Stopped {
    rule: TechnicalRule,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Running,
    Stopping(MonoTime),
    Stopped(MonoTime),
    Resuming { stopped: MonoTime, since: MonoTime },
}

impl Stopped {
    pub(crate) const fn new(rules: &TechnicalRules) -> Self {
        Self {
            rule: rules.recording_stopped,
            state: State::Running,
        }
    }
}

impl Rule for Stopped {
    fn id(&self) -> AlarmId {
        AlarmId::RecordingStopped
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, _inputs: &Inputs) {
        let Event::Recording(running) = event else {
            return;
        };
        self.state = match (self.state, running) {
            (State::Running, false) => State::Stopping(now),
            (State::Stopped(stopped), true) if !self.rule.clear_hold.is_zero() => State::Resuming {
                stopped,
                since: now,
            },
            (State::Stopping(_) | State::Stopped(_), true) => State::Running,
            (State::Resuming { stopped, .. }, false) => State::Stopped(stopped),
            (state, _) => state,
        };
    }

    fn settle(&mut self, horizon: Horizon, inputs: &Inputs) {
        let due = self.next_deadline(inputs);
        if due.is_some_and(|due| horizon.reaches(due)) {
            self.state = match self.state {
                State::Stopping(since) | State::Stopped(since) => State::Stopped(since),
                State::Resuming { .. } | State::Running => State::Running,
            };
        }
    }

    fn next_deadline(&self, _inputs: &Inputs) -> Option<MonoTime> {
        match self.state {
            State::Running | State::Stopped(_) => None,
            State::Stopping(since) => Some(since + self.rule.delay),
            State::Resuming { since, .. } => Some(since + self.rule.clear_hold),
        }
    }

    fn causes(&self) -> u64 {
        cause(matches!(
            self.state,
            State::Stopped(_) | State::Resuming { .. }
        ))
    }

    fn priority(&self) -> Priority {
        self.rule.priority
    }

    fn evidence(&self, now: MonoTime, _inputs: &Inputs) -> String {
        let since = match self.state {
            State::Running => now,
            State::Stopping(since)
            | State::Stopped(since)
            | State::Resuming { stopped: since, .. } => since,
        };
        format!("record not written{}", Lasted(now.saturating_since(since)))
    }
}
