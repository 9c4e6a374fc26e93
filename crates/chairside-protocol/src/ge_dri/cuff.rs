//! What the records say about the cuff, each determination said once.
//!
//! A record repeats the pressures of the last determination until the next one. The label says
//! whether a determination is under way and whether the last one ended more than 60 s ago, and no
//! more. A determination is new when the label went through its cycle, when the pressures are
//! others, or when it is called fresh for longer than it can be. It is given the greatest age
//! that the records allow, so that it is never shown younger than it is.

use std::time::Duration;

use chairside_model::{Cuff, CuffFailure, Measured, Metric, MonoTime};

use super::message::{Field, NibpGroup, NibpLabel};
use crate::pressures;

/// How long after its end a determination is called fresh.
const FRESH: Duration = Duration::from_mins(1);

/// How much longer it may seem so: two clocks, and a record that is read late.
const TOLERANCE: Duration = Duration::from_secs(3);

/// Hundredths of the monitor's in one mmHg.
const PER_MMHG: f64 = 100.0;

/// Watches the cuff from one record to the next. Remembers over a closed line.
#[derive(Debug, Default)]
pub(super) struct CuffWatch {
    /// When the last record came, and whether a determination was under way.
    last: Option<(MonoTime, bool)>,
    /// The determination whose pressures were seen last while none was under way.
    settled: Option<Settled>,
}

#[derive(Clone, Copy, Debug)]
struct Settled {
    pressures: [Field; 3],
    old: bool,
    first_seen: MonoTime,
}

impl CuffWatch {
    /// Takes the next record and returns what is new in it.
    pub(super) fn take(&mut self, now: MonoTime, group: &NibpGroup) -> Option<Cuff> {
        let measuring = group.label.contains(NibpLabel::MEASURING);
        let before = self.last.replace((now, measuring));
        let measured = before.is_some_and(|(_, measuring)| measuring);
        if measuring {
            return (!measured).then_some(Cuff::Measuring);
        }
        if group.pressures.iter().all(|field| field.number().is_none()) {
            // The monitor does not say why.
            return measured.then_some(Cuff::Failed(CuffFailure::Unknown));
        }
        let old = group.label.contains(NibpLabel::OLD);
        let new = self.is_new(now, measured, old, group.pressures);
        let first_seen = match self.settled {
            Some(settled) if !new => settled.first_seen,
            Some(_) | None => now,
        };
        self.settled = Some(Settled {
            pressures: group.pressures,
            old,
            first_seen,
        });
        if !new {
            // It ended with neither a result nor a failure.
            return measured.then_some(Cuff::Cancelled);
        }
        let taken = earliest_end(now, before.map(|(at, _)| at), old);
        let believable = |(metric, field): (Metric, Field)| {
            let number = f64::from(field.number()?) / PER_MMHG;
            Measured::plausible(metric, number).valid()
        };
        let [systolic, diastolic, mean] = group.pressures;
        let values = [
            (Metric::NibpSystolic, systolic),
            (Metric::NibpDiastolic, diastolic),
            (Metric::NibpMean, mean),
        ];
        let reading = pressures::cuff_reading(values.map(believable), taken);
        Some(reading.map_or(Cuff::Failed(CuffFailure::NoDetermination), Cuff::Completed))
    }

    fn is_new(&self, now: MonoTime, measured: bool, old: bool, pressures: [Field; 3]) -> bool {
        match self.settled {
            // The age of one that is old at the first look is not known: it is not published.
            None => !old,
            Some(settled) if settled.pressures != pressures => true,
            Some(settled) => {
                let fresh_for = now.saturating_since(settled.first_seen);
                !old && (measured || settled.old || fresh_for > FRESH + TOLERANCE)
            }
        }
    }
}

/// Returns the earliest moment that the determination can have ended: after the last record, in
/// which it was not there yet, and when it is fresh, in the last 60 s.
fn earliest_end(now: MonoTime, last: Option<MonoTime>, old: bool) -> MonoTime {
    let fresh_since = now.saturating_sub(FRESH);
    match last {
        Some(last) if old => last,
        Some(last) => last.max(fresh_since),
        None => fresh_since,
    }
}

#[cfg(test)]
mod tests;
