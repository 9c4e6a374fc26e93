//! The pressures of one cuff determination: which of them can be believed.

use chairside_model::{CuffReading, MonoTime, Value};

/// Returns a reading of these pressures, systolic, diastolic and mean, that can be believed; nothing
/// when there are none, or when systolic and diastolic contradict each other, for then it is not
/// known which of the numbers is wrong. A mean that does not lie between them is left out.
pub(crate) fn cuff_reading(
    [systolic, diastolic, mean]: [Option<Value>; 3],
    taken: MonoTime,
) -> Option<CuffReading> {
    let mean = mean.filter(|mean| {
        systolic.is_none_or(|systolic| *mean <= systolic)
            && diastolic.is_none_or(|diastolic| *mean >= diastolic)
    });
    let contradictory = matches!((systolic, diastolic), (Some(high), Some(low)) if high <= low);
    let empty = systolic.or(diastolic).or(mean).is_none();
    (!contradictory && !empty).then_some(CuffReading {
        systolic,
        diastolic,
        mean,
        taken,
    })
}
