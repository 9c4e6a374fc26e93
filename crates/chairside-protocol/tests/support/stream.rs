//! What every driver promises about any bytes at all.

use std::ops::RangeInclusive;

use chairside_model::{Measured, MonoTime, Reading};
use chairside_protocol::{DriverEvent, DriverInfo, DriverOutput, Finding, LineInput};
use proptest::sample::Index;

/// Feeds the stream in pieces that end at these places, then closes the line.
pub(crate) fn events_of(info: &DriverInfo, stream: &[u8], cuts: &[usize]) -> Vec<DriverEvent> {
    let mut driver = (info.build)();
    let mut out = DriverOutput::default();
    let now = MonoTime::from_secs(10_000);
    let mut begin = 0;
    for &end in cuts.iter().chain([&stream.len()]) {
        if begin < end {
            driver.handle(now, LineInput::Received(&stream[begin..end]), &mut out);
            begin = end;
        }
    }
    driver.handle(now, LineInput::Closed, &mut out);
    out.events
}

/// Checks that the findings are the same whole, cut at these places, and byte by byte.
pub(crate) fn assert_cutting_changes_nothing(info: &DriverInfo, stream: &[u8], cuts: &[Index]) {
    let whole = events_of(info, stream, &[]);
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
    cuts.sort_unstable();
    assert_eq!(events_of(info, stream, &cuts), whole, "cut at {cuts:?}");
    let every_byte: Vec<_> = (1..stream.len()).collect();
    assert_eq!(events_of(info, stream, &every_byte), whole, "byte by byte");
}

/// Checks that every byte is in a frame of a possible length or was reported, that everything
/// found stands where its frame ended, and that no numeric is impossible.
pub(crate) fn assert_sound(
    events: &[DriverEvent],
    received: usize,
    frame_length: &RangeInclusive<usize>,
) {
    let mut accounted = 0;
    for event in events {
        let offset = usize::try_from(event.offset).expect("the tests' streams are short");
        match &event.finding {
            Finding::Frame => {
                let length = offset.checked_sub(accounted);
                let possible = length.is_some_and(|length| frame_length.contains(&length));
                assert!(possible, "{length:?} bytes in {events:?}");
                accounted = offset;
            }
            Finding::Discarded { bytes, .. } => {
                assert!(*bytes > 0, "{events:?}");
                accounted += *bytes;
            }
            Finding::Reading(Reading::Numeric(numeric)) => {
                if let Measured::Valid(value) | Measured::Questionable(value) = numeric.measured {
                    let range = numeric.metric.plausible().expect("a numeric has a range");
                    assert!(range.contains(&value.number()), "{numeric:?}");
                }
            }
            Finding::Reading(Reading::Waveform(run)) => assert!(!run.samples.is_empty()),
            Finding::Reading(Reading::Cuff(_))
            | Finding::DeviceAlarm { .. }
            | Finding::Identity(_) => {}
        }
        assert_eq!(accounted, offset, "{events:?}");
    }
    assert_eq!(accounted, received, "every byte is used or reported");
}
