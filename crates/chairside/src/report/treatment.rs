//! What people did in the treatment session: what was asked, given, rated, and how it ended.

use std::collections::BTreeSet;
use std::time::Duration;

use chairside_care::{
    Amendment, CareAction, CareEntry, Dose, DoseEntry, DoseLog, EntryNumber, InForce, ItemAnswer,
    PLANNED_MAX, ScoreEntry, Text,
};
use chairside_model::{MonoTime, PatientName, Value};
use chairside_report::{Block, Column, Row, RowKind, Section, Table};
use chairside_store::{CareFieldError, Cared};
use chrono::{DateTime, TimeDelta, Utc};

use super::times::Clock;
use super::{Names, Told};

/// Where the opening of the session stands on the clock of the entries, so that its plan is on it.
const OPENED: Duration = PLANNED_MAX;

/// The entries of a session, on a clock of their own.
#[derive(Clone, Debug)]
pub(super) struct Treated {
    opened: DateTime<Utc>,
    entries: Vec<(MonoTime, CareEntry)>,
    in_force: InForce,
}

/// Returns the zero of the clock of the entries.
pub(super) fn zero(opened: DateTime<Utc>) -> DateTime<Utc> {
    opened - TimeDelta::from_std(OPENED).unwrap_or_default()
}

/// Returns a moment on the clock of the entries; what is before its zero becomes its zero.
pub(super) fn mono(opened: DateTime<Utc>, at: DateTime<Utc>) -> MonoTime {
    MonoTime::from_start((at - zero(opened)).to_std().unwrap_or_default())
}

/// Returns when a moment of the clock of the entries was.
pub(super) fn wall(opened: DateTime<Utc>, at: MonoTime) -> DateTime<Utc> {
    zero(opened) + TimeDelta::from_std(at.since_start()).unwrap_or_default()
}

impl Treated {
    /// Reads the entries; nothing when there are none: a session without a protocol.
    pub(super) fn read(
        opened: DateTime<Utc>,
        cared: &[Cared],
    ) -> Result<Option<Self>, CareFieldError> {
        let mut treated = Self {
            opened,
            entries: Vec::new(),
            in_force: InForce::default(),
        };
        for one in cared {
            let at = treated.mono(one.at);
            let happened = one.happened.map(|at| treated.mono(at));
            let entry = one.fact.entry_at(happened)?;
            treated.in_force.take(at, entry.number, &entry.action);
            treated.entries.push((at, entry));
        }
        Ok((!treated.entries.is_empty()).then_some(treated))
    }

    fn mono(&self, at: DateTime<Utc>) -> MonoTime {
        mono(self.opened, at)
    }

    fn wall(&self, at: MonoTime) -> DateTime<Utc> {
        wall(self.opened, at)
    }

    /// Returns every entry, in order.
    pub(super) fn entries(&self) -> &[(MonoTime, CareEntry)] {
        &self.entries
    }

    /// Returns what was entered after a moment.
    pub(super) fn late(&self, until: MonoTime) -> impl Iterator<Item = &(MonoTime, CareEntry)> {
        self.entries.iter().filter(move |(at, _)| *at > until)
    }

    /// Returns the name of the protocol that the session goes by.
    pub(super) fn protocol(&self) -> Option<&str> {
        self.entries
            .iter()
            .find_map(|(_, entry)| match &entry.action {
                CareAction::Schedule { protocol, .. } => Some(protocol.as_str()),
                _ => None,
            })
    }

    /// Returns the patient's name, if it was said.
    pub(super) fn patient_name(&self) -> Option<&PatientName> {
        self.entries
            .iter()
            .find_map(|(_, entry)| match &entry.action {
                CareAction::Schedule { name, .. } => name.as_ref(),
                _ => None,
            })
    }

    /// Returns the body weight that holds, kg.
    pub(super) fn weight(&self) -> Option<Value> {
        self.entries
            .iter()
            .rev()
            .find_map(|(_, entry)| match &entry.action {
                CareAction::Weigh { weight } => Some(*weight),
                _ => None,
            })
    }

    /// Returns the entries that were corrected or withdrawn later.
    fn corrected(&self) -> BTreeSet<EntryNumber> {
        let corrections = self.entries.iter();
        corrections
            .filter_map(|(_, entry)| match entry.action {
                CareAction::Amend { entry, .. } => Some(entry),
                _ => None,
            })
            .collect()
    }

    /// Returns what was given, by the entries that hold.
    pub(super) fn doses(&self) -> DoseLog {
        let doses = self.in_force.doses();
        DoseLog::new(doses.map(|(number, dose)| (number, dose.clone())))
    }

    /// Returns each dose that holds, when it was given and in words.
    pub(super) fn given(&self) -> Vec<(DateTime<Utc>, String)> {
        let log = self.doses();
        let entries = log.entries().iter();
        entries
            .map(|(_, entry)| (self.wall(entry.at), dose_words(&entry.dose)))
            .collect()
    }
}

/// Returns the sections of the treatment, where the session has one.
pub(super) fn sections(told: &Told, names: &Names, clock: Clock) -> Vec<Section> {
    let Some(treated) = &told.treated else {
        return Vec::new();
    };
    vec![
        stages(treated, names, clock),
        answers(treated, told, names, clock),
        doses(treated, told, names, clock),
        ratings(treated, clock),
        entries(treated, names, clock),
    ]
}

fn stages(treated: &Treated, names: &Names, clock: Clock) -> Section {
    let rows = treated.entries.iter().filter_map(|(at, entry)| {
        let stage = match &entry.action {
            CareAction::Schedule { .. } => "scheduled",
            CareAction::Step { to } => to.name(),
            _ => return None,
        };
        let passed_over = entry.passed_over.join("; ");
        let why = [entry.reason.as_deref().unwrap_or_default(), &*passed_over];
        let kind = if passed_over.is_empty() {
            RowKind::Plain
        } else {
            RowKind::Strong
        };
        let cells = vec![
            clock.date_and_time(treated.wall(*at)),
            stage.to_owned(),
            names.person(&entry.by).to_owned(),
            why[0].to_owned(),
            why[1].to_owned(),
        ];
        Some(Row { cells, kind })
    });
    section(
        "Steps of the session",
        &[
            ("at", 2.2),
            ("into", 1.4),
            ("by", 1.6),
            ("reason", 2.4),
            ("not met, and passed over", 3.4),
        ],
        rows.collect(),
        "No step was taken.",
    )
}

/// What was answered before the dose and before the patient left: the last answer to each item.
fn answers(treated: &Treated, told: &Told, names: &Names, clock: Clock) -> Section {
    let protocol = names.protocols.get(told.protocol());
    let label = |item: &Text| {
        let asked = protocol.and_then(|protocol| protocol.item(item));
        let label = asked.map_or(item, |asked| &asked.label);
        label.as_str().to_owned()
    };
    let mut rows: Vec<((&str, String), Row)> = Vec::new();
    for (at, entry) in &treated.entries {
        // An item of the clinic's own screening can have the name of one of the discharge.
        let (asked, item, words, answer) = match &entry.action {
            CareAction::Screen { item, answer } => {
                ("screening", item.as_str(), label(item), answer)
            }
            CareAction::Discharge { item, answer } => {
                let words = item.name().replace('_', " ");
                ("discharge", item.name(), words, answer)
            }
            _ => continue,
        };
        let item = (asked, item.to_owned());
        let cells = vec![
            clock.time(treated.wall(*at)),
            asked.to_owned(),
            words,
            answer_words(answer),
            names.person(&entry.by).to_owned(),
        ];
        let kind = RowKind::Plain;
        rows.retain(|(earlier, _)| *earlier != item);
        rows.push((item, Row { cells, kind }));
    }
    section(
        "What was asked",
        &[
            ("at", 1.4),
            ("asked for", 1.6),
            ("item", 3.4),
            ("answer", 3.6),
            ("by", 1.8),
        ],
        rows.into_iter().map(|(_, row)| row).collect(),
        "Nothing was asked.",
    )
}

fn doses(treated: &Treated, told: &Told, names: &Names, clock: Clock) -> Section {
    let log = treated.doses();
    let by = |number: EntryNumber| {
        let mut entries = treated.entries.iter();
        let entered = entries.find(|(_, entry)| entry.number == number);
        entered.map_or("", |(_, entry)| names.person(&entry.by))
    };
    let rows = log.entries().iter().map(|(number, entry)| Row {
        cells: vec![
            clock.time(treated.wall(entry.at)),
            dose_words(&entry.dose),
            by(*number).to_owned(),
            format!("entry {number}"),
        ],
        kind: RowKind::Strong,
    });
    let mut section = section(
        "Doses",
        &[("at", 1.4), ("what", 6.4), ("by", 1.8), ("entry", 1.4)],
        rows.collect(),
        "Nothing was given.",
    );
    let until = treated.mono(told.until);
    let totals = log
        .totals(until, treated.weight())
        .into_iter()
        .map(|total| {
            let per_kg = total.per_kg.map_or_else(
                || "no weight is known".to_owned(),
                |per_kg| format!("{} mg/kg", number(per_kg)),
            );
            let what = format!("Total of {}, {}", total.drug.name(), total.route.name());
            (what, format!("{} mg, {per_kg}", number(total.amount)))
        });
    let weight = treated.weight();
    let weight = weight.map_or_else(|| "not known".to_owned(), |kg| format!("{} kg", number(kg)));
    let facts = totals.chain([("Weight used".to_owned(), weight)]);
    section.blocks.push(Block::Facts(facts.collect()));
    section
}

fn ratings(treated: &Treated, clock: Clock) -> Section {
    let mut ratings: Vec<_> = treated.in_force.scores().map(|(_, score)| score).collect();
    ratings.sort_by_key(|score| score.at);
    let rows = ratings.into_iter().map(|score| Row {
        cells: vec![
            clock.time(treated.wall(score.at)),
            score.id.title().to_owned(),
            rating_words(score),
            score.variant.as_ref().map_or("", Text::as_str).to_owned(),
        ],
        kind: RowKind::Plain,
    });
    section(
        "Ratings",
        &[("at", 1.4), ("what", 4.0), ("rating", 2.0), ("form", 3.6)],
        rows.collect(),
        "Nothing was rated.",
    )
}

/// Every entry as it was made, also those that were corrected since: nothing vanishes.
fn entries(treated: &Treated, names: &Names, clock: Clock) -> Section {
    let corrected = treated.corrected();
    let rows = treated.entries.iter().map(|(at, entry)| {
        let mut words = action_words(&entry.action);
        if treated.in_force.is_withdrawn(entry.number) {
            words.push_str(" (withdrawn since)");
        } else if corrected.contains(&entry.number) {
            words.push_str(" (corrected since)");
        }
        let reason = entry.reason.as_deref().into_iter();
        let passed_over = entry
            .passed_over
            .iter()
            .map(|line| format!("passed over: {line}"));
        let why: Vec<String> = reason.map(str::to_owned).chain(passed_over).collect();
        let happened = happened(&entry.action).unwrap_or(*at);
        Row {
            cells: vec![
                entry.number.to_string(),
                clock.time(treated.wall(*at)),
                clock.time(treated.wall(happened)),
                names.person(&entry.by).to_owned(),
                words,
                why.join("; "),
            ],
            kind: RowKind::Plain,
        }
    });
    section(
        "Every entry, as it was made",
        &[
            ("no.", 0.7),
            ("entered", 1.3),
            ("happened", 1.3),
            ("by", 1.6),
            ("what", 4.0),
            ("reason, and what was passed over", 3.4),
        ],
        rows.collect(),
        "Nothing was entered.",
    )
}

/// Returns when something happened, where that can be earlier than its entry.
const fn happened(action: &CareAction) -> Option<MonoTime> {
    match action {
        CareAction::Dose(dose) => Some(dose.at),
        CareAction::Score(score) => Some(score.at),
        CareAction::Event(event) => Some(event.at),
        _ => None,
    }
}

fn section(heading: &str, columns: &[(&str, f32)], rows: Vec<Row>, none: &str) -> Section {
    let column = |(head, weight): &(&str, f32)| Column {
        head: (*head).to_owned(),
        weight: *weight,
        is_number: false,
    };
    let block = if rows.is_empty() {
        Block::Text(none.to_owned())
    } else {
        Block::Table(Table {
            columns: columns.iter().map(column).collect(),
            rows,
        })
    };
    Section {
        heading: heading.to_owned(),
        blocks: vec![block],
    }
}

pub(super) fn number(value: Value) -> String {
    let text = format!("{:.3}", value.number());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn noted(note: Option<&Text>) -> String {
    note.map_or_else(String::new, |note| format!(": {}", note.as_str()))
}

fn answer_words(answer: &ItemAnswer) -> String {
    format!("{}{}", answer.said.name(), noted(answer.note.as_ref()))
}

pub(super) fn rating_words(score: &ScoreEntry) -> String {
    match score.total() {
        Some(total) => total.to_string(),
        None if score.is_not_done() => "not done".to_owned(),
        None => "incomplete: no total".to_owned(),
    }
}

pub(super) fn dose_words(dose: &Dose) -> String {
    let at = |concentration: Option<Value>| {
        concentration.map_or_else(String::new, |of| format!(" of {} mg/mL", number(of)))
    };
    match dose {
        Dose::Bolus {
            drug,
            route,
            amount,
            concentration,
        } => format!(
            "{}, {}: {} mg{}",
            drug.name(),
            route.name(),
            number(*amount),
            at(*concentration)
        ),
        Dose::Start {
            drug,
            rate,
            concentration,
            planned,
        } => {
            let planned =
                planned.map_or_else(String::new, |all| format!(", {} mg planned", number(all)));
            format!(
                "infusion of {} begun at {} mg/min{}{planned}",
                drug.name(),
                number(*rate),
                at(*concentration)
            )
        }
        Dose::Rate { rate } => format!("infusion changed to {} mg/min", number(*rate)),
        Dose::Pause => "infusion held".to_owned(),
        Dose::Resume => "infusion goes on".to_owned(),
        Dose::Stop => "infusion stopped".to_owned(),
    }
}

fn action_words(action: &CareAction) -> String {
    match action {
        CareAction::Schedule { protocol, .. } => format!("planned by {}", protocol.as_str()),
        CareAction::Step { to } => format!("step into {}", to.name()),
        CareAction::Screen { item, answer } => {
            format!("{}: {}", item.as_str(), answer_words(answer))
        }
        CareAction::Weigh { weight } => format!("weight {} kg", number(*weight)),
        CareAction::TakeBaseline => "the values of now are the baseline".to_owned(),
        CareAction::Dose(DoseEntry { dose, .. }) => dose_words(dose),
        CareAction::Score(score) => format!("{}: {}", score.id.title(), rating_words(score)),
        CareAction::Check { check } => format!("checked: {}", check.name().replace('_', " ")),
        CareAction::Event(event) => {
            let what = event.kind.name().replace('_', " ");
            format!("{what}{}", noted(event.note.as_ref()))
        }
        CareAction::Discharge { item, answer } => {
            format!(
                "{}: {}",
                item.name().replace('_', " "),
                answer_words(answer)
            )
        }
        CareAction::Amend { entry, amendment } => {
            let instead = match amendment {
                Amendment::Withdrawn => "withdrawn".to_owned(),
                Amendment::Dose(dose) => dose_words(&dose.dose),
                Amendment::Score(score) => rating_words(score),
                Amendment::Event(event) => event.kind.name().replace('_', " "),
            };
            format!("entry {entry} corrected: {instead}")
        }
    }
}
