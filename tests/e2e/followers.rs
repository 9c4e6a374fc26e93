//! A program of the clinic's own that is not told of alarms any more is an alarm itself, and is
//! seen wherever the service says how it is.

use std::fmt::Write as _;
use std::time::Duration;

use chairside_e2e::clinic::{Calls, Clinic, device};
use chairside_e2e::http;
use chairside_e2e::postbox::Postbox;
use chairside_e2e::story::Story;
use serde_json::{Value, json};

use crate::SOON;
use crate::ladder::crisis;

/// Ten seconds until it is an alarm, and as much as a busy machine needs for them.
const NOTICED: Duration = Duration::from_secs(30);

/// What was not told is tried again after 16 s at most in the time of these tests.
const TOLD_AGAIN: Duration = Duration::from_secs(40);

/// Returns a port of loopback that nobody listens on.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn followed_at(manager: u16, broker: Option<u16>) -> Calls {
    let mut channels = format!("[alarm_manager]\nhost = \"127.0.0.1\"\nport = {manager}\n");
    if let Some(port) = broker {
        write!(
            channels,
            "[mqtt]\nhost = \"127.0.0.1\"\nport = {port}\ntls = false\n\
             unprotected_hosts = [\"127.0.0.1\"]\n"
        )
        .unwrap();
    }
    Calls {
        channels,
        ..Calls::default()
    }
}

fn is_over(alarms: &Value) -> bool {
    let beds = alarms["alarms"].as_array().unwrap().iter();
    let mut all = beds.flat_map(|bed| bed["active"].as_array().unwrap());
    !all.any(|alarm| alarm["id"] == "DELIVERY_FAILED" && alarm["present"] == true)
}

#[tokio::test]
async fn an_alarm_manager_or_a_broker_that_is_away_is_an_alarm_at_every_bed_until_it_is_there() {
    let (manager, broker) = (free_port(), free_port());
    let planned = [
        device("1", "nonin", Story::well()),
        device("2", "nonin", Story::well()),
    ];
    let clinic = Clinic::open_calling(&planned, &followed_at(manager, Some(broker))).await;
    let address = clinic.address();
    let mut client = clinic.client().await;
    for bed in ["1", "2"] {
        let alarm = client
            .alarm(NOTICED, bed, "DELIVERY_FAILED", |_| true)
            .await;
        let evidence = alarm["evidence"].as_str().unwrap();
        for why in [
            "alarm_manager: 127.0.0.1",
            "mqtt: 127.0.0.1",
            "cannot be reached",
        ] {
            assert!(evidence.contains(why), "{evidence}");
        }
        assert_eq!(alarm["priority"], "medium");
    }

    let ready = http::get(address, "/readyz").await;
    assert_eq!(ready.status, 503, "{ready:?}");
    for name in ["alarm_manager", "mqtt"] {
        let line = format!("{name} is not told of alarms: 127.0.0.1");
        assert!(ready.body.contains(&line), "{ready:?}");
        let line = format!("chairside_follower_connected{{follower=\"{name}\"}} 0\n");
        assert!(http::get(address, "/metrics").await.body.contains(&line));
    }
    let state = http::get(address, "/api/v1/calling").await.json();
    assert_eq!(state["followers"][0]["follower"], "alarm_manager");
    assert_eq!(state["followers"][1]["connected"], false, "{state}");

    // It comes, and is told of what stands; the other one is still away.
    let mut there = Postbox::mllp_at(manager).await;
    let told = there.until(TOLD_AGAIN, |message| message.contains("DELIVERY_FAILED"));
    client.reading_until(told).await;
    let only_the_other = |state: &Value| {
        let followers = &state["followers"];
        followers[0]["connected"] == true && followers[0]["failing"].is_null()
    };
    http::get_until(address, "/api/v1/calling", SOON, only_the_other).await;
    let beside = |alarm: &Value| {
        let evidence = alarm["evidence"].as_str().unwrap();
        !evidence.contains("alarm_manager") && evidence.contains("mqtt: 127.0.0.1")
    };
    client.alarm(SOON, "1", "DELIVERY_FAILED", beside).await;
    clinic
        .close()
        .await
        .log
        .assert_clean_but_for(&["A program is not told of alarms."]);
}

#[tokio::test]
async fn an_alarm_that_the_manager_cannot_read_is_an_alarm_at_that_bed_alone() {
    let mut manager = Postbox::mllp().await;
    manager.now("AE");
    let planned = [
        device("1", "ge-v100", crisis()),
        device("2", "nonin", Story::well()),
    ];
    let clinic = Clinic::open_calling(&planned, &followed_at(manager.port(), None)).await;
    let address = clinic.address();
    let mut client = clinic.client().await;
    let sent = manager.until(SOON, |message| message.contains("NIBP_VERY_HIGH"));
    client.reading_until(sent).await;
    let alarm = client
        .alarm(NOTICED, "1", "DELIVERY_FAILED", |_| true)
        .await;
    let evidence = alarm["evidence"].as_str().unwrap();
    assert!(
        evidence.contains("alarm_manager: ") && evidence.contains("could not be read there"),
        "{evidence}"
    );
    let alarms = http::get(address, "/api/v1/alarms").await.json();
    let of_two = alarms["alarms"][1].clone();
    assert_eq!(of_two["bed"], "2");
    assert!(is_over(&json!({ "alarms": [of_two] })), "{alarms}");
    let state = http::get(address, "/api/v1/calling").await.json();
    assert!(state["followers"][0]["unread"].as_u64().unwrap() > 0);
    assert_eq!(
        http::get(address, "/readyz").await.status,
        200,
        "it is told"
    );

    // It is mended, and told of what has changed; nothing is left.
    manager.now("AA");
    for alarm in alarms["alarms"][0]["active"].as_array().unwrap() {
        let occurrence = alarm["occurrence"].as_str().unwrap();
        client.acknowledge("1", occurrence, "mn").await;
    }
    let told = manager.until(TOLD_AGAIN, |message| message.contains("alert-acknowledged"));
    client.reading_until(told).await;
    http::get_until(address, "/api/v1/alarms", TOLD_AGAIN, is_over).await;
    clinic
        .close()
        .await
        .log
        .assert_clean_but_for(&["A program is not told of alarms."]);
}
