use std::path::Path;
use std::sync::Arc;

use chairside_alarm::{OperatorAction, SignalPresence, Sources, Transition};
use chairside_care::{
    Care, CareAction, CareEntry, Dose, DoseEntry, Drug, PLANNED_MAX, Stage, Text,
};
use chairside_model::{Patient, SessionId, Value};
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

fn cares(number: u64, second: u64, session: u64, entry: u32, action: CareAction) -> Record {
    let entry = Box::new(CareEntry {
        session: SessionId(session),
        number: entry,
        action,
        by: "mn".into(),
        station: None,
        reason: None,
        passed_over: Vec::new(),
        request: None,
    });
    Record {
        sequence: number,
        at: after(second),
        entry: Entry::Care { bed: BED, entry },
    }
}

fn planned(number: u64, second: u64, session: u64) -> Record {
    let action = CareAction::Schedule {
        patient: Patient::new(Some("M. K."), None).unwrap(),
        name: None,
        protocol: Text::new("iv").unwrap(),
    };
    cares(number, second, session, 1, action)
}

fn step(number: u64, second: u64, session: u64, entry: u32, to: Stage) -> Record {
    cares(number, second, session, entry, CareAction::Step { to })
}

/// Folds what was found, as a bed does that goes on from it.
fn folded(found: &Found) -> Care {
    let mut care = Care::new([], Sources::default());
    for record in &found.earlier.records {
        if let Entry::Care { entry, .. } = &record.entry {
            care.apply(record.at, entry);
        }
    }
    care
}

const DAY: u64 = 24 * 3600;

#[test]
fn a_session_that_was_planned_days_ago_goes_on_in_the_middle_of_its_infusion() {
    let folder = tempfile::tempdir().unwrap();
    let start = DoseEntry {
        at: after(1000),
        dose: Dose::Start {
            drug: Drug::Ketamine,
            rate: Value::whole(1),
            concentration: None,
            planned: None,
        },
        again: None,
    };
    write(plan(folder.path()), &[planned(1, 1, 7), planned(2, 2, 8)]);
    let day = 5 * i64::try_from(DAY).unwrap();
    let of_the_day = [
        step(1, 600, 7, 2, Stage::Screening),
        step(2, 700, 7, 3, Stage::Baseline),
        step(3, 800, 7, 4, Stage::Ready),
        step(4, 900, 7, 5, Stage::Dosing),
        cares(5, 1000, 7, 6, CareAction::Dose(start)),
    ];
    write(later(folder.path(), day), &of_the_day);

    let found = found(later(folder.path(), day + 1200), START).unwrap();
    let care = folded(&found);
    let treatment = care.treatment().expect("it is open");
    assert_eq!(treatment.stage(), Stage::Dosing);
    assert_eq!(treatment.log().len(), 6);
    let begun = START.saturating_sub(Duration::from_secs(200));
    let infusion = treatment.dose_log().infusion(START).expect("it runs");
    assert_eq!(infusion.given(START), Value::finite(200.0 / 60.0).unwrap());
    assert_eq!(
        treatment.since(),
        begun.saturating_sub(Duration::from_secs(100))
    );
    let scheduled: Vec<_> = care.scheduled().iter().map(|one| one.session()).collect();
    assert_eq!(scheduled, [SessionId(8)]);
}

#[test]
fn a_plan_outlives_a_weekend_in_which_nothing_ran() {
    let folder = tempfile::tempdir().unwrap();
    let ended = step(3, 4, 9, 2, Stage::Aborted);
    let records = [planned(1, 2, 7), planned(2, 3, 9), ended];
    write(plan(folder.path()), &records);
    let days = |days: u64| i64::try_from(days * DAY).unwrap();
    for _ in 0..2 {
        // A start without a record of its own changes nothing for the next one.
        let found = found(later(folder.path(), days(3)), START).unwrap();
        let care = folded(&found);
        let scheduled: Vec<_> = care.scheduled().iter().map(|one| one.session()).collect();
        assert_eq!(scheduled, [SessionId(7)]);
        assert_eq!(numbers(&found.earlier.records), [1]);
        assert_eq!(found.earlier.records[0].at, MonoTime::ZERO);
        assert_eq!(found.earlier.ended, START);
    }
    let most = PLANNED_MAX.as_secs() / DAY;
    assert!(found(later(folder.path(), days(most)), START).is_some());
    assert_eq!(found(later(folder.path(), days(most) + 3), START), None);
}

#[test]
fn a_session_that_was_opened_before_the_reach_is_not_planned_again() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        planned(1, 1, 7),
        step(2, 2, 7, 2, Stage::Screening),
        step(3, 3, 7, 3, Stage::Discharged),
    ];
    write(plan(folder.path()), &records);
    assert_eq!(found(later(folder.path(), 3 * 86_400), START), None);
}

#[test]
fn alarms_come_back_since_the_open_treatment_opened() {
    let folder = tempfile::tempdir().unwrap();
    let sessions = |session: u64, ended: bool| {
        let mut records = vec![
            at(alarm(1), after(5)),
            planned(2, 6, session),
            step(3, 10, session, 2, Stage::Screening),
            at(alarm(4), after(20)),
            at(alarm(5), after(30)),
        ];
        records.extend(ended.then(|| step(6, 40, session, 3, Stage::Aborted)));
        records.push(at(numeric(7), after(3000)));
        records
    };
    for (ended, expected) in [(false, &[1, 2, 3, 4, 5, 7][..]), (true, &[2, 3, 5, 6, 7])] {
        let folder = folder.path().join(ended.to_string());
        std::fs::create_dir(&folder).unwrap();
        write(plan(&folder), &sessions(7, ended));
        let found = found(later(&folder, 3000), START).unwrap();
        assert_eq!(numbers(&found.earlier.records), expected, "ended: {ended}");
    }
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
    let query = format!("EXPLAIN QUERY PLAN {PLANNED}");
    let mut statement = reader.connection.prepare(&query).unwrap();
    let steps = statement
        .query_map((1, 2, "a", 3), |row| row.get::<_, String>(3))
        .unwrap();
    let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
    assert!(
        steps.iter().all(|step| !step.starts_with("SCAN")),
        "{steps:?}"
    );
    let used = |index: &str| steps.iter().any(|step| step.contains(index));
    assert!(used("care_plans") && used("care_of_session"), "{steps:?}");
}
