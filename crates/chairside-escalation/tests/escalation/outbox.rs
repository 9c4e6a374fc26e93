//! Which message goes out when.

use std::time::Duration;

use chairside_alarm::{AlarmId, Priority, SignalPresence};
use chairside_escalation::{Attempt, DeliveryId, Ended, Input, Outcome, Purpose};
use chairside_model::BedId;

use crate::world::{ANNA, BED, BEN, PUSH, SMS, World, plan, seconds};

use AlarmId::{HrHigh, HrVeryHigh, NibpHigh, Spo2VeryLow};
use Priority::{High, Medium};

/// Nobody hears the stations: the first rung is climbed as soon as something calls.
fn at_once(beds: u16) -> World {
    let mut world = World::new(plan(beds));
    world.handle(Input::Heard(false));
    world
}

#[test]
fn a_hundred_alarms_in_ten_seconds_are_two_messages_and_each_bed_is_in_one() {
    let mut world = at_once(20);
    for turn in 0..5 {
        for bed in 1..=20 {
            let id = [HrHigh, HrVeryHigh, NibpHigh, Spo2VeryLow, AlarmId::Apnea][turn];
            world.call(BedId(bed), id, High);
            world.pass(Duration::from_millis(100));
        }
    }
    world.pass(seconds(4));
    let anna: Vec<_> = world
        .made
        .iter()
        .filter(|made| (made.person, made.channel) == (ANNA, PUSH))
        .collect();
    assert_eq!(anna.len(), 2, "at 0 s and, of all others, at 5 s");
    assert_eq!(anna[0].parts.len(), 1, "the first waits for nothing");
    for bed in 1..=20 {
        assert!(
            anna.iter()
                .any(|made| made.parts.iter().any(|part| part.bed == BedId(bed)))
        );
    }
}

#[test]
fn a_high_alarm_does_not_wait_for_the_gap_after_a_lesser_one_nor_behind_it() {
    let mut world = at_once(2);
    world.call(BedId(1), HrHigh, Medium);
    world.pass(seconds(1));
    world.call(BedId(2), Spo2VeryLow, High);
    let at: Vec<_> = world.messages().iter().map(|(at, ..)| *at).collect();
    assert_eq!(at, [0, 1]);
    let mut world = at_once(2);
    world.outcomes.insert(PUSH, None);
    world.call(BedId(1), HrHigh, Medium);
    world.pass(seconds(1));
    world.call(BedId(2), Spo2VeryLow, High);
    assert_eq!(
        world.tried.len(),
        2,
        "a message that hangs holds up none that is high"
    );
}

#[test]
fn a_message_has_the_most_urgent_first_and_then_the_newest() {
    let mut world = World::new(plan(1));
    world.call(BED, HrHigh, Medium);
    world.pass(seconds(1));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(1));
    world.call(BED, HrVeryHigh, High);
    world.pass(seconds(20));
    let parts: Vec<_> = world.made[0].parts.iter().map(|part| part.alarm).collect();
    assert_eq!(parts, [HrVeryHigh, Spo2VeryLow, HrHigh]);
    assert_eq!(world.made[0].priority, High);
}

#[test]
fn what_fails_is_tried_again_after_growing_pauses_until_it_is_not_needed_any_more() {
    let mut world = at_once(1);
    world.outcomes.insert(PUSH, Some(Outcome::Failed(None)));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(100));
    let first: Vec<_> = world
        .tried
        .iter()
        .filter(|(_, attempt)| attempt.delivery == DeliveryId(1))
        .map(|(at, attempt)| (at.as_secs(), attempt.number))
        .collect();
    let expected = [
        (0, 1),
        (1, 2),
        (3, 3),
        (7, 4),
        (15, 5),
        (31, 6),
        (61, 7),
        (91, 8),
    ];
    assert_eq!(first, expected);
    world.quiet(BED, Spo2VeryLow, SignalPresence::Acknowledged);
    assert_eq!(world.ended[&DeliveryId(1)], Ended::NotNeeded);
    let before = world.tried.len();
    world.outcomes.remove(&PUSH);
    world.pass(seconds(300));
    let after: Vec<_> = world.tried[before..]
        .iter()
        .map(|(_, it)| world.delivery(it.delivery).purpose)
        .collect();
    assert!(
        after.iter().all(|purpose| *purpose == Purpose::AllClear),
        "{after:?}"
    );
}

#[test]
fn the_other_side_may_ask_for_a_longer_pause_within_bounds() {
    for (wanted, pause) in [(0, 1), (7, 7), (3600, 30)] {
        let mut world = at_once(1);
        world
            .outcomes
            .insert(PUSH, Some(Outcome::Failed(Some(seconds(wanted)))));
        world.call(BED, Spo2VeryLow, High);
        world.pass(seconds(31));
        let mut attempts = world.tried.iter();
        let second = attempts.find(|(_, it)| {
            *it == Attempt {
                delivery: DeliveryId(1),
                number: 2,
            }
        });
        assert_eq!(second.unwrap().0, seconds(pause), "{wanted} s");
    }
}

#[test]
fn a_channel_has_so_many_attempts_at_once_and_room_for_the_urgent_ones() {
    let mut plan = plan(8);
    for ladder in plan.ladders.values_mut() {
        // Each bed has a person of its own to call, so that nothing is joined.
        ladder.rungs.truncate(1);
    }
    plan.people = (0..8).map(|_| plan.people[0].clone()).collect();
    plan.duties.clear();
    for (place, ladder) in (0..).zip(plan.ladders.values_mut()) {
        ladder.rungs[0].who = vec![chairside_escalation::Who::Person(
            chairside_escalation::Person(place),
        )];
    }
    let mut world = World::new(plan);
    world.handle(Input::Heard(false));
    world.outcomes.insert(PUSH, None);
    for bed in 1..=4 {
        world.call(BedId(bed), HrHigh, Medium);
    }
    assert_eq!(world.tried.len(), 2);
    for bed in 5..=8 {
        world.call(BedId(bed), Spo2VeryLow, High);
    }
    assert_eq!(world.tried.len(), 4);
    let order: Vec<_> = world
        .tried
        .iter()
        .map(|(_, it)| world.delivery(it.delivery).person.0)
        .collect();
    assert_eq!(order, [0, 1, 4, 5]);
    // One that hung ends: the next is a high one, though a medium one has waited longer.
    let first = world.tried[0].1.delivery;
    world.handle(Input::Tried(first, Outcome::Taken));
    assert_eq!(world.delivery(world.tried[4].1.delivery).person.0, 6);
}

#[test]
fn a_test_goes_out_at_once_by_the_one_way_and_is_no_call() {
    let mut world = World::new(plan(1));
    world.handle(Input::Test(BEN, SMS));
    assert_eq!(world.messages(), [(0, BEN, SMS, Purpose::Test)]);
    assert_eq!(world.ended[&DeliveryId(1)], Ended::Taken);
    assert_eq!(world.escalation.unreached(BED).count(), 0);
}

#[test]
fn a_test_that_nothing_takes_is_given_up() {
    let mut world = World::new(plan(1));
    world.outcomes.insert(SMS, Some(Outcome::Failed(None)));
    world.handle(Input::Test(BEN, SMS));
    world.pass(seconds(200));
    assert_eq!(world.ended[&DeliveryId(1)], Ended::NotNeeded);
    assert_eq!(world.escalation.next_deadline(), None);
}

#[test]
fn an_attempt_that_nobody_asked_for_changes_nothing() {
    let mut world = World::new(plan(1));
    world.handle(Input::Tried(DeliveryId(77), Outcome::Taken));
    assert!(world.ended.is_empty());
}
