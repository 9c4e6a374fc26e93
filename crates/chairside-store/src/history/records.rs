//! What a bed told, as records on one clock.

use std::collections::BTreeMap;

use chairside_model::{BedId, DeviceId};
use chairside_station::{Entry, Record};
use chrono::{DateTime, Utc};

use super::{History, Stretch, wall_ns};
use crate::entry::{Numbers, Shift};
use crate::error::StoreError;
use crate::kind::{self, Kind};
use crate::row::Names;

/// What the paperwork of a session is made of.
const KINDS: [Kind; 8] = [
    Kind::Recording,
    Kind::Link,
    Kind::Identity,
    Kind::Numeric,
    Kind::Cuff,
    Kind::Alarm,
    Kind::Operator,
    Kind::Care,
];

/// Which records are wanted, and on which clock.
#[derive(Clone, Debug)]
pub struct RecordsQuestion {
    /// The bed, and its configured id.
    pub bed: (BedId, String),
    /// The configured names of its devices. Records of any other device are left out.
    pub devices: BTreeMap<DeviceId, String>,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// The zero of the clock that the times of the records are put on; not after `from`.
    pub zero: DateTime<Utc>,
    /// Whether readings are wanted: they are nearly all that there is.
    pub readings: bool,
}

impl History {
    /// Returns what a bed and its devices told in a time, without curves, in order. Where a run
    /// of the service ended, and where the next began, stands a record of its own.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub fn records(&self, question: &RecordsQuestion) -> Result<Vec<Record>, StoreError> {
        let names = Names {
            beds: BTreeMap::from([question.bed.clone()]),
            devices: question.devices.clone(),
        };
        let numbers = Numbers::of(&names);
        let bed = self.bed(&question.bed.1)?;
        let span = (wall_ns(question.from), wall_ns(question.to));
        let mut records = Vec::new();
        for stretch in self
            .stretches()?
            .iter()
            .filter(|one| one.meets(span.0, span.1))
        {
            let shift = Shift {
                nanoseconds: i128::from(stretch.zero) - i128::from(wall_ns(question.zero)),
            };
            let mut of_run = Vec::new();
            let is_wanted =
                |kind: &Kind| question.readings || !matches!(kind, Kind::Numeric | Kind::Cuff);
            for kind in KINDS.into_iter().filter(is_wanted) {
                self.each_of(stretch, kind, bed, span, |row| {
                    of_run.extend(numbers.record(&row, shift));
                })?;
            }
            of_run.sort_by_key(|record| record.sequence);
            records.extend(with_ends(of_run));
        }
        Ok(records)
    }

    /// As [`each`](Self::each), also of what concerns every bed.
    fn each_of(
        &self,
        stretch: &Stretch,
        kind: Kind,
        bed: i64,
        span: (i64, i64),
        mut with: impl FnMut(crate::row::Row<'static>),
    ) -> Result<(), StoreError> {
        if kind != Kind::Recording {
            return self.each(stretch, kind, bed, span, with);
        }
        let after = self.seq_before(stretch, kind, span.0)?;
        let last = self.seq_before(stretch, kind, span.1)?;
        let mut statement = self.reader.connection.prepare_cached(&kind.until(""))?;
        let mut rows = statement.query([stretch.run, after, last + 1])?;
        while let Some(row) = rows.next()? {
            self.given_up.check()?;
            with(kind::read(kind, row)?.1);
        }
        Ok(())
    }
}

/// Says before the first record of a run that it is written from here on, and after the last that
/// it is not: who knows why the next run began?
fn with_ends(of_run: Vec<Record>) -> impl Iterator<Item = Record> {
    let end = |record: Option<&Record>, running| {
        let record = record?;
        Some(Record {
            sequence: record.sequence,
            at: record.at,
            entry: Entry::Recording { running },
        })
    };
    let first = end(of_run.first(), true);
    let last = end(of_run.last(), false);
    first.into_iter().chain(of_run).chain(last)
}
