//! When nothing could be there, and why.

use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

use super::{History, Stretch, TrendQuestion, wall_ns, wall_time};
use crate::error::StoreError;
use crate::facts::GapCause;
use crate::kind::Kind;

/// Gaps of the recorder that are looked at in each run; a disk that is too slow for hours leaves
/// one a second.
const GAPS_MAX: i64 = 1000;

/// A time in which values could not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Why.
    pub cause: MissingCause,
    /// Whose values, by the device's configured name; nothing for those of all.
    pub device: Option<String>,
}

/// Why values could not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingCause {
    /// The device's link was not connected.
    Cable,
    /// The service was not running, or ended before what it had was written.
    Restart,
    /// The record was not, or not all of it, written.
    Recorder,
}

impl MissingCause {
    /// Returns the name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cable => "cable",
            Self::Restart => "restart",
            Self::Recorder => "recorder",
        }
    }
}

/// Gaps as they are found, cut to the time that was asked for.
#[derive(Debug)]
struct Found {
    span: (i64, i64),
    gaps: Vec<Missing>,
}

impl Found {
    fn add(&mut self, (from, to): (i64, i64), cause: MissingCause, device: Option<&str>) {
        let (from, to) = (from.max(self.span.0), to.min(self.span.1));
        if from < to {
            self.gaps.push(Missing {
                from: wall_time(from),
                to: wall_time(to),
                cause,
                device: device.map(str::to_owned),
            });
        }
    }
}

impl History {
    /// Returns when values of a bed could not be there, the oldest first.
    pub(super) fn missing(
        &self,
        stretches: &[Stretch],
        bed: i64,
        question: &TrendQuestion<'_>,
        span: (i64, i64),
    ) -> Result<Vec<Missing>, StoreError> {
        let now = wall_ns(question.now);
        let mut found = Found {
            span,
            gaps: Vec::new(),
        };
        between_runs(stretches, now, &mut found);
        for stretch in stretches {
            self.given_up.check()?;
            if !question.recording && stretch.is_newest {
                found.add((stretch.last, now), MissingCause::Recorder, None);
            }
            let end = stretch.end(now);
            if stretch.first >= span.1 || end <= span.0 {
                continue;
            }
            self.not_stored(stretch, &mut found)?;
            self.not_connected(stretch, bed, question.devices, end, &mut found)?;
        }
        found.gaps.sort_by(|a, b| {
            (a.from, a.cause, &a.device, a.to).cmp(&(b.from, b.cause, &b.device, b.to))
        });
        Ok(found.gaps)
    }

    /// Finds the times of the numbers that are not stored.
    fn not_stored(&self, stretch: &Stretch, found: &mut Found) -> Result<(), StoreError> {
        let mut before = stretch.place.0;
        for kind in Kind::ALL {
            before = before.max(self.seq_before(stretch, kind, found.span.0)?);
        }
        // A gap is written after what is stored of its numbers: one that lies before a record is
        // about earlier ones.
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT first_number, last_number, cause FROM gap \
             WHERE run = ?1 AND seq > ?2 AND seq < ?3 ORDER BY seq LIMIT ?4",
        )?;
        let gaps = statement
            .query_map([stretch.run, before, stretch.place.1, GAPS_MAX], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
            })?;
        for gap in gaps {
            self.given_up.check()?;
            let (first, last, cause): (i64, i64, String) = gap?;
            let (from, to) = self.around_numbers(stretch, first, last)?;
            if from >= found.span.1 {
                break;
            }
            let cause = match GapCause::from_name(&cause) {
                Some(GapCause::ProcessEnded) => MissingCause::Restart,
                Some(
                    GapCause::TooSlow
                    | GapCause::StorageFailed
                    | GapCause::SetAside
                    | GapCause::Refused,
                )
                | None => MissingCause::Recorder,
            };
            found.add((from, to), cause, None);
        }
        Ok(())
    }

    /// Returns when the stored records before and after these numbers happened.
    fn around_numbers(
        &self,
        stretch: &Stretch,
        first: i64,
        last: i64,
    ) -> Result<(i64, i64), StoreError> {
        let (mut from, mut to) = (stretch.first, stretch.last);
        let (begin, end) = stretch.place;
        let reader = &self.reader;
        for kind in Kind::ALL {
            let before =
                reader.last_early(kind, "number", (begin, end), |number| number < first)?;
            let through =
                reader.last_early(kind, "number", (begin, end), |number| number <= last)?;
            let query = format!(
                "SELECT at_ns FROM {} WHERE seq >= ?1 AND seq < ?2 ORDER BY seq LIMIT 1",
                kind.name()
            );
            let mut statement = reader.connection.prepare_cached(&query)?;
            let mut first_of = |place: [i64; 2]| {
                let at = statement.query_row(place, |row| row.get(0)).optional();
                at.map(|at| at.map(|at| stretch.wall(at)))
            };
            if let Some(at) = first_of([before, before + 1])? {
                from = from.max(at);
            }
            if let Some(at) = first_of([through + 1, end])? {
                to = to.min(at);
            }
        }
        Ok((from, to))
    }

    /// Finds when the links of the bed's devices were not connected.
    fn not_connected(
        &self,
        stretch: &Stretch,
        bed: i64,
        configured: &[String],
        end: i64,
        found: &mut Found,
    ) -> Result<(), StoreError> {
        let before = self.seq_before(stretch, Kind::Link, found.span.0)?;
        let last = self.seq_before(stretch, Kind::Link, found.span.1)?;
        let mut devices: Vec<String> = Vec::new();
        if stretch.is_newest {
            devices.extend(configured.iter().cloned());
        }
        devices.extend(self.devices_with_links(stretch, bed)?);
        devices.sort();
        devices.dedup();
        for name in devices {
            let device = self.device(&name)?;
            let mut connected = self.connected_at(stretch, bed, device, before)?;
            let mut since = stretch.first;
            let mut statement = self.reader.connection.prepare_cached(
                "SELECT at_ns, state = 'connected' FROM link \
                 WHERE bed = ?1 AND device = ?2 AND seq > ?3 AND seq <= ?4 ORDER BY seq",
            )?;
            let mut rows = statement.query([bed, device, before, last])?;
            while let Some(row) = rows.next()? {
                self.given_up.check()?;
                let at = stretch.wall(row.get(0)?);
                let now: bool = row.get(1)?;
                if now == connected {
                    continue;
                }
                if now {
                    found.add((since, at), MissingCause::Cable, Some(&name));
                }
                (connected, since) = (now, at);
            }
            if !connected {
                found.add((since, end), MissingCause::Cable, Some(&name));
            }
        }
        Ok(())
    }

    fn devices_with_links(&self, stretch: &Stretch, bed: i64) -> Result<Vec<String>, StoreError> {
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT name FROM device WHERE EXISTS (SELECT 1 FROM link \
             WHERE bed = ?1 AND device = device.id AND link.seq > ?2 AND link.seq < ?3)",
        )?;
        let (after, end) = stretch.place;
        let names = statement.query_map([bed, after, end], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Tells whether a link was connected after this `seq`. A line begins disconnected.
    fn connected_at(
        &self,
        stretch: &Stretch,
        bed: i64,
        device: i64,
        seq: i64,
    ) -> Result<bool, StoreError> {
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT state = 'connected' FROM link WHERE bed = ?1 AND device = ?2 \
             AND seq > ?3 AND seq <= ?4 ORDER BY seq DESC LIMIT 1",
        )?;
        let mut rows = statement.query([bed, device, stretch.place.0, seq])?;
        match rows.next()? {
            Some(row) => Ok(row.get(0)?),
            None => Ok(false),
        }
    }
}

impl Stretch {
    /// Returns until when it has or had records: one that is being written, until now.
    fn end(&self, now: i64) -> i64 {
        if self.is_newest {
            self.last.max(now)
        } else {
            self.last
        }
    }
}

/// Finds the times, after the first run and until now, that no run has.
fn between_runs(stretches: &[Stretch], now: i64, found: &mut Found) {
    let mut runs: Vec<(i64, i64)> = stretches
        .iter()
        .map(|stretch| (stretch.first, stretch.end(now)))
        .collect();
    runs.sort_unstable();
    let mut runs = runs.into_iter();
    let Some((_, mut end)) = runs.next() else {
        return;
    };
    for (first, last) in runs {
        found.add((end, first), MissingCause::Restart, None);
        end = end.max(last);
    }
    found.add((end, now), MissingCause::Restart, None);
}
