//! The search for the driver that fits a line, at every simulated device, in virtual time.
//!
//! The line between them is as a cable is: where both ends are not set alike, what comes out is
//! not what went in.

use std::time::Duration;

use chairside_model::{Cadence, MonoTime};
use chairside_protocol::identify::{Evidence, Identification, Verdict};
use chairside_protocol::{Begins, DRIVERS, DriverInfo, LineInput, LineSettings};
use chairside_simulators::device::{Simulator, driver_of, simulator_named, simulator_names};
use chairside_simulators::noise::Noise;
use chairside_simulators::patient::{Patient, VitalSigns};
use chairside_simulators::stories;

/// What the issue allows.
const WITHIN: Duration = Duration::from_secs(15);

/// One that is not set as its kind is: the settings of all others come first.
const WITHIN_OTHERWISE: Duration = Duration::from_secs(30);

/// As long as the search sleeps at most, and a device.
const STEP: Duration = Duration::from_millis(20);

/// What is at the other end of the line.
trait Thing {
    /// Takes what was sent to it, and appends what it sends up to now.
    fn turn(&mut self, now: Duration, received: &[u8], line: &mut Vec<u8>);

    /// How its end of the line is set.
    fn settings(&self) -> LineSettings;
}

struct Device {
    simulator: Box<dyn Simulator>,
    driver: &'static DriverInfo,
    settings: LineSettings,
}

impl Device {
    fn named(name: &str) -> Self {
        let driver = driver_of(name).expect("a driver");
        Self {
            simulator: simulator_named(name).expect("it is in the list"),
            driver,
            settings: driver.line,
        }
    }
}

/// The patient: well, and every sensor that there is on it.
fn vitals(at: Duration) -> VitalSigns {
    stories::built_in()[0].at(at)
}

impl Thing for Device {
    fn turn(&mut self, now: Duration, received: &[u8], line: &mut Vec<u8>) {
        while let Some(due) = self.simulator.next_deadline().filter(|due| *due <= now) {
            self.simulator.handle(due, &[], &vitals(due), line);
        }
        if !received.is_empty() {
            self.simulator.handle(now, received, &vitals(now), line);
        }
    }

    fn settings(&self) -> LineSettings {
        self.settings
    }
}

/// Carries bytes from one end to the other.
fn carried(bytes: &[u8], from: LineSettings, to: LineSettings, noise: &mut Noise) -> Vec<u8> {
    if from == to {
        return bytes.to_vec();
    }
    let length = bytes.len() as u64 * u64::from(to.baud) / u64::from(from.baud);
    let length = length.max(u64::from(!bytes.is_empty()));
    (0..length).map(|_| noise.byte()).collect()
}

struct Ended {
    verdict: Verdict,
    after: Duration,
    /// What was sent to the thing.
    sent: Vec<u8>,
}

fn identify(thing: &mut dyn Thing, seed: u64) -> Ended {
    let mut noise = Noise::new(seed, 1);
    let mut search = Identification::new(DRIVERS);
    let (mut after, mut open) = (Duration::ZERO, None);
    let (mut sent, mut arriving) = (Vec::new(), Vec::new());
    while let Some(line) = search.line() {
        let now = MonoTime::from_start(after);
        let mut transmit = Vec::new();
        if open != Some(line) {
            open = Some(line);
            arriving.clear();
            search.handle(now, LineInput::Opened, &mut transmit);
        }
        if !arriving.is_empty() {
            search.handle(now, LineInput::Received(&arriving), &mut transmit);
        }
        search.handle(now, LineInput::Tick, &mut transmit);
        let asked = carried(&transmit, line, thing.settings(), &mut noise);
        sent.extend(transmit);
        let mut answer = Vec::new();
        thing.turn(after, &asked, &mut answer);
        arriving = carried(&answer, thing.settings(), line, &mut noise);
        after += STEP;
        assert!(after < Duration::from_mins(2), "the search ends");
    }
    Ended {
        verdict: search.verdict(),
        after,
        sent,
    }
}

fn first(verdict: Verdict) -> Option<Evidence> {
    match verdict {
        Verdict::Fits(fits) => fits.into_iter().next(),
        Verdict::Unknown { .. } => None,
    }
}

#[test]
fn every_simulated_device_is_named_within_fifteen_seconds() {
    for name in simulator_names() {
        let mut device = Device::named(name);
        let wanted = device.driver.name;
        let ended = identify(&mut device, 1);
        println!("{name}: {:?}", ended.after);
        let fits = first(ended.verdict);
        let fits = fits.unwrap_or_else(|| panic!("{name}: not named in {:?}", ended.after));
        // The module has two names in the catalogue, and nothing in its stream tells which.
        let wanted = if wanted == "bci" { "berry" } else { wanted };
        assert_eq!(fits.driver.name, wanted, "{name}: {fits:?}");
        assert!(ended.after <= WITHIN, "{name}: {:?}", ended.after);
        assert_eq!(fits.line, device.settings(), "{name}");
        // A module that has only a cuff says nothing until somebody uses it.
        let mut gives = fits.driver.gives.iter();
        let waits = gives.all(|metric| metric.cadence() == Cadence::Aperiodic);
        assert_eq!(fits.readings.is_empty(), waits, "{name}: {fits:?}");
    }
}

#[test]
fn a_device_that_is_set_otherwise_is_named_at_its_settings() {
    for name in simulator_names() {
        for settings in driver_of(name).expect("a driver").other_lines {
            let mut device = Device {
                settings: *settings,
                ..Device::named(name)
            };
            let wanted = match device.driver.name {
                "bci" => "berry",
                own => own,
            };
            let ended = identify(&mut device, 1);
            println!("{name} at {settings}: {:?}", ended.after);
            assert!(ended.after <= WITHIN_OTHERWISE, "{name} at {settings}");
            let fits = first(ended.verdict);
            let fits = fits.unwrap_or_else(|| panic!("{name} at {settings}: not named"));
            assert_eq!(fits.driver.name, wanted, "{name} at {settings}: {fits:?}");
            assert_eq!(fits.line, *settings, "{name}");
        }
    }
}

/// Something that is no monitor.
struct Other {
    settings: LineSettings,
    speaks: fn(&mut Noise, Duration, &[u8], &mut Vec<u8>),
    noise: Noise,
}

impl Other {
    fn new(seed: u64, speaks: fn(&mut Noise, Duration, &[u8], &mut Vec<u8>)) -> Self {
        Self {
            settings: LineSettings::plain(9600),
            speaks,
            noise: Noise::new(seed, 2),
        }
    }
}

impl Thing for Other {
    fn turn(&mut self, now: Duration, received: &[u8], line: &mut Vec<u8>) {
        (self.speaks)(&mut self.noise, now, received, line);
    }

    fn settings(&self) -> LineSettings {
        self.settings
    }
}

fn assert_unknown(what: &str, seed: u64, ended: Ended) {
    if let Some(fits) = first(ended.verdict) {
        unreachable!("{what}, seed {seed}: {fits:?}");
    }
}

#[test]
fn noise_is_unknown_and_nothing_is_sent_to_it() {
    for seed in 0..40 {
        let mut noise = Other::new(seed, |noise, _, _, line| {
            line.extend((0..noise.below(40)).map(|_| noise.byte()));
        });
        let ended = identify(&mut noise, seed);
        assert!(ended.sent.is_empty(), "seed {seed}: {:?}", ended.sent);
        assert_unknown("noise", seed, ended);
    }
}

#[test]
fn a_text_console_is_unknown_whether_it_greets_or_only_echoes() {
    for seed in 0..10 {
        let mut greets = Other::new(seed, |_, now, _, line| {
            if now.as_millis().is_multiple_of(1_000) {
                line.extend_from_slice(b"\r\nDebian GNU/Linux 12 room3 ttyS0\r\n\r\nroom3 login: ");
            }
        });
        let ended = identify(&mut greets, seed);
        assert!(ended.sent.is_empty(), "seed {seed}: {:?}", ended.sent);
        assert_unknown("a console that greets", seed, ended);
    }
    // One that is set as each driver in turn is, so that every question comes back as it was.
    for (seed, info) in (0..).zip(DRIVERS) {
        let mut echoes = Other::new(seed, |_, _, received, line| {
            line.extend_from_slice(received);
            if received.ends_with(b"\r") {
                line.extend_from_slice(b"\n-sh: not found\r\n# ");
            }
        });
        echoes.settings = info.line;
        assert_unknown("a console that echoes", seed, identify(&mut echoes, seed));
    }
}

#[test]
fn silence_is_unknown_and_every_driver_that_asks_has_asked() {
    let ended = identify(&mut Other::new(0, |_, _, _, _| {}), 0);
    let Verdict::Unknown { heard, asked } = ended.verdict else {
        unreachable!("{:?}", ended.verdict);
    };
    assert_eq!(heard, []);
    for info in DRIVERS {
        let asks = asked.iter().any(|one| one.name == info.name);
        assert_eq!(asks, info.begins == Begins::Driver, "{}", info.name);
    }
}

#[test]
fn what_sends_by_itself_is_never_spoken_to() {
    for name in simulator_names() {
        let mut device = Device::named(name);
        if device.driver.begins == Begins::Device {
            let sent = identify(&mut device, 3).sent;
            assert!(sent.is_empty(), "{name}: {sent:?}");
        }
    }
}
