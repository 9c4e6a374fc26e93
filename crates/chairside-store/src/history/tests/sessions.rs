use chairside_alarm::OperatorAction;
use chairside_care::{CareAction, CareEntry, Check, Stage, Text};
use chairside_model::{Patient, SessionId};

use super::*;

fn opens(second: u64, id: u64, initials: &str) -> [(MonoTime, Entry); 2] {
    opens_for(second, id, Patient::new(Some(initials), None).unwrap())
}

fn opens_for(second: u64, id: u64, patient: Patient) -> [(MonoTime, Entry); 2] {
    let act = Entry::Operator {
        bed: BED,
        action: OperatorAction::OpenSession(SessionId(id), patient),
        by: "mn".into(),
        station: None,
        reason: None,
    };
    [(seconds(second), act), turned(second, true)]
}

fn turned(second: u64, open: bool) -> (MonoTime, Entry) {
    let entry = Entry::Session { bed: BED, open };
    (seconds(second), entry)
}

#[test]
fn a_session_ends_with_the_next_close_at_its_bed_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second, third] = [
        opens(10, 1, "A. B."),
        opens(60, 2, "C. D."),
        opens(40, 3, "E. F."),
    ];
    let one = [&first[..], &[turned(50, false)], &second[..]].concat();
    write(folder.path(), 0, one);
    write(
        folder.path(),
        1000,
        [&[turned(30, false)], &third[..]].concat(),
    );

    let history = History::open(folder.path(), GivenUp::default()).unwrap();
    let told = history.sessions().unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.initials.as_deref(), one.opened, one.closed))
        .collect();
    assert_eq!(
        told,
        [
            (Some("E. F."), at(1040), None),
            (Some("C. D."), at(60), Some(at(1030))),
            (Some("A. B."), at(10), Some(at(50))),
        ]
    );
    let name = SessionId(2).to_string();
    let one = history.session(&name).unwrap().unwrap();
    assert_eq!(
        (one.id, one.bed, one.by),
        (name, "1".to_owned(), "mn".to_owned())
    );
    assert_eq!(history.session(&SessionId(9).to_string()).unwrap(), None);
}

/// The station tells of a simulator that was gone before the opening in front of the opening.
#[test]
fn a_session_is_simulated_when_the_bed_was_at_its_opening_or_became_so_in_it() {
    let simulated = |second, simulated| {
        let entry = Entry::Simulated {
            bed: BED,
            simulated,
        };
        (seconds(second), entry)
    };
    let [real, training, turned_in_it] = [(10, 1), (20, 2), (30, 3)].map(|(second, id)| {
        let [act, open] = opens(second, id, "A. B.");
        [act, open, turned(second + 5, false)]
    });
    let before = [simulated(5, true), simulated(10, false)];
    let between = [simulated(18, true)];
    let [act, open, close] = turned_in_it;
    let entries = [
        &before[..],
        &real,
        &between,
        &training,
        &[simulated(28, false), act, open],
        &[simulated(32, true), simulated(33, false), close],
    ];
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 0, entries.concat());
    let history = History::open(folder.path(), GivenUp::default()).unwrap();
    let told = history.sessions().unwrap();
    let told: Vec<_> = told.iter().map(|one| one.simulated).collect();
    assert_eq!(told, [true, true, false], "the newest first");
}

fn cares(second: u64, number: u32, action: CareAction) -> (MonoTime, Entry) {
    let entry = Box::new(CareEntry {
        session: SessionId(4),
        number,
        action,
        by: "mn".into(),
        station: None,
        reason: None,
        passed_over: Vec::new(),
        request: None,
    });
    (seconds(second), Entry::Care { bed: BED, entry })
}

#[test]
fn a_session_that_a_treatment_opened_is_told_once_from_when_the_patient_came() {
    let folder = tempfile::tempdir().unwrap();
    let plan = CareAction::Schedule {
        patient: Patient::new(Some("A. B."), Some("1042")).unwrap(),
        name: None,
        protocol: Text::new("iv").unwrap(),
    };
    let step = |to| CareAction::Step { to };
    let entries = vec![
        cares(10, 1, plan),
        cares(20, 2, step(Stage::Screening)),
        turned(20, true),
        cares(30, 3, step(Stage::Baseline)),
        cares(40, 4, step(Stage::Screening)),
        cares(50, 5, step(Stage::Aborted)),
        turned(50, false),
    ];
    write(folder.path(), 0, entries);
    let history = History::open(folder.path(), GivenUp::default()).unwrap();
    let told = SessionTold {
        id: SessionId(4).to_string(),
        bed: "1".to_owned(),
        initials: Some("A. B.".to_owned()),
        number: Some("1042".to_owned()),
        by: "mn".to_owned(),
        opened: at(20),
        closed: Some(at(50)),
        simulated: false,
    };
    assert_eq!(history.sessions().unwrap(), std::slice::from_ref(&told));
    assert_eq!(history.session(&told.id).unwrap(), Some(told));
}

/// Both kinds of session have the number, and no other's is alike: `K-7` is not `k-7`, nor the
/// beginning of `K-70`.
#[test]
fn the_sessions_of_a_number_are_all_that_the_record_has_and_nobody_elses() {
    let folder = tempfile::tempdir().unwrap();
    let of = |number: Option<&str>| Patient::new(Some("A. B."), number).unwrap();
    let plan = CareAction::Schedule {
        patient: of(Some("K-7")),
        name: None,
        protocol: Text::new("iv").unwrap(),
    };
    let to = Stage::Screening;
    let others = [of(Some("k-7")), of(Some("K-70")), of(None)];
    let others = (10..).zip(others).flat_map(|(id, other)| {
        let [act, open] = opens_for(id * 10, id, other);
        [act, open, turned(id * 10 + 5, false)]
    });
    let [act, open] = opens_for(10, 1, of(Some("K-7")));
    let mut entries = vec![act, open, turned(15, false)];
    entries.extend(others);
    entries.push(cares(200, 1, plan));
    entries.push(cares(210, 2, CareAction::Step { to }));
    entries.push(turned(210, true));
    write(folder.path(), 0, entries);
    let history = History::open(folder.path(), GivenUp::default()).unwrap();
    let told = |number: &str| {
        let told = history.sessions_of(number).unwrap();
        told.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let id = |id: u64| SessionId(id).to_string();
    assert_eq!(told("K-7"), [id(4), id(1)], "the newest first");
    assert_eq!((told("k-7"), told("K-70")), (vec![id(10)], vec![id(11)]));
    assert_eq!((told("K"), told("")), (vec![], vec![]));
}

/// Chairside keeps taking what was forgotten until the next session opens.
#[test]
fn a_session_is_read_from_its_plan_to_what_was_entered_after_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let plan = CareAction::Schedule {
        patient: Patient::default(),
        name: None,
        protocol: Text::new("iv").unwrap(),
    };
    let look = || CareAction::Check { check: Check::Look };
    let step = |to| CareAction::Step { to };
    write(folder.path(), 0, vec![cares(10, 1, plan)]);
    let day = 70 * 86_400;
    let entries = vec![
        cares(20, 2, step(Stage::Screening)),
        turned(20, true),
        cares(50, 3, step(Stage::Aborted)),
        turned(50, false),
        cares(3650, 4, look()),
    ];
    write(folder.path(), day, entries);
    let history = History::open(folder.path(), GivenUp::default()).unwrap();
    let session = history.session(&SessionId(4).to_string()).unwrap().unwrap();
    let entered = |now: i64| {
        let cared = history.care(&session, at(now)).unwrap();
        let entered = cared.iter().map(|one| (one.fact.entry, one.at));
        entered.collect::<Vec<_>>()
    };
    let all = [
        (1, at(10)),
        (2, at(day + 20)),
        (3, at(day + 50)),
        (4, at(day + 3650)),
    ];
    assert_eq!(entered(day + 4000), all);
    assert_eq!(entered(day + 100), all[..3]);
    let elsewhere = SessionTold {
        bed: "9".to_owned(),
        ..session.clone()
    };
    assert_eq!(history.care(&elsewhere, at(day + 4000)).unwrap(), []);
}
