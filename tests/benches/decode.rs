//! How fast bytes become readings, and whether a frame of numerics allocates.
//!
//! `cargo bench --package chairside-e2e --bench decode [-- [--strict] [NAME…]]`
//!
//! The streams are those of the simulated devices, a patient who is well, and the captures among
//! the shared files, where there are any. The floor walks over the same bytes in the same pieces
//! and does nothing but add them up. Time is that of this thread on a processor. With the names of
//! drivers only their devices are measured. With `--strict` the program ends with 1 when a goal is
//! missed.
#![expect(clippy::print_stdout, reason = "a program whose output is for people")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use chairside_e2e::conversation::{self, From};
use chairside_e2e::decoding::{Line, median, speed};
use chairside_e2e::devices::{self, Simulated};
use chairside_e2e::story::Story;
use chairside_model::Reading;
use chairside_protocol::{DriverEvent, DriverInfo, Finding, driver_named};

/// Issue 2: at least so many bytes a second, in pieces of 1 to 64 bytes.
const GOAL_BYTES_PER_S: f64 = 100e6;

/// Bytes at once: singly, in the pieces of a slow adapter, and in those of a fast one.
const PIECES: [usize; 3] = [1, 7, 64];

/// A story of this length is given to the driver over and over.
const STORY: Duration = Duration::from_mins(10);

/// The captures that hold more than a message, below `devices/captures` of the shared files.
const CAPTURES: [(&str, &str); 7] = [
    ("contec-cms50", "contec-cms50/cms50e-realtime-first20.bin"),
    ("ge-dri", "ge-dri/pycollect-db02.raw"),
    ("hl7", "hl7-oru/comen-nc-monitor.hl7"),
    ("ivy-450c", "ivy-ansar/Ivy450C.1-msgs01-09.data"),
    ("masimo", "masimo-ascii/lines.txt"),
    ("nonin", "nonin/oem3-df2-one-packet.bin"),
    (
        "philips-mib",
        "philips-intellivue-mib/MPRawoutput1-first150k.raw",
    ),
];

/// Each measurement takes this long, and there are [`ROUNDS`] of each, in turn.
const MEASURED: Duration = Duration::from_millis(400);
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let (flags, names): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|it| it.starts_with("--"));
    let strict = flags.iter().any(|flag| flag == "--strict");
    println!(
        "device                piece    MB/s   floor MB/s   ratio   frames of numerics  \
         allocations for them  others"
    );
    let wanted = |it: &Stream| names.is_empty() || names.iter().any(|name| name == it.driver.name);
    let mut missed = false;
    for stream in simulated().chain(captured()).filter(wanted) {
        for piece in PIECES {
            missed |= !measure(&stream, piece);
        }
    }
    println!(
        "goal: at least {:.0} MB/s, no allocation for a frame of numerics: {}",
        GOAL_BYTES_PER_S / 1e6,
        if missed { "MISSED" } else { "met" }
    );
    if missed && strict {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// What a device sends.
struct Stream {
    name: String,
    driver: &'static DriverInfo,
    bytes: Vec<u8>,
}

/// Returns what each simulated device sends in [`STORY`].
fn simulated() -> impl Iterator<Item = Stream> {
    devices::all().map(|device| Stream {
        name: device.name.to_owned(),
        driver: device.driver,
        bytes: sent(device),
    })
}

/// Returns the captures, where they are at hand.
fn captured() -> impl Iterator<Item = Stream> {
    let folder = chairside_shared_files::folder();
    if folder.is_none() {
        println!("there are no captures on this machine (docs/testing.md)");
    }
    folder.into_iter().flat_map(|folder| {
        CAPTURES.map(|(name, path)| Stream {
            name: format!("{name}, capture"),
            driver: driver_named(name).expect("the names are those of drivers"),
            bytes: std::fs::read(folder.join("devices/captures").join(path))
                .expect("the captures are there when their folder is"),
        })
    })
}

/// Prints one line, and tells whether the goals are met.
fn measure(stream: &Stream, piece: usize) -> bool {
    let Stream {
        name,
        driver,
        bytes,
    } = stream;
    let bytes = &bytes[..];
    let mut speeds = Vec::new();
    let mut floors = Vec::new();
    for _ in 0..ROUNDS {
        floors.push(speed(bytes.len(), MEASURED, || {
            for piece in black_box(bytes).chunks(piece) {
                black_box(piece.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)));
            }
        }));
        let mut line = Line::open(driver);
        speeds.push(speed(bytes.len(), MEASURED, || {
            for piece in black_box(bytes).chunks(piece) {
                line.receive(piece);
            }
            line.later(STORY);
        }));
    }
    let (speed, floor) = (median(&mut speeds), median(&mut floors));
    let allocated = allocations(driver, bytes, piece);
    println!(
        "{:<21} {piece:>5} {:>7.0} {:>12.0} {:>7.3} {:>20} {:>21} {:>7}",
        name,
        speed / 1e6,
        floor / 1e6,
        speed / floor,
        allocated.numeric_frames,
        allocated.for_numerics,
        format!(
            "{}/{}",
            allocated.all - allocated.for_numerics,
            allocated.boxed
        ),
    );
    speed >= GOAL_BYTES_PER_S && allocated.for_numerics == 0
}

#[derive(Debug, Default)]
struct Allocated {
    numeric_frames: u64,
    /// For these frames, without the boxes in which a curve that came with them is handed on.
    for_numerics: u64,
    /// Curves and identities: each is handed on in a box of its own.
    boxed: u64,
    /// For everything.
    all: u64,
}

/// Counts what the stream allocates the second time, when every buffer has its size.
fn allocations(driver: &DriverInfo, stream: &[u8], piece: usize) -> Allocated {
    let mut line = Line::open(driver);
    for piece in stream.chunks(piece) {
        line.receive(piece);
    }
    line.later(STORY);
    let mut allocated = Allocated::default();
    for piece in stream.chunks(piece) {
        let mut found: &[DriverEvent] = &[];
        let all = allocation_counter::measure(|| found = line.receive(piece)).count_total;
        let count = |wanted: fn(&Finding) -> bool| {
            let found = found.iter().filter(|event| wanted(&event.finding));
            found.count() as u64
        };
        let boxed = count(|finding| {
            matches!(
                finding,
                Finding::Reading(Reading::Waveform(_)) | Finding::Identity(_)
            )
        });
        let numerics = count(|finding| {
            matches!(
                finding,
                Finding::Reading(Reading::Numeric(_) | Reading::Cuff(_))
            )
        });
        allocated.all += all;
        allocated.boxed += boxed;
        if numerics > 0 {
            allocated.numeric_frames += 1;
            allocated.for_numerics += all - boxed.min(all);
        }
    }
    allocated
}

/// Returns what a simulated device sends in [`STORY`].
fn sent(simulated: Simulated) -> Vec<u8> {
    let story = Story::well().cuff(5, 128.0, 76.0);
    let said = conversation::talk(
        &mut *simulated.driver(),
        &mut *simulated.simulator(),
        &story,
        STORY,
    );
    said.into_iter()
        .filter(|said| said.from == From::Device)
        .flat_map(|said| said.bytes)
        .collect()
}
