//! What the paperwork of a session is made of: what the record has of the bed, as plain facts.
//!
//! Whoever reads the record hands in everything that the bed told around the session, in order.
//! What of it is this patient's is decided here, by the same [`Chart`] that the session itself was
//! led by: nothing of before, after, of another patient's device, doubted or expired comes out.

mod alarms;
mod cuff;

use std::collections::{BTreeMap, BTreeSet};

use chairside_alarm::{AlarmId, Occurrence, Sources, Transition};
use chairside_model::{DeviceId, Metric, MonoTime, Observation, Patient, SessionId, Value};

pub use alarms::AlarmEpisode;
pub(crate) use cuff::{CuffInterval, CuffTimes};

use crate::{CareAction, CareEntry, Chart, CuffPlan, EntryNumber, InForce, Pressure, Stage, Taken};

/// Something that the record has of a bed.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A device gave a reading.
    Observed(Observation),
    /// Another device answered on a line, or one was confirmed as the session's.
    Device {
        /// When.
        at: MonoTime,
        /// Which line.
        device: DeviceId,
        /// Whether it is the one of the session.
        belongs: bool,
    },
    /// A device's line was found or lost.
    Link {
        /// When.
        at: MonoTime,
        /// Which.
        device: DeviceId,
        /// Whether its values are believed.
        connected: bool,
    },
    /// The record was begun or stopped: with the service, or because the disk took nothing.
    Recording {
        /// When.
        at: MonoTime,
        /// Whether it runs.
        running: bool,
    },
    /// An alarm changed.
    Alarm(Transition),
    /// A person answered alarms.
    Answered {
        /// When.
        at: MonoTime,
        /// Who.
        by: Box<str>,
        /// Which.
        answer: Answer,
    },
    /// A person did something in a session.
    Care {
        /// When it was entered.
        at: MonoTime,
        /// What.
        entry: CareEntry,
    },
}

/// Which alarms a person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One episode was acknowledged.
    Acknowledged(Occurrence),
    /// Somebody comes for, or is there for, what the bed had called up to that number.
    Comes(u64),
    /// A rule was paused or switched off.
    Rule(AlarmId),
    /// What is heard of the bed was paused or switched off.
    Bed,
}

impl Fact {
    /// Returns when it was put on record.
    #[must_use]
    pub const fn at(&self) -> MonoTime {
        match self {
            Self::Observed(observation) => observation.received,
            Self::Alarm(transition) => transition.at,
            Self::Device { at, .. }
            | Self::Link { at, .. }
            | Self::Recording { at, .. }
            | Self::Answered { at, .. }
            | Self::Care { at, .. } => *at,
        }
    }

    /// Tells the chart, if it is anything for it.
    pub(crate) fn tell(&self, chart: &mut Chart) {
        match self {
            Self::Observed(observation) => chart.observe(observation.received, observation),
            Self::Device {
                at,
                device,
                belongs,
            } => chart.device(*at, *device, *belongs),
            Self::Link { .. }
            | Self::Recording { .. }
            | Self::Alarm(_)
            | Self::Answered { .. }
            | Self::Care { .. } => {}
        }
    }
}

/// A session, and all that its bed told around it.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    /// Which.
    pub session: SessionId,
    /// Of whom.
    pub patient: Patient,
    /// When it was opened.
    pub opened: MonoTime,
    /// When it ended; nothing while it is open.
    pub ended: Option<MonoTime>,
    /// When this is drawn up.
    pub drawn_up: MonoTime,
    /// What the bed listens to.
    pub sources: Sources,
    /// How often a cuff reading, and with it a row, is expected.
    pub cuff: CuffPlan,
    /// What the bed told, in the order of the record: also of before and after, and of others.
    pub facts: Vec<Fact>,
}

/// A stage of a session, and who took the step into it.
#[derive(Clone, Debug, PartialEq)]
pub struct StageTaken {
    /// Which.
    pub stage: Stage,
    /// From when.
    pub from: MonoTime,
    /// Until when: the next step, or the end.
    pub until: MonoTime,
    /// By whom.
    pub by: Box<str>,
}

/// What people did in the session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    pub(crate) in_force: InForce,
    pub(crate) stages: Vec<StageTaken>,
    pub(crate) by: BTreeMap<EntryNumber, Box<str>>,
    pub(crate) corrected: BTreeSet<EntryNumber>,
    pub(crate) weight: Option<Value>,
}

impl SessionFacts {
    /// Returns the end of what is written about: that of the session, or now.
    #[must_use]
    pub fn end(&self) -> MonoTime {
        let end = self.ended.unwrap_or(self.drawn_up);
        end.min(self.drawn_up)
    }

    /// Returns what was told from the opening to the end.
    pub(crate) fn within(&self) -> impl Iterator<Item = &Fact> {
        let times = self.opened..=self.end();
        let facts = self.facts.iter();
        facts.filter(move |fact| times.contains(&fact.at()))
    }

    pub(crate) fn chart(&self) -> Chart {
        Chart::new(self.sources.clone(), self.opened)
    }

    /// Returns each pressure that counted at any time of the session, by when it was taken.
    #[must_use]
    pub fn pressures(&self) -> Vec<Pressure> {
        let mut found: BTreeMap<MonoTime, Pressure> = BTreeMap::new();
        self.walk(|at, chart| {
            for pressure in chart.pressures(at) {
                found.entry(pressure.taken).or_insert(pressure);
            }
        });
        found.into_values().collect()
    }

    /// Returns each value of a metric that counted when it came, in order. A cuff's pressures are
    /// [`pressures`](Self::pressures).
    #[must_use]
    pub fn values(&self, metric: Metric) -> Vec<Taken> {
        let mut found: Vec<Taken> = Vec::new();
        self.walk(|at, chart| {
            let Some(taken) = chart.numeric(at, metric) else {
                return;
            };
            if found.last().is_none_or(|last| last.taken < taken.taken) {
                found.push(taken);
            }
        });
        found
    }

    /// Returns the lowest value of a metric that counted when it came, and was taken at a moment or
    /// after it: of those that are as low, the first.
    #[must_use]
    pub fn lowest(&self, metric: Metric, from: MonoTime) -> Option<Taken> {
        let mut lowest: Option<Taken> = None;
        self.walk(|at, chart| {
            let found = chart.numeric(at, metric);
            let found = found.filter(|found| found.taken >= from);
            if let Some(found) = found
                && lowest.is_none_or(|lowest| found.value < lowest.value)
            {
                lowest = Some(found);
            }
        });
        lowest
    }

    /// Shows the chart as it was after each reading.
    pub(crate) fn walk(&self, mut look: impl FnMut(MonoTime, &Chart)) {
        let mut chart = self.chart();
        for fact in self.within() {
            fact.tell(&mut chart);
            if let Fact::Observed(observation) = fact {
                look(observation.received, &chart);
            }
        }
    }

    /// Returns what people did in this session; entries of another one are not looked at.
    pub(crate) fn entries(&self) -> Entries {
        let mut entries = Entries::default();
        for fact in &self.facts {
            if let Fact::Care { at, entry } = fact
                && entry.session == self.session
                && *at <= self.drawn_up
            {
                entries.take(*at, entry);
            }
        }
        if let Some(last) = entries.stages.last_mut() {
            last.until = self.end().max(last.from);
        }
        entries
    }

    /// Returns the stages of the session. One that was opened without a protocol is watched from
    /// its opening to its end as before a dose.
    pub(crate) fn stages(&self, entries: &Entries) -> Vec<StageTaken> {
        if !entries.stages.is_empty() {
            return entries.stages.clone();
        }
        vec![StageTaken {
            stage: Stage::Baseline,
            from: self.opened,
            until: self.end().max(self.opened),
            by: Box::default(),
        }]
    }

    /// Returns the device that a metric is read from.
    pub(crate) fn source(&self, metric: Metric) -> Option<DeviceId> {
        self.sources.metrics.get(&metric).copied()
    }
}

impl Entries {
    fn take(&mut self, at: MonoTime, entry: &CareEntry) {
        self.in_force.take(at, entry.number, &entry.action);
        self.by.insert(entry.number, entry.by.clone());
        match &entry.action {
            CareAction::Step { to } => {
                if let Some(last) = self.stages.last_mut() {
                    last.until = at;
                }
                self.stages.push(StageTaken {
                    stage: *to,
                    from: at,
                    until: at,
                    by: entry.by.clone(),
                });
            }
            CareAction::Weigh { weight } => self.weight = Some(*weight),
            CareAction::Amend { entry, .. } => {
                self.corrected.insert(*entry);
            }
            CareAction::Schedule { .. }
            | CareAction::Screen { .. }
            | CareAction::TakeBaseline
            | CareAction::Dose(_)
            | CareAction::Score(_)
            | CareAction::Check { .. }
            | CareAction::Event(_)
            | CareAction::Discharge { .. } => {}
        }
    }

    /// Returns when a drug was first given.
    pub(crate) fn first_dose(&self) -> Option<MonoTime> {
        self.in_force.doses().map(|(_, entry)| entry.at).min()
    }
}
