//! The Capnostream 20 driver on any bytes at all: messages made up, damaged, cut and drowned in
//! noise.

use chairside_model::{Measured, Metric, Reading};
use chairside_protocol::capnostream20::INFO;
use chairside_protocol::capnostream20::framing::{Found, Framer, LINE_LENGTH_MAX};
use chairside_protocol::capnostream20::message::{
    AlarmLimits, Co2Alarms, Co2Sample, Co2Unit, Command, DeviceId, ExtendedStatus, FastStatus,
    HostId, Message, NumericItem, Numerics, SlowStatus, SpO2Alarms,
};
use chairside_protocol::{DriverEvent, Finding};
use proptest::prelude::*;

#[path = "support/stream.rs"]
mod stream;
use stream::{assert_cutting_changes_nothing, events_of};

proptest! {
    #[test]
    fn what_is_written_is_read_again(message in any_message()) {
        let frame = emitted(&message);
        prop_assert!(!frame[1..].contains(&0x85));
        prop_assert_eq!(body_of(&frame).map(|body| Message::parse(&body)), Some(Ok(message)));
    }

    #[test]
    fn what_is_ordered_is_read_again(command in any_command()) {
        let mut frame = Vec::new();
        command.emit(&mut frame);
        prop_assert_eq!(body_of(&frame).map(|body| Command::parse(&body)), Some(Ok(command)));
    }

    #[test]
    fn any_body_is_a_message_or_is_refused(
        body in proptest::collection::vec(any::<u8>(), 0..=255),
    ) {
        let _ = Command::parse(&body);
        if let Ok(message) = Message::parse(&body) {
            let again = body_of(&emitted(&message));
            // Numerics may have had more bytes than are known.
            prop_assert!(again.is_some_and(|again| body.starts_with(&again)));
        }
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
    fn a_good_message_behind_garbage_is_found(
        garbage in proptest::collection::vec(any::<u8>(), 0..600),
        message in any_message(),
    ) {
        let good = emitted(&message);
        let events = events_of(&INFO, &[garbage, good].concat(), &[]);
        let last = events.iter().rfind(|event| event.finding == Finding::Frame);
        let total = events.last().map(|event| event.offset);
        prop_assert_eq!(last.map(|event| event.offset), total);
    }

    #[test]
    fn damage_costs_two_messages_at_most(
        messages in proptest::collection::vec(any_message(), 3..10),
        position in any::<proptest::sample::Index>(),
        damage in proptest::collection::vec(any::<u8>(), 0..3),
    ) {
        let frames: Vec<_> = messages.iter().map(emitted).collect();
        let mut stream = frames.concat();
        // One byte is replaced by none, one or two others.
        let position = position.index(stream.len());
        stream.splice(position..=position, damage.iter().copied());
        let events = events_of(&INFO, &stream, &[]);
        let found = events.iter().filter(|event| event.finding == Finding::Frame).count();
        prop_assert!(found + 2 >= messages.len(), "{} of {}", found, messages.len());
    }
}

fn emitted(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.emit(&mut bytes);
    bytes
}

/// Returns the body of the one frame that these bytes are.
fn body_of(frame: &[u8]) -> Option<Vec<u8>> {
    let mut bodies = Vec::new();
    Framer::default().push(frame, |offset, found| {
        if let Found::Frame { body, length } = found
            && (offset, length) == (frame.len() as u64, frame.len())
        {
            bodies.push(body.to_vec());
        }
    });
    bodies.pop().filter(|_| bodies.is_empty())
}

fn any_byte() -> impl Strategy<Value = u8> {
    // The two that are sent as pairs, often.
    prop_oneof![4 => any::<u8>(), 1 => Just(0x80), 1 => Just(0x85)]
}

fn any_value() -> impl Strategy<Value = Option<u8>> {
    any_byte().prop_map(|byte| (byte != 0xFF).then_some(byte))
}

fn any_wave() -> impl Strategy<Value = Message> {
    let pressure = prop_oneof![0..=0x9600_u16, any::<u16>()];
    let status = prop_oneof![Just(0x00), Just(0x08), any::<u8>()];
    (any_byte(), pressure, status).prop_map(|(number, pressure, status)| {
        Message::Wave(Co2Sample {
            number,
            pressure,
            status: FastStatus::from_bits(status),
        })
    })
}

fn any_limits() -> impl Strategy<Value = AlarmLimits> {
    // No limit at all sorts before any other, and as the high end it is as good as a great one.
    let pair = || (any_value(), any_value()).prop_map(|(a, b)| (a.max(b), a.min(b)));
    (pair(), pair(), any_value(), pair(), pair()).prop_map(
        |(etco2, respiration_rate, fico2_high, spo2, pulse_rate)| AlarmLimits {
            etco2_high: etco2.0,
            etco2_low: etco2.1,
            respiration_rate_high: respiration_rate.0,
            respiration_rate_low: respiration_rate.1,
            fico2_high,
            spo2_high: spo2.0,
            spo2_low: spo2.1,
            pulse_rate_high: pulse_rate.0,
            pulse_rate_low: pulse_rate.1,
        },
    )
}

fn any_numerics() -> impl Strategy<Value = Message> {
    let unit = prop_oneof![
        Just(Co2Unit::MillimetreOfMercury),
        Just(Co2Unit::Kilopascal),
        Just(Co2Unit::VolumePercent),
    ];
    let values = proptest::array::uniform5(any_value());
    let bytes = proptest::array::uniform8(any_byte());
    (any::<u32>(), values, bytes, any_limits(), unit).prop_map(
        |(device_time_s, values, bytes, limits, unit)| {
            let [etco2, fico2, respiration_rate, spo2, pulse_rate] = values;
            let [slow, a, b, c, co2, oximeter, without_breath_s, extended] = bytes;
            Message::Numerics(Numerics {
                device_time_s,
                etco2,
                fico2,
                respiration_rate,
                spo2,
                pulse_rate,
                slow_status: SlowStatus::from_bits(slow),
                undecoded: [a, b, c],
                co2_alarms: Co2Alarms::from_bits(co2),
                spo2_alarms: SpO2Alarms::from_bits(oximeter),
                without_breath_s,
                limits,
                unit,
                extended_status: ExtendedStatus::from_bits(extended),
            })
        },
    )
}

fn any_device_id() -> impl Strategy<Value = Message> {
    let known = "V[ -~]{5} [0-9]{2}/[0-9]{2}/[0-9]{4} [A-Z0-9]{10}  ";
    prop_oneof![known, "[ -~]{1,254}"].prop_map(|text| {
        Message::DeviceId(DeviceId::new(&text).expect("the text is printable and short"))
    })
}

// Boxed, for a stream of messages by value outgrows a test thread's stack.
fn any_message() -> BoxedStrategy<Message> {
    prop_oneof![4 => any_wave(), 2 => any_numerics(), 1 => any_device_id()].boxed()
}

fn any_command() -> impl Strategy<Value = Command> {
    let item = proptest::sample::select(NumericItem::ALL.as_slice());
    prop_oneof![
        Just(Command::Enable),
        Just(Command::Disable),
        item.prop_map(Command::Enquire),
        Just(Command::StartRealTime),
        Just(Command::StopRealTime),
        Just(Command::LinkActive),
        "[ -~]{0,17}".prop_map(|name| {
            Command::HostId(HostId::new(&name).expect("the name is printable and short"))
        }),
        Just(Command::ProtocolRevision),
        (any_byte(), any_byte()).prop_map(|(item, value)| Command::Setup { item, value }),
    ]
}

/// A stream as a bad line gives it: messages, damaged and cut messages, runs of samples, and noise
/// of the bytes that mean something here.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop_oneof![
        any::<u8>(),
        proptest::sample::select([0x85, 0x80, 0x05, 0x00, 0x01, 0x04].as_slice()),
    ];
    let damaged = (any_message(), any::<proptest::sample::Index>(), any_byte()).prop_map(
        |(message, position, byte)| {
            let mut bytes = emitted(&message);
            let position = position.index(bytes.len());
            bytes[position] = byte;
            bytes
        },
    );
    let cut = (any_message(), any::<proptest::sample::Index>()).prop_map(|(message, length)| {
        let mut bytes = emitted(&message);
        bytes.truncate(length.index(bytes.len()));
        bytes
    });
    let run = (any::<u8>(), 1..10_u8).prop_map(|(first, length)| {
        let mut bytes = Vec::new();
        for step in 0..length {
            let sample = Co2Sample {
                number: first.wrapping_add(step),
                pressure: u16::from(step) * 0x0285,
                status: FastStatus::NONE,
            };
            sample.emit(&mut bytes);
        }
        bytes
    });
    let piece = prop_oneof![
        3 => any_message().prop_map(|message| emitted(&message)),
        2 => run,
        1 => damaged,
        1 => cut,
        1 => proptest::collection::vec(noise, 0..300),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Checks what every driver promises, and that no value is impossible.
fn assert_sound(events: &[DriverEvent], received: usize) {
    stream::assert_sound(events, received, &(4..=LINE_LENGTH_MAX));
    for event in events {
        match &event.finding {
            Finding::Reading(reading) => assert_plausible(reading),
            Finding::DeviceAlarm { text, .. } => assert!(!text.is_empty()),
            Finding::Identity(text) => assert!(text.len() < 255),
            Finding::Frame | Finding::Discarded { .. } => {}
        }
    }
}

fn assert_plausible(reading: &Reading) {
    match reading {
        Reading::Numeric(numeric) => {
            if let Measured::Valid(value) | Measured::Questionable(value) = numeric.measured {
                let zero_is_none = matches!(numeric.metric, Metric::SpO2 | Metric::PulseRate);
                assert!(!zero_is_none || value.number() > 1.0, "{numeric:?}");
            }
        }
        Reading::Waveform(run) => {
            assert_eq!(run.metric, Metric::Co2);
            assert!(run.samples.len() <= 4);
            for &sample in &run.samples {
                let pressure = f64::from(sample) * run.scale;
                assert!((0.0..=150.0).contains(&pressure), "{pressure} mmHg");
            }
        }
        Reading::Cuff(_) => unreachable!("this monitor has no cuff"),
    }
}
