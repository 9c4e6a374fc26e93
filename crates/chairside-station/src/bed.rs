//! One bed: a machine of its own, made of its lines and its alarm engine.

use std::collections::BTreeMap;

use chairside_alarm::{
    Act, AlarmEngine, AlarmInput, Audio, AudioChange, Flood, FloodWatch, OperatorAction, Refusal,
    SessionLimits, Transition,
};
use chairside_model::{BedId, DeviceId, Metric, MonoTime, Observation, Reading};
use chairside_protocol::{Finding, LineInput};

use crate::line::{Line, LineOutcome};
use crate::plan::{BedPlan, DevicePlan, Feed};
use crate::record::Entry;
use crate::session::Sessions;
use crate::supervision::Transmit;

use care::Treating;
pub(crate) use care::is_high_of_the_patient;

mod care;
mod cuff;
mod limits;
mod resume;

#[derive(Debug)]
pub(crate) struct Bed {
    id: BedId,
    plans: Vec<DevicePlan>,
    lines: BTreeMap<DeviceId, Line>,
    /// The device that the bed's pressures are read from.
    cuff: Option<DeviceId>,
    engine: AlarmEngine,
    limits: SessionLimits,
    sessions: Sessions,
    treating: Treating,
    audio: Audio,
    flood: FloodWatch,
    outcomes: Vec<LineOutcome>,
    transitions: Vec<Transition>,
    audio_changes: Vec<AudioChange>,
}

impl Bed {
    pub(crate) fn new(id: BedId, plan: BedPlan, now: MonoTime) -> Self {
        let limits = SessionLimits::new(plan.profile.clone());
        let engine = AlarmEngine::new(limits.in_force().clone(), plan.sources(), now);
        Self::with_engine(id, plan, limits, engine)
    }

    fn with_engine(id: BedId, plan: BedPlan, limits: SessionLimits, engine: AlarmEngine) -> Self {
        let lines = plan.devices.iter().filter_map(|device| match &device.feed {
            Feed::Line(driver) => Some((device.id, Line::new(driver))),
            Feed::HandedIn { .. } => None,
        });
        let cuff = plan.sources().metrics.get(&Metric::NibpSystolic).copied();
        Self {
            id,
            lines: lines.collect(),
            cuff,
            treating: Treating::new(&plan),
            engine,
            limits,
            sessions: Sessions::default(),
            plans: plan.devices,
            outcomes: Vec::new(),
            audio: Audio::default(),
            flood: FloodWatch::default(),
            transitions: Vec::new(),
            audio_changes: Vec::new(),
        }
    }

    pub(crate) const fn engine(&self) -> &AlarmEngine {
        &self.engine
    }

    pub(crate) const fn engine_mut(&mut self) -> &mut AlarmEngine {
        &mut self.engine
    }

    pub(crate) const fn audio(&self) -> &Audio {
        &self.audio
    }

    pub(crate) const fn flood(&self) -> Option<Flood> {
        self.flood.flood()
    }

    /// Tells whether a person's action can be done now.
    pub(crate) fn check(&self, act: &Act<'_>) -> Result<(), Refusal> {
        self.engine.check(act)?;
        self.check_limit(act)?;
        self.check_cuff(act)?;
        self.check_session(act.action)?;
        self.audio.check(act)
    }

    /// Does what a person wants, if it can still be done after what was due before.
    pub(crate) fn operator(
        &mut self,
        now: MonoTime,
        act: &Act<'_>,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) -> Result<(), Refusal> {
        self.judge_what_was_due(now, out);
        self.check(act)?;
        let told = Entry::Operator {
            bed: self.id,
            action: act.action,
            by: act.by.into(),
            station: act.station.map(Into::into),
            reason: act.reason.map(Into::into),
        };
        self.sessions.take(now, &told);
        out.push(told);
        match act.action {
            OperatorAction::SetLimit { key, expected, new } => {
                self.set_limit(now, (key, expected, new), out);
            }
            OperatorAction::EnterPhase(phase) => self.phase(now, phase, out),
            OperatorAction::OpenSession(..) => self.session(now, true, out),
            OperatorAction::CloseSession(_) => self.session(now, false, out),
            OperatorAction::Cuff(order) => self.order_cuff(now, order, transmit, out),
            action if action.is_about_sound() => {
                let last_call = self.engine.last_call();
                self.audio
                    .operator(now, act, last_call, &mut self.audio_changes);
                self.tell_audio(out);
            }
            _ => self.alarm(now, AlarmInput::Operator(*act), out),
        }
        Ok(())
    }

    pub(crate) fn line(
        &mut self,
        now: MonoTime,
        device: DeviceId,
        input: LineInput<'_>,
        transmit: &mut Vec<u8>,
        out: &mut Vec<Entry>,
    ) {
        self.judge_what_was_due(now, out);
        if let LineInput::Received(bytes) = input
            && !bytes.is_empty()
        {
            self.alarm(now, AlarmInput::Heard(device), out);
        }
        let Some(line) = self.lines.get_mut(&device) else {
            return;
        };
        line.handle(now, input, transmit, &mut self.outcomes);
        self.take_outcomes(now, device, out);
    }

    fn take_outcomes(&mut self, now: MonoTime, device: DeviceId, out: &mut Vec<Entry>) {
        let mut outcomes = std::mem::take(&mut self.outcomes);
        for outcome in outcomes.drain(..) {
            self.outcome(now, device, outcome, out);
        }
        self.outcomes = outcomes;
    }

    /// Takes a reading that came without a line: it is a sign of life of its device as well.
    pub(crate) fn handed_in(
        &mut self,
        now: MonoTime,
        observation: &Observation,
        out: &mut Vec<Entry>,
    ) {
        self.judge_what_was_due(now, out);
        self.alarm(now, AlarmInput::Frame(observation.device), out);
        self.observed(now, observation, out);
    }

    pub(crate) fn alarm(&mut self, now: MonoTime, input: AlarmInput<'_>, out: &mut Vec<Entry>) {
        self.engine.handle(now, input, &mut self.transitions);
        let engine = &self.engine;
        self.treating
            .devices(now, |device| engine.is_swapped(device));
        self.tell_transitions(out);
    }

    fn tell_transitions(&mut self, out: &mut Vec<Entry>) {
        let bed = self.id;
        let suspensions = self.engine.suspensions_changed();
        out.extend(suspensions.map(|change| Entry::Suspension { bed, change }));
        let mut flood_changed = false;
        for transition in self.transitions.drain(..) {
            flood_changed |= self.flood.take(&transition);
            self.treating.alarm(&transition);
            out.push(Entry::Alarm { bed, transition });
        }
        if flood_changed {
            let flood = self.flood.flood();
            out.push(Entry::Flood { bed, flood });
        }
    }

    fn tell_audio(&mut self, out: &mut Vec<Entry>) {
        let bed = self.id;
        let told = self.audio_changes.drain(..);
        out.extend(told.map(|change| Entry::Audio { bed, change }));
    }

    pub(crate) fn tick(
        &mut self,
        now: MonoTime,
        transmit: &mut Vec<(DeviceId, Vec<u8>)>,
        out: &mut Vec<Entry>,
    ) {
        let due: Vec<DeviceId> = self
            .lines
            .iter()
            .filter(|(_, line)| line.next_deadline().is_some_and(|deadline| deadline <= now))
            .map(|(device, _)| *device)
            .collect();
        for device in due {
            let mut bytes = Vec::new();
            self.line(now, device, LineInput::Tick, &mut bytes, out);
            if !bytes.is_empty() {
                transmit.push((device, bytes));
            }
        }
        if self.engine.next_deadline().is_some_and(|due| due <= now) {
            self.alarm(now, AlarmInput::Tick, out);
        }
        if self.limits.until().is_some_and(|until| until <= now) {
            self.end_limits(now, out);
        }
        if self.treating.deadline().is_some_and(|due| due <= now) {
            self.expect_cuff(now, out);
        }
        self.audio.tick(now, &mut self.audio_changes);
        self.tell_audio(out);
        if self.flood.tick(now) {
            let bed = self.id;
            out.push(Entry::Flood { bed, flood: None });
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<MonoTime> {
        let lines = self.lines.values().filter_map(Line::next_deadline);
        lines
            .chain(self.engine.next_deadline())
            .chain(self.limits.until())
            .chain(self.treating.deadline())
            .chain(self.audio.next_deadline())
            .chain(self.flood.next_deadline())
            .min()
    }

    /// What was due before this moment comes before what the moment brings. What is due at this
    /// very moment waits for the tick: a later piece of the same bytes may still contradict it,
    /// and the place where bytes were cut must not decide.
    pub(crate) fn judge_what_was_due(&mut self, now: MonoTime, out: &mut Vec<Entry>) {
        self.engine.catch_up(now, &mut self.transitions);
        self.tell_transitions(out);
        if self.limits.until().is_some_and(|until| until < now) {
            self.end_limits(now, out);
        }
        if self.treating.deadline().is_some_and(|due| due < now) {
            self.expect_cuff(now, out);
        }
    }

    fn outcome(
        &mut self,
        now: MonoTime,
        device: DeviceId,
        outcome: LineOutcome,
        out: &mut Vec<Entry>,
    ) {
        let bed = self.id;
        match outcome {
            LineOutcome::Frame => self.alarm(now, AlarmInput::Frame(device), out),
            LineOutcome::Reading(reading) if self.reads(device, &reading) => {
                self.observed(
                    now,
                    &Observation {
                        device,
                        received: now,
                        reading,
                    },
                    out,
                );
            }
            LineOutcome::Reading(_) => {}
            LineOutcome::Link(state) => {
                self.treating.link(device, state);
                out.push(Entry::Link { bed, device, state });
            }
            LineOutcome::Ordered(order, answer) => out.push(Entry::Ordered {
                bed,
                device,
                order,
                answer,
            }),
            LineOutcome::Discarded(bytes, why) => {
                out.push(Entry::Discarded {
                    bed,
                    device,
                    bytes,
                    why,
                });
            }
            LineOutcome::Device(Finding::DeviceAlarm { priority, text }) => {
                out.push(Entry::DeviceAlarm {
                    bed,
                    device,
                    priority,
                    text,
                });
            }
            LineOutcome::Device(Finding::Identity(text)) => {
                // It stands in the record before the alarm it causes.
                out.push(Entry::Identity {
                    bed,
                    device,
                    text: text.clone(),
                });
                self.alarm(now, AlarmInput::Identity(device, &text), out);
            }
            LineOutcome::Device(
                Finding::Frame | Finding::Reading(_) | Finding::Discarded { .. },
            ) => {
                unreachable!("the line passes only alarms and identities of the device as such")
            }
        }
    }

    fn observed(&mut self, now: MonoTime, observation: &Observation, out: &mut Vec<Entry>) {
        // The reading stands in the record before the alarm it causes.
        out.push(Entry::Observed {
            bed: self.id,
            observation: observation.clone(),
        });
        self.treating.care_mut().observe(now, observation);
        if is_judged(&observation.reading) {
            self.alarm(now, AlarmInput::Observed(observation), out);
        }
    }

    /// Tells whether the plan wants this reading from this device.
    fn reads(&self, device: DeviceId, reading: &Reading) -> bool {
        let metric = match reading {
            Reading::Numeric(numeric) => numeric.metric,
            Reading::Waveform(samples) => samples.metric,
            Reading::Cuff(_) => Metric::NibpSystolic,
        };
        self.plans
            .iter()
            .any(|plan| plan.id == device && plan.reads(metric))
    }
}

/// Tells whether any rule may look at a reading.
fn is_judged(reading: &Reading) -> bool {
    match reading {
        Reading::Numeric(_) | Reading::Cuff(_) => true,
        // Breaths are seen on the capnogram; no rule looks at any other curve.
        Reading::Waveform(run) => run.metric == Metric::Co2,
    }
}
