//! The flow sheet: rows at the times of the protocol from measured values, and everything that
//! happened between them. People add words, and no numbers.

use std::time::Duration;

use chairside_model::{DeviceId, Metric, MonoTime, Value};

use crate::facts::{AlarmEpisode, CuffInterval, CuffTimes, Entries, SessionFacts, StageTaken};
use crate::receipt::{self, Gap};
use crate::{CareEvent, Chart, DoseEntry, EntryNumber, ScoreEntry, Stage};

/// What a row of values has a column for, where the bed has a device for it. The rate of the heart
/// is the ECG's where it has one, else the oximeter's.
const COLUMNS: [Metric; 6] = [
    Metric::HeartRate,
    Metric::SpO2,
    Metric::RespirationRate,
    Metric::EtCO2,
    Metric::NibpSystolic,
    Metric::NibpDiastolic,
];

/// A cuff reading may be late by so much before it is overdue, and before a row has none. Our
/// design.
pub(crate) const CUFF_GRACE: Duration = Duration::from_mins(3);

/// A flow sheet, its rows in the order of what happened.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowSheet {
    /// The columns that a row of values has.
    pub columns: Vec<Metric>,
    /// The rows.
    pub rows: Vec<SheetRow>,
}

/// A row of a flow sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetRow {
    /// When it happened.
    pub at: MonoTime,
    /// What.
    pub line: SheetLine,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq)]
pub enum SheetLine {
    /// The session went into a stage.
    Stage(StageTaken),
    /// Values at a time of the protocol, one for each column.
    Values {
        /// In which stage.
        stage: Stage,
        /// The values.
        cells: Vec<Cell>,
    },
    /// An alarm first called.
    Alarm(AlarmEpisode),
    /// Something was given.
    Dose(SaidBy<DoseEntry>),
    /// Something was rated.
    Score(SaidBy<ScoreEntry>),
    /// Something happened.
    Event(SaidBy<CareEvent>),
    /// A metric was missing from here on.
    Gap(Gap),
}

/// Something that a person entered, as it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SaidBy<T> {
    /// The entry.
    pub number: EntryNumber,
    /// What it says.
    pub what: T,
    /// Who entered it.
    pub by: Box<str>,
    /// It was entered otherwise at first; the record has both.
    pub corrected: bool,
}

/// A value at a time of the protocol.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// It was measured.
    Value {
        /// What: of the rate of the heart, which of the two.
        metric: Metric,
        /// The value, in the metric's unit.
        value: Value,
        /// When it was taken; its age is the row's time less this.
        taken: MonoTime,
        /// The device that gave it.
        source: DeviceId,
    },
    /// None that counts was measured.
    None,
}

impl FlowSheet {
    /// Makes the sheet of a session.
    #[must_use]
    pub fn of(facts: &SessionFacts) -> Self {
        let entries = facts.entries();
        let columns: Vec<Metric> = COLUMNS.into_iter().filter(|it| has(facts, *it)).collect();
        let mut rows = values(facts, &entries, &columns);
        let mut say = |at, line| rows.push(SheetRow { at, line });
        for taken in &entries.stages {
            say(taken.from, SheetLine::Stage(taken.clone()));
        }
        for alarm in facts.alarms() {
            say(alarm.called, SheetLine::Alarm(alarm));
        }
        for (number, dose) in entries.in_force.doses() {
            say(dose.at, SheetLine::Dose(entries.said(number, dose)));
        }
        for (number, score) in entries.in_force.scores() {
            say(score.at, SheetLine::Score(entries.said(number, score)));
        }
        for (number, event) in entries.in_force.events() {
            say(event.at, SheetLine::Event(entries.said(number, event)));
        }
        for gap in receipt::gaps(facts) {
            say(gap.from, SheetLine::Gap(gap));
        }
        // Stable: at one moment a step stands before its first values, and a gap last.
        rows.sort_by_key(|row| (row.at, row.line.order()));
        Self { columns, rows }
    }
}

impl SheetLine {
    const fn order(&self) -> u8 {
        match self {
            Self::Stage(_) => 0,
            Self::Values { .. } => 1,
            Self::Dose(_) => 2,
            Self::Score(_) => 3,
            Self::Event(_) => 4,
            Self::Alarm(_) => 5,
            Self::Gap(_) => 6,
        }
    }
}

impl Entries {
    fn said<T: Clone>(&self, number: EntryNumber, what: &T) -> SaidBy<T> {
        SaidBy {
            number,
            what: what.clone(),
            by: self.by.get(&number).cloned().unwrap_or_default(),
            corrected: self.corrected.contains(&number),
        }
    }
}

fn has(facts: &SessionFacts, metric: Metric) -> bool {
    let metrics = of_column(metric);
    metrics.iter().any(|metric| facts.source(*metric).is_some())
}

/// Returns what can stand in a column, the best first.
const fn of_column(metric: Metric) -> &'static [Metric] {
    match metric {
        Metric::HeartRate => &[Metric::HeartRate, Metric::PulseRate],
        Metric::SpO2 => &[Metric::SpO2],
        Metric::RespirationRate => &[Metric::RespirationRate],
        Metric::EtCO2 => &[Metric::EtCO2],
        Metric::NibpSystolic => &[Metric::NibpSystolic],
        Metric::NibpDiastolic => &[Metric::NibpDiastolic],
        _ => &[],
    }
}

/// A row that is due.
struct Due {
    at: MonoTime,
    stage: Stage,
    /// For how long a cuff reading counts for it.
    cuff_counts: Duration,
}

/// Returns the rows of values, each from what was known at its time.
fn values(facts: &SessionFacts, entries: &Entries, columns: &[Metric]) -> Vec<SheetRow> {
    let mut due = due(facts, entries).into_iter().peekable();
    let mut chart = facts.chart();
    let mut rows = Vec::new();
    let row = |chart: &Chart, due: &Due| {
        let cells = columns
            .iter()
            .map(|column| cell(facts, chart, *column, due));
        SheetRow {
            at: due.at,
            line: SheetLine::Values {
                stage: due.stage,
                cells: cells.collect(),
            },
        }
    };
    for fact in facts.within() {
        while let Some(due) = due.next_if(|due| due.at < fact.at()) {
            rows.push(row(&chart, &due));
        }
        fact.tell(&mut chart);
    }
    rows.extend(due.map(|due| row(&chart, &due)));
    rows
}

/// Returns when the protocol wants a row: as each stage begins, then at the interval of its cuff,
/// and as the session ends.
fn due(facts: &SessionFacts, entries: &Entries) -> Vec<Due> {
    let intervals = CuffTimes::of(facts, entries).intervals();
    let row = |one: &CuffInterval| Due {
        at: one.from,
        stage: one.stage,
        cuff_counts: one.planned() + CUFF_GRACE,
    };
    let mut due: Vec<_> = intervals.iter().map(row).collect();
    let last = intervals.last().filter(|_| facts.ended.is_some());
    due.extend(last.map(|last| {
        Due {
            at: facts.end(),
            stage: facts
                .stages(entries)
                .last()
                .map_or(last.stage, |taken| taken.stage),
            ..row(last)
        }
    }));
    due
}

fn cell(facts: &SessionFacts, chart: &Chart, column: Metric, due: &Due) -> Cell {
    let found = of_column(column).iter().find_map(|metric| {
        let (value, taken) = match metric {
            Metric::NibpSystolic | Metric::NibpDiastolic => {
                let pressure = chart.pressure(due.at)?;
                let age = due.at.saturating_since(pressure.taken);
                let counts = age <= due.cuff_counts;
                let value = if *metric == Metric::NibpSystolic {
                    pressure.systolic
                } else {
                    pressure.diastolic
                };
                counts.then_some((value, pressure.taken))?
            }
            _ => {
                let found = chart.numeric(due.at, *metric)?;
                (found.value, found.taken)
            }
        };
        Some(Cell::Value {
            metric: *metric,
            value,
            taken,
            source: facts.source(*metric)?,
        })
    });
    found.unwrap_or(Cell::None)
}
