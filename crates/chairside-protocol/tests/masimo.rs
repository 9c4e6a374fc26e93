//! The Masimo driver from the outside: bytes in, findings out.

use chairside_model::{Measured, MonoTime, Reading};
use chairside_protocol::masimo::INFO;
use chairside_protocol::{DriverOutput, Finding, LineInput};

#[path = "masimo/alarms.rs"]
mod alarms;
#[path = "masimo/continuity.rs"]
mod continuity;
#[path = "masimo/shared_files.rs"]
mod shared_files;
#[path = "masimo/values.rs"]
mod values;

/// Returns what the driver finds in the bytes and when the line closes, one line a finding.
fn lines_of(bytes: &[u8]) -> Vec<String> {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(MonoTime::ZERO, LineInput::Opened, &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Received(bytes), &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Closed, &mut out);
    assert!(out.transmit.is_empty(), "the driver only listens");
    assert_eq!(driver.next_deadline(), None);
    out.events
        .iter()
        .map(|event| format!("{} {}", event.offset, shown(&event.finding)))
        .collect()
}

fn shown(finding: &Finding) -> String {
    match finding {
        Finding::Frame => "frame".to_owned(),
        Finding::Reading(Reading::Numeric(numeric)) => match numeric.measured {
            Measured::Valid(value) => format!("{} {value}", numeric.metric),
            Measured::Questionable(value) => format!("{} {value}?", numeric.metric),
            Measured::Unavailable(why) => format!("{} {}", numeric.metric, why.name()),
        },
        Finding::DeviceAlarm { priority, text } => format!("{}: {text}", priority.name()),
        Finding::Identity(text) => format!("identity {text}"),
        Finding::Discarded { bytes, why } => format!("{bytes} {why}"),
        Finding::Reading(other) => format!("{other:?}"),
    }
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
