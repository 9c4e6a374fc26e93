//! What a person enters in a treatment session while the disk is full, takes no journal, or is slow:
//! it is kept and confirmed, or the answer says that it is not on record yet; and nothing that was
//! confirmed without a word is lost, however the service ends.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail as its tests do"
)]

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{self, Calls, device, plug_in, write_config_calling};
use chairside_e2e::disk::SmallDisk;
use chairside_e2e::http;
use chairside_e2e::led::Led;
use chairside_e2e::program::Program;
use chairside_e2e::story::Story;
use chairside_store::Reader;
use rusqlite::Connection;
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_chairside");

/// What was told is on record, of a service on a busy machine.
const SOON: Duration = Duration::from_secs(30);

fn configured(folder: &Path) -> PathBuf {
    let calls = Calls {
        clinic: "protocols = [\"iv-ketamine\"]".to_owned(),
        ..Calls::default()
    };
    write_config_calling(folder, &[device("1", "nonin", Story::well())], &calls)
}

fn bolus(amount_mg: u32) -> Value {
    json!({"action": "dose", "dose": "bolus", "drug": "ketamine", "route": "intravenous",
        "amount_mg": amount_mg})
}

/// So long that few of them fill whatever room is left.
fn note(number: u32) -> Value {
    let note = format!("{number} {}", "x".repeat(400));
    json!({"action": "event", "event": "note", "note": note})
}

/// Tells whether an answer says that its entry may not be on record.
fn is_warned(answer: &Value) -> bool {
    let warning = answer["warning"].as_str();
    warning.is_some_and(|warning| warning.starts_with("done, but not yet on record: "))
}

/// The entries of the session that is open, without their times: a restart reads its clock anew.
async fn entries(led: &Led) -> Vec<Value> {
    let told = led.look().await;
    let log = told["open"]["log"].as_array().unwrap().iter();
    let entry = |one: &Value| json!([one["entry"], one["by"], one["action"]]);
    log.map(entry).collect()
}

/// Gives a dose until one is confirmed without a word; returns how many that took. A machine that
/// runs many tests can be as slow as a disk.
async fn confirmed(led: &Led, amount_mg: u32) -> u32 {
    for given in 1..=5 {
        let (status, answer) = led.post("mn", bolus(amount_mg)).await;
        assert_eq!(status, 200, "{answer}");
        if !is_warned(&answer) {
            return given;
        }
    }
    panic!("none of 5 is on record");
}

/// Waits until the record is written again.
async fn written_again(address: SocketAddr) {
    let is_over = |answer: &Value| {
        let alarms = answer["alarms"].to_string();
        !alarms.contains("RECORDING_STOPPED")
    };
    http::get_until(address, "/api/v1/alarms", SOON, is_over).await;
}

/// Tells how often the record has each entry of the session, by a reader of its own.
fn recorded(data: &Path, session: &str) -> Vec<i64> {
    let reader = Reader::open(data).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    drop(reader);
    let record = Connection::open(data.join("record.db")).unwrap();
    let mut query = record
        .prepare("SELECT entry FROM care WHERE session = ?1 ORDER BY seq")
        .unwrap();
    let entries = query.query_map([session], |row| row.get(0)).unwrap();
    entries.map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_dose_on_a_full_disk_is_told_as_not_on_record_and_is_there_once_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let data = clinic::data(folder.path());
    fs::create_dir(&data).unwrap();
    let Some(disk) = SmallDisk::mount(&data, "2m") else {
        return;
    };
    let config = configured(folder.path());
    let _devices = plug_in(folder.path(), &[device("1", "nonin", Story::well())]);
    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let mut led = Led::dosing(address).await;
    let mut client = Client::connect(address).await;

    disk.fill();
    let (status, first) = led.request("mn", "dose", bolus(10)).await;
    assert_eq!(status, 200, "{first}");
    assert!(is_warned(&first), "{first}");
    let again = led.request("mn", "dose", bolus(10)).await;
    assert_eq!(again.1["entry"], first["entry"], "the same request again");
    client.alarm(SOON, "1", "RECORDING_STOPPED", |_| true).await;
    for number in 0..20 {
        let (status, answer) = led.post("mn", note(number)).await;
        assert_eq!(status, 200, "{answer}");
        assert!(is_warned(&answer), "{number}: {answer}");
    }
    let told = led.look().await;
    assert_eq!(
        told["open"]["doses"]["totals"][0]["amount_mg"], 10,
        "{told}"
    );

    disk.clear();
    written_again(address).await;
    let more = confirmed(&led, 10).await;
    let before = entries(&led).await;
    program.kill();
    let mut program = Program::serve(Path::new(BINARY), &config);
    led.address = program.address().await;
    assert_eq!(entries(&led).await, before);
    let told = led.look().await;
    let total = &told["open"]["doses"]["totals"][0]["amount_mg"];
    assert_eq!(total, 10 + 10 * more, "{told}");
    assert!(program.terminate().await.success());
    let numbers: Vec<i64> = (1_i64..).take(before.len()).collect();
    assert_eq!(recorded(&data, &led.session), numbers);
}

#[tokio::test]
async fn nothing_that_was_confirmed_without_a_word_is_lost_when_the_service_is_killed_on_a_full_disk()
 {
    let folder = tempfile::tempdir().unwrap();
    let data = clinic::data(folder.path());
    fs::create_dir(&data).unwrap();
    let Some(disk) = SmallDisk::mount(&data, "2m") else {
        return;
    };
    let config = configured(folder.path());
    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut led = Led::dosing(program.address().await).await;
    // Each entry of which nobody was warned.
    let mut silent: Vec<Value> = (1..=entries(&led).await.len())
        .map(|one| json!(one))
        .collect();
    for number in 0..40 {
        if number == 5 {
            disk.fill();
        }
        let (status, answer) = led.post("mn", note(number)).await;
        assert_eq!(status, 200, "{answer}");
        if !is_warned(&answer) {
            silent.push(answer["entry"].clone());
        }
    }
    // What room was left was soon full.
    assert!(silent.len() < 25, "{silent:?}");
    program.kill();
    disk.clear();
    let mut program = Program::serve(Path::new(BINARY), &config);
    led.address = program.address().await;
    let found = entries(&led).await;
    for number in &silent {
        let is_there = found.iter().any(|one| one[0] == *number);
        assert!(is_there, "{number}: {found:?}");
    }
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_dose_of_which_the_journal_takes_nothing_is_told_as_not_on_record() {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small");
    let data = clinic::data(folder.path());
    for folder in [&small, &data] {
        fs::create_dir(folder).unwrap();
    }
    let Some(disk) = SmallDisk::mount(&small, "1m") else {
        return;
    };
    // The journal alone is on the small disk: the database takes what people want.
    std::os::unix::fs::symlink(small.join("journal"), data.join("journal")).unwrap();
    let config = configured(folder.path());
    let mut program = Program::serve(Path::new(BINARY), &config);
    let led = Led::dosing(program.address().await).await;
    disk.fill();
    let mut answers = Vec::new();
    for number in 0..20 {
        answers.push(led.post("mn", note(number)).await.1);
    }
    // What is left of the last page takes some of them.
    let warned = answers.iter().filter(|answer| is_warned(answer)).count();
    assert!(warned >= 10, "{answers:?}");
    assert!(is_warned(answers.last().unwrap()), "{answers:?}");
    disk.clear();
    confirmed(&led, 10).await;
    let before = entries(&led).await.len();
    assert!(program.terminate().await.success());
    assert_eq!(recorded(&data, &led.session).len(), before);
}

#[tokio::test]
async fn a_dose_on_a_slow_disk_is_told_as_not_on_record_and_is_there_once_later() {
    let folder = tempfile::tempdir().unwrap();
    let data = clinic::data(folder.path());
    let config = configured(folder.path());
    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut led = Led::dosing(program.address().await).await;
    // Nothing is written while another program writes: the same as a disk that hangs.
    let record = Connection::open(data.join("record.db")).unwrap();
    record.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (status, slow) = led.request("mn", "dose", bolus(10)).await;
    assert_eq!(status, 200, "{slow}");
    assert!(is_warned(&slow), "{slow}");
    let (_, again) = led.request("mn", "dose", bolus(10)).await;
    assert_eq!(again["entry"], slow["entry"], "the same request again");
    let before = entries(&led).await;
    // The journal has it, although the database does not.
    program.kill();
    record.execute_batch("ROLLBACK").unwrap();
    drop(record);
    let mut program = Program::serve(Path::new(BINARY), &config);
    led.address = program.address().await;
    assert_eq!(entries(&led).await, before);
    assert!(program.terminate().await.success());
    let numbers: Vec<i64> = (1_i64..).take(before.len()).collect();
    assert_eq!(recorded(&data, &led.session), numbers);
}
