//! Any breaths, saturations and losses: the engine against the airway rules as they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chairside_alarm::{AirwayMode, AlarmId, Transition};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::adult;
use crate::chart::Chart;
use crate::naive::Edge;
use crate::naive::airway;
use crate::naive::features::{Before, Has, Heard, Said};

/// A word of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    Value(i32),
    Missing,
    Unmentioned,
    Silent,
}

impl Word {
    fn text(self) -> String {
        match self {
            Self::Value(value) => value.to_string(),
            Self::Missing => "none".to_owned(),
            Self::Unmentioned => "_".to_owned(),
            Self::Silent => ".".to_owned(),
        }
    }

    fn said(self) -> Said {
        match self {
            Self::Value(value) => Said::Value(f64::from(value)),
            Self::Missing => Said::Missing,
            Self::Unmentioned | Self::Silent => Said::Nothing,
        }
    }
}

/// Runs of words: something stays as it is for a while, and is then otherwise.
fn words(
    values: impl Strategy<Value = i32> + 'static,
    longest: usize,
) -> impl Strategy<Value = Vec<Word>> {
    let word = prop_oneof![
        20 => values.prop_map(Word::Value),
        1 => Just(Word::Missing),
        1 => Just(Word::Unmentioned),
        1 => Just(Word::Silent),
    ];
    let run = (word, prop_oneof![1 => 1..4_usize, 3 => 4..longest]);
    proptest::collection::vec(run, 1..16).prop_map(|runs| {
        runs.into_iter()
            .flat_map(|(word, times)| std::iter::repeat_n(word, times))
            .collect()
    })
}

/// A saturation goes towards its next value by so many points a second.
fn going(words: Vec<Word>, step: i32) -> Vec<Word> {
    let mut last = 98;
    words
        .into_iter()
        .map(|word| match word {
            Word::Value(towards) => {
                last += (towards - last).clamp(-step, step);
                Word::Value(last)
            }
            other => other,
        })
        .collect()
}

/// Which channels a bed of a random chart has besides an oximeter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Channels {
    OximeterAlone,
    Numbers,
    Curve,
}

#[derive(Clone, Debug)]
pub(crate) struct Bed {
    channels: Channels,
    has_belt: bool,
    knows_baseline: bool,
    spo2: Vec<Word>,
    pulse: Vec<Word>,
    etco2: Vec<Word>,
    rr: Vec<Word>,
    curve: Vec<Word>,
    effort: Vec<Word>,
}

pub(crate) fn any_bed() -> impl Strategy<Value = Bed> {
    let channels = prop_oneof![
        Just(Channels::OximeterAlone),
        Just(Channels::Numbers),
        Just(Channels::Curve)
    ];
    let saturation = prop_oneof![Just(98), Just(95), Just(93), 70..98];
    let co2 = || prop_oneof![2 => Just(0), 2 => Just(38), 1 => Just(18), 1 => Just(55)];
    let rate = prop_oneof![1 => Just(0), 2 => Just(14), 1 => Just(24), 1 => Just(5), 1 => Just(33)];
    (
        (channels, any::<bool>(), any::<bool>(), 1..12_i32),
        words(saturation, 40),
        words(prop_oneof![Just(84), Just(104), Just(60)], 40),
        words(co2(), 30),
        words(rate, 40),
        words(prop_oneof![2 => Just(0), 1 => Just(30)], 26),
        words(prop_oneof![Just(0), Just(5), Just(14)], 40),
    )
        .prop_map(
            |(
                (channels, has_belt, knows_baseline, step),
                spo2,
                pulse,
                etco2,
                rr,
                curve,
                effort,
            )| {
                Bed {
                    channels,
                    has_belt,
                    knows_baseline,
                    spo2: going(spo2, step),
                    pulse,
                    etco2,
                    rr,
                    curve,
                    effort,
                }
            },
        )
}

impl Bed {
    /// Returns the lines of its chart: a name and the words.
    fn lines(&self) -> Vec<(&'static str, &[Word])> {
        let mut lines = vec![
            ("spo2", self.spo2.as_slice()),
            ("pulse", self.pulse.as_slice()),
        ];
        if self.channels != Channels::OximeterAlone {
            lines.push(("etco2", &self.etco2));
            lines.push(("rr", &self.rr));
        }
        if self.channels == Channels::Curve {
            lines.push(("co2", &self.curve));
        }
        if self.has_belt {
            lines.push(("effort", &self.effort));
        }
        lines
    }

    pub(crate) fn chart(&self) -> String {
        let mut chart = String::new();
        for (name, words) in self.lines() {
            let words: Vec<String> = words.iter().map(|word| word.text()).collect();
            writeln!(chart, "{name} {}", words.join(" ")).expect("text takes everything");
        }
        if self.knows_baseline {
            chart.push_str("session @0 baseline spo2=98 hr=84 rr=14 etco2=38\n");
        }
        chart
    }

    fn heard(&self) -> Vec<Heard> {
        let lines: BTreeMap<&str, &[Word]> = self.lines().into_iter().collect();
        let length = lines.values().map(|words| words.len()).max().unwrap_or(0);
        let word = |name: &str, t: usize| {
            let words = lines.get(name);
            words
                .and_then(|words| words.get(t).copied())
                .unwrap_or(Word::Silent)
        };
        let frame =
            |names: &[&str], t: usize| names.iter().any(|name| word(name, t) != Word::Silent);
        (0..length)
            .map(|t| Heard {
                oximeter_frame: frame(&["spo2", "pulse"], t),
                capnograph_frame: frame(&["etco2", "rr", "co2"], t),
                spo2: word("spo2", t).said(),
                pulse: word("pulse", t).said(),
                etco2: word("etco2", t).said(),
                rr: word("rr", t).said(),
                effort: word("effort", t).said(),
                curve: word("co2", t).said(),
            })
            .collect()
    }

    fn has(&self) -> Has {
        let co2 = self.channels != Channels::OximeterAlone;
        Has {
            spo2: true,
            co2,
            rr: co2,
        }
    }

    fn before(&self) -> Before {
        if !self.knows_baseline {
            return Before::default();
        }
        Before {
            spo2: Some(98.0),
            etco2: Some(38.0),
            rr: Some(14.0),
            pulse: Some(84.0),
        }
    }
}

const IDS: [AlarmId; 7] = [
    AlarmId::Spo2Fall,
    AlarmId::RrLow,
    AlarmId::RrHigh,
    AlarmId::Etco2High,
    AlarmId::Apnea,
    AlarmId::AirwayObstruction,
    AlarmId::AirwayPartial,
];

fn edges(told: &[Transition], co2: bool) -> BTreeSet<Edge> {
    let mut present: BTreeMap<AlarmId, bool> = BTreeMap::new();
    told.iter()
        .filter(|told| IDS.contains(&told.id) && (co2 || told.id != AlarmId::RrLow))
        .filter(|told| present.insert(told.id, told.present).unwrap_or(false) != told.present)
        .map(|told| (told.at.since_start().as_secs(), told.id, told.present))
        .collect()
}

/// Returns the mode of each obstruction, in order.
fn modes(told: &[Transition]) -> Vec<AirwayMode> {
    let mut episodes: BTreeMap<u64, AirwayMode> = BTreeMap::new();
    for told in told {
        if let Some(mode) = told.mode {
            episodes.insert(told.occurrence.0, mode);
        }
    }
    episodes.into_values().collect()
}

#[test]
fn the_random_beds_raise_every_airway_alarm_in_every_mode() {
    let mut runner = TestRunner::deterministic();
    let (mut ids, mut found) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..400 {
        let bed = any_bed()
            .new_tree(&mut runner)
            .expect("a bed can be made")
            .current();
        let (expected, modes) = airway::evaluate(&bed.heard(), bed.has(), bed.before());
        ids.extend(expected.into_iter().map(|(_, id, _)| id));
        found.extend(modes);
    }
    assert_eq!(ids, IDS.into_iter().collect());
    assert_eq!(found.len(), 3, "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// No onset without cause, each at the second of the rule, each end as well, and the mode.
    #[test]
    fn the_engine_agrees_with_the_airway_rules_as_they_are_written(bed in any_bed()) {
        let told = Chart::read(&bed.chart()).run(adult::parts());
        let (expected, expected_modes) = airway::evaluate(&bed.heard(), bed.has(), bed.before());
        prop_assert_eq!(edges(&told, bed.has().co2), expected);
        prop_assert_eq!(modes(&told), expected_modes);
    }
}
