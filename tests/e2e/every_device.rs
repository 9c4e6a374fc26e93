//! Every simulated device's bytes, spoiled: what each driver promises holds, and behind the damage
//! it finds its frames again (`crates/chairside-driver-contract` says what is checked besides). And
//! unspoiled: each determination of a cuff comes once.

use std::collections::BTreeSet;
use std::time::Duration;

use chairside_driver_contract::{self as contract, Happening, Script};
use chairside_e2e::chance::Chance;
use chairside_e2e::conversation::{self, From};
use chairside_e2e::devices::{self, Simulated};
use chairside_e2e::story::Story;
use chairside_model::{Cuff, Metric, Reading, Value};
use chairside_protocol::suntech::framing::{LENGTH_MAX, START};
use chairside_protocol::{DRIVERS, DriverInfo, Finding};

/// Frames that may be lost behind the damage: the one it is in, and the next.
const FRAMES_LOST_MAX: usize = 2;

/// Each device's stream is spoiled so often, in each way.
const ROUNDS: usize = 50;

/// Stretches of a stream that are spoiled, bytes: some frames of every device.
const STRETCH: usize = 12_000;

/// A stretch is not spoiled so near its end, bytes: frames of five bytes without a checksum are
/// believed again once four of them follow on each other, and so many must come.
const END: usize = 30;

#[test]
fn every_driver_has_a_simulated_device() {
    let simulated: BTreeSet<_> = devices::all().map(|device| device.driver.name).collect();
    let drivers: BTreeSet<_> = DRIVERS.iter().map(|driver| driver.name).collect();
    assert_eq!(simulated, drivers);
}

#[test]
fn what_every_device_says_is_sound_in_any_pieces_and_on_any_line() {
    let mut chance = Chance::of_this_run("pieces");
    for device in devices::all() {
        let stream = stream(device);
        for _ in 0..8 {
            let stream = stretch(&stream, &mut chance).to_vec();
            let happenings = some_happenings(stream.len(), &mut chance);
            let script = Script {
                pieces: vec![1 + chance.index(64), 1 + chance.index(64)],
                happenings,
                stream,
            };
            contract::check(device.driver, &script);
        }
    }
}

#[test]
fn every_damaged_stream_is_sound_and_found_again_within_two_frames() {
    let mut chance = Chance::of_this_run("damage");
    for device in devices::all() {
        let stream = stream(device);
        for damage in Damage::ALL {
            for round in 0..ROUNDS {
                let clean = stretch(&stream, &mut chance);
                spoil(device, clean, damage, &mut chance);
                if round % 25 == 0 {
                    let mut bytes = clean.to_vec();
                    for _ in 0..20 {
                        if !bytes.is_empty() {
                            damage.spoil(&mut bytes, &mut chance);
                        }
                    }
                    contract::check(device.driver, &Script::of_stream(bytes));
                }
            }
        }
    }
}

#[test]
fn a_stream_that_begins_in_the_middle_is_read_after_two_frames() {
    let mut chance = Chance::of_this_run("middle");
    for device in devices::all() {
        let stream = stream(device);
        let ends = frame_ends(device.driver, &stream);
        for _ in 0..ROUNDS {
            let begin = chance.index(stream.len() / 2);
            let found = frame_ends(device.driver, &stream[begin..]);
            let moved = |end: &u64| end.checked_sub(begin as u64);
            let expected: Vec<u64> = ends
                .iter()
                .filter_map(moved)
                .filter(|end| *end > 0)
                .collect();
            assert_found((device, 0), &expected, &found, "the beginning is missing");
        }
    }
}

/// When determinations end, seconds, and the systolic pressure of each. The second has the numbers
/// of the first.
const DETERMINATIONS: [(u64, f64); 3] = [(20, 128.0), (100, 128.0), (180, 134.0)];

#[test]
fn every_determination_of_the_cuff_is_given_once_and_with_the_time_of_its_end() {
    let story = DETERMINATIONS
        .iter()
        .fold(Story::well(), |story, (ended_s, systolic)| {
            story.cuff(*ended_s, *systolic, 76.0)
        });
    let has_cuff = |device: &Simulated| device.driver.gives.contains(&Metric::NibpSystolic);
    let mut devices = 0;
    let mut wrong = Vec::new();
    for device in devices::all().filter(has_cuff) {
        devices += 1;
        let given = determinations(device, &story);
        // What these send does not tell a determination from one with the same numbers before it
        // (docs/limitations.md).
        let without_a_time = ["ivy-450c", "hl7-stamped"].contains(&device.name);
        let is_told = |place: usize| !without_a_time || place != 1;
        let expected = (0..).zip(DETERMINATIONS);
        let expected: Vec<_> = expected.filter(|(place, _)| is_told(*place)).collect();
        // A monitor that does not say when it measured was heard last so long before.
        let period = device.driver.nominal_period + Duration::from_secs(2);
        let fits = |(taken, systolic): (Duration, f64), (ended_s, expected): (u64, f64)| {
            let ended = Duration::from_secs(ended_s);
            let times = ended.saturating_sub(period)..=ended + Duration::from_secs(2);
            times.contains(&taken) && (systolic - expected).abs() < 0.5
        };
        let mut pairs = given.iter().zip(&expected);
        if given.len() != expected.len() || !pairs.all(|(given, (_, one))| fits(*given, *one)) {
            wrong.push(format!("{}: {given:?}, not {expected:?}", device.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(devices >= 7, "{devices} devices with a cuff");
}

/// Returns when each determination that a device gives was taken, and its systolic pressure.
fn determinations(device: Simulated, story: &Story) -> Vec<(Duration, f64)> {
    let length = Duration::from_mins(5);
    let mut simulator = device.simulator();
    let said = conversation::talk(&mut *device.driver(), &mut *simulator, story, length);
    let replayed = conversation::replay(&mut *device.driver(), &said);
    let events = replayed.events.into_iter();
    let completed = events.filter_map(|(_, event)| match event.finding {
        Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) => Some(reading),
        _ => None,
    });
    completed
        .map(|reading| {
            let systolic = reading.systolic.map_or(0.0, Value::number);
            (reading.taken.since_start(), systolic)
        })
        .collect()
}

/// Something that happens to a stream at one place.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Flipped,
    Replaced,
    Lost,
    LostMany,
    Inserted,
    InsertedMany,
    Twice,
}

impl Damage {
    const ALL: [Self; 7] = [
        Self::Flipped,
        Self::Replaced,
        Self::Lost,
        Self::LostMany,
        Self::Inserted,
        Self::InsertedMany,
        Self::Twice,
    ];

    /// Spoils the bytes, and returns where the damage begins, and how many bytes there are now in
    /// the place of how many.
    fn spoil(self, bytes: &mut Vec<u8>, chance: &mut Chance) -> Spoiled {
        let at = chance.index(bytes.len().saturating_sub(END).max(1));
        let (mut was, mut is) = (1, vec![bytes[at]]);
        match self {
            Self::Flipped => is[0] ^= 1 << chance.index(8),
            Self::Replaced => is[0] = byte(chance),
            Self::Lost => is.clear(),
            Self::LostMany => {
                let most = (bytes.len() - at).saturating_sub(END).max(1);
                was = (1 + chance.index(100)).min(most);
                is.clear();
            }
            Self::Inserted => is.push(byte(chance)),
            Self::InsertedMany => {
                let length = 1 + chance.index(100);
                is.extend(std::iter::repeat_with(|| byte(chance)).take(length));
            }
            Self::Twice => is.push(is[0]),
        }
        let spoiled = Spoiled {
            at,
            was,
            is: is.len(),
        };
        bytes.splice(at..at + was, is);
        spoiled
    }
}

#[derive(Clone, Copy, Debug)]
struct Spoiled {
    at: usize,
    was: usize,
    is: usize,
}

fn spoil(device: Simulated, clean: &[u8], damage: Damage, chance: &mut Chance) {
    let ends = frame_ends(device.driver, clean);
    let mut bytes = clean.to_vec();
    let spoiled = damage.spoil(&mut bytes, chance);
    let found = frame_ends(device.driver, &bytes);
    // Where the frames behind the damage end now.
    let behind = ends
        .iter()
        .filter(|end| **end > (spoiled.at + spoiled.was) as u64);
    let expected: Vec<u64> = behind
        .map(|end| end - spoiled.was as u64 + spoiled.is as u64)
        .collect();
    // The frame that the damage began in may have ended within it.
    assert_found(
        (device, passes_for_a_frame(device, &bytes, spoiled.at)),
        &expected,
        &found,
        &format!("{damage:?}, {spoiled:?}; {chance}"),
    );
}

/// Where a packet of `SunTech`'s ends that is none and that no reader can tell from one: its half
/// before the damage and what follows have a length and a sum that are right, for bytes of 0 were
/// lost. 0 where there is none.
fn passes_for_a_frame(device: Simulated, bytes: &[u8], damage: usize) -> u64 {
    if device.name != "suntech" {
        return 0;
    }
    let starts = damage.saturating_sub(LENGTH_MAX)..damage;
    let ends = starts.filter_map(|start| {
        let length = usize::from(*bytes.get(start + 1)?);
        let packet = bytes.get(start..start + length)?;
        let sum = packet
            .iter()
            .fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        let is_one = packet.first() == Some(&START) && sum == 0;
        (is_one && start + length > damage).then_some((start + length) as u64)
    });
    ends.max().unwrap_or(0)
}

/// Looks for each frame but the first two, and those that end at or before `hidden`.
#[track_caller]
fn assert_found((device, hidden): (Simulated, u64), expected: &[u64], found: &[u64], what: &str) {
    let missing: Vec<_> = expected
        .iter()
        .skip(FRAMES_LOST_MAX)
        .filter(|end| **end > hidden)
        .filter(|end| found.binary_search(end).is_err())
        .collect();
    assert!(
        missing.is_empty(),
        "{}: {what}: no frame ends at {missing:?}; behind the damage they are at {:?}, found {:?}",
        device.name,
        &expected[..expected.len().min(10)],
        &found[..found.len().min(10)],
    );
}

fn frame_ends(driver: &DriverInfo, stream: &[u8]) -> Vec<u64> {
    contract::findings(driver, stream)
        .into_iter()
        .filter(|event| event.finding == Finding::Frame)
        .map(|event| event.offset)
        .collect()
}

/// Returns what a device sends in a minute.
fn stream(device: Simulated) -> Vec<u8> {
    let story = Story::well()
        .cuff(5, 128.0, 76.0)
        .spo2(12, 86.0)
        .probe_off(20)
        .spo2(28, 96.0)
        .cuff_fails(35);
    let said = conversation::talk(
        &mut *device.driver(),
        &mut *device.simulator(),
        &story,
        Duration::from_mins(1),
    );
    let sent = said.into_iter().filter(|said| said.from == From::Device);
    sent.flat_map(|said| said.bytes).collect()
}

fn stretch<'a>(stream: &'a [u8], chance: &mut Chance) -> &'a [u8] {
    let length = STRETCH.min(stream.len());
    let begin = chance.index(stream.len() - length + 1);
    &stream[begin..begin + length]
}

fn some_happenings(length: usize, chance: &mut Chance) -> Vec<(usize, Happening)> {
    let mut happenings = vec![(0, Happening::Opened)];
    for _ in 0..chance.index(6) {
        let happening = match chance.index(4) {
            0 => Happening::Closed,
            1 => Happening::Opened,
            _ => Happening::Waited(Duration::from_millis(chance.within(0..20_000))),
        };
        happenings.push((chance.index(length + 1), happening));
    }
    happenings.sort_by_key(|(at, _)| *at);
    happenings
}

fn byte(chance: &mut Chance) -> u8 {
    chance.next().to_be_bytes()[0]
}
