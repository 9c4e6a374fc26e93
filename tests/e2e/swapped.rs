//! A monitor that is exchanged for another one of its kind, in virtual time: what the station
//! sees of it is what the two say on the wire.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::AlarmId;
use chairside_e2e::chance::Chance;
use chairside_e2e::clinic::profile;
use chairside_e2e::story::Story;
use chairside_e2e::world::{self, Device, Run};
use chairside_model::{BedId, DeviceId};
use chairside_protocol::capnostream20;
use chairside_simulators::device::Simulator;
use chairside_simulators::device::capnostream20::Capnostream20;
use chairside_simulators::fault::{Faults, FaultyLine};
use chairside_simulators::patient::VitalSigns;
use chairside_station::{BedPlan, DevicePlan, Entry};

const MONITOR: DeviceId = DeviceId(1);

/// When the cable is out.
const OUT: (Duration, Duration) = (Duration::from_secs(50), Duration::from_secs(54));

/// Two monitors, of which the second one hangs on the cable from some time on.
#[derive(Debug)]
struct Exchanged {
    at: Duration,
    first: Capnostream20,
    second: Capnostream20,
    now: Duration,
}

impl Exchanged {
    fn on_the_cable(&mut self) -> &mut Capnostream20 {
        if self.now < self.at {
            &mut self.first
        } else {
            &mut self.second
        }
    }
}

impl Simulator for Exchanged {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        self.now = now;
        self.on_the_cable().handle(now, received, vitals, line);
    }

    fn next_deadline(&self) -> Option<Duration> {
        if self.now < self.at {
            self.first.next_deadline()
        } else {
            self.second.next_deadline()
        }
    }
}

/// Exchanges the first monitor for one with that serial number while the cable is out.
fn exchange_for(serial: &str) -> Run {
    let plan = BedPlan {
        protocols: Vec::new(),
        devices: vec![DevicePlan::on_line(MONITOR, &capnostream20::INFO)],
        profile: profile(),
    };
    let device = Device {
        id: MONITOR,
        simulator: Box::new(Exchanged {
            at: OUT.0 + Duration::from_secs(2),
            first: Capnostream20::with_serial("B500000001"),
            second: Capnostream20::with_serial(serial),
            now: Duration::ZERO,
        }),
        patient: Box::new(Story::well()),
        unplugged: vec![OUT],
        line: FaultyLine::new(Faults::NONE, 1),
    };
    let plan = BTreeMap::from([(BedId(1), plan)]);
    let length = Duration::from_mins(2);
    world::run(plan, vec![device], length, &mut Chance::of(1))
}

#[test]
fn a_monitor_with_another_serial_number_is_told_as_soon_as_its_line_is_trusted() {
    let run = exchange_for("B500000002");
    let (record, swapped) = run
        .records
        .iter()
        .find_map(|record| match &record.entry {
            Entry::Alarm { transition, .. } if transition.id == AlarmId::DeviceSwapped => {
                Some((record, transition))
            }
            _ => None,
        })
        .expect("it is told");
    assert_eq!(
        swapped.evidence,
        "device 1 says it is B500000002, and was B500000001 in this session"
    );
    let told = record.at.since_start();
    assert!(
        told > OUT.1 && told < OUT.1 + Duration::from_secs(2),
        "{told:?}"
    );
    // Who it is stands in the record before the alarm, and before anything that it measured.
    let mut after = run
        .records
        .iter()
        .filter(|record| record.at.since_start() > OUT.1);
    let identity = after.find(|record| matches!(record.entry, Entry::Identity { .. }));
    assert!(identity.expect("it is recorded").sequence < record.sequence);
    let measured = after.find(|record| matches!(record.entry, Entry::Observed { .. }));
    assert!(measured.expect("it is judged").sequence > record.sequence);
}

#[test]
fn the_same_monitor_on_the_cable_again_is_not_told() {
    let run = exchange_for("B500000001");
    let swapped = run.records.iter().any(|record| {
        matches!(&record.entry, Entry::Alarm { transition, .. }
            if transition.id == AlarmId::DeviceSwapped)
    });
    assert!(!swapped);
}
