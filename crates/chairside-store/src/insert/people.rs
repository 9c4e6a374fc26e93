//! What people set and what comes of it: the columns of each table beside those of every record.

use chairside_model::MonoTime;
use rusqlite::types::Value;

use super::{Column, count};
use crate::row::{AudioFact, FloodFact, OperatorFact, SuspensionFact, nanoseconds};

pub(super) fn operator(fact: &OperatorFact<'_>) -> Vec<Column> {
    let limit = fact.limit.as_ref();
    let session = fact.session.as_ref();
    vec![
        ("action", text(&fact.action)),
        ("occurrence", count(fact.occurrence).into()),
        ("by", text(&fact.by)),
        ("alarm", maybe(fact.alarm.as_deref())),
        ("seconds", fact.seconds.into()),
        ("station", maybe(fact.station.as_deref())),
        ("reason", maybe(fact.reason.as_deref())),
        ("limit_key", maybe(limit.map(|limit| &*limit.key))),
        ("limit_expected", limit.map(|limit| limit.expected).into()),
        ("limit_new", limit.map(|limit| limit.new).into()),
        ("session", maybe(session.map(|session| &*session.id))),
        (
            "initials",
            maybe(session.and_then(|session| session.initials.as_deref())),
        ),
        (
            "patient_number",
            maybe(session.and_then(|session| session.number.as_deref())),
        ),
        ("call", fact.call.map(count).into()),
    ]
}

pub(super) fn suspension(fact: &SuspensionFact<'_>) -> Vec<Column> {
    vec![
        ("changed_ns", time(fact.changed).into()),
        ("id", text(&fact.id)),
        ("kind", text(&fact.kind)),
        ("since_ns", time(fact.since).into()),
        ("until_ns", time(fact.until).into()),
        ("by", text(&fact.by)),
        ("reason", text(&fact.reason)),
        ("ended", maybe(fact.ended.as_deref())),
    ]
}

pub(super) fn audio(fact: &AudioFact<'_>) -> Vec<Column> {
    vec![
        ("changed_ns", time(fact.changed).into()),
        ("station", text(&fact.station)),
        ("sound", text(&fact.sound)),
        ("until_ns", fact.until.map(time).into()),
        ("covers", fact.covers.map(count).into()),
        ("reminder_ns", fact.reminder.map(time).into()),
        ("cause", text(&fact.cause)),
        ("by", text(&fact.by)),
        ("reason", maybe(fact.reason.as_deref())),
    ]
}

pub(super) fn flood(fact: Option<&FloodFact<'_>>) -> Vec<Column> {
    let alarms = fact.map_or(0, |flood| count(flood.alarms));
    vec![
        ("alarms", alarms.into()),
        ("since_ns", fact.map(|flood| time(flood.since)).into()),
        ("worst", maybe(fact.map(|flood| &*flood.worst))),
        ("priority", maybe(fact.map(|flood| &*flood.priority))),
        ("until_ns", fact.map(|flood| time(flood.until)).into()),
    ]
}

pub(super) fn time(time: MonoTime) -> i64 {
    nanoseconds(time.since_start())
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn maybe(said: Option<&str>) -> Value {
    said.map_or(Value::Null, text)
}
