//! Rules about cuff readings: one reading decides, at the moment it arrives.

use super::lasting::Lasting;
use super::{Episode, alive};
use crate::recording::{Recording, Row};

/// Two pressures of a reading, and whether the source has ever given each.
#[derive(Clone, Copy)]
struct Pair {
    values: [Option<f64>; 2],
    given: [bool; 2],
}

impl Pair {
    /// One of them is so.
    fn any(self, is: impl Fn(f64, usize) -> bool) -> bool {
        (0..2).any(|part| self.values[part].is_some_and(|value| is(value, part)))
    }

    /// Both are so. One that is missing is not so, unless it is a channel that is not there.
    fn all(self, is: impl Fn(f64, usize) -> bool) -> bool {
        (0..2).all(|part| match self.values[part] {
            Some(value) => is(value, part),
            None => !self.given[part],
        })
    }
}

pub(super) fn evaluate(recording: &Recording) -> Vec<Episode> {
    let baseline = recording.pressure_baseline();
    let mut rules = [
        "NIBP_HIGH",
        "NIBP_VERY_HIGH",
        "NIBP_RISE",
        "NIBP_LOW",
        "NIBP_VERY_LOW",
    ]
    .map(|id| Lasting::new(id, 0, 0, 1));
    let mut given = [false; 3];
    for (t, row) in readings(recording) {
        let parts = [row.systolic, row.diastolic, row.mean];
        for (given, part) in given.iter_mut().zip(parts) {
            *given |= part.is_some();
        }
        let pair = |first: usize, second: usize| Pair {
            values: [parts[first], parts[second]],
            given: [given[first], given[second]],
        };
        let (high, low) = (pair(0, 1), pair(0, 2));
        let above = |limits: [f64; 2]| high.any(|value, part| value >= limits[part]);
        let back = |limits: [f64; 2]| high.all(|value, part| value < limits[part]);
        let under = |limits: [f64; 2]| low.any(|value, part| value < limits[part]);
        let up = |limits: [f64; 2]| low.all(|value, part| value >= limits[part]);

        judge(&mut rules[0], t, above([165.0, 100.0]), back([160.0, 95.0]));
        judge(
            &mut rules[1],
            t,
            above([180.0, 110.0]),
            back([175.0, 105.0]),
        );
        judge(&mut rules[3], t, under([90.0, 60.0]), up([95.0, 65.0]));
        judge(&mut rules[4], t, under([80.0, 50.0]), up([85.0, 55.0]));
        if let Some([systolic, diastolic]) = baseline {
            let is_high = rules[0].present() || rules[1].present();
            let rises = above([systolic + 40.0, diastolic + 25.0]) && !is_high;
            let is_over = back([systolic + 35.0, diastolic + 20.0]);
            judge(&mut rules[2], t, rises, is_over);
        }
    }
    let mut episodes: Vec<Episode> = rules.into_iter().flat_map(Lasting::episodes).collect();
    episodes.extend(overdue(recording));
    episodes
}

fn judge(rule: &mut Lasting, t: usize, trips: bool, clears: bool) {
    if rule.present() {
        if clears {
            rule.end(t);
        }
    } else if trips {
        rule.begin(t, t, None);
    }
}

/// No good reading for 600 s and 180 s more. It runs on the clock, and is judged when frames come.
fn overdue(recording: &Recording) -> Vec<Episode> {
    let mut rule = Lasting::new("NIBP_OVERDUE", 0, 0, 1);
    let mut readings = readings(recording).map(|(t, _)| t).peekable();
    let mut last = 0;
    for t in 0..recording.seconds.len() {
        if readings.next_if(|at| *at == t).is_some() {
            last = t;
            if rule.present() {
                rule.end(t);
            }
        }
        if !rule.present() && t - last >= 780 && alive(recording, t) {
            rule.begin(last, t, None);
        }
    }
    rule.episodes()
}

fn readings(recording: &Recording) -> impl Iterator<Item = (usize, Row)> {
    let seconds = recording.seconds.iter().enumerate();
    let rows = seconds.filter_map(|(t, second)| Some((t, second.row?)));
    rows.filter(|(_, row)| {
        let parts = [row.systolic, row.diastolic, row.mean];
        parts.iter().any(Option::is_some)
    })
}
