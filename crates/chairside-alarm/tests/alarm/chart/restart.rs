//! What a chart's bed leaves in the record, and an engine that goes on from it.

use std::time::Duration;

use chairside_alarm::{
    AlarmEngine, AlarmInput, AlarmProfile, Audience, Delivery, ProfileParts, Resuming,
    SessionLimits, Sources, SuspensionChange, Transition,
};
use chairside_model::{DeviceId, MonoTime, Observation};

use super::bed::Bed;
use super::people::by_nurse;
use super::{Chart, Story};

/// How far back a restart looks.
const WINDOW: Duration = Duration::from_mins(15);

/// The service is killed in a second of a chart, and is back in another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outage {
    pub(crate) from: u64,
    /// After all of that second, and not before anything of it.
    pub(crate) after: bool,
    /// The same second, when it takes no time: nothing is missed then.
    pub(crate) to: u64,
}

impl Chart {
    /// Returns all that came of it when the service is killed in between; what the chart says while
    /// it is down nobody hears.
    pub(crate) fn story_with_outages(&self, parts: ProfileParts, outages: &[Outage]) -> Story {
        let profile = AlarmProfile::new(parts).expect("limits do not contradict each other");
        let limits = SessionLimits::new(profile);
        let profile = limits.in_force().clone();
        let engine = AlarmEngine::new(profile.clone(), self.sources(), MonoTime::ZERO);
        let mut bed = Bed::new(engine, limits);
        let at = MonoTime::from_secs;
        for second in 0..=self.until {
            let down = |outage: &&Outage| {
                let from = outage.from + u64::from(outage.after);
                (from..outage.to).contains(&second)
            };
            if outages.iter().any(|outage| down(&outage)) {
                continue;
            }
            let back = |after| {
                let mut outages = outages.iter();
                outages.find(move |outage| {
                    let at_once = outage.from == outage.to;
                    outage.to == second && (if at_once { outage.after } else { false }) == after
                })
            };
            let restart = |bed: &mut Bed, outage: Option<&Outage>| {
                if let Some(outage) = outage {
                    let times = (at(outage.from), at(outage.to));
                    bed.restart(times, profile.clone(), self.sources());
                }
            };
            let outage = back(false);
            if outage.is_none() {
                bed.advance(at(second));
            }
            restart(&mut bed, outage);
            self.second(second, &mut bed);
            restart(&mut bed, back(true));
            bed.settle(at(second));
        }
        bed.story()
    }
}

/// What is on record of a bed, in order.
#[derive(Default)]
pub(super) struct Record(Vec<(MonoTime, Kept)>);

enum Kept {
    Observed(Observation),
    Identity(DeviceId, String),
    Profile(Box<AlarmProfile>),
    Happened(AlarmInput<'static>),
    Suspended(SuspensionChange),
    Told(Transition),
}

impl Record {
    pub(super) fn input(&mut self, now: MonoTime, input: AlarmInput<'_>) {
        self.0.extend(kept(input).map(|kept| (now, kept)));
    }

    pub(super) fn suspended(&mut self, now: MonoTime, changes: &[SuspensionChange]) {
        let changes = changes.iter().cloned();
        self.0
            .extend(changes.map(|change| (now, Kept::Suspended(change))));
    }

    pub(super) fn told(&mut self, now: MonoTime, told: &[Transition]) {
        let told = told.iter().cloned();
        self.0.extend(told.map(|told| (now, Kept::Told(told))));
    }

    /// Returns an engine that knows what is on record, and what is to be told now; the one before
    /// was killed at `ended`.
    pub(super) fn resume(
        &self,
        (ended, now): (MonoTime, MonoTime),
        profile: AlarmProfile,
        sources: Sources,
    ) -> (AlarmEngine, Vec<Transition>) {
        let from = ended.saturating_sub(WINDOW).since_start().as_secs();
        let from = MonoTime::from_secs(from);
        let mut resuming = Resuming::new(profile, sources, MonoTime::ZERO, from);
        for (at, kept) in &self.0 {
            match kept {
                Kept::Observed(observation) => {
                    resuming.take(*at, AlarmInput::Observed(observation));
                }
                Kept::Identity(device, text) => {
                    resuming.take(*at, AlarmInput::Identity(*device, text));
                }
                Kept::Profile(profile) => resuming.take(*at, AlarmInput::Profile(profile)),
                Kept::Happened(input) => resuming.take(*at, *input),
                Kept::Suspended(change) => resuming.suspended(*at, change),
                Kept::Told(transition) => resuming.told(*at, transition),
            }
        }
        let resumed = resuming.finish(ended, now);
        (resumed.engine, resumed.told)
    }
}

/// Returns what the record keeps of an input; that time passes is not in it.
fn kept(input: AlarmInput<'_>) -> Option<Kept> {
    let happened = match input {
        AlarmInput::Observed(observation) => return Some(Kept::Observed(observation.clone())),
        AlarmInput::Identity(device, text) => {
            return Some(Kept::Identity(device, text.to_owned()));
        }
        AlarmInput::Profile(profile) => return Some(Kept::Profile(Box::new(profile.clone()))),
        AlarmInput::Tick => return None,
        AlarmInput::Frame(device) => AlarmInput::Frame(device),
        AlarmInput::Heard(device) => AlarmInput::Heard(device),
        AlarmInput::Dosing(on) => AlarmInput::Dosing(on),
        AlarmInput::Baseline(known) => AlarmInput::Baseline(known),
        AlarmInput::CuffSameLimb(on) => AlarmInput::CuffSameLimb(on),
        AlarmInput::Session(open) => AlarmInput::Session(open),
        AlarmInput::Audience(Audience::Heard) => AlarmInput::Audience(Audience::Heard),
        AlarmInput::Audience(Audience::Nobody { .. }) => AlarmInput::Audience(Audience::NOBODY),
        AlarmInput::Delivered(Delivery::Done) => AlarmInput::Delivered(Delivery::Done),
        AlarmInput::Delivered(Delivery::Waits { since, .. }) => {
            let why = "desk has not confirmed it";
            AlarmInput::Delivered(Delivery::Waits { since, why })
        }
        AlarmInput::BedFailed(how) => AlarmInput::BedFailed(how),
        AlarmInput::Recording(on) => AlarmInput::Recording(on),
        AlarmInput::Operator(act) => AlarmInput::Operator(by_nurse(act.action)),
    };
    Some(Kept::Happened(happened))
}
