use std::path::Path;
use std::sync::mpsc::channel;

use chairside_model::MonoTime;
use rusqlite::Connection;

use super::*;
use crate::Recorder;
use crate::ledger::DATABASE;
use crate::testing::plan;

fn check(second: u64, complete: bool) -> DayCheck {
    let tone = CheckItem {
        item: "tone_high".to_owned(),
        device: None,
        passed: Some(complete),
        found: None,
        age_ms: None,
    };
    let numbers = CheckItem {
        item: "gives_numbers".to_owned(),
        device: Some(("1".to_owned(), "oximeter-1".to_owned())),
        passed: Some(true),
        found: Some("SpO2 97 %".to_owned()),
        age_ms: Some(412),
    };
    let phone = CheckItem {
        item: "phone_reached".to_owned(),
        passed: None,
        found: Some("not built yet".to_owned()),
        ..tone.clone()
    };
    DayCheck {
        at: MonoTime::from_secs(second),
        by: "mn".to_owned(),
        station: "desk".to_owned(),
        note: complete.then(|| "as always".to_owned()),
        complete,
        items: vec![tone, numbers, phone],
    }
}

/// Signs them in a run of the service.
fn sign(directory: &Path, checks: &[DayCheck]) {
    let (recorder, _) = Recorder::open(plan(directory)).unwrap();
    for check in checks {
        let (sender, answer) = channel();
        recorder.commit_check(check.clone(), move |result| {
            sender.send(result).unwrap();
        });
        answer.recv().unwrap().unwrap();
    }
    recorder.close();
}

#[test]
fn checks_come_back_as_they_were_signed_the_newest_first_and_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, third) = (check(5, true), check(9, false), check(7, false));
    sign(folder.path(), &[first.clone(), second.clone()]);
    sign(folder.path(), std::slice::from_ref(&third));
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let kept = reader.day_checks(10, false).unwrap();
    let checks: Vec<&DayCheck> = kept.iter().map(|signed| &signed.check).collect();
    assert_eq!(checks, [&third, &second, &first]);
    let zero = plan(folder.path()).clock_zero;
    assert_eq!(kept[0].at, zero + chrono::TimeDelta::seconds(7));
    assert_eq!(reader.day_checks(1, false).unwrap(), kept[..1]);

    let (recorder, _) = Recorder::open(plan(folder.path())).unwrap();
    let last = recorder.last_complete_check().unwrap();
    assert_eq!(last.as_ref(), kept.last());
}

#[test]
fn a_check_that_was_changed_behind_the_triggers_breaks_the_audit_chain() {
    for change in [
        "UPDATE day_check SET complete = 1",
        "UPDATE day_check SET \"by\" = 'ak'",
        "UPDATE day_check_item SET passed = 1 WHERE item = 'tone_high'",
        "UPDATE day_check_item SET found = 'SpO2 98 %' WHERE item = 'gives_numbers'",
        "UPDATE day_check_item SET age_ms = NULL",
        "DELETE FROM day_check_item WHERE item = 'phone_reached'",
    ] {
        let folder = tempfile::tempdir().unwrap();
        sign(folder.path(), &[check(5, false)]);
        let connection = Connection::open(folder.path().join(DATABASE)).unwrap();
        let refused = connection.execute(change, []).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{change}: {refused}");
        for trigger in [
            "day_check_is_not_changed",
            "day_check_item_is_not_changed",
            "day_check_item_is_not_deleted",
        ] {
            connection
                .execute(&format!("DROP TRIGGER {trigger}"), [])
                .unwrap();
        }
        connection.execute(change, []).unwrap();
        let found = Reader::open(folder.path()).unwrap().check().unwrap();
        assert!(found[0].contains("audit chain is broken"), "{change}");
    }
}
