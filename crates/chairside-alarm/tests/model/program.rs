//! A program: everything that happens at one bed for a while, in the order of time; and what came
//! of it.

use std::time::Duration;

use chairside_alarm::{
    Act, AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Audience, Audio, AudioChange, Baseline,
    BedFailure, Delivery, LimitKey, Occurrence, OperatorAction, Phase, Refusal, Resuming, Role,
    SessionLimits, Sources, Suspension, SuspensionChange, Transition,
};
use chairside_model::{DeviceId, Metric, MonoTime, Observation, Value};

use crate::adult;
use crate::chance::Chance;

pub(crate) const OXIMETER: DeviceId = DeviceId(1);
pub(crate) const CAPNOGRAPH: DeviceId = DeviceId(2);
/// Measures the pressure, and the heart rate where the bed has an ECG.
pub(crate) const MONITOR: DeviceId = DeviceId(3);
pub(crate) const BELT: DeviceId = DeviceId(4);

pub(crate) const STATIONS: [&str; 3] = ["desk", "hall", "room 3"];

/// What the bed has besides an oximeter and a cuff.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Equipment {
    pub(crate) capnograph: bool,
    pub(crate) belt: bool,
    pub(crate) ecg: bool,
    /// From one set of the monitor's numbers to the next, seconds.
    pub(crate) monitor_period: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) equipment: Equipment,
    pub(crate) steps: Vec<Step>,
    /// When nothing more is asked for.
    pub(crate) end: MonoTime,
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) at: MonoTime,
    pub(crate) what: What,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    Heard(DeviceId),
    Frame(DeviceId),
    Observed(Observation),
    Dosing(bool),
    SameLimb(bool),
    Baseline(Baseline),
    Identity(DeviceId, &'static str),
    Session(bool),
    Audience(bool),
    Delivered(bool),
    BedFailed(BedFailure),
    Recording(bool),
    Limit(LimitKey, Value),
    Phase(Phase),
    SessionEnds,
    Person(Person),
}

/// Somebody at a station wants something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) role: Role,
    pub(crate) station: &'static str,
    pub(crate) reason: Option<&'static str>,
    pub(crate) wants: Wants,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Wants {
    /// An action as it is.
    Exactly(OperatorAction),
    /// To acknowledge one of those that stand, if there is one.
    AcknowledgeOneOf(usize),
    /// To acknowledge the episode so many before the last one.
    AcknowledgeBefore(u64),
    /// To say that the devices of one of those that stand belong here.
    ConfirmOneOf(usize),
    /// To call others to one of those that stand, or to the bed if there is none.
    HelpWithOneOf(usize),
    /// Not to come for one of those that stand.
    DeclineOneOf(usize),
    PauseOneOf(usize, u32),
    SwitchOffOneOf(usize, u32),
    /// To end the pause of an alarm, or its being off.
    EndOneOf(usize),
}

/// What one step, or one tick, made of the bed. Only those that told something, and what people
/// did, are kept.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) at: MonoTime,
    /// How many steps had happened by then, this one among them.
    pub(crate) steps: usize,
    pub(crate) is_tick: bool,
    pub(crate) told: Vec<Transition>,
    pub(crate) person: Option<(Person, OperatorAction, Result<(), Refusal>)>,
    /// A session opened or closed.
    pub(crate) session_turned: bool,
    pub(crate) suspended: Vec<SuspensionChange>,
    pub(crate) sound: Vec<AudioChange>,
    pub(crate) standing: Vec<Transition>,
    pub(crate) suspensions: Vec<Suspension>,
    pub(crate) last_call: u64,
    /// What sounds at each of the stations.
    pub(crate) sounding: [Vec<AlarmId>; STATIONS.len()],
    /// Stations that are kept in memory.
    pub(crate) silent_stations: usize,
}

/// A program, and everything that it made the bed tell.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The program with every choice made.
    pub(crate) program: Program,
    pub(crate) records: Vec<Record>,
    /// The limits in force from each moment on.
    pub(crate) limits: Vec<(MonoTime, AlarmProfile)>,
}

impl Equipment {
    pub(crate) fn sources(self) -> Sources {
        let mut devices = vec![(OXIMETER, 1), (MONITOR, self.monitor_period)];
        let mut metrics = vec![
            (Metric::SpO2, OXIMETER),
            (Metric::PulseRate, OXIMETER),
            (Metric::PerfusionIndex, OXIMETER),
            (Metric::NibpSystolic, MONITOR),
            (Metric::NibpDiastolic, MONITOR),
            (Metric::NibpMean, MONITOR),
        ];
        if self.ecg {
            metrics.push((Metric::HeartRate, MONITOR));
        }
        if self.capnograph {
            devices.push((CAPNOGRAPH, 1));
            metrics.extend([
                (Metric::EtCO2, CAPNOGRAPH),
                (Metric::RespirationRate, CAPNOGRAPH),
            ]);
        }
        if self.belt {
            devices.push((BELT, 1));
            metrics.push((Metric::EffortRate, BELT));
        }
        let period = |(device, seconds)| (device, Duration::from_secs(seconds));
        Sources {
            devices: devices.into_iter().map(period).collect(),
            metrics: metrics.into_iter().collect(),
        }
    }
}

pub(crate) fn shipped() -> AlarmProfile {
    let parts = chairside_alarm::ProfileParts {
        adjustments: adult::adjustments(),
        ..adult::parts()
    };
    AlarmProfile::new(parts).expect("the adult limits are accepted")
}

struct Bed {
    engine: AlarmEngine,
    audio: Audio,
    limits: SessionLimits,
    session_open: bool,
    session_turned: bool,
    run: Run,
    is_in_step: bool,
}

impl Program {
    /// Runs it, each tick at its time.
    pub(crate) fn run(&self) -> Run {
        self.run_with(|| Duration::ZERO, &[])
    }

    /// Runs it on a service that is killed after each of those steps, and goes on at once.
    pub(crate) fn run_killed_after(&self, steps: &[usize]) -> Run {
        self.run_with(|| Duration::ZERO, steps)
    }

    /// Runs it with ticks that come late by up to that many milliseconds.
    pub(crate) fn run_late(&self, most: u64, chance: &mut Chance) -> Run {
        self.run_with(|| Duration::from_millis(chance.within(0..most)), &[])
    }

    fn run_with(&self, mut late: impl FnMut() -> Duration, kills: &[usize]) -> Run {
        let limits = SessionLimits::new(shipped());
        let profile = limits.in_force().clone();
        let sources = self.equipment.sources();
        let mut bed = Bed {
            engine: AlarmEngine::new(profile.clone(), sources, MonoTime::ZERO),
            audio: Audio::default(),
            limits,
            session_open: false,
            session_turned: false,
            run: Run {
                program: Self {
                    equipment: self.equipment,
                    steps: Vec::with_capacity(self.steps.len()),
                    end: self.end,
                },
                records: Vec::new(),
                limits: vec![(MonoTime::ZERO, profile)],
            },
            is_in_step: false,
        };
        let mut delay = late();
        for (place, step) in self.steps.iter().enumerate() {
            // A shorter time can be over in the past; nobody is called there.
            let latest = place.checked_sub(1).map(|before| self.steps[before].at);
            while let Some(tick) = bed
                .due()
                .map(|due| (due + delay).max(latest.unwrap_or(due)))
                && tick < step.at
            {
                bed.tick(tick);
                delay = late();
            }
            bed.step(step);
            if kills.contains(&place) {
                bed.restart(step.at);
            }
            let is_last = (self.steps.get(place + 1)).is_none_or(|next| next.at > step.at);
            if is_last && bed.due().is_some_and(|due| due + delay <= step.at) {
                bed.tick(step.at);
                delay = late();
            }
        }
        while let Some(tick) = bed.due().map(|due| due + delay)
            && tick < self.end
        {
            bed.tick(tick);
            delay = late();
        }
        bed.tick(self.end);
        bed.run
    }
}

impl Bed {
    fn due(&self) -> Option<MonoTime> {
        let due = self.engine.next_deadline().into_iter();
        due.chain(self.audio.next_deadline()).min()
    }

    fn tick(&mut self, now: MonoTime) {
        self.catch_up(now);
        let (mut told, mut sound) = (Vec::new(), Vec::new());
        self.engine.handle(now, AlarmInput::Tick, &mut told);
        self.audio.tick(now, &mut sound);
        self.record(now, true, told, sound, None);
    }

    /// A shorter time of the cuff can make it overdue in the past: that is told by itself.
    fn catch_up(&mut self, now: MonoTime) {
        let mut told = Vec::new();
        self.engine.catch_up(now, &mut told);
        self.record(now, false, told, Vec::new(), None);
    }

    fn step(&mut self, step: &Step) {
        let now = step.at;
        self.catch_up(now);
        let (mut told, mut sound) = (Vec::new(), Vec::new());
        let mut person = None;
        let mut what = step.what.clone();
        if let What::Person(_) | What::Session(_) = what {
            self.audio.tick(now, &mut sound);
            self.record(now, false, Vec::new(), std::mem::take(&mut sound), None);
        }
        match &mut what {
            What::Session(open) => {
                self.session_turned = *open != self.session_open;
                self.session_open = *open;
                let input = AlarmInput::Session(*open);
                self.engine.handle(now, input, &mut told);
                if self.session_turned {
                    self.audio.end_session(now, &mut sound);
                }
            }
            What::Person(wanted) => {
                let Some(action) = self.choose(wanted.wants) else {
                    return;
                };
                wanted.wants = Wants::Exactly(action);
                let check = self.act(now, wanted, action, &mut told, &mut sound);
                person = Some((*wanted, action, check));
            }
            What::Limit(key, value) => {
                let Some(seen) = self.limits.value(*key) else {
                    return;
                };
                let changed = self.limits.set(*key, seen, *value).is_ok();
                self.retune(now, changed, &mut told);
            }
            What::Phase(phase) => {
                let changed = !self.limits.enter(*phase).is_empty();
                self.retune(now, changed, &mut told);
            }
            What::SessionEnds => {
                let changed = !self.limits.end_session().is_empty();
                self.retune(now, changed, &mut told);
            }
            other => self.engine.handle(now, input(other, now), &mut told),
        }
        self.is_in_step = true;
        self.record(now, false, told, sound, person);
        self.is_in_step = false;
        let at = step.at;
        self.run.program.steps.push(Step { at, what });
    }

    fn retune(&mut self, now: MonoTime, changed: bool, told: &mut Vec<Transition>) {
        if changed {
            let profile = self.limits.in_force().clone();
            self.engine.handle(now, AlarmInput::Profile(&profile), told);
            self.run.limits.push((now, profile));
        }
    }

    fn choose(&self, wants: Wants) -> Option<OperatorAction> {
        let standing = |place: usize| {
            let standing: Vec<&Transition> = self.engine.standing().collect();
            (!standing.is_empty()).then(|| standing[place % standing.len()].clone())
        };
        Some(match wants {
            Wants::Exactly(action) => action,
            Wants::AcknowledgeOneOf(place) => {
                OperatorAction::Acknowledge(standing(place)?.occurrence)
            }
            Wants::ConfirmOneOf(place) => {
                OperatorAction::ConfirmDevice(standing(place)?.occurrence)
            }
            Wants::HelpWithOneOf(place) => {
                OperatorAction::Help(standing(place).map(|standing| standing.occurrence))
            }
            Wants::DeclineOneOf(place) => OperatorAction::Decline(standing(place)?.occurrence),
            Wants::AcknowledgeBefore(count) => {
                let records = self.run.records.iter();
                let told = records.flat_map(|record| &record.told);
                let last = told.map(|told| told.occurrence.0).max()?;
                OperatorAction::Acknowledge(Occurrence(last.checked_sub(count)?))
            }
            Wants::PauseOneOf(place, seconds) => OperatorAction::PauseAlarm {
                id: standing(place)?.id,
                seconds,
            },
            Wants::SwitchOffOneOf(place, seconds) => OperatorAction::SwitchOff {
                id: standing(place)?.id,
                seconds,
            },
            Wants::EndOneOf(place) => {
                let all: Vec<&Suspension> = self.engine.suspensions().collect();
                let id = all.get(place % all.len().max(1))?.id;
                if place.is_multiple_of(2) {
                    OperatorAction::ResumeAlarm { id }
                } else {
                    OperatorAction::SwitchOn { id }
                }
            }
        })
    }

    /// Does it even if it is refused, unless it takes another role, of which the engine knows
    /// nothing.
    fn act(
        &mut self,
        now: MonoTime,
        person: &Person,
        action: OperatorAction,
        told: &mut Vec<Transition>,
        sound: &mut Vec<AudioChange>,
    ) -> Result<(), Refusal> {
        let act = person.act(action);
        action.check_role(person.role)?;
        let check = self.engine.check(&act).and(self.audio.check(&act));
        let last_call = self.engine.last_call();
        self.audio.operator(now, &act, last_call, sound);
        self.engine.handle(now, AlarmInput::Operator(act), told);
        check
    }

    fn record(
        &mut self,
        at: MonoTime,
        is_tick: bool,
        told: Vec<Transition>,
        sound: Vec<AudioChange>,
        person: Option<(Person, OperatorAction, Result<(), Refusal>)>,
    ) {
        let suspended: Vec<SuspensionChange> = self.engine.suspensions_changed().collect();
        let session_turned = std::mem::take(&mut self.session_turned);
        let nothing = told.is_empty() && sound.is_empty() && suspended.is_empty();
        if nothing && person.is_none() && !session_turned {
            return;
        }
        let standing: Vec<Transition> = self.engine.standing().cloned().collect();
        let sounding = STATIONS.map(|station| {
            let sounding = standing.iter();
            let sounding = sounding.filter(|alarm| self.audio.sounds(station, alarm));
            sounding.map(|alarm| alarm.id).collect()
        });
        // A step is put on the list after what it told.
        let of_a_step = usize::from(!is_tick && self.is_in_step);
        self.run.records.push(Record {
            at,
            steps: self.run.program.steps.len() + of_a_step,
            is_tick,
            told,
            person,
            session_turned,
            suspended,
            sound,
            suspensions: self.engine.suspensions().cloned().collect(),
            last_call: self.engine.last_call(),
            sounding,
            silent_stations: self.audio.stations().count(),
            standing,
        });
    }
}

impl Bed {
    /// Goes on with an engine and a sound that know what is on record: what happened, and what
    /// people did and were told.
    fn restart(&mut self, now: MonoTime) {
        let sources = self.run.program.equipment.sources();
        let mut limits = SessionLimits::new(shipped());
        let profile = limits.in_force().clone();
        let start = MonoTime::ZERO;
        let mut resuming = Resuming::new(profile, sources, start, start);
        let mut audio = Audio::default();
        let mut records = self.run.records.iter().peekable();
        for count in 0..=self.run.program.steps.len() {
            let step = count
                .checked_sub(1)
                .map(|last| &self.run.program.steps[last]);
            if let Some(Step { at, what }) = step {
                let changed = match what {
                    What::Person(_) => false,
                    What::Limit(key, value) => {
                        let seen = limits.value(*key).expect("its rule is on");
                        limits.set(*key, seen, *value).is_ok()
                    }
                    What::Phase(phase) => !limits.enter(*phase).is_empty(),
                    What::SessionEnds => !limits.end_session().is_empty(),
                    other => {
                        resuming.take(*at, input(other, *at));
                        false
                    }
                };
                if changed {
                    resuming.take(*at, AlarmInput::Profile(limits.in_force()));
                }
            }
            while let Some(record) = records.next_if(|record| record.steps == count) {
                if let Some((person, action, Ok(()))) = record.person {
                    resuming.take(record.at, AlarmInput::Operator(person.act(action)));
                }
                for change in &record.suspended {
                    resuming.suspended(record.at, change);
                }
                for told in &record.told {
                    resuming.told(record.at, told);
                }
                for change in &record.sound {
                    audio.adopt(change);
                }
            }
        }
        let resumed = resuming.finish(now, now);
        self.engine = resumed.engine;
        self.audio = audio;
        self.record(now, false, resumed.told, Vec::new(), None);
    }
}

impl Person {
    const fn act(self, action: OperatorAction) -> Act<'static> {
        Act {
            action,
            by: "mn",
            station: Some(self.station),
            reason: self.reason,
            call: None,
        }
    }
}

const fn input(what: &What, at: MonoTime) -> AlarmInput<'_> {
    match what {
        What::Heard(device) => AlarmInput::Heard(*device),
        What::Frame(device) => AlarmInput::Frame(*device),
        What::Observed(observation) => AlarmInput::Observed(observation),
        What::Dosing(running) => AlarmInput::Dosing(*running),
        What::SameLimb(same) => AlarmInput::CuffSameLimb(*same),
        What::Baseline(baseline) => AlarmInput::Baseline(*baseline),
        What::Identity(device, text) => AlarmInput::Identity(*device, text),
        What::Session(open) => AlarmInput::Session(*open),
        What::Audience(true) => AlarmInput::Audience(Audience::Heard),
        What::Audience(false) => AlarmInput::Audience(Audience::NOBODY),
        What::Delivered(true) => AlarmInput::Delivered(Delivery::Done),
        What::Delivered(false) => AlarmInput::Delivered(Delivery::Waits {
            since: at,
            why: "desk has not confirmed it",
        }),
        What::BedFailed(how) => AlarmInput::BedFailed(*how),
        What::Recording(runs) => AlarmInput::Recording(*runs),
        What::Limit(..) | What::Phase(_) | What::SessionEnds | What::Person(_) => AlarmInput::Tick,
    }
}

impl Run {
    pub(crate) fn told(&self) -> impl Iterator<Item = &Transition> {
        self.records.iter().flat_map(|record| &record.told)
    }
}
