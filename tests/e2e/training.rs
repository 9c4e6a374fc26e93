//! A whole lesson at a bed for training: the service simulates the patient, a trainer steers, people
//! answer, and the score tells how soon.

use std::path::Path;
use std::time::Duration;

use chairside::app::{App, Exposure};
use chairside::clock::Clock;
use chairside::config::Config;
use chairside_e2e::http;
use chrono::DateTime;
use serde_json::{Value, json};

/// The clinic goes so many times as fast as the world: no breath is told after half a minute.
const PACE: u32 = 10;

/// Whatever a lesson waits for is there in this time of the world.
const LATEST: Duration = Duration::from_secs(30);

const TRAINING: &str = "/api/v1/beds/t/training";

/// A bed for training with two devices, and another one for patients.
fn config(folder: &Path) -> String {
    format!(
        "site = \"test\"\n\
         [service]\nlisten = \"127.0.0.1:0\"\ndata = \"{}\"\n\
         [[staff]]\nid = \"mn\"\nname = \"M. N.\"\nrole = \"nurse\"\n\
         [[staff]]\nid = \"ak\"\nname = \"A. K.\"\nrole = \"clinician\"\n\
         [[bed]]\nid = \"t\"\nname = \"Training\"\nprofile = \"adult-ketamine\"\n\
         training = true\nscenario = \"capnography\"\n\
         [[bed.device]]\ndriver = \"capnostream20\"\n\
         [[bed.device]]\ndriver = \"ge-v100\"\n\
         metrics = [\"NibpSystolic\", \"NibpDiastolic\", \"NibpMean\"]\n\
         [[bed]]\nid = \"1\"\nname = \"Room 1\"\nprofile = \"adult-ketamine\"\n\
         [[bed.device]]\ndriver = \"nonin\"\nport = \"{}\"\n\
         [[bed]]\nid = \"2\"\nname = \"Room 2\"\nprofile = \"adult-ketamine\"\ntraining = true\n\
         [[bed.device]]\ndriver = \"nonin\"\nport = \"{}\"\n",
        folder.join("data").display(),
        folder.join("nothing").display(),
        folder.join("nothing-either").display()
    )
}

async fn open(folder: &Path) -> App {
    let path = folder.join("clinic.toml");
    std::fs::write(&path, config(folder)).unwrap();
    let config = Config::load(&path).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let app = App::start(&config, Clock::start_at_pace(PACE), Exposure::LoopbackOnly).await;
    app.unwrap_or_else(|why| panic!("{why}"))
}

async fn steer(app: &App, what: &str) {
    let body = json!({"by": "ak", "do": what, "station": "tablet", "request": "7"});
    let answer = http::post(app.address(), TRAINING, "", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json(), json!({"request": "7", "ok": true}));
}

async fn act(app: &App, action: &str, body: Value) {
    let path = format!("/api/v1/beds/t/{action}");
    let answer = http::post(app.address(), &path, "", &body).await;
    assert_eq!(answer.status, 200, "{action}: {}", answer.body);
}

/// The value of a metric at the bed, as every client is shown it.
fn shown(beds: &Value, metric: &str) -> Option<f64> {
    let all = beds["beds"][0]["observations"].as_array()?;
    let one = all.iter().find(|one| one["metric"] == metric)?;
    one["value"].as_f64()
}

async fn until_shown(app: &App, metric: &str, fits: impl Fn(f64) -> bool) -> f64 {
    let fits = |beds: &Value| shown(beds, metric).is_some_and(&fits);
    let beds = http::get_until(app.address(), "/api/v1/beds", LATEST, fits).await;
    shown(&beds, metric).unwrap()
}

/// Seconds from one time to another.
fn between(from: &Value, to: &Value) -> f64 {
    let time = |value: &Value| DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap();
    (time(to) - time(from)).as_seconds_f64()
}

#[tokio::test]
async fn a_lesson_is_scored_by_how_soon_people_answered() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path()).await;
    act(
        &app,
        "open_session",
        json!({"by": "mn", "initials": "T. T."}),
    )
    .await;
    until_shown(&app, "EtCO2", |mmhg| mmhg > 30.0).await;
    steer(&app, "begin_lesson").await;
    steer(&app, "close_airway").await;
    // There is a session and no display: that calls too, and is not what the trainer did.
    let is_of_the_airway = |alarm: &&Value| {
        alarm["priority"] != "low" && alarm["signal"] == "on" && alarm["id"] != "NO_STATION"
    };
    let called = |alarms: &Value| {
        let active = alarms["alarms"][0]["active"].as_array();
        active.and_then(|all| all.iter().find(is_of_the_airway).cloned())
    };
    let alarms = http::get_until(app.address(), "/api/v1/alarms", LATEST, |alarms| {
        called(alarms).is_some()
    })
    .await;
    let alarm = called(&alarms).unwrap();
    let (id, occurrence) = (&alarm["id"], alarm["occurrence"].as_str().unwrap());
    let acknowledge = format!("alarms/{occurrence}/acknowledge");
    act(&app, &acknowledge, json!({"by": "mn"})).await;
    act(&app, "arrive", json!({"by": "mn", "call": alarm["call"]})).await;
    steer(&app, "open_airway").await;

    let scored = |lesson: &Value| {
        let all = lesson["alarms"].as_array();
        let of_it = |one: &&Value| one["occurrence"] == *occurrence && one["arrived_s"].is_f64();
        all.and_then(|all| all.iter().find(of_it).cloned())
    };
    let lesson = http::get_until(app.address(), TRAINING, LATEST, |lesson| {
        scored(lesson).is_some() && lesson["deeds"].as_array().map(Vec::len) == Some(3)
    })
    .await;
    let scored = scored(&lesson).unwrap();
    assert_eq!(scored["id"], *id, "{lesson}");
    let deeds = lesson["deeds"].as_array().unwrap();
    let words: Vec<&Value> = deeds.iter().map(|deed| &deed["do"]).collect();
    assert_eq!(words, ["begin_lesson", "close_airway", "open_airway"]);
    assert_eq!(
        lesson["from"], deeds[0]["at"],
        "it begins where the trainer says"
    );
    assert!(
        between(&deeds[1]["at"], &scored["called"]) > 0.0,
        "{lesson}"
    );
    assert_eq!(lesson["patient"]["airway_closed"], false, "{lesson}");

    // The same, told by the history: the times are those between what happened.
    let history = http::get(app.address(), "/api/v1/beds/t/history")
        .await
        .json();
    let of_alarm = history["alarms"].as_array().unwrap();
    let of_alarm = of_alarm.iter().find(|one| one["occurrence"] == *occurrence);
    let told = of_alarm.unwrap();
    assert_eq!(told["called"], scored["called"]);
    let actions = history["actions"].as_array().unwrap();
    let arrived = actions
        .iter()
        .find(|one| one["action"] == "arrive")
        .unwrap();
    for (name, at) in [
        ("acknowledged_s", &told["acknowledged"][0]["at"]),
        ("accepted_s", &arrived["at"]),
        ("arrived_s", &arrived["at"]),
    ] {
        let scored = scored[name].as_f64().unwrap();
        let apart = (scored - between(&told["called"], at)).abs();
        // The history is told to the millisecond.
        assert!(apart < 0.002, "{name}: {lesson} {history}");
        assert!(scored > 0.0, "{name}: {lesson}");
    }
    let all = lesson["alarms"].as_array().unwrap().iter();
    let mut arrived: Vec<f64> = all.filter_map(|one| one["arrived_s"].as_f64()).collect();
    arrived.sort_by(f64::total_cmp);
    let middle = arrived[arrived.len().div_ceil(2) - 1];
    assert_eq!(lesson["median"]["arrived_s"], json!(middle), "{lesson}");
    let events = history["events"].as_array().unwrap();
    let trained = events.iter().filter(|one| one["event"] == "trained");
    let trained: Vec<_> = trained.map(|one| (&one["by"], &one["do"])).collect();
    let by = json!("ak");
    let expected = ["open_airway", "close_airway", "begin_lesson"].map(|what| json!(what));
    let expected: Vec<_> = expected.iter().map(|what| (&by, what)).collect();
    assert_eq!(trained, expected, "the newest first");

    let sessions = http::get(app.address(), "/api/v1/sessions").await.json();
    let id = sessions["sessions"][0]["session"].as_str().unwrap();
    let page = http::get(app.address(), &format!("/api/v1/sessions/{id}/report.html")).await;
    assert!(page.body.contains("What the trainer did"), "{}", page.body);
    assert!(page.body.contains("close airway"), "{}", page.body);
    app.stop().await;
    let left = std::fs::read_dir(folder.path().join("data/simulated")).unwrap();
    assert_eq!(
        left.count(),
        0,
        "the devices' ports are gone with the service"
    );
}

#[tokio::test]
async fn two_devices_of_a_bed_have_one_patient_and_every_deed_is_seen_through_both() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path()).await;
    let calm = until_shown(&app, "NibpSystolic", |_| true).await;
    until_shown(&app, "SpO2", |_| true).await;
    steer(&app, "raise_pressure").await;
    until_shown(&app, "NibpSystolic", |mmhg| mmhg > calm + 45.0).await;
    steer(&app, "close_airway").await;
    until_shown(&app, "SpO2", |spo2| spo2 < 90.0).await;
    steer(&app, "pull_probe").await;
    let is_off = |beds: &Value| shown(beds, "SpO2").is_none();
    http::get_until(app.address(), "/api/v1/beds", LATEST, is_off).await;
    let lesson = http::get(app.address(), TRAINING).await.json();
    let patient = &lesson["patient"];
    for trouble in ["pressure_raised", "airway_closed", "probe_off"] {
        assert_eq!(patient[trouble], true, "{lesson}");
    }
    let vitals = &patient["vitals"];
    assert_eq!(vitals["SpO2"], Value::Null, "{lesson}");
    assert!(
        vitals["NibpSystolic"].as_f64().unwrap() > calm + 45.0,
        "{lesson}"
    );
    steer(&app, "begin_lesson").await;
    until_shown(&app, "SpO2", |_| true).await;
    let page = http::get(app.address(), "/beds/t/session").await;
    assert!(
        page.body.contains("href=\"/beds/t/training\""),
        "{}",
        page.body
    );
    let page = http::get(app.address(), "/beds/1/session").await;
    assert!(!page.body.contains("/training"), "{}", page.body);
    app.stop().await;
}

#[tokio::test]
async fn what_cannot_be_steered_is_refused_in_words_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path()).await;
    let close = json!({"by": "ak", "do": "close_airway"});
    let post = async |bed: &str, headers: &str, body: &Value| {
        let path = format!("/api/v1/beds/{bed}/training");
        http::post(app.address(), &path, headers, body).await
    };
    for (bed, body, status, words) in [
        ("1", &close, 403, "not for training"),
        ("2", &close, 403, "names no scenario"),
        ("9", &close, 404, "no bed"),
        (
            "t",
            &json!({"by": "zz", "do": "close_airway"}),
            400,
            "nobody with the id",
        ),
        (
            "t",
            &json!({"by": "ak", "do": "close_airways"}),
            400,
            "did you mean close_airway?",
        ),
        (
            "t",
            &json!({"by": "ak", "do": "close_airway", "at": 1}),
            400,
            "unknown field",
        ),
        ("t", &json!({"do": "close_airway"}), 400, "`by`"),
    ] {
        let answer = post(bed, "", body).await;
        assert_eq!(answer.status, status, "{bed} {body}: {}", answer.body);
        let told = answer.json();
        assert_eq!(told["ok"], false, "{told}");
        let error = told["error"].as_str().unwrap_or_default();
        assert!(error.contains(words), "{bed} {body}: {error}");
    }
    let foreign = post("t", "Origin: http://evil.example\r\n", &close).await;
    assert_eq!(foreign.status, 403, "{}", foreign.body);
    for bed in ["1", "2", "9"] {
        let path = format!("/api/v1/beds/{bed}/training");
        let answer = http::get(app.address(), &path).await;
        assert!(
            [403, 404].contains(&answer.status),
            "{bed}: {}",
            answer.body
        );
        let page = http::get(app.address(), &format!("/beds/{bed}/training")).await;
        assert_eq!(page.status, answer.status, "{}", page.body);
    }
    let wrong = http::get(app.address(), &format!("{TRAINING}?since=1")).await;
    assert_eq!(wrong.status, 400, "{}", wrong.body);
    let lesson = http::get(app.address(), TRAINING).await.json();
    assert_eq!(lesson["deeds"], json!([]), "{lesson}");
    assert_eq!(lesson["patient"]["airway_closed"], false, "{lesson}");
    app.stop().await;
}
