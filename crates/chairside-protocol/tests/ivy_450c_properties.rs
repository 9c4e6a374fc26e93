//! The Ivy driver on any bytes at all: messages made up, damaged, cut and drowned in noise.

use chairside_model::{Measured, Metric, Reading};
use chairside_protocol::ivy_450c::INFO;
use chairside_protocol::ivy_450c::message::{LENGTH_MAX, Message, Numbers};
use chairside_protocol::{DriverEvent, Finding};
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[path = "support/stream.rs"]
mod stream;
use stream::{assert_cutting_changes_nothing, events_of};

/// The shortest message: a line of the heart rate.
const LENGTH_MIN: usize = 409 + 8 + 1;

proptest! {
    #[test]
    fn what_is_written_is_read_again(sent in any_sent()) {
        let bytes = sent.emitted();
        prop_assert_eq!(Message::parse(&bytes), Ok(sent.message()));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~\r]{0,200}", begun in any::<bool>()) {
        let mut bytes = sent_bytes();
        bytes.truncate(409);
        if begun {
            bytes.extend_from_slice(b"HR=1;80;;\r");
        }
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0xFE);
        let _ = Message::parse(&bytes).map(drop);
    }

    #[test]
    fn arbitrary_bytes_never_give_an_impossible_value(
        stream in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        assert_sound(&events_of(&INFO, &stream, &[]), stream.len());
    }

    #[test]
    fn a_bad_line_loses_no_byte_unreported(stream in any_stream()) {
        assert_sound(&events_of(&INFO, &stream, &[]), stream.len());
    }

    #[test]
    fn cutting_the_stream_anywhere_changes_nothing(
        stream in any_stream(),
        cuts in proptest::collection::vec(any::<Index>(), 0..20),
    ) {
        assert_cutting_changes_nothing(&INFO, &stream, &cuts);
    }

    #[test]
    fn damage_costs_two_messages_at_most(
        sent in proptest::collection::vec(any_sent(), 3..6),
        position in any::<Index>(),
        damage in proptest::collection::vec(any::<u8>(), 0..3),
    ) {
        let mut stream: Vec<u8> = sent.iter().flat_map(Sent::emitted).collect();
        // One byte is replaced by none, one or two others.
        let position = position.index(stream.len());
        stream.splice(position..=position, damage.iter().copied());
        let events = events_of(&INFO, &stream, &[]);
        let found = events.iter().filter(|event| event.finding == Finding::Frame).count();
        prop_assert!(found + 2 >= sent.len(), "{} of {}", found, sent.len());
    }
}

/// What a monitor may send.
#[derive(Clone, Debug)]
struct Sent {
    samples: Vec<u8>,
    label: String,
    values: Vec<Option<u16>>,
}

impl Sent {
    fn message(&self) -> Message<'_> {
        let value = |place: usize| self.values[place];
        Message {
            ecg: &self.samples[..200],
            resp: &self.samples[200..250],
            pleth: &self.samples[250..300],
            numbers: Numbers {
                heart_rate: value(0),
                heart_rate_label: &self.label,
                respiration_rate: value(1),
                etco2: value(2),
                saturation: value(3),
                pulse_rate: value(4),
                nibp: [value(5), value(6), value(7), value(8)],
            },
        }
    }

    fn emitted(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.message().emit(&mut bytes);
        bytes
    }
}

fn sent_bytes() -> Vec<u8> {
    let sent = Sent {
        samples: vec![100; 300],
        label: String::new(),
        values: vec![None; 9],
    };
    sent.emitted()
}

fn any_sent() -> impl Strategy<Value = Sent> {
    let sample = prop_oneof![8 => any::<u8>(), 1 => Just(0xFF), 1 => Just(0xFE)];
    let label = prop_oneof![
        2 => select(["ECG-I-MON", "ECG-II-DIAG", "ECG-V-DIAG"].as_slice()).prop_map(str::to_owned),
        1 => "[A-Z0-9-]{0,20}",
    ];
    let value = prop_oneof![4 => (0..=999_u16).prop_map(Some), 1 => Just(None)];
    (
        proptest::collection::vec(sample, 300),
        label,
        proptest::collection::vec(value, 9),
    )
        .prop_map(|(samples, label, values)| Sent {
            samples,
            label,
            values,
        })
}

/// A stream as a bad line gives it: messages, damaged and cut ones, and noise of the bytes that
/// mean something here.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop_oneof![any::<u8>(), select(b"\xFFANSR-B \xFE\r;=".as_slice())];
    let damaged = (any_sent(), any::<Index>(), any::<u8>()).prop_map(|(sent, position, byte)| {
        let mut bytes = sent.emitted();
        let position = position.index(bytes.len());
        bytes[position] = byte;
        bytes
    });
    let cut = (any_sent(), any::<Index>()).prop_map(|(sent, length)| {
        let mut bytes = sent.emitted();
        bytes.truncate(length.index(bytes.len()));
        bytes
    });
    let piece = prop_oneof![
        3 => any_sent().prop_map(|sent| sent.emitted()),
        1 => damaged,
        1 => cut,
        1 => proptest::collection::vec(noise, 0..600),
        1 => Just([b"\xFFANSAR-B ".to_vec(), vec![b'A'; 1200]].concat()),
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// Checks what every driver promises, and that no value is impossible.
fn assert_sound(events: &[DriverEvent], received: usize) {
    stream::assert_sound(events, received, &(LENGTH_MIN..=LENGTH_MAX));
    for event in events {
        match &event.finding {
            Finding::Reading(Reading::Numeric(numeric)) => {
                if let Measured::Valid(value) | Measured::Questionable(value) = numeric.measured {
                    let zero_is_none = matches!(numeric.metric, Metric::SpO2 | Metric::PulseRate);
                    assert!(!zero_is_none || value.number() > 1.0, "{numeric:?}");
                }
            }
            Finding::Reading(Reading::Waveform(run)) => assert!(run.samples.len() <= 200),
            Finding::Reading(Reading::Cuff(_)) | Finding::Frame | Finding::Discarded { .. } => {}
            Finding::DeviceAlarm { .. } | Finding::Identity(_) => unreachable!("{event:?}"),
        }
    }
}
