use chairside_alarm::{AlarmId, Priority, SignalPresence};
use chrono::DateTime;

use super::*;

fn state(occurrence: u64, priority: Priority) -> AlarmState {
    AlarmState {
        bed: "3".into(),
        bed_name: "Room 3".into(),
        id: AlarmId::Spo2Low,
        occurrence,
        priority,
        present: true,
        signal: SignalPresence::On,
        since: DateTime::UNIX_EPOCH,
        at: DateTime::UNIX_EPOCH,
        reading: None,
        evidence: "SpO2 86 %".into(),
        simulated: false,
    }
}

fn over(occurrence: u64) -> AlarmState {
    AlarmState {
        present: false,
        signal: SignalPresence::Off,
        ..state(occurrence, Priority::Medium)
    }
}

/// A queue, and the numbers of its messages.
#[derive(Default)]
struct Sender {
    queue: Queue,
    number: i64,
}

impl Sender {
    fn next(&mut self) -> Option<(UnderWay, Option<Phase>)> {
        let mut phase = None;
        let number = &mut self.number;
        let next = self.queue.next(|_, given| {
            phase = Some(given);
            *number += 1;
            Made {
                number: *number,
                text: Vec::new(),
            }
        });
        next.map(|message| (message, phase))
    }

    /// Delivers all that waits, and says of each which episode in which phase.
    fn deliver_all(&mut self) -> Vec<(u64, Option<Phase>)> {
        let mut told = Vec::new();
        while let Some((message, phase)) = self.next() {
            told.push((message.episode.1, phase));
            self.queue.delivered(message);
        }
        told
    }
}

#[test]
fn an_alarm_starts_changes_and_ends() {
    let mut sender = Sender::default();
    sender.queue.insert(state(1, Priority::Medium));
    assert_eq!(sender.deliver_all(), [(1, Some(Phase::Start))]);
    sender.queue.insert(state(1, Priority::Medium));
    assert_eq!(sender.deliver_all(), []);
    sender.queue.insert(AlarmState {
        signal: SignalPresence::Acknowledged,
        ..state(1, Priority::Medium)
    });
    assert_eq!(sender.deliver_all(), [(1, Some(Phase::Update))]);
    sender.queue.insert(over(1));
    assert_eq!(sender.deliver_all(), [(1, Some(Phase::End))]);
    assert_eq!(sender.queue.told.len(), 0);
}

#[test]
fn a_latched_alarm_ends_twice_and_is_then_forgotten() {
    let mut sender = Sender::default();
    sender.queue.insert(state(1, Priority::High));
    sender.deliver_all();
    sender.queue.insert(AlarmState {
        present: false,
        signal: SignalPresence::Latched,
        ..state(1, Priority::High)
    });
    assert_eq!(sender.deliver_all(), [(1, Some(Phase::End))]);
    sender.queue.repeat();
    sender.queue.repeat();
    assert_eq!(sender.deliver_all(), [], "it does not stand any more");
    sender.queue.insert(over(1));
    assert_eq!(sender.deliver_all(), [(1, Some(Phase::End))]);
    assert_eq!(sender.queue.told.len(), 0);
}

#[test]
fn the_newest_state_takes_the_place_of_one_that_waits() {
    let mut sender = Sender::default();
    sender.queue.insert(state(1, Priority::Medium));
    sender.queue.insert(state(1, Priority::High));
    assert_eq!(sender.queue.status().waiting, 1);
    let (message, phase) = sender.next().unwrap();
    assert_eq!(
        (message.state.priority, phase),
        (Priority::High, Some(Phase::Start))
    );
    // It changes while it is on its way: what was delivered was the older.
    sender.queue.insert(over(1));
    sender.queue.delivered(message);
    assert_eq!(sender.deliver_all(), [(1, Some(Phase::End))]);
}

#[test]
fn the_end_of_one_episode_is_not_lost_to_the_next_one() {
    let mut sender = Sender::default();
    sender.queue.insert(state(1, Priority::Medium));
    sender.deliver_all();
    sender.queue.insert(over(1));
    sender.queue.insert(state(2, Priority::Medium));
    assert_eq!(
        sender.deliver_all(),
        [(1, Some(Phase::End)), (2, Some(Phase::Start))]
    );
}

#[test]
fn a_message_keeps_its_number_until_it_says_something_else() {
    let mut sender = Sender::default();
    sender.queue.insert(state(1, Priority::Medium));
    for _ in 0..5 {
        let (message, _) = sender.next().unwrap();
        assert_eq!(message.made.number, 1);
        sender.queue.failed(&message, Blame::NoAnswer);
    }
    sender.queue.insert(state(1, Priority::High));
    let (message, phase) = sender.next().unwrap();
    // Whether the first one was taken is not known.
    assert_eq!((message.made.number, phase), (2, Some(Phase::Start)));
    assert_eq!(sender.queue.status().failed, 5);
}

#[test]
fn the_more_urgent_goes_first() {
    let mut sender = Sender::default();
    let priorities = [
        Priority::Low,
        Priority::High,
        Priority::Medium,
        Priority::High,
    ];
    for (occurrence, priority) in (1..).zip(priorities) {
        sender.queue.insert(state(occurrence, priority));
    }
    let order: Vec<_> = sender
        .deliver_all()
        .into_iter()
        .map(|(episode, _)| episode)
        .collect();
    assert_eq!(order, [2, 4, 3, 1]);
}

#[test]
fn a_message_that_is_refused_holds_up_no_other() {
    let mut sender = Sender::default();
    sender.queue.insert(state(1, Priority::High));
    sender.queue.insert(state(2, Priority::Low));
    let (refused, _) = sender.next().unwrap();
    sender.queue.failed(&refused, Blame::Refused);
    let (next, _) = sender.next().unwrap();
    assert_eq!(next.episode.1, 2);
    sender.queue.delivered(next);
    // One that is not answered is tried three times first.
    sender.queue.insert(state(3, Priority::High));
    sender.queue.insert(state(4, Priority::Low));
    for _ in 0..3 {
        let (silent, _) = sender.next().unwrap();
        assert_eq!(silent.episode.1, 3);
        sender.queue.failed(&silent, Blame::NoAnswer);
    }
    assert_eq!(sender.next().unwrap().0.episode.1, 4);
}

#[test]
fn what_cannot_be_read_is_put_aside_and_begins_again_when_it_changes() {
    let mut sender = Sender::default();
    sender.queue.insert(state(1, Priority::Medium));
    let (message, _) = sender.next().unwrap();
    sender.queue.parked(&message);
    let status = sender.queue.status();
    assert_eq!((status.parked, status.waiting), (1, 0));
    assert_eq!(
        status.last_parked.as_deref(),
        Some("message 1: SPO2_LOW at 3")
    );
    let words = "SPO2_LOW could not be read there".to_owned();
    assert_eq!(status.untaken, BTreeMap::from([("3".to_owned(), words)]));
    sender.queue.repeat();
    assert_eq!(sender.deliver_all(), []);
    sender.queue.insert(state(1, Priority::High));
    assert_eq!(sender.deliver_all(), [(1, Some(Phase::Start))]);
    assert_eq!(sender.queue.status().untaken, BTreeMap::new());
}

#[test]
fn the_beds_with_an_alarm_that_is_not_taken_are_told_until_it_is_or_is_over() {
    let untaken = |sender: &Sender| {
        let beds = sender.queue.status().untaken;
        beds.into_values().next()
    };
    let mut sender = Sender::default();
    sender.queue.insert(state(1, Priority::High));
    let (message, _) = sender.next().unwrap();
    // Who does not answer once may be anew at once.
    sender.queue.failed(&message, Blame::NoAnswer);
    assert_eq!(untaken(&sender), None);
    sender.queue.failed(&message, Blame::Refused);
    let words = Some("SPO2_LOW is not taken there".to_owned());
    assert_eq!(untaken(&sender), words);
    sender.deliver_all();
    assert_eq!(untaken(&sender), None);

    // What is over needs nobody, read or not.
    sender.queue.insert(state(2, Priority::High));
    let (message, _) = sender.next().unwrap();
    sender.queue.parked(&message);
    assert!(untaken(&sender).is_some());
    sender.queue.insert(over(2));
    let (message, _) = sender.next().unwrap();
    sender.queue.parked(&message);
    assert_eq!(untaken(&sender), None);

    // The alarm that says so cannot be about itself.
    sender.queue.insert(AlarmState {
        id: AlarmId::DeliveryFailed,
        ..state(3, Priority::Medium)
    });
    let (message, _) = sender.next().unwrap();
    sender.queue.failed(&message, Blame::Refused);
    assert_eq!(untaken(&sender), None);
    sender.queue.parked(&message);
    assert_eq!(untaken(&sender), None);
}

#[test]
fn what_stands_is_said_again_unless_it_was_said_lately() {
    let mut sender = Sender::default();
    sender.queue.insert(state(1, Priority::Medium));
    sender.deliver_all();
    sender.queue.repeat();
    assert_eq!(sender.deliver_all(), [], "it was said since the last round");
    sender.queue.repeat();
    assert_eq!(sender.deliver_all(), [(1, Some(Phase::Continue))]);
    sender.queue.repeat();
    assert_eq!(sender.deliver_all(), []);
    // A change takes the place of a repeat that waits.
    sender.queue.repeat();
    sender.queue.insert(state(1, Priority::High));
    assert_eq!(sender.deliver_all(), [(1, Some(Phase::Update))]);
}

#[test]
fn a_full_queue_gives_up_what_is_missed_least_and_counts_it() {
    let mut sender = Sender::default();
    // The receiver knows of this one, and must learn that it is over.
    sender.queue.insert(state(1, Priority::Low));
    sender.deliver_all();
    sender.queue.insert(over(1));
    let most = u64::try_from(WAITING_MAX).unwrap();
    sender.queue.insert(over(2));
    sender.queue.insert(state(3, Priority::Low));
    for occurrence in 4..=most {
        sender.queue.insert(state(occurrence, Priority::Medium));
    }
    assert_eq!(sender.queue.status().dropped, 0);
    for occurrence in [most + 1, most + 2] {
        sender.queue.insert(state(occurrence, Priority::High));
    }
    let status = sender.queue.status();
    assert_eq!((status.dropped, status.waiting), (2, WAITING_MAX));
    let waits = |occurrence| sender.queue.waiting.contains_key(&("3".into(), occurrence));
    assert_eq!([1, 2, 3, 4].map(waits), [true, false, false, true]);
}

#[test]
fn what_the_receiver_knows_has_an_end() {
    let mut sender = Sender::default();
    for occurrence in 0..2 * u64::try_from(WAITING_MAX).unwrap() {
        sender.queue.insert(state(occurrence, Priority::Low));
        sender.deliver_all();
    }
    assert_eq!(sender.queue.told.len(), WAITING_MAX);
}
