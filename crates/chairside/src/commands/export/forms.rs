//! A session as a table of its values, and as an object with all that its report says.

use chairside_model::Metric;
use chairside_report::{Block, Document, Section, Table};
use chairside_store::CuffTaken;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::report::{InSteps, Told};

/// What a row of the table says.
const HEAD: &str = "at,metric,unit,last,low,high,device,simulated";

/// Returns the values of a session as a table: a line for each step in which a value was measured,
/// and for each pressure of a cuff, in order of time. What was not measured has no line.
pub(super) fn csv(told: &Told) -> String {
    let steps = told.in_steps();
    let mut lines = Vec::new();
    for InSteps { at, metric, values } in steps {
        let (name, unit) = (metric.name(), metric.unit().symbol());
        let (last, low, high) = (values.last, values.low, values.high);
        lines.push((at, format!("{name},{unit},{last},{low},{high},")));
    }
    for cuff in told.cuffs() {
        let device = cell(&cuff.device);
        for (metric, value) in pressures(cuff) {
            let (name, unit) = (metric.name(), metric.unit().symbol());
            lines.push((cuff.at, format!("{name},{unit},{value},,,{device}")));
        }
    }
    lines.sort();
    let simulated = told.session().simulated;
    let lines = lines
        .iter()
        .map(|(at, line)| format!("{},{line},{simulated}", time(*at)));
    let mut table: Vec<String> = [HEAD.to_owned()].into_iter().chain(lines).collect();
    table.push(String::new());
    table.join("\r\n")
}

/// Returns a session as an object: what it is, its values, and what its report says.
pub(super) fn json(told: &Told, report: &Document) -> String {
    let session = told.session();
    let values = told.in_steps().map(|InSteps { at, metric, values }| {
        json!({
            "at": time(at), "metric": metric.name(), "unit": metric.unit().symbol(),
            "last": values.last, "low": values.low, "high": values.high,
        })
    });
    let cuffs = told.cuffs().iter().map(|cuff| {
        json!({
            "at": time(cuff.at), "device": cuff.device, "systolic_mmhg": cuff.systolic,
            "diastolic_mmhg": cuff.diastolic, "mean_mmhg": cuff.mean,
        })
    });
    let object = json!({
        "session": session.id,
        "bed": session.bed,
        "initials": session.initials,
        "number": session.number,
        "by": session.by,
        "opened": time(session.opened),
        "closed": session.closed.map(time),
        "simulated": session.simulated,
        "values": values.collect::<Vec<_>>(),
        "cuffs": cuffs.collect::<Vec<_>>(),
        "report": {
            "title": report.title,
            "about": facts(&report.about),
            "sections": report.sections.iter().map(section).collect::<Vec<_>>(),
            "footer": report.footer,
        },
    });
    format!("{object}\n")
}

fn pressures(cuff: &CuffTaken) -> impl Iterator<Item = (Metric, f64)> {
    let all = [
        (Metric::NibpSystolic, cuff.systolic),
        (Metric::NibpDiastolic, cuff.diastolic),
        (Metric::NibpMean, cuff.mean),
    ];
    all.into_iter()
        .filter_map(|(metric, value)| Some((metric, value?)))
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Returns words as a cell (RFC 4180).
fn cell(words: &str) -> String {
    if words.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", words.replace('"', "\"\""))
    } else {
        words.to_owned()
    }
}

fn facts(facts: &[(String, String)]) -> Value {
    let facts = facts.iter();
    facts
        .map(|(label, value)| json!({ "label": label, "value": value }))
        .collect()
}

fn section(section: &Section) -> Value {
    let blocks = section.blocks.iter().filter_map(block);
    json!({ "heading": section.heading, "blocks": blocks.collect::<Vec<_>>() })
}

/// Returns what stands in a block; nothing of curves, whose values are told, and of lines to sign.
fn block(block: &Block) -> Option<Value> {
    match block {
        Block::Text(text) => Some(json!({ "text": text })),
        Block::Facts(all) => Some(json!({ "facts": facts(all) })),
        Block::Table(all) => Some(json!({ "table": table(all) })),
        Block::Checklist(lines) => {
            let line = |line: &chairside_report::Line| json!({ "state": line.state.word(), "text": line.text, "found": line.found });
            Some(json!({ "checklist": lines.iter().map(line).collect::<Vec<_>>() }))
        }
        Block::Chart(_) | Block::Signatures(_) => None,
    }
}

fn table(table: &Table) -> Value {
    let columns: Vec<_> = table.columns.iter().map(|column| &column.head).collect();
    let rows: Vec<_> = table.rows.iter().map(|row| &row.cells).collect();
    json!({ "columns": columns, "rows": rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_comma_or_a_quotation_mark_stays_one_cell() {
        assert_eq!(cell("v100-1"), "v100-1");
        assert_eq!(cell("left, \"big\""), "\"left, \"\"big\"\"\"");
    }
}
