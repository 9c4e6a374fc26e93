use chairside_alarm::{
    AlarmId, LimitCause, LimitChange, LimitKey, Occurrence, OperatorAction, Phase, Priority,
    SignalPresence, Transition,
};

use super::*;

fn alarm(
    second: u64,
    occurrence: u64,
    (present, signal): (bool, SignalPresence),
    evidence: &str,
) -> (MonoTime, Entry) {
    let transition = Transition {
        at: seconds(second),
        id: AlarmId::Spo2Low,
        occurrence: Occurrence(occurrence),
        priority: Priority::Medium,
        present,
        signal,
        call: occurrence,
        superseded: false,
        since: seconds(second).saturating_sub(Duration::from_secs(10)),
        mode: None,
        evidence: evidence.to_owned(),
    };
    (
        seconds(second),
        Entry::Alarm {
            bed: BED,
            transition,
        },
    )
}

fn act(second: u64, by: &str, action: OperatorAction) -> (MonoTime, Entry) {
    let entry = Entry::Operator {
        bed: BED,
        action,
        by: by.into(),
        station: Some("desk".into()),
        reason: None,
    };
    (seconds(second), entry)
}

const ON: (bool, SignalPresence) = (true, SignalPresence::On);
const SEEN: (bool, SignalPresence) = (true, SignalPresence::Acknowledged);
const OVER: (bool, SignalPresence) = (false, SignalPresence::Off);

fn asked(directory: &Path, from: i64, to: i64) -> Events {
    let history = History::open(directory, GivenUp::default()).unwrap();
    history.events("1", at(from), at(to)).unwrap()
}

fn second(time: DateTime<Utc>) -> i64 {
    (time - at(0)).num_seconds()
}

fn answered_at(episode: &Episode) -> Option<i64> {
    Some(second(episode.answered.as_ref()?.at))
}

#[test]
fn an_episode_is_told_whole_with_the_evidence_of_its_onset_and_who_saw_it() {
    let folder = tempfile::tempdir().unwrap();
    let seen = OperatorAction::Acknowledge(Occurrence(3));
    let entries = vec![
        alarm(100, 3, ON, "SpO2 91 % below 92 % for 10 s"),
        alarm(105, 3, ON, "SpO2 88 % below 92 % for 15 s"),
        act(141, "mn", seen),
        alarm(141, 3, SEEN, "SpO2 88 % below 92 % for 51 s"),
        act(150, "ak", seen),
        alarm(200, 3, OVER, ""),
    ];
    write(folder.path(), 0, entries);
    for (from, to) in [(0, 1000), (120, 130), (99, 101), (199, 201)] {
        let events = asked(folder.path(), from, to);
        assert_eq!(events.episodes.len(), 1, "{from} to {to}");
        let episode = &events.episodes[0];
        assert_eq!(episode.evidence, "SpO2 91 % below 92 % for 10 s");
        assert_eq!((second(episode.began), second(episode.told)), (90, 100));
        assert_eq!(episode.ended.map(second), Some(200));
        assert_eq!(answered_at(episode), Some(141));
        let seen = episode.acknowledged.iter();
        let seen: Vec<_> = seen.map(|seen| (second(seen.at), &*seen.by)).collect();
        assert_eq!(seen, [(141, "mn"), (150, "ak")]);
        assert!(!episode.state.present && episode.is_of_this_run);
    }
    assert_eq!(asked(folder.path(), 0, 100).episodes, []);
    assert_eq!(asked(folder.path(), 201, 1000).episodes, []);
    let acted = asked(folder.path(), 145, 1000).acted;
    let acted: Vec<_> = acted
        .iter()
        .map(|one| (second(one.at), &*one.what.by))
        .collect();
    assert_eq!(
        acted,
        [(150, "ak")],
        "what people did is of that time alone"
    );
}

#[test]
fn an_episode_goes_on_over_a_restart_and_is_answered_in_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 0, vec![alarm(100, 3, ON, "SpO2 91 %")]);
    let seen = OperatorAction::Acknowledge(Occurrence(3));
    let second_run = vec![act(20, "mn", seen), alarm(20, 3, SEEN, "SpO2 91 %")];
    write(folder.path(), 1000, second_run);
    // It stood all the time between.
    for (from, to) in [(500, 600), (2000, 3000), (50, 5000)] {
        let events = asked(folder.path(), from, to);
        let episode = events.episodes.first().unwrap();
        assert_eq!(second(episode.told), 100);
        assert_eq!(answered_at(episode), Some(1020));
        assert_eq!(episode.ended, None);
        assert_eq!(episode.state.signal, "acknowledged");
        assert!(!episode.is_of_this_run, "its evidence is the first run's");
    }
}

#[test]
fn who_comes_first_has_answered_and_not_who_acknowledges_later() {
    let folder = tempfile::tempdir().unwrap();
    let entries = vec![
        alarm(100, 3, ON, "SpO2 91 %"),
        act(120, "mn", OperatorAction::Accept { call: 9 }),
        act(190, "ak", OperatorAction::Acknowledge(Occurrence(3))),
    ];
    write(folder.path(), 0, entries);
    let events = asked(folder.path(), 0, 1000);
    let answered = events.episodes[0].answered.as_ref().unwrap();
    assert_eq!((second(answered.at), &*answered.by), (120, "mn"));
}

#[test]
fn a_condition_that_returns_while_it_is_latched_has_not_ended() {
    let folder = tempfile::tempdir().unwrap();
    let latched = (false, SignalPresence::Latched);
    let entries = vec![
        alarm(100, 3, ON, "a"),
        alarm(110, 3, latched, "b"),
        alarm(120, 3, ON, "c"),
    ];
    write(folder.path(), 0, entries);
    let between = asked(folder.path(), 0, 1000);
    assert_eq!(between.episodes[0].ended, None);
    assert_eq!(between.episodes[0].answered, None, "nobody came");
}

#[test]
fn a_pause_of_its_sound_answers_an_alarm_that_stands_and_none_that_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let entries = vec![
        alarm(100, 3, ON, "a"),
        alarm(110, 3, OVER, "a"),
        alarm(200, 4, ON, "b"),
        act(230, "mn", OperatorAction::PauseAudio { seconds: 120 }),
        act(235, "mn", OperatorAction::ResumeAudio),
    ];
    write(folder.path(), 0, entries);
    let events = asked(folder.path(), 0, 1000);
    let answered = events.episodes.iter();
    let answered: Vec<_> = answered.map(answered_at).collect();
    assert_eq!(answered, [None, Some(230)]);
}

#[test]
fn whoever_comes_answers_what_had_called_by_then() {
    let folder = tempfile::tempdir().unwrap();
    // Each calls once: 3 and then 4.
    let entries = vec![
        alarm(100, 3, ON, "a"),
        alarm(200, 4, ON, "b"),
        act(210, "mn", OperatorAction::Accept { call: 3 }),
        act(240, "mn", OperatorAction::Arrive { call: 4 }),
    ];
    write(folder.path(), 0, entries);
    let events = asked(folder.path(), 0, 1000);
    let calls: Vec<_> = events.acted.iter().map(|one| one.what.call).collect();
    assert_eq!(calls, [Some(3), Some(4)]);
    let answered = events.episodes.iter();
    let answered: Vec<_> = answered.map(answered_at).collect();
    assert_eq!(answered, [Some(210), Some(240)]);
}

#[test]
fn help_that_is_asked_for_answers_an_alarm_and_not_me_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second_one) = (Occurrence(3), Occurrence(4));
    let entries = vec![
        alarm(100, 3, ON, "a"),
        act(110, "mn", OperatorAction::Decline(first)),
        act(120, "mn", OperatorAction::Help(Some(first))),
        alarm(130, 3, OVER, "a"),
        alarm(200, 4, ON, "b"),
        act(210, "mn", OperatorAction::Decline(second_one)),
        act(220, "patient", OperatorAction::Call),
    ];
    write(folder.path(), 0, entries);
    let events = asked(folder.path(), 0, 1000);
    let answered = events.episodes.iter();
    let answered: Vec<_> = answered.map(answered_at).collect();
    assert_eq!(answered, [Some(120), None]);
    let acted = events.acted.iter();
    let acted: Vec<_> = acted
        .map(|one| (&*one.what.action, &*one.what.by, one.what.occurrence))
        .collect();
    assert_eq!(
        acted,
        [
            ("decline", "mn", 3),
            ("help", "mn", 3),
            ("decline", "mn", 4),
            ("call", "patient", 0)
        ]
    );
}

#[test]
fn what_else_happened_is_told_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let change = LimitChange {
        key: LimitKey::all().next().unwrap(),
        old: Value::whole(90),
        new: Value::whole(88),
        cause: LimitCause::Person,
    };
    let entries = vec![
        (
            seconds(10),
            Entry::Session {
                bed: BED,
                open: true,
            },
        ),
        (
            seconds(20),
            Entry::Phase {
                bed: BED,
                phase: Phase::Dosing,
            },
        ),
        (seconds(21), Entry::Limit { bed: BED, change }),
        (
            seconds(30),
            Entry::Dosing {
                bed: BED,
                running: true,
            },
        ),
        (
            seconds(40),
            Entry::Dosing {
                bed: chairside_model::BedId(2),
                running: true,
            },
        ),
    ];
    write(folder.path(), 0, entries);
    let events = asked(folder.path(), 15, 1000);
    let happened: Vec<_> = events
        .happened
        .iter()
        .map(|one| (second(one.at), &one.what))
        .collect();
    let [
        (20, Event::Phase(phase)),
        (21, Event::Limit(limit)),
        (30, Event::Dose { running: true }),
    ] = &happened[..]
    else {
        panic!("{happened:?}");
    };
    assert_eq!(phase, "dosing");
    assert_eq!((limit.old, limit.new), (90.0, 88.0));
}
