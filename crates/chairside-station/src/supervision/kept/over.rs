//! What is forgotten when a machine cannot be made of it, and how people are told.

use chairside_alarm::{
    AudioCause, AudioChange, LimitCause, LimitChange, Phase, SessionLimits, SignalPresence, Sound,
    SuspensionChange, SuspensionEnd, Transition,
};
use chairside_model::MonoTime;

use super::{About, Kept};
use crate::plan::BedPlan;
use crate::record::Entry;

impl Kept {
    /// Returns what is left when all that alarms and limits were is forgotten: how things are that
    /// nobody will say again, calls that nobody has answered among them.
    pub(in crate::supervision) fn forgetful(&self, now: MonoTime) -> Self {
        let told = self.told.iter().filter(|(about, _)| about.is_said_once());
        let told = told.map(|(about, record)| (about.clone(), record.clone()));
        Self {
            bed: self.bed,
            began: now,
            told: told.collect(),
            sequence: self.sequence,
            last: self.last,
            said: self.said.clone(),
            failure: None,
            open: self.open.clone(),
            links: self.links.clone(),
        }
    }

    /// Tells that everything that stands is over, and which limits hold instead.
    pub(in crate::supervision) fn tell_that_all_is_over(
        &self,
        now: MonoTime,
        plan: &BedPlan,
        out: &mut Vec<Entry>,
    ) {
        let shipped = SessionLimits::new(plan.profile.clone());
        let told = self.told.iter().filter(|(about, _)| !about.is_said_once());
        out.extend(told.filter_map(|(_, record)| over(now, &record.entry, &shipped)));
    }
}

impl About {
    /// Tells whether nobody will say it again, so that it is never forgotten.
    const fn is_said_once(&self) -> bool {
        match self {
            Self::KnownIdentity(_)
            | Self::CuffSameLimb
            | Self::SessionOpener
            | Self::SessionOpened
            | Self::SessionClosed
            | Self::DoseBegan
            | Self::DoseEnded
            | Self::Care(..)
            | Self::HighOver(_)
            | Self::Recording => true,
            Self::Alarm(id) => id.is_call(),
            Self::OtherIdentity(_)
            | Self::Phase
            | Self::Baseline
            | Self::ChosenLimit(_)
            | Self::Limit(_)
            | Self::Suspension(_)
            | Self::CuffReading
            | Self::Sound(_)
            | Self::Flood => false,
        }
    }
}

fn over(now: MonoTime, told: &Entry, shipped: &SessionLimits) -> Option<Entry> {
    match told {
        Entry::Alarm { bed, transition } => {
            let stands = transition.present || transition.signal != SignalPresence::Off;
            stands.then(|| Entry::Alarm {
                bed: *bed,
                transition: Transition {
                    at: now,
                    present: false,
                    signal: SignalPresence::Off,
                    superseded: false,
                    ..transition.clone()
                },
            })
        }
        Entry::Suspension { bed, change } => Some(Entry::Suspension {
            bed: *bed,
            change: SuspensionChange {
                at: now,
                ended: Some(SuspensionEnd::Restart),
                ..change.clone()
            },
        }),
        Entry::Audio { bed, change } => Some(Entry::Audio {
            bed: *bed,
            change: AudioChange {
                at: now,
                sound: Sound::On,
                cause: AudioCause::Time,
                ..change.clone()
            },
        }),
        Entry::Flood { bed, .. } => Some(Entry::Flood {
            bed: *bed,
            flood: None,
        }),
        Entry::Phase { bed, .. } => Some(Entry::Phase {
            bed: *bed,
            phase: Phase::default(),
        }),
        Entry::Limit { bed, change } => {
            let new = shipped.value(change.key).filter(|new| *new != change.new)?;
            Some(Entry::Limit {
                bed: *bed,
                change: LimitChange {
                    key: change.key,
                    old: change.new,
                    new,
                    cause: LimitCause::Profile,
                },
            })
        }
        _ => None,
    }
}
