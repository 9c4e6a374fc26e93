//! Calls: the patient asks for somebody, a member of the staff asks for help.

use std::time::Duration;

use chairside_alarm::{
    Act, AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Occurrence, OperatorAction, PATIENT,
    Refusal, Role, Sources,
};
use chairside_model::{DeviceId, MonoTime};

use crate::adult;
use crate::chart::{by_nurse, check, check_heard, evidence, run};

#[test]
fn a_call_stands_until_somebody_acknowledges_it_and_is_over_with_that() {
    check(
        "nurse @5 call @400 ack PATIENT_CALL @420 call
         spo2  97x500",
        "5s ** PATIENT_CALL present/on
         400s ** PATIENT_CALL absent/off
         420s ** PATIENT_CALL present/on",
    );
    check(
        "nurse @5 help @300 ack HELP_WANTED @320 help
         spo2  97x400",
        "5s *** HELP_WANTED present/on
         300s *** HELP_WANTED absent/off
         320s *** HELP_WANTED present/on",
    );
}

#[test]
fn a_new_call_after_the_answer_is_another_episode_and_one_while_it_stands_changes_nothing() {
    let told = run("nurse @5 call @6 call @9 ack PATIENT_CALL @9 call @10 call\n spo2 97x20");
    let episodes = told
        .iter()
        .map(|told| (told.occurrence.0, told.call, told.present));
    let episodes: Vec<_> = episodes.collect();
    assert_eq!(episodes, [(1, 1, true), (1, 1, false), (2, 2, true)]);
}

#[test]
fn the_two_calls_know_nothing_of_each_other_and_nothing_else_ends_them() {
    check(
        "nurse   @5 call @6 help @7 ack PATIENT_CALL
         session @10 opens @20 closes
         device  @12 bed-fails @30 heard @31 id 1 B7
         spo2    97x60",
        "5s ** PATIENT_CALL present/on
         6s *** HELP_WANTED present/on
         7s ** PATIENT_CALL absent/off
         12s *** BED_FAILED present/on
         12s *** BED_FAILED absent/off",
    );
}

#[test]
fn a_call_is_heard_where_nothing_is_silenced_and_after_a_pause_that_began_before_it() {
    check_heard(
        "nurse @2 quiet desk 60 @5 call @8 quiet desk 60 @10 help @20 ack HELP_WANTED
         spo2  97x30",
        "5s desk: PATIENT_CALL
         5s hall: PATIENT_CALL
         8s desk: nothing
         10s desk: HELP_WANTED
         10s hall: PATIENT_CALL, HELP_WANTED
         20s desk: nothing
         20s hall: PATIENT_CALL",
    );
}

#[test]
fn the_evidence_says_who_asks_and_over_what() {
    let text = evidence("nurse @5 call\n spo2 97x10", AlarmId::PatientCall);
    assert_eq!(text, "the patient asks for somebody");
    let text = evidence("nurse @5 help\n spo2 97x10", AlarmId::HelpWanted);
    assert_eq!(text, "mn asks for help");
    let text = evidence("nurse @12 help SPO2_LOW\n spo2 91x20", AlarmId::HelpWanted);
    assert_eq!(text, "mn asks for help: SPO2_LOW");
}

#[test]
fn not_me_changes_no_alarm() {
    let said = "12s ** SPO2_LOW present/acknowledged";
    check(
        "nurse @11 decline SPO2_LOW @12 ack SPO2_LOW @14 decline SPO2_LOW
         spo2  91x20",
        &format!("10s ** SPO2_LOW present/on\n {said}"),
    );
}

fn engine() -> AlarmEngine {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    let sources = Sources {
        devices: [(DeviceId(1), Duration::from_secs(1))].into(),
        ..Sources::default()
    };
    AlarmEngine::new(profile, sources, MonoTime::ZERO)
}

const NOW: MonoTime = MonoTime::from_secs(1);

fn words(engine: &mut AlarmEngine, act: Act<'_>) -> Vec<String> {
    let mut told = Vec::new();
    engine.handle(NOW, AlarmInput::Operator(act), &mut told);
    told.into_iter().map(|told| told.evidence).collect()
}

#[test]
fn nothing_keeps_anybody_from_calling() {
    let mut engine = engine();
    // It is about an episode that was never there, after calls that never were.
    let help = Act {
        call: Some(700),
        ..by_nurse(OperatorAction::Help(Some(Occurrence(70))))
    };
    assert_eq!(help.action.check_role(Role::Nurse), Ok(()));
    assert_eq!(engine.check(&help), Ok(()));
    assert_eq!(words(&mut engine, help), ["mn asks for help"]);
    let call = Act {
        action: OperatorAction::Call,
        by: PATIENT,
        station: None,
        reason: None,
        call: None,
    };
    assert_eq!(engine.check(&call), Ok(()));
    assert_eq!(words(&mut engine, call), ["the patient asks for somebody"]);
    assert_eq!(engine.check(&call), Ok(()), "once more is not refused");
    assert_eq!(words(&mut engine, call), [""; 0]);
}

#[test]
fn whoever_comes_comes_to_a_bed_that_calls_and_changes_nothing_of_it() {
    let mut engine = engine();
    let accept = |call| by_nurse(OperatorAction::Accept { call });
    let arrive = |call| by_nurse(OperatorAction::Arrive { call });
    for act in [accept(0), arrive(0)] {
        assert_eq!(engine.check(&act), Err(Refusal::Quiet));
    }
    assert_eq!(words(&mut engine, by_nurse(OperatorAction::Call)).len(), 1);
    let before: Vec<_> = engine.standing().cloned().collect();
    for act in [accept(0), arrive(0)] {
        assert_eq!(
            engine.check(&act),
            Err(Refusal::CalledSince),
            "nothing of it was read"
        );
    }
    for act in [accept(1), arrive(1)] {
        assert_eq!(act.action.check_role(Role::Nurse), Ok(()));
        assert_eq!(engine.check(&act), Ok(()));
        assert_eq!(words(&mut engine, act), [""; 0]);
    }
    for act in [accept(2), arrive(2)] {
        assert_eq!(engine.check(&act), Err(Refusal::NeverCalled));
    }
    assert_eq!(engine.standing().cloned().collect::<Vec<_>>(), before);
    let answer = by_nurse(OperatorAction::Acknowledge(Occurrence(1)));
    assert_eq!(words(&mut engine, answer).len(), 1);
    for act in [accept(1), arrive(1)] {
        assert_eq!(engine.check(&act), Err(Refusal::Quiet));
    }
    // It begins anew: what was read before is nothing that anybody could come for.
    assert_eq!(words(&mut engine, by_nurse(OperatorAction::Call)).len(), 1);
    for act in [accept(1), arrive(1)] {
        assert_eq!(engine.check(&act), Err(Refusal::CalledSince));
    }
    for act in [accept(2), arrive(2)] {
        assert_eq!(engine.check(&act), Ok(()));
    }
}

#[test]
fn not_me_and_an_answer_are_about_a_call_that_stands_as_it_was_read() {
    let mut engine = engine();
    let decline = by_nurse(OperatorAction::Decline(Occurrence(1)));
    let answer = by_nurse(OperatorAction::Acknowledge(Occurrence(1)));
    assert_eq!(engine.check(&decline), Err(Refusal::NeverWas));
    assert_eq!(words(&mut engine, by_nurse(OperatorAction::Call)).len(), 1);
    for act in [decline, answer] {
        assert_eq!(engine.check(&act), Ok(()));
        let read_before = Act {
            call: Some(0),
            ..act
        };
        assert_eq!(engine.check(&read_before), Err(Refusal::CalledSince));
    }
    assert_eq!(words(&mut engine, decline), [""; 0]);
    assert_eq!(words(&mut engine, answer).len(), 1);
    for act in [decline, answer] {
        assert_eq!(engine.check(&act), Err(Refusal::Over));
    }
    // What is over ends nothing that began since.
    assert_eq!(words(&mut engine, by_nurse(OperatorAction::Call)).len(), 1);
    assert_eq!(words(&mut engine, answer), [""; 0]);
    assert_eq!(engine.standing().count(), 1);
}
