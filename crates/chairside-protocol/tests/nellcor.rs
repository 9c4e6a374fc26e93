//! The Nellcor driver from the outside: bytes in, findings out.

use std::time::Duration;

use chairside_model::{Measured, MonoTime, Reading};
use chairside_protocol::nellcor::INFO;
use chairside_protocol::{DriverOutput, Finding, LineInput};

#[path = "support/bench.rs"]
mod bench;
use bench::Bench;

#[path = "nellcor/alarms.rs"]
mod alarms;
#[path = "nellcor/printouts.rs"]
mod printouts;
#[path = "nellcor/values.rs"]
mod values;

/// Returns what the driver finds in the bytes and when the line closes, one line a finding.
fn lines_of(bytes: &[u8]) -> Vec<String> {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(MonoTime::ZERO, LineInput::Opened, &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Received(bytes), &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Closed, &mut out);
    assert!(out.transmit.is_empty(), "there is nothing to be said");
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
        Finding::Discarded { bytes, why } => format!("{bytes} {why}"),
        Finding::Reading(_) | Finding::Identity(_) => format!("{finding:?}"),
    }
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
