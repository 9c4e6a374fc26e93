//! What pressures and data say about determinations, each said once.
//!
//! The data have neither an age nor a number. What tells a new determination is the cuff: it was
//! inflated and is empty again, and the data are others than before. If they are the same numbers,
//! something else must say that they are new: the module's "complete", or that the data were
//! others in between. Where nothing does, the determination left nothing: somebody stopped it.

use std::time::Duration;

use chairside_model::{Cuff, CuffFailure, Measured, Metric, MonoTime, Reading, Value};

use super::message::BpData;
use crate::pressures::cuff_reading;

/// A cuff with this pressure is being used, mmHg; one that is put on or leaned on has less. Our own
/// choice, far below what any determination needs.
const INFLATED_FROM: u16 = 50;

/// A cuff with less than this pressure is empty, mmHg.
const EMPTY_BELOW: u16 = 15;

/// How long a determination may take (vendor: no result in 180 s is none).
const DETERMINATION_MAX: Duration = Duration::from_mins(3);

/// How long after the cuff is empty the module may work out what it measured. Our own choice.
const SETTLED_AFTER: Duration = Duration::from_secs(5);

/// What is told: of the cuff, and then the rate that was counted.
pub(super) type Told = [Option<Reading>; 2];

const NOTHING: Told = [None, None];

/// Watches the cuff from one reply to the next.
#[derive(Debug, Default)]
pub(super) struct CuffWatch {
    phase: Phase,
    /// The data of the last reply. They count when they come a second time running.
    candidate: Option<BpData>,
    /// The data that counted last, and when they came last.
    known: Option<(BpData, MonoTime)>,
    determination: Determination,
}

#[derive(Clone, Copy, Debug, Default)]
enum Phase {
    /// The cuff is empty, and nothing is awaited.
    #[default]
    Idle,
    Inflated {
        since: MonoTime,
    },
    /// The cuff is empty again, and the data are awaited.
    Settling {
        emptied: MonoTime,
    },
}

/// The determination that is under way.
#[derive(Clone, Copy, Debug, Default)]
struct Determination {
    /// The numbers from before.
    before: Option<Numbers>,
    /// The data became others, even if they are the same again.
    changed: bool,
    /// The module said that it is complete.
    complete: bool,
    /// It was told that it took too long.
    timed_out: bool,
}

/// What a determination gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Numbers {
    systolic: u16,
    diastolic: u16,
    mean: u16,
    heart_rate: u8,
    beats: u8,
    error: u8,
}

impl CuffWatch {
    /// Tells whether the data are waited for: they are not known yet, or a determination ended.
    pub(super) const fn awaits_data(&self) -> bool {
        self.known.is_none() || matches!(self.phase, Phase::Settling { .. })
    }

    /// Takes the cuff's pressure and returns what is new.
    pub(super) fn take_pressure(&mut self, now: MonoTime, pressure: u16) -> Option<Reading> {
        match self.phase {
            Phase::Idle if pressure >= INFLATED_FROM => {
                self.phase = Phase::Inflated { since: now };
                self.determination = Determination {
                    before: self.known.map(|(data, _)| Numbers::of(&data)),
                    ..Determination::default()
                };
                Some(Reading::Cuff(Cuff::Measuring))
            }
            // Once more before there was a result: the same determination.
            Phase::Settling { .. } if pressure >= INFLATED_FROM => {
                self.phase = Phase::Inflated { since: now };
                None
            }
            Phase::Inflated { .. } if pressure < EMPTY_BELOW => {
                self.phase = Phase::Settling { emptied: now };
                // From now on it takes two replies.
                self.candidate = None;
                None
            }
            Phase::Inflated { since } => {
                let late = now.saturating_since(since) >= DETERMINATION_MAX;
                let told = std::mem::replace(&mut self.determination.timed_out, late);
                (late && !told).then_some(Reading::Cuff(Cuff::Failed(CuffFailure::Timeout)))
            }
            Phase::Idle | Phase::Settling { .. } => None,
        }
    }

    /// Takes the module's "complete": what the data say from now on is new.
    pub(super) fn take_complete(&mut self) {
        match self.phase {
            Phase::Inflated { .. } | Phase::Settling { .. } => {
                self.determination.complete = true;
                self.candidate = None;
            }
            Phase::Idle => {}
        }
    }

    /// Takes the data and returns what is new in them.
    pub(super) fn take_data(&mut self, now: MonoTime, data: &BpData) -> Told {
        if self.candidate.replace(*data) != Some(*data) {
            return NOTHING;
        }
        let previous = self.known.replace((*data, now));
        let numbers = Numbers::of(data);
        match self.phase {
            Phase::Idle => match previous {
                // A determination that nobody saw, later than the data were seen last.
                Some((before, at)) if Numbers::of(&before) != numbers && !numbers.is_nothing() => {
                    told(numbers, at)
                }
                // Of those that are there at first nobody knows how old they are.
                Some(_) | None => NOTHING,
            },
            Phase::Inflated { .. } => {
                self.note(previous, data);
                NOTHING
            }
            Phase::Settling { emptied } => {
                self.note(previous, data);
                let settled = now.saturating_since(emptied) >= SETTLED_AFTER;
                let told = self.determination.outcome(numbers, emptied, settled);
                if told.is_some() {
                    self.phase = Phase::Idle;
                }
                told.unwrap_or(NOTHING)
            }
        }
    }

    /// Notes during a determination whether the data became others.
    fn note(&mut self, previous: Option<(BpData, MonoTime)>, data: &BpData) {
        match previous {
            Some((previous, _)) => self.determination.changed |= previous != *data,
            None => self.determination.before = Some(Numbers::of(data)),
        }
    }
}

impl Determination {
    /// Returns what came of it, once that is certain; after it is settled it always is.
    fn outcome(&self, numbers: Numbers, emptied: MonoTime, settled: bool) -> Option<Told> {
        let new = self.before != Some(numbers) || self.complete;
        if new && !numbers.is_nothing() {
            Some(told(numbers, emptied))
        } else if !settled {
            None
        } else if numbers.error != 0 || self.changed {
            Some(told(numbers, emptied))
        } else if self.timed_out {
            Some(NOTHING)
        } else {
            Some([Some(Reading::Cuff(Cuff::Cancelled)), None])
        }
    }
}

impl Numbers {
    const fn of(data: &BpData) -> Self {
        Self {
            systolic: data.systolic,
            diastolic: data.diastolic,
            mean: data.mean,
            heart_rate: data.heart_rate,
            beats: data.beats,
            error: data.error,
        }
    }

    /// Tells whether the module has nothing to say: neither a pressure nor an error.
    const fn is_nothing(self) -> bool {
        self.systolic == 0 && self.diastolic == 0 && self.mean == 0 && self.error == 0
    }
}

/// Returns what these numbers, taken then, say. A 0 is none.
fn told(numbers: Numbers, taken: MonoTime) -> Told {
    if numbers.error != 0 {
        return [
            Some(Reading::Cuff(Cuff::Failed(CuffFailure::Unknown))),
            None,
        ];
    }
    let pressures = [
        (Metric::NibpSystolic, numbers.systolic),
        (Metric::NibpDiastolic, numbers.diastolic),
        (Metric::NibpMean, numbers.mean),
    ]
    .map(|(metric, number)| believable(metric, number));
    let Some(reading) = cuff_reading(pressures, taken) else {
        let failed = Cuff::Failed(CuffFailure::NoDetermination);
        return [Some(Reading::Cuff(failed)), None];
    };
    let rate = (numbers.heart_rate != 0).then(|| {
        let measured = Measured::plausible(Metric::NibpPulseRate, numbers.heart_rate.into());
        Reading::numeric(Metric::NibpPulseRate, measured, taken)
    });
    [Some(Reading::Cuff(Cuff::Completed(reading))), rate]
}

fn believable(metric: Metric, pressure: u16) -> Option<Value> {
    let measured = (pressure != 0).then(|| Measured::plausible(metric, pressure.into()));
    measured?.valid()
}

#[cfg(test)]
mod tests;
