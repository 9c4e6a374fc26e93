//! The report of a session: what the record says of it, as a document.

mod course;
mod leaving;
mod paper;
mod people;
mod read;
mod times;
mod treatment;

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::Sources;
use chairside_care::{CuffPlan, Protocol, SessionFacts};
use chairside_model::{BedId, DeviceId, Metric, PatientName};
use chairside_report::{Block, Document, Section};
use chairside_station::Record;
use chairside_store::{
    CuffTaken, Events, History, InStep, SessionTold, StoreError, Trend, TrendQuestion,
};
use chrono::{DateTime, FixedOffset, Local, TimeDelta, Utc};

pub(crate) use course::{PRESSURE_AND_RATE, pressure_and_rate, scale};
pub(crate) use read::{Given, facts, protocol, wall};
use times::Clock;
use treatment::Treated;

use crate::web::view::BedInfo;
use crate::web::wire::Person;

/// What stands on every page (21 CFR 880.6310 leaves out what is used for active monitoring).
const FOOTER: &str = "Research and demonstration software. Not a medical device, not cleared or \
    approved. The bedside monitor is the primary monitor and alarm source. Do not use it to decide \
    treatment.";

/// Values stand in steps of this length.
const STEP: Duration = Duration::from_secs(10);

/// A session that nobody closed is told up to here.
const LONGEST: Duration = Duration::from_hours(24);

/// What a link or a recorder was at the opening is told by a record of before it.
const BEFORE: TimeDelta = TimeDelta::hours(1);

/// What happened at the very end is written just after it.
const AFTER: TimeDelta = TimeDelta::seconds(1);

/// Who and what the record speaks of by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The beds that are configured, by id.
    pub(crate) beds: BTreeMap<String, BedOf>,
    /// The staff: id and name.
    pub(crate) staff: BTreeMap<String, String>,
    /// The protocols that are configured, by name.
    pub(crate) protocols: BTreeMap<String, Protocol>,
    /// Whether a patient's name is shown.
    pub(crate) patients: bool,
}

impl Names {
    /// Names the beds of a configuration, by their numbers in this run, and its staff.
    pub(crate) fn of<'a>(
        beds: impl Iterator<Item = (BedId, &'a BedInfo)>,
        staff: &[Person],
    ) -> Self {
        let mut names = Self::default();
        for (bed, info) in beds {
            let devices = info.devices.iter();
            let of = BedOf {
                bed,
                name: info.name.clone(),
                sources: info.sources.clone(),
                devices: devices
                    .map(|(id, device)| (*id, device.name.clone()))
                    .collect(),
            };
            names.beds.insert(info.id.clone(), of);
            let protocols = info.protocols.iter().cloned();
            let by_name = protocols.map(|protocol| (protocol.name().to_owned(), protocol));
            names.protocols.extend(by_name);
        }
        let person = |person: &Person| (person.id.clone(), person.name.clone());
        names.staff = staff.iter().map(person).collect();
        names
    }

    /// Returns them with patients' names shown, if the clinic has switched those on.
    pub(crate) fn of_patients(self, patients: bool) -> Self {
        Self { patients, ..self }
    }

    /// Returns when a cuff reading is expected by a protocol; as where nothing else is said, if the
    /// clinic has it no more.
    fn cuff(&self, protocol: &str) -> CuffPlan {
        let protocol = self.protocols.get(protocol);
        protocol
            .map(|protocol| protocol.parts().cuff)
            .unwrap_or_default()
    }
}

/// A bed of the configuration.
#[derive(Clone, Debug)]
pub(crate) struct BedOf {
    /// Its number in this run.
    pub(crate) bed: BedId,
    /// Its name on screen.
    pub(crate) name: String,
    /// What it listens to.
    pub(crate) sources: Sources,
    /// The configured names of its devices.
    pub(crate) devices: BTreeMap<DeviceId, String>,
}

/// The values of a metric in one step of [`STEP`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct InSteps {
    /// When the step begins.
    pub(crate) at: DateTime<Utc>,
    /// Of what.
    pub(crate) metric: Metric,
    /// The last, the least and the greatest.
    pub(crate) values: InStep,
}

/// What the record says of a session.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    session: SessionTold,
    /// Until when it is told: its end, or now.
    until: DateTime<Utc>,
    trend: Trend,
    events: Events,
    treated: Option<Treated>,
    records: Vec<Record>,
}

impl Names {
    /// Returns what people call a bed; one that is not configured any more by its id.
    pub(crate) fn bed<'a>(&'a self, id: &'a str) -> &'a str {
        self.beds.get(id).map_or(id, |bed| &*bed.name)
    }

    /// Returns what a protocol is called on screen; one that is not configured any more by its name.
    pub(crate) fn protocol_title<'a>(&'a self, name: &'a str) -> &'a str {
        let known = self.protocols.get(name);
        known.map_or(name, |protocol| protocol.parts().title.as_str())
    }

    fn person<'a>(&'a self, id: &'a str) -> &'a str {
        self.staff.get(id).map_or(id, |name| name)
    }
}

/// Returns how far the clock of this machine is ahead of UTC at a moment.
pub(crate) fn local_offset(at: DateTime<Utc>) -> FixedOffset {
    *at.with_timezone(&Local).offset()
}

impl Told {
    /// Reads what the record says of a session; nothing when it does not know it.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub(crate) fn read(
        history: &History,
        id: &str,
        names: &Names,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, StoreError> {
        let Some(session) = history.session(id)? else {
            return Ok(None);
        };
        let until = read::told_until(&session, now);
        let steps = (until - session.opened).num_seconds().unsigned_abs() / STEP.as_secs() + 1;
        let trend = history.trend(&TrendQuestion {
            bed: &session.bed,
            devices: &[],
            from: session.opened,
            step: STEP,
            steps: usize::try_from(steps).unwrap_or(usize::MAX),
            now: until,
            recording: true,
        })?;
        let events = history.events(&session.bed, session.opened, until)?;
        let cared = history.care(&session, now)?;
        // What this version cannot read is not left out of a report in silence.
        let treated = Treated::read(session.opened, &cared)?;
        let records = match names.beds.get(&session.bed) {
            Some(bed) => read::records(history, &session, bed, (until, true))?,
            None => Vec::new(),
        };
        Ok(Some(Self {
            session,
            until,
            trend,
            events,
            treated,
            records,
        }))
    }

    /// Returns the report, with times of the clock that is so far ahead of UTC.
    pub(crate) fn document(&self, names: &Names, ahead: FixedOffset) -> Document {
        let clock = Clock { ahead };
        let session = &self.session;
        let patient = self.patient();
        let until = match session.closed {
            Some(closed) => clock.date_and_time(closed),
            None => format!("still open at {}", clock.date_and_time(self.until)),
        };
        let name = self.patient_name().filter(|_| names.patients);
        let name = name.map(|name| ("Name", name.as_str().to_owned()));
        let about = [
            ("Session", session.id.clone()),
            ("Bed", names.bed(&session.bed).to_owned()),
            ("Opened", clock.date_and_time(session.opened)),
            ("Opened by", names.person(&session.by).to_owned()),
            ("Closed", until),
            ("Protocol", self.protocol().to_owned()),
            ("Times", format!("of UTC{ahead}")),
        ];
        let about = [("Patient", patient.clone())]
            .into_iter()
            .chain(name)
            .chain(about);
        Document {
            title: "Treatment session".to_owned(),
            about: about
                .map(|(label, value)| (label.to_owned(), value))
                .collect(),
            running_head: format!("{patient} · session {}", session.id),
            watermark: session.simulated.then(|| "SIMULATED".to_owned()),
            footer: FOOTER.to_owned(),
            sections: self.sections(names, clock),
        }
    }

    fn sections(&self, names: &Names, clock: Clock) -> Vec<Section> {
        let facts = self.facts(names);
        let mut sections = vec![course::section(
            self,
            facts.as_ref().map(|(facts, _)| facts),
        )];
        sections.extend(treatment::sections(self, names, clock));
        if let Some((facts, _)) = &facts {
            sections.extend(self.found(names, facts, clock));
        }
        if let Some((facts, bed)) = &facts {
            let time = |at| clock.time(treatment::wall(self.session.opened, at));
            let time = &time;
            sections.extend(paper::sections(facts, &paper::Words { names, bed, time }));
        }
        sections.extend([
            people::alarms(self, names, clock),
            people::actions(self, names, clock),
        ]);
        sections.extend(people::training(self, names, clock));
        sections.extend([
            course::gaps(self, clock),
            Section {
                heading: "Read and found complete".to_owned(),
                blocks: vec![Block::Signatures(vec![
                    "Name, date and time, signature".to_owned(),
                ])],
            },
        ]);
        sections
    }

    /// Returns what the curves, the flow sheet and what goes with it are made of. A bed that is not
    /// configured any more has nothing: nobody knows which of its devices was read for what.
    fn facts<'a>(&self, names: &'a Names) -> Option<(SessionFacts, &'a BedOf)> {
        let bed = names.beds.get(&self.session.bed)?;
        let records = self.records.clone();
        let cuff = names.cuff(self.protocol());
        let facts = read::facts_of(&self.session, bed, (self.until, cuff), records)?;
        let facts = read::with_late(facts, self.treated.as_ref());
        Some((facts, bed))
    }

    /// Returns the session as it stands in the list of sessions.
    pub(crate) const fn session(&self) -> &SessionTold {
        &self.session
    }

    /// Returns the values that were measured, by the step in which they were; the cuff's pressures
    /// have their own times.
    pub(crate) fn in_steps(&self) -> impl Iterator<Item = InSteps> {
        let metrics = self.trend.metrics.iter();
        let metrics = metrics.filter(|(metric, _)| {
            !matches!(
                metric,
                Metric::NibpSystolic | Metric::NibpDiastolic | Metric::NibpMean
            )
        });
        metrics.flat_map(|(metric, steps)| {
            let begins = std::iter::successors(Some(self.session.opened), |at| Some(*at + STEP));
            let steps = begins.zip(steps);
            steps.filter_map(|(at, values)| {
                Some(InSteps {
                    at,
                    metric: *metric,
                    values: (*values)?,
                })
            })
        })
    }

    /// Returns the cuff's pressures, in order of time.
    pub(crate) fn cuffs(&self) -> &[CuffTaken] {
        &self.trend.cuffs
    }

    fn patient(&self) -> String {
        let initials = self.session.initials.as_deref();
        let number = self.session.number.as_deref();
        match (initials, number) {
            (Some(initials), Some(number)) => format!("{initials}, number {number}"),
            (Some(initials), None) => initials.to_owned(),
            (None, Some(number)) => format!("number {number}"),
            (None, None) => "not named".to_owned(),
        }
    }

    fn patient_name(&self) -> Option<&PatientName> {
        self.treated.as_ref().and_then(Treated::patient_name)
    }

    fn protocol(&self) -> &str {
        let treated = self.treated.as_ref();
        treated.and_then(Treated::protocol).unwrap_or("none")
    }

    /// Returns how long after the opening something was, minutes.
    fn minute(&self, at: DateTime<Utc>) -> f32 {
        course::minutes((at - self.session.opened).to_std().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
