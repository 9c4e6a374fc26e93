//! The same input gives the same records, byte for byte, and where bytes were cut changes nothing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use chairside_alarm::AlarmProfile;
use chairside_e2e::chance::Chance;
use chairside_e2e::conversation::{self, From};
use chairside_e2e::devices;
use chairside_e2e::story::Story;
use chairside_model::{BedId, DeviceId, MonoTime};
use chairside_protocol::LineInput;
use chairside_station::{BedPlan, DevicePlan, Station, StationInput, StationOutput};

/// How long the stories run. Long enough for delays to pass and alarms to come and go.
const LENGTH: Duration = Duration::from_secs(75);

/// A device's line is cut about so often, once in each replay.
const CUTS: u64 = 60;

/// Something that arrived on a device's line.
#[derive(Clone, Debug)]
struct Arrival {
    at: Duration,
    device: DeviceId,
    bytes: Vec<u8>,
}

#[test]
fn the_same_input_gives_the_same_records_byte_for_byte() {
    let arrivals = clinic();
    let records = records(&arrivals, whole);
    for needed in ["Alarm", "Observed", "Waveform", "Completed", "Link"] {
        assert!(records.contains(needed), "the story has no {needed}");
    }
    for id in ["Spo2Low", "NibpVeryHigh", "Spo2ProbeOff"] {
        assert!(records.contains(id), "the story has no {id}");
    }
    assert_same(&records, &self::records(&arrivals, whole), "a second time");
}

#[test]
fn bytes_that_arrive_one_by_one_give_the_same_records() {
    let arrivals = clinic();
    let singly = |_: usize, bytes: &[u8]| (1..bytes.len()).collect();
    assert_same(
        &records(&arrivals, whole),
        &records(&arrivals, singly),
        "byte by byte",
    );
}

#[test]
fn one_cut_anywhere_gives_the_same_records() {
    // Each line by itself and not for long, for it is replayed once for each cut. A quick device
    // is not cut everywhere, and each time elsewhere.
    let mut chance = Chance::of_this_run("one cut");
    for simulated in devices::all() {
        let said = conversation::talk(
            &mut *simulated.driver(),
            &mut *simulated.simulator(),
            &story(),
            Duration::from_secs(3),
        );
        let device = DeviceId(1 + position(simulated.name));
        let arrivals: Vec<Arrival> = said
            .into_iter()
            .filter(|said| said.from == From::Device)
            .map(|said| Arrival {
                at: said.at,
                device,
                bytes: said.bytes,
            })
            .collect();
        let whole = records(&arrivals, whole);
        let bytes: u64 = arrivals.iter().map(|read| read.bytes.len() as u64).sum();
        let often = (bytes / CUTS).max(1);
        for (place, arrival) in arrivals.iter().enumerate() {
            for cut in (1..arrival.bytes.len()).filter(|_| chance.once_in(often)) {
                let once = |at: usize, _: &[u8]| if at == place { vec![cut] } else { Vec::new() };
                let what = format!("{}: read {place} cut after {cut} bytes", simulated.name);
                assert_same(&whole, &records(&arrivals, once), &what);
            }
        }
    }
}

#[test]
fn cuts_by_chance_give_the_same_records() {
    let mut chance = Chance::of_this_run("cuts by chance");
    let arrivals = clinic();
    let uncut = records(&arrivals, whole);
    for _ in 0..5 {
        let often = chance.within(2..40);
        let mut cuts = BTreeMap::new();
        for (place, arrival) in arrivals.iter().enumerate() {
            let here = (1..arrival.bytes.len()).filter(|_| chance.once_in(often));
            cuts.insert(place, here.collect::<Vec<_>>());
        }
        let by_chance = |place: usize, _: &[u8]| cuts[&place].clone();
        assert_same(&uncut, &records(&arrivals, by_chance), &chance.to_string());
    }
}

/// A clinic's bytes: two beds with every device, one of them with noise on its lines.
fn clinic() -> Vec<Arrival> {
    let mut chance = Chance::of(7);
    let mut arrivals = Vec::new();
    for bed in 0..2 {
        for simulated in devices::all() {
            let said = conversation::talk(
                &mut *simulated.driver(),
                &mut *simulated.simulator(),
                &story(),
                LENGTH,
            );
            let device = DeviceId(1 + position(simulated.name) + 100 * bed);
            for said in said.into_iter().filter(|said| said.from == From::Device) {
                let mut bytes = said.bytes;
                if bed == 1 && chance.once_in(20) {
                    let place = chance.index(bytes.len());
                    bytes[place] ^= 0x55;
                }
                arrivals.push(Arrival {
                    at: said.at,
                    device,
                    bytes,
                });
            }
        }
    }
    arrivals.sort_by_key(|arrival| (arrival.at, arrival.device));
    arrivals
}

fn story() -> Story {
    Story::well()
        .cuff(4, 131.0, 80.0)
        .spo2(12, 86.0)
        .cuff(20, 204.0, 118.0)
        .spo2(45, 97.0)
        .probe_off(50)
        .spo2(70, 96.0)
}

fn position(name: &str) -> u16 {
    let place = devices::all().position(|simulated| simulated.name == name);
    u16::try_from(place.expect("one of the devices")).expect("few devices")
}

fn whole(_place: usize, _bytes: &[u8]) -> Vec<usize> {
    Vec::new()
}

/// Returns the records of a station that is given these arrivals, each cut where `cuts` says, as
/// text in which nothing is left out.
fn records(arrivals: &[Arrival], cuts: impl Fn(usize, &[u8]) -> Vec<usize>) -> String {
    let mut station = station();
    let mut out = StationOutput::default();
    for device in arrivals
        .iter()
        .map(|arrival| arrival.device)
        .collect::<std::collections::BTreeSet<_>>()
    {
        station.handle(
            MonoTime::ZERO,
            StationInput::Line(device, LineInput::Opened),
            &mut out,
        );
    }
    for (place, arrival) in arrivals.iter().enumerate() {
        let now = MonoTime::from_start(arrival.at);
        tick_until(&mut station, |due| due < now, &mut out);
        let mut from = 0;
        for cut in cuts(place, &arrival.bytes)
            .into_iter()
            .chain([arrival.bytes.len()])
        {
            let piece = LineInput::Received(&arrival.bytes[from..cut]);
            station.handle(now, StationInput::Line(arrival.device, piece), &mut out);
            from = cut;
        }
    }
    let end = MonoTime::from_start(LENGTH);
    tick_until(&mut station, |due| due <= end, &mut out);
    let mut text = String::new();
    for record in &out.records {
        writeln!(text, "{record:?}").unwrap();
    }
    text
}

fn tick_until(station: &mut Station, due: impl Fn(MonoTime) -> bool, out: &mut StationOutput) {
    let mut last = MonoTime::ZERO;
    let mut ticks = 0;
    while let Some(deadline) = station.next_deadline().filter(|deadline| due(*deadline)) {
        // One machine may have several things to do at one moment, and not for ever.
        ticks = if deadline > last { 0 } else { ticks + 1 };
        assert!(ticks < 20, "the station does not get past {deadline:?}");
        last = deadline;
        station.handle(deadline, StationInput::Tick, out);
    }
}

fn station() -> Station {
    let mut beds = BTreeMap::new();
    for bed in 0..2 {
        let devices = devices::all().map(|simulated| {
            let device = DeviceId(1 + position(simulated.name) + 100 * bed);
            DevicePlan::on_line(device, simulated.driver)
        });
        let plan = BedPlan {
            protocols: Vec::new(),
            devices: devices.collect(),
            profile: profile(),
        };
        beds.insert(BedId(bed + 1), plan);
    }
    Station::new(beds, MonoTime::ZERO).unwrap()
}

fn profile() -> AlarmProfile {
    chairside_e2e::clinic::profile()
}

/// Compares two texts and shows the first line in which they differ, for they are long.
#[track_caller]
fn assert_same(expected: &str, found: &str, what: &str) {
    if expected == found {
        return;
    }
    let mut lines = expected.lines().zip(found.lines());
    let differ = lines.find(|(was, is)| was != is);
    panic!("{what}: {differ:#?}");
}
