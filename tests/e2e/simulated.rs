//! What a simulator says is never taken for a patient's: on screen, in the record, on paper.

use std::path::Path;

use chairside::app::{App, Exposure, StartError};
use chairside::clock::Clock;
use chairside::config::Config;
use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, device, plug_in, write_config};
use chairside_e2e::http;
use chairside_e2e::log::Log;
use chairside_e2e::receiver::{Manner, Receiver};
use chairside_e2e::story::Story;
use chairside_e2e::terminal_server::TerminalServer;
use serde_json::{Value, json};

use crate::SOON;
use crate::ladder::{calls, crisis};

/// Starts a clinic of one bed, which is marked as training or is not.
async fn open(folder: &Path, training: bool) -> App {
    let app = start(folder, training).await;
    app.unwrap_or_else(|why| panic!("{why}"))
}

async fn start(folder: &Path, training: bool) -> Result<App, StartError> {
    let planned = [device("1", "nonin", Story::well())];
    let path = write_config(folder, &planned);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("training = true\n"), "{text}");
    let text = text.replace("training = true", &format!("training = {training}"));
    std::fs::write(&path, text).unwrap();
    let config = Config::load(&path).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    App::start(&config, Clock::start(), Exposure::LoopbackOnly).await
}

/// Opens a session, and returns its name.
async fn opened(app: &App) -> String {
    let body = json!({"by": "mn", "initials": "M. K."});
    let answer = http::post(app.address(), "/api/v1/beds/1/open_session", "", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let beds = http::get(app.address(), "/api/v1/beds").await.json();
    let session = beds["beds"][0]["session"]["session"].as_str();
    session.map_or_else(|| panic!("{beds}"), str::to_owned)
}

async fn close(app: &App, session: &str) {
    let body = json!({"by": "mn", "session": session});
    let answer = http::post(app.address(), "/api/v1/beds/1/close_session", "", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn a_simulated_device_is_marked_and_no_session_of_a_patient_opens_with_it() {
    let log = Log::listen();
    let folder = tempfile::tempdir().unwrap();
    let _devices = plug_in(folder.path(), &[device("1", "nonin", Story::well())]);
    let app = open(folder.path(), false).await;
    let mut client = Client::connect(app.address()).await;
    client
        .until(SOON, "a value", |message| message["metric"] == "SpO2")
        .await;
    let beds = http::get(app.address(), "/api/v1/beds").await.json();
    assert_eq!(beds["beds"][0]["simulated"], true, "{beds}");
    let page = http::get(app.address(), "/beds/1/session").await;
    assert!(page.body.contains("SIMULATED"), "{}", page.body);

    let body = json!({"by": "mn", "initials": "M. K."});
    let answer = http::post(app.address(), "/api/v1/beds/1/open_session", "", &body).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(answer.body.contains("simulated device"), "{}", answer.body);
    let sessions = http::get(app.address(), "/api/v1/sessions").await.json();
    assert_eq!(sessions["sessions"], json!([]));
    app.stop().await;
    let lines = log.lines();
    assert!(
        lines.iter().any(|line| line.contains("SIMULATED")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_session_at_a_bed_for_training_says_so_in_the_record_and_on_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path(), true).await;
    let beds = http::get(app.address(), "/api/v1/beds").await.json();
    assert_eq!(beds["beds"][0]["simulated"], true, "also without a device");
    let session = opened(&app).await;
    close(&app, &session).await;
    app.stop().await;

    // It is told of another run too, in which the bed is no longer for training.
    let app = open(folder.path(), false).await;
    let beds = http::get(app.address(), "/api/v1/beds").await.json();
    assert_eq!(beds["beds"][0]["simulated"], false, "{beds}");
    let sessions = http::get(app.address(), "/api/v1/sessions").await.json();
    let session = &sessions["sessions"][0];
    assert_eq!(session["simulated"], true, "{sessions}");
    let id = session["session"]
        .as_str()
        .map_or(String::new(), str::to_owned);
    let page = http::get(app.address(), &format!("/api/v1/sessions/{id}/report.html")).await;
    assert!(
        page.body.contains("<div class=\"watermark\">SIMULATED"),
        "{}",
        page.body
    );
    let ledger = http::get(app.address(), "/api/v1/ledger?simulated=yes").await;
    assert_eq!(ledger.status, 400, "{}", ledger.body);
    assert_ne!(ledger.json(), Value::Null);
    app.stop().await;
}

#[tokio::test]
async fn no_session_goes_on_at_a_bed_that_became_one_for_training_or_is_none_any_more() {
    for training in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let app = open(folder.path(), training).await;
        let session = opened(&app).await;
        app.stop().await;

        let refused = start(folder.path(), !training).await;
        let why = refused.unwrap_err().to_string();
        let whose = if training {
            "a lesson's"
        } else {
            "a patient's"
        };
        let back = format!("`training = {training}`");
        for words in ["bed \"1\"", whose, &session, "mn opened", &back] {
            assert!(why.contains(words), "{words:?} in {why}");
        }
        assert!(!why.contains("M. K."), "no patient in a log: {why}");

        // Put back, it goes on; and once it is over the bed can be turned.
        let app = open(folder.path(), training).await;
        let beds = http::get(app.address(), "/api/v1/beds").await.json();
        assert_eq!(
            beds["beds"][0]["session"]["session"],
            json!(session),
            "{beds}"
        );
        close(&app, &session).await;
        app.stop().await;
        let app = open(folder.path(), !training).await;
        let beds = http::get(app.address(), "/api/v1/beds").await.json();
        assert_eq!(beds["beds"][0]["simulated"], json!(!training), "{beds}");
        app.stop().await;
    }
}

/// The text of each message that came, a form as what it stands for.
fn texts(receiver: &Receiver) -> String {
    let bodies = receiver.requests().into_iter().map(|came| came.body);
    let text = bodies.collect::<Vec<_>>().join("\n");
    text.replace('+', " ").replace("%3A", ":")
}

#[tokio::test]
async fn of_a_patient_people_are_told_without_a_mark_and_of_a_lesson_beside_it_with_one() {
    let mut phones = Receiver::open(Manner::Take).await;
    let mut gateway = Receiver::open(Manner::Take).await;
    let mut calls = calls(&phones, &gateway);
    calls.for_patients.insert("1");
    let planned = ["1", "2"].map(|bed| device(bed, "ge-v100", crisis()));
    // Of what is behind the network nobody knows that it is a simulator.
    let mut servers = Vec::new();
    let clinic = Clinic::open_calling_behind(&planned, &calls, |link| {
        servers.push(TerminalServer::start(link));
        format!("port = {:?}", servers[servers.len() - 1].port())
    });
    let clinic = clinic.await;
    let mut client = clinic.client().await;
    let (patients, lessons) = ("Room 1: NIBP VERY HIGH", "SIMULATED Room 2: NIBP VERY HIGH");
    let has_both = |receiver: &Receiver| {
        let told = texts(receiver);
        told.contains(patients) && told.contains(lessons)
    };
    for receiver in [&mut phones, &mut gateway] {
        while !has_both(receiver) {
            let next = receiver.requests().len() + 1;
            client.reading_until(receiver.until(next, SOON)).await;
        }
    }
    clinic.close().await.log.assert_clean_but_for(&[]);
    for receiver in [&phones, &gateway] {
        let told = texts(receiver);
        assert!(told.contains(patients), "{told}");
        assert!(!told.contains("SIMULATED Room 1"), "{told}");
        let marked = told.matches("SIMULATED Room 2").count();
        assert!(marked > 0, "{told}");
        assert_eq!(told.matches("Room 2").count(), marked, "{told}");
    }
}
