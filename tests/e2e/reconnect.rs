//! A cable that is pulled and put back (reliability goals R1, R2, R3).

use std::time::Duration;

use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::story::Story;
use chairside_simulators::clock::Clock;

use crate::{AT_ONCE, SOON};

/// `DEVICE_LINK_LOST` comes this long after the last frame.
const LINK_LOST: Duration = Duration::from_secs(10);

/// A device that is back is read again in this time. The goal is 2 s (R2), on a machine that does
/// not compile and test beside it.
const HEALED: Duration = Duration::from_secs(6);

#[tokio::test]
async fn a_pulled_cable_shows_at_once_alarms_at_ten_seconds_and_heals_by_itself() {
    for_driver("nonin").await;
}

#[tokio::test]
async fn a_polled_device_that_comes_back_is_asked_again() {
    for_driver("ge-v100").await;
}

async fn for_driver(driver: &'static str) {
    let clinic = Clinic::open(&[device("1", driver, Story::well())]).await;
    let mut client = clinic.client().await;
    let name = format!("1-{driver}");
    let is_value = |message: &serde_json::Value| {
        message["type"] == "observation" && message["metric"] == "SpO2" && message["value"] == 97
    };
    client.until(SOON, "a value", is_value).await;

    clinic.device(&name).unplug().await;
    let clock = Clock::start();
    client.link(AT_ONCE, &name, "disconnected").await;
    let seen = clock.now();
    assert!(seen < HEALED, "the loss showed after {seen:?}");
    client
        .alarm(SOON, "1", "DEVICE_LINK_LOST", |alarm| {
            alarm["signal"] == "on"
        })
        .await;
    let alarmed = clock.now();
    let expected = LINK_LOST.saturating_sub(Duration::from_secs(1))..LINK_LOST + HEALED;
    assert!(
        expected.contains(&alarmed),
        "the alarm came after {alarmed:?}"
    );

    clinic.device(&name).replug().await.unwrap();
    let clock = Clock::start();
    client.link(SOON, &name, "connected").await;
    let healed = clock.now();
    assert!(healed < HEALED, "read again after {healed:?}");
    client.until(AT_ONCE, "a value again", is_value).await;
    client.no_alarm(SOON, "1", "DEVICE_LINK_LOST").await;
    let log = clinic.close().await.log;
    log.assert_clean_but_for(&["Port lost", "Port cannot be opened"]);
}
