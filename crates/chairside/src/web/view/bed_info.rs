//! What never changes about a bed while the service runs: its names, the limits it begins with, and
//! how long each of its values may be shown.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{SessionLimits, Sources};
use chairside_care::Protocol;
use chairside_model::{Cadence, DeviceId, Metric};
use chairside_protocol::DriverInfo;
use chairside_station::BedPlan;

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
    /// As they are before anybody changes them.
    pub(super) limits: SessionLimits,
    /// What it listens to.
    pub sources: Sources,
    /// The protocols that a session of it can go by.
    pub protocols: Vec<Protocol>,
    /// It is for training.
    pub training: bool,
}

/// What never changes about a device.
#[derive(Clone, Debug)]
pub struct DeviceInfo {
    /// The name of the configuration.
    pub name: String,
    /// Its driver.
    pub driver: &'static DriverInfo,
    /// The port that it is read from, as the configuration names it.
    pub port: String,
    /// Bits per second; only a serial port has a rate.
    pub baud: Option<u32>,
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
            limits: SessionLimits::new(plan.profile.clone()),
            sources: plan.sources(),
            protocols: plan.protocols.clone(),
            training: false,
        }
    }

    pub(super) fn device_name(&self, device: DeviceId) -> String {
        self.devices
            .get(&device)
            .map_or_else(|| device.to_string(), |info| info.name.clone())
    }

    pub(super) fn shows(&self, metric: Metric, device: DeviceId) -> bool {
        self.sources.metrics.get(&metric) == Some(&device)
    }

    pub(super) fn with_device_names(&self, evidence: &str) -> String {
        let name = |(id, info): (&DeviceId, &DeviceInfo)| (*id, info.name.clone());
        with_device_names(evidence, &self.devices.iter().map(name).collect())
    }

    /// Returns how long a value of this metric may be shown after it was measured.
    pub(super) fn expires_after(
        &self,
        metric: Metric,
        device: DeviceId,
        cuff_interval: Duration,
    ) -> Duration {
        let period = self
            .devices
            .get(&device)
            .map_or(Duration::ZERO, |info| info.driver.nominal_period);
        match metric {
            Metric::RespirationRate | Metric::EtCO2 | Metric::FiCO2 => {
                BREATH_EXPIRES.max(period * 3)
            }
            Metric::Temperature => TEMPERATURE_EXPIRES,
            _ if metric.cadence() == Cadence::Aperiodic => cuff_interval * 3 / 2,
            _ => RATES_EXPIRE.max(period * 3),
        }
    }
}

/// Returns what the core says with the names of devices in place of their numbers: it knows them by
/// number, people by name.
pub(crate) fn with_device_names(evidence: &str, devices: &BTreeMap<DeviceId, String>) -> String {
    /// How a `DeviceId` is written, up to its number.
    const DEVICE: &str = "device ";
    let mut named = String::with_capacity(evidence.len());
    let mut rest = evidence;
    while let Some(start) = rest.find(DEVICE) {
        let number = start + DEVICE.len();
        let digits = rest[number..].bytes().take_while(u8::is_ascii_digit);
        let end = number + digits.count();
        let id = rest[number..end].parse().ok().map(DeviceId);
        let name = id.and_then(|id| devices.get(&id));
        named.push_str(&rest[..start]);
        named.push_str(name.map_or(&rest[start..end], |name| &**name));
        rest = &rest[end..];
    }
    named.push_str(rest);
    named
}
