//! The rules of breathing and the airway as they are written, second by second.

use std::collections::BTreeSet;

use chairside_alarm::{AirwayMode, AlarmId, LimitSide, Signal, ThresholdRule};

use super::Edge;
use super::features::{Before, Features, Has, Heard, features};
use crate::adult;

/// Returns every beginning and end, and the mode of each obstruction in order.
pub(crate) fn evaluate(
    heard: &[Heard],
    has: Has,
    before: Before,
) -> (BTreeSet<Edge>, Vec<AirwayMode>) {
    let features = features(heard, has, before);
    let mut edges = BTreeSet::new();
    for rule in adult::parts().thresholds {
        let here = match rule.signal {
            Signal::RespirationRate => has.rr,
            Signal::EtCO2 => has.co2,
            _ => false,
        };
        if here {
            edges.extend(breathing_limit(&rule, heard, &features));
        }
    }
    edges.extend(fall(heard, &features));
    edges.extend(apnea(heard, &features));
    edges.extend(partial(heard, &features, has));
    let (obstructions, modes) = obstruction(heard, &features, has);
    edges.extend(obstructions);
    (edges, modes)
}

/// How long breaths have come again at each second: until now while they come close together,
/// else from the first to the last; `pause` seconds without one end it.
fn runs(features: &[Features], pause: f64) -> Vec<usize> {
    let mut first: Option<usize> = None;
    (0..)
        .zip(features)
        .map(|(t, second)| {
            let pauses = second.nb.is_none_or(|nb| nb >= pause) || second.denied;
            let last = second.last_breath.filter(|_| !pauses);
            first = last.map(|last| first.unwrap_or(last));
            let close = second.nb.is_some_and(|nb| nb < 8.0);
            let end = if close { Some(t) } else { last };
            end.zip(first)
                .map_or(0, |(end, first): (usize, usize)| end - first)
        })
        .collect()
}

/// What a rule says of a second: bad, good, neither, or that it cannot know.
#[derive(Clone, Copy, PartialEq)]
enum Word {
    Bad,
    Good,
    Neither,
    Unknown,
}

fn word(bad: bool, good: bool) -> Word {
    match (bad, good) {
        (true, _) => Word::Bad,
        (false, true) => Word::Good,
        (false, false) => Word::Neither,
    }
}

/// Tells at which seconds a condition is present that must last for a delay, and be gone for a
/// hold.
fn lasting(words: &[(Word, bool)], delay: usize, hold: usize) -> Vec<bool> {
    let mut present = false;
    let (mut bad, mut good, mut last): (Option<usize>, Option<usize>, Option<usize>) =
        (None, None, None);
    words
        .iter()
        .enumerate()
        .map(|(t, (word, frame))| {
            if last.is_some_and(|last| t - last > 3 || (*word == Word::Unknown && t - last >= 3)) {
                (bad, good) = (None, None);
            }
            if *word != Word::Unknown {
                last = Some(t);
                bad = (*word == Word::Bad).then(|| bad.unwrap_or(t));
                good = (*word == Word::Good).then(|| good.unwrap_or(t));
            }
            if *frame {
                if !present && bad.is_some_and(|since| t - since >= delay) {
                    present = true;
                } else if present && good.is_some_and(|since| t - since >= hold) {
                    present = false;
                }
            }
            present
        })
        .collect()
}

fn edges(id: AlarmId, present: &[bool]) -> Vec<Edge> {
    let mut before = false;
    let mut edges = Vec::new();
    for (t, now) in (0..).zip(present) {
        if *now != before {
            edges.push((t, id, *now));
        }
        before = *now;
    }
    edges
}

fn whole(duration: std::time::Duration) -> usize {
    usize::try_from(duration.as_secs()).expect("delays are short")
}

fn breathing_limit(rule: &ThresholdRule, heard: &[Heard], features: &[Features]) -> Vec<Edge> {
    let (trip, clear) = (rule.trip.number(), rule.clear.number());
    let mut present = false;
    let mut edges = Vec::new();
    let mut words: Vec<(Word, bool)> = Vec::new();
    // What lies before a sleep does not count: it is evaluated piece by piece.
    for (t, second) in features.iter().enumerate() {
        if second.asleep {
            words.clear();
            continue;
        }
        let new = match rule.signal {
            Signal::EtCO2 => second.new_etco2,
            _ => second.new_rr,
        };
        let word = new.map_or(Word::Unknown, |value| match rule.side {
            LimitSide::Low => word(value < trip, value >= clear),
            LimitSide::High => word(value > trip, value <= clear),
        });
        words.push((word, heard[t].capnograph_frame));
        let started: Vec<(Word, bool)> = if present {
            // An alarm that is there is one that began at once.
            let begun = std::iter::once((Word::Bad, true));
            begun.chain(words.iter().copied()).collect()
        } else {
            words.clone()
        };
        let delay = if present { 0 } else { whole(rule.delay) };
        let now = lasting(&started, delay, whole(rule.clear_hold));
        let now = *now.last().expect("there is this second");
        if now != present {
            edges.push((t as u64, rule.id, now));
            present = now;
            words.clear();
        }
    }
    edges
}

fn fall(heard: &[Heard], features: &[Features]) -> Vec<Edge> {
    let words: Vec<(Word, bool)> = features
        .iter()
        .zip(heard)
        .map(|(second, heard)| {
            let known = second.s.zip(second.m);
            let said = known.map_or(Word::Unknown, |(s, m)| {
                let d = second.d.is_some_and(|d| d >= 4.0);
                word(d && m <= -6.0 && s <= 95.0, m >= -2.0)
            });
            (said, heard.oximeter_frame && !second.held)
        })
        .collect();
    edges(AlarmId::Spo2Fall, &lasting(&words, 5, 15))
}

fn apnea(heard: &[Heard], features: &[Features]) -> Vec<Edge> {
    let runs = runs(features, 20.0);
    let words: Vec<(Word, bool)> = (0..heard.len())
        .map(|t| {
            let second = &features[t];
            let effort = second.effort.is_some_and(|effort| effort >= 6.0);
            let said = second.nb.map_or(Word::Unknown, |nb| {
                word(nb >= 20.0 && !effort, nb < 20.0 && runs[t] >= 10)
            });
            // It has no delay and no hold: what is not known now begins and ends nothing.
            (said, heard[t].capnograph_frame && second.nb.is_some())
        })
        .collect();
    edges(AlarmId::Apnea, &lasting(&words, 0, 0))
}

fn partial(heard: &[Heard], features: &[Features], has: Has) -> Vec<Edge> {
    let words: Vec<(Word, bool)> = features
        .iter()
        .zip(heard)
        .map(|(second, heard)| {
            let known = second.nb.zip(second.a).zip(second.a0);
            let said = known.map_or(Word::Unknown, |((nb, a), a0)| {
                let small = nb < 8.0 && a >= 8.0 && a <= 0.6 * a0;
                let faster = second.rr.zip(second.rr0);
                let matters = second.d.is_some_and(|d| d >= 3.0)
                    || faster.is_some_and(|(rr, rr0)| rr >= rr0 + 8.0);
                let saturated = !has.spo2 || second.d.is_some_and(|d| d < 3.0);
                word(small && matters, a > 0.75 * a0 && saturated)
            });
            (said, heard.capnograph_frame)
        })
        .collect();
    edges(AlarmId::AirwayPartial, &lasting(&words, 20, 15))
}

fn obstruction(heard: &[Heard], features: &[Features], has: Has) -> (Vec<Edge>, Vec<AirwayMode>) {
    let runs = runs(features, 12.0);
    let alone: Vec<(Word, bool)> = features
        .iter()
        .zip(heard)
        .map(|(second, heard)| {
            let known = second.s.zip(second.m);
            let said = known.map_or(Word::Unknown, |(s, m)| {
                let d = second.d.is_some_and(|d| d >= 5.0);
                let bad = second.nb.is_none() && s <= 92.0 && m <= -10.0 && d;
                word(bad, !bad)
            });
            (said, heard.oximeter_frame && !second.held)
        })
        .collect();
    // A fall of before of which nothing more is seen is none.
    let lasts = lasting(&alone, 5, 0);
    let alone: Vec<bool> = (alone.iter().zip(lasts))
        .map(|((word, judged), lasts)| lasts && *judged && *word == Word::Bad)
        .collect();
    let mut mode: Option<AirwayMode> = None;
    let mut modes = Vec::new();
    let mut good: Vec<(Word, bool)> = Vec::new();
    let mut edges = Vec::new();
    for (t, second) in features.iter().enumerate() {
        match mode {
            None => {
                mode = begins(second, heard[t], alone[t]);
                if let Some(mode) = mode {
                    modes.push(mode);
                    edges.push((t as u64, AlarmId::AirwayObstruction, true));
                    good.clear();
                }
            }
            Some(from) => {
                good.push(is_good(second, heard[t], from, runs[t], has));
                if lasting(&good, 15, 0).last() == Some(&true) {
                    mode = None;
                    edges.push((t as u64, AlarmId::AirwayObstruction, false));
                }
            }
        }
    }
    (edges, modes)
}

fn begins(second: &Features, heard: Heard, alone: bool) -> Option<AirwayMode> {
    let Some(nb) = second.nb else {
        return alone.then_some(AirwayMode::Spo2Only);
    };
    if !heard.capnograph_frame {
        return None;
    }
    let d = |points: f64| second.d.is_some_and(|d| d >= points);
    if let Some(effort) = second.effort {
        let rate = second.hr.zip(second.hr0);
        let other = d(2.0) || rate.is_some_and(|(now, before)| (now - before).abs() >= 15.0);
        let bad = nb >= 12.0 && effort >= 6.0 && (other || nb >= 20.0);
        bad.then_some(AirwayMode::Co2AndEffort)
    } else {
        (nb >= 15.0 && d(3.0)).then_some(AirwayMode::Co2)
    }
}

/// "Bad" is what must last here: that it is good.
fn is_good(
    second: &Features,
    heard: Heard,
    from: AirwayMode,
    run: usize,
    has: Has,
) -> (Word, bool) {
    let frame = (!has.spo2 || (heard.oximeter_frame && !second.held))
        && (second.nb.is_none() || heard.capnograph_frame);
    let breathes = match (second.nb, from) {
        (Some(_), _) => run >= 15,
        (None, AirwayMode::Spo2Only) => true,
        (None, AirwayMode::Co2AndEffort | AirwayMode::Co2) => return (Word::Unknown, frame),
    };
    let saturated = match (has.spo2, second.s) {
        (false, _) => true,
        (true, None) => return (Word::Unknown, frame),
        (true, Some(s)) => s >= 92.0 || second.d.is_some_and(|d| d <= 3.0),
    };
    let good = breathes && saturated;
    (word(good, !good), frame)
}
