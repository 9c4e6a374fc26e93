//! A story told over and over, with the small changes that no two minutes of a patient lack.
//!
//! The changes are sums of slow waves whose phases the seed gives, so that any moment can be
//! asked for and the same seed gives the same patient. They are **not physiology**: their sizes
//! are chosen to look alive on a screen and to leave a story's alarms where they are.

use std::time::Duration;

use crate::noise::Noise;
use crate::patient::{CuffResult, CuffState, Patient, Pressures, Signal, VitalSigns};
use crate::scenario::{CUFF_CYCLE, Scenario};

/// Largest change of a cuff pressure from one telling to the next, mmHg.
const PRESSURE_CHANGE_MMHG: f64 = 2.0;

/// A patient whose story repeats and varies.
#[derive(Clone, Debug)]
pub struct Lifelike {
    story: Scenario,
    seed: u64,
    begins_at: Duration,
    pulse: Waves,
    spo2: Waves,
    perfusion: Waves,
    breathing: Waves,
    etco2: Waves,
}

impl Lifelike {
    /// Makes a patient who is `begins_at` into the story when it begins, so that many can share
    /// one without being twins.
    #[must_use]
    pub fn new(story: Scenario, seed: u64, begins_at: Duration) -> Self {
        Self {
            story,
            seed,
            begins_at,
            // Sizes in the signal's unit and periods in seconds; the first wave of the pulse is
            // about that of breathing.
            pulse: Waves::new(seed, 1, [(1.0, 4.6), (1.2, 47.0)]),
            spo2: Waves::new(seed, 2, [(0.4, 31.0), (0.3, 83.0)]),
            perfusion: Waves::new(seed, 3, [(0.15, 13.0), (0.2, 59.0)]),
            breathing: Waves::new(seed, 4, [(0.6, 29.0), (0.5, 71.0)]),
            etco2: Waves::new(seed, 5, [(0.7, 19.0), (0.6, 67.0)]),
        }
    }

    /// Returns which telling this moment lies in, and where in it.
    fn place(&self, at: Duration) -> (u32, Duration) {
        let since = at + self.begins_at;
        let telling = since.as_nanos() / self.story.duration.as_nanos();
        let telling = u32::try_from(telling).unwrap_or(u32::MAX);
        (telling, since.saturating_sub(self.story.duration * telling))
    }

    fn cuff(&self, told: CuffState, telling: u32, at: Duration) -> CuffState {
        let last = match (told.last, telling.checked_sub(1)) {
            (Some(last), _) => Some((last, telling)),
            (None, Some(before)) => self.story.nibp.last().map(|last| (*last, before)),
            (None, None) => None,
        };
        // An inflation that began before the patient came would hide the reading of then.
        let began_before = !self.begins_at.is_zero() && at < CUFF_CYCLE;
        CuffState {
            measuring: told.measuring && !began_before,
            last: last.map(|(last, telling)| self.determination(last, telling)),
        }
    }

    /// Returns a determination of the story as this telling has it. One from before the patient
    /// came is taken to have ended as it began.
    fn determination(&self, result: CuffResult, telling: u32) -> CuffResult {
        let since = self.story.duration * telling + result.ended;
        let mut noise = Noise::new(self.seed ^ since.as_secs(), 6);
        let mut change = || PRESSURE_CHANGE_MMHG * (2.0 * noise.unit() - 1.0);
        let (systolic, diastolic) = (change(), change());
        // The mean lies a third of the way up from the diastolic pressure.
        let mean = (systolic + 2.0 * diastolic) / 3.0;
        let moved = |pressures: Pressures| Pressures {
            systolic: pressures.systolic.map(|mmhg| mmhg + systolic),
            diastolic: pressures.diastolic.map(|mmhg| mmhg + diastolic),
            mean: pressures.mean.map(|mmhg| mmhg + mean),
        };
        CuffResult {
            ended: since.saturating_sub(self.begins_at),
            pressures: result.pressures.map(moved),
        }
    }
}

impl Patient for Lifelike {
    fn at(&self, at: Duration) -> VitalSigns {
        let (telling, place) = self.place(at);
        let told = self.story.at(place);
        VitalSigns {
            heart_rate: self.pulse.on(told.heart_rate, at),
            pulse_rate: self.pulse.on(told.pulse_rate, at),
            spo2: at_most(100.0, self.spo2.on(told.spo2, at)),
            perfusion_index: self.perfusion.on(told.perfusion_index, at),
            respiration_rate: self.breathing.on(told.respiration_rate, at),
            etco2: self.etco2.on(told.etco2, at),
            cuff: self.cuff(told.cuff, telling, at),
            ..told
        }
    }

    fn link_down(&self, at: Duration) -> bool {
        self.story.link_down(self.place(at).1)
    }
}

fn at_most(limit: f64, signal: Signal) -> Signal {
    match signal {
        Signal::Value(value) => Signal::Value(value.min(limit)),
        Signal::Missing(_) | Signal::NoChannel => signal,
    }
}

/// Two waves, added.
#[derive(Clone, Copy, Debug)]
struct Waves([Wave; 2]);

#[derive(Clone, Copy, Debug)]
struct Wave {
    size: f64,
    per_second: f64,
    phase: f64,
}

impl Waves {
    fn new(seed: u64, stream: u64, waves: [(f64, f64); 2]) -> Self {
        let mut noise = Noise::new(seed, stream);
        Self(waves.map(|(size, period_s)| Wave {
            size,
            per_second: 1.0 / period_s,
            phase: noise.unit(),
        }))
    }

    /// Moves a value; a zero stays one, for it says that there is nothing.
    fn on(&self, signal: Signal, at: Duration) -> Signal {
        match signal {
            Signal::Value(value) if value > 0.0 => {
                let moved = value + self.at(at.as_secs_f64());
                Signal::Value(moved.max(0.1))
            }
            Signal::Value(_) | Signal::Missing(_) | Signal::NoChannel => signal,
        }
    }

    fn at(&self, second: f64) -> f64 {
        let wave = |wave: &Wave| {
            let turn = (second * wave.per_second + wave.phase).fract();
            wave.size * (turn * std::f64::consts::TAU).sin()
        };
        self.0.iter().map(wave).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stories;

    fn patient(story: usize, seed: u64, begins_at_s: u64) -> Lifelike {
        let story = stories::built_in().remove(story);
        Lifelike::new(story, seed, Duration::from_secs(begins_at_s))
    }

    #[test]
    fn the_numbers_live_and_stay_near_the_story() {
        let patient = patient(0, 1, 0);
        let mut pulses = std::collections::BTreeSet::new();
        for second in 0..60 {
            let at = Duration::from_secs(second);
            let (told, alive) = (patient.story.at(at), patient.at(at));
            let (told, alive) = (
                told.pulse_rate.value().unwrap(),
                alive.pulse_rate.value().unwrap(),
            );
            assert!((told - alive).abs() <= 2.2, "{told} became {alive}");
            pulses.insert(format!("{alive:.0}"));
        }
        assert!(pulses.len() >= 3, "{pulses:?}");
    }

    #[test]
    fn a_story_begins_again_and_its_cuff_readings_go_on() {
        let patient = patient(0, 1, 0);
        let length = patient.story.duration;
        let last_before = patient
            .at(length.saturating_sub(Duration::from_secs(1)))
            .cuff
            .last
            .unwrap();
        let carried = patient
            .at(length + Duration::from_secs(1))
            .cuff
            .last
            .unwrap();
        assert_eq!(carried, last_before, "nothing was measured yet");
        let first = patient
            .at(length + Duration::from_secs(2))
            .cuff
            .last
            .unwrap();
        assert_eq!(first.ended, length + Duration::from_secs(2));
    }

    #[test]
    fn who_comes_in_the_middle_of_a_story_has_a_fresh_reading_at_once() {
        let patient = patient(2, 1, 510);
        let cuff = patient.at(Duration::ZERO).cuff;
        assert_eq!(
            (cuff.measuring, cuff.last.unwrap().ended),
            (false, Duration::ZERO)
        );
        let next = patient.at(Duration::from_secs(30)).cuff.last.unwrap();
        assert_eq!(next.ended, Duration::from_secs(30));
    }

    #[test]
    fn the_changes_leave_the_stories_alarms_where_they_are() {
        for seed in 0..50 {
            let desaturation = patient(3, seed, 0);
            for second in 0..1200 {
                let spo2 = desaturation
                    .at(Duration::from_secs(second))
                    .spo2
                    .value()
                    .unwrap();
                assert!(spo2.round() >= 88.0, "seed {seed}: {spo2} at {second} s");
            }
            let hypertension = patient(2, seed, 0);
            let systolic = |second| {
                let last = hypertension
                    .at(Duration::from_secs(second))
                    .cuff
                    .last
                    .unwrap();
                last.pressures.unwrap().systolic.unwrap().round()
            };
            assert!((165.0..180.0).contains(&systolic(45)), "seed {seed}");
            assert!(
                systolic(100) >= 180.0 && systolic(540) < 160.0,
                "seed {seed}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_order_of_calls_and_the_same_seed_give_the_same_patient(
            seed: u64,
            begins_at_s in 0_u64..2000,
            times in proptest::collection::vec(0_u64..10_000_000, 1..20),
        ) {
            let (first, second) = (patient(3, seed, begins_at_s), patient(3, seed, begins_at_s));
            let forward: Vec<_> = times.iter().map(|at| first.at(Duration::from_millis(*at))).collect();
            let mut backward: Vec<_> =
                times.iter().rev().map(|at| second.at(Duration::from_millis(*at))).collect();
            backward.reverse();
            prop_assert_eq!(forward, backward);
        }

        #[test]
        fn the_age_of_a_cuff_reading_never_grows_by_itself(
            begins_at_s in 0_u64..2000,
            at_ms in 0_u64..10_000_000,
        ) {
            let patient = patient(2, 1, begins_at_s);
            let at = Duration::from_millis(at_ms);
            if let Some(last) = patient.at(at).cuff.last {
                prop_assert!(last.ended <= at);
                prop_assert!(at.saturating_sub(last.ended) <= Duration::from_mins(4));
            }
        }
    }
}
