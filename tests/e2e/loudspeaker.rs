//! While no station is heard, the host itself plays what calls: through the whole service, into a
//! file in the place of a sound device (issue 6).

use std::path::{Path, PathBuf};
use std::time::Duration;

use chairside_e2e::clinic::{Calls, Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::displays::display;
use crate::ladder::crisis;
use crate::{AT_ONCE, SOON};

const HEADER_BYTES: usize = 44;

/// A second of sound, bytes.
const SECOND: usize = 48_000 * 2;

fn calls(folder: &Path) -> (Calls, PathBuf) {
    let file = folder.join("sound.wav");
    let calls = Calls {
        channels: format!("[loudspeaker]\nfile = \"{}\"\n", file.display()),
        ..Calls::default()
    };
    (calls, file)
}

/// What has been played so far.
fn played(file: &Path) -> Vec<i16> {
    let bytes = std::fs::read(file).unwrap();
    let samples = bytes[HEADER_BYTES..].chunks_exact(2);
    samples
        .map(|two| i16::from_le_bytes([two[0], two[1]]))
        .collect()
}

/// Waits until so much more is played, and returns it.
async fn more(file: &Path, bytes: usize) -> Vec<i16> {
    let before = played(file).len();
    let played_on = async {
        loop {
            let now = played(file);
            if (now.len() - before) * 2 >= bytes {
                return now[before..].to_vec();
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let more = timeout(SOON, played_on).await;
    more.expect("nothing more is played")
}

fn is_loud(samples: &[i16]) -> bool {
    samples.iter().any(|sample| sample.unsigned_abs() > 20_000)
}

fn plays(what: Value) -> impl Fn(&Value) -> bool {
    move |state| state["loudspeaker"]["plays"] == what
}

#[tokio::test]
async fn it_plays_while_no_station_is_heard_and_somebody_has_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let (calls, file) = calls(folder.path());
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &calls).await;
    let mut client = clinic.client().await;
    let alarm = client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;
    http::get_until(
        clinic.address(),
        "/api/v1/calling",
        SOON,
        plays(json!("high")),
    )
    .await;
    // From one burst to the next it is silent for five seconds.
    assert!(is_loud(&more(&file, 6 * SECOND).await));

    // A station is heard: it plays there.
    drop(client);
    let mut desk = clinic.client().await;
    desk.send(&display("desk")).await;
    http::get_until(
        clinic.address(),
        "/api/v1/calling",
        AT_ONCE,
        plays(Value::Null),
    )
    .await;
    // A burst that had begun is finished.
    more(&file, 4 * SECOND).await;
    assert!(!is_loud(&more(&file, SECOND).await));
    drop(desk);

    // It is gone for longer than anybody waits for it, and then somebody acknowledges.
    http::get_until(
        clinic.address(),
        "/api/v1/calling",
        2 * SOON,
        plays(json!("high")),
    )
    .await;
    let occurrence = alarm["occurrence"].as_str().unwrap();
    let path = format!("/api/v1/beds/1/alarms/{occurrence}/acknowledge");
    let answer = http::post(clinic.address(), &path, "", &json!({ "by": "mn" })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    http::get_until(
        clinic.address(),
        "/api/v1/calling",
        AT_ONCE,
        plays(Value::Null),
    )
    .await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn one_that_cannot_be_opened_is_an_alarm_at_every_bed_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("later");
    let (calls, _) = calls(&inside);
    let clinic = Clinic::open_calling(&[device("1", "nonin", Story::well())], &calls).await;
    let mut client = clinic.client().await;
    let alarm = client.alarm(SOON, "1", "DELIVERY_FAILED", |_| true).await;
    let evidence = alarm["evidence"].to_string();
    let why = "loudspeaker: it cannot be opened: entity not found";
    assert!(evidence.contains(why), "{evidence}");
    drop(client);
    std::fs::create_dir(&inside).unwrap();
    let ended = |alarms: &Value| !alarms.to_string().contains("DELIVERY_FAILED");
    http::get_until(clinic.address(), "/api/v1/alarms", SOON, ended).await;
    let log = clinic.close().await.log;
    log.assert_clean_but_for(&["The loudspeaker plays nothing"]);
}
