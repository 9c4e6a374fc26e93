//! What outlives a bed's machine: what it said last of each thing, and what was last said to it.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use chairside_alarm::{
    AlarmId, AlarmInput, BedFailure, LimitKey, Occurrence, OperatorAction, SignalPresence,
    Transition,
};
use chairside_model::{BedId, Cuff, DeviceId, MonoTime, Reading};
use chairside_protocol::LineInput;

use crate::bed::Bed;
use crate::earlier::Earlier;
use crate::plan::BedPlan;
use crate::record::{Entry, LinkState, Record};

/// What outlives a bed's machine. It is what the record says of an earlier run of the service,
/// and is taken up in the same way.
#[derive(Debug)]
pub(super) struct Kept {
    bed: BedId,
    /// When the bed began to be monitored.
    began: MonoTime,
    /// What was told last of each thing, in the order in which it is taken up.
    told: BTreeMap<About, Record>,
    last_occurrence: Occurrence,
    last_call: u64,
    /// What was said last of each thing that is not in the record.
    said: Vec<Said>,
    /// What was last said of a failure that is not over.
    failure: Option<BedFailure>,
    /// Lines whose port is open.
    open: BTreeSet<DeviceId>,
    /// What was last told of each link.
    links: BTreeMap<DeviceId, LinkState>,
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    /// The identity that belongs on a line.
    KnownIdentity(DeviceId),
    /// Another one that answered since.
    OtherIdentity(DeviceId),
    CuffSameLimb,
    /// Before the session opened or closed: it changes no limits any more.
    BaselineBefore,
    SessionOpened,
    SessionClosed,
    Phase,
    Baseline,
    Limit(LimitKey),
    DoseBegan,
    DoseEnded,
    Recording,
    Suspension(AlarmId),
    CuffReading,
    Alarm(AlarmId),
    Sound(Box<str>),
    Flood,
}

/// Something that holds until something else is said of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Audience(bool),
    Delivered(bool),
}

impl Said {
    const fn input(self) -> AlarmInput<'static> {
        match self {
            Self::Audience(hears) => AlarmInput::Audience(hears),
            Self::Delivered(all) => AlarmInput::Delivered(all),
        }
    }
}

impl Kept {
    pub(super) const fn new(bed: BedId, began: MonoTime) -> Self {
        Self {
            bed,
            began,
            told: BTreeMap::new(),
            last_occurrence: Occurrence(0),
            last_call: 0,
            said: Vec::new(),
            failure: None,
            open: BTreeSet::new(),
            links: BTreeMap::new(),
        }
    }

    pub(super) fn resume_occurrences_after(&mut self, last: Occurrence) {
        self.last_occurrence = self.last_occurrence.max(last);
    }

    pub(super) fn resume_calls_after(&mut self, last: u64) {
        self.last_call = self.last_call.max(last);
    }

    /// Takes what left the machine.
    pub(super) fn told(&mut self, now: MonoTime, entries: &[Entry]) {
        for entry in entries {
            self.take(now, entry);
        }
    }

    /// Takes an entry of this bed or of all beds.
    pub(super) fn take(&mut self, at: MonoTime, entry: &Entry) {
        if let Some(about) = self.about(entry) {
            let record = Record {
                sequence: 0,
                at,
                entry: entry.clone(),
            };
            self.told.insert(about, record);
        }
    }

    /// Returns what an entry is about, if that is to be kept. Most are numbers, which are not.
    fn about(&mut self, entry: &Entry) -> Option<About> {
        match entry {
            Entry::Observed { observation, .. } => match observation.reading {
                Reading::Cuff(Cuff::Completed(_)) => Some(About::CuffReading),
                _ => None,
            },
            Entry::Alarm { transition, .. } => {
                self.resume_occurrences_after(transition.occurrence);
                self.resume_calls_after(transition.call);
                if transition.id == AlarmId::BedFailed && !transition.present {
                    self.failure = None;
                }
                Some(About::Alarm(transition.id))
            }
            Entry::Link { device, state, .. } => {
                self.links.insert(*device, *state);
                None
            }
            Entry::Identity { device, .. } => {
                let known = About::KnownIdentity(*device);
                let is_first = !self.told.contains_key(&known);
                if is_first || self.told.contains_key(&About::SessionClosed) {
                    self.told.remove(&About::OtherIdentity(*device));
                    Some(known)
                } else {
                    Some(About::OtherIdentity(*device))
                }
            }
            Entry::Operator { action, .. } => match action {
                OperatorAction::SetLimit { key, .. } => Some(About::Limit(*key)),
                OperatorAction::ConfirmDevice(_) => {
                    self.confirm_devices();
                    None
                }
                // Of what else people do there is what came of it.
                _ => None,
            },
            Entry::Dosing { running, .. } => self.about_dose(*running),
            Entry::Recording { .. } => Some(About::Recording),
            Entry::Suspension { change, .. } => Some(About::Suspension(change.suspension.id)),
            Entry::Audio { change, .. } => Some(About::Sound(change.station.clone())),
            Entry::Flood { .. } => Some(About::Flood),
            Entry::Phase { .. } => Some(About::Phase),
            Entry::Baseline { .. } => Some(About::Baseline),
            Entry::CuffSameLimb { .. } => Some(About::CuffSameLimb),
            Entry::Session { open, .. } => Some(self.about_session(*open)),
            // A limit follows from what set it.
            Entry::Limit { .. } | Entry::Discarded { .. } | Entry::DeviceAlarm { .. } => None,
        }
    }

    fn about_dose(&mut self, running: bool) -> Option<About> {
        let begun = self.told.contains_key(&About::DoseBegan);
        let runs = begun && !self.told.contains_key(&About::DoseEnded);
        match (runs, running) {
            (true, true) | (false, false) => None,
            (true, false) => Some(About::DoseEnded),
            (false, true) => {
                self.told.remove(&About::DoseEnded);
                Some(About::DoseBegan)
            }
        }
    }

    /// The limits of one session are not those of the next.
    fn about_session(&mut self, open: bool) -> About {
        let opened = self.told.contains_key(&About::SessionOpened);
        let closed = self.told.contains_key(&About::SessionClosed);
        let is_open = opened && !closed;
        if is_open != open {
            self.told
                .retain(|about, _| !matches!(about, About::Phase | About::Limit(_)));
            if let Some(baseline) = self.told.remove(&About::Baseline) {
                self.told.insert(About::BaselineBefore, baseline);
            }
        }
        if open {
            self.told.remove(&About::SessionClosed);
            About::SessionOpened
        } else {
            self.confirm_devices();
            About::SessionClosed
        }
    }

    fn confirm_devices(&mut self) {
        let others = self
            .told
            .extract_if(.., |about, _| matches!(about, About::OtherIdentity(_)));
        let others: Vec<_> = others.collect();
        for (about, record) in others {
            if let About::OtherIdentity(device) = about {
                self.told.insert(About::KnownIdentity(device), record);
            }
        }
    }

    /// Takes what goes into the machine.
    pub(super) fn said(&mut self, now: MonoTime, input: AlarmInput<'_>) {
        let bed = self.bed;
        let said = match input {
            AlarmInput::Dosing(running) => return self.take(now, &Entry::Dosing { bed, running }),
            AlarmInput::Recording(running) => return self.take(now, &Entry::Recording { running }),
            AlarmInput::Audience(hears) => Said::Audience(hears),
            AlarmInput::Delivered(all) => Said::Delivered(all),
            _ => return,
        };
        let kind = discriminant(&said);
        self.said.retain(|other| discriminant(other) != kind);
        self.said.push(said);
    }

    /// Makes a bed that knows what was told and what was said. Its lines are closed.
    pub(super) fn make(&self, plan: &BedPlan, now: MonoTime, out: &mut Vec<Entry>) -> Bed {
        let earlier = Earlier {
            began: self.began,
            from: now,
            ended: now,
            records: self.told.values().cloned().collect(),
        };
        let mut bed = Bed::resume(self.bed, plan.clone(), &earlier, now, out);
        let engine = bed.engine_mut();
        engine.resume_occurrences_after(self.last_occurrence);
        engine.resume_calls_after(self.last_call);
        for said in &self.said {
            bed.alarm(now, said.input(), out);
        }
        bed
    }

    /// Returns the lines whose port is open.
    pub(super) fn open_lines(&self) -> impl Iterator<Item = DeviceId> {
        self.open.iter().copied()
    }

    /// Takes what happens to a port.
    pub(super) fn line(&mut self, device: DeviceId, input: LineInput<'_>) {
        match input {
            LineInput::Opened => {
                self.open.insert(device);
            }
            LineInput::Closed => {
                self.open.remove(&device);
            }
            LineInput::Received(_) | LineInput::Tick => {}
        }
    }

    /// Tells whether what leaves the machine was not the last that was told already.
    pub(super) fn is_news(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Link { device, state, .. } => self.links.get(device) != Some(state),
            _ => true,
        }
    }

    /// Tells of every line that it is not read, as far as that is news.
    pub(super) fn tell_of_resting_lines(&mut self, out: &mut Vec<Entry>) {
        let bed = self.bed;
        for (device, told) in &mut self.links {
            let state = if self.open.contains(device) {
                LinkState::Connecting
            } else {
                LinkState::Disconnected
            };
            if std::mem::replace(told, state) != state {
                let device = *device;
                out.push(Entry::Link { bed, device, state });
            }
        }
    }

    /// Returns what is to be said of the failure, if it was not said already: that the bed rests
    /// is not taken back before a device is heard, or it would call people at each new try.
    pub(super) fn news_of_the_failure(&self, rests: bool) -> Option<BedFailure> {
        match (self.failure, rests) {
            (None, false) => Some(BedFailure::Rebuilding),
            (None | Some(BedFailure::Rebuilding), true) => Some(BedFailure::Resting),
            (Some(BedFailure::Resting), _) | (Some(BedFailure::Rebuilding), false) => None,
        }
    }

    /// Takes what was said of the failure.
    pub(super) const fn failed(&mut self, how: BedFailure) {
        self.failure = Some(how);
    }

    /// Tells that the bed failed, where there is no engine that could.
    pub(super) fn tell_of_the_failure(
        &mut self,
        now: MonoTime,
        plan: &BedPlan,
        out: &mut Vec<Entry>,
    ) {
        let id = AlarmId::BedFailed;
        let told = self.told.get(&About::Alarm(id));
        let stands = told.is_some_and(
            |record| matches!(&record.entry, Entry::Alarm { transition, .. } if transition.present),
        );
        if stands {
            return;
        }
        let transition = Transition {
            at: now,
            id,
            occurrence: Occurrence(self.last_occurrence.0 + 1),
            priority: plan.profile.parts().technical.bed_failed,
            present: true,
            signal: SignalPresence::On,
            superseded: false,
            since: now,
            mode: None,
            evidence: "this bed's part of the program cannot be made anew; it is tried again from \
                       time to time and judges nothing meanwhile"
                .to_owned(),
            call: self.last_call + 1,
        };
        let entry = Entry::Alarm {
            bed: self.bed,
            transition,
        };
        self.take(now, &entry);
        out.push(entry);
    }
}
