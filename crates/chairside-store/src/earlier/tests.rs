use std::path::Path;
use std::sync::Arc;

use chairside_alarm::{OperatorAction, SignalPresence, Transition};
use chairside_station::{Entry, Responsibility};
use chrono::TimeDelta;

use super::*;
use crate::testing::{BED, alarm, numeric, plan};
use crate::{Recorder, StorePlan};

const START: MonoTime = MonoTime::from_secs(48 * 3600);

/// The plan of a run that began so long after the first one.
fn later(directory: &Path, seconds: i64) -> StorePlan {
    let mut plan = plan(directory);
    plan.clock_zero += TimeDelta::seconds(seconds);
    plan
}

fn at(mut record: Record, at: MonoTime) -> Record {
    record.at = at;
    match &mut record.entry {
        Entry::Observed { observation, .. } => observation.received = at,
        Entry::Alarm { transition, .. } => {
            transition.at = at;
            transition.since = at;
        }
        _ => {}
    }
    record
}

fn write(plan: StorePlan, records: &[Record]) {
    let (recorder, _) = Recorder::open(plan).unwrap();
    recorder.append(Arc::from(records));
    recorder.close();
}

fn found(plan: StorePlan, now: MonoTime) -> Option<Found> {
    let (recorder, _) = Recorder::open(plan).unwrap();
    recorder.earlier(now).unwrap()
}

/// Returns when the records happened, in seconds from the start of the new run.
fn seconds(records: &[Record]) -> Vec<i64> {
    let second = |at: MonoTime| i64::try_from(at.since_start().as_secs()).unwrap();
    let each = records.iter();
    each.map(|record| second(record.at) - second(START))
        .collect()
}

fn numbers(records: &[Record]) -> Vec<u64> {
    records.iter().map(|record| record.sequence).collect()
}

fn after(seconds: u64) -> MonoTime {
    START + Duration::from_secs(seconds)
}

#[test]
fn the_first_start_has_nothing_to_go_on_from() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(found(plan(folder.path()), START), None);
}

#[test]
fn the_last_minutes_and_the_alarms_of_before_come_back_on_the_new_clock() {
    let folder = tempfile::tempdir().unwrap();
    let long_ago = at(alarm(1), after(5));
    let readings = [
        long_ago.clone(),
        at(numeric(2), after(10)),
        at(numeric(3), after(2000)),
        at(alarm(4), after(2001)),
    ];
    write(plan(folder.path()), &readings);
    // The new run began 2010 s later: its clock shows 2010 s less.
    let Found {
        earlier,
        clock_went_back,
    } = found(later(folder.path(), 2010), START).unwrap();
    assert!(!clock_went_back);
    assert_eq!(earlier.ended, START.saturating_sub(Duration::from_secs(9)));
    assert_eq!(earlier.from, START.saturating_sub(Duration::from_secs(909)));
    assert_eq!(
        earlier.began,
        START.saturating_sub(Duration::from_secs(2005))
    );
    // The reading of long ago is not needed.
    assert_eq!(numbers(&earlier.records), [1, 3, 4]);
    let Entry::Alarm { bed, transition } = &earlier.records[0].entry else {
        panic!("{:?}", earlier.records[0]);
    };
    assert_eq!(*bed, BED);
    let Entry::Alarm {
        transition: before, ..
    } = long_ago.entry
    else {
        unreachable!()
    };
    let time = START.saturating_sub(Duration::from_secs(2005));
    let expected = Transition {
        at: time,
        since: time,
        ..before
    };
    assert_eq!(*transition, expected);
}

#[test]
fn of_an_alarm_that_changed_before_only_the_last_state_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<Record> = (1..=5)
        .map(|number| at(alarm(number), after(number)))
        .chain([at(numeric(6), after(2000))])
        .collect();
    write(plan(folder.path()), &records);
    let earlier = found(later(folder.path(), 2000), START).unwrap().earlier;
    assert_eq!(numbers(&earlier.records), [5, 6]);
}

#[test]
fn an_alarm_that_calls_comes_back_since_it_called_however_often_it_was_told_of_since() {
    let folder = tempfile::tempdir().unwrap();
    let told = |number: u64, second: u64, signal: SignalPresence| {
        let mut record = at(alarm(number), after(second));
        if let Entry::Alarm { transition, .. } = &mut record.entry {
            transition.since = after(10);
            transition.signal = signal;
        }
        record
    };
    let records = |last: SignalPresence| {
        [
            told(1, 10, SignalPresence::On),
            told(2, 11, SignalPresence::On),
            told(3, 12, last),
            at(numeric(4), after(2000)),
        ]
    };
    for (last, expected) in [
        (SignalPresence::Latched, &[1, 2, 3, 4][..]),
        // Of what nobody is called for, it is enough how it stands.
        (SignalPresence::Acknowledged, &[3, 4]),
    ] {
        let folder = folder.path().join(last.name());
        std::fs::create_dir(&folder).unwrap();
        write(plan(&folder), &records(last));
        let earlier = found(later(&folder, 2000), START).unwrap().earlier;
        assert_eq!(numbers(&earlier.records), expected, "{last:?}");
    }
}

fn comes(number: u64, by: &str, call: u64) -> Record {
    Record {
        sequence: number,
        at: after(number),
        entry: Entry::Operator {
            bed: BED,
            action: OperatorAction::Accept { call },
            by: by.into(),
            station: None,
            reason: None,
        },
    }
}

#[test]
fn alarms_come_back_since_the_person_who_came_to_the_bed_last_first_did() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        at(alarm(1), after(1)),
        comes(2, "ak", 1),
        at(alarm(3), after(3)),
        comes(4, "mn", 3),
        at(alarm(5), after(5)),
        comes(6, "mn", 5),
        at(alarm(7), after(7)),
        at(numeric(8), after(2000)),
    ];
    write(plan(folder.path()), &records);
    let earlier = found(later(folder.path(), 2000), START).unwrap().earlier;
    // How the alarm stood when mn came is told by what was told of it last before.
    assert_eq!(numbers(&earlier.records), [2, 3, 4, 5, 6, 7, 8]);
    let mut people = Responsibility::default();
    for record in &earlier.records {
        people.take(record.at, &record.entry);
    }
    let person = people.person().expect("the alarm stands");
    assert_eq!((&*person.by, person.call), ("mn", 5));
    assert_eq!(person.at, START.saturating_sub(Duration::from_secs(1996)));
}

#[test]
fn the_window_may_reach_over_several_short_runs() {
    let folder = tempfile::tempdir().unwrap();
    for run in 0..4 {
        let records = [
            at(numeric(1), after(1)),
            at(numeric(2), after(2)),
            at(alarm(3), after(3)),
        ];
        write(later(folder.path(), 400 * run), &records);
    }
    let earlier = found(later(folder.path(), 1600), START).unwrap().earlier;
    // The last run ended 397 s ago; of the first one, which ended before the window, the alarm.
    assert_eq!(
        seconds(&earlier.records),
        [
            -1597, -1199, -1198, -1197, -799, -798, -797, -399, -398, -397
        ]
    );
    assert_eq!(
        earlier.began,
        START.saturating_sub(Duration::from_secs(1599))
    );
}

#[test]
fn when_the_wall_clock_went_back_no_time_has_passed() {
    let folder = tempfile::tempdir().unwrap();
    write(plan(folder.path()), &[at(alarm(1), after(100))]);
    let now = START + Duration::from_millis(250);
    let found = found(later(folder.path(), -5000), now).unwrap();
    assert!(found.clock_went_back);
    assert_eq!(found.earlier.ended, now);
    assert_eq!(found.earlier.records[0].at, now);
}

#[test]
fn after_two_days_there_is_nothing_to_go_on_from() {
    let folder = tempfile::tempdir().unwrap();
    write(plan(folder.path()), &[at(alarm(1), after(100))]);
    let two_days = 48 * 3600;
    assert!(found(later(folder.path(), two_days + 99), START).is_some());
    assert_eq!(found(later(folder.path(), two_days + 101), START), None);
}

#[test]
fn what_is_not_configured_any_more_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    write(
        plan(folder.path()),
        &[at(alarm(1), after(1)), at(numeric(2), after(2))],
    );
    let mut other = later(folder.path(), 10);
    other.beds.clear();
    assert_eq!(found(other, START).unwrap().earlier.records, []);
    let mut other = later(folder.path(), 20);
    other.devices.clear();
    let earlier = found(other, START).unwrap().earlier;
    assert_eq!(numbers(&earlier.records), [1]);
}

#[test]
fn a_start_reads_no_table_from_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    write(plan(folder.path()), &[at(alarm(1), after(1))]);
    let reader = Reader::open(folder.path()).unwrap();
    for kind in Kind::ALL {
        let query = format!("EXPLAIN QUERY PLAN {}", since(kind));
        let mut statement = reader.connection.prepare(&query).unwrap();
        let parameters = rusqlite::params![1, 2, 3, "CO2"];
        let parameters = &parameters[..statement.parameter_count()];
        let steps = statement
            .query_map(parameters, |row| row.get::<_, String>(3))
            .unwrap();
        let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
        assert!(
            steps
                .iter()
                .all(|step| step.contains("USING INTEGER PRIMARY KEY")),
            "{}: {steps:?}",
            kind.name()
        );
    }
}
