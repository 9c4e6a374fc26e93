//! The state machine.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::{DeviceId, Measured, Metric, MonoTime, Observation, Value};

use crate::board::Board;
use crate::inputs::{Event, Inputs, Sample, Told};
use crate::rules::{self, Rule};
use crate::timer::Horizon;
use crate::{
    Act, AlarmId, AlarmProfile, Audience, Delivery, Occurrence, OperatorAction, Refusal, Signal,
    Suspension, SuspensionChange, Transition,
};

mod resume;

pub use resume::{Resumed, Resuming};

/// What a bed listens to: its devices, and which of them each metric is read from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources {
    /// Each device of the bed with the nominal period of its numerics.
    pub devices: BTreeMap<DeviceId, Duration>,
    /// The device whose value of a metric is judged. A metric that is not here is a channel that
    /// is not there, and none of its rules runs. All cuff metrics share one device.
    pub metrics: BTreeMap<Metric, DeviceId>,
}

/// What can happen to the engine.
#[derive(Clone, Copy, Debug)]
pub enum AlarmInput<'a> {
    /// A trusted frame arrived from a device; comes before the observations it carries.
    Frame(DeviceId),
    /// A reading arrived. Readings of a metric from another device than its source are ignored.
    Observed(&'a Observation),
    /// A dose is running (or has ended): decides the priority of a lost link.
    Dosing(bool),
    /// The patient's values before the session are known; takes the place of earlier ones.
    Baseline(Baseline),
    /// Something came on a device's line, whatever it says; comes before the frames it holds.
    Heard(DeviceId),
    /// Cuff and oximeter probe are on the same limb, or are not (`docs/alarms.md`, semantics 6).
    CuffSameLimb(bool),
    /// A device said who it is: a serial number or an identity text.
    Identity(DeviceId, &'a str),
    /// A treatment session is open at the bed, or is not. Until that is said, the bed counts as
    /// being in a session as far as its devices are concerned, and as in none for `NO_STATION`.
    /// With one that opens or closes ends what people have suspended, and what was read, begun or
    /// said before counts for nothing that comes (`docs/adr/0023-sessions.md`).
    Session(bool),
    /// Somewhere the bed's alarms can be heard, or nowhere. Nowhere until it is said.
    Audience(Audience<'a>),
    /// Every alarm that was to reach somebody has, or was accepted; or one waits for it.
    Delivered(Delivery<'a>),
    /// The bed's machine failed, and this engine is the new one. Ends with the first frame.
    BedFailed(BedFailure),
    /// The limits are other from now on: those of a profile with the same rules, in another phase
    /// or after a change. What stands keeps its episode; only numbers that a
    /// [`LimitKey`](crate::LimitKey) names are taken.
    Profile(&'a AlarmProfile),
    /// The record is being written, or is not.
    Recording(bool),
    /// A person did something to an alarm. What cannot be done changes nothing.
    Operator(Act<'a>),
    /// Time passed.
    Tick,
}

/// What became of a bed whose machine failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BedFailure {
    /// It is made anew at once.
    Rebuilding,
    /// It failed too often: it rests, and is tried again from time to time.
    Resting,
}

/// The patient's values before the session, as far as they are known: what rules compare with
/// until there are enough readings of the session itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Baseline {
    /// The cuff's pressures.
    pub pressure: Option<PressureBaseline>,
    /// Heart or pulse rate, /min.
    pub heart_rate: Option<Value>,
    /// Saturation, %.
    pub spo2: Option<Value>,
    /// Breaths, /min.
    pub respiration_rate: Option<Value>,
    /// CO2 at the end of a breath out, mmHg.
    pub etco2: Option<Value>,
}

/// The patient's cuff pressure before the session, mmHg: what `NIBP_RISE` compares with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PressureBaseline {
    /// Systolic.
    pub systolic: Value,
    /// Diastolic.
    pub diastolic: Value,
}

/// What a step can have changed, and so what has to be looked at after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Changed {
    Nothing,
    /// A condition that is judged second by second.
    Conditions,
    /// Anything, timers as well.
    Timers,
}

/// The alarm engine of one bed.
///
/// What is due at the very moment of an input waits for the [`Tick`](AlarmInput::Tick) of that
/// moment, for a later reading of the same moment may still contradict it: the caller ticks
/// whenever [`next_deadline`](Self::next_deadline) has come, after all else of that moment.
#[derive(Debug)]
pub struct AlarmEngine {
    rules: Vec<Box<dyn Rule>>,
    inputs: Inputs,
    board: Board,
    /// The places of the rules that judge second by second.
    by_second: Vec<usize>,
    /// When the first of the rules' timers is due. Worked out once after each input that can
    /// change it, for it is asked for more often than it changes.
    timers_due: Option<MonoTime>,
}

impl AlarmEngine {
    /// Makes an engine that has seen nothing yet; `now` is when it begins to wait for frames.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the engine's own copies of both are made here"
    )]
    pub fn new(profile: AlarmProfile, sources: Sources, now: MonoTime) -> Self {
        Self::begin(&profile, &sources, now, now)
    }

    /// Makes an engine of a bed that is monitored since `began`, and begins to look at `now`.
    fn begin(profile: &AlarmProfile, sources: &Sources, began: MonoTime, now: MonoTime) -> Self {
        let mut inputs = Inputs::new(sources, &profile.parts().holds, now);
        inputs.began = began;
        let rules = rules::build(profile, &inputs);
        if rules.iter().any(|rule| rule.looks_at_seconds()) {
            inputs.watch_features(&profile.parts().airway);
        }
        let board = Board::new(
            &rules,
            &profile.parts().families,
            profile.parts().signals.realarm,
        );
        let judging = (0..)
            .zip(&rules)
            .filter(|(_, rule)| rule.looks_at_seconds());
        let mut engine = Self {
            board,
            by_second: judging.map(|(place, _)| place).collect(),
            rules,
            inputs,
            timers_due: None,
        };
        engine.timers_due = engine.work_out_timers();
        engine
    }

    /// Numbers the coming episodes after `last`, the last one of an earlier run.
    pub fn resume_occurrences_after(&mut self, last: Occurrence) {
        self.board.resume_occurrences_after(last);
    }

    /// Numbers the coming calls after `last`, the last one of an earlier run.
    pub fn resume_calls_after(&mut self, last: u64) {
        self.board.resume_calls_after(last);
    }

    /// Takes what happened and appends each change of a condition or a signal to `out`.
    pub fn handle(&mut self, now: MonoTime, input: AlarmInput<'_>, out: &mut Vec<Transition>) {
        self.catch_up(now, out);
        if let AlarmInput::Tick = input {
            let changed = self.settle(Horizon::UpTo(now));
            self.tell_of(changed, now, Horizon::UpTo(now), out);
        } else {
            self.take(now, input);
            self.tell_of(Changed::Timers, now, Horizon::Before(now), out);
        }
    }

    fn take(&mut self, now: MonoTime, input: AlarmInput<'_>) {
        match input {
            AlarmInput::Frame(device) => self.frame(now, device),
            AlarmInput::Observed(observation) => {
                // A reading is a sign of life as well, should its frame not have been told.
                self.frame(now, observation.device);
                if let Some(event) = self.inputs.observed(now, observation) {
                    self.tell(now, &event);
                }
            }
            AlarmInput::Dosing(running) => {
                if self.inputs.dosing(now, running) {
                    self.tell(now, &Event::Dosing);
                }
            }
            AlarmInput::Heard(device) => self.tell(now, &Event::Heard(device)),
            AlarmInput::Baseline(baseline) => self.inputs.baseline = Some(baseline),
            AlarmInput::CuffSameLimb(same) => self.inputs.cuff_hold.set_same_limb(now, same),
            AlarmInput::Profile(profile) => self.retune(profile),
            AlarmInput::Identity(device, text) => {
                self.inputs.identity(now, device, text);
                self.tell(now, &Event::Identity(device));
            }
            AlarmInput::Session(open) => {
                if self.inputs.session(now, open) {
                    self.board.end_session(now);
                    self.follow_rules_off();
                }
                self.tell(now, &Event::Told(Told::Session(open)));
            }
            AlarmInput::Audience(heard) => self.tell(now, &Event::Told(Told::Audience(heard))),
            AlarmInput::Delivered(how) => self.tell(now, &Event::Told(Told::Delivered(how))),
            AlarmInput::BedFailed(how) => self.tell(now, &Event::Told(Told::BedFailed(how))),
            AlarmInput::Recording(runs) => self.tell(now, &Event::Told(Told::Recording(runs))),
            AlarmInput::Operator(act) => {
                if self.check(&act).is_ok() {
                    self.acted(now, &act);
                }
                self.board.operator(now, &act);
                self.follow_rules_off();
            }
            AlarmInput::Tick => {}
        }
    }

    /// Declares what was due before this moment, for a caller that puts something else of this
    /// moment on record before it tells the engine. [`handle`](Self::handle) does the same first.
    pub fn catch_up(&mut self, now: MonoTime, out: &mut Vec<Transition>) {
        if self.next_deadline().is_some_and(|due| due < now) {
            self.inputs.skip_seconds(now);
        }
        // One by one: a tick that comes late tells late, and nothing else than one in time.
        while let Some(due) = self.next_deadline().filter(|due| *due < now) {
            let horizon = Horizon::UpTo(due);
            let changed = self.settle(horizon);
            self.tell_of(changed, now, horizon, out);
        }
    }

    /// Returns when the engine wants an [`AlarmInput::Tick`], if it does.
    #[must_use]
    pub fn next_deadline(&self) -> Option<MonoTime> {
        self.timers_due
            .into_iter()
            .chain(self.inputs.next_second())
            .min()
    }

    /// Returns every alarm whose condition is present or whose signal is not off, in the order of
    /// [`AlarmId`](crate::AlarmId).
    pub fn standing(&self) -> impl Iterator<Item = &Transition> {
        self.board.standing()
    }

    /// Returns every alarm that is paused and every rule that is off, in the order of
    /// [`AlarmId`](crate::AlarmId).
    pub fn suspensions(&self) -> impl Iterator<Item = &Suspension> {
        self.board.suspensions()
    }

    /// Takes out, in order, what has begun and ended of pauses of alarms and rules that are off
    /// since it was asked last.
    pub fn suspensions_changed(&mut self) -> impl Iterator<Item = SuspensionChange> {
        self.board.suspensions_changed()
    }

    /// Tells whether another device than the session knows answers on that line, and nobody has
    /// confirmed it.
    #[must_use]
    pub fn is_swapped(&self, device: DeviceId) -> bool {
        let mut devices = self.inputs.devices.iter();
        devices.any(|known| known.id == device && known.identity.other.is_some())
    }

    /// Returns the number of the bed's last call, 0 before the first.
    #[must_use]
    pub const fn last_call(&self) -> u64 {
        self.board.last_call()
    }

    /// Tells whether the action can be done now. What is about sound is
    /// [`Audio`](crate::Audio)'s, what is about a limit
    /// [`SessionLimits`](crate::SessionLimits)', what is about a cuff its device's, and none of them is
    /// looked at.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check(&self, act: &Act<'_>) -> Result<(), Refusal> {
        self.board.check(act)
    }

    /// Most seconds of a patient who is well change nothing: then nothing is looked at again.
    fn tell_of(
        &mut self,
        changed: Changed,
        now: MonoTime,
        horizon: Horizon,
        out: &mut Vec<Transition>,
    ) {
        if self.board.end_rules_off(now, horizon) {
            self.follow_rules_off();
        }
        if changed >= Changed::Conditions {
            let conditions = (&*self.rules, &self.inputs);
            self.board.publish(now, horizon, conditions, out);
        }
        if changed == Changed::Timers {
            self.timers_due = self.work_out_timers();
        }
    }

    fn retune(&mut self, profile: &AlarmProfile) {
        for rule in &mut self.rules {
            rule.retune(profile, &self.inputs);
        }
    }

    fn work_out_timers(&self) -> Option<MonoTime> {
        let deadlines = self
            .rules
            .iter()
            .map(|rule| rule.next_deadline(&self.inputs));
        let people = self.board.next_deadline();
        deadlines.flatten().chain(people).min()
    }

    /// A rule that is off counts for nothing, also to the other rules.
    fn follow_rules_off(&mut self) {
        self.inputs.off = self.board.rules_off();
        for rule in &self.rules {
            self.inputs.set_present(rule.as_ref());
        }
    }

    /// Takes every device that answers now for the one that belongs on its line.
    fn confirm_devices(&mut self, now: MonoTime) {
        self.inputs.confirm_devices();
        self.tell(now, &Event::Told(Told::Confirmed));
    }

    /// Tells the rules of what a person did that they judge by.
    fn acted(&mut self, now: MonoTime, act: &Act<'_>) {
        let about = act.action.occurrence();
        let about = about.and_then(|occurrence| self.board.alarm_of(occurrence));
        match act.action {
            OperatorAction::ConfirmDevice(_) => self.confirm_devices(now),
            OperatorAction::Call => self.called(now, AlarmId::PatientCall, act.by, None),
            OperatorAction::Help(_) => self.called(now, AlarmId::HelpWanted, act.by, about),
            OperatorAction::Acknowledge(_) => self.answered(now, about),
            // What it does to signals is the board's.
            _ => {}
        }
    }

    fn called(&mut self, now: MonoTime, id: AlarmId, by: &str, about: Option<AlarmId>) {
        self.tell(now, &Event::Told(Told::Called { id, by, about }));
    }

    /// Takes that an alarm was acknowledged: a call is answered with it.
    fn answered(&mut self, now: MonoTime, id: Option<AlarmId>) {
        if let Some(id) = id.filter(|id| id.is_call()) {
            self.tell(now, &Event::Told(Told::Answered(id)));
        }
    }

    fn frame(&mut self, now: MonoTime, device: DeviceId) {
        if self.inputs.frame(now, device) {
            self.tell(now, &Event::Frame(device));
        }
    }

    fn tell(&mut self, now: MonoTime, event: &Event<'_>) {
        match event {
            Event::Cuff(cuff) => {
                let suspect = self.is_suspect(now);
                self.inputs.cuff_hold.cuff(now, cuff, suspect);
            }
            Event::Sample(Sample {
                signal: Signal::SpO2,
                measured: Measured::Valid(_),
                withheld: None,
                ..
            }) => self.inputs.cuff_hold.judged(now),
            _ => {}
        }
        for rule in &mut self.rules {
            rule.take(now, event, &self.inputs);
            self.inputs.set_present(rule.as_ref());
        }
    }

    /// Does what has become due: the seconds that have ended one by one, each after the timers
    /// that were due before it. Rules that judge seconds have no timers that run by themselves,
    /// so that a second in which nothing is due leaves the timers as they are known.
    fn settle(&mut self, horizon: Horizon) -> Changed {
        let mut changed = Changed::Nothing;
        let (Horizon::Before(moment) | Horizon::UpTo(moment)) = horizon;
        self.inputs.skip_seconds(moment);
        while let Some(second) = self
            .inputs
            .next_second()
            .filter(|end| horizon.reaches(*end))
        {
            changed = self.settle_timers(Horizon::Before(second), changed);
            self.inputs.end_second();
            for place in &self.by_second {
                let rule = &mut self.rules[*place];
                let before = rule.causes();
                rule.take(second, &Event::Second, &self.inputs);
                let causes = rule.causes();
                if causes != before {
                    self.inputs.set_present(rule.as_ref());
                    changed = changed.max(Changed::Conditions);
                }
            }
        }
        self.settle_timers(horizon, changed)
    }

    fn settle_timers(&mut self, horizon: Horizon, changed: Changed) -> Changed {
        // What was due by a horizon before this one still is: it is worked out anew at the end.
        if !self.timers_due.is_some_and(|due| horizon.reaches(due)) {
            return changed;
        }
        for rule in &mut self.rules {
            rule.settle(horizon, &self.inputs);
            self.inputs.set_present(rule.as_ref());
        }
        Changed::Timers
    }

    /// Tells whether the saturation or the airway alarms or is about to: then a cuff hides nothing.
    /// A jump that is being held back may become an alarm of the saturation.
    fn is_suspect(&self, now: MonoTime) -> bool {
        self.inputs.step_holds(now) || self.inputs.is_suspect() || self.alarms_or_is_about_to()
    }

    fn alarms_or_is_about_to(&self) -> bool {
        let mut rules = self.rules.iter();
        rules.any(|rule| {
            rule.id().is_of_saturation_or_airway() && (rule.causes() != 0 || rule.pending())
        })
    }
}
