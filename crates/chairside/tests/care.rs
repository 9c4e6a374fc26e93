//! A treatment session led over HTTP, through a kill in the middle of the dose; and what is drawn
//! up across sessions afterwards.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as its tests do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{self, device, plug_in, write_config};
use chairside_e2e::http;
use chairside_e2e::led::Led;
use chairside_e2e::program::Program;
use chairside_e2e::story::Story;
use chairside_store::Reader;
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_chairside");

/// What was told is on record, of a service on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// Writes the configuration of one bed, with these lines of the clinic's own.
fn configured(folder: &Path, lines: &str) -> PathBuf {
    let planned = [device("1", "nonin", Story::well())];
    let config = write_config(folder, &planned);
    let text = fs::read_to_string(&config).unwrap();
    let site = "site = \"test\"\n";
    assert!(text.starts_with(site), "{text}");
    let text = text.replacen(site, &format!("{site}{lines}"), 1);
    fs::write(&config, text).unwrap();
    config
}

/// Waits until the displays are told how many checks are due at the bed.
async fn told_due(client: &mut Client, due: u64) {
    let is_told = |one: &Value| one["type"] == "session" && one["session"]["due"] == due;
    client.until(SOON, "what is due", is_told).await;
}

#[tokio::test]
async fn a_session_is_led_over_http_through_a_kill_in_the_middle_of_the_dose() {
    let folder = tempfile::tempdir().unwrap();
    let _devices = plug_in(folder.path(), &[device("1", "nonin", Story::well())]);
    let lines = "protocols = [\"iv-ketamine\"]\npredicted_concentration = true\n";
    let config = configured(folder.path(), lines);
    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let mut client = Client::connect(address).await;

    let protocols = http::get(address, "/api/v1/protocols").await.json();
    let protocol = &protocols["protocols"][0];
    assert_eq!(protocol["protocol"], "iv-ketamine", "{protocols}");
    assert_eq!(protocol["beds"], json!(["1"]));
    assert_eq!(protocol["doses"][0]["amount_mg_per_kg"]["plan"], 0.5);

    let mut led = Led::plan(address).await;
    led.steps("mn", "screening").await;
    let told = client
        .until(SOON, "the step", |one| {
            one["type"] == "care" && one["stage"] == "screening"
        })
        .await;
    assert_eq!(told["session"], json!(led.session));
    told_due(&mut client, 2).await;
    led.does("mn", json!({"action": "weigh", "weight_kg": 70}))
        .await;
    led.steps("mn", "baseline").await;
    told_due(&mut client, 3).await;
    let ready = json!({"action": "step", "to": "ready"});
    let (status, refused) = led.post("mn", ready.clone()).await;
    assert_eq!((status, &refused["refusal"]), (409, &json!("not_met")));
    assert!(!refused["lines"].as_array().unwrap().is_empty());
    led.does("ak", ready).await;
    led.steps("mn", "dosing").await;
    let start = json!({"action": "dose", "dose": "start", "drug": "ketamine",
        "rate_mg_per_min": 0.875, "planned_mg": 35});
    let (_, answer) = led.request("mn", "the start", start.clone()).await;
    let started = answer["entry"].as_u64().unwrap();
    older_buttons_change_nothing(&led).await;
    let before = led.look().await["open"].clone();
    let snapshot = Client::connect(address).await.snapshot["beds"][0]["care"].clone();
    program.kill();

    let mut program = Program::serve(Path::new(BINARY), &config);
    led.address = program.address().await;
    let after = led.look().await["open"].clone();
    stands_as(&before, &after);
    let infusion = &after["doses"]["infusion"];
    assert_eq!(
        (&infusion["entry"], &infusion["state"]),
        (&json!(started), &json!("running"))
    );
    let mut client = Client::connect(led.address).await;
    assert_eq!(client.snapshot["beds"][0]["care"], snapshot);
    // For the file that is written of the session in the end.
    let is_saturation = |one: &Value| {
        one["type"] == "observation" && one["metric"] == "SpO2" && one["value"].is_number()
    };
    client.until(SOON, "a saturation", is_saturation).await;

    // A nurse who had no answer before the kill sends it again: the dose is on record once.
    let (status, again) = led.request("mn", "the start", start).await;
    assert_eq!((status, &again["entry"]), (200, &json!(started)), "{again}");
    assert_eq!(
        (&answer["repeated"], &again["repeated"]),
        (&Value::Null, &json!(true))
    );
    assert_eq!(led.look().await["open"]["log"], before["log"]);

    // It goes on: nothing leaves the dose while the infusion runs, and the numbers follow on.
    let peak = json!({"action": "step", "to": "peak"});
    let (status, refused) = led.post("mn", peak).await;
    assert_eq!(
        (status, &refused["refusal"]),
        (409, &json!("infusion_runs"))
    );
    let stop = json!({"action": "dose", "dose": "stop"});
    assert_eq!(led.does("mn", stop).await, started + 1);
    led.steps("mn", "peak").await;
    led.steps("mn", "recovery").await;
    led.does("mn", json!({"action": "event", "event": "vomiting"}))
        .await;
    led.does(
        "mn",
        json!({"action": "score", "score": "moaas", "items": [5]}),
    )
    .await;
    let (status, refused) = led
        .post("mn", json!({"action": "step", "to": "discharged"}))
        .await;
    assert_eq!(
        (status, &refused["refusal"]),
        (409, &json!("not_met")),
        "{refused}"
    );
    led.steps("ak", "discharged").await;
    assert_eq!(led.look().await["ended"]["stage"], "discharged");

    across_sessions(&led).await;
    assert!(program.terminate().await.success());
    let data = clinic::data(folder.path());
    let reader = Reader::open(&data).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    exported(&data, &config, &led.session);
}

/// The session stands after the kill as it stood before it.
fn stands_as(before: &Value, after: &Value) {
    for same in [
        "session",
        "stage",
        "since",
        "opened",
        "stages",
        "weight_kg",
        "log",
        "patient",
    ] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_eq!(after["doses"]["infusion"], before["doses"]["infusion"]);
}

/// The bed's older buttons change nothing behind the treatment's back.
async fn older_buttons_change_nothing(led: &Led) {
    let phase = json!({"by": "mn", "phase": "recovery"});
    let end = json!({"by": "mn", "session": led.session});
    for (path, body) in [("phase", phase), ("close_session", end)] {
        let path = format!("/api/v1/beds/1/{path}");
        let refused = http::post(led.address, &path, "", &body).await;
        assert_eq!(refused.status, 409, "{path}: {}", refused.body);
        assert!(refused.body.contains("/beds/1/session"), "{}", refused.body);
    }
}

/// What the session is as a file, in each format.
fn exported(data: &Path, config: &Path, session: &str) {
    let folder = tempfile::tempdir().unwrap();
    let export = |format: &str| {
        let out = folder.path().join(format);
        let export = std::process::Command::new(BINARY)
            .args(["export", "--session", session, "--format", format, "--data"])
            .arg(data)
            .arg("--config")
            .arg(config)
            .arg("--out")
            .arg(&out)
            .output()
            .unwrap();
        let said = String::from_utf8(export.stderr).unwrap();
        (export.status.code(), said, fs::read(out).ok())
    };
    let text = |format: &str| {
        let (code, said, file) = export(format);
        assert_eq!(code, Some(0), "{format}: {said}");
        String::from_utf8_lossy(&file.unwrap()).into_owned()
    };
    let csv = text("csv");
    let mut lines = csv.lines();
    let head = "at,metric,unit,last,low,high,device,simulated";
    assert_eq!(lines.next(), Some(head));
    let of_spo2 = |line: &&str| line.contains(",SpO2,%,");
    assert!(lines.clone().any(|line| of_spo2(&line)), "{csv}");
    assert!(lines.all(|line| line.ends_with(",true")), "{csv}");
    let json: Value = serde_json::from_str(&text("json")).unwrap();
    assert_eq!(json["session"], session);
    assert_eq!(json["simulated"], true, "its bed is for training");
    assert!(!json["values"].as_array().unwrap().is_empty(), "{json}");
    assert_eq!(json["report"]["title"], "Treatment session");
    assert!(text("html").contains("Flow sheet"));
    assert!(text("pdf").starts_with("%PDF-"));

    let (code, said, _) = export("csv");
    assert_eq!(code, Some(2), "what is there stays: {said}");
    let (code, said, file) = export("edf");
    assert_eq!((code, file), (Some(2), None));
    assert!(said.contains("edf is not in this version"), "{said}");
}

#[tokio::test]
async fn a_file_has_the_patients_name_only_where_somebody_asks_for_it_and_the_clinic_has_names() {
    const NAME: &str = "Zsofia Varkonyi";
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path(), "protocols = [\"iv-ketamine\"]\n");
    let without_names = folder.path().join("without-names.toml");
    fs::copy(&config, &without_names).unwrap();
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}[patients]\nnames = true\n")).unwrap();
    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let plan = json!({"by": "mn", "action": {"action": "schedule", "protocol": "iv-ketamine",
        "initials": "Z. V.", "number": "1042", "name": NAME}});
    let planned = http::post(address, "/api/v1/beds/1/care", "", &plan).await;
    let session = planned.json()["session"].as_str().unwrap().to_owned();
    let led = Led { address, session };
    led.steps("mn", "screening").await;
    led.steps("ak", "aborted").await;
    assert!(program.terminate().await.success());

    let export = |format: &str, config: &Path, more: &[&str]| {
        let out = folder.path().join("out");
        let export = std::process::Command::new(BINARY)
            .args(["export", "--session", &led.session, "--format", format])
            .arg("--data")
            .arg(clinic::data(folder.path()))
            .arg("--config")
            .arg(config)
            .arg("--out")
            .arg(&out)
            .args(more)
            .output()
            .unwrap();
        let file = fs::read(&out).unwrap_or_default();
        // Each file is made anew.
        let _ = fs::remove_file(out);
        let said = String::from_utf8(export.stderr).unwrap();
        (export.status.code(), said, file)
    };
    let names = |file: &[u8]| String::from_utf8_lossy(file).matches(NAME).count();
    for (format, asked) in [("csv", 0), ("json", 1), ("html", 1)] {
        let (code, said, file) = export(format, &config, &[]);
        assert_eq!((code, names(&file)), (Some(0), 0), "{format}: {said}");
        assert!(!file.is_empty(), "{format}");
        let (code, said, file) = export(format, &config, &["--with-name"]);
        assert_eq!((code, names(&file)), (Some(0), asked), "{format}: {said}");
    }
    let (_, _, without) = export("pdf", &config, &[]);
    let (_, _, with) = export("pdf", &config, &["--with-name"]);
    assert!(without.starts_with(b"%PDF-") && without.len() < with.len());
    let (code, said, file) = export("json", &without_names, &["--with-name"]);
    assert_eq!((code, file.len()), (Some(2), 0), "{said}");
    assert!(said.contains("has not switched names on"), "{said}");
}

/// What is drawn up of the session that has just ended.
async fn across_sessions(led: &Led) {
    let course = "/api/v1/patients/1042/course";
    let course = http::get_until(led.address, course, SOON, |course| {
        course["sessions"][0]["ended"] == "discharged"
    });
    let course = course.await;
    let one = &course["sessions"][0];
    assert_eq!(one["session"], json!(led.session));
    assert_eq!(one["pressure_before"], Value::Null, "no cuff has measured");
    let dose = &one["doses"][0];
    assert_eq!(
        (&dose["drug"], &dose["route"]),
        (&json!("ketamine"), &json!("intravenous"))
    );
    assert!(dose["amount_mg"].as_f64().unwrap() > 0.0, "{course}");
    assert_eq!(
        (&one["scores"][0]["score"], &one["scores"][0]["total"]),
        (&json!("moaas"), &json!(5))
    );
    assert_eq!(one["events"], json!(["vomiting"]));
    let nobody = http::get(led.address, "/api/v1/patients/7/course").await;
    assert_eq!(nobody.status, 404, "{}", nobody.body);

    let of_patients = http::get(led.address, "/api/v1/ledger").await.json();
    assert_eq!(of_patients["sessions"], 0, "{of_patients}");
    let ledger = http::get(led.address, "/api/v1/ledger?simulated=true")
        .await
        .json();
    assert_eq!(ledger["sessions"], 1, "{ledger}");
    let rate = |name: &str| {
        let mut rates = ledger["rates"].as_array().unwrap().iter();
        rates.find(|rate| rate["name"] == name).unwrap().clone()
    };
    assert_eq!(rate("vomiting")["per_1000"], 1000);
    let none = rate("transferred");
    assert_eq!(
        (&none["sessions"], &none["per_1000"]),
        (&json!(0), &json!(0))
    );
    // None of one: at most 95 in 100, by Clopper and Pearson.
    assert!(
        (none["at_most_per_1000"].as_f64().unwrap() - 950.0).abs() < 1e-6,
        "{none}"
    );
    let earlier = http::get(
        led.address,
        "/api/v1/ledger?simulated=true&to=2020-01-01T00:00:00Z",
    )
    .await
    .json();
    assert_eq!(earlier["sessions"], 0);
    let unknown = http::get(led.address, "/api/v1/ledger?since=2020-01-01T00:00:00Z").await;
    assert_eq!(unknown.status, 400, "{}", unknown.body);
    let neither = http::get(led.address, "/api/v1/ledger?simulated=yes").await;
    assert_eq!(neither.status, 400, "{}", neither.body);
    assert!(neither.body.contains("simulated: "), "{}", neither.body);

    let prediction = format!("/api/v1/sessions/{}/prediction", led.session);
    let prediction = http::get(led.address, &prediction).await.json();
    assert_eq!(prediction["unit"], "ng/mL", "{prediction}");
    assert!(
        prediction["note"]
            .as_str()
            .unwrap()
            .contains("not measured")
    );
    let of_ketamine = &prediction["predictions"][0];
    assert_eq!(of_ketamine["drug"], "ketamine");
    let first = &of_ketamine["points"][0];
    assert_eq!(first["line"], json!({"plasma": 0, "effect_site": 0}));
    assert_eq!(first["absorption"], Value::Null, "all of it into a vein");
    let none = http::get(led.address, "/api/v1/sessions/00000000000000aa/prediction").await;
    assert_eq!(none.status, 404);

    // A browser refuses a page its own style unless it is told that there is one.
    let report = format!("/api/v1/sessions/{}/report.html", led.session);
    let report = http::get(led.address, &report).await;
    let headers = report.headers;
    assert!(headers.contains("style-src 'unsafe-inline'"), "{headers}");

    let picture = format!("/api/v1/sessions/{}/prediction.svg?lang=de", led.session);
    let picture = http::get(led.address, &picture).await;
    assert_eq!(picture.status, 200, "{}", picture.body);
    assert!(picture.body.starts_with("<svg "), "{}", picture.body);
    for words in ["nicht gemessen", "im Plasma", "am Wirkort", "<polygon"] {
        assert!(picture.body.contains(words), "{words}: {}", picture.body);
    }
}

#[tokio::test]
async fn nothing_is_predicted_where_the_clinic_has_not_switched_it_on() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path(), "protocols = [\"iv-ketamine\"]\n");
    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let path = "/api/v1/sessions/00000000000000aa/prediction";
    let off = http::get(address, path).await;
    assert_eq!(off.status, 404);
    let picture = http::get(address, &format!("{path}.svg")).await;
    assert_eq!(picture.status, 404);
    assert!(
        picture.body.contains("predicted_concentration"),
        "{}",
        picture.body
    );
    assert!(off.body.contains("has not switched"), "{}", off.body);
}
