//! How the values went, and when there were none.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_care::{Pressure, SessionFacts, Taken};
use chairside_model::{Metric, MonoTime, Value};
use chairside_report::{Block, Chart, Column, Mark, Row, RowKind, Section, Series, Table};
use chairside_store::{Missing, MissingCause};
use chrono::TimeDelta;

use super::Told;
use super::times::{Clock, between};
use super::treatment::Treated;

/// A curve has one point for so much time: more would not be seen.
const POINT: Duration = Duration::from_secs(10);

/// Where nothing counted for longer than this, a curve has a gap.
const GAP: Duration = Duration::from_secs(30);

/// Times without values that are shorter than this stand together: a link that flickers would fill
/// pages, and nobody would find the long ones among them.
const FLICKER: TimeDelta = TimeDelta::seconds(1);

/// Which of the values within [`POINT`] is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drawn {
    Last,
    /// A saturation that fell for a moment must be seen.
    Lowest,
}

/// Returns the curves of a session: what counted in it as it does for the flow sheet.
pub(super) fn section(told: &Told, facts: Option<&SessionFacts>) -> Section {
    let blocks = match facts {
        Some(facts) => charts(told, facts),
        None => vec![Block::Text(
            "The bed is not configured any more: nobody knows which of its devices was read for \
             what. What they said is on record."
                .to_owned(),
        )],
    };
    Section {
        heading: "Course".to_owned(),
        blocks,
    }
}

/// The usual scale of pressures, mmHg, and rates, /min.
pub(crate) const PRESSURE_AND_RATE: (f32, f32) = (30.0, 220.0);

/// Returns the cuff's pressures and the rate: the ECG's where the bed has it, else the pulse
/// (`docs/adr/0022`).
pub(crate) fn pressure_and_rate(facts: &SessionFacts) -> Vec<Series> {
    let pressures = facts.pressures();
    let rate = if facts.sources.metrics.contains_key(&Metric::HeartRate) {
        Metric::HeartRate
    } else {
        Metric::PulseRate
    };
    vec![
        cuffs(facts, "systolic", &pressures, |cuff| cuff.systolic),
        cuffs(facts, "diastolic", &pressures, |cuff| cuff.diastolic),
        curve(facts, "rate", rate, Drawn::Last),
    ]
}

fn charts(told: &Told, facts: &SessionFacts) -> Vec<Block> {
    let mut blocks = vec![
        chart(
            told,
            "Blood pressure (cuff), mmHg, and heart or pulse rate, /min",
            PRESSURE_AND_RATE,
            pressure_and_rate(facts),
        ),
        chart(
            told,
            "SpO2, %, the lowest of each 10 s",
            (70.0, 100.0),
            vec![curve(facts, "SpO2", Metric::SpO2, Drawn::Lowest)],
        ),
    ];
    if facts.sources.metrics.contains_key(&Metric::EtCO2) {
        blocks.push(chart(
            told,
            "EtCO2, mmHg, and breaths, /min",
            (0.0, 60.0),
            vec![
                curve(facts, "EtCO2", Metric::EtCO2, Drawn::Last),
                curve(facts, "breaths", Metric::RespirationRate, Drawn::Last),
            ],
        ));
    }
    blocks
}

/// Returns a chart, or that nothing was measured.
fn chart(told: &Told, title: &str, usual: (f32, f32), series: Vec<Series>) -> Block {
    if series.iter().all(|series| series.pieces.is_empty()) {
        return Block::Text(format!("{title}: nothing was measured."));
    }
    Block::Chart(Chart {
        title: format!("{title}; minutes since the session was opened"),
        minutes: (0.0, told.minute(told.until).max(1.0)),
        values: scale(usual, &series),
        series,
        marks: told.marks(),
        ..Chart::default()
    })
}

/// Returns the usual scale, or a wider one where a value lies outside of it.
pub(crate) fn scale(usual: (f32, f32), series: &[Series]) -> (f32, f32) {
    let points = series
        .iter()
        .flat_map(|series| series.pieces.iter().flatten());
    points.fold(usual, |(low, high), (_, value)| {
        let (below, above) = ((value / 10.0).floor() * 10.0, (value / 10.0).ceil() * 10.0);
        (low.min(below), high.max(above))
    })
}

impl Told {
    /// Returns the moments that every curve has marks at.
    fn marks(&self) -> Vec<Mark> {
        let phases = self.events.happened.iter().filter_map(|happened| {
            let chairside_store::Event::Phase(phase) = &happened.what else {
                return None;
            };
            Some(Mark {
                minute: self.minute(happened.at),
                label: phase.clone(),
            })
        });
        let given = self.treated.iter().flat_map(Treated::given);
        let given = given.map(|(at, label)| Mark {
            minute: self.minute(at),
            label,
        });
        phases.chain(given).collect()
    }
}

/// Returns a metric's values that counted, thinned to what can be seen.
fn curve(facts: &SessionFacts, name: &str, metric: Metric, which: Drawn) -> Series {
    let mut pieces: Vec<Vec<Taken>> = Vec::new();
    for taken in facts.values(metric) {
        let piece = pieces.last_mut();
        match piece.and_then(|piece| Some((*piece.last()?, piece))) {
            Some((last, piece)) if is_one_point(facts.opened, last.taken, taken.taken) => {
                if which == Drawn::Last || taken.value < last.value {
                    piece.pop();
                    piece.push(taken);
                }
            }
            Some((last, piece)) if taken.taken.saturating_since(last.taken) <= GAP => {
                piece.push(taken);
            }
            _ => pieces.push(vec![taken]),
        }
    }
    let point = |taken: &Taken| (minute(facts, taken.taken), drawn(taken.value));
    let pieces = pieces.iter();
    Series {
        name: name.to_owned(),
        pieces: pieces
            .map(|piece| piece.iter().map(point).collect())
            .collect(),
        is_dashed: false,
    }
}

fn is_one_point(opened: MonoTime, one: MonoTime, other: MonoTime) -> bool {
    let nth = |at: MonoTime| at.saturating_since(opened).as_secs() / POINT.as_secs();
    nth(one) == nth(other)
}

/// Returns the cuff's pressures, each a dot of its own: between two, nobody knows.
fn cuffs(
    facts: &SessionFacts,
    name: &str,
    pressures: &[Pressure],
    of: impl Fn(&Pressure) -> Value,
) -> Series {
    let dot = |cuff: &Pressure| vec![(minute(facts, cuff.taken), drawn(of(cuff)))];
    Series {
        name: name.to_owned(),
        pieces: pressures.iter().map(dot).collect(),
        is_dashed: false,
    }
}

fn minute(facts: &SessionFacts, at: MonoTime) -> f32 {
    minutes(at.saturating_since(facts.opened))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a place in a drawing needs no more"
)]
pub(super) fn minutes(time: Duration) -> f32 {
    (time.as_secs_f64() / 60.0) as f32
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a place in a drawing needs no more"
)]
fn drawn(value: Value) -> f32 {
    value.number() as f32
}

/// Returns when there could be no values, and why.
pub(super) fn gaps(told: &Told, clock: Clock) -> Section {
    let blocks = if told.trend.missing.is_empty() {
        vec![Block::Text(
            "No link was lost, and the record was written throughout.".to_owned(),
        )]
    } else {
        vec![Block::Table(Table {
            columns: [("from", 1.5), ("until", 1.5), ("for", 1.5), ("why", 4.0)]
                .map(|(head, weight)| Column {
                    head: head.to_owned(),
                    weight,
                    is_number: false,
                })
                .to_vec(),
            rows: gap_rows(&told.trend.missing, clock),
        })]
    };
    Section {
        heading: "Times without values".to_owned(),
        blocks,
    }
}

/// Returns a row for each time without values, and one for all the short ones of the same kind.
fn gap_rows(missing: &[Missing], clock: Clock) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut flickers: BTreeMap<_, Vec<&Missing>> = BTreeMap::new();
    for gap in missing {
        if gap.to - gap.from < FLICKER {
            let kind = (gap.cause, gap.device.as_deref());
            flickers.entry(kind).or_default().push(gap);
        } else {
            rows.push(gap_row(gap, clock));
        }
    }
    rows.extend(
        flickers
            .values()
            .filter_map(|gaps| flicker_row(gaps, clock)),
    );
    rows
}

/// Returns the row of short times of one kind, in their order.
fn flicker_row(gaps: &[&Missing], clock: Clock) -> Option<Row> {
    let (first, last) = (gaps.first()?, gaps.last()?);
    let together: TimeDelta = gaps.iter().map(|gap| gap.to - gap.from).sum();
    let milliseconds = together.num_milliseconds();
    let times = match gaps.len() {
        1 => "once, for less than a second".to_owned(),
        count => format!("{count} times, for less than a second each"),
    };
    Some(Row {
        cells: vec![
            clock.time(first.from),
            clock.time(last.to),
            format!(
                "{}.{:03} s together",
                milliseconds / 1000,
                milliseconds % 1000
            ),
            format!("{} {times}", why(first)),
        ],
        kind: RowKind::Gap,
    })
}

fn gap_row(gap: &Missing, clock: Clock) -> Row {
    Row {
        cells: vec![
            clock.time(gap.from),
            clock.time(gap.to),
            between(gap.from, gap.to).unwrap_or_default(),
            why(gap),
        ],
        kind: RowKind::Gap,
    }
}

fn why(gap: &Missing) -> String {
    match (gap.cause, &gap.device) {
        (MissingCause::Cable, Some(device)) => format!("the link of {device} was lost"),
        (MissingCause::Cable, None) => "a link was lost".to_owned(),
        (MissingCause::Restart, _) => "the service was not running".to_owned(),
        (MissingCause::Recorder, _) => "the record was not written".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, FixedOffset};

    use super::*;

    #[test]
    fn a_link_that_flickers_is_one_row_and_every_longer_gap_stands_by_itself() {
        let at = |milliseconds| DateTime::from_timestamp_millis(milliseconds).unwrap();
        let gap = |from, to, device: &str| Missing {
            from: at(from),
            to: at(to),
            cause: MissingCause::Cable,
            device: Some(device.to_owned()),
        };
        let missing = [
            gap(1_000, 1_400, "a"),
            gap(2_000, 2_999, "b"),
            gap(5_000, 6_000, "a"),
            gap(8_000, 8_250, "a"),
        ];
        let clock = Clock {
            ahead: FixedOffset::east_opt(0).unwrap(),
        };
        let rows = gap_rows(&missing, clock);
        let cells: Vec<_> = rows.iter().map(|row| row.cells.join(" | ")).collect();
        assert_eq!(
            cells,
            [
                "00:00:05 | 00:00:06 | 1 s | the link of a was lost",
                "00:00:01 | 00:00:08 | 0.650 s together | the link of a was lost 2 times, for less than a second each",
                "00:00:02 | 00:00:02 | 0.999 s together | the link of b was lost once, for less than a second",
            ]
        );
    }
}
