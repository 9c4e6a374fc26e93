//! Which driver fits a port, found out over pseudo-terminals: every simulated device, and things
//! that are none. What the line's settings do to bytes is in `simulators/tests/identify.rs`, for a
//! pseudo-terminal has none.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chairside::clock::Clock as ServiceClock;
use chairside::identified::Identified;
use chairside::port::identify;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::story::Story;
use chairside_e2e::{devices, http};
use chairside_protocol::identify::Verdict;
use chairside_simulators::clock::Clock;
use chairside_simulators::device::Simulator;
use chairside_simulators::fault::Faults;
use chairside_simulators::noise::Noise;
use chairside_simulators::pace::Speed;
use chairside_simulators::patient::VitalSigns;
use chairside_simulators::run::{DevicePlan, Place, SimulatedDevice};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::SOON;

/// A device is named in this time on a machine that runs many tests; that it is in 15 s (issue 5)
/// is shown in virtual time.
const WITHIN: Duration = Duration::from_secs(30);

/// Plugs something in.
fn plugged(link: PathBuf, simulator: Box<dyn Simulator>) -> SimulatedDevice {
    let plan = DevicePlan {
        simulator,
        patient: Arc::new(Story::well().cuff(1, 118.0, 76.0)),
        speed: Speed::REAL,
        faults: Faults::NONE,
        seed: 1,
        place: Place::Link(link),
        clock: Clock::start(),
    };
    SimulatedDevice::start(plan).expect("a pseudo-terminal")
}

async fn search(path: &Path) -> (Verdict, Duration) {
    let clock = ServiceClock::start();
    let began = clock.now();
    let verdict = identify(path, clock).await.expect("the port can be used");
    (verdict, clock.now().saturating_since(began))
}

#[tokio::test]
async fn every_simulated_device_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let searches = devices::all().map(|device| {
        let path = folder.path().join(device.name);
        async move {
            let _plugged = plugged(path.clone(), device.simulator());
            let (verdict, took) = search(&path).await;
            let found = Identified::new(String::new(), verdict);
            let name = found.driver.as_ref().map(|driver| driver.name);
            // The module has two names in the catalogue, and nothing in its stream tells which.
            let wanted = match device.driver.name {
                "bci" => "berry",
                other => other,
            };
            assert_eq!(name, Some(wanted), "{}: {found:?}", device.name);
            assert!(took <= WITHIN, "{}: {took:?}", device.name);
        }
    });
    join_all(searches).await;
}

/// Something that is no monitor, and what it does with what it is told.
#[derive(Debug)]
struct Other {
    speaks: fn(&mut Noise, &[u8], &mut Vec<u8>),
    /// From one time that it speaks by itself to the next, if it does.
    every: Option<Duration>,
    next: Duration,
    noise: Noise,
}

impl Simulator for Other {
    fn handle(&mut self, now: Duration, received: &[u8], _: &VitalSigns, line: &mut Vec<u8>) {
        if let Some(every) = self.every {
            self.next = now + every;
        }
        (self.speaks)(&mut self.noise, received, line);
    }

    fn next_deadline(&self) -> Option<Duration> {
        self.every.map(|_| self.next)
    }
}

#[tokio::test]
async fn noise_a_text_console_and_silence_are_unknown() {
    type Speaks = fn(&mut Noise, &[u8], &mut Vec<u8>);
    let folder = tempfile::tempdir().unwrap();
    let noise: Speaks = |noise, _, line| line.extend((0..50).map(|_| noise.byte()));
    let greets: Speaks = |_, _, line| line.extend_from_slice(b"\r\nroom3 login: ");
    let echoes: Speaks = |_, received, line| line.extend_from_slice(received);
    let silence: Speaks = |_, _, _| {};
    let things = [
        ("noise", noise, Some(Duration::from_millis(100)), true),
        ("greets", greets, Some(Duration::from_secs(1)), true),
        ("echoes", echoes, None, false),
        ("silence", silence, None, false),
    ];
    let searches = things.map(|(name, speaks, every, is_heard)| {
        let path = folder.path().join(name);
        async move {
            let thing = Other {
                speaks,
                every,
                next: Duration::ZERO,
                noise: Noise::new(1, 1),
            };
            let _plugged = plugged(path.clone(), Box::new(thing));
            let (verdict, _) = search(&path).await;
            let found = Identified::new(String::new(), verdict);
            assert!(found.driver.is_none(), "{name}: {found:?}");
            assert_eq!(found.heard.is_empty(), !is_heard, "{name}: {found:?}");
            // Nobody speaks to what speaks by itself.
            assert_eq!(found.asked.is_empty(), is_heard, "{name}: {found:?}");
        }
    });
    join_all(searches).await;
}

#[tokio::test]
async fn a_port_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let why = identify(&folder.path().join("none"), ServiceClock::start()).await;
    let why = why.expect_err("it is not there");
    assert!(why.starts_with("is not there"), "{why}");
}

#[tokio::test]
async fn a_person_finds_out_on_the_page_what_is_on_a_port_that_gives_no_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("port");
    let _oximeter = plugged(wrong.clone(), devices::simulator("nonin"));
    let planned = [
        device("1", "ge-v100", Story::well()),
        device("2", "nonin", Story::well()),
    ];
    let mut right = None;
    let clinic = Clinic::open_behind(&planned, |path| {
        let path = if path.ends_with("tty-1-ge-v100") {
            &wrong
        } else {
            path
        };
        right = Some(path.display().to_string());
        format!("port = \"{}\"", path.display())
    })
    .await;
    let (wrong, right) = (wrong.display().to_string(), right.unwrap());
    let port = |told: &Value, path: &str| {
        let ports = told["ports"].as_array().unwrap();
        ports
            .iter()
            .find(|port| port["port"] == path)
            .unwrap()
            .clone()
    };
    let is_read = |told: &Value| port(told, &right)["connected"] == true;
    let told = http::get_until(clinic.address(), "/api/v1/ports", SOON, is_read).await;
    let silent = port(&told, &wrong);
    assert_eq!(silent["device"], "1-ge-v100");
    assert_eq!(silent["connected"], false, "{silent}");

    let ask = |port: &str, by: &str| {
        let body = json!({ "port": port, "by": by });
        let address = clinic.address();
        async move { http::post(address, "/api/v1/identify", "", &body).await }
    };
    for (port, by, status) in [
        (&*wrong, "xx", 400),
        (&*right, "mn", 409),
        ("/dev/null", "mn", 404),
    ] {
        let answer = ask(port, by).await;
        assert_eq!(answer.status, status, "{port} {by}: {answer:?}");
    }
    let (found, meanwhile) = tokio::join!(ask(&wrong, "mn"), ask(&wrong, "mn"));
    // One search at a time, whichever came first: the other is refused, unless it came afterwards.
    let answers = [found, meanwhile];
    let is_found = |answer: &&http::Answer| answer.status == 200;
    assert!(
        answers.iter().any(|answer| is_found(&answer)),
        "{answers:?}"
    );
    for answer in &answers {
        match answer.status {
            200 => assert_eq!(answer.json()["driver"]["name"], "nonin", "{answer:?}"),
            status => assert_eq!(status, 409, "{answer:?}"),
        }
    }
    // The service has the port again, and lends it again.
    let again = ask(&wrong, "mn").await;
    assert_eq!(again.json()["driver"]["name"], "nonin", "{again:?}");
    let told = http::get(clinic.address(), "/api/v1/ports").await.json();
    assert!(is_read(&told), "the other device was read all the time");
    clinic.close().await.log.assert_clean_but_for(&["lent out"]);
}
