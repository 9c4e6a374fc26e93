//! Which devices stand at which bed, and which of them each metric is read from.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use chairside_alarm::{AlarmProfile, Sources};
use chairside_care::Protocol;
use chairside_model::{BedId, DeviceId, Metric};
use chairside_protocol::DriverInfo;

/// One bed: its devices, the most trusted first, and its alarm profile.
#[derive(Clone, Debug)]
pub struct BedPlan {
    /// The devices. Where two can give a metric, the first is its source.
    pub devices: Vec<DevicePlan>,
    /// The limits and delays.
    pub profile: AlarmProfile,
    /// What a treatment session here can go by.
    pub protocols: Vec<Protocol>,
}

/// One device of a bed.
#[derive(Clone, Debug)]
pub struct DevicePlan {
    /// Unique in the station.
    pub id: DeviceId,
    /// How its readings come in.
    pub feed: Feed,
    /// What is read from it; everything it can give when nothing is said.
    pub metrics: Option<Vec<Metric>>,
}

/// How a device's readings come in.
#[derive(Clone, Debug)]
pub enum Feed {
    /// Over a line, through this driver.
    Line(&'static DriverInfo),
    /// As observations, for a channel that no driver carries (scenarios, replay).
    HandedIn {
        /// What it gives.
        gives: Vec<Metric>,
        /// From one set of numerics to the next.
        nominal_period: Duration,
    },
}

/// Why a plan cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// The same device twice.
    DeviceTwice(DeviceId, BedId),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeviceTwice(device, bed) => write!(f, "{device} of {bed} is planned twice"),
        }
    }
}

impl std::error::Error for PlanError {}

impl DevicePlan {
    /// Returns a device that is read by `driver`, all of what it gives.
    #[must_use]
    pub const fn on_line(id: DeviceId, driver: &'static DriverInfo) -> Self {
        Self {
            id,
            feed: Feed::Line(driver),
            metrics: None,
        }
    }

    /// Tells whether this metric is read from the device.
    pub(crate) fn reads(&self, metric: Metric) -> bool {
        self.metrics
            .as_ref()
            .is_none_or(|chosen| chosen.contains(&metric))
    }

    fn gives(&self) -> &[Metric] {
        match &self.feed {
            Feed::Line(driver) => driver.gives,
            Feed::HandedIn { gives, .. } => gives,
        }
    }

    pub(crate) const fn nominal_period(&self) -> Duration {
        match self.feed {
            Feed::Line(driver) => driver.nominal_period,
            Feed::HandedIn { nominal_period, .. } => nominal_period,
        }
    }
}

impl BedPlan {
    /// Returns which device each metric is read from: the first that can give it. The cuff's
    /// metrics stay together with whoever gives the systolic pressure.
    #[must_use]
    pub fn sources(&self) -> Sources {
        let mut metrics = BTreeMap::new();
        for device in &self.devices {
            for metric in device
                .gives()
                .iter()
                .filter(|metric| device.reads(**metric))
            {
                metrics.entry(*metric).or_insert(device.id);
            }
        }
        if let Some(cuff) = metrics.get(&Metric::NibpSystolic).copied() {
            for metric in [
                Metric::NibpDiastolic,
                Metric::NibpMean,
                Metric::NibpPulseRate,
            ] {
                metrics.entry(metric).and_modify(|source| *source = cuff);
            }
        }
        let devices = self
            .devices
            .iter()
            .map(|device| (device.id, device.nominal_period()))
            .collect();
        Sources { devices, metrics }
    }
}
