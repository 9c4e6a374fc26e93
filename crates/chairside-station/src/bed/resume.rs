//! A bed after a restart: the record of the earlier run, given to its engine again.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    Act, AlarmInput, Audio, FloodWatch, LimitCause, LimitChange, LimitKey, OperatorAction,
    Resuming, SessionLimits,
};
use chairside_care::CareEntry;
use chairside_model::{BedId, DeviceId, MonoTime, Observation, Value};

use super::care::Treating;
use super::{Bed, is_judged};
use crate::earlier::{Earlier, LastNumbers};
use crate::plan::{BedPlan, DevicePlan};
use crate::record::{Entry, LinkState, Record};
use crate::session::Sessions;

/// The earlier run of one bed, on its way into the engine.
struct Replay<'a> {
    engine: Resuming,
    bed: BedId,
    plan: &'a BedPlan,
    from: MonoTime,
    /// The devices of which trusted frames came, and when the next one shows that, should it carry
    /// no reading: frames themselves are not in the record.
    connected: BTreeMap<DeviceId, MonoTime>,
    limits: SessionLimits,
    /// What people chose in the session.
    chosen: BTreeMap<LimitKey, Value>,
    /// What was told last of each limit that has changed.
    told_limits: BTreeMap<LimitKey, Value>,
    sessions: Sessions,
    treating: Treating,
    audio: Audio,
    flood: FloodWatch,
}

impl Bed {
    /// Makes the bed as an earlier run left it, and appends what people are to be told now. What
    /// is numbered from now on comes after `last`.
    pub(crate) fn resume(
        id: BedId,
        plan: BedPlan,
        earlier: &Earlier,
        last: LastNumbers,
        now: MonoTime,
        out: &mut Vec<Entry>,
    ) -> Self {
        let limits = SessionLimits::new(plan.profile.clone());
        let profile = limits.in_force().clone();
        let mut replay = Replay {
            engine: Resuming::new(profile, plan.sources(), earlier.began, earlier.from),
            bed: id,
            plan: &plan,
            from: earlier.from,
            connected: BTreeMap::new(),
            limits,
            chosen: BTreeMap::new(),
            told_limits: BTreeMap::new(),
            sessions: Sessions::default(),
            treating: Treating::new(&plan),
            audio: Audio::default(),
            flood: FloodWatch::default(),
        };
        for record in &earlier.records {
            replay.take(record);
        }
        replay.end_limits_before(earlier.ended);
        replay.frames_until(earlier.ended);
        replay.engine.number_after(last.occurrence, last.call);
        let corrections = replay.corrections();
        let Replay {
            engine,
            limits,
            sessions,
            treating,
            audio,
            flood,
            ..
        } = replay;
        let resumed = engine.finish(earlier.ended, now);
        let mut bed = Self::with_engine(id, plan, limits, resumed.engine);
        bed.sessions = sessions;
        bed.treating = treating;
        bed.audio = audio;
        bed.flood = flood;
        bed.treating.begin_again(now);
        let told = corrections.into_iter();
        out.extend(told.map(|change| Entry::Limit { bed: id, change }));
        bed.transitions = resumed.told;
        bed.tell_transitions(out);
        bed
    }
}

impl Replay<'_> {
    /// Takes a record. Every kind of entry is named, so that a new one cannot be forgotten here.
    fn take(&mut self, record: &Record) {
        if record.entry.bed().is_some_and(|bed| bed != self.bed) {
            return;
        }
        let at = record.at;
        self.end_limits_before(at);
        self.frames_until(at);
        let turned = self.sessions.take(at, &record.entry);
        match &record.entry {
            Entry::Observed { observation, .. } => {
                self.treating.care_mut().observe(at, observation);
                self.observed(at, observation);
                return;
            }
            Entry::Alarm { transition, .. } => {
                self.engine.told(at, transition);
                self.treating.alarm_of_before(transition);
                self.flood.take(transition);
            }
            Entry::Link { device, state, .. } => match state {
                LinkState::Connected => {
                    self.connected.insert(*device, at.max(self.from));
                }
                LinkState::Connecting | LinkState::Disconnected => {
                    self.connected.remove(device);
                }
            },
            Entry::Discarded { device, .. } => self.engine.take(at, AlarmInput::Heard(*device)),
            Entry::Identity { device, text, .. } => {
                self.engine.take(at, AlarmInput::Identity(*device, text));
            }
            Entry::Operator {
                action,
                by,
                station,
                reason,
                ..
            } => {
                let act = Act {
                    action: *action,
                    by,
                    station: station.as_deref(),
                    reason: reason.as_deref(),
                    call: None,
                };
                self.acted(at, &act);
            }
            Entry::Suspension { change, .. } => self.engine.suspended(at, change),
            Entry::Audio { change, .. } => self.audio.adopt(change),
            Entry::Flood { flood, .. } => self.flood.adopt(*flood),
            Entry::Phase { phase, .. } => {
                let changes = self.limits.enter(*phase);
                self.limit_time(at);
                self.retune(at, &changes);
            }
            Entry::Baseline { baseline, .. } => {
                self.treating.care_mut().told_baseline(baseline);
                self.engine.take(at, AlarmInput::Baseline(*baseline));
                let changes = self.limits.personalise(baseline);
                self.limit_time(at);
                self.retune(at, &changes);
            }
            Entry::CuffSameLimb { same, .. } => {
                self.engine.take(at, AlarmInput::CuffSameLimb(*same));
            }
            Entry::Session { open, .. } => {
                self.engine.take(at, AlarmInput::Session(*open));
                if turned {
                    self.chosen.clear();
                    let changes = self.limits.end_session();
                    self.retune(at, &changes);
                    let changes = self.treating.follow(&mut self.limits);
                    self.retune(at, &changes);
                }
            }
            Entry::Dosing { running, .. } => self.engine.take(at, AlarmInput::Dosing(*running)),
            Entry::Recording { running } => {
                self.engine.take(at, AlarmInput::Recording(*running));
            }
            Entry::Limit { change, .. } => {
                if change.cause == LimitCause::Time {
                    self.end_limits(at);
                }
                // Any other follows from what set it.
                self.told_limits.insert(change.key, change.new);
            }
            // No rule looks at a device's own alarm or at what is simulated, and no order goes on
            // over a restart.
            Entry::DeviceAlarm { .. }
            | Entry::Ordered { .. }
            | Entry::Trained { .. }
            | Entry::Simulated { .. } => {}
            Entry::Care { entry, .. } => self.treated(at, entry),
        }
        let engine = &self.engine;
        self.treating
            .devices(at, |device| engine.is_swapped(device));
        let changes = self.treating.expect_cuff(at, &mut self.limits);
        self.retune(at, &changes);
    }

    fn treated(&mut self, at: MonoTime, entry: &CareEntry) {
        self.treating.care_mut().apply(at, entry);
        if let Some(treatment) = self.treating.treatment() {
            let phase = treatment.stage().phase();
            let changes = self.limits.enter(phase);
            self.retune(at, &changes);
        }
    }

    fn observed(&mut self, at: MonoTime, observation: &Observation) {
        if let Some(next) = self.connected.get_mut(&observation.device) {
            let spacing = self.plan.frame_spacing(observation.device);
            *next = (at + spacing).max(self.from);
        }
        if is_judged(&observation.reading) {
            self.engine.take(at, AlarmInput::Observed(observation));
        }
    }

    fn acted(&mut self, at: MonoTime, act: &Act<'_>) {
        self.engine.take(at, AlarmInput::Operator(*act));
        if let OperatorAction::SetLimit { key, new, .. } = act.action {
            self.chosen.insert(key, new);
            let changes = self.limits.restore(&self.chosen);
            self.limit_time(at);
            self.retune(at, &changes);
        }
    }

    /// Returns each limit in force that is not what people were told last of it.
    fn corrections(&self) -> Vec<LimitChange> {
        let told = self.told_limits.iter();
        let differs = told.filter_map(|(key, old)| {
            let new = self.limits.value(*key).filter(|new| new != old)?;
            Some(LimitChange {
                key: *key,
                old: *old,
                new,
                cause: LimitCause::Profile,
            })
        });
        differs.collect()
    }

    fn limit_time(&mut self, at: MonoTime) {
        if !self.sessions.is_open() {
            self.limits.limit_time(at);
        }
    }

    /// Ends what was changed of the limits when its time was over.
    fn end_limits_before(&mut self, moment: MonoTime) {
        if let Some(until) = self.limits.until().filter(|until| *until < moment) {
            self.frames_until(until);
            self.end_limits(until);
        }
    }

    fn end_limits(&mut self, at: MonoTime) {
        self.chosen.clear();
        let changes = self.limits.end_by_time();
        self.retune(at, &changes);
    }

    fn retune(&mut self, at: MonoTime, changes: &[LimitChange]) {
        if !changes.is_empty() {
            let profile = self.limits.in_force();
            self.engine.take(at, AlarmInput::Profile(profile));
        }
    }

    /// Gives the engine the frames that connected devices sent before that moment.
    fn frames_until(&mut self, moment: MonoTime) {
        while let Some((at, device)) = self
            .connected
            .iter()
            .map(|(device, next)| (*next, *device))
            .min()
            .filter(|(at, _)| *at < moment)
        {
            self.engine.take(at, AlarmInput::Frame(device));
            let next = at + self.plan.frame_spacing(device);
            self.connected.insert(device, next);
        }
    }
}

impl BedPlan {
    /// Returns after which time without a reading a connected device is taken to have sent a frame
    /// without one: one and a half of its periods, for a reading may be a little late.
    fn frame_spacing(&self, device: DeviceId) -> Duration {
        let period = self
            .devices
            .iter()
            .find(|plan| plan.id == device)
            .map_or(Duration::ZERO, DevicePlan::nominal_period);
        let period = period.max(Duration::from_secs(1));
        period + period / 2
    }
}
