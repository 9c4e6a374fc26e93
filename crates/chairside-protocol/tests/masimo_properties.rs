//! The Masimo driver on any bytes at all: lines made up, damaged, cut and drowned in noise.

use chairside_model::{Measured, Metric, Reading};
use chairside_protocol::masimo::INFO;
use chairside_protocol::masimo::message::{
    Alarms, DeviceTime, Exceptions, Hexadecimal, Model, PerfusionIndex, Second, SerialNumber,
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
    fn what_is_written_is_read_again(second in any_second(), model in any_model()) {
        let line = emitted(&second, model);
        let text = line.strip_suffix(b"\n\r").expect("every line has its end");
        prop_assert_eq!(Second::parse(text), Ok(second));
    }

    #[test]
    fn arbitrary_bytes_never_give_a_value(stream in vec(any::<u8>(), 0..2000)) {
        let events = events_of(&INFO, &stream, &[]);
        assert_sound(&events, stream.len());
        prop_assert!(frames(&events) == 0, "{:?}", events);
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
    fn a_good_line_behind_garbage_is_found(
        garbage in vec(any::<u8>(), 0..1200),
        second in any_second(),
        model in any_model(),
    ) {
        let good = emitted(&second, model);
        let events = events_of(&INFO, &[garbage, good].concat(), &[]);
        let last = events.iter().rfind(|event| event.finding == Finding::Frame);
        // Its last byte, the second end of its line, is void when the line closes.
        let total = events.last().map(|event| event.offset - 1);
        prop_assert_eq!(last.map(|event| event.offset), total);
    }

    #[test]
    fn damage_costs_two_lines_at_most(
        seconds in vec(any_second(), 4..10),
        (model, serial_number) in (any_model(), any_serial_number()),
        position in any::<Index>(),
        damage in vec(any::<u8>(), 0..3),
    ) {
        // One oximeter: its serial number and the lengths of its fields stay the same.
        let digits = (seconds[0].alarms.map(|alarms| alarms.digits), seconds[0].exceptions.digits);
        let lines = seconds.iter().map(|second| {
            let mut second = Second { serial_number, ..*second };
            second.alarms = digits.0.map(|digits| Hexadecimal { flags: Alarms::NONE, digits });
            second.exceptions = Hexadecimal { flags: Exceptions::SET, digits: digits.1 };
            emitted(&second, model)
        });
        let mut stream: Vec<u8> = lines.flatten().collect();
        // One byte is replaced by none, one or two others.
        let position = position.index(stream.len());
        stream.splice(position..=position, damage.iter().copied());
        let events = events_of(&INFO, &stream, &[]);
        prop_assert!(frames(&events) + 2 >= seconds.len(), "{:?}", events);
    }
}

fn frames(events: &[DriverEvent]) -> usize {
    let frames = events
        .iter()
        .filter(|event| event.finding == Finding::Frame);
    frames.count()
}

fn emitted(second: &Second, model: Model) -> Vec<u8> {
    let mut line = Vec::new();
    second.emit(model, &mut line);
    line
}

fn any_model() -> impl Strategy<Value = Model> {
    prop_oneof![Just(Model::Rad8), Just(Model::Radical7)]
}

fn any_serial_number() -> impl Strategy<Value = Option<SerialNumber>> {
    proptest::option::of("[0-9A-Z]{10}".prop_map(|text| {
        SerialNumber::new(&text).expect("ten digits or capital letters are a number")
    }))
}

fn any_clock() -> impl Strategy<Value = DeviceTime> {
    let part = 0..=99_u8;
    let part = || part.clone();
    (part(), part(), part(), part(), part(), part()).prop_map(
        |(month, day, year, hour, minute, second)| DeviceTime {
            month,
            day,
            year,
            hour,
            minute,
            second,
        },
    )
}

fn any_perfusion_index() -> impl Strategy<Value = PerfusionIndex> {
    prop_oneof![
        Just(PerfusionIndex::NotSent),
        Just(PerfusionIndex::None),
        (0..=9999_u16).prop_map(PerfusionIndex::Hundredths),
    ]
}

fn any_hexadecimal<T: std::fmt::Debug>(
    flags: fn(u32) -> T,
) -> impl Strategy<Value = Hexadecimal<T>> {
    (any::<u32>(), 3..=8_u8).prop_map(move |(bits, digits)| Hexadecimal {
        flags: flags(bits & (u32::MAX >> (32 - 4 * u32::from(digits)))),
        digits,
    })
}

fn any_second() -> impl Strategy<Value = Second> {
    let reading = || proptest::option::of(prop_oneof![0..=100_u16, 0..=999_u16]);
    (
        (any_clock(), any_serial_number()),
        (reading(), reading(), any_perfusion_index()),
        proptest::option::of(any_hexadecimal(Alarms::from_bits)),
        any_hexadecimal(Exceptions::from_bits),
    )
        .prop_map(
            |((clock, serial_number), (saturation, rate, perfusion_index), alarms, exceptions)| {
                Second {
                    clock,
                    serial_number,
                    saturation,
                    rate,
                    perfusion_index,
                    alarms,
                    exceptions,
                }
            },
        )
}

/// A stream as a bad line gives it: lines, damaged and cut lines, and noise of the bytes that mean
/// something here.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop_oneof![
        any::<u8>(),
        proptest::sample::select(b"\n\r\0 =%-/:09A".as_slice()),
    ];
    let line = || (any_second(), any_model()).prop_map(|(second, model)| emitted(&second, model));
    let damaged = (line(), any::<Index>(), any::<u8>()).prop_map(|(mut line, position, byte)| {
        let position = position.index(line.len());
        line[position] = byte;
        line
    });
    let cut = (line(), any::<Index>()).prop_map(|(mut line, length)| {
        line.truncate(length.index(line.len()));
        line
    });
    let piece = prop_oneof![
        3 => line(),
        1 => damaged,
        1 => cut,
        1 => vec(noise, 0..600),
    ];
    vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

/// Checks what every driver promises, and that no value is one that an oximeter cannot have.
fn assert_sound(events: &[DriverEvent], received: usize) {
    stream::assert_sound(events, received, &(40..=512));
    for event in events {
        match &event.finding {
            Finding::Reading(Reading::Numeric(numeric)) => {
                assert!(INFO.gives.contains(&numeric.metric));
                if let Measured::Valid(value) | Measured::Questionable(value) = numeric.measured {
                    assert!(value.number() > 0.0, "{numeric:?}");
                }
                assert_ne!(numeric.metric, Metric::HeartRate);
            }
            Finding::Reading(other) => unreachable!("{other:?}"),
            Finding::DeviceAlarm { text, .. } => assert!(!text.is_empty()),
            Finding::Identity(text) => assert_eq!(text.len(), 10),
            Finding::Frame | Finding::Discarded { .. } => {}
        }
    }
}
