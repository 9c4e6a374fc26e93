//! What people may do, within which bounds, and what a station hears of it: the tables of
//! `docs/alarms.md`.

#![expect(clippy::panic, reason = "a page that cannot be read fails its test")]

use std::time::Duration;

use chairside_alarm::{
    ALARM_PAUSE_DEFAULT_S, ALARM_PAUSE_MAX_S, AUDIO_OFF_MAX_S, AUDIO_PAUSE_MAX_S, Act, AlarmEngine,
    AlarmId, AlarmInput, AlarmProfile, Audio, AudioCause, LIMITS_LAST, LimitKey, Occurrence,
    OperatorAction, REMINDER_PERIOD, RULE_OFF_MAX_S, Refusal, Role, STATIONS_MAX, Sound, Sources,
};
use chairside_model::{
    DeviceId, Measured, Metric, MonoTime, Observation, Patient, Reading, SessionId, Value,
};

use crate::adult;
use crate::chart::{Chart, by_nurse};
use crate::docs::{project, table};

fn engine() -> AlarmEngine {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    let sources = Sources {
        devices: [(DeviceId(1), adult::seconds(1))].into(),
        metrics: Metric::ALL.map(|metric| (metric, DeviceId(1))).into(),
    };
    AlarmEngine::new(profile, sources, MonoTime::ZERO)
}

#[test]
fn no_alarm_that_can_be_high_is_paused_or_switched_off() {
    let engine = engine();
    let mut refused = Vec::new();
    for &id in AlarmId::ALL {
        let pause = engine.check(&by_nurse(OperatorAction::PauseAlarm { id, seconds: 60 }));
        let off = engine.check(&by_nurse(OperatorAction::SwitchOff { id, seconds: 60 }));
        if id.is_call() {
            assert_eq!([pause, off], [(); 2].map(|()| Err(Refusal::IsCall(id))));
            continue;
        }
        if pause == Err(Refusal::CanBeHigh(id)) {
            assert!(matches!(
                off,
                Err(Refusal::CanBeHigh(_) | Refusal::NeverOff(_))
            ));
            refused.push(id);
        } else {
            assert_eq!(pause, Ok(()), "{id}");
            let never = id == AlarmId::RecordingStopped;
            let expected = if never {
                Err(Refusal::NeverOff(id))
            } else {
                Ok(())
            };
            assert_eq!(off, expected, "{id}");
        }
    }
    let high = [
        AlarmId::HrVeryHigh,
        AlarmId::HrVeryLow,
        AlarmId::Spo2VeryLow,
        AlarmId::Apnea,
        AlarmId::AirwayObstruction,
        AlarmId::NibpVeryHigh,
        AlarmId::NibpVeryLow,
        AlarmId::DeviceLinkLost,
        AlarmId::DeviceSwapped,
        AlarmId::BedFailed,
        AlarmId::NoStation,
    ];
    let mut high = high.to_vec();
    high.sort_unstable();
    refused.sort_unstable();
    assert_eq!(refused, high);
}

/// Returns the action of a row of the page, for so many seconds.
fn action(name: &str, seconds: u32) -> OperatorAction {
    let id = AlarmId::Spo2Low;
    match name {
        "acknowledge" => OperatorAction::Acknowledge(Occurrence(1)),
        "audio paused" => OperatorAction::PauseAudio { seconds },
        "audio off" => OperatorAction::AudioOff { seconds },
        "alarm paused" => OperatorAction::PauseAlarm { id, seconds },
        "rule off" => OperatorAction::SwitchOff { id, seconds },
        "open a session" => OperatorAction::OpenSession(SessionId(1), Patient::default()),
        "close a session" => OperatorAction::CloseSession(SessionId(1)),
        "call" => OperatorAction::Call,
        "ask for help" => OperatorAction::Help(None),
        "accept" => OperatorAction::Accept { call: 0 },
        "arrive" => OperatorAction::Arrive { call: 0 },
        "not me" => OperatorAction::Decline(Occurrence(1)),
        "confirm a swapped device" => OperatorAction::ConfirmDevice(Occurrence(1)),
        "set a limit" => OperatorAction::SetLimit {
            key: LimitKey::from_name("threshold.SPO2_LOW.trip").expect("a limit"),
            expected: Value::whole(92),
            new: Value::whole(90),
        },
        _ => panic!("no such action: {name}"),
    }
}

#[test]
fn people_may_do_what_the_page_says_and_within_its_bounds() {
    let engine = engine();
    let audio = Audio::default();
    let (_, rows) = table("What people can do");
    assert_eq!(rows.len(), 14);
    for row in rows {
        let [name, role, most, reason, holds] = &row[..] else {
            panic!("a row has five cells: {row:?}");
        };
        let least = Role::from_name(role).expect("a role");
        for other in Role::ALL {
            let expected = if *other >= least {
                Ok(())
            } else {
                Err(Refusal::Role(least))
            };
            assert_eq!(action(name, 1).check_role(*other), expected, "{name}");
        }
        let is_about_sound = action(name, 1).is_about_sound();
        assert_eq!(is_about_sound, holds == "at one station", "{name}");
        let check = |act: Act<'_>| {
            let sound = audio.check(&act);
            engine.check(&act).and(sound)
        };
        for said in [None, Some(""), Some("  ")] {
            let act = Act {
                reason: said,
                ..by_nurse(action(name, 1))
            };
            let is_refused = check(act) == Err(Refusal::NoReason);
            assert_eq!(is_refused, reason == "yes", "{name}");
        }
        let Ok(most) = most.parse() else {
            assert_eq!(action(name, 1).seconds(), None, "{name}");
            let limits = format!("{} without a session", LIMITS_LAST.as_secs());
            let expected = if name == "set a limit" {
                &limits
            } else {
                "–"
            };
            assert_eq!(most, expected, "{name}");
            continue;
        };
        for (seconds, expected) in [
            (0, Err(Refusal::Seconds { most })),
            (1, Ok(())),
            (most, Ok(())),
            (most + 1, Err(Refusal::Seconds { most })),
            (u32::MAX, Err(Refusal::Seconds { most })),
        ] {
            let act = by_nurse(action(name, seconds));
            assert_eq!(check(act), expected, "{name} for {seconds} s");
        }
    }
    let most = [
        AUDIO_PAUSE_MAX_S,
        AUDIO_OFF_MAX_S,
        ALARM_PAUSE_MAX_S,
        RULE_OFF_MAX_S,
    ];
    assert_eq!(most, [120, 14400, 600, 14400]);
    assert!((1..=ALARM_PAUSE_MAX_S).contains(&ALARM_PAUSE_DEFAULT_S));
}

#[test]
fn a_station_hears_what_the_page_says() {
    let (_, rows) = table("Who hears it");
    let story = Chart::read("spo2 91x12\n pulse 130x12 130x12").story(adult::parts(), 0);
    let mut before = story.told[0].clone();
    before.call = 1;
    let mut after = before.clone();
    after.call = 2;
    for row in rows {
        let mut audio = Audio::default();
        let mut told = Vec::new();
        let action = match row[0].as_str() {
            "on" => None,
            "paused" => Some(OperatorAction::PauseAudio { seconds: 100 }),
            "off" => Some(OperatorAction::AudioOff { seconds: 1000 }),
            other => panic!("no such sound: {other}"),
        };
        if let Some(action) = action {
            audio.operator(MonoTime::ZERO, &by_nurse(action), 1, &mut told);
        }
        let heard = |call| {
            if audio.sounds("desk", call) {
                "heard"
            } else {
                "silent"
            }
        };
        assert_eq!([heard(&before), heard(&after)], [&row[1], &row[2]]);
        assert!(audio.sounds("hall", &before), "elsewhere nothing changed");
        let reminder = match told.first().map(|change| change.sound) {
            Some(Sound::Off { reminder, .. }) => reminder.since_start().as_secs().to_string(),
            _ => "–".to_owned(),
        };
        assert_eq!(reminder, row[3], "{}", row[0]);
    }
    let page = project("docs/alarms.md");
    assert!(page.contains(&format!("At most {STATIONS_MAX} stations")));
    assert_eq!(REMINDER_PERIOD, Duration::from_mins(3));
}

#[test]
fn a_display_that_names_itself_anew_each_time_fills_nothing() {
    let mut audio = Audio::default();
    let mut told = Vec::new();
    let pause = |station| Act {
        station: Some(station),
        ..by_nurse(OperatorAction::PauseAudio { seconds: 60 })
    };
    let names: Vec<String> = (0..=STATIONS_MAX).map(|name| name.to_string()).collect();
    for name in &names[..STATIONS_MAX] {
        assert_eq!(audio.check(&pause(name)), Ok(()));
        audio.operator(MonoTime::ZERO, &pause(name), 0, &mut told);
    }
    let one_more = pause(&names[STATIONS_MAX]);
    assert_eq!(audio.check(&one_more), Err(Refusal::TooManyStations));
    audio.operator(MonoTime::ZERO, &one_more, 0, &mut told);
    assert_eq!(told.len(), STATIONS_MAX);
    // One that is known may pause again, and when the time is over there is room.
    assert_eq!(audio.check(&pause(&names[0])), Ok(()));
    audio.operator(MonoTime::from_secs(60), &one_more, 0, &mut told);
    let ended = told.iter().filter(|told| told.cause == AudioCause::Time);
    assert_eq!(ended.count(), STATIONS_MAX);
    assert_eq!(audio.stations().count(), 1);
}

#[test]
fn what_is_not_silent_cannot_be_ended_and_a_station_has_a_name() {
    let (engine, audio) = (engine(), Audio::default());
    let id = AlarmId::Spo2Low;
    for action in [
        OperatorAction::ResumeAlarm { id },
        OperatorAction::SwitchOn { id },
    ] {
        assert_eq!(
            engine.check(&by_nurse(action)),
            Err(Refusal::NothingToEnd),
            "{action:?}"
        );
    }
    let loud = by_nurse(OperatorAction::ResumeAudio);
    assert_eq!(audio.check(&loud), Err(Refusal::NothingToEnd));
    for station in [None, Some(""), Some(" ")] {
        let pause = Act {
            station,
            ..by_nurse(OperatorAction::PauseAudio { seconds: 60 })
        };
        assert_eq!(audio.check(&pause), Err(Refusal::NoStation));
    }
}

#[test]
fn the_changes_of_the_sound_tell_all_of_it() {
    let (mut audio, mut told) = (Audio::default(), Vec::new());
    let off = by_nurse(OperatorAction::AudioOff { seconds: 400 });
    audio.operator(MonoTime::from_secs(5), &off, 3, &mut told);
    let pause = Act {
        station: Some("hall"),
        ..by_nurse(OperatorAction::PauseAudio { seconds: 100 })
    };
    audio.operator(MonoTime::from_secs(90), &pause, 7, &mut told);
    audio.tick(MonoTime::from_secs(185), &mut told);
    audio.tick(MonoTime::from_secs(190), &mut told);
    let mut again = Audio::default();
    for change in &told {
        again.adopt(change);
    }
    assert_eq!(told.len(), 4, "two began, a reminder, one ended");
    assert!(again.stations().eq(audio.stations()));
    assert_eq!(again.next_deadline(), Some(MonoTime::from_secs(365)));
}

#[test]
fn a_reminder_that_comes_late_comes_once_and_the_next_one_three_minutes_after_it() {
    let (mut audio, mut told) = (Audio::default(), Vec::new());
    let off = by_nurse(OperatorAction::AudioOff { seconds: 3600 });
    audio.operator(MonoTime::ZERO, &off, 0, &mut told);
    audio.tick(MonoTime::from_secs(1000), &mut told);
    assert_eq!(told.len(), 2);
    assert_eq!(told[1].cause, AudioCause::Reminder);
    assert_eq!(audio.next_deadline(), Some(MonoTime::from_secs(1180)));
    // One that is a little late puts off nothing.
    audio.tick(MonoTime::from_secs(1190), &mut told);
    assert_eq!(audio.next_deadline(), Some(MonoTime::from_secs(1360)));
}

#[test]
fn a_pause_that_takes_the_place_of_another_lasts_since_it_began() {
    let (mut audio, mut told) = (Audio::default(), Vec::new());
    let pause = by_nurse(OperatorAction::PauseAudio { seconds: 60 });
    for at in [20, 40] {
        audio.operator(MonoTime::from_secs(at), &pause, 0, &mut told);
    }
    let (_, state) = audio.stations().next().expect("it is paused");
    assert_eq!(state.since, MonoTime::from_secs(40));
}

#[test]
fn an_alarm_that_is_paused_calls_nobody_who_could_have_seen_it() {
    let mut engine = engine();
    let mut told = Vec::new();
    for at in 0..=10 {
        let now = MonoTime::from_secs(at);
        let low = Measured::Valid(Value::whole(91));
        let observation = Observation {
            device: DeviceId(1),
            received: now,
            reading: Reading::numeric(Metric::SpO2, low, now),
        };
        engine.handle(now, AlarmInput::Observed(&observation), &mut told);
        engine.handle(now, AlarmInput::Tick, &mut told);
    }
    let occurrence = told.first().expect("it is raised").occurrence;
    let id = AlarmId::Spo2Low;
    let pause = by_nurse(OperatorAction::PauseAlarm { id, seconds: 60 });
    let seen = by_nurse(OperatorAction::Acknowledge(occurrence));
    assert_eq!(seen.action.occurrence(), Some(occurrence));
    assert_eq!(pause.action.occurrence(), None);
    assert_eq!(engine.check(&seen), Ok(()));
    engine.handle(
        MonoTime::from_secs(10),
        AlarmInput::Operator(pause),
        &mut told,
    );
    assert_eq!(engine.check(&seen), Err(Refusal::Paused));
    let paused: Vec<AlarmId> = engine.suspensions().map(|paused| paused.id).collect();
    assert_eq!(paused, [id]);
}

#[test]
fn calls_are_numbered_on_after_those_of_an_earlier_run() {
    let mut engine = engine();
    engine.resume_calls_after(41);
    assert_eq!(engine.last_call(), 41);
    engine.resume_calls_after(7);
    assert_eq!(engine.last_call(), 41, "no number is given twice");
    let mut told = Vec::new();
    engine.handle(MonoTime::from_secs(10), AlarmInput::Tick, &mut told);
    assert_eq!(told[0].id, AlarmId::DeviceLinkLost);
    assert_eq!(told[0].call, 42);
}
