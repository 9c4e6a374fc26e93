//! From single samples to runs of the capnogram.

use std::time::Duration;

use chairside_model::{Metric, SampleArray};

use super::message::{Co2Sample, FastStatus};

/// From one sample to the next.
const SAMPLE_PERIOD: Duration = Duration::from_millis(50);

/// Samples of a full run. The first waits for the last: 150 ms, which an eye does not see.
const RUN_LENGTH: usize = 4;

/// The greatest pressure the monitor measures, mmHg (Capnostream 20 operator's manual,
/// specifications: 0 to 150 mmHg). What lies beyond is not a value.
const PRESSURE_MAX: u16 = 150 * Co2Sample::COUNTS_PER_MMHG;

/// Everything but the end of a breath: whatever it is, the sample is not the patient's.
const NOT_MEASURING: FastStatus = FastStatus(!FastStatus::END_OF_BREATH.0);

/// Collects samples into runs without a gap.
#[derive(Debug, Default)]
pub(super) struct Capnogram {
    samples: [i32; RUN_LENGTH],
    filled: usize,
    /// The number that the sample behind the last one has.
    next_number: u8,
}

impl Capnogram {
    /// Takes the next sample. Returns the run that it completes, or that it shows to have ended:
    /// by a missing number, or because the sample itself is not a value.
    pub(super) fn take(&mut self, sample: Co2Sample) -> Option<SampleArray> {
        if sample.status.has(NOT_MEASURING) || sample.pressure > PRESSURE_MAX {
            return self.end();
        }
        let ended = if sample.number == self.next_number {
            None
        } else {
            self.end()
        };
        self.samples[self.filled] = sample.pressure.into();
        self.filled += 1;
        self.next_number = sample.number.wrapping_add(1);
        if self.filled == RUN_LENGTH {
            self.end()
        } else {
            ended
        }
    }

    /// Ends the run, for the connection did. Returns it if there was one.
    pub(super) fn end(&mut self) -> Option<SampleArray> {
        let samples = &self.samples[..std::mem::take(&mut self.filled)];
        (!samples.is_empty()).then(|| SampleArray {
            metric: Metric::Co2,
            sample_period: SAMPLE_PERIOD,
            scale: f64::from(Co2Sample::COUNTS_PER_MMHG).recip(),
            samples: samples.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds "number" for a sample, "number!" for one that is not a value; the result has the
    /// runs, each as the numbers of its samples.
    fn check(samples: &str, expected: &str) {
        let mut capnogram = Capnogram::default();
        let mut runs = Vec::new();
        for word in samples.split_whitespace() {
            let number: u8 = word.trim_end_matches('!').parse().unwrap();
            let status = if word.ends_with('!') {
                FastStatus::INVALID
            } else {
                FastStatus::END_OF_BREATH
            };
            runs.extend(capnogram.take(Co2Sample {
                number,
                pressure: number.into(),
                status,
            }));
        }
        runs.extend(capnogram.end());
        let shown: Vec<_> = runs
            .iter()
            .map(|run| {
                run.samples
                    .iter()
                    .map(i32::to_string)
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        assert_eq!(shown.join(" | "), expected);
    }

    #[test]
    fn a_run_has_four_samples() {
        check("1 2 3 4 5 6 7 8 9", "1 2 3 4 | 5 6 7 8 | 9");
    }

    #[test]
    fn the_numbers_go_round() {
        check("254 255 0 1", "254 255 0 1");
    }

    #[test]
    fn a_missing_or_repeated_number_ends_a_run() {
        check("1 2 4 5 6 7", "1 2 | 4 5 6 7");
        check("1 2 2 3", "1 2 | 2 3");
    }

    #[test]
    fn a_sample_that_is_not_a_value_is_a_gap() {
        check("1 2 3! 4 5 6 7", "1 2 | 4 5 6 7");
        check("1 2 3 4 5! 6!", "1 2 3 4");
    }

    #[test]
    fn every_status_but_the_breaths_end_makes_a_gap() {
        for bit in 0..8 {
            let status = FastStatus(1 << bit);
            let mut capnogram = Capnogram::default();
            let sample = Co2Sample {
                number: 1,
                pressure: 0,
                status,
            };
            assert_eq!(capnogram.take(sample), None);
            let kept = capnogram.end().is_some();
            assert_eq!(kept, status == FastStatus::END_OF_BREATH, "{status:?}");
        }
    }

    #[test]
    fn a_pressure_beyond_the_range_is_a_gap() {
        for (pressure, kept) in [(150 * 256, true), (150 * 256 + 1, false), (0xFFFF, false)] {
            let mut capnogram = Capnogram::default();
            let status = FastStatus::NONE;
            capnogram.take(Co2Sample {
                number: 1,
                pressure,
                status,
            });
            assert_eq!(capnogram.end().is_some(), kept, "{pressure}");
        }
    }

    #[test]
    fn a_count_is_a_256th_of_a_millimetre() {
        let mut capnogram = Capnogram::default();
        capnogram.take(Co2Sample {
            number: 7,
            pressure: 0x2680,
            status: FastStatus::NONE,
        });
        let run = capnogram.end().unwrap();
        assert!((f64::from(run.samples[0]) * run.scale - 38.5).abs() < 1e-9);
        assert_eq!(run.sample_period, Duration::from_millis(50));
    }
}
