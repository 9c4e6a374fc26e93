//! The alarms of a bed as people know them: conditions turned into signals, and each change told
//! once.

use std::time::Duration;

use chairside_model::MonoTime;

use crate::inputs::{AlarmSet, Inputs};
use crate::rules::Rule;
use crate::signal::SignalEvent;
use crate::timer::Horizon;
use crate::{
    Act, AlarmId, Occurrence, OperatorAction, Priority, SignalPresence, Suspension,
    SuspensionChange, SuspensionEnd, SuspensionKind, Transition,
};

mod check;
mod place;

use place::{Calls, Place};

/// One place for each alarm that the bed has a rule for, in the order of its rules.
#[derive(Debug)]
pub(crate) struct Board {
    places: Vec<Place>,
    last_occurrence: u64,
    calls: Calls,
    /// When the first of what people set is over, or an acknowledged alarm is called again.
    due: Option<MonoTime>,
    suspensions_changed: Vec<SuspensionChange>,
}

impl Board {
    pub(crate) fn new(
        rules: &[Box<dyn Rule>],
        families: &[Vec<AlarmId>],
        realarm: Duration,
    ) -> Self {
        let places = rules.iter().map(|rule| Place {
            state: Transition {
                at: MonoTime::ZERO,
                id: rule.id(),
                occurrence: Occurrence(0),
                priority: Priority::Low,
                present: false,
                signal: SignalPresence::Off,
                call: 0,
                superseded: false,
                since: MonoTime::ZERO,
                mode: None,
                evidence: String::new(),
            },
            first_call: None,
            causes: 0,
            words: 0,
            worse: worse_than(rule.id(), families),
            priority_max: rule.priority_max(),
            changed: false,
            realarm_due: None,
            suspension: None,
        });
        Self {
            places: places.collect(),
            last_occurrence: 0,
            calls: Calls { last: 0, realarm },
            due: None,
            suspensions_changed: Vec::new(),
        }
    }

    pub(crate) fn resume_occurrences_after(&mut self, last: Occurrence) {
        self.last_occurrence = self.last_occurrence.max(last.0);
    }

    pub(crate) fn resume_calls_after(&mut self, last: u64) {
        self.calls.last = self.calls.last.max(last);
    }

    /// Takes up what people were told of an alarm and when they acknowledged it, if they have;
    /// false when nothing judges it any more.
    pub(crate) fn adopt(
        &mut self,
        told: &Transition,
        acknowledged: Option<MonoTime>,
        rules: &[Box<dyn Rule>],
    ) -> bool {
        self.resume_occurrences_after(told.occurrence);
        self.resume_calls_after(told.call);
        let mut known = self.places.iter_mut().zip(rules);
        let Some((place, rule)) = known.find(|(place, _)| place.state.id == told.id) else {
            return false;
        };
        place.state = told.clone();
        place.first_call = (told.call > 0).then_some(told.call);
        // What is present and was not told is told as new with the next change.
        place.causes = if told.present { rule.causes() } else { 0 };
        place.words = rule.words();
        place.realarm_due = acknowledged.map(|at| at + self.calls.realarm);
        self.work_out_due();
        true
    }

    /// Takes up what a person has suspended; ends it at once where the profile does not allow it
    /// any more. What was told of the alarm is taken up before.
    pub(crate) fn adopt_suspension(&mut self, now: MonoTime, suspension: Suspension) {
        let allowed = self
            .may_be_suspended(suspension.id, suspension.kind)
            .is_ok();
        let mut places = self.places.iter_mut();
        let place = places.find(|place| place.state.id == suspension.id);
        let why = SuspensionEnd::Restart;
        let ended = match place {
            Some(place) => {
                place.suspension = Some(Box::new(suspension));
                let end = (!allowed).then(|| place.end_suspension(now, why, &mut self.calls));
                end.flatten()
            }
            None => Some(SuspensionChange {
                at: now,
                suspension,
                ended: Some(why),
            }),
        };
        self.suspensions_changed.extend(ended);
        self.work_out_due();
    }

    pub(crate) const fn last_call(&self) -> u64 {
        self.calls.last
    }

    pub(crate) const fn next_deadline(&self) -> Option<MonoTime> {
        self.due
    }

    pub(crate) fn standing(&self) -> impl Iterator<Item = &Transition> {
        self.places
            .iter()
            .filter(|place| place.stands())
            .map(|place| &place.state)
    }

    /// Returns the alarm of an episode of which something stands.
    pub(crate) fn alarm_of(&self, occurrence: Occurrence) -> Option<AlarmId> {
        let mut standing = self.standing();
        let episode = standing.find(|state| state.occurrence == occurrence);
        episode.map(|state| state.id)
    }

    pub(crate) fn suspensions(&self) -> impl Iterator<Item = &Suspension> {
        self.places
            .iter()
            .filter_map(|place| place.suspension.as_deref())
    }

    pub(crate) fn suspensions_changed(&mut self) -> impl Iterator<Item = SuspensionChange> {
        self.suspensions_changed.drain(..)
    }

    /// Returns the alarms whose rules are off.
    pub(crate) fn rules_off(&self) -> AlarmSet {
        let off = self.suspensions();
        AlarmSet::of(
            off.filter(|suspension| suspension.kind == SuspensionKind::RuleOff)
                .map(|suspension| suspension.id),
        )
    }

    /// Does what a person wants, if it can be done.
    pub(crate) fn operator(&mut self, now: MonoTime, act: &Act<'_>) {
        if self.check(act).is_err() {
            return;
        }
        match act.action {
            OperatorAction::Acknowledge(occurrence) => {
                let standing = self.places.iter_mut().find(|place| {
                    place.state.occurrence == occurrence
                        && place.state.signal != SignalPresence::Off
                });
                if let Some(place) = standing {
                    place.signal(now, SignalEvent::Acknowledged, &mut self.calls);
                }
            }
            OperatorAction::PauseAlarm { id, seconds } => {
                self.suspend(now, (id, SuspensionKind::AlarmPaused), seconds, act);
            }
            OperatorAction::SwitchOff { id, seconds } => {
                self.suspend(now, (id, SuspensionKind::RuleOff), seconds, act);
            }
            OperatorAction::ResumeAlarm { id } | OperatorAction::SwitchOn { id } => {
                let place = self.places.iter_mut().find(|place| place.state.id == id);
                let ended = place.and_then(|place| {
                    place.end_suspension(now, SuspensionEnd::Person, &mut self.calls)
                });
                self.suspensions_changed.extend(ended);
            }
            // The rules', whom the engine tells; and of who comes or not the alarm knows nothing.
            OperatorAction::ConfirmDevice(_)
            | OperatorAction::Call
            | OperatorAction::Help(_)
            | OperatorAction::Decline(_)
            | OperatorAction::Accept { .. }
            | OperatorAction::Arrive { .. }
            | OperatorAction::Cuff(_)
            | OperatorAction::PauseAudio { .. }
            | OperatorAction::ResumeAudio
            | OperatorAction::AudioOff { .. }
            | OperatorAction::SetLimit { .. }
            | OperatorAction::OpenSession(..)
            | OperatorAction::CloseSession(_)
            | OperatorAction::EnterPhase(_) => {}
        }
        self.work_out_due();
    }

    fn suspend(
        &mut self,
        now: MonoTime,
        (id, kind): (AlarmId, SuspensionKind),
        seconds: u32,
        act: &Act<'_>,
    ) {
        let place = self.places.iter_mut().find(|place| place.state.id == id);
        let (Some(place), Ok(reason)) = (place, act.said_reason()) else {
            return;
        };
        let suspension = Suspension {
            id,
            kind,
            since: now,
            until: now + Duration::from_secs(seconds.into()),
            by: act.by.into(),
            reason: reason.into(),
        };
        self.suspensions_changed.push(SuspensionChange {
            at: now,
            suspension: suspension.clone(),
            ended: None,
        });
        place.suspension = Some(Box::new(suspension));
        if kind == SuspensionKind::AlarmPaused {
            place.signal(now, SignalEvent::Paused, &mut self.calls);
        }
    }

    /// Ends everything that people have suspended.
    pub(crate) fn end_session(&mut self, now: MonoTime) {
        for place in &mut self.places {
            let ended = place.end_suspension(now, SuspensionEnd::Session, &mut self.calls);
            self.suspensions_changed.extend(ended);
        }
        self.work_out_due();
    }

    /// Ends the time of rules that are off; tells whether one counts again.
    pub(crate) fn end_rules_off(&mut self, now: MonoTime, horizon: Horizon) -> bool {
        if self.due.is_none_or(|due| !horizon.reaches(due)) {
            return false;
        }
        let mut ended = false;
        for place in &mut self.places {
            if place.suspended(SuspensionKind::RuleOff) && place.suspension_is_over(horizon) {
                let change = place.end_suspension(now, SuspensionEnd::Time, &mut self.calls);
                self.suspensions_changed.extend(change);
                ended = true;
            }
        }
        if ended {
            self.work_out_due();
        }
        ended
    }

    /// Takes the conditions as the rules have them now, does what is due by the horizon and
    /// appends every change to `out`.
    pub(crate) fn publish(
        &mut self,
        now: MonoTime,
        horizon: Horizon,
        (rules, inputs): (&[Box<dyn Rule>], &Inputs),
        out: &mut Vec<Transition>,
    ) {
        let mut begun = AlarmSet::default();
        let mut changed = false;
        for (place, rule) in self.places.iter_mut().zip(rules) {
            let is_off = inputs.off.has(place.state.id);
            let causes = if is_off { 0 } else { rule.causes() };
            match (place.causes != 0, causes != 0) {
                (false, true) => {
                    self.last_occurrence += 1;
                    place.begin(now, Occurrence(self.last_occurrence), &mut self.calls);
                    place.state.priority = rule.priority();
                    place.state.mode = rule.mode();
                    place.words = rule.words();
                    place.fired_by(rule.evidence(now, inputs));
                    begun.set(place.state.id, place.state.signal == SignalPresence::On);
                }
                (true, true) => {
                    let ended = place.go_on(now, causes, (rule.as_ref(), inputs), &mut self.calls);
                    self.suspensions_changed.extend(ended);
                }
                (true, false) => place.end(now, &mut self.calls),
                (false, false) => {}
            }
            place.causes = causes;
            changed |= place.changed;
        }
        let is_due = self.due.is_some_and(|due| horizon.reaches(due));
        if is_due {
            self.settle(now, horizon);
        }
        if is_due || changed {
            self.tell(now, begun, out);
            self.work_out_due();
        }
    }

    /// Ends pauses whose time is over and calls acknowledged alarms again: after the conditions,
    /// for one that ends at this moment calls nobody.
    fn settle(&mut self, now: MonoTime, horizon: Horizon) {
        for place in &mut self.places {
            if place.is_paused() && place.suspension_is_over(horizon) {
                let change = place.end_suspension(now, SuspensionEnd::Time, &mut self.calls);
                self.suspensions_changed.extend(change);
            }
            if place.realarm_due.is_some_and(|due| horizon.reaches(due)) {
                place.signal(now, SignalEvent::Realarm, &mut self.calls);
            }
        }
    }

    /// Lets members of a family know of each other. One that is paused is not the one that sounds,
    /// and supersedes nothing.
    fn tell(&mut self, now: MonoTime, begun: AlarmSet, out: &mut Vec<Transition>) {
        for place in &mut self.places {
            if begun.meets(place.worse) {
                let ended = place.worsened(now, &mut self.calls);
                self.suspensions_changed.extend(ended);
            }
        }
        let sounding = self
            .places
            .iter()
            .filter(|place| place.state.present && place.state.signal != SignalPresence::Paused);
        let sounding = AlarmSet::of(sounding.map(|place| place.state.id));
        for place in &mut self.places {
            let superseded = place.state.present && sounding.meets(place.worse);
            place.changed |= superseded != place.state.superseded;
            place.state.superseded = superseded;
            if std::mem::take(&mut place.changed) {
                place.state.at = now;
                out.push(place.state.clone());
            }
        }
    }

    fn work_out_due(&mut self) {
        let due = self.places.iter().flat_map(|place| {
            let until = place.suspension.as_ref().map(|suspension| suspension.until);
            until.into_iter().chain(place.realarm_due)
        });
        self.due = due.min();
    }
}

fn worse_than(id: AlarmId, families: &[Vec<AlarmId>]) -> AlarmSet {
    let family = families.iter().find(|family| family.contains(&id));
    let worse = family.into_iter().flat_map(|family| {
        family
            .iter()
            .copied()
            .skip_while(move |member| *member != id)
            .skip(1)
    });
    AlarmSet::of(worse)
}
