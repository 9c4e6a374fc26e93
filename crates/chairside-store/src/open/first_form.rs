//! A record of the first form, opened by this program.

use std::sync::Arc;

use chairside_model::MonoTime;
use rusqlite::{Connection, params};

use crate::audit::{Audited, START};
use crate::bytes::write_row;
use crate::database::{Database, MIGRATIONS};
use crate::facts::Intent;
use crate::kind::Kind;
use crate::ledger::DATABASE;
use crate::row::{Fact, OperatorFact, Row};
use crate::testing::{alarm, plan, run};
use crate::{Reader, Recorder};

fn old_alarm() -> Row<'static> {
    Row {
        number: 1,
        at: MonoTime::from_millis(10),
        bed: Some("1".into()),
        fact: Fact::Alarm {
            changed: MonoTime::from_millis(9),
            id: "SPO2_LOW".into(),
            occurrence: 3,
            priority: "medium".into(),
            present: true,
            signal: "acknowledged".into(),
            superseded: false,
            since: MonoTime::from_millis(5),
            evidence: "SpO2 88 %".into(),
            call: None,
            mode: None,
        },
    }
}

fn old_acknowledgement() -> Row<'static> {
    Row {
        number: 2,
        at: MonoTime::from_millis(20),
        bed: Some("1".into()),
        fact: Fact::Operator(OperatorFact {
            action: "acknowledge".into(),
            occurrence: 3,
            by: "mn".into(),
            alarm: None,
            seconds: None,
            station: None,
            reason: None,
            limit: None,
            session: None,
            call: None,
        }),
    }
}

fn old_intent() -> Intent {
    Intent {
        at: MonoTime::from_millis(19),
        bed: "1".to_owned(),
        action: "acknowledge".to_owned(),
        occurrence: 3,
        alarm: None,
        seconds: None,
        by: "mn".to_owned(),
        station: Some("desk".to_owned()),
        reason: None,
        request: "7".to_owned(),
        limit: None,
        session: None,
        call: None,
        care: None,
    }
}

/// The chain was computed over these bytes: they must stay as they were.
#[test]
fn rows_of_the_first_form_keep_their_bytes() {
    let text = |text: &str| {
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        [&length, text.as_bytes()].concat()
    };
    let time = |ms: i64| (ms * 1_000_000).to_le_bytes().to_vec();
    let head = |number: u64, at: i64| {
        let number = number.to_le_bytes();
        [&[1_u8][..], &number, &time(at), &[1], &text("1")].concat()
    };
    let mut bytes = Vec::new();
    write_row(&old_alarm(), &mut bytes);
    let expected = [
        head(1, 10),
        vec![4],
        time(9),
        text("SPO2_LOW"),
        3_u64.to_le_bytes().to_vec(),
        text("medium"),
        vec![1],
        text("acknowledged"),
        vec![0],
        time(5),
        text("SpO2 88 %"),
    ];
    assert_eq!(bytes, expected.concat());
    bytes.clear();
    write_row(&old_acknowledgement(), &mut bytes);
    let expected = [
        head(2, 20),
        vec![9],
        text("acknowledge"),
        text("mn"),
        3_u64.to_le_bytes().to_vec(),
    ];
    assert_eq!(bytes, expected.concat());
}

/// Writes a record as the first program left it: a run, an alarm, what somebody wanted and did.
fn write_old(connection: &Connection) {
    let first_form = include_str!("../../migrations/0001_initial.sql");
    connection.execute_batch(first_form).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    let run = run("a");
    connection
        .execute(
            "INSERT INTO run VALUES (1, 1, ?1, ?2, ?3, ?4)",
            params![run.boot, run.site, run.clock_zero_ns, run.program],
        )
        .unwrap();
    connection
        .execute_batch(
            "INSERT INTO bed VALUES (1, '1');
             INSERT INTO alarm VALUES (2, 1, 1, 10000000, 1, 9000000, 'SPO2_LOW', 3, 'medium', 1,
                 'acknowledged', 0, 5000000, 'SpO2 88 %');
             INSERT INTO intent VALUES (3, 1, 19000000, 1, 'acknowledge', 3, 'mn', 'desk', '7');
             INSERT INTO operator VALUES (4, 1, 2, 20000000, 1, 'acknowledge', 3, 'mn');
             INSERT INTO batch VALUES (1, 1, 1, 0);
             INSERT INTO batch VALUES (2, 4, 1, 2);",
        )
        .unwrap();
    let (alarm, intent, done) = (old_alarm(), old_intent(), old_acknowledgement());
    let mut link = START;
    for (seq, audited) in [
        (1, Audited::Run(&run)),
        (2, Audited::Record(&alarm)),
        (3, Audited::Intent(&intent)),
        (4, Audited::Record(&done)),
    ] {
        link = audited.link(&link, seq, "a");
        connection
            .execute("INSERT INTO audit VALUES (?1, ?2)", params![seq, link])
            .unwrap();
    }
}

#[test]
fn a_record_of_the_first_form_is_taken_over_with_its_chain() {
    let folder = tempfile::tempdir().unwrap();
    write_old(&Connection::open(folder.path().join(DATABASE)).unwrap());
    let (recorder, opened) = Recorder::open(plan(folder.path())).unwrap();
    let last = opened.last_numbers.get("1").map(|last| last.occurrence.0);
    assert_eq!(last, Some(3));
    assert_eq!(opened.set_aside, None);
    recorder.append(Arc::from([alarm(1)]));
    recorder.close();
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let runs = reader.runs().unwrap();
    assert_eq!(runs[0], run("a"));
    assert_eq!(reader.rows(&runs[0], Kind::Alarm).unwrap(), [old_alarm()]);
    let done = reader.rows(&runs[0], Kind::Operator).unwrap();
    assert_eq!(done, [old_acknowledgement()]);
    assert_eq!(reader.intents(&runs[0]).unwrap(), [old_intent()]);
    let new = reader.rows(&runs[1], Kind::Alarm).unwrap();
    let is_new = matches!(
        new[..],
        [Row {
            fact: Fact::Alarm { call: Some(1), .. },
            ..
        }]
    );
    assert!(is_new, "{new:?}");
}

/// The tenth form knew no protocol as the cause of a limit: its table is another one now.
#[test]
fn changes_of_limits_are_taken_over_from_the_tenth_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATABASE);
    let connection = Connection::open(&path).unwrap();
    for migration in &MIGRATIONS[..10] {
        connection.execute_batch(migration).unwrap();
    }
    connection.pragma_update(None, "user_version", 10).unwrap();
    connection
        .execute_batch(
            "INSERT INTO run VALUES (1, 1, 'a', 's', 1790000000123456789, '0');
             INSERT INTO bed VALUES (1, '1');
             INSERT INTO limit_change VALUES (2, 1, 1, 10, 1, 'nibp.interval_s', 600, 300, 'phase');
             INSERT INTO batch VALUES (1, 2, 1, 1);",
        )
        .unwrap();
    drop(connection);
    drop(Database::open(&path).unwrap());
    let reader = Reader::open(folder.path()).unwrap();
    let runs = reader.runs().unwrap();
    let rows = reader.rows(&runs[0], Kind::Limit).unwrap();
    let [
        Row {
            number: 1,
            fact: Fact::Limit(limit),
            ..
        },
    ] = &rows[..]
    else {
        panic!("{rows:?}");
    };
    assert_eq!(
        (&*limit.key, limit.old, limit.new, &*limit.cause),
        ("nibp.interval_s", 600.0, 300.0, "phase")
    );
}
