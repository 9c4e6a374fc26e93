//! Real patients: the engine against the rules as they are written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use chairside_alarm::{
    AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Baseline, NibpHighRule, NibpLowRule,
    PressureBaseline, Signal, Sources, Transition,
};
use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading,
    Unavailable, Value,
};
use chairside_shared_files::find;

use crate::adult;
use crate::naive::{self, Edge, Series};

const MONITOR: DeviceId = DeviceId(1);

/// What a row has, by column.
type Row = BTreeMap<String, f64>;

struct Recording {
    rows: Vec<(u64, Row)>,
    period: u64,
}

impl Recording {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("the recording can be read");
        let mut lines = text.lines();
        let names: Vec<&str> = lines.next().expect("a heading").split(',').collect();
        let mut rows = Vec::new();
        for line in lines {
            let cells = names.iter().zip(line.split(','));
            let row: Row = cells
                .filter_map(|(name, cell)| Some(((*name).to_owned(), cell.parse().ok()?)))
                .collect();
            let at = line.split(',').next().and_then(|cell| cell.parse().ok());
            rows.push((at.expect("a row begins with its second"), row));
        }
        let mut steps: Vec<u64> = rows.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        steps.sort_unstable();
        let period = steps[steps.len() / 2];
        Self { rows, period }
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
            (
                *at,
                value.filter(|value| column == "hr_bpm" || *value > 1.0),
            )
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
            (Metric::NibpSystolic, "nibp_sys_mmhg"),
            (Metric::NibpDiastolic, "nibp_dia_mmhg"),
            (Metric::NibpMean, "nibp_map_mmhg"),
        ];
        let metrics = columns.into_iter().filter(|(_, column)| self.has(column));
        Sources {
            devices: BTreeMap::from([(MONITOR, Duration::from_secs(self.period))]),
            metrics: metrics.map(|(metric, _)| (metric, MONITOR)).collect(),
        }
    }

    fn run(&self) -> Vec<Transition> {
        let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
        let (rate, rate_column) = self.rate();
        let sources = self.sources();
        let start = MonoTime::from_secs(self.rows[0].0);
        let numerics: Vec<(Metric, &str)> = [(rate, rate_column), (Metric::SpO2, "spo2_pct")]
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
            if let Some(reading) = Self::reading(row, now) {
                observe(Reading::Cuff(Cuff::Completed(reading)));
            }
            engine.handle(now, AlarmInput::Tick, &mut told);
        }
        told
    }

    fn naively(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for rule in adult::parts().thresholds {
            let column = match rule.signal {
                Signal::SpO2 => "spo2_pct",
                _ => self.rate().1,
            };
            if self.has(column) {
                edges.extend(naive::threshold(&rule, &self.series(column), self.period));
            }
        }
        edges.extend(self.cuff_naively());
        edges.sort_unstable();
        edges
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

fn edges(told: &[Transition]) -> Vec<Edge> {
    let mut present: BTreeMap<AlarmId, bool> = BTreeMap::new();
    let mut edges: Vec<Edge> = told
        .iter()
        .filter(|told| {
            let limit = adult::parts()
                .thresholds
                .iter()
                .any(|rule| rule.id == told.id);
            let cuff = [
                AlarmId::NibpHigh,
                AlarmId::NibpVeryHigh,
                AlarmId::NibpRise,
                AlarmId::NibpLow,
                AlarmId::NibpVeryLow,
            ];
            limit || cuff.contains(&told.id)
        })
        .filter(|told| present.insert(told.id, told.present).unwrap_or(false) != told.present)
        .map(|told| (told.at.since_start().as_secs(), told.id, told.present))
        .collect();
    edges.sort_unstable();
    edges
}

#[test]
fn every_episode_of_the_recordings_begins_and_ends_at_the_second_that_the_rules_say() {
    let Some(folder) = find("recordings") else {
        return;
    };
    let mut count = 0;
    let files = fs::read_dir(folder).expect("the folder can be read");
    for path in files.map(|file| file.expect("a file").path()) {
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let is_csv = path.extension().is_some_and(|extension| extension == "csv");
        // Curves and annotations have a second word before the extension.
        let is_series = is_csv && !name.contains('.');
        if !is_series {
            continue;
        }
        let recording = Recording::read(&path);
        let expected = recording.naively();
        assert_eq!(edges(&recording.run()), expected, "{name}");
        count += expected.len();
    }
    assert!(count > 0, "the recordings hold episodes");
}
