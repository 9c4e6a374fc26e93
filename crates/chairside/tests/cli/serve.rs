//! `serve`: starts, prints its address, answers, stops cleanly.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::{chairside, text, told};

/// A service that is ended with the test, whatever comes of it.
struct Service {
    child: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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

impl Service {
    fn start(folder: &Path) -> Self {
        let path = configuration(folder, "127.0.0.1:0");
        let mut command = chairside();
        command.args(["serve", "--config", text(&path)]);
        let mut child = command
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut first).unwrap();
        let address = first
            .strip_prefix("Listening on http://")
            .unwrap_or_else(|| panic!("{first}"));
        let address = address.trim_end().trim_end_matches('/').to_owned();
        Self { child, address }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; the child is killed by the drop of a test that fails.
    fn ended(&mut self) -> ExitStatus {
        self.ended_within(600)
    }

    fn ended_within(&mut self, hundredths: u32) -> ExitStatus {
        for _ in 0..hundredths {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the service did not end");
    }
}

#[test]
fn the_service_prints_its_address_answers_and_stops_cleanly_on_either_signal() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let mut service = Service::start(folder.path());
        let mut stream = TcpStream::connect(&service.address).unwrap();
        let host = &service.address;
        write!(
            stream,
            "GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        service.signal(signal);
        assert_eq!(service.ended().code(), Some(0), "{signal}");
        // A relative folder of the record is relative to where the service was started.
        assert!(folder.path().join("data").is_dir());
    }
}

#[test]
fn an_open_page_does_not_keep_the_service_from_stopping() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path());
    let mut idle = TcpStream::connect(&service.address).unwrap();
    let mut silent = TcpStream::connect(&service.address).unwrap();
    write!(
        idle,
        "GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n",
        service.address
    )
    .unwrap();
    let mut some = [0; 12];
    idle.read_exact(&mut some).unwrap();
    silent.write_all(b"GET ").unwrap();
    service.signal("TERM");
    assert_eq!(service.ended().code(), Some(0));
}

/// Another program that holds the record, as a backup may.
fn held(folder: &Path) -> rusqlite::Connection {
    let path = folder.join("data").join("record.db");
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

#[test]
fn a_record_that_another_program_holds_does_not_keep_the_service_from_stopping_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path());
    let other = held(folder.path());
    service.signal("TERM");
    // 3 s and a word, where the database alone would wait longer.
    assert_eq!(service.ended_within(450).code(), Some(1));
    other.execute_batch("ROLLBACK").unwrap();

    let mut next = Service::start(folder.path());
    next.signal("TERM");
    assert_eq!(next.ended().code(), Some(0), "the next one completes it");
}

#[test]
fn the_second_order_to_stop_ends_the_service_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path());
    let _other = held(folder.path());
    service.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    service.signal("INT");
    assert_eq!(service.ended_within(200).code(), Some(1));
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
        why.contains(&format!("cannot listen on {address}")),
        "{why}"
    );
}
