//! The one machine that everything goes into and every record comes out of.

use std::collections::BTreeMap;
use std::fmt;

use chairside_alarm::{
    Act, AlarmInput, Audience, Audio, Baseline, Delivery, Flood, OperatorAction, Phase, Refusal,
    Role, SessionLimits, Suspension, Transition,
};
use chairside_care::{Care, CareAct, CareAction, CareRefusal, Stage};
use chairside_model::{BedId, DeviceId, MonoTime, Observation};
use chairside_protocol::LineInput;

use crate::bed::Bed;
use crate::earlier::{Earlier, LastNumbers};
use crate::plan::{BedPlan, PlanError};
use crate::record::{Entry, Record};
use crate::session::Opened;
use crate::simulation::{Heard, Simulation};
use crate::supervision::{SupervisedBed, Transmit};

/// The whole core: every bed's drivers and alarm engine.
#[derive(Debug)]
pub struct Station {
    beds: BTreeMap<BedId, SupervisedBed>,
    bed_of: BTreeMap<DeviceId, BedId>,
    /// Not the beds' own: one that fails forgets nothing of it.
    simulations: BTreeMap<BedId, Simulation>,
    sequence: u64,
    entries: Vec<Entry>,
}

/// What can happen to the station.
#[derive(Clone, Copy, Debug)]
pub enum StationInput<'a> {
    /// The bed is for training: all that it shows is simulated, as long as the station runs.
    Training(BedId),
    /// A trainer does something to the simulated patient of a bed for training; at any other bed it
    /// is ignored.
    Trained {
        /// The bed.
        bed: BedId,
        /// The trainer, by id.
        by: &'a str,
        /// What, by the simulator's name for it.
        did: &'a str,
    },
    /// The line to a device is about to be opened and leads to a simulator, or to none.
    Simulated(DeviceId, bool),
    /// Something happened on a device's line.
    Line(DeviceId, LineInput<'a>),
    /// A reading of a device whose feed is [`Feed::HandedIn`](crate::Feed::HandedIn).
    Observed(BedId, &'a Observation),
    /// A dose began or ended.
    Dosing(BedId, bool),
    /// The treatment session goes into a phase: its limits are in force from now on.
    Phase(BedId, Phase),
    /// The patient's values before the session are known: the profile's personal limits are in
    /// force from now on.
    Baseline(BedId, Baseline),
    /// Cuff and oximeter probe are on the same limb, or are not.
    CuffSameLimb(BedId, bool),
    /// A treatment session opened at a bed, or closed: the limits of the profile as shipped are in
    /// force again.
    Session(BedId, bool),
    /// The alarms of a bed can be heard somewhere, or nowhere.
    Audience(BedId, Audience<'a>),
    /// Every alarm of a bed that was to reach somebody has, or was accepted; or one waits for it.
    Delivered(BedId, Delivery<'a>),
    /// A person did something, and the intent is in the record. What cannot be done changes
    /// nothing; whoever has to answer the person calls [`act`](Station::act) instead.
    Operator {
        /// The bed.
        bed: BedId,
        /// What, and who.
        act: Act<'a>,
    },
    /// A person did something in a treatment session, and the intent is in the record; as with
    /// `Operator`, whoever has to answer calls [`treat`](Station::treat) instead.
    Care {
        /// The bed.
        bed: BedId,
        /// What, and who.
        act: CareAct<'a>,
    },
    /// The record is being written, or is not.
    Recording(bool),
    /// Time passed.
    Tick,
}

/// Why something is not done in a treatment session.
#[derive(Clone, Debug, PartialEq)]
pub enum CareDenied {
    /// There is no such bed.
    NoBed,
    /// The bed's part of the program failed.
    Failed,
    /// A simulated device feeds the bed, which is not for training.
    Simulated,
    /// The session's own reason.
    Refused(CareRefusal),
}

impl From<CareRefusal> for CareDenied {
    fn from(why: CareRefusal) -> Self {
        Self::Refused(why)
    }
}

impl fmt::Display for CareDenied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBed => Refusal::NoBed.fmt(f),
            Self::Failed => Refusal::Failed.fmt(f),
            Self::Simulated => Refusal::Simulated.fmt(f),
            Self::Refused(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for CareDenied {}

/// What the station gives back. The caller owns it, empties it and uses it again.
#[derive(Debug, Default)]
pub struct StationOutput {
    /// Bytes to write, by device.
    pub transmit: Vec<(DeviceId, Vec<u8>)>,
    /// What happened, in order.
    pub records: Vec<Record>,
}

impl StationOutput {
    /// Empties both lists and keeps their memory.
    pub fn clear(&mut self) {
        self.transmit.clear();
        self.records.clear();
    }
}

impl Station {
    /// Makes a station whose devices have all yet to be heard of.
    ///
    /// # Errors
    ///
    /// When a device is planned twice.
    pub fn new(plan: BTreeMap<BedId, BedPlan>, now: MonoTime) -> Result<Self, PlanError> {
        Self::build(plan, |id, plan| SupervisedBed::new(id, plan, now))
    }

    fn build(
        plan: BTreeMap<BedId, BedPlan>,
        mut make: impl FnMut(BedId, BedPlan) -> SupervisedBed,
    ) -> Result<Self, PlanError> {
        let mut bed_of = BTreeMap::new();
        let mut beds = BTreeMap::new();
        for (bed, plan) in plan {
            for device in &plan.devices {
                if bed_of.insert(device.id, bed).is_some() {
                    return Err(PlanError::DeviceTwice(device.id, bed));
                }
            }
            beds.insert(bed, make(bed, plan));
        }
        Ok(Self {
            beds,
            bed_of,
            simulations: BTreeMap::new(),
            sequence: 0,
            entries: Vec::new(),
        })
    }

    /// Makes a station that goes on where an earlier run of the service ended, and appends what
    /// people are to be told now: what came due in the meantime, and the end of alarms that
    /// nothing judges any more. What a bed numbers comes after its last numbers of any run. That a
    /// bed is for `training` comes before all that is told of it: whoever counts what a patient's
    /// bed did goes by that.
    ///
    /// # Errors
    ///
    /// When a device is planned twice.
    pub fn resume(
        plan: BTreeMap<BedId, BedPlan>,
        training: &[BedId],
        earlier: &Earlier,
        last: &BTreeMap<BedId, LastNumbers>,
        now: MonoTime,
        out: &mut StationOutput,
    ) -> Result<Self, PlanError> {
        let mut entries = Vec::new();
        let mut station = Self::build(plan, |id, plan| {
            let last = last.get(&id).copied().unwrap_or(LastNumbers::NONE);
            SupervisedBed::resume(id, plan, (earlier, last), now, &mut entries)
        })?;
        for bed in training {
            station.handle(now, StationInput::Training(*bed), out);
        }
        station.number(now, &mut entries, out);
        Ok(station)
    }

    /// Takes what happened and appends what follows from it to `out`. Nothing here fails: bad
    /// bytes, a lost line and a missing value are all records. What is aimed at a bed or device
    /// that is not in the plan is ignored.
    pub fn handle(&mut self, now: MonoTime, input: StationInput<'_>, out: &mut StationOutput) {
        if let StationInput::Operator { bed, act } = input {
            // Nobody waits for an answer here.
            let _ = self.act(now, bed, &act, out);
            return;
        }
        if let StationInput::Care { bed, act } = input {
            let _ = self.treat(now, bed, &act, out);
            return;
        }
        let mut entries = std::mem::take(&mut self.entries);
        let transmit = &mut out.transmit;
        match input {
            StationInput::Operator { .. } | StationInput::Care { .. } => {
                unreachable!("it was done above")
            }
            StationInput::Training(bed) => {
                if self.beds.contains_key(&bed) {
                    self.simulate(bed, &mut entries, Simulation::train);
                }
            }
            StationInput::Trained { bed, by, did } => {
                let bed_simulation = self.simulations.get(&bed);
                if bed_simulation.is_some_and(Simulation::is_for_training) {
                    let (by, did) = (by.into(), did.into());
                    entries.push(Entry::Trained { bed, by, did });
                }
            }
            StationInput::Simulated(device, simulator) => {
                if let Some(bed) = self.bed_of.get(&device).copied() {
                    let in_session = self.is_in_session(bed);
                    self.simulate(bed, &mut entries, |bed| {
                        bed.opened(device, simulator, in_session);
                    });
                }
            }
            StationInput::Line(device, input) => {
                self.line(now, device, input, transmit, &mut entries);
            }
            StationInput::Observed(bed, observation) => {
                if let Some(bed) = self.beds.get_mut(&bed) {
                    bed.handed_in(now, observation, transmit, &mut entries);
                }
            }
            StationInput::Dosing(id, running) => {
                if let Some(bed) = self.beds.get_mut(&id) {
                    bed.judge_what_was_due(now, transmit, &mut entries);
                    entries.push(Entry::Dosing { bed: id, running });
                    bed.alarm(now, AlarmInput::Dosing(running), transmit, &mut entries);
                }
            }
            StationInput::Phase(bed, phase) => {
                if let Some(bed) = self.beds.get_mut(&bed) {
                    bed.phase(now, phase, transmit, &mut entries);
                }
            }
            StationInput::Baseline(bed, baseline) => {
                if let Some(bed) = self.beds.get_mut(&bed) {
                    bed.baseline(now, baseline, transmit, &mut entries);
                }
            }
            StationInput::CuffSameLimb(bed, same) => {
                if let Some(bed) = self.beds.get_mut(&bed) {
                    bed.cuff_same_limb(now, same, transmit, &mut entries);
                }
            }
            StationInput::Session(bed, open) => {
                if let Some(bed) = self.beds.get_mut(&bed) {
                    bed.session(now, open, transmit, &mut entries);
                }
            }
            StationInput::Audience(bed, who) => {
                self.tell(now, bed, AlarmInput::Audience(who), transmit, &mut entries);
            }
            StationInput::Delivered(bed, how) => {
                self.tell(now, bed, AlarmInput::Delivered(how), transmit, &mut entries);
            }
            StationInput::Recording(running) => {
                for bed in self.beds.values_mut() {
                    bed.judge_what_was_due(now, transmit, &mut entries);
                }
                entries.push(Entry::Recording { running });
                for bed in self.beds.values_mut() {
                    bed.alarm(now, AlarmInput::Recording(running), transmit, &mut entries);
                }
            }
            StationInput::Tick => {
                for bed in self.beds.values_mut() {
                    bed.tick(now, transmit, &mut entries);
                }
            }
        }
        self.number(now, &mut entries, out);
        self.entries = entries;
    }

    /// Does what a person wants, after what was due before, and appends what follows from it to
    /// `out`. Whether their role may do it is [`check`](Self::check)'s to say.
    ///
    /// # Errors
    ///
    /// Why it was not done: what was due before can be the reason, so that it may come after a
    /// check that found nothing.
    pub fn act(
        &mut self,
        now: MonoTime,
        bed: BedId,
        act: &Act<'_>,
        out: &mut StationOutput,
    ) -> Result<(), Refusal> {
        if matches!(act.action, OperatorAction::OpenSession(..)) && !self.may_open(bed) {
            return Err(Refusal::Simulated);
        }
        let mut entries = std::mem::take(&mut self.entries);
        let bed = self.beds.get_mut(&bed).ok_or(Refusal::NoBed);
        let done = bed.and_then(|bed| bed.operator(now, act, &mut out.transmit, &mut entries));
        self.number(now, &mut entries, out);
        self.entries = entries;
        done
    }

    /// Does what a person wants in a treatment session, after what was due before, and appends what
    /// follows from it to `out`.
    ///
    /// # Errors
    ///
    /// Why it was not done.
    pub fn treat(
        &mut self,
        now: MonoTime,
        bed: BedId,
        act: &CareAct<'_>,
        out: &mut StationOutput,
    ) -> Result<(), CareDenied> {
        self.check_simulated(bed, act)?;
        let mut entries = std::mem::take(&mut self.entries);
        let bed = self.beds.get_mut(&bed).ok_or(CareDenied::NoBed);
        let done = bed.and_then(|bed| bed.treat(now, act, &mut out.transmit, &mut entries));
        self.number(now, &mut entries, out);
        self.entries = entries;
        done
    }

    /// Tells whether something can be done in a treatment session now, before it is put on record.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check_care(
        &self,
        now: MonoTime,
        bed: BedId,
        act: &CareAct<'_>,
    ) -> Result<(), CareDenied> {
        let machine = self.beds.get(&bed).ok_or(CareDenied::NoBed)?;
        let machine = machine.machine().ok_or(CareDenied::Failed)?;
        machine.check_care(now, act)?;
        self.check_simulated(bed, act)?;
        Ok(())
    }

    /// Takes whether a person heard the test sound at a nurse station today.
    pub fn sound_heard(&mut self, heard: bool) {
        for bed in self.beds.values_mut() {
            bed.sound_heard(heard);
        }
    }

    /// Returns the session that is open at a bed, where a person opened it.
    #[must_use]
    pub fn open_session(&self, bed: BedId) -> Option<&Opened> {
        self.machine(bed).and_then(Bed::open_session)
    }

    /// Returns the treatment sessions of a bed.
    #[must_use]
    pub fn care(&self, bed: BedId) -> Option<&Care> {
        self.machine(bed).map(Bed::care)
    }

    fn number(&mut self, now: MonoTime, entries: &mut Vec<Entry>, out: &mut StationOutput) {
        let turned = entries.iter().filter_map(|entry| match entry {
            Entry::Session { bed, open } => Some((*bed, *open)),
            _ => None,
        });
        for (bed, opens) in turned.collect::<Vec<_>>() {
            let before = entries.len();
            self.simulate(bed, entries, Simulation::turned);
            let told = entries.len() - before;
            if opens {
                // What stands in front of an opening is what the session begins with.
                entries.rotate_right(told);
            }
        }
        for entry in entries.drain(..) {
            self.sequence += 1;
            out.records.push(Record {
                sequence: self.sequence,
                at: now,
                entry,
            });
        }
    }

    /// Returns when the station wants a [`StationInput::Tick`], if it does.
    #[must_use]
    pub fn next_deadline(&self) -> Option<MonoTime> {
        self.beds
            .values()
            .filter_map(SupervisedBed::next_deadline)
            .min()
    }

    /// Tells whether a person of that role can do this now, before it is put on record.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check(&self, bed: BedId, act: &Act<'_>, role: Role) -> Result<(), Refusal> {
        let machine = self.beds.get(&bed).ok_or(Refusal::NoBed)?;
        let machine = machine.machine().ok_or(Refusal::Failed)?;
        machine.check_role(act.action, role)?;
        machine.check(act)?;
        let opens = matches!(act.action, OperatorAction::OpenSession(..));
        if opens && !self.may_open(bed) {
            return Err(Refusal::Simulated);
        }
        Ok(())
    }

    /// Returns every bed.
    pub fn beds(&self) -> impl Iterator<Item = BedId> {
        self.beds.keys().copied()
    }

    /// Returns the limits that are in force at a bed, with their phase, bounds and defaults.
    #[must_use]
    pub fn limits(&self, bed: BedId) -> Option<&SessionLimits> {
        self.machine(bed).map(Bed::limits)
    }

    /// Returns the number of a bed's last call, 0 before the first.
    #[must_use]
    pub fn last_call(&self, bed: BedId) -> Option<u64> {
        self.machine(bed).map(|bed| bed.engine().last_call())
    }

    /// Returns the sound of a bed at every station.
    #[must_use]
    pub fn audio(&self, bed: BedId) -> Option<&Audio> {
        self.machine(bed).map(Bed::audio)
    }

    /// Returns the alarms of a bed that are paused, and its rules that are off.
    pub fn suspensions(&self, bed: BedId) -> impl Iterator<Item = &Suspension> {
        let bed = self.machine(bed).into_iter();
        bed.flat_map(|bed| bed.engine().suspensions())
    }

    /// Returns the summary of a bed's alarms while they are many.
    #[must_use]
    pub fn flood(&self, bed: BedId) -> Option<Flood> {
        self.machine(bed).and_then(Bed::flood)
    }

    /// Returns every alarm that stands, by bed.
    pub fn standing(&self) -> impl Iterator<Item = (BedId, &Transition)> {
        self.beds.iter().flat_map(|(id, bed)| {
            let machine = bed.machine().into_iter();
            let standing = machine.flat_map(|bed| bed.engine().standing());
            standing.map(|transition| (*id, transition))
        })
    }

    /// Numbers what comes at a bed after the last numbers of earlier runs, of which nothing else
    /// is known any more.
    pub fn number_after(&mut self, bed: BedId, last: LastNumbers) {
        if let Some(bed) = self.beds.get_mut(&bed) {
            bed.number_after(last);
        }
    }

    fn tell(
        &mut self,
        now: MonoTime,
        bed: BedId,
        input: AlarmInput<'_>,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        if let Some(bed) = self.beds.get_mut(&bed) {
            bed.alarm(now, input, transmit, out);
        }
    }

    /// Returns a bed's machine. There is none while not even one without its lines can be made.
    fn machine(&self, bed: BedId) -> Option<&Bed> {
        self.beds.get(&bed).and_then(SupervisedBed::machine)
    }

    fn line(
        &mut self,
        now: MonoTime,
        device: DeviceId,
        input: LineInput<'_>,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        let Some(id) = self.bed_of.get(&device).copied() else {
            return;
        };
        let in_session = self.is_in_session(id);
        let mut heard = Heard::Yes;
        self.simulate(id, out, |bed| {
            // One that goes is no longer heard from: a refused one never was.
            if matches!(input, LineInput::Closed) {
                bed.closed(device);
            }
            heard = bed.hear(device, in_session);
        });
        let Some(bed) = self.beds.get_mut(&id) else {
            return;
        };
        match heard {
            Heard::No => return,
            Heard::FromNowOn => bed.line(now, device, LineInput::Opened, transmit, out),
            Heard::Yes => {}
        }
        bed.line(now, device, input, transmit, out);
    }

    /// Changes what is simulated at a bed, and says so when that turns.
    fn simulate(&mut self, id: BedId, out: &mut Vec<Entry>, change: impl FnOnce(&mut Simulation)) {
        let bed = self.simulations.entry(id).or_default();
        let before = bed.is_simulated();
        change(bed);
        let simulated = bed.is_simulated();
        if simulated != before {
            out.push(Entry::Simulated { bed: id, simulated });
        }
    }

    /// Tells whether simulated data keep no patient's session from opening.
    fn may_open(&self, bed: BedId) -> bool {
        self.simulations.get(&bed).is_none_or(Simulation::may_open)
    }

    fn check_simulated(&self, bed: BedId, act: &CareAct<'_>) -> Result<(), CareDenied> {
        let comes = matches!(
            act.action,
            CareAction::Step {
                to: Stage::Screening
            }
        );
        if comes && !self.may_open(bed) {
            return Err(CareDenied::Simulated);
        }
        Ok(())
    }

    /// Tells whether a patient may be at a bed: one whose machine failed may have a session open.
    fn is_in_session(&self, bed: BedId) -> bool {
        self.machine(bed).is_none_or(Bed::is_in_session)
    }
}
