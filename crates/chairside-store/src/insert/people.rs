//! What people set and what comes of it, into its tables.

use chairside_model::MonoTime;
use rusqlite::{Connection, Result, params};

use super::{Common, count};
use crate::row::{AudioFact, FloodFact, OperatorFact, SuspensionFact, nanoseconds};

pub(super) fn operator(
    connection: &Connection,
    (seq, run, number, at, bed): Common,
    fact: &OperatorFact<'_>,
) -> Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO operator (seq, run, number, at_ns, bed, action, occurrence, \"by\", \
             alarm, seconds, station, reason, limit_key, limit_expected, limit_new) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            seq,
            run,
            number,
            at,
            bed,
            fact.action,
            count(fact.occurrence),
            fact.by,
            fact.alarm,
            fact.seconds,
            fact.station,
            fact.reason,
            fact.limit.as_ref().map(|limit| &limit.key),
            fact.limit.as_ref().map(|limit| limit.expected),
            fact.limit.as_ref().map(|limit| limit.new)
        ])
}

pub(super) fn suspension(
    connection: &Connection,
    (seq, run, number, at, bed): Common,
    fact: &SuspensionFact<'_>,
) -> Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO suspension (seq, run, number, at_ns, bed, changed_ns, id, kind, \
             since_ns, until_ns, \"by\", reason, ended) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            seq,
            run,
            number,
            at,
            bed,
            time(fact.changed),
            fact.id,
            fact.kind,
            time(fact.since),
            time(fact.until),
            fact.by,
            fact.reason,
            fact.ended
        ])
}

pub(super) fn audio(
    connection: &Connection,
    (seq, run, number, at, bed): Common,
    fact: &AudioFact<'_>,
) -> Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO audio (seq, run, number, at_ns, bed, changed_ns, station, sound, \
             until_ns, covers, reminder_ns, cause, \"by\", reason) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            seq,
            run,
            number,
            at,
            bed,
            time(fact.changed),
            fact.station,
            fact.sound,
            fact.until.map(time),
            fact.covers.map(count),
            fact.reminder.map(time),
            fact.cause,
            fact.by,
            fact.reason
        ])
}

pub(super) fn flood(
    connection: &Connection,
    (seq, run, number, at, bed): Common,
    fact: Option<&FloodFact<'_>>,
) -> Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO flood (seq, run, number, at_ns, bed, alarms, since_ns, worst, \
             priority, until_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            seq,
            run,
            number,
            at,
            bed,
            fact.map_or(0, |flood| count(flood.alarms)),
            fact.map(|flood| time(flood.since)),
            fact.map(|flood| &flood.worst),
            fact.map(|flood| &flood.priority),
            fact.map(|flood| time(flood.until))
        ])
}

fn time(time: MonoTime) -> i64 {
    nanoseconds(time.since_start())
}
