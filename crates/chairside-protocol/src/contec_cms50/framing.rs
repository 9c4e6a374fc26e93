//! Finds samples in the byte stream, of either generation.
//!
//! Nothing but the marks of bytes and a few impossible values tells a sample from noise. So out of
//! step, as it is in the beginning, the framer holds bytes back until several samples stand one
//! behind the other and agree; then it gives all of them and is in step. In step each sample is
//! given with its last byte, and what does not fit puts the framer out of step again.

use std::num::NonZeroUsize;

use super::message::{Generation, Sample};
use crate::Discard;

/// Samples one behind the other that are believed. Of random bytes, a place begins so many that
/// agree once in 10^10.
const PROOF: usize = 4;

/// The same, where they agree with the last one from before the damage.
const PROOF_AGAIN: usize = 2;

/// Bytes that are held back: just fewer than a proof.
const CAPACITY: usize = PROOF * 9;

/// Bytes that were dropped are reported when they are so many, if nothing else comes.
const DROPPED_MAX: usize = 64;

/// From one sample to the next the numbers change by no more than this.
const RATE_STEP_MAX: u8 = 20;
const SATURATION_STEP_MAX: u8 = 15;

/// What was found, with where it ends in the stream.
#[derive(Debug)]
pub(super) enum Found {
    Sample(Generation, Sample),
    Discarded { bytes: usize, why: Discard },
}

#[derive(Debug)]
pub(super) struct Framer {
    /// Bytes received that were given or reported.
    accounted: u64,
    /// The bytes behind them that were dropped and are not reported yet.
    dropped: usize,
    held: [u8; CAPACITY],
    filled: usize,
    /// In step: what the samples are. Out of step: nothing.
    step: Option<Generation>,
    last: Option<Sample>,
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            accounted: 0,
            dropped: 0,
            held: [0; CAPACITY],
            filled: 0,
            step: None,
            last: None,
        }
    }
}

impl Framer {
    /// Keeps a single byte in the middle of the sample that is due, in which nothing is found. It
    /// is asked before [`push`](Self::push) because most bytes that come singly are such.
    #[inline]
    pub(super) fn keeps(&mut self, bytes: &[u8]) -> bool {
        let (&[byte], Some(generation)) = (bytes, self.step) else {
            return false;
        };
        let is_middle =
            self.filled + 1 < generation.length() && Sample::fits(generation, self.filled, byte);
        if is_middle {
            self.held[self.filled] = byte;
            self.filled += 1;
        }
        is_middle
    }

    pub(super) fn push(&mut self, mut bytes: &[u8], mut found: impl FnMut(u64, Found)) {
        while !bytes.is_empty() {
            if let Some(generation) = self.step.filter(|_| self.filled == 0)
                && let Some((frame, rest)) = bytes.split_at_checked(generation.length())
                && let Some(sample) = self.next(generation, frame)
            {
                bytes = rest;
                self.give(generation, sample, &mut found);
                continue;
            }
            let (byte, rest) = (bytes[0], &bytes[1..]);
            bytes = rest;
            self.held[self.filled] = byte;
            self.filled += 1;
            self.examine(&mut found);
        }
    }

    /// Forgets half a sample and all that was believed, and returns where the bytes that are void
    /// end and how many they are.
    pub(super) fn reset(&mut self) -> Option<(u64, NonZeroUsize)> {
        let void = std::mem::take(&mut self.dropped) + std::mem::take(&mut self.filled);
        self.accounted += void as u64;
        self.step = None;
        self.last = None;
        NonZeroUsize::new(void).map(|void| (self.accounted, void))
    }

    /// Looks at what is held, of which the last byte is new.
    fn examine(&mut self, found: &mut impl FnMut(u64, Found)) {
        if let Some(generation) = self.step {
            let place = self.filled - 1;
            if Sample::fits(generation, place, self.held[place]) {
                if self.filled < generation.length() {
                    return;
                }
                if let Some(sample) = self.next(generation, &self.held[..self.filled]) {
                    self.filled = 0;
                    self.give(generation, sample, found);
                    return;
                }
            }
            self.step = None;
        }
        while self.filled > 0 {
            match self.proof() {
                Proof::Of(generation, samples) => {
                    self.step = Some(generation);
                    let given = samples * generation.length();
                    for place in 0..samples {
                        let begin = place * generation.length();
                        let frame = &self.held[begin..begin + generation.length()];
                        let sample = Sample::parse(generation, frame);
                        let sample = sample.expect("the proof has read it");
                        self.give(generation, sample, found);
                    }
                    self.held.copy_within(given..self.filled, 0);
                    self.filled -= given;
                    return;
                }
                Proof::Possible => return,
                Proof::None => self.drop_first(found),
            }
        }
    }

    /// Returns the sample in these bytes, if it is one and goes on from the last one.
    #[inline]
    fn next(&self, generation: Generation, frame: &[u8]) -> Option<Sample> {
        let sample = Sample::parse(generation, frame).ok()?;
        let goes_on = self.last.is_none_or(|last| agree(&last, &sample));
        goes_on.then_some(sample)
    }

    /// Tells what the held bytes can be, from the first of them on.
    fn proof(&self) -> Proof {
        let held = &self.held[..self.filled];
        let generation = if Sample::fits(Generation::V7, 0, held[0]) {
            Generation::V7
        } else if Sample::fits(Generation::Old, 0, held[0]) {
            Generation::Old
        } else {
            return Proof::None;
        };
        let mut samples = 0;
        let mut before: Option<Sample> = None;
        let mut is_again = false;
        let mut frames = held.chunks_exact(generation.length());
        for frame in &mut frames {
            let Ok(sample) = Sample::parse(generation, frame) else {
                return Proof::None;
            };
            if before.is_some_and(|before| !agree(&before, &sample)) {
                return Proof::None;
            }
            is_again |= samples == 0 && self.last.is_some_and(|last| agree(&last, &sample));
            before = Some(sample);
            samples += 1;
        }
        let mut rest = frames.remainder().iter().enumerate();
        if !rest.all(|(place, byte)| Sample::fits(generation, place, *byte)) {
            return Proof::None;
        }
        let needed = if is_again { PROOF_AGAIN } else { PROOF };
        if samples >= needed {
            Proof::Of(generation, samples)
        } else {
            Proof::Possible
        }
    }

    fn drop_first(&mut self, found: &mut impl FnMut(u64, Found)) {
        self.held.copy_within(1..self.filled, 0);
        self.filled -= 1;
        self.dropped += 1;
        if self.dropped == DROPPED_MAX {
            self.report(found);
        }
    }

    fn report(&mut self, found: &mut impl FnMut(u64, Found)) {
        let bytes = std::mem::take(&mut self.dropped);
        if bytes > 0 {
            self.accounted += bytes as u64;
            let why = Discard::BeforeStart;
            found(self.accounted, Found::Discarded { bytes, why });
        }
    }

    #[inline]
    fn give(&mut self, generation: Generation, sample: Sample, found: &mut impl FnMut(u64, Found)) {
        self.report(found);
        self.accounted += generation.length() as u64;
        self.last = Some(sample);
        found(self.accounted, Found::Sample(generation, sample));
    }
}

/// What bytes can be.
enum Proof {
    /// So many samples.
    Of(Generation, usize),
    /// The beginning of a proof.
    Possible,
    /// Not samples, or not from the first byte on.
    None,
}

/// Tells whether one sample can follow another: numbers do not jump in a sixtieth of a second, but
/// they come and go.
#[inline]
fn agree(one: &Sample, other: &Sample) -> bool {
    let near = |one: Option<u8>, other: Option<u8>, step| match (one, other) {
        (Some(one), Some(other)) => one.abs_diff(other) <= step,
        _ => true,
    };
    near(one.rate, other.rate, RATE_STEP_MAX)
        && near(one.saturation, other.saturation, SATURATION_STEP_MAX)
}
