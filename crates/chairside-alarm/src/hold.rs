//! Samples that are held back for a while: suspicion may delay, never delete
//! (`docs/alarms.md`, semantics 6 and 7).

use std::collections::VecDeque;
use std::time::Duration;

use chairside_model::{Cuff, MonoTime, Value};

use crate::Holds;

/// Over which a step is judged.
const STEP_WINDOW: Duration = Duration::from_secs(5);

/// Samples in the window below which there is nothing to compare with.
const STEP_SAMPLES_MIN: usize = 3;

/// Samples kept of the window; an oximeter gives three a second at most, and only the latest count
/// beyond it.
const STEP_SAMPLES_MAX: usize = 16;

/// From the start of one step hold to the next.
const STEP_EVERY: Duration = Duration::from_mins(1);

/// The longest a cuff cycle can take (IEC 80601-2-30, general knowledge: 180 s). A cuff that is
/// still said to be measuring after it has begun another cycle, and the end of the first was lost.
const CYCLE_MAX: Duration = Duration::from_mins(3);

/// A saturation that jumps is held back for a while, then believed.
#[derive(Debug)]
pub(crate) struct StepHold {
    points: Value,
    length: Duration,
    recent: VecDeque<(MonoTime, Value)>,
    started: Option<MonoTime>,
}

impl StepHold {
    pub(crate) fn new(holds: &Holds) -> Self {
        Self {
            points: holds.step_points,
            length: holds.step_hold,
            recent: VecDeque::with_capacity(STEP_SAMPLES_MAX),
            started: None,
        }
    }

    /// Tells whether a saturation of now would be held back because of a jump before.
    pub(crate) fn holds(&self, now: MonoTime) -> bool {
        self.until().is_some_and(|end| now < end)
    }

    /// Returns the end of the latest hold, past or to come.
    pub(crate) fn until(&self) -> Option<MonoTime> {
        self.started.map(|started| started + self.length)
    }

    /// Forgets the samples of another device: from theirs to the next is no jump.
    pub(crate) fn begin_anew(&mut self) {
        self.recent.clear();
    }

    /// Takes a valid sample and tells whether the limits are not to see it yet.
    pub(crate) fn withholds(&mut self, now: MonoTime, value: Value) -> bool {
        if self.holds(now) {
            return true;
        }
        let allowed = self.started.is_none_or(|last| now >= last + STEP_EVERY);
        if allowed && self.is_step(now, value) {
            self.started = Some(now);
            return !self.length.is_zero();
        }
        if self.recent.len() == STEP_SAMPLES_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back((now, value));
        false
    }

    fn is_step(&mut self, now: MonoTime, value: Value) -> bool {
        while self
            .recent
            .front()
            .is_some_and(|(at, _)| now.saturating_since(*at) > STEP_WINDOW)
        {
            self.recent.pop_front();
        }
        if self.recent.len() < STEP_SAMPLES_MIN {
            return false;
        }
        let mut sorted = [0.0; STEP_SAMPLES_MAX];
        let count = self.recent.len();
        for (place, (_, value)) in sorted.iter_mut().zip(&self.recent) {
            *place = value.number();
        }
        sorted[..count].sort_unstable_by(f64::total_cmp);
        let median = f64::midpoint(sorted[(count - 1) / 2], sorted[count / 2]);
        (value.number() - median).abs() >= self.points.number()
    }
}

/// While a cuff on the probe's limb stops the pulse, what the oximeter says is not judged.
#[derive(Debug)]
pub(crate) struct CuffHold {
    same_limb: bool,
    longest: Duration,
    release: Duration,
    /// For how long the saturation must be judged between two holds.
    between: Duration,
    cycle: Option<Cycle>,
    until: Option<MonoTime>,
    /// The first saturation that was judged after the latest hold.
    judged: Option<MonoTime>,
}

#[derive(Clone, Copy, Debug)]
struct Cycle {
    started: MonoTime,
    held: bool,
}

impl CuffHold {
    pub(crate) const fn new(holds: &Holds) -> Self {
        Self {
            same_limb: false,
            longest: holds.cuff_same_limb_max,
            release: holds.cuff_release,
            between: holds.after_hold_delay_max,
            cycle: None,
            until: None,
            judged: None,
        }
    }

    /// Returns the end of the latest hold, past or to come.
    pub(crate) const fn until(&self) -> Option<MonoTime> {
        self.until
    }

    pub(crate) const fn same_limb(&self) -> bool {
        self.same_limb
    }

    /// Takes where cuff and probe are. A hold that no longer has a reason ends at once.
    pub(crate) fn set_same_limb(&mut self, now: MonoTime, same_limb: bool) {
        self.same_limb = same_limb;
        if !same_limb {
            self.until = self.until.map(|end| end.min(now));
        }
    }

    /// Notes that the limits were shown a valid saturation.
    pub(crate) fn judged(&mut self, now: MonoTime) {
        if self.until.is_some_and(|end| now >= end) {
            self.judged.get_or_insert(now);
        }
    }

    /// Holds do not follow each other closely, or a cuff that measures again and again would hide
    /// the saturation for as long as it does: in between there is as much time as a limit that is
    /// violated after a hold needs.
    fn may_begin(&self, now: MonoTime) -> bool {
        self.until.is_none() || self.judged.is_some_and(|first| now >= first + self.between)
    }

    /// Takes news of the cuff. `suspect` tells that the saturation or the airway already alarms or
    /// is about to: then nothing is held back.
    pub(crate) fn cuff(&mut self, now: MonoTime, cuff: &Cuff, suspect: bool) {
        let running = self.cycle.filter(|cycle| now <= cycle.started + CYCLE_MAX);
        match (cuff, running) {
            (Cuff::Measuring, None) => {
                let held = self.same_limb && !suspect && self.may_begin(now);
                if held {
                    self.until = Some(now + self.longest);
                    self.judged = None;
                }
                self.cycle = Some(Cycle { started: now, held });
            }
            (Cuff::Completed(_) | Cuff::Failed(_) | Cuff::Cancelled, Some(cycle)) => {
                if cycle.held {
                    let released = now + self.release;
                    self.until = self.until.map(|end| end.min(released));
                }
                self.cycle = None;
            }
            // Monitors repeat that they are measuring; a cycle is held once.
            (Cuff::Measuring, Some(_)) => {}
            (Cuff::Completed(_) | Cuff::Failed(_) | Cuff::Cancelled, None) => self.cycle = None,
        }
    }
}
