//! From single samples of a curve to runs of them.

use std::time::Duration;

use chairside_model::{Metric, Reading, SampleArray};

use crate::{DriverOutput, Finding};

/// What a curve is, and how its runs are made.
#[derive(Debug)]
pub(crate) struct CurveKind {
    /// What the curve is.
    pub(crate) metric: Metric,
    /// From one sample to the next.
    pub(crate) sample_period: Duration,
    /// What one count is worth, in the metric's unit.
    pub(crate) scale: f64,
    /// Samples of the shortest run worth giving; fewer than that are dropped.
    pub(crate) shortest: usize,
}

/// Gathers samples into runs of at most `LENGTH`. A run is given when it is full or ended, with
/// the place where its last sample was complete, so that it does not matter how the bytes were
/// cut. Its owner ends it before it gives anything that comes later in the stream.
#[derive(Debug)]
pub(crate) struct Run<const LENGTH: usize> {
    kind: &'static CurveKind,
    samples: [i32; LENGTH],
    filled: usize,
    /// Where the last sample was complete.
    offset: u64,
}

impl<const LENGTH: usize> Run<LENGTH> {
    /// Starts without samples.
    pub(crate) const fn new(kind: &'static CurveKind) -> Self {
        Self {
            kind,
            samples: [0; LENGTH],
            filled: 0,
            offset: 0,
        }
    }

    /// Takes the sample that follows the last one.
    #[inline]
    pub(crate) fn take(&mut self, sample: i32, offset: u64, out: &mut DriverOutput) {
        self.samples[self.filled] = sample;
        self.filled += 1;
        self.offset = offset;
        if self.filled == LENGTH {
            self.end(out);
        }
    }

    /// Ends the run: what comes next does not follow the last sample.
    #[inline]
    pub(crate) fn end(&mut self, out: &mut DriverOutput) {
        let samples = &self.samples[..std::mem::take(&mut self.filled)];
        if !samples.is_empty() && samples.len() >= self.kind.shortest {
            let run = SampleArray {
                metric: self.kind.metric,
                sample_period: self.kind.sample_period,
                scale: self.kind.scale,
                samples: samples.into(),
            };
            out.push(self.offset, Finding::Reading(Reading::Waveform(run)));
        }
    }
}
