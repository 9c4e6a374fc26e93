//! How soon alarms were answered since the start, for `GET /metrics`. Over longer times and shift by
//! shift the record tells it (`docs/http.md`, response figures).

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{Occurrence, OperatorAction, Priority, SignalPresence, Transition};
use chairside_model::{BedId, MonoTime};
use chairside_station::{Entry, Record};

/// The upper bounds of the histograms' buckets, seconds. Our design: around the times at which an
/// alarm that nobody answers climbs (`docs/adr/0024-being-heard.md`).
pub(in crate::web) const BUCKETS_S: [u64; 8] = [5, 10, 15, 30, 60, 120, 300, 600];

/// What an alarm is answered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::web) enum Answer {
    /// Somebody has seen it.
    Acknowledge,
    /// Somebody comes.
    Accept,
    /// Somebody is at the bed.
    Arrive,
}

impl Answer {
    /// Every way.
    pub(in crate::web) const ALL: [Self; 3] = [Self::Acknowledge, Self::Accept, Self::Arrive];
}

/// How often something took how long.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::web) struct Histogram {
    /// How many took at most as long as each bucket, and no less than those before it.
    in_bucket: [u64; BUCKETS_S.len()],
    count: u64,
    sum: Duration,
}

impl Histogram {
    fn add(&mut self, time: Duration) {
        let bucket = BUCKETS_S
            .iter()
            .position(|s| time <= Duration::from_secs(*s));
        if let Some(bucket) = bucket {
            self.in_bucket[bucket] += 1;
        }
        self.count += 1;
        self.sum += time;
    }

    /// Returns how many took at most as long as each bucket.
    pub(in crate::web) fn cumulative(&self) -> impl Iterator<Item = (u64, u64)> {
        let counts = self.in_bucket.iter().scan(0, |total, count| {
            *total += count;
            Some(*total)
        });
        BUCKETS_S.into_iter().zip(counts)
    }

    /// Returns how many there are.
    pub(in crate::web) const fn count(&self) -> u64 {
        self.count
    }

    /// Returns how long all of them took together.
    pub(in crate::web) const fn sum(&self) -> Duration {
        self.sum
    }
}

/// An alarm that has called and stands.
#[derive(Clone, Copy, Debug)]
struct Calling {
    since: MonoTime,
    call: u64,
    priority: Priority,
    /// Whether it was answered in each way.
    answered: [bool; Answer::ALL.len()],
}

/// How soon alarms of high and medium priority were answered, by the definitions of the record's
/// figures.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct Responses {
    calling: BTreeMap<(BedId, Occurrence), Calling>,
    taken: BTreeMap<(Answer, Priority), Histogram>,
}

impl Responses {
    /// Returns the answers of one kind to alarms of one priority.
    pub(in crate::web) fn histogram(&self, answer: Answer, priority: Priority) -> Histogram {
        let found = self.taken.get(&(answer, priority));
        found.cloned().unwrap_or_default()
    }

    /// Forgets what was answered so far, and keeps what waits: it was answered in an earlier run.
    pub(super) fn begin(&mut self) {
        self.taken.clear();
    }

    pub(super) fn take(&mut self, record: &Record) {
        match &record.entry {
            Entry::Alarm { bed, transition } => self.alarm(*bed, transition),
            Entry::Operator { bed, action, .. } => self.acted(*bed, record.at, *action),
            _ => {}
        }
    }

    fn alarm(&mut self, bed: BedId, told: &Transition) {
        let episode = (bed, told.occurrence);
        if told.signal == SignalPresence::Off {
            self.calling.remove(&episode);
        } else if let Some(calling) = self.calling.get_mut(&episode) {
            calling.priority = calling.priority.max(told.priority);
        } else if told.signal == SignalPresence::On && !told.superseded {
            let calling = Calling {
                since: told.at,
                call: told.call,
                priority: told.priority,
                answered: Default::default(),
            };
            self.calling.insert(episode, calling);
        }
    }

    fn acted(&mut self, bed: BedId, at: MonoTime, action: OperatorAction) {
        let here = self.calling.iter_mut().filter(|((of, _), _)| *of == bed);
        for ((_, occurrence), calling) in here {
            let covers = |call| calling.call <= call;
            let ways: &[Answer] = match action {
                OperatorAction::Acknowledge(of) if of == *occurrence => &[Answer::Acknowledge],
                OperatorAction::Accept { call } if covers(call) => &[Answer::Accept],
                // Whoever is there has come, also without having said so.
                OperatorAction::Arrive { call } if covers(call) => {
                    &[Answer::Accept, Answer::Arrive]
                }
                _ => &[],
            };
            for way in ways {
                if calling.priority == Priority::Low
                    || std::mem::replace(&mut calling.answered[*way as usize], true)
                {
                    continue;
                }
                let taken = self.taken.entry((*way, calling.priority)).or_default();
                taken.add(at.saturating_since(calling.since));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chairside_alarm::AlarmId;

    use super::*;

    const BED: BedId = BedId(1);

    fn at(second: u64, entry: Entry) -> Record {
        Record {
            sequence: 1,
            at: MonoTime::from_secs(second),
            entry,
        }
    }

    fn alarm(second: u64, number: u64, priority: Priority, signal: SignalPresence) -> Record {
        let transition = Transition {
            at: MonoTime::from_secs(second),
            id: AlarmId::Spo2Low,
            occurrence: Occurrence(number),
            priority,
            present: signal != SignalPresence::Off,
            signal,
            call: number,
            superseded: false,
            since: MonoTime::ZERO,
            mode: None,
            evidence: String::new(),
        };
        at(
            second,
            Entry::Alarm {
                bed: BED,
                transition,
            },
        )
    }

    fn act(second: u64, bed: BedId, action: OperatorAction) -> Record {
        let entry = Entry::Operator {
            bed,
            action,
            by: "mn".into(),
            station: None,
            reason: None,
        };
        at(second, entry)
    }

    #[test]
    fn each_alarm_is_answered_once_in_each_way_from_its_first_call() {
        let (high, medium) = (Priority::High, Priority::Medium);
        let mut responses = Responses::default();
        for record in [
            alarm(10, 1, medium, SignalPresence::On),
            alarm(12, 2, high, SignalPresence::On),
            alarm(13, 3, Priority::Low, SignalPresence::On),
            act(14, BED, OperatorAction::Accept { call: 1 }),
            act(15, BedId(2), OperatorAction::Arrive { call: 9 }),
            // Called again.
            alarm(40, 1, medium, SignalPresence::On),
            act(44, BED, OperatorAction::Acknowledge(Occurrence(1))),
            act(52, BED, OperatorAction::Arrive { call: 3 }),
            act(53, BED, OperatorAction::Arrive { call: 3 }),
            alarm(60, 2, high, SignalPresence::Off),
            act(61, BED, OperatorAction::Acknowledge(Occurrence(2))),
        ] {
            responses.take(&record);
        }
        let sum = |answer, priority| {
            let histogram = responses.histogram(answer, priority);
            (histogram.count(), histogram.sum().as_secs())
        };
        assert_eq!(sum(Answer::Acknowledge, medium), (1, 34));
        assert_eq!(sum(Answer::Accept, medium), (1, 4));
        assert_eq!(sum(Answer::Arrive, medium), (1, 42));
        assert_eq!(sum(Answer::Acknowledge, high), (0, 0), "it was over");
        assert_eq!(sum(Answer::Accept, high), (1, 40));
        assert_eq!(sum(Answer::Arrive, high), (1, 40));
        assert_eq!(sum(Answer::Accept, Priority::Low), (0, 0));
    }

    #[test]
    fn what_waited_at_the_start_counts_from_its_call_and_what_was_answered_before_does_not() {
        let mut responses = Responses::default();
        responses.take(&alarm(10, 1, Priority::High, SignalPresence::On));
        responses.take(&act(14, BED, OperatorAction::Accept { call: 1 }));
        responses.begin();
        responses.take(&act(70, BED, OperatorAction::Arrive { call: 1 }));
        assert_eq!(
            responses.histogram(Answer::Accept, Priority::High).count(),
            0
        );
        let arrived = responses.histogram(Answer::Arrive, Priority::High);
        assert_eq!(arrived.sum(), Duration::from_mins(1));
    }

    #[test]
    fn a_bucket_holds_what_took_at_most_as_long() {
        let mut histogram = Histogram::default();
        for ms in [0, 5_000, 5_001, 600_000, 600_001] {
            histogram.add(Duration::from_millis(ms));
        }
        let counts: Vec<u64> = histogram.cumulative().map(|(_, count)| count).collect();
        assert_eq!(counts, [2, 3, 3, 3, 3, 3, 3, 4]);
        assert_eq!(histogram.count(), 5);
    }
}
