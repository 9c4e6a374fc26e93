//! A kill between any two steps of a delivery: it is delivered after the restart, and a receiver
//! that drops what it has seen by its key has it once (issue 6, must-show 3).
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as its tests do")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use chairside::clock::Clock;
use chairside_e2e::chance::Chance;
use chairside_e2e::client::Client;
use chairside_e2e::clinic::{self, Calls, device, plug_in, write_config_calling};
use chairside_e2e::http;
use chairside_e2e::program::Program;
use chairside_e2e::receiver::{Manner, Receiver, Request};
use chairside_e2e::story::Story;
use chairside_e2e::terminal_server::TerminalServer;
use chairside_store::{OutboxRow, Reader};
use chrono::Local;
use rusqlite::Connection;
use tokio::time::sleep;

const BINARY: &str = env!("CARGO_BIN_EXE_chairside");

/// What a machine that runs many tests beside each other needs for one of these steps.
const SOON: Duration = Duration::from_secs(30);

/// When the service is killed.
#[derive(Clone, Copy, Debug)]
enum End {
    /// So long after a client was told of the alarm: somewhere between the rung and the end.
    Told(Duration),
    /// When the receiver has the message and has not answered.
    Received,
    /// When it has answered.
    Answered,
    /// When it has refused, and the next attempt is due in a second.
    Failed,
}

fn calls(receiver: &Receiver, folder: &Path) -> Calls {
    let secret = folder.join("webhook.secret");
    fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    Calls {
        channels: format!(
            "[notify]\nlisted_hosts = [\"127.0.0.1\"]\nanswer_url = \"http://127.0.0.1:9\"\n\
             [[channel]]\nname = \"manager\"\nkind = \"webhook\"\nurl = \"http://{}/alarms\"\n\
             secret_files = [{:?}]\n",
            receiver.address(),
            secret.display().to_string()
        ),
        mn: "[[staff.contact]]\nchannel = \"manager\"\naddress = \"mn\"\n".to_owned(),
        ak: String::new(),
        ladders: "[[ladder]]\nname = \"standard\"\nrepeat_s = 600\n\
                  [[ladder.rung]]\nhigh_after_s = 0\ncall = [\"mn\"]\n"
            .to_owned(),
        ..Calls::default()
    }
}

fn keys(requests: &[Request]) -> BTreeSet<String> {
    let key = |request: &Request| request.header("webhook-id").unwrap().to_owned();
    requests.iter().map(key).collect()
}

async fn deliver_in_spite_of(end: End) {
    let manner = match end {
        End::Told(_) | End::Answered => Manner::Take,
        End::Received => Manner::Hang,
        End::Failed => Manner::Refuse(503),
    };
    let mut receiver = Receiver::open(manner).await;
    let folder = tempfile::tempdir().unwrap();
    let planned = [device("1", "ge-v100", Story::well().cuff(1, 204.0, 118.0))];
    let _devices = plug_in(folder.path(), &planned);
    let config = write_config_calling(folder.path(), &planned, &calls(&receiver, folder.path()));

    let mut program = Program::serve(Path::new(BINARY), &config);
    match end {
        End::Told(after) => {
            let mut client = Client::connect(program.address().await).await;
            client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;
            sleep(after).await;
        }
        End::Received => {
            receiver.until(1, SOON).await;
        }
        End::Answered | End::Failed => receiver.until_answered(1, SOON).await,
    }
    program.kill();
    receiver.now(Manner::Take);
    let before = receiver.requests().len();

    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut client = Client::connect(program.address().await).await;
    let taken = |rows: &[OutboxRow]| {
        let taken = |row: &&OutboxRow| matches!(row, OutboxRow::End(end) if end.ended == "taken");
        rows.iter().filter(taken).count()
    };
    // Until the record has it as taken, by whichever run.
    let waiting = async {
        while taken(&kept(folder.path())) == 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    client
        .reading_until(tokio::time::timeout(SOON, waiting))
        .await
        .unwrap();
    assert!(program.terminate().await.success());

    let rows = kept(folder.path());
    let made = rows
        .iter()
        .filter(|row| matches!(row, OutboxRow::Delivery(_)));
    assert_eq!(made.count(), 1, "{end:?}: {rows:#?}");
    assert_eq!(taken(&rows), 1, "{end:?}: {rows:#?}");
    let requests = receiver.requests();
    assert_eq!(keys(&requests).len(), 1, "{end:?}: {requests:#?}");
    if matches!(end, End::Received | End::Failed) {
        assert!(requests.len() > before, "{end:?}: it was tried again");
        let bodies: BTreeSet<_> = requests.iter().map(|request| &request.body).collect();
        assert_eq!(bodies.len(), 1, "{end:?}: in the same words");
    }
}

/// The steps of all runs, oldest first; none while the record is being begun.
fn kept(folder: &Path) -> Vec<OutboxRow> {
    let Ok(reader) = Reader::open(&clinic::data(folder)) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for run in reader.runs().unwrap() {
        rows.extend(reader.outbox_rows(&run).unwrap());
    }
    rows
}

#[tokio::test]
async fn a_delivery_survives_a_kill_between_any_two_of_its_steps() {
    let mut chance = Chance::of_this_run("deliveries");
    let mut at_some_time = || End::Told(Duration::from_micros(chance.within(0..20_000)));
    tokio::join!(
        deliver_in_spite_of(End::Received),
        deliver_in_spite_of(End::Failed),
        deliver_in_spite_of(End::Answered),
    );
    for _ in 0..3 {
        tokio::join!(
            deliver_in_spite_of(at_some_time()),
            deliver_in_spite_of(at_some_time()),
            deliver_in_spite_of(at_some_time()),
        );
    }
}

/// Marks the only bed of a configuration as for training, or for patients, and has its device
/// behind a terminal server, where no simulator is known.
fn write_bed(config: &Path, link: &Path, server: &TerminalServer, training: bool) {
    let text = fs::read_to_string(config).unwrap();
    let link = link.display().to_string();
    let text = text.replace(&link, &server.port());
    let (from, to) = (!training, training);
    let text = text.replace(&format!("training = {from}"), &format!("training = {to}"));
    assert!(text.contains(&server.port()) && text.contains(&format!("training = {to}")));
    fs::write(config, text).unwrap();
}

/// An alarm whose first message is under way when the service is killed, and whose second is not
/// due yet. When it is back, the bed is the other thing.
async fn killed_and_switched(training: bool) {
    let mut receiver = Receiver::open(Manner::Refuse(503)).await;
    let folder = tempfile::tempdir().unwrap();
    let planned = [device("1", "ge-v100", Story::well().cuff(1, 204.0, 118.0))];
    let _devices = plug_in(folder.path(), &planned);
    let link = folder.path().join("tty-1-ge-v100");
    let server = TerminalServer::start(&link);
    let mut calls = calls(&receiver, folder.path());
    calls.ak += "[[staff.contact]]\nchannel = \"manager\"\naddress = \"ak\"\n";
    // Later than the service needs to be back.
    calls.ladders += "[[ladder.rung]]\nhigh_after_s = 8\ncall = [\"ak\"]\n";
    let config = write_config_calling(folder.path(), &planned, &calls);
    write_bed(&config, &link, &server, training);

    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut client = Client::connect(program.address().await).await;
    client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;
    receiver.until(1, SOON).await;
    program.kill();
    assert!(receiver.requests().iter().all(|one| to(one) == "mn"));
    write_bed(&config, &link, &server, !training);
    receiver.now(Manner::Take);

    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut client = Client::connect(program.address().await).await;
    let mut came = receiver.requests();
    while !came.iter().any(|request| to(request) == "ak") {
        let next = receiver.until(came.len() + 1, SOON);
        came = client.reading_until(next).await;
    }
    assert!(program.terminate().await.success());
    for request in &came {
        let json = request.json();
        let alarms = json["data"]["alarms"].as_array().unwrap();
        let marks = alarms.iter().map(|alarm| alarm["simulated"] == true);
        let marks: Vec<_> = marks.collect();
        // What was made before is as it was made; what is made after is a patient's where the bed is.
        assert_eq!(marks, [training && to(request) == "mn"], "{json}");
    }
}

fn to(request: &Request) -> String {
    request.json()["data"]["to"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_alarms_on_after_a_kill_at_a_bed_that_is_a_patients_now_is_no_lessons() {
    tokio::join!(killed_and_switched(true), killed_and_switched(false));
}

#[tokio::test]
async fn nobody_hears_after_a_restart_either_before_a_display_says_that_it_does() {
    let receiver = Receiver::open(Manner::Take).await;
    let folder = tempfile::tempdir().unwrap();
    let planned = ["1", "2"].map(|bed| device(bed, "nonin", Story::well()));
    let _devices = plug_in(folder.path(), &planned);
    let mut calls = calls(&receiver, folder.path());
    // By the time alone nobody would be called in this test.
    calls.ladders = "[[ladder]]\nname = \"standard\"\nrepeat_s = 600\n[[ladder.rung]]\n\
                     high_after_s = 60\nmedium_after_s = 60\ncall = [\"mn\"]\n"
        .to_owned();
    let config = write_config_calling(folder.path(), &planned, &calls);
    let why = |bed: &str| {
        kept(folder.path()).into_iter().find_map(|row| match row {
            OutboxRow::Rung(row) if row.rung.bed == bed => Some(row.why),
            _ => None,
        })
    };
    let called = async |bed: &str| {
        let waiting = async {
            loop {
                if let Some(why) = why(bed) {
                    return why;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(SOON, waiting).await.unwrap()
    };

    let mut program = Program::serve(Path::new(BINARY), &config);
    let by = serde_json::json!({ "by": "mn" });
    let opened = http::post(
        program.address().await,
        "/api/v1/beds/1/open_session",
        "",
        &by,
    )
    .await;
    assert_eq!(opened.status, 200, "{opened:?}");
    assert_eq!(called("1").await, "nobody_hears");
    program.kill();

    let mut program = Program::serve(Path::new(BINARY), &config);
    let call = http::post(program.address().await, "/api/v1/beds/2/call", "", &by).await;
    assert_eq!(call.status, 200, "{call:?}");
    assert_eq!(called("2").await, "nobody_hears");
    assert!(program.terminate().await.success());
}

/// Has the first run of a record have been so much earlier, as if the service had been started
/// again that late in an alarm.
fn put_back_the_first_run(folder: &Path, by: Duration) {
    let file = clinic::data(folder).join("record.db");
    let database = Connection::open(file).unwrap();
    // What is on record is not changed, but by a test.
    let trigger = "SELECT sql FROM sqlite_master WHERE name = 'run_is_not_changed'";
    let trigger: String = database.query_row(trigger, [], |row| row.get(0)).unwrap();
    let by = i64::try_from(by.as_nanos()).unwrap();
    let back = format!(
        "BEGIN; DROP TRIGGER run_is_not_changed; \
         UPDATE run SET clock_zero_ns = clock_zero_ns - {by} WHERE id = (SELECT min(id) FROM run); \
         {trigger}; COMMIT"
    );
    database.execute_batch(&back).unwrap();
}

#[tokio::test]
async fn nobody_is_called_anew_when_the_service_starts_again_long_into_an_alarm() {
    let mut receiver = Receiver::open(Manner::Take).await;
    let folder = tempfile::tempdir().unwrap();
    // It is over before anybody has seen it, and calls for as long as nobody has.
    let story = Story::well().cuff(1, 204.0, 118.0).cuff(8, 121.0, 78.0);
    let planned = [device("1", "ge-v100", story)];
    let _devices = plug_in(folder.path(), &planned);
    let mut calls = calls(&receiver, folder.path());
    calls.ak = "[[staff.contact]]\nchannel = \"manager\"\naddress = \"ak\"\n".to_owned();
    calls.ladders = calls.ladders.replace("repeat_s = 600", "repeat_s = 7200")
        + "[[ladder.rung]]\nhigh_after_s = 1\ncall = [\"ak\"]\n";
    let config = write_config_calling(folder.path(), &planned, &calls);
    let called = |requests: &[Request]| {
        let calls = requests
            .iter()
            .filter(|request| request.json()["type"] == "alarm.escalated");
        keys(&calls.cloned().collect::<Vec<_>>())
    };

    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut client = Client::connect(program.address().await).await;
    let latched = |alarm: &serde_json::Value| alarm["signal"] == "latched";
    client.alarm(SOON, "1", "NIBP_VERY_HIGH", latched).await;
    let first = called(&receiver.until(2, SOON).await);
    assert_eq!(first.len(), 2, "mn and ak");
    program.kill();
    // Its last minutes are those of a run that had nothing to tell of the alarm.
    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut client = Client::connect(program.address().await).await;
    client.alarm(SOON, "1", "NIBP_VERY_HIGH", latched).await;
    program.kill();
    put_back_the_first_run(folder.path(), Duration::from_mins(20));

    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let mut client = Client::connect(address).await;
    client.alarm(SOON, "1", "NIBP_VERY_HIGH", latched).await;
    // Whatever is called at the start is called before this.
    let person = serde_json::json!({ "person": "mn" });
    let test = http::post(address, "/api/v1/channels/manager/test", "", &person).await;
    assert_eq!(test.status, 200, "{test:?}");
    let requests = receiver.requests();
    assert_eq!(called(&requests), first, "{requests:#?}");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_person_can_answer_after_a_kill_what_was_sent_before_it() {
    let mut receiver = Receiver::open(Manner::Take).await;
    let folder = tempfile::tempdir().unwrap();
    let planned = [device("1", "ge-v100", Story::well().cuff(1, 204.0, 118.0))];
    let _devices = plug_in(folder.path(), &planned);
    let config = write_config_calling(folder.path(), &planned, &calls(&receiver, folder.path()));
    let mut program = Program::serve(Path::new(BINARY), &config);
    let sent = receiver.until(1, SOON).await;
    program.kill();

    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let mut client = Client::connect(address).await;
    client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;
    let answer = sent[0].json()["data"]["answer"].clone();
    let path = answer.as_str().unwrap().strip_prefix("http://127.0.0.1:9");
    let accept = format!("{}/accept", path.unwrap());
    let answer = http::post(address, &accept, "", &serde_json::json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let alarms = http::get(address, "/api/v1/alarms").await.json();
    assert_eq!(alarms["alarms"][0]["responsible"]["by"], "mn", "{alarms}");
    assert!(program.terminate().await.success());

    // That it came is still known: the day-start check asks for it.
    let mut program = Program::serve(Path::new(BINARY), &config);
    let calling = http::get(program.address().await, "/api/v1/calling").await;
    let ways = &calling.json()["called_today"];
    assert_eq!(ways[0]["person"], "mn", "{ways}");
    assert_eq!(ways[0]["reached"], true, "{ways}");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_channel_that_failed_fails_after_a_kill_until_a_test_is_taken_by_it() {
    let mut receiver = Receiver::open(Manner::Refuse(403)).await;
    let folder = tempfile::tempdir().unwrap();
    let planned = [device("1", "ge-v100", Story::well().cuff(1, 204.0, 118.0))];
    let _devices = plug_in(folder.path(), &planned);
    let config = write_config_calling(folder.path(), &planned, &calls(&receiver, folder.path()));
    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut client = Client::connect(program.address().await).await;
    client.alarm(SOON, "1", "DELIVERY_FAILED", |_| true).await;
    receiver.until(1, SOON).await;
    program.kill();

    let mut program = Program::serve(Path::new(BINARY), &config);
    let address = program.address().await;
    let mut client = Client::connect(address).await;
    let failed = client.alarm(SOON, "1", "DELIVERY_FAILED", |_| true).await;
    let evidence = failed["evidence"].to_string();
    assert!(
        evidence.contains("not reached: mn by manager"),
        "{evidence}"
    );
    let failing = async |because: &str| {
        let calling = http::get(address, "/api/v1/calling").await.json();
        let why = calling["channels"][0]["failing"].clone();
        let metrics = http::get(address, "/metrics").await.body;
        let gauge = "chairside_channel_failing{channel=\"manager\"}";
        let expected = format!("{gauge} {}\n", u8::from(!why.is_null()));
        assert!(metrics.contains(&expected), "{because}: {metrics}");
        why
    };
    let why = failing("after the kill").await;
    assert!(why.as_str().unwrap().starts_with("mn: "), "{why}");
    let test = async |status: u16| {
        let person = serde_json::json!({ "person": "mn" });
        let path = "/api/v1/channels/manager/test";
        let test = http::post(address, path, "", &person).await;
        assert_eq!(test.status, status, "{test:?}");
    };
    test(502).await;
    assert!(failing("a test that was refused").await.is_string());
    receiver.now(Manner::Take);
    test(200).await;
    let why = failing("a test that was taken").await;
    assert!(why.is_null(), "{why}");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_drill_is_sent_once_and_missed_also_when_the_service_was_killed_after_it() {
    let mut receiver = Receiver::open(Manner::Take).await;
    let folder = tempfile::tempdir().unwrap();
    let planned = [device("1", "nonin", Story::well())];
    let _devices = plug_in(folder.path(), &planned);
    let mut calls = calls(&receiver, folder.path());
    let clock = Clock::start();
    let now = clock.wall(clock.now()).with_timezone(&Local);
    let drill = format!(
        "[[drill]]\nchannel = \"manager\"\nperson = \"mn\"\nat = \"{}\"\nwithin_s = 3\n",
        now.format("%H:%M")
    );
    calls.ladders.push_str(&drill);
    let config = write_config_calling(folder.path(), &planned, &calls);
    let mut program = Program::serve(Path::new(BINARY), &config);
    receiver.until(1, SOON).await;
    program.kill();

    let mut program = Program::serve(Path::new(BINARY), &config);
    let mut client = Client::connect(program.address().await).await;
    let alarm = client.alarm(SOON, "1", "DELIVERY_FAILED", |_| true).await;
    assert!(
        alarm["evidence"].to_string().contains("the drill of"),
        "{alarm}"
    );
    assert!(program.terminate().await.success());
    let rows = kept(folder.path());
    let made = rows
        .iter()
        .filter(|row| matches!(row, OutboxRow::Delivery(_)));
    assert_eq!(made.count(), 1, "{rows:#?}");
    assert_eq!(keys(&receiver.requests()).len(), 1);
}
