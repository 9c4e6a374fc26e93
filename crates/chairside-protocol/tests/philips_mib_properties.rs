//! The IntelliVue driver on any bytes at all: messages made up, damaged, cut and drowned in noise.

use chairside_model::{Cuff, Measured, Reading};
use chairside_protocol::philips_mib::INFO;
use chairside_protocol::philips_mib::framing::{Found, Framer, LINE_LENGTH_MAX, LINE_LENGTH_MIN};
use chairside_protocol::philips_mib::message::{
    AlarmEntry, DateTime, HostMessage, Message, ObservedNumber, ObservedSamples, SampleFormat,
    SampleScale,
};
use chairside_protocol::{DriverEvent, Finding};
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[path = "support/stream.rs"]
mod stream;
use stream::{assert_cutting_changes_nothing, events_of};

#[path = "philips_mib_properties/any.rs"]
mod any;
use any::{any_byte, any_host_message, any_message, any_stream};

proptest! {
    #[test]
    fn what_is_written_is_read_again(frame in any_message()) {
        // `any_message` writes it, so it is read, written, and read again.
        let data = data_of(&frame).expect("one frame");
        let message = Message::parse(&data);
        prop_assert!(message.is_ok(), "{:?}", message);
        let mut again = Vec::new();
        message.unwrap().emit(&mut again);
        prop_assert_eq!(again, frame);
    }

    #[test]
    fn what_the_host_says_is_read_again(message in any_host_message()) {
        let mut frame = Vec::new();
        message.emit(&mut frame);
        let data = data_of(&frame).expect("one frame");
        prop_assert_eq!(HostMessage::parse(&data), Ok(message));
    }

    #[test]
    fn any_user_data_is_a_message_or_is_refused(
        data in proptest::collection::vec(any::<u8>(), 0..300),
        beginning in select(BEGINNINGS),
    ) {
        for data in [data.clone(), [beginning, &data].concat()] {
            let _ = (Message::parse(&data), HostMessage::parse(&data));
        }
    }

    #[test]
    fn any_attribute_is_read_or_is_refused(value in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = ObservedNumber::parse(&value);
        let _ = ObservedNumber::parse_compound(&value).map(Iterator::count);
        let _ = ObservedSamples::parse(&value);
        let _ = ObservedSamples::parse_compound(&value).map(Iterator::count);
        let _ = AlarmEntry::parse_list(&value).map(Iterator::count);
        let _ = (SampleFormat::parse(&value), SampleScale::parse(&value));
    }

    #[test]
    fn every_time_is_written_as_it_was_read(bytes in any::<[u8; 8]>()) {
        if let Some(time) = DateTime::from_bytes(bytes) {
            prop_assert_eq!(time.to_bytes(), bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_never_give_an_impossible_value(
        stream in proptest::collection::vec(any::<u8>(), 0..1000),
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
    fn a_good_message_behind_garbage_is_found(
        garbage in proptest::collection::vec(any::<u8>(), 0..600),
        good in any_message(),
    ) {
        let events = events_of(&INFO, &[garbage, good].concat(), &[]);
        let last = events.iter().rfind(|event| event.finding == Finding::Frame);
        let total = events.last().map(|event| event.offset);
        prop_assert_eq!(last.map(|event| event.offset), total);
    }

    #[test]
    fn damage_costs_two_messages_at_most(
        messages in proptest::collection::vec(any_message(), 3..10),
        position in any::<Index>(),
        damage in proptest::collection::vec(any_byte(), 0..3),
    ) {
        let mut stream = messages.concat();
        // One byte is replaced by none, one or two others.
        let position = position.index(stream.len());
        stream.splice(position..=position, damage.iter().copied());
        let events = events_of(&INFO, &stream, &[]);
        let found = events.iter().filter(|event| event.finding == Finding::Frame).count();
        prop_assert!(found + 2 >= messages.len(), "{} of {}", found, messages.len());
    }
}

/// What messages begin with, so that their insides are reached.
const BEGINNINGS: &[&[u8]] = &[
    &[0x0D],
    &[0x0E],
    &[0x19, 0x00],
    &[0xE1, 0x00, 0x00, 0x02, 0x00, 0x01],
    &[0xE1, 0x00, 0x00, 0x02, 0x00, 0x02],
    &[0xE1, 0x00, 0x00, 0x02, 0x00, 0x05],
];

/// Returns the user data of the one frame that these bytes are.
fn data_of(frame: &[u8]) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    Framer::default().push(frame, |offset, found| {
        if let Found::Frame { data, length } = found
            && (offset, length) == (frame.len() as u64, frame.len())
        {
            all.push(data.to_vec());
        }
    });
    all.pop().filter(|_| all.is_empty())
}

/// Checks what every driver promises, and that no value is impossible.
fn assert_sound(events: &[DriverEvent], received: usize) {
    stream::assert_sound(events, received, &(LINE_LENGTH_MIN..=LINE_LENGTH_MAX));
    for event in events {
        match &event.finding {
            Finding::Reading(reading) => assert_plausible(reading),
            Finding::DeviceAlarm { text, .. } => assert!(!text.is_empty() && text.len() <= 320),
            Finding::Identity(text) => assert!(!text.is_empty() && text.len() < 64, "{text}"),
            Finding::Frame | Finding::Discarded { .. } => {}
        }
    }
}

fn assert_plausible(reading: &Reading) {
    match reading {
        Reading::Numeric(numeric) => {
            if let Measured::Valid(value) | Measured::Questionable(value) = numeric.measured {
                let range = numeric.metric.plausible().expect("a number has a range");
                assert!(range.contains(&value.number()), "{numeric:?}");
            }
        }
        Reading::Cuff(Cuff::Completed(reading)) => {
            assert!(reading.numerics().count() > 0);
            for (metric, value) in reading.numerics() {
                let range = metric.plausible().expect("a pressure has a range");
                assert!(range.contains(&value.number()), "{reading:?}");
            }
        }
        Reading::Cuff(Cuff::Measuring | Cuff::Failed(_)) => {}
        Reading::Cuff(Cuff::Cancelled) => unreachable!("the monitor does not say so"),
        Reading::Waveform(run) => {
            assert!(!run.samples.is_empty() && !run.sample_period.is_zero());
            assert!(run.scale.is_finite() && run.scale > 0.0, "{}", run.scale);
        }
    }
}
