//! Random clinics: whatever happens, in whatever order, some things hold.

use std::collections::BTreeMap;

use chairside_alarm::{AlarmId, Occurrence, Priority, SignalPresence};
use chairside_escalation::{Channel, Input, Outcome, Person, Purpose};
use chairside_model::{BedId, MonoTime};
use proptest::prelude::*;

use crate::world::{World, plan, seconds};

#[derive(Clone, Debug)]
enum Step {
    Call(u16, usize, Priority),
    Quiet(u16, usize),
    Accept(u16, Option<u16>),
    Decline(u16, u16),
    Heard(bool),
    Channel(u16, Option<Outcome>),
    Pass(u64),
}

const IDS: [AlarmId; 4] = [
    AlarmId::HrHigh,
    AlarmId::Spo2VeryLow,
    AlarmId::NibpHigh,
    AlarmId::NoStation,
];

fn step() -> impl Strategy<Value = Step> {
    let bed = 1..4_u16;
    let priority = prop_oneof![
        Just(Priority::Low),
        Just(Priority::Medium),
        Just(Priority::High)
    ];
    let outcome = prop_oneof![
        Just(None),
        Just(Some(Outcome::Taken)),
        Just(Some(Outcome::Refused)),
        Just(Some(Outcome::Failed(None))),
    ];
    prop_oneof![
        4 => (bed.clone(), 0..IDS.len(), priority).prop_map(|(bed, id, priority)| Step::Call(bed, id, priority)),
        2 => (bed.clone(), 0..IDS.len()).prop_map(|(bed, id)| Step::Quiet(bed, id)),
        1 => (bed.clone(), prop::option::of(0..3_u16)).prop_map(|(bed, by)| Step::Accept(bed, by)),
        1 => (bed, 0..3_u16).prop_map(|(bed, person)| Step::Decline(bed, person)),
        1 => any::<bool>().prop_map(Step::Heard),
        1 => (0..2_u16, outcome).prop_map(|(channel, outcome)| Step::Channel(channel, outcome)),
        6 => (0..90_u64).prop_map(Step::Pass),
    ]
}

proptest! {
    #[test]
    fn whoever_is_called_is_to_be_called_and_no_high_alarm_stays_uncalled(
        steps in prop::collection::vec(step(), 1..60)
    ) {
        let mut world = World::new(plan(3));
        // By bed: each alarm that calls, its priority, its call, and since when; and the calls
        // that were accepted.
        let mut calling: BTreeMap<(u16, usize), (Priority, u64, MonoTime)> = BTreeMap::new();
        let mut calls: BTreeMap<u16, u64> = BTreeMap::new();
        // Those that somebody comes for, and who that is.
        let mut accepted: BTreeMap<(u16, usize), (Priority, u64, MonoTime)> = BTreeMap::new();
        let mut comes: BTreeMap<u16, Option<u16>> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Call(bed, id, priority) => {
                    let call = world.call(BedId(bed), IDS[id], priority);
                    calls.insert(bed, call);
                    accepted.remove(&(bed, id));
                    // One that calls again unanswered goes on, unless it is worse now.
                    let before = calling.get(&(bed, id)).filter(|(known, ..)| priority <= *known);
                    let since = before.map_or(world.now, |(.., since)| *since);
                    calling.insert((bed, id), (priority, call, since));
                }
                Step::Quiet(bed, id) => {
                    let known = [calling.remove(&(bed, id)), accepted.remove(&(bed, id))];
                    if known.iter().any(Option::is_some) {
                        world.quiet(BedId(bed), IDS[id], SignalPresence::Off);
                    }
                }
                Step::Accept(bed, by) => {
                    let call = calls.get(&bed).copied().unwrap_or(0);
                    world.handle(Input::Accepted(BedId(bed), call, by.map(Person)));
                    comes.insert(bed, by);
                    let seen = calling.extract_if(.., |(of, _), (_, called, _)| *of == bed && *called <= call);
                    accepted.extend(seen);
                }
                Step::Decline(bed, person) => {
                    let open = calling.iter().find(|((of, _), _)| *of == bed);
                    if let Some((_, (_, call, _))) = open {
                        let declined = Input::Declined(BedId(bed), Occurrence(*call), Person(person));
                        world.handle(declined);
                        if comes.get(&bed) == Some(&Some(person)) {
                            comes.remove(&bed);
                            let back = accepted.extract_if(.., |(of, _), _| *of == bed);
                            calling.extend(back.map(|(of, (priority, call, _))| (of, (priority, call, world.now))));
                        }
                    }
                }
                Step::Heard(heard) => world.handle(Input::Heard(heard)),
                Step::Channel(channel, outcome) => {
                    world.outcomes.insert(Channel(channel), outcome);
                }
                Step::Pass(time) => {
                    let (made, until) = (world.made.len(), world.now + seconds(time));
                    world.pass(seconds(time));
                    // Nothing but time passed: each message is about what calls, and all of it.
                    for message in &world.made[made..] {
                        prop_assert!(message.purpose != Purpose::Call || !message.parts.is_empty());
                        if message.purpose == Purpose::Call {
                            for part in &message.parts {
                                let id = IDS.iter().position(|id| *id == part.alarm).unwrap();
                                let open = calling.get(&(part.bed.0, id));
                                prop_assert_eq!(open.map(|(_, call, _)| *call), Some(part.call));
                                prop_assert!(part.priority >= Priority::Medium);
                            }
                        }
                    }
                    // A high alarm that has called for over a minute has called everyone.
                    for ((bed, _), (priority, _, since)) in &calling {
                        let late = until.saturating_since(*since) >= seconds(60);
                        if *priority == Priority::High && late {
                            let everyone = world.climbed.iter().any(|(at, of, climbed)| {
                                (of.0, climbed.rung) == (*bed, 3)
                                    && MonoTime::from_secs(1000) + *at >= *since
                            });
                            prop_assert!(everyone, "bed {}", bed);
                        }
                    }
                }
            }
        }
        // By each way at most one message of each priority in five seconds.
        let mut last: BTreeMap<_, MonoTime> = BTreeMap::new();
        for made in &world.made {
            let way = (made.person, made.channel, made.priority);
            if let Some(before) = last.insert(way, made.at) {
                prop_assert!(made.at.saturating_since(before) >= seconds(5));
            }
        }
    }
}
