//! The HL7 driver from the outside: messages in, findings and answers out.

use chairside_model::{Cuff, Measured, MonoTime, Reading};
use chairside_protocol::hl7::INFO;
use chairside_protocol::{DriverEvent, DriverOutput, Finding, LineInput};

#[path = "hl7/cuff.rs"]
mod cuff;
#[path = "hl7/shared_files.rs"]
mod shared_files;
#[path = "hl7/values.rs"]
mod values;

/// When everything here arrives.
const NOW: MonoTime = MonoTime::from_secs(100_000);

/// Returns what the driver finds in the bytes and when the line closes.
fn events_of(bytes: &[u8]) -> Vec<DriverEvent> {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(NOW, LineInput::Received(bytes), &mut out);
    driver.handle(NOW, LineInput::Closed, &mut out);
    assert!(out.transmit.is_empty(), "the line was not open");
    out.events
}

/// The same, a line for each; without frames.
fn lines_of(bytes: &[u8]) -> Vec<String> {
    let events = events_of(bytes).into_iter();
    events.filter_map(|event| shown(&event.finding)).collect()
}

fn shown(finding: &Finding) -> Option<String> {
    Some(match finding {
        Finding::Frame => return None,
        Finding::Reading(Reading::Numeric(numeric)) => {
            let age = NOW.saturating_since(numeric.taken).as_secs();
            let age = if age == 0 {
                String::new()
            } else {
                format!(" {age} s ago")
            };
            match numeric.measured {
                Measured::Valid(value) => format!("{} {value}{age}", numeric.metric),
                Measured::Questionable(value) => format!("{} {value}?{age}", numeric.metric),
                Measured::Unavailable(why) => format!("{} {}", numeric.metric, why.name()),
            }
        }
        Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) => {
            let age = NOW.saturating_since(reading.taken).as_secs();
            let pressures = [reading.systolic, reading.diastolic, reading.mean]
                .map(|value| value.map_or("-".to_owned(), |value| value.to_string()));
            format!("cuff {} {age} s ago", pressures.join("/"))
        }
        Finding::Identity(text) => format!("identity {text}"),
        Finding::Discarded { bytes, why } => format!("{bytes} {why}"),
        other => format!("{other:?}"),
    })
}

/// A message of a monitor, sent at 01:51:30, with these observations.
fn message(observations: &[&str]) -> Vec<u8> {
    message_at("20250610015130", observations)
}

fn message_at(time: &str, observations: &[&str]) -> Vec<u8> {
    let mut text = format!("\u{B}MSH|^~\\&|Monitor||||{time}||ORU^R01^ORU_R01|7|P|2.6\rPID|||1\r");
    text += "OBR||||1^MON^99VENDOR|||\r";
    for observation in observations {
        text += observation;
        text.push('\r');
    }
    text += "\u{1C}\r";
    text.into_bytes()
}

/// An observation in the metric's own unit.
fn obx(code: u32, value: &str, unit: u32, time: &str) -> String {
    format!("OBX||NM|{code}^^MDC|1|{value}|{unit}^^MDC|||||F|||{time}")
}

const BPM: u32 = 264_864;
const PERCENT: u32 = 262_688;
const MMHG: u32 = 266_016;
const CELSIUS: u32 = 268_192;

fn check(observations: &[String], expected: &[&str]) {
    let observations: Vec<&str> = observations.iter().map(String::as_str).collect();
    assert_eq!(
        lines_of(&message(&observations)),
        expected,
        "{observations:?}"
    );
}
