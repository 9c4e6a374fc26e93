//! Nine messages of a real monitor.

use chairside_protocol::DriverEvent;
use chairside_shared_files::find;

use super::*;

fn capture() -> Option<Vec<u8>> {
    let bytes = std::fs::read(find("devices/captures/ivy-ansar/Ivy450C.1-msgs01-09.data")?);
    Some(bytes.expect("the captures are there when their folder is"))
}

fn events_of(bytes: &[u8], piece: usize) -> Vec<DriverEvent> {
    let mut bench = Bench::listening();
    let pieces = bytes.chunks(piece);
    pieces
        .flat_map(|piece| bench.input(LineInput::Received(piece)))
        .collect()
}

#[test]
fn the_capture_gives_the_values_read_from_it_independently() {
    let Some(bytes) = capture() else {
        return;
    };
    let events = events_of(&bytes, bytes.len());
    let frames = events
        .iter()
        .filter(|event| event.finding == Finding::Frame);
    let offsets: Vec<_> = frames.map(|event| event.offset).collect();
    assert_eq!(
        offsets,
        (1..=9).map(|number| number * 562).collect::<Vec<_>>()
    );
    let mut cuffs = 0;
    for event in &events {
        match &event.finding {
            Finding::Reading(Reading::Numeric(numeric)) => {
                let expected = match numeric.metric {
                    Metric::HeartRate | Metric::PulseRate | Metric::NibpPulseRate => 80,
                    Metric::EffortRate => 35,
                    Metric::SpO2 => 100,
                    other => unreachable!("{other}"),
                };
                assert_eq!(numeric.measured, valid(expected), "{}", numeric.metric);
            }
            Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) => {
                cuffs += 1;
                let pressures = [reading.systolic, reading.diastolic, reading.mean];
                assert_eq!(
                    pressures,
                    [121, 75, 92].map(|mmhg| Some(Value::whole(mmhg)))
                );
            }
            Finding::Reading(Reading::Waveform(run)) => {
                let length = match run.metric {
                    Metric::EcgII => 200,
                    Metric::Pleth | Metric::Resp => 50,
                    other => unreachable!("{other}"),
                };
                assert_eq!(run.samples.len(), length);
            }
            Finding::Frame => {}
            other => unreachable!("{other:?}"),
        }
    }
    assert_eq!(cuffs, 1, "it stands in all nine messages");
    let curves = events
        .iter()
        .filter(|event| matches!(event.finding, Finding::Reading(Reading::Waveform(_))));
    assert_eq!(curves.count(), 27);
}

#[test]
fn the_capture_cut_anywhere_gives_the_same() {
    let Some(bytes) = capture() else {
        return;
    };
    let whole = events_of(&bytes, bytes.len());
    for piece in [1, 7, 64, 1000] {
        assert_eq!(events_of(&bytes, piece), whole, "{piece} bytes at once");
    }
}
