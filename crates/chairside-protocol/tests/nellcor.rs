//! The Nellcor driver from the outside: bytes in, findings out.

use std::time::Duration;

use chairside_protocol::LineInput;
use chairside_protocol::nellcor::INFO;

#[path = "support/bench.rs"]
mod bench;
use bench::Bench;

#[path = "nellcor/alarms.rs"]
mod alarms;
#[path = "nellcor/printouts.rs"]
mod printouts;
#[path = "nellcor/values.rs"]
mod values;
#[path = "support/words.rs"]
mod words;
use words::shown;

/// Returns what the driver finds in the bytes, in words.
fn lines_of(bytes: &[u8]) -> Vec<String> {
    words::lines_of(&INFO, bytes)
}

fn check(bytes: &[u8], expected: &[&str]) {
    assert_eq!(lines_of(bytes), expected, "{}", bytes.escape_ascii());
}

/// Returns what is found in lines with these values, without the offsets and the frames.
fn found(lines: &[&str]) -> Vec<String> {
    let mut bytes = Vec::new();
    for values in lines {
        bytes.extend_from_slice(format!("12-NOV-97 14:00:05{values}\r").as_bytes());
    }
    lines_of(&bytes)
        .iter()
        .filter_map(|line| Some(line.split_once(' ')?.1.to_owned()))
        .filter(|found| found != "frame")
        .collect()
}
