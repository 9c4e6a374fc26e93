//! The CO2 curve beside a recorded series.
//!
//! The file has a sample a line, an empty cell where the monitor had none:
//!
//! ```csv
//! t_s,pleth,co2_mmhg,ecg_mv
//! 0,,0,
//! 1,,20.45,
//! ```
//!
//! The pleth and the ECG are not looked at. A line that is missing, and an empty cell, are a gap.

use std::time::Duration;

use super::{SeriesError, TIME, fault, median_step, number, time};

/// The columns after the time.
const COLUMNS: [&str; 3] = ["pleth", "co2_mmhg", "ecg_mv"];

/// The place of CO2 among them.
const CO2: usize = 1;

/// The greatest pressure that is one, mmHg; far beyond what any monitor measures.
const PRESSURE_MAX: f64 = 1000.0;

/// A recorded CO2 curve, in runs without a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Capnogram {
    sample_period: Duration,
    runs: Vec<Run>,
}

/// Samples one after the other. No run reaches over a whole second, so that what is judged at it
/// has all that came before.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// When the last sample was taken, since the start of the recording.
    pub ended: Duration,
    /// The samples, mmHg, the oldest first; at least one.
    pub samples: Vec<f64>,
}

impl Capnogram {
    /// Reads a recording's curves; nothing when none of them is CO2.
    ///
    /// # Errors
    ///
    /// The first line that is not as the format says: another header, a cell too many or too
    /// few, something that is no number or no pressure, a time that does not rise.
    pub fn parse(text: &str) -> Result<Option<Self>, SeriesError> {
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        check_header(lines.next().unwrap_or_default())?;
        let mut times: Vec<Duration> = Vec::new();
        let mut samples = Vec::new();
        for (line, text) in (2..).zip(lines) {
            let (at, co2) = parse_line(line, text)?;
            if times.last().is_some_and(|last| *last >= at) {
                let why = "does not come after the line before".to_owned();
                return Err(fault(line, TIME, why));
            }
            times.push(at);
            samples.push(co2);
        }
        if samples.iter().all(Option::is_none) {
            return Ok(None);
        }
        let sample_period = median_step(times.iter().copied());
        let known = times
            .into_iter()
            .zip(samples)
            .filter_map(|(at, co2)| Some((at, co2?)));
        Ok(Some(Self {
            runs: runs(known, sample_period),
            sample_period,
        }))
    }

    /// Returns the time from one sample to the next: the median.
    #[must_use]
    pub const fn sample_period(&self) -> Duration {
        self.sample_period
    }

    /// Returns the runs, in order of time.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }
}

fn runs(samples: impl Iterator<Item = (Duration, f64)>, period: Duration) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, co2) in samples {
        let goes_on = runs.last_mut().filter(|run| {
            let step = at.saturating_sub(run.ended);
            let is_next = step.abs_diff(period) <= period / 2;
            // The last sample of a second is that of its end.
            is_next && second(run.ended) == second(at)
        });
        match goes_on {
            Some(run) => {
                run.ended = at;
                run.samples.push(co2);
            }
            None => runs.push(Run {
                ended: at,
                samples: vec![co2],
            }),
        }
    }
    runs
}

/// Returns the whole second by which a moment has passed.
fn second(at: Duration) -> u64 {
    at.as_secs() + u64::from(at.subsec_nanos() > 0)
}

fn check_header(header: &str) -> Result<(), SeriesError> {
    let mut names = header.split(',').map(str::trim);
    for expected in [TIME].into_iter().chain(COLUMNS) {
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

fn parse_line(line: usize, text: &str) -> Result<(Duration, Option<f64>), SeriesError> {
    let mut cells = text.split(',').map(str::trim);
    let at = time(line, cells.next().unwrap_or_default())?;
    let mut co2 = None;
    for (place, column) in COLUMNS.into_iter().enumerate() {
        let Some(cell) = cells.next() else {
            return Err(fault(line, column, "is missing".to_owned()));
        };
        if cell.is_empty() {
            continue;
        }
        let Some(value) = number(cell) else {
            return Err(fault(line, column, format!("{cell:?} is not a number")));
        };
        if place == CO2 {
            if value.abs() > PRESSURE_MAX {
                return Err(fault(line, column, format!("{cell} is not a pressure")));
            }
            co2 = Some(value);
        }
    }
    match cells.next() {
        Some(cell) => {
            let why = format!("{cell:?} comes after the last column");
            Err(fault(line, COLUMNS[2], why))
        }
        None => Ok((at, co2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "t_s,pleth,co2_mmhg,ecg_mv\n";

    fn parse(lines: &str) -> Result<Option<Capnogram>, SeriesError> {
        Capnogram::parse(&(HEADER.to_owned() + lines))
    }

    /// Compares the runs, each as "end: samples", in milliseconds.
    #[track_caller]
    fn check(lines: &str, expected: &str) {
        let capnogram = parse(lines).unwrap().expect("there is CO2");
        let runs: Vec<String> = capnogram
            .runs()
            .iter()
            .map(|run| format!("{}: {:?}", run.ended.as_millis(), run.samples))
            .collect();
        assert_eq!(runs.join(" "), expected);
    }

    #[test]
    fn a_run_goes_on_from_sample_to_sample_within_a_second() {
        check("0.2,,1,\n0.4,,2,\n0.6,,3,\n", "600: [1.0, 2.0, 3.0]");
        check(
            "0.6,,1,\n0.8,,2,\n1,,3,\n1.2,,4,\n",
            "1000: [1.0, 2.0, 3.0] 1200: [4.0]",
        );
        check("0,,1,\n1,,2,\n", "0: [1.0] 1000: [2.0]");
    }

    #[test]
    fn an_empty_cell_or_a_missing_line_ends_a_run() {
        check("0.2,,1,\n0.4,7,,\n0.6,,3,\n", "200: [1.0] 600: [3.0]");
        check(
            "0.1,,1,\n0.2,,2,\n0.3,,3,\n0.6,,4,\n",
            "300: [1.0, 2.0, 3.0] 600: [4.0]",
        );
    }

    #[test]
    fn curves_without_co2_are_no_capnogram() {
        assert_eq!(parse("0,12.5,,0.1\n0.01,12,,0.1\n"), Ok(None));
        assert_eq!(parse(""), Ok(None));
    }

    #[test]
    fn what_is_not_as_the_format_says_is_refused_with_its_place() {
        let refused = |lines: &str| parse(lines).unwrap_err().to_string();
        assert_eq!(
            refused("0,,x,\n"),
            "line 2, co2_mmhg: \"x\" is not a number"
        );
        assert_eq!(
            refused("0,,1e9,\n"),
            "line 2, co2_mmhg: 1e9 is not a pressure"
        );
        assert_eq!(refused("0,,1\n"), "line 2, ecg_mv: is missing");
        assert_eq!(
            refused("0,,1,,2\n"),
            "line 2, ecg_mv: \"2\" comes after the last column"
        );
        assert_eq!(
            refused("1,,1,\n1,,1,\n"),
            "line 3, t_s: does not come after the line before"
        );
        let header = Capnogram::parse("t_s,co2_mmhg\n").unwrap_err().to_string();
        assert_eq!(header, "line 1, co2_mmhg: should be pleth");
    }
}
