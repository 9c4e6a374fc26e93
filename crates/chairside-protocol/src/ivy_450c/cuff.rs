//! The cuff's last reading, which the monitor repeats for ever and without a time.

use chairside_model::{Cuff, CuffFailure, Measured, Metric, MonoTime};

use crate::pressures::cuff_reading;

type Pressures = [Option<u16>; 3];

/// Tells a reading when its numbers change. Remembers over a closed line.
#[derive(Debug, Default)]
pub(super) struct CuffWatch {
    /// The numbers seen last, and when the last message with them came.
    last: Option<(Pressures, MonoTime)>,
    /// When the last message without numbers came, before there were any.
    none_at: Option<MonoTime>,
}

impl CuffWatch {
    /// Takes the next message's pressures. `began` is when the line was opened, if it was.
    ///
    /// A reading at the first look has no known age and is not told, except from a recorded
    /// file, in which the clock stands still. Another one ended after the last message that had
    /// the one before, or none, so that it is never shown younger than it is.
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        began: Option<MonoTime>,
        pressures: Pressures,
    ) -> Option<Cuff> {
        if pressures.iter().all(Option::is_none) {
            self.none_at = Some(now);
            return None;
        }
        let before = self.last.replace((pressures, now));
        let taken = match before {
            Some((numbers, _)) if numbers == pressures => return None,
            Some((_, at)) => at,
            None => {
                let recorded = began.is_none_or(|began| began == now);
                self.none_at.or(recorded.then_some(now))?
            }
        };
        let believable = |(metric, pressure): (Metric, Option<u16>)| {
            Measured::plausible(metric, pressure?.into()).valid()
        };
        let [systolic, diastolic, mean] = pressures;
        let values = [
            (Metric::NibpSystolic, systolic),
            (Metric::NibpDiastolic, diastolic),
            (Metric::NibpMean, mean),
        ];
        let reading = cuff_reading(values.map(believable), taken);
        Some(reading.map_or(Cuff::Failed(CuffFailure::NoDetermination), Cuff::Completed))
    }
}
