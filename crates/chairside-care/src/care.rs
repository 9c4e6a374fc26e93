//! The treatment sessions of one bed: those that are planned, and the one that is open.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chairside_alarm::{Baseline, Sources};
use chairside_model::{DeviceId, MonoTime, Observation, SessionId};

use crate::treatment::{Checked, HighAlarm};
use crate::{
    CareAct, CareAction, CareEntry, CareRefusal, GateFacts, Protocol, Stage, Text, Treatment,
};

/// More sessions than one bed has in a week: what is planned at a time. One that nobody comes to is
/// aborted by a person.
pub const SCHEDULED_MAX: usize = 64;

/// How long the plan of a session holds to which nobody comes: a restart after that does not know
/// it any more. Our design: three months are more than a course of treatments is planned ahead.
pub const PLANNED_MAX: Duration = Duration::from_hours(90 * 24);

/// The treatment sessions of one bed.
#[derive(Clone, Debug, PartialEq)]
pub struct Care {
    protocols: BTreeMap<Box<str>, Arc<Protocol>>,
    sources: Sources,
    planned: BTreeMap<SessionId, Treatment>,
    /// The one that is open, or the last one, which can still be corrected until the next opens.
    last: Option<Treatment>,
    facts: GateFacts,
    high: HighAlarm,
}

impl Care {
    /// Begins with nothing planned. `sources` says which device of the bed each metric is read
    /// from, as the bed's alarm engine has it.
    #[must_use]
    pub fn new(protocols: impl IntoIterator<Item = Protocol>, sources: Sources) -> Self {
        let by_name = |protocol: Protocol| (protocol.name().into(), Arc::new(protocol));
        Self {
            protocols: protocols.into_iter().map(by_name).collect(),
            sources,
            planned: BTreeMap::new(),
            last: None,
            facts: GateFacts::default(),
            high: HighAlarm::default(),
        }
    }

    /// Returns the protocols of the clinic, by their names.
    pub fn protocols(&self) -> impl Iterator<Item = &Protocol> {
        self.protocols.values().map(Arc::as_ref)
    }

    /// Returns the session that is open.
    #[must_use]
    pub fn treatment(&self) -> Option<&Treatment> {
        let last = self.last.as_ref()?;
        (!last.stage().is_over()).then_some(last)
    }

    /// Returns the session that ended last, which can be corrected until the next one opens.
    #[must_use]
    pub fn ended(&self) -> Option<&Treatment> {
        let last = self.last.as_ref()?;
        last.stage().is_over().then_some(last)
    }

    /// Returns the sessions that are planned, in the order in which that was done.
    #[must_use]
    pub fn scheduled(&self) -> Vec<&Treatment> {
        let mut planned: Vec<_> = self.planned.values().collect();
        planned.sort_by_key(|one| (one.since(), one.session()));
        planned
    }

    /// Returns a session that is planned, open or the last one.
    #[must_use]
    pub fn find(&self, session: SessionId) -> Option<&Treatment> {
        let last = self.last.as_ref().filter(|last| last.session() == session);
        last.or_else(|| self.planned.get(&session))
    }

    /// Tells whether something may be done now. What [`Checked::entry`] makes of it goes on record
    /// and is then [applied](Self::apply).
    ///
    /// # Errors
    ///
    /// Why not. Nothing is changed by it either way.
    pub fn check(&self, now: MonoTime, act: &CareAct<'_>) -> Result<Checked, CareRefusal> {
        if act.by.trim().is_empty() {
            return Err(CareRefusal::NoName);
        }
        let known = self.find(act.session);
        if let CareAction::Schedule { protocol, .. } = act.action {
            return self.check_schedule(act.session, known, protocol.as_str());
        }
        let known = known.ok_or(CareRefusal::NoSession(act.session))?;
        let opens = known.stage() == Stage::Scheduled
            && matches!(act.action, CareAction::Step { to } if *to == Stage::Screening);
        match self.treatment() {
            Some(open) if opens => Err(CareRefusal::OtherOpen(open.session())),
            _ => known.check(now, act),
        }
    }

    /// Takes an entry that is on record: one that was just made, or after a restart all of them
    /// again, in their order and among the readings as they were.
    pub fn apply(&mut self, at: MonoTime, entry: &CareEntry) {
        if let CareAction::Schedule {
            patient,
            name,
            protocol,
        } = &entry.action
        {
            if self.find(entry.session).is_none() {
                let goes_by = self.protocol(protocol);
                let planned = Treatment::new((at, entry), (*patient, name.clone()), goes_by);
                self.planned.insert(entry.session, planned);
            }
            return;
        }
        if let Some(last) = &mut self.last
            && last.session() == entry.session
        {
            last.apply(at, entry, &self.sources);
            return;
        }
        let Some(planned) = self.planned.get_mut(&entry.session) else {
            return;
        };
        planned.apply(at, entry, &self.sources);
        if planned.stage() != Stage::Scheduled
            && let Some(begun) = self.planned.remove(&entry.session)
        {
            self.begin(begun);
        }
    }

    /// Takes a reading of the bed.
    pub fn observe(&mut self, now: MonoTime, observation: &Observation) {
        if let Some(last) = &mut self.last {
            last.observe(now, observation);
        }
    }

    /// Takes that another device than the session's answers on a line, or that the one that
    /// answers is the session's again, because a person said so or it is the one of before.
    pub fn device(&mut self, now: MonoTime, device: DeviceId, belongs: bool) {
        if let Some(last) = &mut self.last {
            last.device(now, device, belongs);
        }
    }

    /// Takes whether an alarm of high priority about the patient stands at the bed.
    pub fn high_alarm(&mut self, now: MonoTime, stands: bool) {
        self.high = self.high.next(now, stands);
        if let Some(last) = &mut self.last {
            last.high = last.high.next(now, stands);
        }
    }

    /// Takes from the record that an alarm of high priority, which began at `since`, was over at
    /// `at`: after the machine of a bed was made anew nothing else may be left of it.
    pub fn high_alarm_was(&mut self, at: MonoTime, since: MonoTime) {
        if let Some(last) = &mut self.last {
            last.high_alarm_was(at, since);
        }
    }

    /// Takes the baseline that the record has of the session that is open: after a restart the
    /// readings of which it was made are not all there again.
    pub fn told_baseline(&mut self, baseline: &Baseline) {
        if let Some(open) = self.last.as_mut().filter(|last| !last.stage().is_over()) {
            open.told_baseline(baseline);
        }
    }

    /// Takes what the gate must know that neither a person nor a reading tells.
    pub fn facts(&mut self, facts: GateFacts) {
        self.facts = facts;
        if let Some(last) = &mut self.last {
            last.facts = facts;
        }
    }

    fn check_schedule(
        &self,
        session: SessionId,
        known: Option<&Treatment>,
        protocol: &str,
    ) -> Result<Checked, CareRefusal> {
        if known.is_some() {
            return Err(CareRefusal::SessionThere(session));
        }
        if !self.protocols.contains_key(protocol) {
            return Err(CareRefusal::NoProtocol(protocol.into()));
        }
        if self.planned.len() >= SCHEDULED_MAX {
            return Err(CareRefusal::Full(SCHEDULED_MAX));
        }
        Ok(Checked {
            number: 1,
            passed_over: Vec::new(),
            variant: None,
        })
    }

    /// Returns the clinic's protocol of that name and that it is one; or what a session goes by
    /// whose protocol was taken out of the configuration.
    fn protocol(&self, name: &Text) -> (Arc<Protocol>, bool) {
        match self.protocols.get(name.as_str()) {
            Some(protocol) => (Arc::clone(protocol), true),
            None => (Arc::new(Protocol::unknown(name)), false),
        }
    }

    /// A session begins at the bed. One that ended before it did is only on record.
    fn begin(&mut self, mut begun: Treatment) {
        if begun.stage().is_over() {
            return;
        }
        begun.facts = self.facts;
        // What stood before is of another patient, unless it stands now.
        begun.high = match self.high {
            HighAlarm::Stands => HighAlarm::Stands,
            HighAlarm::Never | HighAlarm::Over(_) => HighAlarm::Never,
        };
        self.last = Some(begun);
    }
}

#[cfg(test)]
mod tests;
