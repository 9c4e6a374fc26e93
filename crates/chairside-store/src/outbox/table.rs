//! The rows in their tables, and back.

use std::collections::BTreeMap;

use chairside_model::MonoTime;
use rusqlite::{Connection, Result, params};

use super::{
    AttemptRow, DeliveryRow, EndRow, Outbox, OutboxRow, PartRow, ReceivedRow, RungName, RungRow,
    Sent,
};
use crate::StoreError;
use crate::earlier::REACH;
use crate::insert::{Place, count};
use crate::reader::{Reader, StoredRun};
use crate::row::{mono, nanoseconds};

pub(crate) fn insert(
    connection: &Connection,
    Place { seq, run }: Place,
    row: &OutboxRow,
) -> Result<()> {
    let at = nanoseconds(row.at().since_start());
    match row {
        OutboxRow::Rung(row) => {
            let RungName {
                bed,
                first_call,
                rung,
                round,
            } = &row.rung;
            connection
                .prepare_cached(
                    "INSERT INTO rung (seq, run, at_ns, bed, first_call, rung, round, priority, why) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    seq, run, at, bed, count(*first_call), rung, round, row.priority, row.why
                ])?;
            let mut way = connection.prepare_cached(
                "INSERT INTO rung_way (rung, place, person, channel) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (place, (person, channel)) in (1_i64..).zip(&row.ways) {
                way.execute(params![seq, place, person, channel])?;
            }
        }
        OutboxRow::Delivery(row) => delivery(connection, (seq, run, at), row)?,
        OutboxRow::Attempt(row) => {
            connection
                .prepare_cached(
                    "INSERT INTO delivery_attempt (seq, run, at_ns, \"key\", number, outcome, why) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    seq,
                    run,
                    at,
                    row.key,
                    row.number,
                    row.outcome,
                    row.why
                ])?;
        }
        OutboxRow::End(row) => {
            connection
                .prepare_cached(
                    "INSERT INTO delivery_end (seq, run, at_ns, \"key\", ended) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![seq, run, at, row.key, row.ended])?;
        }
        OutboxRow::Received(row) => {
            connection
                .prepare_cached(
                    "INSERT INTO test_received (seq, run, at_ns, \"key\") VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![seq, run, at, row.key])?;
        }
    }
    Ok(())
}

fn delivery(
    connection: &Connection,
    (seq, run, at): (i64, i64, i64),
    row: &DeliveryRow,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO delivery (seq, run, at_ns, \"key\", person, channel, purpose, priority) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            seq,
            run,
            at,
            row.key,
            row.person,
            row.channel,
            row.purpose,
            row.priority
        ])?;
    let mut part = connection.prepare_cached(
        "INSERT INTO delivery_part \
         (delivery, place, bed, alarm, occurrence, priority, \"call\", since_ns, simulated) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for (place, it) in (1_i64..).zip(&row.parts) {
        part.execute(params![
            seq,
            place,
            it.bed,
            it.alarm,
            count(it.occurrence),
            it.priority,
            count(it.call),
            nanoseconds(it.since.since_start()),
            it.simulated
        ])?;
    }
    let mut rung = connection.prepare_cached(
        "INSERT INTO delivery_rung (delivery, place, bed, first_call, rung, round) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (place, it) in (1_i64..).zip(&row.rungs) {
        rung.execute(params![
            seq,
            place,
            it.bed,
            count(it.first_call),
            it.rung,
            it.round
        ])?;
    }
    Ok(())
}

/// The columns of a [`RungName`], from that one on.
fn rung_name(row: &rusqlite::Row<'_>, from: usize) -> Result<RungName> {
    Ok(RungName {
        bed: row.get(from)?,
        first_call: row.get(from + 1)?,
        rung: row.get(from + 2)?,
        round: row.get(from + 3)?,
    })
}

impl Reader {
    /// Returns the steps of a run, in the order in which they were put on record.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn outbox_rows(&self, run: &crate::Run) -> std::result::Result<Vec<OutboxRow>, StoreError> {
        self.of_run(run, |run| self.outbox_with_seq(run))
    }

    pub(crate) fn outbox_with_seq(&self, run: &StoredRun) -> Result<Vec<(i64, OutboxRow)>> {
        let mut rows = self.rungs(run)?;
        rows.extend(self.deliveries(run)?);
        let attempts = "SELECT seq, at_ns, \"key\", number, outcome, why FROM delivery_attempt \
                        WHERE run = ?1 ORDER BY seq";
        rows.extend(self.steps(run, attempts, |row| {
            Ok(OutboxRow::Attempt(AttemptRow {
                at: mono(row.get(1)?),
                key: row.get(2)?,
                number: row.get(3)?,
                outcome: row.get(4)?,
                why: row.get(5)?,
            }))
        })?);
        let ends =
            "SELECT seq, at_ns, \"key\", ended FROM delivery_end WHERE run = ?1 ORDER BY seq";
        rows.extend(self.steps(run, ends, |row| {
            Ok(OutboxRow::End(EndRow {
                at: mono(row.get(1)?),
                key: row.get(2)?,
                ended: row.get(3)?,
            }))
        })?);
        let received = "SELECT seq, at_ns, \"key\" FROM test_received WHERE run = ?1 ORDER BY seq";
        rows.extend(self.steps(run, received, |row| {
            Ok(OutboxRow::Received(ReceivedRow {
                at: mono(row.get(1)?),
                key: row.get(2)?,
            }))
        })?);
        rows.sort_by_key(|(seq, _)| *seq);
        Ok(rows)
    }

    fn steps(
        &self,
        run: &StoredRun,
        query: &str,
        step: impl Fn(&rusqlite::Row<'_>) -> Result<OutboxRow>,
    ) -> Result<Vec<(i64, OutboxRow)>> {
        let mut statement = self.connection.prepare_cached(query)?;
        let rows = statement.query_map([run.key], |row| Ok((row.get(0)?, step(row)?)))?;
        rows.collect()
    }

    fn rungs(&self, run: &StoredRun) -> Result<Vec<(i64, OutboxRow)>> {
        let query = "SELECT seq, at_ns, bed, first_call, rung, round, priority, why FROM rung \
                     WHERE run = ?1 ORDER BY seq";
        self.steps(run, query, |row| {
            Ok(OutboxRow::Rung(RungRow {
                at: mono(row.get(1)?),
                rung: rung_name(row, 2)?,
                priority: row.get(6)?,
                why: row.get(7)?,
                ways: self.of(
                    row.get(0)?,
                    "SELECT person, channel FROM rung_way WHERE rung = ?1 ORDER BY place",
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?,
            }))
        })
    }

    fn deliveries(&self, run: &StoredRun) -> Result<Vec<(i64, OutboxRow)>> {
        let query = "SELECT seq, at_ns, \"key\", person, channel, purpose, priority FROM delivery \
                     WHERE run = ?1 ORDER BY seq";
        self.steps(run, query, |row| {
            let seq = row.get(0)?;
            Ok(OutboxRow::Delivery(DeliveryRow {
                at: mono(row.get(1)?),
                key: row.get(2)?,
                person: row.get(3)?,
                channel: row.get(4)?,
                purpose: row.get(5)?,
                priority: row.get(6)?,
                parts: self.of(
                    seq,
                    "SELECT bed, alarm, occurrence, priority, \"call\", since_ns, simulated \
                     FROM delivery_part WHERE delivery = ?1 ORDER BY place",
                    |row| {
                        Ok(PartRow {
                            bed: row.get(0)?,
                            alarm: row.get(1)?,
                            occurrence: row.get(2)?,
                            priority: row.get(3)?,
                            call: row.get(4)?,
                            since: mono(row.get(5)?),
                            simulated: row.get(6)?,
                        })
                    },
                )?,
                rungs: self.of(
                    seq,
                    "SELECT bed, first_call, rung, round FROM delivery_rung \
                     WHERE delivery = ?1 ORDER BY place",
                    |row| rung_name(row, 0),
                )?,
            }))
        })
    }

    fn of<T>(
        &self,
        seq: i64,
        query: &str,
        part: impl FnMut(&rusqlite::Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(query)?;
        statement.query_map([seq], part)?.collect()
    }

    /// Returns what the runs before `epoch` left in the 48 h before `now`, on that run's clock.
    pub(crate) fn earlier_outbox(
        &self,
        epoch: &str,
        clock_zero_ns: i64,
        now: MonoTime,
    ) -> std::result::Result<Outbox, StoreError> {
        let mut outbox = Outbox::default();
        // A message is known by its key; what became of it may be in a later run.
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (run, shift) in self.earlier_runs(epoch, clock_zero_ns, now)? {
            let rows = self.outbox_with_seq(&run)?.into_iter();
            let rows = rows.map(|(_, row)| row.on_the_clock_of(shift));
            for row in rows.filter(|row| row.at() >= now.saturating_sub(REACH)) {
                match row {
                    OutboxRow::Rung(row) => outbox.rungs.push(row),
                    OutboxRow::Delivery(delivery) => {
                        places.insert(delivery.key.clone(), outbox.deliveries.len());
                        outbox.deliveries.push(Sent {
                            delivery,
                            attempts: Vec::new(),
                            ended: None,
                            received: None,
                        });
                    }
                    OutboxRow::Attempt(row) => {
                        let sent = places
                            .get(&row.key)
                            .and_then(|at| outbox.deliveries.get_mut(*at));
                        if let Some(sent) = sent {
                            sent.attempts.push(row);
                        }
                    }
                    OutboxRow::End(row) => {
                        let sent = places
                            .get(&row.key)
                            .and_then(|at| outbox.deliveries.get_mut(*at));
                        if let Some(sent) = sent {
                            sent.ended = Some((row.at, row.ended));
                        }
                    }
                    OutboxRow::Received(row) => {
                        let sent = places
                            .get(&row.key)
                            .and_then(|at| outbox.deliveries.get_mut(*at));
                        if let Some(sent) = sent {
                            sent.received = sent.received.or(Some(row.at));
                        }
                    }
                }
            }
        }
        Ok(outbox)
    }
}
