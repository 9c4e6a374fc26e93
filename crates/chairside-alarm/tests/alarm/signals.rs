//! People being told, apart from what is wrong.

use std::collections::BTreeMap;

use chairside_alarm::{
    Act, AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Occurrence, OperatorAction, Refusal,
    Sources, Transition,
};
use chairside_model::{DeviceId, MonoTime};

use crate::adult;
use crate::chart::{by_nurse, check};

#[test]
fn an_alarm_that_comes_again_is_another_occurrence() {
    let told = crate::chart::run("spo2 91x11 95x11 91x11");
    let occurrences: Vec<u64> = told.iter().map(|told| told.occurrence.0).collect();
    assert_eq!(occurrences, [1, 1, 2]);
}

#[test]
fn a_latched_alarm_sounds_again_when_the_dip_returns() {
    check(
        "spo2 89x2 87x6 91x11 87x6",
        "7s *** SPO2_VERY_LOW present/on
         10s ** SPO2_LOW present/on superseded
         18s ** SPO2_LOW present/on
         18s *** SPO2_VERY_LOW absent/latched
         24s ** SPO2_LOW present/on superseded
         24s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn an_escalation_takes_back_the_acknowledgement_of_the_milder_alarm() {
    check(
        "spo2  91x12 87x9
         nurse @11 ack SPO2_LOW",
        "10s ** SPO2_LOW present/on
         11s ** SPO2_LOW present/acknowledged
         17s ** SPO2_LOW present/on superseded
         17s *** SPO2_VERY_LOW present/on",
    );
}

#[test]
fn acknowledging_one_of_two_leaves_the_other_sounding() {
    check(
        "spo2  91x30
         pulse 130x30
         nurse @12 ack HR_HIGH",
        "10s ** HR_HIGH present/on
         10s ** SPO2_LOW present/on
         12s ** HR_HIGH present/acknowledged",
    );
}

fn engine() -> AlarmEngine {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    AlarmEngine::new(profile, Sources::default(), MonoTime::ZERO)
}

fn stopped_record(engine: &mut AlarmEngine, at: u64) -> Transition {
    let mut told = Vec::new();
    engine.handle(
        MonoTime::from_secs(at),
        AlarmInput::Recording(false),
        &mut told,
    );
    engine.handle(MonoTime::from_secs(at + 5), AlarmInput::Tick, &mut told);
    told.pop().expect("a record that stops is told")
}

#[test]
fn a_late_click_cannot_acknowledge_the_episode_that_came_after() {
    let mut engine = engine();
    let mut told = Vec::new();
    let first = stopped_record(&mut engine, 0).occurrence;
    engine.handle(
        MonoTime::from_secs(10),
        AlarmInput::Recording(true),
        &mut told,
    );
    let second = stopped_record(&mut engine, 20).occurrence;
    let late = by_nurse(OperatorAction::Acknowledge(first));
    assert_eq!(engine.check(&late), Err(Refusal::Over));
    for never in [Occurrence(0), Occurrence(second.0 + 1)] {
        let never = by_nurse(OperatorAction::Acknowledge(never));
        assert_eq!(engine.check(&never), Err(Refusal::NeverWas));
    }
    told.clear();
    engine.handle(
        MonoTime::from_secs(30),
        AlarmInput::Operator(late),
        &mut told,
    );
    assert_eq!(told, []);
    let in_time = by_nurse(OperatorAction::Acknowledge(second));
    assert_eq!(engine.check(&in_time), Ok(()));
    assert_eq!(engine.standing().count(), 1);
}

#[test]
fn a_late_click_cannot_acknowledge_the_loss_of_a_second_device_that_nobody_saw() {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    let [first, second] = [1, 2].map(DeviceId);
    let sources = Sources {
        devices: [first, second]
            .map(|device| (device, adult::seconds(1)))
            .into(),
        metrics: BTreeMap::new(),
    };
    let mut engine = AlarmEngine::new(profile, sources, MonoTime::ZERO);
    let mut told = Vec::new();
    for second_lives_until in 0..=8 {
        let now = MonoTime::from_secs(second_lives_until);
        engine.handle(now, AlarmInput::Frame(second), &mut told);
    }
    engine.handle(MonoTime::from_secs(12), AlarmInput::Tick, &mut told);
    let read = told.last().expect("one device is lost").clone();
    assert_eq!(read.id, AlarmId::DeviceLinkLost);
    engine.handle(MonoTime::from_secs(20), AlarmInput::Tick, &mut told);
    let now = told.last().expect("both are lost").clone();
    assert_eq!(now.occurrence, read.occurrence);
    let by_call = |call| Act {
        call,
        ..by_nurse(OperatorAction::Acknowledge(read.occurrence))
    };
    let late = by_call(Some(read.call));
    assert_eq!(engine.check(&late), Err(Refusal::CalledSince));
    told.clear();
    let at = MonoTime::from_secs(21);
    engine.handle(at, AlarmInput::Operator(late), &mut told);
    assert_eq!(told, []);
    assert_eq!(engine.check(&by_call(Some(now.call))), Ok(()));
    assert_eq!(engine.check(&by_call(None)), Ok(()));
    let never = by_call(Some(now.call + 1));
    assert_eq!(engine.check(&never), Err(Refusal::NeverCalled));
}

#[test]
fn episodes_are_numbered_after_those_of_an_earlier_run() {
    let mut engine = engine();
    engine.resume_occurrences_after(Occurrence(41));
    engine.resume_occurrences_after(Occurrence(7));
    assert_eq!(stopped_record(&mut engine, 0).occurrence, Occurrence(42));
}

#[test]
fn an_alarm_that_was_due_is_told_even_when_the_tick_comes_late() {
    let mut engine = engine();
    let mut told = Vec::new();
    engine.handle(MonoTime::ZERO, AlarmInput::Recording(false), &mut told);
    // Nobody ticked at 5 s; the good news of 9 s does not undo what was due before it.
    engine.handle(
        MonoTime::from_secs(9),
        AlarmInput::Recording(true),
        &mut told,
    );
    let present: Vec<bool> = told.iter().map(|told| told.present).collect();
    assert_eq!(present, [true, false]);
}

#[test]
fn what_is_due_at_the_very_moment_waits_for_it_even_when_an_earlier_tick_is_late() {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    let oximeter = DeviceId(1);
    let sources = Sources {
        devices: BTreeMap::from([(oximeter, adult::seconds(1))]),
        metrics: BTreeMap::new(),
    };
    let mut engine = AlarmEngine::new(profile, sources, MonoTime::ZERO);
    let mut told = Vec::new();
    engine.handle(
        MonoTime::from_secs(2),
        AlarmInput::Recording(false),
        &mut told,
    );
    // The record's alarm was due at 7 s and nobody ticked; the link's is due now, and here is a
    // frame.
    engine.handle(
        MonoTime::from_secs(10),
        AlarmInput::Frame(oximeter),
        &mut told,
    );
    engine.handle(MonoTime::from_secs(10), AlarmInput::Tick, &mut told);
    let ids: Vec<AlarmId> = told.iter().map(|told| told.id).collect();
    assert_eq!(ids, [AlarmId::RecordingStopped]);
}
