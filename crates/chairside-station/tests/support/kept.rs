//! What the store reads of a record for a station that goes on from it (`docs/recording.md`, Read
//! at the start).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_care::{CareAction, Stage};
use chairside_model::{MonoTime, Reading, SessionId};
use chairside_station::{Earlier, Entry, Record};

/// How far back everything is read.
const WINDOW: Duration = Duration::from_mins(15);

/// How far back it is looked for what lasts.
const REACH: Duration = Duration::from_hours(48);

/// Returns what is left of an earlier run that began at zero and ended at that moment.
pub(crate) fn earlier(records: &[Record], ended: MonoTime) -> Earlier {
    let from = ended.saturating_sub(WINDOW);
    let from = MonoTime::from_secs(from.since_start().as_secs());
    Earlier {
        began: MonoTime::ZERO,
        from,
        ended,
        records: kept(records, from, ended.saturating_sub(REACH)),
    }
}

/// Selects what lasts; of the window everything; how each alarm stood before it; and how alarms
/// changed since the person who came last first did, and since an open treatment opened.
fn kept(records: &[Record], window: MonoTime, reach: MonoTime) -> Vec<Record> {
    let needed = [first_answer(records), opened(records)];
    let from = needed.into_iter().flatten().fold(window, MonoTime::min);
    let mut alarms = BTreeMap::new();
    for (place, record) in records.iter().enumerate() {
        if let Entry::Alarm { transition, .. } = &record.entry
            && record.at < from
        {
            alarms.insert(transition.id, place);
        }
    }
    let plans = plans_before(records, reach);
    let is_kept = |place: usize, record: &Record| match &record.entry {
        Entry::Alarm { transition, .. } => {
            record.at >= from || alarms.get(&transition.id) == Some(&place)
        }
        Entry::Observed { observation, .. } => {
            let is_cuff = matches!(observation.reading, Reading::Cuff(_));
            record.at >= window || (is_cuff && record.at >= reach)
        }
        Entry::Flood { .. } | Entry::Link { .. } | Entry::Discarded { .. } => record.at >= window,
        Entry::Care { entry, .. } => record.at >= reach || plans.contains(&entry.session),
        _ => record.at >= reach,
    };
    let records = records.iter().enumerate();
    let kept = records.filter(|(place, record)| is_kept(*place, record));
    kept.map(|(_, record)| record.clone()).collect()
}

/// Since when the person who came to the bed last did.
fn first_answer(records: &[Record]) -> Option<MonoTime> {
    let answers = records
        .iter()
        .rev()
        .filter_map(|record| match &record.entry {
            Entry::Operator { action, by, .. } => action.answered_call().map(|_| (by, record.at)),
            _ => None,
        });
    let mut answers = answers.peekable();
    let last = answers.peek().map(|(by, _)| *by);
    let own = answers.take_while(|(by, _)| Some(*by) == last);
    own.map(|(_, at)| at).min()
}

/// When the treatment opened that is not over.
fn opened(records: &[Record]) -> Option<MonoTime> {
    let mut open = BTreeMap::new();
    for record in records {
        if let Entry::Care { entry, .. } = &record.entry
            && let CareAction::Step { to } = entry.action
        {
            if to == Stage::Screening {
                open.entry(entry.session).or_insert(record.at);
            } else if to.is_over() {
                open.remove(&entry.session);
            }
        }
    }
    open.into_values().min()
}

/// Sessions of which there is no more than the plan from before that moment.
fn plans_before(records: &[Record], reach: MonoTime) -> BTreeSet<SessionId> {
    let early = records.iter().filter(|record| record.at < reach);
    let mut last = BTreeMap::new();
    for record in early {
        if let Entry::Care { entry, .. } = &record.entry {
            last.insert(entry.session, entry.number);
        }
    }
    let plans = last.into_iter().filter(|(_, number)| *number == 1);
    plans.map(|(session, _)| session).collect()
}
