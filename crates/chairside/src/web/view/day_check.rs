//! What a day-start check is judged by: the last numbers of each device, also of one whose values
//! are not the bed's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use chairside_model::{Cuff, DeviceId, Measured, Metric, MonoTime, Numeric};
use chairside_station::LinkState;

use super::bed_info::BedInfo;
use super::lines::Line;
use super::{BedState, View, wire};
use crate::web::wire::ServerMessage;

/// The numbers of the devices of a bed.
#[derive(Debug, Default)]
pub(super) struct Numbers(BTreeMap<DeviceId, BTreeMap<Metric, Given>>);

/// A number that a device gave.
#[derive(Clone, Copy, Debug)]
struct Given {
    measured: Measured,
    taken: MonoTime,
    expires: MonoTime,
}

/// Whether a device gives numbers, at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivesNumbers {
    /// The bed's id.
    pub bed: String,
    /// The device's name.
    pub device: String,
    /// Whether its line is read and a number that it measured is valid and not too old to be
    /// shown.
    pub passed: bool,
    /// Which ones, or what is wrong, in words.
    pub found: String,
    /// How old the newest of them is.
    pub age: Option<Duration>,
}

impl View {
    /// Takes the last day-start check that was complete and returns the message of it.
    pub fn checked(&mut self, last: wire::LastCheck) -> ServerMessage {
        self.last_check = Some(last.clone());
        ServerMessage::Check(last)
    }

    /// Returns the last day-start check that was complete.
    #[must_use]
    pub const fn last_check(&self) -> Option<&wire::LastCheck> {
        self.last_check.as_ref()
    }

    /// Tells of each device whether it gives numbers `now`, bed by bed.
    #[must_use]
    pub fn gives_numbers(&self, now: MonoTime) -> Vec<GivesNumbers> {
        let beds = self.beds.values();
        let judged = beds.flat_map(|(info, state)| {
            let devices = info.devices.keys();
            devices.map(move |device| {
                let line = state.lines.get(device);
                let state_of_link = line.map_or(LinkState::Disconnected, Line::link);
                state.numbers.judge(info, *device, state_of_link, now)
            })
        });
        judged.collect()
    }
}

impl BedState {
    /// Takes a number that a device gave.
    pub(super) fn gave(&mut self, info: &BedInfo, device: DeviceId, numeric: &Numeric) {
        let Numeric {
            metric,
            measured,
            taken,
        } = *numeric;
        let given = Given {
            measured,
            taken,
            expires: taken + info.expires_after(metric, device, self.limits.cuff_interval()),
        };
        let of_device = self.numbers.0.entry(device).or_default();
        of_device.insert(metric, given);
    }

    /// Takes the pressures of a cuff.
    pub(super) fn gave_pressures(&mut self, info: &BedInfo, device: DeviceId, cuff: &Cuff) {
        let Cuff::Completed(reading) = cuff else {
            return;
        };
        for (metric, value) in reading.numerics() {
            let numeric = Numeric {
                metric,
                measured: Measured::Valid(value),
                taken: reading.taken,
            };
            self.gave(info, device, &numeric);
        }
    }
}

impl Numbers {
    /// Judges a device.
    fn judge(
        &self,
        info: &BedInfo,
        device: DeviceId,
        link: LinkState,
        now: MonoTime,
    ) -> GivesNumbers {
        let given = self.0.get(&device).into_iter().flatten();
        let current = given.filter(|(_, given)| given.expires > now);
        let mut newest: Option<MonoTime> = None;
        let mut found = String::new();
        for (metric, given) in current {
            let Measured::Valid(value) = given.measured else {
                continue;
            };
            newest = newest.max(Some(given.taken));
            let comma = if found.is_empty() { "" } else { ", " };
            let unit = metric.unit().symbol();
            // Writing into a text does not fail.
            let _ = write!(found, "{comma}{} {value} {unit}", metric.name());
        }
        if link != LinkState::Connected {
            found = format!("the device is {}", link.name());
        } else if newest.is_none() {
            "no valid number".clone_into(&mut found);
        }
        let age = newest.filter(|_| link == LinkState::Connected);
        GivesNumbers {
            bed: info.id.clone(),
            device: info.device_name(device),
            passed: age.is_some(),
            found,
            age: age.map(|taken| now.saturating_since(taken)),
        }
    }
}
