//! A recorded series through the alarm engine, in virtual time.
//!
//! What a series means: one source, whose period is the median step between its rows. A row is a
//! frame; a missing row is a time without frames, an empty cell a missing sample, and a column
//! that is empty throughout a channel that is not there, so that none of its rules runs. Heart
//! rate rules read the ECG's rate, or the oximeter's where there is no ECG. A CO2 curve beside the
//! series comes from the same source.

mod personal;

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmEngine, AlarmInput, AlarmProfile, Baseline, Sources, Transition};
use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading,
    SampleArray, Unavailable, Value,
};
use chairside_simulators::series::capnogram::{self, Capnogram};
use chairside_simulators::series::{Column, Row, Series};

use personal::Personal;

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

/// What one count of the curve is worth, mmHg: the recordings have hundredths.
const CURVE_SCALE: f64 = 0.01;

/// What goes through the engine.
///
/// A profile whose limits are drawn from the patient's own values (`[personal]`) has them from the
/// recording: the median of the first three minutes of each signal, and the first cuff reading. From
/// then on its own limits hold, until then those that every patient has.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    /// The series.
    pub series: &'a Series,
    /// The CO2 curve beside it.
    pub curve: Option<&'a Capnogram>,
    /// The limits.
    pub profile: AlarmProfile,
    /// The patient's values before the recording, where they are known.
    pub baseline: Option<Baseline>,
}

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
    what: Replay<'_>,
    mut take: impl FnMut(&Transition) -> Result<(), E>,
) -> Result<(), E> {
    let Replay { series, curve, .. } = what;
    let start = series.rows().first().map(|row| row.at);
    let mut run = Run::new(what);
    let mut curve = curve
        .into_iter()
        .flat_map(|curve| curve.runs().iter().map(|run| (run, curve.sample_period())))
        .skip_while(|(samples, _)| start.is_some_and(|start| samples.ended < start))
        .peekable();
    for row in series.rows() {
        // The row's own second comes with the row.
        while let Some((samples, period)) = curve.next_if(|(samples, _)| samples.ended < row.at) {
            run.curve(samples, period);
        }
        run.row(row, curve.next_if(|(samples, _)| samples.ended == row.at));
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
    personal: Option<Personal>,
    transitions: Vec<Transition>,
}

impl Run {
    fn new(what: Replay<'_>) -> Self {
        let Replay {
            series,
            curve,
            profile,
            baseline,
        } = what;
        let channels: Vec<(Column, Metric)> = CONTINUOUS
            .into_iter()
            .filter(|(column, _)| series.has(*column))
            .collect();
        let has_cuff = CUFF.iter().any(|(column, _)| series.has(*column));
        let cuff = CUFF.iter().filter(|_| has_cuff);
        let metrics = channels.iter().chain(cuff).map(|(_, metric)| *metric);
        let metrics = metrics.chain(curve.map(|_| Metric::Co2));
        let sources = Sources {
            devices: BTreeMap::from([(SOURCE, series.period())]),
            metrics: metrics.map(|metric| (metric, SOURCE)).collect(),
        };
        let start = series
            .rows()
            .first()
            .map_or(MonoTime::ZERO, |row| MonoTime::from_start(row.at));
        let personal = Personal::new(&profile, series);
        let mut run = Self {
            engine: AlarmEngine::new(profile, sources, start),
            channels,
            has_cuff,
            personal,
            transitions: Vec::new(),
        };
        if let Some(baseline) = baseline {
            run.handle(start, AlarmInput::Baseline(baseline));
        }
        run
    }

    /// Does what was due before a run of the curve and takes it: what is due with it waits for
    /// the row that may come at the same moment.
    fn curve(&mut self, run: &capnogram::Run, period: Duration) {
        let now = MonoTime::from_start(run.ended);
        self.advance(now);
        self.observe(now, curve_reading(run, period));
    }

    /// Does what was due before the row, takes the row and the end of the curve's run of that
    /// moment, and does what is due with them.
    fn row(&mut self, row: &Row, curve: Option<(&capnogram::Run, Duration)>) {
        let now = MonoTime::from_start(row.at);
        self.advance(now);
        self.handle(now, AlarmInput::Frame(SOURCE));
        if let Some((run, period)) = curve {
            self.observe(now, curve_reading(run, period));
        }
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
        let limits = self.personal.as_mut();
        if let Some(profile) = limits.and_then(|limits| limits.row(row)) {
            let input = AlarmInput::Profile(profile);
            self.engine.handle(now, input, &mut self.transitions);
        }
    }

    fn advance(&mut self, now: MonoTime) {
        while let Some(due) = self.engine.next_deadline().filter(|due| *due < now) {
            self.tick(due);
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

fn curve_reading(run: &capnogram::Run, sample_period: Duration) -> Reading {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a capnogram's pressures are bounded"
    )]
    let count = |pressure: &f64| (pressure / CURVE_SCALE).round() as i32;
    Reading::Waveform(SampleArray {
        metric: Metric::Co2,
        sample_period,
        scale: CURVE_SCALE,
        samples: run.samples.iter().map(count).collect(),
    })
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
