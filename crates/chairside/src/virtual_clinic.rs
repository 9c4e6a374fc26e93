//! A clinic in virtual time: simulated devices on virtual lines, and the real station that reads
//! them. Nothing waits and nothing is read from a clock: the same clinic gives the same records.
//!
//! Bytes take the time that the line's speed takes, in both directions, so that a polled device
//! is asked and answers as on a desk. What is due at one moment is done in the order of the
//! service's loop: what arrives comes first, then what the station wants to do by itself.

mod channel;
mod line;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use chairside_alarm::{AlarmProfile, Baseline};
use chairside_model::{BedId, DeviceId, Metric, MonoTime};
use chairside_protocol::{DriverInfo, LineInput};
use chairside_simulators::device::Simulator;
use chairside_simulators::patient::Patient;
use chairside_station::{
    BedPlan, DevicePlan, Feed, PlanError, Record, Station, StationInput, StationOutput,
};

use channel::HandedIn;
pub(crate) use channel::signal;
use line::VirtualLine;

/// From one set of handed-in numerics to the next.
const HANDED_IN_PERIOD: Duration = Duration::from_secs(1);

/// How often something can be due at one moment: a driver that ends its round may begin the next
/// at once. More would never end, for here no clock goes on by itself.
const TICKS_AT_ONCE_MAX: usize = 64;

/// One bed of a virtual clinic.
#[derive(Debug)]
pub struct VirtualBed {
    /// The limits and delays.
    pub profile: AlarmProfile,
    /// Who lies there.
    pub patient: Rc<dyn Patient>,
    /// The devices, the most trusted first.
    pub devices: Vec<VirtualDevice>,
    /// Channels that no driver carries: they reach the station as observations, once a second.
    pub handed_in: Vec<Metric>,
    /// What happens at the bed besides, in any order.
    pub events: Vec<(Duration, Event)>,
}

/// A simulated device and the driver that reads it.
#[derive(Debug)]
pub struct VirtualDevice {
    /// The driver.
    pub driver: &'static DriverInfo,
    /// The device.
    pub simulator: Box<dyn Simulator>,
    /// What is read from it; everything when nothing is said.
    pub metrics: Option<Vec<Metric>>,
}

/// What can happen at a bed besides its devices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A dose began or ended.
    Dosing(bool),
    /// The patient's values before the session are known.
    Baseline(Baseline),
    /// Cuff and probe are on the same limb, or are not.
    CuffSameLimb(bool),
}

/// The clinic.
#[derive(Debug)]
pub struct VirtualClinic {
    now: Duration,
    station: Station,
    out: StationOutput,
    lines: BTreeMap<DeviceId, VirtualLine>,
    handed_in: Vec<HandedIn>,
    /// What is to happen, the last first.
    events: Vec<(Duration, BedId, Event)>,
}

impl VirtualClinic {
    /// Makes a clinic at time zero, all lines open. Beds are numbered from 1.
    ///
    /// # Errors
    ///
    /// When the plan of the beds contradicts itself.
    pub fn new(beds: Vec<VirtualBed>) -> Result<Self, PlanError> {
        let mut plan = BTreeMap::new();
        let mut lines = BTreeMap::new();
        let mut handed_in = Vec::new();
        let mut events = Vec::new();
        let mut devices = (1..).map(DeviceId);
        for (bed, virtual_bed) in (1..).map(BedId).zip(beds) {
            let mut plans = Vec::new();
            // In this order, or the last pair would cost a number.
            for (device, id) in virtual_bed.devices.into_iter().zip(devices.by_ref()) {
                plans.push(DevicePlan {
                    id,
                    feed: Feed::Line(device.driver),
                    metrics: device.metrics,
                });
                let patient = Rc::clone(&virtual_bed.patient);
                let line = VirtualLine::new(device.driver.line, device.simulator, patient);
                lines.insert(id, line);
            }
            if !virtual_bed.handed_in.is_empty()
                && let Some(id) = devices.next()
            {
                plans.push(DevicePlan {
                    id,
                    feed: Feed::HandedIn {
                        gives: virtual_bed.handed_in.clone(),
                        nominal_period: HANDED_IN_PERIOD,
                    },
                    metrics: None,
                });
                let patient = Rc::clone(&virtual_bed.patient);
                handed_in.push(HandedIn::new(bed, id, virtual_bed.handed_in, patient));
            }
            let happens = virtual_bed.events.into_iter();
            events.extend(happens.map(|(at, event)| (at, bed, event)));
            let profile = virtual_bed.profile;
            plan.insert(
                bed,
                BedPlan {
                    protocols: Vec::new(),
                    devices: plans,
                    profile,
                },
            );
        }
        // Stable: what was said first of one moment happens first.
        events.sort_by_key(|(at, ..)| *at);
        events.reverse();
        let mut clinic = Self {
            now: Duration::ZERO,
            station: Station::new(plan, MonoTime::ZERO)?,
            out: StationOutput::default(),
            lines,
            handed_in,
            events,
        };
        clinic.open_lines();
        Ok(clinic)
    }

    /// Lets time pass until `end`, all that is due then included, and gives each record to
    /// `take`, in order.
    ///
    /// # Errors
    ///
    /// The first error of `take`, which ends the run.
    pub fn run<E>(
        &mut self,
        end: Duration,
        mut take: impl FnMut(&Record) -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            for record in self.out.records.drain(..) {
                take(&record)?;
            }
            match self.next_moment() {
                Some(next) if next <= end => self.step(next),
                Some(_) | None => return Ok(()),
            }
        }
    }

    fn open_lines(&mut self) {
        for id in self.lines.keys().copied().collect::<Vec<_>>() {
            self.tell(StationInput::Line(id, LineInput::Opened));
        }
        self.send();
    }

    fn next_moment(&self) -> Option<Duration> {
        let event = self.events.last().map(|(at, ..)| *at);
        let station = self.station.next_deadline().map(MonoTime::since_start);
        let lines = self.lines.values().filter_map(VirtualLine::next_moment);
        let handed_in = self.handed_in.iter().map(HandedIn::next_moment);
        let next = event
            .into_iter()
            .chain(station)
            .chain(lines)
            .chain(handed_in);
        next.min().map(|next| next.max(self.now))
    }

    fn step(&mut self, now: Duration) {
        self.now = now;
        while let Some((_, bed, event)) = self.events.pop_if(|(at, ..)| *at <= now) {
            self.tell(match event {
                Event::Dosing(running) => StationInput::Dosing(bed, running),
                Event::Baseline(baseline) => StationInput::Baseline(bed, baseline),
                Event::CuffSameLimb(same) => StationInput::CuffSameLimb(bed, same),
            });
        }
        let mut received = Vec::new();
        for (id, line) in &mut self.lines {
            line.step(now, |bytes| received.push((*id, bytes)));
        }
        for (id, bytes) in &received {
            self.tell(StationInput::Line(*id, LineInput::Received(bytes)));
        }
        let mut observed = Vec::new();
        for channels in &mut self.handed_in {
            let bed = channels.bed();
            channels.step(now, |observation| observed.push((bed, observation)));
        }
        for (bed, observation) in &observed {
            self.tell(StationInput::Observed(*bed, observation));
        }
        self.settle();
        self.send();
    }

    /// Does what the station wants to do by itself now.
    fn settle(&mut self) {
        for _ in 0..TICKS_AT_ONCE_MAX {
            let due = self.station.next_deadline();
            if due.is_none_or(|due| due.since_start() > self.now) {
                return;
            }
            self.tell(StationInput::Tick);
        }
        unreachable!("at {:?} the station is due again and again", self.now);
    }

    fn tell(&mut self, input: StationInput<'_>) {
        let now = MonoTime::from_start(self.now);
        self.station.handle(now, input, &mut self.out);
    }

    /// Puts on the lines what the station has to say to its devices.
    fn send(&mut self) {
        for (id, bytes) in self.out.transmit.drain(..) {
            if let Some(line) = self.lines.get_mut(&id) {
                line.transmit(self.now, bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests;
