//! What share of a core thirty-two lines take for decoding.
//!
//! `cargo bench --package chairside-e2e --bench lines [-- --strict]`
//!
//! The lines are of all the devices that can be simulated, in turn. Once each sends what it sends,
//! in the pieces and at the times in which it sends them; once each line is as full as a serial
//! line of 115200 baud can be. The lines take turns, so that no driver finds its data at hand.
//! Time is that of this thread on a processor. With `--strict` the program ends with 1 when a goal
//! is missed.
#![expect(clippy::print_stdout, reason = "a program whose output is for people")]

use std::process::ExitCode;
use std::time::Duration;

use chairside_e2e::conversation::{self, From};
use chairside_e2e::decoding::{Line, median};
use chairside_e2e::devices::{self, Simulated};
use chairside_e2e::process::thread_time;
use chairside_e2e::story::Story;

/// Issue 5: so many lines take at most this share of a core.
const LINES: usize = 32;
const GOAL: f64 = 0.01;

/// What a line of 115200 baud carries in [`FULL`]: eight data bits, a start and a stop bit.
const FULL_BYTES: usize = 11_520 * 30;

/// What comes on such a line in a millisecond, which is how often a good adapter tells, and what a
/// program gets that is woken for every byte.
const FULL_PIECES: [usize; 2] = [12, 1];

/// The time of the lines, and of the full ones.
const STORY: Duration = Duration::from_mins(10);
const FULL: Duration = Duration::from_secs(30);

const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let strict = std::env::args().any(|argument| argument == "--strict");
    let devices: Vec<Simulated> = devices::all().collect();
    let lines: Vec<Simulated> = devices.iter().copied().cycle().take(LINES).collect();
    println!("{LINES} lines, of {} devices in turn", devices.len());
    println!("lines                          bytes/s   findings/s   share of a core");
    let mut missed = false;
    let mut tell = |name: &str, measured: Measured| {
        println!(
            "{name:<28} {:>9.0} {:>12.0} {:>16.4} %",
            measured.bytes_per_s,
            measured.findings_per_s,
            measured.share * 100.0
        );
        missed |= measured.share > GOAL;
    };
    let sent = as_they_send(&lines);
    let arrivals = || {
        sent.iter()
            .map(|(at, line, bytes)| (*at, *line, &bytes[..]))
    };
    tell("as the devices send", measure(&lines, arrivals, STORY));
    let streams: Vec<Vec<u8>> = lines.iter().map(|device| full(*device)).collect();
    for piece in FULL_PIECES {
        let name = format!("full, in pieces of {piece}");
        let arrivals = || {
            (0..FULL_BYTES).step_by(piece).flat_map(|begin| {
                let pieces = begin..FULL_BYTES.min(begin + piece);
                let lines = streams.iter().enumerate();
                lines.map(move |(line, stream)| (at(begin), line, &stream[pieces.clone()]))
            })
        };
        tell(&name, measure(&lines, arrivals, FULL));
    }
    println!(
        "goal: at most {:.0} % of a core: {}",
        GOAL * 100.0,
        if missed { "MISSED" } else { "met" }
    );
    if missed && strict {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Returns what the devices of all lines send in [`STORY`], and on which line, in the order of
/// arrival.
fn as_they_send(lines: &[Simulated]) -> Vec<(Duration, usize, Vec<u8>)> {
    let of_line = |(line, device): (usize, &Simulated)| {
        let said = from_device(*device).into_iter();
        said.map(move |(at, bytes)| (at, line, bytes))
    };
    let mut arrivals: Vec<_> = lines.iter().enumerate().flat_map(of_line).collect();
    arrivals.sort_by_key(|(at, ..)| *at);
    arrivals
}

/// Returns as much as a full line carries in [`FULL`]: what the device says, over and over.
fn full(device: Simulated) -> Vec<u8> {
    let said: Vec<u8> = from_device(device)
        .into_iter()
        .flat_map(|(_, bytes)| bytes)
        .collect();
    said.iter().copied().cycle().take(FULL_BYTES).collect()
}

/// Returns when a byte of a full line arrives.
fn at(byte: usize) -> Duration {
    FULL.mul_f64(number(byte) / number(FULL_BYTES))
}

/// Returns what a simulated device sends in [`STORY`], and when.
fn from_device(device: Simulated) -> Vec<(Duration, Vec<u8>)> {
    let story = Story::well().cuff(5, 128.0, 76.0);
    let mut driver = device.driver();
    let said = conversation::talk(&mut *driver, &mut *device.simulator(), &story, STORY);
    let said = said.into_iter().filter(|said| said.from == From::Device);
    said.map(|said| (said.at, said.bytes)).collect()
}

/// What a second of the lines was.
struct Measured {
    bytes_per_s: f64,
    findings_per_s: f64,
    /// Of a core, the median of all rounds.
    share: f64,
}

/// Decodes what arrives on the lines in this time.
fn measure<'a, I>(lines: &[Simulated], arrivals: impl Fn() -> I, length: Duration) -> Measured
where
    I: Iterator<Item = (Duration, usize, &'a [u8])>,
{
    let mut shares = Vec::new();
    let (mut bytes, mut findings) = (0, 0);
    for _ in 0..ROUNDS {
        let mut open: Vec<Line> = lines.iter().map(|it| Line::open(it.driver)).collect();
        (bytes, findings) = (0, 0);
        let begun = thread_time();
        for (at, line, piece) in arrivals() {
            let line = &mut open[line];
            line.at(at);
            findings += line.receive(piece).len();
            bytes += piece.len();
        }
        let used = thread_time().saturating_sub(begun);
        shares.push(used.as_secs_f64() / length.as_secs_f64());
    }
    Measured {
        bytes_per_s: number(bytes) / length.as_secs_f64(),
        findings_per_s: number(findings) / length.as_secs_f64(),
        share: median(&mut shares),
    }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("counts of minutes"))
}
