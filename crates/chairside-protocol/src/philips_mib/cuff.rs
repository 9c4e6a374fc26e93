//! What the monitor's cuff does, each determination told once.

use std::time::Duration;

use chairside_model::{Cuff, CuffFailure, Measured, Metric, MonoTime, Numeric};

use super::codes::kind;
use super::message::{DateTime, MeasurementState, ObservedNumber};
use super::numerics::measured;
use crate::pressures::cuff_reading;

/// A determination is under way: it was begun, or has the first of its pressures.
const UNDER_WAY: MeasurementState = MeasurementState::ONGOING.union(MeasurementState::EARLY);

/// Looks at the cuff after the end of an inflation until it is said that it gave nothing: the
/// pressures may be a poll later than the end.
const LOOKS_AFTER_END: u8 = 3;

/// Watches the cuff from one poll to the next.
///
/// The monitor sends its last determination again and again, with the time of its end on the
/// monitor's clock. Another time is another determination, also when the pressures are the same.
#[derive(Debug, Default)]
pub(super) struct CuffWatch {
    phase: Phase,
    /// The end of the last determination that was told, or is too old to tell.
    settled: Option<DateTime>,
    looked: Option<Look>,
    /// The last determination, whose pulse rate is still to be told.
    pulse_due: Option<Determination>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Idle,
    Measuring,
    /// The inflation ended, and its pressures may come with one of so many looks.
    Ended(u8),
}

/// The last look at the cuff in this association.
#[derive(Clone, Copy, Debug)]
struct Look {
    at: MonoTime,
    ended: Option<DateTime>,
}

#[derive(Clone, Copy, Debug)]
struct Determination {
    ended: Option<DateTime>,
    taken: MonoTime,
}

impl CuffWatch {
    /// Another association begins, maybe with another monitor: what changes between is not known
    /// to have changed just now.
    pub(super) const fn begin(&mut self) {
        self.phase = Phase::Idle;
        self.looked = None;
        self.pulse_due = None;
    }

    /// Takes the pressures as they are sent, when their determination ended, and how long ago
    /// that is, if it is known. Returns what is new.
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        ended: Option<DateTime>,
        age: Option<Duration>,
        numbers: impl Iterator<Item = ObservedNumber>,
    ) -> Option<Cuff> {
        let (mut pressures, mut state) = ([None; 3], MeasurementState::NONE);
        for number in numbers {
            let (place, metric) = match number.kind {
                kind::CUFF_SYSTOLIC => (0, Metric::NibpSystolic),
                kind::CUFF_DIASTOLIC => (1, Metric::NibpDiastolic),
                kind::CUFF_MEAN => (2, Metric::NibpMean),
                _ => continue,
            };
            state = state | number.state;
            pressures[place] = measured(metric, &number).valid();
        }
        let last = self.looked.replace(Look { at: now, ended });
        if state.intersects(UNDER_WAY) {
            let begins = std::mem::replace(&mut self.phase, Phase::Measuring) != Phase::Measuring;
            return begins.then_some(Cuff::Measuring);
        }
        let inflated = self.phase != Phase::Idle;
        let is_new = match ended {
            Some(_) => ended != self.settled,
            // Without a time, only what was seen to be measured is known to be new.
            None => inflated,
        };
        if !is_new || pressures == [None; 3] {
            return self.nothing_new();
        }
        self.phase = Phase::Idle;
        self.settled = ended;
        let age = match last {
            // It ended after the last look, whatever the clocks say.
            Some(last) if last.ended != ended || inflated => {
                Some(age.unwrap_or_default().min(now.saturating_since(last.at)))
            }
            _ => age.filter(|age| *age <= now.since_start()),
        };
        let taken = now.saturating_sub(age?);
        let Some(reading) = cuff_reading(pressures, taken) else {
            return Some(Cuff::Failed(CuffFailure::NoDetermination));
        };
        self.pulse_due = Some(Determination { ended, taken });
        Some(Cuff::Completed(reading))
    }

    /// Takes the cuff's pulse rate and the end of its determination, if that is said. Returns it
    /// once for each determination that was told.
    pub(super) fn pulse(
        &mut self,
        ended: Option<DateTime>,
        number: &ObservedNumber,
    ) -> Option<Numeric> {
        let due = self.pulse_due?;
        let measured = measured(Metric::NibpPulseRate, number);
        let of_another = ended.is_some() && ended != due.ended;
        if of_another || matches!(measured, Measured::Unavailable(_)) {
            return None;
        }
        self.pulse_due = None;
        Some(Numeric {
            metric: Metric::NibpPulseRate,
            measured,
            taken: due.taken,
        })
    }

    fn nothing_new(&mut self) -> Option<Cuff> {
        let looks = match self.phase {
            Phase::Idle => return None,
            Phase::Measuring => LOOKS_AFTER_END,
            Phase::Ended(looks) => looks - 1,
        };
        self.phase = Phase::Ended(looks);
        if looks > 0 {
            return None;
        }
        self.phase = Phase::Idle;
        Some(Cuff::Failed(CuffFailure::Unknown))
    }
}

#[cfg(test)]
mod tests;
