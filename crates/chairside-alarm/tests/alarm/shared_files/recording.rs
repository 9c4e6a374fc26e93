//! A recording, run through the engine and evaluated naively.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use chairside_alarm::{
    AirwayMode, AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Baseline, NibpHighRule,
    NibpLowRule, PressureBaseline, Signal, Sources, Transition,
};
use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading,
    SampleArray, Unavailable, Value,
};

use crate::adult;
use crate::naive::features::{Before, Has, Heard, Said};
use crate::naive::{self, Edge, Series};

const MONITOR: DeviceId = DeviceId(1);

/// What a row has, by column.
type Row = BTreeMap<String, f64>;

/// A recording: its rows by second, and the samples of its CO2 curve.
pub(super) struct Recording {
    rows: Vec<(u64, Row)>,
    curve: BTreeMap<u64, f64>,
    period: u64,
}

impl Recording {
    /// Reads a series, and the curve beside it where there is one and it is wanted.
    pub(super) fn read(path: &Path, with_curve: bool) -> Self {
        let rows = rows(path);
        let mut steps: Vec<u64> = rows.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        steps.sort_unstable();
        let period = steps[steps.len() / 2];
        let waves = path.with_extension("waves.csv");
        let curve = if with_curve && waves.exists() {
            curve(&waves)
        } else {
            BTreeMap::new()
        };
        Self {
            rows,
            curve,
            period,
        }
    }

    fn has(&self, column: &str) -> bool {
        self.rows.iter().any(|(_, row)| row.contains_key(column))
    }

    fn rate(&self) -> (Metric, &'static str) {
        if self.has("hr_bpm") {
            (Metric::HeartRate, "hr_bpm")
        } else {
            (Metric::PulseRate, "pulse_bpm")
        }
    }

    /// The series as the naive evaluation sees it; 0 and 1 are no signal of an oximeter.
    fn series(&self, column: &str) -> Series {
        let values = self.rows.iter().map(|(at, row)| {
            let value = row.get(column).copied();
            (*at, value.filter(|value| is_signal(column, *value)))
        });
        values.collect()
    }

    fn reading(row: &Row, now: MonoTime) -> Option<CuffReading> {
        let part = |name: &str| row.get(name).copied().and_then(Value::finite);
        let reading = CuffReading {
            systolic: part("nibp_sys_mmhg"),
            diastolic: part("nibp_dia_mmhg"),
            mean: part("nibp_map_mmhg"),
            taken: now,
        };
        reading.numerics().next().map(|_| reading)
    }

    fn sources(&self) -> Sources {
        let (rate, rate_column) = self.rate();
        let columns = [
            (rate, rate_column),
            (Metric::SpO2, "spo2_pct"),
            (Metric::RespirationRate, "rr_per_min"),
            (Metric::EtCO2, "etco2_mmhg"),
            (Metric::NibpSystolic, "nibp_sys_mmhg"),
            (Metric::NibpDiastolic, "nibp_dia_mmhg"),
            (Metric::NibpMean, "nibp_map_mmhg"),
        ];
        let metrics = columns.into_iter().filter(|(_, column)| self.has(column));
        Sources {
            devices: BTreeMap::from([(MONITOR, Duration::from_secs(self.period))]),
            metrics: metrics
                .map(|(metric, _)| metric)
                .chain((!self.curve.is_empty()).then_some(Metric::Co2))
                .map(|metric| (metric, MONITOR))
                .collect(),
        }
    }

    /// Runs it through the engine.
    pub(super) fn run(&self) -> Vec<Transition> {
        let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
        let (rate, rate_column) = self.rate();
        let sources = self.sources();
        let start = MonoTime::from_secs(self.rows[0].0);
        let numerics: Vec<(Metric, &str)> = [
            (rate, rate_column),
            (Metric::SpO2, "spo2_pct"),
            (Metric::RespirationRate, "rr_per_min"),
            (Metric::EtCO2, "etco2_mmhg"),
        ]
        .into_iter()
        .filter(|(metric, _)| sources.metrics.contains_key(metric))
        .collect();
        let mut engine = AlarmEngine::new(profile, sources, start);
        let mut told = Vec::new();
        if let Some(baseline) = self.baseline() {
            let [systolic, diastolic] = baseline.map(|mmhg| Value::finite(mmhg).expect("a number"));
            let pressure = PressureBaseline {
                systolic,
                diastolic,
            };
            let baseline = Baseline {
                pressure: Some(pressure),
                ..Baseline::default()
            };
            engine.handle(start, AlarmInput::Baseline(baseline), &mut told);
        }
        for (at, row) in &self.rows {
            let now = MonoTime::from_secs(*at);
            while let Some(due) = engine.next_deadline().filter(|due| *due < now) {
                engine.handle(due, AlarmInput::Tick, &mut told);
            }
            engine.handle(now, AlarmInput::Frame(MONITOR), &mut told);
            let mut observe = |reading| {
                let observation = Observation {
                    device: MONITOR,
                    received: now,
                    reading,
                };
                engine.handle(now, AlarmInput::Observed(&observation), &mut told);
            };
            for (metric, column) in &numerics {
                let measured = row
                    .get(*column)
                    .map_or(Measured::Unavailable(Unavailable::NoReading), |number| {
                        Measured::plausible(*metric, *number)
                    });
                observe(Reading::Numeric(Numeric {
                    metric: *metric,
                    measured,
                    taken: now,
                }));
            }
            if let Some(pressure) = self.curve.get(at) {
                observe(curve_sample(*pressure));
            }
            if let Some(reading) = Self::reading(row, now) {
                observe(Reading::Cuff(Cuff::Completed(reading)));
            }
            engine.handle(now, AlarmInput::Tick, &mut told);
        }
        told
    }

    /// Evaluates the rules as they are written.
    pub(super) fn naively(&self) -> (BTreeSet<Edge>, Vec<AirwayMode>) {
        let mut edges = BTreeSet::new();
        for rule in adult::parts().thresholds {
            let column = match rule.signal {
                Signal::SpO2 => "spo2_pct",
                Signal::HeartRate => self.rate().1,
                // Where CO2 is, limits of breathing are evaluated with the airway; where it is
                // not they are limits like any other.
                Signal::RespirationRate if !self.has("etco2_mmhg") => "rr_per_min",
                _ => continue,
            };
            if self.has(column) {
                edges.extend(naive::threshold(&rule, &self.series(column), self.period));
            }
        }
        edges.extend(self.cuff_naively());
        let mut modes = Vec::new();
        if self.period == 1 {
            let (heard, start) = self.heard();
            let has = Has {
                spo2: self.has("spo2_pct"),
                co2: self.has("etco2_mmhg"),
                rr: self.has("etco2_mmhg"),
            };
            let (airway, found) = naive::airway::evaluate(&heard, has, Before::default());
            edges.extend(airway.into_iter().map(|(at, id, is)| (at + start, id, is)));
            modes = found;
        }
        (edges, modes)
    }

    /// Returns what came of each second from the first row on, and when that is.
    fn heard(&self) -> (Vec<Heard>, u64) {
        let rows: BTreeMap<u64, &Row> = self.rows.iter().map(|(at, row)| (*at, row)).collect();
        let (start, end) = (self.rows[0].0, self.rows[self.rows.len() - 1].0);
        let rate = self.rate().1;
        let heard = (start..=end)
            .map(|at| {
                let row = rows.get(&at);
                let said = |column: &str| match row {
                    Some(row) if self.has(column) => {
                        let value = row.get(column).filter(|value| is_signal(column, **value));
                        value.map_or(Said::Missing, |value| Said::Value(*value))
                    }
                    _ => Said::Nothing,
                };
                let sample = self.curve.get(&at).filter(|_| row.is_some());
                Heard {
                    oximeter_frame: row.is_some(),
                    capnograph_frame: row.is_some(),
                    spo2: said("spo2_pct"),
                    pulse: said(rate),
                    etco2: said("etco2_mmhg"),
                    rr: said("rr_per_min"),
                    effort: Said::Nothing,
                    curve: sample.map_or(Said::Nothing, |value| Said::Value(*value)),
                }
            })
            .collect();
        (heard, start)
    }

    /// The first reading with both pressures, as if it had been taken before the session.
    fn baseline(&self) -> Option<[f64; 2]> {
        self.rows
            .iter()
            .find_map(|(_, row)| Some([*row.get("nibp_sys_mmhg")?, *row.get("nibp_dia_mmhg")?]))
    }

    fn cuff_naively(&self) -> Vec<Edge> {
        let parts = adult::parts().nibp;
        let [high, very_high, rise] = [parts.high, parts.very_high, parts.rise]
            .map(|rule| rule.expect("the adult limits have it"));
        let [low, very_low] =
            [parts.low, parts.very_low].map(|rule| rule.expect("the adult limits have it"));
        let above = |rule: NibpHighRule, [systolic, diastolic]: [f64; 2]| {
            move |row: &Row| {
                let parts = [
                    (
                        row.get("nibp_sys_mmhg"),
                        systolic + rule.systolic.number(),
                        systolic + rule.clear_systolic.number(),
                    ),
                    (
                        row.get("nibp_dia_mmhg"),
                        diastolic + rule.diastolic.number(),
                        diastolic + rule.clear_diastolic.number(),
                    ),
                ];
                let over = |(value, trip, _): &(Option<&f64>, f64, f64)| {
                    value.is_some_and(|value| value >= trip)
                };
                let good = |(value, _, clear): &(Option<&f64>, f64, f64)| {
                    value.is_some_and(|value| value < clear)
                };
                (parts.iter().any(over), parts.iter().all(good))
            }
        };
        let below = |rule: NibpLowRule| {
            move |row: &Row| {
                let (sys, mean) = (row.get("nibp_sys_mmhg"), row.get("nibp_map_mmhg"));
                let under = sys.is_some_and(|sys| *sys < rule.systolic.number())
                    || mean.is_some_and(|mean| *mean < rule.mean.number());
                let good = sys.is_some_and(|sys| *sys >= rule.clear_systolic.number())
                    && mean.is_some_and(|mean| *mean >= rule.clear_mean.number());
                (under, good)
            }
        };
        let mut edges = Vec::new();
        let high = self.judged(AlarmId::NibpHigh, above(high, [0.0; 2]), &mut edges);
        self.judged(
            AlarmId::NibpVeryHigh,
            above(very_high, [0.0; 2]),
            &mut edges,
        );
        self.judged(AlarmId::NibpLow, below(low), &mut edges);
        self.judged(AlarmId::NibpVeryLow, below(very_low), &mut edges);
        if let Some(baseline) = self.baseline() {
            let rise = above(rise, baseline);
            let mut places = high.iter();
            let only_within_limits = |row: &Row| {
                let (over, good) = rise(row);
                let high = *places.next().expect("there is one for each row");
                (over && !high, good)
            };
            self.judged(AlarmId::NibpRise, only_within_limits, &mut edges);
        }
        edges
    }

    /// Evaluates a rule row by row: `judge` says whether a row raises it and whether it ends it.
    /// Returns where it is present.
    fn judged(
        &self,
        id: AlarmId,
        mut judge: impl FnMut(&Row) -> (bool, bool),
        edges: &mut Vec<Edge>,
    ) -> Vec<bool> {
        let mut present = false;
        let rows = self.rows.iter().map(|(at, row)| {
            let (raised, ended) = judge(row);
            let now = raised || (present && !ended);
            if now != present {
                edges.push((*at, id, now));
            }
            present = now;
            now
        });
        rows.collect()
    }
}

/// An oximeter says "no signal" by 0 or 1.
fn is_signal(column: &str, value: f64) -> bool {
    !["spo2_pct", "pulse_bpm"].contains(&column) || value > 1.0
}

fn rows(path: &Path) -> Vec<(u64, Row)> {
    let text = fs::read_to_string(path).expect("the recording can be read");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a heading").split(',').collect();
    lines
        .map(|line| {
            let cells = names.iter().zip(line.split(','));
            let row =
                cells.filter_map(|(name, cell)| Some(((*name).to_owned(), cell.parse().ok()?)));
            let at = line.split(',').next().and_then(|cell| cell.parse().ok());
            (at.expect("a row begins with its second"), row.collect())
        })
        .collect()
}

/// Reads the CO2 curve of a file of curves, if it has one of whole seconds.
fn curve(path: &Path) -> BTreeMap<u64, f64> {
    let text = fs::read_to_string(path).expect("the curves can be read");
    let samples = text.lines().skip(1).filter_map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        Some((cells[0].parse().ok()?, cells[2].parse().ok()?))
    });
    samples.collect()
}

fn curve_sample(pressure: f64) -> Reading {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the pressures of a recording are small"
    )]
    let count = (pressure * 100.0).round() as i32;
    Reading::Waveform(SampleArray {
        metric: Metric::Co2,
        sample_period: Duration::from_secs(1),
        scale: 0.01,
        samples: Box::new([count]),
    })
}
