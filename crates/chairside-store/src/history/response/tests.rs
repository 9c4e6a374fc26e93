use std::sync::Arc;
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, OperatorAction, Priority, SignalPresence, Transition};
use chairside_model::MonoTime;
use chairside_station::{Entry, Record};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::*;
use crate::Recorder;
use crate::history::{GivenUp, LessonAlarm, TrainersDeed};
use crate::response::HowSoon;
use crate::testing::{BED, plan};

/// A second of a run's clock, and what happened then.
type Told = (u64, Entry);

/// Leaves a run whose clock's zero lies that many seconds after the first one's.
fn write(directory: &std::path::Path, zero: i64, told: Vec<Told>) {
    let mut plan = plan(directory);
    plan.clock_zero += TimeDelta::seconds(zero);
    let (recorder, _) = Recorder::open(plan).unwrap();
    let records: Arc<[Record]> = (1..)
        .zip(told)
        .map(|(sequence, (second, entry))| Record {
            sequence,
            at: MonoTime::from_secs(second),
            entry,
        })
        .collect();
    recorder.append(records);
    recorder.close();
}

fn asked(directory: &std::path::Path, from: i64, to: i64) -> Response {
    told(directory, (from, to), false)
}

fn told(directory: &std::path::Path, (from, to): (i64, i64), simulated: bool) -> Response {
    let zero = plan(directory).clock_zero;
    let history = History::open(directory, GivenUp::default()).unwrap();
    let at = |seconds| zero + TimeDelta::seconds(seconds);
    let shifts = Shifts::new(vec![NaiveTime::MIN], 0).unwrap();
    let which = (&shifts, simulated);
    history.response(at(from), at(to), which).unwrap()
}

/// An alarm whose first call has the number of its episode.
fn alarm(second: u64, occurrence: u64, priority: Priority, signal: SignalPresence) -> Told {
    let at = MonoTime::from_secs(second);
    let transition = Transition {
        at,
        id: AlarmId::Spo2Low,
        occurrence: Occurrence(occurrence),
        priority,
        present: signal != SignalPresence::Off,
        signal,
        call: occurrence,
        superseded: false,
        since: at,
        mode: None,
        evidence: "as the test says".to_owned(),
    };
    let bed = BED;
    (second, Entry::Alarm { bed, transition })
}

fn act(second: u64, action: OperatorAction) -> Told {
    let entry = Entry::Operator {
        bed: BED,
        action,
        by: "mn".into(),
        station: None,
        reason: None,
    };
    (second, entry)
}

fn seconds(each: &[u64]) -> Vec<Duration> {
    each.iter().copied().map(Duration::from_secs).collect()
}

#[test]
fn the_figures_go_over_restarts_and_over_the_end_of_the_time() {
    use SignalPresence::{Acknowledged, Off, On};
    let (high, medium) = (Priority::High, Priority::Medium);
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path();
    write(
        directory,
        0,
        vec![
            alarm(20, 1, medium, On),
            act(32, OperatorAction::Acknowledge(Occurrence(1))),
            alarm(32, 1, medium, Acknowledged),
            alarm(40, 2, high, On),
            act(47, OperatorAction::Accept { call: 2 }),
            // None of these is an answer to any.
            act(48, OperatorAction::Decline(Occurrence(2))),
            act(48, OperatorAction::Help(Some(Occurrence(2)))),
        ],
    );
    // The clock of this run begins at 100 of the first one's.
    write(
        directory,
        100,
        vec![
            act(5, OperatorAction::Arrive { call: 2 }),
            act(9, OperatorAction::Acknowledge(Occurrence(2))),
            alarm(9, 2, high, Acknowledged),
            alarm(20, 2, high, Off),
            alarm(30, 3, medium, On),
        ],
    );
    for to in [50, 300] {
        let figures = asked(directory, 0, to).all;
        assert_eq!(figures.high.alarms, 1);
        assert_eq!(figures.high.accepted, seconds(&[7]));
        assert_eq!(figures.high.arrived, seconds(&[65]));
        assert_eq!(figures.high.acknowledged, seconds(&[69]));
        assert_eq!(figures.medium.alarms, if to == 50 { 1 } else { 2 });
        assert_eq!(figures.medium.acknowledged, seconds(&[12]));
        // The medium one still stood, and its call came before.
        assert_eq!(figures.medium.accepted, seconds(&[27]));
    }
    // The alarms of before changed in that time, and did not begin in it.
    assert_eq!(asked(directory, 101, 300).all.high.alarms, 0);
    let nothing = asked(directory, 1000, 2000);
    assert_eq!(nothing.all, crate::response::OfShift::default());
}

fn trained(second: u64, did: &str) -> Told {
    let (bed, by) = (BED, "ak".into());
    let did = did.into();
    (second, Entry::Trained { bed, by, did })
}

/// The deeds and the alarms of the lesson that ends so late, and its beginning; seconds.
fn lesson(
    directory: &std::path::Path,
    from: i64,
    to: i64,
    begins: Option<&str>,
) -> (i64, Vec<String>, Vec<LessonAlarm>) {
    let zero = plan(directory).clock_zero;
    let history = History::open(directory, GivenUp::default()).unwrap();
    let at = |seconds| zero + TimeDelta::seconds(seconds);
    let lesson = history.lesson("1", (at(from), at(to)), begins).unwrap();
    let second = |at: DateTime<Utc>| (at - zero).num_seconds();
    let deed = |one: &TrainersDeed| format!("{} {} {}", second(one.at), one.by, one.did);
    let deeds = lesson.deeds.iter().map(deed).collect();
    (second(lesson.from), deeds, lesson.alarms)
}

#[test]
fn a_lesson_goes_from_its_beginning_over_a_restart_and_each_alarm_has_its_times() {
    use SignalPresence::{Acknowledged, Off, On};
    let (high, medium) = (Priority::High, Priority::Medium);
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path();
    write(
        directory,
        0,
        vec![
            trained(5, "pull_probe"),
            alarm(10, 1, medium, On),
            trained(20, "begin_lesson"),
            trained(21, "close_airway"),
            alarm(40, 2, high, On),
            alarm(41, 3, Priority::Low, On),
            act(47, OperatorAction::Acknowledge(Occurrence(2))),
            alarm(47, 2, high, Acknowledged),
            act(50, OperatorAction::Accept { call: 3 }),
        ],
    );
    write(
        directory,
        100,
        vec![
            act(4, OperatorAction::Arrive { call: 3 }),
            trained(6, "open_airway"),
            alarm(10, 2, high, Off),
            alarm(12, 4, medium, On),
        ],
    );
    let (from, deeds, alarms) = lesson(directory, 0, 300, Some("begin_lesson"));
    assert_eq!(from, 20);
    let expected = [
        "20 ak begin_lesson",
        "21 ak close_airway",
        "106 ak open_airway",
    ];
    assert_eq!(deeds, expected);
    let of = |place: usize| {
        (
            alarms[place].occurrence,
            alarms[place].is_over,
            alarms[place].soon,
        )
    };
    let after = |seconds| Some(Duration::from_secs(seconds));
    let answered = HowSoon {
        acknowledged: after(7),
        accepted: after(10),
        arrived: after(64),
    };
    assert_eq!(of(0), (2, true, answered));
    assert_eq!(of(1), (4, false, HowSoon::default()), "nobody saw to it");
    assert_eq!(
        alarms.len(),
        2,
        "a low alarm is answered by nobody: {alarms:?}"
    );

    let (from, deeds, alarms) = lesson(directory, 0, 45, None);
    assert_eq!((from, deeds.len(), alarms.len()), (0, 3, 2));
    assert_eq!(alarms[1].soon, answered, "what was answered later counts");
    let nothing = lesson(directory, 400, 500, Some("begin_lesson"));
    assert_eq!(nothing, (400, Vec::new(), Vec::new()));
}

#[test]
fn what_was_simulated_when_it_called_is_told_apart_and_each_run_says_so_anew() {
    use SignalPresence::{Off, On};
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path();
    let simulated = |second, simulated| {
        let bed = BED;
        (second, Entry::Simulated { bed, simulated })
    };
    let medium = Priority::Medium;
    write(
        directory,
        0,
        vec![
            alarm(10, 1, medium, On),
            simulated(20, true),
            act(25, OperatorAction::Arrive { call: 1 }),
            alarm(26, 1, medium, Off),
            alarm(30, 2, medium, On),
            act(33, OperatorAction::Arrive { call: 2 }),
            simulated(40, false),
            alarm(41, 2, medium, Off),
            alarm(50, 3, medium, On),
            simulated(60, true),
        ],
    );
    write(directory, 100, vec![alarm(10, 4, medium, On)]);
    let real = told(directory, (0, 300), false).all.medium;
    assert_eq!((real.alarms, real.arrived), (3, seconds(&[15])));
    let lessons = told(directory, (0, 300), true).all.medium;
    assert_eq!((lessons.alarms, lessons.arrived), (1, seconds(&[3])));
}
