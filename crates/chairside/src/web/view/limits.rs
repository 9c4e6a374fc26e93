//! The limits of a bed as clients are shown them: what is in force, what of it is not as the profile
//! ships it, and who chose that.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    AlarmId, AlarmProfile, LimitCause, LimitInForce, LimitKey, LimitSide, SessionLimits, Signal,
    sensible,
};
use chairside_model::{Metric, MonoTime};
use chrono::{DateTime, Utc};

use super::{BedInfo, millis};
use crate::clock::wall;
use crate::web::wire;

/// The limits of a bed.
#[derive(Debug)]
pub(super) struct BedLimits {
    limits: SessionLimits,
    chosen: BTreeMap<LimitKey, Chosen>,
}

/// Who chose a limit last.
#[derive(Debug)]
struct Chosen {
    at: MonoTime,
    by: String,
    reason: String,
}

impl BedLimits {
    pub(super) const fn new(limits: SessionLimits) -> Self {
        Self {
            limits,
            chosen: BTreeMap::new(),
        }
    }

    /// A person chooses a limit; [`follow`](Self::follow) tells what came of it.
    pub(super) fn chosen(&mut self, key: LimitKey, at: MonoTime, by: &str, reason: &str) {
        let (by, reason) = (by.to_owned(), reason.trim().to_owned());
        self.chosen.insert(key, Chosen { at, by, reason });
    }

    /// Takes the limits that the core judges by now.
    pub(super) fn follow(&mut self, limits: &SessionLimits) {
        self.limits = limits.clone();
    }

    pub(super) fn cuff_interval(&self) -> Duration {
        self.limits.in_force().parts().nibp.interval
    }

    pub(super) fn phase(&self) -> &'static str {
        self.limits.phase().name()
    }

    /// A session that opens or closes begins in the phase before a dose.
    pub(super) fn end_session(&mut self) {
        self.limits.end_session();
    }

    pub(super) fn message(
        &self,
        info: &BedInfo,
        now: MonoTime,
        zero: DateTime<Utc>,
    ) -> wire::LimitsOfBed {
        wire::LimitsOfBed {
            bed: info.id.clone(),
            limits: self.in_force(now, zero),
        }
    }

    pub(super) fn in_force(&self, now: MonoTime, zero: DateTime<Utc>) -> wire::LimitsInForce {
        let changed = self.limits.all().filter_map(|limit| {
            let cause = limit.cause?;
            Some(self.changed(&limit, cause, zero))
        });
        let until = self.limits.until();
        let mut limits = first_limits(self.limits.in_force());
        for (metric, shipped) in first_limits(self.limits.shipped()) {
            let now = limits.entry(metric).or_default();
            let default = |now, shipped: Option<f64>| shipped.filter(|_| now != shipped);
            now.low_default = default(now.low, shipped.low);
            now.high_default = default(now.high, shipped.high);
        }
        wire::LimitsInForce {
            limits,
            nibp_interval_s: self.cuff_interval().as_secs_f64(),
            phase: self.limits.phase().name(),
            changed: changed.collect(),
            until: until.map(|until| wire::Time(wall(zero, until))),
            remaining_ms: until.map(|until| millis(until.saturating_since(now))),
        }
    }

    pub(super) fn adjustable(&self) -> Vec<wire::AdjustableLimit> {
        let adjustable = |limit: LimitInForce| {
            let bounds = limit.bounds.filter(|_| !limit.key.is_very());
            let (warn_below, warn_above) = sensible(limit.key).unwrap_or_default();
            wire::AdjustableLimit {
                key: limit.key.name(),
                alarm: limit.key.alarm().name(),
                value: limit.value.number(),
                default: limit.default.number(),
                unit: unit(limit.key),
                least: bounds.map(|bounds| bounds.least.number()),
                most: bounds.map(|bounds| bounds.most.number()),
                warn_below,
                warn_above,
            }
        };
        self.limits.all().map(adjustable).collect()
    }

    fn changed(
        &self,
        limit: &LimitInForce,
        cause: LimitCause,
        zero: DateTime<Utc>,
    ) -> wire::ChangedLimit {
        let chosen = self.chosen.get(&limit.key);
        let chosen = chosen.filter(|_| cause == LimitCause::Person);
        wire::ChangedLimit {
            key: limit.key.name(),
            alarm: limit.key.alarm().name(),
            value: limit.value.number(),
            default: limit.default.number(),
            unit: unit(limit.key),
            cause: cause.name(),
            chosen: chosen.map(|chosen| wire::ChosenLimit {
                by: chosen.by.clone(),
                at: wire::Time(wall(zero, chosen.at)),
                reason: chosen.reason.clone(),
            }),
        }
    }
}

const fn unit(key: LimitKey) -> &'static str {
    match key {
        LimitKey::Trip(AlarmId::Spo2Low | AlarmId::Spo2VeryLow) => "%",
        LimitKey::Trip(AlarmId::Etco2High)
        | LimitKey::Systolic(_)
        | LimitKey::Diastolic(_)
        | LimitKey::Mean(_) => "mmHg",
        LimitKey::Trip(_) => "/min",
        LimitKey::Delay(_) | LimitKey::CuffInterval | LimitKey::CuffGrace | LimitKey::NoBreath => {
            "s"
        }
    }
}

/// Returns the first limit on each side of each metric that a profile watches.
fn first_limits(profile: &AlarmProfile) -> BTreeMap<&'static str, wire::Limits> {
    let mut limits: BTreeMap<&'static str, wire::Limits> = BTreeMap::new();
    let mut add = |metric: Metric, side: LimitSide, limit: f64| {
        let entry = limits.entry(metric.name()).or_default();
        match side {
            LimitSide::Low => entry.low = Some(entry.low.map_or(limit, |low| low.max(limit))),
            LimitSide::High => entry.high = Some(entry.high.map_or(limit, |high| high.min(limit))),
        }
    };
    let parts = profile.parts();
    for rule in &parts.thresholds {
        let metrics: &[Metric] = match rule.signal {
            Signal::HeartRate => &[Metric::HeartRate, Metric::PulseRate],
            Signal::SpO2 => &[Metric::SpO2],
            Signal::RespirationRate => &[Metric::RespirationRate],
            Signal::EtCO2 => &[Metric::EtCO2],
            Signal::EffortRate => &[Metric::EffortRate],
            Signal::PerfusionIndex => &[Metric::PerfusionIndex],
        };
        for metric in metrics {
            add(*metric, rule.side, rule.trip.number());
        }
    }
    for high in [&parts.nibp.high, &parts.nibp.very_high]
        .into_iter()
        .flatten()
    {
        add(
            Metric::NibpSystolic,
            LimitSide::High,
            high.systolic.number(),
        );
        add(
            Metric::NibpDiastolic,
            LimitSide::High,
            high.diastolic.number(),
        );
    }
    for low in [&parts.nibp.low, &parts.nibp.very_low]
        .into_iter()
        .flatten()
    {
        add(Metric::NibpSystolic, LimitSide::Low, low.systolic.number());
        add(Metric::NibpMean, LimitSide::Low, low.mean.number());
    }
    limits
}
