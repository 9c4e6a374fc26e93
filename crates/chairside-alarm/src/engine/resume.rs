//! An engine after a restart: what the record of the earlier run says is given to it again in
//! virtual time, and what people were told holds (`docs/alarms.md`, Restart).

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::{DeviceId, MonoTime, Reading};

use super::{AlarmEngine, AlarmInput, Changed, Sources};
use crate::inputs::AlarmSet;
use crate::timer::Horizon;
use crate::{
    Act, AlarmId, AlarmProfile, Occurrence, OperatorAction, SignalPresence, Suspension,
    SuspensionChange, SuspensionKind, Transition,
};

/// How long the engine that begins in the middle of a run does not see what the earlier one saw: a
/// jump is held back at most once a minute, and a baseline reaches three minutes back and can be
/// frozen for five (`docs/alarms.md`, semantics 7 and features).
const BLURRED: Duration = Duration::from_mins(9);

/// An engine that is being brought to where an earlier run of the service left it.
///
/// Inputs and told transitions are given in the order of the record, with times on the new run's
/// clock. What comes from before the moment at which the engine begins to look only sets things:
/// what the cuff last read, whether a dose runs, which alarms stand.
#[derive(Debug)]
pub struct Resuming {
    engine: AlarmEngine,
    from: MonoTime,
    /// Until when what it finds may come from what it has not seen.
    blurred_until: Option<MonoTime>,
    told: BTreeMap<AlarmId, Told>,
    suspensions: BTreeMap<AlarmId, Suspension>,
}

/// What people were told last of an alarm.
#[derive(Clone, Debug)]
struct Told {
    state: Transition,
    /// Since when it is acknowledged, if it is.
    acknowledged: Option<MonoTime>,
}

/// An engine that goes on from where an earlier run of the service left it.
#[derive(Debug)]
pub struct Resumed {
    /// The engine.
    pub engine: AlarmEngine,
    /// What people are to be told now: what came due while nobody could tell them, and the end of
    /// alarms that nothing judges any more.
    pub told: Vec<Transition>,
}

impl Resuming {
    /// Begins with an engine that knows nothing. The bed is monitored since `began`, and what
    /// happened since `from` is replayed second by second; `from` lies a whole number of seconds
    /// from when the earlier engine began, or its seconds end at other moments.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "as for an engine that begins afresh"
    )]
    pub fn new(profile: AlarmProfile, sources: Sources, began: MonoTime, from: MonoTime) -> Self {
        Self {
            engine: AlarmEngine::begin(&profile, &sources, began, from),
            from,
            blurred_until: (began < from).then_some(from + BLURRED),
            told: BTreeMap::new(),
            suspensions: BTreeMap::new(),
        }
    }

    /// Numbers the coming episodes and calls after the last ones of any earlier run: older ones
    /// than those that are given to it may have higher numbers.
    pub fn number_after(&mut self, occurrence: Occurrence, call: u64) {
        self.engine.resume_occurrences_after(occurrence);
        self.engine.resume_calls_after(call);
    }

    /// Takes what happened in the earlier run. Of what people did the devices that they confirmed,
    /// their calls and who answered those are taken; the rest shows in what was told, and in what
    /// they [suspended](Self::suspended).
    pub fn take(&mut self, at: MonoTime, input: AlarmInput<'_>) {
        if at < self.from && !sets_things(input) {
            return;
        }
        self.pass(at);
        match input {
            AlarmInput::Operator(act) => self.acted(at, &act),
            AlarmInput::Session(_) => {
                self.engine.take(at, input);
                self.follow_rules_off();
            }
            AlarmInput::Tick => {}
            input => self.engine.take(at, input),
        }
        self.engine.timers_due = self.engine.work_out_timers();
    }

    /// Tells, as [`AlarmEngine::is_swapped`] does, whether another device answers on that line.
    #[must_use]
    pub fn is_swapped(&self, device: DeviceId) -> bool {
        self.engine.is_swapped(device)
    }

    fn acted(&mut self, at: MonoTime, act: &Act<'_>) {
        match act.action {
            OperatorAction::ConfirmDevice(_) => self.engine.confirm_devices(at),
            // What it is about is in what was told of it.
            OperatorAction::Call => self.engine.called(at, AlarmId::PatientCall, act.by, None),
            OperatorAction::Help(_) => self.engine.called(at, AlarmId::HelpWanted, act.by, None),
            OperatorAction::Acknowledge(occurrence) => {
                let mut told = self.told.values().map(|told| &told.state);
                let seen = told.find(|state| state.occurrence == occurrence);
                let seen = seen.map(|state| state.id);
                self.engine.answered(at, seen);
            }
            OperatorAction::Decline(_)
            | OperatorAction::Accept { .. }
            | OperatorAction::Arrive { .. }
            | OperatorAction::Cuff(_)
            | OperatorAction::PauseAudio { .. }
            | OperatorAction::ResumeAudio
            | OperatorAction::AudioOff { .. }
            | OperatorAction::PauseAlarm { .. }
            | OperatorAction::ResumeAlarm { .. }
            | OperatorAction::SwitchOff { .. }
            | OperatorAction::SwitchOn { .. }
            | OperatorAction::SetLimit { .. }
            | OperatorAction::OpenSession(..)
            | OperatorAction::CloseSession(_)
            | OperatorAction::EnterPhase(_) => {}
        }
    }

    /// Takes what people were told in the earlier run: where the engine finds otherwise, because
    /// a reading is not in the record or its limits are other ones now, that holds.
    pub fn told(&mut self, at: MonoTime, transition: &Transition) {
        self.pass(at);
        let id = transition.id;
        // A rule that is off knows what it knows.
        if !self.engine.inputs.off.has(id) {
            if self.was_told_by_a_tick(at, transition) {
                self.engine.settle(Horizon::UpTo(at));
            }
            let told = transition.present.then_some(transition);
            self.engine.adopt(at, id, told);
            self.engine.timers_due = self.engine.work_out_timers();
        }
        let seen = self.told.get(&id).and_then(|before| before.acknowledged);
        let acknowledged =
            (transition.signal == SignalPresence::Acknowledged).then(|| seen.unwrap_or(at));
        let state = transition.clone();
        let told = Told {
            state,
            acknowledged,
        };
        self.told.insert(id, told);
    }

    /// Tells whether what was due at that very moment had been done when this was told.
    fn was_told_by_a_tick(&self, at: MonoTime, transition: &Transition) -> bool {
        let id = transition.id;
        let Some(rule) = self.engine.rules.iter().find(|rule| rule.id() == id) else {
            return false;
        };
        let before = self.told.get(&id).map(|told| &told.state.evidence);
        let has_other_reasons = before != Some(&transition.evidence);
        let due = rule.next_deadline(&self.engine.inputs);
        (rule.causes() != 0) != transition.present
            || has_other_reasons && due.is_some_and(|due| Horizon::UpTo(at).reaches(due))
    }

    /// Takes a pause of an alarm or a rule's being off, as it began or ended in the earlier run.
    pub fn suspended(&mut self, at: MonoTime, change: &SuspensionChange) {
        self.pass(at);
        let suspension = &change.suspension;
        if change.ended.is_some() {
            self.suspensions.remove(&suspension.id);
        } else {
            self.suspensions.insert(suspension.id, suspension.clone());
        }
        self.follow_rules_off();
    }

    fn follow_rules_off(&mut self) {
        let suspensions = self.suspensions.values();
        let off = suspensions.filter(|suspension| suspension.kind == SuspensionKind::RuleOff);
        let engine = &mut self.engine;
        engine.inputs.off = AlarmSet::of(off.map(|suspension| suspension.id));
        for rule in &engine.rules {
            engine.inputs.set_present(rule.as_ref());
        }
    }

    /// Ends with what the earlier run is known to have done until `ended`. In the time from then
    /// to `now` nobody listened: longer than a gap of samples may be, and the frames of every
    /// device are waited for from `now` on.
    #[must_use]
    pub fn finish(mut self, ended: MonoTime, now: MonoTime) -> Resumed {
        self.pass(ended);
        let mut engine = self.engine;
        let was_away = now.saturating_since(ended) > engine.inputs.gap_tolerance();
        for rule in &mut engine.rules {
            let told = self.told.get(&rule.id()).map(|told| &told.state);
            let told = told.filter(|told| told.present);
            let present = rule.causes() != 0;
            // Frames that carry no reading are not in the record. Of a rule that is off nothing
            // was told, whatever it knew.
            let is_off = engine.inputs.off.has(rule.id());
            let imagined = rule.judges_frames() && present && told.is_none() && !is_off;
            if imagined || (!present && told.is_some()) {
                rule.adopt(now, told, &engine.inputs);
                engine.inputs.set_present(rule.as_ref());
            }
            if was_away {
                rule.nobody_listened(now);
            }
        }
        let mut out = Vec::new();
        for told in self.told.values() {
            let (state, seen) = (&told.state, told.acknowledged);
            let judged = engine.board.adopt(state, seen, &engine.rules);
            let stood = state.present || state.signal != SignalPresence::Off;
            if !judged && stood {
                out.push(Transition {
                    at: now,
                    present: false,
                    signal: SignalPresence::Off,
                    superseded: false,
                    ..state.clone()
                });
            }
        }
        for suspension in self.suspensions.into_values() {
            engine.board.adopt_suspension(now, suspension);
        }
        engine.follow_rules_off();
        let horizon = Horizon::Before(now);
        engine.settle(horizon);
        engine.tell_of(Changed::Timers, now, horizon, &mut out);
        Resumed { engine, told: out }
    }

    /// Does what was due before that moment.
    fn pass(&mut self, moment: MonoTime) {
        if let Some(clear) = self.blurred_until.filter(|clear| *clear <= moment) {
            self.blurred_until = None;
            self.tick_until(clear);
            self.forget_what_was_not_told(clear);
        }
        self.tick_until(moment);
    }

    /// Lets end what the earlier engine did not find: it had seen more. What is violated is found
    /// again, after its delay. Of a rule that is off nothing was told, whatever it knew.
    fn forget_what_was_not_told(&mut self, at: MonoTime) {
        let engine = &mut self.engine;
        for rule in &mut engine.rules {
            let id = rule.id();
            let told = self.told.get(&id).is_some_and(|told| told.state.present);
            if rule.causes() != 0 && !told && !engine.inputs.off.has(id) {
                rule.adopt(at, None, &engine.inputs);
                engine.inputs.set_present(rule.as_ref());
            }
        }
        engine.timers_due = engine.work_out_timers();
    }

    fn tick_until(&mut self, moment: MonoTime) {
        let engine = &mut self.engine;
        while let Some(due) = engine.next_deadline().filter(|due| *due < moment) {
            if engine.settle(Horizon::UpTo(due)) == Changed::Timers {
                engine.timers_due = engine.work_out_timers();
            }
        }
    }
}

impl AlarmEngine {
    /// Lets a condition be present as it was told, or not, where the rule finds otherwise.
    fn adopt(&mut self, at: MonoTime, id: AlarmId, told: Option<&Transition>) {
        let Some(rule) = self.rules.iter_mut().find(|rule| rule.id() == id) else {
            return;
        };
        if (rule.causes() != 0) != told.is_some() {
            rule.adopt(at, told, &self.inputs);
            self.inputs.set_present(rule.as_ref());
        }
    }
}

/// Tells whether an input says how things are from then on, and not how they were at that moment.
const fn sets_things(input: AlarmInput<'_>) -> bool {
    match input {
        AlarmInput::Observed(observation) => matches!(observation.reading, Reading::Cuff(_)),
        AlarmInput::Dosing(_)
        | AlarmInput::Baseline(_)
        | AlarmInput::CuffSameLimb(_)
        | AlarmInput::Identity(..)
        | AlarmInput::Session(_)
        | AlarmInput::Audience(_)
        | AlarmInput::Delivered(_)
        | AlarmInput::BedFailed(_)
        | AlarmInput::Profile(_)
        | AlarmInput::Recording(_)
        | AlarmInput::Operator(_) => true,
        AlarmInput::Frame(_) | AlarmInput::Heard(_) | AlarmInput::Tick => false,
    }
}
