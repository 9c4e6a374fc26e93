//! A service that is killed and starts again goes on with the same alarms (issue 3, item 5;
//! reliability goal R7).
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as its tests do")]

use std::path::Path;
use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{self, device, plug_in, write_config};
use chairside_e2e::program::Program;
use chairside_e2e::story::Story;
use chairside_store::Reader;
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_chairside");

/// An alarm, a link, an answer of a service on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// Returns the alarms of a snapshot that are these, without what a restart cannot keep.
fn standing(client: &Client, ids: &[&str]) -> Vec<Value> {
    let beds = client.snapshot["alarms"].as_array().unwrap();
    let alarms = beds.iter().flat_map(|bed| {
        let active = bed["active"].as_array().unwrap().iter();
        active.map(move |alarm| json!({ "bed": bed["bed"], "alarm": alarm }))
    });
    let wanted = alarms.filter(|one| {
        let id = one["alarm"]["id"].as_str();
        ids.iter().any(|wanted| id == Some(wanted))
    });
    wanted.collect()
}

#[tokio::test]
async fn a_killed_service_starts_again_with_the_same_alarms_seen_by_the_same_people() {
    let folder = tempfile::tempdir().unwrap();
    let planned = [
        device("1", "ge-v100", Story::well().cuff(0, 204.0, 118.0)),
        device("2", "nonin", Story::well().spo2(0, 86.0)),
    ];
    let ids = ["NIBP_HIGH", "NIBP_VERY_HIGH", "SPO2_LOW", "SPO2_VERY_LOW"];
    let devices = plug_in(folder.path(), &planned);
    let config = write_config(folder.path(), &planned);

    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let mut client = Client::connect(address).await;
    let pressure = client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;
    client.alarm(SOON, "2", "SPO2_LOW", |_| true).await;
    let occurrence = pressure["occurrence"].as_str().unwrap();
    let answer = client.acknowledge("1", occurrence, "mn").await;
    assert_eq!(answer["ok"], true, "{answer}");
    let seen = |alarm: &Value| alarm["signal"] == "acknowledged";
    client.alarm(SOON, "1", "NIBP_VERY_HIGH", seen).await;
    for (bed, action) in [("1", "accept"), ("2", "accept"), ("2", "arrive")] {
        let body = json!({"bed": bed, "by": "mn", "call": 1});
        let answer = client.act(action, body).await;
        assert_eq!(answer["ok"], true, "{answer}");
    }
    let before = Client::connect(address).await;
    let expected = standing(&before, &ids);
    assert_eq!(expected.len(), ids.len(), "{expected:#?}");
    program.kill();

    // The devices are gone, so that nothing but the record can tell.
    for device in devices.into_values() {
        device.stop().await;
    }
    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut client = Client::connect(program.address().await).await;
    assert_eq!(standing(&client, &ids), expected);
    for bed in [0, 1] {
        let responsible = |client: &Client| client.snapshot["alarms"][bed]["responsible"].clone();
        assert_eq!(responsible(&client), responsible(&before));
        assert_eq!(responsible(&client)["by"], "mn");
    }

    // The same episode can still be acknowledged, and nothing of it is told twice.
    let low = standing(&client, &["SPO2_LOW"]);
    let occurrence = low[0]["alarm"]["occurrence"].as_str().unwrap();
    let answer = client.acknowledge("2", occurrence, "mn").await;
    assert_eq!(answer["ok"], true, "{answer}");
    assert!(program.terminate().await.success());
    let reader = Reader::open(&clinic::data(folder.path())).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_killed_service_knows_the_session_and_shows_no_pressure_of_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let planned = [device("1", "ge-v100", Story::well().cuff(0, 171.0, 96.0))];
    // The monitor lives on, with its last determination and how old that is.
    let _devices = plug_in(folder.path(), &planned);
    let config = write_config(folder.path(), &planned);
    let is_of = |metric: &'static str| {
        move |one: &Value| one["type"] == "observation" && one["metric"] == metric
    };

    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let mut client = Client::connect(address).await;
    let pressure = is_of("NibpSystolic");
    client.until(SOON, "the pressure", pressure).await;
    let open = json!({"bed": "1", "by": "mn", "initials": "M. K."});
    let answer = client.act("open_session", open).await;
    assert_eq!(answer["ok"], true, "{answer}");
    let before = Client::connect(address).await;
    let before = &before.snapshot["beds"][0];
    assert_eq!(before["session"]["patient"]["initials"], "M. K.");
    program.kill();

    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut client = Client::connect(program.address().await).await;
    let after = client.snapshot["beds"][0].clone();
    assert_eq!(after["session"], before["session"]);
    assert_eq!(after["readings_from"], before["readings_from"]);
    for _ in 0..5 {
        client.until(SOON, "a saturation", is_of("SpO2")).await;
    }
    let told = client.messages.iter();
    let shown = after["observations"].as_array().unwrap().iter();
    for one in told.chain(shown) {
        let metric = one["metric"].as_str().unwrap_or_default();
        assert!(!metric.starts_with("Nibp"), "{one}");
    }
    let session = after["session"]["session"].clone();
    let close = json!({"bed": "1", "by": "mn", "session": session});
    let answer = client.act("close_session", close).await;
    assert_eq!(answer["ok"], true, "{answer}");
    assert!(program.terminate().await.success());
    let reader = Reader::open(&clinic::data(folder.path())).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
}
