//! The `SunTech` driver on any bytes at all: packets made up, damaged, cut and drowned in noise.

use chairside_model::{Cuff, Reading};
use chairside_protocol::suntech::INFO;
use chairside_protocol::suntech::framing::LENGTH_MAX;
use chairside_protocol::suntech::message::{BpData, Reply, Request};
use chairside_protocol::{DriverEvent, Finding};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[path = "support/stream.rs"]
mod stream;
use stream::{assert_cutting_changes_nothing, events_of};

proptest! {
    #[test]
    fn what_is_written_is_read_again(reply in any_reply()) {
        prop_assert_eq!(Reply::parse(&emitted(&reply)), Ok(reply));
    }

    #[test]
    fn any_packet_is_read_or_refused(packet in vec(any::<u8>(), 0..30)) {
        let _ = Request::parse(&packet);
        if let Ok(reply) = Reply::parse(&packet) {
            prop_assert_eq!(emitted(&reply), packet);
        }
    }

    #[test]
    fn noise_gives_no_determination(stream in vec(any::<u8>(), 0..3000)) {
        let events = events_of(&INFO, &stream, &[]);
        assert_sound(&events, stream.len());
        let determination = |event: &DriverEvent| matches!(
            event.finding,
            Finding::Reading(Reading::Cuff(Cuff::Completed(_) | Cuff::Failed(_)))
        );
        prop_assert!(!events.iter().any(determination), "{:?}", events);
    }

    #[test]
    fn a_bad_line_loses_no_byte_unreported(stream in any_stream()) {
        assert_sound(&events_of(&INFO, &stream, &[]), stream.len());
    }

    #[test]
    fn cutting_the_stream_anywhere_changes_nothing(
        stream in any_stream(),
        cuts in vec(any::<Index>(), 0..20),
    ) {
        assert_cutting_changes_nothing(&INFO, &stream, &cuts);
    }

    #[test]
    fn damage_costs_two_packets_at_most(
        replies in vec(any_reply(), 3..12),
        position in any::<Index>(),
        damage in vec(any::<u8>(), 0..3),
    ) {
        let mut stream: Vec<u8> = replies.iter().flat_map(emitted).collect();
        // One byte is replaced by none, one or two others.
        let position = position.index(stream.len());
        stream.splice(position..=position, damage.iter().copied());
        let events = events_of(&INFO, &stream, &[]);
        let found = events.iter().filter(|event| event.finding == Finding::Frame).count();
        prop_assert!(found + 2 >= replies.len(), "{} of {}", found, replies.len());
    }
}

fn emitted(reply: &Reply) -> Vec<u8> {
    let mut packet = Vec::new();
    reply.emit(&mut packet);
    packet
}

fn any_data() -> impl Strategy<Value = BpData> {
    let pressure = || prop_oneof![0..=300_u16, any::<u16>()];
    let error = prop_oneof![3 => Just(0), 1 => any::<u8>()];
    (
        (pressure(), pressure(), pressure()),
        (any::<u8>(), any::<u8>(), any::<u8>(), error),
        any::<[u8; 8]>(),
        any::<[u8; 3]>(),
    )
        .prop_map(
            |(
                (systolic, diastolic, mean),
                (beats, status, heart_rate, error),
                test_codes,
                spare,
            )| {
                BpData {
                    systolic,
                    diastolic,
                    beats,
                    status,
                    test_codes,
                    heart_rate,
                    spare,
                    mean,
                    error,
                }
            },
        )
}

fn any_reply() -> impl Strategy<Value = Reply> {
    prop_oneof![
        1 => Just(Reply::Complete),
        3 => (0..=Reply::PRESSURE_MAX).prop_map(Reply::CuffPressure),
        3 => any_data().prop_map(Reply::BpData),
    ]
}

/// A determination: an inflation, and data that come twice.
fn any_determination() -> impl Strategy<Value = Vec<u8>> {
    (any_data(), any::<bool>()).prop_map(|(data, complete)| {
        let mut bytes = Vec::new();
        for pressure in [0, 160, 80, 3] {
            Reply::CuffPressure(pressure).emit(&mut bytes);
        }
        if complete {
            Reply::Complete.emit(&mut bytes);
        }
        Reply::BpData(data).emit(&mut bytes);
        Reply::BpData(data).emit(&mut bytes);
        bytes
    })
}

/// A stream as a bad line gives it: determinations, packets, damaged and cut ones, and noise of the
/// bytes that mean something here.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop_oneof![
        any::<u8>(),
        select([0x3E, 0x3A, 0x04, 0x05, 0x18, 0x4B, 0x00].as_slice()),
    ];
    let packet = || any_reply().prop_map(|reply| emitted(&reply));
    let damaged =
        (packet(), any::<Index>(), any::<u8>()).prop_map(|(mut packet, position, byte)| {
            let position = position.index(packet.len());
            packet[position] = byte;
            packet
        });
    let cut = (packet(), any::<Index>()).prop_map(|(mut packet, length)| {
        packet.truncate(length.index(packet.len()));
        packet
    });
    let piece = prop_oneof![
        2 => packet(),
        2 => any_determination(),
        1 => damaged,
        1 => cut,
        1 => vec(noise, 0..300),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Checks what every driver promises, and that no pressure is one that a cuff cannot have.
fn assert_sound(events: &[DriverEvent], received: usize) {
    stream::assert_sound(events, received, &(4..=LENGTH_MAX));
    for event in events {
        match &event.finding {
            Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) => {
                assert!(reading.numerics().count() > 0, "{reading:?}");
                for (metric, value) in reading.numerics() {
                    assert!(INFO.gives.contains(&metric));
                    assert!((1.0..=300.0).contains(&value.number()), "{reading:?}");
                }
            }
            Finding::Reading(Reading::Numeric(numeric)) => {
                assert!(INFO.gives.contains(&numeric.metric), "{numeric:?}");
            }
            Finding::Reading(Reading::Waveform(_))
            | Finding::DeviceAlarm { .. }
            | Finding::Identity(_) => unreachable!("{event:?}"),
            Finding::Reading(Reading::Cuff(_)) | Finding::Frame | Finding::Discarded { .. } => {}
        }
    }
}
