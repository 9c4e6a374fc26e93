//! The table of states and events of `docs/alarms.md` as a machine of its own: it takes from the
//! engine only which conditions began and ended, and says of everything else what must follow.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::{
    AlarmId, AlarmKind, Occurrence, OperatorAction, Priority, Refusal, SignalPresence, Suspension,
    SuspensionEnd, SuspensionKind, Transition,
};
use chairside_model::MonoTime;

use crate::adult;
use crate::place::Place;
use crate::program::{Person, Record, Run};

const REALARM: Duration = Duration::from_mins(3);

type Verdict = Result<(), String>;

/// A bed's alarms, and what was told of them.
pub(crate) struct Model {
    places: BTreeMap<AlarmId, Place>,
    families: Vec<Vec<AlarmId>>,
    last_call: u64,
    last_occurrence: u64,
    ended: Vec<(AlarmId, SuspensionEnd)>,
}

/// Follows a run from its start and holds every transition against the table.
pub(crate) fn the_table_holds(run: &Run) -> Verdict {
    let mut model = Model::new(run);
    for record in &run.records {
        model
            .follow(record)
            .map_err(|why| format!("at {}: {why}", record.at))?;
    }
    model.nothing_is_overdue(run.program.end)
}

/// The alarms whose rules the bed has a source for (`docs/alarms.md`, rules).
fn judged(run: &Run) -> impl Iterator<Item = AlarmId> {
    let equipment = run.program.equipment;
    AlarmId::ALL.iter().copied().filter(move |id| match id {
        AlarmId::RrLow | AlarmId::RrHigh => equipment.capnograph || equipment.belt,
        AlarmId::Etco2High | AlarmId::Apnea | AlarmId::AirwayPartial | AlarmId::Co2NoData => {
            equipment.capnograph
        }
        _ => true,
    })
}

/// An alarm that can be of high priority is never paused or switched off by its name.
fn can_be_high(id: AlarmId) -> bool {
    use AlarmId as A;
    matches!(
        id,
        A::HrVeryHigh
            | A::HrVeryLow
            | A::Spo2VeryLow
            | A::Apnea
            | A::AirwayObstruction
            | A::NibpVeryHigh
            | A::NibpVeryLow
            | A::DeviceLinkLost
            | A::DeviceSwapped
            | A::BedFailed
            | A::NoStation
    )
}

/// The devices, or the causes, that the words of an alarm name.
fn causes(id: AlarmId, evidence: &str) -> BTreeSet<&str> {
    match id {
        AlarmId::DeviceLinkLost | AlarmId::LineGarbled => (1..=4)
            .map(|device| ["", "device 1", "device 2", "device 3", "device 4"][device])
            .filter(|device| evidence.contains(device))
            .collect(),
        AlarmId::DeviceSwapped => evidence.split("; ").map(first_half).collect(),
        AlarmId::BedFailed if evidence.contains("again and again") => BTreeSet::from(["rests"]),
        _ => BTreeSet::new(),
    }
}

fn first_half(words: &str) -> &str {
    words.split(',').next().unwrap_or_default()
}

impl Model {
    fn new(run: &Run) -> Self {
        Self {
            places: judged(run).map(|id| (id, Place::NEVER)).collect(),
            families: adult::parts().families,
            last_call: 0,
            last_occurrence: 0,
            ended: Vec::new(),
        }
    }

    fn worse_than(&self, id: AlarmId) -> BTreeSet<AlarmId> {
        let family = self.families.iter().find(|family| family.contains(&id));
        let members = family.into_iter().flatten().copied();
        members.skip_while(|member| *member != id).skip(1).collect()
    }

    fn nothing_is_overdue(&self, now: MonoTime) -> Verdict {
        for (id, place) in &self.places {
            if place.seen_at.is_some_and(|seen| seen + REALARM < now) {
                return Err(format!("{id} was not called again after 180 s"));
            }
            let until = place.suspension.as_ref().map(|suspended| suspended.until);
            if until.is_some_and(|until| until < now) {
                return Err(format!("the end of what silences {id} was not told"));
            }
        }
        Ok(())
    }

    fn follow(&mut self, record: &Record) -> Verdict {
        self.nothing_is_overdue(record.at)?;
        let before = self.places.clone();
        self.ended.clear();
        let mut begun_suspension = None;
        if let Some((person, action, said)) = &record.person {
            let expected = self.check(person, *action);
            let is_sound = action.is_about_sound() && !matches!(expected, Err(Refusal::Role(_)));
            if !is_sound && *said != expected {
                return Err(format!("{action:?} is {said:?} and not {expected:?}"));
            }
            if !is_sound && expected.is_ok() {
                begun_suspension = self.act(record.at, person, *action);
            }
        }
        if record.session_turned {
            self.end_all(SuspensionEnd::Session, |_| true);
        }
        let is_due = |until: MonoTime| {
            if record.is_tick {
                until <= record.at
            } else {
                until < record.at
            }
        };
        self.end_in_time(SuspensionKind::RuleOff, is_due);
        let begun = self.conditions(record)?;
        self.end_in_time(SuspensionKind::AlarmPaused, is_due);
        for place in self.places.values_mut() {
            if place.seen_at.is_some_and(|seen| is_due(seen + REALARM)) {
                place.call();
            }
        }
        self.families(&begun);
        self.calls_are_numbered(record)?;
        self.tells_each_change_once(record, &before)?;
        self.the_same_stands(record)?;
        self.suspensions_are_told(record, begun_suspension.as_ref())
    }

    fn check(&self, person: &Person, action: OperatorAction) -> Result<(), Refusal> {
        action.check_role(person.role)?;
        let seconds = |seconds: u32, most: u32| {
            let is_within = (1..=most).contains(&seconds);
            is_within.then_some(()).ok_or(Refusal::Seconds { most })
        };
        let reason = || {
            let said = person
                .reason
                .is_some_and(|reason| !reason.trim().is_empty());
            said.then_some(()).ok_or(Refusal::NoReason)
        };
        let place = |id| self.places.get(&id).ok_or(Refusal::NoRule(id));
        let not_high = |id| {
            let high = can_be_high(id);
            (!high).then_some(()).ok_or(Refusal::CanBeHigh(id))
        };
        let not_call = |id| {
            let is_call = matches!(id, AlarmId::PatientCall | AlarmId::HelpWanted);
            (!is_call).then_some(()).ok_or(Refusal::IsCall(id))
        };
        match action {
            OperatorAction::Acknowledge(occurrence) | OperatorAction::Decline(occurrence) => {
                self.episode(occurrence).map(|_| ())
            }
            OperatorAction::ConfirmDevice(occurrence) => {
                let is_swap = self.episode(occurrence)? == AlarmId::DeviceSwapped;
                is_swap.then_some(()).ok_or(Refusal::NotSwapped)
            }
            OperatorAction::PauseAlarm {
                id,
                seconds: wanted,
            } => {
                seconds(wanted, 600)?;
                not_call(id)?;
                let place = place(id)?;
                not_high(id)?;
                if place.is(SuspensionKind::RuleOff) {
                    return Err(Refusal::IsOff(id));
                }
                reason()
            }
            OperatorAction::SwitchOff {
                id,
                seconds: wanted,
            } => {
                seconds(wanted, 4 * 3600)?;
                not_call(id)?;
                if matches!(id, AlarmId::DeviceLinkLost | AlarmId::RecordingStopped) {
                    return Err(Refusal::NeverOff(id));
                }
                place(id)?;
                not_high(id)?;
                reason()
            }
            OperatorAction::ResumeAlarm { id } => self.can_end(id, SuspensionKind::AlarmPaused),
            OperatorAction::SwitchOn { id } => self.can_end(id, SuspensionKind::RuleOff),
            OperatorAction::Accept { call } | OperatorAction::Arrive { call } => {
                if call > self.last_call {
                    return Err(Refusal::NeverCalled);
                }
                let standing = self.places.values().filter(|place| place.stands());
                let mut first_calls = standing.map(|place| place.first_call).peekable();
                if first_calls.peek().is_none() {
                    return Err(Refusal::Quiet);
                }
                let read = first_calls.any(|first| first.is_none_or(|first| first <= call));
                read.then_some(()).ok_or(Refusal::CalledSince)
            }
            OperatorAction::PauseAudio { .. }
            | OperatorAction::ResumeAudio
            | OperatorAction::AudioOff { .. }
            | OperatorAction::SetLimit { .. }
            | OperatorAction::OpenSession(..)
            | OperatorAction::CloseSession(_)
            | OperatorAction::EnterPhase(_)
            | OperatorAction::Call
            | OperatorAction::Help(_)
            | OperatorAction::Cuff(_) => Ok(()),
        }
    }

    /// Returns the alarm of an episode that calls people or waits for somebody who has seen it.
    fn episode(&self, occurrence: Occurrence) -> Result<AlarmId, Refusal> {
        let mut places = self.places.iter();
        let standing = places.find(|(_, place)| place.stands() && place.occurrence == occurrence);
        match standing {
            Some((_, place)) if place.signal == SignalPresence::Paused => Err(Refusal::Paused),
            Some((id, _)) => Ok(*id),
            None if (1..=self.last_occurrence).contains(&occurrence.0) => Err(Refusal::Over),
            None => Err(Refusal::NeverWas),
        }
    }

    fn can_end(&self, id: AlarmId, kind: SuspensionKind) -> Result<(), Refusal> {
        let place = self.places.get(&id).filter(|place| place.is(kind));
        place.map(|_| ()).ok_or(Refusal::NothingToEnd)
    }

    /// The columns "acknowledged", "alarm paused", "pause ends", "rule off".
    fn act(
        &mut self,
        now: MonoTime,
        person: &Person,
        action: OperatorAction,
    ) -> Option<Suspension> {
        let (id, kind, seconds) = match action {
            OperatorAction::Acknowledge(occurrence) => {
                for place in self.places.values_mut() {
                    if place.occurrence != occurrence || !place.stands() {
                        continue;
                    }
                    if place.present {
                        place.signal = SignalPresence::Acknowledged;
                        place.seen_at.get_or_insert(now);
                    } else {
                        place.signal = SignalPresence::Off;
                    }
                }
                return None;
            }
            OperatorAction::ResumeAlarm { id } | OperatorAction::SwitchOn { id } => {
                self.end(id, SuspensionEnd::Person);
                return None;
            }
            OperatorAction::PauseAlarm { id, seconds } => {
                (id, SuspensionKind::AlarmPaused, seconds)
            }
            OperatorAction::SwitchOff { id, seconds } => (id, SuspensionKind::RuleOff, seconds),
            _ => return None,
        };
        let suspension = Suspension {
            id,
            kind,
            since: now,
            until: now + Duration::from_secs(seconds.into()),
            by: "mn".into(),
            reason: person.reason.unwrap_or_default().trim().into(),
        };
        let place = self.places.get_mut(&id)?;
        place.suspension = Some(suspension.clone());
        if kind == SuspensionKind::AlarmPaused && place.present {
            place.signal = SignalPresence::Paused;
            place.seen_at = None;
        }
        Some(suspension)
    }

    /// Ends what silences an alarm; a paused condition that is there calls.
    fn end(&mut self, id: AlarmId, why: SuspensionEnd) {
        let place = self.places.get_mut(&id).expect("it has a place");
        place.suspension = None;
        if place.signal == SignalPresence::Paused {
            place.call();
        }
        self.ended.push((id, why));
    }

    fn end_in_time(&mut self, kind: SuspensionKind, is_due: impl Fn(MonoTime) -> bool) {
        let is_over = |it: &Suspension| it.kind == kind && is_due(it.until);
        self.end_all(SuspensionEnd::Time, is_over);
    }

    fn end_all(&mut self, why: SuspensionEnd, is_over: impl Fn(&Suspension) -> bool) {
        let over = self.places.iter().filter(|(_, place)| {
            let suspension = place.suspension.as_ref();
            suspension.is_some_and(&is_over)
        });
        let over: Vec<AlarmId> = over.map(|(id, _)| *id).collect();
        for id in over {
            self.end(id, why);
        }
    }

    /// Takes what the engine says of conditions, and nothing else. Returns those that begin and
    /// call people.
    fn conditions(&mut self, record: &Record) -> Result<BTreeSet<AlarmId>, String> {
        let mut begun = BTreeSet::new();
        let mut worse = Vec::new();
        for told in &record.told {
            let id = told.id;
            let Some(place) = self.places.get_mut(&id) else {
                return Err(format!("{id} is told, and the bed has no such rule"));
            };
            match (place.present, told.present) {
                (false, true) => {
                    self.last_occurrence += 1;
                    if told.occurrence.0 != self.last_occurrence {
                        let next = self.last_occurrence;
                        return Err(format!("{id} begins as {:?}, not {next}", told.occurrence));
                    }
                    if told.since != record.at {
                        return Err(format!("{id} began at {}", told.since));
                    }
                    place.present = true;
                    place.occurrence = told.occurrence;
                    place.first_call = None;
                    place.since = record.at;
                    if place.is(SuspensionKind::AlarmPaused) {
                        place.signal = SignalPresence::Paused;
                    } else {
                        place.call();
                        begun.insert(id);
                    }
                }
                (true, true) => {
                    let joined = causes(id, &told.evidence);
                    let joined = joined.difference(&causes(id, &place.evidence)).count() > 0;
                    if told.priority > place.priority || joined {
                        worse.push(id);
                    }
                }
                (true, false) => {
                    let latches = id.kind() == AlarmKind::Physiological
                        && place.priority == Priority::High
                        && place.signal == SignalPresence::On;
                    place.present = false;
                    place.seen_at = None;
                    place.signal = if latches {
                        SignalPresence::Latched
                    } else {
                        SignalPresence::Off
                    };
                }
                (false, false) => {}
            }
            place.priority = told.priority;
            place.evidence.clone_from(&told.evidence);
        }
        for (id, place) in &self.places {
            if place.present && place.is(SuspensionKind::RuleOff) {
                return Err(format!("{id} is present, and its rule is off"));
            }
        }
        for id in worse {
            self.worse_joins(id, true);
        }
        Ok(begun)
    }

    /// The column "something worse joins". A worse member of the family sounds in this one's
    /// place, so that one that calls already has nothing to add.
    fn worse_joins(&mut self, id: AlarmId, itself: bool) {
        let place = self.places.get_mut(&id).expect("it has a place");
        if place.present && (itself || place.signal != SignalPresence::On) {
            place.call();
        }
        if place.is(SuspensionKind::AlarmPaused) {
            self.end(id, SuspensionEnd::Worse);
        }
    }

    fn families(&mut self, begun: &BTreeSet<AlarmId>) {
        let ids: Vec<AlarmId> = self.places.keys().copied().collect();
        for id in &ids {
            if !self.worse_than(*id).is_disjoint(begun) {
                self.worse_joins(*id, false);
            }
        }
        let sounding = self
            .places
            .iter()
            .filter(|(_, place)| place.present && place.signal != SignalPresence::Paused);
        let sounding: BTreeSet<AlarmId> = sounding.map(|(id, _)| *id).collect();
        for id in ids {
            let is_superseded = !self.worse_than(id).is_disjoint(&sounding);
            let place = self.places.get_mut(&id).expect("it has a place");
            place.superseded = place.present && is_superseded;
        }
    }

    /// A call takes the next number of the bed, and nothing else does.
    fn calls_are_numbered(&mut self, record: &Record) -> Verdict {
        let mut numbers = BTreeSet::new();
        for (id, place) in &mut self.places {
            if !std::mem::take(&mut place.calls_now) {
                continue;
            }
            let told = record.told.iter().find(|told| told.id == *id);
            let Some(told) = told else {
                return Err(format!("{id} calls, and nobody was told"));
            };
            if told.call <= self.last_call || !numbers.insert(told.call) {
                return Err(format!("{id} calls with the used number {}", told.call));
            }
            place.call = told.call;
            place.first_call.get_or_insert(told.call);
        }
        self.last_call += numbers.len() as u64;
        let last = numbers.last().copied().unwrap_or(self.last_call);
        if last != self.last_call || record.last_call != self.last_call {
            let (last, count) = (record.last_call, self.last_call);
            return Err(format!("the last call is {last} after {count} calls"));
        }
        Ok(())
    }

    /// Each change is one transition, and nothing else is one.
    fn tells_each_change_once(
        &self,
        record: &Record,
        before: &BTreeMap<AlarmId, Place>,
    ) -> Verdict {
        let told: Vec<AlarmId> = record.told.iter().map(|told| told.id).collect();
        if !told.is_sorted_by(|one, next| one < next) {
            return Err(format!("told out of the order of the rules: {told:?}"));
        }
        for (id, place) in &self.places {
            let was = &before[id];
            let words = |place: &Place| {
                let Place {
                    present,
                    signal,
                    superseded,
                    occurrence,
                    ..
                } = place;
                let (call, priority) = (place.call, place.priority);
                let evidence = place.evidence.clone();
                (
                    *present,
                    *signal,
                    *superseded,
                    *occurrence,
                    call,
                    priority,
                    evidence,
                )
            };
            let changed = words(was) != words(place);
            match record.told.iter().find(|told| told.id == *id) {
                None if changed => return Err(format!("{id} is {place:?} and nobody was told")),
                Some(told) if !changed => return Err(format!("told twice: {told:?}")),
                Some(told) => the_same(place, told, record.at)?,
                None => {}
            }
        }
        Ok(())
    }

    fn the_same_stands(&self, record: &Record) -> Verdict {
        let stands = self.places.iter().filter(|(_, place)| place.stands());
        let stands: BTreeSet<AlarmId> = stands.map(|(id, _)| *id).collect();
        let standing: BTreeSet<AlarmId> = record.standing.iter().map(|told| told.id).collect();
        if stands != standing || record.standing.len() != standing.len() {
            return Err(format!("{standing:?} stands, told was {stands:?}"));
        }
        for told in &record.standing {
            the_same(&self.places[&told.id], told, told.at)?;
        }
        Ok(())
    }

    /// Every silence has an owner, a reason and an end, and its beginning and end are told.
    fn suspensions_are_told(&self, record: &Record, begun: Option<&Suspension>) -> Verdict {
        let mut ended: Vec<(AlarmId, SuspensionEnd)> = Vec::new();
        for change in &record.suspended {
            let suspension = &change.suspension;
            if suspension.by.is_empty() || suspension.reason.trim().is_empty() {
                return Err(format!("{suspension:?} has no owner or no reason"));
            }
            match change.ended {
                Some(why) => ended.push((suspension.id, why)),
                None if Some(suspension) == begun => {}
                None => return Err(format!("nobody began {suspension:?}")),
            }
        }
        let mut expected = self.ended.clone();
        expected.sort_by_key(|(id, _)| *id);
        ended.sort_by_key(|(id, _)| *id);
        if ended != expected {
            return Err(format!("it ends {ended:?}, and {expected:?} is over"));
        }
        let silenced = self
            .places
            .values()
            .filter_map(|place| place.suspension.as_ref());
        if !silenced.eq(&record.suspensions) {
            return Err(format!("silenced are {:?}", record.suspensions));
        }
        Ok(())
    }
}

fn the_same(place: &Place, told: &Transition, at: MonoTime) -> Verdict {
    let same = told.at == at
        && told.present == place.present
        && told.signal == place.signal
        && told.superseded == place.superseded
        && told.occurrence == place.occurrence
        && told.since == place.since
        && told.call == place.call;
    if same {
        Ok(())
    } else {
        Err(format!("{told:?}, expected {place:?}"))
    }
}
