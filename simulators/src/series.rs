//! Recorded series: what a real monitor gave, row by row.
//!
//! The format is one line a sample, an empty cell where the device had no value
//! (`docs/simulators.md`):
//!
//! ```csv
//! t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg
//! 0,,97,71,,,,14,38
//! 1,,97,71,118,76,90,14,38
//! ```
//!
//! A row that is missing is a time without frames. A pulse or a saturation of 0 or 1 is a real
//! monitor's way of saying "no signal", and is read as an empty cell.

pub mod capnogram;

use std::time::Duration;

use crate::patient::{CuffResult, Missing, Patient, Pressures, Signal, VitalSigns};
use crate::scenario::cuff_of;

/// A recorded series: at least one row, in order of time.
#[derive(Clone, Debug)]
pub struct Series {
    rows: Vec<Row>,
    period: Duration,
    present: [bool; Column::ALL.len()],
    beats: Cycles,
    breaths: Cycles,
    cuff: Vec<CuffResult>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// When, since the start of the recording.
    pub at: Duration,
    cells: [Option<f64>; Column::ALL.len()],
}

impl Row {
    /// Returns a column's value; nothing where the monitor had none or said "no signal".
    #[must_use]
    pub const fn value(&self, column: Column) -> Option<f64> {
        self.cells[column as usize]
    }
}

/// What a row can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The ECG's rate, /min.
    HeartRate,
    /// Saturation, %.
    SpO2,
    /// The oximeter's rate, /min.
    PulseRate,
    /// Systolic cuff pressure, mmHg; only where a determination ended.
    NibpSystolic,
    /// Diastolic cuff pressure, mmHg; only where a determination ended.
    NibpDiastolic,
    /// Mean cuff pressure, mmHg; only where a determination ended.
    NibpMean,
    /// Breaths, /min.
    RespirationRate,
    /// CO2 at the end of a breath out, mmHg.
    EtCO2,
}

impl Column {
    /// Every column, in the order of the file.
    pub const ALL: [Self; 8] = [
        Self::HeartRate,
        Self::SpO2,
        Self::PulseRate,
        Self::NibpSystolic,
        Self::NibpDiastolic,
        Self::NibpMean,
        Self::RespirationRate,
        Self::EtCO2,
    ];

    /// Returns the name in the file's first line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HeartRate => "hr_bpm",
            Self::SpO2 => "spo2_pct",
            Self::PulseRate => "pulse_bpm",
            Self::NibpSystolic => "nibp_sys_mmhg",
            Self::NibpDiastolic => "nibp_dia_mmhg",
            Self::NibpMean => "nibp_map_mmhg",
            Self::RespirationRate => "rr_per_min",
            Self::EtCO2 => "etco2_mmhg",
        }
    }

    /// Tells whether a monitor says "no signal" by this number.
    fn is_no_signal(self, number: f64) -> bool {
        matches!(self, Self::SpO2 | Self::PulseRate) && (0.0..=1.0).contains(&number)
    }
}

/// The name of the column of times.
const TIME: &str = "t_s";

/// The latest time, thirty years: no recording is that long, and times can be added to it.
const TIME_MAX_S: f64 = 1e9;

/// Why a series is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {column}: {why}")]
pub struct SeriesError {
    /// The line at fault, from 1.
    pub line: usize,
    /// The name of the column at fault, as the file has it.
    pub column: String,
    /// What is wrong.
    pub why: String,
}

impl Series {
    /// Reads a recording.
    ///
    /// # Errors
    ///
    /// The first line that is not as the format says: another header, a cell too many or too
    /// few, something that is no number, a time that does not rise, no rows at all.
    pub fn parse(text: &str) -> Result<Self, SeriesError> {
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        check_header(lines.next().unwrap_or_default())?;
        let mut rows: Vec<Row> = Vec::new();
        let mut present = [false; Column::ALL.len()];
        for (line, text) in (2..).zip(lines) {
            let row = parse_row(line, text, &mut present)?;
            if rows.last().is_some_and(|last| last.at >= row.at) {
                let why = "does not come after the line before".to_owned();
                return Err(fault(line, TIME, why));
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Err(fault(2, TIME, "there are no rows".to_owned()));
        }
        let rate =
            |row: &Row, columns: &[Column]| columns.iter().find_map(|column| row.value(*column));
        Ok(Self {
            period: median_step(rows.iter().map(|row| row.at)),
            present,
            beats: Cycles::new(&rows, |row| {
                rate(row, &[Column::PulseRate, Column::HeartRate])
            }),
            breaths: Cycles::new(&rows, |row| rate(row, &[Column::RespirationRate])),
            cuff: rows.iter().filter_map(determination).collect(),
            rows,
        })
    }

    /// Returns the rows, in order of time; at least one.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Returns the source's period: the median step from row to row; 1 s for a single row.
    #[must_use]
    pub const fn period(&self) -> Duration {
        self.period
    }

    /// Tells whether a column has a number in any row, "no signal" included. A column that has
    /// none is a channel that is not there.
    #[must_use]
    pub const fn has(&self, column: Column) -> bool {
        self.present[column as usize]
    }

    /// Returns how long the recording lasts: the time of its last row and one period.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.rows
            .last()
            .map_or(Duration::ZERO, |row| row.at + self.period)
    }

    /// Tells whether rows are missing after this one: the next is more than 1.5 periods away.
    #[must_use]
    pub fn gap_after(&self, index: usize) -> bool {
        match (self.rows.get(index), self.rows.get(index + 1)) {
            (Some(row), Some(next)) => next.at.saturating_sub(row.at) > self.period * 3 / 2,
            _ => false,
        }
    }

    fn signal(&self, row: &Row, column: Column) -> Signal {
        match row.value(column) {
            Some(value) => Signal::Value(value),
            None if self.has(column) => Signal::Missing(Missing::NoReading),
            None => Signal::NoChannel,
        }
    }
}

/// Before its first row, and from one period after a row that is followed by a gap until the
/// next one, no frames come. After the last row the patient stays as in it.
impl Patient for Series {
    fn at(&self, at: Duration) -> VitalSigns {
        let index = self
            .rows
            .partition_point(|row| row.at <= at)
            .saturating_sub(1);
        let row = &self.rows[index];
        let into = at.saturating_sub(row.at);
        VitalSigns {
            heart_rate: self.signal(row, Column::HeartRate),
            pulse_rate: self.signal(row, Column::PulseRate),
            spo2: self.signal(row, Column::SpO2),
            perfusion_index: Signal::NoChannel,
            respiration_rate: self.signal(row, Column::RespirationRate),
            etco2: self.signal(row, Column::EtCO2),
            effort_rate: Signal::NoChannel,
            temperature: Signal::NoChannel,
            beat_phase: self.beats.phase(index, into),
            breath_phase: self.breaths.phase(index, into),
            cuff: cuff_of(&self.cuff, at),
        }
    }

    fn link_down(&self, at: Duration) -> bool {
        let reached = self.rows.partition_point(|row| row.at <= at);
        let Some(index) = reached.checked_sub(1) else {
            return true;
        };
        self.gap_after(index) && at >= self.rows[index].at + self.period
    }
}

fn fault(line: usize, column: &str, why: String) -> SeriesError {
    SeriesError {
        line,
        column: column.to_owned(),
        why,
    }
}

fn check_header(header: &str) -> Result<(), SeriesError> {
    let mut names = header.split(',').map(str::trim);
    for expected in [TIME].into_iter().chain(Column::ALL.map(Column::name)) {
        match names.next() {
            Some(name) if name == expected => {}
            Some(name) => return Err(fault(1, name, format!("should be {expected}"))),
            None => return Err(fault(1, expected, "is missing".to_owned())),
        }
    }
    match names.next() {
        Some(name) => Err(fault(1, name, "is one column too many".to_owned())),
        None => Ok(()),
    }
}

fn parse_row(line: usize, text: &str, present: &mut [bool; 8]) -> Result<Row, SeriesError> {
    let mut cells = text.split(',').map(str::trim);
    let at = time(line, cells.next().unwrap_or_default())?;
    let mut row = Row {
        at,
        cells: [None; Column::ALL.len()],
    };
    for column in Column::ALL {
        let Some(cell) = cells.next() else {
            return Err(fault(line, column.name(), "is missing".to_owned()));
        };
        if cell.is_empty() {
            continue;
        }
        let Some(value) = number(cell) else {
            let why = format!("{cell:?} is not a number");
            return Err(fault(line, column.name(), why));
        };
        present[column as usize] = true;
        row.cells[column as usize] = Some(value).filter(|value| !column.is_no_signal(*value));
    }
    match cells.next() {
        Some(cell) => {
            let why = format!("{cell:?} comes after the last column");
            Err(fault(line, Column::EtCO2.name(), why))
        }
        None => Ok(row),
    }
}

fn time(line: usize, cell: &str) -> Result<Duration, SeriesError> {
    number(cell)
        .filter(|seconds| *seconds <= TIME_MAX_S)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| fault(line, TIME, format!("{cell:?} is not a time in seconds")))
}

fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|value: &f64| value.is_finite())
}

fn median_step(times: impl Iterator<Item = Duration> + Clone) -> Duration {
    let pairs = times.clone().zip(times.skip(1));
    let mut steps: Vec<Duration> = pairs.map(|(at, next)| next.saturating_sub(at)).collect();
    if steps.is_empty() {
        return Duration::from_secs(1);
    }
    let middle = steps.len() / 2;
    *steps.select_nth_unstable(middle).1
}

/// Returns the determination that ended at this row; one that left out a pressure counts.
fn determination(row: &Row) -> Option<CuffResult> {
    let pressures = Pressures {
        systolic: row.value(Column::NibpSystolic),
        diastolic: row.value(Column::NibpDiastolic),
        mean: row.value(Column::NibpMean),
    };
    let any = pressures
        .systolic
        .or(pressures.diastolic)
        .or(pressures.mean);
    any.map(|_| CuffResult {
        ended: row.at,
        pressures: Some(pressures),
    })
}

/// Cycles of something at each row, and how fast it goes on from there. Where a row has no rate
/// the last one holds: a heart does not stop because a probe fell off.
#[derive(Clone, Debug)]
struct Cycles(Vec<(f64, f64)>);

impl Cycles {
    fn new(rows: &[Row], rate_per_min: impl Fn(&Row) -> Option<f64>) -> Self {
        let mut cycles = 0.0;
        let mut rate = 0.0;
        let mut last = Duration::ZERO;
        let step = |row: &Row| {
            cycles += row.at.saturating_sub(last).as_secs_f64() * rate;
            last = row.at;
            rate = rate_per_min(row).map_or(rate, |rate| rate.max(0.0) / 60.0);
            (cycles, rate)
        };
        Self(rows.iter().map(step).collect())
    }

    /// Returns the phase so long after a row, at least 0 and below 1.
    fn phase(&self, index: usize, into: Duration) -> f64 {
        let (cycles, rate) = self.0[index];
        (cycles + into.as_secs_f64() * rate).fract()
    }
}

#[cfg(test)]
mod tests;
