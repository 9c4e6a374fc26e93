//! Findings in words, for the tests of drivers that are not asked anything.

use chairside_model::{Measured, MonoTime, Reading};
use chairside_protocol::{DriverInfo, DriverOutput, Finding, LineInput};

/// Returns what the driver finds in the bytes and when the line closes, one line a finding, each
/// behind where it stands in the stream.
pub(crate) fn lines_of(info: &DriverInfo, bytes: &[u8]) -> Vec<String> {
    let mut driver = (info.build)();
    let mut out = DriverOutput::default();
    driver.handle(MonoTime::ZERO, LineInput::Opened, &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Received(bytes), &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Closed, &mut out);
    assert!(out.transmit.is_empty(), "there is nothing to be said");
    assert_eq!(driver.next_deadline(), None, "the line is closed");
    out.events
        .iter()
        .map(|event| format!("{} {}", event.offset, shown(&event.finding)))
        .collect()
}

/// Returns a finding in words.
pub(crate) fn shown(finding: &Finding) -> String {
    match finding {
        Finding::Frame => "frame".to_owned(),
        Finding::Reading(Reading::Numeric(numeric)) => match numeric.measured {
            Measured::Valid(value) => format!("{} {value}", numeric.metric),
            Measured::Questionable(value) => format!("{} {value}?", numeric.metric),
            Measured::Unavailable(why) => format!("{} {}", numeric.metric, why.name()),
        },
        Finding::Reading(Reading::Waveform(run)) => format!("{} {:?}", run.metric, run.samples),
        Finding::Reading(Reading::Cuff(cuff)) => format!("{cuff:?}"),
        Finding::DeviceAlarm { priority, text } => format!("{}: {text}", priority.name()),
        Finding::Identity(text) => format!("identity {text}"),
        Finding::Discarded { bytes, why } => format!("{bytes} {why}"),
    }
}
