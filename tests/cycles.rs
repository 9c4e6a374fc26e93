//! A thousand cables are pulled and put back: nothing is left behind, and no value comes to another
//! bed. A program of its own, for it counts what its process has open.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as its tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;
use std::time::Duration;

use chairside_e2e::chance::Chance;
use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, Planned, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use chairside_protocol::DRIVERS;
use serde_json::Value;
use tokio::time::{sleep, timeout};

/// Beds, and how often all their cables are pulled.
const BEDS: u8 = 50;
const ROUNDS: usize = 20;

/// How many cycles that must be.
const CYCLES: usize = 1000;

/// A cable stays in for longer than this: a port that was open for less is tried again later each
/// time.
const IN: Duration = Duration::from_millis(1100);

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_thousand_pulled_cables_leave_nothing_open_and_no_value_at_another_bed() {
    assert!(usize::from(BEDS) * ROUNDS >= CYCLES);
    let mut chance = Chance::of_this_run("the order of the plugs");
    let clinic = Clinic::open(&ward()).await;
    let mut client = clinic.client().await;
    let mut seen = BTreeSet::new();
    let all_seen = async {
        while seen.len() < usize::from(BEDS) {
            client.take().await;
            assert_own_values(&mut client, &mut seen);
        }
    };
    let in_time = timeout(PATIENCE, all_seen).await.is_ok();
    assert!(in_time, "values came from {seen:?} alone");
    // What is opened once is open after the first cables.
    all_are_read(&clinic, &mut client).await;
    pull_and_put_back(&clinic, &mut client, &mut chance, &mut seen).await;
    all_are_read(&clinic, &mut client).await;
    let before = open();

    for _ in 1..ROUNDS {
        pull_and_put_back(&clinic, &mut client, &mut chance, &mut seen).await;
    }
    all_are_read(&clinic, &mut client).await;
    assert_own_values(&mut client, &mut seen);
    let mut after = open();
    // What was closed goes with the task that had it.
    for _ in 0..50 {
        if after != before {
            sleep(Duration::from_millis(100)).await;
            after = open();
        }
    }
    assert_eq!(after, before, "what the process has open");
    let log = clinic.close().await.log;
    log.assert_clean_but_for(&["Port lost", "Port cannot be opened"]);
}

/// Pulls every cable, and puts them back in another order: the next device has the pseudo-terminal
/// of another one from before.
async fn pull_and_put_back(
    clinic: &Clinic,
    client: &mut Client,
    chance: &mut Chance,
    seen: &mut BTreeSet<u8>,
) {
    let mut names: Vec<String> = ward().iter().map(Planned::name).collect();
    for name in &names {
        clinic.device(name).unplug().await;
    }
    while !names.is_empty() {
        let name = names.swap_remove(chance.index(names.len()));
        clinic.device(&name).replug().await.unwrap();
    }
    // That the cable is out, and then that it is in: none of the cycles goes by unseen.
    all_links(client, "disconnected").await;
    all_links(client, "connecting").await;
    client.follow(IN).await;
    assert_own_values(client, seen);
}

async fn all_are_read(clinic: &Clinic, client: &mut Client) {
    let page = http::get_until(clinic.address(), "/api/v1/devices", PATIENCE, |page| {
        let lines = page["devices"].as_array().unwrap();
        lines.iter().all(|line| line["link"] == "connected")
    });
    client.reading_until(page).await;
}

/// Reads until every device's link was in this state since its values were last looked at.
async fn all_links(client: &mut Client, state: &str) {
    let mut missing: BTreeSet<String> = ward().iter().map(Planned::name).collect();
    let is_there = |message: &Value| message["type"] == "link" && message["state"] == state;
    let waiting = async {
        for message in &client.messages {
            if is_there(message) {
                missing.remove(message["device"].as_str().unwrap());
            }
        }
        while !missing.is_empty() {
            let message = client.take().await;
            if is_there(&message) {
                missing.remove(message["device"].as_str().unwrap());
            }
        }
    };
    let in_time = timeout(PATIENCE, waiting).await.is_ok();
    assert!(in_time, "not {state}: {missing:?}");
}

/// Checks that each bed has the values of its own patient, and forgets what was looked at.
fn assert_own_values(client: &mut Client, seen: &mut BTreeSet<u8>) {
    for message in std::mem::take(&mut client.messages) {
        if message["type"] != "observation" || message["validity"] != "valid" {
            continue;
        }
        let bed: u8 = message["bed"].as_str().unwrap().parse().unwrap();
        let expected = match message["metric"].as_str().unwrap() {
            "SpO2" => saturation(bed),
            "PulseRate" | "HeartRate" => rate(bed),
            "NibpSystolic" => systolic(bed),
            _ => continue,
        };
        let value = &message["value"];
        assert_eq!(*value, Value::from(u64::from(expected)), "{message}");
        seen.insert(bed);
    }
}

/// No two patients have a number in common.
fn saturation(bed: u8) -> u8 {
    49 + bed
}

fn rate(bed: u8) -> u8 {
    109 + bed
}

fn systolic(bed: u8) -> u8 {
    159 + bed
}

fn ward() -> Vec<Planned> {
    let beds = (1..=BEDS).zip(DRIVERS.iter().cycle());
    beds.map(|(bed, driver)| {
        let patient = Story::well()
            .spo2(0, f64::from(saturation(bed)))
            .rate(0, f64::from(rate(bed)))
            .cuff(6, f64::from(systolic(bed)), 80.0)
            .cuff(14, f64::from(systolic(bed)), 80.0)
            .cuff(22, f64::from(systolic(bed)), 80.0);
        device(&NAMES[usize::from(bed) - 1], driver.name, patient)
    })
    .collect()
}

/// The beds' ids.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = 1..=BEDS;
    names.map(|bed| bed.to_string()).collect()
});

/// Returns what this process has open: how many of each kind.
fn open() -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for entry in fs::read_dir("/proc/self/fd").unwrap() {
        // The one with which the folder is read is gone by now.
        let Ok(target) = fs::read_link(entry.unwrap().path()) else {
            continue;
        };
        // `socket:[4711]` and `/dev/pts/12` are of a kind.
        let target = target.to_string_lossy().into_owned();
        let kind = target.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == ']');
        *kinds.entry(kind.to_owned()).or_default() += 1;
    }
    kinds
}
