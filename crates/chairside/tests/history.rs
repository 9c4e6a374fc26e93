//! What was told is what the record answers later: over a kill, over a restart, and never more.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail as its tests do"
)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{device, plug_in, write_config};
use chairside_e2e::http;
use chairside_e2e::program::Program;
use chairside_e2e::story::Story;
use chrono::{DateTime, Utc};
use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_chairside");

/// An alarm of a service on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// A service is away so long, seconds: long enough for a whole step of which nothing is there.
const AWAY: Duration = Duration::from_millis(2500);

/// What a killed process may forget of readings (docs/recording.md), and the driver with them.
const FORGOTTEN: Duration = Duration::from_millis(1500);

/// The valid values of bed 1's saturation that a client was told, by the moment.
fn told(client: &Client) -> BTreeMap<DateTime<Utc>, f64> {
    let known = |message: &&Value| {
        message["type"] == "observation"
            && message["bed"] == "1"
            && message["metric"] == "SpO2"
            && message["validity"] == "valid"
    };
    let values = client.messages.iter().filter(known);
    values
        .map(|message| (time(&message["at"]), message["value"].as_f64().unwrap()))
        .collect()
}

fn time(word: &Value) -> DateTime<Utc> {
    let word = word.as_str().unwrap_or_else(|| panic!("{word} is no time"));
    DateTime::parse_from_rfc3339(word).unwrap().into()
}

async fn ask(address: SocketAddr, question: &str) -> (u16, Value) {
    let answer = http::get(address, &format!("/api/v1/beds/{question}")).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_trend_over_a_killed_service_has_what_was_told_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let planned = [
        device("1", "ge-v100", Story::well().cuff(0, 204.0, 118.0)),
        device("2", "nonin", Story::well()),
    ];
    let devices = plug_in(folder.path(), &planned);
    let config = write_config(folder.path(), &planned);

    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut first = Client::connect(program.address().await).await;
    let is_spo2 = |message: &Value| message["bed"] == "1" && message["metric"] == "SpO2";
    first.until(SOON, "a saturation", is_spo2).await;
    first.follow(Duration::from_secs(6)).await;
    let alarm = first.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;
    let occurrence = alarm["occurrence"].as_str().unwrap().to_owned();
    let seen = first.acknowledge("1", &occurrence, "mn").await;
    assert_eq!(seen["ok"], true, "{seen}");
    program.kill();
    let before = told(&first);
    let killed = *before.keys().last().unwrap();
    tokio::time::sleep(AWAY).await;

    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let mut second = Client::connect(address).await;
    second.until(SOON, "a saturation", is_spo2).await;
    second.follow(Duration::from_secs(4)).await;
    let after = told(&second);

    let (status, trend) = ask(address, "1/trend?step=1").await;
    assert_eq!(status, 200, "{trend}");
    let from = time(&trend["from"]);
    let values = trend["metrics"]["SpO2"]["values"].as_array().unwrap();
    assert_eq!(trend["metrics"]["SpO2"]["unit"], "%");
    let restart: Vec<_> = trend["gaps"].as_array().unwrap().iter().collect();
    let restart: Vec<_> = restart
        .into_iter()
        .filter(|gap| gap["cause"] == "restart")
        .collect();
    let began = time(&restart.last().unwrap()["to"]);
    assert!(began > killed, "{restart:?}");

    // Nothing but what was told, nothing while nobody ran, and all that could not be forgotten.
    let (mut found, mut missed) = (0, Vec::new());
    for (nth, value) in (0..).zip(values) {
        let start = from + Duration::from_secs(nth);
        let step = start..start + Duration::from_secs(1);
        let all = before.iter().chain(&after);
        let inside: Vec<_> = all.filter(|(at, _)| step.contains(at)).collect();
        match (value.as_f64(), inside.last()) {
            (Some(value), Some((_, told))) if value.to_bits() == told.to_bits() => found += 1,
            (None, None) => {}
            (None, Some((at, _))) => missed.push(**at),
            // What came before a client was there, or between its last message and the kill.
            (Some(_), _) => {
                let early = before
                    .keys()
                    .next()
                    .is_some_and(|first| step.start < *first);
                let between = step.end > killed
                    && after.keys().next().is_some_and(|first| step.start < *first);
                let newest = after.keys().last().is_some_and(|last| step.end > *last);
                assert!(early || between || newest, "{step:?} {value} {inside:?}");
            }
        }
        let away = step.start > killed + Duration::from_secs(1) && step.end < began;
        assert!(
            !away || value.is_null(),
            "{step:?} has {value} while nobody ran"
        );
    }
    assert!(found > 5, "{found} steps in {trend}");
    let newest = *after.keys().last().unwrap();
    for at in missed {
        let forgotten = (at <= killed && at + FORGOTTEN > killed) || at + FORGOTTEN > newest;
        assert!(forgotten, "{at} was told and is not in {trend}");
    }

    // The monitor handed the same pressure over to both runs.
    let nibp = trend["nibp"].as_array().unwrap();
    assert_eq!(nibp.len(), 1, "{nibp:?}");
    assert_eq!(nibp[0]["systolic"], 204);
    assert_eq!(nibp[0]["device"], "1-ge-v100");

    episode_of_the_first_run(address, &occurrence).await;
    minutes_around(address, killed).await;
    let (status, other) = ask(address, "2/trend").await;
    assert_eq!((status, &other["nibp"]), (200, &serde_json::json!([])));
    refusals(address).await;
    assert!(program.terminate().await.success());
    for device in devices.into_values() {
        device.stop().await;
    }
}

/// The alarm of the first run stands in the history with its evidence, seen by whom and how soon.
async fn episode_of_the_first_run(address: SocketAddr, occurrence: &str) {
    let (status, history) = ask(address, "1/history").await;
    assert_eq!(status, 200, "{history}");
    let mut alarms = history["alarms"].as_array().unwrap().iter();
    let alarm = alarms.find(|alarm| alarm["occurrence"] == occurrence);
    let alarm = alarm.unwrap_or_else(|| panic!("{history}"));
    assert_eq!(alarm["id"], "NIBP_VERY_HIGH");
    assert_eq!(alarm["kind"], "physiological");
    assert_eq!(alarm["signal"], "acknowledged");
    assert_eq!(alarm["ended"], Value::Null);
    assert!(
        alarm["evidence"].as_str().unwrap().contains("204"),
        "{alarm}"
    );
    assert_eq!(alarm["acknowledged"][0]["by"], "mn");
    assert_eq!(alarm["acknowledged"][0]["at"], alarm["answered"]);
    assert!(alarm["response_ms"].as_i64().unwrap() > 0, "{alarm}");
    let began = history["alarms"].as_array().unwrap().iter();
    let began: Vec<_> = began.map(|alarm| time(&alarm["began"])).collect();
    assert!(
        began.is_sorted_by(|a, b| a >= b),
        "the newest first: {began:?}"
    );
    let actions = history["actions"].as_array().unwrap();
    assert_eq!(actions.len(), 1, "{actions:?}");
    assert_eq!(actions[0]["action"], "acknowledge");
    assert_eq!(actions[0]["occurrence"], occurrence);
}

/// The minutes around the kill have readings and curves of both runs, and none between them.
async fn minutes_around(address: SocketAddr, killed: DateTime<Utc>) {
    let at = killed.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let (status, around) = ask(address, &format!("2/around?at={at}")).await;
    assert_eq!(status, 200, "{around}");
    let readings = around["numerics"]["SpO2"]["readings"].as_array().unwrap();
    assert!(readings.len() > 4, "{around}");
    let gaps = around["gaps"].as_array().unwrap();
    let restart = gaps.iter().find(|gap| gap["cause"] == "restart").unwrap();
    let between = time(&restart["from"])..time(&restart["to"]);
    let parts = around["waves"]["Pleth"]["parts"].as_array().unwrap();
    assert!(parts.len() >= 2, "{} parts", parts.len());
    for part in parts {
        let samples = part["samples"].as_array().unwrap().len();
        let period = Duration::from_micros(part["period_us"].as_u64().unwrap());
        let from = time(&part["from"]);
        let to = from + period * u32::try_from(samples).unwrap();
        // A piece's first samples are older than its arrival, by which a run is told.
        let slack = Duration::from_secs(1);
        let apart = to < between.start + slack || from + slack > between.end;
        assert!(apart, "{from} to {to} in {between:?}");
    }
}

async fn refusals(address: SocketAddr) {
    for (question, status, word) in [
        ("9/trend", 404, "no bed"),
        ("1/trend?step=0", 400, "step"),
        ("1/trend?steps=5", 400, "unknown key"),
        ("1/trend?from=2020-01-01T00:00:00Z", 400, "48 h"),
        ("1/trend?from=then", 400, "RFC 3339"),
        ("9/history", 404, "no bed"),
        ("1/history?step=5", 400, "unknown key"),
        ("9/around?at=2026-01-01T00:00:00Z", 404, "no bed"),
        ("1/around", 400, "at is missing"),
    ] {
        let (found, answer) = ask(address, question).await;
        let why = answer["error"].as_str().unwrap_or_default();
        assert_eq!(
            (found, why.contains(word)),
            (status, true),
            "{question}: {answer}"
        );
    }
}
