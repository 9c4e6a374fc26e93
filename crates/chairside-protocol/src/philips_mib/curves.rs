//! From the monitor's samples to runs of curves.

use std::time::Duration;

use chairside_model::{Metric, Reading, SampleArray, Unit};

use super::codes::{curve, factor};
use super::message::attribute::id;
use super::message::{MeasurementState, Object, ObservedSamples, SampleFormat, SampleScale, ticks};
use crate::{DriverOutput, Finding};

/// Curves whose scale is remembered: a monitor sends eight and an ECG at once.
const CURVES_MAX: usize = 16;

/// Samples are valid only when none of these is set (the vendor's guide, page 87: the first octet
/// of the state is all 0).
const NOT_VALID: MeasurementState = MeasurementState::from_bits(0xFF00);

/// The least that a scale tells apart, in the curve's unit; takes off what the division of two
/// decimal numbers leaves.
const SCALE_STEPS_PER_ONE: f64 = 1e9;

/// Turns samples into runs. A monitor says only now and then how a curve is written and what it is
/// worth; until then its samples are not used.
#[derive(Debug, Default)]
pub(super) struct Curves {
    known: [Option<Known>; CURVES_MAX],
    /// Where the next curve goes when there is no room.
    next: usize,
}

/// What is known about one curve, or about the curves of one object.
#[derive(Clone, Copy, Debug)]
struct Known {
    place: (u16, u16),
    format: Option<SampleFormat>,
    scale: Option<SampleScale>,
    sample_period: Option<Duration>,
    unit: Option<u16>,
}

/// How counts are made of samples.
#[derive(Clone, Copy, Debug)]
struct Counting {
    mask: u16,
    offset: i32,
    scale: f64,
}

impl Curves {
    /// Takes one object and appends its runs.
    pub(super) fn take(&mut self, offset: u64, object: &Object<'_>, out: &mut DriverOutput) {
        let known = self.learn(object);
        for attribute in object.attributes {
            match attribute.id {
                id::SAMPLES => {
                    if let Ok(samples) = ObservedSamples::parse(attribute.value) {
                        push_run(&known, offset, &samples, out);
                    }
                }
                id::COMPOUND_SAMPLES => {
                    let runs = ObservedSamples::parse_compound(attribute.value);
                    for samples in runs.into_iter().flatten() {
                        push_run(&known, offset, &samples, out);
                    }
                }
                _ => {}
            }
        }
    }

    /// Notes what the object says about its curves, and returns all that is known.
    fn learn(&mut self, object: &Object<'_>) -> Known {
        let place = (object.context, object.handle);
        let mut known = self.known(place).copied().unwrap_or(Known {
            place,
            format: None,
            scale: None,
            sample_period: None,
            unit: None,
        });
        let mut learned = false;
        for attribute in object.attributes {
            let value = attribute.value;
            match attribute.id {
                id::SAMPLE_FORMAT => known.format = SampleFormat::parse(value).ok(),
                id::SCALE => known.scale = SampleScale::parse(value).ok(),
                id::SAMPLE_PERIOD => known.sample_period = long(value).map(ticks),
                id::UNIT => known.unit = short(value),
                _ => continue,
            }
            learned = true;
        }
        if learned {
            self.remember(known);
        }
        known
    }

    fn known(&self, place: (u16, u16)) -> Option<&Known> {
        self.known
            .iter()
            .flatten()
            .find(|known| known.place == place)
    }

    fn remember(&mut self, known: Known) {
        let fits = |slot: &&mut Option<Known>| slot.is_none_or(|other| other.place == known.place);
        if let Some(slot) = self.known.iter_mut().find(fits) {
            *slot = Some(known);
        } else {
            self.known[self.next] = Some(known);
            self.next = (self.next + 1) % CURVES_MAX;
        }
    }
}

fn push_run(known: &Known, offset: u64, samples: &ObservedSamples<'_>, out: &mut DriverOutput) {
    let whole = samples.bytes.len().is_multiple_of(2) && !samples.bytes.is_empty();
    if samples.state.intersects(NOT_VALID) || !whole {
        return;
    }
    let Some(metric) = curve(samples.kind) else {
        return;
    };
    let sample_period = known.sample_period.filter(|period| !period.is_zero());
    let (Some(counting), Some(sample_period)) = (known.counting(metric), sample_period) else {
        return;
    };
    let (pairs, _) = samples.bytes.as_chunks();
    let counts = pairs.iter().map(|pair| counting.count(*pair));
    let run = SampleArray {
        metric,
        sample_period,
        scale: counting.scale,
        samples: counts.collect(),
    };
    out.push(offset, Finding::Reading(Reading::Waveform(run)));
}

impl Known {
    /// Returns how this curve is counted; nothing while that is not known.
    fn counting(&self, metric: Metric) -> Option<Counting> {
        let format = self.format.filter(|format| format.bits == 16)?;
        let unused = 16_u8.checked_sub(format.significant_bits)?;
        let mask = u16::MAX.checked_shr(unused.into())?;
        if metric.unit() == Unit::None {
            return Some(Counting {
                mask,
                offset: 0,
                scale: 1.0,
            });
        }
        let scale = self.scale?;
        let (low, high) = (scale.low.number()?, scale.high.number()?);
        let counts = f64::from(scale.high_sample) - f64::from(scale.low_sample);
        let step = (high - low) / counts;
        // Where nothing is 0, in samples: half a count is lost at most.
        let zero = (f64::from(scale.low_sample) - low / step).round();
        let scale = step * factor(metric, self.unit?)?;
        let scale = (scale * SCALE_STEPS_PER_ONE).round() / SCALE_STEPS_PER_ONE;
        let possible = scale > 0.0 && scale.is_finite() && zero.abs() <= f64::from(1 << 24);
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^24")]
        possible.then_some(Counting {
            mask,
            offset: zero as i32,
            scale,
        })
    }
}

impl Counting {
    #[inline]
    fn count(self, sample: [u8; 2]) -> i32 {
        i32::from(u16::from_be_bytes(sample) & self.mask) - self.offset
    }
}

fn long(value: &[u8]) -> Option<u32> {
    value.try_into().ok().map(u32::from_be_bytes)
}

fn short(value: &[u8]) -> Option<u16> {
    value.try_into().ok().map(u16::from_be_bytes)
}
