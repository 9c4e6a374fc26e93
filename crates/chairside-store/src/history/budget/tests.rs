use std::sync::Arc;
use std::time::Duration;

use chairside_alarm::{LimitKey, Occurrence, OperatorAction, SignalPresence, Transition};
use chairside_model::{MonoTime, Value};
use chairside_station::{Entry, LinkState, Record};
use chrono::TimeDelta;

use super::*;
use crate::history::GivenUp;
use crate::testing::{BED, DEVICE, plan};
use crate::{Recorder, Tally};

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

fn asked(directory: &std::path::Path, from: i64, to: i64) -> Budget {
    let zero = plan(directory).clock_zero;
    let history = History::open(directory, GivenUp::default()).unwrap();
    let at = |seconds| zero + TimeDelta::seconds(seconds);
    history.budget(at(from), at(to)).unwrap()
}

fn alarm(second: u64, id: AlarmId, occurrence: u64, signal: SignalPresence) -> Told {
    let at = MonoTime::from_secs(second);
    let transition = Transition {
        at,
        id,
        occurrence: Occurrence(occurrence),
        priority: Priority::Medium,
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
        station: Some("desk".into()),
        reason: None,
    };
    (second, entry)
}

fn link(second: u64, state: LinkState) -> Told {
    let entry = Entry::Link {
        bed: BED,
        device: DEVICE,
        state,
    };
    (second, entry)
}

fn tally(alarms: u64, responses: &[u64]) -> Tally {
    Tally {
        alarms,
        responses: responses
            .iter()
            .map(|one| Duration::from_secs(*one))
            .collect(),
    }
}

#[test]
fn the_budget_goes_over_restarts_and_over_what_began_before() {
    use SignalPresence::{Acknowledged, Off, On};
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path();
    let low = AlarmId::Spo2Low;
    write(
        directory,
        0,
        vec![
            link(10, LinkState::Connecting),
            link(12, LinkState::Connected),
            alarm(20, low, 1, On),
            act(32, OperatorAction::Acknowledge(Occurrence(1))),
            alarm(32, low, 1, Acknowledged),
            alarm(60, low, 1, Off),
            alarm(70, AlarmId::HrHigh, 2, On),
            link(112, LinkState::Connecting),
            link(114, LinkState::Connected),
            alarm(130, AlarmId::HrHigh, 2, Off),
            // It stands when the process ends, and nobody did anything yet.
            alarm(140, low, 3, On),
        ],
    );
    let key = LimitKey::Trip(low);
    let set = OperatorAction::SetLimit {
        key,
        expected: Value::whole(92),
        new: Value::whole(90),
    };
    // The clock of this run begins at 100 of the first one's.
    write(
        directory,
        100,
        vec![
            link(60, LinkState::Connected),
            act(65, set),
            alarm(80, low, 3, Off),
            alarm(90, low, 4, On),
            act(
                91,
                OperatorAction::EnterPhase(chairside_alarm::Phase::Dosing),
            ),
            // None of these answers the alarm that stands.
            act(91, OperatorAction::Decline(Occurrence(4))),
            act(91, OperatorAction::Call),
            act(91, OperatorAction::Help(None)),
            act(92, OperatorAction::PauseAudio { seconds: 60 }),
        ],
    );
    let all = asked(directory, 0, 300);
    assert_eq!(all.all, tally(4, &[2, 12, 25]));
    let rules: Vec<_> = all.by_rule.into_iter().collect();
    let expected = [
        ((AlarmId::HrHigh, Priority::Medium), tally(1, &[])),
        ((low, Priority::Medium), tally(3, &[2, 12, 25])),
    ];
    assert_eq!(rules, expected);
    // 12 to 112, 114 to the last record at 140, and of the run that goes on 160 to the end.
    assert_eq!(all.monitored, Duration::from_secs(100 + 26 + 140));
    // Alarm 1 began before, and changed in that time all the same.
    let part = asked(directory, 25, 150);
    assert_eq!(part.all, tally(2, &[]));
    assert_eq!(part.monitored, Duration::from_secs(87 + 26));
    let nothing = asked(directory, 1000, 2000);
    assert_eq!(nothing.all, Tally::default());
}

#[test]
fn whoever_comes_has_acted_on_what_the_bed_had_called_by_then() {
    let folder = tempfile::tempdir().unwrap();
    let told = vec![
        alarm(20, AlarmId::Spo2Low, 1, SignalPresence::On),
        alarm(24, AlarmId::HrHigh, 2, SignalPresence::On),
        act(27, OperatorAction::Accept { call: 1 }),
        act(33, OperatorAction::Arrive { call: 2 }),
    ];
    write(folder.path(), 0, told);
    assert_eq!(asked(folder.path(), 0, 300).all, tally(2, &[7, 9]));
}

#[test]
fn whoever_asks_for_help_over_an_alarm_has_acted_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let told = vec![
        alarm(20, AlarmId::Spo2Low, 1, SignalPresence::On),
        act(27, OperatorAction::Help(Some(Occurrence(1)))),
    ];
    write(folder.path(), 0, told);
    assert_eq!(asked(folder.path(), 0, 300).all, tally(1, &[7]));
}
