//! What is kept for the treatment session of a bed.

use chairside_alarm::{SignalPresence, Transition};
use chairside_care::{CareAction, CareEntry, Stage};
use chairside_model::{MonoTime, SessionId};

use super::{About, Kept};
use crate::bed::is_high_of_the_patient;
use crate::record::Entry;

impl Kept {
    /// All of a treatment is kept until the next one opens, for it is nothing but its entries, and
    /// takes late ones until then. One to which nobody came is kept until it is called off.
    pub(super) fn about_care(&mut self, entry: &CareEntry) -> Option<About> {
        let session = entry.session;
        match entry.action {
            CareAction::Step {
                to: Stage::Screening,
            } => self.forget_treatments(|kept, other| other == session || !kept.was_open(other)),
            CareAction::Step { to } if to.is_over() && !self.was_open(session) => {
                self.forget_treatments(|_, other| other != session);
                return None;
            }
            _ => {}
        }
        Some(About::Care(session, entry.number))
    }

    fn forget_treatments(&mut self, stays: impl Fn(&Self, SessionId) -> bool) {
        let sessions = self.told.keys().filter_map(|about| match about {
            About::Care(session, _) => Some(*session),
            _ => None,
        });
        let gone: Vec<_> = sessions.filter(|session| !stays(self, *session)).collect();
        self.told
            .retain(|about, _| !matches!(about, About::Care(session, _) if gone.contains(session)));
    }

    fn was_open(&self, session: SessionId) -> bool {
        self.told.iter().any(|(about, record)| {
            matches!(about, About::Care(of, _) if *of == session)
                && matches!(&record.entry, Entry::Care { entry, .. }
                    if matches!(entry.action, CareAction::Step { to: Stage::Screening }))
        })
    }

    /// Of an alarm only the last that was told of it is kept; a treatment asks when one of high
    /// priority last stood. What is said of its signal is in the other.
    pub(super) fn take_end(&mut self, at: MonoTime, transition: &Transition) {
        let stood = self.told.get(&About::Alarm(transition.id));
        let stood = stood.is_some_and(
            |record| matches!(&record.entry, Entry::Alarm { transition, .. } if transition.present),
        );
        if stood && !transition.present && is_high_of_the_patient(transition) {
            let entry = Entry::Alarm {
                bed: self.bed,
                transition: Transition {
                    signal: SignalPresence::Off,
                    ..transition.clone()
                },
            };
            self.keep(at, About::HighOver(transition.id), entry);
        }
    }
}
