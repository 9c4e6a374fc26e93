//! A clinic in virtual time: simulated devices, lines that fail, people who act, one station.
//!
//! Nothing waits and nothing is random but what a seed says, so a day takes seconds and a run
//! can be had again.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use chairside_alarm::{Act, Occurrence, OperatorAction, Role};
use chairside_model::{BedId, DeviceId, MonoTime};
use chairside_protocol::LineInput;
use chairside_simulators::device::Simulator;
use chairside_simulators::fault::FaultyLine;
use chairside_simulators::patient::Patient;
use chairside_station::{BedPlan, Entry, Record, Station, StationInput, StationOutput};

use crate::chance::Chance;

/// How long bytes are under way.
const UNDER_WAY: Duration = Duration::from_millis(7);

/// Who acts in these clinics.
const NURSE: &str = "mn";

/// One device of the clinic.
#[derive(Debug)]
pub struct Device {
    /// Its place in the station's plan.
    pub id: DeviceId,
    /// What it does.
    pub simulator: Box<dyn Simulator>,
    /// The patient it is on.
    pub patient: Box<dyn Patient>,
    /// When its cable is pulled and put back, in order, without overlap.
    pub unplugged: Vec<(Duration, Duration)>,
    /// What happens to its bytes.
    pub line: FaultyLine,
}

/// One input of the station, kept so that the run can be had again.
#[derive(Clone, Debug)]
pub struct Journalled {
    /// When.
    pub at: MonoTime,
    /// What.
    pub what: What,
}

/// What a station was given.
#[derive(Clone, Debug)]
pub enum What {
    /// A line was opened.
    Opened(DeviceId),
    /// Bytes arrived.
    Received(DeviceId, Vec<u8>),
    /// A line was lost.
    Closed(DeviceId),
    /// Somebody acknowledged an alarm.
    Acknowledged(BedId, Occurrence),
    /// Time passed.
    Tick,
}

impl What {
    fn input(&self) -> StationInput<'_> {
        match self {
            Self::Opened(device) => StationInput::Line(*device, LineInput::Opened),
            Self::Received(device, bytes) => {
                StationInput::Line(*device, LineInput::Received(bytes))
            }
            Self::Closed(device) => StationInput::Line(*device, LineInput::Closed),
            Self::Acknowledged(bed, occurrence) => StationInput::Operator {
                bed: *bed,
                act: acknowledge(*occurrence),
            },
            Self::Tick => StationInput::Tick,
        }
    }
}

const fn acknowledge(occurrence: Occurrence) -> Act<'static> {
    Act {
        action: OperatorAction::Acknowledge(occurrence),
        by: NURSE,
        station: None,
        reason: None,
        call: None,
    }
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Run {
    /// Everything the station was given.
    pub journal: Vec<Journalled>,
    /// Everything it said.
    pub records: Vec<Record>,
}

#[derive(Debug)]
struct Line {
    device: Device,
    plugged: bool,
    to_device: VecDeque<(Duration, Vec<u8>)>,
    to_host: VecDeque<(Duration, Vec<u8>)>,
}

/// Runs a clinic for `length`. Each alarm is acknowledged after a while, by chance.
///
/// # Panics
///
/// When the plan cannot be, or time stands still.
#[must_use]
pub fn run(
    plan: BTreeMap<BedId, BedPlan>,
    devices: Vec<Device>,
    length: Duration,
    chance: &mut Chance,
) -> Run {
    let station = Station::new(plan, MonoTime::ZERO).expect("a right plan");
    let mut world = World {
        station,
        out: StationOutput::default(),
        run: Run::default(),
        lines: devices
            .into_iter()
            .map(|device| (device.id, Line::new(device)))
            .collect(),
        now: Duration::ZERO,
        to_acknowledge: BTreeMap::new(),
        number: 0,
    };
    let ids: Vec<DeviceId> = world.lines.keys().copied().collect();
    for device in ids {
        world.give(MonoTime::ZERO, What::Opened(device));
    }
    let mut now = Duration::ZERO;
    let mut stood_still = 0;
    while let Some(next) = world.next() {
        stood_still = if next > now { 0 } else { stood_still + 1 };
        assert!(stood_still < 1000, "time stands still at {now:?}");
        now = now.max(next);
        if now > length {
            break;
        }
        world.step(now, chance);
    }
    world.run
}

/// Gives a station everything that another one was given, and returns what it says.
///
/// # Panics
///
/// When the plan cannot be.
#[must_use]
pub fn replay(plan: BTreeMap<BedId, BedPlan>, journal: &[Journalled]) -> Vec<Record> {
    let mut station = Station::new(plan, MonoTime::ZERO).expect("a right plan");
    let mut out = StationOutput::default();
    for entry in journal {
        station.handle(entry.at, entry.what.input(), &mut out);
    }
    out.records
}

#[derive(Debug)]
struct World {
    station: Station,
    out: StationOutput,
    run: Run,
    lines: BTreeMap<DeviceId, Line>,
    now: Duration,
    /// By time and a running number, so that no two fall together.
    to_acknowledge: BTreeMap<(Duration, u64), (BedId, Occurrence)>,
    number: u64,
}

impl World {
    fn next(&self) -> Option<Duration> {
        let lines = self.lines.values().filter_map(|line| line.next(self.now));
        let station = self.station.next_deadline().map(MonoTime::since_start);
        let people = self.to_acknowledge.keys().next().map(|(at, _)| *at);
        lines.chain(station).chain(people).min()
    }

    fn step(&mut self, now: Duration, chance: &mut Chance) {
        self.now = now;
        let at = MonoTime::from_start(now);
        let mut given = Vec::new();
        for line in self.lines.values_mut() {
            line.step(now, &mut given);
        }
        for what in given {
            self.give(at, what);
        }
        while let Some(((_, _), (bed, occurrence))) = self.due_action(now) {
            let act = acknowledge(occurrence);
            if self.station.check(bed, &act, Role::Nurse).is_ok() {
                self.give(at, What::Acknowledged(bed, occurrence));
            }
        }
        if self.station.next_deadline().is_some_and(|due| due <= at) {
            self.give(at, What::Tick);
        }
        for (device, bytes) in self.out.transmit.drain(..) {
            assert_starts_no_cuff(&bytes);
            if let Some(line) = self.lines.get_mut(&device).filter(|line| line.plugged) {
                line.to_device.push_back((now + UNDER_WAY, bytes));
            }
        }
        for record in self.out.records.drain(..) {
            if let Entry::Alarm { bed, transition } = &record.entry
                && transition.present
                && transition.at == record.at
                && chance.once_in(3)
            {
                let when = now + Duration::from_millis(chance.within(200..20_000));
                self.number += 1;
                let what = (*bed, transition.occurrence);
                self.to_acknowledge.insert((when, self.number), what);
            }
            self.run.records.push(record);
        }
    }

    fn due_action(&mut self, now: Duration) -> Option<((Duration, u64), (BedId, Occurrence))> {
        let entry = self.to_acknowledge.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove_entry())
    }

    fn give(&mut self, at: MonoTime, what: What) {
        self.station.handle(at, what.input(), &mut self.out);
        self.run.journal.push(Journalled { at, what });
    }
}

impl Line {
    const fn new(device: Device) -> Self {
        Self {
            device,
            plugged: true,
            to_device: VecDeque::new(),
            to_host: VecDeque::new(),
        }
    }

    fn next(&self, now: Duration) -> Option<Duration> {
        [
            self.to_device.front().map(|(at, _)| *at),
            self.to_host.front().map(|(at, _)| *at),
            self.device.simulator.next_deadline(),
            self.device.line.next_deadline(now),
            self.next_plug(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Returns when the cable is next pulled or put back.
    fn next_plug(&self) -> Option<Duration> {
        let (out, back) = self.device.unplugged.first()?;
        Some(if self.plugged { *out } else { *back })
    }

    fn step(&mut self, now: Duration, given: &mut Vec<What>) {
        let device = self.device.id;
        while self.next_plug().is_some_and(|at| at <= now) {
            self.plugged = !self.plugged;
            self.to_device.clear();
            self.to_host.clear();
            given.push(if self.plugged {
                self.device.unplugged.remove(0);
                What::Opened(device)
            } else {
                What::Closed(device)
            });
        }
        while let Some((_, bytes)) = self.to_host.pop_front_if(|(at, _)| *at <= now) {
            given.push(What::Received(device, bytes));
        }
        let received = self.to_device.pop_front_if(|(at, _)| *at <= now);
        let due = self
            .device
            .simulator
            .next_deadline()
            .is_some_and(|at| at <= now);
        let mut said = Vec::new();
        if received.is_some() || due {
            let received = received.map_or_else(Vec::new, |(_, bytes)| bytes);
            let vitals = self.device.patient.at(now);
            let simulator = &mut self.device.simulator;
            simulator.handle(now, &received, &vitals, &mut said);
        }
        let mut arriving = Vec::new();
        self.device.line.handle(now, &said, &mut arriving);
        if self.plugged && !arriving.is_empty() {
            self.to_host.push_back((now + UNDER_WAY, arriving));
        }
    }
}

/// Nobody in this world orders a cuff, and so nothing ever starts one, whatever happens.
fn assert_starts_no_cuff(bytes: &[u8]) {
    for start in chairside_driver_contract::STARTS {
        let starts = bytes.windows(start.len()).any(|some| some == start);
        assert!(!starts, "a cuff was started by nobody: {bytes:02x?}");
    }
}
