//! The features of the airway rules, as the page defines them.

use super::breaths::{Breath, breaths};
use super::rules::Rules;
use crate::recording::{Recording, Row};

/// What is known of every second.
#[derive(Debug, Default)]
pub(super) struct Features {
    pub(super) moments: Vec<Moment>,
    /// At each second the end of the latest hold of a jump, past or to come.
    pub(super) holds: Vec<Option<usize>>,
}

/// What is known of a second. `None` is unknown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moment {
    /// S: the saturation now.
    pub(super) s: Option<f64>,
    /// D: how far it is below its baseline.
    pub(super) d: Option<f64>,
    /// m: its slope, %/min.
    pub(super) m: Option<f64>,
    /// nb, and what else there is to know of breaths.
    pub(super) breath: Option<Breath>,
    /// A and A0: EtCO2 now and before.
    pub(super) a: Option<f64>,
    pub(super) a0: Option<f64>,
    /// RR and RR0.
    pub(super) rr: Option<f64>,
    pub(super) rr0: Option<f64>,
    /// Limits of RR and EtCO2 sleep.
    pub(super) asleep: bool,
    /// What came within this second, for the limits.
    pub(super) new_rr: Option<f64>,
    pub(super) new_etco2: Option<f64>,
    /// A jump of the saturation is being held back.
    pub(super) held: bool,
}

/// The values of a channel that stand at each second.
type Standing = Vec<Option<f64>>;

/// B, A0 and RR0.
type Baselines = [Option<f64>; 3];

pub(super) fn features(recording: &Recording, rules: &Rules) -> Features {
    let holds = holds(recording);
    let held = |t: usize| holds[t].is_some_and(|end| t < end);
    let spo2 = standing(recording, |t, row| row.spo2.filter(|_| !held(t)));
    let etco2 = standing(recording, |_, row| row.etco2);
    let told_rr = standing(recording, |_, row| row.rr);
    let has_co2 = recording.has.etco2 || recording.has.curve;
    // A rate of nought beside breaths, or where CO2 is missing, is none.
    let believed = |t: usize, row: &Row| {
        let denies = row.rr.is_some_and(|rate| rate <= 0.0)
            && has_co2
            && etco2[t].is_none_or(|etco2| etco2 >= rules.breath);
        row.rr.filter(|_| !denies)
    };
    let rr = standing(recording, believed);
    let breaths = breaths(recording, rules);
    let mut frozen: Option<(usize, Baselines)> = None;
    let mut moments = Vec::new();
    for (t, second) in recording.seconds.iter().enumerate() {
        let mut moment = Moment {
            s: median_of_last(&spo2, t, 5, 3),
            m: slope(&spo2, t, recording.period),
            a: median_of_last(&etco2, t, 15, 8),
            rr: median_of_last(&rr, t, 5, 3),
            breath: breaths[t],
            held: held(t),
            new_rr: second.row.as_ref().and_then(|row| believed(t, row)),
            new_etco2: second.row.and_then(|row| row.etco2),
            ..Moment::default()
        };
        let both_nought = told_rr[t].is_some_and(|rate| rate <= 0.0)
            && etco2[t].is_some_and(|etco2| etco2 <= 0.0);
        moment.asleep = moment.breath.is_some_and(|breath| {
            if breath.on_curve {
                breath.nb >= rules.apnea || both_nought
            } else {
                breath.denied
            }
        });
        let live = [baseline(&spo2, t), baseline(&etco2, t), baseline(&rr, t)];
        let used = baselines(t, &moment, live, &mut frozen, recording.has.spo2);
        moment.d = below(used, &moment);
        [_, moment.a0, moment.rr0] = used;
        moments.push(moment);
    }
    Features { moments, holds }
}

/// Returns the baselines that count now: frozen while something is suspect, until it is over, for
/// five minutes at most.
fn baselines(
    t: usize,
    moment: &Moment,
    live: Baselines,
    frozen: &mut Option<(usize, Baselines)>,
    has_spo2: bool,
) -> Baselines {
    if frozen.is_some_and(|(since, _)| t - since >= 300) {
        *frozen = None;
    }
    if let Some((_, kept)) = *frozen {
        let recovered = !has_spo2 || below(kept, moment).is_some_and(|d| d < 2.0);
        if recovered && !is_suspect(kept, moment) {
            *frozen = None;
        } else {
            return kept;
        }
    }
    if is_suspect(live, moment) {
        *frozen = Some((t, live));
    }
    live
}

fn below(baselines: Baselines, moment: &Moment) -> Option<f64> {
    Some(baselines[0]? - moment.s?)
}

fn is_suspect(baselines: Baselines, moment: &Moment) -> bool {
    below(baselines, moment).is_some_and(|d| d >= 3.0)
        || moment.breath.is_some_and(|breath| breath.nb >= 8)
        || moment
            .a
            .zip(baselines[1])
            .is_some_and(|(now, before)| now <= 0.7 * before)
}

/// A number stands for one and a half of its source's periods, or until the next row.
fn standing(recording: &Recording, of: impl Fn(usize, &Row) -> Option<f64>) -> Standing {
    let mut latest: Option<(usize, f64)> = None;
    let stands = usize::try_from(recording.period + recording.period / 2).expect("it is short");
    let seconds = recording.seconds.iter().enumerate();
    seconds
        .map(|(t, second)| {
            if let Some(row) = &second.row {
                latest = of(t, row).map(|value| (t, value));
            }
            let still = latest.filter(|(at, _)| t - at <= stands);
            still.map(|(_, value)| value)
        })
        .collect()
}

/// At each second, the end of the latest hold: a saturation 8 points or more away from the median
/// of the last 5 s, of at least three, is held back for 15 s with those after it, not more than
/// once in 60 s (semantics 7).
fn holds(recording: &Recording) -> Vec<Option<usize>> {
    let mut believed: Vec<(usize, f64)> = Vec::new();
    let mut began: Option<usize> = None;
    let mut holds = Vec::new();
    for (t, second) in recording.seconds.iter().enumerate() {
        if let Some(value) = second.row.and_then(|row| row.spo2)
            && began.is_none_or(|start| t >= start + 15)
        {
            let recent = believed.iter().rev().take_while(|(at, _)| t - at <= 5);
            let middle = median(recent.map(|(_, value)| *value).collect(), 3);
            let jumps = middle.is_some_and(|middle| (value - middle).abs() >= 8.0);
            if jumps && began.is_none_or(|start| t >= start + 60) {
                began = Some(t);
            } else {
                believed.push((t, value));
            }
        }
        holds.push(began.map(|start| start + 15));
    }
    holds
}

/// The median from 180 to 60 s ago, of at least 60.
fn baseline(values: &Standing, t: usize) -> Option<f64> {
    let to = t.checked_sub(60)?;
    let from = t.saturating_sub(180);
    median(values[from..=to].iter().flatten().copied().collect(), 60)
}

fn median_of_last(values: &Standing, t: usize, seconds: usize, least: usize) -> Option<f64> {
    let from = (t + 1).saturating_sub(seconds);
    median(values[from..=t].iter().flatten().copied().collect(), least)
}

fn median(mut values: Vec<f64>, least: usize) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    (count >= least).then(|| f64::midpoint(values[(count - 1) / 2], values[count / 2]))
}

/// The slope over the last 30 s by least squares, of at least 20 samples that span at least as
/// many seconds, %/min. It needs a source of 10 s or faster.
fn slope(values: &Standing, t: usize, period: u64) -> Option<f64> {
    let from = (t + 1).saturating_sub(30);
    let points: Vec<(f64, f64)> = (0..)
        .zip(&values[from..=t])
        .filter_map(|(at, value)| Some((f64::from(at), (*value)?)))
        .collect();
    let (first, last) = (points.first()?.0, points.last()?.0);
    if period > 10 || points.len() < 20 || last - first < 20.0 {
        return None;
    }
    let count = f64::from(u32::try_from(points.len()).expect("thirty at most"));
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (middle, level) = (mean(|point| point.0), mean(|point| point.1));
    let rise: f64 = points
        .iter()
        .map(|(at, value)| (at - middle) * (value - level))
        .sum();
    let run: f64 = points.iter().map(|(at, _)| (at - middle).powi(2)).sum();
    Some(60.0 * rise / run)
}
