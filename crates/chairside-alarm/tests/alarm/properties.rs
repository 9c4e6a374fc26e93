//! What holds for any series of readings, actions and losses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use chairside_alarm::{AlarmId, LimitKey, Signal, SignalPresence, Transition};
use chairside_model::Value;
use proptest::prelude::*;

use crate::adult;
use crate::chart::Chart;
use crate::naive::{self, Edge, Series};

/// A word of a chart and the naive evaluation's view of it.
#[derive(Clone, Debug)]
enum Word {
    Value(i32),
    Doubted(i32),
    Missing(&'static str),
    Silent,
}

impl Word {
    fn text(&self) -> String {
        match self {
            Self::Value(value) => value.to_string(),
            Self::Doubted(value) => format!("?{value}"),
            Self::Missing(word) => (*word).to_owned(),
            Self::Silent => ".".to_owned(),
        }
    }
}

/// Runs of words: a patient stays somewhere for a while, and is then elsewhere.
fn words(values: impl Strategy<Value = i32> + Clone + 'static) -> impl Strategy<Value = Vec<Word>> {
    let word = prop_oneof![
        12 => values.clone().prop_map(Word::Value),
        2 => values.prop_map(Word::Doubted),
        2 => prop_oneof![Just("none"), Just("search"), Just("off"), Just("_")].prop_map(Word::Missing),
        2 => Just(Word::Silent),
    ];
    let run = (word, prop_oneof![3 => 1..4_usize, 2 => 4..20_usize]);
    let runs = proptest::collection::vec(run, 1..25);
    runs.prop_map(|runs| {
        runs.into_iter()
            .flat_map(|(word, times)| std::iter::repeat_n(word, times))
            .collect()
    })
}

/// The values of a saturation move by a point a second: a jump would be held back.
fn without_jumps(words: Vec<Word>) -> Vec<Word> {
    let mut last = 93;
    words
        .into_iter()
        .map(|word| match word {
            Word::Value(towards) => {
                last += (towards - last).signum();
                Word::Value(last)
            }
            other => other,
        })
        .collect()
}

fn line(name: &str, words: &[Word]) -> String {
    let words: Vec<String> = words.iter().map(Word::text).collect();
    format!("{name} {}\n", words.join(" "))
}

/// What the naive evaluation sees; a silent word is no frame.
fn series(words: &[Word]) -> Series {
    let seconds = words.iter().zip(0_u64..);
    seconds
        .filter_map(|(word, second)| match word {
            Word::Value(value) => Some((second, Some(f64::from(*value)))),
            Word::Doubted(_) | Word::Missing(_) => Some((second, None)),
            Word::Silent => None,
        })
        .collect()
}

/// Returns the pulse, silent in the seconds in which the ECG takes over from it (which of the two
/// comes first there is written down nowhere), and what the rate is judged by.
fn rates(ecg: &[Word], mut pulse: Vec<Word>) -> (Vec<Word>, Series) {
    let mut merged = Series::new();
    let (mut ecg_gave, mut stands_in) = (0, false);
    for second in 0..ecg.len().max(pulse.len()) {
        let by_ecg = ecg.get(second).unwrap_or(&Word::Silent);
        if matches!(by_ecg, Word::Value(_)) {
            ecg_gave = second;
            if std::mem::replace(&mut stands_in, false)
                && let Some(word) = pulse.get_mut(second)
            {
                *word = Word::Silent;
            }
        }
        let by_pulse = pulse.get(second).unwrap_or(&Word::Silent);
        stands_in |= second - ecg_gave > 3 && matches!(by_pulse, Word::Value(_));
        let said = match if stands_in { by_pulse } else { by_ecg } {
            Word::Value(value) => Some(f64::from(*value)),
            Word::Doubted(_) | Word::Missing(_) => None,
            Word::Silent => continue,
        };
        merged.insert(second as u64, said);
    }
    (pulse, merged)
}

fn edges(told: &[Transition], signal: Signal) -> BTreeSet<Edge> {
    let ids: Vec<AlarmId> = adult::parts()
        .thresholds
        .iter()
        .filter(|rule| rule.signal == signal)
        .map(|rule| rule.id)
        .collect();
    let mut present: BTreeMap<AlarmId, bool> = BTreeMap::new();
    told.iter()
        .filter(|told| ids.contains(&told.id))
        .filter(|told| present.insert(told.id, told.present).unwrap_or(false) != told.present)
        .map(|told| (told.at.since_start().as_secs(), told.id, told.present))
        .collect()
}

fn naively(series: &Series, signal: Signal, last_second: u64) -> BTreeSet<Edge> {
    let mut padded = series.clone();
    // Both look at the same stretch of time.
    padded.retain(|second, _| *second <= last_second);
    adult::parts()
        .thresholds
        .iter()
        .filter(|rule| rule.signal == signal)
        .flat_map(|rule| naive::threshold(rule, &padded, 1))
        .collect()
}

/// Anything that can be on a chart, with acknowledgements that may come at any time.
pub(crate) fn any_chart() -> impl Strategy<Value = String> {
    let event = prop_oneof![
        Just("measuring"),
        Just("failed"),
        Just("124/78/93"),
        Just("170/90/-"),
        Just("190/-/120"),
        Just("70/40/48"),
        Just("-/-/45"),
        Just("silent"),
        Just("back"),
    ];
    let session = prop_oneof![
        Just("dose"),
        Just("dose-ends"),
        Just("same-limb"),
        Just("other-limb"),
        Just("record-stops"),
        Just("record-goes-on"),
        Just("baseline 120/78"),
        Just("opens"),
        Just("closes"),
        Just("heard"),
        Just("unheard"),
        Just("delivered"),
        Just("undelivered"),
        Just("bed-fails"),
        Just("bed-rests"),
        Just("call"),
        Just("help"),
        Just("id 1 one"),
        Just("id 1 other"),
        Just("confirm-if"),
        Just("phase dosing"),
        Just("phase recovery"),
        Just("ends"),
    ];
    let ids: Vec<&'static str> = AlarmId::ALL.iter().map(|id| id.name()).collect();
    let acknowledges = proptest::sample::select(ids).prop_map(|id| format!("ack-if {id}"));
    let sets = proptest::sample::select(LimitKey::all().collect::<Vec<_>>());
    let sets = (sets, -20..20).prop_map(|(key, by)| format!("set-if {key} {by}"));
    let nurse = prop_oneof![3 => acknowledges, 1 => sets];
    let at = 0..200_u64;
    (
        words(80..100),
        words(30..150),
        words(30..150),
        proptest::collection::vec((at.clone(), event), 0..12),
        proptest::collection::vec((at.clone(), session), 0..16),
        proptest::collection::vec((at, nurse), 0..40),
    )
        .prop_map(|(spo2, pulse, hr, cuff, session, nurse)| {
            let mut chart = line("spo2", &spo2) + &line("pulse", &pulse) + &line("hr", &hr);
            let mut add = |name: &str, events: &[(u64, String)]| {
                let events: Vec<String> = events
                    .iter()
                    .map(|(at, what)| format!("@{at} {what}"))
                    .collect();
                if !events.is_empty() {
                    writeln!(chart, "{name} {}", events.join(" ")).expect("text takes everything");
                }
            };
            let owned = |events: Vec<(u64, &str)>| -> Vec<(u64, String)> {
                events
                    .into_iter()
                    .map(|(at, what)| (at, what.to_owned()))
                    .collect()
            };
            add("cuff", &owned(cuff));
            add("session", &owned(session));
            add("nurse", &nurse);
            chart
        })
}

proptest! {
    /// No onset without cause, and each violation longer than its delay alarms once, in time.
    #[test]
    fn the_engine_agrees_with_the_rules_as_they_are_written(
        rate in words(prop_oneof![Just(38), Just(47), Just(51), Just(60), Just(117), Just(121), Just(142)]),
        saturation in words(84..98).prop_map(without_jumps),
    ) {
        let told = Chart::read(&line("hr", &rate)).run(adult::parts());
        let end = rate.len() as u64;
        prop_assert_eq!(
            edges(&told, Signal::HeartRate),
            naively(&series(&rate), Signal::HeartRate, end)
        );
        let told = Chart::read(&line("spo2", &saturation)).run(adult::parts());
        let end = saturation.len() as u64;
        prop_assert_eq!(
            edges(&told, Signal::SpO2),
            naively(&series(&saturation), Signal::SpO2, end)
        );
    }

    /// The same of a rate that the ECG gives now and then, and the pulse meanwhile.
    #[test]
    fn the_pulse_is_judged_where_the_ecg_has_given_no_rate_for_too_long(
        ecg in words(prop_oneof![Just(60), Just(121), Just(142)]),
        pulse in words(prop_oneof![Just(47), Just(60), Just(121)]),
    ) {
        let (pulse, merged) = rates(&ecg, pulse);
        let told = Chart::read(&(line("hr", &ecg) + &line("pulse", &pulse))).run(adult::parts());
        let end = ecg.len().max(pulse.len()) as u64;
        prop_assert_eq!(
            edges(&told, Signal::HeartRate),
            naively(&merged, Signal::HeartRate, end)
        );
    }

    /// The same while the limit and its delay change.
    #[test]
    fn the_engine_agrees_with_the_rules_as_they_are_written_while_they_change(
        rate in words(prop_oneof![Just(60), 105..140]),
        changes in proptest::collection::btree_map(0..200_u64, (any::<bool>(), 104..139), 0..12),
    ) {
        let first = adult::parts().thresholds[0];
        let mut rule = first;
        let mut rules = BTreeMap::new();
        let mut chart = line("pulse", &rate);
        let end = rate.len() as u64;
        for (at, (is_delay, number)) in changes.range(..end) {
            let before = rule;
            let (field, number) = if *is_delay {
                ("delay_s", *number - 104)
            } else {
                ("trip", *number)
            };
            if *is_delay {
                rule.delay = Duration::from_secs(u64::try_from(number).expect("not negative"));
            } else {
                rule.trip = Value::whole(number);
                rule.clear = Value::whole(number - 5);
            }
            // What a limit is already it is not changed to.
            if rule != before {
                writeln!(chart, "nurse @{at} set threshold.HR_HIGH.{field} {number}")
                    .expect("text takes everything");
                rules.insert(*at, rule);
            }
        }
        let told = Chart::read(&chart).run(adult::parts());
        let told = edges(&told, Signal::HeartRate);
        let told: Vec<Edge> = told.into_iter().filter(|(_, id, _)| *id == first.id).collect();
        let mut series = series(&rate);
        series.retain(|second, _| *second <= end);
        prop_assert_eq!(told, naive::changing(&first, &rules, &series, 1), "{}", chart);
    }

    #[test]
    fn ticks_that_nobody_asked_for_change_nothing(chart in any_chart(), more in 2..7_u64) {
        let chart = Chart::read(&chart);
        let asked = chart.run(adult::parts());
        let more = chart.run_with_more_ticks(adult::parts(), more);
        prop_assert_eq!(asked, more);
    }

    #[test]
    fn each_transition_is_a_change_and_fits_the_one_before(chart in any_chart()) {
        let told = Chart::read(&chart).run(adult::parts());
        let mut last: BTreeMap<AlarmId, Transition> = BTreeMap::new();
        let mut occurrence = 0;
        for now in told {
            prop_assert!(!now.evidence.is_empty());
            prop_assert!(now.at >= now.since);
            prop_assert!(now.present || !now.superseded);
            match last.get(&now.id) {
                Some(before) => {
                    let same = Transition { at: now.at, ..before.clone() };
                    prop_assert_ne!(&same, &now, "told twice");
                }
                None => prop_assert!(now.present, "it begins with an onset"),
            }
            let before = last.get(&now.id);
            let began = now.present && before.is_none_or(|before| !before.present);
            if began {
                prop_assert_eq!(now.occurrence.0, occurrence + 1, "each episode has its own number");
                occurrence += 1;
                prop_assert_eq!(now.signal, SignalPresence::On);
                prop_assert_eq!(now.since, now.at);
            } else {
                let before = before.expect("it has begun");
                prop_assert_eq!(now.occurrence, before.occurrence);
                prop_assert_eq!(now.since, before.since);
            }
            if now.present {
                prop_assert!(matches!(now.signal, SignalPresence::On | SignalPresence::Acknowledged));
            } else {
                prop_assert!(matches!(now.signal, SignalPresence::Off | SignalPresence::Latched));
            }
            last.insert(now.id, now);
        }
    }

    #[test]
    fn an_alarm_is_superseded_exactly_while_a_worse_one_of_its_family_is_present(
        chart in any_chart()
    ) {
        let told = Chart::read(&chart).run(adult::parts());
        let families = adult::parts().families;
        let mut states: BTreeMap<AlarmId, Transition> = BTreeMap::new();
        let mut told = told.into_iter().peekable();
        while let Some(now) = told.next() {
            let at = now.at;
            states.insert(now.id, now);
            // Changes of one moment belong together.
            if told.peek().is_some_and(|next| next.at == at) {
                continue;
            }
            for family in &families {
                let present = |id: &AlarmId| states.get(id).is_some_and(|state| state.present);
                for (place, id) in family.iter().enumerate() {
                    let worse = family[place + 1..].iter().any(present);
                    if present(id) {
                        prop_assert_eq!(states[id].superseded, worse, "{} at {}", id, at);
                    }
                }
            }
        }
    }
}
