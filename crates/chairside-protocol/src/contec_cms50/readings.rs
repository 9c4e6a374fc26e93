//! From samples to findings.

use std::time::Duration;

use chairside_model::{Measured, Metric, MonoTime, Reading, Unavailable};

use super::message::{Generation, Sample};
use crate::run::{CurveKind, Run};
use crate::{DeviceAlarmPriority, DriverOutput, Finding};

/// Samples of one run: a tenth of a second.
const RUN_LENGTH: usize = 6;

/// The numbers stand in every sample; unless they change they are given once in so many: a second.
const NUMBERS_EVERY: u8 = 60;

static PLETHYSMOGRAM: CurveKind = CurveKind {
    metric: Metric::Pleth,
    sample_period: Duration::from_nanos(1_000_000_000 / 60),
    scale: 1.0,
    shortest: 2,
};

/// Turns samples into findings and remembers what was told.
#[derive(Debug)]
pub(super) struct Readings {
    curve: Run<RUN_LENGTH>,
    /// What the last sample said besides its curve. Most say the same as the one before.
    said: Option<Said>,
    told: Option<Told>,
    /// Samples until the numbers are given again.
    due_in: u8,
    /// A perfusion index has come: the device can measure it.
    is_perfused: bool,
}

/// What a sample says besides its curve, as the device put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    rate: Option<u8>,
    saturation: Option<u8>,
    perfusion_index: Option<u16>,
    /// Of [`Sample`], in the order in which it has them.
    flags: [bool; 4],
}

impl Said {
    #[inline]
    const fn of(sample: &Sample) -> Self {
        Self {
            rate: sample.rate,
            saturation: sample.saturation,
            perfusion_index: sample.perfusion_index,
            flags: [
                sample.saturation_low,
                sample.searching_too_long,
                sample.searching,
                sample.probe_error,
            ],
        }
    }
}

/// What the numbers said last.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Told {
    saturation: Measured,
    rate: Measured,
    perfusion_index: Measured,
    saturation_low: bool,
}

impl Default for Readings {
    fn default() -> Self {
        Self {
            curve: Run::new(&PLETHYSMOGRAM),
            said: None,
            told: None,
            due_in: 0,
            is_perfused: false,
        }
    }
}

impl Readings {
    /// Takes a sample that ends at this offset.
    #[inline]
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        offset: u64,
        generation: Generation,
        sample: &Sample,
        out: &mut DriverOutput,
    ) {
        if sample.probe_error {
            // The curve of 64 is none.
            self.curve.end(out);
            out.push_with(offset, || Finding::Frame);
        } else {
            out.push_with(offset, || Finding::Frame);
            self.curve.take(sample.pleth.into(), offset, out);
        }
        let said = Said::of(sample);
        if self.said != Some(said) || self.due_in == 0 {
            self.said = Some(said);
            self.take_numbers(now, offset, generation, sample, out);
        }
        self.due_in -= 1;
    }

    /// Tells the numbers of a sample, where they are others or due again.
    fn take_numbers(
        &mut self,
        now: MonoTime,
        offset: u64,
        generation: Generation,
        sample: &Sample,
        out: &mut DriverOutput,
    ) {
        let missing = missing(sample);
        let number = |metric, number: Option<f64>| measured(metric, number, missing, sample);
        let index = sample.perfusion_index.map(|index| f64::from(index) / 100.0);
        let told = Told {
            saturation: number(Metric::SpO2, sample.saturation.map(f64::from)),
            rate: number(Metric::PulseRate, sample.rate.map(f64::from)),
            perfusion_index: number(Metric::PerfusionIndex, index),
            saturation_low: sample.saturation_low,
        };
        self.is_perfused |= index.is_some();
        if self.told != Some(told) || self.due_in == 0 {
            let before = self.told.replace(told);
            self.due_in = NUMBERS_EVERY;
            self.tell(now, offset, told, out);
            if told.saturation_low && !before.is_some_and(|before| before.saturation_low) {
                out.push(offset, saturation_alarm(generation));
            }
        }
    }

    /// Ends the curve, because bytes were lost.
    pub(super) fn gap(&mut self, out: &mut DriverOutput) {
        self.curve.end(out);
    }

    fn tell(&self, now: MonoTime, offset: u64, told: Told, out: &mut DriverOutput) {
        let mut give = |metric, measured| {
            out.push_with(offset, || {
                Finding::Reading(Reading::numeric(metric, measured, now))
            });
        };
        give(Metric::SpO2, told.saturation);
        give(Metric::PulseRate, told.rate);
        if self.is_perfused {
            give(Metric::PerfusionIndex, told.perfusion_index);
        }
    }
}

/// Returns the device's own alarm. The protocol has no priorities.
fn saturation_alarm(generation: Generation) -> Finding {
    let text = match generation {
        Generation::Old => "saturation dropping",
        Generation::V7 => "low saturation",
    };
    Finding::DeviceAlarm {
        priority: DeviceAlarmPriority::Low,
        text: text.into(),
    }
}

/// Says why there are no numbers, if there are none; any beside it are held from before.
#[inline]
fn missing(sample: &Sample) -> Option<Unavailable> {
    if sample.probe_error {
        Some(Unavailable::SensorOff)
    } else if sample.searching_too_long {
        Some(Unavailable::Searching)
    } else {
        None
    }
}

#[inline]
fn measured(
    metric: Metric,
    number: Option<f64>,
    missing: Option<Unavailable>,
    sample: &Sample,
) -> Measured {
    if let Some(why) = missing {
        return Measured::Unavailable(why);
    }
    match number {
        Some(number) if number > 0.0 => {
            let measured = Measured::plausible(metric, number);
            if sample.searching {
                measured.doubted()
            } else {
                measured
            }
        }
        Some(_) | None if sample.searching => Measured::Unavailable(Unavailable::Searching),
        Some(_) | None => Measured::Unavailable(Unavailable::NoReading),
    }
}
