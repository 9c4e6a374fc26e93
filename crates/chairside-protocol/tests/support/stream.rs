//! What every driver promises, of a stream that is particular to one of them. The promises
//! themselves are in `crates/chairside-driver-contract`.

use std::ops::RangeInclusive;

use chairside_driver_contract::{self as contract, Script};
use chairside_model::MonoTime;
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

/// Checks that the findings are the same whole, cut at these places, and byte by byte, and all that
/// every driver promises besides.
pub(crate) fn assert_cutting_changes_nothing(info: &DriverInfo, stream: &[u8], cuts: &[Index]) {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
    cuts.extend([0, stream.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = cuts.windows(2).map(|cut| cut[1] - cut[0]).collect();
    let stream = stream.to_vec();
    let script = Script {
        stream,
        pieces,
        happenings: Vec::new(),
    };
    contract::check(info, &script);
}

/// Checks that every frame has a possible length, so that none of them hides bytes that were not
/// used.
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
            Finding::Discarded { bytes, .. } => accounted += *bytes,
            Finding::Reading(_) | Finding::DeviceAlarm { .. } | Finding::Identity(_) => {}
        }
    }
    assert_eq!(accounted, received, "every byte is used or reported");
}
