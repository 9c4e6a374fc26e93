//! Devices behind a network: a terminal server that is restarted, and one whose cable is pulled.

use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use chairside_e2e::terminal_server::{Network, TerminalServer};
use chairside_simulators::clock::Clock;

use crate::{AT_ONCE, SOON};

/// The loss of a connection that nobody closes is noticed in this time; 5 s on a quiet machine.
const NOTICED: std::time::Duration = SOON;

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
        server.insert(TerminalServer::start(link)).port()
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
