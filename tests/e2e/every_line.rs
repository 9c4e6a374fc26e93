//! A device of every driver of the catalogue, live, and everything that happens to a line:
//! garbage between the frames, a wrong speed, and a cable that is pulled.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, Planned, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use chairside_protocol::{Begins, DRIVERS, DriverInfo, LineSettings};
use chairside_simulators::fault::{Faults, Garbage};
use serde_json::Value;

use crate::{AT_ONCE, SOON};

/// A bed for each driver.
const BEDS: [&str; 20] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17",
    "18", "19", "20",
];

/// What is told of a slow device takes four of its periods, and the hold of the alarm.
const SLOWLY: Duration = Duration::from_mins(1);

/// Between most frames comes something that nobody sent.
const GARBAGE: Faults = Faults {
    garbage: Some(Garbage {
        bytes: 40,
        period: Duration::from_millis(500),
    }),
    ..Faults::NONE
};

#[tokio::test]
async fn every_driver_survives_garbage_a_wrong_speed_and_a_pulled_cable() {
    let clinic = Clinic::open(&ward()).await;
    let mut client = clinic.client().await;
    all_give_values(&mut client, SOON, "values").await;

    for (_, name) in lines() {
        clinic.device(&name).spoil(GARBAGE).await;
    }
    all_give_values(&mut client, SLOWLY, "values between garbage").await;
    let page = http::get_until(clinic.address(), "/api/v1/devices", SOON, |page| {
        let lines = page["devices"].as_array().unwrap();
        lines.iter().all(|line| {
            line["discarded"]
                .as_object()
                .is_some_and(|causes| !causes.is_empty())
        })
    });
    client.reading_until(page).await;
    assert_values(&client);
    for (_, name) in lines() {
        clinic.device(&name).spoil(Faults::NONE).await;
    }

    wrong_speed(&clinic, &mut client).await;
    pulled_cable(&clinic, &mut client).await;
    assert_values(&client);
    let log = clinic.close().await.log;
    log.assert_clean_but_for(&["Port lost", "Port cannot be opened"]);
}

/// The devices are set to another speed, and back.
async fn wrong_speed(clinic: &Clinic, client: &mut Client) {
    for (info, name) in lines() {
        clinic.device(&name).set_line(Some(other(info.line))).await;
    }
    all_links(client, SLOWLY, "connecting").await;
    let mut speaking = BTreeSet::new();
    for (bed, info) in BEDS.into_iter().zip(DRIVERS) {
        let lost = client
            .alarm(SLOWLY, bed, "DEVICE_LINK_LOST", is_present)
            .await;
        if info.begins == Begins::Device {
            client.alarm(SLOWLY, bed, "LINE_GARBLED", is_present).await;
            assert_says(&lost, "nothing readable from");
            speaking.insert(bed);
        }
    }
    // One that is asked and does not understand the question may answer; a V100 does not.
    let page = http::get_until(clinic.address(), "/api/v1/devices", SOON, |page| {
        let lines = page["devices"].as_array().unwrap();
        lines.iter().all(|line| {
            let speaks = speaking.contains(line["bed"].as_str().unwrap());
            // A line of JSON that never ends is held back until it is too long: the alarm alone
            // tells of it.
            let is_held_back = line["driver"] == "ndjson";
            (!speaks || is_held_back || line["arriving"] == "garbled")
                && (line["driver"] != "ge-v100" || line["arriving"] == "nothing")
        })
    });
    client.reading_until(page).await;

    for (_, name) in lines() {
        clinic.device(&name).set_line(None).await;
    }
    all_links(client, SLOWLY, "connected").await;
    for (bed, _) in BEDS.into_iter().zip(DRIVERS) {
        for id in ["LINE_GARBLED", "DEVICE_LINK_LOST"] {
            is_over(client, bed, id).await;
        }
    }
}

/// The cables are pulled, and put back.
async fn pulled_cable(clinic: &Clinic, client: &mut Client) {
    for (_, name) in lines() {
        clinic.device(&name).unplug().await;
    }
    all_links(client, AT_ONCE, "disconnected").await;
    for (bed, _) in BEDS.into_iter().zip(DRIVERS) {
        let lost = client
            .alarm(SLOWLY, bed, "DEVICE_LINK_LOST", is_present)
            .await;
        assert_says(&lost, "nothing from");
    }
    let page = http::get(clinic.address(), "/api/v1/devices").await.json();
    for line in page["devices"].as_array().unwrap() {
        assert_eq!(line["arriving"], "nothing", "{line}");
        assert_eq!(line["link"], "disconnected", "{line}");
    }
    for (_, name) in lines() {
        clinic.device(&name).replug().await.unwrap();
    }
    all_links(client, SLOWLY, "connected").await;
}

/// Waits until an alarm that stood is over.
async fn is_over(client: &mut Client, bed: &str, id: &str) {
    let stands = |message: &Value| {
        let active = message["active"].as_array().unwrap();
        active
            .iter()
            .any(|alarm| alarm["id"] == id && is_present(alarm))
    };
    let of_bed = |message: &Value| message["type"] == "alarms" && message["bed"] == bed;
    let last = client.messages.iter().rev().find(|message| of_bed(message));
    if last.is_some_and(stands) {
        let what = format!("no {id} at bed {bed}");
        client
            .until(SLOWLY, &what, |message| of_bed(message) && !stands(message))
            .await;
    }
}

/// A bed for each driver of the catalogue, and on it the simulated device of that name.
fn ward() -> Vec<Planned> {
    assert!(DRIVERS.len() <= BEDS.len(), "a bed for each driver");
    let story = || Story::well().cuff(6, 128.0, 76.0).cuff(14, 128.0, 76.0);
    BEDS.into_iter()
        .zip(DRIVERS)
        .map(|(bed, info)| device(bed, info.name, story()))
        .collect()
}

/// Every driver with its device's name.
fn lines() -> impl Iterator<Item = (&'static DriverInfo, String)> {
    DRIVERS
        .iter()
        .zip(ward())
        .map(|(info, planned)| (info, planned.name()))
}

/// A speed that the host does not have.
fn other(line: LineSettings) -> LineSettings {
    LineSettings {
        baud: line.baud / 2,
        ..line
    }
}

fn is_present(alarm: &Value) -> bool {
    alarm["present"] == true
}

#[track_caller]
fn assert_says(alarm: &Value, words: &str) {
    let evidence = alarm["evidence"].as_str().unwrap();
    assert!(evidence.contains(words), "{evidence}");
}

/// Waits until every device has given a value.
async fn all_give_values(client: &mut Client, within: Duration, what: &str) {
    // A box that has a cuff alone gives its one reading once.
    let is_first = what == "values";
    let cuff_alone: BTreeSet<String> = lines()
        .filter(|(info, _)| {
            info.gives
                .iter()
                .all(|metric| metric.name().starts_with("Nibp"))
        })
        .map(|(_, name)| name)
        .filter(|_| !is_first)
        .collect();
    all_but(client, within, what, &cuff_alone, |message| {
        (message["type"] == "observation" && message["validity"] == "valid").then_some("device")
    })
    .await;
}

async fn all_links(client: &mut Client, within: Duration, state: &str) {
    all(client, within, state, |message| {
        (message["type"] == "link" && message["state"] == state).then_some("device")
    })
    .await;
}

async fn all(
    client: &mut Client,
    within: Duration,
    what: &str,
    fits: impl Fn(&Value) -> Option<&str>,
) {
    all_but(client, within, what, &BTreeSet::new(), fits).await;
}

/// Reads until a message has fitted each device but these; the key of its name is given.
async fn all_but(
    client: &mut Client,
    within: Duration,
    what: &str,
    without: &BTreeSet<String>,
    fits: impl Fn(&Value) -> Option<&str>,
) {
    let mut awaited: BTreeSet<String> = lines().map(|(_, name)| name).collect();
    awaited.retain(|name| !without.contains(name));
    let waiting = async {
        while !awaited.is_empty() {
            let message = client.take().await;
            if let Some(device) = fits(&message).and_then(|key| message[key].as_str()) {
                awaited.remove(device);
            }
        }
    };
    let in_time = tokio::time::timeout(within, waiting).await.is_ok();
    assert!(in_time, "{what}: still not of {awaited:?}");
}

/// Checks that nothing but the patient was ever measured.
#[track_caller]
fn assert_values(client: &Client) {
    let patient = BTreeMap::from([
        ("SpO2", 97.0),
        ("PulseRate", 72.0),
        ("HeartRate", 72.0),
        ("RespirationRate", 14.0),
        ("EtCO2", 38.0),
        ("NibpSystolic", 128.0),
        ("NibpDiastolic", 76.0),
    ]);
    for message in &client.messages {
        if message["type"] == "observation" && message["validity"] == "valid" {
            let expected = message["metric"]
                .as_str()
                .and_then(|name| patient.get(name));
            let value = message["value"].as_f64().unwrap();
            let is_his = expected.is_none_or(|expected| (value - expected).abs() < 1.0);
            assert!(is_his, "{message}");
        }
    }
}
