//! Whether the record contradicts itself.

use crate::audit::{self, Audited, Link, is_chained};
use crate::day_check::DayCheck;
use crate::error::StoreError;
use crate::facts::{Gap, Intent, Run, ToldEarly};
use crate::kind::Kind;
use crate::outbox::OutboxRow;
use crate::reader::{Reader, StoredRun};
use crate::row::Row;

/// A chained row, read back.
enum Chained {
    Record(Row<'static>),
    Run(Run),
    Intent(Intent),
    Gap(Gap),
    ToldEarly(ToldEarly),
    DayCheck(DayCheck),
    Outbox(OutboxRow),
}

impl Chained {
    const fn audited(&self) -> Audited<'_> {
        match self {
            Self::Record(row) => Audited::Record(row),
            Self::Run(run) => Audited::Run(run),
            Self::Intent(intent) => Audited::Intent(intent),
            Self::Gap(gap) => Audited::Gap(gap),
            Self::ToldEarly(told) => Audited::ToldEarly(told),
            Self::DayCheck(check) => Audited::DayCheck(check),
            Self::Outbox(row) => Audited::Outbox(row),
        }
    }
}

impl Reader {
    /// Looks for damage and for contradictions; returns each in words.
    ///
    /// Checks the pages of the file, that `seq` rises by one over all tables, that every number
    /// of a run is stored once or counted in a gap, and the audit chain from end to end. Reads
    /// everything.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        // One transaction: everything is seen at the same moment.
        let transaction = self.connection.unchecked_transaction()?;
        let mut findings = Vec::new();
        let pages: String = transaction.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if pages != "ok" {
            findings.push(format!("the file is damaged: {pages}"));
        }
        self.check_seq(&mut findings)?;
        let mut before = audit::START;
        let mut links = self.links()?.into_iter();
        for run in self.stored_runs()? {
            self.check_numbers(&run, &mut findings)?;
            for (seq, chained) in self.chained(&run)? {
                let (row, boot) = &chained;
                before = row.audited().link(&before, seq, boot);
                if links.next() != Some((seq, before)) {
                    findings.push(format!("the audit chain is broken at seq {seq}"));
                    return Ok(findings);
                }
            }
        }
        if let Some((seq, _)) = links.next() {
            findings.push(format!(
                "the audit chain has a link without a row at seq {seq}"
            ));
        }
        Ok(findings)
    }

    fn check_seq(&self, findings: &mut Vec<String>) -> rusqlite::Result<()> {
        let (rows, different, last): (i64, i64, i64) = self.connection.query_row(
            "SELECT count(*), count(DISTINCT seq), coalesce(max(seq), 0) FROM ( \
             SELECT seq FROM run \
             UNION ALL SELECT seq FROM numeric \
             UNION ALL SELECT seq FROM cuff \
             UNION ALL SELECT seq FROM waveform \
             UNION ALL SELECT seq FROM alarm \
             UNION ALL SELECT seq FROM link \
             UNION ALL SELECT seq FROM discarded \
             UNION ALL SELECT seq FROM device_alarm \
             UNION ALL SELECT seq FROM identity \
             UNION ALL SELECT seq FROM operator \
             UNION ALL SELECT seq FROM care \
             UNION ALL SELECT seq FROM cuff_order \
             UNION ALL SELECT seq FROM dosing \
             UNION ALL SELECT seq FROM recording \
             UNION ALL SELECT seq FROM suspension \
             UNION ALL SELECT seq FROM audio \
             UNION ALL SELECT seq FROM flood \
             UNION ALL SELECT seq FROM limit_change \
             UNION ALL SELECT seq FROM phase \
             UNION ALL SELECT seq FROM baseline \
             UNION ALL SELECT seq FROM cuff_same_limb \
             UNION ALL SELECT seq FROM session_change \
             UNION ALL SELECT seq FROM simulation \
             UNION ALL SELECT seq FROM training \
             UNION ALL SELECT seq FROM intent \
             UNION ALL SELECT seq FROM gap \
             UNION ALL SELECT seq FROM told_early \
             UNION ALL SELECT seq FROM day_check \
             UNION ALL SELECT seq FROM rung \
             UNION ALL SELECT seq FROM delivery \
             UNION ALL SELECT seq FROM delivery_attempt \
             UNION ALL SELECT seq FROM delivery_end \
             UNION ALL SELECT seq FROM test_received)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let end: i64 = self.connection.query_row(
            "SELECT coalesce(max(last_seq), 0) FROM batch",
            [],
            |row| row.get(0),
        )?;
        if rows != last || different != last || end != last {
            findings.push(format!(
                "seq does not rise by one: {rows} rows, {different} different, the last is {last}, \
                 the last batch ends at {end}"
            ));
        }
        let torn: i64 = self.connection.query_row(
            "SELECT count(*) FROM (SELECT first_seq, \
             lag(last_seq, 1, 0) OVER (ORDER BY first_seq) AS before FROM batch) \
             WHERE first_seq <> before + 1",
            [],
            |row| row.get(0),
        )?;
        if torn > 0 {
            findings.push(format!("{torn} batches do not follow the one before"));
        }
        Ok(())
    }

    fn check_numbers(&self, run: &StoredRun, findings: &mut Vec<String>) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number FROM numeric WHERE run = ?1 \
             UNION ALL SELECT number FROM cuff WHERE run = ?1 \
             UNION ALL SELECT number FROM waveform WHERE run = ?1 \
             UNION ALL SELECT number FROM alarm WHERE run = ?1 \
             UNION ALL SELECT number FROM link WHERE run = ?1 \
             UNION ALL SELECT number FROM discarded WHERE run = ?1 \
             UNION ALL SELECT number FROM device_alarm WHERE run = ?1 \
             UNION ALL SELECT number FROM identity WHERE run = ?1 \
             UNION ALL SELECT number FROM operator WHERE run = ?1 \
             UNION ALL SELECT number FROM care WHERE run = ?1 \
             UNION ALL SELECT number FROM cuff_order WHERE run = ?1 \
             UNION ALL SELECT number FROM dosing WHERE run = ?1 \
             UNION ALL SELECT number FROM recording WHERE run = ?1 \
             UNION ALL SELECT number FROM suspension WHERE run = ?1 \
             UNION ALL SELECT number FROM audio WHERE run = ?1 \
             UNION ALL SELECT number FROM flood WHERE run = ?1 \
             UNION ALL SELECT number FROM limit_change WHERE run = ?1 \
             UNION ALL SELECT number FROM phase WHERE run = ?1 \
             UNION ALL SELECT number FROM baseline WHERE run = ?1 \
             UNION ALL SELECT number FROM cuff_same_limb WHERE run = ?1 \
             UNION ALL SELECT number FROM session_change WHERE run = ?1 \
             UNION ALL SELECT number FROM simulation WHERE run = ?1 \
             UNION ALL SELECT number FROM training WHERE run = ?1 ORDER BY number",
        )?;
        let numbers = statement.query_map([run.key], |row| row.get(0))?;
        let numbers: Vec<u64> = numbers.collect::<Result<_, _>>()?;
        let last: u64 = self.connection.query_row(
            "SELECT coalesce(max(last_number), 0) FROM batch WHERE run = ?1",
            [run.key],
            |row| row.get(0),
        )?;
        let boot = &run.run.boot;
        if !numbers.is_sorted_by(|one, next| one < next) {
            findings.push(format!("run {boot} has a number twice"));
        }
        let mut gaps: Vec<Gap> = self
            .gaps_with_seq(run)?
            .into_iter()
            .map(|(_, gap)| gap)
            .collect();
        gaps.sort_by_key(|gap| gap.first);
        if !gaps.is_sorted_by(|one, next| one.last < next.first) {
            findings.push(format!("gaps of run {boot} overlap"));
        }
        for gap in &gaps {
            let from = numbers.partition_point(|number| *number < gap.first);
            let to = numbers.partition_point(|number| *number <= gap.last);
            let stored = to.saturating_sub(from) as u64;
            if stored + gap.lost != gap.last - gap.first + 1 {
                findings.push(format!(
                    "the gap from {} to {} of run {boot} says {} lost and {stored} are stored",
                    gap.first, gap.last, gap.lost
                ));
            }
        }
        let missing: u64 = gaps.iter().map(|gap| gap.lost).sum();
        if numbers.len() as u64 + missing != last || numbers.last() > Some(&last) {
            findings.push(format!(
                "run {boot} reached {last}, but {} are stored and {missing} lost",
                numbers.len()
            ));
        }
        Ok(())
    }

    /// Returns the chained rows of a run in the order of the chain, each with its run's name.
    fn chained(&self, run: &StoredRun) -> rusqlite::Result<Vec<(i64, (Chained, String))>> {
        let mut rows = Vec::new();
        for kind in Kind::ALL {
            let records = self.rows_with_seq(run, kind)?.into_iter();
            let chained = records.filter(|(_, row)| is_chained(&row.fact));
            rows.extend(chained.map(|(seq, row)| (seq, Chained::Record(row))));
        }
        let intents = self.intents_with_seq(run)?.into_iter();
        rows.extend(intents.map(|(seq, intent)| (seq, Chained::Intent(intent))));
        let gaps = self.gaps_with_seq(run)?.into_iter();
        rows.extend(gaps.map(|(seq, gap)| (seq, Chained::Gap(gap))));
        let told = self.told_early_with_seq(run)?.into_iter();
        rows.extend(told.map(|(seq, told)| (seq, Chained::ToldEarly(told))));
        let checks = self.day_checks_with_seq(run)?.into_iter();
        rows.extend(checks.map(|(seq, check)| (seq, Chained::DayCheck(check))));
        let outbox = self.outbox_with_seq(run)?.into_iter();
        rows.extend(outbox.map(|(seq, row)| (seq, Chained::Outbox(row))));
        rows.push((run.seq, Chained::Run(run.run.clone())));
        rows.sort_by_key(|(seq, _)| *seq);
        let with_boot = |(seq, row)| (seq, (row, run.run.boot.clone()));
        Ok(rows.into_iter().map(with_boot).collect())
    }

    fn links(&self) -> rusqlite::Result<Vec<(i64, Link)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, hash FROM audit ORDER BY seq")?;
        let links = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        links.collect()
    }
}
