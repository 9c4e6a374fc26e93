//! What is asked, when, and what never is.

use super::{Bench, Duration, INFO, LineInput, Reply, data, emitted};

const PRESSURE: [u8; 5] = [0x3A, 0x79, 0x05, 0x00, 0x48];
const DATA: [u8; 5] = [0x3A, 0x79, 0x03, 0x00, 0x4A];

/// Answers what was asked last, as a module without a cuff that is used does. Returns whether that
/// was the data.
fn answer(bench: &mut Bench) -> bool {
    let request = std::mem::take(&mut bench.out.transmit);
    let asks_for_data = request == DATA;
    let reply = if asks_for_data {
        data(115, 74, 88, 85)
    } else {
        assert_eq!(request, PRESSURE);
        Reply::CuffPressure(0)
    };
    bench.input(LineInput::Received(&emitted(&reply)));
    asks_for_data
}

/// Lets so many rounds pass; returns for each whether the data were asked for.
fn rounds(bench: &mut Bench, rounds: usize) -> Vec<bool> {
    let mut asked = Vec::new();
    for _ in 0..rounds {
        let mut data = false;
        while !bench.out.transmit.is_empty() {
            data |= answer(bench);
        }
        asked.push(data);
        assert_eq!(bench.wait(), Duration::from_millis(500));
    }
    asked
}

#[test]
fn the_data_come_first_and_until_they_are_certain_and_then_every_two_seconds() {
    let mut bench = Bench::opened();
    let (yes, no) = (true, false);
    let asked = rounds(&mut bench, 10);
    assert_eq!(asked, [yes, yes, no, no, yes, no, no, no, yes, no]);
}

#[test]
fn one_request_is_out_at_a_time() {
    let mut bench = Bench::opened();
    assert_eq!(bench.out.transmit, DATA);
    bench.input(LineInput::Tick);
    assert!(bench.out.transmit.is_empty(), "a tick that comes too early");
    bench.reply(&Reply::CuffPressure(0));
    assert!(
        bench.out.transmit.is_empty(),
        "an answer that nobody asked for"
    );
    bench.reply(&data(115, 74, 88, 85));
    assert_eq!(bench.out.transmit, PRESSURE);
}

#[test]
fn an_answer_that_does_not_come_is_given_up_after_a_second() {
    let mut bench = Bench::opened();
    for _ in 0..3 {
        assert_eq!(bench.wait(), Duration::from_secs(1));
        assert_eq!(bench.out.transmit, PRESSURE);
        assert_eq!(bench.wait(), Duration::from_secs(1));
        assert_eq!(bench.out.transmit, DATA);
    }
}

#[test]
fn half_a_packet_is_void_with_the_answer_it_belongs_to() {
    let mut bench = Bench::opened();
    assert_eq!(bench.bytes(&[0x3E, 0x18, 0x73]), [""; 0]);
    let waited = bench.wait();
    assert_eq!(waited, Duration::from_secs(1));
    let told: Vec<_> = bench
        .out
        .events
        .iter()
        .map(|event| super::shown(&event.finding))
        .collect();
    assert_eq!(told, ["3 before_start"]);
    assert_eq!(bench.out.transmit, PRESSURE);
    bench.reply(&Reply::CuffPressure(0));
    // The round took longer than it should: the next one begins at once.
    assert_eq!(bench.wait(), Duration::ZERO);
    assert_eq!(bench.out.transmit, DATA);
}

#[test]
fn a_closed_line_is_not_spoken_to() {
    let mut bench = Bench::opened();
    bench.bytes(&[0x3E, 0x18, 0x3E, 0x05, 0x00, 0x00, 0xBD]);
    let found = bench.input(LineInput::Closed);
    let told: Vec<_> = found
        .iter()
        .map(|event| super::shown(&event.finding))
        .collect();
    assert_eq!(
        told,
        ["2 before_start", "frame"],
        "what was held back is not lost"
    );
    assert!(bench.out.transmit.is_empty());
    assert_eq!(bench.driver.next_deadline(), None);
    bench.input(LineInput::Tick);
    bench.reply(&data(115, 74, 88, 85));
    assert!(bench.out.transmit.is_empty());
    bench.input(LineInput::Opened);
    assert_eq!(bench.out.transmit, DATA);
}

#[test]
fn nothing_but_the_two_questions_is_ever_sent() {
    let mut bench = Bench::with(&INFO);
    let replies = [
        emitted(&Reply::Complete),
        emitted(&Reply::CuffPressure(160)),
        emitted(&data(115, 74, 88, 85)),
        emitted(&data(128, 76, 93, 72)),
        emitted(&Reply::CuffPressure(0)),
        vec![0x3A, 0x20, 0xA6],
        vec![0x3E, 0x18, 0x55],
    ];
    for step in 0..5000_usize {
        let input = match step % 11 {
            0 => LineInput::Opened,
            10 => LineInput::Closed,
            1 | 4 | 7 => LineInput::Tick,
            _ => LineInput::Received(&replies[step % replies.len()]),
        };
        bench.now = bench.now + Duration::from_millis(300);
        bench.input(input);
        for request in bench.out.transmit.chunks(5) {
            assert!(request == PRESSURE || request == DATA, "{request:02X?}");
        }
    }
}
