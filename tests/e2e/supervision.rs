//! A bed whose driver panics, and the beds beside it.
//!
//! The driver is brought by these tests: every byte is something, and `!` makes it panic.

use std::sync::atomic::{AtomicBool, Ordering};

use chairside_alarm::{
    Act, AlarmId, LimitKey, Occurrence, OperatorAction, Priority, Refusal, Role, SignalPresence,
};
use chairside_model::{BedId, DeviceId, MonoTime, Value};
use chairside_protocol::{DriverInfo, LineInput};
use chairside_station::{Entry, LinkState, StationInput};

use LinkState::{Connected, Connecting, Disconnected};

mod ward;

use ward::{TOUCHY, Touchy, Ward};

const NEVER_OPENS: DriverInfo = DriverInfo {
    build: || Box::new(Touchy { at_opening: true }),
    ..TOUCHY
};

#[test]
fn a_bed_that_panics_is_told_at_once_and_until_its_device_is_heard_again() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(5, "F7", "F7");
    ward.second("F7!F7", "F7");
    assert_eq!(ward.alarms(1), ["6s BED_FAILED present/on #1"]);
    // Its line is not trusted before the third good frame.
    ward.seconds(5, "F7", "F7");
    assert_eq!(
        ward.alarms(1),
        ["6s BED_FAILED present/on #1", "9s BED_FAILED absent/off #1"]
    );
    assert_eq!(
        ward.links(1),
        [Connecting, Connected, Connecting, Connected]
    );
}

#[test]
fn the_driver_begins_its_conversation_again() {
    let mut ward = Ward::open(&TOUCHY);
    ward.out.transmit.clear();
    ward.second("F7!", "F7");
    assert_eq!(ward.out.transmit, [(DeviceId(1), b"?".to_vec())]);
}

#[test]
fn the_other_beds_lose_no_record_and_the_numbers_have_no_gap() {
    let play = |first: &str| {
        let mut ward = Ward::open(&TOUCHY);
        for second in 0..200 {
            let first = if second % 7 == 3 { first } else { "F7" };
            ward.second(first, if second < 60 { "F7" } else { "F1" });
        }
        ward
    };
    let quiet = play("F7");
    let failing = play("F7!");
    assert_eq!(failing.entries(2), quiet.entries(2));
    assert!(failing.entries(2).len() > 200);
    let numbers = failing.records.iter().map(|record| record.sequence);
    assert!(numbers.eq(1..=failing.records.len() as u64));
}

#[test]
fn what_was_said_before_the_panic_stays_in_the_record() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(3, "F7", "F7");
    let before = ward.records.len();
    // The driver panics with the last byte of a piece, and a piece is taken as a whole.
    ward.second("F8", "");
    ward.say(1, "!");
    let observed = ward.records[before..]
        .iter()
        .filter(|record| matches!(record.entry, Entry::Observed { .. }));
    assert_eq!(observed.count(), 1);
}

#[test]
fn standing_alarms_outlive_the_machine_as_people_know_them() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(20, "F1", "F7");
    assert_eq!(ward.alarms(1), ["13s SPO2_LOW present/on #1"]);
    assert_eq!(ward.act(OperatorAction::Acknowledge(Occurrence(1))), Ok(()));
    ward.second("!", "F7");
    ward.seconds(10, "F1", "F7");
    // Still the same episode, still acknowledged, and over when values are good for its hold.
    ward.seconds(11, "F7", "F7");
    assert_eq!(
        ward.alarms(1),
        [
            "13s SPO2_LOW present/on #1",
            "20s SPO2_LOW present/acknowledged #1",
            "21s BED_FAILED present/on #2",
            "24s BED_FAILED absent/off #2",
            "42s SPO2_LOW absent/off #1",
        ]
    );
}

#[test]
fn what_was_said_of_the_bed_outlives_the_machine() {
    let mut ward = Ward::open(&TOUCHY);
    ward.tell(StationInput::Dosing(BedId(1), true));
    ward.tell(StationInput::Recording(false));
    ward.seconds(5, "F7a", "F7");
    ward.second("F7b", "F7");
    ward.second("!", "F7");
    ward.seconds(5, "F7", "F7");
    ward.second("F7a", "F7");
    ward.seconds(15, "", "F7");
    let told = ward.alarms(1);
    assert_eq!(
        told,
        [
            "5s RECORDING_STOPPED present/on #1",
            "6s DEVICE_SWAPPED present/on #2",
            "7s BED_FAILED present/on #3",
            "10s BED_FAILED absent/off #3",
            "13s DEVICE_SWAPPED absent/off #2",
            "23s DEVICE_LINK_LOST present/on #4",
        ]
    );
    let lost = ward.records.iter().find_map(|record| match &record.entry {
        Entry::Alarm { transition, .. } if transition.id == AlarmId::DeviceLinkLost => {
            Some(transition.priority)
        }
        _ => None,
    });
    assert_eq!(lost, Some(Priority::High), "a dose runs");
}

#[test]
fn a_bed_that_fails_five_times_within_a_minute_rests_and_is_tried_every_thirty_seconds() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(3, "F7", "F7");
    ward.seconds(4, "!", "F7");
    assert_eq!(ward.alarms(1), ["4s BED_FAILED present/on #1"]);
    ward.second("!", "F7");
    // That it rests calls people once more.
    let told = ["4s BED_FAILED present/on #1", "8s BED_FAILED present/on #1"];
    assert_eq!(ward.alarms(1), told);
    // While it rests nothing of its line is read, and nothing panics.
    let before = ward.entries(1).len();
    ward.seconds(9, "!", "F7");
    assert_eq!(ward.entries(1).len(), before);
    ward.seconds(20, "F7", "F7");
    assert_eq!(
        ward.alarms(1)[2..],
        ["18s DEVICE_LINK_LOST present/on #2"],
        "its engine goes on"
    );
    // At 38 s it is tried again, fails, and rests again without a call.
    ward.second("F7", "F7");
    ward.second("!", "F7");
    assert_eq!(ward.alarms(1).len(), 3);
    ward.seconds(29, "F7", "F7");
    // Then it is tried again, and is well.
    ward.seconds(10, "F7", "F7");
    assert_eq!(
        ward.alarms(1)[3..],
        [
            "72s BED_FAILED absent/off #1",
            "75s DEVICE_LINK_LOST absent/off #2",
        ]
    );
}

#[test]
fn failures_that_are_far_apart_do_not_add_up() {
    let mut ward = Ward::open(&TOUCHY);
    for _ in 0..12 {
        ward.seconds(15, "F7", "F7");
        ward.second("!", "F7");
    }
    let failed = ward
        .alarms(1)
        .iter()
        .filter(|told| told.contains("present"))
        .count();
    assert_eq!(failed, 12, "{:?}", ward.alarms(1));
}

#[test]
fn a_driver_that_cannot_even_be_opened_does_not_end_the_others() {
    let mut ward = Ward::open(&NEVER_OPENS);
    ward.seconds(100, "F7", "F7");
    let told = ward.alarms(1);
    assert_eq!(
        told,
        [
            "0s BED_FAILED present/on #1",
            "0s BED_FAILED present/on #1",
            "10s DEVICE_LINK_LOST present/on #2"
        ]
    );
    assert_eq!(ward.alarms(2), [""; 0]);
    assert!(ward.entries(2).len() > 99);
    let last = ward
        .records
        .iter()
        .rev()
        .find_map(|record| match &record.entry {
            Entry::Alarm { transition, .. } => Some(transition.signal),
            _ => None,
        });
    assert_eq!(last, Some(SignalPresence::On));
}

#[test]
fn a_line_that_closes_while_its_bed_rests_is_told_and_stays_closed() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(3, "F7", "F7");
    for _ in 0..5 {
        ward.say(1, "!");
    }
    ward.tell(StationInput::Line(DeviceId(1), LineInput::Closed));
    assert_eq!(
        ward.links(1),
        [Connecting, Connected, Connecting, Disconnected]
    );
    ward.out.transmit.clear();
    ward.seconds(40, "", "F7");
    assert_eq!(ward.out.transmit, [], "a closed port is not spoken to");
    ward.tell(StationInput::Line(DeviceId(1), LineInput::Opened));
    ward.seconds(4, "F7", "F7");
    assert_eq!(ward.links(1)[4..], [Connecting, Connected]);
}

#[test]
fn a_device_that_a_person_confirmed_is_known_to_the_next_machine() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(5, "F7a", "F7");
    ward.second("F7b", "F7");
    assert_eq!(
        ward.act(OperatorAction::ConfirmDevice(Occurrence(1))),
        Ok(())
    );
    ward.second("!", "F7");
    ward.seconds(5, "F7b", "F7");
    assert_eq!(
        ward.alarms(1),
        [
            "6s DEVICE_SWAPPED present/on #1",
            "6s DEVICE_SWAPPED absent/off #1",
            "7s BED_FAILED present/on #2",
            "10s BED_FAILED absent/off #2",
        ]
    );
}

#[test]
fn a_limit_that_was_set_for_the_session_holds_in_the_next_machine() {
    let mut ward = Ward::open(&TOUCHY);
    let set = ward.act(OperatorAction::SetLimit {
        key: LimitKey::Trip(AlarmId::Spo2Low),
        expected: Value::whole(92),
        new: Value::whole(90),
    });
    assert_eq!(set, Ok(()));
    let limit = |ward: &Ward| {
        let limits = ward.station.limits(BedId(1)).expect("the bed is there");
        limits.value(LimitKey::Trip(AlarmId::Spo2Low))
    };
    assert_eq!(limit(&ward), Some(Value::whole(90)));
    ward.second("!", "F7");
    assert_eq!(limit(&ward), Some(Value::whole(90)));
    ward.seconds(30, "F1", "F1");
    assert_eq!(
        ward.alarms(1),
        ["1s BED_FAILED present/on #1", "4s BED_FAILED absent/off #1"]
    );
    assert_eq!(
        ward.alarms(2).len(),
        1,
        "91 % is below the other bed's limit"
    );
}

#[test]
fn an_action_that_makes_the_bed_panic_is_refused_and_the_bed_goes_on() {
    // What is off would be on again after the end of the clock.
    let hour = 3600;
    let mut ward = Ward::open_at(MonoTime::from_secs(u64::MAX - hour), &TOUCHY);
    ward.seconds(5, "F7", "F7");
    let off = OperatorAction::AudioOff { seconds: 7200 };
    assert_eq!(ward.act(off), Err(Refusal::Failed));
    let told = |ward: &Ward, bed| {
        let alarms = ward.alarms(bed).into_iter();
        let since = alarms.map(|told| told.split_once(' ').expect("a time").1.to_owned());
        since.collect::<Vec<_>>()
    };
    assert_eq!(told(&ward, 1), ["BED_FAILED present/on #1"]);
    let sound = ward.station.audio(BedId(1)).expect("the bed is made anew");
    assert_eq!(sound.stations().count(), 0, "nothing is off");
    // The new machine takes what people do.
    let acknowledge = OperatorAction::Acknowledge(Occurrence(1));
    assert_eq!(ward.act(acknowledge), Ok(()));
    ward.seconds(4, "F7", "F7");
    let over = [
        "BED_FAILED present/on #1",
        "BED_FAILED present/acknowledged #1",
        "BED_FAILED absent/off #1",
    ];
    assert_eq!(told(&ward, 1), over);
    assert_eq!(told(&ward, 2), [""; 0]);
}

#[test]
fn a_bed_of_which_no_machine_can_be_made_is_told_once_and_until_it_can_be() {
    static IS_BROKEN: AtomicBool = AtomicBool::new(true);
    const HOPELESS: DriverInfo = DriverInfo {
        build: || {
            assert!(!IS_BROKEN.load(Ordering::SeqCst), "it cannot be built");
            Box::new(Touchy { at_opening: false })
        },
        ..TOUCHY
    };
    let mut ward = Ward::open(&HOPELESS);
    ward.seconds(100, "F7", "F7");
    // Nothing judges the bed, so that nothing but this is told of it, however often it is tried.
    assert_eq!(ward.alarms(1), ["0s BED_FAILED present/on #1"]);
    let evidence = ward.records.iter().find_map(|record| match &record.entry {
        Entry::Alarm { transition, .. } => Some(transition.evidence.clone()),
        _ => None,
    });
    assert_eq!(
        evidence.as_deref(),
        Some(
            "this bed's part of the program cannot be made anew; it is tried again from time to \
             time and judges nothing meanwhile"
        )
    );
    let acknowledge = OperatorAction::Acknowledge(Occurrence(1));
    assert_eq!(ward.act(acknowledge), Err(Refusal::Failed));
    let act = Act {
        action: acknowledge,
        by: "mn",
        station: None,
        reason: None,
        call: None,
    };
    let checked = ward.station.check(BedId(1), &act, Role::Nurse);
    assert_eq!(checked, Err(Refusal::Failed));
    assert_eq!(ward.alarms(2), [""; 0]);
    assert!(ward.entries(2).len() > 99);
    // At the next try it can be made: still the same alarm, until the device is heard.
    IS_BROKEN.store(false, Ordering::SeqCst);
    ward.seconds(30, "F7", "F7");
    let told = ward.alarms(1);
    let last = told.last().expect("it was told");
    assert!(last.ends_with("s BED_FAILED absent/off #1"), "{told:?}");
    assert!(
        told.iter().all(|told| told.contains("BED_FAILED")),
        "{told:?}"
    );
    assert_eq!(ward.links(1).last(), Some(&Connected));
}
