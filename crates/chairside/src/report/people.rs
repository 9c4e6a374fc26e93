//! What people were called for, and what they did.

use chairside_report::{Block, Column, Row, RowKind, Section, Table};
use chairside_store::{Acted, Episode, Event};

use super::times::{Clock, between};
use super::{Names, Told};
use crate::web::view::with_device_names;

/// Returns every alarm of a session, with how soon somebody saw to it.
pub(super) fn alarms(told: &Told, names: &Names, clock: Clock) -> Section {
    let mut blocks = Vec::new();
    if told.events.is_cut {
        blocks.push(Block::Text(
            "There were more alarms than fit here; the oldest are left out.".to_owned(),
        ));
    }
    if told.events.episodes.is_empty() {
        blocks.push(Block::Text("No alarm was called.".to_owned()));
    } else {
        let columns = [
            ("called", 1.2),
            ("alarm", 2.6),
            ("why", 4.0),
            ("over", 1.2),
            ("answered after", 2.2),
        ];
        blocks.push(Block::Table(Table {
            columns: columns.map(column).to_vec(),
            rows: told
                .events
                .episodes
                .iter()
                .map(|episode| alarm_row(episode, told, names, clock))
                .collect(),
        }));
    }
    Section {
        heading: "Alarms".to_owned(),
        blocks,
    }
}

fn column((head, weight): (&str, f32)) -> Column {
    Column {
        head: head.to_owned(),
        weight,
        is_number: false,
    }
}

fn alarm_row(episode: &Episode, told: &Told, names: &Names, clock: Clock) -> Row {
    // The numbers of devices are those of a run: an earlier one's may name others now.
    let bed = names.beds.get(&told.session.bed);
    let bed = bed.filter(|_| episode.is_of_this_run);
    let evidence = bed.map_or_else(
        || episode.evidence.clone(),
        |bed| with_device_names(&episode.evidence, &bed.devices),
    );
    let answered = episode.answered.as_ref().map_or_else(
        || "nobody answered".to_owned(),
        |seen| {
            let after = between(episode.told, seen.at).unwrap_or_default();
            format!("{after}, {}", names.person(&seen.by))
        },
    );
    let over = match episode.ended {
        Some(ended) if !episode.state.present => clock.time(ended),
        _ => "not yet".to_owned(),
    };
    let kind = if episode.priority == "high" {
        RowKind::Strong
    } else {
        RowKind::Plain
    };
    Row {
        cells: vec![
            clock.time(episode.told),
            format!("{}, {}", episode.id, episode.priority),
            evidence,
            over,
            answered,
        ],
        kind,
    }
}

/// Returns what people did.
pub(super) fn actions(told: &Told, names: &Names, clock: Clock) -> Section {
    let rows: Vec<Row> = told
        .events
        .acted
        .iter()
        .map(|acted| action_row(acted, names, clock))
        .collect();
    let blocks = if rows.is_empty() {
        let none = "Nobody did anything besides the entries of the session.";
        vec![Block::Text(none.to_owned())]
    } else {
        let columns = [("at", 1.2), ("who", 2.0), ("what", 3.0), ("why", 4.0)];
        vec![Block::Table(Table {
            columns: columns.map(column).to_vec(),
            rows,
        })]
    };
    Section {
        heading: "What people did".to_owned(),
        blocks,
    }
}

fn action_row(acted: &Acted, names: &Names, clock: Clock) -> Row {
    let what = &acted.what;
    let mut words = what.action.replace('_', " ");
    if let Some(alarm) = &what.alarm {
        words = format!("{words}: {alarm}");
    }
    if let Some(seconds) = what.seconds {
        words = format!("{words} for {seconds} s");
    }
    if let Some(limit) = &what.limit {
        words = format!("{} from {} to {}", limit.key, limit.expected, limit.new);
    }
    Row {
        cells: vec![
            clock.time(acted.at),
            names.person(&what.by).to_owned(),
            words,
            what.reason.as_deref().unwrap_or_default().to_owned(),
        ],
        kind: RowKind::Plain,
    }
}

/// Returns what a trainer did to the simulated patient; nothing where nobody did anything.
pub(super) fn training(told: &Told, names: &Names, clock: Clock) -> Option<Section> {
    let deeds = told.events.happened.iter().filter_map(|one| {
        let Event::Trained { by, did } = &one.what else {
            return None;
        };
        let cells = vec![
            clock.time(one.at),
            names.person(by).to_owned(),
            did.replace('_', " "),
        ];
        let kind = RowKind::Plain;
        Some(Row { cells, kind })
    });
    let rows: Vec<Row> = deeds.collect();
    let columns = [("at", 1.2), ("who", 2.0), ("what", 7.0)];
    (!rows.is_empty()).then(|| Section {
        heading: "What the trainer did to the simulated patient".to_owned(),
        blocks: vec![Block::Table(Table {
            columns: columns.map(column).to_vec(),
            rows,
        })],
    })
}
