//! Devices behind a network: a terminal server that is restarted, and one whose cable is pulled.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use chairside_e2e::clinic::{Clinic, Planned, device};
use chairside_e2e::story::Story;
use chairside_e2e::terminal_server::{Network, TerminalServer};
use chairside_e2e::{devices, http};
use chairside_simulators::clock::Clock;
use chairside_simulators::fault::Faults;
use chairside_simulators::pace::Speed;
use chairside_simulators::run::{DevicePlan, Place, SimulatedDevice};

use crate::{AT_ONCE, SOON};

/// The loss of a connection that nobody closes is noticed in this time; 5 s on a quiet machine.
const NOTICED: Duration = SOON;

#[tokio::test]
async fn a_terminal_server_that_is_restarted_is_told_at_once_and_read_again() {
    for_driver("nonin", Network::Closed).await;
}

#[tokio::test]
async fn a_pulled_network_cable_is_noticed_of_a_device_that_only_speaks() {
    for_driver("nonin", Network::Pulled).await;
}

#[tokio::test]
async fn a_pulled_network_cable_is_noticed_of_a_device_that_is_asked() {
    for_driver("ge-v100", Network::Pulled).await;
}

async fn for_driver(driver: &'static str, loss: Network) {
    let mut server = None;
    let clinic = Clinic::open_behind(&[device("1", driver, Story::well())], |link| {
        let server = server.insert(TerminalServer::start(link));
        format!("port = {:?}", server.port())
    })
    .await;
    let server = server.expect("the clinic has a device");
    let mut client = clinic.client().await;
    let name = format!("1-{driver}");
    let is_value = |message: &serde_json::Value| {
        message["type"] == "observation" && message["metric"] == "SpO2" && message["value"] == 97
    };
    client.until(SOON, "a value", is_value).await;

    server.set(loss);
    let clock = Clock::start();
    client.link(NOTICED, &name, "disconnected").await;
    if loss == Network::Closed {
        let seen = clock.now();
        assert!(seen < AT_ONCE, "the loss showed after {seen:?}");
    }
    client
        .alarm(SOON, "1", "DEVICE_LINK_LOST", |alarm| {
            alarm["signal"] == "on"
        })
        .await;
    let ready = http::get(clinic.address(), "/readyz").await;
    assert_eq!(ready.status, 503);

    server.set(Network::In);
    client.link(SOON, &name, "connected").await;
    client.until(AT_ONCE, "a value again", is_value).await;
    client.no_alarm(SOON, "1", "DEVICE_LINK_LOST").await;
    let lines = http::get(clinic.address(), "/api/v1/devices").await.json();
    let line = &lines["devices"][0];
    assert_eq!(line["port"], server.port(), "{line}");
    assert!(line["baud"].is_null(), "{line}");
    let log = clinic.close().await.log;
    log.assert_clean_but_for(&["Port lost", "Port cannot be opened"]);
}

#[tokio::test]
async fn a_monitor_to_which_we_connect_is_read_answered_and_read_again() {
    let monitor = monitor(Place::Listens(([127, 0, 0, 1], 0).into()));
    let Place::Listens(address) = *monitor.place() else {
        panic!("{:?}", monitor.place())
    };
    for_monitor(monitor, format!("tcp:{address}")).await;
}

#[tokio::test]
async fn a_monitor_that_connects_to_us_is_read_answered_and_read_again() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let monitor = monitor(Place::Connects(address));
    for_monitor(monitor, format!("tcp-listen:{address}")).await;
}

fn monitor(place: Place) -> SimulatedDevice {
    let device = SimulatedDevice::start(DevicePlan {
        simulator: devices::simulator("hl7"),
        patient: Arc::new(Story::well().cuff(1, 128.0, 76.0).rate(5, 104.0)),
        speed: Speed::REAL,
        faults: Faults::NONE,
        seed: 1,
        place,
        clock: Clock::start(),
    });
    device.unwrap()
}

async fn for_monitor(monitor: SimulatedDevice, port: String) {
    let planned = Planned {
        bed: "1",
        driver: "hl7",
        patient: None,
    };
    let clinic = Clinic::open_behind(&[planned], |_| format!("port = {port:?}")).await;
    let mut client = clinic.client().await;
    let is = |metric: &'static str, value: u16| {
        move |message: &serde_json::Value| {
            message["type"] == "observation"
                && message["metric"] == metric
                && message["value"] == value
        }
    };
    client.until(SOON, "a value", is("SpO2", 97)).await;
    client
        .until(SOON, "a pressure", is("NibpSystolic", 128))
        .await;
    // Without an answer the monitor would send its first message for ever.
    client
        .until(SOON, "a later message", is("HeartRate", 104))
        .await;

    monitor.unplug().await;
    client.link(AT_ONCE, "1-hl7", "disconnected").await;
    monitor.replug().await.unwrap();
    client.link(SOON, "1-hl7", "connected").await;
    client.until(AT_ONCE, "a value again", is("SpO2", 97)).await;
    client.follow(Duration::from_secs(2)).await;
    let pressures = client
        .messages
        .iter()
        .filter(|message| is("NibpSystolic", 128)(message));
    assert_eq!(pressures.count(), 1, "one determination is published once");
    let log = clinic.close().await.log;
    log.assert_clean_but_for(&["Port lost", "Port cannot be opened"]);
    monitor.stop().await;
}
