//! Whether what a driver found can be true.

use chairside_model::{Cuff, Measured, Metric, MonoTime, Reading, Value};
use chairside_protocol::{DriverEvent, DriverInfo, Finding};

/// Longer than this no text of a device is, characters.
const TEXT_MAX: usize = 1024;

/// Checks findings one after the other, in the order of the stream.
#[derive(Debug)]
pub struct Soundness {
    gives: &'static [Metric],
    /// Bytes that were in a frame or reported as discarded so far.
    accounted: u64,
    /// The last bytes accounted for were a frame, and what comes now may be what it says.
    in_frame: bool,
}

impl Soundness {
    /// Begins with a driver that was just made.
    #[must_use]
    pub fn of(info: &DriverInfo) -> Self {
        Self {
            gives: info.gives,
            accounted: 0,
            in_frame: false,
        }
    }

    /// Takes what a driver found by `now`.
    ///
    /// # Panics
    ///
    /// When it cannot be true.
    pub fn take(&mut self, event: &DriverEvent, now: MonoTime) {
        let offset = event.offset;
        match &event.finding {
            Finding::Frame => {
                assert!(offset > self.accounted, "an empty frame: {event:?}");
                self.accounted = offset;
                self.in_frame = true;
            }
            Finding::Discarded { bytes, .. } => {
                assert!(*bytes > 0, "nothing was discarded: {event:?}");
                self.accounted += *bytes as u64;
                self.in_frame = false;
            }
            Finding::Reading(reading) => {
                assert!(self.in_frame, "no frame says {event:?}");
                self.reading(reading, now);
            }
            Finding::DeviceAlarm { text, .. } => {
                assert!(self.in_frame, "no frame says {event:?}");
                assert_text(text);
            }
            Finding::Identity(text) => {
                assert!(self.in_frame, "no frame says {event:?}");
                assert_text(text);
            }
        }
        assert_eq!(
            self.accounted, offset,
            "bytes in frames and discarded bytes, and where this stands: {event:?}"
        );
    }

    /// Checks that all bytes so far were accounted for, as they must be when a line was opened or
    /// closed.
    ///
    /// # Panics
    ///
    /// When some were not.
    pub fn assert_all_accounted(&self, received: usize) {
        assert_eq!(
            self.accounted, received as u64,
            "every byte is in a frame or reported"
        );
    }

    fn reading(&self, reading: &Reading, now: MonoTime) {
        match reading {
            Reading::Numeric(numeric) => {
                assert!(numeric.taken <= now, "{numeric:?} at {now:?}");
                self.assert_given(numeric.metric);
                match numeric.measured {
                    Measured::Valid(value) | Measured::Questionable(value) => {
                        assert_plausible(numeric.metric, value);
                    }
                    Measured::Unavailable(_) => {}
                }
            }
            Reading::Cuff(Cuff::Completed(cuff)) => {
                assert!(cuff.taken <= now, "{cuff:?} at {now:?}");
                assert!(cuff.numerics().count() > 0, "{cuff:?} has no pressure");
                for (metric, value) in cuff.numerics() {
                    self.assert_given(metric);
                    assert_plausible(metric, value);
                }
            }
            Reading::Cuff(Cuff::Measuring | Cuff::Failed(_) | Cuff::Cancelled) => {
                self.assert_given(Metric::NibpSystolic);
            }
            Reading::Waveform(run) => {
                self.assert_given(run.metric);
                assert_eq!(run.metric.plausible(), None, "{run:?} is no curve");
                assert!(!run.samples.is_empty(), "{run:?} is empty");
                assert!(!run.sample_period.is_zero(), "{run:?} takes no time");
                assert!(run.scale.is_finite() && run.scale != 0.0, "{run:?}");
            }
        }
    }

    fn assert_given(&self, metric: Metric) {
        assert!(
            self.gives.contains(&metric),
            "the catalogue does not say that this driver gives {metric}"
        );
    }
}

fn assert_plausible(metric: Metric, value: Value) {
    let range = metric.plausible();
    let fits = range.is_some_and(|range| range.contains(&value.number()));
    assert!(fits, "no {metric} is {value}");
}

fn assert_text(text: &str) {
    assert!(!text.is_empty(), "an empty text");
    assert!(text.len() <= TEXT_MAX, "{} characters", text.len());
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
