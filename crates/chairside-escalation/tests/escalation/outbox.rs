//! Which message goes out when.

use std::collections::BTreeSet;
use std::time::Duration;

use chairside_alarm::{AlarmId, Priority, SignalPresence, Transition};
use chairside_escalation::{Attempt, Delivery, DeliveryId, Ended, Input, Outcome, Purpose};
use chairside_model::{BedId, MonoTime};

use crate::world::{ANNA, BED, BEN, PUSH, SMS, World, plan, seconds, transition};

use AlarmId::{HrHigh, HrVeryHigh, NibpHigh, Spo2VeryLow};
use Priority::{High, Medium};

/// Nobody hears the stations: the first rung is climbed as soon as something calls.
fn at_once(beds: u16) -> World {
    let mut world = World::new(plan(beds));
    world.handle(Input::Heard(false));
    world
}

/// The same with one rung, that is climbed again after ten minutes.
fn with_one_rung() -> World {
    let mut plan = plan(1);
    let ladder = plan.ladders.values_mut().next().expect("it has a bed");
    ladder.rungs.truncate(1);
    ladder.repeat_after = seconds(600);
    let mut world = World::new(plan);
    world.handle(Input::Heard(false));
    world
}

#[test]
fn a_hundred_alarms_in_ten_seconds_are_three_messages_and_each_bed_is_in_one() {
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
    assert_eq!(anna.len(), 3, "at 0 s, and of all others at 5 s and 10 s");
    assert_eq!(anna[0].parts.len(), 1, "the first waits for nothing");
    for bed in 1..=20 {
        assert!(
            anna.iter()
                .any(|made| made.parts.iter().any(|part| part.bed == BedId(bed)))
        );
    }
}

#[test]
fn of_a_hundred_alarms_in_ten_seconds_no_high_one_waits_behind_a_lesser_one_that_hangs() {
    let mut world = at_once(20);
    world.outcomes.insert(PUSH, None);
    for turn in 0..5 {
        for bed in 1..=20 {
            let id = [HrHigh, HrVeryHigh, NibpHigh, Spo2VeryLow, AlarmId::Apnea][turn];
            let priority = if bed % 2 == 0 { High } else { Medium };
            world.call(BedId(bed), id, priority);
            world.pass(Duration::from_millis(100));
        }
    }
    world.pass(seconds(1));
    let start = MonoTime::from_secs(1000);
    let (mut tried, mut high) = (0, 0);
    for made in world.made.iter().filter(|made| made.priority == High) {
        let attempt = world.tried.iter().find(|(_, it)| it.delivery == made.id);
        high += 1;
        match attempt {
            Some((at, _)) => {
                assert_eq!(start + *at, made.at, "at once");
                tried += 1;
            }
            None => assert_eq!(tried, 2, "it waits for two high ones by its way alone"),
        }
    }
    assert!(high >= 3 && tried == 2, "{high} made, {tried} tried");
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
fn each_alarm_of_a_message_says_whether_it_is_simulated_also_when_it_is_over() {
    let mut world = World::new(plan(1));
    for signal in [SignalPresence::On, SignalPresence::Off] {
        let of_a_lesson = transition(world.now, Spo2VeryLow, High, signal, 1);
        let of_a_patient = transition(world.now, HrVeryHigh, High, signal, 2);
        world.handle_all([
            Input::Alarm(BED, &of_a_lesson, true),
            Input::Alarm(BED, &of_a_patient, false),
        ]);
        world.pass(seconds(16));
    }
    let made = [
        (Purpose::Call, &world.made[0]),
        (Purpose::AllClear, &world.made[1]),
    ];
    for (purpose, made) in made {
        assert_eq!(made.purpose, purpose);
        let marks = made.parts.iter().map(|part| (part.alarm, part.simulated));
        let marks: Vec<_> = marks.collect();
        assert!(marks.contains(&(Spo2VeryLow, true)), "{marks:?}");
        assert!(marks.contains(&(HrVeryHigh, false)), "{marks:?}");
    }
}

#[test]
fn what_is_still_there_when_the_bed_becomes_a_patients_calls_for_them_and_what_is_over_does_not() {
    let mut world = World::new(plan(1));
    let there = transition(world.now, Spo2VeryLow, High, SignalPresence::On, 1);
    let over = Transition {
        present: false,
        ..transition(world.now, HrVeryHigh, High, SignalPresence::Latched, 2)
    };
    let lessons = [&there, &over].map(|told| Input::Alarm(BED, told, true));
    world.handle_all(lessons);
    world.pass(seconds(20));
    world.handle(Input::Patients(BED));
    world.pass(seconds(16));

    let called: Vec<_> = world.made.iter().map(|made| made.person).collect();
    assert_eq!(called, [ANNA, BEN, ANNA], "the first of them anew");
    let marks = |made: &Delivery| {
        let marked = made.parts.iter().filter(|part| part.simulated);
        marked.map(|part| part.alarm).collect::<BTreeSet<_>>()
    };
    let both = BTreeSet::from([Spo2VeryLow, HrVeryHigh]);
    assert_eq!(marks(&world.made[0]), both);
    for made in &world.made[1..] {
        assert_eq!(made.parts.len(), 2);
        assert_eq!(marks(made), BTreeSet::from([HrVeryHigh]));
    }
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
    let mut world = with_one_rung();
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
        after.iter().all(|purpose| *purpose == Purpose::Answered),
        "{after:?}"
    );
}

#[test]
fn the_other_side_may_ask_for_a_longer_pause_within_bounds() {
    for (wanted, pause) in [(0, 1), (7, 7), (3600, 30)] {
        let mut world = with_one_rung();
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
    let mut plan = plan(16);
    for ladder in plan.ladders.values_mut() {
        // Each bed has a person of its own to call, so that nothing is joined.
        ladder.rungs.truncate(1);
    }
    plan.people = (0..16).map(|_| plan.people[0].clone()).collect();
    plan.duties.clear();
    for (place, ladder) in (0..).zip(plan.ladders.values_mut()) {
        ladder.rungs[0].who = vec![chairside_escalation::Who::Person(
            chairside_escalation::Person(place),
        )];
    }
    let mut world = World::new(plan);
    world.handle(Input::Heard(false));
    world.outcomes.insert(PUSH, None);
    for bed in 1..=6 {
        world.call(BedId(bed), HrHigh, Medium);
    }
    assert_eq!(world.tried.len(), 4);
    for bed in 7..=16 {
        world.call(BedId(bed), Spo2VeryLow, High);
    }
    // Eight of ten, whatever hangs that is less urgent.
    assert_eq!(world.tried.len(), 12);
    let order: Vec<_> = world
        .tried
        .iter()
        .map(|(_, it)| world.delivery(it.delivery).person.0)
        .collect();
    assert_eq!(order, [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13]);
    // One that hung ends: the next is a high one, though a medium one has waited longer.
    let first = world.tried[4].1.delivery;
    world.handle(Input::Tried(first, Outcome::Taken));
    assert_eq!(world.delivery(world.tried[12].1.delivery).person.0, 14);
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

#[test]
fn while_a_channel_is_down_there_is_one_message_by_each_way_and_not_a_heap() {
    let mut world = at_once(1);
    world.outcomes.insert(PUSH, Some(Outcome::Failed(None)));
    world.outcomes.insert(SMS, Some(Outcome::Failed(None)));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(3600));
    let mut ways: Vec<_> = world
        .escalation
        .under_way()
        .map(|(delivery, _)| (delivery.person, delivery.channel))
        .collect();
    let all = ways.len();
    ways.dedup();
    assert_eq!((ways.len(), all), (4, 4));
    world.outcomes.clear();
    world.pass(seconds(31));
    let taken = world.ended.values().filter(|ended| **ended == Ended::Taken);
    assert_eq!(taken.count(), 4);
}

#[test]
fn an_address_at_which_nobody_answers_holds_up_nobody_else() {
    let mut plan = plan(1);
    let ladder = plan.ladders.values_mut().next().unwrap();
    ladder.rungs.truncate(1);
    ladder.rungs[0].who = vec![chairside_escalation::Who::Everyone];
    ladder.repeat_after = seconds(30);
    let mut world = World::new(plan);
    world.handle(Input::Heard(false));
    world.outcomes.insert(PUSH, None);
    world.call(BED, Spo2VeryLow, High);
    // Ben's telephone takes each message, Anna's hangs for five seconds each time.
    let mut answered = 0;
    let mut hanging: Vec<(u64, DeliveryId)> = Vec::new();
    for second in 0..3000 {
        let tried: Vec<_> = world.tried[answered..]
            .iter()
            .map(|(_, it)| it.delivery)
            .collect();
        answered = world.tried.len();
        for id in tried {
            let delivery = world.delivery(id);
            match (delivery.person, delivery.channel) {
                (ANNA, PUSH) => hanging.push((second + 5, id)),
                (BEN, PUSH) => world.handle(Input::Tried(id, Outcome::Taken)),
                _ => {}
            }
        }
        for (_, id) in hanging
            .extract_if(.., |(until, _)| *until <= second)
            .collect::<Vec<_>>()
        {
            world.handle(Input::Tried(id, Outcome::Failed(None)));
        }
        world.pass(seconds(1));
    }
    let bens: Vec<_> = world
        .made
        .iter()
        .filter(|made| (made.person, made.channel) == (BEN, PUSH))
        .collect();
    assert!(bens.len() > 90, "{}", bens.len());
    let taken = bens
        .iter()
        .filter(|made| world.ended.get(&made.id) == Some(&Ended::Taken));
    assert!(
        bens.len() - taken.count() <= 1,
        "each of his was tried at once"
    );
}

#[test]
fn a_message_that_a_newer_one_has_taken_up_is_not_tried_again() {
    let mut world = at_once(2);
    world.outcomes.insert(PUSH, None);
    world.call(BedId(1), Spo2VeryLow, High);
    let first = world.tried[0].1.delivery;
    world.outcomes.clear();
    world.pass(seconds(4));
    world.call(BedId(2), HrVeryHigh, High);
    world.pass(seconds(2));
    let second = world.tried.last().unwrap().1.delivery;
    assert_eq!(world.delivery(second).parts.len(), 2, "with what hangs");
    assert_eq!(world.ended[&second], Ended::Taken);
    world.handle(Input::Tried(first, Outcome::Failed(None)));
    world.pass(seconds(8));
    assert_eq!(world.ended[&first], Ended::NotNeeded);
    assert_eq!(world.escalation.unreached(BedId(1)).count(), 0);
}

#[test]
fn an_all_clear_that_waits_is_not_told_once_the_bed_calls_again() {
    let mut world = at_once(1);
    world.call(BED, Spo2VeryLow, High);
    world.quiet(BED, Spo2VeryLow, SignalPresence::Off);
    world.outcomes.insert(PUSH, Some(Outcome::Failed(None)));
    world.pass(seconds(6));
    world.call(BED, HrVeryHigh, High);
    world.outcomes.clear();
    world.pass(seconds(300));
    let over = world
        .made
        .iter()
        .find(|made| made.purpose == Purpose::AllClear);
    assert_eq!(world.ended[&over.unwrap().id], Ended::NotNeeded);
}

#[test]
fn tests_do_not_hold_up_calls() {
    let mut world = at_once(1);
    world.outcomes.insert(PUSH, None);
    for _ in 0..50 {
        world.handle(Input::Test(ANNA, PUSH));
    }
    world.call(BED, Spo2VeryLow, High);
    let last = world.tried.last().unwrap().1.delivery;
    assert_eq!(world.delivery(last).purpose, Purpose::Call);
}
