use chairside_alarm::{Occurrence, Priority, Transition};
use chairside_model::BedId;

use super::*;

const BED: BedId = BedId(1);

/// A bed's story, an event a second.
#[derive(Default)]
struct Bed {
    second: u64,
    people: Responsibility,
}

impl Bed {
    fn take(&mut self, entry: &Entry) -> bool {
        self.second += 1;
        self.people.take(MonoTime::from_secs(self.second), entry)
    }

    fn alarm(&mut self, id: AlarmId, present: bool, signal: SignalPresence) -> bool {
        self.take(&alarm(id, present, signal))
    }

    fn does(&mut self, by: &str, action: OperatorAction) -> bool {
        self.take(&Entry::Operator {
            bed: BED,
            action,
            by: by.into(),
            station: None,
            reason: None,
        })
    }

    fn accepts(&mut self, by: &str, call: u64) -> bool {
        self.does(by, OperatorAction::Accept { call })
    }

    fn arrives(&mut self, by: &str, call: u64) -> bool {
        self.does(by, OperatorAction::Arrive { call })
    }

    /// Returns who is responsible: by whom, since when, arrived when, up to which call.
    fn who(&self) -> Option<(&str, u64, Option<u64>, u64)> {
        let second = |at: MonoTime| at.since_start().as_secs();
        let person = self.people.person()?;
        let arrived = person.arrived.map(second);
        Some((&person.by, second(person.at), arrived, person.call))
    }
}

fn alarm(id: AlarmId, present: bool, signal: SignalPresence) -> Entry {
    Entry::Alarm {
        bed: BED,
        transition: Transition {
            at: MonoTime::ZERO,
            id,
            occurrence: Occurrence(1),
            priority: Priority::Medium,
            present,
            signal,
            call: 1,
            superseded: false,
            since: MonoTime::ZERO,
            mode: None,
            evidence: String::new(),
        },
    }
}

/// A bed whose saturation is low since its first second.
fn calling() -> Bed {
    let mut bed = Bed::default();
    assert!(!bed.alarm(AlarmId::Spo2Low, true, SignalPresence::On));
    bed
}

#[test]
fn whoever_accepted_last_is_responsible_since_they_first_did() {
    let mut bed = calling();
    assert_eq!(bed.who(), None);
    assert!(bed.accepts("mn", 1));
    assert_eq!(bed.who(), Some(("mn", 2, None, 1)));
    assert!(!bed.accepts("mn", 1), "nothing is another");
    assert!(bed.accepts("mn", 4));
    assert_eq!(bed.who(), Some(("mn", 2, None, 4)));
    assert!(!bed.accepts("mn", 3), "a late word takes nothing back");
    assert!(bed.arrives("mn", 4));
    assert!(!bed.arrives("mn", 4));
    assert_eq!(bed.who(), Some(("mn", 2, Some(6), 4)));
    assert!(bed.accepts("ak", 2));
    assert_eq!(bed.who(), Some(("ak", 8, None, 2)));
    assert!(
        bed.arrives("jd", 5),
        "who is there need not have said so before"
    );
    assert_eq!(bed.who(), Some(("jd", 9, Some(9), 5)));
}

#[test]
fn it_ends_with_the_last_alarm_that_stands() {
    let mut bed = calling();
    bed.alarm(AlarmId::HrHigh, true, SignalPresence::On);
    bed.alarm(AlarmId::Spo2VeryLow, true, SignalPresence::On);
    bed.accepts("mn", 3);
    assert!(!bed.alarm(AlarmId::Spo2Low, false, SignalPresence::Off));
    assert!(!bed.alarm(AlarmId::HrHigh, true, SignalPresence::Acknowledged));
    // Over and not seen by anybody: it stands.
    assert!(!bed.alarm(AlarmId::Spo2VeryLow, false, SignalPresence::Latched));
    assert!(!bed.alarm(AlarmId::HrHigh, false, SignalPresence::Off));
    assert!(bed.who().is_some());
    assert!(bed.alarm(AlarmId::Spo2VeryLow, false, SignalPresence::Off));
    assert_eq!(bed.who(), None);
    bed.alarm(AlarmId::Spo2Low, true, SignalPresence::On);
    assert_eq!(bed.who(), None, "nobody has come for this one");
}

#[test]
fn it_ends_when_a_session_opens_or_closes_and_when_that_person_does_not_come() {
    let session = |open| Entry::Session { bed: BED, open };
    let mut bed = calling();
    assert!(!bed.take(&session(true)));
    bed.accepts("mn", 1);
    assert!(!bed.take(&session(true)), "it was open");
    assert!(bed.who().is_some());
    assert!(bed.take(&session(false)));
    assert_eq!(bed.who(), None);
    bed.accepts("mn", 1);
    assert!(bed.take(&session(true)));
    assert_eq!(bed.who(), None);
    bed.accepts("mn", 1);
    let not_me = OperatorAction::Decline(Occurrence(1));
    assert!(!bed.does("ak", not_me));
    assert!(bed.who().is_some());
    assert!(bed.does("mn", not_me));
    assert_eq!(bed.who(), None);
}

#[test]
fn of_an_earlier_run_it_is_there_until_what_stood_is_known_to_be_over() {
    // That the alarm had begun is told only by how it was told last, after the person accepted.
    let mut bed = Bed::default();
    bed.accepts("mn", 3);
    bed.alarm(AlarmId::Spo2Low, true, SignalPresence::Acknowledged);
    assert!(!bed.people.settle());
    assert_eq!(bed.who(), Some(("mn", 1, None, 3)));
    let mut over = Bed::default();
    over.accepts("mn", 3);
    assert!(over.people.settle());
    assert_eq!(over.who(), None);
}
