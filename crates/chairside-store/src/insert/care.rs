//! What people do in a treatment session: the columns beside those of every record.

use serde_json::Value as Json;

use super::Column;
use super::people::{maybe, text, time};
use crate::row::CareFact;

pub(super) fn care(fact: &CareFact<'_>) -> Vec<Column> {
    let passed_over = fact.passed_over.iter().map(|one| Json::from(&**one));
    let passed_over = Json::Array(passed_over.collect()).to_string();
    vec![
        ("session", text(&fact.session)),
        ("entry", fact.entry.into()),
        ("action", text(&fact.action)),
        ("happened_ns", fact.happened.map(time).into()),
        ("what", text(&fact.what)),
        ("by", text(&fact.by)),
        ("station", maybe(fact.station.as_deref())),
        ("reason", maybe(fact.reason.as_deref())),
        ("passed_over", text(&passed_over)),
        ("request", maybe(fact.request.as_deref())),
    ]
}
