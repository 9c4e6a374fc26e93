use super::*;
use crate::Reader;
use crate::facts::{Intent, ToldEarly};
use crate::kind::Kind;
use crate::testing::{alarm, ledger, numeric, run, waveform};
use crate::{ActionRow, WantedAction};
use chairside_care::{CareAction, Dose, DoseEntry, Drug, Route};
use chairside_model::{MonoTime, SessionId, Value};
use chairside_station::Record;

fn work(records: Vec<Record>) -> Work {
    Work {
        chunks: Chunk::new(records.into()).into_iter().collect(),
        ..Work::default()
    }
}

fn intent(request: &str) -> Intent {
    Intent {
        at: MonoTime::from_secs(1),
        bed: "1".to_owned(),
        action: "acknowledge".to_owned(),
        occurrence: 3,
        alarm: None,
        seconds: None,
        reason: None,
        limit: None,
        session: None,
        call: None,
        care: None,
        by: "mn".to_owned(),
        station: None,
        request: request.to_owned(),
    }
}

fn stored(directory: &Path, kind: Kind) -> Vec<u64> {
    let reader = Reader::open(directory).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let rows = reader.rows(&run("a"), kind).unwrap();
    rows.iter().map(|row| row.number).collect()
}

#[test]
fn what_somebody_wants_in_a_treatment_is_on_record_before_it_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(folder.path());
    let dose = DoseEntry {
        at: MonoTime::from_millis(900),
        dose: Dose::Bolus {
            drug: Drug::Ketamine,
            route: Route::Intramuscular,
            amount: Value::finite(0.1 + 0.2).unwrap(),
            concentration: None,
        },
        again: None,
    };
    let row = ActionRow {
        at: MonoTime::from_secs(1),
        bed: chairside_model::BedId(1),
        action: WantedAction::Care(SessionId(7), Box::new(CareAction::Dose(dose))),
        by: "mn".to_owned(),
        station: None,
        reason: Some("as planned".to_owned()),
        request: "r1".to_owned(),
    };
    let wanted = Intent::of(row, "1".to_owned());
    ledger
        .write(&Work {
            deeds: vec![Deed::Intent(Box::new(wanted.clone()))],
            ..Work::default()
        })
        .unwrap();
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let stored = reader.intents(&run("a")).unwrap();
    assert_eq!(stored, std::slice::from_ref(&wanted));
    let care = wanted.care.unwrap();
    assert_eq!(care.happened, Some(MonoTime::from_millis(900)));
    assert_eq!(
        care.what,
        r#"{"action":"dose","amount_mg":0.30000000000000004,"dose":"bolus","drug":"ketamine","route":"intramuscular"}"#
    );
    assert_eq!(wanted.action, "dose");
    assert_eq!(wanted.session.unwrap().id, "0000000000000007");
}

#[test]
fn a_full_disk_keeps_what_is_committed_and_takes_more_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(folder.path());
    ledger.write(&work(vec![alarm(1)])).unwrap();
    let connection = |ledger: &Ledger, pages: u32| {
        let database = ledger.database.as_ref().expect("it stays open");
        let pragma = format!("PRAGMA max_page_count = {pages}");
        let one = database.connection();
        one.query_row(&pragma, [], |_| Ok(())).unwrap();
    };
    connection(&ledger, 1);
    let much: Vec<Record> = (2..2000).map(waveform).collect();
    let why = ledger.write(&work(much.clone())).unwrap_err();
    assert!(why.contains("full"), "{why}");
    assert_eq!(stored(folder.path(), Kind::Alarm), [1]);
    connection(&ledger, 1_000_000);
    ledger.write(&work(much)).unwrap();
    assert_eq!(stored(folder.path(), Kind::Waveform).len(), 1998);
}

#[test]
fn a_commit_that_failed_and_was_written_all_the_same_is_not_written_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(folder.path());
    let before = ledger.database.as_ref().unwrap().next_seq();
    let mut work = work(vec![alarm(1), numeric(2)]);
    work.deeds.push(Deed::Intent(Box::new(intent("r1"))));
    work.told_early.push(ToldEarly { first: 1, last: 2 });
    ledger.write(&work).unwrap();
    // As after an error of which we do not know whether it came before or after the sync.
    ledger.database = None;
    ledger.in_doubt = Some(before);
    ledger.write(&work).unwrap();
    assert_eq!(ledger.number(), 2);
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.intents(&run("a")).unwrap(), [intent("r1")]);
    assert_eq!(reader.told_early(&run("a")).unwrap().len(), 1);
    assert_eq!(stored(folder.path(), Kind::Alarm), [1]);
}

#[test]
fn a_commit_that_failed_and_was_not_written_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(folder.path());
    ledger.in_doubt = ledger.database.as_ref().map(Database::next_seq);
    ledger.database = None;
    ledger.write(&work(vec![alarm(1)])).unwrap();
    assert_eq!(stored(folder.path(), Kind::Alarm), [1]);
}

#[test]
fn a_record_damaged_while_running_is_set_aside_and_a_new_one_says_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(folder.path());
    ledger.write(&work(vec![alarm(1), numeric(2)])).unwrap();
    ledger.database = None;
    fs::write(folder.path().join(DATABASE), [0xa5; 5000]).unwrap();
    let work = work(vec![alarm(3)]);
    assert!(ledger.write(&work).is_err());
    ledger.write(&work).unwrap();
    assert_eq!(stored(folder.path(), Kind::Alarm), [3]);
    let gaps = Reader::open(folder.path())
        .unwrap()
        .gaps(&run("a"))
        .unwrap();
    let lacking = Gap {
        first: 1,
        last: 2,
        lost: 2,
        cause: GapCause::SetAside,
    };
    assert_eq!(gaps, [lacking]);
    let aside = folder.path().join("record.set-aside-1.db");
    assert_eq!(fs::read(aside).unwrap(), [0xa5; 5000]);
}

#[test]
fn a_disk_that_fails_three_times_is_left_for_a_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(folder.path());
    ledger.write(&work(vec![alarm(1)])).unwrap();
    ledger.disk_failed();
    ledger.disk_failed();
    assert!(!folder.path().join("record.set-aside-1.db").exists());
    ledger.database = None;
    ledger.disk_failed();
    assert!(folder.path().join("record.set-aside-1.db").exists());
    ledger.write(&work(vec![alarm(2)])).unwrap();
    assert_eq!(stored(folder.path(), Kind::Alarm), [2]);
}

#[test]
fn a_record_that_the_database_refuses_becomes_a_gap_and_keeps_nothing_else_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(folder.path());
    let database = ledger.database.as_ref().unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON numeric \
                  BEGIN SELECT raise(ABORT, 'no'); END;";
    database.connection().execute_batch(refuse).unwrap();
    ledger
        .write(&work(vec![alarm(1), numeric(2), alarm(3)]))
        .unwrap();
    assert_eq!(stored(folder.path(), Kind::Alarm), [1, 3]);
    let gaps = Reader::open(folder.path())
        .unwrap()
        .gaps(&run("a"))
        .unwrap();
    assert_eq!((gaps[0].lost, gaps[0].cause), (1, GapCause::Refused));
}
