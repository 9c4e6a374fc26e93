//! What the demo costs: processor, memory, start, size.
//!
//! `cargo bench --package chairside-e2e --bench footprint [-- --strict]`
//!
//! Builds the release program and measures it: the demo with four beds, and one client that
//! follows it as a dashboard does. With `--strict` the program ends with 1 when a goal is missed.
#![expect(clippy::print_stdout, reason = "a program whose output is for people")]

use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::process::{memory_kib, processor_time};
use chairside_e2e::program::{Program, build_release};
use chairside_simulators::clock::Clock;

/// Issue 2's goals.
const PROCESSOR_PERCENT: f64 = 5.0;
const MEMORY_KIB: u64 = 40 * 1024;
const START_MS: u128 = 200;
const SIZE_BYTES: u64 = 12 * 1024 * 1024;

/// What begins takes more than what goes on, and is not measured.
const WARM_UP: Duration = Duration::from_secs(10);
const MEASURED: Duration = Duration::from_secs(30);
const STARTS: usize = 9;

fn main() -> ExitCode {
    let strict = std::env::args().any(|argument| argument == "--strict");
    let binary = build_release();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let met = runtime.block_on(measure(&binary));
    println!("goals: {}", if met { "met" } else { "MISSED" });
    if strict && !met {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

async fn measure(binary: &Path) -> bool {
    let size = std::fs::metadata(binary).expect("it was just built").len();
    println!("program        {:>8.2} MiB", bytes_in_mib(size));

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let clock = Clock::start();
        let mut program = demo(binary);
        program.address().await;
        starts.push(clock.now());
        assert!(program.terminate().await.success());
    }
    starts.sort();
    let start = starts[STARTS / 2];
    println!(
        "start          {:>8.0} ms until listening, median of {STARTS} ({:.0} to {:.0})",
        start.as_secs_f64() * 1e3,
        starts[0].as_secs_f64() * 1e3,
        starts[STARTS - 1].as_secs_f64() * 1e3,
    );

    let mut program = demo(binary);
    let mut client = Client::connect(program.address().await).await;
    client.follow(WARM_UP).await;
    let (before, clock) = (processor_time(program.id()), Clock::start());
    client.follow(MEASURED).await;
    let used = processor_time(program.id()).saturating_sub(before);
    let percent = used.as_secs_f64() / clock.now().as_secs_f64() * 100.0;
    println!(
        "processor      {percent:>8.2} % of a core, over {} s, one client",
        MEASURED.as_secs()
    );
    let memory = memory_kib(program.id(), "VmRSS");
    let peak = memory_kib(program.id(), "VmHWM");
    println!(
        "memory         {:>8.1} MiB resident ({:.1} at most)",
        kib_in_mib(memory),
        kib_in_mib(peak)
    );

    client.close().await;
    program.terminate().await;

    percent <= PROCESSOR_PERCENT
        && peak <= MEMORY_KIB
        && start.as_millis() <= START_MS
        && size <= SIZE_BYTES
}

fn demo(binary: &Path) -> Program {
    let arguments = ["demo", "--beds", "4", "--listen", "127.0.0.1:0"];
    Program::start(binary, &arguments, Stdio::null()).expect("the program starts")
}

#[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
fn bytes_in_mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn kib_in_mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
