//! A story that runs faster or slower than the devices.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::patient::{CuffResult, Patient, Signal, VitalSigns};

/// How fast a story runs: 2 is twice as fast as it was written.
///
/// Only the story: the devices keep their own pace, for a pulse of 72 has to look like one on
/// a screen, and a device has to answer when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Speed(f64);

/// A speed that is not from 0.01 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a speed is a number from 0.01 to 1000")]
pub struct SpeedError;

impl Speed {
    /// As the story was written.
    pub const REAL: Self = Self(1.0);

    /// Makes a speed.
    ///
    /// # Errors
    ///
    /// When the factor is not from 0.01 to 1000.
    pub fn new(factor: f64) -> Result<Self, SpeedError> {
        if (0.01..=1000.0).contains(&factor) {
            Ok(Self(factor))
        } else {
            Err(SpeedError)
        }
    }

    fn is_real(self) -> bool {
        self == Self::REAL
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Speed {
    type Err = SpeedError;

    fn from_str(text: &str) -> Result<Self, SpeedError> {
        let factor = text.parse().ok().ok_or(SpeedError)?;
        Self::new(factor)
    }
}

/// A patient's story as the devices meet it: their time goes in.
#[derive(Debug)]
pub(crate) struct Pace {
    speed: Speed,
    last: Duration,
    beat: Cycle,
    breath: Cycle,
}

impl Pace {
    pub(crate) fn new(speed: Speed) -> Self {
        Self {
            speed,
            last: Duration::ZERO,
            beat: Cycle::default(),
            breath: Cycle::default(),
        }
    }

    /// Returns where the story is.
    pub(crate) fn story_time(&self, at: Duration) -> Duration {
        if self.speed.is_real() {
            at
        } else {
            at.mul_f64(self.speed.0)
        }
    }

    /// Returns the patient; `at` never falls.
    pub(crate) fn vitals(&mut self, patient: &dyn Patient, at: Duration) -> VitalSigns {
        let vitals = patient.at(self.story_time(at));
        if self.speed.is_real() {
            return vitals;
        }
        // The heart beats in the devices' time, at the rate that the story gives.
        let passed = at.saturating_sub(self.last);
        self.last = self.last.max(at);
        let rate = match vitals.pulse_rate {
            Signal::Value(_) => vitals.pulse_rate,
            Signal::Missing(_) | Signal::NoChannel => vitals.heart_rate,
        };
        let ended = |result: CuffResult| CuffResult {
            ended: result.ended.div_f64(self.speed.0),
            ..result
        };
        let mut cuff = vitals.cuff;
        cuff.last = cuff.last.map(ended);
        VitalSigns {
            beat_phase: self.beat.turn(rate, passed),
            breath_phase: self.breath.turn(vitals.respiration_rate, passed),
            cuff,
            ..vitals
        }
    }
}

/// Something that goes round; where its rate is missing, at the last one.
#[derive(Debug, Default)]
struct Cycle {
    phase: f64,
    per_minute: f64,
}

impl Cycle {
    fn turn(&mut self, rate: Signal, passed: Duration) -> f64 {
        self.per_minute = rate.value().unwrap_or(self.per_minute);
        self.phase = (self.phase + passed.as_secs_f64() * self.per_minute / 60.0).fract();
        self.phase
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ScenarioFile;

    #[test]
    fn a_faster_story_leaves_the_hearts_beat_and_the_cuffs_age_alone() {
        let text = r#"{"format": "ketamine-vitals-scenario/1", "scenarios": [{
            "id": "T", "title": "T", "duration_s": 600, "quiet_after": 0,
            "patient": {"weight_kg": 70, "baseline": {"hr": 60, "spo2": 98, "sys": 120, "dia": 80}},
            "sensors": {"spo2": true, "hr_source": "spo2", "co2": false, "effort": false,
                        "nibp": true, "cuff_same_limb": false},
            "continuous": {"hr": [[0, 60], [100, 120]], "spo2": [[0, 98]]},
            "nibp": [{"t": 100, "sys": 120, "dia": 80, "map": 93}]}]}"#;
        let story = ScenarioFile::parse(text).unwrap().scenarios.remove(0);
        let mut pace = Pace::new(Speed::new(10.0).unwrap());
        let first = pace.vitals(&story, Duration::ZERO);
        assert_eq!(first.pulse_rate, Signal::Value(60.0));
        let vitals = pace.vitals(&story, Duration::from_secs(10));
        assert_eq!(vitals.pulse_rate, Signal::Value(120.0));
        let ended = vitals.cuff.last.map(|last| last.ended);
        assert_eq!(ended, Some(Duration::from_secs(10)));
        let later = pace.vitals(&story, Duration::from_millis(10_250));
        assert!(
            (later.beat_phase - vitals.beat_phase - 0.5).abs() < 1e-9,
            "120 a minute"
        );

        let mut real = Pace::new(Speed::REAL);
        let at = Duration::from_millis(12_345);
        assert_eq!(real.vitals(&story, at), story.at(at));
    }

    #[test]
    fn a_speed_is_a_sensible_number() {
        for text in ["0", "-1", "NaN", "inf", "1e9", "fast", ""] {
            assert_eq!(text.parse::<Speed>(), Err(SpeedError), "{text}");
        }
        assert_eq!("1".parse(), Ok(Speed::REAL));
    }
}
