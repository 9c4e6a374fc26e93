//! The Nonin driver on any bytes at all: frames made up, damaged, cut and drowned in noise.

use chairside_model::{Measured, Metric, Reading};
use chairside_protocol::nonin::INFO;
use chairside_protocol::nonin::message::{
    DeviceTime, Format1Frame, Format2Frame, Format7Frame, Format8Frame, Format13Frame, Packet,
    SecondStatus, SpotCheckStatus, SpotStatus, StreamStatus,
};
use chairside_protocol::{DriverEvent, Finding};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

#[path = "support/stream.rs"]
mod stream;
use stream::{assert_cutting_changes_nothing, events_of};

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        (two, seven) in (any_format_2(), any_format_7()),
        (eight, spot) in (any_format_8(), any_spot_check()),
        packet in any_packet(),
    ) {
        prop_assert_eq!(Format2Frame::parse(&emitted(|line| two.emit(line))), Ok(two));
        prop_assert_eq!(Format7Frame::parse(&emitted(|line| seven.emit(line))), Ok(seven));
        prop_assert_eq!(Format8Frame::parse(&emitted(|line| eight.emit(line))), Ok(eight));
        let one = eight.first;
        prop_assert_eq!(Format1Frame::parse(&emitted(|line| one.emit(line))), Ok(one));
        prop_assert_eq!(Format13Frame::parse(&emitted(|line| spot.emit(line))), Ok(spot));
        prop_assert_eq!(Packet::parse(&packet.floats()), packet);
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
    fn noise_gives_no_value(stream in vec(any::<u8>(), 40..2000)) {
        let valued = |event: &DriverEvent| matches!(
            event.finding,
            Finding::Reading(Reading::Numeric(numeric))
                if !matches!(numeric.measured, Measured::Unavailable(_))
        );
        let events = events_of(&INFO, &stream, &[]);
        prop_assert!(!events.iter().any(valued), "{:?}", events);
    }

    #[test]
    fn a_stream_is_read_from_its_first_frame_on(stream in any_sound_stream()) {
        let events = events_of(&INFO, &stream.bytes, &[]);
        prop_assert_eq!(frame_ends(&events), stream.ends);
    }

    #[test]
    fn after_damage_no_more_than_one_frame_is_lost(
        stream in any_sound_stream(),
        (position, cause) in (any::<Index>(), any_damage()),
    ) {
        // Behind the damage there is enough to prove a format again.
        let undamaged = stream.ends[stream.ends.len() - 7];
        let position = position.index(usize::try_from(undamaged).expect("streams are short"));
        let mut bytes = stream.bytes.clone();
        match cause {
            Damage::Changed(by) => bytes[position] ^= by,
            Damage::Lost => drop(bytes.remove(position)),
            Damage::Added(byte) => bytes.insert(position, byte),
        }
        let events = events_of(&INFO, &bytes, &[]);
        assert_sound(&events, bytes.len());
        // Each frame after the damaged one and the next is found at its place.
        let place = |end: u64| match cause {
            Damage::Changed(_) => end,
            Damage::Lost => end - 1,
            Damage::Added(_) => end + 1,
        };
        let found = frame_ends(&events);
        let behind = stream.ends.iter().filter(|end| **end > position as u64).skip(2);
        for &end in behind {
            prop_assert!(found.contains(&place(end)), "{} is not in {:?}", end, events);
        }
    }

    #[test]
    fn whole_frames_that_went_missing_put_no_byte_in_the_place_of_another(
        stream in any_steady_stream(),
        (from, frames) in (any::<Index>(), 1..60_usize),
    ) {
        let length = stream.bytes.len() / stream.ends.len();
        let from = from.index(stream.ends.len());
        let end = (from + frames).min(stream.ends.len());
        let mut bytes = stream.bytes.clone();
        bytes.drain(from * length..end * length);
        let told = events_of(&INFO, &stream.bytes, &[]);
        let told: Vec<_> = told.iter().filter_map(value).collect();
        for event in &events_of(&INFO, &bytes, &[]) {
            if let Some(value) = value(event) {
                prop_assert!(told.contains(&value), "{:?} was never sent: {:?}", event, told);
            }
        }
    }

    #[test]
    fn a_stream_behind_noise_is_found_within_two_frames(
        noise in vec(any::<u8>(), 0..300),
        stream in any_checked_stream(),
    ) {
        let bytes = [&noise[..], &stream.bytes].concat();
        let found = frame_ends(&events_of(&INFO, &bytes, &[]));
        for end in stream.ends.iter().skip(2) {
            let end = end + noise.len() as u64;
            prop_assert!(found.contains(&end), "{} is not in {:?}", end, found);
        }
    }
}

/// What an event says that was measured.
fn value(event: &DriverEvent) -> Option<(Metric, Measured)> {
    match event.finding {
        Finding::Reading(Reading::Numeric(numeric)) => Some((numeric.metric, numeric.measured)),
        _ => None,
    }
}

fn emitted(emit: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut line = Vec::new();
    emit(&mut line);
    line
}

fn any_stream_status() -> impl Strategy<Value = StreamStatus> {
    (0x80..=0xFF_u8).prop_map(|byte| StreamStatus::from_byte(byte).expect("bit 7 is set"))
}

fn any_format_2() -> impl Strategy<Value = Format2Frame> {
    (any_stream_status(), any::<u8>(), any::<u8>()).prop_map(|(status, pleth, float)| {
        Format2Frame {
            status,
            pleth,
            float,
        }
    })
}

fn any_format_7() -> impl Strategy<Value = Format7Frame> {
    (any_stream_status(), any::<u16>(), any::<u8>()).prop_map(|(status, pleth, float)| {
        Format7Frame {
            status,
            pleth,
            float,
        }
    })
}

fn any_rate() -> impl Strategy<Value = Option<u16>> {
    proptest::option::weighted(0.9, 0..=510_u16)
}

fn any_saturation() -> impl Strategy<Value = Option<u8>> {
    proptest::option::weighted(0.9, 0..=100_u8)
}

fn any_format_8() -> impl Strategy<Value = Format8Frame> {
    let values = (any_rate(), any_saturation());
    (any::<u8>(), values, 0..=0x7F_u8).prop_map(|(status, (rate, saturation), second)| {
        let first = Format1Frame {
            status: SpotStatus::from_byte(status),
            rate,
            saturation,
        };
        let second_status = SecondStatus::from_bits(second);
        Format8Frame {
            first,
            second_status,
        }
    })
}

fn any_spot_check() -> impl Strategy<Value = Format13Frame> {
    let date = (0..=9999_u16, 0..=99_u8, 0..=99_u8);
    let time = (0..=99_u8, 0..=99_u8, 0..=99_u8);
    (date, time, any::<u16>(), any_rate(), any_saturation()).prop_map(
        |((year, month, day), (hour, minute, second), status, rate, saturation)| Format13Frame {
            taken: DeviceTime {
                year,
                month,
                day,
                hour,
                minute,
                second,
            },
            status: SpotCheckStatus::from_bits(status),
            rate,
            saturation,
        },
    )
}

fn any_packet() -> impl Strategy<Value = Packet> {
    let rates = [any_rate(), any_rate(), any_rate(), any_rate()];
    let saturations = vec(any_saturation(), 6);
    (rates, saturations, any::<u8>(), 0..1_u16 << 14, any::<u8>()).prop_map(
        |(rates, saturations, firmware, timer, second)| Packet {
            rate: rates[0],
            saturation: saturations[0],
            firmware,
            timer,
            second_status: SecondStatus::from_bits(second),
            saturation_display: saturations[1],
            saturation_fast: saturations[2],
            saturation_beat: saturations[3],
            rate_extended: rates[1],
            saturation_extended: saturations[4],
            saturation_extended_display: saturations[5],
            rate_display: rates[2],
            rate_extended_display: rates[3],
        },
    )
}

/// A stream as a bad line gives it: runs of frames, damaged and cut frames, and noise of the
/// bytes that mean something here.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop_oneof![
        any::<u8>(),
        proptest::sample::select(
            [0x00, 0x01, 0x02, 0x03, 0x0D, 0x48, 0x61, 0x7F, 0x80, 0x81].as_slice()
        ),
    ];
    let frame = prop_oneof![
        any_format_2().prop_map(|frame| emitted(|line| frame.emit(line))),
        any_format_7().prop_map(|frame| emitted(|line| frame.emit(line))),
        any_format_8().prop_map(|frame| emitted(|line| frame.emit(line))),
        any_format_8().prop_map(|frame| emitted(|line| frame.first.emit(line))),
        any_spot_check().prop_map(|frame| emitted(|line| frame.emit(line))),
    ];
    let piece = prop_oneof![
        2 => any_sound_stream().prop_map(|stream| stream.bytes),
        2 => (any_sound_stream(), any::<Index>(), any::<u8>()).prop_map(|(stream, position, byte)| {
            let mut bytes = stream.bytes;
            let position = position.index(bytes.len());
            bytes[position] = byte;
            bytes
        }),
        1 => (any_sound_stream(), any::<Index>()).prop_map(|(stream, length)| {
            let mut bytes = stream.bytes;
            bytes.truncate(length.index(bytes.len()));
            bytes
        }),
        1 => frame,
        1 => vec(noise, 0..100),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// A stream as a device in order sends it, and where its frames end.
#[derive(Clone, Debug)]
struct SoundStream {
    bytes: Vec<u8>,
    ends: Vec<u64>,
}

impl SoundStream {
    fn of(frames: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut stream = Self {
            bytes: Vec::new(),
            ends: Vec::new(),
        };
        for frame in frames {
            stream.bytes.extend(frame);
            stream.ends.push(stream.bytes.len() as u64);
        }
        stream
    }
}

fn any_sound_stream() -> impl Strategy<Value = SoundStream> {
    prop_oneof![
        any_checked_stream(),
        any_seconds().prop_map(|seconds| SoundStream::of(
            seconds.iter().map(|frame| emitted(|line| frame.emit(line)))
        )),
        any_seconds().prop_map(|seconds| SoundStream::of(
            seconds
                .iter()
                .map(|frame| emitted(|line| frame.first.emit(line)))
        )),
    ]
}

/// Format 2 or 7.
fn any_checked_stream() -> impl Strategy<Value = SoundStream> {
    checked_stream(vec(any_packet(), 1..4))
}

/// The same of a patient in whom nothing changes.
fn any_steady_stream() -> impl Strategy<Value = SoundStream> {
    checked_stream(any_packet().prop_map(|packet| vec![packet; 4]))
}

fn checked_stream(
    packets: impl Strategy<Value = Vec<Packet>>,
) -> impl Strategy<Value = SoundStream> {
    (any::<bool>(), packets, vec(any::<u16>(), 100)).prop_map(|(is_format_2, packets, curve)| {
        let floats = packets.iter().flat_map(Packet::floats);
        let frames = floats
            .zip(curve)
            .enumerate()
            .map(|(number, (float, pleth))| {
                let status = if number % Packet::FRAMES == 0 {
                    StreamStatus::SYNC
                } else {
                    StreamStatus::NONE
                };
                emitted(|line| {
                    if is_format_2 {
                        let pleth = pleth.to_be_bytes()[0];
                        let frame = Format2Frame {
                            status,
                            pleth,
                            float,
                        };
                        frame.emit(line);
                    } else {
                        let frame = Format7Frame {
                            status,
                            pleth,
                            float,
                        };
                        frame.emit(line);
                    }
                })
            });
        SoundStream::of(frames)
    })
}

/// Some seconds of one patient.
fn any_seconds() -> impl Strategy<Value = Vec<Format8Frame>> {
    let steps = vec((-10..=10_i16, -4..=4_i8, any::<bool>()), 8..30);
    (40..200_i16, 60..100_i8, steps).prop_map(|(mut rate, mut saturation, steps)| {
        let second = |(rate_step, saturation_step, artefact): (i16, i8, bool)| {
            rate = (rate + rate_step).clamp(20, 300);
            saturation = (saturation + saturation_step).clamp(40, 100);
            let status = if artefact {
                SpotStatus::ARTEFACT
            } else {
                SpotStatus::NONE
            };
            let first = Format1Frame {
                status,
                rate: Some(rate.unsigned_abs()),
                saturation: Some(saturation.unsigned_abs()),
            };
            let second_status = SecondStatus::HIGH_QUALITY;
            Format8Frame {
                first,
                second_status,
            }
        };
        steps.into_iter().map(second).collect()
    })
}

#[derive(Clone, Copy, Debug)]
enum Damage {
    Changed(u8),
    Lost,
    Added(u8),
}

fn any_damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (1..=255_u8).prop_map(Damage::Changed),
        Just(Damage::Lost),
        any::<u8>().prop_map(Damage::Added),
    ]
}

/// Checks what every driver promises, and that no value is impossible.
fn assert_sound(events: &[DriverEvent], received: usize) {
    stream::assert_sound(events, received, &(3..=Format13Frame::LENGTH_MAX));
    for event in events {
        match &event.finding {
            Finding::Reading(Reading::Numeric(numeric)) => {
                if let Measured::Valid(value) | Measured::Questionable(value) = numeric.measured {
                    assert!(value.number() > 0.0, "{numeric:?}");
                }
            }
            Finding::Reading(Reading::Waveform(run)) => {
                assert!((2..=5).contains(&run.samples.len()));
                let possible = |sample| (0..=65_535).contains(sample);
                assert!(run.samples.iter().all(possible), "{run:?}");
            }
            Finding::Frame | Finding::Discarded { .. } | Finding::DeviceAlarm { .. } => {}
            Finding::Reading(Reading::Cuff(_)) | Finding::Identity(_) => {
                unreachable!("this driver gives no {event:?}")
            }
        }
    }
}

fn frame_ends(events: &[DriverEvent]) -> Vec<u64> {
    events
        .iter()
        .filter(|event| event.finding == Finding::Frame)
        .map(|event| event.offset)
        .collect()
}
