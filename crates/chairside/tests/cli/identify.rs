//! `chairside identify`: what it prints, and how it ends.

use std::sync::Arc;

use chairside_simulators::clock::Clock;
use chairside_simulators::device::simulator_named;
use chairside_simulators::fault::Faults;
use chairside_simulators::pace::Speed;
use chairside_simulators::run::{DevicePlan, Place, SimulatedDevice};
use chairside_simulators::stories;
use tokio::task::spawn_blocking;

use super::{objects, run, text, told};

#[tokio::test]
async fn a_device_is_named_with_the_evidence_and_its_section_of_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("port");
    let device = SimulatedDevice::start(DevicePlan {
        simulator: simulator_named("nonin").unwrap(),
        patient: Arc::new(stories::built_in().remove(0)),
        speed: Speed::REAL,
        faults: Faults::NONE,
        seed: 1,
        place: Place::Link(link.clone()),
        clock: Clock::start(),
    })
    .unwrap();
    let port = text(&link).to_owned();
    // The device goes on meanwhile.
    let asked = spawn_blocking(move || {
        let for_programs = run(&["identify", &port, "--json"]);
        (run(&["identify", &port]), for_programs)
    });
    let (for_people, for_programs) = asked.await.unwrap();
    device.stop().await;

    assert!(for_people.status.success(), "{}", told(&for_people));
    let words = str::from_utf8(&for_people.stdout).unwrap();
    for said in [
        "nonin: Nonin Xpod",
        "9600 baud, 8N1, no flow control",
        "sends by itself; sound frames: ",
        "SpO2 98 %, PulseRate ",
        &format!("driver = \"nonin\"\nport = {:?}\n", text(&link)),
    ] {
        assert!(words.contains(said), "{said:?} in {words}");
    }
    let [found] = &objects(&for_programs)[..] else {
        panic!("{for_programs:?}");
    };
    assert_eq!(found["driver"]["name"], "nonin");
    assert_eq!(found["driver"]["asked"], false);
    assert_eq!(found["driver"]["readings"][0]["metric"], "SpO2");
    assert_eq!(found["driver"]["readings"][0]["value"], 98);
}

#[test]
fn a_port_that_cannot_be_used_is_wrong_usage() {
    let output = run(&["identify", "/dev/chairside-none"]);
    assert_eq!(output.status.code(), Some(2));
    let words = told(&output);
    assert!(
        words.starts_with("chairside: /dev/chairside-none: "),
        "{words}"
    );
}
