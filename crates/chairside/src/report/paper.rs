//! The flow sheet, the receipt and the REMS worksheet of a session, in words.

use std::collections::BTreeSet;
use std::time::Duration;

use chairside_alarm::{AlarmId, OperatorAction};
use chairside_care::{
    Answer, Cell, Drug, Fact, FlowSheet, Gap, GapCause, Receipt, RemsFound, RemsItem,
    RemsWorksheet, SessionFacts, SheetLine, SheetRow,
};
use chairside_model::{DeviceId, Metric, MonoTime};
use chairside_report::{Block, Column, Row, RowKind, Section, Table};
use chairside_station::{Entry, LinkState, Record};

use super::times::length;
use super::treatment::{dose_words, noted, number, rating_words};
use super::{BedOf, Names};
use crate::web::view::with_device_names;

/// Turns what the record has of a bed into what the paperwork is made of.
pub(super) fn facts(records: Vec<Record>) -> Vec<Fact> {
    let mut swaps = Swaps::default();
    let mut facts = Vec::new();
    for Record { at, entry, .. } in records {
        match entry {
            Entry::Observed { observation, .. } => facts.push(Fact::Observed(observation)),
            Entry::Link { device, state, .. } => facts.push(Fact::Link {
                at,
                device,
                connected: state == LinkState::Connected,
            }),
            Entry::Recording { running } => facts.push(Fact::Recording { at, running }),
            Entry::Identity { device, .. } => swaps.named = Some((at, device)),
            Entry::Alarm { transition, .. } if transition.id == AlarmId::DeviceSwapped => {
                swaps.take(at, transition.present, &mut facts);
            }
            Entry::Alarm { transition, .. } => facts.push(Fact::Alarm(transition)),
            Entry::Operator { action, by, .. } => {
                facts.extend(answer(action).map(|answer| Fact::Answered { at, by, answer }));
            }
            Entry::Care { entry, .. } => facts.push(Fact::Care { at, entry: *entry }),
            _ => {}
        }
    }
    facts
}

/// Which devices answered that are not the session's. The alarm stands once for a bed and names
/// none: it follows at the moment in which the device said who it is.
#[derive(Debug, Default)]
struct Swaps {
    named: Option<(MonoTime, DeviceId)>,
    strangers: BTreeSet<DeviceId>,
}

impl Swaps {
    fn take(&mut self, at: MonoTime, present: bool, facts: &mut Vec<Fact>) {
        let belongs = !present;
        let changed: Vec<DeviceId> = if present {
            // Whatever else became of the alarm is of the devices that it was about.
            let named = self.named.filter(|(then, _)| *then == at);
            let named = named.map(|(_, device)| device);
            named
                .into_iter()
                .filter(|device| self.strangers.insert(*device))
                .collect()
        } else {
            std::mem::take(&mut self.strangers).into_iter().collect()
        };
        facts.extend(changed.into_iter().map(|device| Fact::Device {
            at,
            device,
            belongs,
        }));
    }
}

const fn answer(action: OperatorAction) -> Option<Answer> {
    match action {
        OperatorAction::Acknowledge(occurrence) => Some(Answer::Acknowledged(occurrence)),
        OperatorAction::Accept { call } | OperatorAction::Arrive { call } => {
            Some(Answer::Comes(call))
        }
        OperatorAction::PauseAlarm { id, .. } | OperatorAction::SwitchOff { id, .. } => {
            Some(Answer::Rule(id))
        }
        OperatorAction::PauseAudio { .. } | OperatorAction::AudioOff { .. } => Some(Answer::Bed),
        _ => None,
    }
}

/// What the sections need to say times, people and devices.
pub(super) struct Words<'a> {
    pub(super) names: &'a Names,
    pub(super) bed: &'a BedOf,
    /// The time of the day of a moment.
    pub(super) time: &'a dyn Fn(MonoTime) -> String,
}

/// Returns the sections of a session's paperwork.
pub(super) fn sections(facts: &SessionFacts, words: &Words<'_>) -> Vec<Section> {
    let mut sections = vec![flow_sheet(facts, words), receipt(facts, words)];
    let worksheet = RemsWorksheet::of(facts);
    let is_filled = |found: &RemsFound| matches!(found, RemsFound::Amount(..));
    if worksheet.lines.iter().any(|line| is_filled(&line.found)) {
        sections.push(rems(&worksheet, words));
    }
    sections
}

fn flow_sheet(facts: &SessionFacts, words: &Words<'_>) -> Section {
    let sheet = FlowSheet::of(facts);
    let columns = sheet.columns.iter().map(|metric| Column {
        head: format!("{}, {}", short(*metric), metric.unit().symbol()),
        weight: 1.0,
        is_number: true,
    });
    let time = Column {
        head: "time".to_owned(),
        weight: 1.2,
        is_number: false,
    };
    let rows = sheet.rows.iter().map(|row| sheet_row(row, words)).collect();
    let explained = "A value stands with its age where it is older than 10 s; — where none that \
        counts was measured. A pressure is that of the last cuff reading of this session.";
    Section {
        heading: "Flow sheet".to_owned(),
        blocks: vec![
            Block::Table(Table {
                columns: [time].into_iter().chain(columns).collect(),
                rows,
            }),
            Block::Text(explained.to_owned()),
        ],
    }
}

fn short(metric: Metric) -> &'static str {
    match metric {
        Metric::HeartRate | Metric::PulseRate => "rate",
        Metric::RespirationRate => "breaths",
        Metric::NibpSystolic => "systolic",
        Metric::NibpDiastolic => "diastolic",
        other => other.name(),
    }
}

fn sheet_row(row: &SheetRow, words: &Words<'_>) -> Row {
    let time = (words.time)(row.at);
    let person = |by: &str| words.names.person(by).to_owned();
    let said = |what: String, number, by: &str, corrected: bool| {
        let corrected = if corrected { ", corrected" } else { "" };
        format!("{time}  {what} (entry {number}, {}{corrected})", person(by))
    };
    let (text, kind) = match &row.line {
        SheetLine::Values { cells, .. } => {
            let cells = cells.iter().map(|cell| cell_words(cell, row.at));
            return Row {
                cells: [time].into_iter().chain(cells).collect(),
                kind: RowKind::Plain,
            };
        }
        SheetLine::Stage(taken) => (
            format!("{time}  {} ({})", taken.stage.name(), person(&taken.by)),
            RowKind::Strong,
        ),
        SheetLine::Alarm(alarm) => {
            let answered = match (&alarm.answered, alarm.response()) {
                (Some((_, by)), Some(after)) => {
                    format!("answered after {} by {}", length(after), person(by))
                }
                _ => "nobody answered".to_owned(),
            };
            let what = format!("{}, {}", alarm.id.name(), alarm.priority.name());
            let evidence = with_device_names(&alarm.evidence, &words.bed.devices);
            (
                format!("{time}  {what}: {evidence}; {answered}"),
                RowKind::Strong,
            )
        }
        SheetLine::Dose(dose) => (
            said(
                dose_words(&dose.what.dose),
                dose.number,
                &dose.by,
                dose.corrected,
            ),
            RowKind::Strong,
        ),
        SheetLine::Score(score) => {
            let what = format!("{}: {}", score.what.id.title(), rating_words(&score.what));
            (
                said(what, score.number, &score.by, score.corrected),
                RowKind::Plain,
            )
        }
        SheetLine::Event(event) => {
            let what = event.what.kind.name().replace('_', " ");
            let what = format!("{what}{}", noted(event.what.note.as_ref()));
            (
                said(what, event.number, &event.by, event.corrected),
                RowKind::Plain,
            )
        }
        SheetLine::Gap(gap) => (format!("{time}  {}", gap_words(gap)), RowKind::Gap),
    };
    Row {
        cells: vec![text],
        kind,
    }
}

fn cell_words(cell: &Cell, at: MonoTime) -> String {
    /// A younger value is of now.
    const YOUNG: Duration = Duration::from_secs(10);
    match cell {
        Cell::None => "—".to_owned(),
        Cell::Value { value, taken, .. } => {
            let age = at.saturating_since(*taken);
            if age > YOUNG {
                format!("{} ({})", number(*value), length(age))
            } else {
                number(*value)
            }
        }
    }
}

fn gap_words(gap: &Gap) -> String {
    let why = match gap.cause {
        GapCause::RecordingStopped => "the record was not written",
        GapCause::LinkLost => "the link was lost",
        GapCause::SensorOff => "the sensor was off",
        GapCause::NotMeasured => "not measured",
    };
    let long = length(gap.until.saturating_since(gap.from));
    format!("no {} for {long}: {why}", gap.metric.name())
}

fn receipt(facts: &SessionFacts, words: &Words<'_>) -> Section {
    let receipt = Receipt::of(facts);
    let shares = receipt.metrics.iter().map(|one| {
        let of = match (one.expected, one.percent()) {
            (None, _) => format!(
                "unknown: {} values, from a device without a period",
                one.valid
            ),
            (Some(_), None) => "none expected".to_owned(),
            (Some(expected), Some(share)) => {
                format!("{share} % ({} of {expected} expected)", one.valid)
            }
        };
        (one.metric.name().to_owned(), of)
    });
    let median = receipt.median_response;
    let median = median.map_or_else(|| "no alarm was answered".to_owned(), length);
    let others = [
        ("Alarms".to_owned(), receipt.alarms.len().to_string()),
        ("Median time to an answer".to_owned(), median),
        (
            "Times without a value".to_owned(),
            receipt.gaps.len().to_string(),
        ),
    ];
    let gaps = receipt.gaps.iter().map(|gap| Row {
        cells: vec![(words.time)(gap.from), gap_words(gap)],
        kind: RowKind::Gap,
    });
    let gaps: Vec<Row> = gaps.collect();
    let mut blocks = vec![Block::Facts(shares.chain(others).collect())];
    if !gaps.is_empty() {
        let column = |head: &str, weight| Column {
            head: head.to_owned(),
            weight,
            is_number: false,
        };
        blocks.push(Block::Table(Table {
            columns: vec![column("from", 1.0), column("what", 6.0)],
            rows: gaps,
        }));
    }
    Section {
        heading: "How complete the record is".to_owned(),
        blocks,
    }
}

fn rems(worksheet: &RemsWorksheet, words: &Words<'_>) -> Section {
    let line = |item: RemsItem, found: &RemsFound| (rems_label(item), rems_words(found, words));
    let lines = worksheet.lines.iter().map(|one| line(one.item, &one.found));
    Section {
        heading: "Worksheet for the REMS form".to_owned(),
        blocks: vec![
            Block::Text(
                "Filled in from values of this session only. A person checks each line, fills in \
                 what is blank, and signs."
                    .to_owned(),
            ),
            Block::Facts(lines.collect()),
            Block::Signatures(vec!["Name, date, signature".to_owned()]),
        ],
    }
}

fn rems_label(item: RemsItem) -> String {
    let words = match item {
        RemsItem::Amount => "Amount given",
        RemsItem::PressureBefore => "Blood pressure before",
        RemsItem::SaturationBefore => "SpO2 before",
        RemsItem::Pressure40 => "Blood pressure at 40 min",
        RemsItem::Saturation40 => "SpO2 at 40 min",
        RemsItem::PressureLeaving => "Blood pressure before leaving",
        RemsItem::SaturationLeaving => "SpO2 before leaving",
        RemsItem::SaturationLowest => "Lowest SpO2",
        RemsItem::Sedation => "Sedation",
        RemsItem::Dissociation => "Dissociation",
        RemsItem::RespiratoryDepression => "Respiratory depression",
        RemsItem::Observed => "Observed for",
    };
    words.to_owned()
}

fn rems_words(found: &RemsFound, words: &Words<'_>) -> String {
    match found {
        RemsFound::Amount(amount, at) => {
            format!(
                "{} mg of {} at {}",
                number(*amount),
                Drug::Esketamine.name(),
                (words.time)(*at)
            )
        }
        RemsFound::Pressure(pressure) => format!(
            "{}/{} mmHg at {}",
            number(pressure.systolic),
            number(pressure.diastolic),
            (words.time)(pressure.taken)
        ),
        RemsFound::Measured(taken) => {
            format!("{} at {}", number(taken.value), (words.time)(taken.taken))
        }
        RemsFound::Rated(score, total, at) => {
            format!("{} {total} at {}", score.title(), (words.time)(*at))
        }
        RemsFound::Observed(long, true) => length(*long),
        RemsFound::Observed(long, false) => format!("{}: not long enough", length(*long)),
        RemsFound::Blank(why) => format!("____________ ({why})"),
    }
}
