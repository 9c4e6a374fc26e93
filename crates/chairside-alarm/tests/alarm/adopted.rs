//! Alarms that go on from what was told, where no reading is on record that shows them.

use chairside_alarm::{
    AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Audience, Delivery, Occurrence, OperatorAction,
    Priority, Resumed, Resuming, SignalPresence, Sources, Suspension, SuspensionChange,
    SuspensionKind, Transition,
};
use chairside_model::{DeviceId, Measured, Metric, MonoTime, Observation, Reading, Value};

use crate::adult;
use crate::chart::{by_nurse, in_words};

/// A bed that measures everything, of one device or of two.
fn sources(devices: u16) -> Sources {
    let mut sources = Sources {
        devices: (1..=devices)
            .map(|id| (DeviceId(id), adult::seconds(1)))
            .collect(),
        metrics: Metric::ALL.map(|metric| (metric, DeviceId(1))).into(),
    };
    if devices == 0 {
        sources.metrics.clear();
    }
    sources
}

fn told(at: u64, id: AlarmId, present: bool) -> Transition {
    Transition {
        at: MonoTime::from_secs(at),
        id,
        occurrence: Occurrence(7),
        priority: Priority::Medium,
        present,
        signal: if present {
            SignalPresence::On
        } else {
            SignalPresence::Off
        },
        call: 3,
        superseded: false,
        since: MonoTime::from_secs(1000),
        mode: None,
        evidence: "as it was".to_owned(),
    }
}

/// What is on record begins at 1000 s.
fn resuming(sources: Sources) -> Resuming {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    Resuming::new(profile, sources, MonoTime::ZERO, MonoTime::from_secs(1000))
}

fn resumed(sources: Sources, told: &[Transition]) -> Resumed {
    let mut resuming = resuming(sources);
    for told in told {
        resuming.told(told.at, told);
    }
    resuming.finish(MonoTime::from_secs(1100), MonoTime::from_secs(1100))
}

fn stands(engine: &AlarmEngine, id: AlarmId) -> bool {
    engine
        .standing()
        .any(|standing| standing.id == id && standing.present)
}

/// The alarms that a bed with everything has rules for.
fn judged() -> impl Iterator<Item = AlarmId> {
    AlarmId::ALL.iter().copied()
}

#[test]
fn an_alarm_that_was_told_stands_again_and_one_that_ended_does_not() {
    for devices in [1, 2] {
        for id in judged() {
            let begun = told(1050, id, true);
            let mut on = resumed(sources(devices), std::slice::from_ref(&begun)).engine;
            assert!(stands(&on, id), "{id}");
            // Its rule judges it, and no longer does when it is switched off.
            let off = by_nurse(OperatorAction::SwitchOff { id, seconds: 600 });
            if on.check(&off).is_ok() {
                let input = AlarmInput::Operator(off);
                on.handle(MonoTime::from_secs(1101), input, &mut Vec::new());
                assert!(!stands(&on, id), "{id}");
            }
            let over = resumed(sources(devices), &[begun, told(1060, id, false)]).engine;
            // Nobody has heard of the devices since: that goes on being so.
            let silent = matches!(id, AlarmId::DeviceLinkLost | AlarmId::NibpOverdue);
            assert!(!stands(&over, id) || silent, "{id}");
        }
    }
}

#[test]
fn an_alarm_that_the_bed_no_longer_judges_is_told_to_be_over() {
    let id = AlarmId::Spo2Low;
    let stood = Transition {
        superseded: true,
        ..told(1050, id, true)
    };
    let resumed = resumed(sources(0), std::slice::from_ref(&stood));
    assert!(!stands(&resumed.engine, id));
    let over = Transition {
        at: MonoTime::from_secs(1100),
        present: false,
        signal: SignalPresence::Off,
        superseded: false,
        ..stood
    };
    assert_eq!(resumed.told, [over]);
}

#[test]
fn a_latched_alarm_that_the_bed_no_longer_judges_is_told_to_be_over_and_an_ended_one_is_not() {
    let latched = Transition {
        signal: SignalPresence::Latched,
        ..told(1050, AlarmId::Spo2VeryLow, false)
    };
    assert_eq!(resumed(sources(0), &[latched]).told.len(), 1);
    let ended = told(1050, AlarmId::Spo2Low, false);
    assert_eq!(resumed(sources(0), &[ended]).told, []);
}

const LOST: AlarmId = AlarmId::DeviceLinkLost;
const GARBLED: AlarmId = AlarmId::LineGarbled;

/// What comes from a device in each of these seconds.
type Heard = (AlarmInput<'static>, std::ops::RangeInclusive<u64>);

const fn frames(device: u16, seconds: std::ops::RangeInclusive<u64>) -> Heard {
    (AlarmInput::Frame(DeviceId(device)), seconds)
}

const fn bytes(device: u16, seconds: std::ops::RangeInclusive<u64>) -> Heard {
    (AlarmInput::Heard(DeviceId(device)), seconds)
}

/// A bed with two devices of which this is on record until `ended`, of what was heard and of what
/// was told; the service is back at once, and hears the rest. Returns what is told of that alarm
/// from then on.
fn goes_on(id: AlarmId, heard: &[Heard], told: &[Transition], ended: u64) -> Vec<String> {
    let mut before = resuming(sources(2));
    let said = |second: u64| {
        let heard = heard
            .iter()
            .filter(move |(_, seconds)| seconds.contains(&second));
        heard.map(|(input, _)| *input)
    };
    for second in 1000..=ended {
        let at = MonoTime::from_secs(second);
        for input in said(second) {
            before.take(at, input);
        }
        for told in told.iter().filter(|told| told.at == at) {
            before.told(at, told);
        }
    }
    let at = MonoTime::from_secs(ended);
    let resumed = before.finish(at, at);
    let (mut engine, mut out) = (resumed.engine, resumed.told);
    for second in ended + 1..=1100 {
        let at = MonoTime::from_secs(second);
        for input in said(second) {
            engine.handle(at, input, &mut out);
        }
        engine.handle(at, AlarmInput::Tick, &mut out);
    }
    let told = out.iter().filter(|told| told.id == id);
    told.map(in_words).collect()
}

#[test]
fn the_lost_devices_are_those_that_are_silent_when_it_was_told() {
    // Only the second one, which is back at 1030 s.
    assert_eq!(
        goes_on(
            LOST,
            &[frames(1, 1001..=1100), frames(2, 1030..=1100)],
            &[told(1005, LOST, true)],
            1006,
        ),
        ["1033s ** DEVICE_LINK_LOST absent/off"]
    );
    // Frames of both are on record, and yet it was told: each has to be heard for three seconds.
    assert_eq!(
        goes_on(
            LOST,
            &[
                frames(1, 1001..=1100),
                frames(2, 1001..=1006),
                frames(2, 1010..=1100)
            ],
            &[told(1005, LOST, true)],
            1005,
        ),
        [
            "1009s ** DEVICE_LINK_LOST present/on",
            "1013s ** DEVICE_LINK_LOST absent/off"
        ]
    );
}

#[test]
fn a_device_whose_alarm_was_told_to_be_over_is_waited_for_anew() {
    let heard = [frames(1, 1001..=1100)];
    let alarms = [told(1011, LOST, true), told(1015, LOST, false)];
    let again = ["1025s ** DEVICE_LINK_LOST present/on"];
    assert_eq!(goes_on(LOST, &heard, &alarms, 1016), again);
    // Frames that carry no reading are not on record: what nobody was told of was not so.
    let again = ["1050s ** DEVICE_LINK_LOST present/on"];
    assert_eq!(goes_on(LOST, &heard, &[], 1040), again);
}

#[test]
fn an_alarm_that_was_told_stands_though_what_is_on_record_would_have_ended_it() {
    let heard = [frames(1, 1001..=1100), frames(2, 1001..=1100)];
    assert_eq!(
        goes_on(LOST, &heard, &[told(1005, LOST, true)], 1020),
        ["1024s ** DEVICE_LINK_LOST absent/off"]
    );
}

#[test]
fn the_garbled_lines_are_those_on_which_bytes_came_last() {
    let heard = [
        frames(1, 1001..=1003),
        bytes(1, 1004..=1020),
        frames(1, 1021..=1100),
        frames(2, 1001..=1100),
    ];
    assert_eq!(
        goes_on(GARBLED, &heard, &[told(1008, GARBLED, true)], 1009),
        ["1024s ** LINE_GARBLED absent/off"]
    );
    // Of neither anything is on record: both, until both are heard.
    let heard = [frames(1, 1021..=1100), frames(2, 1041..=1100)];
    assert_eq!(
        goes_on(GARBLED, &heard, &[told(1008, GARBLED, true)], 1009),
        [
            "1024s ** LINE_GARBLED present/on",
            "1044s ** LINE_GARBLED absent/off"
        ]
    );
}

#[test]
fn bytes_on_a_line_of_which_nobody_was_told_count_anew() {
    let heard = [bytes(1, 1001..=1100), frames(2, 1001..=1100)];
    let again = ["1051s ** LINE_GARBLED present/on"];
    assert_eq!(goes_on(GARBLED, &heard, &[], 1040), again);
    let alarms = [told(1011, GARBLED, true), told(1030, GARBLED, false)];
    assert_eq!(
        goes_on(GARBLED, &heard, &alarms, 1031),
        ["1041s ** LINE_GARBLED present/on"]
    );
}

/// Returns what is told of the saturation after a kill, of so many seconds of each of these that
/// are on record.
fn told_of(saturations: &[(i32, u64)]) -> Vec<String> {
    let mut before = resuming(sources(1));
    let values = saturations
        .iter()
        .flat_map(|(value, seconds)| (0..*seconds).map(|_| Value::whole(*value)));
    let mut at = MonoTime::from_secs(1000);
    for (second, value) in (1000..).zip(values) {
        at = MonoTime::from_secs(second);
        let observation = Observation {
            device: DeviceId(1),
            received: at,
            reading: Reading::numeric(Metric::SpO2, Measured::Valid(value), at),
        };
        before.take(at, AlarmInput::Observed(&observation));
    }
    let resumed = before.finish(at, at);
    let (mut engine, mut out) = (resumed.engine, resumed.told);
    engine.handle(at, AlarmInput::Tick, &mut out);
    let told = out.iter().filter(|told| told.id == AlarmId::Spo2Low);
    told.map(in_words).collect()
}

#[test]
fn what_was_on_record_and_not_told_before_the_kill_is_told_after_it() {
    assert_eq!(told_of(&[(90, 31)]), ["1030s ** SPO2_LOW present/on"]);
    assert_eq!(told_of(&[(90, 600)]), ["1599s ** SPO2_LOW present/on"]);
}

#[test]
fn an_onset_that_the_engine_would_not_have_found_with_what_came_before_is_forgotten() {
    // The record begins in the middle of a jump that was held back: it looks like a violation, and
    // what came after it is not good enough for an end.
    assert_eq!(
        told_of(&[(90, 20), (93, 520)]),
        ["1539s ** SPO2_LOW present/on"]
    );
    assert_eq!(told_of(&[(90, 20), (93, 521)]), [""; 0]);
}

#[test]
fn a_rule_that_is_off_is_told_of_by_nobody_and_goes_on_knowing_what_it_knew() {
    let mut before = resuming(sources(2));
    let off = Suspension {
        id: GARBLED,
        kind: SuspensionKind::RuleOff,
        since: MonoTime::from_secs(1002),
        until: MonoTime::from_secs(1060),
        by: "mn".into(),
        reason: "the cable is changed".into(),
    };
    let change = SuspensionChange {
        at: off.since,
        suspension: off,
        ended: None,
    };
    before.suspended(change.at, &change);
    for second in 1003..=1040 {
        before.take(MonoTime::from_secs(second), AlarmInput::Heard(DeviceId(1)));
    }
    let at = MonoTime::from_secs(1040);
    let resumed = before.finish(at, at);
    let (mut engine, mut out) = (resumed.engine, resumed.told);
    engine.handle(MonoTime::from_secs(1060), AlarmInput::Tick, &mut out);
    let told = out.iter().filter(|told| told.id == GARBLED);
    let told: Vec<String> = told.map(in_words).collect();
    assert_eq!(told, ["1060s ** LINE_GARBLED present/on"]);
}

#[test]
fn an_alarm_of_the_service_ends_when_what_it_is_about_is_good_again() {
    for (id, good) in [
        (AlarmId::RecordingStopped, AlarmInput::Recording(true)),
        (AlarmId::NoStation, AlarmInput::Audience(Audience::Heard)),
        (
            AlarmId::DeliveryFailed,
            AlarmInput::Delivered(Delivery::Done),
        ),
        (AlarmId::BedFailed, AlarmInput::Frame(DeviceId(1))),
    ] {
        let mut engine = resumed(sources(1), &[told(1050, id, true)]).engine;
        let mut told = Vec::new();
        engine.handle(MonoTime::from_secs(1101), good, &mut told);
        assert!(!stands(&engine, id), "{id}");
    }
}

#[test]
fn a_call_of_which_only_the_alarm_is_on_record_keeps_its_words_and_ends_when_it_is_answered() {
    for id in [AlarmId::PatientCall, AlarmId::HelpWanted] {
        let mut engine = resumed(sources(1), &[told(1050, id, true)]).engine;
        let words: Vec<&str> = engine
            .standing()
            .map(|alarm| alarm.evidence.as_str())
            .collect();
        assert_eq!(words, ["as it was"], "{id}");
        let answer = by_nurse(OperatorAction::Acknowledge(Occurrence(7)));
        let input = AlarmInput::Operator(answer);
        engine.handle(MonoTime::from_secs(1101), input, &mut Vec::new());
        assert_eq!(engine.standing().count(), 0, "{id}");
    }
}

#[test]
fn a_swapped_device_of_which_only_the_alarm_is_on_record_can_be_confirmed() {
    let id = AlarmId::DeviceSwapped;
    let mut engine = resumed(sources(2), &[told(1050, id, true)]).engine;
    let confirm = by_nurse(OperatorAction::ConfirmDevice(Occurrence(7)));
    assert_eq!(engine.check(&confirm), Ok(()));
    let input = AlarmInput::Operator(confirm);
    engine.handle(MonoTime::from_secs(1101), input, &mut Vec::new());
    assert!(!stands(&engine, id));
}

#[test]
fn an_airway_alarm_that_was_told_ends_with_breaths_and_a_good_saturation() {
    for id in [AlarmId::Apnea, AlarmId::AirwayObstruction] {
        let mut engine = resumed(sources(1), &[told(1050, id, true)]).engine;
        for second in 1101..=1150 {
            let at = MonoTime::from_secs(second);
            let readings = [
                (Metric::SpO2, 98),
                (Metric::EtCO2, 38),
                (Metric::RespirationRate, 14),
            ];
            for (metric, value) in readings {
                let observation = Observation {
                    device: DeviceId(1),
                    received: at,
                    reading: Reading::numeric(metric, Measured::Valid(Value::whole(value)), at),
                };
                engine.handle(at, AlarmInput::Observed(&observation), &mut Vec::new());
            }
            engine.handle(at, AlarmInput::Tick, &mut Vec::new());
        }
        assert!(!stands(&engine, id), "{id}");
    }
}

#[test]
fn what_lasts_is_known_from_long_before_what_is_replayed() {
    let mut resuming = resuming(sources(1));
    resuming.take(MonoTime::from_secs(20), AlarmInput::Dosing(true));
    let at = MonoTime::from_secs(1001);
    let mut engine = resuming.finish(at, at).engine;
    let mut told = Vec::new();
    engine.handle(MonoTime::from_secs(1020), AlarmInput::Tick, &mut told);
    let lost = told.iter().find(|told| told.id == LOST);
    let lost = lost.expect("the device is silent");
    assert_eq!(lost.priority, Priority::High, "a dose runs");
}

#[test]
fn what_comes_is_numbered_after_what_any_earlier_run_told() {
    let mut resuming = resuming(sources(1));
    resuming.number_after(Occurrence(40), 90);
    resuming.number_after(Occurrence(30), 80);
    let at = MonoTime::from_secs(1001);
    let mut engine = resuming.finish(at, at).engine;
    assert_eq!(engine.last_call(), 90);
    let mut told = Vec::new();
    engine.handle(MonoTime::from_secs(1020), AlarmInput::Tick, &mut told);
    let first = told.first().expect("the device is silent");
    assert_eq!((first.occurrence, first.call), (Occurrence(41), 91));
}

#[test]
fn a_device_that_a_person_confirmed_before_the_restart_is_no_swapped_one_after_it() {
    for confirmed in [false, true] {
        let mut resuming = resuming(sources(1));
        let device = DeviceId(1);
        let mut take = |at, input| resuming.take(MonoTime::from_secs(at), input);
        take(1010, AlarmInput::Identity(device, "B7"));
        take(1020, AlarmInput::Identity(device, "B8"));
        if confirmed {
            let confirm = by_nurse(OperatorAction::ConfirmDevice(Occurrence(7)));
            take(1030, AlarmInput::Operator(confirm));
        }
        let ended = MonoTime::from_secs(1100);
        let engine = resuming.finish(ended, ended).engine;
        assert_eq!(engine.is_swapped(device), !confirmed);
    }
}
