//! `serve`: starts, prints its address, answers, stops cleanly.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use chairside_e2e::program::Program;
use tokio::time::{sleep, timeout};

use super::{chairside, text, told};

fn configuration(folder: &Path, listen: &str) -> std::path::PathBuf {
    let path = folder.join("clinic.toml");
    let config = format!(
        "site = \"test\"\n\
         [service]\nlisten = \"{listen}\"\ndata = \"data\"\n\
         [[staff]]\nid = \"mn\"\nname = \"M. N.\"\nrole = \"nurse\"\n\
         [[bed]]\nid = \"1\"\nname = \"Room 1\"\nprofile = \"adult-ketamine\"\n\
         [[bed.device]]\ndriver = \"ge-v100\"\nport = \"{}\"\n",
        folder.join("no-such-port").display()
    );
    fs::write(&path, config).unwrap();
    path
}

/// Starts the service and returns it with its address, which is the first thing that it prints.
async fn start(folder: &Path) -> (Program, String) {
    let path = configuration(folder, "127.0.0.1:0");
    let mut command = chairside();
    command
        .args(["serve", "--config", text(&path)])
        .current_dir(folder)
        .stderr(Stdio::null());
    let mut service = Program::spawn(&mut command).unwrap();
    let first = service.line_with("").await;
    let address = first
        .strip_prefix("Listening on http://")
        .unwrap_or_else(|| panic!("{first}"));
    (service, address.trim_end_matches('/').to_owned())
}

#[tokio::test]
async fn the_service_prints_its_address_answers_and_stops_cleanly_on_either_signal() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let (mut service, address) = start(folder.path()).await;
        let mut stream = TcpStream::connect(&address).unwrap();
        let host = &address;
        write!(
            stream,
            "GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        service.signal(signal);
        assert_eq!(service.ended().await.code(), Some(0), "{signal}");
        // A relative folder of the record is relative to where the service was started.
        assert!(folder.path().join("data").is_dir());
    }
}

#[tokio::test]
async fn an_open_page_does_not_keep_the_service_from_stopping() {
    let folder = tempfile::tempdir().unwrap();
    let (mut service, address) = start(folder.path()).await;
    let mut idle = TcpStream::connect(&address).unwrap();
    let mut silent = TcpStream::connect(&address).unwrap();
    write!(idle, "GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut some = [0; 12];
    idle.read_exact(&mut some).unwrap();
    silent.write_all(b"GET ").unwrap();
    service.signal("TERM");
    assert_eq!(service.ended().await.code(), Some(0));
}

/// Another program that holds the record, as a backup may.
fn held(folder: &Path) -> rusqlite::Connection {
    let path = folder.join("data").join("record.db");
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

#[tokio::test]
async fn a_record_that_another_program_holds_does_not_keep_the_service_from_stopping_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let (mut service, _) = start(folder.path()).await;
    let other = held(folder.path());
    service.signal("TERM");
    // 3 s and a word, where the database alone would wait longer.
    let ended = timeout(Duration::from_millis(4500), service.ended()).await;
    assert_eq!(ended.expect("it ends in time").code(), Some(1));
    other.execute_batch("ROLLBACK").unwrap();

    let (next, _) = start(folder.path()).await;
    let ended = next.terminate().await;
    assert!(ended.success(), "the next one completes it");
}

#[tokio::test]
async fn the_second_order_to_stop_ends_the_service_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (mut service, _) = start(folder.path()).await;
    let _other = held(folder.path());
    service.signal("TERM");
    sleep(Duration::from_millis(300)).await;
    service.signal("INT");
    let ended = timeout(Duration::from_secs(2), service.ended()).await;
    assert_eq!(ended.expect("it ends at once").code(), Some(1));
}

fn refused(folder: &Path, listen: &str) -> String {
    let path = configuration(folder, listen);
    let mut command = chairside();
    command.env("RUST_LOG", "off").current_dir(folder);
    let output = command
        .args(["serve", "--config", text(&path)])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(output.stdout.is_empty());
    assert_eq!(told(&output).lines().count(), 1, "{}", told(&output));
    told(&output).to_owned()
}

#[test]
fn an_address_that_others_can_reach_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let why = refused(folder.path(), "0.0.0.0:0");
    assert!(why.contains("neither accounts nor TLS"), "{why}");
    assert!(why.contains("--allow-unprotected"), "{why}");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let why = refused(folder.path(), &address);
    assert!(
        why.contains(&format!(
            "cannot listen on {address}: another program, perhaps"
        )),
        "{why}"
    );
    assert!(why.contains("stop it or change service.listen"), "{why}");
    assert!(!why.contains("os error"), "{why}");
}

#[test]
fn a_file_where_the_record_should_be_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data"), "").unwrap();
    let why = refused(folder.path(), "127.0.0.1:0");
    assert!(
        why.contains("service.data: \"data\" is a file; the record needs a folder"),
        "{why}"
    );
}

#[tokio::test]
async fn the_address_of_all_interfaces_is_told_as_one_to_open_from_another_machine() {
    let folder = tempfile::tempdir().unwrap();
    let path = configuration(folder.path(), "0.0.0.0:0");
    let mut command = chairside();
    command
        .args(["serve", "--allow-unprotected", "--config", text(&path)])
        .current_dir(folder.path())
        .stderr(Stdio::null());
    let mut service = Program::spawn(&mut command).unwrap();
    let first = service.line_with("Listening on").await;
    let port = first.trim_end_matches('/').rsplit(':').next().unwrap();
    let second = service.line_with("another machine").await;
    assert_eq!(
        second,
        format!("From another machine: http://<this machine's name or address>:{port}/")
    );
    assert!(service.terminate().await.success());
}
