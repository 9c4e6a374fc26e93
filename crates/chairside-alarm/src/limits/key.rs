//! The numbers of a profile that can be changed while patients are watched, each under its name
//! in the profile's file.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use chairside_model::Value;

use crate::contradictions::{
    APNEA_S, CUFF_TIMES_S, DELAYS_S, PRESSURE_LIMITS, PRESSURE_MIN, limit_range,
};
use crate::{AlarmId, Baseline, LimitSide, NibpHighRule, NibpLowRule, ProfileParts, Signal};

/// A number of a profile that a phase, a person or the patient's own baseline can change: limits,
/// delays, how often the cuff is expected, how long without a breath is an apnoea. Never whether a
/// rule is on, nor its priority.
///
/// The limit at which values count as good again has no key: it moves with its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitKey {
    /// The limit of a continuous signal, in the signal's unit.
    Trip(AlarmId),
    /// How long that limit must be violated, seconds.
    Delay(AlarmId),
    /// The systolic limit of a cuff rule, mmHg.
    Systolic(AlarmId),
    /// The diastolic limit of a cuff rule that is too high, mmHg.
    Diastolic(AlarmId),
    /// The mean limit of a cuff rule that is too low, mmHg.
    Mean(AlarmId),
    /// How often a good cuff reading is expected, seconds.
    CuffInterval,
    /// How long beyond it before it is overdue, seconds.
    CuffGrace,
    /// How long without a breath is an apnoea, seconds.
    NoBreath,
}

/// Every key with its name in the profile's file, in the order of the keys.
const NAMES: [(LimitKey, &str); 31] = [
    (LimitKey::Trip(AlarmId::HrHigh), "threshold.HR_HIGH.trip"),
    (
        LimitKey::Trip(AlarmId::HrVeryHigh),
        "threshold.HR_VERY_HIGH.trip",
    ),
    (LimitKey::Trip(AlarmId::HrLow), "threshold.HR_LOW.trip"),
    (
        LimitKey::Trip(AlarmId::HrVeryLow),
        "threshold.HR_VERY_LOW.trip",
    ),
    (LimitKey::Trip(AlarmId::Spo2Low), "threshold.SPO2_LOW.trip"),
    (
        LimitKey::Trip(AlarmId::Spo2VeryLow),
        "threshold.SPO2_VERY_LOW.trip",
    ),
    (LimitKey::Trip(AlarmId::RrLow), "threshold.RR_LOW.trip"),
    (LimitKey::Trip(AlarmId::RrHigh), "threshold.RR_HIGH.trip"),
    (
        LimitKey::Trip(AlarmId::Etco2High),
        "threshold.ETCO2_HIGH.trip",
    ),
    (
        LimitKey::Delay(AlarmId::HrHigh),
        "threshold.HR_HIGH.delay_s",
    ),
    (
        LimitKey::Delay(AlarmId::HrVeryHigh),
        "threshold.HR_VERY_HIGH.delay_s",
    ),
    (LimitKey::Delay(AlarmId::HrLow), "threshold.HR_LOW.delay_s"),
    (
        LimitKey::Delay(AlarmId::HrVeryLow),
        "threshold.HR_VERY_LOW.delay_s",
    ),
    (
        LimitKey::Delay(AlarmId::Spo2Low),
        "threshold.SPO2_LOW.delay_s",
    ),
    (
        LimitKey::Delay(AlarmId::Spo2VeryLow),
        "threshold.SPO2_VERY_LOW.delay_s",
    ),
    (LimitKey::Delay(AlarmId::RrLow), "threshold.RR_LOW.delay_s"),
    (
        LimitKey::Delay(AlarmId::RrHigh),
        "threshold.RR_HIGH.delay_s",
    ),
    (
        LimitKey::Delay(AlarmId::Etco2High),
        "threshold.ETCO2_HIGH.delay_s",
    ),
    (
        LimitKey::Systolic(AlarmId::NibpHigh),
        "nibp.NIBP_HIGH.sys_ge",
    ),
    (
        LimitKey::Systolic(AlarmId::NibpVeryHigh),
        "nibp.NIBP_VERY_HIGH.sys_ge",
    ),
    (
        LimitKey::Systolic(AlarmId::NibpRise),
        "nibp.NIBP_RISE.d_sys_ge",
    ),
    (LimitKey::Systolic(AlarmId::NibpLow), "nibp.NIBP_LOW.sys_lt"),
    (
        LimitKey::Systolic(AlarmId::NibpVeryLow),
        "nibp.NIBP_VERY_LOW.sys_lt",
    ),
    (
        LimitKey::Diastolic(AlarmId::NibpHigh),
        "nibp.NIBP_HIGH.dia_ge",
    ),
    (
        LimitKey::Diastolic(AlarmId::NibpVeryHigh),
        "nibp.NIBP_VERY_HIGH.dia_ge",
    ),
    (
        LimitKey::Diastolic(AlarmId::NibpRise),
        "nibp.NIBP_RISE.d_dia_ge",
    ),
    (LimitKey::Mean(AlarmId::NibpLow), "nibp.NIBP_LOW.map_lt"),
    (
        LimitKey::Mean(AlarmId::NibpVeryLow),
        "nibp.NIBP_VERY_LOW.map_lt",
    ),
    (LimitKey::CuffInterval, "nibp.interval_s"),
    (LimitKey::CuffGrace, "nibp.overdue_grace_s"),
    (LimitKey::NoBreath, "airway.APNEA.no_breath_s"),
];

impl LimitKey {
    /// Returns every key, in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(key, _)| *key)
    }

    /// Returns the key with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let named = NAMES.iter().find(|(_, other)| *other == name);
        named.map(|(key, _)| *key)
    }

    /// Returns the name used in a profile's file, in JSON and in SQL: `"threshold.HR_HIGH.trip"`.
    ///
    /// Empty for a key that no rule has, like the trip of `APNEA`.
    #[must_use]
    pub fn name(self) -> &'static str {
        let named = NAMES.iter().find(|(key, _)| *key == self);
        named.map_or("", |(_, name)| name)
    }

    /// Returns the alarm whose rule it is a number of.
    #[must_use]
    pub const fn alarm(self) -> AlarmId {
        match self {
            Self::Trip(id)
            | Self::Delay(id)
            | Self::Systolic(id)
            | Self::Diastolic(id)
            | Self::Mean(id) => id,
            Self::CuffInterval | Self::CuffGrace => AlarmId::NibpOverdue,
            Self::NoBreath => AlarmId::Apnea,
        }
    }

    /// Returns the number in a profile; nothing when its rule is off.
    #[must_use]
    pub fn of(self, parts: &ProfileParts) -> Option<Value> {
        let threshold = |id| parts.thresholds.iter().find(|rule| rule.id == id);
        match self {
            Self::Trip(id) => threshold(id).map(|rule| rule.trip),
            Self::Delay(id) => threshold(id).and_then(|rule| seconds(rule.delay)),
            Self::Systolic(id) => high(parts, id)
                .map(|rule| rule.systolic)
                .or_else(|| low(parts, id).map(|rule| rule.systolic)),
            Self::Diastolic(id) => high(parts, id).map(|rule| rule.diastolic),
            Self::Mean(id) => low(parts, id).map(|rule| rule.mean),
            Self::CuffInterval => parts
                .nibp
                .overdue
                .and_then(|_| seconds(parts.nibp.interval)),
            Self::CuffGrace => {
                let grace = parts.nibp.overdue_grace;
                parts.nibp.overdue.and_then(|_| seconds(grace))
            }
            Self::NoBreath => parts.airway.apnea.and_then(|rule| seconds(rule.no_breath)),
        }
    }

    /// Returns what the number can be at all, whatever the others are.
    pub(crate) fn range(self) -> RangeInclusive<f64> {
        match self {
            Self::Trip(id) => limit_range(signal_of(id)),
            Self::Delay(_) => DELAYS_S,
            Self::Systolic(_) | Self::Diastolic(_) | Self::Mean(_) => PRESSURE_LIMITS,
            Self::CuffInterval | Self::CuffGrace => CUFF_TIMES_S,
            Self::NoBreath => {
                let seconds = |whole: &u64| Duration::from_secs(*whole).as_secs_f64();
                seconds(APNEA_S.start())..=seconds(APNEA_S.end())
            }
        }
    }

    /// Puts a number into a profile whose rule is on; the limit at which values are good again
    /// stays as far from it as it was in `from`, as far as there are such values. What is no
    /// number for this key is left out: the caller has compared it with [`range`](Self::range).
    pub(crate) fn put(self, value: Value, from: &ProfileParts, parts: &mut ProfileParts) {
        let moved = |trip: Value, clear: Value, range: RangeInclusive<f64>| {
            let distance = clear.number() - trip.number();
            let clear = (value.number() + distance).clamp(*range.start(), *range.end());
            Value::finite(clear).unwrap_or(value)
        };
        let pressure = |trip, clear| {
            let range = PRESSURE_MIN..=*PRESSURE_LIMITS.end();
            moved(trip, clear, range)
        };
        let time = Duration::try_from_secs_f64(value.number());
        match self {
            Self::Trip(id) => {
                let was = from.thresholds.iter().find(|rule| rule.id == id);
                let rule = parts.thresholds.iter_mut().find(|rule| rule.id == id);
                if let (Some(was), Some(rule)) = (was, rule) {
                    rule.trip = value;
                    rule.clear = moved(was.trip, was.clear, limit_range(rule.signal));
                }
            }
            Self::Delay(id) => {
                let rule = parts.thresholds.iter_mut().find(|rule| rule.id == id);
                if let (Some(rule), Ok(delay)) = (rule, time) {
                    rule.delay = delay;
                }
            }
            Self::Systolic(id) => {
                if let (Some(was), Some(rule)) = (high(from, id), high_mut(parts, id)) {
                    rule.systolic = value;
                    rule.clear_systolic = pressure(was.systolic, was.clear_systolic);
                }
                if let (Some(was), Some(rule)) = (low(from, id), low_mut(parts, id)) {
                    rule.systolic = value;
                    rule.clear_systolic = pressure(was.systolic, was.clear_systolic);
                }
            }
            Self::Diastolic(id) => {
                if let (Some(was), Some(rule)) = (high(from, id), high_mut(parts, id)) {
                    rule.diastolic = value;
                    rule.clear_diastolic = pressure(was.diastolic, was.clear_diastolic);
                }
            }
            Self::Mean(id) => {
                if let (Some(was), Some(rule)) = (low(from, id), low_mut(parts, id)) {
                    rule.mean = value;
                    rule.clear_mean = pressure(was.mean, was.clear_mean);
                }
            }
            Self::CuffInterval => parts.nibp.interval = time.unwrap_or(parts.nibp.interval),
            Self::CuffGrace => {
                parts.nibp.overdue_grace = time.unwrap_or(parts.nibp.overdue_grace);
            }
            Self::NoBreath => {
                if let (Some(rule), Ok(time)) = (&mut parts.airway.apnea, time) {
                    rule.no_breath = time;
                }
            }
        }
    }

    /// Tells whether only a clinician may change it, whatever the bounds: the rules that call at
    /// once.
    #[must_use]
    pub const fn is_very(self) -> bool {
        matches!(
            self.alarm(),
            AlarmId::HrVeryHigh
                | AlarmId::HrVeryLow
                | AlarmId::Spo2VeryLow
                | AlarmId::NibpVeryHigh
                | AlarmId::NibpVeryLow
        )
    }

    /// Returns on which side of the limit values are wrong, of one that is set against the
    /// patient's own baseline.
    pub(crate) const fn personal_side(self) -> Option<LimitSide> {
        match self {
            Self::Trip(
                AlarmId::HrHigh | AlarmId::HrVeryHigh | AlarmId::RrHigh | AlarmId::Etco2High,
            )
            | Self::Systolic(AlarmId::NibpHigh | AlarmId::NibpVeryHigh)
            | Self::Diastolic(AlarmId::NibpHigh | AlarmId::NibpVeryHigh) => Some(LimitSide::High),
            Self::Trip(_) | Self::Systolic(AlarmId::NibpLow | AlarmId::NibpVeryLow) => {
                Some(LimitSide::Low)
            }
            // A rise is above the baseline by itself, and no mean is known before the session.
            _ => None,
        }
    }

    /// Returns the patient's own value that this limit is compared with.
    pub(crate) fn of_baseline(self, baseline: &Baseline) -> Option<Value> {
        match self {
            Self::Trip(id) => match signal_of(id) {
                Signal::HeartRate => baseline.heart_rate,
                Signal::SpO2 => baseline.spo2,
                Signal::RespirationRate => baseline.respiration_rate,
                Signal::EtCO2 => baseline.etco2,
                Signal::EffortRate | Signal::PerfusionIndex => None,
            },
            Self::Systolic(_) => baseline.pressure.map(|pressure| pressure.systolic),
            Self::Diastolic(_) => baseline.pressure.map(|pressure| pressure.diastolic),
            Self::Delay(_)
            | Self::Mean(_)
            | Self::CuffInterval
            | Self::CuffGrace
            | Self::NoBreath => None,
        }
    }
}

impl fmt::Display for LimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn seconds(time: Duration) -> Option<Value> {
    Value::finite(time.as_secs_f64())
}

const fn signal_of(id: AlarmId) -> Signal {
    match id {
        AlarmId::Spo2Low | AlarmId::Spo2VeryLow => Signal::SpO2,
        AlarmId::RrLow | AlarmId::RrHigh => Signal::RespirationRate,
        AlarmId::Etco2High => Signal::EtCO2,
        _ => Signal::HeartRate,
    }
}

fn high(parts: &ProfileParts, id: AlarmId) -> Option<&NibpHighRule> {
    match id {
        AlarmId::NibpHigh => parts.nibp.high.as_ref(),
        AlarmId::NibpVeryHigh => parts.nibp.very_high.as_ref(),
        AlarmId::NibpRise => parts.nibp.rise.as_ref(),
        _ => None,
    }
}

fn high_mut(parts: &mut ProfileParts, id: AlarmId) -> Option<&mut NibpHighRule> {
    match id {
        AlarmId::NibpHigh => parts.nibp.high.as_mut(),
        AlarmId::NibpVeryHigh => parts.nibp.very_high.as_mut(),
        AlarmId::NibpRise => parts.nibp.rise.as_mut(),
        _ => None,
    }
}

fn low(parts: &ProfileParts, id: AlarmId) -> Option<&NibpLowRule> {
    match id {
        AlarmId::NibpLow => parts.nibp.low.as_ref(),
        AlarmId::NibpVeryLow => parts.nibp.very_low.as_ref(),
        _ => None,
    }
}

fn low_mut(parts: &mut ProfileParts, id: AlarmId) -> Option<&mut NibpLowRule> {
    match id {
        AlarmId::NibpLow => parts.nibp.low.as_mut(),
        AlarmId::NibpVeryLow => parts.nibp.very_low.as_mut(),
        _ => None,
    }
}
