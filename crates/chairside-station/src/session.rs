//! Which session is open at a bed, as its records tell it.

use std::collections::BTreeMap;

use chairside_alarm::OperatorAction;
use chairside_care::{CareAction, CareEntry, Stage};
use chairside_model::{MonoTime, Patient, Reading, SessionId};

use crate::record::Entry;

/// The sessions of a bed, followed record by record: by the bed itself, by the next machine after
/// a restart or a failure, and by whoever shows them.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    /// For whom treatment sessions are planned.
    planned: BTreeMap<SessionId, Patient>,
    /// What a person has just opened.
    opening: Option<Opened>,
    /// The one that is open, and when it began.
    open: Option<(MonoTime, Option<Opened>)>,
    /// When one last opened or closed.
    turned: Option<MonoTime>,
}

/// A session as the person said who opened it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Which.
    pub id: SessionId,
    /// For whom.
    pub patient: Patient,
    /// The person, by id.
    pub by: Box<str>,
    /// It goes by a protocol: its own steps lead it on.
    pub treatment: bool,
}

impl Sessions {
    /// Takes what happened at the bed at that moment; tells whether a session opened or closed
    /// with it.
    pub fn take(&mut self, at: MonoTime, entry: &Entry) -> bool {
        match entry {
            Entry::Operator {
                action: OperatorAction::OpenSession(id, patient),
                by,
                ..
            } => {
                self.opening = Some(Opened {
                    id: *id,
                    patient: *patient,
                    by: by.clone(),
                    treatment: false,
                });
                false
            }
            Entry::Care { entry, .. } => {
                self.treated(entry);
                false
            }
            Entry::Session { open, .. } if *open != self.is_open() => {
                let opening = self.opening.take();
                self.open = open.then_some((at, opening));
                self.turned = Some(at);
                true
            }
            _ => false,
        }
    }

    /// Takes what a person did in a treatment session: when the patient is there, it opens.
    fn treated(&mut self, entry: &CareEntry) {
        match &entry.action {
            CareAction::Schedule { patient, .. } => {
                self.planned.insert(entry.session, *patient);
            }
            CareAction::Step {
                to: Stage::Screening,
            } => {
                let patient = self.planned.remove(&entry.session);
                self.opening = patient.map(|patient| Opened {
                    id: entry.session,
                    patient,
                    by: entry.by.clone(),
                    treatment: true,
                });
            }
            CareAction::Step { to } if to.is_over() => {
                self.planned.remove(&entry.session);
            }
            _ => {}
        }
    }

    /// Tells whether one is open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Returns since when one is open, and what was said of it if a person opened it.
    #[must_use]
    pub fn open(&self) -> Option<(MonoTime, Option<&Opened>)> {
        let (since, opened) = self.open.as_ref()?;
        Some((*since, opened.as_ref()))
    }

    /// Tells whether a reading that comes now is of the patient who was here before: by when it was
    /// measured, and not by when it comes.
    #[must_use]
    pub fn is_of_before(&self, now: MonoTime, reading: &Reading) -> bool {
        let began = self.turned.zip(reading.began(now));
        began.is_some_and(|(turned, began)| began < turned)
    }

    /// Returns when one last opened or closed: what was measured before is of another patient.
    #[must_use]
    pub const fn turned(&self) -> Option<MonoTime> {
        self.turned
    }
}
