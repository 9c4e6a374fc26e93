//! Who comes and who does not.

use super::*;

#[test]
fn who_does_not_come_is_told_at_once_and_with_the_alarm_until_it_is_over() {
    let mut clinic = Clinic::new();
    let low = transition(AlarmId::Spo2Low, 7, Priority::Medium);
    let before = clinic.alarm(1, low.clone());
    assert_eq!(before["active"][0].get("declined"), None);
    let told = clinic.tell(
        2,
        Entry::Operator {
            bed: BED,
            action: OperatorAction::Decline(Occurrence(7)),
            by: "jd".into(),
            station: None,
            reason: None,
        },
    );
    let [told] = &told[..] else {
        panic!("the full set, once: {told:?}");
    };
    let said = serde_json::json!([{ "by": "jd", "call": low.call }]);
    assert_eq!(told["active"][0]["declined"], said);
    assert!(told["version"].as_u64() > before["version"].as_u64());
    // Called again, it was not declined as it is now.
    let again = Transition {
        call: low.call + 1,
        ..low.clone()
    };
    let told = clinic.alarm(3, again);
    assert_eq!(told["active"][0]["declined"], said);
    let over = Transition {
        present: false,
        signal: SignalPresence::Off,
        ..low.clone()
    };
    clinic.alarm(4, over);
    let next = Transition {
        occurrence: Occurrence(8),
        ..low
    };
    assert_eq!(clinic.alarm(5, next)["active"][0].get("declined"), None);
}

#[test]
fn who_comes_and_who_is_there_is_told_at_once_until_no_alarm_stands() {
    let mut clinic = Clinic::new();
    let low = transition(AlarmId::Spo2Low, 7, Priority::Medium);
    let call = low.call;
    let before = clinic.alarm(1, low.clone());
    assert_eq!(before["responsible"], Json::Null);
    let mut says = |second, action| {
        let entry = Entry::Operator {
            bed: BED,
            action,
            by: "jd".into(),
            station: None,
            reason: None,
        };
        let told = clinic.tell(second, entry);
        let [told] = &told[..] else {
            panic!("the full set, once: {told:?}");
        };
        told.clone()
    };
    let told = says(2, OperatorAction::Accept { call });
    let comes = &told["responsible"];
    assert_eq!((&comes["by"], &comes["call"]), (&"jd".into(), &call.into()));
    assert_eq!(comes.get("arrived_at"), None);
    assert!(told["version"].as_u64() > before["version"].as_u64());
    let told = says(3, OperatorAction::Arrive { call });
    let there = &told["responsible"];
    assert_eq!(there["at"], comes["at"]);
    assert!(there["arrived_at"].as_str() > comes["at"].as_str());
    let over = Transition {
        present: false,
        signal: SignalPresence::Off,
        ..low
    };
    assert_eq!(clinic.alarm(4, over)["responsible"], Json::Null);
}
