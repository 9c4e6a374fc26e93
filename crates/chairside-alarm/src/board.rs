//! The alarms of a bed as people know them: conditions turned into signals, and each change told
//! once.

use chairside_model::MonoTime;

use crate::inputs::{AlarmSet, Inputs};
use crate::rules::Rule;
use crate::signal::SignalEvent;
use crate::{AlarmId, AlarmKind, Occurrence, Priority, SignalPresence, Transition};

/// One place for each alarm that the bed has a rule for, in the order of its rules.
#[derive(Debug)]
pub(crate) struct Board {
    places: Vec<Place>,
    last_occurrence: u64,
}

#[derive(Debug)]
struct Place {
    state: Transition,
    causes: u64,
    /// The members of its family that are worse.
    worse: AlarmSet,
    changed: bool,
}

impl Board {
    pub(crate) fn new(ids: impl Iterator<Item = AlarmId>, families: &[Vec<AlarmId>]) -> Self {
        let places = ids.map(|id| Place {
            state: Transition {
                at: MonoTime::ZERO,
                id,
                occurrence: Occurrence(0),
                priority: Priority::Low,
                present: false,
                signal: SignalPresence::Off,
                superseded: false,
                since: MonoTime::ZERO,
                mode: None,
                evidence: String::new(),
            },
            causes: 0,
            worse: worse_than(id, families),
            changed: false,
        });
        Self {
            places: places.collect(),
            last_occurrence: 0,
        }
    }

    pub(crate) fn resume_occurrences_after(&mut self, last: Occurrence) {
        self.last_occurrence = self.last_occurrence.max(last.0);
    }

    pub(crate) fn standing(&self) -> impl Iterator<Item = &Transition> {
        self.places
            .iter()
            .map(|place| &place.state)
            .filter(|state| state.present || state.signal != SignalPresence::Off)
    }

    /// Tells whether that episode stands and can be acknowledged.
    pub(crate) fn stands(&self, occurrence: Occurrence) -> bool {
        self.standing().any(|state| state.occurrence == occurrence)
    }

    /// Tells whether there has been an episode of that number, in this run or an earlier one.
    pub(crate) const fn has_been(&self, occurrence: Occurrence) -> bool {
        1 <= occurrence.0 && occurrence.0 <= self.last_occurrence
    }

    pub(crate) fn acknowledge(&mut self, occurrence: Occurrence) {
        let standing = self.places.iter_mut().find(|place| {
            place.state.occurrence == occurrence && place.state.signal != SignalPresence::Off
        });
        if let Some(place) = standing {
            place.signal(SignalEvent::Acknowledged);
        }
    }

    /// Takes the conditions as the rules have them now and appends every change to `out`.
    pub(crate) fn publish(
        &mut self,
        now: MonoTime,
        rules: &[Box<dyn Rule>],
        inputs: &Inputs,
        out: &mut Vec<Transition>,
    ) {
        let mut begun = AlarmSet::default();
        for (place, rule) in self.places.iter_mut().zip(rules) {
            let causes = rule.causes();
            match (place.causes != 0, causes != 0) {
                (false, true) => {
                    self.last_occurrence += 1;
                    place.begin(now, Occurrence(self.last_occurrence));
                    place.state.priority = rule.priority();
                    place.state.mode = rule.mode();
                    place.state.evidence = rule.evidence(now, inputs);
                    begun.set(place.state.id, true);
                }
                (true, true) => place.go_on(now, causes, rule.as_ref(), inputs),
                (true, false) => place.end(),
                (false, false) => {}
            }
            place.causes = causes;
        }
        for place in &mut self.places {
            if place.state.present && begun.meets(place.worse) {
                place.signal(SignalEvent::Worsened);
            }
            let superseded = place.state.present && inputs.present.meets(place.worse);
            place.changed |= superseded != place.state.superseded;
            place.state.superseded = superseded;
            if std::mem::take(&mut place.changed) {
                place.state.at = now;
                out.push(place.state.clone());
            }
        }
    }
}

impl Place {
    fn begin(&mut self, now: MonoTime, occurrence: Occurrence) {
        self.state.present = true;
        self.state.occurrence = occurrence;
        self.state.since = now;
        self.changed = true;
        self.signal(SignalEvent::Onset);
    }

    fn go_on(&mut self, now: MonoTime, causes: u64, rule: &dyn Rule, inputs: &Inputs) {
        let priority = rule.priority();
        let another = causes & !self.causes != 0;
        if another || priority > self.state.priority {
            self.signal(SignalEvent::Worsened);
        }
        if causes != self.causes {
            self.state.evidence = rule.evidence(now, inputs);
            self.changed = true;
        }
        self.changed |= priority != self.state.priority;
        self.state.priority = priority;
    }

    fn end(&mut self) {
        let latching = self.state.id.kind() == AlarmKind::Physiological
            && self.state.priority == Priority::High;
        self.state.present = false;
        self.changed = true;
        self.signal(SignalEvent::Ended { latching });
    }

    fn signal(&mut self, event: SignalEvent) {
        let signal = self.state.signal.after(event);
        self.changed |= signal != self.state.signal;
        self.state.signal = signal;
    }
}

fn worse_than(id: AlarmId, families: &[Vec<AlarmId>]) -> AlarmSet {
    let family = families.iter().find(|family| family.contains(&id));
    let worse = family.into_iter().flat_map(|family| {
        family
            .iter()
            .copied()
            .skip_while(move |member| *member != id)
            .skip(1)
    });
    AlarmSet::of(worse)
}
