//! What the rules about breathing and the airway look at, worked out once a second
//! (`docs/alarms.md`, features).

use std::time::Duration;

use chairside_model::{Measured, MonoTime, SampleArray, Value};

use crate::{AirwayRules, Baseline, FeatureWindows, Signal};

mod breath;
mod track;

pub(crate) use breath::{BreathRun, BreathSource, Breaths};

use breath::BreathWatch;
use track::{FarWindow, Track};

pub(crate) use track::{NOW_MAX, SLOPE_MAX};

/// From one judgement to the next: the tick of the clinical rules.
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// No breath for this long freezes the baselines, and breaths closer than it are breathing.
pub(crate) const SUSPECT_WITHOUT_BREATH: Duration = Duration::from_secs(8);

/// EtCO2 at or below this share of its baseline freezes the baselines.
const SUSPECT_ETCO2_RATIO: f64 = 0.7;

/// Over which EtCO2 "now" is the median, and how many of its seconds must have a value.
const ETCO2_NOW: (usize, usize) = (NOW_MAX, 8);

/// How many of the seconds of any other value "now" must have one.
const NOW_SAMPLES_MIN: usize = 3;

/// After a longer time without a judgement nothing of before can matter: no window reaches back
/// so far, and what is frozen has ended (`contradictions/airway.rs` bounds both).
const JUMP: Duration = Duration::from_mins(30);

/// The features at the end of one second. What cannot be known is missing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Second {
    /// The saturation now, %.
    pub(crate) saturation: Option<f64>,
    /// How far it lies below its baseline, points.
    pub(crate) drop: Option<f64>,
    /// How fast it rises, %/min.
    pub(crate) slope: Option<f64>,
    /// Breaths, where CO2 is measured.
    pub(crate) breaths: Option<Breaths>,
    /// EtCO2 now, mmHg.
    pub(crate) etco2: Option<f64>,
    /// The capnograph's count of breaths now, /min.
    pub(crate) breath_rate: Option<f64>,
    /// Heart or pulse rate now, /min.
    pub(crate) heart_rate: Option<f64>,
    /// Chest movements now, /min.
    pub(crate) effort: Option<f64>,
    /// What they are compared with.
    pub(crate) baseline: Baselines,
    /// Breathing or saturation are not as they were.
    pub(crate) suspect: bool,
}

/// A patient's own values of before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Baselines {
    pub(crate) saturation: Option<f64>,
    pub(crate) etco2: Option<f64>,
    pub(crate) breath_rate: Option<f64>,
    pub(crate) heart_rate: Option<f64>,
}

/// The features of one bed.
#[derive(Debug)]
pub(crate) struct Features {
    windows: FeatureWindows,
    next: MonoTime,
    tracks: [Option<Track>; Signal::COUNT],
    has_co2: bool,
    breaths: BreathWatch,
    frozen: Option<(MonoTime, Baselines)>,
    second: Second,
}

/// How the samples of a source come, as far as the features need to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// From one sample to the next.
    pub(crate) period: Duration,
    /// The longest time between two samples of which none counts as missing too long.
    pub(crate) spacing_max: Duration,
}

impl Features {
    /// Makes features of a bed that has not been heard. `pace` tells of each signal how it comes,
    /// and nothing of one that the bed does not have; `curve` is that of the capnogram.
    pub(crate) fn new(
        rules: &AirwayRules,
        pace: impl Fn(Signal) -> Option<Pace>,
        curve: Option<Pace>,
        now: MonoTime,
    ) -> Self {
        let windows = rules.windows;
        let far = FarWindow {
            from: seconds(windows.baseline_from),
            to: seconds(windows.baseline_to),
        };
        let track = |signal| {
            let far = match signal {
                Signal::HeartRate | Signal::SpO2 | Signal::RespirationRate | Signal::EtCO2 => {
                    Some(far)
                }
                Signal::EffortRate | Signal::PerfusionIndex => None,
            };
            pace(signal).map(|pace| Track::new(pace.period, far))
        };
        let never = Pace {
            period: SECOND,
            spacing_max: Duration::ZERO,
        };
        let numerics = pace(Signal::EtCO2).unwrap_or(never);
        Self {
            windows,
            next: now,
            tracks: Signal::ALL.map(track),
            has_co2: curve.is_some() || pace(Signal::EtCO2).is_some(),
            breaths: BreathWatch::new(
                rules.breath,
                curve.unwrap_or(never).spacing_max,
                numerics.spacing_max,
                numerics.period + numerics.period / 2,
            ),
            frozen: None,
            second: Second::default(),
        }
    }

    /// Returns when the next second ends.
    pub(crate) const fn next(&self) -> MonoTime {
        self.next
    }

    /// Returns the features of the last second.
    pub(crate) const fn second(&self) -> &Second {
        &self.second
    }

    /// Takes a sample. `usable` is false of one that is held back.
    pub(crate) fn sample(
        &mut self,
        now: MonoTime,
        signal: Signal,
        measured: Measured,
        usable: bool,
    ) {
        let value = measured.valid().filter(|_| usable).map(Value::number);
        if signal == Signal::EtCO2 {
            self.breaths.numeric(now, value);
        }
        if let Some(track) = &mut self.tracks[signal as usize] {
            track.sample(now, value);
        }
    }

    /// Takes a run of the capnogram.
    pub(crate) fn curve(&mut self, now: MonoTime, run: &SampleArray) {
        self.breaths.curve(now, run);
    }

    /// Tells whether the capnogram is there now.
    pub(crate) fn has_curve(&self, now: MonoTime) -> bool {
        self.breaths.has_curve(now)
    }

    /// Returns the latest value of a signal if it still stands.
    pub(crate) fn latest(&self, now: MonoTime, signal: Signal) -> Option<f64> {
        self.tracks[signal as usize].as_ref()?.fresh(now)
    }

    /// Returns the value of a signal that came within the last second, if one did.
    pub(crate) fn arrived(&self, now: MonoTime, signal: Signal) -> Option<f64> {
        self.tracks[signal as usize].as_ref()?.arrived(now)
    }

    /// Tells whether no breath is seen: then rules about breaths sleep, for `APNEA` owns that
    /// state. On a curve that takes as long as an apnoea, or the rate of one who breathes four
    /// times a minute would sleep between breaths.
    pub(crate) fn sees_no_breath(&self, now: MonoTime, apnea: Duration) -> bool {
        let Some(breaths) = self.second.breaths else {
            return false;
        };
        match breaths.source {
            BreathSource::Numerics => breaths.denied,
            BreathSource::Curve => {
                let rate = self.latest(now, Signal::RespirationRate);
                let etco2 = self.latest(now, Signal::EtCO2);
                let both_nought = rate.is_some_and(|rate| rate <= 0.0)
                    && etco2.is_some_and(|etco2| !self.breaths.is_breath(etco2));
                breaths.without >= apnea || both_nought
            }
        }
    }

    /// Returns how many seconds ago the saturation was last at its baseline.
    pub(crate) fn seconds_of_fall(&self) -> Option<usize> {
        let track = self.tracks[Signal::SpO2 as usize].as_ref()?;
        track.seconds_since_at_least(self.second.baseline.saturation?)
    }

    /// Leaves out the seconds of a long time in which nobody asked, up to the last before `now`.
    pub(crate) fn skip_to(&mut self, now: MonoTime) {
        let behind = now.saturating_since(self.next);
        if behind <= JUMP {
            return;
        }
        for track in self.tracks.iter_mut().flatten() {
            track.clear();
        }
        self.frozen = None;
        self.next = self.next + Duration::from_secs(behind.as_secs());
    }

    /// Forgets what another device said of a signal. Until there is enough of the new one, the
    /// session's baseline stands in for the signal's own.
    pub(crate) fn begin_anew(&mut self, signal: Signal) {
        if let Some(track) = &mut self.tracks[signal as usize] {
            track.clear();
        }
        if signal == Signal::EtCO2 {
            self.breaths.begin_numerics_anew();
        }
        self.frozen = None;
    }

    /// Forgets the capnogram of another device.
    pub(crate) fn begin_curve_anew(&mut self) {
        self.breaths.begin_curve_anew();
    }

    /// Ends a second.
    pub(crate) fn end_second(&mut self, session: Option<&Baseline>) {
        let now = self.next;
        self.next = now + SECOND;
        let rate = self.latest(now, Signal::RespirationRate);
        let breaths = self.breaths.at(now, rate);
        let etco2_now = self.latest(now, Signal::EtCO2);
        // A capnograph that counts anew says nought while it shows breaths: no rate yet.
        let contradicted = etco2_now.is_none_or(|etco2| self.breaths.is_breath(etco2));
        if self.has_co2
            && rate.is_some_and(|rate| rate <= 0.0)
            && contradicted
            && let Some(track) = &mut self.tracks[Signal::RespirationRate as usize]
        {
            track.sample(now, None);
        }
        for track in self.tracks.iter_mut().flatten() {
            track.second(now);
        }
        let now_of = |signal: Signal| {
            let track = self.tracks[signal as usize].as_ref()?;
            track.median_of_last(seconds(self.windows.now), NOW_SAMPLES_MIN)
        };
        let saturation = now_of(Signal::SpO2);
        let slope = self.tracks[Signal::SpO2 as usize]
            .as_ref()
            .and_then(|track| {
                let window = seconds(self.windows.slope);
                track.slope_per_minute(window, self.windows.slope_samples_min)
            });
        let etco2 = self.tracks[Signal::EtCO2 as usize]
            .as_ref()
            .and_then(|track| track.median_of_last(ETCO2_NOW.0, ETCO2_NOW.1));
        let live = self.live_baselines(session);
        let mut second = Second {
            saturation,
            drop: None,
            slope,
            breaths,
            etco2,
            breath_rate: now_of(Signal::RespirationRate),
            heart_rate: now_of(Signal::HeartRate),
            effort: now_of(Signal::EffortRate),
            baseline: self.frozen.map_or(live, |(_, frozen)| frozen),
            suspect: false,
        };
        self.freeze_or_thaw(now, live, &mut second);
        self.second = second;
    }

    /// An event must not become its own baseline: while something is suspect the baselines stay
    /// as they were, though not for ever.
    fn freeze_or_thaw(&mut self, now: MonoTime, live: Baselines, second: &mut Second) {
        let expired = self
            .frozen
            .is_some_and(|(since, _)| now.saturating_since(since) >= self.windows.freeze_max);
        if expired {
            self.frozen = None;
            second.baseline = live;
        }
        self.judge(second);
        let recovered = second
            .drop
            .is_some_and(|drop| drop < self.windows.unfreeze_drop.number())
            || self.tracks[Signal::SpO2 as usize].is_none();
        if self.frozen.is_some() && recovered && !second.suspect {
            self.frozen = None;
            second.baseline = live;
            self.judge(second);
        }
        if self.frozen.is_none() && second.suspect {
            self.frozen = Some((now, second.baseline));
        }
    }

    fn judge(&self, second: &mut Second) {
        let baseline = second.baseline;
        second.drop = difference(baseline.saturation, second.saturation);
        let dropped = second
            .drop
            .is_some_and(|drop| drop >= self.windows.freeze_drop.number());
        let paused = second
            .breaths
            .is_some_and(|breaths| breaths.without >= SUSPECT_WITHOUT_BREATH);
        let small = second
            .etco2
            .zip(baseline.etco2)
            .is_some_and(|(now, before)| now <= SUSPECT_ETCO2_RATIO * before);
        second.suspect = dropped || paused || small;
    }

    fn live_baselines(&self, session: Option<&Baseline>) -> Baselines {
        let own = |signal: Signal| {
            let track = self.tracks[signal as usize].as_ref()?;
            track.baseline(self.windows.baseline_samples_min)
        };
        let or = |signal: Signal, given: fn(&Baseline) -> Option<Value>| {
            own(signal).or_else(|| session.and_then(given).map(Value::number))
        };
        Baselines {
            saturation: or(Signal::SpO2, |baseline| baseline.spo2),
            etco2: or(Signal::EtCO2, |baseline| baseline.etco2),
            breath_rate: or(Signal::RespirationRate, |baseline| {
                baseline.respiration_rate
            }),
            heart_rate: or(Signal::HeartRate, |baseline| baseline.heart_rate),
        }
    }
}

fn difference(before: Option<f64>, now: Option<f64>) -> Option<f64> {
    Some(before? - now?)
}

/// Returns whole seconds: a profile's windows are, and short.
fn seconds(window: Duration) -> usize {
    usize::try_from(window.as_secs()).unwrap_or(usize::MAX)
}
