//! A restart with another profile: what it does not allow any more ends, and people are told
//! (`docs/alarms.md`, Restart).

use std::time::Duration;

use chairside_alarm::{
    AlarmId, AlarmProfile, Occurrence, Priority, ProfileParts, Resumed, Resuming, SignalPresence,
    Suspension, SuspensionChange, SuspensionEnd, SuspensionKind, Transition,
};
use chairside_model::MonoTime;

use crate::adult;
use crate::chart::Chart;

const ID: AlarmId = AlarmId::Spo2Low;
const LINK: AlarmId = AlarmId::DeviceLinkLost;

const fn at(second: u64) -> MonoTime {
    MonoTime::from_secs(second)
}

/// An alarm that stood from 10 s on and was suspended at 20 s for four hours.
fn restarted(parts: ProfileParts, id: AlarmId, kind: SuspensionKind) -> Resumed {
    let sources = Chart::read("spo2 97").sources();
    let profile = AlarmProfile::new(parts).expect("limits do not contradict each other");
    let mut resuming = Resuming::new(profile, sources, at(0), at(0));
    let told = Transition {
        at: at(10),
        id,
        occurrence: Occurrence(1),
        priority: Priority::Medium,
        present: true,
        signal: SignalPresence::On,
        call: 1,
        superseded: false,
        since: at(10),
        mode: None,
        evidence: "as it was told".to_owned(),
    };
    resuming.told(at(10), &told);
    let suspension = Suspension {
        id,
        kind,
        since: at(20),
        until: at(20) + Duration::from_hours(4),
        by: "mn".into(),
        reason: "as agreed".into(),
    };
    let began = SuspensionChange {
        at: at(20),
        suspension,
        ended: None,
    };
    resuming.suspended(at(20), &began);
    let (present, signal) = match kind {
        SuspensionKind::AlarmPaused => (true, SignalPresence::Paused),
        SuspensionKind::RuleOff => (false, SignalPresence::Off),
    };
    let after = Transition {
        at: at(20),
        present,
        signal,
        ..told
    };
    resuming.told(at(20), &after);
    resuming.finish(at(30), at(31))
}

fn urgent() -> ProfileParts {
    let mut parts = adult::parts();
    let rules = parts.thresholds.iter_mut();
    for rule in rules.filter(|rule| rule.id == ID) {
        rule.priority = Priority::High;
    }
    parts
}

fn without_it() -> ProfileParts {
    let mut parts = adult::parts();
    parts.thresholds.retain(|rule| rule.id != ID);
    parts
}

/// Returns why the suspension ended, if it did, after checking that it is told when it did.
fn ended(resumed: &mut Resumed) -> Option<SuspensionEnd> {
    let changes: Vec<_> = resumed.engine.suspensions_changed().collect();
    assert_eq!(resumed.engine.suspensions().count() + changes.len(), 1);
    let change = changes.first()?;
    assert_eq!((change.at, change.suspension.since), (at(31), at(20)));
    change.ended
}

#[test]
fn what_the_profile_allows_goes_on() {
    for kind in [SuspensionKind::AlarmPaused, SuspensionKind::RuleOff] {
        let mut resumed = restarted(adult::parts(), ID, kind);
        assert_eq!(ended(&mut resumed), None);
        assert_eq!(resumed.told, [], "{kind:?}");
    }
}

#[test]
fn a_suspended_alarm_that_is_of_high_priority_now_calls_people() {
    for (kind, occurrence) in [
        (SuspensionKind::AlarmPaused, 1),
        (SuspensionKind::RuleOff, 2),
    ] {
        let mut resumed = restarted(urgent(), ID, kind);
        assert_eq!(
            ended(&mut resumed),
            Some(SuspensionEnd::Restart),
            "{kind:?}"
        );
        let [told] = &*resumed.told else {
            panic!("one alarm calls: {:?}", resumed.told);
        };
        assert_eq!(told.occurrence, Occurrence(occurrence), "{kind:?}");
        let how = (told.at, told.present, told.signal, told.priority);
        assert_eq!(how, (at(31), true, SignalPresence::On, Priority::High));
        assert!(told.call > 1, "people are called once more");
        assert_eq!(told.evidence, "as it was told");
    }
}

#[test]
fn a_suspension_of_a_rule_that_is_not_there_any_more_ends() {
    for kind in [SuspensionKind::AlarmPaused, SuspensionKind::RuleOff] {
        let mut resumed = restarted(without_it(), ID, kind);
        assert_eq!(
            ended(&mut resumed),
            Some(SuspensionEnd::Restart),
            "{kind:?}"
        );
        let stands = resumed.told.iter().any(|told| told.present);
        assert!(!stands, "nothing judges it");
    }
}

#[test]
fn a_lost_link_is_never_taken_up_as_off() {
    let mut resumed = restarted(adult::parts(), LINK, SuspensionKind::RuleOff);
    assert_eq!(ended(&mut resumed), Some(SuspensionEnd::Restart));
}
