//! The words of a chart.

use std::time::Duration;

use chairside_model::{Measured, Metric, MonoTime, Reading, SampleArray, Unavailable, Value};

/// What a device says of one metric at one second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Word {
    Silent,
    Bytes,
    Unmentioned,
    Said(Measured),
}

/// Reads the words of a series.
pub(super) fn series(words: &str) -> Vec<Word> {
    let mut series = Vec::new();
    let mut rest = words.trim();
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (group, after) = inside.split_once("]x").expect("a group ends with ]x");
            let (times, after) = after.split_once(' ').unwrap_or((after, ""));
            let group = self::series(group);
            for _ in 0..number(times) {
                series.extend(&group);
            }
            rest = after.trim_start();
        } else {
            let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
            repeated(word, &mut series);
            rest = after.trim_start();
        }
    }
    series
}

fn repeated(word: &str, series: &mut Vec<Word>) {
    let (word, times) = word
        .split_once('x')
        .map_or((word, 1), |(word, times)| (word, number(times)));
    match word.split_once("..") {
        Some((from, to)) => {
            series.extend(straight(value(from).number(), value(to).number(), times));
        }
        None => series.extend((0..times).map(|_| said(word))),
    }
}

/// Goes straight from one number to another, rounded half up to whole ones as a monitor does.
fn straight(from: f64, to: f64, words: u64) -> impl Iterator<Item = Word> {
    let steps = u32::try_from(words.saturating_sub(1)).expect("charts are short");
    (0..=steps).map(move |step| {
        let along = f64::from(step) / f64::from(steps.max(1));
        let number = (from + (to - from) * along + 0.5).floor();
        let value = Value::finite(number).expect("a number of a chart is finite");
        Word::Said(Measured::Valid(value))
    })
}

fn said(word: &str) -> Word {
    let measured = match word {
        "." => return Word::Silent,
        "#" => return Word::Bytes,
        "_" => return Word::Unmentioned,
        "off" => Measured::Unavailable(Unavailable::SensorOff),
        "unplugged" => Measured::Unavailable(Unavailable::NoSensor),
        "search" => Measured::Unavailable(Unavailable::Searching),
        "warm" => Measured::Unavailable(Unavailable::Calibrating),
        "none" => Measured::Unavailable(Unavailable::NoReading),
        doubted if doubted.starts_with('?') => Measured::Questionable(value(&doubted[1..])),
        number => Measured::Valid(value(number)),
    };
    Word::Said(measured)
}

/// Returns what a device says of a metric: a number, or a sample of a curve. A curve that is not
/// measured is not sent.
pub(super) fn reading(metric: Metric, measured: Measured, now: MonoTime) -> Option<Reading> {
    if metric != Metric::Co2 {
        return Some(Reading::numeric(metric, measured, now));
    }
    let hundredths = (measured.valid()?.number() * 100.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the numbers of a chart are pressures"
    )]
    let count = hundredths as i32;
    Some(Reading::Waveform(SampleArray {
        metric,
        sample_period: Duration::from_secs(1),
        scale: 0.01,
        samples: Box::new([count]),
    }))
}

pub(super) fn parts(pressures: &str) -> [Option<Value>; 3] {
    let mut parts = pressures
        .split('/')
        .map(|part| (part != "-").then(|| value(part)));
    [(); 3].map(|()| parts.next().flatten())
}

pub(super) fn value(word: &str) -> Value {
    let number = word
        .parse()
        .unwrap_or_else(|_| panic!("not a number: {word}"));
    Value::finite(number).expect("a number of a chart is finite")
}

pub(super) fn number(word: &str) -> u64 {
    word.parse()
        .unwrap_or_else(|_| panic!("not a whole number: {word}"))
}
