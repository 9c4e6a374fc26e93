//! What the runs before this one left, for a service that starts again (`docs/recording.md`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::SignalPresence;
use chairside_care::{CareAction, PLANNED_MAX, Stage};
use chairside_model::{Metric, MonoTime, SessionId};
use chairside_station::{Earlier, Entry, Record};

use crate::entry::{Numbers, Shift};
use crate::error::StoreError;
use crate::kind::{self, Kind};
use crate::reader::{Reader, StoredRun};
use crate::row::{Names, mono, nanoseconds};

mod simulated;

/// How far back everything is read. No baseline and no delay reaches further back.
const WINDOW: Duration = Duration::from_mins(15);

/// How far back it is looked for what still holds: as far as the clock of the new run reaches.
pub(crate) const REACH: Duration = Duration::from_hours(48);

/// Runs that are looked at. A service that is started again each second is resumed all the same,
/// by what its last minutes left.
const RUNS_MAX: usize = 256;

/// What holds until the next of its kind, however long ago it was.
const LASTING: [Kind; 12] = [
    Kind::Cuff,
    Kind::Identity,
    Kind::Dosing,
    Kind::Operator,
    Kind::Care,
    Kind::Session,
    Kind::Limit,
    Kind::Phase,
    Kind::Baseline,
    Kind::CuffSameLimb,
    Kind::Suspension,
    Kind::Audio,
];

/// What is looked at in the window besides; the rest is nothing to go on from.
const OF_THE_WINDOW: [Kind; 6] = [
    Kind::Numeric,
    Kind::Waveform,
    Kind::Link,
    Kind::Discarded,
    Kind::Flood,
    Kind::Recording,
];

/// What was found of earlier runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What the station goes on from.
    pub earlier: Earlier,
    /// The wall clock went back from one run to the next: the time between them is not known and
    /// taken as nought.
    pub clock_went_back: bool,
}

/// A run, its place in the record, and its clock.
#[derive(Debug)]
struct Part {
    run: StoredRun,
    /// The `seq` at which the next run begins.
    end: i64,
    /// To the new run's clock.
    shift: Shift,
    /// When its first record and its last one happened, on the new run's clock.
    first: MonoTime,
    last: MonoTime,
}

impl Reader {
    /// Returns what the runs before `epoch` left, on that run's clock, whose zero lies
    /// `clock_zero_ns` after 1970; nothing when they left nothing in the 48 h before `now` and
    /// planned no session that nobody has come to.
    pub(crate) fn earlier(
        &self,
        names: &Names,
        epoch: &str,
        clock_zero_ns: i64,
        now: MonoTime,
    ) -> Result<Option<Found>, StoreError> {
        let (parts, clock_went_back) = self.parts(epoch, clock_zero_ns, now)?;
        let numbers = Numbers::of(names);
        let reach = now.saturating_sub(REACH);
        let unread = match parts.last() {
            Some(oldest) => self.seq_before(oldest, Kind::Care, reach)?,
            None => i64::MAX,
        };
        let oldest_plan = wall_ns(clock_zero_ns, now) - nanoseconds(PLANNED_MAX);
        let mut records = self.planned((epoch, unread), oldest_plan, &numbers)?;
        let (Some(newest), Some(oldest)) = (parts.first(), parts.last()) else {
            return Ok(only_planned(records, now));
        };
        let ended = newest.last;
        let from = ended.saturating_sub(WINDOW).since_start().as_secs();
        let from = MonoTime::from_secs(from);
        for part in &parts {
            for kind in LASTING {
                self.read_since(part, kind, reach, &numbers, &mut records)?;
            }
            if part.last >= from {
                for kind in OF_THE_WINDOW {
                    self.read_since(part, kind, from, &numbers, &mut records)?;
                }
            }
        }
        let needed = [first_answer(&records), first_opened(&records)];
        let alarms_from = needed.into_iter().flatten().fold(from, MonoTime::min);
        let alarms_from = self.first_called(&parts, alarms_from, &numbers)?;
        for part in parts.iter().filter(|part| part.last >= alarms_from) {
            self.read_since(part, Kind::Alarm, alarms_from, &numbers, &mut records)?;
        }
        for (kind, each, from) in [
            (Kind::Alarm, "bed, id", alarms_from),
            (Kind::Link, "device", from),
        ] {
            self.read_last_before(&parts, kind, each, from, &numbers, &mut records)?;
        }
        // In the order in which it was written, which is that of time.
        records.sort_unstable_by_key(|(seq, _)| *seq);
        let earlier = Earlier {
            began: oldest.first,
            from,
            ended,
            records: records.into_iter().map(|(_, record)| record).collect(),
        };
        Ok(Some(Found {
            earlier,
            clock_went_back,
        }))
    }

    /// Returns the entries that planned sessions at most so long ago, up to that `seq`, to which
    /// nobody had come and that nobody had called off by then. They lie further back than the
    /// clock of this run reaches, and come from its zero.
    fn planned(
        &self,
        (epoch, until): (&str, i64),
        oldest_ns: i64,
        numbers: &Numbers<'_>,
    ) -> Result<Vec<(i64, Record)>, StoreError> {
        let runs = self.stored_runs()?;
        // Nothing that a run has was before its clock's zero.
        let mut early = runs.iter().rev();
        let early = early.find(|run| run.run.clock_zero_ns < oldest_ns);
        let after = early.map_or(0, |run| run.seq);
        let mut statement = self.connection.prepare_cached(PLANNED)?;
        let places = statement.query_map((after, until, epoch, oldest_ns), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let places: Vec<(i64, i64)> = places.collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for (seq, run) in places {
            if let Some(row) = self.row(Kind::Care, run, seq)?
                && let Some(record) = numbers.record(&row, Shift::TO_ZERO)
            {
                found.push((seq, record));
            }
        }
        Ok(found)
    }

    /// Returns the runs before `epoch` that have any record of the 48 h before `now`, the oldest
    /// first, each with what its clock is on that run's.
    pub(crate) fn earlier_runs(
        &self,
        epoch: &str,
        clock_zero_ns: i64,
        now: MonoTime,
    ) -> Result<impl Iterator<Item = (StoredRun, Shift)>, StoreError> {
        let (parts, _) = self.parts(epoch, clock_zero_ns, now)?;
        Ok(parts.into_iter().rev().map(|part| (part.run, part.shift)))
    }

    /// Returns the runs of the last 48 h that have any record, the newest first, and whether the
    /// wall clock went back between any of them.
    fn parts(
        &self,
        epoch: &str,
        clock_zero_ns: i64,
        now: MonoTime,
    ) -> Result<(Vec<Part>, bool), StoreError> {
        let mut parts = Vec::new();
        let mut end = i64::MAX;
        let mut latest = i128::from(nanoseconds(now.since_start()));
        let oldest = i128::from(nanoseconds(now.saturating_sub(REACH).since_start()));
        let mut went_back = 0;
        for run in self.stored_runs()?.into_iter().rev().take(RUNS_MAX) {
            let place = (run.seq, std::mem::replace(&mut end, run.seq));
            if run.run.boot == epoch {
                continue;
            }
            let Some((first, last)) = self.times(place)? else {
                continue;
            };
            let clock = i128::from(run.run.clock_zero_ns) - i128::from(clock_zero_ns);
            let too_late = (i128::from(last) + clock - went_back - latest).max(0);
            went_back += too_late;
            let shift = Shift {
                nanoseconds: clock - went_back,
            };
            if i128::from(last) + shift.nanoseconds < oldest {
                break;
            }
            latest = i128::from(first) + shift.nanoseconds;
            parts.push(Part {
                run,
                end: place.1,
                shift,
                first: shift.apply(mono(first)),
                last: shift.apply(mono(last)),
            });
        }
        Ok((parts, went_back > 0))
    }

    /// Returns since when alarms are needed to know when each of those called that call at that
    /// moment and that somebody was told of again since: who was called then must not be called
    /// anew. At `from`, where nothing is needed of before.
    fn first_called(
        &self,
        parts: &[Part],
        from: MonoTime,
        numbers: &Numbers<'_>,
    ) -> Result<MonoTime, StoreError> {
        let mut standing = Vec::new();
        self.read_last_before(parts, Kind::Alarm, "bed, id", from, numbers, &mut standing)?;
        let began = standing
            .iter()
            .filter_map(|(_, record)| match &record.entry {
                Entry::Alarm { transition, .. } => {
                    let signal = transition.signal;
                    let calls = matches!(signal, SignalPresence::On | SignalPresence::Latched);
                    (calls && transition.since < record.at).then_some(transition.since)
                }
                _ => None,
            });
        Ok(began.fold(from, MonoTime::min))
    }

    /// Returns the `seq` after which the records of a kind in a part are from that moment on.
    fn seq_before(&self, part: &Part, kind: Kind, from: MonoTime) -> Result<i64, StoreError> {
        let place = (part.run.seq, part.end);
        let is_early = |at| part.shift.apply(mono(at)) < from;
        Ok(self.last_early(kind, "at_ns", place, is_early)?)
    }

    fn read_since(
        &self,
        part: &Part,
        kind: Kind,
        from: MonoTime,
        numbers: &Numbers<'_>,
        out: &mut Vec<(i64, Record)>,
    ) -> Result<(), StoreError> {
        let after = self.seq_before(part, kind, from)?;
        let mut statement = self.connection.prepare_cached(&since(kind))?;
        let curve = Metric::Co2.name();
        let mut rows = match kind {
            Kind::Waveform => {
                statement.query(rusqlite::params![part.run.key, after, part.end, curve])
            }
            _ => statement.query([part.run.key, after, part.end]),
        }?;
        while let Some(row) = rows.next()? {
            let (seq, row) = kind::read(kind, row)?;
            out.extend(numbers.record(&row, part.shift).map(|record| (seq, record)));
        }
        Ok(())
    }

    /// Reads, of each alarm or of each link, how it stood at that moment.
    fn read_last_before(
        &self,
        parts: &[Part],
        kind: Kind,
        each: &str,
        from: MonoTime,
        numbers: &Numbers<'_>,
        out: &mut Vec<(i64, Record)>,
    ) -> Result<(), StoreError> {
        let Some(oldest) = parts.last() else {
            return Ok(());
        };
        let Some(at_from) = parts.iter().find(|part| part.first < from) else {
            return Ok(());
        };
        let last = self.seq_before(at_from, kind, from)?;
        let query = format!(
            "SELECT max(seq) FROM {} WHERE seq > ?1 AND seq <= ?2 GROUP BY {each}",
            kind.name()
        );
        let mut statement = self.connection.prepare_cached(&query)?;
        let found = statement.query_map([oldest.run.seq, last], |row| row.get(0))?;
        let found: Vec<i64> = found.collect::<Result<_, _>>()?;
        for seq in found {
            let Some(part) = parts.iter().find(|part| part.run.seq < seq) else {
                continue;
            };
            let row = self.row(kind, part.run.key, seq)?;
            let record = row.and_then(|row| Some((seq, numbers.record(&row, part.shift)?)));
            out.extend(record);
        }
        Ok(())
    }
}

/// The entries that planned sessions which stood so, each with its run's key.
const PLANNED: &str = "SELECT f.seq, f.run FROM care f JOIN run ON run.id = f.run \
     WHERE f.entry = 1 AND f.seq > ?1 AND f.seq <= ?2 AND run.boot <> ?3 \
     AND run.clock_zero_ns + f.at_ns >= ?4 AND NOT EXISTS (SELECT 1 FROM care o \
     WHERE o.session = f.session AND o.entry > 1 AND o.seq <= ?2) ORDER BY f.seq";

fn wall_ns(clock_zero_ns: i64, at: MonoTime) -> i64 {
    clock_zero_ns.saturating_add(nanoseconds(at.since_start()))
}

/// Returns what there is to go on from where the service rested for longer than its clock reaches:
/// the sessions that are planned, and no moment of monitoring.
fn only_planned(records: Vec<(i64, Record)>, now: MonoTime) -> Option<Found> {
    if records.is_empty() {
        return None;
    }
    // At a whole second, as every engine begins.
    let begins = MonoTime::from_secs(now.since_start().as_secs());
    let earlier = Earlier {
        began: begins,
        from: begins,
        ended: begins,
        records: records.into_iter().map(|(_, record)| record).collect(),
    };
    Some(Found {
        earlier,
        clock_went_back: false,
    })
}

/// Returns since when alarms are needed to know how long each open treatment has been without one
/// of high priority: since it opened.
fn first_opened(records: &[(i64, Record)]) -> Option<MonoTime> {
    let mut open: BTreeMap<SessionId, MonoTime> = BTreeMap::new();
    let mut over = BTreeSet::new();
    for (_, record) in records {
        let Entry::Care { entry, .. } = &record.entry else {
            continue;
        };
        match &entry.action {
            CareAction::Step { to } if to.is_over() => {
                over.insert(entry.session);
            }
            CareAction::Step {
                to: Stage::Screening,
            } => {
                let first = open.entry(entry.session).or_insert(record.at);
                *first = record.at.min(*first);
            }
            _ => {}
        }
    }
    let open = open.iter().filter(|(session, _)| !over.contains(session));
    open.map(|(_, at)| *at).min()
}

/// Returns since when alarms are needed to know who is responsible for each bed: since the person
/// who came to it last first said so, nobody else having come since. Whether an alarm has stood
/// there all the time is told by the alarms from then on.
fn first_answer(records: &[(i64, Record)]) -> Option<MonoTime> {
    let answers = records.iter().filter_map(|(seq, record)| {
        let Entry::Operator {
            bed, action, by, ..
        } = &record.entry
        else {
            return None;
        };
        action.answered_call()?;
        Some((*seq, *bed, by, record.at))
    });
    let mut answers: Vec<_> = answers.collect();
    answers.sort_unstable_by_key(|(seq, ..)| *seq);
    let mut came = BTreeMap::new();
    for (_, bed, by, at) in answers {
        let (person, since) = came.entry(bed).or_insert((by, at));
        if *person != by {
            (*person, *since) = (by, at);
        }
    }
    came.into_values().map(|(_, since)| since).min()
}

/// Returns the query of a kind with an end, `?3`; of curves, only those of one metric, `?4`.
fn since(kind: Kind) -> String {
    match kind {
        Kind::Waveform => kind.until("AND metric = ?4"),
        _ => kind.until(""),
    }
}

#[cfg(test)]
mod tests;
