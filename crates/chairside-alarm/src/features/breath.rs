//! Breaths as the capnograph shows them: on its curve where there is one, else in its numbers
//! (`docs/adr/0012-breaths-and-frozen-baselines.md`).

use std::time::Duration;

use chairside_model::{MonoTime, SampleArray};

use super::SUSPECT_WITHOUT_BREATH;
use crate::BreathRule;

/// Where breaths are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BreathSource {
    Curve,
    Numerics,
}

/// What is known of the patient's breaths at one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Breaths {
    pub(crate) source: BreathSource,
    /// Since the last breath, or since CO2 is measured.
    pub(crate) without: Duration,
    /// The last breath that was seen without an interruption of the measurement since.
    pub(crate) last: Option<MonoTime>,
    /// The latest number is no breath. Always false on a curve, which is flat between breaths.
    pub(crate) denied: bool,
}

/// Watches for breaths.
#[derive(Debug)]
pub(super) struct BreathWatch {
    rule: BreathRule,
    curve: Watch,
    numerics: Watch,
    /// The latest number is a breath.
    shows_breath: bool,
    /// How long a number stands.
    stands_for: Duration,
}

/// One way of seeing breaths.
#[derive(Clone, Copy, Debug)]
struct Watch {
    /// Longer without a sample, and it is not measured.
    spacing_max: Duration,
    latest: Option<MonoTime>,
    /// Since when there was no breath: the last one, or the first sample.
    since: MonoTime,
    last: Option<MonoTime>,
}

impl Watch {
    const fn new(spacing_max: Duration) -> Self {
        Self {
            spacing_max,
            latest: None,
            since: MonoTime::ZERO,
            last: None,
        }
    }

    fn sample(&mut self, at: MonoTime, is_breath: bool) {
        if !self.is_measured(at) {
            self.since = at;
            self.last = None;
        }
        self.latest = Some(at);
        if is_breath {
            self.since = at;
            self.last = Some(at);
        }
    }

    fn is_measured(&self, now: MonoTime) -> bool {
        self.latest
            .is_some_and(|latest| now.saturating_since(latest) <= self.spacing_max)
    }
}

impl BreathWatch {
    /// Makes a watch of sources of whose samples so much may lie between two.
    pub(super) fn new(
        rule: BreathRule,
        curve_spacing_max: Duration,
        numerics_spacing_max: Duration,
        numerics_stand_for: Duration,
    ) -> Self {
        Self {
            rule,
            curve: Watch::new(curve_spacing_max),
            numerics: Watch::new(numerics_spacing_max),
            shows_breath: false,
            stands_for: numerics_stand_for,
        }
    }

    /// Takes a run of the curve whose last sample was taken `now`.
    pub(super) fn curve(&mut self, now: MonoTime, run: &SampleArray) {
        let slow = run.sample_period * 3 + run.sample_period / 2;
        self.curve.spacing_max = self.curve.spacing_max.max(slow);
        let count = u32::try_from(run.samples.len()).unwrap_or(u32::MAX);
        let mut before = count;
        for sample in &run.samples {
            before -= 1;
            let at = now.saturating_sub(run.sample_period.saturating_mul(before));
            let pressure = f64::from(*sample) * run.scale;
            self.curve
                .sample(at, pressure >= self.rule.co2_min.number());
        }
    }

    /// Forgets the numbers of another device.
    pub(super) fn begin_numerics_anew(&mut self) {
        self.numerics = Watch::new(self.numerics.spacing_max);
        self.shows_breath = false;
    }

    /// Forgets the curve of another device.
    pub(super) fn begin_curve_anew(&mut self) {
        self.curve = Watch::new(self.curve.spacing_max);
    }

    /// Takes a number of CO2 at the end of a breath out, mmHg; `None` when there is none.
    pub(super) fn numeric(&mut self, now: MonoTime, etco2: Option<f64>) {
        if let Some(etco2) = etco2 {
            self.shows_breath = self.is_breath(etco2);
            self.numerics.sample(now, self.shows_breath);
        }
    }

    /// Returns what is known now; nothing while CO2 is not measured. `rate` is the capnograph's
    /// count of breaths, which drops to nought together with EtCO2 after it was held.
    pub(super) fn at(&self, now: MonoTime, rate: Option<f64>) -> Option<Breaths> {
        if self.curve.is_measured(now) {
            return Some(Breaths {
                source: BreathSource::Curve,
                without: now.saturating_since(self.curve.since),
                last: self.curve.last,
                denied: false,
            });
        }
        if !self.numerics.is_measured(now) {
            return None;
        }
        let latest = self.numerics.latest?;
        let stands = now.saturating_since(latest) < self.stands_for;
        let mut without = now.saturating_since(self.numerics.since);
        if self.shows_breath && stands {
            without = Duration::ZERO;
        } else if self.held_before(rate) {
            without += self.rule.numerics_held;
        }
        Some(Breaths {
            source: BreathSource::Numerics,
            without,
            last: self.numerics.last,
            denied: !self.shows_breath,
        })
    }

    /// Tells whether that number of CO2, mmHg, is a breath.
    pub(super) fn is_breath(&self, etco2: f64) -> bool {
        etco2 >= self.rule.co2_min.number()
    }

    /// Tells whether the numbers have dropped from ones that were held: both at once, after
    /// breaths.
    fn held_before(&self, rate: Option<f64>) -> bool {
        let both = !self.shows_breath && rate.is_none_or(|rate| rate <= 0.0);
        both && self.numerics.last.is_some()
    }

    /// Tells whether there is a curve now.
    pub(super) fn has_curve(&self, now: MonoTime) -> bool {
        self.curve.is_measured(now)
    }
}

/// Breaths in a row without a pause: how a rule knows that breathing is back.
///
/// While breaths come close together it lasts until now; between slow ones only until the last, so
/// that a single gasp is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BreathRun {
    pause: Duration,
    first: Option<MonoTime>,
    lasted: Duration,
}

impl BreathRun {
    /// Makes a run that a pause of this length ends; in numbers, any that denies a breath does.
    pub(crate) const fn new(pause: Duration) -> Self {
        Self {
            pause,
            first: None,
            lasted: Duration::ZERO,
        }
    }

    /// Takes another pause, for what comes from now on.
    pub(crate) const fn retune(&mut self, pause: Duration) {
        self.pause = pause;
    }

    pub(crate) fn second(&mut self, now: MonoTime, breaths: Option<&Breaths>) {
        let seen = breaths.filter(|breaths| !breaths.denied && breaths.without < self.pause);
        let run = seen.and_then(|breaths| {
            let last = breaths.last?;
            let first = self.first.unwrap_or(last);
            let is_close = breaths.without < SUSPECT_WITHOUT_BREATH;
            let end = if is_close { now } else { last };
            Some((first, end.saturating_since(first)))
        });
        self.first = run.map(|(first, _)| first);
        self.lasted = run.map_or(Duration::ZERO, |(_, lasted)| lasted);
    }

    pub(crate) const fn lasted(&self) -> Duration {
        self.lasted
    }
}
