//! Rows into their tables.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, params, params_from_iter};

use crate::facts::{Gap, Intent, Run, ToldEarly};
use crate::row::{Fact, Row, nanoseconds};
use crate::samples;

mod care;
mod people;
mod session;

/// A column of a table and what goes into it.
type Column = (&'static str, Value);

/// The keys of names, as far as they were needed.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    beds: HashMap<String, i64>,
    devices: HashMap<String, i64>,
}

impl Keys {
    fn bed(&mut self, connection: &Connection, name: &str) -> Result<i64> {
        key(
            &mut self.beds,
            connection,
            name,
            "SELECT id FROM bed WHERE name = ?1",
            "INSERT INTO bed (name) VALUES (?1)",
        )
    }

    fn device(&mut self, connection: &Connection, name: &str) -> Result<i64> {
        key(
            &mut self.devices,
            connection,
            name,
            "SELECT id FROM device WHERE name = ?1",
            "INSERT INTO device (name) VALUES (?1)",
        )
    }
}

fn key(
    known: &mut HashMap<String, i64>,
    connection: &Connection,
    name: &str,
    find: &str,
    add: &str,
) -> Result<i64> {
    if let Some(key) = known.get(name) {
        return Ok(*key);
    }
    let found = connection
        .prepare_cached(find)?
        .query_row([name], |row| row.get(0))
        .optional()?;
    let key = if let Some(key) = found {
        key
    } else {
        connection.prepare_cached(add)?.execute([name])?;
        connection.last_insert_rowid()
    };
    known.insert(name.to_owned(), key);
    Ok(key)
}

/// Where a row goes: its `seq` and its run's key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) seq: i64,
    pub(crate) run: i64,
}

/// Returns a count as SQL keeps it; what does not fit is as large as can be.
pub(crate) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[expect(
    clippy::too_many_lines,
    reason = "a table of tables: one short statement for each, side by side"
)]
pub(crate) fn record(
    connection: &Connection,
    keys: &mut Keys,
    Place { seq, run }: Place,
    row: &Row<'_>,
) -> Result<()> {
    let number = count(row.number);
    let at = nanoseconds(row.at.since_start());
    let bed = match &row.bed {
        Some(name) => Some(keys.bed(connection, name)?),
        None => None,
    };
    let insert = |table, columns: &[Column]| {
        let common = [
            ("seq", seq.into()),
            ("run", run.into()),
            ("number", number.into()),
            ("at_ns", at.into()),
            ("bed", bed.into()),
        ];
        insert_into(connection, table, common.iter().chain(columns))
    };
    match &row.fact {
        Fact::Numeric {
            source,
            metric,
            validity,
            value,
            reason,
            taken,
        } => {
            let device = keys.device(connection, &source.device)?;
            let received = nanoseconds(source.received.since_start());
            let taken = nanoseconds(taken.since_start());
            connection
                .prepare_cached(
                    "INSERT INTO numeric (seq, run, number, at_ns, bed, device, received_ns, \
                     taken_ns, metric, validity, value, reason) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                )?
                .execute(params![
                    seq, run, number, at, bed, device, received, taken, metric, validity, value,
                    reason
                ])
        }
        Fact::Cuff {
            source,
            state,
            systolic,
            diastolic,
            mean,
            taken,
            failure,
        } => {
            let device = keys.device(connection, &source.device)?;
            let received = nanoseconds(source.received.since_start());
            let taken = taken.map(|taken| nanoseconds(taken.since_start()));
            connection
                .prepare_cached(
                    "INSERT INTO cuff (seq, run, number, at_ns, bed, device, received_ns, state, \
                     systolic, diastolic, mean, taken_ns, failure) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                )?
                .execute(params![
                    seq, run, number, at, bed, device, received, state, systolic, diastolic, mean,
                    taken, failure
                ])
        }
        Fact::Waveform {
            source,
            metric,
            sample_period,
            scale,
            samples,
        } => {
            let device = keys.device(connection, &source.device)?;
            let received = nanoseconds(source.received.since_start());
            connection
                .prepare_cached(
                    "INSERT INTO waveform (seq, run, number, at_ns, bed, device, received_ns, \
                     metric, sample_period_ns, scale, encoding, samples) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                )?
                .execute(params![
                    seq,
                    run,
                    number,
                    at,
                    bed,
                    device,
                    received,
                    metric,
                    nanoseconds(*sample_period),
                    scale,
                    samples::ENCODING,
                    samples::pack(samples)
                ])
        }
        Fact::Alarm {
            changed,
            id,
            occurrence,
            priority,
            present,
            signal,
            superseded,
            since,
            evidence,
            call,
            mode,
        } => connection
            .prepare_cached(
                "INSERT INTO alarm (seq, run, number, at_ns, bed, changed_ns, id, occurrence, \
                 priority, present, signal, superseded, since_ns, evidence, \"call\", mode) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?
            .execute(params![
                seq,
                run,
                number,
                at,
                bed,
                nanoseconds(changed.since_start()),
                id,
                count(*occurrence),
                priority,
                present,
                signal,
                superseded,
                nanoseconds(since.since_start()),
                evidence,
                call.map(count),
                mode
            ]),
        Fact::Link { device, state } => {
            let device = keys.device(connection, device)?;
            connection
                .prepare_cached(
                    "INSERT INTO link (seq, run, number, at_ns, bed, device, state) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![seq, run, number, at, bed, device, state])
        }
        Fact::Discarded { device, bytes, why } => {
            let device = keys.device(connection, device)?;
            connection
                .prepare_cached(
                    "INSERT INTO discarded (seq, run, number, at_ns, bed, device, bytes, why) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    seq,
                    run,
                    number,
                    at,
                    bed,
                    device,
                    count(*bytes),
                    why
                ])
        }
        Fact::DeviceAlarm {
            device,
            priority,
            text,
        } => {
            let device = keys.device(connection, device)?;
            connection
                .prepare_cached(
                    "INSERT INTO device_alarm (seq, run, number, at_ns, bed, device, priority, \
                     text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![seq, run, number, at, bed, device, priority, text])
        }
        Fact::Identity { device, text } => {
            let device = keys.device(connection, device)?;
            connection
                .prepare_cached(
                    "INSERT INTO identity (seq, run, number, at_ns, bed, device, text) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![seq, run, number, at, bed, device, text])
        }
        Fact::Operator(fact) => insert("operator", &people::operator(fact)),
        Fact::Care(fact) => insert("care", &care::care(fact)),
        Fact::Ordered {
            device,
            order,
            answer,
        } => {
            let device = keys.device(connection, device)?;
            connection
                .prepare_cached(
                    "INSERT INTO cuff_order (seq, run, number, at_ns, bed, device, \"order\", \
                     answer) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![seq, run, number, at, bed, device, order, answer])
        }
        Fact::Suspension(fact) => insert("suspension", &people::suspension(fact)),
        Fact::Audio(fact) => insert("audio", &people::audio(fact)),
        Fact::Flood(fact) => insert("flood", &people::flood(fact.as_ref())),
        Fact::Limit(fact) => insert("limit_change", &session::limit(fact)),
        Fact::Phase { phase } => insert("phase", &[("phase", phase.clone().into_owned().into())]),
        Fact::Baseline(fact) => insert("baseline", &session::baseline(fact)),
        Fact::CuffSameLimb { same } => insert("cuff_same_limb", &[("same", (*same).into())]),
        Fact::Simulated(it_is) => insert("simulation", &[("simulated", (*it_is).into())]),
        Fact::Trained { by, did } => {
            let text = |text: &str| Value::from(text.to_owned());
            insert("training", &[("by", text(by)), ("did", text(did))])
        }
        Fact::Session { open } => insert("session_change", &[("open", (*open).into())]),
        Fact::Dosing { running } => insert("dosing", &[("running", (*running).into())]),
        Fact::Recording { running } => connection
            .prepare_cached(
                "INSERT INTO recording (seq, run, number, at_ns, running) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![seq, run, number, at, running]),
    }?;
    Ok(())
}

/// Writes a row of a table that few rows go into; the tables of readings have statements of their
/// own, which are not put together for each row.
fn insert_into<'a>(
    connection: &Connection,
    table: &str,
    columns: impl Iterator<Item = &'a Column>,
) -> Result<usize> {
    let (names, values): (Vec<&str>, Vec<&Value>) =
        columns.map(|(name, value)| (*name, value)).unzip();
    let places = vec!["?"; names.len()].join(", ");
    let names = names.join("\", \"");
    let statement = format!("INSERT INTO {table} (\"{names}\") VALUES ({places})");
    connection
        .prepare_cached(&statement)?
        .execute(params_from_iter(values))
}

pub(crate) fn run(connection: &Connection, seq: i64, run: &Run) -> Result<i64> {
    connection.execute(
        "INSERT INTO run (seq, boot, site, clock_zero_ns, program) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![seq, run.boot, run.site, run.clock_zero_ns, run.program],
    )?;
    Ok(connection.last_insert_rowid())
}

pub(crate) fn intent(
    connection: &Connection,
    keys: &mut Keys,
    Place { seq, run }: Place,
    intent: &Intent,
) -> Result<()> {
    let bed = keys.bed(connection, &intent.bed)?;
    let session = intent.session.as_ref();
    let care = intent.care.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO intent (seq, run, at_ns, bed, action, occurrence, \"by\", station, \
             request, alarm, seconds, reason, limit_key, limit_expected, limit_new, session, \
             initials, patient_number, \"call\", care, happened_ns) VALUES (?1, ?2, ?3, ?4, ?5, \
             ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        )?
        .execute(params![
            seq,
            run,
            nanoseconds(intent.at.since_start()),
            bed,
            intent.action,
            count(intent.occurrence),
            intent.by,
            intent.station,
            intent.request,
            intent.alarm,
            intent.seconds,
            intent.reason,
            intent.limit.as_ref().map(|limit| &limit.key),
            intent.limit.as_ref().map(|limit| limit.expected),
            intent.limit.as_ref().map(|limit| limit.new),
            session.map(|session| &session.id),
            session.and_then(|session| session.initials.as_ref()),
            session.and_then(|session| session.number.as_ref()),
            intent.call.map(count),
            care.map(|care| &care.what),
            care.and_then(|care| care.happened)
                .map(|at| nanoseconds(at.since_start()))
        ])?;
    Ok(())
}

pub(crate) fn gap(connection: &Connection, Place { seq, run }: Place, gap: &Gap) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO gap (seq, run, first_number, last_number, lost, cause) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            seq,
            run,
            count(gap.first),
            count(gap.last),
            count(gap.lost),
            gap.cause.name()
        ])?;
    Ok(())
}

pub(crate) fn told_early(
    connection: &Connection,
    Place { seq, run }: Place,
    told: &ToldEarly,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO told_early (seq, run, first_number, last_number) \
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![seq, run, count(told.first), count(told.last)])?;
    Ok(())
}
