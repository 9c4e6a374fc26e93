use std::sync::Arc;
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, OperatorAction, Priority, SignalPresence, Transition};
use chairside_model::MonoTime;
use chairside_station::{Entry, Record};
use chrono::{NaiveTime, TimeDelta};

use super::*;
use crate::Recorder;
use crate::history::GivenUp;
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
    let zero = plan(directory).clock_zero;
    let history = History::open(directory, GivenUp::default()).unwrap();
    let at = |seconds| zero + TimeDelta::seconds(seconds);
    let shifts = Shifts::new(vec![NaiveTime::MIN], 0).unwrap();
    history.response(at(from), at(to), &shifts).unwrap()
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
