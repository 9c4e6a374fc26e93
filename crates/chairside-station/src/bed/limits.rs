//! The bed's limits: what changes them, and how each change is told and taken.

use chairside_alarm::{
    Act, AlarmInput, Baseline, LimitChange, LimitKey, OperatorAction, Phase, Refusal, Role,
    SessionLimits,
};
use chairside_model::{MonoTime, Value};

use super::Bed;
use crate::record::Entry;
use crate::session::Opened;

impl Bed {
    pub(crate) const fn limits(&self) -> &SessionLimits {
        &self.limits
    }

    /// Tells whether somebody of that role may do that.
    pub(crate) fn check_role(&self, action: OperatorAction, role: Role) -> Result<(), Refusal> {
        action.check_role(role)?;
        if let OperatorAction::SetLimit { key, new, .. } = action {
            let checked = self.limits.check_role(key, new, role);
            return checked.map_err(Refusal::Limit);
        }
        Ok(())
    }

    /// Tells whether a limit can be what a person wants.
    pub(super) fn check_limit(&self, act: &Act<'_>) -> Result<(), Refusal> {
        if let OperatorAction::SetLimit { key, expected, new } = act.action {
            let checked = self.limits.check(key, expected, new);
            return checked.map_err(Refusal::Limit);
        }
        Ok(())
    }

    /// Returns the session that is open, where a person opened it.
    pub(crate) fn open_session(&self) -> Option<&Opened> {
        self.sessions.open().and_then(|(_, opened)| opened)
    }

    /// Tells whether a session is open.
    pub(crate) const fn is_in_session(&self) -> bool {
        self.sessions.is_open()
    }

    /// Tells whether a person can open a session, or close that one.
    pub(super) fn check_session(&self, action: OperatorAction) -> Result<(), Refusal> {
        let open = self.sessions.open();
        if let Some(treatment) = self.treating.treatment()
            && matches!(
                action,
                OperatorAction::CloseSession(_) | OperatorAction::EnterPhase(_)
            )
        {
            let stage = treatment.stage().name();
            return Err(Refusal::InTreatment { stage });
        }
        match (action, open) {
            (OperatorAction::OpenSession(..), Some((since, opened))) => Err(Refusal::SessionOpen {
                by: opened.map(|opened| opened.by.clone()),
                since,
            }),
            (OperatorAction::CloseSession(id), open) => {
                let opened = open.and_then(|(_, opened)| opened);
                let is_that = opened.is_some_and(|opened| opened.id == id);
                is_that.then_some(()).ok_or(Refusal::NoSession)
            }
            _ => Ok(()),
        }
    }

    /// Changes a limit; what cannot be changed stays.
    pub(super) fn set_limit(
        &mut self,
        now: MonoTime,
        (key, expected, new): (LimitKey, Value, Value),
        out: &mut Vec<Entry>,
    ) {
        if let Ok(changes) = self.limits.set(key, expected, new) {
            self.limit_time(now);
            self.retune(now, changes, out);
        }
    }

    pub(crate) fn phase(&mut self, now: MonoTime, phase: Phase, out: &mut Vec<Entry>) {
        self.judge_what_was_due(now, out);
        out.push(Entry::Phase {
            bed: self.id,
            phase,
        });
        let changes = self.limits.enter(phase);
        self.limit_time(now);
        self.retune(now, changes, out);
    }

    pub(crate) fn baseline(&mut self, now: MonoTime, baseline: Baseline, out: &mut Vec<Entry>) {
        self.judge_what_was_due(now, out);
        out.push(Entry::Baseline {
            bed: self.id,
            baseline,
        });
        self.alarm(now, AlarmInput::Baseline(baseline), out);
        let changes = self.limits.personalise(&baseline);
        self.limit_time(now);
        self.retune(now, changes, out);
    }

    pub(crate) fn cuff_same_limb(&mut self, now: MonoTime, same: bool, out: &mut Vec<Entry>) {
        self.judge_what_was_due(now, out);
        out.push(Entry::CuffSameLimb { bed: self.id, same });
        self.alarm(now, AlarmInput::CuffSameLimb(same), out);
    }

    /// Takes the opening or the closing of a session: either way what was set for one patient is
    /// not there for the next.
    pub(crate) fn session(&mut self, now: MonoTime, open: bool, out: &mut Vec<Entry>) {
        self.judge_what_was_due(now, out);
        let told = Entry::Session { bed: self.id, open };
        let turned = self.sessions.take(now, &told);
        out.push(told);
        self.alarm(now, AlarmInput::Session(open), out);
        if turned {
            self.audio.end_session(now, &mut self.audio_changes);
            self.tell_audio(out);
            let changes = self.limits.end_session();
            self.retune(now, changes, out);
        }
    }

    /// Nothing is changed without an end: where no session will bring it, time does.
    fn limit_time(&mut self, now: MonoTime) {
        if !self.sessions.is_open() {
            self.limits.limit_time(now);
        }
    }

    /// Ends what was changed of the limits, for its time is over.
    pub(super) fn end_limits(&mut self, now: MonoTime, out: &mut Vec<Entry>) {
        let before = self.limits.phase();
        let changes = self.limits.end_by_time();
        let phase = self.limits.phase();
        if phase != before {
            let bed = self.id;
            out.push(Entry::Phase { bed, phase });
        }
        self.retune(now, changes, out);
    }

    /// Tells each change before what follows from it.
    pub(super) fn retune(
        &mut self,
        now: MonoTime,
        changes: Vec<LimitChange>,
        out: &mut Vec<Entry>,
    ) {
        if changes.is_empty() {
            return;
        }
        let bed = self.id;
        let told = changes.into_iter();
        out.extend(told.map(|change| Entry::Limit { bed, change }));
        let profile = self.limits.in_force().clone();
        self.alarm(now, AlarmInput::Profile(&profile), out);
    }
}
