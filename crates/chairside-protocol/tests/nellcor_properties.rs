//! The Nellcor driver on any bytes at all: lines made up, damaged, cut and drowned in noise.

use chairside_model::{Measured, Reading};
use chairside_protocol::nellcor::INFO;
use chairside_protocol::nellcor::message::{
    DeviceTime, Field, Heading, Measurement, Message, Month, Status, UnknownCode,
};
use chairside_protocol::{DriverEvent, Finding};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[path = "support/stream.rs"]
mod stream;
use stream::{assert_cutting_changes_nothing, events_of};

proptest! {
    #[test]
    fn what_is_written_is_read_again(measurement in any_measurement()) {
        let line = emitted(&measurement);
        let text = line.strip_suffix(b"\r\n").expect("every line has its end");
        let read = Measurement::parse(text).map(|(read, _)| read);
        prop_assert_eq!(read, Ok(measurement));
    }

    #[test]
    fn arbitrary_bytes_never_give_a_frame(stream in vec(any::<u8>(), 0..2000)) {
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
        measurement in any_measurement(),
    ) {
        let events = events_of(&INFO, &[garbage, emitted(&measurement)].concat(), &[]);
        let last = events.iter().rfind(|event| event.finding == Finding::Frame);
        // Its last byte, the second end of its line, is void when the line closes.
        let total = events.last().map(|event| event.offset - 1);
        prop_assert_eq!(last.map(|event| event.offset), total);
    }

    #[test]
    fn damage_costs_two_lines_at_most(
        measurements in vec(any_measurement(), 4..10),
        position in any::<Index>(),
        damage in vec(any::<u8>(), 0..3),
    ) {
        let mut stream: Vec<u8> = measurements.iter().flat_map(emitted).collect();
        // One byte is replaced by none, one or two others.
        let position = position.index(stream.len());
        stream.splice(position..=position, damage.iter().copied());
        let events = events_of(&INFO, &stream, &[]);
        prop_assert!(frames(&events) + 2 >= measurements.len(), "{:?}", events);
    }

    #[test]
    fn a_digit_that_is_lost_never_gives_another_number(
        number in 10..=100_u16,
        lost in any::<Index>(),
    ) {
        let field = |number| Some(Field { number, outside: false });
        let line = emitted(&Measurement {
            saturation: field(number),
            rate: field(number),
            ..well()
        });
        let digits: Vec<_> = (18..line.len()).filter(|at| line[*at].is_ascii_digit()).collect();
        let mut damaged = line.clone();
        damaged.remove(digits[lost.index(digits.len())]);
        let events = events_of(&INFO, &[line.clone(), damaged, line].concat(), &[]);
        prop_assert_eq!(frames(&events), 2, "{:?}", events);
    }
}

fn frames(events: &[DriverEvent]) -> usize {
    let frames = events
        .iter()
        .filter(|event| event.finding == Finding::Frame);
    frames.count()
}

fn emitted(measurement: &Measurement) -> Vec<u8> {
    let mut line = Vec::new();
    measurement.emit(&mut line);
    line
}

fn well() -> Measurement {
    Measurement {
        clock: DeviceTime {
            day: 12,
            month: Month::new(11).expect("November is the eleventh"),
            year: 97,
            hour: 14,
            minute: 0,
            second: 7,
        },
        saturation: None,
        rate: None,
        amplitude: Some(100),
        status: Status::NONE,
        unknown_code: None,
    }
}

fn any_clock() -> impl Strategy<Value = DeviceTime> {
    let part = || 0..=99_u8;
    let month = (1..=12_u8).prop_map(|number| Month::new(number).expect("one of twelve"));
    (part(), month, part(), part(), part(), part()).prop_map(
        |(day, month, year, hour, minute, second)| DeviceTime {
            day,
            month,
            year,
            hour,
            minute,
            second,
        },
    )
}

fn any_field() -> impl Strategy<Value = Option<Field>> {
    let number = prop_oneof![0..=100_u16, 0..=999_u16];
    proptest::option::of(
        (number, any::<bool>()).prop_map(|(number, outside)| Field { number, outside }),
    )
}

/// At most four codes, as many as there is room for.
fn any_codes() -> impl Strategy<Value = (Status, Option<UnknownCode>)> {
    let flag = (0..14_u32).prop_map(|bit| Status::from_bits(1 << bit));
    let unknown = select(vec![*b"XY", *b"QQ", *b"AA"])
        .prop_map(|letters| UnknownCode::new(letters).expect("nobody knows these"));
    (vec(flag, 0..=3), proptest::option::of(unknown)).prop_map(|(flags, unknown)| {
        let status = flags.into_iter().fold(Status::NONE, |all, flag| all | flag);
        (status, unknown)
    })
}

fn any_measurement() -> impl Strategy<Value = Measurement> {
    let amplitude = proptest::option::of(0..=255_u16);
    (
        any_clock(),
        any_field(),
        any_field(),
        amplitude,
        any_codes(),
    )
        .prop_map(
            |(clock, saturation, rate, amplitude, (status, unknown_code))| Measurement {
                clock,
                saturation,
                rate,
                amplitude,
                status,
                unknown_code,
            },
        )
}

/// A stream as a bad line gives it: lines, headings, damaged and cut lines, and noise of the bytes
/// that mean something here.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop_oneof![any::<u8>(), select(b"\n\r\0 *-:09AS".as_slice())];
    let heading = select(
        [
            Heading::Model,
            Heading::Mode,
            Heading::Columns,
            Heading::Trend,
            Heading::TrendColumns,
            Heading::End,
            Heading::Menu,
        ]
        .as_slice(),
    );
    let heading = heading.prop_map(|heading| {
        let mut line = Vec::new();
        heading.emit(&mut line);
        line
    });
    let line = || any_measurement().prop_map(|measurement| emitted(&measurement));
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
        4 => line(),
        1 => heading,
        1 => damaged,
        1 => cut,
        1 => vec(noise, 0..600),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Checks what every driver promises, and that no value is one that an oximeter cannot have.
fn assert_sound(events: &[DriverEvent], received: usize) {
    stream::assert_sound(events, received, &(15..=512));
    for event in events {
        match &event.finding {
            Finding::Reading(Reading::Numeric(numeric)) => {
                assert!(INFO.gives.contains(&numeric.metric));
                if let Measured::Valid(value) | Measured::Questionable(value) = numeric.measured {
                    assert!(value.number() > 0.0, "{numeric:?}");
                }
            }
            Finding::DeviceAlarm { text, .. } => assert!(!text.is_empty()),
            Finding::Reading(_) | Finding::Identity(_) => unreachable!("{event:?}"),
            Finding::Frame | Finding::Discarded { .. } => {}
        }
    }
}

#[test]
fn the_example_of_these_tests_is_a_line_with_values() {
    let line = emitted(&well());
    assert!(matches!(
        Message::parse(&line[..line.len() - 2]),
        Ok(Message::Measurement(..))
    ));
}
