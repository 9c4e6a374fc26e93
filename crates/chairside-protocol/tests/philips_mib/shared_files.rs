//! The recording of a real monitor, and the published vectors.

use std::collections::BTreeMap;

use chairside_model::{Measured, Metric, Reading, SampleArray, Unavailable};
use chairside_protocol::philips_mib::INFO;
use chairside_protocol::philips_mib::framing::{self, Found, Framer};
use chairside_protocol::philips_mib::message::{Association, Message, Part, PollProfile, class};
use chairside_protocol::{DriverOutput, Finding, LineInput};
use chairside_shared_files::find;

use super::{Bench, valid};

const RECORDING: &str = "devices/captures/philips-intellivue-mib/MPRawoutput1-first150k.raw";

fn recording() -> Option<Vec<u8>> {
    find(RECORDING).map(|path| std::fs::read(path).expect("the recording can be read"))
}

/// Returns the user data of every frame; nothing else may be found.
fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    Framer::default().push(bytes, |_, found| match found {
        Found::Frame { data, .. } => frames.push(data.to_vec()),
        Found::Discarded { .. } => unreachable!("{found:?}"),
    });
    frames
}

#[test]
fn each_published_vector_has_a_check_that_fits() {
    let Some(vectors) = find("devices/captures/philips-intellivue-mib/fcs-vectors.txt") else {
        return;
    };
    let hex = |text: &str| -> Vec<u8> {
        let digits = text.trim().as_bytes().chunks(2);
        digits
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    };
    let listed = std::fs::read_to_string(vectors).expect("the vectors can be read");
    let mut read = 0;
    for line in listed.lines().filter(|line| !line.starts_with('#')) {
        let (_, wire) = line.split_once("->").expect("a vector has two sides");
        let mut found = Vec::new();
        // They are no data export, and what is unknown has a check that fits.
        Framer::default().push(&hex(wire), |_, what| found.push(format!("{what:?}")));
        assert_eq!(found.len(), 1, "{line}");
        assert!(found[0].contains("Unknown"), "{line}: {found:?}");
        let mut damaged = hex(wire);
        damaged[1] ^= 0x01;
        found.clear();
        Framer::default().push(&damaged, |_, what| found.push(format!("{what:?}")));
        assert!(found[0].contains("Checksum"), "{line}: {found:?}");
        read += 1;
    }
    assert_eq!(read, 2);
}

#[test]
fn every_frame_of_the_recording_is_read_and_written_again_as_it_was() {
    let Some(recording) = recording() else {
        return;
    };
    let frames = frames(&recording);
    assert_eq!(frames.len(), 268);
    let mut again = Vec::new();
    let mut done = 0;
    for data in &frames {
        match Message::parse(data).unwrap_or_else(|why| panic!("{why}: {data:02X?}")) {
            // What these say is not looked at.
            Message::Done { .. } => {
                framing::emit(&mut again, data);
                done += 1;
            }
            message => message.emit(&mut again),
        }
    }
    assert_eq!(done, 2, "an answer to a get and one to a set");
    assert_eq!(again, recording);
}

#[test]
fn the_recordings_messages_are_those_that_its_description_counts() {
    let Some(recording) = recording() else {
        return;
    };
    let frames = frames(&recording);
    let messages: Vec<_> = frames
        .iter()
        .map(|data| Message::parse(data).expect("all are known"))
        .collect();
    let granted = PollProfile {
        period: 0x0FA0,
        receive_max: 0x03E4,
        transmit_max: 0x03E4,
        options: 0x6000_0000,
        extensions: 0x8E00_0000,
    };
    let accept = Message::Association(Association::Accept(Some(granted)));
    assert_eq!(messages[0], accept);
    let Message::Event(event) = messages[1] else {
        panic!("{:?}", messages[1]);
    };
    let names = event.names().expect("it says who it is");
    assert_eq!(
        (names.manufacturer, names.model),
        (b"Philips\0".as_slice(), b"M8000\0".as_slice())
    );
    let (date_time, ticks) = event.clock().expect("it says what time it is");
    assert_eq!(
        date_time.to_bytes(),
        [0x20, 0x21, 0x04, 0x22, 0x11, 0x47, 0x26, 0x00]
    );
    assert_eq!((ticks, event.relative_time), (0x001D_C200, 0x001D_C200));

    let (mut parts, mut closed, mut curves, mut last_curves) = ([0; 3], 0, 0, 0);
    let mut times = Vec::new();
    for message in &messages {
        let Message::Poll(part, result) = message else {
            continue;
        };
        assert_eq!(result.date_time, None);
        match part {
            Some(Part { place, count }) => {
                assert_eq!(place, count, "there are three parts of each");
                parts[usize::from(*place) - 1] += 1;
            }
            None if result.class == class::NUMERICS => {
                assert_eq!(result.objects.iter().count(), 0);
                closed += 1;
                times.push(result.relative_time);
            }
            None => {
                assert_eq!(result.class, class::CURVES);
                curves += 1;
                last_curves = result.relative_time;
            }
        }
    }
    assert_eq!((parts, closed, curves), ([34; 3], 34, 128));
    assert_eq!((times[0], times[33]), (1_954_816, 2_225_152));
    assert_eq!(last_curves, 2_220_032);
    assert!(
        times
            .windows(2)
            .skip(1)
            .all(|pair| pair[1] - pair[0] == 8192),
        "every 1.024 s"
    );
}

#[test]
fn the_recording_gives_the_values_of_its_description_and_no_others() {
    let Some(recording) = recording() else {
        return;
    };
    let mut bench = Bench::listening();
    let mut values: BTreeMap<Metric, Vec<Measured>> = BTreeMap::new();
    let mut others = Vec::new();
    for finding in bench.findings(&recording) {
        match finding {
            Finding::Reading(Reading::Numeric(numeric)) => {
                values
                    .entry(numeric.metric)
                    .or_default()
                    .push(numeric.measured);
            }
            Finding::Reading(Reading::Waveform(_)) => {}
            other => others.push(other),
        }
    }
    let none = Measured::Unavailable(Unavailable::NoReading);
    let expected = BTreeMap::from([
        (Metric::HeartRate, vec![valid(60.0); 33]),
        (Metric::PulseRate, vec![none; 33]),
        (Metric::SpO2, vec![none; 33]),
        (Metric::PerfusionIndex, vec![none; 33]),
    ]);
    assert_eq!(values, expected);
    // No cuff reading: the monitor has a time of one, and no pressures.
    assert_eq!(
        others,
        [Finding::Identity("Philips M8000 0009FB029E18".into())]
    );
}

#[test]
fn the_recordings_curves_have_their_rate_and_scale() {
    let Some(recording) = recording() else {
        return;
    };
    let mut bench = Bench::listening();
    let mut runs: BTreeMap<Metric, Vec<SampleArray>> = BTreeMap::new();
    for finding in bench.findings(&recording) {
        if let Finding::Reading(Reading::Waveform(run)) = finding {
            runs.entry(run.metric).or_default().push(run);
        }
    }
    for (metric, count, samples, period_ms, scale) in [
        (Metric::Pleth, 127, 32, 8, 1.0),
        (Metric::EcgII, 127, 64, 4, 0.005),
        (Metric::EcgV, 127, 64, 4, 0.005),
    ] {
        let runs = runs.remove(&metric).expect("the monitor sends it");
        assert_eq!(runs.len(), count, "{metric}");
        for run in &runs {
            assert_eq!(run.samples.len(), samples, "{metric}");
            assert_eq!(run.sample_period.as_millis(), period_ms, "{metric}");
            assert!((run.scale - scale).abs() < 1e-12, "{metric}");
        }
        if metric == Metric::Pleth {
            assert!(
                runs.iter()
                    .all(|run| run.samples.iter().all(|sample| *sample == 0x800))
            );
        } else {
            let all = runs.iter().flat_map(|run| run.samples.iter());
            let millivolts: Vec<f64> = all.map(|count| f64::from(*count) * scale).collect();
            assert!(millivolts.iter().all(|mv| mv.abs() < 5.0), "{metric}");
            assert!(
                millivolts.iter().any(|mv| mv.abs() > 0.5),
                "{metric} has its beats"
            );
        }
        if metric == Metric::EcgII {
            // Raw 8223.
            assert_eq!(runs[0].samples[0], 31);
        }
    }
    assert!(runs.is_empty(), "{:?}", runs.keys());
}

#[test]
fn cutting_the_recording_anywhere_changes_nothing() {
    let Some(recording) = recording() else {
        return;
    };
    let events = |piece: usize| {
        let mut bench = Bench::listening();
        let mut out = DriverOutput::default();
        for piece in recording.chunks(piece) {
            bench
                .driver
                .handle(bench.now, LineInput::Received(piece), &mut out);
        }
        out.events
    };
    let whole = events(recording.len());
    for piece in [1, 2, 7, 64, 1000] {
        assert!(events(piece) == whole, "pieces of {piece}");
    }
}

#[test]
fn a_damaged_byte_of_the_recording_costs_two_frames_at_most_and_gives_no_impossible_value() {
    let Some(recording) = recording() else {
        return;
    };
    let recording = &recording[..20_000];
    let good = |bytes: &[u8]| {
        let mut bench = Bench::listening();
        let events = bench.input(LineInput::Received(bytes));
        for event in &events {
            if let Finding::Reading(Reading::Numeric(numeric)) = &event.finding
                && let Some(value) = numeric.measured.valid()
            {
                assert_eq!(
                    (numeric.metric, value.number().to_string()),
                    (Metric::HeartRate, "60".to_owned())
                );
            }
        }
        events
            .iter()
            .filter(|event| event.finding == Finding::Frame)
            .count()
    };
    let whole = good(recording);
    let info = INFO.name;
    for place in (0..recording.len()).step_by(37) {
        for change in [
            0x01,
            0xC0 ^ recording[place],
            0xC1 ^ recording[place],
            0x7D ^ recording[place],
        ] {
            let mut damaged = recording.to_vec();
            damaged[place] ^= change;
            let found = good(&damaged);
            assert!(
                found + 2 >= whole,
                "{info}: {found} of {whole} with byte {place} damaged"
            );
        }
    }
}
