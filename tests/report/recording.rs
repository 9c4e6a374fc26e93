//! A recording as the naive evaluation sees it: second by second, read by itself.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// A recording.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) name: String,
    /// The second of its first row.
    pub(crate) start: u64,
    /// Every second from the first row to the last.
    pub(crate) seconds: Vec<Second>,
    /// The median step between rows, s.
    pub(crate) period: u64,
    /// Which columns have any value.
    pub(crate) has: Has,
    pub(crate) annotations: Vec<Annotation>,
}

/// What came in one second.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Second {
    /// The row, if there is one: a frame of the monitor.
    pub(crate) row: Option<Row>,
    /// The CO2 curve's sample, mmHg.
    pub(crate) curve: Option<f64>,
}

/// A row's cells: a value, or none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Row {
    /// The ECG's rate where the recording has one, else the oximeter's.
    pub(crate) rate: Option<f64>,
    pub(crate) spo2: Option<f64>,
    pub(crate) rr: Option<f64>,
    pub(crate) etco2: Option<f64>,
    pub(crate) systolic: Option<f64>,
    pub(crate) diastolic: Option<f64>,
    pub(crate) mean: Option<f64>,
}

/// Which channels a recording has.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each channel is there or not, whatever the others are"
)]
pub(crate) struct Has {
    pub(crate) rate: bool,
    pub(crate) spo2: bool,
    pub(crate) rr: bool,
    pub(crate) etco2: bool,
    pub(crate) cuff: bool,
    pub(crate) curve: bool,
}

/// What somebody did, or what the monitor said.
#[derive(Clone, Debug)]
pub(crate) struct Annotation {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) source: String,
    pub(crate) kind: String,
}

/// One line of a file: its cells by the name of their column.
type Line = BTreeMap<String, String>;

impl Recording {
    /// Reads a series with its annotations, and its CO2 curve if it is wanted.
    pub(crate) fn read(path: &Path, with_curve: bool) -> io::Result<Self> {
        let lines = lines(path)?;
        let times: Vec<u64> = lines.iter().map(time).collect();
        let mut steps: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        steps.sort_unstable();
        let (start, end) = (times[0], times[times.len() - 1]);
        let any = |column: &str| lines.iter().any(|line| number(line, column).is_some());
        let period = steps[steps.len() / 2];
        let mut seconds = vec![Second::default(); index(end - start) + 1];
        let mut rates = Rates::new(any("hr_bpm"), start, period);
        for (at, line) in times.iter().zip(&lines) {
            seconds[index(at - start)].row = Some(row(line, rates.of(*at, line)));
        }
        let waves = path.with_extension("waves.csv");
        let mut curve = false;
        if with_curve && waves.exists() {
            for line in self::lines(&waves)? {
                let (Some(at), Some(co2)) = (number(&line, "t_s"), number(&line, "co2_mmhg"))
                else {
                    continue;
                };
                // All curves of CO2 that there are have a sample a second.
                assert!(at.fract() == 0.0, "{}: {at}", waves.display());
                curve = true;
                let place = (at - as_number(start)).round();
                if let Some(second) = seconds.get_mut(whole(place)) {
                    second.curve = Some(co2);
                }
            }
        }
        Ok(Self {
            name: stem(path),
            start,
            seconds,
            period,
            has: Has {
                rate: any("hr_bpm") || any("pulse_bpm"),
                spo2: any("spo2_pct"),
                rr: any("rr_per_min"),
                etco2: any("etco2_mmhg"),
                cuff: ["nibp_sys_mmhg", "nibp_dia_mmhg", "nibp_map_mmhg"]
                    .iter()
                    .any(|column| any(column)),
                curve,
            },
            annotations: annotations(&path.with_extension("annotations.csv"))?,
        })
    }

    /// How long the monitor was recorded, h: what the recorder left out does not count.
    pub(crate) fn hours(&self) -> f64 {
        let rows = self.seconds.iter().filter(|second| second.row.is_some());
        as_number(u64::try_from(rows.count()).expect("there are few") * self.period) / 3600.0
    }

    /// The first pressures with both parts: what stands for a reading before the session.
    pub(crate) fn pressure_baseline(&self) -> Option<[f64; 2]> {
        let rows = self.seconds.iter().filter_map(|second| second.row);
        rows.into_iter()
            .find_map(|row| Some([row.systolic?, row.diastolic?]))
    }
}

/// Returns the series of a folder by name. Curves and annotations have a second word before the
/// extension.
pub(crate) fn series(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_csv = path.extension().is_some_and(|extension| extension == "csv");
        if is_csv && !stem(&path).contains('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

pub(crate) fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// The rate that is judged (`docs/alarms.md`, semantics 15).
struct Rates {
    /// When the ECG last gave one, where there is an ECG.
    ecg_gave: Option<u64>,
    /// For longer than this it must have given none, in seconds.
    missing_max: f64,
}

impl Rates {
    fn new(has_ecg: bool, start: u64, period: u64) -> Self {
        let missed = if period > 1 { 2 * period } else { 2 };
        Self {
            ecg_gave: has_ecg.then_some(start),
            missing_max: as_number(missed) + 1.5 * as_number(period),
        }
    }

    fn of(&mut self, at: u64, line: &Line) -> Option<f64> {
        let pulse = signal(line, "pulse_bpm");
        let Some(gave) = self.ecg_gave else {
            return pulse;
        };
        let ecg = number(line, "hr_bpm");
        if ecg.is_some() {
            self.ecg_gave = Some(at);
        }
        ecg.or(pulse.filter(|_| as_number(at - gave) > self.missing_max))
    }
}

/// What an oximeter gives: its 0 and 1 are "no signal".
fn signal(line: &Line, column: &str) -> Option<f64> {
    number(line, column).filter(|value| !(0.0..=1.0).contains(value))
}

fn row(line: &Line, rate: Option<f64>) -> Row {
    Row {
        rate,
        spo2: signal(line, "spo2_pct"),
        rr: number(line, "rr_per_min"),
        etco2: number(line, "etco2_mmhg"),
        systolic: number(line, "nibp_sys_mmhg"),
        diastolic: number(line, "nibp_dia_mmhg"),
        mean: number(line, "nibp_map_mmhg"),
    }
}

fn annotations(path: &Path) -> io::Result<Vec<Annotation>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let annotation = |line: Line| {
        let from = number(&line, "t_s").expect("an annotation begins");
        Annotation {
            from,
            to: number(&line, "end_s").unwrap_or(from),
            source: line["source"].clone(),
            kind: line["kind"].clone(),
        }
    };
    Ok(lines(path)?.into_iter().map(annotation).collect())
}

fn lines(path: &Path) -> io::Result<Vec<Line>> {
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let line = |line: &str| {
        let cells = names.iter().zip(line.split(','));
        cells
            .map(|(name, cell)| ((*name).to_owned(), cell.to_owned()))
            .collect()
    };
    Ok(lines.map(line).collect())
}

fn number(line: &Line, column: &str) -> Option<f64> {
    line.get(column)?.parse().ok()
}

fn time(line: &Line) -> u64 {
    let text = line.get("t_s").expect("a row has its time");
    text.parse().expect("rows are at whole seconds")
}

fn index(seconds: u64) -> usize {
    usize::try_from(seconds).expect("recordings are short")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a recording; one before its start is none"
)]
fn whole(place: f64) -> usize {
    if place < 0.0 {
        usize::MAX
    } else {
        place as usize
    }
}

/// Returns a count as a number.
pub(crate) fn as_number(count: u64) -> f64 {
    f64::from(u32::try_from(count).expect("counts of a recording are small"))
}
