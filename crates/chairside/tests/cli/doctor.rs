//! `doctor`: what it says of a clinic's machine, and how it ends.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use chairside_e2e::http;
use chairside_e2e::program::Program;
use chairside_e2e::receiver::{Manner, Receiver};
use chairside_simulators::line::DeviceEnd;
use serde_json::Value;

use super::{chairside, objects, run, text, told};

fn configuration(folder: &Path, listen: &str, room: &str, port: &Path) -> PathBuf {
    let path = folder.join("clinic.toml");
    let data = folder.join("data").display().to_string();
    let port = port.display().to_string();
    let config = format!(
        "site = \"test\"\n[service]\nlisten = {listen:?}\ndata = {data:?}\n\
         [[staff]]\nid = \"mn\"\nname = \"M. N.\"\nrole = \"nurse\"\n\
         [[bed]]\nid = \"1\"\nname = {room:?}\nprofile = \"adult-ketamine\"\n\
         [[bed.device]]\ndriver = \"nonin\"\nport = {port:?}\n"
    );
    fs::write(&path, config).unwrap();
    path
}

fn examined(config: &Path) -> (Option<i32>, Vec<Value>) {
    let output = run(&["doctor", "--json", "--config", text(config)]);
    assert_eq!(told(&output), "");
    (output.status.code(), objects(&output))
}

#[track_caller]
fn check<'v>(checks: &'v [Value], about: &str, level: &str) -> &'v Value {
    let found = checks
        .iter()
        .find(|check| check["about"] == about && check["level"] == level);
    found.unwrap_or_else(|| panic!("{about} {level}: {checks:#?}"))
}

fn printed(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

#[test]
fn a_machine_without_a_problem_ends_with_0_and_says_what_is_not_checked() {
    let folder = tempfile::tempdir().unwrap();
    let device = DeviceEnd::open().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = port.local_addr().unwrap().to_string();
    drop(port);
    let config = configuration(folder.path(), &listen, "Room 1", device.path());
    let (code, checks) = examined(&config);
    assert_eq!(code, Some(0), "{checks:#?}");
    check(&checks, "configuration", "ok");
    check(&checks, "bed[1].device[1].port", "warning");
    check(&checks, "service.listen", "ok");
    check(&checks, "clock", "ok");
    check(&checks, "certificate", "not checked");
    let for_people = run(&["doctor", "--config", text(&config)]);
    assert_eq!(for_people.status.code(), Some(0));
    let last = printed(&for_people).lines().last().unwrap();
    assert!(last.starts_with("problems: 0, warnings: "), "{last}");
    assert!(!folder.path().join("data").exists(), "nothing is made");
}

#[test]
fn a_port_that_is_not_there_ends_with_1_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("no-such-port");
    let config = configuration(folder.path(), "127.0.0.1:0", "Room 1", &absent);
    let (code, checks) = examined(&config);
    assert_eq!(code, Some(1));
    let problem = check(&checks, "bed[1].device[1].port", "problem");
    let remedy = problem["do"].as_str().unwrap();
    assert!(remedy.contains("plug the adapter in"), "{problem}");
    let for_people = run(&["doctor", "--config", text(&config)]);
    assert_eq!(for_people.status.code(), Some(1));
    let line = printed(&for_people)
        .lines()
        .find(|line| line.starts_with("problem"))
        .unwrap();
    assert!(line.contains("bed[1].device[1].port"), "{line}");
    assert!(line.contains("plug the adapter in"), "{line}");
}

#[test]
fn every_mistake_of_the_configuration_is_a_problem() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/clinic/");
    let config = format!("{folder}several_mistakes_at_once.toml");
    let (code, checks) = examined(Path::new(&config));
    assert_eq!(code, Some(1));
    for key in ["site", "service.listen", "staff[1].role", "bed[1].nam"] {
        check(&checks, &format!("{config}: {key}"), "problem");
    }
    check(&checks, "ports, record and address", "not checked");
    check(&checks, "clock", "ok");
}

#[test]
fn an_address_that_another_program_has_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let device = DeviceEnd::open().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    // It hangs up on whoever asks.
    let other = std::thread::spawn(move || drop(taken.accept()));
    let config = configuration(folder.path(), &listen, "Room 1", device.path());
    let (code, checks) = examined(&config);
    other.join().unwrap();
    assert_eq!(code, Some(1));
    let problem = check(&checks, "service.listen", "problem");
    let remedy = problem["do"].as_str().unwrap();
    assert!(remedy.contains("change service.listen"), "{problem}");
}

#[tokio::test]
async fn the_running_service_is_known_by_its_beds_and_says_itself_how_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("no-such-port");
    let config = configuration(folder.path(), "127.0.0.1:0", "Room 1", &absent);
    let mut command = chairside();
    command
        .args(["serve", "--config", text(&config)])
        .stderr(Stdio::null());
    let mut service = Program::spawn(&mut command).unwrap();
    let first = service.line_with("Listening on").await;
    let listen = first.rsplit('/').nth(1).unwrap();

    let same = configuration(folder.path(), listen, "Room 1", &absent);
    let (_, checks) = examined(&same);
    check(&checks, "service.listen", "ok");
    let said = check(&checks, "service", "problem");
    let found = said["found"].as_str().unwrap();
    assert!(found.contains("not able to monitor"), "{said}");
    check(&checks, "service.data", "ok");

    let other = configuration(folder.path(), listen, "Room 2", &absent);
    let (_, checks) = examined(&other);
    let problem = check(&checks, "service.listen", "problem");
    let found = problem["found"].as_str().unwrap();
    assert!(found.contains("with other beds"), "{problem}");
    assert!(service.terminate().await.success());
}

/// As [`configuration`], with telephones that are reached there and a gateway.
fn calling(folder: &Path, listen: &str, port: &Path, phones: &Receiver, sms: &Receiver) -> PathBuf {
    let path = configuration(folder, listen, "Room 1", port);
    let config = fs::read_to_string(&path).unwrap().replace(
        "[[bed]]\n",
        "[[staff.contact]]\nchannel = \"phones\"\naddress = \"mn\"\n\
         [[staff.contact]]\nchannel = \"sms\"\naddress = \"+43660555\"\n[[bed]]\n",
    );
    fs::write(folder.join("ntfy.token"), "tk_1").unwrap();
    fs::set_permissions(folder.join("ntfy.token"), Permissions::from_mode(0o644)).unwrap();
    let channels = format!(
        "[notify]\nlisted_hosts = [\"127.0.0.1\"]\nanswer_url = \"http://127.0.0.1:9\"\n\
         [[channel]]\nname = \"phones\"\nkind = \"ntfy\"\nurl = \"http://{}\"\n\
         token_file = \"ntfy.token\"\n\
         [[channel]]\nname = \"sms\"\nkind = \"gateway\"\nurl = \"http://{}/\"\n\
         form = {{ To = \"{{to}}\", Body = \"{{text}}\" }}\n",
        phones.address(),
        sms.address()
    );
    fs::write(&path, config + &channels).unwrap();
    path
}

#[tokio::test]
async fn tests_are_sent_to_everybody_and_wait_for_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let device = DeviceEnd::open().unwrap();
    let mut phones = Receiver::open(Manner::Take).await;
    let sms = Receiver::open(Manner::Refuse(401)).await;
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = port.local_addr().unwrap().to_string();
    drop(port);
    let config = calling(folder.path(), &listen, device.path(), &phones, &sms);
    let binary = Path::new(env!("CARGO_BIN_EXE_chairside"));
    let doctor = |wait: &str| {
        let config = text(&config);
        let words = [
            "doctor",
            "--json",
            "--config",
            config,
            "--send-tests",
            "--wait-s",
            wait,
        ];
        Program::start(binary, &words, Stdio::null()).unwrap()
    };
    // Nobody sends them.
    let mut asked = doctor("60");
    let line = asked.line_with("no service answers").await;
    assert!(line.contains("\"problem\""), "{line}");

    let mut service = Program::serve(binary, &config);
    let address = service.address().await;
    let mut asked = doctor("60");
    let sent = phones.until(1, Duration::from_secs(20)).await;
    let received = sent[0].json()["actions"][0]["url"].clone();
    let received = received
        .as_str()
        .unwrap()
        .strip_prefix("http://127.0.0.1:9");
    let answer = http::post(address, received.unwrap(), "", &Value::Null).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let line = asked.line_with("channel phones").await;
    assert!(
        line.contains("warning") && line.contains("chmod o-rwx"),
        "{line}"
    );
    asked.line_with("channel sms").await;
    let line = asked.line_with("test of mn by sms").await;
    assert!(
        line.contains("\"problem\"") && line.contains("401"),
        "{line}"
    );
    let line = asked.line_with("test of mn by phones").await;
    assert!(
        line.contains("\"ok\"") && line.contains("received at"),
        "{line}"
    );
    assert_eq!(asked.ended().await.code(), Some(1));

    // Nobody receives it.
    let mut asked = doctor("0");
    let line = asked.line_with("test of mn by phones").await;
    assert!(
        line.contains("\"problem\"") && line.contains("within 0 s"),
        "{line}"
    );
    assert_eq!(asked.ended().await.code(), Some(1));
    assert!(service.terminate().await.success());
}
