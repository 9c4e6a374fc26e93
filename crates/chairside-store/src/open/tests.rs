use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::time::Duration;

use chairside_station::Record;
use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::database::newest_form;
use crate::kind::Kind;
use crate::row::Row;
use crate::testing::{alarm, any_records, names, numeric, plan, waveform};
use crate::{Gap, Reader};

const SOON: Duration = Duration::from_mins(1);

fn opened(directory: &Path) -> (Recorder, Opened) {
    Recorder::open(plan(directory)).unwrap()
}

fn hand_over(recorder: &Recorder, records: &[Record]) {
    let (sender, told) = channel();
    recorder.hand_over(records.into(), move |result| {
        let _ = sender.send(result);
    });
    told.recv_timeout(SOON).unwrap().unwrap();
}

/// Leaves a folder as a process does that was killed after handing these over and before
/// committing any of them.
fn killed_before_the_commit(directory: &Path, records: &[Record]) -> String {
    let (recorder, opened) = opened(directory);
    hand_over(&recorder, records);
    opened.epoch
}

fn of_run(directory: &Path, boot: &str, kind: Kind) -> Vec<u64> {
    let reader = Reader::open(directory).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let runs = reader.runs().unwrap();
    let run = runs.iter().find(|run| run.boot == boot).unwrap();
    let rows = reader.rows(run, kind).unwrap();
    rows.iter().map(|row| row.number).collect()
}

#[test]
fn the_linked_sqlite_is_without_the_wal_reset_bug() {
    assert!(rusqlite::version_number() >= crate::SQLITE_MINIMUM);
}

#[test]
fn the_database_is_opened_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join(DATABASE)).unwrap();
    let pragma = |name: &str| -> String {
        let query = format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}");
        let one = database.connection();
        one.query_row(&query, [], |row| row.get(0)).unwrap()
    };
    for (name, value) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("trusted_schema", "0"),
        ("cell_size_check", "1"),
        ("auto_vacuum", "2"),
        ("application_id", "1128813380"),
        ("user_version", "16"),
    ] {
        assert_eq!(pragma(name), value, "{name}");
    }
}

#[test]
fn every_table_is_strict_and_refuses_to_change_or_forget() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join(DATABASE)).unwrap();
    let connection = database.connection();
    let mut tables = connection
        .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'")
        .unwrap();
    let tables: Vec<(String, bool)> = tables
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(tables.len(), Kind::ALL.len() + 18);
    for (table, strict) in tables {
        assert!(strict, "{table}");
        for operation in ["UPDATE", "DELETE"] {
            let count: i64 = connection
                .query_row(
                    "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' \
                     AND tbl_name = ?1 AND sql LIKE '%BEFORE ' || ?2 || ' ON%append-only%'",
                    [&table, operation],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(count, 1, "{operation} {table}");
        }
    }
}

#[test]
fn a_stored_row_can_be_neither_changed_nor_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, _) = opened(folder.path());
    recorder.append(Arc::from([alarm(1), numeric(2)]));
    recorder.close();
    let connection = Connection::open(folder.path().join(DATABASE)).unwrap();
    for statement in [
        "UPDATE alarm SET priority = 'low'",
        "DELETE FROM alarm",
        "UPDATE numeric SET value = 100",
        "DELETE FROM batch",
        "UPDATE audit SET hash = zeroblob(32)",
        "DELETE FROM run",
        "UPDATE bed SET name = '2'",
    ] {
        let error = connection.execute(statement, []).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{statement}");
    }
}

#[test]
fn a_folder_in_use_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, _) = opened(folder.path());
    let error = Recorder::open(plan(folder.path())).unwrap_err();
    assert!(matches!(error, StoreError::InUse(_)));
    assert!(
        error
            .to_string()
            .contains(&folder.path().display().to_string())
    );
    recorder.close();
    opened(folder.path());
}

#[test]
fn a_record_of_a_newer_program_or_of_another_one_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    opened(folder.path());
    let path = folder.path().join(DATABASE);
    let connection = Connection::open(&path).unwrap();
    let newest = newest_form();
    connection
        .pragma_update(None, "user_version", newest + 1)
        .unwrap();
    assert!(matches!(
        Recorder::open(plan(folder.path())),
        Err(StoreError::Newer { found, known }) if found == newest + 1 && known == newest
    ));
    connection
        .pragma_update(None, "application_id", 77)
        .unwrap();
    drop(connection);
    let before = fs::read(&path).unwrap();
    assert!(matches!(
        Recorder::open(plan(folder.path())),
        Err(StoreError::NotOurs(_))
    ));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn every_run_has_its_own_name_and_seq_goes_on_without_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let mut boots = Vec::new();
    for _ in 0..3 {
        let (recorder, opened) = opened(folder.path());
        recorder.append(Arc::from([numeric(1), alarm(2), waveform(3)]));
        recorder.close();
        assert_eq!(of_run(folder.path(), &opened.epoch, Kind::Alarm), [2]);
        boots.push(opened.epoch);
    }
    let reader = Reader::open(folder.path()).unwrap();
    let runs = reader.runs().unwrap();
    assert_eq!(
        runs.iter().map(|run| &run.boot).collect::<Vec<_>>(),
        boots.iter().collect::<Vec<_>>()
    );
    boots.dedup();
    assert_eq!(boots.len(), 3);
    assert_eq!(runs[0].site, "clinic-a");
    assert_eq!(runs[0].clock_zero_ns, 1_790_000_000_123_456_789);
}

#[test]
fn the_last_episode_of_each_bed_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, first) = opened(folder.path());
    assert_eq!(first.last_numbers, BTreeMap::new());
    recorder.append(Arc::from([alarm(1), alarm(2)]));
    recorder.close();
    // Also when it is only in the journal.
    killed_before_the_commit(folder.path(), &[alarm(41)]);
    let (_, third) = opened(folder.path());
    let last = third.last_numbers.get("1").map(|last| last.occurrence.0);
    assert_eq!(last, Some(41));
}

#[test]
fn what_was_handed_over_is_found_after_a_kill_and_what_is_missing_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let boot = killed_before_the_commit(folder.path(), &[alarm(5), numeric(6), alarm(9)]);
    let (recorder, opened) = opened(folder.path());
    assert_eq!(opened.recovered, 3);
    recorder.close();
    assert_eq!(of_run(folder.path(), &boot, Kind::Alarm), [5, 9]);
    let reader = Reader::open(folder.path()).unwrap();
    let gaps = reader.gaps(&reader.runs().unwrap()[0]).unwrap();
    let gap = |first, last, lost| Gap {
        first,
        last,
        lost,
        cause: GapCause::ProcessEnded,
    };
    assert_eq!(gaps, [gap(1, 4, 4), gap(7, 8, 2)]);
}

#[test]
fn completing_the_database_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join(JOURNAL);
    let boot = killed_before_the_commit(folder.path(), &[alarm(1), alarm(2)]);
    let kept = fs::read(&journal).unwrap();
    assert_eq!(opened(folder.path()).1.recovered, 2);
    // As when the process is killed after completing it and before the journal begins anew.
    fs::write(&journal, kept).unwrap();
    assert_eq!(opened(folder.path()).1.recovered, 0);
    assert_eq!(of_run(folder.path(), &boot, Kind::Alarm), [1, 2]);
}

#[test]
fn a_journal_torn_anywhere_still_opens() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join(JOURNAL);
    killed_before_the_commit(folder.path(), &[alarm(1), alarm(2)]);
    let bytes = fs::read(&journal).unwrap();
    for cut in (0..bytes.len()).step_by(7) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(JOURNAL), &bytes[..cut]).unwrap();
        let (recorder, opened) = opened(folder.path());
        assert!(opened.recovered < 2, "cut at {cut}");
        recorder.close();
        let reader = Reader::open(folder.path()).unwrap();
        assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn a_damaged_record_is_kept_aside_and_the_journal_goes_into_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let boot = killed_before_the_commit(folder.path(), &[alarm(3)]);
    fs::write(
        folder.path().join(DATABASE),
        b"this is no database at all, not any more",
    )
    .unwrap();
    let (recorder, opened) = opened(folder.path());
    assert_eq!(opened.recovered, 1);
    let aside = opened.set_aside.unwrap();
    assert!(fs::read(aside).unwrap().starts_with(b"this is no database"));
    recorder.close();
    assert_eq!(of_run(folder.path(), &boot, Kind::Alarm), [3]);
}

#[test]
fn any_changed_byte_gives_an_error_a_finding_or_the_truth_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, _) = opened(folder.path());
    for turn in 0..20 {
        let number = turn * 3;
        recorder.append(Arc::from([
            alarm(number + 1),
            numeric(number + 2),
            waveform(number + 3),
        ]));
    }
    recorder.close();
    let bytes = fs::read(folder.path().join(DATABASE)).unwrap();
    // Every byte of the header, and a stride that is a prime over all the rest.
    let places = (0..100).chain((100..bytes.len()).step_by(1009));
    for at in places {
        let folder = tempfile::tempdir().unwrap();
        let mut changed = bytes.clone();
        changed[at] ^= 0x41;
        fs::write(folder.path().join(DATABASE), &changed).unwrap();
        let alarms = Reader::open(folder.path()).and_then(|reader| {
            let findings = reader.check()?;
            let mut alarms = Vec::new();
            for run in reader.runs()? {
                alarms.extend(reader.rows(&run, Kind::Alarm)?);
            }
            Ok((findings, alarms))
        });
        if let Ok((findings, alarms)) = alarms
            && findings.is_empty()
        {
            let names = names();
            let written: Vec<Record> = (0..20).map(|turn| alarm(turn * 3 + 1)).collect();
            let written: Vec<Row<'_>> = written.iter().map(|one| Row::of(one, &names)).collect();
            assert_eq!(alarms, written, "byte {at}");
        }
        // Opened for writing, it is refused, set aside, or goes on.
        if let Ok((recorder, _)) = Recorder::open(plan(folder.path())) {
            recorder.append(Arc::from([alarm(1)]));
            recorder.close();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_record_comes_back_from_the_database(records in any_records()) {
        let folder = tempfile::tempdir().unwrap();
        let (recorder, opened) = opened(folder.path());
        recorder.append(records.clone().into());
        recorder.note_late(1, 1);
        recorder.close();
        let reader = Reader::open(folder.path()).unwrap();
        prop_assert_eq!(reader.check().unwrap(), Vec::<String>::new());
        let run = &reader.runs().unwrap()[0];
        prop_assert_eq!(&run.boot, &opened.epoch);
        let names = names();
        let written: Vec<Row<'_>> = records.iter().map(|one| Row::of(one, &names)).collect();
        prop_assert_eq!(reader.records(run).unwrap(), written);
    }

    #[test]
    fn every_record_comes_back_from_the_journal(records in any_records()) {
        let folder = tempfile::tempdir().unwrap();
        killed_before_the_commit(folder.path(), &records);
        let (_recorder, opened) = opened(folder.path());
        prop_assert_eq!(opened.recovered, records.len() as u64);
        let reader = Reader::open(folder.path()).unwrap();
        prop_assert_eq!(reader.check().unwrap(), Vec::<String>::new());
        let names = names();
        let written: Vec<Row<'_>> = records.iter().map(|one| Row::of(one, &names)).collect();
        prop_assert_eq!(reader.records(&reader.runs().unwrap()[0]).unwrap(), written);
    }
}
