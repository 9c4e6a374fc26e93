//! The treatment sessions of a bed: what follows from a step for its session, its limits and its
//! cuff (`docs/adr/0025-treatment-session.md`).

use std::collections::{BTreeMap, BTreeSet};

use chairside_alarm::{
    AlarmId, AlarmInput, AlarmKind, LimitChange, Occurrence, Priority, SessionLimits, Transition,
};
use chairside_care::{
    Care, CareAct, CareAction, CareEntry, CareRefusal, Checked, GateFacts, Stage, Treatment,
};
use chairside_model::{DeviceId, MonoTime};

use super::Bed;
use crate::plan::{BedPlan, Feed};
use crate::record::{Entry, LinkState};

/// The treatment sessions of a bed, and what they are to know of it.
#[derive(Debug)]
pub(crate) struct Treating {
    care: Care,
    /// Alarms of high priority about the patient that stand.
    high: BTreeSet<AlarmId>,
    /// The last episode of each of them that was over.
    over: BTreeMap<AlarmId, Occurrence>,
    /// How each line stands.
    links: BTreeMap<DeviceId, LinkState>,
    /// The lines on which another device answers than the session's.
    swapped: BTreeSet<DeviceId>,
    sound_heard: bool,
    /// When the cuff is expected at another interval, or a high alarm has just turned.
    deadline: Option<MonoTime>,
}

impl Treating {
    pub(super) fn new(plan: &BedPlan) -> Self {
        let lines = plan.devices.iter();
        let lines = lines.filter(|device| matches!(device.feed, Feed::Line(_)));
        let mut treating = Self {
            care: Care::new(plan.protocols.iter().cloned(), plan.sources()),
            high: BTreeSet::new(),
            over: BTreeMap::new(),
            links: lines
                .map(|device| (device.id, LinkState::Disconnected))
                .collect(),
            swapped: BTreeSet::new(),
            sound_heard: false,
            deadline: None,
        };
        treating.tell_facts();
        treating
    }

    pub(super) const fn care(&self) -> &Care {
        &self.care
    }

    pub(super) const fn care_mut(&mut self) -> &mut Care {
        &mut self.care
    }

    pub(super) fn treatment(&self) -> Option<&Treatment> {
        self.care.treatment()
    }

    pub(super) const fn deadline(&self) -> Option<MonoTime> {
        self.deadline
    }

    /// Takes an alarm after a change.
    pub(super) fn alarm(&mut self, transition: &Transition) {
        let Transition {
            at, id, present, ..
        } = transition;
        let stood = !self.high.is_empty();
        let is_high = is_high_of_the_patient(transition);
        if *present && is_high {
            self.high.insert(*id);
        } else {
            self.high.remove(id);
        }
        if !*present && is_high {
            self.over.insert(*id, transition.occurrence);
        }
        let stands = !self.high.is_empty();
        if stood != stands {
            self.care.high_alarm(*at, stands);
            self.deadline = Some(*at);
        }
    }

    /// Takes an alarm of the record. What is left of one may be no more than that it was over; what
    /// is told of an episode after that is how people were told, and not that it ended.
    pub(super) fn alarm_of_before(&mut self, transition: &Transition) {
        let was_over = self.over.get(&transition.id) == Some(&transition.occurrence);
        self.alarm(transition);
        if !transition.present && !was_over && is_high_of_the_patient(transition) {
            self.care.high_alarm_was(transition.at, transition.since);
        }
    }

    pub(super) fn link(&mut self, device: DeviceId, state: LinkState) {
        self.links.insert(device, state);
        self.tell_facts();
    }

    /// Takes on which lines another device answers, and nobody has confirmed it: what that one
    /// says is nobody's.
    pub(super) fn devices(&mut self, now: MonoTime, is_swapped: impl Fn(DeviceId) -> bool) {
        let mut turned = false;
        for device in self.links.keys() {
            let swapped = is_swapped(*device);
            if swapped == self.swapped.contains(device) {
                continue;
            }
            turned = true;
            self.care.device(now, *device, !swapped);
            if swapped {
                self.swapped.insert(*device);
            } else {
                self.swapped.remove(device);
            }
        }
        if turned {
            self.tell_facts();
        }
    }

    pub(super) fn sound_heard(&mut self, heard: bool) {
        self.sound_heard = heard;
        self.tell_facts();
    }

    /// Goes on after a restart: what was due meanwhile is due now.
    pub(super) fn begin_again(&mut self, now: MonoTime) {
        if self.treatment().is_some() {
            self.deadline = Some(now);
        }
    }

    fn tell_facts(&mut self) {
        let mut links = self.links.values();
        self.care.facts(GateFacts {
            link_live: self.swapped.is_empty() && links.all(|link| *link == LinkState::Connected),
            sound_heard: self.sound_heard,
        });
    }

    /// Lets the limits go by the protocol of the session that has opened.
    pub(super) fn follow(&self, limits: &mut SessionLimits) -> Vec<LimitChange> {
        // That each protocol agrees with the bed's profile was seen to when both were read.
        let adjusted = self.treatment().and_then(|treatment| {
            let protocol = treatment.protocol();
            protocol.adjust(limits.shipped()).ok()
        });
        limits.follow(adjusted)
    }

    /// Lets the cuff be expected as often as the session needs it now.
    pub(super) fn expect_cuff(
        &mut self,
        now: MonoTime,
        limits: &mut SessionLimits,
    ) -> Vec<LimitChange> {
        let treatment = self.care.treatment();
        let every = treatment.map(|treatment| treatment.cuff_interval(now));
        let due = treatment.and_then(|treatment| treatment.next_deadline(now));
        self.deadline = due.filter(|due| *due > now);
        limits.expect_cuff(every)
    }
}

/// Tells whether an alarm is one after which a patient is looked at more often, and not let go: of
/// high priority, and about the patient. A lost link or a call for help says nothing of how the
/// patient is; what was not measured meanwhile is missing where it is asked for.
pub(crate) fn is_high_of_the_patient(transition: &Transition) -> bool {
    transition.priority == Priority::High && transition.id.kind() == AlarmKind::Physiological
}

impl Bed {
    pub(crate) const fn care(&self) -> &Care {
        self.treating.care()
    }

    pub(crate) fn sound_heard(&mut self, heard: bool) {
        self.treating.sound_heard(heard);
    }

    /// Tells whether something can be done in a treatment session now.
    pub(crate) fn check_care(
        &self,
        now: MonoTime,
        act: &CareAct<'_>,
    ) -> Result<Checked, CareRefusal> {
        let checked = self.treating.care().check(now, act)?;
        let to_screening = CareAction::Step {
            to: Stage::Screening,
        };
        if *act.action == to_screening
            && self.treating.treatment().is_none()
            && let Some((_, opened)) = self.sessions.open()
        {
            // One without a protocol, which somebody opened by hand.
            let open = opened.map_or(act.session, |opened| opened.id);
            return Err(CareRefusal::OtherOpen(open));
        }
        Ok(checked)
    }

    /// Does what a person wants in a treatment session, if it can still be done after what was due
    /// before.
    pub(crate) fn treat(
        &mut self,
        now: MonoTime,
        act: &CareAct<'_>,
        out: &mut Vec<Entry>,
    ) -> Result<(), CareRefusal> {
        self.judge_what_was_due(now, out);
        let entry = self.check_care(now, act)?.entry(act);
        self.treated(now, entry, out);
        Ok(())
    }

    fn treated(&mut self, now: MonoTime, entry: CareEntry, out: &mut Vec<Entry>) {
        let (was_open, was_dosing) = self.stands();
        let takes_baseline = entry.action == CareAction::TakeBaseline;
        self.treating.care_mut().apply(now, &entry);
        let told = Entry::Care {
            bed: self.id,
            entry: Box::new(entry),
        };
        self.sessions.take(now, &told);
        out.push(told);
        let (is_open, is_dosing) = self.stands();
        if is_open && !was_open {
            self.session(now, true, out);
            let changes = self.treating.follow(&mut self.limits);
            self.retune(now, changes, out);
        }
        let phase = self.treating.treatment().map(|one| one.stage().phase());
        if let Some(phase) = phase.filter(|phase| *phase != self.limits.phase()) {
            self.phase(now, phase, out);
        }
        if is_dosing != was_dosing {
            let (bed, running) = (self.id, is_dosing);
            out.push(Entry::Dosing { bed, running });
            self.alarm(now, AlarmInput::Dosing(running), out);
        }
        let baseline = self.treating.treatment().and_then(Treatment::baseline);
        if let Some(baseline) = baseline.filter(|_| takes_baseline).copied() {
            self.baseline(now, baseline, out);
        }
        if was_open && !is_open {
            self.session(now, false, out);
        }
        self.expect_cuff(now, out);
    }

    /// Returns whether a treatment session is open, and whether its dose acts.
    fn stands(&self) -> (bool, bool) {
        let treatment = self.treating.treatment();
        let is_dosing = treatment.is_some_and(Treatment::is_dosing);
        (treatment.is_some(), is_dosing)
    }

    pub(super) fn expect_cuff(&mut self, now: MonoTime, out: &mut Vec<Entry>) {
        let changes = self.treating.expect_cuff(now, &mut self.limits);
        self.retune(now, changes, out);
    }
}
