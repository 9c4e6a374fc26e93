//! Who is called when.

use crate::world::{ANNA, BED, BEN, CARL, PUSH, SMS, World, plan, seconds, transition};
use chairside_alarm::{AlarmId, Occurrence, Priority, SignalPresence, Transition};
use chairside_escalation::{
    ClimbedFor, Delivery, DeliveryId, Ended, Input, Left, Outcome, Purpose,
};
use chairside_model::MonoTime;

use AlarmId::{DeliveryFailed, HrHigh, NoStation, Spo2VeryLow};
use ClimbedFor::{Declined, Nobody, NobodyHears, Time, Unreached};
use Priority::{High, Low, Medium};

#[test]
fn a_high_alarm_that_nobody_answers_climbs_to_everyone_and_does_not_stop() {
    let mut world = World::new(plan(1));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(200));
    let expected = [
        (15, 1, 1, Time),
        (30, 1, 2, Time),
        (60, 1, 3, Time),
        (180, 1, 3, Time),
    ];
    assert_eq!(world.rungs(), expected);
    let rounds: Vec<_> = world.climbed.iter().map(|(.., it)| it.round).collect();
    assert_eq!(rounds, [0, 0, 0, 1]);
    let call = Purpose::Call;
    let expected = [
        (15, ANNA, PUSH, call),
        (30, BEN, PUSH, call),
        (60, ANNA, PUSH, call),
        (60, BEN, PUSH, call),
        (60, BEN, SMS, call),
        (60, CARL, SMS, call),
    ];
    assert_eq!(world.messages()[..6], expected);
}

#[test]
fn a_medium_alarm_climbs_later_and_not_where_it_has_no_time() {
    let mut world = World::new(plan(1));
    world.call(BED, HrHigh, Medium);
    world.pass(seconds(250));
    let expected = [(60, 1, 1, Time), (120, 1, 2, Time), (240, 1, 2, Time)];
    assert_eq!(world.rungs(), expected);
}

#[test]
fn a_low_alarm_calls_nobody_and_neither_does_the_alarm_about_the_ways() {
    let mut world = World::new(plan(1));
    world.call(BED, HrHigh, Low);
    world.call(BED, DeliveryFailed, Medium);
    world.pass(seconds(1000));
    assert_eq!(world.rungs(), []);
    assert_eq!(world.escalation.next_deadline(), None);
}

#[test]
fn whoever_acknowledges_accepts_or_outlives_it_stops_the_calling_and_who_was_called_is_told() {
    for signal in [
        Some(SignalPresence::Acknowledged),
        Some(SignalPresence::Paused),
        Some(SignalPresence::Off),
        None,
    ] {
        let mut world = World::new(plan(1));
        let call = world.call(BED, Spo2VeryLow, High);
        world.pass(seconds(20));
        match signal {
            Some(signal) => world.quiet(BED, Spo2VeryLow, signal),
            None => world.handle(Input::Accepted(BED, call, None)),
        }
        world.pass(seconds(500));
        assert_eq!(world.rungs(), [(15, 1, 1, Time)], "{signal:?}");
        let over = match signal {
            Some(SignalPresence::Off) => Purpose::AllClear,
            _ => Purpose::Answered,
        };
        let expected = [(15, ANNA, PUSH, Purpose::Call), (20, ANNA, PUSH, over)];
        assert_eq!(world.messages(), expected, "{signal:?}");
        assert_eq!(world.made[1].parts, world.made[0].parts);
    }
}

#[test]
fn whoever_accepts_is_not_told_that_somebody_has() {
    let mut world = World::new(plan(1));
    let call = world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(31));
    world.handle(Input::Accepted(BED, call, Some(ANNA)));
    world.pass(seconds(20));
    assert_eq!(world.messages()[2..], [(35, BEN, PUSH, Purpose::Answered)]);
}

#[test]
fn an_alarm_that_ends_unseen_goes_on_calling_while_its_signal_stays() {
    let mut world = World::new(plan(1));
    world.call(BED, Spo2VeryLow, High);
    world.quiet(BED, Spo2VeryLow, SignalPresence::Latched);
    world.pass(seconds(20));
    assert_eq!(world.rungs(), [(15, 1, 1, Time)]);
}

#[test]
fn nobody_is_told_that_it_is_over_who_was_never_called() {
    let mut world = World::new(plan(1));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(14));
    world.quiet(BED, Spo2VeryLow, SignalPresence::Off);
    world.pass(seconds(500));
    assert_eq!(world.messages(), []);
}

#[test]
fn what_calls_after_an_acceptance_begins_the_ladder_anew() {
    let mut world = World::new(plan(1));
    let call = world.call(BED, Spo2VeryLow, High);
    world.handle(Input::Accepted(BED, call, None));
    world.pass(seconds(100));
    world.call(BED, HrHigh, High);
    world.pass(seconds(15));
    assert_eq!(world.rungs(), [(115, 1, 1, Time)]);
    let parts = &world.made[0].parts;
    assert_eq!(parts.len(), 1, "what was accepted is not called again");
    assert_eq!(parts[0].alarm, HrHigh);
}

#[test]
fn an_acceptance_covers_only_the_calls_that_the_person_had_seen() {
    let mut world = World::new(plan(1));
    let seen = world.call(BED, HrHigh, Medium);
    world.call(BED, Spo2VeryLow, High);
    world.handle(Input::Accepted(BED, seen, None));
    world.pass(seconds(15));
    assert_eq!(world.rungs(), [(15, 1, 1, Time)]);
}

#[test]
fn a_high_alarm_calls_those_again_who_were_called_for_a_medium_one() {
    let mut world = World::new(plan(1));
    world.call(BED, HrHigh, Medium);
    world.pass(seconds(100));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(60));
    // Ben is called for the medium one at 120 s, and for the high one with it.
    let expected = [
        (60, 1, 1, Time),
        (115, 1, 1, Time),
        (120, 1, 2, Time),
        (160, 1, 3, Time),
    ];
    assert_eq!(world.rungs(), expected);
    let priorities: Vec<_> = world.climbed.iter().map(|(.., it)| it.priority).collect();
    assert_eq!(priorities, [Medium, High, High, High]);
    let rounds: Vec<_> = world.climbed.iter().map(|(.., it)| it.round).collect();
    assert_eq!(rounds, [0, 1, 0, 0], "no two climbs have one name");
}

#[test]
fn a_second_alarm_has_its_own_times_also_when_the_first_one_ends() {
    let mut world = World::new(plan(1));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(20));
    world.call(BED, HrHigh, High);
    world.pass(seconds(5));
    world.quiet(BED, Spo2VeryLow, SignalPresence::Off);
    world.pass(seconds(60));
    let expected = [
        (15, 1, 1, Time),
        (35, 1, 1, Time),
        (50, 1, 2, Time),
        (80, 1, 3, Time),
    ];
    assert_eq!(world.rungs(), expected);
}

#[test]
fn what_calls_while_everyone_has_been_called_begins_at_the_first_rung() {
    let mut world = World::new(plan(1));
    let first = world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(61));
    world.call(BED, HrHigh, High);
    world.handle(Input::Accepted(BED, first, Some(BEN)));
    world.pass(seconds(15));
    assert_eq!(world.rungs()[3..], [(76, 1, 1, Time)]);
}

#[test]
fn an_alarm_that_takes_the_place_of_another_goes_on_with_the_calling() {
    let mut world = World::new(plan(1));
    world.call(BED, AlarmId::Spo2Low, Medium);
    world.pass(seconds(65));
    let low = Transition {
        superseded: true,
        ..transition(world.now, AlarmId::Spo2Low, Medium, SignalPresence::On, 1)
    };
    let very_low = transition(world.now, Spo2VeryLow, High, SignalPresence::On, 2);
    world.handle_all([
        Input::Alarm(BED, &low, false),
        Input::Alarm(BED, &very_low, false),
    ]);
    world.pass(seconds(14));
    let purposes: Vec<_> = world
        .messages()
        .iter()
        .map(|(.., purpose)| *purpose)
        .collect();
    assert_eq!(purposes, [Purpose::Call], "nobody is told that it is over");
    world.pass(seconds(1));
    assert_eq!(world.rungs(), [(60, 1, 1, Time), (80, 1, 1, Time)]);
}

#[test]
fn whoever_comes_and_then_does_not_leaves_the_call_to_the_others() {
    let mut world = World::new(plan(1));
    let call = world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(16));
    world.handle(Input::Accepted(BED, call, Some(ANNA)));
    world.pass(seconds(100));
    assert_eq!(world.rungs().len(), 1);
    world.handle(Input::Declined(BED, Occurrence(call), ANNA));
    world.pass(seconds(15));
    // She was the only one on the first rung.
    assert_eq!(world.rungs()[1..], [(131, 1, 1, Time), (131, 1, 2, Nobody)]);
    let rounds: Vec<_> = world.climbed.iter().map(|(.., it)| it.round).collect();
    assert_eq!(rounds, [0, 1, 0], "no two climbs have one name");
}

#[test]
fn an_alarm_that_comes_and_goes_unanswered_reaches_everyone_in_time() {
    for every in [4, 10, 14, 16, 20, 29, 45] {
        let mut world = World::new(plan(1));
        while world.now < MonoTime::from_secs(1061) {
            world.call(BED, Spo2VeryLow, High);
            world.pass(seconds(every));
        }
        let rungs = world.rungs();
        for due in [(15, 1, 1, Time), (30, 1, 2, Time), (60, 1, 3, Time)] {
            assert!(rungs.contains(&due), "every {every} s: {rungs:?}");
        }
        // What it calls for the last time is called for as well.
        let last = world.climbed.last().map(|(at, ..)| at.as_secs());
        assert!(last >= Some(60), "every {every} s: {rungs:?}");
    }
}

#[test]
fn one_that_somebody_came_for_begins_anew() {
    let mut world = World::new(plan(1));
    let call = world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(20));
    world.handle(Input::Accepted(BED, call, Some(ANNA)));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(16));
    assert_eq!(world.rungs(), [(15, 1, 1, Time), (35, 1, 1, Time)]);
}

#[test]
fn what_waited_for_whoever_comes_is_no_call_of_the_next_alarm() {
    let mut world = World::new(plan(1));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(16));
    let call = world.call(BED, AlarmId::HelpWanted, High);
    assert_eq!(world.rungs(), [(15, 1, 1, Time), (16, 1, 1, NobodyHears)]);
    assert_eq!(world.messages().len(), 1, "the second waits for its gap");
    world.handle(Input::Accepted(BED, call, Some(ANNA)));
    world.pass(seconds(1000));
    world.call(BED, AlarmId::NibpHigh, Medium);
    world.pass(seconds(59));
    assert_eq!(world.messages().len(), 1, "its first rung is after 60 s");
    world.pass(seconds(1));
    assert_eq!(
        world.made.last().unwrap().parts.len(),
        1,
        "of the old ones nothing"
    );
}

#[test]
fn the_end_of_an_older_message_says_nothing_of_the_newer_one() {
    let mut world = World::new(plan(1));
    world.outcomes.insert(PUSH, None);
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(16));
    world.call(BED, AlarmId::HelpWanted, High);
    assert_eq!(world.rungs(), [(15, 1, 1, Time), (16, 1, 1, NobodyHears)]);
    let older = world.tried[0].1.delivery;
    world.handle(Input::Tried(older, Outcome::Taken));
    assert_eq!(
        world.escalation.unreached(BED).collect::<Vec<_>>(),
        [(ANNA, PUSH)]
    );
    world.outcomes.insert(PUSH, Some(Outcome::Failed(None)));
    world.pass(seconds(10));
    assert_eq!(world.rungs()[2..], [(26, 1, 2, Unreached)]);
}

#[test]
fn the_next_patient_is_not_the_business_of_whoever_came_to_the_last_one() {
    let mut world = World::new(plan(1));
    let call = world.call(BED, AlarmId::DeviceLinkLost, High);
    world.handle(Input::Accepted(BED, call, Some(ANNA)));
    world.pass(seconds(100));
    world.handle(Input::Session(BED));
    world.pass(seconds(15));
    assert_eq!(world.rungs(), [(115, 1, 1, Time)]);
}

#[test]
fn not_me_for_an_alarm_is_not_for_one_that_called_after_it() {
    let mut world = World::new(plan(1));
    let first = world.call(BED, HrHigh, High);
    world.pass(seconds(16));
    world.call(BED, Spo2VeryLow, High);
    world.handle(Input::Declined(BED, Occurrence(first), ANNA));
    world.pass(seconds(15));
    let again = world.messages();
    let anna = again.iter().filter(|(_, person, ..)| *person == ANNA);
    assert_eq!(anna.count(), 2, "{again:?}");
}

#[test]
fn that_there_is_nobody_to_call_is_known() {
    let mut plan = plan(1);
    plan.people = vec![Vec::new(); 3];
    let mut world = World::new(plan);
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(14));
    assert!(!world.escalation.calls_nobody(BED));
    world.pass(seconds(1));
    assert!(world.escalation.calls_nobody(BED));
    world.quiet(BED, Spo2VeryLow, SignalPresence::Off);
    assert!(!world.escalation.calls_nobody(BED));
}

#[test]
fn while_nobody_hears_the_first_rung_is_climbed_at_once_and_the_others_sooner() {
    let mut world = World::new(plan(1));
    world.handle(Input::Heard(false));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(60));
    let expected = [
        (0, 1, 1, NobodyHears),
        (15, 1, 2, NobodyHears),
        (45, 1, 3, NobodyHears),
    ];
    assert_eq!(world.rungs(), expected);
}

#[test]
fn that_the_last_display_goes_calls_for_what_already_stands() {
    let mut world = World::new(plan(1));
    world.call(BED, HrHigh, Medium);
    world.pass(seconds(7));
    world.handle(Input::Heard(false));
    assert_eq!(world.rungs(), [(7, 1, 1, NobodyHears)]);
}

#[test]
fn no_station_begins_at_the_first_rung_also_once_a_display_is_heard_again() {
    let mut world = World::new(plan(1));
    world.call(BED, NoStation, High);
    assert_eq!(world.rungs(), [(0, 1, 1, NobodyHears)]);
}

#[test]
fn a_channel_that_refuses_makes_the_next_rung_due_at_once() {
    let mut world = World::new(plan(1));
    world.outcomes.insert(PUSH, Some(Outcome::Refused));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(15));
    let expected = [
        (15, 1, 1, Time),
        (15, 1, 2, Unreached),
        (15, 1, 3, Unreached),
    ];
    assert_eq!(world.rungs(), expected);
    let mut unreached: Vec<_> = world.escalation.unreached(BED).collect();
    unreached.dedup();
    assert!(unreached.contains(&(ANNA, PUSH)) && unreached.contains(&(BEN, PUSH)));
    assert!(!unreached.contains(&(CARL, SMS)), "{unreached:?}");
}

#[test]
fn a_channel_that_takes_nothing_for_ten_seconds_makes_the_next_rung_due() {
    for outcome in [None, Some(Outcome::Failed(None))] {
        let mut world = World::new(plan(1));
        world.outcomes.insert(PUSH, outcome);
        world.call(BED, Spo2VeryLow, High);
        world.pass(seconds(40));
        let rungs = world.rungs();
        assert_eq!(rungs[..2], [(15, 1, 1, Time), (25, 1, 2, Unreached)]);
        assert_eq!(rungs[2], (35, 1, 3, Unreached), "{outcome:?}");
    }
}

#[test]
fn not_me_passes_the_call_on_and_is_not_asked_again_for_it() {
    let mut world = World::new(plan(1));
    let call = world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(16));
    world.handle(Input::Declined(BED, Occurrence(call), ANNA));
    assert_eq!(world.rungs()[1..], [(16, 1, 2, Declined)]);
    world.pass(seconds(60));
    let again = world.messages();
    let anna = again.iter().filter(|(_, person, ..)| *person == ANNA);
    assert_eq!(anna.count(), 1, "{again:?}");
}

#[test]
fn when_nobody_comes_the_last_rung_calls_them_all_the_same() {
    let mut world = World::new(plan(1));
    let call = world.call(BED, Spo2VeryLow, High);
    for person in [ANNA, BEN, CARL] {
        world.pass(seconds(16));
        world.handle(Input::Declined(BED, Occurrence(call), person));
    }
    world.pass(seconds(400));
    let (.., last) = world.climbed.last().unwrap();
    assert_eq!((last.rung, last.ways.len()), (3, 4));
    assert!(last.round >= 1);
}

#[test]
fn what_calls_later_asks_everybody_again() {
    let mut world = World::new(plan(1));
    let call = world.call(BED, HrHigh, Medium);
    world.pass(seconds(61));
    world.handle(Input::Declined(BED, Occurrence(call), ANNA));
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(15));
    let (_, _, last) = world.climbed.last().unwrap();
    assert_eq!((last.rung, last.priority), (1, High));
    assert_eq!(last.ways, [(ANNA, PUSH)]);
}

#[test]
fn a_rung_with_nobody_on_it_is_no_reason_to_wait() {
    let mut plan = plan(1);
    plan.duties[0].otherwise.clear();
    let mut world = World::new(plan);
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(15));
    assert_eq!(world.rungs(), [(15, 1, 1, Time), (15, 1, 2, Nobody)]);
}

#[test]
fn a_bed_without_a_ladder_calls_nobody() {
    let mut plan = plan(1);
    plan.ladders.clear();
    let mut world = World::new(plan);
    world.call(BED, Spo2VeryLow, High);
    world.pass(seconds(500));
    assert_eq!(world.messages(), []);
}

/// What a service that ends now leaves of its outbox.
fn left_by(world: &World) -> Left {
    let start = MonoTime::from_secs(1000);
    let attempts = |id| {
        let mut tried = world.tried.iter().rev();
        let last = tried.find(|(_, attempt)| attempt.delivery == id);
        last.map_or(0, |(_, attempt)| attempt.number)
    };
    Left {
        climbed: (world.climbed.iter())
            .map(|(at, bed, climbed)| (start + *at, *bed, climbed.clone()))
            .collect(),
        deliveries: (world.made.iter())
            .map(|made| {
                (
                    made.clone(),
                    attempts(made.id),
                    world.ended.get(&made.id).copied(),
                )
            })
            .collect(),
    }
}

/// Another run of the service that goes on from there, and has been told of these alarms.
fn after(world: &World, left: &Left, alarms: &[&Transition]) -> World {
    let mut again = World::new(plan(1));
    again.now = world.now;
    for told in alarms {
        again
            .escalation
            .follow(told.at, [Input::Alarm(BED, told, false)]);
    }
    let numbers = again.escalation.resume(again.now, left);
    for (id, (made, ..)) in numbers.into_iter().zip(&left.deliveries) {
        again.made.push(Delivery { id, ..made.clone() });
    }
    again
}

#[test]
fn a_restart_goes_on_where_the_ladder_stood() {
    let mut world = World::new(plan(1));
    let told = transition(world.now, Spo2VeryLow, High, SignalPresence::On, 1);
    world.handle(Input::Alarm(BED, &told, false));
    world.pass(seconds(32));
    assert_eq!(world.rungs().len(), 2);
    let mut again = after(&world, &left_by(&world), &[&told]);
    again.pass(seconds(30));
    assert_eq!(again.rungs(), [(60, 1, 3, Time)]);
    let tried: Vec<_> = again.tried.iter().map(|(at, _)| at.as_secs()).collect();
    assert_eq!(tried, [60; 4], "what was taken is not sent again");
}

#[test]
fn a_restart_in_mid_delivery_sends_it_again_and_counts_on() {
    let mut world = World::new(plan(1));
    world.outcomes.insert(PUSH, None);
    let told = transition(world.now, Spo2VeryLow, High, SignalPresence::On, 1);
    world.handle(Input::Alarm(BED, &told, false));
    world.pass(seconds(15));
    let mut again = after(&world, &left_by(&world), &[&told]);
    again.handle(Input::Tick);
    let (_, attempt) = again.tried[0];
    assert_eq!((attempt.delivery, attempt.number), (DeliveryId(1), 2));
    assert_eq!(again.ended[&DeliveryId(1)], Ended::Taken);
    assert_eq!(again.rungs(), [], "the rung is not climbed twice");
}

#[test]
fn a_restart_between_a_rung_and_its_message_sends_the_message() {
    let mut world = World::new(plan(1));
    let told = transition(world.now, Spo2VeryLow, High, SignalPresence::On, 1);
    world.handle(Input::Alarm(BED, &told, false));
    world.pass(seconds(15));
    let left = Left {
        deliveries: Vec::new(),
        ..left_by(&world)
    };
    let mut again = after(&world, &left, &[&told]);
    again.handle(Input::Tick);
    assert_eq!(again.messages(), [(15, ANNA, PUSH, Purpose::Call)]);
    assert_eq!(again.rungs(), []);
}

#[test]
fn whoever_was_called_before_the_restart_is_told_that_it_is_over() {
    let mut world = World::new(plan(1));
    let told = transition(world.now, Spo2VeryLow, High, SignalPresence::On, 1);
    world.handle(Input::Alarm(BED, &told, false));
    world.pass(seconds(16));
    let mut again = after(&world, &left_by(&world), &[&told]);
    again.handle(Input::Accepted(BED, 1, None));
    assert_eq!(again.messages()[1..], [(16, ANNA, PUSH, Purpose::Answered)]);
}

#[test]
fn a_climb_that_was_over_before_the_restart_is_not_taken_for_the_next_one() {
    let mut world = World::new(plan(1));
    let first = transition(world.now, Spo2VeryLow, High, SignalPresence::On, 1);
    world.handle(Input::Alarm(BED, &first, false));
    world.pass(seconds(70));
    let over = transition(world.now, Spo2VeryLow, High, SignalPresence::Off, 1);
    let second = transition(world.now, HrHigh, High, SignalPresence::On, 2);
    let mut again = after(&world, &left_by(&world), &[&first, &over, &second]);
    again.pass(seconds(15));
    assert_eq!(again.rungs(), [(85, 1, 1, Time)]);
}
