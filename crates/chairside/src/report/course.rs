//! How the values went, and when there were none.

use chairside_model::Metric;
use chairside_report::{Block, Chart, Column, Mark, Row, RowKind, Section, Series, Table};
use chairside_store::{CuffTaken, InStep, Missing, MissingCause};

use super::times::{Clock, between};
use super::treatment::Treated;
use super::{STEP, Told, minutes};

/// Returns the curves of a session.
pub(super) fn section(told: &Told) -> Section {
    let circulation = chart(
        told,
        "Blood pressure (cuff), mmHg, and heart or pulse rate, /min",
        (30.0, 220.0),
        vec![
            cuffs(told, "systolic", |cuff| cuff.systolic),
            cuffs(told, "diastolic", |cuff| cuff.diastolic),
            curve(told, "rate", rate(told)),
        ],
    );
    let breath = chart(
        told,
        "SpO2, %",
        (70.0, 100.0),
        vec![curve(told, "SpO2", Metric::SpO2)],
    );
    let mut blocks = vec![circulation, breath];
    if told.trend.metrics.contains_key(&Metric::EtCO2) {
        blocks.push(chart(
            told,
            "EtCO2, mmHg, and breaths, /min",
            (0.0, 60.0),
            vec![
                curve(told, "EtCO2", Metric::EtCO2),
                curve(told, "breaths", Metric::RespirationRate),
            ],
        ));
    }
    Section {
        heading: "Course".to_owned(),
        blocks,
    }
}

/// The ECG's rate where the bed has it, else the pulse (`docs/adr/0022`).
fn rate(told: &Told) -> Metric {
    if told.trend.metrics.contains_key(&Metric::HeartRate) {
        Metric::HeartRate
    } else {
        Metric::PulseRate
    }
}

fn chart(told: &Told, title: &str, values: (f32, f32), series: Vec<Series>) -> Block {
    let end = told.minute(told.until).max(1.0);
    let marks = told.marks();
    if series.iter().all(|series| series.pieces.is_empty()) {
        return Block::Text(format!("{title}: nothing was measured."));
    }
    Block::Chart(Chart {
        title: format!("{title}; minutes since the session was opened"),
        minutes: (0.0, end),
        values,
        series,
        marks,
    })
}

impl Told {
    /// Returns the moments that every curve has marks at.
    fn marks(&self) -> Vec<Mark> {
        let phases = self.events.happened.iter().filter_map(|happened| {
            let chairside_store::Event::Phase(phase) = &happened.what else {
                return None;
            };
            Some(Mark {
                minute: self.minute(happened.at),
                label: phase.clone(),
            })
        });
        let given = self.treated.iter().flat_map(Treated::given);
        let given = given.map(|(at, label)| Mark {
            minute: self.minute(at),
            label,
        });
        phases.chain(given).collect()
    }
}

/// Returns a metric's values, each step's last; a step without one is a gap.
fn curve(told: &Told, name: &str, metric: Metric) -> Series {
    let steps = told.trend.metrics.get(&metric);
    let mut pieces = Vec::new();
    let mut piece = Vec::new();
    let mut minute = 0.0;
    for step in steps.into_iter().flatten() {
        match step {
            Some(step) => piece.push((minute, drawn(step))),
            None if piece.is_empty() => {}
            None => pieces.push(std::mem::take(&mut piece)),
        }
        minute += minutes(STEP);
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    Series {
        name: name.to_owned(),
        pieces,
        is_dashed: false,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a place in a drawing needs no more"
)]
const fn drawn(step: &InStep) -> f32 {
    step.last as f32
}

/// Returns the cuff's pressures, each a dot of its own: between two, nobody knows.
fn cuffs(told: &Told, name: &str, of: impl Fn(&CuffTaken) -> Option<f64>) -> Series {
    let dot = |cuff: &CuffTaken| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a place in a drawing needs no more"
        )]
        let pressure = of(cuff)? as f32;
        Some(vec![(told.minute(cuff.at), pressure)])
    };
    Series {
        name: name.to_owned(),
        pieces: told.trend.cuffs.iter().filter_map(dot).collect(),
        is_dashed: false,
    }
}

/// Returns when there could be no values, and why.
pub(super) fn gaps(told: &Told, clock: Clock) -> Section {
    let blocks = if told.trend.missing.is_empty() {
        vec![Block::Text(
            "No link was lost, and the record was written throughout.".to_owned(),
        )]
    } else {
        vec![Block::Table(Table {
            columns: [("from", 1.5), ("until", 1.5), ("for", 1.5), ("why", 4.0)]
                .map(|(head, weight)| Column {
                    head: head.to_owned(),
                    weight,
                    is_number: false,
                })
                .to_vec(),
            rows: told
                .trend
                .missing
                .iter()
                .map(|gap| gap_row(gap, clock))
                .collect(),
        })]
    };
    Section {
        heading: "Times without values".to_owned(),
        blocks,
    }
}

fn gap_row(gap: &Missing, clock: Clock) -> Row {
    let why = match (gap.cause, &gap.device) {
        (MissingCause::Cable, Some(device)) => format!("the link of {device} was lost"),
        (MissingCause::Cable, None) => "a link was lost".to_owned(),
        (MissingCause::Restart, _) => "the service was not running".to_owned(),
        (MissingCause::Recorder, _) => "the record was not written".to_owned(),
    };
    Row {
        cells: vec![
            clock.time(gap.from),
            clock.time(gap.to),
            between(gap.from, gap.to).unwrap_or_default(),
            why,
        ],
        kind: RowKind::Gap,
    }
}
