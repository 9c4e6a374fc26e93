//! From single samples to runs of the capnogram.

use std::time::Duration;

use chairside_model::Metric;

use super::message::{Co2Sample, FastStatus};
use crate::DriverOutput;
use crate::run::{CurveKind, Run};

/// Samples of a full run. The first waits for the last: 150 ms, which an eye does not see.
const RUN_LENGTH: usize = 4;

static CAPNOGRAM: CurveKind = CurveKind {
    metric: Metric::Co2,
    sample_period: Duration::from_millis(50),
    scale: 1.0 / Co2Sample::COUNTS_PER_MMHG as f64,
    shortest: 1,
};

/// The greatest pressure the monitor measures, mmHg (Capnostream 20 operator's manual,
/// specifications: 0 to 150 mmHg). What lies beyond is not a value.
const PRESSURE_MAX: u16 = 150 * Co2Sample::COUNTS_PER_MMHG;

/// Everything but the end of a breath: whatever it is, the sample is not the patient's.
const NOT_MEASURING: FastStatus = FastStatus::END_OF_BREATH.complement();

/// Gathers samples into runs without a gap.
#[derive(Debug)]
pub(super) struct Capnogram {
    run: Run<RUN_LENGTH>,
    /// The number that the sample behind the last one has.
    next_number: u8,
}

impl Default for Capnogram {
    fn default() -> Self {
        Self {
            run: Run::new(&CAPNOGRAM),
            next_number: 0,
        }
    }
}

impl Capnogram {
    /// Ends the run unless this sample goes on from its last: a number is missing or repeated,
    /// or the sample is not a value.
    #[inline]
    pub(super) fn end_before(&mut self, sample: Co2Sample, out: &mut DriverOutput) {
        if sample.number != self.next_number || !is_value(sample) {
            self.end(out);
        }
    }

    /// Takes the next sample.
    #[inline]
    pub(super) fn take(&mut self, sample: Co2Sample, offset: u64, out: &mut DriverOutput) {
        if is_value(sample) {
            self.next_number = sample.number.wrapping_add(1);
            self.run.take(sample.pressure.into(), offset, out);
        }
    }

    /// Ends the run: something else stands between its last sample and the next, or the
    /// connection ended.
    #[inline]
    pub(super) fn end(&mut self, out: &mut DriverOutput) {
        self.run.end(out);
    }
}

fn is_value(sample: Co2Sample) -> bool {
    !sample.status.intersects(NOT_MEASURING) && sample.pressure <= PRESSURE_MAX
}

#[cfg(test)]
mod tests {
    use chairside_model::Reading;

    use super::*;
    use crate::Finding;

    /// Returns the runs that these samples give, each as its last offset and its samples.
    fn runs_of(samples: &[Co2Sample]) -> Vec<(u64, Vec<i32>)> {
        let mut capnogram = Capnogram::default();
        let mut out = DriverOutput::default();
        for (offset, sample) in (1..).zip(samples) {
            capnogram.end_before(*sample, &mut out);
            capnogram.take(*sample, offset, &mut out);
        }
        capnogram.end(&mut out);
        out.events
            .into_iter()
            .map(|event| match event.finding {
                Finding::Reading(Reading::Waveform(run)) => (event.offset, run.samples.to_vec()),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// Feeds "number" for a sample, "number!" for one that is not a value; the result has the
    /// runs, each as "offset: numbers of its samples".
    fn check(samples: &str, expected: &str) {
        let samples: Vec<_> = samples
            .split_whitespace()
            .map(|word| {
                let number: u8 = word.trim_end_matches('!').parse().unwrap();
                let status = if word.ends_with('!') {
                    FastStatus::INVALID
                } else {
                    FastStatus::END_OF_BREATH
                };
                Co2Sample {
                    number,
                    pressure: number.into(),
                    status,
                }
            })
            .collect();
        let shown: Vec<_> = runs_of(&samples)
            .iter()
            .map(|(offset, run)| format!("{offset}: {run:?}"))
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn a_run_has_four_samples() {
        check(
            "1 2 3 4 5 6 7 8 9",
            "4: [1, 2, 3, 4] 8: [5, 6, 7, 8] 9: [9]",
        );
    }

    #[test]
    fn the_numbers_go_round() {
        check("254 255 0 1", "4: [254, 255, 0, 1]");
    }

    #[test]
    fn a_missing_or_repeated_number_ends_a_run() {
        check("1 2 4 5 6 7", "2: [1, 2] 6: [4, 5, 6, 7]");
        check("1 2 2 3", "2: [1, 2] 4: [2, 3]");
    }

    #[test]
    fn a_sample_that_is_not_a_value_is_a_gap() {
        check("1 2 3! 4 5 6 7", "2: [1, 2] 7: [4, 5, 6, 7]");
        check("1 2 3 4 5! 6!", "4: [1, 2, 3, 4]");
    }

    #[test]
    fn every_status_but_the_breaths_end_makes_a_gap() {
        for bit in 0..8 {
            let status = FastStatus::from_bits(1 << bit);
            let kept = runs_of(&[Co2Sample {
                number: 1,
                pressure: 0,
                status,
            }]);
            let expected = usize::from(status == FastStatus::END_OF_BREATH);
            assert_eq!(kept.len(), expected, "{status:?}");
        }
    }

    #[test]
    fn a_pressure_beyond_the_range_is_a_gap() {
        for (pressure, expected) in [(150 * 256, 1), (150 * 256 + 1, 0), (0xFFFF, 0)] {
            let kept = runs_of(&[Co2Sample {
                number: 1,
                pressure,
                status: FastStatus::NONE,
            }]);
            assert_eq!(kept.len(), expected, "{pressure}");
        }
    }
}
