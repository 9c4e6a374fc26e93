//! Which alarms are of what is simulated: what they were when they called they stay by the time at
//! which somebody is told, also after a restart. What is still there when the bed becomes a patient's
//! is the patient's from then on.

use std::collections::{BTreeMap, BTreeSet};

use chairside_alarm::{AlarmId, Occurrence, Transition};
use chairside_model::BedId;
use chairside_station::{Entry, Record};

/// What is so in the clinic, also where the patient and the devices are simulated. Every other alarm
/// is of these, or is a call, which belongs to the lesson.
const REAL: [AlarmId; 4] = [
    AlarmId::NoStation,
    AlarmId::DeliveryFailed,
    AlarmId::RecordingStopped,
    AlarmId::BedFailed,
];

/// What shows what is nobody's.
#[derive(Debug, Default)]
pub(super) struct Simulated {
    beds: BTreeSet<BedId>,
    /// Of each alarm how its last episode is marked.
    alarms: BTreeMap<(BedId, AlarmId), Mark>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    occurrence: Occurrence,
    /// The last call for which that was looked at.
    call: u64,
    present: bool,
    simulated: bool,
}

impl Simulated {
    /// Begins with the beds for training.
    pub(super) fn at(beds: impl Iterator<Item = BedId>) -> Self {
        Self {
            beds: beds.collect(),
            alarms: BTreeMap::new(),
        }
    }

    /// Returns the beds that show what is nobody's now.
    pub(super) fn beds(&self) -> impl Iterator<Item = BedId> {
        self.beds.iter().copied()
    }

    /// Tells whether an alarm is of what is simulated: it is while the bed is at each of its calls,
    /// so that an episode that has called for a patient once is a patient's.
    pub(super) fn is(&self, bed: BedId, told: &Transition) -> bool {
        if REAL.contains(&told.id) {
            return false;
        }
        let now = self.beds.contains(&bed);
        let known = self.alarms.get(&(bed, told.id));
        match known.filter(|known| known.occurrence == told.occurrence) {
            Some(known) if known.call == told.call => known.simulated,
            Some(known) => known.simulated && now,
            None => now,
        }
    }

    /// Takes what a record says of it.
    pub(super) fn follow(&mut self, record: &Record) {
        match &record.entry {
            Entry::Simulated { bed, simulated } => {
                if *simulated {
                    self.beds.insert(*bed);
                } else {
                    self.beds.remove(bed);
                    for ((of, _), mark) in &mut self.alarms {
                        mark.simulated &= of != bed || !mark.present;
                    }
                }
            }
            Entry::Alarm { bed, transition } => {
                self.mark(*bed, transition, self.is(*bed, transition));
            }
            _ => {}
        }
    }

    /// Takes an alarm that an earlier run told, of which these episodes were simulated.
    pub(super) fn resume(&mut self, record: &Record, simulated: &BTreeSet<(BedId, Occurrence)>) {
        if let Entry::Alarm { bed, transition } = &record.entry {
            let simulated = simulated.contains(&(*bed, transition.occurrence))
                && (self.beds.contains(bed) || !transition.present);
            self.mark(*bed, transition, simulated);
        }
    }

    fn mark(&mut self, bed: BedId, told: &Transition, simulated: bool) {
        let mark = Mark {
            occurrence: told.occurrence,
            call: told.call,
            present: told.present,
            simulated,
        };
        self.alarms.insert((bed, told.id), mark);
    }
}

#[cfg(test)]
mod tests {
    use chairside_alarm::{Priority, SignalPresence};
    use chairside_model::MonoTime;

    use super::*;

    const BED: BedId = BedId(1);

    fn alarm(occurrence: u64, call: u64) -> Transition {
        Transition {
            at: MonoTime::ZERO,
            id: AlarmId::Spo2VeryLow,
            occurrence: Occurrence(occurrence),
            priority: Priority::High,
            present: true,
            signal: SignalPresence::On,
            call,
            superseded: false,
            since: MonoTime::ZERO,
            mode: None,
            evidence: String::new(),
        }
    }

    fn told(occurrence: u64, call: u64) -> Entry {
        Entry::Alarm {
            bed: BED,
            transition: alarm(occurrence, call),
        }
    }

    /// It is over, and nobody has seen it.
    fn latched(occurrence: u64, call: u64) -> Entry {
        Entry::Alarm {
            bed: BED,
            transition: Transition {
                present: false,
                signal: SignalPresence::Latched,
                ..alarm(occurrence, call)
            },
        }
    }

    fn record(entry: Entry) -> Record {
        Record {
            sequence: 1,
            at: MonoTime::ZERO,
            entry,
        }
    }

    fn turned(simulated: bool) -> Entry {
        Entry::Simulated {
            bed: BED,
            simulated,
        }
    }

    /// Takes all, and says whether the alarm is marked that was told last.
    fn is_marked(simulated: &mut Simulated, entries: Vec<Entry>) -> Option<bool> {
        let mut last = None;
        for record in entries.into_iter().map(record) {
            simulated.follow(&record);
            if let Entry::Alarm { transition, .. } = record.entry {
                last = Some(simulated.is(BED, &transition));
            }
        }
        last
    }

    #[test]
    fn an_alarm_is_what_the_bed_was_when_it_called_and_a_patients_once_it_was() {
        let check = |entries, marked| {
            let mut simulated = Simulated::default();
            assert_eq!(is_marked(&mut simulated, entries), Some(marked));
        };
        check(vec![told(1, 1)], false);
        check(vec![turned(true), told(1, 1)], true);
        check(
            vec![turned(true), told(1, 1), turned(false), told(1, 1)],
            false,
        );
        check(
            vec![turned(true), latched(1, 1), turned(false), latched(1, 1)],
            true,
        );
        check(
            vec![turned(true), told(1, 1), turned(false), told(1, 2)],
            false,
        );
        check(vec![told(1, 1), turned(true), told(1, 1)], false);
        check(vec![told(1, 1), turned(true), told(1, 2)], false);
        check(vec![told(1, 1), turned(true), told(2, 2)], true);
    }

    #[test]
    fn that_nobody_hears_is_real_also_at_a_bed_for_training() {
        let mut bed = Simulated::at(std::iter::once(BED));
        let earlier = BTreeSet::from([(BED, Occurrence(1))]);
        for (id, marked) in [
            (AlarmId::NoStation, false),
            (AlarmId::DeliveryFailed, false),
            (AlarmId::RecordingStopped, false),
            (AlarmId::BedFailed, false),
            (AlarmId::DeviceLinkLost, true),
            (AlarmId::HelpWanted, true),
        ] {
            let transition = Transition { id, ..alarm(1, 1) };
            let told = record(Entry::Alarm {
                bed: BED,
                transition: transition.clone(),
            });
            bed.follow(&told);
            assert_eq!(bed.is(BED, &transition), marked, "{id}");
            bed.resume(&told, &earlier);
            assert_eq!(bed.is(BED, &transition), marked, "{id} after a restart");
        }
    }

    #[test]
    fn after_a_restart_an_alarm_is_what_it_was_but_what_is_still_there_at_a_patients_bed() {
        let earlier = BTreeSet::from([(BED, Occurrence(1))]);
        for (training, occurrence, entry, marked) in [
            (false, 1, latched(1, 5), true),
            (false, 1, told(1, 5), false),
            (true, 1, told(1, 5), true),
            (true, 2, told(2, 5), false),
        ] {
            let mut bed = Simulated::at(training.then_some(BED).into_iter());
            bed.resume(&record(entry.clone()), &earlier);
            assert_eq!(bed.is(BED, &alarm(occurrence, 5)), marked, "as it stands");
            let again = vec![entry];
            assert_eq!(is_marked(&mut bed, again), Some(marked), "told again");
            let called = vec![told(occurrence, 6)];
            let anew = marked && training;
            assert_eq!(is_marked(&mut bed, called), Some(anew), "called anew");
            let next = vec![told(9, 7)];
            assert_eq!(is_marked(&mut bed, next), Some(training), "another one");
        }
    }
}
