//! What people did, and what else happened at a bed.

use chrono::{DateTime, Utc};

use super::{History, Stretch};
use crate::error::StoreError;
use crate::kind::Kind;
use crate::row::{CareFact, Fact, LimitFact, OperatorFact, SuspensionFact};

/// A person's action that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted {
    /// When.
    pub at: DateTime<Utc>,
    /// What, by whom, where and why.
    pub what: OperatorFact<'static>,
}

/// Something else that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: Event,
}

/// What happened at a bed besides readings, alarms and what people did.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A number of the limits became another; also by a person.
    Limit(LimitFact<'static>),
    /// The pause of an alarm or a rule's being off began or ended.
    Suspension(SuspensionFact<'static>),
    /// The session went into another phase.
    Phase(String),
    /// A session opened or closed.
    Session {
        /// Whether one is open now.
        open: bool,
    },
    /// A person did something in a treatment session.
    Care {
        /// What, and who.
        fact: CareFact<'static>,
        /// When it happened, where the person said so.
        happened: Option<DateTime<Utc>>,
    },
    /// What became of a person's order to a cuff.
    CuffOrder {
        /// `start` or `stop`.
        order: String,
        /// What became of it.
        answer: String,
    },
    /// A trainer did something to the simulated patient.
    Trained {
        /// The trainer, by id.
        by: String,
        /// What.
        did: String,
    },
    /// A dose began or ended.
    Dose {
        /// Whether one is running now.
        running: bool,
    },
}

/// The tables that have such events.
const EVENTS: [Kind; 8] = [
    Kind::Limit,
    Kind::Suspension,
    Kind::Phase,
    Kind::Session,
    Kind::Dosing,
    Kind::Ordered,
    Kind::Care,
    Kind::Trained,
];

impl History {
    /// Returns what people did at a bed in this time, the oldest first.
    pub(super) fn acted(
        &self,
        stretches: &[Stretch],
        bed: i64,
        span: (i64, i64),
    ) -> Result<Vec<Acted>, StoreError> {
        let mut acted = Vec::new();
        for stretch in stretches.iter().filter(|one| one.meets(span.0, span.1)) {
            self.each(stretch, Kind::Operator, bed, span, |row| {
                if let Fact::Operator(what) = row.fact {
                    let at = stretch.time(row.at);
                    acted.push(Acted { at, what });
                }
            })?;
        }
        acted.sort_by_key(|acted| acted.at);
        Ok(acted)
    }

    /// Returns what else happened at a bed in this time, the oldest first.
    pub(super) fn happened(
        &self,
        stretches: &[Stretch],
        bed: i64,
        span: (i64, i64),
    ) -> Result<Vec<Happened>, StoreError> {
        let mut happened = Vec::new();
        for stretch in stretches.iter().filter(|one| one.meets(span.0, span.1)) {
            for kind in EVENTS {
                self.each(stretch, kind, bed, span, |row| {
                    let at = stretch.time(row.at);
                    happened.extend(event(stretch, row.fact).map(|what| Happened { at, what }));
                })?;
            }
        }
        happened.sort_by_key(|happened| happened.at);
        Ok(happened)
    }
}

fn event(stretch: &Stretch, fact: Fact<'static>) -> Option<Event> {
    match fact {
        Fact::Limit(limit) => Some(Event::Limit(limit)),
        Fact::Suspension(suspension) => Some(Event::Suspension(suspension)),
        Fact::Phase { phase } => Some(Event::Phase(phase.into_owned())),
        Fact::Session { open } => Some(Event::Session { open }),
        Fact::Trained { by, did } => Some(Event::Trained {
            by: by.into_owned(),
            did: did.into_owned(),
        }),
        Fact::Dosing { running } => Some(Event::Dose { running }),
        Fact::Care(fact) => Some(Event::Care {
            happened: fact.happened.map(|at| stretch.time(at)),
            fact,
        }),
        Fact::Ordered { order, answer, .. } => Some(Event::CuffOrder {
            order: order.into_owned(),
            answer: answer.into_owned(),
        }),
        Fact::Numeric { .. }
        | Fact::Cuff { .. }
        | Fact::Waveform { .. }
        | Fact::Alarm { .. }
        | Fact::Link { .. }
        | Fact::Discarded { .. }
        | Fact::DeviceAlarm { .. }
        | Fact::Identity { .. }
        | Fact::Operator(_)
        | Fact::Audio(_)
        | Fact::Flood(_)
        | Fact::Baseline(_)
        | Fact::CuffSameLimb { .. }
        | Fact::Simulated(_)
        | Fact::Recording { .. } => None,
    }
}
