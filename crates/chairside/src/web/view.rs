//! What a client is shown: the records of the core, folded into the state of each bed, and
//! turned into the messages of the wire.

mod alarms;
mod bed_info;
mod day_check;
mod limits;
mod lines;
mod readings;
mod responses;
mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::SessionLimits;
use chairside_model::{BedId, DeviceId, Metric, MonoTime};
use chairside_station::{Entry, LinkState, Record, Responsibility, Sessions};
use chrono::{DateTime, Utc};

use alarms::BedAlarms;
pub(crate) use bed_info::with_device_names;
pub use bed_info::{BedInfo, DeviceInfo};
pub use day_check::GivesNumbers;
use day_check::Numbers;
use limits::BedLimits;
use lines::Line;
use readings::Shown;
pub(super) use responses::{Answer, Histogram, Responses};

use super::wire;
use super::wire::ServerMessage;

/// The state of every bed, as clients are shown it.
#[derive(Debug)]
pub struct View {
    zero: DateTime<Utc>,
    beds: BTreeMap<BedId, (BedInfo, BedState)>,
    recorder: wire::Recorder,
    last_check: Option<wire::LastCheck>,
    responses: Responses,
    /// Those at beds that are simulated.
    simulated_responses: Responses,
}

#[derive(Debug)]
struct BedState {
    lines: BTreeMap<DeviceId, Line>,
    values: BTreeMap<Metric, Shown>,
    numbers: Numbers,
    cuff: Option<wire::CuffState>,
    care: Option<wire::CareState>,
    /// How many checks of the open treatment session are due.
    due: usize,
    alarms: BedAlarms,
    limits: BedLimits,
    sessions: Sessions,
    /// What it shows is simulated.
    simulated: bool,
    people: Responsibility,
}

/// The beds of which clients are to be told anew.
#[derive(Debug, Default)]
struct News {
    alarms: BTreeSet<BedId>,
    limits: BTreeSet<BedId>,
    phases: BTreeSet<BedId>,
}

impl View {
    /// Makes the view of a service that has heard nothing yet.
    #[must_use]
    pub fn new(zero: DateTime<Utc>, beds: BTreeMap<BedId, BedInfo>) -> Self {
        let beds = beds
            .into_iter()
            .map(|(id, info)| {
                let state = BedState::new(&info);
                (id, (info, state))
            })
            .collect();
        Self {
            zero,
            beds,
            recorder: wire::Recorder {
                running: true,
                text: None,
            },
            last_check: None,
            responses: Responses::default(),
            simulated_responses: Responses::default(),
        }
    }

    /// Takes up from the records of an earlier run what stands and what people set. Its values and
    /// links are not shown: they are as old as it is.
    pub fn resume<'a>(
        &mut self,
        records: &[Record],
        limits: impl Fn(BedId) -> Option<&'a SessionLimits>,
    ) {
        let (mut news, mut untold) = (News::default(), Vec::new());
        for record in records {
            match record.entry {
                Entry::Alarm { .. }
                | Entry::Operator { .. }
                | Entry::Care { .. }
                | Entry::Suspension { .. }
                | Entry::Audio { .. }
                | Entry::Flood { .. }
                | Entry::Limit { .. }
                | Entry::Phase { .. }
                | Entry::Baseline { .. }
                | Entry::CuffSameLimb { .. }
                | Entry::Session { .. } => {
                    self.fold_one(record, &mut news, &mut untold);
                }
                Entry::Observed { .. }
                | Entry::Link { .. }
                | Entry::Discarded { .. }
                | Entry::DeviceAlarm { .. }
                | Entry::Ordered { .. }
                | Entry::Identity { .. }
                | Entry::Dosing { .. }
                | Entry::Simulated { .. }
                | Entry::Trained { .. }
                | Entry::Recording { .. } => {}
            }
        }
        self.responses.begin();
        self.simulated_responses.begin();
        for (bed, (_, state)) in &mut self.beds {
            state.alarms.forget_what_is_over();
            state.people.settle();
            if let Some(limits) = limits(*bed) {
                state.limits.follow(limits);
            }
        }
    }

    /// Folds records in and appends what clients are told of them; `limits` gives those that the
    /// core judges by.
    pub fn fold<'a>(
        &mut self,
        records: &[Record],
        limits: impl Fn(BedId) -> Option<&'a SessionLimits>,
        out: &mut Vec<ServerMessage>,
    ) {
        let mut news = News::default();
        for record in records {
            self.fold_one(record, &mut news, out);
        }
        let Some(last) = records.last() else {
            return;
        };
        for bed in news.limits {
            if let (Some((info, state)), Some(limits)) = (self.beds.get_mut(&bed), limits(bed)) {
                state.limits.follow(limits);
                out.push(ServerMessage::Limits(
                    state.limits.message(info, last.at, self.zero),
                ));
                if news.phases.contains(&bed) && state.sessions.is_open() {
                    out.push(state.session_message(info, self.zero));
                }
            }
        }
        for bed in news.alarms {
            if let Some((info, state)) = self.beds.get_mut(&bed) {
                state.alarms.changed();
                out.push(ServerMessage::Alarms(
                    state.alarms_message(info, last.at, self.zero),
                ));
            }
        }
    }

    /// Takes the recorder's state and returns the message when it has changed.
    pub fn recorder(&mut self, running: bool, text: Option<String>) -> Option<ServerMessage> {
        let recorder = wire::Recorder { running, text };
        if self.recorder == recorder {
            return None;
        }
        self.recorder = recorder.clone();
        Some(ServerMessage::Recorder(recorder))
    }

    /// Returns every bed as it stands `now`; what has expired is not in it.
    #[must_use]
    pub fn beds(&self, now: MonoTime) -> Vec<wire::Bed> {
        self.beds
            .values()
            .map(|(info, state)| self.bed(info, state, now))
            .collect()
    }

    /// Returns the standing alarms as they are `now`, bed by bed.
    #[must_use]
    pub fn alarms(&self, now: MonoTime) -> Vec<wire::Alarms> {
        let beds = self.beds.values();
        beds.map(|(info, state)| state.alarms_message(info, now, self.zero))
            .collect()
    }

    /// Returns the recorder's state.
    #[must_use]
    pub const fn recorder_state(&self) -> &wire::Recorder {
        &self.recorder
    }

    /// Returns every limit of a bed that can be changed, as it is now.
    #[must_use]
    pub fn limits(&self, bed: BedId) -> Vec<wire::AdjustableLimit> {
        let bed = self.beds.get(&bed);
        bed.map_or_else(Vec::new, |(_, state)| state.limits.adjustable())
    }

    /// Returns the line to every device as it is `now`.
    #[must_use]
    pub fn lines(&self, now: MonoTime) -> Vec<wire::DeviceLine> {
        let mut lines = Vec::new();
        for (bed, state) in self.beds.values() {
            for (id, device) in &bed.devices {
                let unheard = Line::default();
                let line = state.lines.get(id).unwrap_or(&unheard);
                lines.push(line.message(bed, device, now, self.zero));
            }
        }
        lines
    }

    /// Names every device whose line is not read, in words.
    #[must_use]
    pub fn links_down(&self) -> Vec<String> {
        let mut down = Vec::new();
        for (info, state) in self.beds.values() {
            for (device, described) in &info.devices {
                let link = state
                    .lines
                    .get(device)
                    .map_or(LinkState::Disconnected, Line::link);
                if link != LinkState::Connected {
                    down.push(format!(
                        "bed {}: {} is {}",
                        info.id,
                        described.name,
                        link.name()
                    ));
                }
            }
        }
        down
    }

    /// Returns the bed with that id.
    #[must_use]
    pub fn bed_with_id(&self, id: &str) -> Option<BedId> {
        self.beds
            .iter()
            .find(|(_, (info, _))| info.id == id)
            .map(|(bed, _)| *bed)
    }

    /// Tells whether what a bed shows is simulated.
    #[must_use]
    pub fn is_simulated(&self, bed: BedId) -> bool {
        self.beds
            .get(&bed)
            .is_some_and(|(_, state)| state.simulated)
    }

    /// Returns the names of the devices of the bed with that id.
    #[must_use]
    pub fn devices_of(&self, id: &str) -> Option<Vec<String>> {
        let (info, _) = self.beds.values().find(|(info, _)| info.id == id)?;
        let devices = info.devices.values();
        Some(devices.map(|device| device.name.clone()).collect())
    }

    /// Returns what never changes about each bed.
    pub(crate) fn infos(&self) -> impl Iterator<Item = (BedId, &BedInfo)> {
        self.beds.iter().map(|(bed, (info, _))| (*bed, info))
    }

    /// Returns what the core says of a bed's devices with their names in place of their numbers.
    #[must_use]
    pub fn with_device_names(&self, id: &str, evidence: &str) -> String {
        let mut beds = self.beds.values();
        beds.find(|(info, _)| info.id == id).map_or_else(
            || evidence.to_owned(),
            |(info, _)| info.with_device_names(evidence),
        )
    }

    fn fold_one(&mut self, record: &Record, news: &mut News, out: &mut Vec<ServerMessage>) {
        let zero = self.zero;
        self.follow_people(record, news);
        match &record.entry {
            Entry::Observed { bed, observation } => {
                if let Some((info, state)) = self.beds.get_mut(bed) {
                    state.line(observation.device).read(record.at);
                    state.observed(info, observation, record.at, zero, out);
                }
            }
            Entry::Alarm { bed, transition } => {
                self.alarming(*bed, news, |alarms| alarms.transition(transition));
            }
            Entry::Suspension { bed, change } => {
                self.alarming(*bed, news, |alarms| alarms.suspension(change));
            }
            Entry::Audio { bed, change } => {
                self.alarming(*bed, news, |alarms| alarms.audio(change));
            }
            Entry::Flood { bed, flood } => {
                self.alarming(*bed, news, |alarms| alarms.flood(*flood));
            }
            Entry::Link {
                bed,
                device,
                state: link,
            } => {
                let Some((info, state)) = self.beds.get_mut(bed) else {
                    return;
                };
                state.line(*device).turned(*link, record.at);
                out.push(ServerMessage::Link(wire::Link {
                    bed: info.id.clone(),
                    device: info.device_name(*device),
                    state: link.name(),
                }));
            }
            Entry::Discarded {
                bed,
                device,
                bytes,
                why,
            } => {
                if let Some((_, state)) = self.beds.get_mut(bed) {
                    state.line(*device).discarded(*bytes, *why, record.at);
                }
            }
            Entry::DeviceAlarm {
                bed,
                device,
                priority,
                text,
            } => {
                if let Some((info, _)) = self.beds.get(bed) {
                    out.push(ServerMessage::DeviceAlarm(wire::DeviceAlarm {
                        bed: info.id.clone(),
                        device: info.device_name(*device),
                        priority: priority.name(),
                        text: text.clone(),
                    }));
                }
            }
            Entry::Operator { bed, .. } => self.acted(*bed, record, news),
            Entry::Care { bed, .. } => {
                if let Some((_, state)) = self.beds.get_mut(bed) {
                    state.sessions.take(record.at, &record.entry);
                }
            }
            Entry::Limit { bed, .. } => {
                news.limits.insert(*bed);
            }
            Entry::Phase { bed, .. } => {
                news.limits.insert(*bed);
                news.phases.insert(*bed);
            }
            Entry::Session { bed, .. } => self.session(*bed, record, news, out),
            Entry::Simulated { bed, simulated } => self.simulated(*bed, *simulated, out),
            Entry::Identity { bed, device, text } => {
                if let Some((_, state)) = self.beds.get_mut(bed) {
                    state.line(*device).identified(text);
                }
            }
            // The recorder tells its own state with its reason; see `View::recorder`. What became of an
            // order is told to who gave it, and what the cuff does to everybody. Nobody who is trained
            // is told what the trainer does.
            Entry::Ordered { .. }
            | Entry::Trained { .. }
            | Entry::Dosing { .. }
            | Entry::Recording { .. }
            | Entry::Baseline { .. }
            | Entry::CuffSameLimb { .. } => {}
        }
    }

    /// Takes a change of a bed's alarms; clients are told all of them together.
    fn alarming(&mut self, bed: BedId, news: &mut News, take: impl FnOnce(&mut BedAlarms)) {
        if let Some((_, state)) = self.beds.get_mut(&bed) {
            take(&mut state.alarms);
            news.alarms.insert(bed);
        }
    }

    fn bed(&self, info: &BedInfo, state: &BedState, now: MonoTime) -> wire::Bed {
        let observations = state
            .values
            .iter()
            .filter(|(_, shown)| shown.expires > now)
            .map(|(metric, shown)| shown.message(info, *metric, now, self.zero));
        wire::Bed {
            bed: info.id.clone(),
            name: info.name.clone(),
            profile: info.profile.clone(),
            limits: state.limits.in_force(now, self.zero),
            sources: info
                .sources
                .metrics
                .iter()
                .map(|(metric, device)| (metric.name(), info.device_name(*device)))
                .collect(),
            devices: info
                .devices
                .iter()
                .map(|(id, device)| {
                    state
                        .lines
                        .get(id)
                        .unwrap_or(&Line::default())
                        .device(device)
                })
                .collect(),
            observations: observations.collect(),
            cuff: state.cuff.unwrap_or(IDLE),
            session: state.session(self.zero),
            care: state.care.clone(),
        }
    }
}

const IDLE: wire::CuffState = wire::CuffState {
    state: "idle",
    text: None,
};

impl BedState {
    fn new(info: &BedInfo) -> Self {
        Self {
            lines: BTreeMap::new(),
            values: BTreeMap::new(),
            numbers: Numbers::default(),
            cuff: None,
            care: None,
            due: 0,
            alarms: BedAlarms::default(),
            limits: BedLimits::new(info.limits.clone()),
            sessions: Sessions::default(),
            simulated: info.training,
            people: Responsibility::default(),
        }
    }

    fn line(&mut self, device: DeviceId) -> &mut Line {
        self.lines.entry(device).or_default()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
