//! The Berry driver on streams made by hand.

use chairside_model::{Measured, Metric, MonoTime, Reading, Unavailable};
use chairside_protocol::berry::message::{Finger, Packet, Signal};
use chairside_protocol::berry::{BCI_INFO, INFO};
use chairside_protocol::{Discard, DriverOutput, Finding, LineInput};

const WELL: Packet = Packet {
    signal: Signal::NONE,
    strength: 7,
    pleth: Some(50),
    finger: Finger::NONE,
    bar: 6,
    rate: Some(72),
    saturation: Some(97),
};

fn bytes(packets: impl IntoIterator<Item = Packet>) -> Vec<u8> {
    let mut line = Vec::new();
    for packet in packets {
        packet.emit(&mut line);
    }
    line
}

fn found(stream: &[u8]) -> Vec<Finding> {
    let mut driver = (INFO.build)();
    let mut out = DriverOutput::default();
    driver.handle(MonoTime::ZERO, LineInput::Opened, &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Received(stream), &mut out);
    driver.handle(MonoTime::ZERO, LineInput::Closed, &mut out);
    out.events.into_iter().map(|event| event.finding).collect()
}

fn numerics(stream: &[u8]) -> Vec<(Metric, Measured)> {
    let numeric = |finding| match finding {
        Finding::Reading(Reading::Numeric(one)) => Some((one.metric, one.measured)),
        _ => None,
    };
    found(stream).into_iter().filter_map(numeric).collect()
}

fn both(saturation: f64, rate: f64) -> [(Metric, Measured); 2] {
    [(Metric::SpO2, saturation), (Metric::PulseRate, rate)]
        .map(|(metric, value)| (metric, Measured::plausible(metric, value)))
}

#[test]
fn a_number_is_told_once_four_packets_agree_and_then_once_a_second() {
    assert_eq!(numerics(&bytes([WELL; 3])), []);
    assert_eq!(numerics(&bytes([WELL; 4])), both(97.0, 72.0));
    assert_eq!(numerics(&bytes([WELL; 102])), both(97.0, 72.0));
    assert_eq!(numerics(&bytes([WELL; 103])), both(97.0, 72.0).repeat(2));
}

#[test]
fn a_number_that_changes_is_told_at_once_and_one_that_flickers_never() {
    let low = Packet {
        saturation: Some(84),
        ..WELL
    };
    let fell = bytes([WELL; 3].into_iter().chain([low; 3]));
    assert_eq!(
        numerics(&fell),
        [both(97.0, 72.0), both(84.0, 72.0)].concat()
    );
    let flicker = bytes([WELL, WELL, WELL, low, WELL, low, low, WELL]);
    assert_eq!(numerics(&flicker), both(97.0, 72.0));
}

#[test]
fn a_pulse_above_127_has_its_eighth_bit_in_the_third_byte() {
    let fast = Packet {
        rate: Some(140),
        ..WELL
    };
    assert_eq!(numerics(&bytes([fast; 4])), both(97.0, 140.0));
}

#[test]
fn what_is_no_number_is_none_and_never_zero() {
    let of = |saturation, rate| Packet {
        saturation,
        rate,
        ..WELL
    };
    let none = |why| [Metric::SpO2, Metric::PulseRate].map(|one| (one, Measured::Unavailable(why)));
    for (packet, why) in [
        (of(None, None), Unavailable::NoReading),
        (of(Some(0), Some(0)), Unavailable::OutOfRange),
    ] {
        assert_eq!(numerics(&bytes([packet; 4])), none(why), "{packet:?}");
    }
    let flagged = |signal, finger| Packet {
        signal,
        finger,
        ..WELL
    };
    for (packet, why) in [
        (
            flagged(Signal::PROBE_UNPLUGGED, Finger::NONE),
            Unavailable::NoSensor,
        ),
        (
            flagged(Signal::NONE, Finger::ABSENT),
            Unavailable::SensorOff,
        ),
        (
            flagged(Signal::NONE, Finger::SEARCHING),
            Unavailable::Searching,
        ),
        (
            flagged(Signal::NONE_SEEN, Finger::NONE),
            Unavailable::NoReading,
        ),
    ] {
        // The numbers in such a packet are old.
        assert_eq!(numerics(&bytes([packet; 4])), none(why), "{packet:?}");
    }
}

#[test]
fn the_curve_ends_where_the_module_draws_none_and_where_bytes_are_lost() {
    let samples = |stream: &[u8]| -> Vec<usize> {
        let runs = found(stream)
            .into_iter()
            .filter_map(|finding| match finding {
                Finding::Reading(Reading::Waveform(run)) => Some(run.samples.len()),
                _ => None,
            });
        runs.collect()
    };
    let none = Packet {
        pleth: None,
        ..WELL
    };
    assert_eq!(samples(&bytes([WELL; 14])), [10, 4]);
    let gap = [[WELL; 4].as_slice(), &[none], &[WELL; 5]].concat();
    assert_eq!(samples(&bytes(gap)), [4, 5]);
    let mut lost = bytes([WELL; 9]);
    lost.remove(22);
    assert_eq!(samples(&lost), [4, 4]);
}

#[test]
fn a_packet_that_cannot_be_is_reported_and_the_next_is_read() {
    let mut stream = bytes([WELL; 4]);
    stream.extend([0x8F, 0x32, 0x06, 0x48, 0x61]);
    stream.extend(bytes([WELL; 4]));
    let found = found(&stream);
    let frames = found.iter().filter(|finding| **finding == Finding::Frame);
    assert_eq!(frames.count(), 8);
    let bad = Finding::Discarded {
        bytes: Packet::LENGTH,
        why: Discard::Malformed,
    };
    assert!(found.contains(&bad), "{found:?}");
}

#[test]
fn both_names_are_one_driver() {
    assert_eq!((INFO.gives, INFO.line), (BCI_INFO.gives, BCI_INFO.line));
}
