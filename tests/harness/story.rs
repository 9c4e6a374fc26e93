//! Short stories of patients, written where a test needs them.

use std::time::Duration;

use chairside_simulators::patient::{
    CuffResult, CuffState, Missing, Patient, Pressures, Signal, VitalSigns,
};

/// How long a cuff measures before its result.
const MEASURING: Duration = Duration::from_secs(2);

/// A patient whose values change at once at stated times and stay until the next change.
#[derive(Clone, Debug)]
pub struct Story {
    changes: Vec<(Duration, Change)>,
    cuffs: Vec<CuffResult>,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Rate(f64),
    Spo2(Signal),
}

impl Story {
    /// Returns a patient who is well: heart rate 72, saturation 97, breaths 14, CO2 38.
    #[must_use]
    pub const fn well() -> Self {
        Self {
            changes: Vec::new(),
            cuffs: Vec::new(),
        }
    }

    /// From then on the saturation is this, %.
    #[must_use]
    pub fn spo2(mut self, from_s: u64, percent: f64) -> Self {
        let change = Change::Spo2(Signal::Value(percent));
        self.changes.push((Duration::from_secs(from_s), change));
        self
    }

    /// From then on the probe is off.
    #[must_use]
    pub fn probe_off(mut self, from_s: u64) -> Self {
        let change = Change::Spo2(Signal::Missing(Missing::ProbeOff));
        self.changes.push((Duration::from_secs(from_s), change));
        self
    }

    /// From then on the heart rate is this, /min.
    #[must_use]
    pub fn rate(mut self, from_s: u64, per_minute: f64) -> Self {
        let change = Change::Rate(per_minute);
        self.changes.push((Duration::from_secs(from_s), change));
        self
    }

    /// A cuff determination ends then, with these pressures, mmHg.
    #[must_use]
    pub fn cuff(mut self, ended_s: u64, systolic: f64, diastolic: f64) -> Self {
        let mean = diastolic + (systolic - diastolic) / 3.0;
        self.cuffs.push(CuffResult {
            ended: Duration::from_secs(ended_s),
            pressures: Some(Pressures {
                systolic: Some(systolic),
                diastolic: Some(diastolic),
                mean: Some(mean.round()),
            }),
        });
        self
    }

    /// A cuff determination fails then.
    #[must_use]
    pub fn cuff_fails(mut self, ended_s: u64) -> Self {
        self.cuffs.push(CuffResult {
            ended: Duration::from_secs(ended_s),
            pressures: None,
        });
        self
    }

    fn rate_at(&self, at: Duration) -> f64 {
        self.last(at, |change| match change {
            Change::Rate(rate) => Some(rate),
            Change::Spo2(_) => None,
        })
        .unwrap_or(72.0)
    }

    fn last<T>(&self, at: Duration, wanted: impl Fn(Change) -> Option<T>) -> Option<T> {
        let past = self.changes.iter().filter(|(from, _)| *from <= at);
        past.filter_map(|(_, change)| wanted(*change)).next_back()
    }

    /// Counts heart beats since the start: the area under the rate.
    fn beats(&self, at: Duration) -> f64 {
        let mut edges: Vec<Duration> = self.changes.iter().map(|(from, _)| *from).collect();
        edges.retain(|edge| *edge < at);
        edges.push(at);
        let mut beats = 0.0;
        let mut from = Duration::ZERO;
        for to in edges {
            beats += self.rate_at(from) / 60.0 * to.saturating_sub(from).as_secs_f64();
            from = to;
        }
        beats
    }
}

impl Patient for Story {
    fn at(&self, at: Duration) -> VitalSigns {
        let spo2 = self.last(at, |change| match change {
            Change::Spo2(spo2) => Some(spo2),
            Change::Rate(_) => None,
        });
        let spo2 = spo2.unwrap_or(Signal::Value(97.0));
        let rate = self.rate_at(at);
        // Without a probe there is no pulse either.
        let pulse_rate = match spo2 {
            Signal::Value(_) => Signal::Value(rate),
            Signal::Missing(_) | Signal::NoChannel => spo2,
        };
        let measuring =
            |cuff: &CuffResult| (cuff.ended.saturating_sub(MEASURING)..cuff.ended).contains(&at);
        VitalSigns {
            heart_rate: Signal::Value(rate),
            pulse_rate,
            spo2,
            perfusion_index: Signal::Value(4.0),
            respiration_rate: Signal::Value(14.0),
            etco2: Signal::Value(38.0),
            effort_rate: Signal::Value(14.0),
            temperature: Signal::Value(36.8),
            beat_phase: self.beats(at).fract(),
            breath_phase: (at.as_secs_f64() * 14.0 / 60.0).fract(),
            cuff: CuffState {
                measuring: self.cuffs.iter().any(measuring),
                last: self.cuffs.iter().rfind(|cuff| cuff.ended <= at).copied(),
            },
        }
    }

    fn link_down(&self, _at: Duration) -> bool {
        false
    }
}
