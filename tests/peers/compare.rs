//! Whether a peer and our driver find the same values in the same bytes.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_e2e::decoding::Line;
use chairside_model::{Cadence, Cuff, Measured, Metric, Reading};
use chairside_protocol::{DriverInfo, Finding};

use crate::file::PeerFile;

/// Values are the same when they are no further apart: a peer may count in single precision.
const TOLERANCE: f64 = 1e-4;

/// When a stream begins again, it is so much later.
pub(crate) const LATER: Duration = Duration::from_mins(10);

/// Samples of a run that begins in one pass and ends in the next.
const RUN_MAX: usize = 64;

/// The values of each metric, in the order of the stream.
type Values = BTreeMap<Metric, Vec<f64>>;

/// Two decoders that find the same.
#[derive(Debug)]
pub(crate) struct Compared {
    /// How many values there are, of the metrics that both give.
    pub(crate) values: usize,
    /// What the driver finds besides and the peer does not tell.
    pub(crate) only_ours: Vec<Metric>,
}

/// Decodes the bytes and holds our values against the peer's.
///
/// # Errors
///
/// The first difference and where it is.
pub(crate) fn compare(peer: &PeerFile, bytes: &[u8]) -> Result<Compared, String> {
    let driver = peer.driver()?;
    let mut line = Line::open(driver);
    let mut ours = decode(&mut line, bytes, peer.piece);
    line.close()
        .iter()
        .for_each(|it| add(&it.finding, &mut ours));
    let mut theirs = Values::new();
    for (name, value) in &peer.values {
        let metric = Metric::from_name(name).expect("the file was checked");
        theirs.entry(metric).or_default().push(*value);
    }
    let mut values = 0;
    let metrics: Vec<Metric> = peer
        .metrics
        .iter()
        .filter_map(|it| Metric::from_name(it))
        .collect();
    for &metric in &metrics {
        let (theirs, ours) = (told(metric, &theirs), told(metric, &ours));
        let tolerance = peer.tolerance.get(metric.name());
        same(metric, &theirs, &ours, *tolerance.unwrap_or(&TOLERANCE))?;
        values += ours.len();
    }
    if values == 0 {
        return Err("neither the peer nor the driver finds a value: there is no equality".into());
    }
    for metric in &metrics {
        repeats(driver, bytes, peer.piece, *metric)?;
    }
    let only_ours = ours.into_keys().filter(|it| !metrics.contains(it));
    Ok(Compared {
        values,
        only_ours: only_ours.collect(),
    })
}

/// Returns a metric's values as they are compared. A pressure of a cuff or a temperature stands in
/// message after message until there is another one, and the driver tells it once: so equal ones
/// in a row count as one.
fn told(metric: Metric, values: &Values) -> Vec<f64> {
    let mut told = values.get(&metric).cloned().unwrap_or_default();
    if metric.cadence() == Cadence::Aperiodic {
        told.dedup();
    }
    told
}

fn same(metric: Metric, theirs: &[f64], ours: &[f64], tolerance: f64) -> Result<(), String> {
    let name = metric.name();
    for (place, (theirs, ours)) in (1..).zip(theirs.iter().zip(ours)) {
        if (theirs - ours).abs() > tolerance {
            return Err(format!(
                "{name}, value {place}: {theirs} from the peer, {ours} from the driver"
            ));
        }
    }
    if theirs.len() == ours.len() {
        return Ok(());
    }
    Err(format!(
        "{name}: {} values from the peer, {} from the driver; as far as both go they are equal",
        theirs.len(),
        ours.len()
    ))
}

/// The stream is measured over and over on one line, so it must give as much the second time as
/// the first, but for what is told only once. Of a curve, the end of each run is told with the
/// beginning of the next.
fn repeats(driver: &DriverInfo, bytes: &[u8], piece: usize, metric: Metric) -> Result<(), String> {
    let mut line = Line::open(driver);
    let mut pass = || {
        line.later(LATER);
        let values = decode(&mut line, bytes, piece);
        values.get(&metric).cloned().unwrap_or_default()
    };
    let (_, first, second) = (pass(), pass(), pass());
    let same = match metric.cadence() {
        Cadence::Aperiodic => true,
        Cadence::Continuous => first == second,
        Cadence::Waveform => first.len().abs_diff(second.len()) < RUN_MAX,
    };
    if same {
        return Ok(());
    }
    let name = metric.name();
    Err(format!(
        "{name}: the second pass gives other values than the first, so no measure of it"
    ))
}

fn decode(line: &mut Line, bytes: &[u8], piece: usize) -> Values {
    let mut values = Values::new();
    for piece in bytes.chunks(piece) {
        for event in line.receive(piece) {
            add(&event.finding, &mut values);
        }
    }
    values
}

fn add(finding: &Finding, values: &mut Values) {
    let Finding::Reading(reading) = finding else {
        return;
    };
    match reading {
        Reading::Numeric(numeric) => match numeric.measured {
            Measured::Valid(value) | Measured::Questionable(value) => {
                values
                    .entry(numeric.metric)
                    .or_default()
                    .push(value.number());
            }
            Measured::Unavailable(_) => {}
        },
        Reading::Cuff(Cuff::Completed(reading)) => {
            for (metric, value) in reading.numerics() {
                values.entry(metric).or_default().push(value.number());
            }
        }
        Reading::Cuff(_) => {}
        Reading::Waveform(run) => {
            let samples = run
                .samples
                .iter()
                .map(|count| f64::from(*count) * run.scale);
            values.entry(run.metric).or_default().extend(samples);
        }
    }
}
