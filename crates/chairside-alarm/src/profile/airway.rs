//! Rules about breathing and the airway, and the windows that their features are drawn from.

use std::time::Duration;

use chairside_model::Value;

use crate::Priority;

/// Rules about breathing and the airway. One that is `None` is off.
///
/// Numbers are those of `docs/alarms.md`: Chairside's own design, tried on scripts and on
/// recordings and never validated on patients.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AirwayRules {
    /// What counts as a breath.
    pub breath: BreathRule,
    /// Over which times the features are taken.
    pub windows: FeatureWindows,
    /// `APNEA`.
    pub apnea: Option<ApneaRule>,
    /// `AIRWAY_OBSTRUCTION`.
    pub obstruction: Option<ObstructionRule>,
    /// `AIRWAY_PARTIAL`.
    pub partial: Option<PartialRule>,
    /// `SPO2_FALL`.
    pub spo2_fall: Option<Spo2FallRule>,
}

/// What counts as a breath.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreathRule {
    /// CO2 at or above this is a breath, mmHg.
    pub co2_min: Value,
    /// How long the capnograph goes on showing its last numbers before it admits that there is no
    /// breath. Counted in where there are numbers and no curve.
    pub numerics_held: Duration,
}

impl Default for BreathRule {
    /// 8 mmHg, and a capnograph that holds nothing back.
    fn default() -> Self {
        Self {
            co2_min: Value::whole(8),
            numerics_held: Duration::ZERO,
        }
    }
}

/// Over which times the features of the airway rules are taken, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FeatureWindows {
    /// A value "now" is the median of this time: saturation, rate, breaths, effort.
    pub now: Duration,
    /// The slope of the saturation is that of this time...
    pub slope: Duration,
    /// ...of at least so many samples.
    pub slope_samples_min: usize,
    /// A baseline is the median from so long ago...
    pub baseline_from: Duration,
    /// ...until so long ago...
    pub baseline_to: Duration,
    /// ...of at least so many samples; else the session's baseline.
    pub baseline_samples_min: usize,
    /// A saturation this many points below its baseline freezes the baselines...
    pub freeze_drop: Value,
    /// ...until it is less than this many below, and nothing else is suspect...
    pub unfreeze_drop: Value,
    /// ...and for no longer than this.
    pub freeze_max: Duration,
}

impl Default for FeatureWindows {
    /// Those of `docs/alarms.md`.
    fn default() -> Self {
        Self {
            now: Duration::from_secs(5),
            slope: Duration::from_secs(30),
            slope_samples_min: 20,
            baseline_from: Duration::from_mins(3),
            baseline_to: Duration::from_mins(1),
            baseline_samples_min: 60,
            freeze_drop: Value::whole(3),
            unfreeze_drop: Value::whole(2),
            freeze_max: Duration::from_mins(5),
        }
    }
}

/// No breath, and no effort or none that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApneaRule {
    /// How long without a breath.
    pub no_breath: Duration,
    /// How long breaths must have come again.
    pub clear_breathing: Duration,
    /// How urgent.
    pub priority: Priority,
}

/// Signs compatible with no air movement, from what the bed measures: one rule in three modes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObstructionRule {
    /// Chest movements at or above this are effort, /min.
    pub effort_min: Value,
    /// With CO2 and effort: how long without a breath, together with one other sign...
    pub co2_effort_no_breath: Duration,
    /// ...a saturation this many points below its baseline...
    pub corroborating_drop: Value,
    /// ...or a heart rate this far from its baseline, /min...
    pub corroborating_rate: Value,
    /// ...or no breath for this long, which needs no other sign.
    pub co2_effort_max: Duration,
    /// With CO2 and no measured effort: how long without a breath...
    pub co2_no_breath: Duration,
    /// ...together with a saturation this many points below its baseline.
    pub co2_drop: Value,
    /// Without CO2.
    pub spo2_only: Spo2OnlyMode,
    /// When it is over.
    pub clear: ObstructionClear,
    /// How urgent.
    pub priority: Priority,
}

/// What takes the place of breaths where no CO2 is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spo2OnlyMode {
    /// The saturation is at or below this, %.
    pub spo2_max: Value,
    /// It lies this many points below its baseline or more.
    pub drop: Value,
    /// It falls by this or faster, %/min: a negative number.
    pub slope: Value,
    /// For how long all three must hold.
    pub delay: Duration,
}

/// When an obstruction is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObstructionClear {
    /// How long breaths must have come again, where CO2 is measured.
    pub breathing: Duration,
    /// The saturation is at or above this, %...
    pub spo2_min: Value,
    /// ...or no more than this many points below its baseline.
    pub within_of_baseline: Value,
    /// How long both must hold.
    pub hold: Duration,
}

/// Breaths that have become small, and a sign that it matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartialRule {
    /// EtCO2 at or below this share of its baseline...
    pub etco2_ratio: Value,
    /// ...and still at or above this, mmHg...
    pub etco2_min: Value,
    /// ...with a saturation this many points below its baseline...
    pub drop: Value,
    /// ...or breaths this much above theirs, /min.
    pub rate_rise: Value,
    /// For how long.
    pub delay: Duration,
    /// Over when EtCO2 is above this share of its baseline...
    pub clear_etco2_ratio: Value,
    /// ...and the saturation less than this many points below its baseline...
    pub clear_drop: Value,
    /// ...for this long.
    pub clear_hold: Duration,
    /// How urgent.
    pub priority: Priority,
}

/// A saturation that falls fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spo2FallRule {
    /// It lies this many points below its baseline or more...
    pub drop: Value,
    /// ...falls by this or faster, %/min: a negative number...
    pub slope: Value,
    /// ...and is at or below this, %.
    pub spo2_max: Value,
    /// For how long.
    pub delay: Duration,
    /// Over when it falls by this or more slowly, %/min...
    pub clear_slope: Value,
    /// ...for this long.
    pub clear_hold: Duration,
    /// How urgent.
    pub priority: Priority,
}
