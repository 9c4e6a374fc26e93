//! The day-start check: that every tone is heard and every device gives numbers, signed by a
//! person. Everything about it that touches the database is here.

use chairside_model::MonoTime;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Result, params};

use crate::StoreError;
use crate::bytes::Writer;
use crate::insert::{Place, count};
use crate::reader::{Reader, StoredRun};
use crate::row::{mono, nanoseconds};

/// A day-start check, as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCheck {
    /// When it was signed, and judged.
    pub at: MonoTime,
    /// The person, by id.
    pub by: String,
    /// Where, as the client calls itself.
    pub station: String,
    /// What the person wrote.
    pub note: Option<String>,
    /// Whether everything that the version of that day asks for was as it should be.
    pub complete: bool,
    /// What was looked at, in order.
    pub items: Vec<CheckItem>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckItem {
    /// What: `tone_high`, `gives_numbers`, ...
    pub item: String,
    /// The bed and the device, by their configured names, where it is about one.
    pub device: Option<(String, String)>,
    /// Whether it was as it should be; nothing when that version could not tell.
    pub passed: Option<bool>,
    /// What was found, in words.
    pub found: Option<String>,
    /// How old that was, ms.
    pub age_ms: Option<u64>,
}

/// A day-start check with the wall-clock time of its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheck {
    /// When, by the wall clock.
    pub at: DateTime<Utc>,
    /// What.
    pub check: DayCheck,
}

pub(crate) fn insert(
    connection: &Connection,
    Place { seq, run }: Place,
    check: &DayCheck,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO day_check (seq, run, at_ns, \"by\", station, note, complete) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            seq,
            run,
            nanoseconds(check.at.since_start()),
            check.by,
            check.station,
            check.note,
            check.complete
        ])?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO day_check_item (day_check, place, item, bed, device, passed, found, age_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (place, item) in (1_i64..).zip(&check.items) {
        statement.execute(params![
            seq,
            place,
            item.item,
            item.device.as_ref().map(|(bed, _)| bed),
            item.device.as_ref().map(|(_, device)| device),
            item.passed,
            item.found,
            item.age_ms.map(count)
        ])?;
    }
    Ok(())
}

/// Writes what the audit chain is computed over.
pub(crate) fn write(check: &DayCheck, out: &mut Writer<'_>) {
    out.time(check.at);
    out.text(&check.by);
    out.text(&check.station);
    out.option(check.note.as_deref(), Writer::text);
    out.bool(check.complete);
    out.u64(check.items.len() as u64);
    for item in &check.items {
        out.text(&item.item);
        for text in [
            item.device.as_ref().map(|(bed, _)| bed.as_str()),
            item.device.as_ref().map(|(_, device)| device.as_str()),
            item.found.as_deref(),
        ] {
            out.option(text, Writer::text);
        }
        out.option(item.passed, Writer::bool);
        out.option(item.age_ms, Writer::u64);
    }
}

impl Reader {
    /// Returns the last checks, the newest first; of complete ones only if wanted.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn day_checks(
        &self,
        last: u32,
        only_complete: bool,
    ) -> std::result::Result<Vec<SignedCheck>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT c.seq, at_ns, \"by\", station, note, complete, clock_zero_ns \
             FROM day_check c JOIN run ON run.id = c.run WHERE complete >= ?1 \
             ORDER BY c.seq DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![only_complete, last], |row| {
            let (at_ns, zero): (i64, i64) = (row.get(1)?, row.get(6)?);
            let check = self.day_check(row)?;
            Ok(SignedCheck {
                at: DateTime::from_timestamp_nanos(zero.saturating_add(at_ns)),
                check,
            })
        })?;
        Ok(rows.collect::<Result<_>>()?)
    }

    pub(crate) fn day_checks_with_seq(&self, run: &StoredRun) -> Result<Vec<(i64, DayCheck)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, at_ns, \"by\", station, note, complete FROM day_check \
             WHERE run = ?1 ORDER BY seq",
        )?;
        let rows = statement.query_map([run.key], |row| Ok((row.get(0)?, self.day_check(row)?)))?;
        rows.collect()
    }

    /// Reads a row that begins with `seq, at_ns, by, station, note, complete`.
    fn day_check(&self, row: &rusqlite::Row<'_>) -> Result<DayCheck> {
        Ok(DayCheck {
            at: mono(row.get(1)?),
            by: row.get(2)?,
            station: row.get(3)?,
            note: row.get(4)?,
            complete: row.get(5)?,
            items: self.items_of(row.get(0)?)?,
        })
    }

    fn items_of(&self, check: i64) -> Result<Vec<CheckItem>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT item, bed, device, passed, found, age_ms FROM day_check_item \
             WHERE day_check = ?1 ORDER BY place",
        )?;
        let items = statement.query_map([check], |row| {
            let (bed, device): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
            Ok(CheckItem {
                item: row.get(0)?,
                device: bed.zip(device),
                passed: row.get(3)?,
                found: row.get(4)?,
                age_ms: row.get(5)?,
            })
        })?;
        items.collect()
    }
}

#[cfg(test)]
mod tests;
