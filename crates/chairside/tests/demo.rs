//! The real binary: the demo starts, answers and stops; a simulated device comes and goes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use chairside_e2e::program::Program;

/// Starts the program; what it logs is read as well.
fn start(arguments: &[&str]) -> Program {
    let binary = Path::new(env!("CARGO_BIN_EXE_chairside"));
    Program::start(binary, arguments, Stdio::piped()).expect("the program starts")
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .expect("the request is taken");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .expect("it answers in text");
    answer
}

#[tokio::test]
async fn the_demo_answers_where_it_says_and_leaves_nothing_behind() {
    let mut demo = start(&["demo", "--listen", "127.0.0.1:0", "--seed", "7"]);
    let line = demo.line_with("Chairside demo: open ").await;
    let address = line.strip_prefix("Chairside demo: open http://").unwrap();
    let address = address.strip_suffix('/').unwrap();
    let line = demo.line_with("Devices in ").await;
    assert!(line.contains("seed 7"), "{line}");
    let ports = line.split_once("Devices in ").unwrap().1;
    let ports = Path::new(ports.split_once(" (").unwrap().0).to_owned();
    assert_eq!(ports.read_dir().unwrap().count(), 8);
    let beds = get(address, "/api/v1/beds");
    assert!(
        beds.starts_with("HTTP/1.1 200") && beds.contains("Room 4"),
        "{beds}"
    );

    assert!(demo.terminate().await.success());
    assert!(
        !ports.parent().unwrap().exists(),
        "the temporary folder goes"
    );
}

#[tokio::test]
async fn a_bare_call_is_the_demo() {
    let mut demo = start(&["--listen", "127.0.0.1:0", "--beds", "1"]);
    demo.line_with("Chairside demo: open ").await;
    assert!(demo.terminate().await.success());
}

#[tokio::test]
async fn the_demo_keeps_its_record_in_the_folder_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = [
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data.to_str().unwrap(),
    ];
    let mut demo = start(&arguments);
    demo.line_with(&format!("Record in {}.", data.display()))
        .await;
    assert!(demo.terminate().await.success());
    assert!(data.exists());
    let ports = data.join("ports");
    assert_eq!(
        ports.read_dir().unwrap().count(),
        0,
        "the links go with their devices"
    );
}

#[test]
fn each_of_the_demos_stories_gives_its_alarms_and_no_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../simulators/scenarios");
    let files = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let output = Command::new(env!("CARGO_BIN_EXE_chairside"))
        .arg("scenario")
        .args(files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("4 passed, 0 failed"),
        "{said}"
    );
}

#[tokio::test]
async fn a_simulated_device_says_what_it_does_and_takes_its_link_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (link, story) = (folder.path().join("bed1"), folder.path().join("story.csv"));
    let header = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg\n";
    std::fs::write(&story, format!("{header}0,,97,72,,,,,\n")).unwrap();
    let mut device = start(&[
        "simulate",
        "--device",
        "ge-v100",
        "--recording",
        story.to_str().unwrap(),
        "--link",
        link.to_str().unwrap(),
        "--faults",
        "drop=0.01,stall=2s/1m",
        "--seed",
        "42",
    ]);
    let said = device.line_with("simulated ge-v100").await;
    assert!(
        said.contains("seed 42, faults drop=0.01,stall=2s/60s"),
        "{said}"
    );
    assert!(link.exists());
    assert!(device.terminate().await.success());
    assert!(std::fs::read_link(&link).is_err());
}

#[tokio::test]
async fn wrong_arguments_end_with_exit_code_2_and_a_line_that_says_why() {
    for (arguments, why) in [
        (vec!["demo", "--beds", "0"], "0 is not in 1..=48"),
        (vec!["demo", "--beds", "49"], "49 is not in 1..=48"),
        (vec!["demo", "--speed=0"], "a speed is a number"),
        (
            vec!["demo", "--listen", "0.0.0.0:0"],
            "can be reached from other machines",
        ),
        (
            vec![
                "simulate",
                "--device",
                "x",
                "--recording",
                "y",
                "--link",
                "z",
            ],
            "--device x: not one of ge-v100",
        ),
        (
            vec![
                "simulate",
                "--device",
                "ge-v100",
                "--recording",
                "/no/file",
                "--link",
                "z",
            ],
            "/no/file: No such file",
        ),
        (
            vec![
                "simulate",
                "--device",
                "ge-v100",
                "--recording",
                "y",
                "--link",
                "z",
                "--faults",
                "x=1",
            ],
            "is none of drop, flip",
        ),
    ] {
        let mut program = start(&arguments);
        program.line_with(why).await;
        assert_eq!(program.ended().await.code(), Some(2), "{arguments:?}");
    }
}

/// Gives an order on the command line and returns the exit code and what it said.
fn order(arguments: &[&str]) -> (Option<i32>, String) {
    let binary = Path::new(env!("CARGO_BIN_EXE_chairside"));
    let mut command = Command::new(binary);
    let done = command.arg("cuff").args(arguments).output();
    let done = done.expect("the program runs");
    let said = String::from_utf8(done.stderr).expect("it says it in text");
    (done.status.code(), said)
}

#[tokio::test]
async fn a_person_starts_and_stops_a_cuff_on_the_command_line() {
    let mut demo = start(&["demo", "--listen", "127.0.0.1:0", "--beds", "1"]);
    let line = demo.line_with("Chairside demo: open ").await;
    let address = line.strip_prefix("Chairside demo: open http://").unwrap();
    let address = address.strip_suffix('/').unwrap();
    let of_bed_1 = ["--bed", "1", "--by", "mn", "--address", address];
    let told = |what: &str| order(&[&[what], &of_bed_1[..]].concat());
    let mut tries = 0;
    loop {
        match told("start") {
            (Some(0), said) => break assert!(said.contains("it measures"), "{said}"),
            (Some(1), said) if tries < 40 => {
                // The monitor was just plugged in, or its own timer inflates the cuff.
                let soon = ["not connected", "under way"];
                assert!(soon.iter().any(|why| said.contains(why)), "{said}");
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                tries += 1;
            }
            (code, said) => panic!("{code:?} {said}"),
        }
    }
    let (code, said) = told("start");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("a determination is under way"), "{said}");
    let (code, said) = told("stop");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("does not measure any more"), "{said}");

    for (arguments, code, why) in [
        (["start", "--bed", "9", "--by", "mn"], 1, "no bed"),
        (["start", "--bed", "1", "--by", "patient"], 2, "patient"),
    ] {
        let (got, said) = order(&[&arguments[..], &["--address", address]].concat());
        assert_eq!(got, Some(code), "{said}");
        assert!(said.contains(why), "{said}");
    }
    assert!(demo.terminate().await.success());
    let (code, said) = told("stop");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("no service answers"), "{said}");
}
