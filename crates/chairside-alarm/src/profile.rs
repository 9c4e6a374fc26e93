//! Limits, delays, families: valid by construction.

use std::time::Duration;

use chairside_model::Value;

use crate::contradictions::{contradictions, in_itself};
use crate::{AlarmId, Priority};

mod adjust;
mod airway;

pub use adjust::{Adjustments, Bounds, Phase};
pub use airway::{
    AirwayRules, ApneaRule, BreathRule, FeatureWindows, ObstructionClear, ObstructionRule,
    PartialRule, Spo2FallRule, Spo2OnlyMode,
};

/// A named set of limits and delays that does not contradict itself.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmProfile(ProfileParts);

/// What a profile is made of. Only [`AlarmProfile::new`] turns it into something the engine takes.
///
/// The rules are those of `docs/alarms.md`; a rule that is `None`, or a threshold that is not in
/// the list, is off.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileParts {
    /// The profile's name, `"adult-ketamine"`.
    pub name: String,
    /// Rules that compare one continuous signal with one limit.
    pub thresholds: Vec<ThresholdRule>,
    /// Rules that judge cuff readings.
    pub nibp: NibpRules,
    /// Rules about breathing and the airway.
    pub airway: AirwayRules,
    /// Rules about equipment, signal and link.
    pub technical: TechnicalRules,
    /// Samples that are held back or forgiven.
    pub holds: Holds,
    /// How people are called.
    pub signals: SignalRules,
    /// Alarms of which only the worst sounds, the mildest first.
    pub families: Vec<Vec<AlarmId>>,
    /// How its limits may change while a patient is watched.
    pub adjustments: Adjustments,
}

/// A continuous signal of a bed that rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// ECG heart rate where the bed has one, else the oximeter's pulse rate, /min.
    HeartRate,
    /// Saturation, %.
    SpO2,
    /// Breaths on the capnogram, /min; where the bed has no CO2, the movements of the chest.
    RespirationRate,
    /// Carbon dioxide at the end of a breath out, mmHg.
    EtCO2,
    /// Movements of the chest, /min.
    EffortRate,
    /// How strong the pulse is at the oximeter, %.
    PerfusionIndex,
}

impl Signal {
    pub(crate) const COUNT: usize = 6;

    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::HeartRate,
        Self::SpO2,
        Self::RespirationRate,
        Self::EtCO2,
        Self::EffortRate,
        Self::PerfusionIndex,
    ];
}

/// On which side of a limit a value is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitSide {
    /// Below it.
    Low,
    /// Above it.
    High,
}

/// One limit of a continuous signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThresholdRule {
    /// The alarm it raises.
    pub id: AlarmId,
    /// What it looks at.
    pub signal: Signal,
    /// Which side is wrong.
    pub side: LimitSide,
    /// Violated strictly beyond this.
    pub trip: Value,
    /// How long it must be violated without one good sample.
    pub delay: Duration,
    /// Good again at this or better.
    pub clear: Value,
    /// How long it must be good before the condition ends.
    pub clear_hold: Duration,
    /// How urgent.
    pub priority: Priority,
}

/// Rules about the cuff. They judge each reading by itself: one is enough.
#[derive(Clone, Debug, PartialEq)]
pub struct NibpRules {
    /// How often a good reading is expected.
    pub interval: Duration,
    /// How long beyond the interval before it counts as overdue.
    pub overdue_grace: Duration,
    /// `NIBP_HIGH`.
    pub high: Option<NibpHighRule>,
    /// `NIBP_VERY_HIGH`.
    pub very_high: Option<NibpHighRule>,
    /// `NIBP_RISE`: the same shape, in mmHg above the patient's baseline.
    pub rise: Option<NibpHighRule>,
    /// `NIBP_LOW`.
    pub low: Option<NibpLowRule>,
    /// `NIBP_VERY_LOW`.
    pub very_low: Option<NibpLowRule>,
    /// `NIBP_FAILED`.
    pub failed: Option<Priority>,
    /// `NIBP_OVERDUE`.
    pub overdue: Option<Priority>,
}

/// Too high: systolic *or* diastolic at or above; over when systolic *and* diastolic are below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NibpHighRule {
    /// Systolic, mmHg: at or above is wrong.
    pub systolic: Value,
    /// Diastolic, mmHg: at or above is wrong.
    pub diastolic: Value,
    /// Systolic below this is good again.
    pub clear_systolic: Value,
    /// Diastolic below this is good again.
    pub clear_diastolic: Value,
    /// How urgent.
    pub priority: Priority,
}

/// Too low: systolic *or* mean below; over when systolic *and* mean are at or above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NibpLowRule {
    /// Systolic, mmHg: below is wrong.
    pub systolic: Value,
    /// Mean, mmHg: below is wrong.
    pub mean: Value,
    /// Systolic at or above this is good again.
    pub clear_systolic: Value,
    /// Mean at or above this is good again.
    pub clear_mean: Value,
    /// How urgent.
    pub priority: Priority,
}

/// Rules about equipment, signal and link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TechnicalRules {
    /// `SPO2_PROBE_OFF`.
    pub spo2_probe_off: Option<TechnicalRule>,
    /// `SPO2_NO_DATA`.
    pub spo2_no_data: Option<TechnicalRule>,
    /// `SPO2_LOW_PERFUSION`.
    pub spo2_low_perfusion: Option<LowPerfusionRule>,
    /// `CO2_NO_DATA`.
    pub co2_no_data: Option<TechnicalRule>,
    /// `LINE_GARBLED`.
    pub line_garbled: Option<TechnicalRule>,
    /// `DEVICE_LINK_LOST`; cannot be off.
    pub device_link_lost: LinkLostRule,
    /// `DEVICE_SWAPPED`.
    pub device_swapped: Option<Priority>,
    /// `BED_FAILED`; cannot be off.
    pub bed_failed: Priority,
    /// `RECORDING_STOPPED`; cannot be off.
    pub recording_stopped: TechnicalRule,
    /// `NO_STATION`.
    pub no_station: Option<TechnicalRule>,
    /// `DELIVERY_FAILED`.
    pub delivery_failed: Option<TechnicalRule>,
}

/// A technical condition that must last before it counts, and be gone for a while to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TechnicalRule {
    /// How long it must last.
    pub delay: Duration,
    /// How long it must be gone.
    pub clear_hold: Duration,
    /// How urgent.
    pub priority: Priority,
}

/// A pulse that is too weak at the oximeter for its numbers to be trusted much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowPerfusionRule {
    /// A perfusion index below this is weak, %.
    pub below: Value,
    /// How long it must last.
    pub delay: Duration,
    /// How long it must be gone.
    pub clear_hold: Duration,
    /// How urgent.
    pub priority: Priority,
}

/// No frames from a device. Urgent while a dose acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkLostRule {
    /// How long without a frame; three nominal periods of a slow device if that is longer.
    pub delay: Duration,
    /// How long frames must have come again.
    pub clear_hold: Duration,
    /// From the start of a dose until `dosing_tail` after its end.
    pub priority_dosing: Priority,
    /// At any other time.
    pub priority_other: Priority,
    /// How long after the end of a dose it still acts.
    pub dosing_tail: Duration,
}

/// Samples that are held back or forgiven (`docs/alarms.md`, semantics 2, 6 and 7).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holds {
    /// Missing samples up to this do not restart a delay.
    pub gap_tolerance: Duration,
    /// Cuff and probe on one limb: longest time that samples are ignored for one inflation.
    pub cuff_same_limb_max: Duration,
    /// The same: how long after the end of the inflation.
    pub cuff_release: Duration,
    /// A saturation this many points away from the median of the last 5 s is held back...
    pub step_points: Value,
    /// ...for this long, then believed.
    pub step_hold: Duration,
    /// What may at most remain of a delay after a hold.
    pub after_hold_delay_max: Duration,
}

/// How people are called because of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalRules {
    /// How long after an acknowledgement people are called again if the condition still holds, 60
    /// to 180 s.
    pub realarm: Duration,
}

impl Default for SignalRules {
    /// Three minutes. (Philips re-alarms every 2 or 3 min: V24 manual, page 5-5.)
    fn default() -> Self {
        Self {
            realarm: Duration::from_mins(3),
        }
    }
}

/// Why a set of limits is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    /// The key at fault, as in the file: `"threshold.HR_HIGH.clear"`.
    pub key: String,
    /// What is wrong with it, in words, with the values.
    pub why: String,
}

impl AlarmProfile {
    /// Makes a profile of its parts.
    ///
    /// # Errors
    ///
    /// Every contradiction that was found, not just the first.
    pub fn new(parts: ProfileParts) -> Result<Self, Vec<ProfileError>> {
        let found = contradictions(&parts);
        if found.is_empty() {
            Ok(Self(parts))
        } else {
            Err(found)
        }
    }

    /// Makes the profile that is judged by at a moment of a session: one that changes no more by
    /// itself.
    pub(crate) fn in_force(mut parts: ProfileParts) -> Result<Self, Vec<ProfileError>> {
        parts.adjustments = Adjustments::default();
        let found = in_itself(&parts);
        if found.is_empty() {
            Ok(Self(parts))
        } else {
            Err(found)
        }
    }

    /// Returns what it is made of.
    #[must_use]
    pub const fn parts(&self) -> &ProfileParts {
        &self.0
    }
}
