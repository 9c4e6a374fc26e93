//! What outlives a bed's machine: what it said last of each thing, and what was last said to it.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use chairside_alarm::{
    AlarmId, AlarmInput, Audience, BedFailure, Delivery, LIMITS_LAST, LimitCause, LimitKey,
    Occurrence, OperatorAction, Phase, SignalPresence, Sound, Transition, Unheard,
};
use chairside_care::EntryNumber;
use chairside_model::{BedId, Cuff, DeviceId, MonoTime, Reading, SessionId};
use chairside_protocol::LineInput;

use crate::bed::Bed;
use crate::earlier::{Earlier, LastNumbers};
use crate::plan::BedPlan;
use crate::record::{Entry, LinkState, Record};

mod over;
mod treated;

/// What outlives a bed's machine. It is what the record says of an earlier run of the service,
/// and is taken up in the same way.
#[derive(Debug)]
pub(super) struct Kept {
    bed: BedId,
    /// When the bed began to be monitored.
    began: MonoTime,
    /// What was told last of each thing, numbered in the order in which it was told.
    told: BTreeMap<About, Record>,
    sequence: u64,
    last: LastNumbers,
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
    /// Who opened the session, and for whom.
    SessionOpener,
    SessionOpened,
    SessionClosed,
    Phase,
    Baseline,
    /// What a person chose.
    ChosenLimit(LimitKey),
    /// What came of it, or of the phase or the baseline.
    Limit(LimitKey),
    DoseBegan,
    DoseEnded,
    Recording,
    Suspension(AlarmId),
    CuffReading,
    Alarm(AlarmId),
    Sound(Box<str>),
    Flood,
    /// An entry of a treatment session that is not over, or was the last one.
    Care(SessionId, EntryNumber),
    /// That an alarm of high priority about the patient was over, however it stands now.
    HighOver(AlarmId),
}

impl About {
    const fn changes_limits(&self) -> bool {
        matches!(self, Self::Phase | Self::ChosenLimit(_))
    }
}

/// Something that holds until something else is said of it.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    /// Since when nobody hears and why; nothing where somebody does.
    Audience(Option<(Option<MonoTime>, Box<[Unheard]>)>),
    /// What waits, since when and for what; nothing where nothing does.
    Delivered(Option<(MonoTime, Box<str>)>),
}

impl Said {
    fn input(&self) -> AlarmInput<'_> {
        match self {
            Self::Audience(None) => AlarmInput::Audience(Audience::Heard),
            Self::Audience(Some((since, why))) => {
                let since = *since;
                AlarmInput::Audience(Audience::Nobody { since, why })
            }
            Self::Delivered(None) => AlarmInput::Delivered(Delivery::Done),
            Self::Delivered(Some((since, why))) => {
                let since = *since;
                AlarmInput::Delivered(Delivery::Waits { since, why })
            }
        }
    }
}

impl Kept {
    pub(super) const fn new(bed: BedId, began: MonoTime) -> Self {
        Self {
            bed,
            began,
            told: BTreeMap::new(),
            sequence: 0,
            last: LastNumbers::NONE,
            said: Vec::new(),
            failure: None,
            open: BTreeSet::new(),
            links: BTreeMap::new(),
        }
    }

    pub(super) fn number_after(&mut self, last: LastNumbers) {
        self.last = LastNumbers {
            occurrence: self.last.occurrence.max(last.occurrence),
            call: self.last.call.max(last.call),
        };
    }

    /// Takes what left the machine.
    pub(super) fn told(&mut self, now: MonoTime, entries: &[Entry]) {
        for entry in entries {
            self.take(now, entry);
        }
    }

    /// Takes an entry of this bed or of all beds.
    pub(super) fn take(&mut self, at: MonoTime, entry: &Entry) {
        if let Entry::Limit { change, .. } = entry
            && change.cause == LimitCause::Time
        {
            self.forget_limits();
        }
        if let Entry::Alarm { transition, .. } = entry {
            self.take_end(at, transition);
        }
        let Some(about) = self.about(entry) else {
            return;
        };
        if is_over(entry) {
            self.told.remove(&about);
            return;
        }
        let at = if about.changes_limits() {
            self.limits_changed_since(at)
        } else {
            at
        };
        self.keep(at, about, entry.clone());
    }

    fn keep(&mut self, at: MonoTime, about: About, entry: Entry) {
        self.sequence += 1;
        let record = Record {
            sequence: self.sequence,
            at,
            entry,
        };
        self.told.insert(about, record);
    }

    /// Returns what an entry is about, if that is to be kept. Most are numbers, which are not.
    fn about(&mut self, entry: &Entry) -> Option<About> {
        match entry {
            Entry::Observed { observation, .. } => match observation.reading {
                Reading::Cuff(Cuff::Completed(_)) => Some(About::CuffReading),
                _ => None,
            },
            Entry::Alarm { transition, .. } => {
                self.number_after(LastNumbers {
                    occurrence: transition.occurrence,
                    call: transition.call,
                });
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
                OperatorAction::SetLimit { key, .. } => Some(About::ChosenLimit(*key)),
                OperatorAction::ConfirmDevice(_) => {
                    self.confirm_devices();
                    None
                }
                OperatorAction::OpenSession(..) => Some(About::SessionOpener),
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
            Entry::Session { open, .. } => self.about_session(*open),
            Entry::Limit { change, .. } => Some(About::Limit(change.key)),
            Entry::Care { entry, .. } => self.about_care(entry),
            // Simulated is a fact of the bed's lines, which the station keeps.
            Entry::Discarded { .. }
            | Entry::DeviceAlarm { .. }
            | Entry::Ordered { .. }
            | Entry::Trained { .. }
            | Entry::Simulated { .. } => None,
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

    /// The limits of one session are not those of the next. That it opens or closes once more
    /// changes none.
    fn about_session(&mut self, open: bool) -> Option<About> {
        let opened = self.told.contains_key(&About::SessionOpened);
        let closed = self.told.contains_key(&About::SessionClosed);
        let is_open = opened && !closed;
        if is_open != open {
            self.forget_limits();
        }
        if open {
            self.told.remove(&About::SessionClosed);
            (!is_open).then_some(About::SessionOpened)
        } else {
            self.confirm_devices();
            (!closed).then_some(About::SessionClosed)
        }
    }

    fn forget_limits(&mut self) {
        self.told
            .retain(|about, _| !matches!(about, About::Phase | About::ChosenLimit(_)));
    }

    /// Returns since when limits are changed that end by time, when one is at that moment. Each is
    /// kept with that time, for the next machine to end them when this one would have.
    fn limits_changed_since(&mut self, at: MonoTime) -> MonoTime {
        let opened = self.told.contains_key(&About::SessionOpened);
        if opened && !self.told.contains_key(&About::SessionClosed) {
            return at;
        }
        let mut before = self.told.iter();
        let before = before.find(|(about, record)| {
            let as_shipped = matches!(
                record.entry,
                Entry::Phase { phase, .. } if phase == Phase::default()
            );
            about.changes_limits() && !as_shipped
        });
        match before.map(|(_, record)| record.at) {
            Some(since) if at <= since + LIMITS_LAST => since,
            Some(_) => {
                self.forget_limits();
                at
            }
            None => at,
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
            AlarmInput::Audience(Audience::Heard) => Said::Audience(None),
            AlarmInput::Audience(Audience::Nobody { since, why }) => {
                Said::Audience(Some((since, why.into())))
            }
            AlarmInput::Delivered(Delivery::Done) => Said::Delivered(None),
            AlarmInput::Delivered(Delivery::Waits { since, why }) => {
                Said::Delivered(Some((since, why.into())))
            }
            _ => return,
        };
        let kind = discriminant(&said);
        self.said.retain(|other| discriminant(other) != kind);
        self.said.push(said);
    }

    /// Makes a bed that knows what was told and what was said. Its lines are closed.
    pub(super) fn make(&self, plan: &BedPlan, now: MonoTime, out: &mut Vec<Entry>) -> Bed {
        let mut records: Vec<Record> = self.told.values().cloned().collect();
        records.sort_unstable_by_key(|record| record.sequence);
        let earlier = Earlier {
            began: self.began,
            from: now,
            ended: now,
            records,
        };
        let mut bed = Bed::resume(self.bed, plan.clone(), &earlier, self.last, now, out);
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
            occurrence: Occurrence(self.last.occurrence.0 + 1),
            priority: plan.profile.parts().technical.bed_failed,
            present: true,
            signal: SignalPresence::On,
            superseded: false,
            since: now,
            mode: None,
            evidence: "this bed's part of the program cannot be made anew; it is tried again from \
                       time to time and judges nothing meanwhile"
                .to_owned(),
            call: self.last.call + 1,
        };
        let entry = Entry::Alarm {
            bed: self.bed,
            transition,
        };
        self.take(now, &entry);
        out.push(entry);
    }
}

/// Tells whether an entry ends what it is about, so that nothing of it is kept.
fn is_over(entry: &Entry) -> bool {
    match entry {
        Entry::Suspension { change, .. } => change.ended.is_some(),
        Entry::Audio { change, .. } => change.sound == Sound::On,
        Entry::Flood { flood, .. } => flood.is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
