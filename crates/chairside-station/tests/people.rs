//! People at a station: what they do, what comes of it in time, and that the record tells all of it.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    Act, AlarmId, AlarmProfile, Audio, AudioCause, Occurrence, OperatorAction, PATIENT, Refusal,
    Role, Sound, Suspension, SuspensionEnd,
};
use chairside_model::{
    BedId, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading, Value,
};
use chairside_station::{
    BedPlan, DevicePlan, Entry, Feed, Record, Station, StationInput, StationOutput,
};

mod support;

use support::parts;

const BED: BedId = BedId(1);
const OXIMETER: DeviceId = DeviceId(1);

/// A bed with an oximeter, second by second, and all that it told.
struct Clinic {
    station: Station,
    out: StationOutput,
    second: u64,
}

impl Clinic {
    fn new() -> Self {
        let feed = Feed::HandedIn {
            gives: vec![Metric::SpO2],
            nominal_period: Duration::from_secs(1),
        };
        let oximeter = DevicePlan {
            id: OXIMETER,
            feed,
            metrics: None,
        };
        let plan = BedPlan {
            protocols: Vec::new(),
            devices: vec![oximeter],
            profile: AlarmProfile::new(parts()).expect("limits do not contradict each other"),
        };
        Self {
            station: Station::new(BTreeMap::from([(BED, plan)]), MonoTime::ZERO)
                .expect("each device is planned once"),
            out: StationOutput::default(),
            second: 0,
        }
    }

    /// Goes on for so many seconds with that saturation.
    fn spo2(&mut self, percent: i32, seconds: u64) {
        for _ in 0..seconds {
            let now = MonoTime::from_secs(self.second);
            let observation = Observation {
                device: OXIMETER,
                received: now,
                reading: Reading::Numeric(Numeric {
                    metric: Metric::SpO2,
                    measured: Measured::Valid(Value::whole(percent)),
                    taken: now,
                }),
            };
            let input = StationInput::Observed(BED, &observation);
            self.station.handle(now, input, &mut self.out);
            if self.station.next_deadline().is_some_and(|due| due <= now) {
                self.station.handle(now, StationInput::Tick, &mut self.out);
            }
            self.second += 1;
        }
    }

    fn act(&mut self, act: Act<'_>) {
        let now = MonoTime::from_secs(self.second);
        let input = StationInput::Operator { bed: BED, act };
        self.station.handle(now, input, &mut self.out);
    }

    fn session(&mut self, open: bool) {
        let now = MonoTime::from_secs(self.second);
        let input = StationInput::Session(BED, open);
        self.station.handle(now, input, &mut self.out);
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        self.out.records.iter()
    }
}

const fn at_the_desk(action: OperatorAction) -> Act<'static> {
    Act {
        action,
        by: "mn",
        station: Some("desk"),
        reason: Some("expected"),
        call: None,
    }
}

#[test]
fn the_record_says_who_did_what_where_and_why_before_what_came_of_it() {
    let mut clinic = Clinic::new();
    clinic.spo2(91, 12);
    let before = clinic.out.records.len();
    clinic.act(at_the_desk(OperatorAction::PauseAlarm {
        id: AlarmId::Spo2Low,
        seconds: 60,
    }));
    let [operator, suspension, alarm] = &clinic.out.records[before..] else {
        panic!("{:?}", &clinic.out.records[before..]);
    };
    let Entry::Operator {
        by,
        station,
        reason,
        ..
    } = &operator.entry
    else {
        panic!("{operator:?}");
    };
    assert_eq!(
        (&**by, station.as_deref(), reason.as_deref()),
        ("mn", Some("desk"), Some("expected"))
    );
    assert!(matches!(suspension.entry, Entry::Suspension { .. }));
    assert!(matches!(alarm.entry, Entry::Alarm { .. }));
}

#[test]
fn a_call_an_answer_and_not_me_are_on_record_with_who_and_where_and_what_came_of_them() {
    let mut clinic = Clinic::new();
    clinic.spo2(97, 3);
    clinic.act(Act {
        by: PATIENT,
        station: Some("room 1"),
        reason: None,
        ..at_the_desk(OperatorAction::Call)
    });
    let call = Occurrence(1);
    clinic.act(at_the_desk(OperatorAction::Decline(call)));
    clinic.act(at_the_desk(OperatorAction::Help(Some(call))));
    clinic.act(at_the_desk(OperatorAction::Acknowledge(call)));
    let told: Vec<String> = clinic
        .records()
        .filter_map(|record| match &record.entry {
            Entry::Operator {
                action,
                by,
                station,
                ..
            } => {
                let station = station.as_deref().unwrap_or_default();
                Some(format!("{by} at {station}: {}", action.name()))
            }
            Entry::Alarm { transition, .. } => {
                let present = if transition.present { "begins" } else { "ends" };
                Some(format!(
                    "{} {present}: {}",
                    transition.id, transition.evidence
                ))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [
            "patient at room 1: call",
            "PATIENT_CALL begins: the patient asks for somebody",
            "mn at desk: decline",
            "mn at desk: help",
            "HELP_WANTED begins: mn asks for help: PATIENT_CALL",
            "mn at desk: acknowledge",
            "PATIENT_CALL ends: the patient asks for somebody",
        ]
    );
}

#[test]
fn what_is_refused_is_not_in_the_record() {
    let mut clinic = Clinic::new();
    clinic.spo2(87, 8);
    let pause = |id, seconds| OperatorAction::PauseAlarm { id, seconds };
    let nameless = Act {
        station: None,
        ..at_the_desk(OperatorAction::PauseAudio { seconds: 60 })
    };
    let acts = [
        at_the_desk(pause(AlarmId::Spo2VeryLow, 60)),
        at_the_desk(pause(AlarmId::HrHigh, 60)),
        at_the_desk(pause(AlarmId::Spo2Low, 601)),
        at_the_desk(OperatorAction::PauseAudio { seconds: 121 }),
        at_the_desk(OperatorAction::Acknowledge(Occurrence(9))),
        nameless,
    ];
    let before = clinic.out.records.len();
    for act in acts {
        let refused = clinic.station.check(BED, &act, Role::Clinician);
        let why = refused.expect_err("it is refused").to_string();
        assert!(!why.is_empty());
        clinic.act(act);
    }
    assert_eq!(clinic.out.records.len(), before);
}

#[test]
fn what_called_after_a_person_heard_it_sounds_through_their_pause() {
    let mut clinic = Clinic::new();
    clinic.spo2(91, 12);
    let heard = clinic.station.last_call(BED);
    // The worse one calls while the pause is on its way.
    clinic.spo2(87, 7);
    clinic.act(Act {
        call: heard,
        ..at_the_desk(OperatorAction::PauseAudio { seconds: 120 })
    });
    let audio = clinic.station.audio(BED).expect("the bed is there");
    let sounds = |id| {
        let mut standing = clinic.station.standing();
        standing.any(|(_, alarm)| alarm.id == id && audio.sounds("desk", alarm))
    };
    assert!(sounds(AlarmId::Spo2VeryLow));
    assert!(!sounds(AlarmId::Spo2Low));
    let early = Act {
        call: Some(3),
        ..at_the_desk(OperatorAction::PauseAudio { seconds: 120 })
    };
    let refused = clinic.station.check(BED, &early, Role::Nurse);
    assert_eq!(refused, Err(Refusal::NeverCalled));
}

#[test]
fn what_came_due_after_the_check_is_why_an_action_is_refused() {
    let mut clinic = Clinic::new();
    clinic.spo2(91, 12);
    clinic.act(at_the_desk(OperatorAction::PauseAlarm {
        id: AlarmId::Spo2Low,
        seconds: 60,
    }));
    let resume = at_the_desk(OperatorAction::ResumeAlarm {
        id: AlarmId::Spo2Low,
    });
    // Nobody has ticked since the pause was over.
    let now = MonoTime::from_secs(12 + 61);
    assert_eq!(clinic.station.check(BED, &resume, Role::Nurse), Ok(()));
    let before = clinic.out.records.len();
    let done = clinic.station.act(now, BED, &resume, &mut clinic.out);
    assert_eq!(done, Err(Refusal::NothingToEnd));
    let mut since = clinic.out.records[before..].iter();
    assert!(!since.any(|record| matches!(record.entry, Entry::Operator { .. })));
    let elsewhere = clinic.station.act(now, BedId(2), &resume, &mut clinic.out);
    assert_eq!(elsewhere, Err(Refusal::NoBed));
}

#[test]
fn what_was_due_before_a_dose_or_a_stopped_record_is_told_before_it() {
    for input in [
        StationInput::Dosing(BED, true),
        StationInput::Recording(false),
    ] {
        let mut clinic = Clinic::new();
        clinic.spo2(97, 1);
        let before = clinic.out.records.len();
        // The link was lost at 10 s, and nobody ticked.
        clinic
            .station
            .handle(MonoTime::from_secs(15), input, &mut clinic.out);
        let first = &clinic.out.records[before].entry;
        assert!(matches!(first, Entry::Alarm { .. }), "{first:?}");
    }
}

#[test]
fn only_a_clinician_turns_the_sound_or_a_rule_off_and_a_nurse_may_turn_them_on() {
    let mut clinic = Clinic::new();
    let off = at_the_desk(OperatorAction::SwitchOff {
        id: AlarmId::Spo2Low,
        seconds: 600,
    });
    let mute = at_the_desk(OperatorAction::AudioOff { seconds: 600 });
    for act in [off, mute] {
        let refused = clinic.station.check(BED, &act, Role::Nurse);
        assert_eq!(refused, Err(Refusal::Role(Role::Clinician)));
        assert_eq!(clinic.station.check(BED, &act, Role::Clinician), Ok(()));
        clinic.act(act);
    }
    let on = at_the_desk(OperatorAction::SwitchOn {
        id: AlarmId::Spo2Low,
    });
    for act in [on, at_the_desk(OperatorAction::ResumeAudio)] {
        assert_eq!(clinic.station.check(BED, &act, Role::Nurse), Ok(()));
    }
    let elsewhere = clinic.station.check(BedId(2), &on, Role::Nurse);
    assert_eq!(elsewhere, Err(Refusal::NoBed));
}

#[test]
fn what_time_ends_is_in_the_record_and_a_reminder_is() {
    let mut clinic = Clinic::new();
    clinic.act(at_the_desk(OperatorAction::AudioOff { seconds: 400 }));
    clinic.act(at_the_desk(OperatorAction::SwitchOff {
        id: AlarmId::Spo2Low,
        seconds: 300,
    }));
    clinic.spo2(91, 420);
    let ended = clinic.records().find_map(|record| match &record.entry {
        Entry::Suspension { change, .. } if change.ended.is_some() => {
            Some((record.at.since_start().as_secs(), change.ended))
        }
        _ => None,
    });
    assert_eq!(ended, Some((300, Some(SuspensionEnd::Time))));
    let told: Vec<(u64, AudioCause, &str)> = clinic
        .records()
        .filter_map(|record| match &record.entry {
            Entry::Audio { change, .. } => {
                let at = record.at.since_start().as_secs();
                Some((at, change.cause, change.sound.name()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [
            (0, AudioCause::Person, "off"),
            (180, AudioCause::Reminder, "off"),
            (360, AudioCause::Reminder, "off"),
            (400, AudioCause::Time, "on"),
        ]
    );
}

#[test]
fn what_was_silent_for_one_patient_is_not_for_the_next() {
    let mut clinic = Clinic::new();
    clinic.session(true);
    clinic.act(at_the_desk(OperatorAction::AudioOff { seconds: 4000 }));
    clinic.act(at_the_desk(OperatorAction::SwitchOff {
        id: AlarmId::Spo2Low,
        seconds: 4000,
    }));
    clinic.spo2(91, 20);
    // Said once more, it ends nothing.
    clinic.session(true);
    assert_eq!(clinic.station.suspensions(BED).count(), 1);
    let before = clinic.out.records.len();
    clinic.session(false);
    let [session, suspension, alarm, audio] = &clinic.out.records[before..] else {
        panic!("{:?}", &clinic.out.records[before..]);
    };
    assert!(matches!(session.entry, Entry::Session { open: false, .. }));
    let Entry::Suspension { change, .. } = &suspension.entry else {
        panic!("{suspension:?}");
    };
    assert_eq!(change.ended, Some(SuspensionEnd::Session));
    assert!(matches!(alarm.entry, Entry::Alarm { .. }), "{alarm:?}");
    let Entry::Audio { change, .. } = &audio.entry else {
        panic!("{audio:?}");
    };
    assert_eq!(
        (change.sound, change.cause),
        (Sound::On, AudioCause::Session)
    );
    assert_eq!(clinic.station.suspensions(BED).count(), 0);
}

#[test]
fn the_record_alone_tells_what_is_silent_now() {
    let mut clinic = Clinic::new();
    clinic.spo2(91, 12);
    clinic.act(at_the_desk(OperatorAction::PauseAudio { seconds: 30 }));
    clinic.act(Act {
        station: Some("hall"),
        ..at_the_desk(OperatorAction::AudioOff { seconds: 4000 })
    });
    clinic.act(at_the_desk(OperatorAction::PauseAlarm {
        id: AlarmId::Spo2Low,
        seconds: 500,
    }));
    clinic.spo2(91, 250);
    clinic.act(Act {
        station: Some("door"),
        ..at_the_desk(OperatorAction::PauseAudio { seconds: 100 })
    });
    let mut audio = Audio::default();
    let mut suspensions: BTreeMap<AlarmId, Suspension> = BTreeMap::new();
    let mut last_call = 0;
    for record in clinic.records() {
        match &record.entry {
            Entry::Audio { change, .. } => audio.adopt(change),
            Entry::Suspension { change, .. } if change.ended.is_none() => {
                suspensions.insert(change.suspension.id, change.suspension.clone());
            }
            Entry::Suspension { change, .. } => {
                suspensions.remove(&change.suspension.id);
            }
            Entry::Alarm { transition, .. } => last_call = last_call.max(transition.call),
            _ => {}
        }
    }
    let known = clinic.station.audio(BED).expect("the bed is there");
    assert!(audio.stations().eq(known.stations()));
    let stations: Vec<&str> = known.stations().map(|(station, _)| station).collect();
    assert_eq!(stations, ["door", "hall"], "the desk's pause is over");
    let suspended: Vec<&Suspension> = clinic.station.suspensions(BED).collect();
    assert_eq!(suspended, suspensions.values().collect::<Vec<_>>());
    assert_eq!(suspended.len(), 1);
    let door = known.stations().next().expect("it is the first").1;
    let covers = matches!(door.sound, Sound::Paused { covers, .. } if covers == last_call);
    assert!(covers, "{door:?}");
    assert_eq!(last_call, 1);
}
