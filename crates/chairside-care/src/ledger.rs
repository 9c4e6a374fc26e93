//! The clinic's safety ledger: how often something happened in its own sessions, with how sure that
//! is, how soon somebody did something, and one patient's course over their sessions.
//!
//! A rate of few events in few sessions says little, and looks as if it said much. So none is told
//! without its exact bounds: no event in 1985 sessions is still compatible with 1.86 in 1000.

mod bounds;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::{AlarmId, AlarmKind, Priority};
use chairside_model::{Metric, MonoTime, Patient, SessionId, Value};

pub use bounds::{Bounded, bounded};

use crate::chart::READING_COUNTS;
use crate::facts::SessionFacts;
use crate::median::median;
use crate::{Direction, DoseLog, DoseTotal, EventKind, Pressure, ScoreId, Stage, Taken, Text};

/// What one session adds to the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerEntry {
    /// Which session.
    pub session: SessionId,
    /// Of whom.
    pub patient: Patient,
    /// In which stage it ended; nothing while it is open, and it counts for nothing.
    pub ended: Option<Stage>,
    /// When something was first given.
    pub first_dose: Option<MonoTime>,
    /// What happened, each kind once.
    pub events: BTreeSet<EventKind>,
    /// What was given besides the treatment's own drug, as people wrote it, in the order of time.
    pub drugs: Vec<(MonoTime, Text)>,
    /// Alarms of high and medium priority that called, each rule once.
    pub alarms: BTreeSet<AlarmId>,
    /// For each intervention that an alarm stood for: from its first call until then.
    pub until_intervention: Vec<Duration>,
    /// Interventions while no alarm stood: there is no such time of them.
    pub unprompted: u64,
    /// The pressure before the dose; nothing where nothing was given.
    pub before: Option<Pressure>,
    /// The one with the highest systolic after it began: of those that are as high the one with the
    /// higher diastolic, and of those the first.
    pub highest: Option<Pressure>,
    /// The one with the highest diastolic after it began, in the same way; it may be another.
    pub highest_diastolic: Option<Pressure>,
    /// The lowest saturation after it began, %.
    pub lowest_saturation: Option<Taken>,
    /// From when something was last given until the patient was discharged; nothing where the
    /// session is open or ended otherwise, and where nothing was given.
    pub until_discharge: Option<Duration>,
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
    /// How many do not count because they are open.
    pub open: u64,
    /// How many do not count because nothing was given.
    pub untreated: u64,
    /// In how many of them each happened, with its bounds. What never happened is there for
    /// transfers, aborts and the kinds of events: that is what the ledger is asked for.
    pub rates: BTreeMap<Counted, Bounded>,
    /// From an alarm's first call until an intervention, the shortest first.
    pub until_intervention: Vec<Duration>,
    /// Interventions while no alarm stood.
    pub unprompted: u64,
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
        let mut before = before.filter(|one| {
            first_dose.is_some_and(|dose| {
                one.taken <= dose && dose.saturating_since(one.taken) <= READING_COUNTS
            })
        });
        let after = pressures.iter();
        let after = after.filter(|one| first_dose.is_some_and(|dose| one.taken > dose));
        // The first of those that are as high in both: `max_by` takes the last.
        let highest = |of: fn(&Pressure) -> Value, then: fn(&Pressure) -> Value| {
            let after = after.clone().rev();
            let highest = after.max_by(|a, b| {
                let by = |of: fn(&Pressure) -> Value| of(a).number().total_cmp(&of(b).number());
                by(of).then(by(then))
            });
            highest.copied()
        };
        let alarms: Vec<_> = facts.alarms();
        let alarms: Vec<_> = alarms
            .into_iter()
            .filter(|alarm| alarm.priority >= Priority::Medium)
            .collect();
        let since_alarm = |at: MonoTime| {
            // One about a device asks nobody to do anything for the patient.
            let standing = alarms
                .iter()
                .filter(|alarm| alarm.id.kind() == AlarmKind::Physiological && alarm.stands(at));
            let first = standing.map(|alarm| alarm.called).min()?;
            Some(at.saturating_since(first))
        };
        let events = || in_force.events().map(|(_, event)| event);
        let interventions = events().filter(|event| is_intervention(event.kind));
        let times: Vec<_> = interventions.map(|event| since_alarm(event.at)).collect();
        let drugs = events().filter(|event| event.kind == EventKind::DrugGiven);
        let drugs = drugs.filter_map(|event| Some((event.at, event.note.clone()?)));
        let mut drugs: Vec<_> = drugs.collect();
        drugs.sort_by_key(|(at, _)| *at);
        let scores = in_force.scores();
        let last = entries.stages.last();
        let last = last.filter(|taken| taken.stage.is_over() && facts.ended.is_some());
        let discharged = last.filter(|taken| taken.stage == Stage::Discharged);
        Self {
            session: facts.session,
            patient: facts.patient,
            ended: last.map(|taken| taken.stage),
            first_dose,
            events: events().map(|event| event.kind).collect(),
            drugs,
            unprompted: times.iter().filter(|time| time.is_none()).count() as u64,
            until_intervention: times.into_iter().flatten().collect(),
            alarms: alarms.iter().map(|alarm| alarm.id).collect(),
            before: before.next().copied(),
            highest: highest(|one| one.systolic, |one| one.diastolic),
            highest_diastolic: highest(|one| one.diastolic, |one| one.systolic),
            lowest_saturation: first_dose.and_then(|dose| facts.lowest(Metric::SpO2, dose)),
            until_discharge: discharged.and_then(|taken| {
                let given = log.last_given(taken.from)?;
                Some(taken.from.saturating_since(given))
            }),
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
        self.rise_of(self.highest, |one| one.systolic)
    }

    /// Returns the same of the diastolic pressure, mmHg.
    #[must_use]
    pub fn diastolic_rise(&self) -> Option<Value> {
        self.rise_of(self.highest_diastolic, |one| one.diastolic)
    }

    fn rise_of(&self, highest: Option<Pressure>, of: fn(&Pressure) -> Value) -> Option<Value> {
        let (before, highest) = self.before.zip(highest)?;
        Value::finite(of(&highest).number() - of(&before).number())
    }

    /// Returns the worst total of a scale after something was first given, and when it was rated:
    /// of those that are as bad, the first. Nothing for a scale that says neither better nor worse.
    #[must_use]
    pub fn worst(&self, scale: ScoreId) -> Option<(MonoTime, i16)> {
        let badness = |total: i16| match scale.direction() {
            Direction::HigherIsBetter => Some(-total),
            Direction::HigherIsWorse => Some(total),
            Direction::ZeroIsCalm => Some(total.abs()),
            Direction::Neither => None,
        };
        let dose = self.first_dose?;
        let rated = self.scores.iter();
        let rated = rated.filter(|(at, id, _)| *id == scale && *at >= dose);
        let rated = rated.filter_map(|(at, _, total)| Some((badness(*total)?, *at, *total)));
        let worst = rated.min_by_key(|(badness, at, _)| (-badness, *at));
        worst.map(|(_, at, total)| (at, total))
    }

    /// Tells whether something was given.
    #[must_use]
    pub const fn is_treated(&self) -> bool {
        self.first_dose.is_some()
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
        let given: Vec<_> = entries.iter().filter(|entry| entry.is_treated()).collect();
        let treated = given.iter().filter(|entry| entry.ended.is_some());
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
            open: (given.len() - treated.len()) as u64,
            untreated: (entries.len() - given.len()) as u64,
            rates,
            until_intervention,
            unprompted: treated.iter().map(|entry| entry.unprompted).sum(),
        }
    }

    /// Returns the time to an intervention in the middle.
    #[must_use]
    pub fn median_until_intervention(&self) -> Option<Duration> {
        median(&self.until_intervention)
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
