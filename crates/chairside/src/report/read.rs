//! What is read of a session for the report, and for what is drawn up across sessions.

use chairside_care::{CuffPlan, DoseLog, Fact, SessionFacts};
use chairside_model::{MonoTime, Patient, SessionId, Value};
use chairside_station::Record;
use chairside_store::{History, RecordsQuestion, SessionTold, StoreError};
use chrono::{DateTime, Utc};

use super::treatment::{self, Treated};
use super::{AFTER, BEFORE, BedOf, LONGEST, Names, course, paper};

/// What a patient was given in a session, and what the patient weighs.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// By the entries that hold, on the clock of [`wall`](Self::wall).
    pub(crate) log: DoseLog,
    /// Body weight, kg, where it was entered.
    pub(crate) weight: Option<Value>,
    /// Each dose that holds: when it was given, and in words.
    pub(crate) doses: Vec<(DateTime<Utc>, String)>,
    /// The end of the session, or now.
    pub(crate) until: MonoTime,
    opened: DateTime<Utc>,
}

impl Given {
    /// Reads what was given in a session up to now.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub(crate) fn read(
        history: &History,
        session: &SessionTold,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let treated = Treated::read(session.opened, &history.care(session, now)?)?;
        Ok(Self {
            log: treated.as_ref().map(Treated::doses).unwrap_or_default(),
            weight: treated.as_ref().and_then(Treated::weight),
            doses: treated.as_ref().map(Treated::given).unwrap_or_default(),
            until: treatment::mono(session.opened, told_until(session, now)),
            opened: session.opened,
        })
    }

    /// Returns how long after the opening a moment of the log was, minutes.
    pub(crate) fn minute(&self, at: MonoTime) -> f32 {
        self.minute_of(self.wall(at))
    }

    /// Returns how long after the opening something was, minutes.
    pub(crate) fn minute_of(&self, at: DateTime<Utc>) -> f32 {
        course::minutes((at - self.opened).to_std().unwrap_or_default())
    }

    /// Returns when a moment of the log was.
    pub(crate) fn wall(&self, at: MonoTime) -> DateTime<Utc> {
        treatment::wall(self.opened, at)
    }
}

/// Reads what the bed told around a session, with or without its readings, for what is drawn up
/// across sessions; nothing where the bed is not configured any more.
///
/// # Errors
///
/// When the database cannot be read, or when nobody waits any more.
pub(crate) fn facts(
    history: &History,
    session: &SessionTold,
    names: &Names,
    (now, readings): (DateTime<Utc>, bool),
) -> Result<Option<SessionFacts>, StoreError> {
    let Some(bed) = names.beds.get(&session.bed) else {
        return Ok(None);
    };
    let until = told_until(session, now);
    let records = records(history, session, bed, (until, readings))?;
    // No row stands at the cuff's times where several sessions are told together.
    let cuff = CuffPlan::default();
    let treated = Treated::read(session.opened, &history.care(session, now)?)?;
    let facts = facts_of(session, bed, (until, cuff), records);
    Ok(facts.map(|facts| with_late(facts, treated.as_ref())))
}

/// Reads by which protocol a session went; nothing where it went by none.
///
/// # Errors
///
/// When the database cannot be read, or when nobody waits any more.
pub(crate) fn protocol(
    history: &History,
    session: &SessionTold,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    let treated = Treated::read(session.opened, &history.care(session, now)?)?;
    Ok(treated.and_then(|treated| treated.protocol().map(str::to_owned)))
}

/// Adds what was entered or corrected after the end: it is as true as if it had been at once.
pub(super) fn with_late(mut facts: SessionFacts, treated: Option<&Treated>) -> SessionFacts {
    let late = treated
        .into_iter()
        .flat_map(|treated| treated.late(facts.drawn_up));
    let late: Vec<_> = late
        .map(|(at, entry)| Fact::Care {
            at: *at,
            entry: entry.clone(),
        })
        .collect();
    facts.facts.extend(late);
    let last = facts.facts.last().map_or(facts.drawn_up, Fact::at);
    facts.drawn_up = facts.drawn_up.max(last);
    facts
}

/// Returns when a moment of the [facts] of a session was.
pub(crate) fn wall(session: &SessionTold, at: MonoTime) -> DateTime<Utc> {
    treatment::wall(session.opened, at)
}

/// Returns until when a session is told: its end, or now.
pub(super) fn told_until(session: &SessionTold, now: DateTime<Utc>) -> DateTime<Utc> {
    let until = session.closed.unwrap_or(now).max(session.opened);
    until.min(session.opened + LONGEST)
}

pub(super) fn records(
    history: &History,
    session: &SessionTold,
    bed: &BedOf,
    (until, readings): (DateTime<Utc>, bool),
) -> Result<Vec<Record>, StoreError> {
    history.records(&RecordsQuestion {
        bed: (bed.bed, session.bed.clone()),
        devices: bed.devices.clone(),
        from: session.opened - BEFORE,
        to: until + AFTER,
        zero: treatment::zero(session.opened),
        readings,
    })
}

/// Returns what the curves, the flow sheet and what goes with it are made of.
pub(super) fn facts_of(
    session: &SessionTold,
    bed: &BedOf,
    (until, cuff): (DateTime<Utc>, CuffPlan),
    records: Vec<Record>,
) -> Option<SessionFacts> {
    let on_clock = |at| treatment::mono(session.opened, at);
    let (initials, number) = (session.initials.as_deref(), session.number.as_deref());
    Some(SessionFacts {
        session: SessionId::from_name(&session.id)?,
        patient: Patient::new(initials, number).unwrap_or_default(),
        opened: on_clock(session.opened),
        ended: session.closed.map(on_clock),
        drawn_up: on_clock(until),
        sources: bed.sources.clone(),
        cuff,
        facts: paper::facts(records),
    })
}
