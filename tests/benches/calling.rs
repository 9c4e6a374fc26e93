//! From the last byte of the deciding frame to the message at a receiver, with 32 beds
//! (issue 6, must-show 6).
//!
//! `cargo bench --package chairside-e2e --bench calling [-- --strict]`
//!
//! The real service in a thread of its own. Each bed has a monitor that is asked (cuff) and an
//! oximeter that streams (saturation, pulse, 75 samples a second), and a person of its own, who is
//! called at once by a signed webhook, so that no message waits to be joined with another. Measured
//! is `NIBP_VERY_HIGH`, which one reading decides, from the moment at which that reading's last
//! byte was written to the pseudo-terminal until the receiver has read the whole message. What lies
//! between: the decision, the alarm and the message on record, and the connection, which is kept.
//!
//! The floor is a program that copies each read of one pseudo-terminal to ten connections, in the
//! same run. With `--strict` the program ends with 1 when the goal is missed.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "a program whose output is for people, and that measures nothing when it goes wrong"
)]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use chairside::app::{App, Exposure};
use chairside::config::Config;
use chairside_e2e::clinic::Planned;
use chairside_e2e::receiver::{Manner, Receiver, Request};
use chairside_simulators::clock::Clock;
use tokio::sync::oneshot;

#[path = "latency/echo.rs"]
mod echo;
#[path = "latency/monitors.rs"]
mod monitors;
#[path = "latency/waits.rs"]
mod waits;

use waits::{on_one_thread, quantile};

/// Issue 6: 32 beds, 99 of 100 messages in this time.
const BEDS: usize = 32;
const GOAL: Duration = Duration::from_millis(50);

/// Connections of the floor.
const CLIENTS: usize = 10;

/// How long alarms come and go.
const MEASURED: Duration = Duration::from_mins(2);

/// What became due at the very end is waited for.
const LAST: Duration = Duration::from_secs(2);

/// An alarm that became due at a known moment of the benchmark's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    bed: &'static str,
    id: &'static str,
    at: Duration,
}

fn main() -> ExitCode {
    let strict = std::env::args().any(|argument| argument == "--strict");
    let clock = Clock::start();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load before    {}", load.trim());
    println!("what               samples      p50      p99      max   p99 / floor's p99");
    let floor = echo::measure(clock);
    print("floor (echo)", &floor, &floor);

    let (due, came) = clinic(clock);
    let due = due.iter().filter(|due| due.id == "NIBP_VERY_HIGH");
    let waits: Vec<Duration> = due.map(|due| wait(due, &came)).collect();
    print("message", &waits, &floor);
    let met = !waits.is_empty() && quantile(&waits, 990) <= GOAL;
    println!(
        "goal: p99 at most {} ms with {BEDS} beds: {}",
        GOAL.as_millis(),
        if met { "met" } else { "MISSED" }
    );
    if strict && !met {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// A message that came: for which bed, and when by the benchmark's clock.
#[derive(Debug)]
struct Came {
    bed: String,
    at: Duration,
}

/// Runs the clinic, and returns what became due and what the receiver got.
fn clinic(clock: Clock) -> (Vec<Due>, Vec<Came>) {
    let folder = tempfile::tempdir().expect("a folder");
    let beds: Vec<&'static str> = (1..=BEDS).map(|bed| &*bed.to_string().leak()).collect();
    let planned: Vec<Planned> = beds
        .iter()
        .flat_map(|bed| {
            // The first that gives saturation is the one that is judged.
            ["nonin", "ge-v100"].map(|driver| Planned {
                bed,
                driver,
                patient: None,
            })
        })
        .collect();
    let end = clock.now() + MEASURED;
    let links = folder.path().to_owned();
    let monitored = planned.clone();
    let monitors =
        thread::spawn(move || on_one_thread(monitors::run(clock, end, links, monitored)));
    let (receiving, address) = oneshot::channel();
    let receiver = thread::spawn(move || {
        on_one_thread(async move {
            let receiver = Receiver::open(Manner::Take).await;
            let ahead = clock.now().saturating_sub(receiver.time());
            receiving.send(receiver.address()).expect("somebody waits");
            tokio::time::sleep_until(clock.timer(end + LAST)).await;
            let requests = receiver.requests();
            requests
                .iter()
                .flat_map(|request| came(request, ahead))
                .collect::<Vec<_>>()
        })
    });
    let config = on_one_thread(async {
        let receiver = address.await.expect("the receiver listens");
        write_config(folder.path(), &beds, &planned, &receiver.to_string())
    });
    let service = thread::spawn(move || {
        on_one_thread(async move {
            let config = Config::load(&config).unwrap_or_else(|mistakes| panic!("{mistakes}"));
            let clocks = chairside::clock::Clock::start();
            let app = App::start(&config, clocks, Exposure::LoopbackOnly).await;
            let app = app.expect("the service starts");
            tokio::time::sleep_until(clock.timer(end + LAST)).await;
            app.stop().await;
        });
    });
    let due = monitors.join().expect("the monitors ran");
    let came = receiver.join().expect("the receiver ran");
    service.join().expect("the service ran");
    (due, came)
}

/// The beds that a call is about.
fn came(request: &Request, ahead: Duration) -> Vec<Came> {
    let body = request.json();
    if body["type"] != "alarm.escalated" {
        return Vec::new();
    }
    let parts = body["data"]["alarms"].as_array().expect("a list of alarms");
    let of_it = parts.iter().filter(|part| part["id"] == "NIBP_VERY_HIGH");
    let bed = |part: &serde_json::Value| part["bed"].as_str().expect("a bed").to_owned();
    of_it
        .map(|part| Came {
            bed: bed(part),
            at: request.at + ahead,
        })
        .collect()
}

fn write_config(
    folder: &Path,
    beds: &[&'static str],
    planned: &[Planned],
    receiver: &str,
) -> std::path::PathBuf {
    let secret = folder.join("webhook.secret");
    fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("the folder is ours");
    let mut text = format!(
        "site = \"bench\"\n[service]\nlisten = \"127.0.0.1:0\"\ndata = {:?}\n\
         [notify]\nlisted_hosts = [\"127.0.0.1\"]\n\
         [[channel]]\nname = \"manager\"\nkind = \"webhook\"\nurl = \"http://{receiver}/alarms\"\n\
         secret_files = [{:?}]\n",
        folder.join("data").display().to_string(),
        secret.display().to_string()
    );
    for bed in beds {
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "[[staff]]\nid = \"p{bed}\"\nname = \"P. {bed}\"\nrole = \"nurse\"\n\
             [[staff.contact]]\nchannel = \"manager\"\naddress = \"p{bed}\"\n\
             [[ladder]]\nname = \"l{bed}\"\nrepeat_s = 600\n\
             [[ladder.rung]]\nhigh_after_s = 0\ncall = [\"p{bed}\"]\n\
             [[bed]]\nid = \"{bed}\"\nname = \"Room {bed}\"\nprofile = \"adult-ketamine\"\n\
             ladder = \"l{bed}\"\n"
        );
        for planned in planned.iter().filter(|planned| planned.bed == *bed) {
            let link = folder.join(format!("tty-{}", planned.name()));
            let _ = write!(
                text,
                "[[bed.device]]\ndriver = {:?}\nport = {:?}\n",
                planned.driver,
                link.display().to_string()
            );
        }
    }
    let path = folder.join("clinic.toml");
    fs::write(&path, text).expect("the folder is ours");
    path
}

/// Returns how long a message took. One that never came is a failure, not a wait.
fn wait(due: &Due, came: &[Came]) -> Duration {
    let message = came
        .iter()
        .filter(|came| came.bed == due.bed)
        // A message of before is about an earlier alarm.
        .find(|came| came.at >= due.at);
    let message = message.unwrap_or_else(|| panic!("no message for {due:?}"));
    message.at.saturating_sub(due.at)
}

fn print(what: &str, waits: &[Duration], floor: &[Duration]) {
    let ms = |per_mille| quantile(waits, per_mille).as_secs_f64() * 1e3;
    let of_floor = ms(990) / (quantile(floor, 990).as_secs_f64() * 1e3);
    println!(
        "{what:<18} {:>7} {:>6.2}ms {:>6.2}ms {:>6.2}ms {of_floor:>10.1}",
        waits.len(),
        ms(500),
        ms(990),
        ms(1000),
    );
}
