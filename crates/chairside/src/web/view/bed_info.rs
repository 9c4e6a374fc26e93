//! What never changes about a bed while the service runs: its names, its limits, and how long each
//! of its values may be shown.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmProfile, LimitSide, Signal};
use chairside_model::{Cadence, DeviceId, Metric};
use chairside_protocol::DriverInfo;
use chairside_station::BedPlan;

use crate::web::wire;

/// A bed's value of SpO2, pulse or heart rate is not shown longer than this, or three nominal
/// periods (dashboard guidance section 7; alarms.md section 12, points 8 and 12).
const RATES_EXPIRE: Duration = Duration::from_secs(10);

/// The same for the respiration rate and carbon dioxide.
const BREATH_EXPIRES: Duration = Duration::from_secs(30);

/// The same for a temperature.
const TEMPERATURE_EXPIRES: Duration = Duration::from_mins(30);

/// What never changes about a bed while the service runs.
#[derive(Debug)]
pub struct BedInfo {
    /// The id of the configuration.
    pub id: String,
    /// The name on screen.
    pub name: String,
    /// Its devices by number.
    pub devices: BTreeMap<DeviceId, DeviceInfo>,
    pub(super) profile: String,
    pub(super) limits: BTreeMap<&'static str, wire::Limits>,
    pub(super) nibp_interval: Duration,
    pub(super) sources: BTreeMap<Metric, DeviceId>,
}

/// What never changes about a device.
#[derive(Clone, Debug)]
pub struct DeviceInfo {
    /// The name of the configuration.
    pub name: String,
    /// Its driver.
    pub driver: &'static DriverInfo,
}

impl BedInfo {
    /// Describes a bed of the plan.
    #[must_use]
    pub fn new(
        id: String,
        name: String,
        devices: BTreeMap<DeviceId, DeviceInfo>,
        plan: &BedPlan,
    ) -> Self {
        Self {
            id,
            name,
            devices,
            profile: plan.profile.parts().name.clone(),
            limits: limits(&plan.profile),
            nibp_interval: plan.profile.parts().nibp.interval,
            sources: plan.sources().metrics,
        }
    }

    pub(super) fn device_name(&self, device: DeviceId) -> String {
        self.devices
            .get(&device)
            .map_or_else(|| device.to_string(), |info| info.name.clone())
    }

    pub(super) fn shows(&self, metric: Metric, device: DeviceId) -> bool {
        self.sources.get(&metric) == Some(&device)
    }

    /// The core knows devices by number; people know them by name.
    pub(super) fn with_device_names(&self, evidence: &str) -> String {
        /// How a `DeviceId` is written, up to its number.
        const DEVICE: &str = "device ";
        let mut named = String::with_capacity(evidence.len());
        let mut rest = evidence;
        while let Some(start) = rest.find(DEVICE) {
            let number = start + DEVICE.len();
            let digits = rest[number..].bytes().take_while(u8::is_ascii_digit);
            let end = number + digits.count();
            let id = rest[number..end].parse().ok().map(DeviceId);
            let device = id.and_then(|id| self.devices.get(&id));
            named.push_str(&rest[..start]);
            named.push_str(device.map_or(&rest[start..end], |device| &device.name));
            rest = &rest[end..];
        }
        named.push_str(rest);
        named
    }

    /// Returns how long a value of this metric may be shown after it was measured.
    pub(super) fn expires_after(&self, metric: Metric, device: DeviceId) -> Duration {
        let period = self
            .devices
            .get(&device)
            .map_or(Duration::ZERO, |info| info.driver.nominal_period);
        match metric {
            Metric::RespirationRate | Metric::EtCO2 | Metric::FiCO2 => {
                BREATH_EXPIRES.max(period * 3)
            }
            Metric::Temperature => TEMPERATURE_EXPIRES,
            _ if metric.cadence() == Cadence::Aperiodic => self.nibp_interval * 3 / 2,
            _ => RATES_EXPIRE.max(period * 3),
        }
    }
}

/// Returns the first limit on each side of each metric that a profile watches.
fn limits(profile: &AlarmProfile) -> BTreeMap<&'static str, wire::Limits> {
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
