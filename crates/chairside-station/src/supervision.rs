//! A bed under supervision: one that panics is thrown away and made anew, and the others know
//! nothing of it (`docs/adr/0016-swapped-devices-and-failed-beds.md`).

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use chairside_alarm::{Act, AlarmInput, Baseline, Phase, Refusal};
use chairside_care::CareAct;
use chairside_model::{BedId, DeviceId, MonoTime, Observation};
use chairside_protocol::LineInput;

use crate::bed::Bed;
use crate::earlier::{Earlier, LastNumbers};
use crate::plan::BedPlan;
use crate::record::Entry;
use crate::station::CareDenied;

mod kept;

use kept::Kept;

/// A bed that fails so often within [`FAILURES_WITHIN`] rests (robustness: intensity 5 in 60 s,
/// after the supervisors of OTP).
const FAILURES_MAX: usize = 5;

/// See [`FAILURES_MAX`].
const FAILURES_WITHIN: Duration = Duration::from_mins(1);

/// How long a bed rests before it is tried again.
const RESTS_FOR: Duration = Duration::from_secs(30);

/// Bytes to write, by device.
pub(crate) type Transmit = Vec<(DeviceId, Vec<u8>)>;

/// A bed's machine, and what is kept outside of it for the next one.
#[derive(Debug)]
pub(crate) struct SupervisedBed {
    plan: BedPlan,
    /// Nothing while not even a bed without its lines can be made.
    machine: Option<Bed>,
    kept: Kept,
    failures: VecDeque<MonoTime>,
    rest: Option<Rest>,
    /// A person heard the test sound today.
    sound_heard: bool,
}

/// The bed fails again and again: its lines are not read until then.
#[derive(Clone, Copy, Debug)]
struct Rest {
    until: MonoTime,
}

impl SupervisedBed {
    pub(crate) fn new(id: BedId, plan: BedPlan, now: MonoTime) -> Self {
        let mut bed = Self::of(plan, Kept::new(id, now));
        bed.machine = caught(|| Bed::new(id, bed.plan.clone(), now));
        if bed.machine.is_none() {
            // It is tried again, and told, with the first tick.
            bed.rest = Some(Rest { until: now });
        }
        bed
    }

    /// Makes the bed as an earlier run of the service left it, and appends what people are to be
    /// told now. One that cannot go on from its record fails like any other.
    pub(crate) fn resume(
        id: BedId,
        plan: BedPlan,
        (earlier, last): (&Earlier, LastNumbers),
        now: MonoTime,
        out: &mut Vec<Entry>,
    ) -> Self {
        let mut bed = Self::of(plan, Kept::new(id, earlier.began));
        bed.kept.number_after(last);
        for record in &earlier.records {
            if record.entry.bed().is_none_or(|bed| bed == id) {
                bed.kept.take(record.at, &record.entry);
            }
        }
        let mut told = Vec::new();
        let plan = bed.plan.clone();
        bed.machine = caught(|| Bed::resume(id, plan, earlier, last, now, &mut told));
        if bed.machine.is_some() {
            bed.kept.told(now, &told);
            out.append(&mut told);
        } else {
            // No line is open yet that it could write to.
            bed.failed(now, &mut Transmit::new(), out);
        }
        bed
    }

    const fn of(plan: BedPlan, kept: Kept) -> Self {
        Self {
            plan,
            machine: None,
            kept,
            failures: VecDeque::new(),
            rest: None,
            sound_heard: false,
        }
    }

    /// Returns the machine, if there is one.
    pub(crate) const fn machine(&self) -> Option<&Bed> {
        self.machine.as_ref()
    }

    pub(crate) fn number_after(&mut self, last: LastNumbers) {
        self.kept.number_after(last);
        if let Some(machine) = &mut self.machine {
            let engine = machine.engine_mut();
            engine.resume_occurrences_after(last.occurrence);
            engine.resume_calls_after(last.call);
        }
    }

    /// Does what a person wants, if it can be done.
    pub(crate) fn operator(
        &mut self,
        now: MonoTime,
        act: &Act<'_>,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) -> Result<(), Refusal> {
        let done = self.step(now, transmit, out, |bed, transmit, out| {
            bed.operator(now, act, transmit, out)
        });
        done.unwrap_or(Err(Refusal::Failed))
    }

    /// Does what a person wants in a treatment session, if it can be done.
    pub(crate) fn treat(
        &mut self,
        now: MonoTime,
        act: &CareAct<'_>,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) -> Result<(), CareDenied> {
        let done = self.step(now, transmit, out, |bed, _, out| bed.treat(now, act, out));
        Ok(done.ok_or(CareDenied::Failed)??)
    }

    /// Takes whether a person heard the test sound today.
    pub(crate) fn sound_heard(&mut self, heard: bool) {
        self.sound_heard = heard;
        if let Some(machine) = &mut self.machine {
            machine.sound_heard(heard);
        }
    }

    pub(crate) fn line(
        &mut self,
        now: MonoTime,
        device: DeviceId,
        input: LineInput<'_>,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        self.kept.line(device, input);
        if self.rest.is_some() {
            // The port may go meanwhile; what it says is not read.
            self.kept.tell_of_resting_lines(out);
            return;
        }
        self.step(now, transmit, out, |bed, transmit, out| {
            let mut bytes = Vec::new();
            bed.line(now, device, input, &mut bytes, out);
            if !bytes.is_empty() {
                transmit.push((device, bytes));
            }
        });
    }

    pub(crate) fn handed_in(
        &mut self,
        now: MonoTime,
        observation: &Observation,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        if self.rest.is_none() {
            self.step(now, transmit, out, |bed, _, out| {
                bed.handed_in(now, observation, out);
            });
        }
    }

    pub(crate) fn alarm(
        &mut self,
        now: MonoTime,
        input: AlarmInput<'_>,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        self.kept.said(now, input);
        self.step(now, transmit, out, |bed, _, out| bed.alarm(now, input, out));
    }

    /// Lets what was due before this moment be told before what the moment brings.
    pub(crate) fn judge_what_was_due(
        &mut self,
        now: MonoTime,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        self.step(now, transmit, out, |bed, _, out| {
            bed.judge_what_was_due(now, out);
        });
    }

    pub(crate) fn phase(
        &mut self,
        now: MonoTime,
        phase: Phase,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        self.step(now, transmit, out, |bed, _, out| bed.phase(now, phase, out));
    }

    pub(crate) fn baseline(
        &mut self,
        now: MonoTime,
        baseline: Baseline,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        self.step(now, transmit, out, |bed, _, out| {
            bed.baseline(now, baseline, out);
        });
    }

    pub(crate) fn cuff_same_limb(
        &mut self,
        now: MonoTime,
        same: bool,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        self.step(now, transmit, out, |bed, _, out| {
            bed.cuff_same_limb(now, same, out);
        });
    }

    pub(crate) fn session(
        &mut self,
        now: MonoTime,
        open: bool,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        self.step(now, transmit, out, |bed, _, out| {
            bed.session(now, open, out);
        });
    }

    pub(crate) fn tick(&mut self, now: MonoTime, transmit: &mut Transmit, out: &mut Vec<Entry>) {
        if self.rest.is_some_and(|rest| rest.until <= now) {
            self.rest = None;
            self.make_anew(now, transmit, out);
        }
        self.step(now, transmit, out, |bed, transmit, out| {
            bed.tick(now, transmit, out);
        });
    }

    pub(crate) fn next_deadline(&self) -> Option<MonoTime> {
        let machine = self.machine.as_ref();
        // As below. What panics here is due at once, and panics again in the tick that comes.
        let due = catch_unwind(AssertUnwindSafe(|| machine.and_then(Bed::next_deadline)));
        let due = due.unwrap_or(Some(MonoTime::ZERO));
        due.into_iter()
            .chain(self.rest.map(|rest| rest.until))
            .min()
    }

    /// Lets the machine take a step, and returns what it says. One that panics is thrown away, and
    /// the next one is made before this returns nothing.
    fn step<T>(
        &mut self,
        now: MonoTime,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
        step: impl FnOnce(&mut Bed, &mut Transmit, &mut Vec<Entry>) -> T,
    ) -> Option<T> {
        let machine = self.machine.as_mut()?;
        let before = out.len();
        // Unwind safe: the machine is the only thing that a step can leave half-changed, and it
        // is never looked at again. The two lists only take whole elements, each of which was
        // true when it was put there.
        let done = catch_unwind(AssertUnwindSafe(|| step(machine, transmit, out)));
        self.kept.told(now, &out[before..]);
        if done.is_err() {
            self.discard();
            self.failed(now, transmit, out);
        }
        done.ok()
    }

    /// Drops what is left of a machine, which may panic as well.
    fn discard(&mut self) {
        let machine = self.machine.take();
        // Unwind safe: nothing is left to be looked at.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(machine)));
    }

    fn failed(&mut self, now: MonoTime, transmit: &mut Transmit, out: &mut Vec<Entry>) {
        self.failures
            .retain(|at| now.saturating_since(*at) < FAILURES_WITHIN);
        self.failures.push_back(now);
        if self.failures.len() >= FAILURES_MAX {
            self.rest = Some(Rest {
                until: now + RESTS_FOR,
            });
        }
        self.make_anew(now, transmit, out);
    }

    /// Makes the next machine: one without its lines where the bed rests. A driver that panics
    /// when its line is opened counts like one that panics later.
    fn make_anew(&mut self, now: MonoTime, transmit: &mut Transmit, out: &mut Vec<Entry>) {
        let mut entries = Vec::new();
        let machine = self.machine_of_what_is_kept(now, &mut entries);
        let news = self.kept.news_of_the_failure(self.rest.is_some());
        let machine = machine.and_then(|mut bed| {
            caught(|| {
                if let Some(how) = news {
                    bed.alarm(now, AlarmInput::BedFailed(how), &mut entries);
                }
                if self.rest.is_none() {
                    for device in self.kept.open_lines() {
                        let mut bytes = Vec::new();
                        bed.line(now, device, LineInput::Opened, &mut bytes, &mut entries);
                        if !bytes.is_empty() {
                            transmit.push((device, bytes));
                        }
                    }
                }
                bed
            })
        });
        // The new lines begin where the old ones may be already.
        entries.retain(|entry| self.kept.is_news(entry));
        self.kept.told(now, &entries);
        out.append(&mut entries);
        if let Some(mut machine) = machine {
            machine.sound_heard(self.sound_heard);
            self.machine = Some(machine);
            if let Some(how) = news {
                self.kept.failed(how);
            }
        } else if self.rest.is_none() {
            self.failed(now, transmit, out);
            return;
        }
        if self.rest.is_some() {
            self.kept.tell_of_resting_lines(out);
        }
        if self.machine.is_none() {
            self.kept.tell_of_the_failure(now, &self.plan, out);
        }
    }

    /// Makes a machine of what is kept, without lines; of nothing, where that makes it panic, and
    /// then tells that what stood is over.
    fn machine_of_what_is_kept(&mut self, now: MonoTime, out: &mut Vec<Entry>) -> Option<Bed> {
        let make = |kept: &Kept| {
            let mut told = Vec::new();
            let bed = caught(|| kept.make(&self.plan, now, &mut told))?;
            Some((bed, told))
        };
        if let Some((bed, mut told)) = make(&self.kept) {
            out.append(&mut told);
            return Some(bed);
        }
        let forgetful = self.kept.forgetful(now);
        let (bed, mut told) = make(&forgetful)?;
        self.kept.tell_that_all_is_over(now, &self.plan, out);
        out.append(&mut told);
        self.kept = forgetful;
        Some(bed)
    }
}

/// Makes something; nothing when that panics.
fn caught<T>(make: impl FnOnce() -> T) -> Option<T> {
    // Unwind safe: what is made is only looked at when it is whole, and what it is made of is not
    // changed.
    catch_unwind(AssertUnwindSafe(make)).ok()
}
