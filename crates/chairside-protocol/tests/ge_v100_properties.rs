//! The V100 driver on any bytes at all: replies made up, damaged, cut and drowned in noise.

use std::time::Duration;

use chairside_model::{Cuff, Measured, Metric, Reading, Value};
use chairside_protocol::ge_v100::INFO;
use chairside_protocol::ge_v100::message::{
    CuffCommandReply, NibpAge, NibpMode, NibpReply, NibpStatus, OximeterReply, OximeterStatus,
    PatientType, RateReply, RateSource, Reply, TemperatureAge, TemperatureMode, TemperatureReply,
    TemperatureStatus, TemperatureUnit,
};
use chairside_protocol::{DriverEvent, Finding};
use proptest::prelude::*;

#[path = "support/stream.rs"]
mod stream;
use stream::{assert_cutting_changes_nothing, events_of};

proptest! {
    #[test]
    fn what_is_written_is_read_again(reply in any_reply()) {
        prop_assert_eq!(Reply::parse(&emitted(&reply)), Ok(reply));
    }

    #[test]
    fn a_bad_line_loses_no_byte_unreported(stream in any_stream()) {
        assert_sound(&events_of(&INFO, &stream, &[]), stream.len());
    }

    #[test]
    fn cutting_the_stream_anywhere_changes_nothing(
        stream in any_stream(),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..20),
    ) {
        assert_cutting_changes_nothing(&INFO, &stream, &cuts);
    }

    #[test]
    fn a_good_reply_behind_garbage_is_found(
        garbage in proptest::collection::vec(any::<u8>(), 0..300),
        reply in any_reply(),
    ) {
        let good = emitted(&reply);
        let events = events_of(&INFO, &[garbage, good].concat(), &[]);
        prop_assert!(frames(&events) >= 1, "{:?}", events);
        let last = events.iter().rfind(|event| event.finding == Finding::Frame);
        let total = events.last().map(|event| event.offset);
        prop_assert_eq!(last.map(|event| event.offset), total);
    }
}

fn emitted(reply: &Reply) -> Vec<u8> {
    let mut bytes = Vec::new();
    reply.emit(&mut bytes);
    bytes
}

fn any_pressure() -> impl Strategy<Value = Option<u16>> {
    proptest::option::of(1..=999_u16)
}

fn any_status() -> impl Strategy<Value = NibpStatus> {
    prop_oneof![
        Just(NibpStatus::Busy),
        Just(NibpStatus::Done),
        Just(NibpStatus::Failed),
        Just(NibpStatus::PumpUpTimeout),
        Just(NibpStatus::TotalTimeout),
        Just(NibpStatus::SinglePressureTimeout),
        Just(NibpStatus::Overpressure),
        Just(NibpStatus::Unknown),
    ]
}

fn any_nibp() -> impl Strategy<Value = Reply> {
    let patient = prop_oneof![
        Just(PatientType::Unknown),
        Just(PatientType::Adult),
        Just(PatientType::Neonate)
    ];
    let mode = prop_oneof![Just(NibpMode::Normal), Just(NibpMode::Stat)];
    let pressures = (any_pressure(), any_pressure(), any_pressure());
    (any_status(), patient, mode, 0..6000_u64, pressures).prop_map(
        |(status, patient, mode, age, (systolic, diastolic, mean))| {
            let age = NibpAge::whole_seconds(Duration::from_secs(age));
            Reply::Nibp(NibpReply {
                status,
                patient,
                mode,
                age,
                systolic,
                diastolic,
                mean,
            })
        },
    )
}

fn any_oximeter() -> impl Strategy<Value = Reply> {
    let status = prop_oneof![
        Just(OximeterStatus::Standby),
        Just(OximeterStatus::Operating),
        Just(OximeterStatus::NoData),
        Just(OximeterStatus::Unplugged),
    ];
    (status, any_pressure(), 0..=9_u8, 0..=99_u8).prop_map(
        |(status, saturation, strength, averaging_s)| {
            Reply::Oximeter(OximeterReply {
                status,
                saturation,
                strength,
                averaging_s,
            })
        },
    )
}

fn any_rate() -> impl Strategy<Value = Reply> {
    let source = prop_oneof![
        Just(RateSource::Oximeter),
        Just(RateSource::Cuff),
        prop_oneof![0..=1_u8, 4..=9_u8].prop_map(RateSource::Other),
    ];
    (source, any_pressure()).prop_map(|(source, rate)| Reply::Rate(RateReply { source, rate }))
}

fn any_temperature() -> impl Strategy<Value = Reply> {
    let status = prop_oneof![
        Just(TemperatureStatus::Idle),
        Just(TemperatureStatus::InProgress),
        Just(TemperatureStatus::Timeout),
        Just(TemperatureStatus::ProbeFault),
        Just(TemperatureStatus::Aborted),
    ];
    let mode = prop_oneof![
        Just(TemperatureMode::Predictive),
        Just(TemperatureMode::Monitor)
    ];
    let display = prop_oneof![
        Just(TemperatureUnit::Fahrenheit),
        Just(TemperatureUnit::Celsius)
    ];
    let tenths = proptest::option::of(1..=9999_u16);
    (status, mode, b' '..=b'~', 0..120_000_u64, tenths, display).prop_map(
        |(status, mode, counter, age, tenths_fahrenheit, display)| {
            let age = TemperatureAge::whole_seconds(Duration::from_secs(age));
            let reply = TemperatureReply {
                status,
                mode,
                counter,
                age,
                tenths_fahrenheit,
                display,
            };
            Reply::Temperature(reply)
        },
    )
}

fn any_reply() -> impl Strategy<Value = Reply> {
    prop_oneof![
        any_nibp(),
        any_oximeter(),
        any_rate(),
        any_temperature(),
        any_status().prop_map(|status| Reply::CuffCommand(CuffCommandReply::Start(status))),
        any_status().prop_map(|status| Reply::CuffCommand(CuffCommandReply::Cancel(status))),
    ]
}

/// A stream as a bad line gives it: replies, damaged and cut replies, and noise of the bytes that
/// mean something here.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop_oneof![
        any::<u8>(),
        proptest::sample::select(b" \r\nNAOTRC019&/".as_slice()),
    ];
    let damaged = (any_reply(), any::<proptest::sample::Index>(), any::<u8>()).prop_map(
        |(reply, position, byte)| {
            let mut bytes = emitted(&reply);
            let position = position.index(bytes.len());
            bytes[position] = byte;
            bytes
        },
    );
    let cut = (any_reply(), any::<proptest::sample::Index>()).prop_map(|(reply, length)| {
        let mut bytes = emitted(&reply);
        bytes.truncate(length.index(bytes.len()));
        bytes
    });
    let piece = prop_oneof![
        3 => any_reply().prop_map(|reply| emitted(&reply)),
        1 => damaged,
        1 => cut,
        1 => proptest::collection::vec(noise, 0..100),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Checks what every driver promises, and that no value is impossible.
fn assert_sound(events: &[DriverEvent], received: usize) {
    stream::assert_sound(events, received, &(7..=Reply::LENGTH_MAX));
    for event in events {
        match &event.finding {
            Finding::Reading(reading) => assert_plausible(reading),
            Finding::Frame | Finding::Discarded { .. } => {}
            Finding::DeviceAlarm { .. } | Finding::Identity(_) => {
                unreachable!("this driver gives no {event:?}")
            }
        }
    }
}

fn assert_plausible(reading: &Reading) {
    let check = |metric: Metric, value: Value| {
        let range = metric.plausible().expect("this driver gives no waveform");
        assert!(range.contains(&value.number()), "{metric} {value}");
        assert!(value.number() > 0.0, "a missing {metric} became a zero");
    };
    match reading {
        Reading::Numeric(numeric) => {
            if let Measured::Valid(value) | Measured::Questionable(value) = numeric.measured {
                check(numeric.metric, value);
            }
        }
        Reading::Cuff(Cuff::Completed(reading)) => {
            assert!(reading.numerics().count() > 0);
            reading
                .numerics()
                .for_each(|(metric, value)| check(metric, value));
        }
        Reading::Cuff(Cuff::Measuring | Cuff::Failed(_) | Cuff::Cancelled) => {}
        Reading::Waveform(_) => unreachable!("this driver gives no waveform"),
    }
}

fn frames(events: &[DriverEvent]) -> usize {
    events
        .iter()
        .filter(|event| event.finding == Finding::Frame)
        .count()
}
