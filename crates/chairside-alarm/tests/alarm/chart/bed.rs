//! The bed that a chart is about: an engine, and what happens to it.

use std::time::Duration;

use chairside_alarm::{
    Act, AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Audience, Baseline, BedFailure, Delivery,
    LimitChange, LimitKey, Occurrence, OperatorAction, Phase, PressureBaseline, SessionLimits,
    SignalPresence, Sources, Transition,
};
use chairside_model::{
    Cuff, CuffFailure, CuffReading, DeviceId, MonoTime, Observation, Reading, Value,
};

use super::people::{self, People, by_nurse};
use super::restart::Record;
use super::words::{number, parts, value};
use super::{CUFF, Story};

/// A bed's engine, its cuff, and what was told.
pub(super) struct Bed {
    engine: AlarmEngine,
    limits: SessionLimits,
    pub(super) told: Vec<Transition>,
    pub(super) people: People,
    pub(super) cuff_silent: bool,
    record: Record,
}

impl Bed {
    pub(super) fn new(engine: AlarmEngine, limits: SessionLimits) -> Self {
        Self {
            engine,
            limits,
            told: Vec::new(),
            people: People::default(),
            cuff_silent: false,
            record: Record::default(),
        }
    }

    /// Tells whether something is due at that moment or before.
    pub(super) fn is_due(&self, now: MonoTime) -> bool {
        self.next_deadline().is_some_and(|due| due <= now)
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        let people = self.people.next_deadline();
        self.engine.next_deadline().into_iter().chain(people).min()
    }

    pub(super) fn input(&mut self, now: MonoTime, input: AlarmInput<'_>) {
        let told = self.told.len();
        self.engine.catch_up(now, &mut self.told);
        self.keep(now, told);
        self.record.input(now, input);
        if let AlarmInput::Session(open) = input {
            self.people.session(now, open);
        }
        let told = self.told.len();
        self.engine.handle(now, input, &mut self.told);
        self.keep(now, told);
    }

    pub(super) fn story(self) -> Story {
        Story {
            told: self.told,
            heard: self.people.heard,
            suspensions: self.people.suspensions,
            floods: self.people.floods,
        }
    }

    /// Puts on record what was told from there on.
    fn keep(&mut self, now: MonoTime, from: usize) {
        let suspended: Vec<_> = self.engine.suspensions_changed().collect();
        self.record.suspended(now, &suspended);
        self.people.suspensions.extend(suspended);
        self.record.told(now, &self.told[from..]);
    }

    /// Kills everything, and goes on after a while with what is on record.
    pub(super) fn restart(
        &mut self,
        (ended, now): (MonoTime, MonoTime),
        profile: AlarmProfile,
        sources: Sources,
    ) {
        let (engine, told) = self.record.resume((ended, now), profile, sources);
        self.engine = engine;
        self.people.restart(&self.told);
        let before = self.told.len();
        self.told.extend(told);
        self.keep(now, before);
    }

    pub(super) fn observe(&mut self, now: MonoTime, device: DeviceId, reading: Reading) {
        let observation = Observation {
            device,
            received: now,
            reading,
        };
        self.input(now, AlarmInput::Observed(&observation));
    }

    /// Ticks at each deadline before `now`.
    pub(super) fn advance(&mut self, now: MonoTime) {
        while let Some(due) = self.next_deadline().filter(|due| *due < now) {
            self.settle(due);
        }
    }

    /// Ticks if something is due; after it nothing is.
    pub(super) fn settle(&mut self, now: MonoTime) {
        if self.engine.next_deadline().is_some_and(|due| due <= now) {
            self.input(now, AlarmInput::Tick);
        }
        self.people.follow(now, &self.engine, &self.told);
        let next = self.next_deadline();
        assert!(
            next.is_none_or(|due| due > now),
            "due at {next:?}, told at {now}"
        );
    }

    fn act(&mut self, now: MonoTime, act: Act<'_>) {
        assert_eq!(self.engine.check(&act), Ok(()), "{:?}", act.action);
        if act.action.is_about_sound() {
            self.people.operator(now, &act, self.engine.last_call());
        } else {
            self.input(now, AlarmInput::Operator(act));
        }
    }

    /// Returns the episode of that alarm, if it stands.
    fn episode(&self, id: &str) -> Option<Occurrence> {
        self.standing(id).map(|standing| standing.occurrence)
    }

    fn standing(&self, id: &str) -> Option<&Transition> {
        let id = AlarmId::from_name(id).expect("an alarm");
        self.engine.standing().find(|standing| standing.id == id)
    }

    fn retune(&mut self, now: MonoTime, changes: &[LimitChange]) {
        let parts = self.limits.in_force().parts().clone();
        assert!(
            AlarmProfile::new(parts).is_ok(),
            "what is in force is valid"
        );
        if !changes.is_empty() {
            let profile = self.limits.in_force().clone();
            self.input(now, AlarmInput::Profile(&profile));
        }
    }

    fn cuff(&mut self, now: MonoTime, cuff: Cuff) {
        self.observe(now, CUFF, Reading::Cuff(cuff));
    }

    pub(super) fn event(&mut self, now: MonoTime, what: &str) {
        let words: Vec<&str> = what.split_whitespace().collect();
        if let Some((action, station)) = people::read(&words) {
            let act = Act {
                station: Some(station),
                ..by_nurse(action)
            };
            return self.act(now, act);
        }
        if let Some(input) = simple(what, now) {
            return self.input(now, input);
        }
        match words[..] {
            [verb @ ("ack" | "help" | "decline"), id] => {
                let occurrence = self.episode(id).expect("the alarm stands");
                self.act(now, by_nurse(about(verb, occurrence)));
            }
            ["ack-if", id] => {
                let paused = self
                    .standing(id)
                    .is_some_and(|alarm| alarm.signal == SignalPresence::Paused);
                if let Some(occurrence) = self.episode(id).filter(|_| !paused) {
                    self.act(now, by_nurse(OperatorAction::Acknowledge(occurrence)));
                }
            }
            ["try", ref words @ ..] => {
                let (action, station) = people::read(words).expect("something to do");
                let act = Act {
                    station: Some(station),
                    ..by_nurse(action)
                };
                if self.engine.check(&act).is_ok() && self.people.can(&act) {
                    self.act(now, act);
                }
            }
            ["ack-last"] => {
                let last = self.told.last().expect("something was told").occurrence;
                let act = by_nurse(OperatorAction::Acknowledge(last));
                self.input(now, AlarmInput::Operator(act));
            }
            ["id", device, text] => {
                let device = DeviceId(number(device).try_into().expect("a device"));
                self.input(now, AlarmInput::Identity(device, text));
            }
            ["confirm"] => {
                let swapped = self.episode("DEVICE_SWAPPED");
                let occurrence = swapped.expect("a device is swapped");
                self.act(now, by_nurse(OperatorAction::ConfirmDevice(occurrence)));
            }
            ["confirm-if"] => {
                if let Some(occurrence) = self.episode("DEVICE_SWAPPED") {
                    self.act(now, by_nurse(OperatorAction::ConfirmDevice(occurrence)));
                }
            }
            ["baseline", ref values @ ..] => {
                let baseline = baseline(values);
                self.input(now, AlarmInput::Baseline(baseline));
                let changes = self.limits.personalise(&baseline);
                self.retune(now, &changes);
            }
            ["phase", name] => {
                let phase = Phase::from_name(name).expect("a phase");
                let changes = self.limits.enter(phase);
                self.retune(now, &changes);
            }
            ["ends"] => {
                let changes = self.limits.end_session();
                self.retune(now, &changes);
            }
            ["set", key, new] => {
                let key = LimitKey::from_name(key).expect("a number that can change");
                let seen = self.limits.value(key).expect("its rule is on");
                let changes = self.limits.set(key, seen, value(new));
                self.retune(now, &changes.expect("it contradicts nothing"));
            }
            ["set-if", key, by] => {
                let key = LimitKey::from_name(key).expect("a number that can change");
                let seen = self.limits.value(key).expect("its rule is on");
                let new = Value::finite(seen.number() + value(by).number()).expect("finite");
                if let Ok(changes) = self.limits.set(key, seen, new) {
                    self.retune(now, &changes);
                }
            }
            ["silent"] => self.cuff_silent = true,
            ["back"] => self.cuff_silent = false,
            ["measuring"] => self.cuff(now, Cuff::Measuring),
            ["cancelled"] => self.cuff(now, Cuff::Cancelled),
            ["failed"] => self.cuff(now, Cuff::Failed(CuffFailure::NoDetermination)),
            [pressures] => {
                let (pressures, age) = pressures.split_once('~').unwrap_or((pressures, "0"));
                let [systolic, diastolic, mean] = parts(pressures);
                let reading = CuffReading {
                    systolic,
                    diastolic,
                    mean,
                    taken: now.saturating_sub(Duration::from_secs(number(age))),
                };
                self.cuff(now, Cuff::Completed(reading));
            }
            _ => panic!("no such event: {what}"),
        }
    }
}

/// Returns what these words do about an episode.
fn about(verb: &str, occurrence: Occurrence) -> OperatorAction {
    match verb {
        "help" => OperatorAction::Help(Some(occurrence)),
        "decline" => OperatorAction::Decline(occurrence),
        _ => OperatorAction::Acknowledge(occurrence),
    }
}

/// Returns the input that a single word stands for.
fn simple(word: &str, now: MonoTime) -> Option<AlarmInput<'static>> {
    Some(match word {
        "dose" => AlarmInput::Dosing(true),
        "dose-ends" => AlarmInput::Dosing(false),
        "same-limb" => AlarmInput::CuffSameLimb(true),
        "other-limb" => AlarmInput::CuffSameLimb(false),
        "opens" => AlarmInput::Session(true),
        "closes" => AlarmInput::Session(false),
        "heard" => AlarmInput::Audience(Audience::Heard),
        "unheard" => AlarmInput::Audience(Audience::NOBODY),
        "undelivered" => AlarmInput::Delivered(Delivery::Waits {
            since: now,
            why: "desk has not confirmed it",
        }),
        "delivered" => AlarmInput::Delivered(Delivery::Done),
        "bed-fails" => AlarmInput::BedFailed(BedFailure::Rebuilding),
        "bed-rests" => AlarmInput::BedFailed(BedFailure::Resting),
        "record-stops" => AlarmInput::Recording(false),
        "record-goes-on" => AlarmInput::Recording(true),
        _ => return None,
    })
}

fn baseline(values: &[&str]) -> Baseline {
    let mut baseline = Baseline::default();
    for word in values {
        match word.split_once('=') {
            Some(("spo2", number)) => baseline.spo2 = Some(value(number)),
            Some(("hr", number)) => baseline.heart_rate = Some(value(number)),
            Some(("rr", number)) => baseline.respiration_rate = Some(value(number)),
            Some(("etco2", number)) => baseline.etco2 = Some(value(number)),
            Some((other, _)) => panic!("no such baseline: {other}"),
            None => {
                let [systolic, diastolic, _] = parts(word);
                baseline.pressure = Some(PressureBaseline {
                    systolic: systolic.expect("a baseline has both"),
                    diastolic: diastolic.expect("a baseline has both"),
                });
            }
        }
    }
    baseline
}
