//! The clinic's safety ledger: how often something happened in its own sessions, with how sure that
//! is, how soon somebody did something, and one patient's course over their sessions.
//!
//! A rate of few events in few sessions says little, and looks as if it said much. So none is told
//! without its exact bounds: no event in 1985 sessions is still compatible with 1.86 in 1000.

mod bounds;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::{AlarmId, Priority};
use chairside_model::{MonoTime, Patient, SessionId, Value};

pub use bounds::{Bounded, bounded};

use crate::facts::SessionFacts;
use crate::{DoseLog, DoseTotal, EventKind, Pressure, ScoreId, Stage};

/// What one session adds to the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerEntry {
    /// Which session.
    pub session: SessionId,
    /// Of whom.
    pub patient: Patient,
    /// In which stage it ended; nothing while it is open, and it counts for nothing.
    pub ended: Option<Stage>,
    /// Something was given.
    pub is_treated: bool,
    /// What happened, each kind once.
    pub events: BTreeSet<EventKind>,
    /// Alarms of high and medium priority that called, each rule once.
    pub alarms: BTreeSet<AlarmId>,
    /// For each intervention that an alarm stood for: from its first call until then.
    pub until_intervention: Vec<Duration>,
    /// The pressure before the dose.
    pub before: Option<Pressure>,
    /// The one with the highest systolic after it began.
    pub highest: Option<Pressure>,
    /// What was given.
    pub doses: Vec<DoseTotal>,
    /// The totals that were rated: when, which, how much.
    pub scores: Vec<(MonoTime, ScoreId, i16)>,
}

/// What is counted in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// A session that ended in a transfer: somebody did more for the patient.
    Transfer,
    /// A session that was aborted.
    Abort,
    /// An event of that kind.
    Event(EventKind),
    /// An alarm of high or medium priority.
    Alarm(AlarmId),
}

/// The ledger of some sessions.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// How many sessions ended in which something was given.
    pub sessions: u64,
    /// In how many of them each happened, with its bounds. What never happened is there for
    /// transfers, aborts and the kinds of events: that is what the ledger is asked for.
    pub rates: BTreeMap<Counted, Bounded>,
    /// From an alarm's first call until an intervention, the shortest first.
    pub until_intervention: Vec<Duration>,
}

impl LedgerEntry {
    /// Draws up what a session adds.
    #[must_use]
    pub fn of(facts: &SessionFacts) -> Self {
        let entries = facts.entries();
        let in_force = &entries.in_force;
        let doses = in_force.doses();
        let log = DoseLog::new(doses.map(|(number, entry)| (number, entry.clone())));
        let first_dose = entries.first_dose();
        let pressures = facts.pressures();
        let before = pressures.iter().rev();
        let mut before = before.filter(|one| first_dose.is_none_or(|dose| one.taken <= dose));
        let after = pressures.iter();
        let after = after.filter(|one| first_dose.is_some_and(|dose| one.taken > dose));
        let highest = after.max_by(|a, b| {
            let (a, b) = (a.systolic.number(), b.systolic.number());
            a.total_cmp(&b)
        });
        let alarms: Vec<_> = facts.alarms();
        let alarms: Vec<_> = alarms
            .into_iter()
            .filter(|alarm| alarm.priority >= Priority::Medium)
            .collect();
        let since_alarm = |at: MonoTime| {
            let standing = alarms.iter().filter(|alarm| alarm.stands(at));
            let first = standing.map(|alarm| alarm.called).min()?;
            Some(at.saturating_since(first))
        };
        let events = || in_force.events().map(|(_, event)| event);
        let interventions = events().filter(|event| is_intervention(event.kind));
        let scores = in_force.scores();
        let last = entries.stages.last().map(|taken| taken.stage);
        Self {
            session: facts.session,
            patient: facts.patient,
            ended: last.filter(|stage| stage.is_over() && facts.ended.is_some()),
            is_treated: first_dose.is_some(),
            events: events().map(|event| event.kind).collect(),
            until_intervention: interventions
                .filter_map(|event| since_alarm(event.at))
                .collect(),
            alarms: alarms.iter().map(|alarm| alarm.id).collect(),
            before: before.next().copied(),
            highest: highest.copied(),
            doses: log.totals(facts.end(), entries.weight),
            scores: scores
                .filter_map(|(_, score)| Some((score.at, score.id, score.total()?)))
                .collect(),
        }
    }

    /// Returns by how much the systolic pressure rose, mmHg; nothing without a pressure before the
    /// dose and one after it.
    #[must_use]
    pub fn rise(&self) -> Option<Value> {
        let (before, highest) = self.before.zip(self.highest)?;
        Value::finite(highest.systolic.number() - before.systolic.number())
    }

    fn counts(&self, counted: Counted) -> bool {
        match counted {
            Counted::Transfer => self.ended == Some(Stage::Transferred),
            Counted::Abort => self.ended == Some(Stage::Aborted),
            Counted::Event(kind) => self.events.contains(&kind),
            Counted::Alarm(id) => self.alarms.contains(&id),
        }
    }
}

/// Tells whether somebody did something for the patient's safety.
const fn is_intervention(kind: EventKind) -> bool {
    match kind {
        EventKind::OxygenOn
        | EventKind::DrugGiven
        | EventKind::Position
        | EventKind::Airway
        | EventKind::Intervention => true,
        EventKind::OxygenOff | EventKind::Vomiting | EventKind::Stridor | EventKind::Note => false,
    }
}

impl Ledger {
    /// Adds up sessions. Those that are open, and those in which nothing was given, do not count.
    #[must_use]
    pub fn of(entries: &[LedgerEntry]) -> Self {
        let treated = entries.iter();
        let treated = treated.filter(|entry| entry.is_treated && entry.ended.is_some());
        let treated: Vec<_> = treated.collect();
        let sessions = treated.len() as u64;
        let alarms = treated.iter().flat_map(|entry| &entry.alarms);
        // Each once: the bounds of one take as long as all of its sessions.
        let counted: BTreeSet<_> = [Counted::Transfer, Counted::Abort]
            .into_iter()
            .chain(EventKind::ALL.map(Counted::Event))
            .chain(alarms.copied().map(Counted::Alarm))
            .collect();
        let rates = counted.into_iter().map(|counted| {
            let with = treated.iter().filter(|entry| entry.counts(counted));
            (counted, bounded(with.count() as u64, sessions))
        });
        let rates = rates.collect();
        let until = treated.iter().flat_map(|entry| &entry.until_intervention);
        let mut until_intervention: Vec<Duration> = until.copied().collect();
        until_intervention.sort_unstable();
        Self {
            sessions,
            rates,
            until_intervention,
        }
    }

    /// Returns the time to an intervention in the middle.
    #[must_use]
    pub fn median_until_intervention(&self) -> Option<Duration> {
        let middle = self.until_intervention.len().saturating_sub(1) / 2;
        self.until_intervention.get(middle).copied()
    }
}

/// Returns the sessions of one patient, in the order in which they are handed in: those with the
/// clinic's number that this patient has. Initials alone are shared by many.
pub fn course<'a>(
    patient: &Patient,
    entries: &'a [LedgerEntry],
) -> impl Iterator<Item = &'a LedgerEntry> {
    let number = patient.number().map(str::to_owned);
    entries.iter().filter(move |entry| {
        let other = entry.patient.number();
        other.is_some() && other == number.as_deref()
    })
}
