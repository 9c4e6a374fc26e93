//! What an entry makes of a session.

use std::sync::Arc;

use chairside_alarm::{Baseline, PressureBaseline, Sources};
use chairside_model::{Metric, MonoTime, Patient, PatientName, Value};

use super::{HighAlarm, Logged, PassedOver, Treatment};
use crate::chart::{Chart, Pressure};
use crate::{CareAction, CareEntry, Gate, GateFacts, InForce, Protocol, Stage};

impl Treatment {
    /// Begins with the entry that planned it.
    pub(crate) fn new(
        (at, entry): (MonoTime, &CareEntry),
        (patient, name): (Patient, Option<PatientName>),
        (protocol, configured): (Arc<Protocol>, bool),
    ) -> Self {
        let mut begun = Self {
            session: entry.session,
            patient,
            name,
            protocol,
            configured,
            stages: vec![(at, Stage::Scheduled)],
            opened: None,
            ended: None,
            gate_passed_over: PassedOver::default(),
            baseline: None,
            log: Vec::new(),
            in_force: InForce::default(),
            chart: None,
            facts: GateFacts::default(),
            high: HighAlarm::default(),
        };
        begun.take(at, entry);
        begun
    }

    /// Takes an entry that is on record, whatever it says: what is on record was done. One that is
    /// there already changes nothing.
    pub(crate) fn apply(&mut self, at: MonoTime, entry: &CareEntry, sources: &Sources) {
        if entry.number < self.next_number() {
            return;
        }
        match &entry.action {
            CareAction::Step { to } => self.step(at, *to, entry, sources),
            CareAction::TakeBaseline => self.take_baseline(at),
            CareAction::Schedule { .. }
            | CareAction::Screen { .. }
            | CareAction::Weigh { .. }
            | CareAction::Dose(_)
            | CareAction::Score(_)
            | CareAction::Check { .. }
            | CareAction::Event(_)
            | CareAction::Discharge { .. }
            | CareAction::Amend { .. } => {}
        }
        self.take(at, entry);
    }

    fn take(&mut self, at: MonoTime, entry: &CareEntry) {
        self.in_force.take(at, entry.number, &entry.action);
        let entry = entry.clone();
        self.log.push(Logged { at, entry });
    }

    fn step(&mut self, at: MonoTime, to: Stage, entry: &CareEntry, sources: &Sources) {
        if to == Stage::Ready {
            self.gate_passed_over = self.passed_over(at, &entry.passed_over);
        }
        self.stages.push((at, to));
        if to == Stage::Screening && self.opened.is_none() {
            self.opened = Some(at);
            self.chart = Some(Chart::new(sources.clone(), at));
        }
        if to.is_over() {
            self.ended = Some(at);
            self.chart = None;
        }
    }

    fn passed_over(&self, at: MonoTime, words: &[Box<str>]) -> PassedOver {
        let gate = self.gate(at);
        let lines = gate.iter().flat_map(Gate::unmet);
        let lines = lines.filter(|line| words.contains(&line.because));
        PassedOver {
            words: words.to_vec(),
            lines: lines
                .map(|line| (line.item.clone(), line.standing))
                .collect(),
        }
    }

    /// Takes the patient's own values of now. The pressure is the mean of the last two readings
    /// that lie far enough apart: of one cuff, two readings are nearer to the truth than either. A
    /// clinician who passed over that they are not there has the last one, or none.
    fn take_baseline(&mut self, at: MonoTime) {
        let Some(chart) = &self.chart else {
            return;
        };
        let value = |metric| chart.numeric(at, metric).map(|taken| taken.value);
        let pair = chart.pair(at, self.protocol.parts().gate.readings_apart);
        let pressure = match pair {
            Some((before, last)) => mean_of(&before, &last),
            None => chart.pressure(at).and_then(|last| mean_of(&last, &last)),
        };
        self.baseline = Some(Baseline {
            pressure,
            heart_rate: chart.heart_rate(at).map(|taken| taken.value),
            spo2: value(Metric::SpO2),
            respiration_rate: value(Metric::RespirationRate),
            etco2: value(Metric::EtCO2),
        });
    }
}

fn mean_of(one: &Pressure, other: &Pressure) -> Option<PressureBaseline> {
    let mean =
        |one: Value, other: Value| Value::finite(f64::midpoint(one.number(), other.number()));
    Some(PressureBaseline {
        systolic: mean(one.systolic, other.systolic)?,
        diastolic: mean(one.diastolic, other.diastolic)?,
    })
}
