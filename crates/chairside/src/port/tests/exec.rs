//! Programs whose output is the line.

use std::path::Path;

use super::super::exec::Program;
use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

fn program(command: &[&str]) -> Program {
    let command = command.iter().map(|&word| word.to_owned()).collect();
    Program::new("1-ndjson".to_owned(), command)
}

async fn next(ports: &mut mpsc::Receiver<PortEvent>) -> PortChange {
    let event = timeout(PATIENCE, ports.recv()).await;
    event.expect("something happens").unwrap().what
}

/// Waits for a whole line.
async fn line(ports: &mut mpsc::Receiver<PortEvent>) -> String {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        let change = next(ports).await;
        let PortChange::Received(bytes) = change else {
            panic!("{change:?}")
        };
        line.extend(bytes);
    }
    String::from_utf8(line).unwrap()
}

/// Waits until a process is gone, or nothing but its number is left.
async fn gone(process: &str) {
    let status = Path::new("/proc").join(process.trim()).join("stat");
    let running = || std::fs::read_to_string(&status).is_ok_and(|stat| !stat.contains(") Z"));
    timeout(PATIENCE, async {
        while running() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("it is killed");
}

#[tokio::test]
async fn a_program_is_read_spoken_to_and_started_again_when_it_ends() {
    let script = "echo begins; read word; echo heard $word; exit 3";
    let (task, mut ports, poll) = start(program(&["/bin/sh", "-c", script]));
    for _ in 0..2 {
        assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
        assert_eq!(line(&mut ports).await, "begins\n");
        poll.send(b"something\n".to_vec()).await.unwrap();
        assert_eq!(line(&mut ports).await, "heard something\n");
        assert!(matches!(next(&mut ports).await, PortChange::Closed));
    }
    task.abort();
}

#[tokio::test]
async fn arguments_are_given_as_they_are_and_no_shell_reads_them() {
    let (task, mut ports, _poll) = start(program(&["/bin/echo", "$HOME; *", "a b"]));
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    assert_eq!(line(&mut ports).await, "$HOME; * a b\n");
    task.abort();
}

#[tokio::test]
async fn a_program_that_does_not_want_to_end_is_killed_with_what_it_started() {
    let script = "trap '' TERM; sleep 1000 & echo $$; echo $!; wait; wait";
    let (task, mut ports, poll) = start(program(&["/bin/sh", "-c", script]));
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    let mut ids = line(&mut ports).await;
    while ids.lines().count() < 2 {
        ids += &line(&mut ports).await;
    }
    // The service stops.
    drop((ports, poll));
    timeout(PATIENCE, task).await.expect("it ends").unwrap();
    for id in ids.lines() {
        gone(id).await;
    }
}

#[tokio::test]
async fn a_program_goes_with_a_task_that_is_given_up() {
    let (task, mut ports, _poll) = start(program(&["/bin/sh", "-c", "echo $$; exec sleep 1000"]));
    assert!(matches!(next(&mut ports).await, PortChange::Opened { .. }));
    let id = line(&mut ports).await;
    task.abort();
    gone(&id).await;
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_told_with_what_can_be_done() {
    let open = async |path: &str| {
        program(&[path])
            .open()
            .await
            .expect_err("it does not start")
    };
    let why = open("/nowhere/driver").await;
    assert!(why.starts_with("is not there"), "{why}");
    let why = open("/etc/passwd").await;
    assert!(why.starts_with("may not be started"), "{why}");
}
