//! What no device says and somebody else must: the record, the displays, the delivery of alarms.

use chairside_model::MonoTime;

use crate::evidence::Lasted;
use crate::inputs::{Event, Inputs, Told};
use crate::reach::{Words, alike};
use crate::rules::{Rule, cause};
use crate::timer::Horizon;
use crate::{
    AlarmId, Audience, Delivery, Priority, TechnicalRule, TechnicalRules, Transition, Unheard,
};

pub(crate) fn build(rules: &TechnicalRules) -> impl Iterator<Item = Box<dyn Rule>> {
    [
        (What::Record, Some(rules.recording_stopped)),
        (What::Audience(Hearing::default()), rules.no_station),
        (What::Delivery(None), rules.delivery_failed),
    ]
    .into_iter()
    .filter_map(|(what, rule)| {
        let rule = rule?;
        Some(Box::new(ToldOf {
            what,
            rule,
            state: State::Good,
            words: 0,
        }) as Box<dyn Rule>)
    })
}

/// A condition that is told from outside: since when it is bad, until it is good again.
#[derive(Debug)]
struct ToldOf {
    what: What,
    rule: TechnicalRule,
    state: State,
    /// How often why it is bad became something else.
    words: u64,
}

/// What it is about.
#[derive(Debug)]
enum What {
    Record,
    Audience(Hearing),
    /// What was last said of one that waits.
    Delivery(Option<Box<str>>),
}

/// Nobody hears anything until it is said, and nobody need while no session is open.
#[derive(Debug, Default)]
struct Hearing {
    session: bool,
    /// When that was last told.
    opened: MonoTime,
    hears: bool,
    /// Why nobody does, or did, once that was said.
    why: Option<Box<[Unheard]>>,
}

/// What was told of it.
struct News {
    /// Since when it is bad; nothing when it is good.
    bad: Option<MonoTime>,
    /// Why it is bad is another reason than before.
    is_other: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Good,
    Failing(MonoTime),
    Bad(MonoTime),
    Mending { bad: MonoTime, since: MonoTime },
}

impl What {
    /// Takes what is told; returns what that means, if it is about this.
    fn take(&mut self, now: MonoTime, told: Told<'_>) -> Option<News> {
        let mut is_other = false;
        let bad = match (self, told) {
            (Self::Record, Told::Recording(runs)) => (!runs).then_some(now),
            (Self::Delivery(known), Told::Delivered(Delivery::Done)) => {
                *known = None;
                None
            }
            (Self::Delivery(known), Told::Delivered(Delivery::Waits { since, why })) => {
                is_other = known.as_deref() != Some(why);
                *known = Some(why.into());
                Some(since.min(now))
            }
            (Self::Audience(hearing), Told::Session(open)) => {
                hearing.session = open;
                hearing.opened = now;
                hearing.is_missed().then_some(now)
            }
            (Self::Audience(hearing), Told::Audience(audience)) => {
                is_other = hearing.take(audience);
                let last_heard = match audience {
                    Audience::Nobody { since, .. } => since,
                    Audience::Heard => None,
                };
                // Nobody had to hear anything before the session opened.
                let since = last_heard.map_or(now, |then| then.max(hearing.opened).min(now));
                hearing.is_missed().then_some(since)
            }
            (Self::Record | Self::Audience(_) | Self::Delivery(_), _) => return None,
        };
        Some(News { bad, is_other })
    }
}

impl Hearing {
    /// Takes who hears; returns whether nobody does for another reason than before.
    fn take(&mut self, audience: Audience<'_>) -> bool {
        self.hears = matches!(audience, Audience::Heard);
        let Audience::Nobody { why, .. } = audience else {
            return false;
        };
        let before = self.why.replace(why.into());
        !before.is_some_and(|before| alike(&before, why))
    }

    const fn is_missed(&self) -> bool {
        self.session && !self.hears
    }
}

impl Rule for ToldOf {
    fn id(&self) -> AlarmId {
        match self.what {
            What::Record => AlarmId::RecordingStopped,
            What::Audience(_) => AlarmId::NoStation,
            What::Delivery(_) => AlarmId::DeliveryFailed,
        }
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, _inputs: &Inputs) {
        let Event::Told(told) = event else {
            return;
        };
        let Some(News { bad, is_other }) = self.what.take(now, *told) else {
            return;
        };
        self.words += u64::from(is_other);
        self.state = match (self.state, bad) {
            (State::Good, Some(since)) => State::Failing(since),
            // The one that waited longest may be delivered, and another one waits.
            (State::Failing(_), Some(since)) if matches!(self.what, What::Delivery(_)) => {
                State::Failing(since)
            }
            (State::Bad(bad), None) if !self.rule.clear_hold.is_zero() => {
                State::Mending { bad, since: now }
            }
            (State::Failing(_) | State::Bad(_), None) => State::Good,
            (State::Mending { bad, .. }, Some(_)) => State::Bad(bad),
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

    fn words(&self) -> u64 {
        self.words
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
        Some(match &self.what {
            What::Record => format!("record not written{lasted}"),
            What::Audience(hearing) => {
                let what = format!("session open and no display that can be heard{lasted}");
                match &hearing.why {
                    Some(why) => format!("{what}: {}", Words(why, now)),
                    None => what,
                }
            }
            What::Delivery(why) => {
                let what = format!("an alarm has not been delivered{lasted}");
                match why {
                    Some(why) => format!("{what}: {why}"),
                    None => what,
                }
            }
        })
    }
}
