//! A recorded series through the alarm engine, in virtual time.
//!
//! What a series means: one source, whose period is the median step between its rows. A row is a
//! frame; a missing row is a time without frames, an empty cell a missing sample, and a column
//! that is empty throughout a channel that is not there, so that none of its rules runs. Heart
//! rate rules read the ECG's rate, or the oximeter's where there is no ECG.

use std::collections::BTreeMap;

use chairside_alarm::{AlarmEngine, AlarmInput, AlarmProfile, Sources, Transition};
use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading,
    Unavailable, Value,
};
use chairside_simulators::series::{Column, Row, Series};

const SOURCE: DeviceId = DeviceId(1);

/// The channels that give a sample with every row.
const CONTINUOUS: [(Column, Metric); 5] = [
    (Column::HeartRate, Metric::HeartRate),
    (Column::PulseRate, Metric::PulseRate),
    (Column::SpO2, Metric::SpO2),
    (Column::RespirationRate, Metric::RespirationRate),
    (Column::EtCO2, Metric::EtCO2),
];

const CUFF: [(Column, Metric); 3] = [
    (Column::NibpSystolic, Metric::NibpSystolic),
    (Column::NibpDiastolic, Metric::NibpDiastolic),
    (Column::NibpMean, Metric::NibpMean),
];

/// Runs a whole series and gives each transition to `take`, in order; their times are those of
/// the series.
///
/// # Errors
///
/// The first error of `take`, which ends the run.
///
/// # Panics
///
/// When the engine has done what was due at a moment and is due at it again: without a clock
/// that would never end.
pub fn replay<E>(
    series: &Series,
    profile: AlarmProfile,
    mut take: impl FnMut(&Transition) -> Result<(), E>,
) -> Result<(), E> {
    let mut run = Run::new(series, profile);
    for row in series.rows() {
        run.row(row);
        for transition in &run.transitions {
            take(transition)?;
        }
        run.transitions.clear();
    }
    Ok(())
}

struct Run {
    engine: AlarmEngine,
    channels: Vec<(Column, Metric)>,
    has_cuff: bool,
    transitions: Vec<Transition>,
}

impl Run {
    fn new(series: &Series, profile: AlarmProfile) -> Self {
        let channels: Vec<(Column, Metric)> = CONTINUOUS
            .into_iter()
            .filter(|(column, _)| series.has(*column))
            .collect();
        let has_cuff = CUFF.iter().any(|(column, _)| series.has(*column));
        let cuff = CUFF.iter().filter(|_| has_cuff);
        let metrics = channels.iter().chain(cuff);
        let sources = Sources {
            devices: BTreeMap::from([(SOURCE, series.period())]),
            metrics: metrics.map(|(_, metric)| (*metric, SOURCE)).collect(),
        };
        let start = series
            .rows()
            .first()
            .map_or(MonoTime::ZERO, |row| MonoTime::from_start(row.at));
        Self {
            engine: AlarmEngine::new(profile, sources, start),
            channels,
            has_cuff,
            transitions: Vec::new(),
        }
    }

    /// Does what was due before the row, takes the row, and does what is due with it.
    fn row(&mut self, row: &Row) {
        let now = MonoTime::from_start(row.at);
        while let Some(due) = self.engine.next_deadline().filter(|due| *due < now) {
            self.tick(due);
        }
        self.handle(now, AlarmInput::Frame(SOURCE));
        for index in 0..self.channels.len() {
            let (column, metric) = self.channels[index];
            self.observe(now, Reading::Numeric(sample(row, column, metric, now)));
        }
        if self.has_cuff
            && let Some(reading) = cuff_reading(row, now)
        {
            self.observe(now, Reading::Cuff(Cuff::Completed(reading)));
        }
        if self.engine.next_deadline().is_some_and(|due| due <= now) {
            self.tick(now);
        }
    }

    fn observe(&mut self, now: MonoTime, reading: Reading) {
        let observation = Observation {
            device: SOURCE,
            received: now,
            reading,
        };
        self.handle(now, AlarmInput::Observed(&observation));
    }

    fn tick(&mut self, now: MonoTime) {
        self.handle(now, AlarmInput::Tick);
        let next = self.engine.next_deadline();
        assert!(
            next.is_none_or(|next| next > now),
            "due at {now}, and again at {next:?}"
        );
    }

    fn handle(&mut self, now: MonoTime, input: AlarmInput<'_>) {
        self.engine.handle(now, input, &mut self.transitions);
    }
}

fn sample(row: &Row, column: Column, metric: Metric, now: MonoTime) -> Numeric {
    let measured = match row.value(column) {
        Some(number) => Measured::plausible(metric, number),
        None => Measured::Unavailable(Unavailable::NoReading),
    };
    Numeric {
        metric,
        measured,
        taken: now,
    }
}

/// Returns the reading of a row that has one: its cells are filled only when it is new.
fn cuff_reading(row: &Row, now: MonoTime) -> Option<CuffReading> {
    let pressure = |column: Column, metric: Metric| -> Option<Value> {
        Measured::plausible(metric, row.value(column)?).valid()
    };
    let reading = CuffReading {
        systolic: pressure(Column::NibpSystolic, Metric::NibpSystolic),
        diastolic: pressure(Column::NibpDiastolic, Metric::NibpDiastolic),
        mean: pressure(Column::NibpMean, Metric::NibpMean),
        taken: now,
    };
    let any = reading.numerics().next().is_some();
    any.then_some(reading)
}
