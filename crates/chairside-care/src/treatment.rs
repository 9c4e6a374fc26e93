//! One treatment session: where it stands, and what may be done in it.
//!
//! Its state is its entries, folded in order, and what the chart knew when they were made. Nothing
//! moves by itself: each step is a person's.

use std::sync::Arc;
use std::time::Duration;

use chairside_alarm::Baseline;
use chairside_model::{
    DeviceId, Metric, MonoTime, Observation, Patient, PatientName, SessionId, Value,
};

use crate::chart::Chart;
use crate::gate::Looked;
use crate::{
    CareAction, CareEntry, Discharge, DischargeFacts, DoseLog, EntryNumber, Gate, GateFacts,
    GateItem, GateLine, InForce, Item, ItemAnswer, Prompt, Protocol, ScoreEntry, ScoreId, Stage,
    Standing,
};

mod check;
mod fold;

pub use check::Checked;

/// One treatment session of a bed.
#[derive(Clone, Debug, PartialEq)]
pub struct Treatment {
    session: SessionId,
    patient: Patient,
    name: Option<PatientName>,
    protocol: Arc<Protocol>,
    /// The protocol is one of the clinic's. One that was taken out of the configuration leaves its
    /// open sessions with the defaults, and with this in the way of a dose.
    configured: bool,
    /// Each stage that it went into, and when: never empty.
    stages: Vec<(MonoTime, Stage)>,
    opened: Option<MonoTime>,
    ended: Option<MonoTime>,
    /// What a clinician passed over at the gate, and decided with that.
    gate_passed_over: PassedOver,
    baseline: Option<Baseline>,
    log: Vec<Logged>,
    in_force: InForce,
    /// What is known of the patient: from the opening of the session to its end.
    chart: Option<Chart>,
    pub(crate) facts: GateFacts,
    pub(crate) high: HighAlarm,
}

/// An entry of a session, and when it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// When.
    pub at: MonoTime,
    /// What.
    pub entry: CareEntry,
}

/// What a clinician passed over at the gate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PassedOver {
    /// In words, as it is on record.
    words: Vec<Box<str>>,
    /// The same as the gate found it then. After a restart this can be less: not every reading of
    /// then is read again, and what cannot be told from the words is asked once more.
    lines: Vec<(GateItem, Standing)>,
}

impl PassedOver {
    /// Tells whether this was decided with that: it is the same finding, or stands as it did, or
    /// needs no more than a note now.
    fn covers(&self, line: &GateLine) -> bool {
        let is_no_worse = |then: Standing| {
            line.standing == then || (then, line.standing) == (Standing::NotMet, Standing::Note)
        };
        let mut lines = self.lines.iter();
        self.words.contains(&line.because)
            || lines.any(|(item, then)| *item == line.item && is_no_worse(*then))
    }
}

/// Whether an alarm of high priority about the patient stands at the bed. One about a device or
/// from a person says nothing of how the patient is, and is none of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum HighAlarm {
    /// None has since the session opened.
    #[default]
    Never,
    /// One stands.
    Stands,
    /// None has since then.
    Over(MonoTime),
}

impl HighAlarm {
    pub(crate) const fn next(self, now: MonoTime, stands: bool) -> Self {
        match self {
            _ if stands => Self::Stands,
            Self::Stands => Self::Over(now),
            Self::Never | Self::Over(_) => self,
        }
    }

    /// Returns for how long none has stood: no time while one does, nothing where none did.
    pub(crate) fn over_for(self, now: MonoTime) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::Stands => Some(Duration::ZERO),
            Self::Over(at) => Some(now.saturating_since(at)),
        }
    }
}

impl Treatment {
    /// Returns which session it is.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Returns whom it is for.
    #[must_use]
    pub const fn patient(&self) -> &Patient {
        &self.patient
    }

    /// Returns the patient's name, if it was said: only a clinic that has names takes it.
    #[must_use]
    pub const fn patient_name(&self) -> Option<&PatientName> {
        self.name.as_ref()
    }

    /// Returns the protocol that it goes by.
    #[must_use]
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// Returns where it stands.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stages
            .last()
            .map_or(Stage::Scheduled, |(_, stage)| *stage)
    }

    /// Returns since when it stands there.
    #[must_use]
    pub fn since(&self) -> MonoTime {
        self.stages.last().map_or(MonoTime::ZERO, |(at, _)| *at)
    }

    /// Returns each stage that it went into, and when, from the one in which it was planned.
    #[must_use]
    pub fn stages(&self) -> &[(MonoTime, Stage)] {
        &self.stages
    }

    /// Returns when the patient came and it opened; nothing while it is planned.
    #[must_use]
    pub const fn opened(&self) -> Option<MonoTime> {
        self.opened
    }

    /// Returns when it ended.
    #[must_use]
    pub const fn ended(&self) -> Option<MonoTime> {
        self.ended
    }

    /// Tells whether the dose is given or acts at its most.
    #[must_use]
    pub fn is_dosing(&self) -> bool {
        matches!(self.stage(), Stage::Dosing | Stage::Peak)
    }

    /// Returns what is known now of the patient; nothing before the session opens and after it
    /// ended.
    #[must_use]
    pub const fn chart(&self) -> Option<&Chart> {
        self.chart.as_ref()
    }

    /// Returns the patient's own values before the dose, once a person took them: what personal
    /// limits are drawn from. The pressure is the mean of the two readings.
    #[must_use]
    pub const fn baseline(&self) -> Option<&Baseline> {
        self.baseline.as_ref()
    }

    /// Returns the number that its next entry has.
    #[must_use]
    pub fn next_number(&self) -> EntryNumber {
        self.log.last().map_or(1, |last| last.entry.number + 1)
    }

    /// Returns the body weight that was entered last, kg.
    #[must_use]
    pub fn weight(&self) -> Option<Value> {
        let mut actions = self.log.iter().rev().map(|logged| &logged.entry.action);
        actions.find_map(|action| match action {
            CareAction::Weigh { weight } => Some(*weight),
            _ => None,
        })
    }

    /// Returns the last answer to an item of the screening.
    #[must_use]
    pub fn answer(&self, item: &Item) -> Option<&ItemAnswer> {
        let mut actions = self.log.iter().rev().map(|logged| &logged.entry.action);
        actions.find_map(|action| match action {
            CareAction::Screen { item: of, answer } if of == item => Some(answer),
            _ => None,
        })
    }

    /// Returns what was given, by the entries that hold.
    #[must_use]
    pub fn dose_log(&self) -> DoseLog {
        let doses = self.in_force.doses();
        DoseLog::new(doses.map(|(number, dose)| (number, dose.clone())))
    }

    /// Returns the entries as they were made, in the order of their numbers.
    #[must_use]
    pub fn log(&self) -> &[Logged] {
        &self.log
    }

    /// Returns the entries as they hold: what was corrected as it was corrected.
    #[must_use]
    pub const fn in_force(&self) -> &InForce {
        &self.in_force
    }

    /// Returns the ratings that hold, in the order of their numbers.
    pub fn ratings(&self) -> impl Iterator<Item = (EntryNumber, &ScoreEntry)> {
        self.in_force.scores()
    }

    /// Returns of what people are reminded now, and will be if nothing happens: the earliest first.
    #[must_use]
    pub fn prompts(&self, now: MonoTime) -> Vec<Prompt> {
        let plan = &self.protocol.parts().prompts;
        plan.prompts(now, &self.stages, &self.in_force)
    }

    /// Returns when a prompt becomes due or overdue next, or the cuff's interval another, if
    /// nothing happens until then. The gate and the checklist change with every second and every
    /// reading, and are asked when somebody looks.
    #[must_use]
    pub fn next_deadline(&self, now: MonoTime) -> Option<MonoTime> {
        let prompts = self.prompts(now).into_iter();
        let prompts = prompts.filter_map(|prompt| prompt.next_deadline(now));
        prompts.chain(self.cuff_changes(now)).min()
    }

    /// Returns whether it is ready for the dose, because of what. Nothing is ready that is not
    /// open.
    #[must_use]
    pub fn gate(&self, now: MonoTime) -> Option<Gate> {
        let parts = self.protocol.parts();
        let looked = Looked {
            plan: &parts.gate,
            screening: &parts.screening,
            chart: self.chart.as_ref()?,
            facts: self.facts,
            baseline: self.baseline.as_ref(),
            now,
        };
        let mut gate = Gate::of(&looked, |item| self.answer(item));
        if !self.configured {
            let because = format!("the clinic has no protocol \"{}\"", self.protocol.name());
            gate.lines.insert(
                0,
                GateLine {
                    item: GateItem::Protocol,
                    standing: Standing::NotMet,
                    because: because.into(),
                },
            );
        }
        Some(gate)
    }

    /// Returns how much of the gate the step to the dose is refused for: what a clinician passed over
    /// on the way to being ready is decided.
    #[must_use]
    pub fn undecided(&self, now: MonoTime) -> usize {
        let gate = self.gate(now);
        let unmet = gate.iter().flat_map(Gate::unmet);
        unmet
            .filter(|line| !self.gate_passed_over.covers(line))
            .count()
    }

    /// Returns what of the clinic's criteria for leaving is met; nothing while nobody is here.
    #[must_use]
    pub fn discharge(&self, now: MonoTime) -> Option<Discharge> {
        let chart = self.chart.as_ref()?;
        let mut pressures = chart.pressures(now);
        let answers = self
            .log
            .iter()
            .filter_map(|logged| match &logged.entry.action {
                CareAction::Discharge { item, answer } => Some((logged.at, *item, answer.said)),
                _ => None,
            });
        let facts = DischargeFacts {
            now,
            baseline: self.baseline.as_ref(),
            pressure: pressures.next(),
            pressure_before: pressures.next(),
            heart_rate: chart.heart_rate(now),
            spo2: chart.numeric(now, Metric::SpO2),
            quiet_since: match self.high {
                HighAlarm::Never => self.opened,
                HighAlarm::Stands => None,
                HighAlarm::Over(at) => Some(at),
            },
            in_force: &self.in_force,
            dose_log: &self.dose_log(),
            answers: &answers.collect::<Vec<_>>(),
        };
        Some(Discharge::of(&self.protocol.parts().discharge, &facts))
    }

    /// Returns how often a good cuff reading is expected now.
    #[must_use]
    pub fn cuff_interval(&self, now: MonoTime) -> Duration {
        let plan = &self.protocol.parts().cuff;
        let in_stage = now.saturating_since(self.since());
        let moaas = ScoreEntry::latest(self.in_force.scores(), ScoreId::Moaas, now);
        let moaas = moaas.and_then(ScoreEntry::total);
        let closely = plan.is_close(moaas, self.high.over_for(now));
        plan.interval(self.stage(), in_stage, closely)
    }

    /// Returns when the cuff's interval can become another by itself, after `now`.
    fn cuff_changes(&self, now: MonoTime) -> impl Iterator<Item = MonoTime> {
        let plan = &self.protocol.parts().cuff;
        let late = (self.stage() == Stage::Recovery).then(|| self.since() + plan.late_after);
        let far = match self.high {
            HighAlarm::Over(at) => Some(at + plan.close_after_alarm),
            HighAlarm::Never | HighAlarm::Stands => None,
        };
        [late, far]
            .into_iter()
            .flatten()
            .filter(move |at| *at > now)
    }

    /// Takes the baseline that the record has.
    pub(crate) const fn told_baseline(&mut self, baseline: &Baseline) {
        self.baseline = Some(*baseline);
    }

    /// Takes from the record that an alarm which began at `since` was over at `at`.
    pub(crate) fn high_alarm_was(&mut self, at: MonoTime, since: MonoTime) {
        let of_the_session = self.opened.is_some_and(|opened| since >= opened);
        self.high = match self.high {
            HighAlarm::Never if of_the_session => HighAlarm::Over(at),
            HighAlarm::Over(before) if of_the_session => HighAlarm::Over(at.max(before)),
            other => other,
        };
    }

    /// Takes a reading of the bed.
    pub(crate) fn observe(&mut self, now: MonoTime, observation: &Observation) {
        if let Some(chart) = &mut self.chart {
            chart.observe(now, observation);
        }
    }

    /// Takes whether the device that answers on a line is the one of the session.
    pub(crate) fn device(&mut self, now: MonoTime, device: DeviceId, belongs: bool) {
        if let Some(chart) = &mut self.chart {
            chart.device(now, device, belongs);
        }
    }
}
