//! Limits and what else the session sets, into its tables.

use rusqlite::{Connection, Result, params};

use super::Common;
use crate::row::{BaselineFact, LimitFact};

pub(super) fn limit(
    connection: &Connection,
    (seq, run, number, at, bed): Common,
    fact: &LimitFact<'_>,
) -> Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO limit_change (seq, run, number, at_ns, bed, \"key\", old, new, cause) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            seq, run, number, at, bed, fact.key, fact.old, fact.new, fact.cause
        ])
}

pub(super) fn phase(
    connection: &Connection,
    (seq, run, number, at, bed): Common,
    phase: &str,
) -> Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO phase (seq, run, number, at_ns, bed, phase) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![seq, run, number, at, bed, phase])
}

pub(super) fn baseline(
    connection: &Connection,
    (seq, run, number, at, bed): Common,
    fact: &BaselineFact,
) -> Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO baseline (seq, run, number, at_ns, bed, heart_rate, spo2, \
             respiration_rate, etco2, systolic, diastolic) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            seq,
            run,
            number,
            at,
            bed,
            fact.heart_rate,
            fact.spo2,
            fact.respiration_rate,
            fact.etco2,
            fact.pressure.map(|(systolic, _)| systolic),
            fact.pressure.map(|(_, diastolic)| diastolic)
        ])
}

pub(super) fn cuff_same_limb(
    connection: &Connection,
    (seq, run, number, at, bed): Common,
    same: bool,
) -> Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO cuff_same_limb (seq, run, number, at_ns, bed, same) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![seq, run, number, at, bed, same])
}

pub(super) fn session(
    connection: &Connection,
    (seq, run, number, at, bed): Common,
    open: bool,
) -> Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO session_change (seq, run, number, at_ns, bed, open) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![seq, run, number, at, bed, open])
}
