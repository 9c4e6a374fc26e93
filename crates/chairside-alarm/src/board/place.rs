//! One alarm of a bed: its condition, its signal, and what people set.

use std::time::Duration;

use chairside_model::MonoTime;

use crate::inputs::{AlarmSet, Inputs};
use crate::rules::Rule;
use crate::signal::SignalEvent;
use crate::timer::Horizon;
use crate::{
    AlarmKind, Occurrence, Priority, SignalPresence, Suspension, SuspensionChange, SuspensionEnd,
    SuspensionKind, Transition,
};

/// What is said of an alarm of which neither the rule nor what was told says why.
const NOTHING_READ: &str = "nothing has been read since the restart";

/// The calls of a bed: each time people are called takes the next number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calls {
    pub(super) last: u64,
    pub(super) realarm: Duration,
}

#[derive(Debug)]
pub(super) struct Place {
    pub(super) state: Transition,
    /// The first call of the episode, once it has called. Of one that a restart took up, the last.
    pub(super) first_call: Option<u64>,
    pub(super) causes: u64,
    /// Which words of its rule the evidence is in.
    pub(super) words: u64,
    /// The members of its family that are worse.
    pub(super) worse: AlarmSet,
    pub(super) priority_max: Priority,
    pub(super) changed: bool,
    /// When an acknowledged alarm is called again.
    pub(super) realarm_due: Option<MonoTime>,
    /// Apart, for few places have one and all of them are looked at with each step.
    pub(super) suspension: Option<Box<Suspension>>,
}

impl Place {
    pub(super) fn begin(&mut self, now: MonoTime, occurrence: Occurrence, calls: &mut Calls) {
        self.state.present = true;
        self.state.occurrence = occurrence;
        self.state.since = now;
        self.first_call = None;
        self.changed = true;
        let paused = self.is_paused();
        self.signal(now, SignalEvent::Onset { paused }, calls);
    }

    /// Takes the evidence. Where there is none, what was told before the restart is the last that
    /// is known.
    pub(super) fn fired_by(&mut self, evidence: Option<String>) {
        if let Some(evidence) = evidence {
            self.state.evidence = evidence;
        } else if self.state.evidence.is_empty() {
            NOTHING_READ.clone_into(&mut self.state.evidence);
        }
    }

    /// Returns the pause that this ended, if it did.
    pub(super) fn go_on(
        &mut self,
        now: MonoTime,
        causes: u64,
        (rule, inputs): (&dyn Rule, &Inputs),
        calls: &mut Calls,
    ) -> Option<SuspensionChange> {
        let priority = rule.priority();
        let another = causes & !self.causes != 0;
        let is_worse = another || priority > self.state.priority;
        if causes != self.causes || rule.words() != self.words {
            self.words = rule.words();
            self.fired_by(rule.evidence(now, inputs));
            self.changed = true;
        }
        self.changed |= priority != self.state.priority;
        self.state.priority = priority;
        if !is_worse {
            return None;
        }
        if self.state.signal == SignalPresence::On {
            self.call(calls);
        }
        self.worsened(now, calls)
    }

    pub(super) fn end(&mut self, now: MonoTime, calls: &mut Calls) {
        let latching = self.state.id.kind() == AlarmKind::Physiological
            && self.state.priority == Priority::High;
        self.state.present = false;
        self.changed = true;
        self.signal(now, SignalEvent::Ended { latching }, calls);
    }

    /// Takes that something worse joined: what people had seen or paused was something less.
    pub(super) fn worsened(
        &mut self,
        now: MonoTime,
        calls: &mut Calls,
    ) -> Option<SuspensionChange> {
        if self.state.present {
            self.signal(now, SignalEvent::Worsened, calls);
        }
        if self.is_paused() {
            self.end_suspension(now, SuspensionEnd::Worse, calls)
        } else {
            None
        }
    }

    pub(super) fn end_suspension(
        &mut self,
        now: MonoTime,
        why: SuspensionEnd,
        calls: &mut Calls,
    ) -> Option<SuspensionChange> {
        let suspension = self.suspension.take()?;
        self.signal(now, SignalEvent::PauseEnded, calls);
        Some(SuspensionChange {
            at: now,
            suspension: *suspension,
            ended: Some(why),
        })
    }

    pub(super) fn suspended(&self, kind: SuspensionKind) -> bool {
        let suspension = self.suspension.as_ref();
        suspension.is_some_and(|suspension| suspension.kind == kind)
    }

    pub(super) fn is_paused(&self) -> bool {
        self.suspended(SuspensionKind::AlarmPaused)
    }

    pub(super) fn suspension_is_over(&self, horizon: Horizon) -> bool {
        let suspension = self.suspension.as_ref();
        suspension.is_some_and(|suspension| horizon.reaches(suspension.until))
    }

    pub(super) fn stands(&self) -> bool {
        self.state.present || self.state.signal != SignalPresence::Off
    }

    pub(super) fn signal(&mut self, now: MonoTime, event: SignalEvent, calls: &mut Calls) {
        let before = self.state.signal;
        let signal = before.after(event);
        if signal == before {
            return;
        }
        self.changed = true;
        self.state.signal = signal;
        self.realarm_due = (signal == SignalPresence::Acknowledged).then(|| now + calls.realarm);
        if signal == SignalPresence::On {
            self.call(calls);
        }
    }

    pub(super) fn call(&mut self, calls: &mut Calls) {
        calls.last += 1;
        self.state.call = calls.last;
        self.first_call.get_or_insert(calls.last);
        self.changed = true;
    }
}
