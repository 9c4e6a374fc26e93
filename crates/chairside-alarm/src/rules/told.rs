//! What no device says and somebody else must: the record, the displays, the delivery of alarms.

use chairside_model::MonoTime;

use crate::evidence::Lasted;
use crate::inputs::{Event, Inputs, Told};
use crate::rules::{Rule, cause};
use crate::timer::Horizon;
use crate::{AlarmId, Priority, TechnicalRule, TechnicalRules, Transition};

pub(crate) fn build(rules: &TechnicalRules) -> impl Iterator<Item = Box<dyn Rule>> {
    [
        (What::Record, Some(rules.recording_stopped)),
        (What::Audience(Hearing::default()), rules.no_station),
        (What::Delivery, rules.delivery_failed),
    ]
    .into_iter()
    .filter_map(|(what, rule)| {
        let rule = rule?;
        Some(Box::new(ToldOf {
            what,
            rule,
            state: State::Good,
        }) as Box<dyn Rule>)
    })
}

/// A condition that is told from outside: since when it is bad, until it is good again.
#[derive(Debug)]
struct ToldOf {
    what: What,
    rule: TechnicalRule,
    state: State,
}

/// What it is about.
#[derive(Clone, Copy, Debug)]
enum What {
    Record,
    Audience(Hearing),
    Delivery,
}

/// Nobody hears anything until it is said, and nobody need while no session is open.
#[derive(Clone, Copy, Debug, Default)]
struct Hearing {
    session: bool,
    hears: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Good,
    Failing(MonoTime),
    Bad(MonoTime),
    Mending { bad: MonoTime, since: MonoTime },
}

impl What {
    /// Takes what is told; returns whether it is good now, if it is about this.
    fn take(&mut self, told: Told<'_>) -> Option<bool> {
        match (self, told) {
            (Self::Record, Told::Recording(runs)) => Some(runs),
            (Self::Delivery, Told::Delivered(all)) => Some(all),
            (Self::Audience(hearing), Told::Session(open)) => {
                hearing.session = open;
                Some(hearing.hears || !open)
            }
            (Self::Audience(hearing), Told::Audience(hears)) => {
                hearing.hears = hears;
                Some(hears || !hearing.session)
            }
            (Self::Record | Self::Audience(_) | Self::Delivery, _) => None,
        }
    }
}

impl Rule for ToldOf {
    fn id(&self) -> AlarmId {
        match self.what {
            What::Record => AlarmId::RecordingStopped,
            What::Audience(_) => AlarmId::NoStation,
            What::Delivery => AlarmId::DeliveryFailed,
        }
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, _inputs: &Inputs) {
        let Event::Told(told) = event else {
            return;
        };
        let Some(good) = self.what.take(*told) else {
            return;
        };
        self.state = match (self.state, good) {
            (State::Good, false) => State::Failing(now),
            (State::Bad(bad), true) if !self.rule.clear_hold.is_zero() => {
                State::Mending { bad, since: now }
            }
            (State::Failing(_) | State::Bad(_), true) => State::Good,
            (State::Mending { bad, .. }, false) => State::Bad(bad),
            (state, _) => state,
        };
    }

    fn settle(&mut self, horizon: Horizon, inputs: &Inputs) {
        let due = self.next_deadline(inputs);
        if due.is_some_and(|due| horizon.reaches(due)) {
            self.state = match self.state {
                State::Failing(since) | State::Bad(since) => State::Bad(since),
                State::Mending { .. } | State::Good => State::Good,
            };
        }
    }

    fn next_deadline(&self, _inputs: &Inputs) -> Option<MonoTime> {
        match self.state {
            State::Good | State::Bad(_) => None,
            State::Failing(since) => Some(since + self.rule.delay),
            State::Mending { since, .. } => Some(since + self.rule.clear_hold),
        }
    }

    fn causes(&self) -> u64 {
        cause(matches!(self.state, State::Bad(_) | State::Mending { .. }))
    }

    fn priority(&self) -> Priority {
        self.rule.priority
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.state = told.map_or(State::Good, |told| {
            State::Bad(told.since.saturating_sub(self.rule.delay))
        });
    }

    fn evidence(&self, now: MonoTime, _inputs: &Inputs) -> Option<String> {
        let since = match self.state {
            State::Good => now,
            State::Failing(since) | State::Bad(since) | State::Mending { bad: since, .. } => since,
        };
        let lasted = Lasted(now.saturating_since(since));
        Some(match self.what {
            What::Record => format!("record not written{lasted}"),
            What::Audience(_) => {
                format!("session open and no display that can be heard{lasted}")
            }
            What::Delivery => format!("an alarm has reached nobody{lasted}"),
        })
    }
}
