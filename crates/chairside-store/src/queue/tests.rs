use proptest::prelude::*;

use super::*;
use crate::testing::{alarm, numeric, waveform};

fn one(record: Record) -> Arc<[Record]> {
    Arc::from([record])
}

/// Takes everything out; returns the numbers that are stored, and the gaps.
fn drain(queue: &mut Queue) -> (Vec<u64>, Vec<Chunk>) {
    let mut stored = Vec::new();
    let mut chunks = Vec::new();
    loop {
        let (work, _) = queue.take(10);
        if work.is_empty() {
            return (stored, chunks);
        }
        for chunk in work.chunks {
            stored.extend(chunk.records.iter().map(|record| record.sequence));
            chunks.push(chunk);
        }
    }
}

#[test]
fn waveforms_go_before_readings_and_alarms_stay() {
    let room = weight(&[alarm(1)]) * 24;
    let mut queue = Queue::new(room);
    for number in (1..=60).step_by(3) {
        queue.append(one(alarm(number)));
        queue.append(one(waveform(number + 1)));
        queue.append(one(numeric(number + 2)));
        assert!(queue.weight <= room);
    }
    assert!(queue.trouble().unwrap().contains("given up"));
    let (stored, _) = drain(&mut queue);
    let kept = |rest: u64| stored.iter().filter(move |number| *number % 3 == rest);
    assert_eq!(kept(1).count(), 20, "an alarm was given up");
    assert_eq!(
        kept(2).count(),
        0,
        "a waveform was kept and a reading given up"
    );
    let readings: Vec<u64> = kept(0).copied().collect();
    let newest: Vec<u64> = (1..=20)
        .map(|nth| nth * 3)
        .skip(20 - readings.len())
        .collect();
    assert_eq!(readings, newest);
    assert_eq!(queue.trouble(), None);
}

#[test]
fn ten_minutes_of_the_readings_of_thirty_two_beds_wait_and_none_is_given_up() {
    // 48 readings each quarter of a second, each brought by itself: the most memory.
    let mut queue = Queue::new(BUDGET);
    let readings = 10 * 60 * 4 * 48;
    (1..=readings).for_each(|number| queue.append(one(numeric(number))));
    assert_eq!(queue.lost, 0);
    let share = queue.weight * 100 / BUDGET;
    assert!(
        share > 50,
        "the budget is {share} % used: docs/recording.md says otherwise"
    );
}

#[test]
fn a_disk_that_is_three_seconds_behind_is_told() {
    let mut queue = Queue::new(BUDGET);
    queue.append(one(numeric(1)));
    let _ = queue.take(10);
    queue.append(one(numeric(301)));
    assert_eq!(queue.trouble(), None);
    queue.append(one(numeric(302)));
    assert!(queue.trouble().unwrap().contains("behind"));
    queue.written();
    assert_eq!(queue.trouble(), None);
}

#[test]
fn what_was_told_early_stays_bounded_and_covered() {
    let mut queue = Queue::new(BUDGET);
    for number in 0..10_000 {
        queue.told_early(number * 3 + 1, number * 3 + 2);
    }
    assert_eq!(queue.told_early.len(), TOLD_EARLY_MAX);
    assert_eq!(queue.told_early.last().map(|told| told.last), Some(29_999));
}

proptest! {
    #[test]
    fn every_number_is_kept_or_counted_once(
        kinds in proptest::collection::vec(proptest::collection::vec(0..3_u8, 1..5), 1..200),
        takes in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
        room in 1..40_usize,
    ) {
        let mut queue = Queue::new(weight(&[waveform(1)]) * room);
        let takes: Vec<usize> = takes.iter().map(|take| take.index(kinds.len())).collect();
        let (mut next, mut stored, mut chunks) = (1, Vec::new(), Vec::new());
        for (turn, kinds) in kinds.iter().enumerate() {
            let records: Arc<[Record]> = kinds.iter().zip(next..).map(|(kind, number)| {
                match kind {
                    0 => alarm(number),
                    1 => numeric(number),
                    _ => waveform(number),
                }
            }).collect();
            next += kinds.len() as u64;
            queue.append(records);
            let over = queue.weight > queue.budget;
            prop_assert!(!over || queue.chunks.len() == 1);
            let rows: usize = queue.chunks.iter().map(|chunk| chunk.records.len()).sum();
            prop_assert_eq!(rows, queue.rows);
            if takes.contains(&turn) {
                let (more, taken) = drain(&mut queue);
                stored.extend(more);
                chunks.extend(taken);
            }
        }
        let (more, taken) = drain(&mut queue);
        stored.extend(more);
        chunks.extend(taken);
        // The chunks follow each other without a gap, and each knows what it lost.
        let mut reached = 0;
        for chunk in &chunks {
            prop_assert_eq!(chunk.first, reached + 1);
            prop_assert!(chunk.records.iter().all(|one| (chunk.first..=chunk.last).contains(&one.sequence)));
            prop_assert_eq!(chunk.last - reached, chunk.records.len() as u64 + chunk.lost);
            prop_assert_eq!(chunk.cause.is_some(), chunk.lost > 0);
            reached = chunk.last;
        }
        prop_assert_eq!(reached, next - 1);
        prop_assert!(stored.is_sorted());
        prop_assert_eq!((queue.weight, queue.rows, queue.lost), (0, 0, 0));
    }
}
