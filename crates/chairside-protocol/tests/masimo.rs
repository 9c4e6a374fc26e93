//! The Masimo driver from the outside: bytes in, findings out.

use chairside_protocol::masimo::INFO;

#[path = "masimo/alarms.rs"]
mod alarms;
#[path = "masimo/continuity.rs"]
mod continuity;
#[path = "masimo/shared_files.rs"]
mod shared_files;
#[path = "masimo/values.rs"]
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

/// Returns the values in a line that ends with a line feed, without their offset.
fn values_of(tokens: &str) -> Vec<String> {
    let line = format!("03/17/16 19:19:36 {tokens}\n");
    let found = lines_of(line.as_bytes());
    found
        .into_iter()
        .filter_map(|line| {
            let (_, found) = line.split_once(' ')?;
            (found != "frame").then(|| found.to_owned())
        })
        .collect()
}

/// A line of a Radical-7 with these tokens at its end.
fn line(tokens: &str) -> String {
    format!("03/17/16 19:19:36 SPO2=098% BPM=123 {tokens}\n")
}
