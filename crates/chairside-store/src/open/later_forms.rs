//! Records of the forms before lessons and before the requests of a session's entries were kept,
//! opened by this program.

use std::path::Path;

use chairside_care::{CareAction, CareEntry};
use chairside_model::{MonoTime, SessionId};
use chairside_station::{Entry, Record};
use rusqlite::{Connection, params};

use crate::audit::{Audited, START};
use crate::bytes::write_row;
use crate::database::{MIGRATIONS, newest_form};
use crate::error::StoreError;
use crate::kind::Kind;
use crate::ledger::DATABASE;
use crate::row::{CareFact, Fact, Row};
use crate::testing::{BED, plan, run};
use crate::{GivenUp, History, Reader, Recorder};

/// The last form without lessons, and the last one without requests.
const BEFORE_LESSONS: usize = 13;
const BEFORE_REQUESTS: usize = 14;

const SESSION: SessionId = SessionId(7);

fn row(number: u64, fact: Fact<'static>) -> Row<'static> {
    Row {
        number,
        at: MonoTime::from_millis(number * 10),
        bed: Some("1".into()),
        fact,
    }
}

/// An entry of before requests were kept.
fn old_care(number: u64) -> Row<'static> {
    let fact = CareFact {
        session: SESSION.to_string().into(),
        entry: 3,
        action: "dose".into(),
        happened: Some(MonoTime::from_millis(15)),
        what: r#"{"dose":"stop"}"#.into(),
        by: "mn".into(),
        station: None,
        reason: Some("enough".into()),
        passed_over: Vec::new(),
        request: None,
    };
    row(number, Fact::Care(fact))
}

fn old_lesson(number: u64) -> Row<'static> {
    let (by, did) = ("ak".into(), "close_airway".into());
    row(number, Fact::Trained { by, did })
}

/// What a record of a form has: each row, and how the program of then put it in.
fn old_rows(form: usize) -> Vec<(Kind, Row<'static>, &'static str)> {
    let simulated = "INSERT INTO simulation VALUES (2, 1, 1, 10000000, 1, 1)";
    let care = "INSERT INTO care VALUES (3, 1, 2, 20000000, 1, '0000000000000007', 3, 'dose', \
         15000000, '{\"dose\":\"stop\"}', 'mn', NULL, 'enough', '[]')";
    let training = "INSERT INTO training VALUES (4, 1, 3, 30000000, 1, 'ak', 'close_airway')";
    let mut rows = vec![
        (Kind::Simulated, row(1, Fact::Simulated(true)), simulated),
        (Kind::Care, old_care(2), care),
    ];
    if form >= BEFORE_REQUESTS {
        rows.push((Kind::Trained, old_lesson(3), training));
    }
    rows
}

/// Writes a record as the program of that form left it: a run and these rows, with their chain.
fn write_old(folder: &Path, form: usize) {
    let connection = Connection::open(folder.join(DATABASE)).unwrap();
    for migration in &MIGRATIONS[..form] {
        connection.execute_batch(migration).unwrap();
    }
    connection
        .pragma_update(None, "user_version", i64::try_from(form).unwrap())
        .unwrap();
    let run = run("a");
    connection
        .execute(
            "INSERT INTO run VALUES (1, 1, ?1, ?2, ?3, ?4)",
            params![run.boot, run.site, run.clock_zero_ns, run.program],
        )
        .unwrap();
    connection
        .execute_batch("INSERT INTO bed VALUES (1, '1'); INSERT INTO batch VALUES (1, 1, 1, 0);")
        .unwrap();
    let mut link = START;
    let mut chain = |seq: i64, audited: Audited<'_>| {
        link = audited.link(&link, seq, "a");
        connection
            .execute("INSERT INTO audit VALUES (?1, ?2)", params![seq, link])
            .unwrap();
    };
    chain(1, Audited::Run(&run));
    let rows = old_rows(form);
    for (seq, (_, row, insert)) in (2..).zip(&rows) {
        connection.execute(insert, []).unwrap();
        chain(seq, Audited::Record(row));
    }
    let count = i64::try_from(rows.len()).unwrap();
    connection
        .execute(
            "INSERT INTO batch VALUES (2, ?1, 1, ?2)",
            [count + 1, count],
        )
        .unwrap();
}

/// The chain was computed over these bytes: they must stay as they were.
#[test]
fn an_entry_without_a_request_keeps_the_bytes_of_before_there_were_any() {
    let text = |text: &str| {
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        [&length, text.as_bytes()].concat()
    };
    let time = |ms: i64| (ms * 1_000_000).to_le_bytes().to_vec();
    let mut bytes = Vec::new();
    write_row(&old_care(2), &mut bytes);
    let expected = [
        vec![1],
        2_u64.to_le_bytes().to_vec(),
        time(20),
        vec![1],
        text("1"),
        vec![26],
        text("0000000000000007"),
        text("dose"),
        text(r#"{"dose":"stop"}"#),
        text("mn"),
        3_u32.to_le_bytes().to_vec(),
        vec![1],
        time(15),
        vec![0, 1],
        text("enough"),
        0_u32.to_le_bytes().to_vec(),
    ];
    assert_eq!(bytes, expected.concat());
}

#[test]
fn entries_and_lessons_of_earlier_forms_are_taken_over_with_their_chain_and_new_ones_follow() {
    for form in [BEFORE_LESSONS, BEFORE_REQUESTS] {
        let folder = tempfile::tempdir().unwrap();
        write_old(folder.path(), form);
        let (recorder, opened) = Recorder::open(plan(folder.path())).unwrap();
        assert_eq!(opened.set_aside, None, "form {form}");
        let entry = CareEntry {
            session: SESSION,
            number: 4,
            action: CareAction::TakeBaseline,
            by: "mn".into(),
            station: None,
            reason: None,
            passed_over: Vec::new(),
            request: Some("a mark".into()),
        };
        let new = [
            Entry::Trained {
                bed: BED,
                by: "ak".into(),
                did: "open_airway".into(),
            },
            Entry::Care {
                bed: BED,
                entry: Box::new(entry),
            },
        ];
        let records: Vec<Record> = (1..)
            .zip(new)
            .map(|(sequence, entry)| Record {
                sequence,
                at: MonoTime::from_millis(sequence),
                entry,
            })
            .collect();
        recorder.append(records.into());
        recorder.close();

        let reader = Reader::open(folder.path()).unwrap();
        assert_eq!(reader.check().unwrap(), Vec::<String>::new(), "form {form}");
        let runs = reader.runs().unwrap();
        let kept = |kind| reader.rows(&runs[0], kind).unwrap();
        for kind in [Kind::Simulated, Kind::Care, Kind::Trained] {
            let mut old = old_rows(form);
            old.retain(|(of, ..)| *of == kind);
            let old: Vec<_> = old.into_iter().map(|(_, row, _)| row).collect();
            assert_eq!(kept(kind), old, "form {form}");
        }
        let added = |kind| reader.rows(&runs[1], kind).unwrap().remove(0).fact;
        let is_open =
            matches!(added(Kind::Trained), Fact::Trained { did, .. } if did == "open_airway");
        assert!(is_open, "form {form}");
        let has_mark = matches!(
            added(Kind::Care),
            Fact::Care(CareFact { request: Some(mark), .. }) if mark == "a mark"
        );
        assert!(has_mark, "form {form}");
    }
}

#[test]
fn whoever_only_reads_says_what_form_an_older_record_has_and_what_brings_it_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    write_old(folder.path(), BEFORE_LESSONS);
    let path = folder.path().join(DATABASE);
    let before = std::fs::read(&path).unwrap();
    let why = History::open(folder.path(), GivenUp::default()).unwrap_err();
    assert!(
        matches!(why, StoreError::Older { found: 13, known } if known == newest_form()),
        "{why}"
    );
    let newest = newest_form();
    let told = format!(
        "the record has form 13, and this program reads form {newest}: `chairside serve` brings it \
         up to date when it starts"
    );
    assert_eq!(why.to_string(), told);
    assert_eq!(std::fs::read(&path).unwrap(), before, "nothing is changed");
    drop(Recorder::open(plan(folder.path())).unwrap());
    assert!(Reader::open(folder.path()).is_ok());

    let connection = Connection::open(&path).unwrap();
    connection
        .pragma_update(None, "user_version", newest + 1)
        .unwrap();
    let why = Reader::open(folder.path()).unwrap_err();
    assert!(
        matches!(why, StoreError::Newer { found, .. } if found == newest + 1),
        "{why}"
    );
    connection
        .pragma_update(None, "application_id", 77)
        .unwrap();
    let why = Reader::open(folder.path()).unwrap_err();
    assert!(matches!(why, StoreError::NotOurs(_)), "{why}");
}
