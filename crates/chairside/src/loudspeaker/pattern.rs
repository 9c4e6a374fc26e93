//! What each priority sounds like, sample by sample: the tones of `docs/alarms.md`, *Sound*, as at
//! a nurse station.

use std::f64::consts::TAU;

use chairside_alarm::Priority;

/// Samples of a second.
pub(super) const SAMPLE_RATE: u32 = 48_000;

/// Samples of a millisecond.
pub(super) const SAMPLES_PER_MS: usize = 48;

/// The fundamental of a pulse, and what its harmonics 1 to 5 have of its level.
const FUNDAMENTAL_HZ: f64 = 440.0;
const HARMONICS: [(f64, f64); 5] = [(1.0, 1.0), (2.0, 0.7), (3.0, 0.6), (4.0, 0.5), (5.0, 0.4)];

/// The rise of a pulse, from 10 % to 90 % of its level, as a part of its length.
const RISE: f64 = 0.15;

/// The loudest sample: a little below what there is, so that nothing that resamples it clips.
const PEAK: f64 = 0.9;

/// The pulses of a burst, and the silence after it. Milliseconds.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The length of a pulse between its 90 % points.
    pulse: usize,
    /// When each begins, from the start of the burst.
    starts: &'static [usize],
    /// From the end of a burst to the next one.
    pub(super) gap: usize,
    /// A new alarm brings the next one forward to no less than this.
    pub(super) least_gap: usize,
}

const HIGH: Pattern = Pattern {
    pulse: 150,
    starts: &[0, 250, 500, 1000, 1250, 1900, 2150, 2400, 2900, 3150],
    gap: 5000,
    least_gap: 2500,
};

const MEDIUM: Pattern = Pattern {
    pulse: 200,
    starts: &[0, 400, 800],
    gap: 10_000,
    least_gap: 2500,
};

const LOW: Pattern = Pattern {
    pulse: 200,
    starts: &[0, 400],
    gap: 20_000,
    least_gap: 16_000,
};

impl Pattern {
    /// Returns the pattern of a priority.
    pub(super) const fn of(priority: Priority) -> &'static Self {
        match priority {
            Priority::High => &HIGH,
            Priority::Medium => &MEDIUM,
            Priority::Low => &LOW,
        }
    }

    /// Returns where the burst ends, as gaps are counted: at the 90 % point of its last pulse.
    pub(super) fn length(&self) -> usize {
        (self.starts.last().unwrap_or(&0) + self.pulse) * SAMPLES_PER_MS
    }

    /// Returns where nothing of the burst is heard any more.
    pub(super) fn quiet(&self) -> usize {
        self.starts.last().unwrap_or(&0) * SAMPLES_PER_MS + self.heard()
    }

    /// Returns where the pulse in progress at a place of the burst begins: the last that has begun.
    pub(super) fn begun(&self, place: usize) -> usize {
        let starts = self.starts.iter().map(|start| start * SAMPLES_PER_MS);
        starts
            .take_while(|start| *start <= place)
            .last()
            .unwrap_or(0)
    }

    /// Returns how long a pulse is heard at all, from nothing to nothing.
    pub(super) const fn heard(&self) -> usize {
        // The pulse and 1.8 ramps, of RISE / 0.8 of the pulse each.
        (self.pulse() * 13_375).div_ceil(10_000)
    }

    /// Returns the 90 % point at the end of a pulse, from its start.
    pub(super) const fn pulse(&self) -> usize {
        self.pulse * SAMPLES_PER_MS
    }

    /// From nothing to the full level: the 80 % of it in the middle are the rise.
    fn ramp(&self) -> f64 {
        RISE * samples(self.pulse) / 0.8
    }

    /// Returns the level at a place of a pulse, 0 to 1.
    fn level(&self, place: usize) -> f64 {
        let (place, ramp) = (at(place), self.ramp());
        let falls = samples(self.pulse) + 0.8 * ramp;
        let rising = place / ramp;
        let falling = 1.0 - (place - falls) / ramp;
        rising.min(falling).clamp(0.0, 1.0)
    }

    /// Returns the sample at a place of a burst.
    pub(super) fn sample(&self, place: usize) -> i16 {
        let in_pulse = place - self.begun(place);
        let level = self.level(in_pulse);
        if level == 0.0 {
            return 0;
        }
        let loud = level * tone(in_pulse) / LOUDEST * PEAK * f64::from(i16::MAX);
        #[expect(clippy::cast_possible_truncation, reason = "it is within i16 by PEAK")]
        let sample = loud.round() as i16;
        sample
    }
}

/// The loudest that [`tone`] becomes, a little rounded up; a test holds it.
const LOUDEST: f64 = 2.372;

/// The fundamental with its harmonics, at a place of a pulse.
fn tone(place: usize) -> f64 {
    let turns = at(place) / f64::from(SAMPLE_RATE) * FUNDAMENTAL_HZ;
    let harmonics = HARMONICS.iter();
    harmonics
        .map(|(number, level)| level * (TAU * turns * number).sin())
        .sum()
}

fn samples(ms: usize) -> f64 {
    at(ms * SAMPLES_PER_MS)
}

/// A place as a number to be calculated with.
fn at(place: usize) -> f64 {
    // A burst is shorter than a minute.
    f64::from(u32::try_from(place).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Priority; 3] = [Priority::Low, Priority::Medium, Priority::High];

    fn burst(priority: Priority) -> Vec<i16> {
        let pattern = Pattern::of(priority);
        let burst = 0..pattern.quiet();
        burst.map(|place| pattern.sample(place)).collect()
    }

    /// The loudest of each millisecond.
    fn loudness(samples: &[i16]) -> Vec<u16> {
        let loudest = |ms: &[i16]| ms.iter().map(|one| one.unsigned_abs()).max().unwrap_or(0);
        // A turn of the fundamental takes 2.3 ms.
        samples.chunks(3 * SAMPLES_PER_MS).map(loudest).collect()
    }

    #[test]
    fn each_burst_has_its_pulses_and_silence_between_them() {
        for (priority, pulses) in ALL.into_iter().zip([2, 3, 10]) {
            let burst = burst(priority);
            let mut begun = 0;
            let mut quiet = true;
            for loud in loudness(&burst) {
                let silent = loud < 100;
                begun += u32::from(quiet && !silent);
                quiet = silent;
            }
            assert_eq!(begun, pulses, "{priority:?}");
            assert_eq!(burst.first(), Some(&0), "no click");
            assert!(burst.last().unwrap().unsigned_abs() < 200, "no click");
        }
    }

    #[test]
    fn a_pulse_is_as_long_as_it_should_between_its_90_percent_points_and_rises_in_15_percent() {
        for priority in ALL {
            let pattern = Pattern::of(priority);
            let reaches = |level: f64| {
                let above = |place: &usize| pattern.level(*place) >= level;
                let all: Vec<_> = (0..pattern.heard()).filter(above).collect();
                (at(all[0]), at(*all.last().unwrap()))
            };
            let ((ten, _), (ninety, falls)) = (reaches(0.1), reaches(0.9));
            let length = samples(pattern.pulse);
            assert!((falls - ninety - length).abs() < 3.0, "{priority:?}");
            assert!((ninety - ten - RISE * length).abs() < 3.0, "{priority:?}");
        }
    }

    #[test]
    fn it_is_loud_and_never_clips() {
        let period = (0..48_000).map(tone).fold(0.0, f64::max);
        assert!((LOUDEST - 0.01..=LOUDEST).contains(&period), "{period}");
        for priority in ALL {
            let loudest = loudness(&burst(priority)).into_iter().max().unwrap();
            let most = PEAK * f64::from(i16::MAX);
            assert!(f64::from(loudest) <= most, "{loudest}");
            assert!(f64::from(loudest) > 0.95 * most, "{loudest}");
        }
    }

    #[test]
    fn it_has_the_harmonics_of_the_fundamental() {
        let pulse: Vec<f64> = (3000..9000).map(tone).collect();
        let power = |hertz: f64| {
            let turn = |place: usize| TAU * hertz * at(place) / f64::from(SAMPLE_RATE);
            let mixed = (0..).zip(&pulse);
            let (mut sine, mut cosine) = (0.0, 0.0);
            for (place, sample) in mixed {
                sine += sample * turn(place).sin();
                cosine += sample * turn(place).cos();
            }
            sine.hypot(cosine) * 2.0 / 6000.0
        };
        for (number, level) in HARMONICS {
            let found = power(FUNDAMENTAL_HZ * number);
            assert!((found - level).abs() < 0.02, "{number}: {found}");
        }
        assert!(power(600.0) < 0.05, "and nothing between");
    }
}
