//! Drivers that are programs of their own: the examples of `docs/outside-drivers.md`, run as they
//! stand there.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use chairside_e2e::clinic::{Clinic, Planned};
use chairside_e2e::http;
use chairside_simulators::line::{DeviceEnd, Host};
use serde_json::Value;
use tokio::time::sleep;

use crate::{AT_ONCE, SOON};

const PAGE: &str = include_str!("../../docs/outside-drivers.md");

/// Writes the page's example in a language to a file that can be run.
fn example(folder: &Path, language: &str) -> PathBuf {
    let begin = format!("```{language}\n");
    let (_, text) = PAGE.split_once(&begin).expect("the page has an example");
    let (text, _) = text.split_once("```").expect("the example ends");
    let path = folder.join(language);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    path
}

/// Opens a clinic whose only device is read by a program with one argument.
async fn clinic(program: &Path, argument: &Path) -> Clinic {
    let planned = Planned {
        bed: "1",
        driver: "ndjson",
        patient: None,
    };
    let command = format!(
        "command = [\"{}\", \"{}\"]",
        program.display(),
        argument.display()
    );
    Clinic::open_behind(&[planned], |_| command.clone()).await
}

fn is(metric: &'static str, value: u16) -> impl Fn(&Value) -> bool {
    move |message| {
        message["type"] == "observation" && message["metric"] == metric && message["value"] == value
    }
}

fn is_unavailable(metric: &'static str) -> impl Fn(&Value) -> bool {
    move |message| {
        message["type"] == "observation"
            && message["metric"] == metric
            && message["validity"] == "unavailable"
    }
}

#[tokio::test]
async fn the_shell_example_is_read_and_goes_with_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let program = example(folder.path(), "sh");
    let kept = folder.path().join("saturation");
    fs::write(&kept, "97\n").unwrap();
    let clinic = clinic(&program, &kept).await;
    let mut client = clinic.client().await;
    client.until(SOON, "a value", is("SpO2", 97)).await;
    fs::write(&kept, "88\n").unwrap();
    client.until(SOON, "another value", is("SpO2", 88)).await;
    // What is no number is not believed, and told.
    fs::write(&kept, "a lot\n").unwrap();
    let discarded = discarded(&clinic, "malformed").await;
    assert!(discarded > 0);
    fs::write(&kept, "399\n").unwrap();
    client
        .until(SOON, "out of range", is_unavailable("SpO2"))
        .await;
    fs::remove_file(&kept).unwrap();
    client.until(SOON, "no value", is_unavailable("SpO2")).await;

    clinic.close().await.log.assert_clean_but_for(&[]);
    assert!(!is_running(&kept), "the program ends with the service");
}

#[tokio::test]
async fn a_program_that_ends_is_a_lost_line_and_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("short");
    let text = "#!/bin/sh\necho going >&2\nfor n in 1 2 3 4; do\n\
                printf '{\"kind\":\"numeric\",\"metric\":\"HeartRate\",\"value\":72,\"unit\":\"/min\",\
                \"validity\":\"valid\"}\\n'; sleep 0.5; done\n";
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let clinic = clinic(&program, folder.path()).await;
    let mut client = clinic.client().await;
    for _ in 0..3 {
        client.link(SOON, "1-ndjson", "connected").await;
        client.until(AT_ONCE, "a value", is("HeartRate", 72)).await;
        client.link(SOON, "1-ndjson", "disconnected").await;
    }
    let log = clinic.close().await.log;
    log.assert_clean_but_for(&["Port lost"]);
}

#[tokio::test]
async fn the_python_example_is_read_from_a_serial_port() {
    if Command::new("python3").arg("--version").output().is_err() {
        println!("skipped: there is no python3");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = example(folder.path(), "python");
    let mut device = DeviceEnd::open().unwrap();
    let clinic = clinic(&program, device.path()).await;
    let mut client = clinic.client().await;
    let speaking = tokio::spawn(async move {
        let lines = ["SPO2=097 PR=072\r\n", "noise\r\n", "SPO2=--- PR=---\r\n"];
        for line in lines.into_iter().cycle() {
            for _ in 0..5 {
                if device.look(&mut [0; 64]) != Host::Absent {
                    device.send(line.as_bytes());
                }
                sleep(Duration::from_millis(300)).await;
            }
        }
    });
    client.until(SOON, "a saturation", is("SpO2", 97)).await;
    client.until(AT_ONCE, "a pulse", is("PulseRate", 72)).await;
    client
        .until(SOON, "no finger", is_unavailable("SpO2"))
        .await;
    let discarded = discarded(&clinic, "malformed").await;
    assert!(discarded > 0);
    clinic.close().await.log.assert_clean_but_for(&[]);
    speaking.abort();
}

/// Waits until lines were discarded, and returns how many bytes.
async fn discarded(clinic: &Clinic, why: &str) -> u64 {
    for _ in 0..100 {
        let lines = http::get(clinic.address(), "/api/v1/devices").await.json();
        if let Some(bytes) = lines["devices"][0]["discarded"][why].as_u64() {
            return bytes;
        }
        sleep(Duration::from_millis(100)).await;
    }
    0
}

/// Tells whether a process has this argument.
fn is_running(argument: &Path) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let commands = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let wanted = argument.to_str().unwrap().as_bytes();
    commands
        .into_iter()
        .any(|command| command.split(|byte| *byte == 0).any(|word| word == wanted))
}
