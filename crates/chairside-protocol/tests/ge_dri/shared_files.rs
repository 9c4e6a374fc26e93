//! Two recordings of a real monitor, with the values that were read from them independently.

use chairside_protocol::DriverEvent;
use chairside_shared_files::find;

use super::*;

/// Returns the bytes of a capture, where the captures are at hand.
fn capture(name: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(find("devices/captures/ge-dri")?.join(name));
    Some(bytes.expect("the captures are there when their folder is"))
}

fn events_of(bytes: &[u8], piece: usize) -> Vec<DriverEvent> {
    let mut bench = Bench::listening();
    let pieces = bytes.chunks(piece);
    pieces
        .flat_map(|piece| bench.input(LineInput::Received(piece)))
        .collect()
}

/// What the captures have in common: their first records are the same.
fn check(name: &str, frames: usize, waves: usize) {
    let Some(bytes) = capture(name) else {
        return;
    };
    let events = events_of(&bytes, bytes.len());
    let count = |wanted: fn(&Finding) -> bool| {
        let found = events.iter().filter(|event| wanted(&event.finding));
        found.count()
    };
    assert_eq!(count(|finding| *finding == Finding::Frame), frames);
    assert_eq!(
        count(|finding| matches!(finding, Finding::Discarded { .. })),
        0,
        "the end of the file is half a frame"
    );

    // 17:06:05, the first record.
    let first = events[0].offset;
    let values: Vec<_> = events
        .iter()
        .take_while(|event| event.offset == first)
        .filter_map(|event| match &event.finding {
            Finding::Reading(Reading::Numeric(numeric)) => Some((numeric.metric, numeric.measured)),
            _ => None,
        })
        .collect();
    let expected = [
        (Metric::HeartRate, 80.0),
        (Metric::EffortRate, 15.0),
        (Metric::SpO2, 96.65),
        (Metric::PulseRate, 83.0),
        (Metric::PerfusionIndex, 3.77),
        (Metric::EtCO2, 37.0),
        (Metric::FiCO2, 2.0),
        (Metric::RespirationRate, 15.0),
    ];
    let expected = expected.map(|(metric, number)| (metric, valid(number)));
    assert_eq!(
        values, expected,
        "and neither a temperature nor a cuff's pulse"
    );

    // The cuff's last determination once, though its label changes at 17:06:43.
    let cuffs: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.finding {
            Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) => {
                Some([reading.systolic, reading.diastolic, reading.mean])
            }
            Finding::Reading(Reading::Cuff(other)) => unreachable!("{other:?}"),
            _ => None,
        })
        .collect();
    assert_eq!(cuffs, [[93, 48, 69].map(|mmhg| Some(Value::whole(mmhg)))]);

    // Apnoea, which is deactivated.
    assert_eq!(
        count(|finding| matches!(finding, Finding::DeviceAlarm { .. })),
        0
    );

    let runs: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.finding {
            Finding::Reading(Reading::Waveform(run)) => Some(run),
            _ => None,
        })
        .collect();
    assert_eq!(
        runs.len(),
        waves,
        "a pleth in each wave record, entropy not"
    );
    assert!(runs.iter().all(|run| run.metric == Metric::Pleth));
    assert!(runs.iter().all(|run| run.samples.len() == 100));
    assert_eq!(
        runs[0].samples[..8],
        [-154, -157, -161, -164, -168, -171, -173, -173]
    );
}

#[test]
fn the_short_capture_gives_the_values_read_from_it_independently() {
    check("pycollect-raw.raw", 21, 10);
}

#[test]
fn the_long_capture_gives_the_values_read_from_it_independently() {
    check("pycollect-db02.raw", 213, 106);
}

#[test]
fn a_capture_cut_anywhere_gives_the_same() {
    let Some(bytes) = capture("pycollect-raw.raw") else {
        return;
    };
    let whole = events_of(&bytes, bytes.len());
    for piece in [1, 7, 64, 1000] {
        assert_eq!(events_of(&bytes, piece), whole, "{piece} bytes at once");
    }
}

#[test]
fn a_damaged_capture_gives_no_value_that_the_good_one_has_not() {
    let Some(bytes) = capture("pycollect-db02.raw") else {
        return;
    };
    let readings = |bytes: &[u8]| -> Vec<_> {
        events_of(bytes, 64)
            .into_iter()
            .filter_map(|event| match event.finding {
                Finding::Reading(Reading::Numeric(numeric)) => {
                    Some(format!("{:?}", (numeric.metric, numeric.measured)))
                }
                _ => None,
            })
            .collect()
    };
    let good: std::collections::BTreeSet<_> = readings(&bytes).into_iter().collect();
    let mut bad = bytes.clone();
    // Every 997th byte is another, so that most records are damaged and all in another place.
    for byte in bad.iter_mut().step_by(997) {
        *byte ^= 0x15;
    }
    let found = readings(&bad);
    assert!(!found.is_empty());
    assert!(found.iter().all(|reading| good.contains(reading)));
}
