//! Writes what the fuzzing targets begin with: `fuzz-seeds FOLDER` fills a folder for each driver.
//!
//! A seed is what a device says, as a script on an open line: from the recordings, and from the
//! simulated devices as they are now. Nothing of it is kept: it is made anew for each run.
#![expect(clippy::print_stdout, reason = "a program whose output is for people")]

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use chairside_driver_contract::{self as contract, Script};
use chairside_e2e::capture;
use chairside_e2e::conversation::{self, From, Said};
use chairside_e2e::devices;
use chairside_e2e::story::Story;
use chairside_protocol::{DRIVERS, DriverInfo, Finding};

/// Frames of a seed, and the most that a seed has of its stream, bytes.
const FRAMES: usize = 30;
const LENGTH_MAX: usize = 4000;

/// Seeds of one stream.
const PARTS: usize = 12;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder] = &arguments[..] else {
        println!("usage: fuzz-seeds FOLDER");
        return ExitCode::from(2);
    };
    match write_all(Path::new(folder)) {
        Ok(seeds) => {
            println!("{seeds} seeds in {folder}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("fuzz-seeds: {why}");
            ExitCode::FAILURE
        }
    }
}

fn write_all(folder: &Path) -> Result<usize, String> {
    let mut seeds = 0;
    for driver in DRIVERS {
        let folder = folder.join(driver.name);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for (name, stream) in recorded(driver.name)?
            .into_iter()
            .chain(simulated(driver.name))
        {
            seeds += write(&folder, &name, driver, &stream)?;
        }
    }
    Ok(seeds)
}

/// Cuts a stream into seeds of some frames each and writes them.
fn write(folder: &Path, name: &str, driver: &DriverInfo, stream: &[u8]) -> Result<usize, String> {
    let parts = parts(driver, stream);
    for (number, part) in parts.iter().enumerate() {
        let path = folder.join(format!("{name}-{number}"));
        let written = fs::write(&path, Script::seed(part));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(parts.len())
}

/// Returns parts from everywhere in the stream.
fn parts<'a>(driver: &DriverInfo, stream: &'a [u8]) -> Vec<&'a [u8]> {
    let found = contract::findings(driver, stream);
    let frames = found.iter().filter(|event| event.finding == Finding::Frame);
    let end = |offset| usize::try_from(offset).expect("streams are short");
    let ends: Vec<usize> = std::iter::once(0)
        .chain(frames.map(|event| end(event.offset)))
        .collect();
    let step = (ends.len() / PARTS).max(FRAMES);
    let part = |first: &usize| {
        let last = first.saturating_add(FRAMES).min(ends.len() - 1);
        let (begin, end) = (ends[*first], ends[last]);
        &stream[begin..end.min(begin + LENGTH_MAX)]
    };
    let starts: Vec<usize> = (0..ends.len() - 1).step_by(step).collect();
    starts.iter().map(part).collect()
}

/// Returns what the device says in each of the driver's recordings.
fn recorded(driver: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("recordings")
        .join(driver);
    let failed = |error| format!("{}: {error}", folder.display());
    let mut streams = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "capture")
        {
            let text = fs::read_to_string(&path).map_err(failed)?;
            let said = capture::read(&text).map_err(|why| format!("{}: {why}", path.display()))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            streams.push((format!("recorded-{name}"), of_device(said)));
        }
    }
    Ok(streams)
}

/// Returns what the driver's simulated devices say.
fn simulated(driver: &str) -> Vec<(String, Vec<u8>)> {
    let story = Story::well()
        .cuff(4, 142.0, 88.0)
        .spo2(8, 86.0)
        .probe_off(14)
        .cuff_fails(20)
        .spo2(22, 95.0)
        .rate(24, 131.0);
    let devices = devices::all().filter(|device| device.driver.name == driver);
    let said = devices.map(|device| {
        let said = conversation::talk(
            &mut *device.driver(),
            &mut *device.simulator(),
            &story,
            Duration::from_secs(30),
        );
        (format!("simulated-{}", device.name), of_device(said))
    });
    said.collect()
}

fn of_device(said: Vec<Said>) -> Vec<u8> {
    let said = said.into_iter().filter(|said| said.from == From::Device);
    said.flat_map(|said| said.bytes).collect()
}
