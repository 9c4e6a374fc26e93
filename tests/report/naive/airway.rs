//! The rules of breathing and the airway.
//!
//! No recording has the movements of the chest, so that none is judged with them.

use super::breaths::breathing_for;
use super::features::{Features, Moment};
use super::lasting::{Lasting, Word, word};
use super::rules::Rules;
use super::{Episode, alive};
use crate::recording::Recording;

fn d_at_least(moment: &Moment, points: f64) -> bool {
    moment.d.is_some_and(|d| d >= points)
}

fn d_below(moment: &Moment, points: f64) -> bool {
    moment.d.is_some_and(|d| d < points)
}

pub(super) fn fall(recording: &Recording, features: &Features) -> Vec<Episode> {
    let mut rule = Lasting::new("SPO2_FALL", 5, 15, 1);
    for (t, moment) in features.moments.iter().enumerate() {
        let said = match (moment.s, moment.m) {
            (Some(s), Some(m)) => {
                word(d_at_least(moment, 4.0) && m <= -6.0 && s <= 95.0, m >= -2.0)
            }
            _ => Word::Missing,
        };
        rule.second(t, said, alive(recording, t) && !moment.held, None);
    }
    rule.episodes()
}

pub(super) fn apnea(recording: &Recording, features: &Features, rules: &Rules) -> Vec<Episode> {
    let breaths = features.moments.iter().map(|moment| moment.breath);
    let runs = breathing_for(breaths, rules.apnea);
    let mut rule = Lasting::new("APNEA", 0, 0, 1);
    for (t, moment) in features.moments.iter().enumerate() {
        let Some(breath) = moment.breath.filter(|_| alive(recording, t)) else {
            continue;
        };
        if rule.present() {
            if breath.nb < rules.apnea && runs[t] >= 10 {
                rule.end(t);
            }
        } else if breath.nb >= rules.apnea {
            let since = t - usize::try_from(breath.nb).expect("recordings are short");
            rule.begin(since, t, None);
        }
    }
    rule.episodes()
}

pub(super) fn partial(recording: &Recording, features: &Features) -> Vec<Episode> {
    let mut rule = Lasting::new("AIRWAY_PARTIAL", 20, 15, 1);
    for (t, moment) in features.moments.iter().enumerate() {
        let said = match (moment.breath, moment.a, moment.a0) {
            (Some(breath), Some(a), Some(a0)) => {
                let small = breath.nb < 8 && a >= 8.0 && a <= 0.6 * a0;
                let rates = moment.rr.zip(moment.rr0);
                let faster = rates.is_some_and(|(rr, rr0)| rr >= rr0 + 8.0);
                let saturated = !recording.has.spo2 || d_below(moment, 3.0);
                word(
                    small && (d_at_least(moment, 3.0) || faster),
                    a > 0.75 * a0 && saturated,
                )
            }
            _ => Word::Missing,
        };
        rule.second(t, said, alive(recording, t), None);
    }
    rule.episodes()
}

pub(super) fn obstruction(recording: &Recording, features: &Features) -> Vec<Episode> {
    let breaths = features.moments.iter().map(|moment| moment.breath);
    let runs = breathing_for(breaths, 12);
    let mut episodes = Lasting::new("AIRWAY_OBSTRUCTION", 0, 0, 1);
    let mut spo2_only = Lasting::new("spo2_only", 5, 0, 1);
    let mut good = Lasting::new("good", 15, 0, 1);
    let mut mode = "";
    for (t, moment) in features.moments.iter().enumerate() {
        let frames = alive(recording, t);
        let judged = frames && !(recording.has.spo2 && moment.held);
        let falls = saturation_alone(moment);
        spo2_only.second(t, falls, judged, None);
        if episodes.present() {
            good.second(t, is_over(recording, moment, mode, runs[t]), judged, None);
            if good.present() {
                episodes.end(t);
            }
        } else if let Some(breath) = moment.breath {
            if frames && breath.nb >= 15 && d_at_least(moment, 3.0) {
                mode = "co2";
                let since = t - usize::try_from(breath.nb).expect("recordings are short");
                episodes.begin(since, t, Some(mode));
                good = Lasting::new("good", 15, 0, 1);
            }
        } else if spo2_only.present() && judged && falls == Word::Bad {
            // A fall of before of which nothing more is seen is none.
            mode = "spo2_only";
            episodes.begin(t - 5, t, Some(mode));
            good = Lasting::new("good", 15, 0, 1);
        }
    }
    episodes.episodes()
}

fn saturation_alone(moment: &Moment) -> Word {
    match (moment.s, moment.m) {
        (Some(s), Some(m)) => {
            let bad = moment.breath.is_none() && s <= 92.0 && d_at_least(moment, 5.0) && m <= -10.0;
            word(bad, !bad)
        }
        _ => Word::Missing,
    }
}

/// Whether breaths have come again and the saturation is back; what lasts is that both are so.
fn is_over(recording: &Recording, moment: &Moment, mode: &str, runs: usize) -> Word {
    let breathing = match moment.breath {
        Some(_) => runs >= 15,
        // Without CO2 nobody sees breaths: one drawn from CO2 goes on.
        None if mode == "co2" => return Word::Missing,
        None => true,
    };
    let saturated = match moment.s {
        _ if !recording.has.spo2 => true,
        Some(s) => s >= 92.0 || moment.d.is_some_and(|d| d <= 3.0),
        None => return Word::Missing,
    };
    let over = breathing && saturated;
    word(over, !over)
}
