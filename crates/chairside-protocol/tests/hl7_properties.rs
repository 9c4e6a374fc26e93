//! What holds for any messages and any damage. What every driver promises of any bytes is in
//! `every_driver.rs`; this is the same with bytes that are nearly messages.

use chairside_model::MonoTime;
use chairside_protocol::hl7::INFO;
use chairside_protocol::hl7::message::{Acknowledgement, Answer, Message};
use chairside_protocol::{DriverOutput, Finding, LineInput};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[path = "support/stream.rs"]
mod stream;

use stream::{assert_cutting_changes_nothing, assert_sound, events_of};

/// From an empty header to the longest message.
const FRAME_LENGTH: std::ops::RangeInclusive<usize> = 8..=40_000;

proptest! {
    #[test]
    fn cutting_messages_anywhere_changes_nothing(
        bytes in any_messages(),
        cuts in vec(any::<Index>(), 0..10),
    ) {
        assert_cutting_changes_nothing(&INFO, &bytes, &cuts);
    }

    #[test]
    fn damaged_messages_are_accounted_for_and_read_again(
        bytes in any_messages(),
        damage in vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let mut damaged = bytes;
        for (at, with) in damage {
            let at = at.index(damaged.len());
            damaged[at] = with;
        }
        let good = b"\x0BMSH|^~\\&|A||||||ORU^R01|1|P|2.6\r\x1C\r";
        damaged.extend_from_slice(&good.repeat(3));
        let events = events_of(&INFO, &damaged, &[]);
        assert_sound(&events, damaged.len(), &FRAME_LENGTH);
        let last = events.iter().rfind(|event| event.finding == Finding::Frame);
        prop_assert_eq!(last.map(|event| event.offset), Some(damaged.len() as u64));
    }

    #[test]
    fn every_answer_has_the_number_of_its_message(number in "[ -~&&[^|^]]{1,199}") {
        let text = format!("\u{B}MSH|^~\\&|A||||||ORU^R01|{number}|P|2.6\r\u{1C}\r");
        let mut driver = (INFO.build)();
        let mut out = DriverOutput::default();
        driver.handle(MonoTime::ZERO, LineInput::Opened, &mut out);
        driver.handle(MonoTime::ZERO, LineInput::Received(text.as_bytes()), &mut out);
        let answer = &out.transmit[1..out.transmit.len() - 2];
        let message = Message::parse(answer).expect("an answer is a message");
        prop_assert_eq!(
            Acknowledgement::parse(&message),
            Some(Acknowledgement { answer: Answer::Read, number: number.as_bytes() })
        );
    }
}

/// Messages of observations, some of them with words that no monitor sends.
fn any_messages() -> impl Strategy<Value = Vec<u8>> {
    let code = select(vec![
        "147842", "149530", "150456", "150021", "150022", "150023", "149546", "151562", "151708",
        "150344", "150448", "999999", "", "x",
    ]);
    let unit = select(vec![
        "264864^^MDC",
        "262688^^MDC",
        "266016^^MDC",
        "265987^^MDC",
        "268192^^MDC",
        "kPa",
        "%",
        "",
    ]);
    let value = prop_oneof![
        4 => (0..400_u16).prop_map(|number| number.to_string()),
        2 => "-?[0-9]{0,4}[.]?[0-9]{0,3}",
        1 => select(vec!["", "---", "-999", "32767", "NaN"]).prop_map(str::to_owned),
    ];
    let status = select(vec!["F", "R", "X", ""]);
    let time = select(vec![
        "20250610015127+0800",
        "20250610015120+0800",
        "20250610015127",
        "",
    ]);
    let observation =
        (code, value, unit, status, time.clone()).prop_map(|(code, value, unit, status, time)| {
            format!("OBX||NM|{code}^^MDC|1|{value}|{unit}|||||{status}|||{time}\r")
        });
    let kind = select(vec![
        "ORU^R01",
        "ORU^R01",
        "ORU^R01^ORU_R01",
        "ORU^R40",
        "ACK",
    ]);
    let wanted = select(vec!["", "||||AL|NE", "||||AL|AL", "||||NE|ER"]);
    let message = (kind, wanted, time, vec(observation, 0..12)).prop_map(
        |(kind, wanted, time, observations)| {
            let body: String = observations.concat();
            format!("\u{B}MSH|^~\\&|A^1^EUI-64||||{time}||{kind}|9|P|2.6{wanted}\r{body}\u{1C}\r")
        },
    );
    vec(message, 1..5).prop_map(|messages| messages.concat().into_bytes())
}
