use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use chairside_station::Record;
use rusqlite::Connection;

use super::*;
use crate::Reader;
use crate::Recorder;
use crate::ledger::DATABASE;
use crate::testing::{alarm, plan};

/// So many seconds after a service was started.
fn at(second: u64) -> MonoTime {
    MonoTime::ZERO + Duration::from_hours(48) + Duration::from_secs(second)
}

fn name(first_call: u64, rung: u32) -> RungName {
    RungName {
        bed: "1".to_owned(),
        first_call,
        rung,
        round: 0,
    }
}

fn rung() -> OutboxRow {
    OutboxRow::Rung(RungRow {
        at: at(15),
        rung: name(7, 1),
        priority: "high".to_owned(),
        why: "time".to_owned(),
        ways: vec![
            ("mn".to_owned(), "phones".to_owned()),
            ("ak".to_owned(), "sms".to_owned()),
        ],
    })
}

fn delivery(key: &str) -> DeliveryRow {
    DeliveryRow {
        at: at(16),
        key: key.to_owned(),
        person: "mn".to_owned(),
        channel: "phones".to_owned(),
        purpose: "call".to_owned(),
        priority: "high".to_owned(),
        parts: vec![PartRow {
            bed: "1".to_owned(),
            alarm: "SPO2_VERY_LOW".to_owned(),
            occurrence: 3,
            priority: "high".to_owned(),
            call: 7,
            since: at(2),
            simulated: false,
        }],
        rungs: vec![name(7, 1)],
    }
}

fn attempt(key: &str, number: u32, outcome: &str) -> OutboxRow {
    OutboxRow::Attempt(AttemptRow {
        at: at(17),
        key: key.to_owned(),
        number,
        outcome: outcome.to_owned(),
        why: (outcome != "taken").then(|| "connection refused".to_owned()),
    })
}

fn end(key: &str, ended: &str) -> OutboxRow {
    OutboxRow::End(EndRow {
        at: at(17),
        key: key.to_owned(),
        ended: ended.to_owned(),
    })
}

fn received(key: &str) -> OutboxRow {
    OutboxRow::Received(ReceivedRow {
        at: at(20),
        key: key.to_owned(),
    })
}

/// Commits them in a run of the service that has told of an alarm.
fn commit(directory: &Path, rows: &[OutboxRow]) {
    let (recorder, _) = Recorder::open(plan(directory)).unwrap();
    recorder.append(Arc::from([Record {
        at: at(1),
        ..alarm(1)
    }]));
    for row in rows {
        let (sender, answer) = channel();
        recorder.commit_outbox(row.clone(), move |result| {
            sender.send(result).unwrap();
        });
        answer.recv().unwrap().unwrap();
    }
    recorder.close();
}

#[test]
fn every_step_comes_back_as_it_was_and_the_record_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let mut of_a_lesson = delivery("a-2");
    of_a_lesson.parts[0].simulated = true;
    let rows = [
        rung(),
        OutboxRow::Delivery(delivery("a-1")),
        OutboxRow::Delivery(of_a_lesson),
        attempt("a-1", 1, "failed"),
        attempt("a-1", 2, "taken"),
        end("a-1", "taken"),
        received("a-1"),
    ];
    commit(folder.path(), &rows);
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let run = reader.runs().unwrap().pop().unwrap();
    assert_eq!(reader.outbox_rows(&run).unwrap(), rows);
}

#[test]
fn a_later_run_finds_what_is_left_on_its_own_clock() {
    let folder = tempfile::tempdir().unwrap();
    let first = [
        rung(),
        OutboxRow::Delivery(delivery("a-1")),
        OutboxRow::Delivery(delivery("a-2")),
        attempt("a-2", 1, "failed"),
    ];
    commit(folder.path(), &first);
    // The run that follows delivers one of the two.
    commit(
        folder.path(),
        &[
            attempt("a-1", 1, "taken"),
            end("a-1", "taken"),
            received("a-1"),
        ],
    );

    let mut later = plan(folder.path());
    later.clock_zero += chrono::TimeDelta::seconds(10);
    let (recorder, _) = Recorder::open(later).unwrap();
    let left = recorder.earlier_outbox(at(60)).unwrap();
    let OutboxRow::Rung(mut climbed) = rung() else {
        unreachable!("it is one");
    };
    climbed.at = at(5);
    assert_eq!(left.rungs, [climbed]);
    let states: Vec<_> = left
        .deliveries
        .iter()
        .map(|sent| {
            let ended = sent.ended.as_ref().map(|(_, ended)| &**ended);
            (
                &*sent.delivery.key,
                &sent.attempts[..],
                ended,
                sent.received,
            )
        })
        .collect();
    let tried = [("a-1", "taken"), ("a-2", "failed")].map(|(key, outcome)| {
        let OutboxRow::Attempt(tried) = attempt(key, 1, outcome) else {
            unreachable!("it is one");
        };
        [AttemptRow { at: at(7), ..tried }]
    });
    assert_eq!(
        states,
        [
            ("a-1", &tried[0][..], Some("taken"), Some(at(10))),
            ("a-2", &tried[1][..], None, None),
        ]
    );
    let second = &left.deliveries[1].delivery;
    assert_eq!(second.at, at(6));
    assert_eq!(second.parts[0].since + Duration::from_secs(8), at(0));
    let much_later = at(60) + Duration::from_hours(49);
    assert_eq!(
        recorder.earlier_outbox(much_later).unwrap(),
        Outbox::default()
    );
}

#[test]
fn a_step_that_was_changed_behind_the_triggers_breaks_the_audit_chain() {
    for change in [
        "UPDATE rung SET why = 'nobody'",
        "UPDATE rung_way SET person = 'ak' WHERE place = 1",
        "DELETE FROM rung_way WHERE place = 2",
        "UPDATE delivery SET person = 'ak'",
        "UPDATE delivery_part SET alarm = 'HR_HIGH'",
        "UPDATE delivery_part SET simulated = 1",
        "DELETE FROM delivery_part",
        "UPDATE delivery_rung SET rung = 2",
        "DELETE FROM delivery_rung",
        "UPDATE delivery_attempt SET outcome = 'taken'",
        "UPDATE delivery_attempt SET why = NULL",
        "UPDATE delivery_end SET ended = 'taken'",
        "UPDATE test_received SET \"key\" = 'a-2'",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let rows = [
            rung(),
            OutboxRow::Delivery(delivery("a-1")),
            attempt("a-1", 1, "refused"),
            end("a-1", "refused"),
            received("a-1"),
        ];
        commit(folder.path(), &rows);
        let connection = Connection::open(folder.path().join(DATABASE)).unwrap();
        let refused = connection.execute(change, []).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{change}: {refused}");
        let table = change.split([' ']).find(|word| {
            ["rung", "delivery", "test"]
                .iter()
                .any(|of| word.contains(of))
        });
        for deed in ["changed", "deleted"] {
            let drop = format!("DROP TRIGGER {}_is_not_{deed}", table.unwrap());
            connection.execute(&drop, []).unwrap();
        }
        assert!(connection.execute(change, []).unwrap() > 0, "{change}");
        let found = Reader::open(folder.path()).unwrap().check().unwrap();
        assert!(found[0].contains("audit chain is broken"), "{change}");
    }
}

#[test]
fn a_row_that_cannot_be_is_left_out_and_keeps_nothing_else_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut no_call = delivery("a-2");
    no_call.parts[0].call = 0;
    let rows = [
        OutboxRow::Delivery(delivery("a-1")),
        OutboxRow::Delivery(delivery("a-1")),
        OutboxRow::Delivery(no_call),
        end("a-1", "taken"),
    ];
    commit(folder.path(), &rows);
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let run = reader.runs().unwrap().pop().unwrap();
    let [first, .., last] = rows;
    assert_eq!(reader.outbox_rows(&run).unwrap(), [first, last]);
}
